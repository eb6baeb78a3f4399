"""The record of acts: numbered, chained, without words."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from qualcode.project import Project
from qualcode.store import checking, events
from qualcode.store.database import Database


@pytest.fixture
def store(tmp_path: Path) -> Database:
    made = Database(tmp_path / "qualcode.sqlite")
    with made.writing() as connection:
        for number in range(1, 5):
            events.record(
                connection,
                "import",
                actor="researcher",
                at=f"2025-01-0{number}",
                subjects=[f"t_{number}"],
                counts={"new": number},
                words=["what was said"],
                secret=b"key",
            )
        for table in ("events", "judged"):
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{act}"))
    return made


def _faults_after(store: Database, statement: str) -> set[str]:
    with store.writing() as connection:
        connection.execute(text(statement))
    with store.reading() as connection:
        return {fault.row for fault in checking.chain(connection)}


def test_events_are_numbered_from_one_and_each_names_the_one_before(store: Database) -> None:
    with store.reading() as connection:
        rows = connection.execute(text("SELECT id, previous, hash FROM events ORDER BY id")).all()
        assert list(checking.chain(connection)) == []
    assert [row.id for row in rows] == [1, 2, 3, 4]
    assert [row.previous for row in rows] == [events.FIRST, *[row.hash for row in rows[:-1]]]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "at = '2026-01-01'",
        "kind = 'judge'",
        "subjects = '[\"t_9\"]'",
        "counts = '{\"new\": 9}'",
        "digest = ''",
        "hash = 'abc'",
        "previous = 'abc'",
    ],
)
def test_a_changed_event_is_found_whatever_was_changed(store: Database, change: str) -> None:
    assert "2" in _faults_after(store, f"UPDATE events SET {change} WHERE id = 2")


def test_a_lost_event_is_found_at_the_one_after_it(store: Database) -> None:
    assert _faults_after(store, "DELETE FROM events WHERE id = 2") == {"3"}


def test_a_lost_first_event_is_found(store: Database) -> None:
    assert _faults_after(store, "DELETE FROM events WHERE id = 1") == {"2"}


def test_a_lost_last_event_is_found(store: Database) -> None:
    assert _faults_after(store, "DELETE FROM events WHERE id = 4") == {"4"}


def test_an_event_that_was_put_in_is_found(store: Database) -> None:
    statement = (
        "INSERT INTO events (id, at, actor, kind, subjects, counts, digest, previous, hash) "
        "SELECT 5, at, actor, kind, subjects, counts, digest, previous, 'forged' FROM events WHERE id = 4"
    )
    assert "5" in _faults_after(store, statement)


def test_the_digest_depends_on_words_and_key_and_holds_no_words(tmp_path: Path) -> None:
    store = Database(tmp_path / "qualcode.sqlite")
    with store.writing() as connection:
        for words, secret in ((["ab", "c"], b"k"), (["a", "bc"], b"k"), (["ab", "c"], b"other"), ([], b"k")):
            events.record(connection, "import", actor="r", at="2025", words=words, secret=secret)
        digests = [event.digest for event in events.all_events(connection)]
    assert len(set(digests)) == 4
    assert digests[3] == ""
    assert all(len(digest) == 64 for digest in digests[:3])


def test_a_run_records_each_of_its_acts_with_counts_that_agree_with_the_tables(project: Project) -> None:
    with project.store.reading() as connection:
        record = events.all_events(connection)
        assert list(checking.chain(connection)) == []
        counted = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("transcripts", "segments", "codings")
        }
    kinds = [event.kind for event in record]
    assert kinds[0] == "init"
    assert {"import", "segment", "tag", "themes", "sample"} <= set(kinds)
    assert sum(event.counts.get("new", 0) for event in record if event.kind == "import") == counted["transcripts"]
    assert next(event for event in record if event.kind == "segment").counts["new"] == counted["segments"]
    assert next(event for event in record if event.kind == "tag").counts["proposals"] == counted["codings"]


def test_an_act_that_fails_leaves_no_event(project: Project) -> None:
    with project.store.reading() as connection:
        before = len(events.all_events(connection))

    def failing() -> None:
        with project.store.writing() as connection:
            events.record(connection, "judge", actor="anna", at="2025")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        failing()
    with project.store.reading() as connection:
        assert len(events.all_events(connection)) == before
