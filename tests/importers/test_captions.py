"""Captions as meetings and recorders write them: fragments, voices, overlapping talk, and damaged files."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import captions
from qualcode.importers.imported import Description, ReadOptions

TEAMS = """WEBVTT

NOTE made by a machine

8f3c/12-0
00:00:01.000 --> 00:00:03.500
<v Ann Lee>How did it</v>

8f3c/12-1
00:00:03.600 --> 00:00:04.000
<v Ann Lee>begin &amp; when?</v>

00:00:04.500 --> 00:00:06.000
<v P07>With a <i>leaflet</i>,</v>

00:00:05.500 --> 00:00:06.500
<v Ann Lee>Mm.</v>

00:00:06.100 --> 01:00:09.250
<v P07>and a lonely winter.</v>
"""

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:03.500
Interviewer: How did it

2
00:00:03.600 --> 00:00:04.000
Interviewer: begin?

3
00:00:04.500 --> 00:00:06.000
P07: With a leaflet,

4
00:00:06.100 --> 00:00:09.250
P07: and a lonely winter.
"""

OTTER = """1
00:00:01,000 --> 00:00:03,500
INT: How did it
begin?

2
00:00:04,500 --> 00:00:06,000
P07: With a leaflet,

3
00:00:09,100 --> 00:00:12,250
and a lonely winter.
"""


def read(put, name: str, content: str, options: ReadOptions, **describe):
    describe = {"kind": "interview", **describe}
    return captions.read(put(name, content), ReadOptions(b"secret", "folder/file", Description(**describe)))


def spoken(transcript) -> list[tuple[str, str, float | None]]:
    return [(t.role, transcript.text[t.start : t.end], t.time) for t in transcript.turns]


def test_voices_become_turns_with_their_times_and_fragments_are_joined(put, options):
    imported = read(put, "a.vtt", TEAMS, options)
    transcript = imported.transcripts[0]
    assert spoken(transcript) == [
        ("interviewer", "How did it begin & when?", 1.0),
        ("participant", "With a leaflet,", 4.5),
        ("interviewer", "Mm.", 5.5),
        ("participant", "and a lonely winter.", 6.1),
    ]
    assert transcript.text.startswith("Ann Lee: How did it begin & when?\n\nP07: With")
    assert "NOTE" not in transcript.text
    assert "8f3c" not in transcript.text


def test_zoom_names_the_speaker_in_every_cue(put, options):
    transcript = read(put, "a.vtt", ZOOM, options).transcripts[0]
    assert spoken(transcript) == [
        ("interviewer", "How did it begin?", 1.0),
        ("participant", "With a leaflet, and a lonely winter.", 4.5),
    ]


def test_a_cue_without_a_name_goes_on_with_the_last_speaker(put, options):
    transcript = read(put, "a.srt", OTTER, options).transcripts[0]
    assert spoken(transcript) == [
        ("interviewer", "How did it begin?", 1.0),
        ("participant", "With a leaflet, and a lonely winter.", 4.5),
    ]


def test_two_voices_in_one_cue_are_two_turns(put, options):
    content = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v INT>Alone?</v>\n<v P1>No.</v>\n"
    assert [words for _, words, _ in spoken(read(put, "a.vtt", content, options).transcripts[0])] == ["Alone?", "No."]


def test_without_names_a_pause_begins_a_paragraph(put, options):
    content = (
        "1\n00:00:01,000 --> 00:00:02,000\nIt was\n\n2\n00:00:02,500 --> 00:00:03,000\nwinter.\n\n"
        "3\n00:00:09,000 --> 00:00:10,000\nThen spring.\n"
    )
    imported = read(put, "a.srt", content, options)
    assert imported.transcripts[0].text == "It was winter.\n\nThen spring."
    assert {turn.role for turn in imported.transcripts[0].turns} == {"unknown"}
    assert any("no speakers" in note for note in imported.notes)


def test_in_a_focus_group_each_voice_beside_the_facilitator_is_a_participant_of_their_own(put, options):
    content = "WEBVTT\n\n" + "\n\n".join(
        f"00:00:0{n}.000 --> 00:00:0{n}.900\n<v {who}>Words of number {n}.</v>"
        for n, who in enumerate(["Moderator", "Kit's tablet", "maureen", "Kit's tablet"], 1)
    )
    imported = read(put, "a.vtt", content, options, kind="focus_group", case="FG1")
    turns = imported.transcripts[0].turns
    assert [(turn.role, turn.case) for turn in turns] == [
        ("facilitator", None),
        ("participant", "FG1.1"),
        ("participant", "FG1.2"),
        ("participant", "FG1.1"),
    ]
    assert "speakers beside the facilitator are taken as participants" in imported.notes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.vtt", "P1: words and no captions\n"),
        ("a.vtt", "WEBVTT\n\n00:99 --> later\nwords\n"),
        ("a.srt", "P1: words and no captions\n"),
        ("a.srt", ""),
        ("a.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n...\n"),
    ],
    ids=["no mark", "no times", "text as srt", "empty", "no word"],
)
def test_what_is_not_captions_is_refused_and_its_words_stay_out_of_the_error(put, options, name, content):
    with pytest.raises(MalformedTranscript) as caught:
        read(put, name, content, options)
    assert "words" not in str(caught.value)


