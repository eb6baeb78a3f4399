"""Answers that go on, and ways of speaking that are no wishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import nlp
from qualcode.taggers import facets

ASKED = "Did you ever feel judged?"


@pytest.mark.parametrize(
    ("text", "read", "stands"),
    [
        ("No. Not by her, she had three of her own and a dog.", "denied", "No."),
        ("Well, no, not that I noticed, and I would have noticed.", "denied", "Well, no,"),
        ("[laughs] Naw. There was a lady sat there, and she was all right.", "denied", "[laughs] Naw."),
        ("I did, yeah. Then the one I had down as stuck up came over.", "affirmed", "I did,"),
        ("Aye, most weeks it was in the back of my mind going in.", "affirmed", "Aye,"),
        ("Never once.", "denied", "Never once."),
    ],
)
def test_an_answer_may_go_on(text, read, stands):
    found = facets.answer(text, ASKED)
    assert found is not None
    assert (found[0], text[: found[1]]) == (read, stands)


@pytest.mark.parametrize(
    "text",
    [
        "No, but the first day I thought they were all looking at me.",
        "No. Sometimes, if it was the younger ones that were on.",
        "Yes. No. I could not tell you, it was that long ago now.",
        "No problem with the room at all, it was warm and they had toys.",
        "I did the forms on the bus, and she checked them when I came in.",
    ],
)
def test_half_an_answer_is_none(text):
    assert facets.answer(text, ASKED) is None


@pytest.mark.parametrize(
    "question", ["How did you find the group?", "And what was it like?", "Would you like to be asked?", ""]
)
def test_only_what_a_yes_or_no_can_tell_is_answered_at_length(question):
    assert facets.answer("No. Not by her, she had three of her own and a dog.", question) is None


@given(st.text(), st.sampled_from(["", ASKED, "Why?"]))
def test_an_answer_lies_in_its_text(text, question):
    found = facets.answer(text, question)
    assert found is None or 0 < found[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("If I'm honest I was lonely.", "affirmed"),
        ("It was as if I was lonely there.", "affirmed"),
        ("If I was lonely I would ring her.", "hypothetical"),
    ],
)
def test_a_way_of_speaking_is_no_wish(text, read):
    (doc,) = nlp.docs([text])
    at = nlp.span_in(doc, text.index("lonely"), text.index("lonely") + 6)
    assert at is not None
    assert facets.polarity(doc, at.start, at.end) == read
