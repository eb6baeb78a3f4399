"""Fixtures: one small project coded with the real sentence model, and cheap projects for a test each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qualcode.corpus import Transcript
from qualcode.encoders.remembering import Remembering
from qualcode.pipeline import encoding, importing, segmenting, tagging
from qualcode.pipeline import init as initial
from qualcode.pipeline.importing import ImportSummary
from qualcode.pipeline.run import run
from qualcode.project import Project
from qualcode.settings import allow_identified
from tests.bad_files import texts
from tests.invented import CODEBOOK, SMALL, interview, write_files

Factory = Callable[..., Project]
Import = Callable[..., tuple[ImportSummary, dict[str, Transcript]]]


@pytest.fixture(scope="session", autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where keys of originals lie: never among those of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALCODE_KEYS", str(folder))
        yield folder


@pytest.fixture(scope="session")
def codebook_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("codebook") / "small.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def vectors() -> Remembering:
    made, notes = encoding.encoder()
    assert made is not None, notes
    return made


@pytest.fixture(scope="session")
def small_once(tmp_path_factory: pytest.TempPathFactory, codebook_file: Path) -> Path:
    """The folder that holds `raw` and `project`; only for copying."""
    folder = tmp_path_factory.mktemp("small")
    write_files(folder / "raw", SMALL)
    run(folder / "raw", folder / "project", codebook_file)
    return folder


@pytest.fixture
def small(small_once: Path, tmp_path: Path) -> Path:
    """A copy of the small project, and of its raw folder, that a test may change."""
    shutil.copytree(small_once, tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def project(small: Path) -> Iterator[Project]:
    """The small project, open."""
    with Project.open(small / "project") as opened:
        yield opened


@pytest.fixture
def make(tmp_path: Path, codebook_file: Path, vectors: Remembering) -> Iterator[Factory]:
    """A project of these files: imported and segmented, and tagged where that is asked for.

    Everybody in them is invented, so its settings let their words out, unless a test is about just that.
    """
    opened: list[Project] = []

    def factory(
        files: dict[str, str], *, tag: bool = False, codebook: str = "", toml: str = "", identified_ok: bool = True
    ) -> Project:
        here = tmp_path / f"made{len(opened)}"
        own = codebook_file
        if codebook:
            own = tmp_path / f"codebook{len(opened)}.yaml"
            own.write_text(codebook, encoding="utf-8")
        made = initial.init(here / "project", own)
        made.close()
        if toml:
            (here / "project" / "qualcode.toml").write_text(toml, encoding="utf-8")
        if identified_ok:
            allow_identified(here / "project" / "qualcode.toml")
        made = Project.open(here / "project")
        opened.append(made)
        write_files(here / "raw", files)
        importing.import_files(made, here / "raw")
        segmenting.segment(made)
        if tag:
            tagging.tag(made, vectors=vectors)
        return made

    yield factory
    for made in opened:
        made.close()


@pytest.fixture
def bring(tmp_path: Path, codebook_file: Path) -> Import:
    """Import files by name, beside one that is sound."""

    def run(files: dict[str, bytes]) -> tuple[ImportSummary, dict[str, Transcript]]:
        raw = tmp_path / "raw"
        write_files(raw, {"sound.txt": interview("The tea was warm.")})
        for name, content in files.items():
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            (raw / name).write_bytes(content)
        with initial.init(tmp_path / "project", codebook_file) as project:
            summary = importing.import_files(project, raw)
            return summary, texts(project)

    return run
