"""What importers take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qualcode.codebook import Codebook
from qualcode.coding import Coder, Memo
from qualcode.corpus import AttributeValue, Case, Kind, Programme, Role, Transcript

Tracked = Literal["accepted", "rejected"]

Sketched = tuple[str, int, int, bytes]
"""A sketch as it is stored: transcript, how many shingles it has, modulus, hashes kept (`overlap.packed`)."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the manifest, or a file name, says about a document."""

    kind: Kind | None = None
    case: str | None = None
    programme: str | None = None
    study: str | None = None
    group: str | None = None
    wave: str | None = None
    date: str | None = None
    language: str | None = None
    deidentified: bool | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class TableColumns:
    """Which columns of a table hold what; empty fields are guessed from names and contents."""

    text: tuple[str, ...] = ()
    """Each holds the answers to one open question; a row is one transcript for each of them that is filled."""
    id: str = ""
    case: str = ""
    programme: str = ""
    question: str = ""
    """Column that holds the question of each row, for the first text column; else the text column's own name is it."""
    study: str = ""
    group: str = ""
    wave: str = ""
    date: str = ""
    language: str = ""
    attributes: tuple[str, ...] | None = None
    """Columns kept as attributes of the case; None is to guess, empty is none."""
    unread: tuple[str, ...] | None = None
    """Columns that are left out. Not None says that all is decided: nothing is guessed, a further column is new."""


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of a table as a person is shown it before it is read."""

    number: int
    """In the file, from 1."""
    name: str
    """Its name, or its place where the name is a sentence: a table without a header begins with an answer."""
    taken_for: str
    """A field of `TableColumns`, `attribute`, or `unread` with the reason."""
    filled: int
    different: int
    """How many different values."""
    examples: tuple[str, ...] = field(default=(), repr=False)
    """Values that several rows share, of columns of categories alone."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """All that a reader needs besides the file."""

    secret: bytes = field(repr=False)
    source: str = field(repr=False)
    """The file, relative to the folder that is imported."""
    describe: Description = Description()
    speakers: Mapping[str, Role] = field(default_factory=dict, repr=False)
    """Roles of speaker labels as the project states them, by lower-cased label."""
    question_pattern: str = ""
    """Regular expression; a line that it matches is a question, i.e. context."""
    columns: TableColumns = TableColumns()
    refi_offsets: str = ""
    """How a REFI-QDA project counts positions, where its texts cannot tell and the researcher knows."""
    tracked: Tracked = "accepted"
    """Tracked changes of word processors: the text as it is when all are accepted, or as it was before them."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not brought in, and why."""

    place: str
    reason: str
    failed: bool = False
    """True where a person should look; False where skipping is right (an empty answer, a duplicate)."""
    count: int = 1
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the file holds and that was not carried, by kind and count; never by its words."""

    kind: str
    """What it is, in the file's own terms, e.g. `comments`, `PictureSelection`."""
    count: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One decision as a file gives it, located in a transcript. `present` maps codes to facets."""

    row: int
    transcript: str
    start: int
    end: int
    judged: tuple[str, ...]
    """Codes decided on; empty for a stretch that somebody selected and did not code."""
    present: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    coder: str = ""
    made_at: str = ""
    """As the file says, ISO 8601; empty where it does not."""
    key: str = ""
    """The file's own id of the decision, the same whenever it is exported; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file gave: texts, and from another tool's project also its codebook, coders and codings."""

    transcripts: tuple[Transcript, ...]
    cases: tuple[Case, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    numbered: bool = False
    """Rows are known by their number alone."""
    notes: tuple[str, ...] = ()
    """Said once in the summary: encodings, guessed roles, columns. No participant's words, no names."""
    losses: tuple[Loss, ...] = ()
    programmes: tuple[Programme, ...] = ()
    codebook: Codebook | None = None
    """The codes of the file; ids are made of the labels (`codebook.slug`), children know their parents."""
    coders: tuple[Coder, ...] = ()
    given: tuple[Given, ...] = ()
    """What each coder decided on which stretch. A span project holds presences only."""
    memos: tuple[Memo, ...] = ()
    """On a transcript, a segment (`corpus.segment_id`) or `project`."""
    sketches: tuple[Sketched, ...] = field(default=(), repr=False)
    """Of documents, to find copies by. A reader makes them where it has the text at hand; importers leave them out."""
    columns: TableColumns | None = None
    """Of a survey table: the columns that were used, all decided."""
    seen: tuple[ColumnSeen, ...] = ()
    """Of a survey table: every column, and what it was taken for."""
