"""Judgements from tables: wide and long, three states, twice the same, machines."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from qualcode.coding import Coder
from qualcode.errors import ImporterError, MalformedTranscript, NotEnoughData, UnknownFormat
from qualcode.pipeline import exporting
from qualcode.pipeline import init as initial
from qualcode.pipeline.import_codings import CodingsSummary, import_codings
from qualcode.project import Project
from qualcode.store import checking, codings, corpus, events
from tests.invented import tables

ANNA = Coder("anna", "human")


def _taken(project: Project, text: str, coder: Coder = ANNA, name: str = "coded.csv") -> CodingsSummary:
    path = project.folder.parent / name
    path.write_text(text, encoding="utf-8")
    return import_codings(project, path, coder)


def _decisions(project: Project) -> list[tuple[tuple[str, ...], list[str], str]]:
    with project.store.reading() as connection:
        found = codings.decisions(connection)
    return [(judged.codes, sorted(c.code for c in made), judged.coder) for judged, made in found]


WIDE = "id,isolation,Being listened to,Paperwork,weather\n1,0,,1,1\n2,1,0,,0\n3,,,,1\n"


def test_in_a_wide_table_an_empty_cell_is_not_judged(project: Project) -> None:
    summary = _taken(project, WIDE)
    assert (summary.layout, summary.judged, summary.present) == ("wide table", 2, 2)
    assert summary.unknown_codes == ("weather",)
    assert _decisions(project) == [
        (("isolation", "paperwork"), ["paperwork"], "anna"),
        (("isolation", "listening"), ["isolation"], "anna"),
    ]


def test_a_cell_that_is_no_state_is_told_and_never_an_absence(project: Project) -> None:
    summary = _taken(project, "id,isolation,paperwork\n1,maybe,1\n2,0,1\n")
    assert [row for row, _ in summary.unclear] == [2]
    assert _decisions(project)[0] == (("paperwork",), ["paperwork"], "anna")


def test_a_row_that_no_text_matches_is_told_by_its_number(project: Project) -> None:
    summary = _taken(project, "id,isolation\n1,0\n77,1\n")
    assert (summary.judged, summary.unlocated) == (1, (3,))


def test_a_table_twice_changes_nothing(project: Project) -> None:
    _taken(project, WIDE)
    before = tables(project.store.path)
    summary = _taken(project, WIDE)
    assert (summary.judged, summary.unchanged) == (0, 2)
    assert tables(project.store.path) == before


def test_a_changed_mind_is_one_more_judgement_and_the_first_stays(project: Project) -> None:
    _taken(project, "id,isolation\n1,0\n")
    _taken(project, "id,isolation\n1,1\n")
    assert _decisions(project) == [(("isolation",), [], "anna"), (("isolation",), ["isolation"], "anna")]
    frame = project.codings()
    assert list(frame[frame["coder"] == "anna"]["code"]) == ["isolation"]


def test_a_long_table_is_located_by_quotation_and_by_offsets(project: Project) -> None:
    with project.store.reading() as connection:
        text = next(t.text for t in corpus.transcripts(connection) if t.source == "P02.txt")
    at = text.index("The forms were worse")
    rows = f"P01.txt,There was nobody to talk to,,,isolation,denied\nP02.txt,,{at},{at + 20},paperwork,\n"
    summary = _taken(project, "file,quote,start,end,code,polarity\n" + rows)
    assert (summary.layout, summary.judged, summary.present, summary.unlocated) == ("long table", 2, 2, ())
    with project.store.reading() as connection:
        made = [coding for _, own in codings.decisions(connection) for coding in own]
        selections = corpus.segments(connection, current=False, ids=[coding.segment for coding in made])
        texts = {t.id: t.text for t in corpus.transcripts(connection)}
    assert {s.text for s in selections} == {"There was nobody to talk to", "The forms were worse"}
    assert {s.unit for s in selections} == {"selection"}
    assert [dict(coding.facets) for coding in made] == [{"polarity": "denied"}, {}]
    places = {s.id: s.transcript for s in selections}
    for coding in made:
        ((start, end),) = coding.evidence
        assert texts[places[coding.segment]][start:end] in {s.text for s in selections}


def test_a_long_row_may_say_absent_and_an_unknown_code_is_left_out(project: Project) -> None:
    said = "P01.txt,nobody to talk to"
    rows = f"{said},isolation,0\n{said},weather,1\nP01.txt,never said,isolation,1\n"
    summary = _taken(project, "file,quote,code,present\n" + rows)
    assert (summary.judged, summary.present) == (1, 0)
    assert summary.unknown_codes == ("weather",)
    assert summary.unlocated == (4,)


def test_a_coder_column_tells_coders_apart(project: Project) -> None:
    rows = "P01.txt,nobody to talk to,isolation,ben\nP01.txt,nobody to talk to,isolation,cy\n"
    _taken(project, "file,quote,code,coder\n" + rows)
    assert [coder for _, _, coder in _decisions(project)] == ["anna:ben", "anna:cy"]


# row 1 again, and the earlier of two answers now stands.
def test_one_quotation_coded_twice_in_a_table_is_the_same_after_the_second_import(project: Project) -> None:
    said = "P01.txt,nobody to talk to,isolation"
    rows = f"{said},affirmed\n{said},relieved\n"
    _taken(project, "file,quote,code,polarity\n" + rows)
    before = tables(project.store.path)
    _taken(project, "file,quote,code,polarity\n" + rows)
    assert tables(project.store.path) == before


def test_a_polarity_that_the_codebook_does_not_declare_is_told_and_not_stored(project: Project) -> None:
    summary = _taken(project, "file,quote,code,polarity\nP01.txt,nobody to talk to,isolation,gloomy\n")
    frame = project.codings()
    assert "gloomy" not in set(frame["polarity"])
    assert summary.unclear


def test_one_event_holds_the_act_without_words(project: Project) -> None:
    _taken(project, WIDE)
    with project.store.reading() as connection:
        last = events.all_events(connection)[-1]
        assert list(checking.chain(connection)) == []
    assert (last.kind, last.actor, dict(last.counts)) == ("judge", "anna", {"judgements": 2, "present": 2})


def test_codings_of_a_model_are_a_machines_and_leave_the_tagger_alone(project: Project) -> None:
    before = project.codings()
    _taken(project, WIDE, Coder("gpt", "machine", "imported"))
    after = project.codings()
    own = after[after["coder"] == "gpt"]
    assert set(own["coder_kind"]) == {"machine"}
    assert len(own) == 2
    assert len(after) == len(before) + 2
    with project.store.reading() as connection:
        assert (codings.latest_machine(connection) or "").startswith("definitions@")


def test_codings_of_a_model_are_not_exported_as_peoples(project: Project) -> None:
    _taken(project, WIDE, Coder("gpt", "machine", "imported"))
    made = exporting.bundle(project)
    assert made.counts["added"] == made.counts["kept"] == 0
    assert "machine" not in set(made.excerpts["coder_kind"])


@pytest.mark.parametrize(
    ("text", "name", "error", "said"),
    [
        ("a,b\n1,2\n", "coded.txt", UnknownFormat, "read from"),
        ("", "coded.csv", MalformedTranscript, "nothing in it"),
        ("id,isolation\n", "coded.csv", MalformedTranscript, "no rows"),
        ("id,weather\n1,1\n", "coded.csv", MalformedTranscript, "no column is named like a code"),
        ("isolation\n1\n", "coded.csv", MalformedTranscript, "which text a row is about"),
        ("code\nisolation\n", "coded.csv", MalformedTranscript, "quotation or offsets"),
        ("id,isolation\n88,1\n", "coded.csv", ImporterError, "none of its 1 coded rows"),
        ("file,quote,code\nP01.txt,nobody,weather\n", "coded.csv", ImporterError, "no judgement on a code"),
    ],
)
def test_a_table_that_gives_nothing_is_refused(
    project: Project, text: str, name: str, error: type[Exception], said: str
) -> None:
    before = tables(project.store.path)
    with pytest.raises(error, match=said):
        _taken(project, text, name=name)
    assert tables(project.store.path) == before


def test_a_missing_file_and_an_empty_project_are_refused(project: Project, tmp_path: Path, codebook_file: Path) -> None:
    with pytest.raises(ImporterError, match="no such file"):
        import_codings(project, tmp_path / "none.csv", ANNA)
    with initial.init(tmp_path / "empty", codebook_file) as empty, pytest.raises(NotEnoughData):
        _taken(empty, WIDE)


def test_what_was_exported_can_be_imported_again(project: Project) -> None:
    exporting.export(project)
    with (project.exports / "excerpts_unreviewed.csv").open(encoding="utf-8-sig", newline="") as handle:
        exported = list(csv.DictReader(handle))
    summary = import_codings(project, project.exports / "excerpts_unreviewed.csv", ANNA)
    assert summary.judged == summary.present == len(exported)
    assert summary.unlocated == ()


def test_a_machines_name_is_no_persons(project: Project) -> None:
    table = project.folder.parent / "coded.csv"
    table.write_text("file,quote,code\nP01.txt,I was so lonely then.,isolation\n", encoding="utf-8")
    import_codings(project, table, Coder("gpt-x", "machine", "imported"))
    with pytest.raises(ImporterError, match="known as a machine"):
        import_codings(project, table, Coder("gpt-x", "human"))
