"""A backup gives the same project back; a restore that is killed is finished or has not begun."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from qualcode.errors import ProjectError
from qualcode.pipeline import backups, withdrawing
from qualcode.pipeline.telling import log
from qualcode.pipeline.verifying import state_digest, verify
from qualcode.project import Project
from qualcode.store import backups as kept
from qualcode.store import releases, tombstones
from tests.byte_scan import assert_nowhere
from tests.invented import REPOSITORY, environment, qualcode
from tests.laptops import Make
from tests.pipeline.test_verifying import FILES, WIDE, judge

# Ends the process before the n-th rename or replacement of a file, as a power cut would.
KILLED = """
import os, sys
from pathlib import Path
left = int(sys.argv[3])
def counting(real):
    def act(*words, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*words, **options)
    return act
from qualcode.pipeline import backups
from qualcode.store import restoring
known = backups._before
def before(*words, **options):
    made = known(*words, **options)
    os.rename, os.replace = counting(os.rename), counting(os.replace)
    return made
backups._before = before
backups.restore(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def coded(make: Make) -> Project:
    project = make(FILES, tag=True)
    judge(project)
    return project


def _digest(folder: Path) -> str:
    with Project.open(folder) as project:
        assert verify(project).faults == ()
        return state_digest(project)


def _leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith("restore.")]


def test_a_damaged_database_is_restored_to_the_same_state(coded: Project) -> None:
    made = backups.backup(coded)
    digest = state_digest(coded)
    coded.close()
    coded.store.path.write_bytes(b"this was a database " * 400)
    shutil.rmtree(coded.runs)
    done = backups.restore(coded.folder, made.path)
    assert "damaged" in done.notes[0]
    assert _digest(coded.folder) == digest
    assert _leftovers(coded.folder) == []
    with Project.open(coded.folder) as project:
        assert log(project)[-1].kind == "restore"
    assert not kept.read(done.before).sound
    with pytest.raises(ProjectError, match="was damaged when it was copied"):
        backups.restore(coded.folder, done.before)


def test_a_restore_can_be_taken_back_by_a_restore_of_what_stood(coded: Project) -> None:
    made = backups.backup(coded)
    then = state_digest(coded)
    judge(coded, WIDE, "bea")
    now = state_digest(coded)
    coded.close()
    done = backups.restore(coded.folder, made.path)
    assert _digest(coded.folder) == then
    backups.restore(coded.folder, done.before)
    assert _digest(coded.folder) == now


def test_a_backup_is_whole_its_owners_and_without_the_key(coded: Project, tmp_path: Path) -> None:
    (coded.folder / "consent.csv").write_text("case,participate\n", encoding="utf-8")
    made = backups.backup(coded)
    names = {path.relative_to(made.path).as_posix() for path in made.path.rglob("*") if path.is_file()}
    assert {"qualcode.sqlite", "codebook.yaml", "qualcode.toml", "consent.csv", "backup.json"} <= names
    assert any(name.startswith("runs/") for name in names)
    assert not any(coded.secret.hex() in path.read_bytes().decode("latin-1") for path in made.path.rglob("*.*"))
    assert {oct(path.stat().st_mode & 0o777) for path in made.path.rglob("*") if path.is_file()} == {"0o600"}
    assert backups.stored(coded) == [made.path]
    elsewhere = backups.backup(coded, tmp_path / "stick")
    assert not elsewhere.inside
    with coded.store.reading() as connection:
        (release,) = releases.releases(connection)
    assert (release.kind, len(release.cases) > 0) == ("backup", True)
    assert verify(coded).faults == ()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: (path / "qualcode.toml").write_text("seed = 2\n"), "qualcode.toml was changed"),
        (lambda path: (path / "qualcode.sqlite").unlink(), "qualcode.sqlite is missing"),
        (lambda path: (path / "more.txt").write_text("x"), "more.txt was put in"),
        (lambda path: (path / "backup.json").write_text("{"), "no finished backup"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused(coded: Project, damage, why: str) -> None:
    made = backups.backup(coded)
    before = state_digest(coded)
    coded.close()
    damage(made.path)
    with pytest.raises(ProjectError, match=why):
        backups.restore(coded.folder, made.path)
    assert _digest(coded.folder) == before


def test_a_backup_of_another_project_is_refused(coded: Project, make: Make) -> None:
    other = make(FILES)
    with pytest.raises(ProjectError, match="of another project"):
        backups.restore(coded.folder, backups.backup(other).path)


def test_who_withdrew_since_stays_out(coded: Project, tmp_path: Path) -> None:
    made = backups.backup(coded, tmp_path / "stick")
    inside = backups.backup(coded)
    with coded.store.reading() as connection:
        query = "SELECT \"case\", text FROM transcripts WHERE text LIKE '%on the phone%'"
        case, words = connection.execute(text(query)).one()
    assert withdrawing.withdraw(coded, case).done
    assert verify(coded).faults == ()
    coded.close()
    for backup in (made, inside):
        done = backups.restore(coded.folder, backup.path)
        assert done.withdrawn == (backup is made)  # the one in the folder was purged with it
        assert_nowhere(coded.folder, words)
        with Project.open(coded.folder) as project:
            with project.store.reading() as connection:
                assert len(tombstones.tombstones(connection)) == 1
            assert verify(project).faults == ()


def test_consent_is_not_taken_back_in_time(coded: Project) -> None:
    (coded.folder / "consent.csv").write_text("case,quote\n", encoding="utf-8")
    made = backups.backup(coded)
    (coded.folder / "consent.csv").write_text("case,quote\nP01,none\n", encoding="utf-8")
    coded.close()
    backups.restore(coded.folder, made.path)
    assert (coded.folder / "consent.csv").read_text(encoding="utf-8") == "case,quote\nP01,none\n"


@pytest.mark.parametrize("left", range(0, 10))
def test_a_restore_that_is_killed_is_finished_or_has_not_begun(coded: Project, left: int) -> None:
    made = backups.backup(coded)
    then = state_digest(coded)
    judge(coded, WIDE, "bea")
    now = state_digest(coded)
    coded.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(coded.folder), str(made.path), str(left)],
        env=environment(REPOSITORY),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 9), done.stderr
    assert _digest(coded.folder) == (now if left == 0 else then)
    assert _leftovers(coded.folder) == []


@pytest.mark.parametrize("version", [2, 4, 6])
def test_an_older_database_is_backed_up_before_it_is_migrated(coded: Project, version: int) -> None:
    coded.close()
    with sqlite3.connect(coded.store.path) as connection:
        connection.execute("DROP TABLE undone")
        if version < 3:
            connection.executescript("DROP TABLE reanchored; DROP TABLE sketches;")
        connection.execute("UPDATE settings SET value = ? WHERE name = 'schema'", (str(version),))
    with Project.open(coded.folder) as project:
        (made,) = backups.stored(project)
    told = kept.read(made)
    assert (told.schema, told.reason, told.sound) == (version, f"schema{version}", True)
    with sqlite3.connect(made / "qualcode.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM judged").fetchone() == (3,)
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'undone'").fetchone() is None
    Project.open(coded.folder).close()
    assert kept.stored(coded.folder) == [made]


def test_the_commands_say_what_they_did(coded: Project) -> None:
    coded.close()
    done = qualcode("backup", "-p", coded.folder, cwd=coded.folder)
    assert "qualcode.key is not in it" in done.stderr, done.stderr
    (path,) = kept.stored(coded.folder)
    done = qualcode("restore", path, "-p", coded.folder, cwd=coded.folder)
    assert f"restored {path.name}" in done.stdout, done.stderr
