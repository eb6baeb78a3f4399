"""What is known of a segment besides its words: whose it is, where it comes from, what was asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.importers.attributes import written
from qualcode.store import corpus
from qualcode.store.database import Connection

OWN = ("role", "kind", "programme", "wave", "group", "study", "language")
"""Attributes that every text has or may have; a project's own stand beside them, and give way to these names."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a project: the segments whose attribute has this value."""

    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.attribute}={self.value}"


def part(stated: str) -> Part:
    """A part as a person states it.

    >>> part("split=train")
    Part(attribute='split', value='train')

    Raises:
        ProjectError: it is not of the form NAME=VALUE.
    """
    attribute, mark, value = (piece.strip() for piece in stated.partition("="))
    if not (attribute and mark and value):
        raise ProjectError("a part is stated as NAME=VALUE", hint="for instance split=train")
    return Part(attribute, value)


def of(connection: Connection, segments: Sequence[Segment]) -> dict[str, list[str]]:
    """Every attribute with its value for each segment; empty where it is not stated.

    Of a case's and a programme's attribute of one name the case's counts.
    """
    texts = {text.id: text for text in corpus.transcripts(connection)}
    cases, programmes = corpus.cases(connection), corpus.programmes(connection)
    found: dict[str, list[str]] = {}
    for place, segment in enumerate(segments):
        text = texts[segment.transcript]
        case = cases.get(segment.case or "")
        programme = text.programme or (case.programme if case else None)
        values = {} if programme not in programmes else dict(programmes[programme].attributes)
        values |= case.attributes if case else {}
        values |= {"role": segment.role, "kind": text.kind, "programme": programme, "wave": text.wave}
        values |= {"group": text.group, "study": text.study, "language": text.language}
        for name, value in values.items():
            found.setdefault(name, [""] * len(segments))[place] = written(value)
    return found


def require(attributes: dict[str, list[str]], name: str) -> list[str]:
    """An attribute's values.

    Raises:
        ProjectError: no judged segment has it.
    """
    if name not in attributes:
        raise ProjectError(
            f"no judged passage has the attribute {name!r} (expected one of: {', '.join(attributes)})",
            hint="columns of a survey table come in as attributes with --column attributes=NAME; "
            "see them with: qualcode columns FILE",
        )
    return attributes[name]


def rows(attributes: dict[str, list[str]], wanted: Part) -> list[int]:
    """The segments of a part; capitals do not matter.

    Raises:
        ProjectError: no judged segment has the attribute.
        NotEnoughData: none has the value.
    """
    values = require(attributes, wanted.attribute)
    chosen = [place for place, value in enumerate(values) if value.casefold() == wanted.value.casefold()]
    if not chosen:
        # A column that was taken for an attribute may hold words: its values are not told.
        raise NotEnoughData(f"no judged passage has {wanted}", needed=1, found=0)
    return chosen
