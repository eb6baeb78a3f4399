"""An encrypted database: no plain byte in the file or its log, the right passphrase or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import text

from qualcode import passphrase as passphrases
from qualcode.errors import MissingExtra, NotAllowed, StoreError
from qualcode.store import encryption
from qualcode.store.database import Database

SECRET = "it's a long one; DROP TABLE --"
WORDS = "the kettle on Zyzzyva Lamplight stood there all afternoon"

HOLD = """\
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "qualcode.sqlite"


def _write(store: Database) -> None:
    with store.writing() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('words', :words)"), {"words": WORDS})


def _read(store: Database) -> str | None:
    with store.reading() as connection:
        return connection.execute(text("SELECT value FROM settings WHERE name = 'words'")).scalar()


def test_a_plain_or_damaged_file_is_not_taken_for_an_encrypted_one(path: Path) -> None:
    assert not encryption.is_encrypted(path)
    Database(path, passphrase=None).close()
    assert not encryption.is_encrypted(path)
    path.write_bytes(b"damage" * 16 + path.read_bytes()[96:])
    assert not encryption.is_encrypted(path)
    with pytest.raises(StoreError, match="damaged"):
        Database(path)
    path.write_bytes(b"")
    assert not encryption.is_encrypted(path)


def test_without_the_package_that_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sqlcipher3", None)
    with pytest.raises(MissingExtra, match="sqlcipher3") as caught:
        Database(path, passphrase=SECRET)
    assert "pip install" in caught.value.hint


class TestEncrypted:
    @pytest.fixture(autouse=True)
    def _installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("sqlcipher3", reason="the extra `encrypt` is not installed")
        monkeypatch.delenv(passphrases.VARIABLE, raising=False)

    @pytest.mark.parametrize("careful", [False, True])
    def test_neither_file_nor_log_holds_a_plain_word(self, path: Path, careful: bool) -> None:
        store = Database(path, passphrase=SECRET, careful=careful)
        _write(store)
        logs = sorted(path.parent.glob("qualcode.sqlite-*"))
        assert bool(logs) is not careful
        for file in [path, *logs]:
            held = file.read_bytes()
            assert b"Zyzzyva" not in held
            assert b"CREATE TABLE" not in held
            assert b"SQLite format" not in held
        store.close()
        assert store.encrypted
        assert _read(Database(path, passphrase=SECRET)) == WORDS

    def test_a_wrong_passphrase_is_refused_and_harms_nothing(self, path: Path) -> None:
        store = Database(path, passphrase=SECRET)
        _write(store)
        store.close()
        before = path.read_bytes()
        for wrong in ("another", SECRET + " ", SECRET.upper()):
            with pytest.raises(StoreError, match="passphrase is not the right one") as caught:
                Database(path, passphrase=wrong)
            assert wrong not in str(caught.value)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("empty", ["", " ", "a\0b"])
    def test_no_passphrase_is_told(self, path: Path, empty: str) -> None:
        with pytest.raises(NotAllowed):
            encryption.checked(empty)
        Database(path, passphrase=SECRET).close()
        with pytest.raises(NotAllowed, match="encrypted"):
            Database(path)

    def test_the_environment_or_the_person_gives_it(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Database(path, passphrase=SECRET).close()
        monkeypatch.setattr(passphrases, "ask", lambda: SECRET)
        Database(path).close()
        monkeypatch.setattr(passphrases, "ask", lambda: None)
        monkeypatch.setenv(passphrases.VARIABLE, SECRET)
        Database(path).close()

    def test_a_copy_by_vacuum_is_encrypted_with_the_same_passphrase(self, path: Path) -> None:
        store = Database(path, passphrase=SECRET)
        _write(store)
        copy = path.with_name("copy.sqlite")
        store.copy(copy)
        assert encryption.is_encrypted(copy)
        assert b"Zyzzyva" not in copy.read_bytes()
        assert _read(Database(copy, passphrase=SECRET)) == WORDS

    def test_a_plain_project_is_encrypted_and_the_plain_file_is_gone(self, path: Path) -> None:
        store = Database(path)
        _write(store)
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        encryption.encrypt(path, SECRET)
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        assert b"Zyzzyva" not in path.read_bytes()
        store = Database(path, passphrase=SECRET)
        assert _read(store) == WORDS
        with store.reading() as connection:
            rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"))
            assert [tuple(row) for row in rows] == schema, "tables, indexes and the triggers that guard the record"

    def test_a_project_in_use_is_not_encrypted(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Database(path).close()
        monkeypatch.setattr(encryption, "WAIT_SECONDS", 0.2)
        # Another process: within one, two libraries of SQLite do not see each other's locks.
        with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=PIPE, stdout=PIPE) as other:
            assert other.stdout is not None
            other.stdout.readline()
            with pytest.raises(StoreError, match="another program uses the project"):
                encryption.encrypt(path, SECRET)
            other.communicate()
        assert not encryption.is_encrypted(path)
        assert [file.name for file in path.parent.iterdir() if not file.name.endswith(("-wal", "-shm"))] == [path.name]
        Database(path).close()
