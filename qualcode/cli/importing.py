"""Commands that bring texts in: `import`, `columns`, `speakers`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import import_summaries, opening, output
from qualcode.cli.app import HERE, SOME_FAILED, Columns, Completely, CrosswalkFile, Folder, Json, Kind, Quiet, app


@app.command("import")
def import_(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="Folder or file with transcripts.")],
    project: Folder = HERE,
    kind: Kind = None,
    column: Columns = None,
    coded_completely: Completely = None,
    crosswalk: CrosswalkFile = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take the columns of tables as they are guessed, and do not ask.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Bring transcripts in, and projects of other tools with their codings.

    Reads txt, md, docx, odt, rtf, pdf, vtt, srt, csv, tsv, xlsx, qdpx and qdc (REFI-QDA), sqlite3 (Taguette).
    """
    from qualcode.importers.completeness import stated
    from qualcode.pipeline import importing, interchange

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        if crosswalk:
            interchange.keep_crosswalk(opened, crosswalk)
        confirm = None if yes or column or not output.at_terminal() else import_summaries.confirm(progress)
        summary = importing.import_files(
            opened,
            raw,
            kind=kind,
            columns=import_summaries.columns(column),
            confirm=confirm,
            declared=stated(coded_completely) if coded_completely else (),
            progress=progress,
        )
    import_summaries.imported(summary, as_json=json)
    if summary.failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def columns(
    file: Annotated[Path, typer.Argument(help="A survey table (csv, tsv, xlsx).")],
    project: Annotated[
        Path | None, typer.Option("--project", "-p", help="The project folder, for the columns that it keeps.")
    ] = None,
    column: Columns = None,
    json: Json = False,
) -> None:
    """Show what the columns of a table would be taken for. Nothing is imported."""
    from qualcode.pipeline import columns as pipeline
    from qualcode.project import SETTINGS

    given = import_summaries.columns(column)
    folder = project or (HERE if (HERE / SETTINGS).is_file() else None)
    if folder is None:
        import_summaries.preview(pipeline.preview(file, given=given), as_json=json)
        return
    with opening.opened(folder) as opened:
        import_summaries.preview(pipeline.preview(file, opened, given), as_json=json)


@app.command()
def speakers(
    project: Folder = HERE,
    stated: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=ROLE", help="Write a speaker's role into qualcode.toml.")
    ] = None,
    file: Annotated[str, typer.Option("--file", help="With --set: for this file only, as the table names it.")] = "",
    unknown: Annotated[bool, typer.Option("--unknown", help="Only speakers whose role is unknown.")] = False,
    json: Json = False,
) -> None:
    """Show who speaks in each file, in what role and why; or state roles. What it shows are names: keep it to yourself.

    Examples:  qualcode speakers -p PROJECT   ·   qualcode speakers -p PROJECT --set "Dan=interviewer"
    """
    from qualcode.pipeline import speakers as pipeline

    roles = import_summaries.roles(stated)
    if file and not roles:
        raise typer.BadParameter("--file goes with --set")
    with opening.opened(project) as opened:
        if roles:
            import_summaries.stated(pipeline.state(opened, roles, file=file), as_json=json)
        else:
            import_summaries.speakers(pipeline.speakers(opened), only_unknown=unknown, as_json=json)
