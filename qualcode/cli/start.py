"""Commands that begin: `demo`, `run`, `init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import asking, import_summaries, output, summaries
from qualcode.cli.app import (
    GATE,
    SOME_FAILED,
    CloudOk,
    Columns,
    Completely,
    CrosswalkFile,
    Encrypt,
    IdentifiedOk,
    Json,
    Kind,
    Quiet,
    app,
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("-o", "--output", help="The project folder to make.")] = Path("qualcode-demo"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Code the synthetic corpus that comes with qualcode, and write its report."""
    from qualcode.pipeline import demo as pipeline

    with output.progress(quiet) as progress:
        summary = pipeline.demo(folder, progress=progress)
    summaries.run(summary, as_json=json)


@app.command()
def run(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="Folder with transcripts; never written to.")],
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Project folder; RAW-qualcode unless given.")
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook", help="Codebook of a new project, or a table of its labels; peer support unless given."
        ),
    ] = None,
    kind: Kind = None,
    column: Columns = None,
    coded_completely: Completely = None,
    crosswalk: CrosswalkFile = None,
    cloud_ok: CloudOk = False,
    encrypt: Encrypt = False,
    identified_ok: IdentifiedOk = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Import, segment, tag, look for themes, export and report. Run it again: only what is new is done.

    Ends with 4 where excerpts and report would quote texts that may hold identities; all else is done.
    Examples:  qualcode run interviews/   ·   qualcode run survey.csv --column text=comment --column programme=service
    """
    from qualcode.importers.completeness import stated
    from qualcode.pipeline import run as pipeline

    passphrase = asking.new_passphrase() if encrypt else None
    asking.known(folder or pipeline.default_folder(raw))
    with output.progress(quiet) as progress:
        summary = pipeline.run(
            raw,
            folder,
            codebook,
            kind=kind,
            columns=import_summaries.columns(column),
            declared=stated(coded_completely) if coded_completely else (),
            crosswalk=crosswalk,
            cloud_ok=cloud_ok,
            passphrase=passphrase,
            identified_ok=identified_ok,
            progress=progress,
        )
    summaries.run(summary, as_json=json)
    if summary.refused:
        output.error(summary.refused)
        raise typer.Exit(GATE)
    if summary.imported.failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The project folder to make.")],
    codebook: Annotated[
        Path | None, typer.Option("--codebook", help="Its codebook, or a table of labels; peer support unless given.")
    ] = None,
    cloud_ok: CloudOk = False,
    encrypt: Encrypt = False,
) -> None:
    """Make an empty project."""
    from qualcode.pipeline import init as pipeline

    passphrase = asking.new_passphrase() if encrypt else None
    with pipeline.init(folder, codebook, cloud_ok=cloud_ok, passphrase=passphrase):
        output.line(f"project: {folder}")
    output.note(f"next: qualcode import FOLDER -p {folder}")
