"""Sentences of what people really paste: wrapped lines, lists, pauses, other scripts."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcode import nlp


def cut(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in nlp.sentences(text, language)]


def test_sentences_end_at_stops():
    assert cut("I was alone. Nobody came! Why? ") == ["I was alone.", "Nobody came!", "Why?"]


def test_a_line_break_ends_a_sentence():
    assert cut("Lonely\nTired") == ["Lonely", "Tired"]


def test_a_line_that_goes_on_in_lower_case_was_only_wrapped():
    assert cut("I was all\nalone then") == ["I was all\nalone then"]


def test_an_answer_that_ended_is_not_joined_to_the_next_line():
    assert cut("I was alone.\nand so on") == ["I was alone.", "and so on"]


def test_text_wrapped_at_a_width_is_read_as_one_even_before_a_name():
    wrapped = (
        "When she first came to the house that winter there was only\nAnna beside me and the baby, "
        "and the rest of\nthem were gone to the coast for the whole of that long\nseason and did not ring"
    )
    assert cut(wrapped) == [wrapped]


def test_an_empty_line_ends_a_paragraph_before_a_capital():
    assert cut("I was alone\n\nNobody came") == ["I was alone", "Nobody came"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\n\t"])
def test_text_without_words_has_no_sentence(text):
    assert cut(text) == []


def test_other_languages_are_cut_too():
    assert cut("Ich war allein. Niemand kam.", "xx") == ["Ich war allein.", "Niemand kam."]


def test_curly_quotes_dashes_and_hard_spaces_become_plain():
    assert nlp.plain("“I’m” ‘so’\u00a0on\u2011line") == "\"I'm\" 'so' on-line"


@given(st.text(max_size=200))
def test_plain_text_has_the_same_length(text):
    assert len(nlp.plain(text)) == len(text)


@given(st.text(max_size=200) | st.text("ab AB.!?…\n\t\u00a0\"')’”😀\u0301ש\r", max_size=200))
@example("a\r\nb. c")
@example("😀. e\u0301. שלום.")
@settings(max_examples=200, deadline=None)
def test_sentences_hold_every_visible_sign_once_and_in_order(text):
    spans = nlp.sentences(text)
    ends = [0]
    for start, end in spans:
        assert ends[-1] <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert text[ends[-1] : start].strip() == ""
        ends.append(end)
    assert text[ends[-1] :].strip() == ""


def test_words_are_counted_by_white_space():
    assert nlp.word_count("I’m  not\nalone\u00a0now") == 4


@pytest.mark.parametrize(
    ("word", "tokens"), [("Nobody", ["nobody"]), ("don't", ["do", "n't"]), ("n't", ["n't"]), ("'s", ["'s"])]
)
def test_words_of_patterns_are_cut_as_the_tokenizer_cuts_text(word, tokens):
    assert nlp.tokens_of(word) == tokens
    assert [token.lower_ for doc in nlp.docs([word]) for token in doc] == tokens


def test_a_monologue_of_forty_thousand_words_without_a_stop_is_read_in_seconds():
    text = "\n".join(textwrap.wrap("word " * 40_000, 80))
    nlp.blank()
    began = time.perf_counter()
    assert len(nlp.sentences(text)) == 1
    assert time.perf_counter() - began < 6.0
