"""Labels as services, programs and people really write them, and what looks like a label and is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.importers import labels, turns

ASK, ANSWER = "How did it begin?", "With a leaflet, and a lonely winter."


def found(text: str, **options) -> list[tuple[str, str, str]]:
    """(speaker, role, words) of each turn."""
    options.setdefault("speakers", {})
    return [(turn.speaker, turn.role, text[turn.start : turn.end]) for turn in turns.find(text, **options).turns]


STYLES = {
    "name": ("Dan: {}", "Eve: {}", "dan", "eve"),
    "small letters": ("dan: {}", "eve: {}", "dan", "eve"),
    "square brackets": ("[Dan] {}", "[Eve] {}", "dan", "eve"),
    "angle brackets": ("<Dan> {}", "<Eve> {}", "dan", "eve"),
    "time after": ("Dan (00:01:12): {}", "Eve (00:01:15): {}", "dan", "eve"),
    "time before": ("00:01:12 Dan: {}", "00:01:15 Eve: {}", "dan", "eve"),
    "time in brackets before": ("[00:01:12] Dan: {}", "[00:01:15] Eve: {}", "dan", "eve"),
    "time on the line above": ("00:05:00\n\nDan: {}", "00:06:00\nEve: {}", "dan", "eve"),
    "span of time": ("[00:00:01 - 00:00:05] Dan: {}", "[00:00:06 - 00:00:09] Eve: {}", "dan", "eve"),
    "comma and time": ("Dan Lee, 00:12\n{}\n", "Eve Lee, 00:15\n{}\n", "dan lee", "eve lee"),
    "otter": ("Speaker 1  0:03  \n{}\n", "Unknown Speaker  12:01  \n{}\n", "speaker 1", "unknown speaker"),
    "zoom": ("[Dan Ó Briain] 12:03:55\n{}\n", "[Eve] 12:04:01\n{}\n", "dan ó briain", "eve"),
    "zoom chat": ("12:03:55 From Dan to Everyone:\n\t{}", "12:04:01 From Eve to Everyone:\n\t{}", "dan", "eve"),
    "zoom chat, old": ("12:03:55\t From  Dan : {}", "12:04:01\t From  Eve : {}", "dan", "eve"),
    "teams, old": ("0:0:5.120 --> 0:0:9.990\nDan Lee\n{}\n", "0:0:10.0 --> 0:1:2.0\nEve\n{}\n", "dan lee", "eve"),
    "teams": ("Dan Lee   0:05\n{}\n", "Eve Lee   0:09\n{}\n", "dan lee", "eve lee"),
    "teams, surname first": ("Lee, Dan   0:05\n{}\n", "Ó BRIAIN, Eve   0:09\n{}\n", "lee, dan", "ó briain, eve"),
    "teams, organisation": (
        "LEE, Dan (NORTH AND SOUTH COUNTY HOSPITALS NHS FOUNDATION TRUST)   0:05\n{}\n",
        "Eve Lee (Guest)   0:09\n{}\n",
        "lee, dan",
        "eve lee",
    ),
    "surname first": ("Lee, Dan: {}", "van der Berg, Eve: {}", "lee, dan", "van der berg, eve"),
    "trint": ("[00:00:01.22] Speaker 1: {}", "[00:00:05.22] Speaker 2: {}", "speaker 1", "speaker 2"),
    "rev": ("Speaker 1: (00:12)\n{}\n", "Speaker 2: (00:15)\n{}\n", "speaker 1", "speaker 2"),
    "rev, named": ("Dan (00:12):\n{}\n", "Eve (00:15):\n{}\n", "dan", "eve"),
    "happy scribe": ("[00:00:01.23] - Speaker 1\n{}\n", "[00:00:05.23] - Speaker 2\n{}\n", "speaker 1", "speaker 2"),
    "sonix": ("[00:00:01] Speaker1:\n{}\n", "[00:00:05] Speaker2:\n{}\n", "speaker1", "speaker2"),
    "express scribe": ("Dan: [00:00:01] {}\n", "Eve: [00:00:05] {}\n", "dan", "eve"),
    "time at the end": ("I: {} #00:00:12-3#", "B: {} #00:00:15-3#", "i", "b"),
    "speaker a": ("Speaker A: {}", "Speaker B: {}", "speaker a", "speaker b"),
    "numbered questions": ("Q1: {}", "A1: {}", "q", "a"),
    "name and role": ("Dan Byrne, researcher: {}", "Mary, mother: {}", "dan byrne, researcher", "mary, mother"),
    "name (role)": ("Dan (interviewer): {}", "Mary (mother): {}", "dan (interviewer)", "mary (mother)"),
    "manner in brackets": ("Dan (laughing): {}", "P3 (crying): {}", "dan", "p3"),
    "capitals": ("DAN: {}", "EVE-MARIE: {}", "dan", "eve-marie"),
    "initials": ("J.B.: {}", "E. O’Neill: {}", "j.b.", "e. o'neill"),
    "titles": ("Dr. Smith: {}", "Mrs O'Hara: {}", "dr. smith", "mrs o'hara"),
    "particles": ("Maria de la Cruz: {}", "Jan van der Berg: {}", "maria de la cruz", "jan van der berg"),
    "other letters": ("Łukasz: {}", "Мария: {}", "łukasz", "мария"),
    "vowel signs": ("Dan: {}", "मरियम: {}", "dan", "मरियम"),
    "accents of their own": ("Dan: {}", "Zoe\u0308: {}", "dan", "zo\u00eb"),
    "wide colon": ("Ó Briain：{}", "李：{}", "ó briain", "李"),
    "tab": ("INT\t{}", "P1\t{}", "int", "p1"),
    "name and tab": ("Dan\t{}", "Eve\t{}", "dan", "eve"),
    "line below": ("Dan:\n{}", "Eve:\n{}", "dan", "eve"),
    "bullets": ("- INT: {}", "• P07: {}", "int", "p07"),
    "numbered lines": ("12 I: {}", "13 P: {}", "i", "p"),
    "numbered list": ("12. I: {}", "13. P: {}", "i", "p"),
    "numbers and tabs": ("12\tI:\t{}", "13\tP:\t{}", "i", "p"),
    "two roles in one": ("Interviewer/Researcher: {}", "Participant: {}", "interviewer/researcher", "participant"),
    "names and dashes": ("Dan – {}", "Eve – {}", "dan", "eve"),
    "inconsistent": ("INT: {}", "P07 – {}", "int", "p07"),
    "subtitles": (">> Dan: {}", ">> Eve: {}", "dan", "eve"),
}


@pytest.mark.parametrize(("ask", "answer", "who_asks", "who_answers"), STYLES.values(), ids=STYLES)
def test_a_style_gives_speakers_roles_and_their_words(ask, answer, who_asks, who_answers):
    text = "\n".join([ask.format(ASK), answer.format(ANSWER)] * 2)
    said = [(who, role, words.split(" #")[0]) for who, role, words in found(text)]
    assert said == [(who_asks, "interviewer", ASK), (who_answers, "participant", ANSWER)] * 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("INT (00:01:12): Why?\nP1: So.", 72.0),
        ("0:0:5.120 --> 0:0:9.990\nINT\nWhy?\nP1: So.", 5.12),
        ("INT: [1:02:03] Why?\nP1: So.", 3723.0),
        ("INT 1:03\nWhy?\nP1: So.", 63.0),
        ("00:00:12:05 INT: Why?\nP1: So.", 12.0),
    ],
)
def test_the_time_of_a_label_is_the_turns(text, seconds):
    assert turns.find(text, speakers={}).turns[0].time == pytest.approx(seconds)


NO_LABELS = [
    "Note: I said no.",
    "One thing: nobody came.",
    "Another problem: the bus.",
    "Monday: clinic again.",
    "He said: go home.",
    "The doctor said to me: go home.",
    "Question 3: how often do you sleep?",
    "https://example.org/page",
    "www.example.org: nothing there",
    "at 10: the nurse",
    "At 10:30 the nurse came",
    "Bed 4: an old man",
    "Group 2: the quiet ones",
    "From: the clinic",
    "Subject: your letter",
    "Ratio 3:1 they told me",
    "3:1 it was",
    "- milk: two pints",
    "I – I could not",
    "Mum – she never rests",
    "Sometimes – not often",
    "[laughs] and then",
    "[inaudible 00:12:03] and then",
    "(inaudible 00:12:03) and then",
    "[Mother] came to see me",
    "[Name] came to see me",
    "[crosstalk]",
    "// and over that //",
    "00:12:03 and then",
    "10:30 was the time",
    "C:\\letters",
    "… well: yes",
    "Honestly: no.",
    "Right, Mary: go home.",
    "Mary, Joseph and the child: a picture",
    "It was cold (and nobody that I asked had a key or knew of one): we left",
    "She left the meeting",
    "I never left the meeting",
    "Then Mary left the meeting",
    "Mary left the meeting.",
]


@pytest.mark.parametrize("line", NO_LABELS)
@pytest.mark.parametrize("times", [1, 2])
def test_what_looks_like_a_label_stays_in_the_turn(line, times):
    speech = "\n".join(["Fine.", *[line] * times, "That is all."])
    text = f"INT: How are you?\nP07: {speech}\nINT: Why?\nP07: Because.\n"
    assert found(text) == [
        ("int", "interviewer", "How are you?"),
        ("p07", "participant", speech),
        ("int", "interviewer", "Why?"),
        ("p07", "participant", "Because."),
    ]


@pytest.mark.parametrize("line", [line for line in NO_LABELS if not line.startswith("Question 3")])
def test_what_looks_like_a_label_leaves_a_monologue_whole(line):
    text = f"I was alone that winter.\n{line}\nNobody came.\n{line}\nThat was it."
    assert found(text) == [("", "unknown", text)]


def test_numbered_questions_without_an_interviewer_are_what_was_asked():
    text = "Question 1: How was it?\nCold.\nQuestion 2: And now?\nWarm.\n"
    assert [(role, words.strip()) for _, role, words in found(text)] == [
        ("interviewer", "How was it?"),
        ("unknown", "Cold."),
        ("interviewer", "And now?"),
        ("unknown", "Warm."),
    ]


def test_a_guest_is_the_same_speaker_with_and_without_it_and_a_role_in_brackets_stays():
    text = "Dan (interviewer)  0:01\nWhy?\nEve Lee (Guest)  0:02\nSo.\nDan  0:03\nAnd?\nEve Lee  0:04\nNo."
    assert [(who, words) for who, _, words in found(text)] == [
        ("dan (interviewer)", "Why?"),
        ("eve lee", "So."),
        ("dan (interviewer)", "And?"),
        ("eve lee", "No."),
    ]


def test_who_speaks_once_beside_a_time_is_not_part_of_the_one_before():
    text = "Dan Lee  0:01\nWho?\nEve Ray  0:02\nI did.\nAnn Moe  0:03\nNot I.\nDan Lee  0:04\nAnd?\nEve Ray  0:05\nNo."
    assert [(who, words) for who, _, words in found(text)][1:3] == [("eve ray", "I did."), ("ann moe", "Not I.")]


EVENTS = [
    "Dan Lee stopped transcription",
    "Dan Lee started transcription",
    "Ray, Eve (Guest) left the meeting",
    "NORTH, Ann (COUNTY NHS TRUST) joined the meeting   0:07",
    "Int left the meeting",
]


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_meeting_program_writes_between_turns_is_in_none(event):
    text = f"{event}\nINT: Why?\n{event}\nP07: So it was.\n{event}\nAnd so it is.\nINT: And now?\n{event}\n"
    said = [("int", "Why?"), ("p07", "So it was."), ("p07", "And so it is."), ("int", "And now?")]
    assert [(who, words) for who, _, words in found(text)] == said


def test_times_inside_speech_stay_in_it():
    speech = "At 00:12:03 he left [00:12:05] and (00:12:07) came back."
    assert found(f"INT: Why?\nP7: {speech}")[1] == ("p7", "participant", speech)


def test_somebody_quoted_once_is_no_speaker_and_a_mother_who_answers_is():
    quoted = "INT: Why?\nP7: She said so.\nMum: no more of that.\nINT: And?\nP7: Yes."
    assert {who for who, _, _ in found(quoted)} == {"int", "p7"}
    assert [who for who, _, _ in found("INT: Why?\nMum: No more of that.")] == ["int", "mum"]


def test_a_slip_of_the_pen_is_the_same_speaker():
    text = "INT: Why?\nParticipant: So.\nINT: And?\nParticpant: It rained.\n"
    assert found(text)[3] == ("participant", "participant", "It rained.")


def test_a_role_in_capitals_inside_an_unbroken_line_is_a_label():
    text = "INT: Why?\nP7: So. INT: And? P7: It rained, INT said.\n"
    assert [(who, words) for who, _, words in found(text)] == [
        ("int", "Why?"),
        ("p7", "So."),
        ("int", "And?"),
        ("p7", "It rained, INT said."),
    ]
    mixed = "Dan: Why?\nEve: So I said to Dan: go home.\nDan: And?\nEve: He went.\n"
    assert len(found(mixed)) == 4


def test_another_number_is_another_speaker():
    text = "Moderator: Why?\nParticipant 1: So.\nParticipant 2: No.\nParticipant 11: Yes.\n"
    assert [who for who, _, _ in found(text)] == ["moderator", "participant 1", "participant 2", "participant 11"]


def test_a_speaker_introduced_with_a_role_keeps_it():
    text = "Dan (interviewer): Why.\nEve: So.\nDan: And.\nEve: It rained.\n"
    assert [(who, role) for who, role, _ in found(text)] == [
        ("dan (interviewer)", "interviewer"),
        ("eve", "participant"),
    ] * 2


def test_two_of_one_name_stay_two():
    text = "INT: Why?\nMary (mother): So.\nMary (wife): No.\nINT: And?\nMary: Hm.\nMary: Yes."
    assert {who for who, _, _ in found(text)} == {"int", "mary (mother)", "mary (wife)", "mary"}


def test_stated_labels_count_in_any_style():
    text = "Aoife – I cried.\n[Bo] Me too.\nThe night nurse: Hush."
    stated = {"aoife": "participant", "bo": "participant", "the night nurse": "facilitator"}
    assert [who for who, _, _ in found(text, speakers=stated)] == ["aoife", "bo", "the night nurse"]


PIECES = st.sampled_from([*NO_LABELS, *[style[n] for style in STYLES.values() for n in (0, 1)], "", "{}", "12", "0:05"])


@given(st.lists(PIECES, max_size=12), st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_labels_follow_one_another_and_begin_where_lines_or_capitals_do(pieces, speech):
    text = "\n".join(piece.replace("{}", speech.replace("\r", " ")) for piece in pieces)
    last = 0
    for label in labels.in_text(text, {}):
        assert last <= label.start < label.end <= len(text)
        assert label.start == 0 or text[label.start - 1] == "\n" or label.name.isupper()
        assert labels.key_of(label.name)[:1] in labels.key_of(text[label.start : label.end])
        last = label.end