@pytest.mark.parametrize(
    ("times", "wrong"),
    [("00:00:4,5 -> 00:00:06,000", ":7: is not a line of times"), ("00:00:xx --> 00:00:06,000", ":7: is not a line")],
)
def test_a_damaged_cue_is_not_passed_over_in_silence(put, options, times, wrong):
    damaged = OTTER.replace("00:00:04,500 --> 00:00:06,000", times)
    with pytest.raises(MalformedTranscript, match=wrong) as caught:
        read(put, "a.srt", damaged, options)
    assert "leaflet" not in str(caught.value)


def test_words_behind_an_empty_line_belong_to_the_caption_before_it(put, options):
    content = TEAMS.replace("<v P07>With a <i>leaflet</i>,</v>", "<v P07>With a\n\nleaflet,</v>")
    (torn,), (whole,) = (read(put, "a.vtt", text, options).transcripts for text in (content, TEAMS))
    assert (torn.text, torn.turns) == (whole.text, whole.turns)


def test_among_voices_a_caption_without_one_is_nobodys(put, options):
    content = TEAMS.replace("<v Ann Lee>Mm.</v>", "Well, I cried.").replace("<v Ann Lee>How did it</v>", "So alone.")
    imported = read(put, "a.vtt", content, options)
    said = {words: role for role, words, _ in spoken(imported.transcripts[0])}
    assert said["Well, I cried."] == said["So alone."] == "unknown"
    assert said["and a lonely winter."] == "participant"
    assert "some captions name nobody among others that do: they are coded, role unknown" in imported.notes


def test_names_may_stand_beside_voices(put, options):
    content = TEAMS.replace("<v P07>With a <i>leaflet</i>,</v>", "P08: With a leaflet,").replace(
        "<v Ann Lee>Mm.</v>", "P08: Mm."
    )
    turns = read(put, "a.vtt", content, options).transcripts[0].turns
    assert [turn.speaker for turn in turns] == ["ann lee", "p08", "p07"]


@pytest.mark.parametrize("label", ["INT 00:00:01:", "[00:00:01] INT:", "[INT]:", "**INT:**"])
def test_times_and_marks_around_a_name_are_not_the_name(put, options, label):
    imported = read(put, "a.srt", OTTER.replace("INT:", label), options)
    assert imported.transcripts[0].text.startswith("INT: How did it begin?")
    assert imported.transcripts[0].turns[0].role == "interviewer"


def test_a_transcribers_mark_in_angle_brackets_is_kept(put, options):
    assert "<sobbing>" in read(put, "a.srt", OTTER.replace("With a", "With <sobbing> a"), options).transcripts[0].text


def test_a_caption_may_be_a_year(put, options):
    content = "1\n00:00:01,000 --> 00:00:02,000\nINT: Since when?\n\n2\n00:00:02,000 --> 00:00:03,000\n1998\n"
    assert read(put, "a.srt", content, options).transcripts[0].text == "INT: Since when? 1998"


def test_a_file_that_is_not_there(tmp_path, options):
    with pytest.raises(ImporterError, match="cannot be opened"):
        captions.read(tmp_path / "none.vtt", options)


WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters="<>&*_\ufeff"), min_size=1
)


@given(st.lists(st.tuples(st.sampled_from(["INT", "P1", "Zoë 😀"]), st.lists(WORDS, min_size=1)), min_size=1))
def test_no_word_is_lost_and_every_turn_gives_its_words_back(tmp_path_factory, said):
    said = [(who, " ".join(words)) for who, words in said]
    said = [(who, words if any(map(str.isalnum, words)) else words + " well") for who, words in said]
    content = "WEBVTT\n\n" + "".join(
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.900\n"
        f"<v {who}>{words}</v>\n\n"
        for n, (who, words) in enumerate(said)
        if "-->" not in words
    )
    if not any("-->" not in words for _, words in said):
        return
    path = tmp_path_factory.mktemp("captions") / "a.vtt"
    path.write_text(content, encoding="utf-8")
    transcript = captions.read(path, ReadOptions(b"secret", "a.vtt")).transcripts[0]
    heard = [transcript.text[turn.start : turn.end].split() for turn in transcript.turns]
    assert list(chain(*heard)) == [word for _, words in said if "-->" not in words for word in words.split()]
