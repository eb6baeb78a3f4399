"""The check sheet: every replacement, suspected miss and detail with the words around it, for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qualcode.deidentify.decisions import spelled
from qualcode.deidentify.mentions import KINDS
from qualcode.errors import NotEnoughData
from qualcode.exporters.workbook import Column, Sheet
from qualcode.exporters.workbook import write as write_workbook
from qualcode.formats import identities as sheet
from qualcode.formats.identities import Elsewhere, Seen

MOST_ROWS = 1_000_000
"""Excel allows 1,048,576."""
_HOW = (
    "This file holds real names. Keep it on this machine, and delete it when it has been taken in.",
    f"{sheet.SUSPECTED}: what may have been missed. Decide on each: no: nobody can be told by it; yes, or another "
    "kind, that it is to be replaced.",
    f"{sheet.DETAILS}: several of these together may tell who somebody is. Read them for each person. Nothing there is "
    "replaced unless you say yes, or another kind; no takes it off the page.",
    f"{sheet.REPLACED}: what was replaced. Leave the decision empty where that is right. No puts the words back; "
    "another kind replaces them as that.",
    "A decision holds for the same words everywhere, so one row is enough for all of them. Here, under where, makes it "
    "hold for this place alone.",
    f"{sheet.ELSEWHERE}: found outside the texts. Nothing there is replaced: correct it where it stands.",
    "Names that are on neither page: put them into a list and run qualcode deidentify --names LIST.",
    "Then: qualcode deidentify check THIS_FILE",
)


def write(
    path: Path,
    replaced: Sequence[Seen],
    suspected: Sequence[Seen],
    elsewhere: Sequence[Elsewhere],
    *,
    details: Sequence[Seen] = (),
) -> None:
    """Write the workbook.

    Raises:
        NotEnoughData: more rows than a workbook holds.
    """
    most = max(len(replaced), len(suspected), len(details))
    if most > MOST_ROWS:
        raise NotEnoughData("a workbook has too few rows for this project", needed=most, found=MOST_ROWS)
    pages = [
        Sheet(sheet.SUSPECTED, _columns(suspected=True), _rows(_by_words(suspected))),
        Sheet(sheet.REPLACED, _columns(suspected=False), _rows(_by_words(replaced))),
    ]
    if details:
        pages.insert(1, Sheet(sheet.DETAILS, _columns(suspected=True), _rows(_by_person(details))))
    if elsewhere:
        columns = (
            Column("what", 18),
            Column("id", 24, look="quiet"),
            Column(sheet.FOUND, 24, look="quote"),
            Column("around", 70),
            Column(sheet.KIND, 14),
        )
        rows = [(one.what, one.id, one.found, one.around, one.kind) for one in elsewhere]
        pages.append(Sheet(sheet.ELSEWHERE, columns, rows))
    pages.append(Sheet("How", (Column("how this sheet works", 120),), [(line,) for line in _HOW]))
    write_workbook(path, pages)


def _columns(*, suspected: bool) -> tuple[Column, ...]:
    answers = (*((sheet.NO, sheet.YES) if suspected else (sheet.NO,)), *KINDS)
    return (
        Column(sheet.BEFORE, 42),
        Column(sheet.FOUND, 22, look="quote"),
        Column(sheet.AFTER, 42),
        Column(sheet.KIND, 12),
        Column(sheet.BECAME, 18),
        Column(sheet.DECISION, 14, answers, look="ask"),
        Column(sheet.WHERE, 12, (sheet.EVERYWHERE, sheet.HERE), look="ask"),
        Column(sheet.CASE, 12),
        Column(sheet.DETECTOR, 10, look="quiet"),
        Column(sheet.PLACE, 26, look="quiet"),
    )


def _by_words(seen: Sequence[Seen]) -> list[Seen]:
    """Same words together, so that one look decides on all of them."""
    return sorted(seen, key=lambda one: (one.kind, spelled(one.found), one.transcript, one.start))


def _by_person(seen: Sequence[Seen]) -> list[Seen]:
    """One person's together: a detail tells by what stands beside it."""
    return sorted(seen, key=lambda one: (one.case, one.transcript, one.start))


def _rows(seen: Sequence[Seen]) -> list[tuple[str, ...]]:
    return [
        (
            one.before,
            one.found,
            one.after,
            one.kind,
            one.became,
            "",
            "",
            one.case,
            one.detector,
            f"{one.transcript}:{one.start}",
        )
        for one in seen
    ]
