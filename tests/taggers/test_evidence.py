"""Evidence is the sentences that carry a code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualcode import nlp
from qualcode.taggers.evidence import passages

TEXT = "I was lonely then. The kettle was slow. Nobody came, not once."
PIECES = nlp.sentences(TEXT)


def weighed(**weights: float) -> list[tuple[tuple[int, int], float]]:
    return [((TEXT.index(word), TEXT.index(word) + len(word)), weight) for word, weight in weights.items()]


def test_the_sentences_that_weigh_are_given_whole() -> None:
    found = passages(weighed(lonely=0.8, kettle=-0.2, Nobody=0.3), PIECES)
    assert [TEXT[start:end] for start, end in found] == ["I was lonely then.", "Nobody came, not once."]


def test_a_sentence_far_lighter_than_the_strongest_is_left_out() -> None:
    assert passages(weighed(lonely=0.8, Nobody=0.2), PIECES) == (PIECES[0],)
    assert passages(weighed(lonely=0.8, Nobody=0.2), PIECES, share=0.1) == (PIECES[0], PIECES[2])


def test_where_nothing_speaks_for_the_code_it_is_what_speaks_least_against_it() -> None:
    assert passages(weighed(lonely=-0.8, kettle=-0.2, Nobody=-0.3), PIECES) == (PIECES[1],)
    assert passages([], PIECES) == (PIECES[0],)
    assert passages(weighed(lonely=1.0), []) == ()


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.floats(-1, 1)), max_size=20))
def test_evidence_is_some_of_the_pieces_and_holds_the_strongest(found: list[tuple[int, float]]) -> None:
    words = [((at, at + 1), weight) for at, weight in found]
    shown = passages(words, PIECES)
    assert shown
    assert set(shown) <= set(PIECES)
    assert shown == tuple(sorted(shown))
    heaviest = {piece: sum(w for (a, b), w in words if a < piece[1] and piece[0] < b) for piece in PIECES}
    assert max(heaviest, key=lambda piece: heaviest[piece]) in shown
