"""What belongs to one case: its texts in every version, its turns in texts that others share, its words and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.corpus import ASKING, Transcript, Turn
from qualcode.errors import ProjectError
from qualcode.importers import roles
from qualcode.importers.labels import key_of
from qualcode.pipeline.shingles import SHINGLE, Runs, Shingler, without
from qualcode.project import ORIGINALS
from qualcode.store import corpus, exchange, speaking, successions
from qualcode.store.database import Connection, Database
from qualcode.store.originals import Original, Originals

_PART = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Holder:
    """A project's folder, or a backup of it, as far as a withdrawal needs it."""

    folder: Path
    store: Database
    secret: bytes = field(repr=False)
    key: bytes | None = field(repr=False)
    """Of the originals, where it is at hand."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What one case has in one store."""

    case: str
    whole: tuple[str, ...]
    """Texts that go: nobody else's answers are in them."""
    shared: tuple[str, ...]
    """Texts that stand, in which others speak too: the case's turns go out of them."""
    outdated: tuple[str, ...]
    """Earlier versions of shared texts; they hold the turns, so they go."""
    said: tuple[str, ...] = field(repr=False)
    """The words: whole texts, and turns of shared ones."""
    names: tuple[str, ...] = field(repr=False)
    """Labels that nobody else has, and the case's id."""
    labels: tuple[str, ...] = field(repr=False)
    """The same as they may stand in the settings."""
    sources: tuple[str, ...] = field(repr=False)
    unread: int = 0
    """Sealed texts whose words could not be looked at, for want of their key."""

    @property
    def going(self) -> tuple[str, ...]:
        """All transcripts that are deleted."""
        return (*self.whole, *self.shared, *self.outdated)

    @property
    def anything(self) -> bool:
        """Whether there are texts at all."""
        return bool(self.going)


def speaks(transcript: Transcript, turn: Turn) -> str | None:
    """Whose turn it is: nobody's where somebody asks."""
    return turn.case or (None if turn.role in ASKING else transcript.case)


def of(connection: Connection, holder: Holder, case: str) -> Belongings:
    """Find what belongs to a case.

    Raises:
        ProjectError: originals cannot be read with the key that is there, or the case is a group and no person.
    """
    found = corpus.transcripts(connection, speaking.of_case(connection, case))
    of_lineage = successions.lineages(successions.successions(connection, [text.id for text in found]))
    ids = sorted({id_ for text in found for id_ in of_lineage.get(text.id, {text.id})})
    texts = {text.id: text for text in corpus.transcripts(connection, ids)}
    current = speaking.standing(connection, ids)
    groups = {
        id_
        for text in texts.values()
        if any(speaks(text, turn) not in (None, case) for turn in text.turns)
        for id_ in of_lineage.get(text.id, {text.id})
    }
    spoken = {id_ for id_, text in texts.items() if any(speaks(text, turn) == case for turn in text.turns)}
    _refuse_group(case, texts, groups, spoken)
    sealed = [id_ for id_, text in texts.items() if text.sealed]
    originals = _originals(holder, sealed)
    said: list[str] = []
    labels: set[str] = set()
    for id_, text in texts.items():
        original = originals.get(id_)
        words = original.text if original else text.text
        named = dict(original.speakers) if original else {turn.start: turn.speaker for turn in text.turns}
        speakers = [named.get(turn.start, "") for turn in text.turns]
        own = [speaks(text, turn) == case for turn in text.turns]
        labels |= {label for label, mine in zip(speakers, own, strict=True) if mine and label}
        if id_ not in groups:
            said.append(words)
        else:
            said += [words[turn.start : turn.end] for turn, mine in zip(text.turns, own, strict=True) if mine]
    others = speaking.other_labels(connection, case)
    known = {key_of(label) for label in others}
    mine = sorted(label for label in labels if key_of(label) not in known and roles.of(key_of(label)) is None)
    shared = tuple(id_ for id_ in ids if id_ in groups and id_ in current and id_ in spoken)
    return Belongings(
        case,
        whole=tuple(id_ for id_ in ids if id_ not in groups),
        shared=shared,
        outdated=tuple(id_ for id_ in ids if id_ in groups and id_ not in current),
        said=tuple(words for words in said if words.strip()),
        names=tuple(mine) if case.startswith("t_") else (case, *mine),
        labels=tuple(mine),
        sources=tuple(sorted({text.source for text in texts.values() if text.source})),
        unread=len(_kept(holder, sealed) - set(originals)),
    )


def others(connection: Connection, own: Belongings) -> Iterator[str]:
    """The words that stay: all other texts, and in shared ones what others say."""
    going = set(own.going)
    for text in exchange.transcripts(connection, exchange.transcript_ids(connection)):
        if text.id not in going:
            yield text.text
        elif text.id in own.shared:
            yield from (text.text[turn.start : turn.end] for turn in text.turns if speaks(text, turn) != own.case)


def runs_of(
    shingler: Shingler, said: Sequence[str], staying: Iterator[str], lengths: Sequence[int] = (SHINGLE,)
) -> tuple[dict[int, Runs], int]:
    """Runs of words that nobody else says, by length; and how many of the longest others say too."""
    own = {length: shingler.of_all(said, length) for length in lengths}
    for text in staying:
        for length in lengths:
            own[length] = without(own[length], shingler.shared(text, own[length], length))
    longest = max(lengths)
    return own, len(shingler.of_all(said, longest)) - len(own[longest])


def mentions(connection: Connection, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """(transcript, offset) wherever a text that stands names one of these; for a person to read."""
    whole = sorted({name.strip("[] ") for name in names if len(name.strip("[] ")) > 1}, key=len, reverse=True)
    if not whole:
        return ()
    # A label is a whole name, or the name of somebody's telephone; others say the first name alone.
    parts = {part for name in whole for part in _PART.findall(name) if roles.of(key_of(part)) is None}
    written = sorted({form for part in parts for form in (part.title(), part.upper())})
    listed = [*(f"(?i:{like(name)})" for name in whole), *written]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?!\w)")
    return tuple(
        (text.id, hit.start()) for text in speaking.current_texts(connection) for hit in pattern.finditer(text.text)
    )


def like(label: str) -> str:
    """A pattern for a label as it may stand in a text; case is the caller's."""
    return re.sub("['’‘]", "['’‘]", r"\s+".join(map(re.escape, label.split())))


def _originals(holder: Holder, sealed: Sequence[str]) -> dict[str, Original]:
    path = holder.folder / ORIGINALS
    if not sealed or holder.key is None or not path.exists():
        return {}
    originals = Originals(path, holder.key)
    try:
        return originals.get(sealed)
    finally:
        originals.close()


def _kept(holder: Holder, sealed: Sequence[str]) -> set[str]:
    """Those of these texts that lie among the originals; a version in between can be made of its original."""
    originals = Originals(holder.folder / ORIGINALS, None)
    try:
        return set(sealed) & set(originals.sealed())
    finally:
        originals.close()


def _refuse_group(case: str, texts: dict[str, Transcript], groups: set[str], spoken: set[str]) -> None:
    if texts and not spoken and set(texts) <= groups:
        people = sorted({str(speaks(text, turn)) for text in texts.values() for turn in text.turns} - {"None", case})
        raise ProjectError(
            "is a text in which several people speak, and none of them",
            place=case,
            hint=f"name one of them: {', '.join(people)}; who is who: qualcode speakers",
        )
