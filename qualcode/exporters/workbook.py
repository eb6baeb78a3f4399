"""Excel workbooks that are safe to open: text stays text, long cells are cut and say so, headers stay in sight."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.private import private

LONGEST = 32_767
TALLEST, LINE = 405.0, 14.5
"""Points; Excel allows 409."""
CHARACTERS_A_UNIT = 1.05
_CUT = " [cut: the whole passage is in the csv]"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in characters, allowed values, and how it looks."""

    heading: str
    width: float = 12
    choices: tuple[str, ...] = ()
    look: str = ""
    """`ask` for cells that a person fills, `quiet` for ids, `quote` for participants' words, `score`."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: columns and rows; `lead` is a line above the header, `stamp` a warning above that."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]] = field(repr=False)
    lead: str = ""
    stamp: str = ""


@private()
def write(path: Path, sheets: Sequence[Sheet]) -> int:
    """Write a workbook; returns how many cells had to be cut."""
    import xlsxwriter

    unfinished = path.with_name(path.name + ".tmp")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    # Else the words of every sheet pass through files in the system's folder for temporary ones.
    book = xlsxwriter.Workbook(str(unfinished), {**options, "in_memory": True})
    plain = {"valign": "top", "text_wrap": True, "font_name": "Calibri", "font_size": 10.5}
    looks = {
        "": book.add_format(plain),
        "ask": book.add_format(plain | {"bg_color": "#FFF7DF", "border": 1, "border_color": "#E3D9B8"}),
        "quiet": book.add_format(plain | {"font_color": "#8A8A8A", "font_size": 8.5, "text_wrap": False}),
        "quote": book.add_format(plain | {"font_size": 11}),
        "score": book.add_format(plain | {"num_format": "0.00"}),
        "head": book.add_format(
            plain | {"bold": True, "bg_color": "#2F4858", "font_color": "#FFFFFF", "valign": "vcenter"}
        ),
        "lead": book.add_format({"italic": True, "font_color": "#555555", "font_name": "Calibri", "font_size": 10.5}),
        "stamp": book.add_format({"bold": True, "font_color": "#8A1C1C", "font_name": "Calibri", "font_size": 12}),
    }
    lists = (
        book.add_worksheet("Lists") if any(len(",".join(c.choices)) > 250 for s in sheets for c in s.columns) else None
    )
    cut = 0
    listed = 0
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        above = [(look, said) for look, said in (("stamp", sheet.stamp), ("lead", sheet.lead)) if said]
        head = len(above)
        for number, (look, said) in enumerate(above):
            page.write_string(number, 0, said, looks[look])
        page.set_row(head, 30)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width)
            page.write_string(head, index, column.heading, looks["head"])
            if column.note:
                page.write_comment(head, index, column.note, {"x_scale": 2})
        for number, row in enumerate(sheet.rows, start=head + 1):
            page.set_row(number, _height(sheet.columns, row))
            for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                cut += _write_cell(page, number, index, value, looks[column.look])
        last = head + len(sheet.rows)
        for index, column in enumerate(sheet.columns):
            if not column.choices or not sheet.rows:
                continue
            source: Any = list(column.choices)
            if len(",".join(column.choices)) > 250 and lists is not None:
                lists.write_column(0, listed, list(column.choices))
                letter = chr(ord("A") + listed) if listed < 26 else "A" + chr(ord("A") + listed - 26)
                source = f"=Lists!${letter}$1:${letter}${len(column.choices)}"
                listed += 1
            page.data_validation(
                head + 1,
                index,
                last,
                index,
                {
                    "validate": "list",
                    "source": source,
                    "ignore_blank": True,
                    "error_title": "Not one of the choices",
                    "error_message": "Choose from the list, or leave it empty.",
                },
            )
        page.freeze_panes(head + 1, 0)
        if sheet.rows:
            page.autofilter(head, 0, last, len(sheet.columns) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    if lists is not None:
        lists.hide()
        book.get_worksheet_by_name(sheets[0].name).activate()
        book.get_worksheet_by_name(sheets[0].name).set_first_sheet()
    book.close()
    unfinished.replace(path)
    return cut


def _height(columns: Sequence[Column], row: Sequence[Any]) -> float:
    """Points that the row's longest cell needs: not every program fits rows to wrapped text by itself."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str) and column.look != "quiet":
            wide = max(1.0, column.width * CHARACTERS_A_UNIT)
            lines = max(lines, sum(max(1, math.ceil(len(part) / wide)) for part in value.split("\n")))
    return min(TALLEST, LINE * lines + 3)


def _write_cell(page: Any, row: int, column: int, value: Any, look: Any) -> int:
    if value is None or (isinstance(value, float) and value != value):
        page.write_blank(row, column, None, look)
        return 0
    if isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no", look)
        return 0
    if isinstance(value, (int, float)):
        page.write_number(row, column, value, look)
        return 0
    text = _CONTROL.sub(" ", str(value))
    if len(text) > LONGEST:
        page.write_string(row, column, text[: LONGEST - len(_CUT)] + _CUT, look)
        return 1
    page.write_string(row, column, text, look)
    return 0
