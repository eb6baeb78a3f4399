"""Patterns on a project: whose judgements count, whose words are read, which codes exclude each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualcode.codebook import Code, Codebook, NearMiss
from qualcode.coding import Coder, Coding, Judged, Sample
from qualcode.errors import NotEnoughData
from qualcode.pipeline import patterns
from qualcode.pipeline.judging import append
from qualcode.project import Project
from qualcode.store import codings, corpus
from tests.conftest import Factory
from tests.invented import CODEBOOK, interview, qualcode

TALK = ["I was lonely in that house.", "The forms were long.", "I was alone and it was good.", "Tea was at four."]


def judge(
    project: Project,
    words: str,
    code: str,
    *,
    present: bool,
    blind: bool = True,
    sample: str | None = None,
    probability: float | None = None,
    who: str = "amina",
) -> None:
    with project.store.reading() as connection:
        segment = next(one for one in corpus.segments(connection) if words in one.text)
    judged = Judged(segment.id, who, (code,), blind, sample, probability, made_at=f"2026-01-0{len(who) % 9}")
    made = [Coding(f"c_{who}_{segment.id}_{code}", segment.id, code, who)] if present else []
    append(project, [(judged, made)], {who: Coder(who, "human")}, project.codebook)


@pytest.fixture
def talk(make: Factory) -> Project:
    return make({f"P0{number}.txt": interview(said) for number, said in enumerate(TALK, start=1)})


def test_precision_is_that_of_blind_judgements_and_the_others_are_counted(talk: Project) -> None:
    judge(talk, "lonely", "isolation", present=True)
    judge(talk, "alone", "isolation", present=False)
    judge(talk, "forms", "paperwork", present=True, blind=False)
    found = patterns.check(talk)
    rows = found.patterns.codes.set_index("code")
    assert (rows.loc["isolation", "judged"], rows.loc["isolation", "precision"]) == (2, 0.5)
    assert (rows.loc["isolation", "recall"], rows.loc["paperwork", "judged"]) == (1.0, 0)
    assert (found.judged, found.left, found.patterns.passages) == (2, 1, 4)
    seen = patterns.check(talk, visible=True)
    assert (seen.judged, seen.left) == (3, 0)
    bare = patterns.check(talk, labels=False)
    assert (bare.judged, bare.left, bare.patterns.table["judged"].sum()) == (0, 0, 0)


def test_what_a_machine_chose_to_ask_is_left_out(talk: Project) -> None:
    with talk.store.writing() as connection:
        codings.add_sample(connection, Sample("a_1", (), (), "asked: by uncertainty", 1))
        codings.add_sample(connection, Sample("r_1", (), (), "blind assignment", 1))
    judge(talk, "lonely", "isolation", present=True, sample="a_1")
    judge(talk, "alone", "isolation", present=True, sample="r_1", probability=0.5)
    found = patterns.check(talk)
    assert (found.judged, found.left) == (1, 1)


def test_where_people_disagree_nothing_is_judged(talk: Project) -> None:
    judge(talk, "lonely", "isolation", present=True)
    judge(talk, "lonely", "isolation", present=False, who="ben")
    assert patterns.check(talk).judged == 0


def test_dead_patterns_are_named(talk: Project) -> None:
    found = patterns.check(talk)
    assert found.patterns.dead == ("isolation.pattern.2", "listening.pattern.1")
    assert found.written["isolation.pattern.2"] == "nobody to talk to"


def test_words_of_those_who_agreed_to_no_machine_are_not_read(talk: Project) -> None:
    (talk.folder / "consent.csv").write_text("case,machine\nP01,no\n", encoding="utf-8")
    found = patterns.check(talk)
    assert (found.unread, found.patterns.passages) == (1, 3)


def test_a_codebook_without_patterns_and_a_project_without_words_are_refused(talk: Project, tmp_path: Path) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text("codes:\n  - {id: a, label: A, definition: d}\n", encoding="utf-8")
    with pytest.raises(NotEnoughData, match="has patterns"):
        patterns.check(talk, bare)
    (talk.folder / "consent.csv").write_text("case,machine\n" + "".join(f"P0{n},no\n" for n in range(1, 5)), "utf-8")
    with pytest.raises(NotEnoughData, match="segments"):
        patterns.check(talk)


def test_codes_exclude_each_other_where_a_near_miss_says_so() -> None:
    calm = Code(
        "calm", "Calm", near_misses=(NearMiss("I slept.", "rest"), NearMiss("It is quiet."), NearMiss("x", "gone"))
    )
    codebook = Codebook("x", "X", (calm, Code("rest", "Rest"), Code("food", "Food")))
    assert patterns.rivals(codebook).tolist() == [[False, True, False], [True, False, False], [False] * 3]


def test_the_command_shows_the_table_and_faults_come_first(talk: Project, tmp_path: Path) -> None:
    judge(talk, "alone", "isolation", present=False)
    folder = talk.folder
    talk.close()
    done = qualcode("codebook", "check", "--with-labels", "-p", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "isolation.pattern.1" in done.stdout
    assert "0.00 (0.00–0.97, n 1)" in done.stdout.replace("0.98", "0.97")
    assert "never fired" in done.stdout
    assert not any(said in done.stdout + done.stderr for said in TALK)
    body = json.loads(qualcode("codebook", "check", "-p", folder, "--json", cwd=tmp_path).stdout)
    assert body["patterns"][0].keys() >= {"pattern", "match", "precision", "conflict"}
    assert body["patterns"][0]["precision"] is None
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(CODEBOOK.replace("nobody to talk to]", "... to]"), encoding="utf-8")
    done = qualcode("codebook", "check", faulty, "-p", folder, cwd=tmp_path)
    assert (done.returncode, "isolation.pattern.1" in done.stdout) == (1, False)
    assert "must begin and end with a word" in done.stdout
