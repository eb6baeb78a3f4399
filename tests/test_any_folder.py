"""The folder that a researcher really has: every format, projects of other tools, and files that cannot be read."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from qualcode.project import Project
from qualcode.store import codings, corpus
from tests.bad_files import REFUSED
from tests.dialects import CODED, NVIVO, SPEC, qdpx
from tests.importers.test_taguette import _write as taguette
from tests.invented import REPOSITORY, qualcode, tables

DEMO = REPOSITORY / "corpora" / "demo"
GOLDEN = REPOSITORY / "tests" / "importers" / "golden"
GOOD = ("FR01.txt", "LL04.md", "KO03.docx", "FR04.pdf", "FR05.vtt", "FR03.srt", "feedback_lantern_line.csv")
MORE = ("feedback_front_room.xlsx",)
SAID = ("excerpt", "code", "coder", "start", "end", "case", "programme", "context")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "bad").mkdir(parents=True)
    for name in (*GOOD, *MORE):
        shutil.copy(DEMO / name, folder / name)
    for name in ("conversation.odt", "columns.pdf"):
        shutil.copy(GOLDEN / name, folder / name)
    qdpx(NVIVO, folder / "nvivo.qdpx")
    taguette(folder / "study.sqlite3")
    for number, (name, data, _) in enumerate(REFUSED.values()):
        (folder / "bad" / f"{number}_{name}").write_bytes(data)
    return folder


def test_every_file_is_in_or_is_named_with_the_reason_why_not(raw: Path, tmp_path: Path, codebook_file: Path) -> None:
    qualcode("init", "p", "--codebook", codebook_file, cwd=tmp_path)
    done = qualcode("import", "raw", "-p", "p", "--json", "-q", cwd=tmp_path)
    assert done.returncode == 3
    summary = json.loads(done.stdout)
    failed = {item["place"] for item in summary["skipped"] if item["failed"]}
    bad = {path.relative_to(raw).as_posix() for path in (raw / "bad").iterdir()}
    assert bad <= failed
    assert all(item["reason"] for item in summary["skipped"])
    with Project.open(tmp_path / "p") as project, project.store.reading() as connection:
        sources = {transcript.source for transcript in corpus.transcripts(connection)}
        made = [coding for _, codings_ in codings.decisions(connection) for coding in codings_]
    arrived = {source.split("/")[0] for source in sources}
    assert arrived == {path.name for path in raw.iterdir() if path.is_file()}
    # One highlight of the Taguette project lies outside its text, and is told.
    assert failed - bad == {"study.sqlite3"}
    assert len(made) == len(CODED) + 4
    before = tables(tmp_path / "p" / "qualcode.sqlite")
    assert qualcode("import", "raw", "-p", "p", "-q", cwd=tmp_path).returncode == 3
    assert tables(tmp_path / "p" / "qualcode.sqlite") == before


def test_one_summary_names_them_all_for_a_person(raw: Path, tmp_path: Path, codebook_file: Path) -> None:
    qualcode("init", "p", "--codebook", codebook_file, cwd=tmp_path)
    done = qualcode("import", "raw", "-p", "p", "-q", cwd=tmp_path)
    for path in (raw / "bad").iterdir():
        assert f"failed   bad/{path.name}: " in done.stderr
    assert "codings    nvivo.qdpx: 10 codings by amina, ben on 9 selections" in done.stdout
    assert "positions in UTF-16 units, a line end counts 2" in done.stderr
    assert done.stderr.count("\n") < 4 * len(list(raw.rglob("*")))


def test_a_project_in_the_dialect_of_a_program_and_in_the_standards_gives_the_same_codings(
    tmp_path: Path, codebook_file: Path
) -> None:
    found = []
    for number, dialect in enumerate((NVIVO, SPEC)):
        folder = tmp_path / f"raw{number}"
        folder.mkdir()
        qdpx(dialect, folder / "study.qdpx")
        qualcode("run", folder, "-o", f"p{number}", "--codebook", codebook_file, "-q", "--identified-ok", cwd=tmp_path)
        with (tmp_path / f"p{number}" / "exports" / "excerpts.csv").open(encoding="utf-8-sig", newline="") as handle:
            found.append(sorted([row[name] for name in SAID] for row in csv.DictReader(handle)))
    assert found[0] == found[1]
    assert len(found[0]) == len(CODED)
