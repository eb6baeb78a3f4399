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
    """Write `excerpts`, `excerpts_unreviewed` and `codes_by_programme`, each as csv and xlsx.

    In csv a cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    cut = 0
    prevalence = _counts(bundle)
    for name, frame, lead in (
        ("excerpts", bundle.excerpts, "Passages that people have coded."),
        ("excerpts_unreviewed", bundle.unreviewed, UNCERTIFIED),
        ("codes_by_programme", prevalence, _counting(bundle)),
    ):
        path = folder / f"{name}.csv"
        _write_csv(path, frame)
        files.append(path)
        sheets = [_sheet(name.replace("_", " ").capitalize(), frame, lead)]
        if name != "codes_by_programme":
            sheets += [_sheet("Codes by programme", prevalence, _counting(bundle)), _codebook(bundle), _about(bundle)]
        cut += workbook.write(folder / f"{name}.xlsx", sheets)
        files.append(folder / f"{name}.xlsx")
    losses = (
        (f"{cut} cells were longer than Excel allows and are cut in the xlsx; the csv holds them whole",) if cut else ()
    )
    return Written(tuple(files), losses)


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


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
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


def _sheet(name: str, frame: pd.DataFrame, lead: str) -> Sheet:
    columns = tuple(
        Column(str(heading), _WIDTHS.get(str(heading), 12), look=_LOOKS.get(str(heading), ""))
        for heading in frame.columns
    )
    return Sheet(name, columns, [list(row) for row in frame.itertuples(index=False)], lead)


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
            flat[name] = value
    return Sheet("About", (Column("what", 30), Column("value", 70)), [[name, value] for name, value in flat.items()])
