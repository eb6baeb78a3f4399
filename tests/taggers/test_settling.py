"""What is settled whole: words that are known by their own rule, new ones by theirs."""

from __future__ import annotations

import json

import numpy as np

from qualcode.coding import ABSENT, PRESENT
from qualcode.corpus import Segment
from qualcode.taggers.settling import Settling
from qualcode.taggers.whole import whole


def _segment(row: int, text: str) -> Segment:
    return Segment(f"s{row}", f"t{row}", 0, len(text), "response", text)


def _rule(right: float) -> tuple[np.ndarray, np.ndarray]:
    """Sure scores of two codes for 400 rows, of which a share is right."""
    chance = np.random.default_rng(2)
    truth = np.where(chance.random((400, 2)) < 0.5, PRESENT, ABSENT).astype(np.int8)
    said = np.where((chance.random(400) < right)[:, None], truth, 1 - truth)
    return np.where(said == PRESENT, 0.98, 0.02), truth


def test_words_that_are_known_are_settled_and_new_ones_wait_for_their_own_proof() -> None:
    sure, doubtful = _rule(1.0), _rule(0.7)
    rules = [whole(score, truth, np.ones(truth.shape), 0.05) for score, truth in (doubtful, sure)]
    judged = [_segment(row, "Nothing." if row % 2 else f"I said {row}") for row in range(20)]
    familiar = np.array([row % 2 == 1 for row in range(20)])
    made = Settling.of(rules[0], rules[1], judged, familiar)
    asked = [_segment(0, "NOTHING"), _segment(1, "Something else"), _segment(2, "I said 4")]
    assert made(asked, np.full((3, 2), 0.02)).tolist() == [True, False, False]
    state = json.dumps(made.to_state(), allow_nan=False)
    assert "othing" not in state
    again = Settling.from_state(json.loads(state))
    assert again(asked, np.full((3, 2), 0.02)).tolist() == [True, False, False]
    assert again.sentence == made.sentence
