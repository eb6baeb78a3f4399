"""Identities replaced, checked, signed: on real detectors, with a real key and a real sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from qualcode.coding import Coder, Coding, Judged
from qualcode.corpus import Transcript
from qualcode.errors import NotAllowed, ProjectError
from qualcode.pipeline import checking, deidentifying, importing, keys, segmenting, signing
from qualcode.project import ORIGINALS, Project
from qualcode.segments import stretch
from qualcode.store import codings, corpus, events, signoffs, versions
from tests.byte_search import found_in
from tests.invented import write_files

P01 = """\
Interviewer: Who came to the house?

Participant: That was Doreen Mapplethwaite, she's my mother-in-law. Doreen's from Kirkby Fenwick.

Interviewer: And was there a number to ring?

Participant: Aye, 07700 900461, and I was so lonely I knew it by heart. Our Kev rang it too.
"""
P02 = """\
Interviewer: How did you hear of it?

Participant: From Doreen Mapplethwaite. I wrote to doreen@kettle.example and she wrote back. It was a comfort.
"""


def _texts(project: Project) -> dict[str, Transcript]:
    with project.store.reading() as connection:
        return {text.source: text for text in corpus.transcripts(connection)}


def _judge(project: Project, file: str, words: str, number: int) -> None:
    text = _texts(project)[file]
    start = text.text.index(words)
    segment = stretch(text, start, start + len(words), secret=project.secret)
    coding = Coding(f"c_{number}", segment.id, "isolation", "A", made_at="2026-01-01")
    with project.store.writing() as connection:
        codings.add_coder(connection, Coder("A", "human"))
        corpus.add_selections(connection, [segment])
        said = Judged(segment.id, "A", ("isolation",), True, made_at="2026-01-01")
        codings.add_judgements(connection, [(said, [coding])], project.codebook)


def _coded(project: Project) -> list[str]:
    texts = {text.id: text.text for text in _texts(project).values()}
    with project.store.reading() as connection:
        found = versions.judgements_on(connection, list(texts))
    return [texts[one.transcript][slice(*one.span)] for one in found]


def _fill(path: Path, page: str, answers: dict[str, str], where: str = "") -> None:
    book = load_workbook(path)
    heads = {cell.value: cell.column - 1 for cell in book[page][1]}
    for row in book[page].iter_rows(min_row=2):
        said = answers.get(row[heads["found"]].value)
        if said:
            row[heads["decision"]].value = said
            row[heads["where"]].value = where
    book.save(path)


@pytest.fixture
def talk(make) -> Project:
    return make({"P01.txt": P01, "P02.txt": P02})


def test_names_and_numbers_give_way_the_same_everywhere(talk: Project) -> None:
    summary = deidentifying.deidentify(talk)
    texts = _texts(talk)
    assert summary.changed == 2
    assert "Mapplethwaite" not in texts["P01.txt"].text + texts["P02.txt"].text
    assert "900461" not in texts["P01.txt"].text
    assert "[phone number]" in texts["P01.txt"].text
    assert "kettle.example" not in texts["P02.txt"].text
    (name,) = set(re.findall(r"From \[(\w+)\]\.", texts["P02.txt"].text))
    assert f"That was [{name}], she's my mother-in-law. [{name}]'s from" in texts["P01.txt"].text


def test_codings_stand_where_they_stood_and_come_back_to_their_words(talk: Project) -> None:
    _judge(talk, "P01.txt", "I was so lonely I knew it by heart", 1)
    _judge(talk, "P02.txt", "From Doreen Mapplethwaite. I wrote", 2)
    assert deidentifying.deidentify(talk).carried.sure == 2
    one, other = _coded(talk)
    assert one == "I was so lonely I knew it by heart"
    assert re.fullmatch(r"From \[\w+\]\. I wrote", other)


def test_what_stood_there_is_in_no_byte_of_the_folder(talk: Project) -> None:
    segmenting.segment(talk)
    deidentifying.deidentify(talk)
    talk.store.close()
    assert not found_in(talk.folder, "Mapplethwaite")
    assert not found_in(talk.folder, "07700 900461")
    with talk.store.reading() as connection:
        assert "deidentify" in {event.kind for event in events.all_events(connection)}


def test_run_again_nothing_changes(talk: Project) -> None:
    deidentifying.deidentify(talk)
    before, sealed = _texts(talk), (talk.folder / ORIGINALS).read_bytes()
    again = deidentifying.deidentify(talk)
    assert again.changed == 0
    assert _texts(talk) == before
    assert (talk.folder / ORIGINALS).stat().st_size == len(sealed)


def test_texts_that_were_declared_are_left_alone(make) -> None:
    project = make({"P01.txt": P01, "P02.txt": P02, "manifest.csv": "file,deidentified\nP01.txt,yes\nP02.txt,no\n"})
    summary = deidentifying.deidentify(project)
    assert (summary.texts, summary.declared) == (1, 1)
    assert "Mapplethwaite" in _texts(project)["P01.txt"].text


def test_a_list_of_names_is_heard_in_texts_of_before(talk: Project, tmp_path: Path) -> None:
    deidentifying.deidentify(talk)
    listed = tmp_path / "names.csv"
    listed.write_text(
        "name,kind,pseudonym\nDoreen Mapplethwaite; Doreen,person,Agnes\nthe house (,place,\n", encoding="utf-8"
    )
    deidentifying.deidentify(talk, names=listed)
    assert "That was [Agnes], she's my mother-in-law. [Agnes]'s from" in _texts(talk)["P01.txt"].text
    assert "From [Agnes]." in _texts(talk)["P02.txt"].text
    talk.store.close()
    assert not found_in(talk.folder, "Doreen")


def test_a_stated_pseudonym_that_is_a_real_name_elsewhere_is_refused(talk: Project, tmp_path: Path) -> None:
    listed = tmp_path / "names.csv"
    listed.write_text("name,pseudonym\nKev,Doreen\n", encoding="utf-8")
    before = _texts(talk)
    with pytest.raises(ProjectError) as caught:
        deidentifying.deidentify(talk, names=listed)
    assert "Doreen" not in str(caught.value)
    assert _texts(talk) == before


def test_check_lists_every_replacement_and_a_decision_is_applied(talk: Project, tmp_path: Path) -> None:
    deidentifying.deidentify(talk)
    sheet = tmp_path / "check.xlsx"
    summary = checking.check(talk, sheet)
    page = load_workbook(sheet)["Replaced"]
    found = {row[1].value for row in page.iter_rows(min_row=2)}
    assert {"07700 900461", "doreen@kettle.example"} <= found
    assert page.max_row - 1 == sum(summary.replaced.values())
    _fill(sheet, "Replaced", {"07700 900461": "no"})
    assert checking.decide(talk, sheet)[1] == 1
    assert "07700 900461" in _texts(talk)["P01.txt"].text
    assert "Mapplethwaite" not in _texts(talk)["P01.txt"].text
    # It was decided: it comes up nowhere again.
    again = tmp_path / "again.xlsx"
    checking.check(talk, again)
    assert "07700 900461" not in {row[1].value for row in load_workbook(again)["Replaced"].iter_rows(min_row=2)}


TELLING = """\
Interviewer: And how old is she?

