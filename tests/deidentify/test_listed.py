"""The project's own list."""

from __future__ import annotations

import pytest

from qualcode.deidentify.finding import found
from qualcode.deidentify.listed import listed, sound
from qualcode.deidentify.mentions import Identity


def _found(text: str, *names: str, suspected: bool = False) -> list[str]:
    mentions = listed([text], [Identity(names, "person")])[0]
    return [text[m.start : m.end] for m in mentions if m.suspected is suspected]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Al (Big) Moss", "I saw al (big) moss there", "al (big) moss"),
        ("A+", "They call her A+ here", "A+"),
        ("J. Moss", "signed J. Moss.", "J. Moss"),
        ("Mary Ann", "It was MARY \n Ann's", "MARY \n Ann"),
        ("O'Dea", "Mrs O’Dea’s cat", "O’Dea"),
        (".*", "all .* of it", ".*"),
        ("Jo", "Jo's, not Joan or banjo", "Jo"),
    ],
)
def test_names_are_taken_as_written_whole_and_in_any_case(name: str, text: str, said: str) -> None:
    assert _found(text, name) == [said]


def test_near_misses_are_suspected_and_everyday_words_are_not() -> None:
    assert _found("Zakarya and Zachariya, not a bakery", "Zakariya", suspected=True) == ["Zakarya", "Zachariya"]
    assert _found("the grade of it", "Grace", suspected=True) == []


def test_names_that_sound_alike_sound_alike() -> None:
    assert sound("catherine") == sound("katharine")
    assert sound("stephen") == sound("stefan")
    assert sound("gwilym") != sound("gareth")


def test_nothing_listed_finds_nothing() -> None:
    assert listed(["Mary"], []) == [[]]
    assert listed(["Mary"], [Identity((" ", ""), "person")]) == [[]]


def test_the_list_decides_the_kind_and_what_is_said_instead() -> None:
    text = "We met at Penzance."
    answer = found([text], identities=[Identity(("Penzance",), "organisation", "a café")])[0]
    assert [(m.kind, m.detector, m.generic) for m in answer.sure] == [("organisation", "listed", "a café")]
