"""The project is what its record says, and each kind of tampering is named with its table and row."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from qualcode.coding import Coder
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.importing import import_files
from qualcode.pipeline.verifying import state_digest, verify
from qualcode.project import Project
from qualcode.store import events, schema, witnesses
from tests.invented import P01, SURVEY, interview, qualcode, write_files
from tests.laptops import Make

FILES = {"P01.txt": P01, "P02.txt": interview("She listened to me on the phone."), "survey.csv": SURVEY}
TABLE = (
    "file,quote,code\n"
    "P01.txt,I was so lonely then.,isolation\n"
    "P01.txt,She listened to me for an hour.,listening\n"
    "P02.txt,She listened to me on the phone.,listening\n"
)
WIDE = "id,isolation,listening,paperwork\n1,0,,1\n2,1,0,\n3,0,0,0\n"


def judge(project: Project, table: str = TABLE, who: str = "anna") -> None:
    path = project.folder.parent / "coded.csv"
    path.write_text(table, encoding="utf-8")
    import_codings(project, path, Coder(who, "human"))


@pytest.fixture
def coded(make: Make) -> Project:
    project = make(FILES, tag=True)
    judge(project)
    judge(project, WIDE, "bea")
    return project


@pytest.fixture
def renewed(coded: Project) -> Project:
    raw = write_files(coded.folder.parent / "raw", {"P02.txt": interview("She listened to me on the telephone.")})
    import_files(coded, raw)
    return coded


def _faults(project: Project) -> list[tuple[str, str, str]]:
    return [(fault.table, fault.row, fault.what) for fault in verify(project).faults]


def _tamper(project: Project, statement: str, **values: object) -> None:
    """As somebody would who opens the file with another program."""
    with sqlite3.connect(project.store.path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement, values).rowcount == 1


def _one(project: Project, query: str) -> str:
    with sqlite3.connect(project.store.path) as connection:
        return str(connection.execute(query).fetchone()[0])


@pytest.fixture
def whole(small: Path) -> Iterator[Project]:
    with Project.open(small / "project") as project:
        yield project


def test_a_project_that_nobody_touched_is_as_recorded(whole: Project, renewed: Project) -> None:
    for project in (whole, renewed):
        found = verify(project)
        assert found.faults == ()
        assert found.notes == ()
        assert found.events > 3
        assert len(found.head) == 64


@pytest.mark.parametrize(
    ("table", "pick", "statement", "what"),
    [
        ("transcripts", "SELECT min(id) FROM transcripts", "UPDATE transcripts SET text = 'x' || text", "was changed"),
        ("judged", "SELECT min(id) FROM judged", "UPDATE judged SET blind = NOT blind", "was changed"),
        ("judged", "SELECT min(id) FROM judged", "UPDATE judged SET made_at = '2020'", "was changed"),
        (
            "codings",
            "SELECT min(id) FROM codings WHERE judged IS NOT NULL",
            "UPDATE codings SET code = 'another'",
            "was changed",
        ),
        (
            "codings",
            "SELECT min(id) FROM codings WHERE judged IS NOT NULL",
            "DELETE FROM codings",
            "is missing, and was not withdrawn",
        ),
        ("reanchored", "SELECT min(number) FROM reanchored", "UPDATE reanchored SET confidence = 0.5", "was changed"),
        ("successions", "SELECT min(number) FROM successions", "DELETE FROM successions", "is missing"),
        ("events", "SELECT min(id) FROM events", "UPDATE events SET actor = 'somebody'", "was edited"),
    ],
)
def test_a_row_that_was_tampered_with_is_named(
    renewed: Project, table: str, pick: str, statement: str, what: str
) -> None:
    row = _one(renewed, pick)
    key = {"reanchored": "number", "successions": "number"}.get(table, "id")
    _tamper(renewed, f"{statement} WHERE {key} = :row", row=row)
    assert any((found[0], found[1]) == (table, row) and what in found[2] for found in _faults(renewed))


def test_a_changed_text_shows_at_the_quotations_too(coded: Project) -> None:
    coding = _one(
        coded,
        "SELECT codings.id FROM codings JOIN segments ON segment = segments.id JOIN transcripts t ON t.id = transcript "
        "WHERE judged IS NOT NULL AND text LIKE '%on the phone%'",
    )
    _tamper(
        coded,
        "UPDATE transcripts SET text = replace(text, 'on the phone', 'in the group') WHERE text LIKE '%on the phone%'",
    )
    assert ("codings", coding, "its quotation is not the one that was coded") in _faults(coded)


def test_a_moved_segment_shows_at_the_quotation_that_stands_on_it(coded: Project) -> None:
    coding = _one(coded, "SELECT min(id) FROM codings WHERE judged IS NOT NULL")
    _tamper(
        coded,
        'UPDATE segments SET start = start + 1, "end" = "end" - 1 '
        "WHERE id = (SELECT segment FROM codings WHERE id = :coding)",
        coding=coding,
    )
    assert ("codings", coding, "its quotation is not the one that was coded") in _faults(coded)


def test_a_row_that_was_put_in_by_hand_is_named(coded: Project) -> None:
    _tamper(
        coded,
        "INSERT INTO judged (id, segment, coder, codes, blind, made_at) "
        "SELECT 999, segment, coder, codes, blind, made_at FROM judged LIMIT 1",
    )
    assert _faults(coded) == [("judged", "999", "no event witnessed it: it was put in by hand")]


def test_a_proposal_of_the_machine_that_was_torn_out_is_named_by_its_run(coded: Project) -> None:
    run = _one(coded, "SELECT id FROM runs")
    _tamper(coded, "DELETE FROM codings WHERE id = (SELECT min(id) FROM codings WHERE run = :run)", run=run)
    assert ("runs", run, "its proposals were changed, torn out or added to") in _faults(coded)
    assert ("runs", run, "its file of cells has other proposals than the table") in _faults(coded)


def test_a_run_without_its_file_is_named_and_a_file_without_its_run_is_only_told_of(coded: Project) -> None:
    run = _one(coded, "SELECT id FROM runs")
    (coded.runs / run).rename(coded.runs / "stray")
    found = verify(coded)
    assert [(fault.table, fault.row) for fault in found.faults] == [("runs", run)]
    assert "1 in runs/" in found.notes[0]
    (coded.runs / "stray").rename(coded.runs / run)
    (coded.runs / run / "proposals.parquet").write_bytes(b"PAR1 but no more")
    assert _faults(coded) == [("runs", run, "its file of cells is damaged")]


def test_a_witness_that_was_changed_shows_at_its_event_even_if_it_fits_its_row(coded: Project) -> None:
    row = _one(coded, "SELECT min(id) FROM judged")
    _tamper(coded, "UPDATE judged SET blind = NOT blind WHERE id = :row", row=row)
    with coded.store.writing() as connection:
        fitting = {r[1]: r[2] for r in witnesses.rows(connection, "judged", coded.secret)}[row]
        w = schema.witnesses
        connection.execute(w.update().where(w.c.table == "judged", w.c.row == row).values(digest=fitting))
    faults = _faults(coded)
    assert [fault[0] for fault in faults] == ["events"]
    assert "its witnesses are not those" in faults[0][2]


def test_a_row_that_is_only_said_to_be_withdrawn_is_named(coded: Project) -> None:
    coding = _one(coded, "SELECT max(id) FROM codings WHERE judged IS NOT NULL")
    _tamper(coded, "UPDATE witnesses SET withdrawn = 1 WHERE \"table\" = 'codings' AND row = :coding", coding=coding)
    assert ("witnesses", f"codings {coding}", "is said to be withdrawn, and no withdrawal says so") in _faults(coded)


@pytest.mark.parametrize("order", ["event first", "event last"])
def test_what_was_withdrawn_is_not_missed(coded: Project, order: str) -> None:
    with coded.store.writing() as connection:
        for trigger in ("judged_no_delete", "judged_no_update"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        judged = connection.execute(text("SELECT max(id) FROM judged")).scalar()
        ids = connection.execute(text("SELECT id FROM codings WHERE judged = :j"), {"j": judged}).scalars().all()
        run = connection.execute(text("SELECT id FROM runs")).scalar()
        proposal = connection.execute(text("SELECT max(id) FROM codings WHERE run IS NOT NULL")).scalar()
        number = events.coming(connection)
        if order == "event first":
            events.record(connection, "withdraw", actor="researcher", at="2030-01-01")
        assert witnesses.withdraw(connection, "codings", ids, number) == 2 * len(ids)
        assert witnesses.withdraw(connection, "judged", [str(judged)], number) == 1
        assert witnesses.withdraw(connection, "run", [str(run)], number) == 1
        connection.execute(text("DELETE FROM codings WHERE judged = :j OR id = :p"), {"j": judged, "p": proposal})
        connection.execute(text("DELETE FROM judged WHERE id = :j"), {"j": judged})
        witnesses.renew(connection)
        if order == "event last":
            events.record(connection, "withdraw", actor="researcher", at="2030-01-01")
    expected = [("runs", str(run), "its file of cells has other proposals than the table")]
    assert _faults(coded) == expected
    judge(coded, "id,isolation\n3,1\n", "cy")
    assert _faults(coded) == expected


def test_events_that_were_taken_out_or_cut_off_are_told_apart(coded: Project) -> None:
    last = int(_one(coded, "SELECT max(id) FROM events"))
    _tamper(coded, "DELETE FROM events WHERE id = :id", id=last)
    assert ("events", str(last), "1 events were cut off at the end") in _faults(coded)
    _tamper(coded, "DELETE FROM events WHERE id = 2")
    assert ("events", "3", "1 events before it were taken out") in _faults(coded)


def test_a_text_out_of_force_that_nothing_replaced_is_named(coded: Project) -> None:
    row = _one(coded, "SELECT min(id) FROM transcripts")
    _tamper(coded, "UPDATE transcripts SET current = 0 WHERE id = :row", row=row)
    assert _faults(coded) == [("transcripts", row, "is out of force, and nothing took its place")]


def test_a_link_that_leads_nowhere_is_named(coded: Project) -> None:
    _tamper(coded, "INSERT INTO undone (number, judged, event, back) VALUES (1, 1, 77, 0)")
    assert ("undone", "1", "its event is not there (events)") in _faults(coded)


def test_a_text_that_was_moved_away_is_checked_only_where_it_can_be_read(coded: Project) -> None:
    row = _one(coded, "SELECT min(id) FROM transcripts WHERE text LIKE '%on the phone%'")
    words = _one(coded, f"SELECT text FROM transcripts WHERE id = '{row}'")
    _tamper(coded, "UPDATE transcripts SET text = '', sealed = 1 WHERE id = :row", row=row)
    found = verify(coded)
    assert (found.faults, found.sealed) == ((), 1)
    assert verify(coded, original={row: words}.get).faults == ()
    assert [fault.row for fault in verify(coded, original=lambda _: words + "!").faults] == [row]


def test_an_older_project_is_witnessed_by_an_event_of_its_own(coded: Project) -> None:
    with coded.store.writing() as connection:
        connection.execute(text("DELETE FROM witnesses"))
        connection.execute(text("DROP TABLE undone"))
        connection.execute(text("DELETE FROM settings WHERE name = 'witnessed'"))
        connection.execute(text("UPDATE settings SET value = '6' WHERE name = 'schema'"))
    coded.close()
    with Project.open(coded.folder) as older:
        judge(older, "id,isolation\n3,1\n", "cy")
        with older.store.reading() as connection:
            kinds = [event.kind for event in events.all_events(connection)]
        assert kinds[-2:] == ["witness", "judge"]
        with older.store.reading() as connection:
            brought = connection.execute(
                text("SELECT count(*) FROM witnesses WHERE \"table\" = 'judged' AND event = :e"), {"e": len(kinds)}
            ).scalar()
        assert brought == 1
        # The events of before bind witnesses that this test has thrown away, and nothing else is wrong.
        assert {what for _, _, what in _faults(older)} <= {"its witnesses are not those that it was written with"}


def test_the_hash_of_the_state_hangs_on_acts_and_not_on_their_times(coded: Project, tmp_path: Path) -> None:
    coded.close()
    shutil.copytree(coded.folder, tmp_path / "copy")
    with Project.open(coded.folder) as ours, Project.open(tmp_path / "copy") as theirs:
        before = state_digest(ours)
        assert state_digest(theirs) == before
        judge(ours, "id,isolation\n3,1\n", "cy")
        assert state_digest(ours) != before
        judge(theirs, "id,isolation\n3,1\n", "cy")
        assert state_digest(theirs) == state_digest(ours)
        (theirs.folder / "codebook.yaml").write_text(theirs.codebook_text + "# a remark\n", encoding="utf-8")
        assert state_digest(theirs) != state_digest(ours)


def test_the_command_names_faults_and_ends_with_1(coded: Project) -> None:
    coded.close()
    done = qualcode("verify", "-p", coded.folder, cwd=coded.folder)
    assert done.returncode == 0, done.stderr
    assert "the project is as recorded" in done.stdout
    row = _one(coded, "SELECT min(id) FROM judged")
    _tamper(coded, "UPDATE judged SET blind = NOT blind WHERE id = :row", row=row)
    done = qualcode("verify", "-p", coded.folder, cwd=coded.folder)
    assert done.returncode == 1
    assert f"judged {row}: was changed" in done.stdout
