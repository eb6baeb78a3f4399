"""`qualcode deidentify`, and what belongs to it: `check`, `sign`, `key`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import GATE, HERE, Folder, Json, Quiet, app
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.pipeline.checking import CheckSummary
    from qualcode.pipeline.deidentifying import DeidentifySummary
    from qualcode.pipeline.refreshing import Refreshed

_SEVERAL = {
    "nhs_number": "NHS numbers",
    "email": "e-mail addresses",
    "url": "web addresses",
    "username": "user names",
    "address": "addresses",
    "phone": "phone numbers",
    "number": "other numbers",
}

deidentify_app = typer.Typer(
    help="Replace identities in the texts, check what was replaced, sign.", invoke_without_command=True
)
app.add_typer(deidentify_app, name="deidentify")


@deidentify_app.callback()
def deidentify(
    context: typer.Context,
    names: Annotated[
        Path | None,
        typer.Option("--names", help="Your own list of persons and places: columns name, kind, pseudonym, case."),
    ] = None,
    project: Folder = HERE,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Replace identities in every text that was not declared to be without them. Codings stay where they are.

    Then:  qualcode deidentify check -o check.xlsx   ·   qualcode deidentify check check.xlsx
    ·   qualcode deidentify sign --as NAME
    """
    if context.invoked_subcommand is not None:
        return
    from qualcode.pipeline import deidentifying, refreshing

    with opening.opened(project) as opened, output.progress(quiet) as progress:
        summary = deidentifying.deidentify(opened, names=names, progress=progress)
        told = refreshing.refresh(opened, progress=progress) if summary.changed else None
    if told and not json:
        _refreshed(told)
    _deidentified(summary, as_json=json)


@deidentify_app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A check sheet that was filled in.")] = None,
    path: Annotated[Path | None, typer.Option("-o", "--output", help="Write a check sheet here (xlsx).")] = None,
    rest: Annotated[
        bool,
        typer.Option(
            "--rest-no", help="What is still suspected is no identity: decided for all at once. Details stay."
        ),
    ] = False,
    project: Folder = HERE,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """List every replacement, suspected miss and telling detail, or take a person's decisions on them in.

    Ends with 4 while something is left to decide.
    """
    from qualcode.pipeline import checking, refreshing

    with opening.opened(project) as opened:
        if file is not None or rest:
            with output.progress(quiet) as progress:
                if file is not None:
                    done, decided = checking.decide(opened, file, progress=progress)
                if rest:
                    done, decided = checking.decline_rest(opened, progress=progress)
                told = refreshing.refresh(opened, progress=progress) if done.changed else None
            if told and not json:
                _refreshed(told)
            if not json:
                output.line(f"decided    {counted(decided, 'answer')}; {counted(done.changed, 'text')} made anew")
        summary = checking.check(opened, path)
    _checked(summary, as_json=json)
    if summary.open:
        raise typer.Exit(GATE)


@deidentify_app.command()
def sign(
    signer: Annotated[str, typer.Option("--as", help="Who vouches for it; stands in the record.")],
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Vouch that nobody can be told from the texts. Exports may quote them then, until a text changes."""
    from qualcode.pipeline import signing

    with opening.opened(project) as opened:
        summary = signing.sign(opened, signer)
    if json:
        output.as_json(summary)
        return
    before = f"; {summary.signed_before} were signed before" if summary.signed_before else ""
    output.line(f"signed     {counted(summary.texts, 'text')} by {summary.signer}{before}")
    output.note(f"  replaced: {_kinds(summary.replaced) or 'nothing'}")
    if summary.details:
        output.note(f"  {counted(summary.details, 'detail')} listed, and left as they are")
    output.note("next: qualcode export, qualcode report")


@deidentify_app.command()
def key(
    new: Annotated[bool, typer.Option("--new", help="Seal the originals under a new key.")] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="The key is lost: begin anew. What it sealed can never be read again.")
    ] = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Say where the key of the originals lies; change it, or begin anew without it."""
    from qualcode.pipeline import keys

    if new and lost:
        raise typer.BadParameter("--new needs the old key; --lost is for when it is gone")
    with opening.opened(project) as opened:
        if new:
            keys.renew(opened)
        if lost:
            keys.abandon(opened)
        told = keys.state(opened)
    if json:
        output.as_json(told)
        return
    there = "there" if told.there else "not there"
    output.line(f"key        {told.path} ({there}); it opens {counted(told.sealed, 'original')}")
    output.note("keep a copy of it apart from the project: without it nobody can read what was replaced")


def _refreshed(told: Refreshed) -> None:
    if told.deleted:
        output.note(f"  {counted(len(told.deleted), 'export')} of the texts as they stood deleted, and written anew")
    if told.withheld:
        output.note(f"  not written anew: {told.withheld}")
    for path in told.left:
        output.warn(f"{path} holds the texts as they stood", "take its answers in if it has any, then delete it")


def _kinds(counts: Mapping[str, int]) -> str:
    """Persons 325, places 30."""
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return ", ".join(f"{_SEVERAL.get(kind, kind + 's')} {count:,}" for kind, count in ordered)


def _deidentified(summary: DeidentifySummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    kept = f"; {counted(summary.declared, 'text')} declared to be without identities" if summary.declared else ""
    output.line(f"looked at  {counted(summary.texts, 'text')}{kept}")
    output.line(f"replaced   {_kinds(summary.replaced) or 'nothing'} ({counted(summary.changed, 'text')} made anew)")
    for told in summary.carried.told():
        output.note(told)
    if summary.ambiguous:
        output.note(f"  {counted(summary.ambiguous, 'name')} may be of several people: each got a pseudonym of its own")
    if summary.key_is_new:
        output.warn(
            f"the originals lie encrypted in the project; their key is {summary.key}",
            "keep a copy of the key apart from the project: without it nobody can read what was replaced",
        )
    output.line(f"suspected  {counted(summary.suspected, 'mention')} that may have been missed")
    output.line(f"details    {summary.details:,} that may tell together who somebody is")
    output.note("no program finds every name: a person must look")
    output.note("next: qualcode deidentify check -o check.xlsx")


def _checked(summary: CheckSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    output.line(f"texts      {summary.texts} not declared; {summary.signed} signed")
    output.line(f"replaced   {_kinds(summary.replaced) or 'nothing'}")
    output.line(f"suspected  {_kinds(summary.suspected) or 'nothing left to decide'}")
    output.line(f"details    {summary.details:,} that may tell together who somebody is; they hold up no signature")
    if summary.unlooked:
        output.warn(f"{counted(summary.unlooked, 'text')} not looked through yet", "qualcode deidentify")
    if summary.elsewhere:
        what = counted(summary.elsewhere, "suspicious word")
        output.warn(f"{what} in memos, codebook examples, questions or case ids", "see the page Elsewhere of the sheet")
    if summary.path:
        output.line(f"sheet      {summary.path}")
        output.warn("it holds real names", "delete it when it has been taken in")
        output.note(f"next: fill in the decisions, then: qualcode deidentify check {summary.path.name}")
    elif summary.open:
        output.note("next: qualcode deidentify check -o check.xlsx")
    else:
        output.note("next: qualcode deidentify sign --as NAME")
