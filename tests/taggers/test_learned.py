"""The tagger that learns: honest scores, what it does not know, why, and keeping it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT
from qualcode.encoders.remembering import Remembering
from qualcode.errors import NotEnoughData
from qualcode.taggers.learned import LearnedTagger
from qualcode.taggers.training import Training
from qualcode.taggers.trust import INSUFFICIENT
from qualcode.testing import check_tagger
from tests.taggers.judged import passages, training, unjudged

SAID = passages(280)
FRESH = list(training(SAID[200:], people=80, first=200).segments)


@pytest.fixture(scope="module")
def codebook(codebook_file: Path) -> Codebook:
    return codebooks.load(codebook_file)


@pytest.fixture(scope="module")
def tagger(codebook: Codebook, vectors: Remembering) -> LearnedTagger:
    return LearnedTagger(codebook, encoder=vectors, alpha=0.1).fit(training(SAID[:200]))


def _right(tagger: LearnedTagger) -> float:
    found = tagger.tag(FRESH)
    truth = np.array([[own == code for code in found.codes] for _, own in SAID[200:]])
    return float(((found.state == PRESENT) == truth).mean())


def test_it_keeps_what_every_tagger_promises(tagger: LearnedTagger) -> None:
    check_tagger(tagger, FRESH[:20])


def test_it_learns_words_that_the_codebook_does_not_hold(tagger: LearnedTagger) -> None:
    assert _right(tagger) > 0.95


def test_without_vectors_it_learns_from_words_alone(codebook: Codebook) -> None:
    assert _right(LearnedTagger(codebook).fit(training(SAID[:200]))) > 0.9


def test_scores_are_probabilities_and_a_negative_decision_has_a_low_one(tagger: LearnedTagger) -> None:
    found = tagger.tag(FRESH)
    assert found.score is not None
    assert ((found.score > 0) & (found.score < 1)).all()
    for column, code in enumerate(found.codes):
        low, threshold, high = found.thresholds[code]
        assert low <= threshold <= high
        score, state = found.score[:, column], found.state[:, column]
        assert (score[state == ABSENT] < threshold).all()
        assert (score[state == PRESENT] >= threshold).all()
        assert (score[state == ABSENT] < 0.2).all()


def test_what_is_settled_is_outside_the_band(tagger: LearnedTagger) -> None:
    found = tagger.tag(FRESH)
    assert found.settled is not None
    assert found.settled.any()
    assert (found.state[found.settled] != NOT_JUDGED).all()


def test_scores_of_its_own_rows_come_from_models_that_did_not_see_them(
    codebook: Codebook, vectors: Remembering
) -> None:
    """Labels by chance: a model that saw its rows would score them as labelled; one that did not cannot."""
    made = training(SAID[:200])
    label = np.random.default_rng(3).integers(0, 2, made.label.shape).astype(np.int8)
    chance = LearnedTagger(codebook, encoder=vectors).fit(Training(made.segments, made.codes, label, made.weight))
    apart = [
        chance.out_of_fold[label[:, at] == PRESENT, at].mean() - chance.out_of_fold[label[:, at] == ABSENT, at].mean()
        for at in range(3)
    ]
    assert max(apart) < 0.1
    assert all(trust.word != "automate" for trust in chance.trust.values())


def test_what_taught_it_is_scored_by_models_that_did_not_see_it(tagger: LearnedTagger) -> None:
    found = tagger.tag(list(training(SAID[:200]).segments))
    assert found.score is not None
    assert np.allclose(found.score, tagger.out_of_fold, atol=1e-6)


def test_judgements_that_may_not_estimate_teach_and_calibrate_nothing(codebook: Codebook, vectors: Remembering) -> None:
    asked = LearnedTagger(codebook, encoder=vectors).fit(training(SAID[:200], weight=0.0))
    found = asked.tag(FRESH)
    assert found.score is not None
    assert np.isnan(found.score).all()
    assert found.settled is not None
    assert not found.settled.any()
    assert {trust.word for trust in asked.trust.values()} == {INSUFFICIENT}
    assert _right(asked) > 0.9


def test_a_code_that_nobody_judged_is_served_by_the_codebook(codebook: Codebook, vectors: Remembering) -> None:
    some = LearnedTagger(codebook, encoder=vectors).fit(unjudged(training(SAID[:200]), "listening"))
    assert "listening" in some.unlearned
    found = some.tag(FRESH)
    assert found.score is not None
    column = found.codes.index("listening")
    assert np.isnan(found.score[:, column]).all()
    assert not np.isnan(found.score[:, 1 - column]).any()
    check_tagger(some, FRESH[:10])


def test_a_code_with_three_positives_is_learned_and_not_trusted(codebook: Codebook, vectors: Remembering) -> None:
    few = [(text, own) for text, own in SAID[:200] if own != "paperwork"] + [s for s in SAID if s[1] == "paperwork"][:3]
    rare = LearnedTagger(codebook, encoder=vectors).fit(training(few))
    assert rare.trust["paperwork"].word == INSUFFICIENT
    assert rare.trust["paperwork"].needed


def test_too_few_people_are_refused(codebook: Codebook, vectors: Remembering) -> None:
    with pytest.raises(NotEnoughData, match="too few participants"):
        LearnedTagger(codebook, encoder=vectors).fit(training(SAID[:200], people=2))


def test_it_comes_back_from_its_state_as_it_was(
    tagger: LearnedTagger, codebook: Codebook, vectors: Remembering
) -> None:
    head, arrays = tagger.to_state()
    again = LearnedTagger(codebook, encoder=vectors).restore(tagger.model, head, arrays)
    assert again.coder == tagger.coder
    first, second = tagger.tag(FRESH), again.tag(FRESH)
    assert np.allclose(first.raw_score, second.raw_score)
    assert (first.state == second.state).all()
    assert first.proposed == second.proposed


def test_the_same_judgements_give_the_same_tagger(
    tagger: LearnedTagger, codebook: Codebook, vectors: Remembering
) -> None:
    assert LearnedTagger(codebook, encoder=vectors, alpha=0.1).fit(training(SAID[:200])).model == tagger.model


def test_a_code_that_means_something_else_now_is_not_served(
    tagger: LearnedTagger, codebook: Codebook, vectors: Remembering
) -> None:
    codes = tuple(
        replace(code, definition="Any letter.") if code.id == "paperwork" else code for code in codebook.codes
    )
    again = LearnedTagger(replace(codebook, codes=codes), encoder=vectors).restore(tagger.model, *tagger.to_state())
    assert again.changed == ("paperwork",)
    found = again.tag(FRESH)
    assert found.score is not None
    assert np.isnan(found.score[:, found.codes.index("paperwork")]).all()
    assert not np.isnan(found.score[:, found.codes.index("isolation")]).any()
    assert again.coder != tagger.coder


def test_reasons_stand_in_the_text_and_add_up(tagger: LearnedTagger) -> None:
    segment = next(one for one, (_, own) in zip(FRESH, SAID[200:], strict=True) if own == "paperwork")
    reasons = tagger.explain(segment, "paperwork")
    assert {"word", "clause", "nearest", "near-miss"} <= {reason.kind for reason in reasons}
    words = [reason for reason in reasons if reason.kind == "word"]
    assert all(reason.span and 0 <= reason.span[0] < reason.span[1] <= len(segment.text) for reason in words)
    nearest = next(reason for reason in reasons if reason.kind == "nearest")
    place = int(nearest.detail.removeprefix("s_"))
    assert SAID[place][1] == "paperwork"
    assert not any(said in reason.detail for reason in reasons for said in ("pages", "application"))


def test_drafts_that_people_applied_are_learned(codebook: Codebook, vectors: Remembering) -> None:
    codes = tuple(
        replace(code, status="draft", definition="", examples=()) if code.id == "paperwork" else code
        for code in codebook.codes
    )
    drafted = LearnedTagger(replace(codebook, codes=codes), encoder=vectors).fit(training(SAID[:200]))
    found = drafted.tag(FRESH)
    assert "paperwork" in found.codes
    column = found.codes.index("paperwork")
    truth = np.array([own == "paperwork" for _, own in SAID[200:]])
    assert ((found.state[:, column] == PRESENT) == truth).mean() > 0.9
