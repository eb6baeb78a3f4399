"""Folders as they come: links, pipes, odd names, files that may not be read or go, an import that is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualcode.errors import ImporterError
from qualcode.importers import ReadOptions
from qualcode.importers.reader import answer
from qualcode.pipeline import importing
from qualcode.pipeline import init as initial
from qualcode.pipeline.listing import Listing
from qualcode.project import Project
from tests.bad_files import TALK, texts, word
from tests.conftest import Import
from tests.invented import REPOSITORY, environment, interview, qualcode, tables, write_files


def test_folders_links_and_pipes_are_told_of_or_looked_into(bring: Import, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_files(raw, {"folder.docx/P01.txt": TALK, "real/P02.txt": interview("It snowed.")})
    (raw / "again").symlink_to(raw)
    (raw / "real" / "loop").symlink_to(raw / "real" / "loop")
    (raw / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (raw / "linked.txt").symlink_to(raw / "real" / "P02.txt")
    os.mkfifo(raw / "pipe.txt")
    summary, found = bring({})
    assert set(found) == {"sound.txt", "folder.docx/P01.txt", "linked.txt"}
    told = {item.place: item.reason for item in summary.skipped}
    assert told["again"] == "is a link to a folder, which is not followed"
    assert told["gone.txt"] == told["real/loop"] == "is a link that leads nowhere"
    assert told["pipe.txt"] == "is no ordinary file"
    assert "same text is in already" in told["real/P02.txt"]


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder that an ordinary user may enter, and the rights of one: root may read everything."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        if os.getuid() == 0:
            os.seteuid(0)


def test_what_may_not_be_read_is_told_of(nobody: Path) -> None:
    write_files(nobody, {"shut.txt": TALK, "shut/P01.txt": TALK, "open.txt": TALK})
    (nobody / "shut.txt").chmod(0)
    (nobody / "shut").chmod(0)
    if os.getuid() == 0:
        os.seteuid(65534)
    listing = importing.listed(nobody)
    assert [path.name for path in listing.files] == ["open.txt", "shut.txt"]
    assert [(item.place, item.failed) for item in listing.skipped] == [("shut", True)]
    assert "Permission denied" in listing.skipped[0].reason
    with pytest.raises(ImporterError, match="Permission denied"):
        answer(nobody / "shut.txt", "txt", ReadOptions(b"secret", "shut.txt"))


@pytest.mark.parametrize("name", ["P01.txt", "P01.docx"])
def test_a_file_that_goes_between_listing_and_reading_is_told_of(
    tmp_path: Path, codebook_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_files(tmp_path / "raw", {"A.txt": TALK})
    (tmp_path / "raw" / name).write_bytes(word("It snowed."))
    real = importing.listed

    def listed_and_gone(raw: Path) -> Listing:
        found = real(raw)
        (raw / name).unlink()
        return found

    monkeypatch.setattr(importing, "listed", listed_and_gone)
    with initial.init(tmp_path / "project", codebook_file) as project:
        summary = importing.import_files(project, tmp_path / "raw")
        assert [(item.place, "No such file" in item.reason) for item in summary.failed] == [(name, True)]
        assert set(texts(project)) == {"A.txt"}


def test_names_that_are_long_or_not_utf_8_survive_summary_json_and_manifest(
    tmp_path: Path, codebook_file: Path
) -> None:
    raw = tmp_path / "raw"
    write_files(
        raw,
        {
            "n" * 251 + ".txt": TALK,
            "'; DROP TABLE.txt": interview("It snowed."),
            "a\nb.txt": interview("Hail."),
            " a\\b .txt": interview("Fog."),
        },
    )
    odd = os.fsencode(raw) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(odd)).write_text(interview("The wind."), encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    Path(os.fsdecode(odd[:-4] + b".csv")).write_text("id,comment\n1,We sat and waited there.\n", encoding="utf-8")
    Path(os.fsdecode(odd[:-4] + b".docx")).write_bytes(b"PK")
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    for new in (6, 0):
        done = qualcode("import", "raw", "-p", "project", "--json", cwd=tmp_path)
        assert done.returncode == 3, done.stderr
        summary = json.loads(done.stdout)
        assert summary["new"] == new
        assert [item["place"] for item in summary["skipped"] if item["failed"]] == ["caf%E9.docx"]
    assert qualcode("import", "raw", "-p", "project", cwd=tmp_path).returncode == 3
    stored = tables(tmp_path / "project" / "qualcode.sqlite")["transcripts"]
    assert sum("caf%E9" in repr(row) for row in stored) == 2


def test_an_import_that_is_killed_leaves_whole_files_and_goes_on(tmp_path: Path, codebook_file: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(60):
        said = TALK + interview(*(f"On day {number} it rained {hour} times." for hour in range(300)))
        (raw / f"P{number:02}.docx").write_bytes(word(said))
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    database = tmp_path / "project" / "qualcode.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-m", "qualcode", "import", str(raw), "-p", "project", "-q"],
        cwd=tmp_path,
        env=environment(REPOSITORY),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while len(tables(database)["transcripts"]) < 5 and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shutil.copytree(tmp_path / "project", tmp_path / "killed")
    assert 5 <= len(tables(database)["transcripts"]) < 60
    with Project.open(tmp_path / "killed") as project:
        for name, found in texts(project).items():
            again = answer(raw / name, "docx", ReadOptions(project.secret, name)).transcripts[0]
            assert (found.text, len(found.turns)) == (again.text, len(again.turns))
    assert qualcode("import", raw, "-p", "project", "-q", cwd=tmp_path).returncode == 0
    assert len(tables(database)["transcripts"]) == 60
    assert len({row[0] for row in tables(database)["turns"]}) == 60
