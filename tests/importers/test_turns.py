"""Turns by the label styles that are met most, roles, cases, and what is said of a conversation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ProjectError
from qualcode.importers import turns

ASK, ANSWER = "How did it begin?", "With a leaflet, and a lonely winter."


def found(text: str, **options) -> list[tuple[str, str]]:
    """(role, words) of each turn."""
    options.setdefault("speakers", {})
    return [(turn.role, text[turn.start : turn.end]) for turn in turns.find(text, **options).turns]


def notes(text: str, **options) -> str:
    options.setdefault("speakers", {})
    return "\n".join(turns.find(text, **options).notes)


STYLES = {
    "words": ("Interviewer: {}", "Participant: {}"),
    "capitals": ("INT: {}", "P07: {}"),
    "initials": ("I: {}", "R: {}"),
    "q and a": ("Q: {}", "A: {}"),
    "bold, colon inside": ("**I:** {}", "**R:** {}"),
    "bold, colon outside": ("**I**: {}", "**R**: {}"),
    "italic": ("_I:_ {}", "_R:_ {}"),
    "dash": ("Interviewer 1 – {}", "Participant – {}"),
    "hyphen": ("Interviewer - {}", "Participant - {}"),
    "em dash": ("INT — {}", "P1 — {}"),
    "time after": ("Interviewer 00:01:12\n{}", "Participant 00:01:15\n{}"),
    "time after in brackets": ("Interviewer [00:01:12]: {}", "Participant (01:15): {}"),
    "time before": ("00:01:12 INT: {}", "00:01:15 P1: {}"),
    "time in brackets before": ("[00:01:12] INT: {}", "[00:01:15] P1: {}"),
    "label in brackets": ("[INT]: {}", "[P1]: {}"),
    "alone on a line": ("Interviewer\n{}", "Participant\n{}"),
    "alone with colon": ("Interviewer:\n{}", "KO04:\n{}"),
    "space before colon": ("Interviewer : {}", "P07 : {}"),
    "no space after colon": ("INT:{}", "P07:{}"),
    "indented": ("   INT: {}", "\tP07: {}"),
    "hyphenated number": ("Interviewer: {}", "LL-03: {}"),
    "kin": ("Researcher: {}", "Grandmother: {}"),
    "research assistant": ("Lead interviewer: {}", "Adult participant 2: {}"),
}


@pytest.mark.parametrize(("ask", "answer"), STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["close", "spaced"])
def test_a_label_style_gives_roles_and_bare_speech(ask, answer, gap):
    text = gap.join([ask.format(ASK), answer.format(ANSWER)] * 2)
    assert found(text) == [("interviewer", ASK), ("participant", ANSWER)] * 2
    assert notes(text) == ""


@pytest.mark.parametrize(
    ("ask", "answer"), [("Interviewer\u00a01: {}", "P\u00a007: {}"), ("INT\u00a0: {}", "P07\u00a0: {}")]
)
def test_a_hard_space_in_a_label_is_a_space(ask, answer):
    text = "\n".join([ask.format(ASK), answer.format(ANSWER)] * 2)
    assert found(text) == [("interviewer", ASK), ("participant", ANSWER)] * 2


def test_speakers_by_number_and_time_are_told_apart_by_who_asks():
    text = (
        "Speaker 1  00:01:12\nHow are you?\n\nSpeaker 2  00:01:15\nAlone.\n\n"
        "Speaker 1  00:02:12\nSince when?\n\nSpeaker 2  00:02:15\nMarch.\n"
    )
    assert found(text) == [
        ("interviewer", "How are you?"),
        ("participant", "Alone."),
        ("interviewer", "Since when?"),
        ("participant", "March."),
    ]
    assert "taken as the interviewer" in notes(text)


def test_of_two_nameless_speakers_the_asker_is_the_interviewer_and_it_is_said():
    text = "Anna: How are you?\nBeth: Fine.\nAnna: And now?\nBeth: Alone.\n"
    assert [role for role, _ in found(text)] == ["interviewer", "participant"] * 2
    assert "taken as the interviewer" in notes(text)
    assert "Anna" not in notes(text)


def test_a_nameless_asker_beside_a_participant_needs_to_ask_less():
    asking = "\n".join(f"KB: {'Why?' if n == 0 else 'Mm.'}\nP03: Because of that.\n" for n in range(6))
    assert {role for role, _ in found(asking)} == {"interviewer", "participant"}


def test_two_nameless_speakers_who_ask_alike_are_both_coded():
    text = "Anna: How are you?\nBeth: And you?\nAnna: Fine?\nBeth: Is it?\n"
    assert {role for role, _ in found(text)} == {"unknown"}


def test_stated_roles_win_over_every_guess():
    text = "Anna: How are you?\nBeth: Fine.\nAnna: And now?\nBeth: Alone.\nM: So.\nM: Yes."
    stated = {"anna": "participant", "beth": "interviewer", "m": "participant"}
    assert [role for role, _ in found(text, speakers=stated)] == [
        "participant",
        "interviewer",
        "participant",
        "interviewer",
        "participant",
        "participant",
    ]


def test_a_stated_speaker_counts_even_once():
    assert found("Aoife: I cried.", speakers={"aoife": "participant"}) == [("participant", "I cried.")]


@pytest.mark.parametrize(
    "line",
    [
        "Note: I said no.",
        "NOTE: I said no.",
        "NB: I said no.",
        "Example: I said no.",
        "PS: call me",
        "https://example.org",
        "Time: 10 am",
        "She said: I said no.",
        "I think: no.",
        "The nurse was like: no.",
        "One two three four five: no.",
    ],
)
def test_words_before_a_colon_are_no_speakers(line):
    text = f"INT: How are you?\nP07: Fine.\n{line}\n{line}\nINT: Why?\nP07: Because.\n"
    assert found(text) == [
        ("interviewer", "How are you?"),
        ("participant", f"Fine.\n{line}\n{line}"),
        ("interviewer", "Why?"),
        ("participant", "Because."),
    ]


@pytest.mark.parametrize("line", ["Note: I said no.", "Mary: go home.", "Then: nothing.", "Warning: it is loud."])
def test_label_like_words_in_a_monologue_leave_it_whole(line):
    text = f"I was alone that winter.\n{line}\nNobody came.\n{line}\nThat was it."
    assert found(text) == [("unknown", text)]


@pytest.mark.parametrize("word", ["Note 1", "Page 2", "Day 2", "Week 3", "Part 2", "Item 4"])
def test_a_numbered_heading_is_no_participant(word):
    text = f"I had a long week and nobody came to see me and I cried.\n{word}: better.\nThat is all."
    assert found(text) == [("unknown", text)]


def test_speech_before_the_first_label_is_kept_or_told():
    opening = "So I was on my own all winter and nobody rang, not once, and I thought that is how it will be now."
    text = f"{opening}\nINT: Why?\nP1: Because."
    assert opening in "".join(words for _, words in found(text)) or "before the first" in notes(text)


def test_a_header_before_the_first_label_is_in_no_turn():
    assert found("Interview 7, 3 May\n\nINT: How are you?\nP7: Fine.") == [
        ("interviewer", "How are you?"),
        ("participant", "Fine."),
    ]


def test_a_focus_group_keeps_its_participants_apart():
    text = (
        "Moderator: Who comes here?\nP1: Me.\nP2: Me too.\nP3 (laughing) and me\nP1: Every week.\n"
        "Facilitator: And you?\nP4: No."
    )
    assert [role for role, _ in found(text)] == [
        "facilitator",
        "participant",
        "participant",
        "participant",
        "facilitator",
        "participant",
    ]
    speakers = [turn.speaker for turn in turns.find(text, speakers={}).turns]
    assert speakers == ["moderator", "p1", "p2", "p1", "facilitator", "p4"]


def test_women_and_men_of_a_focus_group_are_participants():
    text = "Moderator: How are you?\nF1: Fine.\nM2: Lonely.\nF1: Yes.\nModerator: And?\nM2: So."
    assert [role for role, _ in found(text)] == [
        "facilitator",
        "participant",
        "participant",
        "participant",
        "facilitator",
        "participant",
    ]


def test_where_only_the_moderator_is_labelled_the_other_lines_are_the_groups():
    text = "Moderator: How are you?\nFine.\nI am too.\nModerator: And now?\nSame.\n"
    assert [(role, words.strip()) for role, words in found(text)] == [
        ("facilitator", "How are you?"),
        ("unknown", "Fine.\nI am too."),
        ("facilitator", "And now?"),
        ("unknown", "Same."),
    ]
    assert "only the asking side is labelled" in notes(text)


def test_where_only_the_moderator_is_labelled_what_comes_first_is_kept():
    assert "We all came early." in "".join(
        words for _, words in found("We all came early.\nModerator: Why?\nFor tea.\n")
    )


def test_a_file_in_which_nobody_answers_is_told():
    assert "every turn is an interviewer's" in notes("INT: How are you?\nINT: Hello?\n")


LONG = "It was a cold winter and nobody came to the door, not once. " * 20


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (f"P7: {LONG}", "one single turn"),
        (f"INT: Why?\nP7: {LONG}\nINT: And?\nP7: {LONG}", "more than 95% of it"),
        ("".join(f"P{n}: It was cold.\n" for n in range(1, 14)), "more than 12 speaker labels"),
        (f"{LONG[:500]}\nINT: Why?\nP7: So.", "words before the first speaker label"),
    ],
)
def test_what_is_unlikely_of_a_conversation_is_told(text, doubt):
    assert doubt in notes(text)


def test_notes_are_the_same_for_every_file_so_that_a_folder_is_told_once():
    one = notes("Anna: How are you?\nBeth: Fine.\nAnna: And now?\nBeth: Alone.\n")
    other = notes("Zoe: Why?\nKit: So.\nZoe: And?\nKit: Well?\nZoe: Since when?\nKit: May.\n")
    assert one == other != ""


def test_labels_without_speech_are_told():
    assert notes("Interviewer:\nP1:\nInterviewer:\nP1:\n") != ""


def test_text_without_labels_is_one_turn_of_unknown_role_and_it_is_said():
    text = "I was alone.\nNobody came."
    assert found(text) == [("unknown", text)]
    assert "no speakers were found" in notes(text)


def test_many_times_and_nobody_beside_them_are_told_with_what_to_do():
    times = "\n".join(f"{n}:04 it was cold and I went home" for n in range(10, 16))
    assert "many lines begin or end with a time" in notes(times)
    assert "qualcode speakers" in notes(times)
    assert "many lines" not in notes(times.replace("10:04", "Then").replace("11:04", "Then"))


def test_white_space_alone_is_no_turn():
    assert found(" \n\n ") == []


def test_lines_that_match_the_question_pattern_are_context():
    text = "How did it begin?\nWith a leaflet.\nAnd then?\nNothing."
    assert [(role, words.strip()) for role, words in found(text, question_pattern=r"\?$")] == [
        ("interviewer", "How did it begin?"),
        ("unknown", "With a leaflet."),
        ("interviewer", "And then?"),
        ("unknown", "Nothing."),
    ]


def test_a_question_pattern_that_is_no_expression_is_a_project_error():
    with pytest.raises(ProjectError, match="question_pattern"):
        found("Alone.", question_pattern="(")


def test_the_case_goes_to_all_but_those_who_ask():
    cases = [turn.case for turn in turns.find("INT: Why?\nP7: So.", speakers={}, case="P7").turns]
    assert cases == [None, "P7"]


def test_bold_marks_around_speech_end_with_the_label():
    assert found("**I:** Why?\n\n**R:** Because **I** say so.\n") == [
        ("interviewer", "Why?"),
        ("participant", "Because **I** say so."),
    ]


LINES = st.text(st.characters(exclude_categories=("Cs",)), max_size=40).map(lambda text: text.replace("\r", " "))
LABELS = st.sampled_from(
    [ask for style in STYLES.values() for ask in style] + ["Note: {}", "{}", "Mary: {}", "Speaker 1 00:01\n{}"]
)


@given(st.lists(st.tuples(LABELS, LINES), max_size=8))
@settings(max_examples=200, deadline=None)
def test_turns_lie_in_order_inside_any_text(lines):
    text = "\n".join(label.replace("{}", line) for label, line in lines)
    result = turns.find(text, speakers={}).turns
    assert all(0 <= turn.start < turn.end <= len(text) for turn in result)
    assert all(one.end <= two.start for one, two in pairwise(result))


@given(
    st.sampled_from(sorted(STYLES)),
    st.lists(
        st.text("abc של👩‍👧\u0301é,\u00a0", min_size=1).filter(lambda t: any(c in "abc" for c in t)),
        min_size=4,
        max_size=8,
    ),
)
@settings(max_examples=200, deadline=None)
def test_every_label_style_gives_the_speech_back(style, speeches):
    ask, answer = STYLES[style]
    said = ["Well so " + speech.strip() for speech in speeches] + ["Well so abc"] * (len(speeches) % 2)
    labels = [ask, answer] * len(said)
    text = "\n".join(label.replace("{}", speech) for label, speech in zip(labels, said, strict=False))
    assert [words for _, words in found(text)] == said
