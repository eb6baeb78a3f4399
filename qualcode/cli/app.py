"""Commands. Each parses its words, calls one function of `qualcode.pipeline`, and says what came of it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal

import typer

from qualcode import __version__
from qualcode.cli import output, summaries
from qualcode.errors import QualcodeError

OK, ERROR, SOME_FAILED, BUG, INTERRUPTED = 0, 1, 3, 70, 130

app = typer.Typer(
    name="qualcode",
    help="Offline thematic coding of interviews and feedback.\n\nStart with:  qualcode demo   ·   qualcode run FOLDER",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)
codebook_app = typer.Typer(help="Check a codebook, or make one from a table.", no_args_is_help=True)
app.add_typer(codebook_app, name="codebook")

Folder = Annotated[Path, typer.Option("--project", "-p", help="The project folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Kind = Annotated[
    Literal["interview", "focus_group", "feedback", "diary", "report"] | None,
    typer.Option("--kind", help="What documents are that neither a manifest nor their name describes."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ROLE=NAME",
        help="Which column of a table is text, case, programme, id, question, ...; several may be text.",
    ),
]
Completely = Annotated[
    str | None,
    typer.Option(
        "--coded-completely",
        metavar="CODES",
        help="Codes that the coders of another tool looked for throughout: a,b or all, or a csv of coder, document, "
        "codes. What they left uncoded is then absent.",
    ),
]
CrosswalkFile = Annotated[
    Path | None,
    typer.Option("--crosswalk", metavar="CSV", help="From another codebook's codes to the project's."),
]
HERE = Path()


def main() -> None:
    """Run the command line and end the process with an exit code that tells what happened."""
    signal.signal(signal.SIGTERM, _stop)
    arguments = sys.argv[1:]
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer turns Ctrl-C into a code of its own accord
            output.stopped()
    except QualcodeError as problem:
        output.error(problem, json_too="--json" in arguments)
        code = ERROR
    except (KeyboardInterrupt, typer.Abort):
        output.stopped()
        code = INTERRUPTED
    except BrokenPipeError:
        code = OK
    except Exception as problem:  # noqa: BLE001 - the last door: a bug becomes exit code 70, never a traceback with words
        if _is_usage(problem):
            code = _usage(problem)
        else:
            output.bug(problem, trace="--debug" in arguments)
            code = BUG
    sys.exit(code or OK)


def _is_usage(problem: Exception) -> bool:
    return hasattr(problem, "exit_code") and hasattr(problem, "show")


def _usage(problem: Any) -> int:
    problem.show()
    return int(problem.exit_code)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _version(wanted: bool) -> None:
    if wanted:
        output.line(f"qualcode {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="On a bug, print the traceback; it may hold participants' words.")
    ] = False,
) -> None:
    """Options of every command."""


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
        Path | None, typer.Option("--codebook", help="Codebook of a new project; peer support unless given.")
    ] = None,
    kind: Kind = None,
    column: Columns = None,
    coded_completely: Completely = None,
    crosswalk: CrosswalkFile = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Import, segment, tag, look for themes, export and report. Run it again: only what is new is done.

    Examples:  qualcode run interviews/   ·   qualcode run survey.csv --column text=comment --column programme=service
    """
    from qualcode.importers.completeness import stated
    from qualcode.pipeline import run as pipeline

    with output.progress(quiet) as progress:
        summary = pipeline.run(
            raw,
            folder,
            codebook,
            kind=kind,
            columns=summaries.columns(column),
            declared=stated(coded_completely) if coded_completely else (),
            crosswalk=crosswalk,
            progress=progress,
        )
    summaries.run(summary, as_json=json)
    if summary.imported.failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The project folder to make.")],
    codebook: Annotated[
        Path | None, typer.Option("--codebook", help="Its codebook; peer support unless given.")
    ] = None,
) -> None:
    """Make an empty project."""
    from qualcode.pipeline import init as pipeline

    with pipeline.init(folder, codebook):
        output.line(f"project: {folder}")
    output.note(f"next: qualcode import FOLDER -p {folder}")


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
    from qualcode.project import Project

    with Project.open(project) as opened, output.progress(quiet) as progress:
        if crosswalk:
            interchange.keep_crosswalk(opened, crosswalk)
        confirm = None if yes or column or not output.at_terminal() else summaries.confirm(progress)
        summary = importing.import_files(
            opened,
            raw,
            kind=kind,
            columns=summaries.columns(column),
            confirm=confirm,
            declared=stated(coded_completely) if coded_completely else (),
            progress=progress,
        )
    summaries.imported(summary, as_json=json)
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
    from qualcode.project import SETTINGS, Project

    given = summaries.columns(column)
    folder = project or (HERE if (HERE / SETTINGS).is_file() else None)
    if folder is None:
        summaries.preview(pipeline.preview(file, given=given), as_json=json)
        return
    with Project.open(folder) as opened:
        summaries.preview(pipeline.preview(file, opened, given), as_json=json)


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
    from qualcode.project import Project

    roles = summaries.roles(stated)
    if file and not roles:
        raise typer.BadParameter("--file goes with --set")
    with Project.open(project) as opened:
        if roles:
            summaries.stated(pipeline.state(opened, roles, file=file), as_json=json)
        else:
            summaries.speakers(pipeline.speakers(opened), only_unknown=unknown, as_json=json)