Participant: She's fifty-eight. I'm a dispenser, and he is Somali.
"""


def test_details_have_a_page_of_their_own_by_person_and_hold_up_no_signature(make, tmp_path: Path) -> None:
    project = make({"P02.txt": TELLING, "P01.txt": TELLING.replace("dispenser", "plumber")})
    summary = deidentifying.deidentify(project)
    assert (summary.suspected, summary.details, summary.changed) == (0, 6, 0)
    sheet = tmp_path / "check.xlsx"
    checked = checking.check(project, sheet)
    assert (checked.suspected, checked.details, checked.open) == ({}, 6, False)
    page = load_workbook(sheet)["Details"]
    heads = {cell.value: cell.column - 1 for cell in page[1]}
    rows = [(row[heads["case"]].value, row[heads["found"]].value) for row in page.iter_rows(min_row=2)]
    said = ["She's fifty-eight", "plumber", "Somali", "She's fifty-eight", "dispenser", "Somali"]
    assert [found for _, found in rows] == said
    assert [case for case, _ in rows] == sorted(case for case, _ in rows)
    assert load_workbook(sheet)["Suspected"].max_row == 1
    checking.decline_rest(project)
    signed = signing.sign(project, "R. Ahmed")
    assert (signed.texts, signed.details) == (2, 6)


def test_a_detail_is_replaced_when_a_person_says_so(make, tmp_path: Path) -> None:
    project = make({"P01.txt": TELLING})
    deidentifying.deidentify(project)
    sheet = tmp_path / "check.xlsx"
    checking.check(project, sheet)
    _fill(sheet, "Details", {"dispenser": "yes", "Somali": "no"})
    done, answers = checking.decide(project, sheet)
    assert (answers, done.details, done.replaced) == (2, 1, {"detail": 1})
    assert "She's fifty-eight. I'm a [a detail], and he is Somali." in _texts(project)["P01.txt"].text


def test_nothing_is_signed_while_something_is_open(make) -> None:
    project = make({"P01.txt": P01})
    with pytest.raises(NotAllowed, match="looked through"):
        signing.sign(project, "R. Ahmed")
    deidentifying.deidentify(project)
    checking.decline_rest(project)
    with pytest.raises(NotAllowed, match="name"):
        signing.sign(project, " ")
    assert signing.sign(project, "R. Ahmed").texts == 1
    assert signing.sign(project, "R. Ahmed").signed_before == 1
    with project.store.reading() as connection:
        (signature,) = signoffs.signed(connection).values()
        assert signature[0] == "R. Ahmed"
        assert events.all_events(connection)[-1].actor == "R. Ahmed"


def test_a_signature_does_not_hold_for_a_text_that_changed(make) -> None:
    project = make({"P01.txt": P01})
    deidentifying.deidentify(project)
    checking.decline_rest(project)
    signing.sign(project, "R. Ahmed")
    write_files(project.folder.parent / "raw", {"P01.txt": P01.replace("by heart", "by heart, word for word")})
    importing.import_files(project, project.folder.parent / "raw")
    with pytest.raises(NotAllowed, match="looked through"):
        signing.sign(project, "R. Ahmed")
    deidentifying.deidentify(project)
    text = _texts(project)["P01.txt"].text
    assert "word for word" in text
    assert "Mapplethwaite" not in text


def test_without_its_key_nothing_is_read_and_nothing_is_lost(talk: Project) -> None:
    deidentifying.deidentify(talk)
    before = _texts(talk)
    key = keys.path_of(talk)
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(ProjectError, match="key"):
        deidentifying.deidentify(talk)
    with pytest.raises(ProjectError, match="key"):
        checking.check(talk)
    assert _texts(talk) == before
    key.write_bytes(kept)
    assert deidentifying.deidentify(talk).changed == 0


def test_a_lost_key_is_given_up_and_work_goes_on(talk: Project, tmp_path: Path) -> None:
    deidentifying.deidentify(talk)
    before = _texts(talk)
    with pytest.raises(ProjectError, match="is there"):
        keys.abandon(talk)
    keys.path_of(talk).unlink()
    keys.abandon(talk)
    listed = tmp_path / "names.csv"
    listed.write_text("name,kind\nmother-in-law,person\n", encoding="utf-8")
    deidentifying.deidentify(talk, names=listed)
    now = _texts(talk)
    assert "mother-in-law" not in now["P01.txt"].text
    assert now["P02.txt"].text == before["P02.txt"].text


def test_a_new_key_opens_what_the_old_one_closed_and_pseudonyms_stay(talk: Project) -> None:
    deidentifying.deidentify(talk)
    before, old = _texts(talk), keys.path_of(talk).read_bytes()
    keys.renew(talk)
    assert keys.path_of(talk).read_bytes() != old
    assert deidentifying.deidentify(talk).changed == 0
    assert _texts(talk) == before


@pytest.mark.parametrize("cut_short", ["before", "after"])
def test_a_change_of_keys_that_was_cut_short_leaves_the_key_that_opens(talk: Project, cut_short: str) -> None:
    deidentifying.deidentify(talk)
    old = keys.path_of(talk).read_bytes()
    keys.renew(talk)
    new = keys.path_of(talk).read_bytes()
    # As it is when the process died before, or after, everything was sealed with the new key.
    keys.path_of(talk).with_suffix(keys.COMING).write_bytes(new if cut_short == "after" else old)
    keys.path_of(talk).write_bytes(old if cut_short == "after" else new)
    assert deidentifying.deidentify(talk).changed == 0
    assert keys.path_of(talk).read_bytes() == new
    assert not keys.path_of(talk).with_suffix(keys.COMING).exists()


def test_originals_that_are_gone_are_told_and_nothing_else_changes(talk: Project) -> None:
    deidentifying.deidentify(talk)
    before = _texts(talk)
    (talk.folder / ORIGINALS).unlink()
    with pytest.raises(ProjectError, match="originals of 2 texts"):
        deidentifying.deidentify(talk)
    assert _texts(talk) == before


def test_what_is_suspected_and_declined_leaves_what_was_sure(make) -> None:
    said = "Our Grace came. Then Grace rang. grace is a word I use. My sister Grace it was."
    project = make({"P01.txt": f"Interviewer: Who?\n\nParticipant: {said}\n"})
    deidentifying.deidentify(project)
    before = _texts(project)["P01.txt"].text
    checking.decline_rest(project)
    assert _texts(project)["P01.txt"].text == before
    assert "Our Grace" not in before


def test_a_name_that_is_sure_in_one_text_is_found_in_all(make) -> None:
    other = "Interviewer: And?\n\nParticipant: Mapplethwaite knew what to do. It was a comfort.\n"
    project = make({"P01.txt": P01, "P03.txt": other})
    deidentifying.deidentify(project)
    assert "Mapplethwaite" not in _texts(project)["P03.txt"].text


def test_what_quoted_the_texts_as_they_stood_is_taken_away_or_told(small: Path) -> None:
    from qualcode.pipeline import refreshing, run
    from qualcode.store import exchange

    write_files(small / "raw", {"P09.txt": P01})
    run.run(small / "raw", small / "project", identified_ok=True)
    exports = small / "project" / "exports"
    assert found_in(exports, "900461")
    with Project.open(small / "project") as project:
        assert deidentifying.deidentify(project).changed
        told = refreshing.refresh(project)
        with project.store.reading() as connection:
            cut = exchange.cut(connection)
            assert {text.id for text in corpus.transcripts(connection)} == cut
    assert "exports/report.html" in told.deleted
    assert told.left == ()
    assert not (exports / "report.html").exists(), "the gate holds it back"
    from tests.byte_scan import assert_nowhere

    assert_nowhere(
        small / "project", "That was Doreen Mapplethwaite, she's my mother-in-law. Doreen's from Kirkby Fenwick."
    )


def test_a_label_is_not_the_end_of_the_name_before_it(make) -> None:
    lines = ["Dan: Who came to the house?", "Kev: It was Doreen Mapplethwaite", "Dan: And who else?", "Kev: Only her."]
    project = make({"P01.txt": "\n".join(lines * 3)})
    deidentifying.deidentify(project)
    said = _texts(project)["P01.txt"].text.split("\n")
    assert len(said) == 12
    assert len({line.split(":")[0] for line in said[::2]}) == 1
    assert "Dan" not in "".join(said)
