"""`qualcode withdraw`: take a person out of the project for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qualcode.cli import asking, opening, output
from qualcode.cli.app import HERE, SOME_FAILED, Folder, Json, Quiet, app
from qualcode.errors import NotAllowed, ProjectError

if TYPE_CHECKING:
    from qualcode.pipeline.withdrawing import WithdrawSummary

_SHOWN = 20
_NAMES = {
    "transcripts": "text",
    "turns": "turn",
    "segments": "passage",
    "judged": "judgement",
    "codings": "coding",
    "memos": "memo",
    "examples": "example of the codebook",
    "themes": "theme",
    "sample_units": "unit of samples",
    "assigned_units": "assigned passage",
    "signoffs": "signature",
    "transcripts_renewed": "text that others share",
}


@app.command()
def withdraw(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The id of the case; - reads it from the terminal.")],
    project: Folder = HERE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; nothing is changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Take a person out of the project for good: texts, codings, notes, examples, exports, backups.

    A text that others share loses the person's turns alone. Afterwards the whole folder is searched for the person's
    words; ends with 3 while any are left. With - as CASE the id does not get into the shell's history.
    """
    from qualcode.pipeline import withdrawing

    case = asking.case(case)
    with opening.opened(project, but=case) as opened, output.progress(quiet) as progress:
        if dry_run:
            _previewed(withdrawing.preview(opened, case), as_json=json)
            return
        if not yes and case not in withdrawing.unfinished(opened):
            with output.paused(progress):
                _confirm(withdrawing.preview(opened, case))
        summary = withdrawing.withdraw(opened, case, progress=progress)
    _withdrawn(summary, as_json=json)
    if not summary.done:
        raise typer.Exit(SOME_FAILED)


def _confirm(summary: WithdrawSummary) -> None:
    if not output.at_terminal():
        raise NotAllowed("a withdrawal cannot be taken back, and nobody is there to be asked", hint="add --yes")
    _previewed(summary, as_json=False)
    if output.ask_for("this cannot be undone; type the id of the case again: ") != summary.case:
        raise ProjectError("not the same id; nothing was changed")


def _counted(summary: WithdrawSummary) -> str:
    parts = []
    for name, word in _NAMES.items():
        count = summary.counts.get(name, 0)
        if count:
            first, _, rest = word.partition(" ")
            parts.append(f"{output.counted(count, first)}{' ' + rest if rest else ''}")
    return ", ".join(parts) or "nothing in the store"


def _previewed(summary: WithdrawSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    output.line(f"would go: {_counted(summary)}")
    for path in summary.deleted:
        output.line(f"  deleted: {path}")
    for path in summary.changed:
        output.line(f"  purged as well: {path}")
    _told(summary)


def _withdrawn(summary: WithdrawSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    output.line(f"gone: {_counted(summary)}")
    for path in summary.deleted:
        output.line(f"  deleted: {path}")
    for path in summary.changed:
        output.line(f"  purged: {path}")
    if summary.not_written:
        output.warn(f"exports were not written anew: {summary.not_written}")
    _told(summary)
    if summary.done:
        which = ", as far as they could be read," if summary.unread else ""
        output.line(f"no run of eight of this person's words{which} is left in the project's folder")
        return
    for trace in summary.traces:
        what = f"{output.counted(trace.count, 'run')} of eight words" if trace.count else "cannot be looked into"
        output.warn(f"{trace.path}: {what}")
    output.warn("not finished: words are left", "delete these files, or the words in them; then the same command again")


def _told(summary: WithdrawSummary) -> None:
    if summary.recall:
        output.warn("these you must recall or delete yourself: " + ", ".join(summary.recall))
    if summary.mentions:
        output.warn(
            f"others name this person in {output.counted(len(summary.mentions), 'place')} (read them yourself):",
            ", ".join(f"{text} at {start}" for text, start in summary.mentions[:_SHOWN])
            + (" …" if len(summary.mentions) > _SHOWN else ""),
        )
    if summary.common:
        output.note(f"{output.counted(summary.common, 'run')} of eight words others say as well; they stay")
    if summary.unread:
        output.warn(
            f"{output.counted(summary.unread, 'original')} could not be read, for want of the key; what only they held "
            "was not searched for"
        )
