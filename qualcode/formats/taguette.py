"""Taguette's SQLite project, opened read-only: documents, tags, highlights, and who made them.

This is the one place outside the store that reads SQLite (design: the file is a stranger's, and never ours). Offsets
count bytes of UTF-8 over the text nodes of a document's HTML, which Taguette has cleaned.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST_BYTES = b"SQLite format 3\x00"
_BLOCK_END = ""
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_BLOCKS = _HEADINGS | {"p", "div", "li", "ul", "ol", "table", "tr", "td", "th", "dt", "dd", "blockquote", "pre"}


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of a document, in bytes, with its tags' paths and the user who made it."""

    id: int
    start: int
    end: int
    tags: tuple[str, ...]
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text as Taguette counts it, and its highlights."""

    id: int
    name: str = field(repr=False)
    text: str = field(repr=False)
    """Readable: a line end after each paragraph."""
    places: Places = field(repr=False)
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class TaguetteProject:
    """One project of the file."""

    id: int
    name: str = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
    """Path to description."""
    documents: tuple[Document, ...] = ()
    users: tuple[str, ...] = ()


def projects(path: Path) -> list[TaguetteProject]:
    """All projects of a Taguette file.

    Raises:
        ValueError: not a Taguette file, or damaged.
    """
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        # A stranger's schema may hold views and triggers: nothing of it is run, and damaged pages are refused.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        found = connection.execute("SELECT id, name FROM projects ORDER BY id").fetchall()
        return [_project(connection, number, str(name)) for number, name in found]
    except (sqlite3.Error, UnicodeDecodeError, TypeError, OverflowError) as error:
        raise ValueError(type(error).__name__) from None
    finally:
        connection.close()


def _project(connection: sqlite3.Connection, project: int, name: str) -> TaguetteProject:
    tags = connection.execute("SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id", (project,))
    paths = {number: (str(path), str(description or "")) for number, path, description in tags}
    of_highlight: dict[int, list[str]] = defaultdict(list)
    rows = connection.execute("SELECT highlight_id, tag_id FROM highlight_tags ORDER BY highlight_id, tag_id")
    for highlight, tag in rows:
        if tag in paths:
            of_highlight[highlight].append(paths[tag][0])
    users = [
        str(login)
        for (login,) in connection.execute(
            "SELECT user_login FROM project_members WHERE project_id = ? ORDER BY user_login", (project,)
        )
    ]
    made = _made(connection, project)
    documents = []
    query = "SELECT id, name, contents FROM documents WHERE project_id = ? ORDER BY id"
    for number, title, contents in connection.execute(query, (project,)):
        text, places = readable(str(contents))
        spans = connection.execute(
            "SELECT id, start_offset, end_offset FROM highlights WHERE document_id = ? ORDER BY start_offset, id",
            (number,),
        )
        highlights = tuple(
            Highlight(
                highlight,
                int(start),
                int(end),
                tuple(of_highlight[highlight]),
                *made.get(highlight, (users[0] if len(users) == 1 else "", "")),
            )
            for highlight, start, end in spans
        )
        documents.append(Document(number, str(title), text, places, highlights))
    return TaguetteProject(project, name, dict(paths.values()), tuple(documents), tuple(users))


def _made(connection: sqlite3.Connection, project: int) -> dict[int, tuple[str, str]]:
    """Who put each highlight there last, and when: the log of commands knows, the highlight does not."""
    found: dict[int, tuple[str, str]] = {}
    query = "SELECT user_login, date, payload FROM commands WHERE project_id = ? ORDER BY id"
    for user, at, payload in connection.execute(query, (project,)):
        try:
            said = json.loads(payload)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(said, dict) and said.get("type") == "highlight_add" and isinstance(said.get("highlight_id"), int):
            found[said["highlight_id"]] = (str(user), str(at))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """From Taguette's byte offsets to code points of the readable text; -1 where no character begins, or ends."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Half-open code points, or None where the bytes are outside, or split a character."""
        if not 0 <= start < end < len(self.ends):
            return None
        first, behind = int(self.starts[start]), int(self.ends[end])
        return (first, behind) if 0 <= first < behind else None


def readable(html: str) -> tuple[str, Places]:
    """The text of a document with its line ends, and where each byte of Taguette's is in it.

    >>> text, places = readable("<p>caf\u00e9</p><p>two</p>")
    >>> text, places.span(0, 5), places.span(5, 8)
    ('caf\u00e9\\ntwo', (0, 4), (5, 8))
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    kept = reader.kept()
    return "".join(part for part, _ in kept), _places(kept)


def _places(kept: list[tuple[str, bool]]) -> Places:
    points = np.array([ord(character) for part, _ in kept for character in part], dtype=np.int64)
    counted = np.repeat(np.array([said for _, said in kept], dtype=bool), [len(part) for part, _ in kept])
    width = np.where(counted, 1 + (points > 0x7F) + (points > 0x7FF) + (points > 0xFFFF).astype(np.int64), 0)
    behind = np.cumsum(width)
    own = np.flatnonzero(counted)
    size = int(behind[-1]) + 1 if len(behind) else 1
    starts, ends = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    # An added line end shares its offset with its neighbours and is never the edge of a highlight.
    starts[(behind - width)[own]] = own
    ends[behind[own]] = own + 1
    return Places(starts, ends)


class _Reader(HTMLParser):
    """Gathers text nodes, which Taguette counts, and line ends between blocks, which it does not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[tuple[str, bool]] = []
        """(characters, whether Taguette counts them)."""

    def handle_data(self, data: str) -> None:
        """Take a text node; characters that no text of ours holds become others of one place each."""
        plain = data.replace("\r", "\n").replace("\x00", " ").replace("\ufeff", "\u200b")
        if self._parts and self._parts[-1] == (_BLOCK_END, False) and not plain.startswith("\n"):
            self._parts.append(("\n", False))
        self._parts.append((plain, True))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """A break ends a line."""
        if tag == "br":
            self._parts.append(("\n", False))

    def handle_endtag(self, tag: str) -> None:
        """A block ends a line, unless the next text node does so itself."""
        if tag in _BLOCKS:
            self._parts.append((_BLOCK_END, False))

    def kept(self) -> list[tuple[str, bool]]:
        """All parts, counted or added."""
        return [(part, counted) for part, counted in self._parts if part]
