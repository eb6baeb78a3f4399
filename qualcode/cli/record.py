"""Commands about the record: `log`, `verify`, `undo`, `replay`, `backup`, `restore`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import ERROR, HERE, Folder, Json, app

_SHOWN = 50


@app.command()
def log(
    last: Annotated[int | None, typer.Option("--last", min=0, help="Only so many of the latest acts.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Only acts of this day and later.")
    ] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Show what was done in the project, one line an act; times are UTC."""
    from qualcode.pipeline import telling

    with opening.opened(project) as opened:
        told = telling.log(opened, last=last, since=since.date() if since else None)
    if json:
        output.as_json({"events": told})
        return
    for one in told:
        output.line(f"{one.event:>5}  {one.at[:16].replace('T', ' ')}  {one.actor}  {one.said}")


@app.command()
def verify(
    digest: Annotated[
        bool, typer.Option("--digest", help="Print one hash of the state; times do not count in it.")
    ] = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Check that the project is what its record says, row by row. Ends with exit code 1 where it is not."""
    from qualcode.pipeline import verifying

    with opening.opened(project) as opened:
        if digest:
            found = verifying.state_digest(opened)
        else:
            verified = verifying.verify(opened)
    if digest:
        output.as_json({"digest": found}) if json else output.line(found)
        return
    if json:
        output.as_json(verified)
    else:
        for note in verified.notes:
            output.note(note)
        for fault in verified.faults[:_SHOWN]:
            output.line(f"{fault.table} {fault.row}: {fault.what}")
        if len(verified.faults) > _SHOWN:
            output.line(f"and {len(verified.faults) - _SHOWN} more (--json lists all)")
        what = output.counted(verified.events, "event")
        sealed = f", {output.counted(verified.sealed, 'text')} sealed" if verified.sealed else ""
        gone = f", {output.counted(verified.withdrawn, 'case')} withdrawn" if verified.withdrawn else ""
        right = output.counted(len(verified.faults), "fault") if verified.faults else "the project is as recorded"
        output.line(f"{what}{sealed}{gone}: {right}")
        output.line(f"last event {verified.head}")
    if verified.faults:
        raise typer.Exit(ERROR)


@app.command()
def undo(
    event: Annotated[int, typer.Argument(help="The event's number, as qualcode log shows it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Take back the judgements that an act brought; undoing an undo puts them back. Nothing is deleted."""
    from qualcode.pipeline import undoing

    with opening.opened(project) as opened:
        done = undoing.undo(opened, event, dry_run=dry_run)
    if json:
        output.as_json(done)
        return
    parts = [
        f"{output.counted(count, 'judgement')} {what}"
        for count, what in ((done.taken_back, "taken back"), (done.put_back, "put back"))
        if count
    ]
    parts += [f"{output.counted(done.reopened, 'answer')} on doubtful places taken back"] if done.reopened else []
    would = "would be: " if dry_run else ""
    output.line(f"event {event} ({done.kind}): {would}{', '.join(parts) or 'nothing to take back'}")
    if done.number:
        output.note(f"event {done.number}; to take this back: qualcode undo {done.number}")


@app.command()
def replay(
    when: Annotated[
        str, typer.Argument(help="An event's number, a day (2026-11-24) or a time (2026-11-24T14:03), UTC.")
    ],
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write codings.csv and judged.csv into this folder.")
    ] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Rebuild what stood at an earlier moment: texts, judgements, what was undone by then, who has withdrawn since."""
    from qualcode.pipeline import replaying

    with opening.opened(project) as opened:
        found = replaying.replay(opened, when, folder)
    if json:
        output.as_json(found)
        return
    output.line(f"after event {found.event} ({found.at[:16].replace('T', ' ')}):")
    output.line(f"{output.counted(found.transcripts, 'text')}, {found.current:,} in force")
    stood = f"{found.decisions:,} decisions stood, {found.present:,} present"
    output.line(f"{output.counted(found.judgements, 'judgement')}: {stood}")
    output.line(f"digest {found.digest}")
    for gone in found.withdrawn:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(gone.counts.items()))
        output.line(f"withdrawn since: {gone.tombstone} on {gone.at[:10]} ({counts})")
    for path in found.files:
        output.line(str(path))


@app.command()
def backup(
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to put it; the project's backups/ unless given.")
    ] = None,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Copy the project into a new folder. The project's key is not copied: keep it apart."""
    from qualcode.pipeline import backups

    with opening.opened(project) as opened:
        made = backups.backup(opened, folder)
    if json:
        output.as_json(made)
        return
    output.line(f"{made.path}: {output.counted(made.files, 'file')}, {made.size / 1e6:.1f} MB")
    output.note("qualcode.key is not in it, and without that file it cannot be restored: keep a copy of it elsewhere")
    if not made.inside:
        output.note("a withdrawal cannot reach it there; the register of releases names it")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder that qualcode backup wrote.")],
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Put a backup in place of what stands, which is backed up first. Cases that have withdrawn stay out."""
    from qualcode.pipeline import backups

    done = backups.restore(project, folder)
    if json:
        output.as_json(done)
        return
    output.line(f"restored {done.backup}: {', '.join(done.files)}")
    output.line(f"what stood until now: {done.before}")
    if done.withdrawn:
        output.line(f"{output.counted(done.withdrawn, 'case')} that withdrew since: taken out again")
    for note in done.notes:
        output.warn(note)
