"""The cues of WebVTT and SubRip files, as meetings, recorders and captioning services really write them.

Times may lack their hours or have a comma for a dot, numbers and empty lines may be missing, cues may be empty, out of
order, or roll: each repeats the words of the one before. No word is passed over in silence.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest

from qualcode.errors import MalformedTranscript

ROLLING = 0.5
"""From this share of captions on that repeat the end of the one before, a file rolls; else people repeat themselves."""
ROLLING_LEAST = 4
ROLLING_WORDS = 3
"""Different words that must come again, in so many captions at least."""

_AT = r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,3}}):(?P<{0}s>\d{{1,2}}(?:[.,]\d{{1,3}})?)"
_TIMES = re.compile(rf"^\s*{_AT.format('a')}\s*-->\s*{_AT.format('b')}(?:\s+\S.*)?$")
_NEARLY_TIMES = re.compile(
    r"^\s*\d{1,2}:\d{1,2}(?::\d{1,2})?[.,]\d{1,3}\s*(?:->|[—–]>|[-–—])\s*\S*\s*$|^\s*\d{1,3}:\S*\s*-->"
)
"""A line of times with a wrong arrow or with what is no time."""
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"</?(?:[biucv]|font|ruby|rt|lang)(?:[.\s][^<>]*)?/?>|<\d[\d:.]*>|\{\\an?\d\}", re.IGNORECASE)
"""Marks of the format; `<sobbing>` is a transcriber's."""
_NAMED_NUMBER = re.compile(r'^\d+\s+"(?P<name>[^"]+)"(?:\s+\(\d+\))?$')
"""`12 "Ann Lee" (34567)`: Webex names the speaker beside the cue's number."""
_NAMING_NOTE = re.compile(r"^NOTE\s+speaker\s*[:=]\s*(?P<name>.+)$", re.IGNORECASE)
_NOT_KEPT = dict.fromkeys((0, 0xFEFF))
_COMMENTS = ("WEBVTT", "NOTE", "STYLE", "REGION")
_HINT = "each caption needs a line of times such as 00:00:05.000 --> 00:00:07.000, and its words below"


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of speech with its times, in seconds from the beginning."""

    speaker: str = field(repr=False)
    """As the file names it; empty where the cue names nobody."""
    words: str = field(repr=False)
    start: float
    end: float


def parse(text: str, suffix: str, source: str) -> tuple[list[Cue], tuple[str, ...]]:
    """The cues of a file's text, in the order of their times, and what was done to them.

    Raises:
        MalformedTranscript: no cue, damaged times, or words that belong to no cue.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if _NEARLY_TIMES.match(line) and not _TIMES.match(line):
            raise MalformedTranscript("is not a line of times", path=source, line=number, hint=_HINT)
    if not any(map(_TIMES.match, lines)):
        expected = "a first line WEBVTT and captions" if suffix == "vtt" else "numbered captions"
        raise MalformedTranscript(
            f"is not a {suffix} file that can be read (expected {expected} with times such as 00:00:05.000)",
            path=source,
            hint="export the captions anew, or save the words as .txt",
        )
    cues = list(_cues(lines, source))
    notes: tuple[str, ...] = ()
    if any(after.start < before.start for before, after in pairwise(cues)):
        cues.sort(key=lambda cue: cue.start)
        notes = ("captions were out of order: they are put in the order of their times",)
    said = [piece for cue in cues for piece in _voices(cue)]
    folded = _folded(said)
    if folded != said:
        notes = (*notes, "captions repeat words of the one before: repeats are left out")
    return folded, notes


def _cues(lines: Sequence[str], source: str) -> Iterator[Cue]:
    """Cues with their words as they stand; those behind an empty line belong to the cue before it."""
    cue: Cue | None = None
    said: list[str] = []
    speaker = ""
    for start, block in _blocks(lines):
        first = next((place for place, line in enumerate(block) if _times(line)), None)
        if first is None and block[0].startswith(_COMMENTS):
            naming = _NAMING_NOTE.match(" ".join(block))
            speaker = naming["name"].strip() if naming else speaker
            continue
        for place, line in enumerate(block):
            if times := _times(line):
                if cue:
                    yield replace(cue, words="\n".join(said))
                    said = []
                named = _NAMED_NUMBER.match(block[place - 1].strip()) if place else None
                cue = Cue(named["name"] if named else speaker, "", _seconds(times, "a"), _seconds(times, "b"))
                speaker = ""
            elif _names_a_cue(block, place, first):
                continue
            elif cue:
                said.append(line)
            elif not line.startswith(_COMMENTS):
                words = len(line.split())
                raise MalformedTranscript(
                    f"{words} words stand before the first caption", path=source, line=start + place, hint=_HINT
                )
    if cue:
        yield replace(cue, words="\n".join(said))


def _times(line: str) -> re.Match[str] | None:
    return _TIMES.match(line) if "-->" in line else None


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty ones, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate((*lines, ""), start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _names_a_cue(block: Sequence[str], place: int, first: int | None) -> bool:
    """The line above a line of times: any at the beginning of a block, a number where no empty line parts the cues."""
    if place + 1 >= len(block) or not _times(block[place + 1]):
        return False
    return place + 1 == first or block[place].strip().isdigit()


def _voices(cue: Cue) -> Iterator[Cue]:
    voices = list(_VOICE.finditer(cue.words)) if "<v" in cue.words else []
    pieces = [(cue.speaker, cue.words[: voices[0].start()] if voices else cue.words)]
    for voice, following in zip_longest(voices, voices[1:]):
        if voice:
            pieces.append((voice[1], cue.words[voice.end() : following.start() if following else len(cue.words)]))
    for speaker, words in pieces:
        plain = _plain(_TAG.sub("", words) if "<" in words or "{" in words else words)
        if plain:
            yield Cue(_plain(speaker), plain, cue.start, cue.end)


def _plain(words: str) -> str:
    return " ".join((html.unescape(words) if "&" in words else words).translate(_NOT_KEPT).split())


def _folded(cues: list[Cue]) -> list[Cue]:
    """Rolling captions without what each repeats of the one before (automatic captions show two lines that roll)."""
    repeated = [0, *(_repeated(before, cue) for before, cue in pairwise(cues))]
    rolls = sum(len(set(cue.words.split()[:n])) >= ROLLING_WORDS for cue, n in zip(cues, repeated, strict=True))
    if rolls < max(ROLLING_LEAST, ROLLING * (len(cues) - 1)):
        return cues
    kept = [
        replace(cue, words=" ".join(cue.words.split()[n:])) if n else cue for cue, n in zip(cues, repeated, strict=True)
    ]
    return [cue for cue in kept if cue.words]


def _repeated(before: Cue, cue: Cue) -> int:
    """How many words at the beginning of a cue are the last of the one before; one alone is chance."""
    if before.speaker != cue.speaker:
        return 0
    old, new = before.words.split(), cue.words.split()
    for n in range(min(len(old), len(new)), 0, -1):
        if old[-n:] == new[:n]:
            return n if n > 1 or n == len(old) < len(new) else 0
    return 0


def _seconds(times: re.Match[str], which: str) -> float:
    hours, minutes = int(times[f"{which}h"] or 0), int(times[f"{which}m"])
    return hours * 3600.0 + minutes * 60.0 + float(times[f"{which}s"].replace(",", "."))
