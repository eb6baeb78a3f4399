"""The command `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import HERE, Folder, Json, app

if TYPE_CHECKING:
    from qualcode.pipeline.explaining import Explanation


@app.command()
def explain(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PASSAGE", help="A segment's id; or a document's id or file (FILE#ROW in a table), with :OFFSET."
        ),
    ],
    code: Annotated[str | None, typer.Option("--code", help="Only this code, proposed or not.")] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Show why codes are proposed on a passage: words, patterns, the nearest rule and coded passage. It quotes."""
    from qualcode.pipeline import explaining

    with opening.opened(project) as opened:
        found = explaining.explain(opened, place, code)
    if json:
        output.as_json(found)
    else:
        _shown(found, asked=code is not None)


def _shown(found: Explanation, *, asked: bool) -> None:
    for note in found.notes:
        output.warn(note)
    output.line(f"{found.segment}  {found.transcript}:{found.start}  (coder {found.coder})")
    if found.context:
        output.line(f"asked: {found.context}")
    for one in found.codes:
        output.line()
        output.marked(found.text, one.evidence)
        strength = f"raw score {one.raw_score:.2f}" if one.score is None else f"score {one.score:.2f}"
        output.line(f"{one.code}: {one.state}, {strength}")
        for line in one.lines:
            output.line(f"  {line}")
    if not asked and all(one.state != "proposed" for one in found.codes):
        output.note("nothing is proposed here; this code comes nearest")
