"""Open a project for a command: a withdrawal that was cut short is finished first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualcode.pipeline import withdrawing
from qualcode.pipeline.withdrawing import WithdrawSummary
from qualcode.project import Project


def opened(
    folder: str | Path,
    tell: Callable[[WithdrawSummary], None] | None = None,
    *,
    but: str = "",
    passphrase: str | None = None,
) -> Project:
    """Open the project in a folder.

    Args:
        folder: of the project.
        tell: told of each withdrawal that was gone on with.
        but: a case whose withdrawal the caller sees to.
        passphrase: of an encrypted project; the environment's, or asked for, unless given.

    Raises:
        ProjectError: no project there, or its settings are faulty.
    """
    project = Project(Path(folder), passphrase)
    try:
        for case in withdrawing.unfinished(project):
            if case != but:
                summary = withdrawing.finish(project, case)
                if tell:
                    tell(summary)
    except BaseException:
        project.close()
        raise
    return project
