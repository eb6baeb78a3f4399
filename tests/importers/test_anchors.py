"""Spans in a later version of their text: unchanged, shifted, edited, moved, renamed, gone."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers.anchors import FIRM, LEAST, MOVED, TURNED, Anchor, anchored

VOCABULARY = [a + b + c for a in "bdfglmnprst" for b in "aeiou" for c in "bdfglmnprst"]
TALK = """\
Interviewer: How was it before the calls started?

Participant: I was so lonely then. There was nobody to talk to in the whole street.

Interviewer: And the calls?

Participant: Yes.

Interviewer: Was the first one long?

Participant: She listened to me for an hour, and Tom put the kettle on. I am not so alone now.

Interviewer: And the second?

Participant: Yes.

Interviewer: What else was there?

Participant: The bus stops at the corner by the chemist. Tom said it is late most mornings, and Tom was right.
"""

words = st.text(alphabet="abcé🙂 \n.,'", min_size=1, max_size=80)
# Of "a" put before "a" nobody can tell which is the old one: what is put before has words of its own.
other_words = st.text(alphabet="xyzß \n;:", min_size=1, max_size=80)


def where(text: str, quotation: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = text.index(quotation, at + 1)
    return at, at + len(quotation)


def one(old: str, new: str, quotation: str, nth: int = 0) -> Anchor:
    (anchor,) = anchored(old, new, [where(old, quotation, nth)])
    return anchor


def quoted(text: str, anchor: Anchor) -> str:
    assert anchor.new is not None, anchor
    return text[anchor.new[0] : anchor.new[1]]


@st.composite
def text_and_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(words.filter(lambda text: any(character.isalnum() for character in text)))
    pairs = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    spans = [(min(pair), max(pair)) for pair in pairs]
    return text, [(a, b) for a, b in spans if any(character.isalnum() for character in text[a:b])]


@given(text_and_spans())
def test_a_text_that_is_the_same_gives_the_same_spans(made: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = made
    assert anchored(text, text, spans) == [Anchor(span, span, 1.0) for span in spans]


@given(text_and_spans(), other_words)
def test_words_put_before_shift_every_span_by_their_length(
    made: tuple[str, list[tuple[int, int]]], before: str
) -> None:
    text, spans = made
    new = f"{before}\n{text}"
    for span, anchor in zip(spans, anchored(text, new, spans), strict=True):
        assert anchor.new == (span[0] + len(before) + 1, span[1] + len(before) + 1)
        assert anchor.confidence == 1.0


@given(text_and_spans(), words)
def test_no_span_lies_outside_the_new_text_and_no_confidence_outside_0_and_1(
    made: tuple[str, list[tuple[int, int]]], new: str
) -> None:
    text, spans = made
    for anchor in anchored(text, new, spans):
        assert 0 <= anchor.confidence <= 1
        assert (anchor.new is None) == (anchor.confidence == 0)
        if anchor.new:
            assert 0 <= anchor.new[0] < anchor.new[1] <= len(new)


@given(st.lists(st.sampled_from(VOCABULARY), min_size=3, max_size=60, unique=True), st.data())
def test_a_span_that_was_cut_out_is_lost_and_its_neighbours_are_not(said: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(said) - 2))
    last = data.draw(st.integers(first + 1, len(said) - 1))
    old, new = " ".join(said), " ".join(said[:first] + said[last:])
    head, cut, tail = (
        (len(" ".join(said[:a])) + bool(a), len(" ".join(said[:b])))
        for a, b in ((0, first), (first, last), (last, None))
    )
    before, gone, after = anchored(old, new, [head, cut, tail])
    assert (gone.new, gone.confidence, gone.reason) == (None, 0.0, "deleted")
    assert (quoted(new, before), quoted(new, after)) == (old[slice(*head)], old[slice(*tail)])
    assert before.confidence == after.confidence == 1.0


@given(
    st.dictionaries(st.sampled_from(["Interviewer", "Participant", "Tom"]), st.sampled_from(["P07", "INT", "Dr Ray"]))
)
def test_other_labels_and_pseudonyms_lose_nothing(names: dict[str, str]) -> None:
    new = TALK
    for name, other in names.items():
        new = new.replace(name, other)
    for quotation in ("I was so lonely then.", "The bus stops at the corner", "Tom put the kettle on"):
        anchor = one(TALK, new, quotation)
        expected = quotation.replace("Tom", names.get("Tom", "Tom"))
        assert quoted(new, anchor) == expected
        assert anchor.confidence >= 0.95


def test_times_after_labels_lose_not_even_the_shortest_answer() -> None:
    times = iter(range(10, 60))
    new = re.sub(r"(?m)^(\w+):", lambda label: f"{label[1]} [00:00:{next(times)}]:", TALK)
    for nth in (0, 1):
        assert one(TALK, new, "Yes.", nth) == Anchor(where(TALK, "Yes.", nth), where(new, "Yes.", nth), 1.0)


@pytest.mark.parametrize("nth", [0, 1])
def test_of_words_that_come_twice_each_stays_where_it_was(nth: int) -> None:
    new = "A new line at the top.\n" + TALK.replace("And the calls?", "And the calls themselves, then?")
    anchor = one(TALK, new, "Yes.", nth)
    assert anchor.new == where(new, "Yes.", nth)
    assert anchor.confidence > 0.8


def test_words_that_are_gone_are_not_found_in_their_double() -> None:
    new = TALK.replace("Participant: Yes.\n\nInterviewer: Was the first one long?\n\n", "")
    assert one(TALK, new, "Yes.", 0).new is None
    assert one(TALK, new, "Yes.", 1).new == where(new, "Yes.")


def test_a_word_that_is_put_right_lowers_the_confidence_a_little() -> None:
    new = TALK.replace("lonely then", "lonesome then")
    anchor = one(TALK, new, "I was so lonely then.")
    assert quoted(new, anchor) == "I was so lonesome then."
    assert 0.8 < anchor.confidence < 1.0
    assert anchor.reason == "edited"


@pytest.mark.parametrize(
    ("old", "new"), [("I am not so alone now.", "I am so alone now."), ("She listened to", "She never listened to")]
)
def test_words_that_are_denied_now_or_no_longer_are_doubtful_however_alike(old: str, new: str) -> None:
    assert one(TALK, TALK.replace(old, new), old).confidence < 0.8


def test_an_edge_that_was_edited_takes_in_what_stands_there_now() -> None:
    new = TALK.replace("I was so lonely then. There", "We were both so lonely then. There")
    assert quoted(new, one(TALK, new, "I was so lonely then.")) == "We were both so lonely then."


def test_a_passage_that_was_moved_is_found_and_told_from_one_that_stayed() -> None:
    passage = "Participant: I was so lonely then. There was nobody to talk to in the whole street.\n\n"
    new = TALK.replace(passage, "") + "\n" + passage
    anchor = one(TALK, new, "nobody to talk to")
    assert quoted(new, anchor) == "nobody to talk to"
    assert anchor.reason == "moved"
    assert 0.8 < anchor.confidence <= MOVED
    assert one(TALK, new, "She listened to me").confidence == 1.0


def test_a_short_answer_in_rewritten_surroundings_is_doubtful() -> None:
    new = "Interviewer: Did it rain on the roof all week?\n\nParticipant: Yes.\n\nInterviewer: Which roof was that?\n"
    old = "Moderator said: who came to see you there?\n\nAnna: Yes.\n\nModerator said: how often did she come?\n"
    assert one(old, new, "Yes.").confidence < 0.8


def test_a_passage_that_was_written_anew_is_lost() -> None:
    new = TALK.replace(
        "She listened to me for an hour, and Tom put the kettle on.", "We fed ducks beside that frozen pond in March."
    )
    anchor = one(TALK, new, "She listened to me for an hour, and Tom put the kettle on.")
    assert anchor.new is None
    assert anchor.reason in ("rewritten", "deleted")
    assert LEAST == 0.5


def test_lines_wrapped_otherwise_are_the_same_words() -> None:
    new = TALK.replace("There was nobody to talk", "There was\nnobody to\ntalk")
    anchor = one(TALK, new, "There was nobody to talk to")
    assert anchor.confidence == 1.0
    assert quoted(new, anchor).split() == ["There", "was", "nobody", "to", "talk", "to"]


def test_a_short_text_that_only_grew_keeps_its_coding() -> None:
    (anchor,) = anchored("Yes, they did.", "Yes, they did. And more was said.", [(0, 14)])
    assert anchor == Anchor((0, 14), (0, 14), 1.0)
    assert FIRM > 4


@pytest.mark.parametrize("kept", [1.0, 0.95, 0.5, 0.0])
def test_forty_thousand_words_take_seconds_at_most(kept: float) -> None:
    draw = random.Random(3)
    said = draw.choices(VOCABULARY, k=40_000)
    old = " ".join(said)
    new = "A new beginning. " + " ".join(word if draw.random() < kept else draw.choice(VOCABULARY) for word in said)
    spans = [(at, at + 300) for at in range(0, len(old) - 400, len(old) // 300)]
    began = time.perf_counter()
    found = anchored(old, new, spans)
    assert time.perf_counter() - began < 10
    sure = sum(anchor.confidence >= 0.8 for anchor in found) / len(found)
    assert sure >= 0.95 if kept >= 0.95 else sure < 0.3


def test_a_denial_that_changed_its_place_turns_the_meaning() -> None:
    old = "Well. I was on my own with the twins and I could not face another form. So it was."
    new = "Well. I was not on my own with the twins and I could face another form. So it was."
    span = (old.index("I was"), old.index(" So it"))
    (found,) = anchored(old, new, [span])
    assert found.new is not None
    assert found.confidence <= TURNED
    (same,) = anchored(old, new.replace("not on", "on").replace("could face", "could not face") + " Yes.", [span])
    assert same.confidence == 1.0
