"""Roles from labels, from single letters, and from who asks; each with its reason."""

from __future__ import annotations

import pytest

from qualcode.corpus import Turn
from qualcode.importers import roles
from qualcode.importers.roles import Tally


def given(**speakers: tuple[int, int]) -> dict[str, Tally]:
    """Turns, and how many of them end by asking, by label."""
    return {key: Tally(turns, turns * 10, asking) for key, (turns, asking) in speakers.items()}


def taken(found: dict[str, Tally], stated=None, **options) -> dict[str, str]:
    return {key: assigned.role for key, assigned in roles.assign(found, stated or {}, **options).items()}


@pytest.mark.parametrize(
    ("end", "asks"),
    [
        ("Why?", True),
        ("Why? [laughs]", True),
        ('Why?" (pause)', True),
        ("Why? #00:00:12-3#", True),
        ("なぜ？", True),
        ("Why? I mean it.", False),
        ("Right? Yes, so that is what we did.", False),
    ],
)
def test_a_turn_asks_where_it_ends_with_a_question(end, asks):
    text = f"Well. {end}"
    assert roles.tallies(text, [Turn(0, len(text), speaker="dan")])["dan"].asking == asks


def test_tallies_count_turns_and_words_by_speaker():
    text = "Why? Because it rained. And?"
    turns = [Turn(0, 4, speaker="dan"), Turn(5, 23, speaker="eve"), Turn(24, 28, speaker="dan")]
    assert roles.tallies(text, turns) == {"dan": Tally(2, 2, 2), "eve": Tally(1, 3, 0)}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (given(dan=(50, 16), participant=(50, 5)), {"dan": "interviewer", "participant": "participant"}),
        (given(dan=(20, 8), eve=(20, 1)), {"dan": "interviewer", "eve": "participant"}),
        (given(dan=(20, 8), eve=(20, 6)), {"dan": "unknown", "eve": "unknown"}),
        (given(dan=(20, 3), eve=(20, 0)), {"dan": "unknown", "eve": "unknown"}),
        (given(interviewer=(20, 0), eve=(20, 9)), {"interviewer": "interviewer", "eve": "participant"}),
        (given(dan=(20, 9), eve=(20, 1), mary=(9, 0)), {"dan": "interviewer", "eve": "unknown", "mary": "unknown"}),
        (given(i=(20, 9), eve=(20, 1), mary=(9, 0)), {"i": "interviewer", "eve": "unknown", "mary": "unknown"}),
        (given(dan=(9, 9)), {"dan": "unknown"}),
        # M and F are a mother and a father where somebody asks, and moderators where nobody else does.
        (given(i=(20, 9), m=(20, 1), f=(9, 0)), {"i": "interviewer", "m": "participant", "f": "participant"}),
        (given(m=(20, 9), p1=(20, 1)), {"m": "facilitator", "p1": "participant"}),
        (given(dan=(20, 9), m=(20, 1)), {"dan": "interviewer", "m": "participant"}),
        (given(m=(20, 9), f=(20, 1)), {"m": "interviewer", "f": "participant"}),
        # R responds, and researches beside a participant who is asked.
        (given(i=(20, 9), r=(20, 1)), {"i": "interviewer", "r": "participant"}),
        (given(r=(20, 9), p=(20, 1)), {"r": "interviewer", "p": "participant"}),
        (given(r=(20, 1), p=(20, 1)), {"r": "participant", "p": "participant"}),
    ],
)
def test_who_asks_and_who_answers(found, expected):
    assert taken(found) == expected


def test_in_a_group_the_one_who_asks_facilitates_and_the_others_take_part():
    found = given(ann=(20, 12), bo=(9, 1), cy=(5, 0))
    assert taken(found, group=True) == {"ann": "facilitator", "bo": "participant", "cy": "participant"}


def test_what_is_stated_wins_and_is_never_guessed_at():
    found = given(dan=(20, 9), eve=(20, 1))
    assert taken(found, {"dan": "participant"}) == {"dan": "participant", "eve": "unknown"}
    assert taken(found, {"eve": "unknown"}) == {"dan": "interviewer", "eve": "unknown"}
    assert taken(given(**{"dan (interviewer)": (3, 1)}), {"dan": "participant"}) == {"dan (interviewer)": "participant"}


def test_each_role_has_its_reason():
    found = given(dan=(50, 16), p07=(50, 5), mother=(9, 0), aoife=(2, 0))
    why = {key: assigned.why for key, assigned in roles.assign(found, {"aoife": "participant"}).items()}
    assert why == {
        "dan": "asks at the end of 32 % of turns, nobody else more than 10 %",
        "p07": "letters and a number",
        "mother": "its word is a role",
        "aoife": "stated in qualcode.toml",
    }
    unclear = roles.assign(given(dan=(10, 3), eve=(10, 2)), {})["dan"]
    assert unclear.why == "nobody is known to ask: asks at the end of 30 % of turns, the other 20 %"


def test_no_label_is_nobody_and_gets_no_role():
    found = {"": Tally(9, 900, 0), "moderator": Tally(9, 20, 1)}
    assert {key: a.why for key, a in roles.assign(found, {}).items()}[""] == "no label"
    assert taken(found)[""] == "unknown"
