"""Who withdrew does not come back: not by a file that is read again, not by a pack."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from qualcode.corpus import Transcript, case_digest, keyed_id, segment_id
from qualcode.importers import Imported, Skipped
from qualcode.store import tombstones
from qualcode.store.database import Connection
from qualcode.store.tombstones import Tombstone

WITHDRAWN = "withdrawn"
_SHARED = "somebody who withdrew speaks in it; the text that stands is kept"
_HINT = "take that person's turns out of the file, and save it under another name"


class Withdrawn:
    """The tombstones of a project, asked about what arrives.

    Args:
        secret: the project's key.
        stones: all tombstones.
    """

    def __init__(self, secret: bytes, stones: Iterable[Tombstone]) -> None:
        self._secret = secret
        stones = list(stones)
        self._cases = {stone.id for stone in stones}
        self._marks = {mark for stone in stones for mark in stone.transcripts}

    @classmethod
    def of(cls, connection: Connection, secret: bytes) -> Withdrawn:
        """Those of a store."""
        return cls(secret, tombstones.tombstones(connection).values())

    def case(self, case: str | None) -> bool:
        """Whether a case withdrew."""
        return case is not None and bool(self._cases) and case_digest(self._secret, case) in self._cases

    def file(self, name: str) -> bool:
        """Whether the only text of a file was of somebody who withdrew; it is not even read."""
        return bool(self._marks) and _place(self._secret, "place", name, "") in self._marks

    def example(self, words: str) -> bool:
        """Whether an example of a codebook went with somebody."""
        return bool(self._marks) and example_mark(self._secret, words) in self._marks

    def text(self, transcript: Transcript) -> Skipped | None:
        """Why a text does not come in, or None."""
        if not self._marks and not self._cases:
            return None
        speaking = {turn.case for turn in transcript.turns} | {transcript.case}
        gone = {case for case in speaking if self.case(case)}
        known = {transcript.id, *words_marks(self._secret, transcript)}
        where = _place(self._secret, "place", transcript.source, transcript.question)
        shared = _place(self._secret, "shared", transcript.source, transcript.question)
        if known & self._marks or (not transcript.row and where in self._marks):
            return Skipped(transcript.source, WITHDRAWN)
        if gone and speaking - gone <= {None, transcript.id}:
            return Skipped(transcript.source, WITHDRAWN)
        if gone or (not transcript.row and shared in self._marks):
            return Skipped(transcript.source, _SHARED, failed=True, hint=_HINT)
        return None

    def without(self, name: str, imported: Imported) -> Imported:
        """What a file gave, less what withdrew and all that hangs on it."""
        why = {text.id: found for text in imported.transcripts if (found := self.text(text))}
        cases = tuple(case for case in imported.cases if not self.case(case.id))
        if not why:
            return replace(imported, cases=cases) if len(cases) < len(imported.cases) else imported
        counted = Counter((found.reason, found.failed, found.hint) for found in why.values())
        told = [Skipped(name, reason, failed, count, hint) for (reason, failed, hint), count in counted.items()]
        given = [one for one in imported.given if one.transcript in why]
        on = {*why, *(segment_id(self._secret, one.transcript, one.start, one.end) for one in given)}
        return replace(
            imported,
            transcripts=tuple(text for text in imported.transcripts if text.id not in why),
            cases=cases,
            given=tuple(one for one in imported.given if one.transcript not in why),
            memos=tuple(memo for memo in imported.memos if memo.on not in on),
            sketches=tuple(row for row in imported.sketches if row[0] not in why),
            skipped=(*imported.skipped, *told),
        )


def marks(secret: bytes, transcript: Transcript, *, shared: bool) -> set[str]:
    """What a text is known by when it comes again: its id, its words, and for a document the file that it came from."""
    found = {transcript.id, *words_marks(secret, transcript)}
    if not transcript.row and transcript.source:
        found.add(_place(secret, "shared" if shared else "place", transcript.source, transcript.question))
    return found


def words_marks(secret: bytes, transcript: Transcript) -> set[str]:
    """The id that a text would have if it were imported as it stands; none where its words are not at hand."""
    if not transcript.text:
        return set()
    if transcript.row:
        told = (transcript.source, transcript.row, transcript.question, transcript.text)
        return {keyed_id(secret, "t", *told)}
    return {keyed_id(secret, "t", hashlib.sha256(transcript.text.encode()).hexdigest())}


def example_mark(secret: bytes, words: str) -> str:
    """What stands for an example of a codebook that went with somebody."""
    return keyed_id(secret, "w", "example", plain(words))


def plain(words: str) -> str:
    """Words as they are compared: lower-cased, one blank between them, one kind of quotation mark and apostrophe."""
    for mark, usual in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"')):
        words = words.replace(mark, usual)
    return " ".join(words.casefold().split()).strip("\"'")


def _place(secret: bytes, kind: str, source: str, question: str) -> str:
    return keyed_id(secret, "w", kind, source, question)
