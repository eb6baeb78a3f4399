"""Ids that say nothing, and records that show no participant's words."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.corpus import ASKING, KINDS, ROLES, Case, Segment, Transcript, Turn, Unit, keyed_id

SENTINEL = "zzsentinelzz"


def test_the_same_parts_give_the_same_id():
    assert keyed_id(b"secret", "t", "a.txt", 3) == keyed_id(b"secret", "t", "a.txt", 3)


def test_an_id_is_its_prefix_and_sixteen_hexadecimal_digits():
    assert re.fullmatch(r"t_[0-9a-f]{16}", keyed_id(b"secret", "t", "a.txt"))


@pytest.mark.parametrize(
    "other",
    [
        keyed_id(b"other", "t", "a.txt", 3),
        keyed_id(b"secret", "t", "a.txt", 4),
        keyed_id(b"secret", "t", "a.tx", "t3"),
        keyed_id(b"secret", "t", "a.txt3"),
        keyed_id(b"secret", "t", 3, "a.txt"),
    ],
    ids=["another secret", "another part", "parts cut elsewhere", "parts joined", "parts in another order"],
)
def test_another_secret_or_other_parts_give_another_id(other):
    assert other != keyed_id(b"secret", "t", "a.txt", 3)


@given(st.binary(max_size=40), st.lists(st.text() | st.integers(), max_size=4))
def test_any_parts_make_an_id_that_holds_none_of_them(secret, parts):
    assert re.fullmatch(r"s_[0-9a-f]{16}", keyed_id(secret, "s", *parts))


@pytest.mark.parametrize(
    "record",
    [
        Turn(0, 5, "participant", speaker=SENTINEL),
        Transcript("t_1", SENTINEL, (Turn(0, 5, speaker=SENTINEL),), question=SENTINEL, source=SENTINEL),
        Segment("s_1", "t_1", 0, 5, "turn", text=SENTINEL, context=SENTINEL),
    ],
    ids=lambda record: type(record).__name__,
)
def test_no_repr_shows_words_speakers_or_file_names(record):
    assert SENTINEL not in repr(record)


def test_those_who_ask_are_known_roles_and_participants_are_not_among_them():
    assert set(ROLES) >= ASKING
    assert not ASKING & {"participant", "author", "unknown"}


def test_what_is_not_stated_differs_from_what_is_false():
    assert Case("P1", attributes={"partner": None}) != Case("P1", attributes={"partner": False})


def test_the_kinds_and_units_of_the_house():
    assert set(KINDS) == {"interview", "focus_group", "feedback", "diary", "report"}
    assert set(get_args(Unit)) == {"turn", "sentence", "window", "response", "selection"}
