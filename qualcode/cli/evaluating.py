"""`qualcode evaluate`: how a tagger or a coder does against people's judgements, as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import HERE, Folder, Json, Quiet, app
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.pipeline.evaluating import Evaluation

_NAMES = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "mean_kappa": "mean kappa",
    "mean_ap": "mean AP",
    "mean_brier": "mean Brier",
    "mean_ece": "mean ECE",
}


_COLUMNS = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "kappa": "kappa",
    "ap": "AP",
    "brier": "Brier",
    "brier_skill": "skill",
    "ece": "ECE",
}


@app.command()
def evaluate(
    tagger: Annotated[
        str | None, typer.Option("--tagger", help="The tagger to try: learned (unless given) or definitions.")
    ] = None,
    coder: Annotated[str | None, typer.Option("--coder", help="Or whose codings to try, as they stand.")] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Whose judgements count; all people's unless given.")
    ] = None,
    fit_on: Annotated[
        str | None,
        typer.Option("--fit-on", metavar="NAME=VALUE", help="The part to learn from, by an attribute: split=train."),
    ] = None,
    score_on: Annotated[
        str | None, typer.Option("--score-on", metavar="NAME=VALUE", help="The part to be tried on: split=test.")
    ] = None,
    folds: Annotated[
        int | None, typer.Option("--folds", min=2, help="Instead of parts, so many folds by participant.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="NAME", help="Compare errors by this attribute too.")
    ] = None,
    samples: Annotated[int, typer.Option(min=100, help="Bootstrap samples of people for the intervals.")] = 1000,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; the project's exports/evaluation unless given.")
    ] = None,
    project: Folder = HERE,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Learn from one part of a project, be tried on another, and write how that went: by code, with intervals.

    Example:  qualcode evaluate --fit-on split=train --score-on split=test
    """
    from qualcode.exporters import evaluation as exporter
    from qualcode.pipeline import attributes
    from qualcode.pipeline import evaluating as pipeline

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        found = pipeline.evaluate(
            opened,
            tagger=tagger or ("" if coder else "learned"),
            coder=coder or "",
            against=against or "",
            fit_on=attributes.part(fit_on) if fit_on else None,
            score_on=attributes.part(score_on) if score_on else None,
            fold_count=folds or 0,
            by=tuple(by or ()),
            samples=samples,
            progress=progress,
        )
        written = pipeline.write(opened, found, folder)
    if json:
        output.as_json({**exporter.plain(pipeline.tables(found), pipeline.about(found)), "files": written.files})
        return
    _told(found)
    for path in written.files:
        output.line(str(path))


def _told(found: Evaluation) -> None:
    output.line(f"{found.coder} against {found.against}: {found.how}")
    learned = f"; learned from {counted(found.fitted, 'passage')}" if found.fitted else ""
    output.line(f"tried on {counted(found.segments, 'passage')} of {found.people:,} people{learned}")
    output.line()
    rows = found.scores.to_frame().to_dict("records")
    judged = [row for row in rows if row["n"]]
    for text in _aligned(judged):
        output.line(text)
    if len(judged) < len(rows):
        output.note(f"  {counted(len(rows) - len(judged), 'code')} not judged here")
    output.line()
    _overall("over all codes", found.scores.overall)
    if found.apart is not None:
        _overall("new people and texts only", found.apart.overall)
        output.note(f"  {counted(found.shared, 'passage')} left out there: learned from the same person or text")
    if found.settled is not None:
        output.line(found.settled.summary()[0])
    for equity in found.equity:
        for sentence in equity.summary():
            output.line(sentence)
    for reason, codes in _lacking(found.scores.table, {row["code"] for row in judged}).items():
        output.note(f"–: {reason}: {'all codes' if len(codes) == len(judged) else ', '.join(codes)}")
    for text in found.notes:
        output.warn(text)
    output.line()


def _aligned(rows: Sequence[Mapping[Any, Any]]) -> list[str]:
    """Figures in columns and the code behind them: ids may be long, and a narrow terminal would cut a table's cells."""
    shown = [name for name in _COLUMNS if any(not math.isnan(row[name]) for row in rows)]
    lines = [["n", "with it", "proposed", *(_COLUMNS[name] for name in shown), "code"]]
    for row in rows:
        counts = [f"{row[name]:,}" for name in ("n", "positives", "proposed")]
        lines.append([*counts, *(_figure(row, name) for name in shown), row["code"]])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]) - 1)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]) for line in lines
    ]


def _figure(row: Mapping[Any, Any], name: str) -> str:
    return _with_interval(row[name], row["f1_low"], row["f1_high"]) if name == "f1" else _number(row[name])


def _lacking(table: Any, codes: set[str]) -> dict[str, list[str]]:
    """Why figures are missing, and of which codes."""
    lacking = table[table["value"].isna() & table["code"].isin(codes)]
    found: dict[str, list[str]] = {}
    for code, reason in lacking[["code", "reason"]].drop_duplicates().itertuples(index=False):
        found.setdefault(reason, []).append(code)
    return found


def _overall(name: str, table: Any) -> None:
    parts = [
        f"{_NAMES[row['measure']]} {_with_interval(row['value'], row['low'], row['high'])}"
        for row in table.to_dict("records")
        if row["measure"] in _NAMES and not math.isnan(row["value"])
    ]
    output.line(f"{name}: {', '.join(parts) or 'nothing can be estimated'}")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{round(value, 2) + 0.0:.2f}"


def _with_interval(value: float, low: float, high: float) -> str:
    return _number(value) + ("" if math.isnan(low) else f" [{low:.2f}, {high:.2f}]")
