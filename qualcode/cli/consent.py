"""`qualcode consent`: what participants agreed to, as it holds today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.cli import output
from qualcode.cli.app import HERE, Folder, Json, app
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.pipeline.consenting import ConsentSummary, Limited


@app.command()
def consent(project: Folder = HERE, json: Json = False) -> None:
    """Show what participants agreed to: consent.csv over the project's defaults, as it holds today."""
    from qualcode.pipeline import consenting
    from qualcode.project import Project

    with Project.open(project) as opened:
        summary = consenting.consent(opened)
    _shown(summary, as_json=json)


def _shown(summary: ConsentSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    output.line(f"{counted(summary.cases, 'case')}, {counted(summary.stated, 'row')} in consent.csv")
    rows = [
        (name, ", ".join(f"{answer} {count:,}" for answer, count in found.items()))
        for name, found in summary.counts.items()
    ]
    output.table(("agreed to", "cases"), rows)
    if summary.limited:
        output.line()
        output.table(("case", "limit"), [(one.case, _limits(one)) for one in summary.limited])
    for text in summary.told:
        output.warn(text, "correct the case there, or import its text")


def _limits(one: Limited) -> str:
    if one.expired:
        return f"takes no part: consent ended on {one.consent.expires}"
    if not one.consent.participate:
        return "takes no part"
    parts = [f"quote: {one.consent.quote}"] if one.consent.quote != "verbatim" else []
    return ", ".join(parts + ([] if one.consent.machine else ["machine: no"]))
