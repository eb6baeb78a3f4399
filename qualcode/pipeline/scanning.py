"""A scan of a folder, byte by byte, for what somebody said: in plain files, packed ones, free pages of databases.

Words are `\\w+`, lower-cased. A file is read as UTF-8 and as UTF-16, as it stands, with the escapes of JSON resolved,
and without the tags and entities of HTML and XML; what is packed in it (zip, gzip, Parquet, SQLite) is unpacked. PDF
files and encrypted ones are read as they stand only.
"""

from __future__ import annotations

import gzip
import html
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qualcode.errors import StoreError
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.shingles import Runs, Shingler
from qualcode.store import contents

_BLOCK, _LAP = 8 << 20, 1 << 14
"""Bytes of a file at a time, and how many of the last ones are read again with the next."""
_DEEPEST = 4
_MOST_UNPACKED = 1 << 30
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){6}|(?:\x00[\x20-\x7e]){6}")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trace:
    """A file in which words were found."""

    path: str = field(repr=False)
    """Relative to the folder."""
    count: int
    """How many of the runs looked for; 0 where the file could not be looked into."""


def traces(
    folder: Path,
    shingles: Runs,
    shingler: Shingler,
    *,
    within: Callable[[Path], bool] | None = None,
    progress: Progress = acts.silent,
) -> tuple[Trace, ...]:
    """Files under a folder that hold any of these runs of words, or that hide what they hold.

    Args:
        folder: every file below it is read; links out of it are not followed.
        shingles: runs of eight words, made by `shingler`.
        shingler: keyed as the runs are.
        within: which files to read; all unless given.
        progress: told of each file.
    """
    paths = [path for path in sorted(_files(folder)) if within is None or within(path)]
    found = []
    for number, path in enumerate(paths):
        progress("scan", number, len(paths))
        look = _Look(shingles, shingler)
        look.file(path)
        if len(look.found) or look.hidden:
            found.append(Trace(path.relative_to(folder).as_posix(), len(look.found)))
    progress("scan", len(paths), len(paths))
    return tuple(found)


def _files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (
            Path(here, name) for name in names if Path(here, name).is_file() and not Path(here, name).is_symlink()
        )


class _Look:
    """Looks through one file and all that is packed in it."""

    def __init__(self, wanted: Runs, shingler: Shingler) -> None:
        self.found: Runs = np.empty(0, np.uint64)
        self.hidden = False
        self._wanted, self._shingler = wanted, shingler
        self._left = _MOST_UNPACKED

    def file(self, path: Path) -> None:
        """Look at the bytes of a file, then into it."""
        try:
            with path.open("rb") as file:
                head = file.read(16)
                file.seek(0)
                before = b""
                while block := file.read(_BLOCK):
                    self._bytes(before + block, marked=not head.startswith(contents.HEAD))
                    before = block[-_LAP:]
        except OSError:
            self.hidden = True
            return
        try:
            if head.startswith(contents.HEAD):
                self._cells(contents.cells(path), 1)
            elif head.startswith(b"PK") and zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as packed:
                    self._members(packed, 1)
            elif head.startswith((b"PAR1", b"\x1f\x8b")):
                self._into(path.read_bytes(), 1)
        except (OSError, StoreError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
            self.hidden = True

    def _bytes(self, data: bytes, *, marked: bool = True) -> None:
        self._text(data.decode(errors="replace"), marked=marked)
        if _WIDE.search(data):
            for start in (0, 1):
                self._text(data[start:].decode("utf-16-le", errors="replace"), marked=marked)

    def _text(self, text: str, *, marked: bool = True) -> None:
        ways = [text]
        if "\\" in text:
            ways.append(_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else " ", text))
        if marked and "&" in text:
            ways.append(html.unescape(text))
        if marked and "<" in text:
            # Tags stand between words (paragraphs) and inside them (marks, runs of Word).
            ways += [html.unescape(_TAG.sub(gap, text)) for gap in (" ", "")]
        for way in ways:
            self.found = np.union1d(self.found, self._shingler.shared(way, self._wanted))

    def _cells(self, cells: Iterator[str | bytes], depth: int) -> None:
        some: list[str] = []
        size = 0
        for cell in cells:
            if isinstance(cell, bytes):
                self._into(cell, depth)
                continue
            some.append(cell)
            size += len(cell)
            if size > _BLOCK:
                self._text("\n\x00\n".join(some))
                some, size = [], 0
        self._text("\n\x00\n".join(some))

    def _members(self, packed: zipfile.ZipFile, depth: int) -> None:
        for member in packed.infolist():
            self._text(member.filename)
            self._left -= member.file_size
            if self._left < 0:
                self.hidden = True
                return
            self._into(packed.read(member), depth)

    def _into(self, data: bytes, depth: int) -> None:
        if depth > _DEEPEST:
            self.hidden = True
            return
        for start in range(0, max(len(data), 1), _BLOCK):
            self._bytes(data[max(0, start - _LAP) : start + _BLOCK])
        if data.startswith(contents.HEAD):
            self._cells(contents.cells_of(data, "a file in a file"), depth + 1)
        elif data.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                self._members(packed, depth + 1)
        elif data.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(data)) as unpacked:
                inside = unpacked.read(self._left + 1)
            self._left -= len(inside)
            self.hidden = self.hidden or self._left < 0
            self._into(inside, depth + 1)
        elif data.startswith(b"PAR1"):
            self._table(data, depth)

    def _table(self, data: bytes, depth: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(io.BytesIO(data))
        except (pa.ArrowException, OSError):
            self.hidden = True
            return
        for column in table.columns:
            values = (
                pa.chunked_array(
                    [
                        chunk.dictionary_decode() if pa.types.is_dictionary(chunk.type) else chunk
                        for chunk in column.chunks
                    ]
                )
                if column.num_chunks
                else column
            )
            if (
                pa.types.is_string(values.type)
                or pa.types.is_large_string(values.type)
                or pa.types.is_binary(values.type)
                or pa.types.is_nested(values.type)
            ):
                self._cells(
                    (
                        cell if isinstance(cell, (str, bytes)) else str(cell)
                        for cell in values.to_pylist()
                        if cell is not None
                    ),
                    depth + 1,
                )
