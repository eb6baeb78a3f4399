"""The lines of one page of a PDF file in reading order, without footnotes and their marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from qualcode.importers import pdf_columns

RAISED = 0.8
"""A footnote's mark is set in letters smaller than this share of its line's."""
NOTE = 0.95
"""A footnote is set in letters smaller than this share of the page's."""

_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
"""Operators that show text."""
_INVISIBLE = re.compile(
    rb"/Span\s*<<\s*/ActualText\s*<FEFF(?:00AD|200[B-F]|2060|FEFF)+>\s*>>\s*BDC\s*<[0-9A-F]+>\s*Tj\s*EMC", re.IGNORECASE
)
_BLANKS = re.compile(r"[ \t\r\f\v]+")
_LIGATURES = str.maketrans({0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"})
"""Letters that a printer draws as one; nobody searches for them so."""
_MARK = re.compile(r"\d{1,3}(?:[,–-]\d{1,3})*|[*†‡§]{1,3}|\[\d{1,3}\]")
_BEFORE = re.compile(r"(?:^|[^\w])(?!(?:CO|[cmk]m|ft)$)[^\W\d_]{2,}$|[.,;:?!”’\"')\]]$")
"""What a mark stands behind: a word or a sign; a small number behind `CO` or `cm` is none."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page gives."""

    lines: tuple[str, ...] = field(repr=False)
    marks: int = 0
    """Footnote marks left out."""
    notes: int = 0
    """Footnotes left out."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that are set in one size on one line."""

    text: str = field(repr=False)
    size: float
    low: float
    """Points from below."""


def read(page: Any) -> Page:
    """One page of pypdf's.

    Args:
        page: as `PdfReader.pages` gives it; pypdf's errors pass through.
    """
    pieces: list[_Piece] = []
    shows: list[tuple[float, float]] = []

    def hear(text: str, outer: list[float], inner: list[float], _font: object, size: float) -> None:
        scale = sqrt(abs((outer[0] * outer[3] - outer[1] * outer[2]) * (inner[0] * inner[3] - inner[1] * inner[2])))
        pieces.append(_Piece(text, size * scale, _at(outer, inner)[1]))

    def see(operator: bytes, _operands: object, outer: list[float], inner: list[float]) -> None:
        if operator in _SHOWS:
            shows.append(_at(outer, inner))

    _drop_invisible(page)
    page.extract_text(visitor_text=hear, visitor_operand_before=see)
    lines = [line for line in _lines(pieces) if any(piece.text.strip() for piece in line)]
    body = _usual(lines)
    kept, marks = _without_marks(lines)
    kept, notes = _without_notes(kept, marks, body)
    texts = [text for line in kept if (text := _spaced("".join(piece.text for piece in line)))]
    if pdf_columns.suspected(shows, float(page.mediabox.width)):
        columns = pdf_columns.reordered(page.extract_text(extraction_mode="layout"), texts)
        texts = texts if columns is None else columns
    return Page(tuple(texts), len(marks), notes)


def _spaced(text: str) -> str:
    """Words with one blank between them, as they are spelt.

    A label and its speech stand in tabbed columns in some exports: tabs and runs of blanks are one blank.
    """
    return _BLANKS.sub(" ", text).translate(_LIGATURES).strip(" ")


def _drop_invisible(page: Any) -> None:
    """Take glyphs out that stand for a soft hyphen or a mark of no width.

    Browsers print a blank's glyph for it and say beside it what it is; pypdf would read `soft ly`.
    """
    from pypdf.generic import DecodedStreamObject, NameObject

    content = page.get_contents()
    if content is not None and b"/ActualText" in (data := content.get_data()):
        seen = DecodedStreamObject()
        seen.set_data(_INVISIBLE.sub(b"", data))
        page[NameObject("/Contents")] = seen


def _at(outer: Sequence[float], inner: Sequence[float]) -> tuple[float, float]:
    x, y = inner[4], inner[5]
    return x * outer[0] + y * outer[2] + outer[4], x * outer[1] + y * outer[3] + outer[5]


def _lines(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    lines: list[list[_Piece]] = [[]]
    for piece in pieces:
        for number, text in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if text:
                lines[-1].append(_Piece(text, piece.size, piece.low))
    return lines


def _usual(lines: Sequence[Sequence[_Piece]]) -> float:
    """The size that most of the page's letters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        for piece in line:
            sizes[round(piece.size, 1)] += len(piece.text.strip())
    return max(sizes, key=lambda size: sizes[size]) if sizes else 0.0


def _without_marks(lines: Sequence[Sequence[_Piece]]) -> tuple[list[list[_Piece]], list[str]]:
    kept: list[list[_Piece]] = []
    marks: list[str] = []
    for line in lines:
        kept.append([])
        largest = max(piece.size for piece in line)
        for piece in line:
            before = "".join(other.text for other in kept[-1]).rstrip()
            base = min((other.low for other in line if other.size == largest), default=piece.low)
            small = piece.size < RAISED * largest and piece.low >= base - 0.1 * largest
            if small and _MARK.fullmatch(piece.text.strip()) and _BEFORE.search(before):
                marks.append(piece.text.strip())
                # The mark may carry the blank before the next word.
                kept[-1].append(_Piece(" " if piece.text.endswith(" ") else "", piece.size, piece.low))
            else:
                kept[-1].append(piece)
    return kept, marks


def _without_notes(lines: list[list[_Piece]], marks: Sequence[str], body: float) -> tuple[list[list[_Piece]], int]:
    """Without small lines that begin with a mark of the page's text, and the small lines that go on from there.

    They stand at the foot of the page or of a column.
    """
    begins = {mark.strip("[]") for found in marks for mark in re.split("[,–-]", found)}
    kept, notes, within = [], 0, False
    for line in lines:
        small = all(piece.size < NOTE * body for piece in line if piece.text.strip())
        begun = small and _first(line) in begins
        notes += begun
        within = begun or (within and small)
        if not within:
            kept.append(line)
    return kept, notes


def _first(line: Sequence[_Piece]) -> str:
    """What a line begins with up to its first blank, without the signs behind a mark."""
    text = "".join(piece.text for piece in line).split()
    found = _MARK.match(text[0]) if text else None
    return found.group().strip("[]") if found else ""
