"""The command line: exit codes, what is said where, stopping and going on."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qualcode.project import Project
from qualcode.store import checking
from tests.invented import REPOSITORY, environment, interview, qualcode, tables, write_files


def test_help_and_version(tmp_path: Path) -> None:
    done = qualcode("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "qualcode")
    done = qualcode("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in (
        "demo",
        "run",
        "init",
        "import",
        "segment",
        "tag",
        "themes",
        "sheet",
        "import-codings",
        "export",
    ):
        assert f" {command} " in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["wander"],
        ["run", "raw", "--colour"],
        ["run", "raw", "--column", "flavour=x"],
        ["import-codings", "a.csv"],
        ["import-codings", "a.csv", "--coder", "a", "--machine", "b"],
        ["sheet", "--sample", "-1"],
    ],
)
def test_wrong_words_are_usage(tmp_path: Path, words: list[str]) -> None:
    done = qualcode(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_error_has_a_hint_and_ends_with_1(tmp_path: Path) -> None:
    done = qualcode("run", "nowhere", cwd=tmp_path)
    assert done.returncode == 1
    assert "error" in done.stderr
    assert "hint" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_an_error_as_json_is_one_object(tmp_path: Path) -> None:
    done = qualcode("tag", "--json", cwd=tmp_path)
    assert done.returncode == 1
    body = json.loads(done.stdout)
    assert body["error"]["kind"] == "ProjectError"
    assert body["error"]["hint"]


def test_run_twice_says_nothing_to_do(small: Path) -> None:
    before = tables(small / "project" / "qualcode.sqlite")
    done = qualcode("run", "raw", "-o", "project", cwd=small)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stdout
    assert tables(small / "project" / "qualcode.sqlite") == before


def test_an_unknown_suffix_ends_with_3_and_the_rest_is_in(small: Path) -> None:
    write_files(small / "raw", {"scan.pdf": "%PDF", "P04.txt": interview("I was lonely.")})
    done = qualcode("run", "raw", "-o", "project", "--json", "--identified-ok", cwd=small)
    assert done.returncode == 3, done.stderr
    body = json.loads(done.stdout)
    assert body["imported"]["new"] == 1
    failed = [item for item in body["imported"]["skipped"] if item["failed"]]
    assert [(item["place"], bool(item["reason"])) for item in failed] == [("scan.pdf", True)]
    assert body["files"]


def test_an_edited_transcript_is_a_new_version_and_says_so(small: Path) -> None:
    path = small / "raw" / "P01.txt"
    path.write_text(path.read_text() + "Participant: And more.\n")
    done = qualcode("run", "raw", "-o", "project", cwd=small)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert "0 new, 5 unchanged, 1 new version" in said
    assert "P01.txt: new version 2" in said


def test_edited_rows_that_are_only_numbered_end_with_3_and_say_why(small: Path) -> None:
    path = small / "raw" / "more.csv"
    path.write_text("comment\nWe sat there and waited.\nThe tea was warm that day.\n")
    assert qualcode("import", "raw", "-p", "project", cwd=small).returncode == 0
    before = tables(small / "project" / "qualcode.sqlite")
    path.write_text("comment\nThe tea was warm that day.\nWe sat there and waited.\n")
    done = qualcode("import", "raw", "-p", "project", cwd=small)
    assert done.returncode == 3
    assert "changed since it was imported" in done.stderr
    assert tables(small / "project" / "qualcode.sqlite") == before


def test_a_faulty_codebook_ends_with_1_a_hint_and_no_folder(tmp_path: Path) -> None:
    write_files(tmp_path, {"raw/P01.txt": "Some text.", "bad.yaml": "codes:\n  - id: A B\n    label: x\n"})
    done = qualcode("run", "raw", "--codebook", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.yaml" in done.stderr
    assert re.search(r"(bad\.yaml:|line )2", done.stderr)
    assert "hint" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "raw"]
    assert qualcode("codebook", "check", "bad.yaml", cwd=tmp_path).returncode == 1


def test_codings_by_a_model_and_rows_that_are_lost(small: Path) -> None:
    table = "id,isolation\n1,1\n99,0\n"
    write_files(small, {"coded.csv": table})
    done = qualcode("import-codings", "coded.csv", "--machine", "gpt", "-p", "project", cwd=small)
    assert done.returncode == 3
    assert re.search(r"1 rows? .*not found", done.stderr)
    with Project.open(small / "project") as project:
        frame = project.codings()
    assert set(frame[frame["coder"] == "gpt"]["coder_kind"]) == {"machine"}


def test_commands_one_by_one_do_what_run_does(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path, {"raw/P01.txt": interview("I was lonely.", "The forms.", "The tea was warm.")})
    steps = [
        ("init", "p", "--codebook", codebook_file),
        ("import", "raw", "-p", "p"),
        ("segment", "-p", "p"),
        ("tag", "-p", "p"),
        ("sheet", "-p", "p", "-o", "review.xlsx"),
        ("report", "-p", "p", "-o", "out", "--identified-ok"),
    ]
    for words in steps:
        done = qualcode(*words, cwd=tmp_path)
        assert done.returncode == 0, (words, done.stderr)
        assert done.stdout
    assert (tmp_path / "review.xlsx").is_file()
    assert {"report.html"} == {path.name for path in (tmp_path / "out").iterdir()}


def _big(folder: Path) -> Path:
    """Enough files that a run takes many seconds."""
    for number in range(250):
        answers = [f"I was lonely on day {number} of week {week} and the forms came." for week in range(30)]
        write_files(folder, {f"P{number:04}.txt": interview(*answers)})
    return folder


def _imports(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM events WHERE kind = 'import'").fetchone()[0])
    except sqlite3.Error:
        return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_keeps_what_is_whole_and_goes_on(
    tmp_path: Path, codebook_file: Path, number: signal.Signals
) -> None:
    raw, database = _big(tmp_path / "raw"), tmp_path / "project" / "qualcode.sqlite"
    words = [sys.executable, "-m", "qualcode", "import", "raw", "-p", "project"]
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    process = subprocess.Popen(
        words,
        cwd=tmp_path,
        env=environment(REPOSITORY),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not _imports(database) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        (texts,) = connection.execute("SELECT count(*) FROM transcripts").fetchone()
        (acts,) = connection.execute("SELECT count(*) FROM events WHERE kind = 'import'").fetchone()
    assert 0 < texts < 250
    assert texts == acts
    done = subprocess.run(words, cwd=tmp_path, env=environment(REPOSITORY), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with Project.open(tmp_path / "project") as project, project.store.reading() as connection:
        assert list(checking.chain(connection)) == []
    assert len(tables(database)["transcripts"]) == len(list(raw.iterdir()))
    assert "what was finished is kept" in said
