"""The key of the originals: outside the project, so that the folder alone tells nobody who somebody is."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from qualcode.corpus import keyed_id
from qualcode.errors import ProjectError
from qualcode.pipeline import acts
from qualcode.project import ORIGINALS, Project
from qualcode.store import events, marks, offset_maps
from qualcode.store.database import Connection
from qualcode.store.originals import Originals

COMING = ".new"
"""Suffix of a key that is about to take the place of another."""
ABANDONED = "abandoned"
TRIED = "pseudonym key"
"""What lies in the originals from the first day, to try a key on."""
ELSEWHERE = "QUALCODE_KEYS"
"""Environment variable that names another folder for keys."""


def path_of(project: Project) -> Path:
    """Where the project's key lies, or is to lie."""
    return place_of(project.secret)


def place_of(secret: bytes) -> Path:
    """The same, of a project that is not open: `secret` is its key for ids."""
    return _folder() / f"{keyed_id(secret, 'k', 'originals')}.key"


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
    _settle(project)
    return Originals(project.folder / ORIGINALS, key_of(project, make=make))


@dataclass(frozen=True, slots=True)
class KeyState:
    """Where the key of the originals lies, and how much it opens."""

    path: Path
    there: bool
    sealed: int


def state(project: Project) -> KeyState:
    """What there is, whether the key is at hand or not."""
    path = path_of(project)
    sealed = Originals(project.folder / ORIGINALS, None)
    try:
        return KeyState(path, path.exists(), len(sealed.sealed()))
    finally:
        sealed.close()


def renew(project: Project) -> None:
    """Seal the originals under a new key; pseudonyms stay what they are.

    The new key lies beside the old one until all is sealed with it: a kill in between leaves one that opens.

    Raises:
        ProjectError: there is no key that opens them.
    """
    path = path_of(project)
    sealed = originals(project)
    key = Fernet.generate_key()
    try:
        coming = path.with_suffix(COMING)
        write(coming, key)
        sealed.rekey(key)
        coming.replace(path)
    finally:
        sealed.close()


def abandon(project: Project) -> None:
    """Take away what nobody can open any more, so that a new key can be made.

    Raises:
        ProjectError: the key is there.
    """
    if path_of(project).exists():
        raise ProjectError("the key is there", place=str(path_of(project)), hint="to change it: deidentify key --new")
    with project.store.writing() as connection:
        gone = offset_maps.standing(connection)
        before = json.loads(marks.mark(connection, ABANDONED) or "[]")
        marks.set_mark(connection, ABANDONED, json.dumps(sorted({*before, *gone})))
        events.record(connection, "abandon", actor=acts.RESEARCHER, at=acts.now(), subjects=gone)
    (project.folder / ORIGINALS).unlink(missing_ok=True)


def origins(connection: Connection) -> dict[str, str]:
    """Texts that stand, each with the original that it was made of, as far as that was not given up."""
    given_up = set(json.loads(marks.mark(connection, ABANDONED) or "[]"))
    return {new: old for old, new in offset_maps.standing(connection).items() if old not in given_up}


def _settle(project: Project) -> None:
    """Finish a change of keys that was cut short: the key that opens the originals is the one that stays."""
    path = path_of(project)
    coming = path.with_suffix(COMING)
    if not coming.exists():
        return
    trial = Originals(project.folder / ORIGINALS, coming.read_bytes().strip())
    try:
        trial.register(TRIED)
        coming.replace(path)
    except ProjectError:
        coming.unlink()
    finally:
        trial.close()


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
