"""Excerpts and counts as csv and xlsx."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from qualcode.exporters import workbook
from qualcode.exporters.bundle import Bundle, Written
from qualcode.exporters.workbook import Column, Sheet
from qualcode.private import private

_WIDTHS = {
    "excerpt": 70,
    "context": 35,
    "evidence": 28,
    "clause": 34,
    "code_label": 18,
    "programme": 16,
    "polarity": 11,
    "status": 11,
    "coder": 22,
    "transcript": 20,
    "segment": 20,
    "codebook_version": 15,
}
_LOOKS = {
    "excerpt": "quote",
    "transcript": "quiet",
    "segment": "quiet",
    "start": "quiet",
    "end": "quiet",
    "coder": "quiet",
    "codebook_version": "quiet",
    "code": "quiet",
    "raw_score": "score",
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
PEOPLE, TAGGER = "people, else the tagger", "the tagger"
UNCERTIFIED = "Machine proposals: uncertified, nobody has judged them. Counts of them are not findings."


@private()
def write(bundle: Bundle, folder: Path) -> Written:
    """Write `excerpts` and `excerpts_unreviewed`, each as csv and xlsx.

    In csv a cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    folder.mkdir(parents=True, exist_ok=True)
    quoted: dict[Path, frozenset[str]] = {}
    cut = 0
    counted = _sheet("Codes by programme", _counts(bundle), _counting(bundle))
    for name, frame, lead in (
        ("excerpts", bundle.excerpts, "Passages that people have coded."),
        ("excerpts_unreviewed", bundle.unreviewed, UNCERTIFIED),
    ):
        segments = frozenset(frame["segment"]) & bundle.sources.keys()
        csv_path, book = folder / f"{name}.csv", folder / f"{name}.xlsx"
        write_csv(csv_path, frame)
        sheet = _sheet(name.replace("_", " ").capitalize(), frame, " ".join([lead, *_told(bundle)]), bundle.stamp)
        cut += workbook.write(book, [sheet, counted, _codebook(bundle), _about(bundle)])
        quoted |= {csv_path: segments, book: segments}
    losses = (
        (f"{cut} cells were longer than Excel allows and are cut in the xlsx; the csv holds them whole",) if cut else ()
    )
    return Written(tuple(quoted), losses, quoted)


def write_counts(bundle: Bundle, folder: Path) -> Written:
    """Write `codes_by_programme` as csv and xlsx: numbers, and nobody's words."""
    folder.mkdir(parents=True, exist_ok=True)
    csv_path, book = folder / "codes_by_programme.csv", folder / "codes_by_programme.xlsx"
    frame = _counts(bundle)
    write_csv(csv_path, frame)
    lead = " ".join([_counting(bundle), *_told(bundle)])
    workbook.write(book, [_sheet("Codes by programme", frame, lead)])
    return Written((csv_path, book), quoted={csv_path: frozenset(), book: frozenset()})


def _told(bundle: Bundle) -> list[str]:
    return [f"{what}." for what in bundle.consent]


def _counts(bundle: Bundle) -> pd.DataFrame:
    """Counts by programme; `counted` says whose codings they count, one coder's never added to another's."""
    own = PEOPLE if bundle.judged_by_people else TAGGER
    views = [found.to_frame().assign(counted=coder or own) for coder, found in bundle.views()]
    return pd.concat(views, ignore_index=True)


def _counting(bundle: Bundle) -> str:
    if bundle.counts["proposals"]:
        return (
            "Participants with at least one such passage, of all in the programme; affirmed and relieved are never "
            "added. "
            "Machine proposals are counted where nobody has judged: uncertified machine coding."
        )
    return (
        "Participants with at least one such passage, of all in the programme; affirmed and relieved are never added."
    )


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """A frame as csv that spreadsheets open rightly: with a byte-order mark, and no cell that runs as a formula."""
    unfinished = path.with_name(path.name + ".tmp")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(frame.columns)
        for row in frame.itertuples(index=False):
            writer.writerow([_safe(value) for value in row])
    unfinished.replace(path)


def _safe(value: Any) -> Any:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return "'" + value
    return value


def _sheet(name: str, frame: pd.DataFrame, lead: str, stamp: str = "") -> Sheet:
    columns = tuple(
        Column(str(heading), _WIDTHS.get(str(heading), 12), look=_LOOKS.get(str(heading), ""))
        for heading in frame.columns
    )
    return Sheet(name, columns, [list(row) for row in frame.itertuples(index=False)], lead, stamp)


def _codebook(bundle: Bundle) -> Sheet:
    columns = tuple(
        Column(heading, width)
        for heading, width in (
            ("code", 20),
            ("label", 22),
            ("status", 10),
            ("definition", 60),
            ("when to use", 50),
            ("when not to use", 50),
        )
    )
    rows = [
        [
            code.id,
            code.label,
            code.status,
            code.definition,
            "\n".join(f"• {x}" for x in code.when_to_use),
            "\n".join(f"• {x}" for x in code.when_not_to_use),
        ]
        for code in bundle.codebook
        if code.codable
    ]
    return Sheet("Codebook", columns, rows)


def _about(bundle: Bundle) -> Sheet:
    flat: dict[str, Any] = {f"count: {name}": value for name, value in bundle.counts.items()}
    for name, value in bundle.about.items():
        if isinstance(value, dict):
            flat |= {f"{name}: {inner}": str(worth) for inner, worth in value.items()}
        else:
            flat[name] = "; ".join(value) if isinstance(value, tuple) else value
    return Sheet("About", (Column("what", 30), Column("value", 70)), [[name, value] for name, value in flat.items()])
