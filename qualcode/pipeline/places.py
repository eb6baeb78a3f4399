"""What stands at each place that texts come from: is what a file gives new, known, or the next version of it?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from qualcode.corpus import Case, Transcript, Turn
from qualcode.importers import Imported, Skipped
from qualcode.store.versions import Place

_Where = tuple[str, str, str]
_ANOTHER_NAME = "to bring the new text in as well, save it under another name"


@dataclass(frozen=True, slots=True)
class Sorted:
    """What one file gave, by what is to be done with it."""

    fresh: tuple[Transcript, ...] = ()
    again: tuple[Transcript, ...] = ()
    """They stand already; the manifest may say something new of them."""
    renewed: tuple[Transcript, ...] = ()
    """They take the place of the text that `replaces` names."""
    refused: tuple[Skipped, ...] = ()
    cases: tuple[Case, ...] = field(default=(), repr=False)


class Places:
    """The texts of a project by the file, row and question that they came from."""

    def __init__(self, places: Iterable[Place], made: Mapping[str, str] | None = None) -> None:
        self._made = dict(made or {})
        """Texts of which the text was made that stands in their place."""
        self._by_id: dict[str, Place] = {}
        self._at: dict[_Where, list[str]] = defaultdict(list)
        for place in places:
            self._put(place)

    def sorted(self, imported: Imported, name: str) -> Sorted:
        """Sort what a file gave. A text that came back as it once was is the next version all the same.

        Rows that are known by their number alone may have moved when any of them is unknown; and where several texts
        share a place, nobody knows which of them was changed: both are refused.
        """
        fresh, again, renewed, cases = [], [], [], dict[str, str]()
        shared = Counter(_where(transcript) for transcript in imported.transcripts)
        changed = copies = earlier = doubled = 0
        for read in imported.transcripts:
            where = _where(read)
            transcript = self._as_known(read, cases)
            stored = self._by_id.get(read.id)
            standing = [self._by_id[id_] for id_ in self._at[where] if self._by_id[id_].current]
            made = self._by_id.get(self._made.get(read.id, read.id))
            if stored and made and made.current and stored.source == read.source:
                again.append(replace(transcript, version=stored.version, replaces=stored.replaces))
            elif stored and read.id not in self._at[where]:
                doubled, copies, earlier = (
                    doubled + bool(standing),
                    copies + (not standing and stored.current),
                    earlier + (not standing and not stored.current),
                )
            elif not standing:
                fresh.append(transcript)
            elif imported.numbered or len(standing) > 1 or shared[where] > 1:
                changed += 1
            else:
                renewed.append(replace(transcript, version=standing[0].version + 1, replaces=standing[0].id))
        if changed and imported.numbered:
            # What looks new may be an old answer at another number.
            changed, fresh = changed + len(fresh), []
        refused = [
            Skipped(name, reason, failed=failed, count=count, hint=_ANOTHER_NAME if reason is _CHANGED else "")
            for count, reason, failed in (
                (changed, _CHANGED, True),
                (doubled, _DOUBLED, True),
                (copies, _COPY, False),
                (earlier, _EARLIER, False),
            )
            if count
        ]
        renamed = tuple(replace(case, id=cases.get(case.id, case.id)) for case in imported.cases)
        return Sorted(tuple(fresh), tuple(again), tuple(renewed), tuple(refused), renamed)

    def take(self, transcripts: Iterable[Transcript]) -> None:
        """Texts that have been written; each takes the place of the one that it replaces."""
        for transcript in transcripts:
            if transcript.replaces:
                self._by_id[transcript.replaces] = replace(self._by_id[transcript.replaces], current=False)
            where = _where(transcript)
            self._put(Place(transcript.id, *where, transcript.version, transcript.replaces, current=True))

    def _put(self, place: Place) -> None:
        self._by_id[place.id] = place
        ids = self._at[place.source, place.row, place.question]
        if place.id not in ids:
            ids.append(place.id)

    def _as_known(self, transcript: Transcript, cases: dict[str, str]) -> Transcript:
        """Its case and its speakers' cases; where they are called after the text itself, after the first version."""
        known = self._at[_where(transcript)]
        if not known or transcript.id == known[0]:
            return transcript
        first = known[0]

        def case_of(case: str | None) -> str | None:
            own = case is not None and (case == transcript.id or case.startswith(f"{transcript.id}."))
            if case is None or not own:
                return case
            cases[case] = first + case.removeprefix(transcript.id)
            return cases[case]

        turns: tuple[Turn, ...] = tuple(replace(turn, case=case_of(turn.case)) for turn in transcript.turns)
        return replace(transcript, case=case_of(transcript.case), turns=turns)


_CHANGED = "the text has changed since it was imported; the text that codings stand on is kept"
_DOUBLED = "the text is now that of another file, which is in already; the text that codings stand on is kept"
_COPY = "the same text is in already, from another file"
_EARLIER = "the same text is in already, as an earlier version of another file"


def _where(transcript: Transcript) -> _Where:
    return transcript.source, transcript.row, transcript.question
