"""People, places and organisations; all invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.deidentify.finding import Found, found
from qualcode.deidentify.names import Names


def _sure(text: str, **options: list[str]) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.kind) for m in found([text], **options)[0].sure]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("I went with our Kev.", "Kev", "person"),
        ("i went with our kev.", "kev", "person"),
        ("It was wor Danny who said.", "Danny", "person"),
        ("That was me mam Doreen.", "Doreen", "person"),
        ("That was my son, Tobias, again.", "Tobias", "person"),
        ("We saw Dr Okafor-Bright there.", "Dr Okafor-Bright", "person"),
        ("We saw Mrs P there.", "Mrs P", "person"),
        ("He is called Theo.", "Theo", "person"),
        ("She goes by Bunty here.", "Bunty", "person"),
        ("They named him after Ezekiel.", "Ezekiel", "person"),
        ("Tendai helps me.", "Tendai", "person"),
        ("Go on, Bill, she said.", "Bill", "person"),
        ("Will was there.", "Will", "person"),
        ("It was J.R. again.", "J.R.", "person"),
        ("I told siobhan that.", "siobhan", "person"),
        ("So did Zoë Müller-Weiß.", "Zoë Müller-Weiß", "person"),
        ("He lives in Penzance.", "Penzance", "place"),
        ("She was up on Fenby Ward.", "Fenby Ward", "place"),
        ("She was in Ward 27B then.", "Ward 27B", "place"),
        ("He goes to St Oswin's now.", "St Oswin's", "organisation"),
        ("He works at Garside's.", "Garside's", "organisation"),
        ("It was the Marlow Hallam Trust.", "Marlow Hallam Trust", "organisation"),
    ],
)
def test_names_are_found_by_what_stands_around_them(text: str, name: str, kind: str) -> None:
    assert (name, kind) in _sure(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank God for the NHS.",
        "Mum was on Facebook in English.",
        "On Tuesday in March it was Covid.",
        "She gets Attendance Allowance and Universal Credit.",
        "And then [volunteer] rang [Name] about it. [laughs at Danny]",
        "Everyone was kind. Nobody asked. Thanks.",
    ],
)
def test_what_is_no_identity_stays(text: str) -> None:
    assert _sure(text) == []


def test_names_to_keep_are_kept() -> None:
    text = "I ring Harbour Tea on Mondays, with Gwenllian."
    assert _sure(text, keep=["harbour  tea"]) == [("Gwenllian", "person")]


def test_speakers_are_found_and_roles_and_codes_are_none() -> None:
    text = "Moderator: So?\nnesta and huw: Well.\nP07: Yes.\nnesta and huw: It was Nesta. Ask huw."
    assert _sure(text) == [
        ("nesta and huw", "person"),
        ("nesta and huw", "person"),
        ("Nesta", "person"),
        ("huw", "person"),
    ]


def test_a_name_found_once_is_found_again_in_lower_case_and_suspected_misspelt() -> None:
    text = "That was Zebedee. We like zebedee's tea, and zebadee's cake."
    answer = found([text])[0]
    assert [text[m.start : m.end] for m in answer.sure] == ["Zebedee", "zebedee"]
    assert [text[m.start : m.end] for m in answer.suspected] == ["zebadee"]


def test_an_everyday_word_in_lower_case_is_not_taken_for_the_name() -> None:
    assert _sure("I saw our Grace. She said grace.") == [("Grace", "person")]


def test_a_stage_direction_is_not_searched_but_the_list_is_looked_up_everywhere() -> None:
    assert Names().find(["[laughs at Danny]"]) == [[]]


def test_what_one_text_says_changes_nothing_in_another() -> None:
    texts = ["Rose came.", "I met our Rose in Hull.", "", "rose garden", "Mossie:\nMossie: Aye."]
    assert found(texts) == [found([text])[0] for text in texts]


_PIECES = (
    "Our",
    "our",
    "Kev",
    "kev's",
    "Mary’s",
    "St",
    ".",
    ",",
    "\n",
    "[x]",
    "12",
    "March",
    "Ward",
    "9",
    "é",
    "Dr",
    "in",
    "@a_b",
    ":",
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(list(_PIECES)),
        max_size=25,
    )
)
def test_mentions_are_apart_and_inside(parts: list[str]) -> None:
    text = " ".join(parts)
    answer: Found = found([text])[0]
    every = sorted([*answer.sure, *answer.suspected], key=lambda m: m.start)
    assert all(0 <= m.start < m.end <= len(text) for m in every)
    assert all(one.end <= other.start for one, other in pairwise(every))
