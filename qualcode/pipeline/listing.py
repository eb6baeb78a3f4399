"""Which files of a folder may be transcripts, and what in it cannot be looked into."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from qualcode import plugins
from qualcode.errors import ProjectError
from qualcode.importers import Skipped
from qualcode.project import CONSENTS, MANIFEST, PROGRAMMES, SETTINGS

_OURS = {MANIFEST, PROGRAMMES, CONSENTS, "qualcode.toml", "codebook.yaml", "codebook.yml"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder, in order, and its parts that could not be listed."""

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...] = ()


def files_in(raw: Path) -> list[Path]:
    """The files of a folder that may be transcripts, or the one file named.

    Raises:
        ProjectError: the folder is missing, cannot be read, or holds none.
    """
    return list(listed(raw).files)


def listed(raw: Path) -> Listing:
    """The files of a folder that may be transcripts, or the one file named, and what could not be listed.

    Raises:
        ProjectError: the folder is missing, cannot be read, or holds none.
    """
    if raw.is_file():
        return Listing((raw,))
    if not raw.is_dir():
        raise ProjectError("there is no such folder", place=str(raw), hint="give the folder that holds the transcripts")
    files: list[Path] = []
    skipped: list[Skipped] = []
    unreadable: list[OSError] = []
    for folder, inner, names in os.walk(raw, onerror=unreadable.append):
        here = Path(folder)
        if here != raw and (here / SETTINGS).exists():
            inner.clear()  # another project
            continue
        inner[:] = [name for name in inner if not name.startswith((".", "~$"))]
        # Links to folders are not followed: a link to a folder above would never end.
        skipped += [
            Skipped(named(here / name, raw), "is a link to a folder, which is not followed", True, hint=_LINK)
            for name in inner
            if (here / name).is_symlink()
        ]
        for name in names:
            path = here / name
            if name in _OURS or name.startswith((".", "~$")):
                continue
            why = _no_file(path)
            if why:
                skipped.append(Skipped(named(path, raw), why, failed=True))
            else:
                files.append(path)
    skipped += [_unreadable(error, raw) for error in unreadable]
    if not files and not skipped:
        raise ProjectError(
            "the folder holds no files",
            place=str(raw),
            hint=f"put transcripts there ({', '.join('.' + n for n in plugins.names('importers'))})",
        )
    return Listing(tuple(sorted(files)), tuple(sorted(skipped, key=lambda item: item.place)))


def named(path: Path, base: Path) -> str:
    """How a file is named everywhere: relative to the folder, with `/`.

    Some names cannot stand in a manifest or in the store: bytes of old disks that are not UTF-8, ends of lines, blanks
    at an end, backslashes. Each such byte is written as its number, `%E9`.
    """
    name = path.relative_to(base).as_posix()
    return _ODD.sub(lambda found: "".join(f"%{byte:02X}" for byte in os.fsencode(found[0])), name)


def refuse_inside(folder: Path, raw: Path) -> None:
    """Refuse a project inside the folder of transcripts, which is never written to.

    Raises:
        ProjectError: it would lie there.
    """
    if raw.is_dir() and folder.resolve().is_relative_to(raw.resolve()):
        raise ProjectError(
            "the project would lie inside the folder of transcripts",
            place=str(folder),
            hint="choose another folder with -o",
        )


_ODD = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|^\s+|\s+$|\s+(?=/)|(?<=/)\s+")
_LINK = "copy the folder here, or import it by its own name"


def _no_file(path: Path) -> str:
    try:
        if path.is_file():
            return ""
        return "is a link that leads nowhere" if path.is_symlink() else "is no ordinary file"
    except OSError as error:
        return f"cannot be opened ({error.strerror})"


def _unreadable(error: OSError, raw: Path) -> Skipped:
    place = named(Path(os.fsdecode(error.filename)), raw)
    reason = f"the folder cannot be read ({error.strerror})"
    return Skipped(place, reason, failed=True, hint="give yourself the right to read it, and import again")
