"""What importers take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qualcode.codebook import Codebook
from qualcode.coding import Coder, Coding, Judged, Memo
from qualcode.corpus import AttributeValue, Case, Kind, Programme, Role, Segment, Transcript

Tracked = Literal["accepted", "rejected"]


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

    text: str = ""
    id: str = ""
    case: str = ""
    programme: str = ""
    question: str = ""
    """Column that holds the question of each row; else the text column's own name is the question."""
    study: str = ""
    group: str = ""
    wave: str = ""
    date: str = ""
    language: str = ""
    attributes: tuple[str, ...] | None = None
    """Columns kept as attributes of the case; None is to guess, empty is none."""


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
    segments: tuple[Segment, ...] = ()
    """Stretches that somebody selected and coded; unit `selection`, ids as `pipeline.import_codings` makes them."""
    judgements: tuple[tuple[Judged, tuple[Coding, ...]], ...] = ()
    """What each coder decided, with the codings that it made. A span project holds presences only."""
    memos: tuple[Memo, ...] = ()
