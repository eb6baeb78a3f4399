"""Commands that learn: `train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import HERE, Folder, Json, Quiet, app
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.pipeline.training import TrainSummary
    from qualcode.taggers.learning_curve import LearningCurve


@app.command()
def train(
    project: Folder = HERE,
    curve: Annotated[
        bool, typer.Option("--curve", help="Only measure how much more judgements would help: exports/learning_curve.*")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Let a tagger learn from what people have judged, and say what each code may be trusted with."""
    from qualcode.pipeline import training

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        if curve:
            found = training.curve(opened, progress=progress)
        else:
            summary = training.train(opened, progress=progress)
    if curve:
        _measured(found, as_json=json)
    else:
        _trained(summary, as_json=json)


def _measured(found: LearningCurve, *, as_json: bool) -> None:
    if as_json:
        output.as_json(found)
        return
    rows = [
        (f"{budget:,}", measure, f"{value:.2f} [{low:.2f}, {high:.2f}]")
        for budget, measure, value, low, high in found.points
    ]
    output.table(("judged passages", "measure", "mean over codes"), rows)
    output.line(found.summary())


def _trained(summary: TrainSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    for text in summary.notes:
        output.warn(text)
    output.line(
        f"trained    {counted(summary.cells, 'decision')} on {counted(summary.segments, 'passage')} of "
        f"{counted(summary.people, 'participant')} (coder {summary.coder})"
    )
    output.line(f"estimates  from {counted(summary.random, 'decision')} made blind, at random or as they came")
    output.table(
        ("code", "may (provisional)", "judged", "present", "settled"),
        [
            (one.code, one.word, f"{one.judged:,}", f"{one.present:,}", _settled(one.low, one.high))
            for one in summary.trust
        ],
    )
    for one in summary.trust:
        output.line(one.sentence)
    for code, why in summary.unlearned.items():
        output.line(f"{code}: served by the codebook alone ({why})")
    output.line(summary.whole)
    if not summary.tags:
        output.warn("[tag] tagger in qualcode.toml names another tagger: what was trained is not used")
    elif summary.changed:
        output.note("the trained tagger codes from the next command on: qualcode tag")
    else:
        output.note("nothing new was judged: it is the tagger that stands")


def _settled(low: float, high: float) -> str:
    """Which decisions stand without a person."""
    found = [word for word, limit in (("absent", low), ("present", high)) if abs(limit) != float("inf")]
    return " and ".join(found) or "none"
