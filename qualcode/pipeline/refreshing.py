"""What was made of texts as they stood before identities were replaced is made anew, or taken away, or told of."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.errors import QualcodeError
from qualcode.pipeline import acts, clearing
from qualcode.pipeline.acts import Progress
from qualcode.project import Project
from qualcode.store import codings, exchange
from qualcode.store import themes as stored_themes


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of files that quoted the texts as they stood."""

    deleted: tuple[str, ...] = ()
    """Exports and unanswered review sheets; they are written anew where that is allowed."""
    left: tuple[str, ...] = ()
    """Answered sheets and packs in the project's folder: they hold what was replaced until a person deletes them."""
    withheld: str = ""
    """Why exports were not written anew."""


def clear_exports(project: Project) -> Refreshed:
    """Take away what quotes the texts as they stood; what holds a person's answers is left and told of."""
    deleted, left = clearing.outdated(project.folder)
    return Refreshed(deleted, left)


def refresh(project: Project, *, progress: Progress = acts.silent) -> Refreshed:
    """The same, and cut, tag, look for themes and export again, as far as that was done before."""
    from qualcode.pipeline import run

    exported = (project.exports / "run.json").exists()
    told = clear_exports(project)
    with project.store.reading() as connection:
        cut = bool(exchange.cut(connection))
        machine, (batch, _) = codings.latest_machine(connection), stored_themes.latest(connection)
    if not (cut or exported):
        return told
    try:
        run.derive(project, tag=machine is not None, themes=bool(batch), export=exported, progress=progress)
    except QualcodeError as problem:
        return Refreshed(told.deleted, told.left, problem.message)
    return told
