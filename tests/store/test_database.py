"""The file: locks, schema, append-only tables, pragmas."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qualcode import private, whereabouts
from qualcode.errors import StoreError
from qualcode.project import Project
from qualcode.store import database as module
from qualcode.store.database import Database
from qualcode.store.migrations import STEPS
from tests.invented import tables


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return Database(tmp_path / "qualcode.sqlite")


def _alone(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_new_file_is_brought_to_the_latest_schema_in_wal_mode(store: Database) -> None:
    with store.reading() as connection:
        version = connection.execute(text("SELECT value FROM settings WHERE name = 'schema'")).scalar()
        assert version == str(len(STEPS))
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def test_opening_again_migrates_nothing(store: Database) -> None:
    with store.writing() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('mark', 'stays')"))
    store.close()
    again = Database(store.path)
    with again.reading() as connection:
        assert connection.execute(text("SELECT value FROM settings WHERE name = 'mark'")).scalar() == "stays"


def test_a_file_of_the_second_schema_gets_the_tables_of_the_third(store: Database) -> None:
    with store.writing() as connection:
        for name in ("reanchored", "sketches"):
            connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text("DROP INDEX transcripts_replaces"))
        connection.execute(text("UPDATE settings SET value = '2' WHERE name = 'schema'"))
    store.close()
    with Database(store.path).reading() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
    assert {"reanchored", "sketches", "transcripts_replaces", "reanchored_no_update"} <= names


def test_a_database_that_somebody_writes_to_is_refused_when_it_is_opened(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
    other = _alone(store.path)
    with pytest.raises(StoreError, match="another program is writing") as caught:
        Database(store.path)
    assert caught.value.hint
    other.execute("ROLLBACK")
    Database(store.path).close()


def test_a_lock_that_comes_later_is_refused_at_the_write_and_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
    store = Database(tmp_path / "qualcode.sqlite")
    other = _alone(store.path)
    with pytest.raises(StoreError, match="another program is writing"), store.writing():
        pass
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0
    other.close()


def test_a_newer_schema_is_refused_and_left_as_it_is(store: Database) -> None:
    newer = str(len(STEPS) + 1)
    with store.writing() as connection:
        connection.execute(text("UPDATE settings SET value = :v WHERE name = 'schema'"), {"v": newer})
    store.close()
    with pytest.raises(StoreError, match="newer qualcode") as caught:
        Database(store.path)
    assert "upgrade" in caught.value.hint
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchone() == (newer,)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "qualcode.sqlite"
    path.write_bytes(b"this is a letter and not a database " * 100)
    with pytest.raises(StoreError, match="damaged"):
        Database(path)


def test_a_database_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        Database(tmp_path / "file" / "qualcode.sqlite")


def test_a_write_that_fails_leaves_nothing_of_itself(store: Database) -> None:
    def half_of_an_act() -> None:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO settings VALUES ('half', 'done')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_of_an_act()
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM settings WHERE name = 'half'")).scalar() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'somebody else' WHERE id = 1",
        "DELETE FROM events WHERE id = 1",
        "UPDATE judged SET blind = 0",
        "DELETE FROM judged",
    ],
)
def test_events_and_judgements_are_append_only(project: Project, statement: str) -> None:
    with project.store.writing() as connection:
        connection.execute(text("INSERT INTO coders VALUES ('anna', 'human', '')"))
        connection.execute(
            text(
                "INSERT INTO judged (segment, coder, codes, blind, made_at) "
                "VALUES ('s_1', 'anna', '[]', 1, '2025-01-01')"
            )
        )
    with (
        pytest.raises((IntegrityError, StoreError), match="append-only"),
        project.store.writing() as connection,
    ):
        connection.execute(text(statement))
    with project.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM judged WHERE blind = 1")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM events WHERE id = 1")).scalar() == 1


def test_closing_leaves_one_tidy_file(small: Path) -> None:
    with Project.open(small / "project") as opened:
        opened.segments()
    assert [path.name for path in (small / "project").glob("qualcode.sqlite*")] == ["qualcode.sqlite"]
    with sqlite3.connect(small / "project" / "qualcode.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_careful_database_keeps_no_log_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "first" / "qualcode.sqlite"
    path.parent.mkdir()
    store = Database(path)
    with store.writing() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('mark', 'stays')"))
    assert path.with_name("qualcode.sqlite-wal").exists()
    shutil.copytree(
        path.parent, tmp_path / "copied", ignore=shutil.ignore_patterns("*-shm")
    )  # as a laptop that lost power leaves it: with its log
    careful = Database(tmp_path / "copied" / "qualcode.sqlite", careful=True)
    with careful.writing() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('more', 'too')"))
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert not list((tmp_path / "copied").glob("*-wal")) + list((tmp_path / "copied").glob("*-shm"))
    with careful.reading() as connection:
        marks = connection.execute(text("SELECT value FROM settings WHERE name IN ('mark', 'more')")).scalars().all()
    assert sorted(marks) == ["stays", "too"]
    assert [file.name for file in (tmp_path / "copied").iterdir()] == ["qualcode.sqlite"]
    with sqlite3.connect(careful.path, timeout=1) as other:
        other.execute("INSERT INTO settings VALUES ('another', 'program')")  # no lock is left behind
    with Database(careful.path).reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_project_on_a_network_is_kept_carefully(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = small / "mounts"
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/team {small.resolve()} nfs4 rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(whereabouts, "MOUNTS", table)
    with Project.open(small / "project") as opened, opened.store.reading() as connection:
        assert opened.where.network == "nfs4"
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"


def test_a_copy_is_whole_while_others_read_and_is_its_owners_alone(store: Database, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('mark', 'stays')"))
    with store.reading() as other:
        other.execute(text("SELECT * FROM settings")).all()
        store.copy(tmp_path / "copy.sqlite")
    assert tables(tmp_path / "copy.sqlite") == tables(store.path)
    assert not private.open_to_others(tmp_path / "copy.sqlite")
    with pytest.raises(StoreError):
        store.copy(tmp_path / "copy.sqlite")
