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
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import turns
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.text import decoded, document, normalised

PAUSE_SECONDS = 2.0
"""Where nobody is named, so long a silence begins a new paragraph."""

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_NEARLY_TIMES = re.compile(r"^\s*\d+:\d[\d:.,]*\s*(?:->|—>|–>|-|–|—)\s*\d+:\d[\d:.,]*\s*$")
_TAG = re.compile(r"</?[a-z][^<>]*>|<\d[\d:.]*>", re.IGNORECASE)


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
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror})", path=options.source) from error
    text, encoding, notes = decoded(data, options.source)
    cues = _named(_cues(normalised(text), path.suffix.lower().lstrip("."), options.source), options.speakers)
    written, labels = _written(cues)
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
    except (MalformedFileError, MalformedCaptionError) as error:
        expected = "a first line WEBVTT and cues" if suffix == "vtt" else "numbered cues"
        raise MalformedTranscript(
            f"is not a {suffix} file that can be read (expected {expected} with times such as 00:00:05.000)",
            path=source,
            hint="export the captions anew, or save the words as .txt",
        ) from error
    if suffix == "srt":
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
            plain = " ".join(html.unescape(_TAG.sub("", words)).split())
            if plain:
                found.append(_Cue(" ".join(html.unescape(speaker).split()), plain, at, until))
    return found


def _refuse_damage(text: str, read: Sequence[str], source: str) -> None:
    """The reader of SubRip passes over damaged times: it drops the cue, or takes it for words of the one before."""

    def words(lines: Sequence[str]) -> int:
        return sum(len(line.split()) for line in lines if "-->" not in line and not line.strip().isdigit())

    hint = "each caption needs its number, a line of times such as 00:00:05,000 --> 00:00:07,000, and its words"
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if _NEARLY_TIMES.match(line):
            raise MalformedTranscript("is not a line of times", path=source, line=number, hint=hint)
    lost = words(lines) - words([line for cue in read for line in cue.splitlines()])
    if lost:
        raise MalformedTranscript(f"{lost} words stand in no caption that can be read", path=source, hint=hint)


def _named(cues: Sequence[_Cue], speakers: Mapping[str, Role]) -> list[_Cue]:
    """Names at the beginning of cues become the cues' speakers; a cue without one goes on with the last."""
    if any(cue.speaker for cue in cues):
        return list(cues)
    lines = "\n".join(cue.words for cue in cues)
    labels = {label.start: label for label in turns.in_text(lines, speakers)}
    named, at, speaker = [], 0, ""
    for cue in cues:
        words = cue.words
        if at in labels:
            label = labels[at]
            speaker, words = lines[at : label.end].rstrip(" :–—-\n"), lines[label.end : at + len(words)].strip()
        if words:
            named.append(_Cue(speaker, words, cue.start, cue.end))
        at += len(cue.words) + 1
    return named


def _written(cues: Sequence[_Cue]) -> tuple[str, list[turns.Label]]:
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
            if cue.speaker:
                labels.append(turns.Label(cue.speaker.lower(), start, start + len(name), seconds=cue.start))
            piece = gap + name + cue.words
        parts.append(piece)
        length += len(piece)
        before = cue
    return "".join(parts), labels


def _goes_on(before: _Cue, cue: _Cue) -> bool:
    return cue.start - before.end < PAUSE_SECONDS
