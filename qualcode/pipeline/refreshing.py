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
    exported = (project.exports / "run.json").exists()
    told = clear_exports(project)
    with project.store.reading() as connection:
        cut = bool(exchange.cut(connection))
    withheld = derive_anew(project, exported=exported, progress=progress) if cut or exported else ""
    return Refreshed(told.deleted, told.left, withheld)


def derive_anew(project: Project, *, exported: bool, progress: Progress = acts.silent) -> str:
    """Cut, tag, look for themes and export again, as far as that was done before; says why not where it cannot be."""
    from qualcode.pipeline import run

    with project.store.reading() as connection:
        machine, (batch, _) = codings.latest_machine(connection), stored_themes.latest(connection)
    try:
        run.derive(project, tag=machine is not None, themes=bool(batch), export=exported, progress=progress)
    except QualcodeError as problem:
        # The texts have changed already; a gate that holds back an export is no reason to stop here.
        return problem.message
    return ""
