"""Captions: WebVTT and SubRip files of meetings and recorders, their fragments joined into turns.

The text that is kept is one paragraph a turn, `Speaker: what they said`; times go into the turns, cue numbers and
settings are left out. A speaker is named by `<v Name>` (Teams) or at the beginning of a cue (Zoom, Otter).
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from qualcode.corpus import Role
from qualcode.errors import MalformedTranscript
from qualcode.importers import turns
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.text import contents, decoded, document, normalised

PAUSE_SECONDS = 2.0
"""Where nobody is named, so long a silence begins a new paragraph."""

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_NEARLY_TIMES = re.compile(r"^\s*\d{1,2}:\d{2}(?::\d{1,2})?[.,]\d{1,3}\s*(?:->|[—–]>|[-–—])\s*\S*\s*$")
"""A line of times with a wrong arrow, or none behind it."""
_TAG = re.compile(r"</?(?:[biucv]|font|ruby|rt|lang)(?:[.\s][^<>]*)?/?>|<\d[\d:.]*>", re.IGNORECASE)
"""Marks of the format; `<sobbing>` is a transcriber's."""


@dataclass(frozen=True, slots=True)
class _Cue:
    speaker: str = field(repr=False)
    """As the file names it; empty where the cue names nobody."""
    words: str = field(repr=False)
    start: float
    end: float


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a caption file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not WebVTT or SubRip, or no word in it.
    """
    data = contents(path, options.source)
    text, encoding, notes = decoded(data, options.source)
    suffix = path.suffix.lower().lstrip(".")
    cues = _cues(normalised(text), suffix, options.source)
    voiced = any(cue.speaker for cue in cues)
    cues = _named(cues, options.speakers, carry_on=not voiced)
    unnamed = sum(not cue.speaker for cue in cues)
    if voiced and unnamed:
        notes = (*notes, f"{unnamed} captions name nobody among others that do: they are coded, role unknown")
    written, labels = _written(cues, voiced=voiced)
    return document(
        written,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        notes=notes,
        labels=labels or None,
    )


def _cues(text: str, suffix: str, source: str) -> list[_Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        captions = webvtt.from_buffer(io.StringIO(text), format=suffix, strict=suffix == "vtt").captions
    except (MalformedFileError, MalformedCaptionError):
        expected = "a first line WEBVTT and cues" if suffix == "vtt" else "numbered cues"
        raise MalformedTranscript(
            f"is not a {suffix} file that can be read (expected {expected} with times such as 00:00:05.000)",
            path=source,
            hint="export the captions anew, or save the words as .txt",
        ) from None  # the library quotes what people said
    _refuse_damage(text, [caption.raw_text for caption in captions], source)
    found = []
    for caption in captions:
        raw, at = caption.raw_text, caption.start_time.in_milliseconds() / 1000
        until = caption.end_time.in_milliseconds() / 1000
        voices = list(_VOICE.finditer(raw))
        pieces = [("", raw[: voices[0].start()] if voices else raw)]
        for voice, following in zip_longest(voices, voices[1:]):
            pieces.append((voice[1], raw[voice.end() : following.start() if following else len(raw)]))
        for speaker, words in pieces:
            plain = _plain(_TAG.sub("", words))
            if plain:
                found.append(_Cue(_plain(speaker), plain, at, until))
    return found


def _plain(words: str) -> str:
    return " ".join(normalised(html.unescape(words)).replace("\ufeff", "").split())


def _refuse_damage(text: str, read: Sequence[str], source: str) -> None:
    """The library passes over what it cannot read: damaged times, words behind an empty line. They must not vanish."""
    hint = (
        "each caption needs a line of times such as 00:00:05.000 --> 00:00:07.000, its words, and no empty line in it"
    )
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if _NEARLY_TIMES.match(line):
            raise MalformedTranscript("is not a line of times", path=source, line=number, hint=hint)
    lost = _words(_spoken(lines)) - _words([line for cue in read for line in cue.splitlines()])
    if lost > 0:
        raise MalformedTranscript(f"{lost} words stand in no caption that can be read", path=source, hint=hint)


def _words(lines: Sequence[str]) -> int:
    return sum(len(line.split()) for line in lines if not line.strip().isdigit())


def _spoken(lines: Sequence[str]) -> list[str]:
    """Lines that are neither header, comment, style, name of a cue nor times."""
    found: list[str] = []
    block: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            block.append(line)
            continue
        times = next((place for place, other in enumerate(block) if "-->" in other), None)
        if times is not None:
            found += block[times + 1 :]
        elif block and not block[0].startswith(("WEBVTT", "NOTE", "STYLE", "REGION")):
            found += block
        block = []
    return found


def _named(cues: Sequence[_Cue], speakers: Mapping[str, Role], *, carry_on: bool) -> list[_Cue]:
    """Names at the beginning of cues become the cues' speakers.

    With `carry_on` a cue without one goes on with the last; beside voices it may be anybody's, and stays nobody's.
    """
    own = [cue for cue in cues if not cue.speaker]
    lines = "\n".join(cue.words for cue in own)
    labels = {label.start: label for label in turns.in_text(lines, speakers)}
    named, at, last = [], 0, ""
    for cue in cues:
        if cue.speaker:
            named.append(cue)
            continue
        speaker, words = last if carry_on else "", cue.words
        if at in labels:
            label = labels[at]
            speaker, words = label.name, lines[label.end : at + len(words)].strip()
            last = speaker
        if words:
            named.append(_Cue(speaker, words, cue.start, cue.end))
        at += len(cue.words) + 1
    return named


def _written(cues: Sequence[_Cue], *, voiced: bool) -> tuple[str, list[turns.Label]]:
    """The text as it is kept, and where in it each speaker begins."""
    parts: list[str] = []
    labels: list[turns.Label] = []
    length = 0
    before: _Cue | None = None
    for cue in cues:
        if before is not None and cue.speaker == before.speaker and (cue.speaker or _goes_on(before, cue)):
            piece = " " + cue.words
        else:
            gap = "\n\n" if parts else ""
            name = f"{cue.speaker}: " if cue.speaker else ""
            start = length + len(gap)
            if cue.speaker or voiced:
                labels.append(turns.Label(cue.speaker.lower(), start, start + len(name), seconds=cue.start))
            piece = gap + name + cue.words
        parts.append(piece)
        length += len(piece)
        before = cue
    return "".join(parts), labels


def _goes_on(before: _Cue, cue: _Cue) -> bool:
    return cue.start - before.end < PAUSE_SECONDS
