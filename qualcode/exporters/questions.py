"""The sheet of `qualcode ask`: passages to be judged blind, for all codes or each for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode.codebook import Codebook
from qualcode.corpus import Segment
from qualcode.exporters import workbook
from qualcode.exporters.sheet import code_columns, codebook_page
from qualcode.exporters.workbook import Column, Sheet
from qualcode.formats.sheet import APPLIES, ASKED, CODE, NO, POLARITY_IS, ROOM, SAMPLE_ID, SEGMENT, YES

_OWN = (
    "Sheet 'Asked': passages to judge. Nobody's codes are shown, and no machine's, so that your judgement is your own. "
    "Some were drawn by lot, others chosen; which is which is not shown. Dull ones count as much."
)
_SEGMENTS = (
    "In yellow cells name the codes that are there, or choose 'none'. A row with an answer judges all codes of the "
    "sheet 'Codebook': those named are present, the others absent. If all cells of a row are filled, only those are "
    "judged.",
)
_CODES = (
    "Each row asks about one code: does it apply to the passage, yes or no? The sheet 'Codebook' says what the code "
    "means. A row says nothing of other codes.",
)
_LAST = (
    "Leave a row empty if you cannot decide: empty means not judged, never absent. Sort and filter as you like; the "
    "grey columns on the right hold the ids that bring your answers back. Do not change them."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One question."""

    segment: Segment
    programme: str
    sample: str
    code: str = ""
    """The one code that is asked about; empty for all."""


def write(path: Path, rows: Sequence[Row], codebook: Codebook, *, coder: str, stamp: str) -> int:
    """Write the sheet.

    Args:
        path: of the workbook.
        rows: the questions; either all or none of them are about one code.
        codebook: the codes that are asked about.
        coder: who is asked.
        stamp: what its first page warns of.

    Returns:
        How many cells had to be cut.
    """
    codes = tuple(code.id for code in codebook.active)
    facet = codebook.facet("polarity")
    polarities = facet.values if facet else ()
    one_code = any(row.code for row in rows)
    guide = (_OWN, *(_CODES if one_code else _SEGMENTS), _LAST)
    lines = [[line] for line in (*guide, f"Save, then: qualcode import-codings THIS_FILE --coder {coder}")]
    page = (
        Sheet(ASKED, _code_columns(polarities), [_code_row(row, codebook) for row in rows])
        if one_code
        else Sheet(ASKED, code_columns(codes, polarities, room=ROOM), [_segment_row(row) for row in rows])
    )
    return workbook.write(
        path, [Sheet("Read me", (Column("How to answer", 120),), lines, stamp=stamp), page, codebook_page(codebook)]
    )


def _segment_row(row: Row) -> list[object]:
    segment = row.segment
    end = [segment.case, row.programme, segment.role, segment.id, row.sample]
    return [segment.context, segment.text, *[""] * (2 * ROOM), *end]


def _code_row(row: Row, codebook: Codebook) -> list[object]:
    segment, code = row.segment, codebook[row.code]
    end = [segment.case, row.programme, segment.role, segment.id, row.sample, row.code]
    return [code.label, segment.context, segment.text, "", "", *end]


def _code_columns(polarities: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        Column("code", 22),
        Column("question", 28),
        Column("passage", 70, look="quote"),
        Column(APPLIES, 12, (YES, NO), "ask"),
        Column(POLARITY_IS, 12, polarities, "ask"),
        Column("case", 10),
        Column("programme", 14),
        Column("speaker", 11),
        Column(SEGMENT, 10, look="quiet"),
        Column(SAMPLE_ID, 10, look="quiet"),
        Column(CODE, 14, look="quiet"),
    )
