"""Caption files by their dialects: times, numbers, names, rolling captions; and what is refused."""

from __future__ import annotations

import pytest

from qualcode.errors import MalformedTranscript
from qualcode.importers import cues


def said(text: str, suffix: str = "vtt") -> list[tuple[str, str, float]]:
    return [(cue.speaker, cue.words, cue.start) for cue in cues.parse(text, suffix, "a")[0]]


@pytest.mark.parametrize(
    ("times", "start"),
    [
        ("00:01.000 --> 00:02.000", 1.0),
        ("00:00:01,500 --> 00:00:02,000", 1.5),
        ("0:0:1.5 --> 0:0:2.0", 1.5),
        ("00:00:01 --> 00:00:02", 1.0),
        ("100:00:01.000 --> 100:00:02.000", 360001.0),
        ("  00:01:01.000-->00:01:02.000", 61.0),
        ("00:00:01.000 --> 00:00:02.000 align:start position:0% line:-1", 1.0),
    ],
)
@pytest.mark.parametrize("suffix", ["vtt", "srt"])
def test_times_in_every_dress(times, start, suffix):
    assert said(f"WEBVTT\n\n1\n{times}\nAlone.\n", suffix) == [("", "Alone.", start)]


def test_cues_without_empty_lines_between_them_and_a_year_that_is_no_number():
    text = "1\n00:00:01,000 --> 00:00:02,000\nSince\n1998\n2\n00:00:03,000 --> 00:00:04,000\nalone.\n"
    assert [words for _, words, _ in said(text, "srt")] == ["Since 1998", "alone."]


def test_empty_cues_headers_notes_and_styles_hold_no_words():
    text = (
        "WEBVTT - made somewhere\nKind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE\nsecond take\n\n"
        "REGION\nid:a\n\n00:01.000 --> 00:02.000\n \n\n00:03.000 --> 00:04.000\nAlone.\n\nNOTE Confidence: 0.9\n"
    )
    assert said(text) == [("", "Alone.", 3.0)]


@pytest.mark.parametrize(
    ("cue", "speaker", "words"),
    [
        ("00:01.000 --> 00:02.000\n<v Ann Lee>Alone.</v>", "Ann Lee", "Alone."),
        ("00:01.000 --> 00:02.000\n<v.loud Zo&euml;>Tea &amp; cake &lt;3", "Zoë", "Tea & cake <3"),
        ('7 "Ann Lee" (34567)\n00:01.000 --> 00:02.000\nAlone.', "Ann Lee", "Alone."),
        ("NOTE speaker: Ann Lee\n\n00:01.000 --> 00:02.000\nAlone.", "Ann Lee", "Alone."),
        ("8f3c-0/12\n00:01.000 --> 00:02.000\n{\\an8}<i>Alone</i> <sobbing>.", "", "Alone <sobbing>."),
    ],
)
def test_names_and_marks(cue, speaker, words):
    assert said(f"WEBVTT\n\n{cue}\n") == [(speaker, words, 1.0)]


def test_cues_out_of_order_are_put_in_order_and_it_is_said():
    text = "WEBVTT\n\n00:03.000 --> 00:04.000\nThen.\n\n00:01.000 --> 00:02.000\nFirst.\n"
    found, notes = cues.parse(text, "vtt", "a")
    assert [cue.words for cue in found] == ["First.", "Then."]
    assert "out of order" in notes[0]


LINES = ("so we went to the", "shop on the corner and", "then it rained all day", "and nobody had a coat", "at all so")


def _rolling() -> str:
    """Two lines that roll: each cue shows the line before and its own word by word, then the line stands alone."""
    parts, before = ["WEBVTT\nKind: captions\n"], " "
    for n, line in enumerate(LINES):
        first, *rest = line.split()
        growing = first + "".join(f"<00:00:0{2 * n}.500><c> {word}</c>" for word in rest)
        parts.append(f"00:{2 * n:02}.000 --> 00:{2 * n + 1:02}.990 align:start position:0%\n{before}\n{growing}\n")
        parts.append(f"00:{2 * n + 1:02}.990 --> 00:{2 * n + 2:02}.000\n{line}\n \n")
        before = line
    return "\n".join(parts)


def test_rolling_captions_are_told_once():
    found, notes = cues.parse(_rolling(), "vtt", "a")
    assert " ".join(cue.words for cue in found) == " ".join(LINES)
    assert "repeat" in notes[0]


def test_growing_captions_are_told_once():
    words = " ".join(LINES).split()
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:{n:02}.000 --> 00:{n:02}.900\n{' '.join(words[: n + 3])}" for n in range(len(words) - 2)
    )
    assert " ".join(cue.words for cue in cues.parse(text, "vtt", "a")[0]) == " ".join(words)


def test_people_who_repeat_themselves_keep_every_word():
    lines = [
        "I was so alone",
        "I was so alone",
        "no no no",
        "no no no",
        "and then",
        "the bus came",
        "and went",
        "again",
    ]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:0{n}.000 --> 00:0{n}.900\n{line}" for n, line in enumerate(lines))
    assert [words for _, words, _ in said(text)] == lines


def test_words_before_the_first_caption_are_refused_without_being_told():
    with pytest.raises(MalformedTranscript, match="a:1: 2 words stand before") as caught:
        said("Zyzzyva lamplight\n\n1\n00:01.000 --> 00:02.000\nAlone.\n", "srt")
    assert "lamplight" not in str(caught.value)
