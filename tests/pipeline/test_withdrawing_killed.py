"""A withdrawal that is killed at any step has done nothing, or is finished by whatever command comes next."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qualcode.errors import ProjectError
from qualcode.pipeline import withdrawing
from qualcode.project import Project
from qualcode.store import events, tombstones
from tests.byte_scan import assert_nowhere
from tests.invented import P01, P02, P03, REPOSITORY, SURVEY, environment, qualcode, tables

KILLED = """\
import importlib, os, signal, sys
from qualcode.pipeline import withdrawing
from qualcode.project import Project

module, name, when = sys.argv[1:]
place = importlib.import_module(module)
step = getattr(place, name)

def dying(*given, **named):
    if when == "after":
        step(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(place, name, dying)
with Project.open("project") as project:
    withdrawing.withdraw(project, "P01")
"""
BEFORE_ANYTHING = [
    ("qualcode.pipeline.departing", "begin", "after"),
]
BEGUN = [
    ("qualcode.pipeline.departing", "purge", "before"),
    ("qualcode.store.purging", "cases", "after"),
    ("qualcode.store.events", "record", "after"),
    ("qualcode.pipeline.clearing", "clear", "before"),
    ("qualcode.pipeline.clearing", "_codebook", "after"),
    ("qualcode.pipeline.clearing", "_exports", "after"),
    ("qualcode.pipeline.withdrawing", "_purge_backups", "after"),
    ("qualcode.pipeline.run", "derive", "before"),
    ("qualcode.pipeline.scanning", "traces", "after"),
]


@pytest.fixture
def kept(small: Path) -> Path:
    """The small project with a backup in it."""
    backup = small / "project" / "backups" / "first"
    backup.mkdir(parents=True)
    for name in ("qualcode.sqlite", "codebook.yaml", "qualcode.toml"):
        shutil.copyfile(small / "project" / name, backup / name)
    return small


def _killed(folder: Path, step: tuple[str, str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *step],
        cwd=folder,
        env=environment(REPOSITORY),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("step", BEFORE_ANYTHING, ids=lambda step: "-".join(step[1:]))
def test_before_it_is_written_down_nothing_has_happened(kept: Path, step: tuple[str, str, str]) -> None:
    before = tables(kept / "project" / "qualcode.sqlite")
    _killed(kept, step)
    with Project.open(kept / "project") as project:
        assert withdrawing.unfinished(project) == []
    assert tables(kept / "project" / "qualcode.sqlite") == before


@pytest.mark.parametrize("step", BEGUN, ids=lambda step: "-".join(step[1:]))
def test_once_it_is_written_down_the_next_command_finishes_it(kept: Path, step: tuple[str, str, str]) -> None:
    _killed(kept, step)
    with pytest.raises(ProjectError, match="a withdrawal is not finished"):
        Project.open(kept / "project")
    done = qualcode("speakers", "-p", "project", cwd=kept)
    assert done.returncode == 0, done.stderr
    assert "a withdrawal that was cut short is finished now" in done.stderr
    assert "P01" not in done.stdout + done.stderr
    assert_nowhere(kept / "project", P01, others=(P02, P03, SURVEY))
    with Project.open(kept / "project") as project, project.store.reading() as connection:
        (stone,) = tombstones.tombstones(connection).values()
        assert stone.unfinished is None
        assert stone.counts["transcripts"] == 1
        assert [event.kind for event in events.all_events(connection)].count("withdraw") == 1
    assert (kept / "project" / "exports" / "report.html").exists()
    again = qualcode("run", "raw", "-o", "project", cwd=kept)
    assert "nothing to do" in again.stdout, again.stderr
