"""What qualcode writes is for its owner alone, wherever it lies, and nothing is written or sent elsewhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualcode import private
from qualcode.errors import ProjectWarning
from qualcode.exporters import report, table
from qualcode.pipeline import exporting, sheet
from qualcode.pipeline.packing import pack
from qualcode.pipeline.run import run
from qualcode.project import INNER, Project
from tests.bad_files import excel, word
from tests.dialects import MAXQDA, qdpx
from tests.invented import REPOSITORY, SMALL, environment, interview, qualcode, write_files

GOLDEN = REPOSITORY / "tests" / "importers" / "golden"
DEMO = REPOSITORY / "corpora" / "demo"
LONG_AGO = 1_000_000_000_000_000_000
REFUSE_THE_NETWORK = """\
import os, sys
def refuse(event, arguments):
    # urllib3 binds a socket to this very machine when it is imported, to see whether that is possible: it may.
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        os._exit(99)
sys.addaudithook(refuse)
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights than these")


@pytest.fixture(autouse=True)
def _wide() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def _open(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    assert len(paths) > 3
    return [str(path) for path in paths if private.open_to_others(path)]


def _every_format(raw: Path) -> Path:
    write_files(raw, SMALL)
    for name in ("FG01.vtt", "FR03.srt", "FR04.pdf"):
        shutil.copyfile(DEMO / name, raw / name)
    for suffix in ("odt", "rtf"):
        shutil.copyfile(GOLDEN / f"conversation.{suffix}", raw / f"conversation.{suffix}")
    (raw / "word.docx").write_bytes(word(interview("I was lonely on the stairs.", "She listened to me.")))
    (raw / "answers.xlsx").write_bytes(excel("The forms took all week.", "Nobody to talk to at night."))
    qdpx(MAXQDA, raw / "study.qdpx")
    return raw


def test_a_whole_run_leaves_nothing_open_and_nothing_elsewhere(tmp_path: Path, codebook_file: Path) -> None:
    raw = _every_format(tmp_path / "raw")
    elsewhere = [tmp_path / "temporary", tmp_path / "home", raw]
    write_files(tmp_path / "refusing", {"sitecustomize.py": REFUSE_THE_NETWORK})
    for folder in elsewhere:
        folder.mkdir(exist_ok=True)
        os.utime(folder, ns=(LONG_AGO, LONG_AGO))
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), str(tmp_path / "temporary"))
    env = environment(REPOSITORY, tmp_path / "refusing", HOME=str(tmp_path / "home"), **places)
    for name in ("CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        env.pop(name, None)
    table_of_codes = write_files(tmp_path, {"codes.csv": "label,definition\nTea,Tea is drunk\n"}) / "codes.csv"
    out = tmp_path / "made"
    for words in (
        ["run", raw, "-o", out / "project", "--codebook", codebook_file, "--column", "text=comment", "--identified-ok"],
        ["export", "-p", out / "project", "-o", out / "here" / "and there", "--identified-ok"],
        ["report", "-p", out / "project", "-o", out / "page", "--identified-ok"],
        ["sheet", "-p", out / "project", "-o", out / "sheet.xlsx"],
        ["pack", "-p", out / "project", "-o", out / "whole.qualpack", "--identified-ok"],
        ["merge", out / "whole.qualpack", "-p", out / "merged"],
        ["codebook", "import", table_of_codes, "-o", out / "codebook.yaml"],
    ):
        done = qualcode(*words, cwd=tmp_path, env=env)
        assert done.returncode in (0, 3), (words, done.returncode, done.stderr)
    with Project.open(out / "project") as opened:
        assert opened.segments()["transcript"].nunique() >= 14
    assert _open(out) == []
    assert [folder.name for folder in elsewhere if folder.stat().st_mtime_ns != LONG_AGO] == []


def test_refusing_the_network_refuses(tmp_path: Path) -> None:
    write_files(tmp_path, {"sitecustomize.py": REFUSE_THE_NETWORK})
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(tmp_path), check=False)
    assert done.returncode == 99


def test_a_notebook_leaves_nothing_open_either(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path / "raw", SMALL)
    out = tmp_path / "made"
    run(tmp_path / "raw", out / "project", codebook_file)
    with Project.open(out / "project") as project:
        made = exporting.bundle(project)
        table.write(made, out / "tables")
        report.write(made, out / "page")
        sheet.sheet(project, out / "sheets" / "review.xlsx")
        pack(project, out / "whole.qualpack")
        exporting.export(project, out / "exported")
        logs = [stat.S_IMODE(path.stat().st_mode) for path in (out / "project").glob("qualcode.sqlite-*")]
        assert len(logs) == 2
        assert set(logs) == {0o600}
    out.chmod(0o700)
    assert _open(out) == []
    assert os.umask(0o022) == 0o022, "a notebook's own files keep the rights that they would have"


def test_a_project_that_others_could_read_is_narrowed_and_that_is_said_once(small: Path) -> None:
    folder = small / "project"
    mine = write_files(folder / "transcripts", {"P09.txt": "mine"})
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with pytest.warns(ProjectWarning, match="other users of this computer"):
        Project.open(folder).close()
    assert set(_open(folder)) == {str(mine), str(mine / "P09.txt")}, "what is not ours keeps its rights"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Project.open(folder).close()


def test_a_link_in_a_project_is_not_followed(small: Path, tmp_path: Path) -> None:
    far = write_files(tmp_path / "far", {"theirs.txt": "x"})
    shutil.rmtree(small / "project" / "exports")
    (small / "project" / "exports").symlink_to(far)
    (small / "project" / "notes.txt").symlink_to(far / "theirs.txt")
    Project.open(small / "project").close()
    assert stat.S_IMODE((far / "theirs.txt").stat().st_mode) == 0o644


def test_only_known_folders_are_walked(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "", ".b": "", "runs/r.parquet": "", "talk/P01.txt": ""})
    names = {path.relative_to(tmp_path).as_posix() for path in private.of_project(tmp_path, INNER)}
    assert names == {".", "a.txt", "runs", "runs/r.parquet"}


def test_the_process_of_a_command_leaves_no_image_of_its_memory() -> None:
    code = (
        "import resource, os, qualcode.cli.door as door; door.enter(); "
        "print(resource.getrlimit(resource.RLIMIT_CORE), os.umask(0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(REPOSITORY), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"(0, 0) {0o077}"


def test_what_libraries_log_and_warn_of_is_not_shown_and_what_we_warn_of_is() -> None:
    code = (
        "import logging, warnings, qualcode.cli.door as door; from qualcode.errors import ProjectWarning\n"
        "door.enter(); logging.getLogger('pypdf').error('Zyzzyva'); warnings.warn('Zyzzyva'); "
        "warnings.warn('look here', ProjectWarning)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(REPOSITORY), capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert done.stderr == "! look here\n"


def test_a_traceback_that_is_asked_for_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    from qualcode.cli import output

    def fails(words: str) -> None:
        raise ValueError(len(words))

    try:
        fails("Zyzzyva Lamplight")
    except ValueError as problem:
        output.bug(problem, trace=True)
    said = capsys.readouterr().err
    assert "ValueError: 17" in said
    assert said.count("Zyzzyva") == 1, "the line of this file, which a traceback quotes"
