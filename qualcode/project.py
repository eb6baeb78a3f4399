"""The project folder: key, settings, store and codebook; tidy frames for notebooks."""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path

import pandas as pd
import tomlkit

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook
from qualcode.errors import NotAllowed, ProjectError, ProjectWarning
from qualcode.private import narrow, private
from qualcode.settings import APPROACHES, TEMPLATE, UNITS, read_settings
from qualcode.store import encryption, frames, restoring, tombstones
from qualcode.store.database import Database
from qualcode.whereabouts import whereabouts

SETTINGS, CODEBOOK, KEY, STORE = "qualcode.toml", "codebook.yaml", "qualcode.key", "qualcode.sqlite"
MANIFEST, PROGRAMMES, CONSENTS = "manifest.csv", "programmes.csv", "consent.csv"
ORIGINALS = "originals.sqlite"
LITERATURE = "literature"
INNER = ("runs", "exports", "backups", LITERATURE)
"""Folders that qualcode makes in a project's."""
LEAST_KEY_BYTES = 16

_MOVE = "choose a folder outside of it"


class Project:
    """An open project. Use as a context manager, or call `close`.

    Args:
        folder: the project folder; what others could read in it is the owner's alone from now on.
        passphrase: of an encrypted project; else the environment's, or the person is asked.

    Raises:
        ProjectError: no project there, or its settings are faulty.
        NotAllowed: the project is encrypted, and there is no passphrase.
    """

    def __init__(self, folder: Path, passphrase: str | None = None) -> None:
        self.folder = folder
        restoring.finish(folder)
        if not (folder / SETTINGS).is_file():
            raise ProjectError(
                f"there is no project here (no {SETTINGS})",
                place=str(folder),
                hint=f"qualcode init {folder}, or: qualcode run RAW -o {folder}",
            )
        if narrow(folder, INNER):
            _tell("other users of this computer could look into the project; it is yours alone now")
        self.settings = read_settings(folder / SETTINGS)
        self.secret = secret_in(folder)
        self.where = whereabouts(folder)
        if self.where.cloud:
            _tell(f"the project lies in a folder of {self.where.cloud}, which copies it away; {_MOVE}")
        self.store = Database(folder / STORE, self.secret, careful=self.where.careful, passphrase=passphrase)

    @classmethod
    def open(cls, folder: str | Path, passphrase: str | None = None) -> Project:
        """Open the project in `folder`.

        Raises:
            ProjectError: no project there, its settings are faulty, or a withdrawal in it was cut short.
        """
        project = cls(Path(folder), passphrase)
        with project.store.reading() as connection:
            cut_short = [stone for stone in tombstones.tombstones(connection).values() if stone.unfinished]
        if cut_short:
            project.close()
            raise ProjectError(
                "a withdrawal is not finished", place=str(folder), hint="any command finishes it, as: qualcode report"
            )
        return project

    @classmethod
    @private()
    def create(
        cls,
        folder: Path,
        codebook_text: str,
        *,
        title: str = "",
        note: str = "",
        cloud_ok: bool = False,
        passphrase: str | None = None,
    ) -> Project:
        """Make a new project folder; a file that is there already is not touched.

        Args:
            folder: the folder.
            codebook_text: of the new `codebook.yaml`.
            title: of its report.
            note: what the report's reader must know first.
            cloud_ok: make it even where a program copies it to a cloud.
            passphrase: encrypt its database with it.

        Raises:
            MissingExtra: it is to be encrypted, and sqlcipher3 is not installed.
            NotAllowed: the folder is one that a program copies to a cloud.
            ProjectError: the folder cannot be made or written.
        """
        cloud = whereabouts(folder).cloud
        if cloud and not cloud_ok:
            raise NotAllowed(
                f"the project would lie in a folder of {cloud}, which copies participants' words away",
                hint=f"{_MOVE}; or, if your ethics approval allows it: --cloud-ok",
            )
        if passphrase is not None:
            encryption.driver()
            encryption.checked(passphrase)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not (folder / CODEBOOK).exists():
                (folder / CODEBOOK).write_text(codebook_text, encoding="utf-8")
            if not (folder / KEY).exists():
                (folder / KEY).write_text(secrets.token_hex(32) + "\n", encoding="ascii")
            if not (folder / SETTINGS).exists():
                text = TEMPLATE.format(
                    approaches=" | ".join(APPROACHES),
                    units=" | ".join(UNITS),
                    title=tomlkit.string(title).as_string(),
                    note=tomlkit.string(note, multiline="\n" in note).as_string(),
                )
                (folder / SETTINGS).write_text(text, encoding="utf-8")
        except OSError as error:
            raise ProjectError(
                f"cannot be written ({error.strerror})", place=str(folder), hint="choose another folder with -o"
            ) from error
        narrow(folder, INNER)
        return cls(folder, passphrase)

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave one tidy file behind, and nothing that others can read."""
        self.store.close()
        narrow(self.folder, INNER)

    @property
    def codebook(self) -> Codebook:
        """The codebook as its file stands now."""
        return codebooks.load(self.folder / CODEBOOK)

    @property
    def codebook_text(self) -> str:
        """The codebook file's text."""
        return (self.folder / CODEBOOK).read_text(encoding="utf-8-sig")

    @property
    def runs(self) -> Path:
        """Where machine runs lie."""
        return self.folder / "runs"

    @property
    def literature(self) -> Path:
        """Where published programmes and effects lie; the folder may be missing."""
        return self.folder / LITERATURE

    @property
    def exports(self) -> Path:
        """Where exports are written."""
        return self.folder / "exports"

    def segments(self) -> pd.DataFrame:
        """segment, transcript, case, programme, kind, role, unit, start, end, current."""
        with self.store.reading() as connection:
            return frames.segments(connection)

    def codings(self) -> pd.DataFrame:
        """Present codes: segment, transcript, case, programme, coder, coder_kind, code, scores, weight, facets."""
        with self.store.reading() as connection:
            return frames.codings(connection, [facet.id for facet in self.codebook.facets])

    def judged(self) -> pd.DataFrame:
        """Decisions: segment, coder, code, blind, sample, weight."""
        with self.store.reading() as connection:
            return frames.judged(connection, self.runs)


def _tell(what: str) -> None:
    # As if said here, whoever opens the project: Python then says it once in a process.
    warnings.warn(what, ProjectWarning, stacklevel=1)


def secret_in(folder: Path) -> bytes:
    """The key for ids of the project in `folder`.

    Raises:
        ProjectError: it is missing or damaged.
    """
    path = folder / KEY
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        if len(key) < LEAST_KEY_BYTES:
            raise ValueError
        return key
    except (OSError, ValueError) as error:
        raise ProjectError(
            "the project's key is missing or damaged",
            place=path.name,
            hint="put the file back from where the project was copied; ids depend on it",
        ) from error
