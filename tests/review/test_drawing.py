"""The random share: the same lots for good, chances that add up over rounds, and no bias by what was chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.review import drawing

IDS = [f"s_{number}" for number in range(60)]
CODES = ("isolation", "burden")


def _draw(ids, answered, count, secret=b"secret", codes=CODES):
    return drawing.draw(ids, answered, codes, count=count, seed=1, secret=secret)


@given(st.sets(st.sampled_from(IDS), min_size=1), st.sets(st.sampled_from(IDS)), st.integers(1, 70))
def test_a_draw_holds_what_lies_below_the_first_passage_that_is_left(ids, answered, count) -> None:
    drawn = _draw(ids, answered, count)
    if not ids - answered:
        assert drawn is None
        return
    assert len(drawn.asked) == min(count, len(ids - answered))
    assert set(drawn.asked) <= set(drawn.sample.segments) <= set(ids)
    assert set(drawn.sample.segments) - set(drawn.asked) <= answered
    (chance,) = set(drawn.sample.probabilities)
    left = ids - answered - set(drawn.asked)
    assert chance == min((drawing.lot(b"secret", one) for one in left), default=1.0)


def test_a_passage_without_an_answer_comes_first_again() -> None:
    first = _draw(IDS, set(), 10)
    skipped = first.asked[3]
    again = _draw(IDS, set(first.asked) - {skipped}, 5)
    assert again.asked[0] == skipped
    assert not set(again.asked[1:]) & set(first.asked)


def _chances(samples, segments, codes):
    """Chances where everybody answered on all that was drawn."""
    return drawing.inclusion(samples, {(segment, code) for segment in segments for code in codes}, b"secret")


def test_what_was_judged_blind_before_counts_and_is_not_asked() -> None:
    before = _draw(IDS, set(), 10).asked[4]
    drawn = _draw(IDS, {before}, 10)
    assert before not in drawn.asked
    assert before in drawn.sample.segments


def test_rounds_raise_the_chances_of_those_before_them_for_their_own_codes() -> None:
    one = _draw(IDS, set(), 10)
    two = _draw(IDS, set(one.asked), 10)
    other = _draw(IDS, set(), 3, codes=("burden",))
    chances = _chances([two.sample, one.sample, other.sample], IDS, ("isolation", "burden"))
    assert len(chances) == 2 * 20
    assert {chances[one.asked[0], "isolation"], chances[two.asked[0], "burden"]} == {two.sample.probabilities[0]}


def test_new_texts_come_first_until_they_have_caught_up() -> None:
    one = _draw(IDS, set(), 30)
    new = [f"n_{number}" for number in range(60)]
    two = _draw([*IDS, *new], set(one.asked), 20)
    assert {segment[0] for segment in two.asked[:10]} == {"n"}
    chances = _chances([one.sample, two.sample], [*IDS, *new], ("isolation", "burden"))
    assert chances[one.asked[0], "burden"] >= chances[two.asked[0], "burden"]


def test_what_was_chosen_has_no_chance() -> None:
    sample = drawing.chosen(["s_2", "s_1", "s_2"], "unsure", seed=1, secret=b"secret")
    assert (sample.segments, sample.probabilities) == (("s_1", "s_2"), (0.0, 0.0))
    assert sample.purpose.startswith("asked")
    assert _chances([sample], ["s_1", "s_2"], ("isolation",)) == {}


@settings(max_examples=60)
@given(st.integers(1, 200), st.floats(0, 1))
def test_counts_share_out_what_is_wanted(wanted: int, share: float) -> None:
    drawn, rest = drawing.counts(wanted, share)
    assert drawn + rest == wanted
    assert (drawn > 0) == (share > 0)
    assert sum(drawing.shares(wanted, {"a": 3, "b": 0, "c": 3}).values()) == wanted


def test_estimates_are_unbiased_over_rounds_while_likely_ones_are_chosen_and_texts_come_in() -> None:
    """700 projects: 300 passages, later 150 more with three times as many presents; each round chooses the likeliest.

    Weighted by the chances as they stand in the end, the number of presents is right on the average, although the
    chosen ones, judged besides, are presents far more often, and count as soon as their lot is drawn.
    """
    chance = np.random.default_rng(7)
    estimates, truths, naive = [], [], []
    for number in range(700):
        secret = number.to_bytes(4, "big")
        old, new = [f"o_{n}" for n in range(300)], [f"n_{n}" for n in range(150)]
        truth = {one: chance.random() < (0.1 if one[0] == "o" else 0.3) for one in (*old, *new)}
        likely = {one: truth[one] + chance.normal(0, 0.7) for one in truth}
        judged: set[str] = set()
        samples = []
        for round_ in range(4):
            ids = old if round_ < 2 else [*old, *new]
            drawn = drawing.draw(ids, judged, ("x",), count=20, seed=1, secret=secret)
            samples.append(drawn.sample)
            left = sorted(set(ids) - judged - set(drawn.asked), key=lambda one: -likely[one])
            judged |= {*drawn.asked, *left[:20]}
        chances = drawing.inclusion(samples, {(one, "x") for one in judged}, secret)
        assert {segment for segment, _ in chances} <= judged
        estimates.append(sum(truth[segment] / p for (segment, _), p in chances.items()))
        truths.append(sum(truth.values()))
        naive.append(sum(truth[one] for one in judged) / len(judged) * len(truth))
    error = np.array(estimates) - np.array(truths)
    margin = 3 * error.std() / np.sqrt(len(error))
    assert abs(error.mean()) < margin
    assert np.mean(naive) - np.mean(truths) > 5 * margin
    assert margin < 0.05 * np.mean(truths)


def test_the_lot_is_the_projects_own() -> None:
    assert drawing.lot(b"one", "s_1") != drawing.lot(b"two", "s_1")
    lots = [drawing.lot(b"one", f"s_{number}") for number in range(4000)]
    assert np.mean(lots) == pytest.approx(0.5, abs=0.02)
    assert np.histogram(lots, bins=4, range=(0, 1))[0].min() > 900


def test_a_draw_that_nobody_answered_raises_no_chance() -> None:
    """A sheet was written and left: what had been chosen before must not pass for drawn."""
    one = _draw(IDS, set(), 20)
    answered = {*one.asked, *sorted(set(IDS) - set(one.asked))[:15]}
    two = _draw(IDS, set(one.asked), 60)
    pairs = {(segment, "isolation") for segment in answered}
    before = drawing.inclusion([one.sample], pairs, b"secret")
    after = drawing.inclusion([one.sample, two.sample], pairs, b"secret")
    assert after.keys() >= before.keys()
    assert len(after) <= len(before) + 3
    assert sum(1 / p for p in after.values()) == pytest.approx(len(IDS), rel=0.25)
