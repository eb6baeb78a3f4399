"""Commands that write: `export`, `report`, and `codebook check` and `codebook import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import opening, output, pattern_table, summaries
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
    file: Annotated[
        Path | None, typer.Argument(help="The codebook; the project's, or codebook.yaml here, unless given.")
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", "-p", help="A project on whose passages the patterns are tried.")
    ] = None,
    with_labels: Annotated[
        bool, typer.Option("--with-labels", help="Compare the patterns with what people judged in the project.")
    ] = False,
    visible: Annotated[
        bool,
        typer.Option(
            "--proposals-visible",
            help="Count judgements too that were made with a proposal in view, or that a machine chose; they flatter.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """List every fault of a codebook with its line; with -p PROJECT or --with-labels, what each pattern is worth."""
    from qualcode.pipeline import codebook as pipeline
    from qualcode.pipeline import patterns
    from qualcode.project import CODEBOOK

    folder = project or (HERE if with_labels or visible else None)
    checked = file or (folder or HERE) / CODEBOOK
    faults = pipeline.check(checked)
    faulty = any(not fault.advice for fault in faults)
    found = None
    if folder is not None and not faulty:
        with opening.opened(folder) as opened:
            found = patterns.check(opened, file, labels=with_labels or visible, visible=visible)
    pattern_table.checked(checked, faults, found, as_json=json)
    if faulty:
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
