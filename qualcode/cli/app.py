"""The command line's frame: options that commands share, exit codes, and the last door for errors."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal

import typer

from qualcode import __version__
from qualcode.cli import door, output
from qualcode.errors import NotAllowed, QualcodeError

OK, ERROR, SOME_FAILED, GATE, BUG, INTERRUPTED = 0, 1, 3, 4, 70, 130

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
CloudOk = Annotated[
    bool, typer.Option("--cloud-ok", help="Make the project even in a folder that a program copies to a cloud.")
]
Encrypt = Annotated[bool, typer.Option("--encrypt", help="Encrypt the new project's database; asks for a passphrase.")]
For = Annotated[
    Literal["team", "share", "archive"],
    typer.Option("--for", help="For whom: the team, people outside it, an archive. Consent to it must be stated."),
]
IdentifiedOk = Annotated[
    bool,
    typer.Option(
        "--identified-ok", help="Quote texts that are neither signed nor declared de-identified; the files say so."
    ),
]
HERE = Path()


def main() -> None:
    """Run the command line and end the process with an exit code that tells what happened."""
    door.enter()
    signal.signal(signal.SIGTERM, _stop)
    arguments = sys.argv[1:]
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer turns Ctrl-C into a code of its own accord
            output.stopped()
    except QualcodeError as problem:
        output.error(problem, json_too="--json" in arguments)
        code = GATE if isinstance(problem, NotAllowed) else ERROR
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
