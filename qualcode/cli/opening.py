"""Open the project that a command is about, and tell of a withdrawal that had to be finished first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.cli import asking, output

if TYPE_CHECKING:
    from qualcode.pipeline.withdrawing import WithdrawSummary
    from qualcode.project import Project


def opened(folder: Path, *, but: str = "") -> Project:
    """The project in a folder; raises as `pipeline.opening.opened` does."""
    from qualcode.pipeline import opening

    # Asked for before progress is shown: its bars would write over the question.
    return opening.opened(folder, told, but=but, passphrase=asking.known(folder))


def told(summary: WithdrawSummary) -> None:
    """Say what became of a withdrawal that was cut short."""
    if summary.done:
        output.note("a withdrawal that was cut short is finished now")
        return
    files = ", ".join(trace.path for trace in summary.traces)
    output.warn(f"a withdrawal is not finished: words are left in {files}", "delete these files, or the words in them")
