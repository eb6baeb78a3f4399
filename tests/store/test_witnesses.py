"""Witnesses: one for each row of an act, and none missing when row numbers move."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from qualcode.coding import Memo
from qualcode.pipeline.verifying import verify
from qualcode.project import Project
from qualcode.store import events, memos, witnesses
from qualcode.store.database import Database


def _kept(project: Project, *names: str) -> None:
    with project.store.writing() as connection:
        memos.add(connection, [Memo(name, "project", "anna", "A note.", "2030") for name in names])
        events.record(connection, "memo", actor="anna", at="2030", counts={"memos": len(names)})


def _witnessed(project: Project) -> set[str]:
    with project.store.reading() as connection:
        query = text("SELECT row FROM witnesses WHERE \"table\" = 'memos' AND withdrawn IS NULL")
        return set(connection.execute(query).scalars())


def test_each_row_is_witnessed_with_the_event_that_it_came_with(project: Project) -> None:
    _kept(project, "m_1", "m_2")
    with project.store.reading() as connection:
        before = events.all_events(connection)[-1]
    _kept(project, "m_3")
    with project.store.reading() as connection:
        last = events.all_events(connection)[-1]
        query = text("SELECT row, event FROM witnesses WHERE \"table\" = 'memos' ORDER BY row")
        assert [tuple(row) for row in connection.execute(query)] == [
            ("m_1", before.id),
            ("m_2", before.id),
            ("m_3", last.id),
        ]
        assert last.digest == "/" + witnesses.bound(connection, last.id)


def test_rows_that_take_the_numbers_of_withdrawn_ones_are_witnessed_once_watermarks_are_renewed(
    project: Project,
) -> None:
    _kept(project, "m_1", "m_2", "m_3")
    with project.store.writing() as connection:
        assert witnesses.withdraw(connection, "memos", ["m_2", "m_3"], events.coming(connection)) == 2
        connection.execute(text("DELETE FROM memos WHERE id IN ('m_2', 'm_3')"))
        witnesses.renew(connection)
        events.record(connection, "withdraw", actor="researcher", at="2030")
    _kept(project, "m_4")
    assert _witnessed(project) == {"m_1", "m_4"}
    assert verify(project).faults == ()


def test_vacuum_moves_row_numbers_and_renewing_sets_the_watermarks_right(project: Project) -> None:
    _kept(project, *(f"m_{number}" for number in range(9)))
    with project.store.writing() as connection:
        witnesses.withdraw(connection, "memos", [f"m_{n}" for n in range(5)], events.coming(connection))
        connection.execute(text("DELETE FROM memos WHERE id < 'm_5'"))
        events.record(connection, "withdraw", actor="researcher", at="2030")
    with project.store.reading() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("BEGIN")
    with project.store.writing() as connection:
        witnesses.renew(connection)
    _kept(project, "m_9")
    assert "m_9" in _witnessed(project)
    assert verify(project).faults == ()


@pytest.mark.parametrize("secret", [b"one key", b"another"])
def test_a_witness_hangs_on_the_key_that_the_connection_carries(tmp_path: Path, secret: bytes) -> None:
    store = Database(tmp_path / "qualcode.sqlite", secret)
    with store.writing() as connection:
        memos.add(connection, [Memo("m_1", "project", "anna", "A note.", "2030")])
        events.record(connection, "memo", actor="anna", at="2030")
        digest = connection.execute(text("SELECT digest FROM witnesses")).scalar()
        (row,) = witnesses.rows(connection, "memos", secret)
        (other,) = witnesses.rows(connection, "memos", b"no key")
    assert row == ("memos", "m_1", digest)
    assert other[2] != digest


def test_an_act_that_writes_nothing_for_good_has_an_event_without_witnesses(tmp_path: Path) -> None:
    store = Database(tmp_path / "qualcode.sqlite", b"key")
    with store.writing() as connection:
        events.record(connection, "init", actor="anna", at="2030")
        assert events.all_events(connection)[0].digest == ""
        assert connection.execute(text("SELECT count(*) FROM witnesses")).scalar() == 0