@app.command()
def segment(project: Folder = HERE, quiet: Quiet = False, json: Json = False) -> None:
    """Cut the transcripts into the units that are judged."""
    from qualcode.pipeline import segmenting
    from qualcode.project import Project

    with Project.open(project) as opened, output.progress(quiet) as progress:
        summary = segmenting.segment(opened, progress=progress)
    summaries.segmented(summary, as_json=json)


@app.command()
def tag(project: Folder = HERE, quiet: Quiet = False, json: Json = False) -> None:
    """Let the machine coder propose codes on segments that it has not seen."""
    from qualcode.pipeline import tagging
    from qualcode.project import Project

    with Project.open(project) as opened, output.progress(quiet) as progress:
        summary = tagging.tag(opened, progress=progress)
    summaries.tagged(summary, as_json=json)


@app.command()
def themes(project: Folder = HERE, quiet: Quiet = False, json: Json = False) -> None:
    """Look for candidate themes among the passages that no code covers."""
    from qualcode.pipeline import theming
    from qualcode.project import Project

    with Project.open(project) as opened, output.progress(quiet) as progress:
        summary = theming.themes(opened, progress=progress)
    summaries.themes(summary, as_json=json)


@app.command()
def sheet(
    path: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.")] = Path("review.xlsx"),
    project: Folder = HERE,
    sample: Annotated[int, typer.Option(min=0, help="Random passages without a proposal to ask about.")] = 40,
    json: Json = False,
) -> None:
    """Write a review sheet: proposals, a random sample of what was not proposed, judgements of changed texts."""
    from qualcode.pipeline import sheet as pipeline
    from qualcode.project import Project

    with Project.open(project) as opened:
        summary = pipeline.sheet(opened, path, sample_size=sample)
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
    from qualcode.project import Project

    if (coder is None) == (machine is None):
        raise typer.BadParameter("say whose they are: --coder NAME for a person, or --machine NAME for a model")
    who = Coder(coder, "human") if coder else Coder(str(machine), "machine", "imported")
    with Project.open(project) as opened:
        if crosswalk:
            interchange.keep_crosswalk(opened, crosswalk)
        declared = stated(coded_completely) if coded_completely else ()
        summary = pipeline.import_codings(opened, file, who, visible=visible, declared=declared, add_codes=add_codes)
    summaries.codings(summary, as_json=json)
    if summary.unlocated or summary.unclear:
        raise typer.Exit(SOME_FAILED)


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; the project's exports/ unless given.")
    ] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Write excerpts and counts as csv and xlsx, and run.json."""
    from qualcode.pipeline import exporting
    from qualcode.project import Project

    with Project.open(project) as opened:
        written = exporting.export(opened, folder)
    summaries.written(written, as_json=json)


@app.command()
def report(
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; the project's exports/ unless given.")
    ] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Write one self-contained HTML report."""
    from qualcode.pipeline import exporting
    from qualcode.project import Project

    with Project.open(project) as opened:
        written = exporting.report(opened, folder)
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
