"""Asking: what is drawn and what is chosen, blind sheets there and back, answers at once, a second look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qualcode.coding import Coder
from qualcode.errors import ImporterError, MalformedTranscript, NotEnoughData, ProjectError
from qualcode.importers import ReadOptions, table
from qualcode.importers import sheet as filled
from qualcode.pipeline import asking, second_look, verifying
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.sheet import sheet
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.store import codings, events, releases
from tests.invented import interview, tables

ANNA = Coder("anna", "human")
CODES = ("isolation", "listening", "paperwork")
TALK = (
    "I was so alone on the {0} of that month, nobody to talk to.",
    "She listened to every {0} and never hurried me.",
    "The forms about the {0} took a whole week to fill in.",
    "We bought a {0} at the market and carried it home.",
)
THINGS = ("kettle", "ladder", "ferry", "orchard", "piano", "tunnel", "garden", "needle", "harbour", "lantern", "saddle")


@pytest.fixture
def talk(make) -> Project:
    """Eleven interviews of four answers, each on something else."""
    files = {f"P{n:02}.txt": interview(*(line.format(thing) for line in TALK)) for n, thing in enumerate(THINGS)}
    return make(files, tag=True)


def _rows(path: Path, name: str = "Asked") -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _fill(path: Path, answers: dict[int, dict[str, Any]]) -> None:
    book = openpyxl.load_workbook(path)
    columns = {cell.value: cell.column for cell in book["Asked"][1]}
    for row, cells in answers.items():
        for column, value in cells.items():
            book["Asked"].cell(row + 2, columns[column]).value = value
    book.save(path)


def _decided(project: Project) -> list[Any]:
    with project.store.reading() as connection:
        return codings.decisions(connection)


def _samples(project: Project) -> dict[str, Any]:
    with project.store.reading() as connection:
        return codings.samples(connection)


def _truth(text: str) -> list[str]:
    words = {"isolation": "alone", "listening": "listened", "paperwork": "forms"}
    return [code for code, word in words.items() if word in text]


def _answered(project: Project, made: asking.Asking) -> None:
    for question in made.questions:
        asking.answer(project, made, question, [(c, "") for c in _truth(question.segment.text) if c in question.codes])


def test_half_is_drawn_by_lot_and_none_is_asked_twice(talk: Project) -> None:
    made = asking.ask(talk, "anna", count=12)
    assert (len(made.questions), made.drawn) == (12, 6)
    assert len({question.segment.id for question in made.questions}) == 12
    assert {question.codes for question in made.questions} == {CODES}
    drawn, chosen = sorted(
        {q.sample.id: q.sample for q in made.questions}.values(), key=lambda one: -one.probabilities[0]
    )
    assert drawn.purpose == f"{drawing.RANDOM}: isolation, listening, paperwork"
    assert 0 < drawn.probabilities[0] < 1
    assert (chosen.purpose.split(":")[0], set(chosen.probabilities)) == ("asked", {0.0})
    assert not any(hasattr(question, name) for question in made.questions for name in ("score", "raw_score"))


def test_asking_again_before_any_answer_changes_nothing(talk: Project) -> None:
    made = asking.ask(talk, "anna", count=12)
    before = tables(talk.store.path)
    assert asking.ask(talk, "anna", count=12) == made
    assert tables(talk.store.path) == before


def test_an_answer_judges_the_whole_scope_blind_and_at_once(talk: Project) -> None:
    made = asking.ask(talk, "anna", count=8)
    for number, question in enumerate(made.questions):
        done = asking.answer(talk, made, question, [("listening", "")] if number else [])
        assert (done.judged, done.present) == (1, min(number, 1))
    decided = _decided(talk)
    assert len(decided) == 8
    assert all(set(judged.codes) == set(CODES) and judged.blind for judged, _ in decided)
    by_lot = [judged for judged, _ in decided if judged.probability is not None]
    assert len(by_lot) == made.drawn
    assert all(
        _samples(talk)[judged.sample].purpose.startswith("asked") for judged, _ in decided if not judged.probability
    )
    again = asking.answer(talk, made, made.questions[0], [])
    assert (again.judged, again.unchanged) == (0, 1)
    assert asking.answer(talk, made, made.questions[0], [("paperwork", "denied")]).judged == 1
    assert verifying.verify(talk).faults == ()


def _blind(talk: Project) -> set[tuple[str, str]]:
    return {(judged.segment, code) for judged, _ in _decided(talk) if judged.blind for code in judged.codes}


def test_what_was_answered_is_not_asked_again_and_all_is_asked_in_the_end(talk: Project) -> None:
    seen: list[str] = []
    while len(seen) < 44:
        made = asking.ask(talk, "anna", count=11)
        seen += [question.segment.id for question in made.questions]
        _answered(talk, made)
    assert len(seen) == len(set(seen)) == 44
    with pytest.raises(NotEnoughData, match="nothing left to ask"):
        asking.ask(talk, "anna")
    chances = drawing.inclusion(_samples(talk).values(), _blind(talk), talk.secret)
    assert set(chances.values()) <= {1.0} or max(chances.values()) <= 1


def test_a_code_that_few_passages_carry_is_looked_for(talk: Project) -> None:
    made = asking.ask(talk, "anna", count=12, codes=["paperwork"])
    chosen = [q for q in made.questions if q.sample.purpose.startswith("asked")]
    assert len(chosen) == 6
    assert sum("forms" in question.segment.text for question in chosen) >= 4


def test_a_sheet_of_passages_comes_back(talk: Project, tmp_path: Path) -> None:
    made = asking.ask(talk, "anna", count=8)
    path = tmp_path / "ask.xlsx"
    assert asking.write(talk, made, path).questions == 8
    rows = _rows(path)
    assert not [name for name in rows[0] if "score" in name or "propos" in name or "evidence" in name]
    _fill(path, {0: {"code 1": "none"}, 1: {"code 1": "isolation", "code 2": "paperwork", "polarity 2": "denied"}})
    summary = import_codings(talk, path, ANNA)
    assert (summary.judged, summary.present) == (2, 2)
    found = {judged.segment: (judged, made) for judged, made in _decided(talk)}
    judged, codes = found[rows[1]["segment id"]]
    assert (set(judged.codes), {c.code for c in codes}) == (set(CODES), {"isolation", "paperwork"})
    assert (judged.blind, judged.sample) == (True, rows[1]["sample id"])
    assert import_codings(talk, path, ANNA).judged == 0
    with pytest.raises(ProjectError, match="holds answers"):
        asking.write(talk, made, path)


def test_a_sheet_about_codes_comes_back(talk: Project, tmp_path: Path) -> None:
    made = asking.ask(talk, "anna", by="code", count=12)
    assert made.drawn == 6
    asked = [question.codes[0] for question in made.questions]
    assert asked == sorted(asked)
    path = tmp_path / "ask.xlsx"
    asking.write(talk, made, path)
    rows = _rows(path)
    _fill(
        path,
        {0: {"does it apply": "Yes", "polarity is": "denied"}, 1: {"does it apply": "no"}, 2: {"does it apply": "?"}},
    )
    summary = import_codings(talk, path, ANNA)
    assert [(row, "expected yes or no" in why) for row, why in summary.unclear] == [(4, True)]
    (yes, (coding,)), (no, none) = _decided(talk)
    assert (yes.codes, coding.code, coding.facets) == (
        (rows[0]["code id"],),
        rows[0]["code id"],
        {"polarity": "denied"},
    )
    assert (no.codes, none) == ((rows[1]["code id"],), ())
    assert (yes.blind, yes.sample) == (True, rows[0]["sample id"])


def test_lots_of_one_code_say_nothing_of_another(talk: Project) -> None:
    _answered(talk, asking.ask(talk, "anna", by="code", count=12, codes=["listening"]))
    chances = drawing.inclusion(_samples(talk).values(), _blind(talk), talk.secret)
    assert {code for _, code in chances} == {"listening"}
    by_lot = [judged for judged, _ in _decided(talk) if judged.probability]
    assert len(by_lot) == 6
    assert all(chances[judged.segment, "listening"] == judged.probability for judged in by_lot)


def test_a_sheet_is_told_from_a_survey_and_one_without_its_answers_is_refused(talk: Project, tmp_path: Path) -> None:
    path = tmp_path / "ask.xlsx"
    asking.write(talk, asking.ask(talk, "anna", by="code", count=6), path)
    assert filled.is_sheet(path)
    with pytest.raises(MalformedTranscript, match="review sheet"):
        table.read(path, ReadOptions(b"secret", path.name))
    book = openpyxl.load_workbook(path)
    column = next(cell.column for cell in book["Asked"][1] if cell.value == "does it apply")
    book["Asked"].delete_cols(column)
    book.save(path)
    with pytest.raises(MalformedTranscript, match="lost its column does it apply"):
        import_codings(talk, path, ANNA)


def test_a_sheet_of_another_project_is_refused(talk: Project, make, tmp_path: Path) -> None:
    asking.write(talk, asking.ask(talk, "anna", count=6), tmp_path / "ask.xlsx")
    with pytest.raises(ImporterError, match="no row of this sheet"):
        import_codings(make({"P01.txt": interview("The forms.")}), tmp_path / "ask.xlsx", ANNA)


def test_whom_no_machine_may_read_is_not_asked_about_and_files_are_registered(talk: Project, tmp_path: Path) -> None:
    (talk.folder / "consent.csv").write_text(
        "case,participate,quote,archive,share,machine,expires\nP01,no,,,,,\nP02,,,,,no,\n", encoding="utf-8"
    )
    made = asking.ask(talk, "anna", count=44)
    assert {question.segment.case for question in made.questions} == {f"P{n:02}" for n in range(11)} - {"P01", "P02"}
    asking.write(talk, made, tmp_path / "ask.xlsx")
    with talk.store.reading() as connection:
        (release,) = releases.releases(connection)
        assert len(release.cases) == 9
        assert [event.kind for event in events.all_events(connection)][-2:] == ["sample", "release"]
        assert "alone" not in repr(events.all_events(connection))
    assert "alone" not in repr(made)


def test_without_a_tagger_it_asks_all_the_same(make) -> None:
    project = make({"P01.txt": interview(*(line.format("kettle") for line in TALK))})
    made = asking.ask(project, "anna", count=4)
    assert len(made.questions) == 4
    assert {q.sample.purpose.split(":")[0] for q in made.questions} == {"asked", "estimation"}


def test_no_random_share_draws_nothing_and_all_of_it_chooses_nothing(make) -> None:
    files = {f"P{n}.txt": interview(f"The {thing}.") for n, thing in enumerate(THINGS)}
    for share, drawn in ((0, 0), (1, 6)):
        made = asking.ask(make(files, toml=f"[ask]\nrandom_share = {share}\n"), "anna", count=6)
        assert (len(made.questions), made.drawn) == (6, drawn)
    with pytest.raises(ProjectError, match="random_share"):
        make(files, toml="[ask]\nrandom_share = 1.5\n")


def test_who_kept_a_proposal_is_asked_blind_all_the_same(talk: Project, tmp_path: Path) -> None:
    """The same said blind is written again: else the random share lost just those who agree with the machine."""
    path = tmp_path / "review.xlsx"
    sheet(talk, path, sample_size=0)
    book = openpyxl.load_workbook(path)
    page = book["Proposals"]
    columns = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        page.cell(row, columns["decision"]).value = "keep"
    book.save(path)
    kept = import_codings(talk, path, ANNA).judged
    made = asking.ask(talk, "anna", by="code", count=132)
    assert sum(q.sample.purpose.startswith(drawing.RANDOM) for q in made.questions) == 66
    _answered(talk, made)
    blind = {(j.segment, code) for j, _ in _decided(talk) if j.probability for code in j.codes}
    assert len(blind) == 66
    assert any(not j.blind and (j.segment, j.codes[0]) in blind for j, _ in _decided(talk))
    before = len(_decided(talk))
    _answered(talk, made)
    assert (kept > 20, len(_decided(talk))) == (True, before)


@pytest.mark.parametrize(
    ("words", "error"),
    [({"codes": ["weather"]}, "no active code"), ({"coder": "definitions"}, "machine coder")],
)
def test_what_cannot_be_asked_is_refused(talk: Project, words: dict[str, Any], error: str) -> None:
    with talk.store.reading() as connection:
        machine = codings.latest_machine(connection)
    coder = machine if words.pop("coder", "") else "anna"
    with pytest.raises(ProjectError, match=error):
        asking.ask(talk, coder, **words)


def test_a_second_look_finds_a_slip_and_the_new_answer_stands(talk: Project) -> None:
    made = asking.ask(talk, "anna", count=44)
    slip = next(q for q in made.questions if "alone" in q.segment.text)
    for question in made.questions:
        truth = [(code, "") for code in _truth(question.segment.text)]
        asking.answer(talk, made, question, [] if question is slip else truth)
    looked = second_look.second_look(talk, "bea", count=5)
    assert (slip.segment.id, ("isolation",)) in {(q.segment.id, q.codes) for q in looked.questions}
    assert {q.sample.purpose for q in looked.questions} == {"asked: second look"}
    (question,) = [q for q in looked.questions if (q.segment.id, q.codes[0]) == (slip.segment.id, "isolation")]
    asking.answer(talk, looked, question, [("isolation", "")])
    judged, (coding,) = _decided(talk)[-1]
    assert (judged.coder, judged.probability, coding.code) == ("bea", None, "isolation")


def test_too_little_is_not_doubted(talk: Project) -> None:
    with pytest.raises(NotEnoughData, match="too few passages"):
        second_look.second_look(talk, "anna")
