"""The key of the originals: outside the project, so that the folder alone tells nobody who somebody is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cryptography.fernet import Fernet

from qualcode.corpus import keyed_id
from qualcode.errors import ProjectError
from qualcode.project import ORIGINALS, Project
from qualcode.store.originals import Originals

ELSEWHERE = "QUALCODE_KEYS"
"""Environment variable that names another folder for keys."""


def path_of(project: Project) -> Path:
    """Where the project's key lies, or is to lie."""
    return _folder() / f"{keyed_id(project.secret, 'k', 'originals')}.key"


def key_of(project: Project, *, make: bool = False) -> bytes | None:
    """The key, or None where there is none; with `make`, one is made if nothing was sealed yet.

    Raises:
        ProjectError: the key is damaged, cannot be written, or is missing and something was sealed with it.
    """
    path = path_of(project)
    if path.exists():
        key = path.read_bytes().strip()
        try:
            Fernet(key)
        except ValueError:
            raise ProjectError("the key of the originals is damaged", place=str(path), hint=_HINT) from None
        return key
    if not make:
        return None
    if (project.folder / ORIGINALS).exists():
        raise ProjectError("the key of the originals is missing", place=str(path), hint=_HINT)
    return write(path, Fernet.generate_key())


def write(path: Path, key: bytes) -> bytes:
    """Put a key where it belongs, readable for its owner alone; returns it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".tmp")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(key + b"\n")
        unfinished.replace(path)
    except OSError as error:
        raise ProjectError(
            f"the key cannot be written ({error.strerror})", place=str(path), hint=f"name another folder in {ELSEWHERE}"
        ) from error
    return key


def originals(project: Project, *, make: bool = False) -> Originals:
    """The project's originals, with their key where it is at hand; raises as `key_of` does."""
    return Originals(project.folder / ORIGINALS, key_of(project, make=make))


_HINT = "put it back from your copy of it; `qualcode deidentify key --lost` begins anew without the originals"


def _folder() -> Path:
    elsewhere = os.environ.get(ELSEWHERE)
    if elsewhere:
        return Path(elsewhere)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "qualcode" / "keys"
