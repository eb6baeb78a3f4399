"""What qualcode writes is for its owner alone: files 0600, folders 0700, no image of the memory on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0o077
"""The rights of the group and of everybody else."""


@contextmanager
def private() -> Iterator[None]:
    """What is made in this block, or in a function that this decorates, is the owner's alone.

    >>> with private():
    ...     pass
    """
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def whole_process() -> None:
    """The same for a process that is ours from beginning to end, and for all that it starts."""
    os.umask(OTHERS)
    try:
        import resource
    except ImportError:
        return  # Windows leaves no such images unless a person switches them on
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_to_others(path: Path) -> bool:
    """Whether the group or others have any right; on Windows, where these bits say nothing, never."""
    with suppress(OSError):
        return os.name != "nt" and bool(stat.S_IMODE(path.lstat().st_mode) & OTHERS) and not path.is_symlink()
    return False


def of_project(folder: Path, inner: Sequence[str]) -> Iterator[Path]:
    """The folder, the files in it, and all that lies in those of its folders that `inner` names.

    Other folders in it are the person's own: transcripts, for one, of which nothing is ever touched.
    """
    yield folder
    yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    for name in inner:
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            yield folder / name
            yield from (folder / name).rglob("*")


def narrow(folder: Path, inner: Sequence[str]) -> bool:
    """Take all rights from others; returns whether the folder itself had been open to them.

    What cannot be changed, because it is somebody else's or the disk knows no rights, is left: `doctor` tells of it.
    """
    was_open = open_to_others(folder)
    with suppress(OSError):
        for path in of_project(folder, inner):
            if open_to_others(path):
                with suppress(OSError):
                    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
    return was_open


def touch(path: Path) -> None:
    """Make the file, if it is missing, before a library makes it for everybody to read.

    SQLite gives the log beside a database the rights of the database.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
