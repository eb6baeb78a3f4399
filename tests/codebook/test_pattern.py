"""The pattern language: what is read, and what is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.codebook.pattern import GAP_WORDS, Pattern, parse

LETTERS = "abcdefghijklmnopqrstuvwxyzäéłж"
words = st.text(LETTERS, min_size=1, max_size=8)


def test_plain_words_become_one_place_each_in_lower_case():
    places = parse("Nobody Listened")
    assert [place.words for place in places] == [("nobody",), ("listened",)]
    assert not any(place.optional or place.gap for place in places)


def test_alternatives_share_one_place():
    assert parse("nobody|no-one to talk|turn to")[0].words == ("nobody", "no-one")
    assert [place.words for place in parse("nobody|no-one to talk|turn to")][2] == ("talk", "turn")


def test_a_star_stays_on_its_word():
    assert parse("isolat*|lonel*")[0].words == ("isolat*", "lonel*")


def test_a_question_mark_makes_the_whole_place_optional():
    felt, so, alone = parse("felt so|very? alone")
    assert so.words == ("so", "very")
    assert so.optional
    assert not felt.optional
    assert not alone.optional


def test_dots_are_an_optional_gap_of_three_words():
    gap = parse("felt ... alone")[1]
    assert (gap.words, gap.optional, gap.gap) == ((), True, GAP_WORDS)
    assert GAP_WORDS == 3


def test_an_underscore_is_exactly_one_word():
    gap = parse("felt _ alone")[1]
    assert (gap.words, gap.optional, gap.gap) == ((), False, 1)


def test_typographic_apostrophes_are_made_plain():
    assert parse("didn’t")[0].words == ("didn't",)


def test_white_space_of_any_amount_separates():
    assert parse("  felt \t alone\n") == parse("felt alone")


@pytest.mark.parametrize("match", ["", "   ", "\n\t"])
def test_an_empty_pattern_is_refused(match):
    with pytest.raises(ValueError, match="empty"):
        parse(match)


@pytest.mark.parametrize("match", ["... alone", "alone ...", "_ alone", "alone _"])
def test_a_pattern_may_not_begin_or_end_with_a_gap(match):
    with pytest.raises(ValueError, match="begin and end with a word"):
        parse(match)


@pytest.mark.parametrize("match", ["so?", "so? very?", "so? ... very?", "...", "_"])
def test_a_pattern_must_require_a_word(match):
    with pytest.raises(ValueError, match=r"no word that is required|begin and end with a word"):
        parse(match)


@pytest.mark.parametrize("match", ["a||b", "|a", "a|", "*", "?", "a*b", "so_alone", "a??", "a*|*", "(alone|?)"])
def test_signs_in_the_wrong_place_are_refused(match):
    with pytest.raises(ValueError, match="is not a word of a pattern"):
        parse(match)


def test_places_of_a_pattern_are_what_parse_reads():
    assert Pattern("felt ... alone").places == parse("felt ... alone")


@given(st.lists(words, min_size=1, max_size=5))
def test_every_row_of_words_is_a_pattern_of_as_many_places(row):
    assert [place.words for place in parse(" ".join(row))] == [(word.lower(),) for word in row]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_reason(match):
    try:
        places = parse(match)
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert any(place.words and not place.optional for place in places)
        assert not places[0].gap
        assert not places[-1].gap
