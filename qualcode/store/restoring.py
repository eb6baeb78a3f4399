"""Put prepared files in place of a project's: all of them or none, wherever the process is killed.

Everything is prepared in one folder. Renaming it is the one moment that decides: before it nothing has happened, and
the next start throws the folder away; after it the next start finishes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from qualcode.errors import StoreError

PREPARED, READY, LIST = "restore.tmp", "restore.ready", "restore.json"
_DISCARDED = "restore.gone"
_LOGS = ("-wal", "-shm", "-journal")


def prepare(folder: Path) -> Path:
    """A new folder, inside the project's, to prepare files in."""
    discard(folder)
    (folder / PREPARED).mkdir(mode=0o700)
    return folder / PREPARED


def commit(folder: Path, names: Sequence[str]) -> None:
    """Put these prepared files and folders in place.

    Raises:
        StoreError: another program has thrown away what was prepared.
    """
    prepared = folder / PREPARED
    try:
        (prepared / LIST).write_text(json.dumps(sorted(names)), encoding="utf-8")
        for path in (prepared, *prepared.rglob("*")):
            _to_disk(path)
        os.rename(prepared, folder / READY)
    except FileNotFoundError:
        raise StoreError(
            "another program used the project meanwhile; nothing was changed",
            place="restore",
            hint="close it, then try again",
        ) from None
    finish(folder)


def finish(folder: Path) -> None:
    """Finish what was decided on, throw away what was not; nothing happens where there is neither."""
    ready = folder / READY
    if (ready / LIST).is_file():
        for name in json.loads((ready / LIST).read_text(encoding="utf-8")):
            if (ready / name).exists():  # else it is in place already
                _place(ready / name, folder / name)
        # The list goes last, and with it what says that there is something to finish.
        os.rename(ready, _free(folder))
    discard(folder)


def discard(folder: Path) -> None:
    """Throw away what was prepared and not decided on."""
    if (folder / PREPARED).is_dir():
        # Renamed first: whoever is still preparing in it must not find half of it.
        os.rename(folder / PREPARED, _free(folder))
    for path in folder.glob(_DISCARDED + "*"):
        shutil.rmtree(path, ignore_errors=True)


def _place(new: Path, old: Path) -> None:
    if new.suffix == ".sqlite":
        # A log of the old file would be played into the new one.
        for end in _LOGS:
            old.with_name(old.name + end).unlink(missing_ok=True)
    if old.is_dir():
        os.rename(old, _free(old.parent))
    os.replace(new, old)


def _free(folder: Path) -> Path:
    number = 1
    while (folder / f"{_DISCARDED}{number}").exists():
        number += 1
    return folder / f"{_DISCARDED}{number}"


def _to_disk(path: Path) -> None:
    if path.is_file():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
