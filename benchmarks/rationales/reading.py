"""Public peer support with people's own rationales: responses, codes, and the words that people marked for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook
from qualcode.coding import Span
from qualcode.corpus import Segment
from qualcode.importers.rows import read_rows
from qualcode.taggers.training import Training

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "epitome"
_TOKEN = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Marked:
    """A response that has a code, and what people marked for it."""

    row: int
    code: str
    spans: tuple[Span, ...]


def codebook() -> Codebook:
    return codebooks.from_rows(read_rows(DATA / "codebook.csv", "codebook.csv"), codebook_id="epitome", title="Epitome")


def responses(split: str) -> tuple[Training, list[Marked], int]:
    """Responses of a part with their labels, what was marked, and how many markings are not words of the response."""
    rows = pd.read_csv(DATA / "data.csv", keep_default_na=False)
    rows = rows[rows["split"] == split].reset_index(drop=True)
    codes = [code.id for code in codebook().active]
    level = rows[[f"{code}_level" for code in codes]].to_numpy()
    segments = tuple(
        Segment(f"s_{id_}", f"t_{id_}", 0, len(text), "window", text, context, case=group)
        for id_, group, context, text in rows[["id", "group", "context", "text"]].itertuples(index=False)
    )
    marked, lost = [], 0
    for row, column in zip(*np.nonzero(level > 0), strict=True):
        said = rows.loc[row, f"{codes[column]}_evidence"].split("|")
        spans = located(segments[row].text, [one.strip() for one in said if one.strip()])
        if spans:
            marked.append(Marked(int(row), codes[column], spans))
        else:
            lost += 1
    label = (level > 0).astype(np.int8)
    return Training(segments, tuple(codes), label, np.ones(label.shape)), marked, lost


def located(text: str, quotations: list[str]) -> tuple[Span, ...]:
    """Where quotations stand, letter for letter; those that do not are left out."""
    places = [(text.find(one), one) for one in quotations]
    return tuple((at, at + len(one)) for at, one in places if at >= 0)


def tokens(text: str) -> list[Span]:
    return [match.span() for match in _TOKEN.finditer(text)]


def covered(tokens: list[Span], spans: tuple[Span, ...] | list[Span]) -> np.ndarray:
    """Which tokens any of the spans touches."""
    return np.array([any(start < b and a < end for start, end in spans) for a, b in tokens], dtype=bool)
