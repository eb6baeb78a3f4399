"""The project folder: key, settings, store and codebook; tidy frames for notebooks."""

from __future__ import annotations

import secrets
from pathlib import Path

import pandas as pd
import tomlkit

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook
from qualcode.errors import ProjectError
from qualcode.settings import APPROACHES, TEMPLATE, UNITS, read_settings
from qualcode.store import frames
from qualcode.store.database import Database

SETTINGS, CODEBOOK, KEY, STORE = "qualcode.toml", "codebook.yaml", "qualcode.key", "qualcode.sqlite"
MANIFEST, PROGRAMMES, CONSENT = "manifest.csv", "programmes.csv", "consent.csv"
ORIGINALS = "originals.sqlite"
LITERATURE = "literature"
LEAST_KEY_BYTES = 16


class Project:
    """An open project. Use as a context manager, or call `close`.

    Args:
        folder: the project folder.

    Raises:
        ProjectError: no project there, or its settings are faulty.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / SETTINGS).is_file():
            raise ProjectError(
                f"there is no project here (no {SETTINGS})",
                place=str(folder),
                hint=f"qualcode init {folder}, or: qualcode run RAW -o {folder}",
            )
        self.settings = read_settings(folder / SETTINGS)
        self.secret = _secret(folder / KEY)
        self.store = Database(folder / STORE)

    @classmethod
    def open(cls, folder: str | Path) -> Project:
        """Open the project in `folder`."""
        return cls(Path(folder))

    @classmethod
    def create(cls, folder: Path, codebook_text: str, *, title: str = "", note: str = "") -> Project:
        """Make a new project folder; a file that is there already is not touched.

        Raises:
            ProjectError: the folder cannot be made or written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not (folder / CODEBOOK).exists():
                (folder / CODEBOOK).write_text(codebook_text, encoding="utf-8")
            if not (folder / KEY).exists():
                (folder / KEY).write_text(secrets.token_hex(32) + "\n", encoding="ascii")
                (folder / KEY).chmod(0o600)
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
        return cls(folder)

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave one tidy file behind."""
        self.store.close()

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


def _secret(path: Path) -> bytes:
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
