"""Sheets of an Excel workbook: each cell as the text that a person sees, and what the cells do not show."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qualcode.errors import MalformedTranscript
from qualcode.importers.archive import Archive, opened, xml
from qualcode.importers.imported import Loss
from qualcode.importers.rows import Sheet
from qualcode.importers.text import normalised

MOST_ROWS = 1_048_576
"""What Excel itself can hold."""
MOST_SHEETS = 255

_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]*?\shidden="(?:1|true)"')
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\st="e"')
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_TEXT = re.compile(rb'\bt="str"')
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheets(data: bytes, source: str) -> list[Sheet]:
    """The sheets of a workbook in its order; sheets of charts are left out.

    Raises:
        MalformedTranscript: no workbook, locked, or a zip bomb.
    """
    from openpyxl import load_workbook

    archive = opened(data, source, "an Excel file")
    try:
        with warnings.catch_warnings():
            # It warns of styles and drop-down lists that it does not keep; of those nothing is read.
            warnings.simplefilter("ignore")
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        parts = _parts(archive, source)
    except MalformedTranscript:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises what it likes on a damaged file, and may quote it
        raise _damaged(source, error) from None
    if len(workbook.worksheets) > MOST_SHEETS:
        why = f"holds {len(workbook.worksheets):,} sheets (expected at most {MOST_SHEETS})"
        raise MalformedTranscript(why, path=source, hint="save the sheet that is meant as a file of its own")
    return [_sheet(sheet, archive, parts.get(sheet.title, ""), source) for sheet in workbook.worksheets]


def _sheet(sheet: Any, archive: Archive, part: str, source: str) -> Sheet:
    # Other programs write a wrong dimension into the file, and read-only mode would believe it.
    sheet.reset_dimensions()
    body = archive.read(part) if part in archive.members else b""
    hidden = sum(1 for _ in _HIDDEN.finditer(body))
    # A text that a formula gives may be empty; a number or a date that it gives cannot.
    formulas = sum(1 for found in _FORMULA.finditer(body) if not _TEXT.search(found[1]))
    errors = sum(1 for _ in _ERROR.finditer(body))
    losses = (
        Loss("formulas", formulas, "saved without a value: open the file in Excel, save it, and import again"),
        Loss("cells with an Excel error", errors, "read as empty"),
    )
    return Sheet(
        sheet.title,
        _Cells(sheet, source, _ERRORS if errors else frozenset()),
        hidden=sheet.sheet_state != "visible",
        notes=(f"{hidden} hidden rows are read too",) if hidden else (),
        losses=tuple(loss for loss in losses if loss.count),
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Cells:
    """The records of a sheet; openpyxl reads them from the archive as they are asked for."""

    sheet: Any
    source: str
    empty: frozenset[str]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for number, row in enumerate(self.sheet.iter_rows(values_only=True), start=1):
                    if number > MOST_ROWS:
                        raise ValueError  # a damaged row number: openpyxl gives every row up to it
                    cells = [_cell(value) for value in row]
                    yield number, [("" if cell in self.empty else cell) for cell in cells] if self.empty else cells
        except Exception as error:  # noqa: BLE001 - as above
            raise _damaged(self.source, error) from None


def _parts(archive: Archive, source: str) -> dict[str, str]:
    """The member of the archive that holds each sheet, by the sheet's name."""
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, links} <= set(archive.members):
        return {}
    targets = {link.get("Id"): link.get("Target", "") for link in xml(archive.read(links), source)}
    return {
        sheet.get("name", ""): posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_ID)) or "")).lstrip("/")
        for sheet in xml(archive.read(book), source).iter("{*}sheet")
    }


def _damaged(source: str, error: Exception) -> MalformedTranscript:
    return MalformedTranscript(
        f"is not an Excel file that can be read ({type(error).__name__})", path=source, hint="save it anew as .xlsx"
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return normalised(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
