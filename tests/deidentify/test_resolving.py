"""One answer for each character."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qualcode.deidentify.mentions import Mention
from qualcode.deidentify.resolving import resolved

_MENTIONS = st.lists(
    st.builds(
        lambda start, length, kind, detector, suspected: Mention(start, start + length, kind, detector, suspected),
        st.integers(0, 30),
        st.integers(1, 9),
        st.sampled_from(["person", "place", "date"]),
        st.sampled_from(["listed", "patterns", "names", "a_plugin"]),
        st.booleans(),
    ),
    max_size=12,
)


def _places(mentions: list[Mention], *, sure: bool) -> set[int]:
    return {at for m in mentions if m.suspected is not sure for at in range(m.start, m.end)}


@given(_MENTIONS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_no_overlap_remains(mentions: list[Mention], random: object) -> None:
    answer = resolved(mentions)
    random.shuffle(mentions)  # type: ignore[attr-defined]
    assert resolved(mentions) == answer
    assert all(one.end <= other.start for one, other in pairwise(answer))


@given(_MENTIONS)
def test_what_was_sure_stays_sure_and_nothing_more_becomes_so(mentions: list[Mention]) -> None:
    assert _places(resolved(mentions), sure=True) == _places(mentions, sure=True)


@given(_MENTIONS)
def test_resolving_twice_changes_nothing(mentions: list[Mention]) -> None:
    answer = resolved(mentions)
    assert resolved(answer) == answer


def test_the_list_beats_a_pattern_and_a_pattern_a_rule_and_longer_wins() -> None:
    by = {name: Mention(0, 5, "person", name) for name in ("listed", "patterns", "names", "a_plugin")}
    assert resolved(by.values()) == [by["listed"]]
    assert resolved([by["names"], by["patterns"]]) == [by["patterns"]]
    assert resolved([by["a_plugin"], by["names"]]) == [by["names"]]
    longer = Mention(0, 9, "place", "names")
    assert resolved([by["names"], longer]) == [longer]


def test_a_suspicion_never_beats_what_is_sure() -> None:
    sure = Mention(4, 8, "date", "names")
    suspected = Mention(0, 12, "person", "listed", suspected=True)
    assert [(m.start, m.end, m.suspected) for m in resolved([suspected, sure])] == [
        (0, 4, True),
        (4, 8, False),
        (8, 12, True),
    ]
