"""Segments: the quotation comes back letter for letter, whatever the text; who asks is context."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcode import nlp, segments
from qualcode.corpus import Segment, Transcript, Turn

SECRET = b"secret"
CUTS = {"turn": segments.by_turn, "sentence": segments.by_sentence, "window": segments.by_window}
every_cut = pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)

ODD = [
    "a\r\nb",
    "e\u0301",
    "👩‍👧 ok",
    "שלום. עולם",
    "\u00a0hard\u00a0space",
    "\u200bzero",
    "so\u00adft",
    "“curly”.",
    "(…)",
    "[laughs]",
    "\u202eright to left\u202c",
    "ﬁ",
    "x" * 300,
    "One. Two? Three!",
    "…",
    "\t",
    "\n\n",
    "\x00",
    "\ufffd",
    "\u2028",
    "12.5 p.m.",
]
TEXTS = st.lists(st.text(max_size=25) | st.sampled_from(ODD), max_size=12).map(" ".join)
ROLE = st.sampled_from(["participant", "interviewer", "facilitator", "unknown", "author"])


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edges = [0, *cuts, len(text)]
    turns = tuple(Turn(a, b, draw(ROLE)) for a, b in pairwise(edges))
    kind = draw(st.sampled_from(["interview", "feedback"]))
    return Transcript(f"t_{draw(st.integers(0, 9))}", text, turns, kind=kind, row=draw(st.sampled_from(["", "4"])))


@every_cut
@given(transcript=transcripts())
@example(transcript=Transcript("t", "שלום 👩‍👧.\r\ne\u0301 \u00a0ok. ", (Turn(0, 21, "participant"),)))
@settings(max_examples=150, deadline=None)
def test_every_segment_is_its_span_of_the_text(cut, transcript):
    for segment in cut([transcript], secret=SECRET):
        assert transcript.text[segment.start : segment.end] == segment.text
        assert segment.transcript == transcript.id
        assert any(character.isalnum() for character in segment.text)


@every_cut
@given(transcript=transcripts())
@settings(max_examples=150, deadline=None)
def test_segments_lie_inside_answering_turns_in_order_and_never_overlap(cut, transcript):
    found = cut([transcript], secret=SECRET)
    answering = [turn for turn in transcript.turns if turn.role not in ("interviewer", "facilitator")]
    for segment in found:
        assert any(turn.start <= segment.start < segment.end <= turn.end for turn in answering)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert len({segment.id for segment in found}) == len(found)


@every_cut
@given(text=TEXTS.filter(lambda text: "[" not in text and "(" not in text))
@settings(max_examples=150, deadline=None)
def test_no_letter_that_a_participant_said_is_left_out(cut, text):
    found = cut([Transcript("t", text, (Turn(0, len(text), "participant"),))], secret=SECRET)
    held = {place for segment in found for place in range(segment.start, segment.end)}
    assert [text[place] for place in range(len(text)) if text[place].isalnum() and place not in held] == []


@given(transcript=transcripts(), words=st.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_a_window_is_one_sentence_or_at_most_so_many_words(transcript, words):
    for segment in segments.by_window([transcript], secret=SECRET, words=words):
        if segment.unit == "window" and nlp.word_count(segment.text) > words:
            # Its sentence boundaries are those of its turn, so cut the turn and not the window.
            inside = [
                s
                for s in segments.by_sentence([transcript], secret=SECRET)
                if segment.start <= s.start and s.end <= segment.end
            ]
            assert len(inside) <= 1 or sum(nlp.word_count(s.text) for s in inside) <= words


def dialogue(*lines: tuple[str, str], **fields) -> Transcript:
    text, turns = "", []
    for role, speech in lines:
        turns.append(Turn(len(text), len(text) + len(speech), role))
        text += speech + "\n"
    return Transcript("t_1", text, tuple(turns), **fields)


@every_cut
def test_questions_are_context_and_never_segments(cut):
    transcript = dialogue(
        ("interviewer", "How are\nyou?"),
        ("participant", "Alone"),
        ("facilitator", "And now?"),
        ("unknown", "Better"),
    )
    assert [(s.text, s.context) for s in cut([transcript], secret=SECRET)] == [
        ("Alone", "How are you?"),
        ("Better", "And now?"),
    ]


def test_the_question_of_a_survey_column_is_the_context():
    transcript = dialogue(("participant", "Alone"), question="How are you?")
    assert segments.by_turn([transcript], secret=SECRET)[0].context == "How are you?"


def test_the_last_question_of_one_transcript_is_not_that_of_the_next():
    first, second = dialogue(("interviewer", "How?")), dialogue(("participant", "Alone"))
    assert segments.by_turn([first, second], secret=SECRET)[0].context == ""


def test_of_a_long_question_the_end_is_kept():
    transcript = dialogue(("interviewer", "x" * 900 + " and how was that?"), ("participant", "Alone"))
    context = segments.by_turn([transcript], secret=SECRET)[0].context
    assert context.startswith("…")
    assert context.endswith("how was that?")
    assert len(context) == segments.CONTEXT_CHARACTERS + 1


@every_cut
@pytest.mark.parametrize("noise", ["[laughs]", "(inaudible 00:12:03)", "…", "- -", "[laughs] (pause).", "\u200b", "🙂"])
def test_markup_alone_is_not_a_segment(cut, noise):
    assert cut([dialogue(("participant", noise))], secret=SECRET) == []


@every_cut
def test_markup_beside_words_stays_in_the_text(cut):
    assert [s.text for s in cut([dialogue(("participant", "[laughs] I cried"))], secret=SECRET)] == ["[laughs] I cried"]


def test_windows_hold_whole_sentences_in_even_shares():
    sentence = "one two three four five six seven eight nine ten."
    transcript = dialogue(("participant", " ".join([sentence] * 7)))
    sizes = [nlp.word_count(s.text) for s in segments.by_window([transcript], secret=SECRET, words=60)]
    assert sum(sizes) == 70
    assert len(sizes) == 2
    assert min(sizes) >= 30


def test_a_sentence_longer_than_the_window_is_not_cut():
    transcript = dialogue(("participant", "word " * 200 + "end. Short one."))
    assert [nlp.word_count(s.text) for s in segments.by_window([transcript], secret=SECRET)] == [201, 2]


def test_a_survey_answer_stays_one_response_and_a_feedback_document_does_not():
    long = "One two three. " * 40
    (response,) = segments.by_window([dialogue(("participant", long), kind="feedback", row="3")], secret=SECRET)
    assert response.unit == "response"
    document = segments.by_window([dialogue(("participant", long), kind="feedback")], secret=SECRET)
    assert {segment.unit for segment in document} == {"window"}
    assert len(document) > 1


def test_the_same_text_gives_the_same_ids_and_another_secret_others():
    transcript = dialogue(("participant", "Alone. Tired."))
    once = [s.id for s in segments.by_sentence([transcript], secret=SECRET)]
    assert once == [s.id for s in segments.by_sentence([transcript], secret=SECRET)]
    assert not set(once) & {s.id for s in segments.by_sentence([transcript], secret=b"other")}


def test_the_case_is_the_turns_before_the_transcripts():
    text = "Alone.Tired."
    transcript = Transcript("t", text, (Turn(0, 6, "participant", case="P1"), Turn(6, 12)), case="T1")
    assert [(s.case, s.role) for s in segments.by_turn([transcript], secret=SECRET)] == [
        ("P1", "participant"),
        ("T1", "unknown"),
    ]


def test_no_transcripts_and_no_turns_give_no_segments():
    assert segments.by_window([], secret=SECRET) == []
    assert segments.by_window([Transcript("t", "Alone", ())], secret=SECRET) == []


def test_a_row_of_empty_boxes_before_a_word_is_read_at_once():
    transcript = dialogue(("participant", "[ ] " * 22 + "agree"))
    segments.by_turn([dialogue(("participant", "warm"))], secret=SECRET)
    began = time.perf_counter()
    assert len(segments.by_turn([transcript], secret=SECRET)) == 1
    assert time.perf_counter() - began < 0.1


def test_the_question_before_a_place_is_the_last_that_was_asked():
    text = "How? Well. And why? Because. It rained."
    turns = (Turn(0, 4, "interviewer"), Turn(5, 10), Turn(11, 19, "interviewer"), Turn(20, 39))
    transcript = Transcript("t_1", text, turns, question="What was it like?")
    assert segments.question_before(transcript, text.index("Well")) == "How?"
    assert segments.question_before(transcript, text.index("rained")) == "And why?"
    assert segments.question_before(transcript, 0) == "What was it like?"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("I was [laughs] so alone.", "I was          so alone."),
        ("So (inaudible 00:12:03) then [pause, 3 s] no.", "So                      then               no."),
        ("It [00:01:12] was 0:12:03 late.", "It            was         late."),
        ("Our [grandson] and Mrs [Name] (my friend) at 10:30.", "Our [grandson] and Mrs [Name] (my friend) at 10:30."),
    ],
)
def test_models_read_what_was_said_at_the_same_places(said: str, read: str) -> None:
    (one,) = segments.spoken([Segment("s", "t", 0, len(said), "turn", said)])
    assert one.text.split() == read.split()
    assert len(one.text) == len(said)
