"""Reasons in plain words."""

from __future__ import annotations

import pytest

from qualcode.codebook import Code, Codebook, Pattern
from qualcode.coding import Reason
from qualcode.corpus import Segment
from qualcode.taggers import reasons

CALM = Code(
    "calm",
    "Calm",
    definition="Worry quietens.",
    patterns=(Pattern("at peace"),),
    except_patterns=(Pattern("in peace"),),
)
CODEBOOK = Codebook("x", "X", (CALM, Code("rest", "Rest and sleep", definition="Sleep.")))
PASSAGE = Segment("s_1", "t_1", 0, 35, "window", "I was at\n peace, and slept so well.")


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (Reason("word", "calm", 0.5, (21, 26)), "“slept” speaks for it (+0.50)"),
        (Reason("word", "calm", -0.25, (21, 26)), "“slept” speaks against it (-0.25)"),
        (Reason("pattern", "calm", 0.7, (6, 15), "calm.pattern.1"), "“at peace” is found by calm.pattern.1 (at peace)"),
        (
            Reason("pattern", "calm", 0.0, (6, 15), "calm.except.1"),
            "“at peace” does not count: calm.except.1 (in peace) takes it away",
        ),
        (
            Reason("clause", "calm", 0.614, detail="calm.definition"),
            "nearest in the codebook: calm.definition (Worry quietens.), similarity 0.61",
        ),
        (
            Reason("nearest", "calm", 0.7, detail="s_2"),
            "nearest coded passage: s_2 “My head went quiet.”, similarity 0.70",
        ),
        (Reason("nearest", "calm", 0.7, detail="s_3"), "nearest coded passage: s_3, similarity 0.70"),
        (Reason("near-miss", "calm", 0.1, detail="rest"), "next code: rest (Rest and sleep), 0.10 behind"),
        (Reason("near-miss", "calm", -0.1, detail="rest"), "next code: rest (Rest and sleep), 0.10 ahead"),
    ],
)
def test_each_kind_has_its_line(reason: Reason, line: str) -> None:
    assert reasons.told(reason, PASSAGE, CODEBOOK, {"s_2": "My head\nwent quiet."}) == line


def test_what_was_said_comes_first_and_words_that_tell_nothing_are_left_out() -> None:
    clause = Reason("clause", "calm", 0.6, detail="calm.definition")
    slept, so, peace = (
        Reason("word", "calm", w, span) for w, span in ((0.1, (21, 26)), (0.9, (27, 29)), (-0.5, (10, 15)))
    )
    pattern = Reason("pattern", "calm", 0.7, (6, 15), "calm.pattern.1")
    assert reasons.worth_telling([clause, so, slept, peace, pattern], PASSAGE.text) == [pattern, peace, slept, clause]
    many = [Reason("word", "calm", 0.1 * n, (21, 26)) for n in range(1, 20)]
    assert [one.weight for one in reasons.worth_telling(many, PASSAGE.text)] == pytest.approx(
        [1.9, 1.8, 1.7, 1.6, 1.5, 1.4]
    )


def test_evidence_is_what_speaks_for_the_code_in_order_and_joined() -> None:
    found = [
        Reason("word", "calm", 0.2, (21, 26)),
        Reason("word", "calm", 0.3, (10, 15)),
        Reason("pattern", "calm", 0.7, (6, 15), "calm.pattern.1"),
        Reason("word", "calm", -0.3, (30, 34)),
        Reason("near-miss", "calm", 0.3, detail="rest"),
    ]
    assert reasons.evidence(found) == ((6, 15), (21, 26))
