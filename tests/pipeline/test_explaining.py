"""Why a code is proposed: which passage is meant, what is shown of it, and to whom it may not be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualcode.coding import Coder, Coding, Judged
from qualcode.errors import CodebookError, NotAllowed, ProjectError
from qualcode.pipeline import explaining
from qualcode.pipeline.judging import append
from qualcode.project import Project
from qualcode.store import corpus
from tests.conftest import Factory
from tests.invented import interview, qualcode

FILES = {
    "P01.txt": interview("I was lonely in that house."),
    "P02.txt": interview("Not one person to ring, I sat alone in it.", "She listened to me."),
    "survey.csv": "id,respondent,comment\n1,S1,The forms were long and dull.\n2,S2,The tea was warm at four.\n",
}


@pytest.fixture
def talk(make: Factory) -> Project:
    return make(FILES, codebook="", toml='approach = "codebook_framework"\n[segments]\nunit = "turn"\n')


def named(project: Project, words: str) -> str:
    with project.store.reading() as connection:
        return next(one.id for one in corpus.segments(connection) if words in one.text)


def test_the_reasons_of_a_proposal_lie_in_its_words(talk: Project) -> None:
    found = explaining.explain(talk, "P01.txt")
    isolation = found.codes[0]
    assert (found.segment, isolation.code, isolation.state) == (named(talk, "lonely"), "isolation", "proposed")
    assert "lonely" in {found.text[slice(*span)] for span in isolation.evidence}
    pattern = next(one for one in isolation.reasons if one.kind == "pattern")
    assert (pattern.detail, found.text[slice(*(pattern.span or (0, 0)))]) == ("isolation.pattern.1", "lonely")
    assert {one.kind for one in isolation.reasons} == {"word", "pattern", "clause", "near-miss"}
    assert all(one.span is None or 0 <= one.span[0] < one.span[1] <= len(found.text) for one in isolation.reasons)
    assert not any(said in repr(found) for said in ("lonely", "house"))


def test_the_nearest_passage_is_one_that_a_person_coded_so_and_another(talk: Project) -> None:
    for place, code in (("lonely", "isolation"), ("alone", "isolation"), ("forms", "paperwork")):
        segment = named(talk, place)
        made = [Coding(f"c_{segment}", segment, code, "amina")]
        append(
            talk,
            [(Judged(segment, "amina", (code,), blind=True), made)],
            {"amina": Coder("amina", "human")},
            talk.codebook,
        )
    found = explaining.explain(talk, named(talk, "lonely"), "isolation")
    (near,) = (one for one in found.codes[0].reasons if one.kind == "nearest")
    assert near.detail == named(talk, "alone")
    assert 0 < near.weight < 1
    assert any("Not one person to ring" in line for line in found.codes[0].lines)


def test_a_code_that_is_not_proposed_is_explained_when_asked(talk: Project) -> None:
    asked = explaining.explain(talk, "survey.csv#2", "listening").codes
    assert [(one.code, one.state) for one in asked] == [("listening", "absent")]
    nothing = explaining.explain(talk, "survey.csv#2").codes
    assert len(nothing) == 1
    assert nothing[0].state != "proposed"


@pytest.mark.parametrize(
    ("place", "message", "hint"),
    [
        ("nowhere.txt", "no such passage", "segments and transcripts"),
        ("P02.txt", "has 2 passages", "DOCUMENT:OFFSET"),
        ("P02.txt:0", "stands at 0", ""),
        ("P02.txt:99999", "stands at 99999", ""),
        ("survey.csv", "has many rows", "FILE#ROW"),
        ("", "no such passage", ""),
    ],
)
def test_what_is_not_one_passage_is_refused_and_not_repeated(
    talk: Project, place: str, message: str, hint: str
) -> None:
    with pytest.raises(ProjectError, match=message) as caught:
        explaining.explain(talk, place)
    assert hint in caught.value.hint
    assert not place or place.split(":")[0] not in str(caught.value) + caught.value.hint


def test_an_offset_leads_to_its_passage(talk: Project) -> None:
    with talk.store.reading() as connection:
        segment = next(one for one in corpus.segments(connection) if "listened" in one.text)
    assert explaining.explain(talk, f"P02.txt:{segment.start + 3}").segment == segment.id
    assert explaining.explain(talk, f"{segment.transcript}:{segment.end - 1}").segment == segment.id


def test_an_unknown_code_is_refused_with_the_one_that_was_meant(talk: Project) -> None:
    with pytest.raises(CodebookError, match="did you mean 'isolation'"):
        explaining.explain(talk, "P01.txt", "isolaton")


@pytest.mark.parametrize("column", ["participate", "machine"])
def test_words_that_no_machine_may_read_are_not_explained(talk: Project, column: str) -> None:
    (talk.folder / "consent.csv").write_text(f"case,{column}\nP01,no\n", encoding="utf-8")
    with pytest.raises(NotAllowed):
        explaining.explain(talk, "P01.txt")


def test_the_passage_of_one_who_left_is_near_to_nobody(talk: Project) -> None:
    segment = named(talk, "alone")
    made = [Coding("c_1", segment, "isolation", "amina")]
    append(talk, [(Judged(segment, "amina", ("isolation",), blind=True), made)], {}, talk.codebook)
    (talk.folder / "consent.csv").write_text("case,participate\nP02,no\n", encoding="utf-8")
    found = explaining.explain(talk, "P01.txt", "isolation")
    assert not any(one.kind == "nearest" for one in found.codes[0].reasons)


def test_the_command_marks_the_words_and_says_why(talk: Project, tmp_path: Path) -> None:
    folder = talk.folder
    talk.close()
    done = qualcode("explain", "P01.txt", "-p", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "I was [lonely] in that house." in done.stdout
    assert "“lonely” is found by isolation.pattern.1 (alone|lonely|isolated)" in done.stdout
    assert "nothing is proposed" not in done.stderr
    body = json.loads(qualcode("explain", "survey.csv#2", "--json", "-p", folder, cwd=tmp_path).stdout)
    assert body["codes"][0]["state"] in ("absent", "abstains")
    (folder / "consent.csv").write_text("case,participate\nP01,no\n", encoding="utf-8")
    done = qualcode("explain", "P01.txt", "-p", folder, cwd=tmp_path)
    assert (done.returncode, "lonely" in done.stdout + done.stderr) == (4, False)
