"""What is coded: studies, programmes, cases, transcripts, turns and segments.

Offsets everywhere are half-open `[start, end)` and count Unicode code points of a text that never changes
after import (newlines are `\n`, no byte-order mark), so `transcript.text[start:end]` gives the quotation back.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
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
