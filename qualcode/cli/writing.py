"""Commands that write: `export`, `report`, and `codebook check` and `codebook import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import opening, output, summaries
from qualcode.cli.app import ERROR, HERE, Folder, For, IdentifiedOk, Json, app, codebook_app


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; the project's exports/ unless given.")
    ] = None,
    purpose: For = "team",
    identified_ok: IdentifiedOk = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Write excerpts and counts as csv and xlsx, and run.json.

    Ends with 4 where excerpts would quote texts that may hold identities; counts and run.json are written.
    """
    from qualcode.pipeline import exporting

    with opening.opened(project) as opened:
        written = exporting.export(opened, folder, purpose=purpose, identified_ok=identified_ok)
    summaries.written(written, as_json=json)


@app.command()
def report(
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; the project's exports/ unless given.")
    ] = None,
    purpose: For = "team",
    identified_ok: IdentifiedOk = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Write one self-contained HTML report. Ends with 4 where it would quote texts that may hold identities."""
    from qualcode.pipeline import exporting

    with opening.opened(project) as opened:
        written = exporting.report(opened, folder, purpose=purpose, identified_ok=identified_ok)
    summaries.written(written, as_json=json)


@codebook_app.command("check")
def codebook_check(
    file: Annotated[Path, typer.Argument(help="The codebook.")] = Path("codebook.yaml"),
    json: Json = False,
) -> None:
    """List every fault of a codebook with its line."""
    from qualcode.pipeline import codebook as pipeline

    faults = pipeline.check(file)
    summaries.faults(file, faults, as_json=json)
    if any(not fault.advice for fault in faults):
        raise typer.Exit(ERROR)


@codebook_app.command("import")
def codebook_import(
    file: Annotated[
        Path, typer.Argument(help="csv or xlsx with label, definition, examples; a table of codings; qdc or qdpx.")
    ],
    out: Annotated[Path, typer.Option("-o", "--output", help="The codebook to write.")] = Path("codebook.yaml"),
) -> None:
    """Make a codebook from a table of labels and definitions, a table of codings, or another tool's codebook."""
    from qualcode.pipeline import codebook as pipeline

    made = pipeline.import_file(file, out)
    drafts = sum(code.status == "draft" for code in made)
    output.line(
        f"{out}: {len(made.active)} active codes" + (f", {drafts} drafts without a definition" if drafts else "")
    )
    output.note(f"next: qualcode codebook check {out}")
