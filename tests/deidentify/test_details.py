"""Details that tell together: found, listed, never in the way of a name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.deidentify.details import Details
from qualcode.deidentify.finding import found
from qualcode.deidentify.mentions import Mention
from qualcode.deidentify.names import Names
from qualcode.deidentify.patterns import Patterns
from qualcode.deidentify.resolving import resolved


def _found(text: str) -> list[str]:
    return [text[m.start : m.end] for m in Details().find([text])[0]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("My lad, he’s twenty-six.", "he’s twenty-six"),
        ("Our Jo's eleven, and she knew.", "eleven"),
        ("She had a baby five weeks old.", "five weeks old"),
        ("Wee lass of six, she was.", "Wee lass of six"),
        ("We went in September.", "in September"),
        ("She came after Diwali with it.", "after Diwali"),
        ("Eleven years, that is.", "Eleven years"),
        ("It was the anniversary.", "the anniversary"),
        ("I'm a plumber, so no.", "plumber"),
        ("He is a blacksmith at Hall's.", "blacksmith"),
        ("She's payroll manager at the works.", "payroll manager"),
        ("She has cystic fibrosis.", "cystic fibrosis"),
        ("After two miscarriages you don't.", "two miscarriages"),
        ("The street is all Kurdish.", "Kurdish"),
        ("He goes to the gurdwara.", "gurdwara"),
        ("With four kids in a flat.", "four kids"),
        ("Twelve hundred on the payroll.", "Twelve hundred on the payroll"),
    ],
)
def test_a_detail_is_listed_whole(text: str, said: str) -> None:
    assert said in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        "It's eight, I said, and there's two.",
        "At ten we had tea.",
        "I waited twenty minutes.",
        "She's a listener, and I may march on.",
        "They told me she was one [over 89] of [a town].",
        "I may come again.",
    ],
)
def test_clocks_things_and_replacements_are_no_details(text: str) -> None:
    assert _found(text) == []


def test_all_details_are_for_a_person_and_none_spreads() -> None:
    text = "I'm a plumber. The plumber came. We went in March, in March."
    answer = found([text], detectors=[Patterns(), Names(), Details()])[0]
    assert answer.sure == ()
    assert [text[m.start : m.end] for m in answer.suspected] == ["plumber", "in March", "in March"]
    assert {m.kind for m in answer.suspected} == {"detail"}


def test_a_name_that_is_sure_or_suspected_wins_over_a_detail() -> None:
    detail = Mention(0, 20, "detail", "details", suspected=True)
    sure = Mention(4, 8, "date", "patterns")
    name = Mention(10, 15, "person", "names", suspected=True)
    assert resolved([detail, name, sure]) == [
        Mention(0, 4, "detail", "details", suspected=True),
        sure,
        Mention(8, 10, "detail", "details", suspected=True),
        name,
        Mention(15, 20, "detail", "details", suspected=True),
    ]


def test_what_others_find_is_the_same_with_details_and_without() -> None:
    text = "I'm a plumber at Hollin's. Our Kev died on 12 March 2019, he was Somali, ring 07700 900461."
    without = found([text], detectors=[Patterns(), Names()])[0]
    with_ = found([text], detectors=[Patterns(), Names(), Details()])[0]
    assert with_.sure == without.sure
    assert [m for m in with_.suspected if m.kind != "detail"] == list(without.suspected)


@given(
    st.text(alphabet="aeinrst 09'’.,-[]\nMIS", max_size=80), st.sampled_from(["", "she's eight", "in May.", "dialysis"])
)
def test_details_stand_apart_inside_any_text(text: str, more: str) -> None:
    whole = f"{text} {more}"
    mentions = Details().find([whole])[0]
    assert all(0 <= m.start < m.end <= len(whole) and m.suspected for m in mentions)
    assert all(one.end <= other.start for one, other in pairwise(mentions))
