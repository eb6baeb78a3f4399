"""Interviews of an hour, made up by a seeded generator: no two alike, and nobody's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

WORDS_AN_HOUR = 8_000
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ter",
    "sun",
    "bel",
    "dor",
    "fen",
    "gra",
    "hol",
    "ith",
    "jun",
    "pel",
    "ros",
    "tam",
    "ver",
)
_COMMON = (
    "the",
    "a",
    "and",
    "to",
    "I",
    "it",
    "was",
    "of",
    "in",
    "that",
    "he",
    "she",
    "they",
    "we",
    "had",
    "so",
    "but",
    "for",
)
_SPEAKERS = ("Interviewer", "P07", "Friend", "Interviewer", "P07")


def turns(number: int) -> Iterator[tuple[str, str]]:
    """Speaker and speech, some 8,000 words in all."""
    chance = random.Random(number)
    rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(1_500)]
    left = WORDS_AN_HOUR
    while left > 0:
        for speaker in _SPEAKERS:
            length = chance.randint(6, 16) if speaker == "Interviewer" else chance.randint(20, 90)
            left -= length
            words = [chance.choice(_COMMON if chance.random() < 0.55 else rare) for _ in range(length)]
            yield speaker, _sentences(words, "?" if speaker == "Interviewer" else ".")


def _sentences(words: list[str], mark: str) -> str:
    parts = [words[at : at + 11] for at in range(0, len(words), 11)]
    return " ".join(" ".join(part).capitalize() + mark for part in parts)


def write_docx(path: Path, number: int) -> None:
    from docx import Document

    document = Document()
    for speaker, speech in turns(number):
        document.add_paragraph(f"{speaker}: {speech}")
    document.save(str(path))


def write_vtt(path: Path, number: int) -> None:
    """As a meeting program writes it: a caption of some twelve words every four seconds."""
    lines, at = ["WEBVTT", ""], 0.0
    for speaker, speech in turns(number):
        words = speech.split()
        for begin in range(0, len(words), 12):
            lines += [
                f"{_clock(at)} --> {_clock(at + 3.9)}",
                f"<v {speaker}>{' '.join(words[begin : begin + 12])}</v>",
                "",
            ]
            at += 4.0
    path.write_text("\n".join(lines), encoding="utf-8")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60):02}:{int(minutes % 60):02}:{rest:06.3f}"
