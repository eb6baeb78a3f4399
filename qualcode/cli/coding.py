"""Commands that code and review: `segment`, `tag`, `themes`, `sheet`, `import-codings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import opening, output, summaries
from qualcode.cli.app import HERE, SOME_FAILED, Completely, CrosswalkFile, Folder, Json, Quiet, app


@app.command()
def segment(project: Folder = HERE, quiet: Quiet = False, json: Json = False) -> None:
    """Cut the transcripts into the units that are judged."""
    from qualcode.pipeline import segmenting

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        summary = segmenting.segment(opened, progress=progress)
    summaries.segmented(summary, as_json=json)


@app.command()
def tag(
    project: Folder = HERE,
    tagger: Annotated[
        str,
        typer.Option("--tagger", help="learned, definitions, patterns, or one of a plugin; else as the settings say."),
    ] = "",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Let the machine coder propose codes on segments that it has not seen."""
    from qualcode.pipeline import tagging

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        summary = tagging.tag(opened, name=tagger, progress=progress)
    summaries.tagged(summary, as_json=json)


@app.command()
def themes(project: Folder = HERE, quiet: Quiet = False, json: Json = False) -> None:
    """Look for candidate themes among the passages that no code covers."""
    from qualcode.pipeline import theming

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        summary = theming.themes(opened, progress=progress)
    summaries.themes(summary, as_json=json)


@app.command()
def sheet(
    path: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.")] = Path("review.xlsx"),
    project: Folder = HERE,
    sample: Annotated[int, typer.Option(min=0, help="Random passages without a proposal to ask about.")] = 40,
    coder: Annotated[
        str | None, typer.Option("--coder", help="Whose assignment to ask; the oldest one unless given.")
    ] = None,
    json: Json = False,
) -> None:
    """Write a review sheet: an assignment that came by pack; else proposals, a sample of the rest, and what moved."""
    from qualcode.pipeline import sheet as pipeline

    with opening.opened(project) as opened:
        summary = pipeline.sheet(opened, path, sample_size=sample, coder=coder)
    summaries.sheet(summary, as_json=json)


@app.command("import-codings")
def import_codings(
    file: Annotated[Path, typer.Argument(help="A review sheet, or a wide or long table of codings (csv, xlsx).")],
    coder: Annotated[str | None, typer.Option("--coder", help="The person whose judgements these are.")] = None,
    machine: Annotated[str | None, typer.Option("--machine", help="The model whose output this is.")] = None,
    visible: Annotated[
        bool, typer.Option("--proposals-visible", help="The coder saw the machine's proposals.")
    ] = False,
    coded_completely: Completely = None,
    crosswalk: CrosswalkFile = None,
    add_codes: Annotated[
        bool, typer.Option("--add-codes", help="Codes that the codebook lacks are added to it, as drafts.")
    ] = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Take judgements in: an edited review sheet, or a table of existing codings."""
    from qualcode.coding import Coder
    from qualcode.importers.completeness import stated
    from qualcode.pipeline import import_codings as pipeline
    from qualcode.pipeline import interchange

    if (coder is None) == (machine is None):
        raise typer.BadParameter("say whose they are: --coder NAME for a person, or --machine NAME for a model")
    who = Coder(coder, "human") if coder else Coder(str(machine), "machine", "imported")
    with opening.opened(project) as opened:
        if crosswalk:
            interchange.keep_crosswalk(opened, crosswalk)
        declared = stated(coded_completely) if coded_completely else ()
        summary = pipeline.import_codings(opened, file, who, visible=visible, declared=declared, add_codes=add_codes)
    summaries.codings(summary, as_json=json)
    if summary.unlocated or summary.unclear:
        raise typer.Exit(SOME_FAILED)
