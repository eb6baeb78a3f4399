"""A case goes out of a store: what there is to do is written down first, then all of it happens in one transaction."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from qualcode.codebook import pruning
from qualcode.corpus import OffsetMap, Transcript, case_digest, segment_id
from qualcode.deidentify.replacing import Replacement, replaced
from qualcode.pipeline import acts, belongings, deriving
from qualcode.pipeline.belongings import Belongings, Holder, like, speaks
from qualcode.pipeline.deriving import Derived
from qualcode.pipeline.shingles import SHINGLE, Runs, Shingler
from qualcode.pipeline.withdrawn import example_mark, marks, plain
from qualcode.store import corpus, events, memos, purging, releases, tombstones, witnesses
from qualcode.store.database import Connection
from qualcode.store.purging import Purged
from qualcode.store.tombstones import Tombstone

IN_PLACE = "[withdrawn]"
QUOTED, EXEMPLIFIED = 4, 6
"""Words in a row that make a note, or an example of the codebook, somebody's, where nobody else says them."""
_FEWEST = 3
"""A shorter example is nobody's words."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done for a withdrawal; kept in its tombstone until all of it is."""

    case: str = field(repr=False)
    at: str
    shingles: Runs = field(repr=False)
    """Runs of eight words that nobody else says, keyed."""
    common: int
    """How many more others say as well."""
    examples: frozenset[str]
    """Marks of examples and near misses of the codebook."""
    sources: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    exported: bool
    """There were exports, which are to be written anew."""
    ids: frozenset[str] = frozenset()
    """Of what is gone from the store: segments, texts, judgements that waited."""
    became: Mapping[str, str] = field(default_factory=dict)
    """Other people's passages of shared texts, by their ids before and since: sheets ask about them still."""
    unread: int = 0
    """Sealed texts whose words were not at hand."""
    purged: bool = False
    """The store is done."""

    def plain(self) -> dict[str, Any]:
        """As a tombstone holds it."""
        return {
            "case": self.case,
            "at": self.at,
            "shingles": base64.b64encode(self.shingles.astype("<u8").tobytes()).decode(),
            "common": self.common,
            "examples": sorted(self.examples),
            "sources": list(self.sources),
            "names": list(self.names),
            "labels": list(self.labels),
            "exported": self.exported,
            "ids": sorted(self.ids),
            "became": dict(self.became),
            "unread": self.unread,
            "purged": self.purged,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Work:
        """From a tombstone."""
        shingles = np.frombuffer(base64.b64decode(kept["shingles"]), "<u8").astype(np.uint64)
        rest: dict[str, Any] = {
            name: kept[name] for name in ("case", "at", "common", "exported", "became", "unread", "purged")
        }
        rest |= {name: frozenset(kept[name]) for name in ("examples", "ids")}
        rest |= {name: tuple(kept[name]) for name in ("sources", "names", "labels")}
        return cls(shingles=shingles, **rest)


def planned(
    holder: Holder, own: Belongings, said: Sequence[str], prose: Sequence[str], *, at: str, exported: bool
) -> Work:
    """What there is to do.

    Args:
        holder: the project.
        own: what belongs to the case there.
        said: the case's words, in backups too.
        prose: texts of codebooks.
        at: when the withdrawal began.
        exported: there are exports.
    """
    shingler = Shingler(holder.secret)
    with holder.store.reading() as connection:
        kept = list(purging.kept_codebooks(connection).values())
        runs, _ = belongings.runs_of(shingler, said, belongings.others(connection, own), (EXEMPLIFIED, SHINGLE))
        theirs = _examples(connection, own, shingler, said, runs[EXEMPLIFIED], [*kept, *prose])
    examples = frozenset(example_mark(holder.secret, words) for words in theirs)
    left = [pruning.without(text, lambda words: example_mark(holder.secret, words) in examples)[0] for text in prose]
    shingles = runs[SHINGLE]
    for text in left:
        shingles = np.setdiff1d(shingles, shingler.shared(text, shingles), assume_unique=True)
    common = len(shingler.of_all(said)) - len(shingles)
    return Work(
        own.case, at, shingles, common, examples, own.sources, own.names, own.labels, exported, unread=own.unread
    )


def begin(connection: Connection, secret: bytes, work: Work) -> None:
    """Write down what there is to do; from here on the next command finishes it."""
    id_ = case_digest(secret, work.case)
    known = tombstones.tombstones(connection).get(id_)
    before = known or Tombstone(id_, work.at, {}, frozenset(), ())
    tombstones.put(connection, replace(before, at=work.at, unfinished=work.plain()))


def purge(connection: Connection, holder: Holder, work: Work) -> tuple[Work, Purged]:
    """Take the case out of the store, in the caller's transaction; nothing happens where that was done."""
    with purging.allowed(connection):
        return _purged(connection, holder, work)


def _purged(connection: Connection, holder: Holder, work: Work) -> tuple[Work, Purged]:
    secret, at = holder.secret, work.at
    own = belongings.of(connection, holder, work.case)
    gone = Purged()
    shingler = Shingler(secret)
    quoted, _ = belongings.runs_of(shingler, own.said, belongings.others(connection, own), (QUOTED,))
    texts = {text.id: text for text in corpus.transcripts(connection, own.going)}
    left = {mark for text in texts.values() for mark in marks(secret, text, shared=text.id not in own.whole)}
    for id_ in (*own.shared, *own.outdated):
        purging.passages(connection, gone, _passages(connection, texts[id_], own.case), at)
    # New rows may take the numbers of those that have just gone.
    witnesses.renew(connection)
    made = [_without(texts[id_], own, secret) for id_ in own.shared]
    became: dict[str, str] = {}
    if made:
        gone.counts["carried"] = deriving.derive(connection, secret, made).sure
        gone.counts["turns"] += sum(len(texts[one.source].turns) - len(one.text.turns) for one in made)
        became = {
            id_: segment_id(secret, one.text.id, *one.offsets.forward(start, end))
            for one in made
            for id_, start, end in purging.segments_of(connection, one.source)
        }
        purging.renamed(connection, gone, became)
    # What others said there stands in the text that was made; only what waited for a person is lost with the old one.
    old = Purged()
    purging.texts(connection, old, (*own.shared, *own.outdated), at)
    gone.counts["transcripts_renewed"] = old.counts["transcripts"]
    gone.take(old, ids=old.ids - became.keys())
    purging.texts(connection, gone, own.whole, at)
    notes = memos.memos(connection)
    quoting = [memo.id for memo in notes if len(shingler.shared(memo.text, quoted[QUOTED], QUOTED))]
    purging.memos(connection, gone, quoting)
    _prune(connection, gone, secret, work)
    purging.cases(connection, gone, [work.case])
    id_ = case_digest(secret, work.case)
    known = tombstones.tombstones(connection)[id_]
    released = [one.number for one in releases.releases(connection) if id_ in one.cases]
    done = replace(work, purged=True, ids=work.ids | gone.ids, became={**work.became, **became})
    counts = {name: count for name, count in gone.counts.items() if count}
    stone = Tombstone(
        id_,
        at,
        {name: known.counts.get(name, 0) + counts.get(name, 0) for name in {**known.counts, **counts}},
        known.transcripts | left | work.examples,
        tuple(sorted({*known.releases, *released})),
        done.plain(),
    )
    tombstones.put(connection, stone)
    _witnessed_away(connection, gone)
    events.record(
        connection,
        "withdraw",
        actor=acts.RESEARCHER,
        at=at,
        subjects=[id_, *own.going, *(one.text.id for one in made)],
        counts=counts,
    )
    witnesses.renew(connection)
    return done, gone


def _witnessed_away(connection: Connection, gone: Purged) -> None:
    """Let the event to come bear witness of the rows that are gone, and of those that lost a part."""
    event = events.coming(connection)
    for table in (*witnesses.TABLES, witnesses.RUN):
        witnesses.withdraw(connection, table, set(gone.rows.get(table, ())), event)
        if table != witnesses.RUN:
            witnesses.change(connection, table, gone.changed.get(table, ()), event)


def _examples(
    connection: Connection, own: Belongings, shingler: Shingler, said: Sequence[str], runs: Runs, texts: Iterable[str]
) -> set[str]:
    """Examples and near misses that are the case's words: a run of six that nobody else says, or whole in them."""
    found = {words for text in texts for words in pruning.examples(text)}
    theirs = {words for words in found if len(shingler.shared(words, runs, EXEMPLIFIED))}
    whole = [plain(text) for text in said]
    short = {
        words
        for words in found - theirs
        if len(words.split()) >= _FEWEST and any(plain(words).rstrip(".,;!?") in text for text in whole)
    }
    if short:
        # What others say as well, in just these words, was not taken from this person.
        for text in belongings.others(connection, own):
            simple = plain(text)
            short = {words for words in short if plain(words).rstrip(".,;!?") not in simple}
    return theirs | short


def _prune(connection: Connection, gone: Purged, secret: bytes, work: Work) -> None:
    pruned: dict[str, str] = {}
    count = 0
    for digest, text in purging.kept_codebooks(connection).items():
        less, examples = pruning.without(text, lambda words: example_mark(secret, words) in work.examples)
        if examples:
            pruned[digest], count = less, max(count, examples)
    purging.codebooks(connection, gone, pruned, count, work.at)


def _passages(connection: Connection, text: Transcript, case: str) -> list[str]:
    """Segments of a shared text that are the case's alone; one in which others speak too stays with them."""
    mine = [turn for turn in text.turns if speaks(text, turn) == case]
    theirs = [turn for turn in text.turns if speaks(text, turn) != case]
    return [
        id_
        for id_, start, end in purging.segments_of(connection, text.id)
        if any(turn.start < end and start < turn.end for turn in mine)
        and not any(turn.start < end and start < turn.end for turn in theirs)
    ]


def _without(text: Transcript, own: Belongings, secret: bytes) -> Derived:
    """A shared text without the case's turns and without its label before them."""
    places: list[Replacement] = []
    before = 0
    for turn in text.turns:
        if speaks(text, turn) == own.case:
            gap = text.text[before : turn.start]
            named = list(re.finditer(like(turn.speaker), gap, re.IGNORECASE)) if turn.speaker in own.labels else []
            places += [Replacement(before + last.start(), before + last.end(), IN_PLACE) for last in named[-1:]]
            if turn.end > turn.start:
                places.append(Replacement(turn.start, turn.end, IN_PLACE))
        before = max(before, turn.end)
    made, offsets = replaced(text, places, secret=secret)
    stay = [speaks(text, turn) != own.case for turn in text.turns]
    turns = tuple(turn for turn, stays in zip(made.turns, stay, strict=True) if stays)
    case = None if made.case == own.case else made.case
    return Derived(text.id, replace(made, turns=turns, case=case), OffsetMap(offsets.edits))
