"""What is coded: studies, programmes, cases, transcripts, turns and segments.

Offsets everywhere are half-open `[start, end)` and count Unicode code points of a text that never changes
after import (newlines are `\n`, no byte-order mark), so `transcript.text[start:end]` gives the quotation back.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

Role = Literal["participant", "interviewer", "facilitator", "author", "unknown"]
"""Who speaks. `author` is the voice of a report (second order); `unknown` where a file has no labels."""

Kind = Literal["interview", "focus_group", "feedback", "diary", "report"]
Unit = Literal["turn", "sentence", "window", "response", "selection"]
AttributeValue = str | int | float | bool | date | None
"""A typed attribute; `None` is *not stated*, which is a finding and not a gap."""

ROLES: tuple[Role, ...] = get_args(Role)
KINDS: tuple[Kind, ...] = get_args(Kind)
ASKING: frozenset[Role] = frozenset({"interviewer", "facilitator"})
"""Roles whose turns are context: never proposed on by the machine, in no denominator."""


@dataclass(frozen=True, slots=True)
class Study:
    """A published report that excerpts come from."""

    id: str
    citation: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Programme:
    """What is compared: a peer-support programme, service or arm."""

    id: str
    name: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


Quotable = Literal["verbatim", "paraphrase", "none"]


@dataclass(frozen=True, slots=True)
class Consent:
    """What a participant agreed to. `None` is not stated: then the project's defaults hold."""

    participate: bool | None = None
    """Without it the case is in no count, no export and no machine's pass."""
    quote: Quotable | None = None
    """Whether exports may hold the participant's words as spoken, told in other words only, or not at all."""
    archive: bool | None = None
    """The texts may be put into an archive."""
    share: bool | None = None
    """The texts may go to people outside the team."""
    machine: bool | None = None
    """Taggers, encoders and topic models may read the texts, on this machine."""
    expires: date | None = None
    """The last day on which all of this holds."""

    def over(self, defaults: Consent) -> Consent:
        """What is stated here, and the defaults for the rest.

        >>> Consent(quote="none").over(Consent(quote="verbatim", machine=True)).machine
        True
        """
        stated = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}
        return replace(defaults, **stated)

    def on(self, day: date) -> Consent:
        """What holds on a day: nothing at all after the last one."""
        if self.expires is None or day <= self.expires:
            return self
        return Consent(False, "none", archive=False, share=False, machine=False, expires=self.expires)


CONSENT = Consent(participate=True, quote="verbatim", archive=False, share=False, machine=True)
"""What holds where neither the case nor the project states anything."""


@dataclass(frozen=True, slots=True)
class Case:
    """A participant, usually; the unit that counts in every comparison."""

    id: str
    programme: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech."""

    start: int
    end: int
    role: Role = "unknown"
    speaker: str = field(default="", repr=False)
    """As labelled in the file: an identity, so it stays out of reprs and exports."""
    case: str | None = None
    time: float | None = None
    """Seconds from the beginning of the recording, where the file says."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One text with its turns. Markup, headers and labels stay in the text, outside the turns."""

    id: str
    text: str = field(repr=False)
    turns: tuple[Turn, ...] = field(repr=False)
    kind: Kind = "interview"
    case: str | None = None
    programme: str | None = None
    study: str | None = None
    group: str | None = None
    """Focus group, site or other cluster that people share."""
    wave: str | None = None
    date: str | None = None
    """ISO date of the conversation, as the manifest states it."""
    language: str = "en"
    question: str = field(default="", repr=False)
    """The question that the whole text answers (a survey column's question)."""
    source: str = field(default="", repr=False)
    """File, relative to the folder that was imported; may hold a name, so it stays out of exports."""
    row: str = ""
    """Row of a table (its id column, else its number); empty for a document."""
    source_hash: str = ""
    """SHA-256 of the file's bytes (documents) or of the row's text (tables)."""
    encoding: str = ""
    version: int = 1
    deidentified: bool | None = None
    """Declared by the researcher; `None` is undeclared."""
    pages: tuple[int, ...] = field(default=(), repr=False)
    """Where in the text each page of a paged file begins: `pages[0]` is 0; empty where the file has no pages."""
    sealed: bool = False
    """Its text is empty here: it gave way to one without identities, and lies encrypted apart."""
    replaces: str | None = None
    """The earlier version of the same source whose place this text takes."""


@dataclass(frozen=True, slots=True)
class Succession:
    """That a text took the place of another. It may come back later, as a higher version."""

    old: str
    new: str
    version: int
    """Of the new text, from 2 on."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words `[start, end)` of a text gave way to `length` code points of another."""

    start: int
    end: int
    length: int


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Where the places of one text stand in another that differs from it by known edits; exact in both directions.

    A place inside an edit stands at the whole of what took its place.

    >>> names = OffsetMap((Edit(3, 7, 8),))          # "so Mary said" -> "so [Keldan] said"
    >>> names.forward(8, 12), names.back(12, 16), names.forward(4, 5)
    ((12, 16), (8, 12), (3, 11))
    """

    edits: tuple[Edit, ...]
    """In order, and apart."""

    def forward(self, start: int, end: int) -> tuple[int, int]:
        """The span of the new text that holds what `[start, end)` of the old one held."""
        edits = [(edit.start, edit.end, edit.length) for edit in self.edits]
        return _moved(start, end, edits)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the old text that holds what `[start, end)` of the new one holds."""
        shift, edits = 0, []
        for edit in self.edits:
            edits.append((edit.start + shift, edit.start + shift + edit.length, edit.end - edit.start))
            shift += edit.length - (edit.end - edit.start)
        return _moved(start, end, edits)


def _moved(start: int, end: int, edits: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
    before_start = before_end = 0
    low, high = start, end
    for at, after, length in edits:
        grown = length - (after - at)
        if after <= start:
            before_start += grown
        elif at < start:
            low = at
        if after <= end:
            before_end += grown
        elif at < end:
            high = at + length
    return low + before_start, max(low + before_start, high + before_end)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a transcript that is judged as one unit."""

    id: str
    transcript: str
    start: int
    end: int
    unit: Unit
    text: str = field(repr=False)
    context: str = field(default="", repr=False)
    """The question that it answers; never coded itself."""
    role: Role = "unknown"
    case: str | None = None


def keyed_id(secret: bytes, prefix: str, *parts: object) -> str:
    """An id that is the same for the same input in the same project, and tells nobody else anything.

    HMAC-SHA-256 of the parts under the project's secret, 16 hexadecimal digits after the prefix.

    >>> keyed_id(b"demo", "t", "notes.txt", 3) == keyed_id(b"demo", "t", "notes.txt", 3)
    True
    """
    message = "\x1f".join(str(part) for part in parts).encode()
    return f"{prefix}_{hmac.new(secret, message, hashlib.sha256).hexdigest()[:16]}"


def segment_id(secret: bytes, transcript: str, start: int, end: int) -> str:
    """The id of a stretch of a transcript: the same whoever cuts or selects it."""
    return keyed_id(secret, "s", transcript, start, end)


def case_digest(secret: bytes, case: str) -> str:
    """What stands for a case where its id must not: in tombstones and in the register of releases."""
    return keyed_id(secret, "w", "case", case)
