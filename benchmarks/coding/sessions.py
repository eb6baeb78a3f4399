"""Whole sessions, cut as qualcode cuts them; labels by overlap with what was highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode import segments
from qualcode.coding import ABSENT, PRESENT, Coding, onto
from qualcode.corpus import Segment, Transcript
from qualcode.importers import ReadOptions, text

SECRET = b"benchmark"


def sessions(
    folder: Path, highlights: pd.DataFrame, labels: Sequence[str]
) -> tuple[tuple[Segment, ...], NDArray[np.int8]]:
    """Windows of every transcript in `folder`, and which labels reach them.

    Args:
        folder: of text files, each named for its participant.
        highlights: columns `id`, `group` (the participant), `start`, `end`, and one 0/1 column a label.
        labels: columns of `highlights`.

    Returns:
        Segments, and PRESENT or ABSENT of shape (segments, labels). A label is present where a highlight that has it
        covers half of the shorter of the two, the rule of `coding.onto`; whatever else it touches counts as absent.
    """
    windows: list[Segment] = []
    sources: dict[str, Segment] = {}
    codings: list[Coding] = []
    for path in sorted(folder.glob("*.txt")):
        person = path.stem
        (transcript,) = text.read(path, ReadOptions(SECRET, path.name)).transcripts
        windows += [replace(one, case=person) for one in segments.by_window([transcript], secret=SECRET)]
        for row in highlights[highlights["group"] == person].to_dict("records"):
            source = _selected(transcript, row)
            sources[source.id] = source
            codings += [
                Coding(f"{row['id']}:{label}", source.id, label, "coder") for label in labels if row[label] == "1"
            ]
    return tuple(windows), reached(windows, labels, codings, sources)


def reached(
    windows: Sequence[Segment], labels: Sequence[str], codings: Sequence[Coding], sources: dict[str, Segment]
) -> NDArray[np.int8]:
    """Shape (windows, labels): PRESENT where `coding.onto` carries a coding, else ABSENT."""
    row = {segment.id: at for at, segment in enumerate(windows)}
    column = {label: at for at, label in enumerate(labels)}
    label = np.full((len(windows), len(labels)), ABSENT, dtype=np.int8)
    for coding in onto(codings, sources, windows).codings:
        label[row[coding.segment], column[coding.code]] = PRESENT
    return label


def _selected(transcript: Transcript, row: dict[str, str]) -> Segment:
    start, end = int(row["start"]), int(row["end"])
    return Segment(
        f"h:{transcript.id}:{start}:{end}", transcript.id, start, end, "selection", transcript.text[start:end]
    )
