"""Captions: WebVTT and SubRip files of meetings and recorders, their fragments joined into turns.

The text that is kept is one paragraph a turn, `Speaker: what they said`; times go into the turns, cue numbers and
settings are left out. A speaker is named by `<v Name>` (Teams), beside the cue's number (Webex), in a note, or at the
beginning of a cue (Zoom, Otter).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qualcode.corpus import Role
from qualcode.importers import cues, labels
from qualcode.importers.cues import Cue
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.labels import Label
from qualcode.importers.text import contents, decoded, document, normalised

PAUSE_SECONDS = 2.0
"""Where nobody is named, so long a silence begins a new paragraph."""


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a caption file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not WebVTT or SubRip, or no word in it.
    """
    data = contents(path, options.source)
    text, encoding, notes = decoded(data, options.source)
    found, told = cues.parse(normalised(text), path.suffix.lower().lstrip("."), options.source)
    voiced = any(cue.speaker for cue in found)
    found = _named(found, options.speakers, carry_on=not voiced)
    notes += told
    if voiced and not all(cue.speaker for cue in found):
        notes = (*notes, "some captions name nobody among others that do: they are coded, role unknown")
    written, spoken = _written(found, voiced=voiced)
    return document(
        written,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        notes=notes,
        labels=spoken or None,
    )


def _named(found: Sequence[Cue], speakers: Mapping[str, Role], *, carry_on: bool) -> list[Cue]:
    """Names at the beginning of cues become the cues' speakers.

    With `carry_on` a cue without one goes on with the last; beside voices it may be anybody's, and stays nobody's.
    """
    lines = "\n".join(cue.words for cue in found if not cue.speaker)
    # A label may take in a time on the line above it, which here is another cue.
    begins = {
        begin: label
        for label in labels.in_text(lines, speakers)
        if (begin := lines.rfind("\n", 0, label.end) + 1) >= label.start
    }
    named, at, last = [], 0, ""
    for cue in found:
        if cue.speaker:
            named.append(cue)
            continue
        speaker, words = last if carry_on else "", cue.words
        if at in begins:
            label = begins[at]
            speaker, words = label.name, lines[label.end : at + len(words)].strip()
            last = speaker
        if words:
            named.append(replace(cue, speaker=speaker, words=words))
        at += len(cue.words) + 1
    return named


def _written(found: Sequence[Cue], *, voiced: bool) -> tuple[str, list[Label]]:
    """The text as it is kept, and where in it each speaker begins."""
    parts: list[str] = []
    spoken: list[Label] = []
    length = 0
    before: Cue | None = None
    for cue in found:
        if before is not None and cue.speaker == before.speaker and (cue.speaker or _goes_on(before, cue)):
            piece = " " + cue.words
        else:
            gap = "\n\n" if parts else ""
            name = f"{cue.speaker}: " if cue.speaker else ""
            start = length + len(gap)
            if cue.speaker or voiced:
                spoken.append(
                    Label(
                        labels.key_of(labels.plain(cue.speaker)),
                        start,
                        start + len(name),
                        seconds=cue.start,
                        name=cue.speaker,
                    )
                )
            piece = gap + name + cue.words
        parts.append(piece)
        length += len(piece)
        before = cue
    return "".join(parts), spoken


def _goes_on(before: Cue, cue: Cue) -> bool:
    return cue.start - before.end < PAUSE_SECONDS
