"""What participants agreed to: taken from `consent.csv`, and asked of every passage before it is read or shown."""

from __future__ import annotations

import shutil
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from qualcode.corpus import ASKING, Consent, Quotable, Segment, Transcript, Turn
from qualcode.errors import ProjectError
from qualcode.importers.consent import Stated, read_consents
from qualcode.pipeline import acts
from qualcode.project import CONSENTS, Project
from qualcode.store import consents as stored
from qualcode.store import events
from qualcode.store.database import Connection

CONSENT = "consent"
Purpose = Literal["team", "share", "archive"]
"""For whom something is written: the team itself, people outside it, or an archive."""
STRICTER = tuple(reversed(get_args(Quotable)))
"""How words may be quoted, the least first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What `consent.csv` states."""

    stated: int = 0
    unknown: tuple[int, ...] = ()
    """Lines that name a case which is not in the project."""
    changed: bool = False

    def told(self) -> tuple[str, ...]:
        """What a person should look at: consent for nobody is consent that nobody obeys."""
        if not self.unknown:
            return ()
        shown = ", ".join(map(str, self.unknown[:10])) + (" …" if len(self.unknown) > 10 else "")
        one = len(self.unknown) == 1
        what = "case that is" if one else "cases that are"
        return (f"{CONSENTS} names {len(self.unknown)} {what} not in the project (line{'s' * (not one)} {shown})",)


def bring(project: Project, raw: Path) -> str:
    """Copy a folder's `consent.csv` into a project that has none; else say where the two differ.

    Raises:
        ImporterError: the folder's table is faulty.
    """
    theirs, own = raw / CONSENTS, project.folder / CONSENTS
    if not theirs.is_file() or (own.exists() and own.samefile(theirs)):
        return ""
    stated = read_consents(theirs)
    if not own.exists():
        shutil.copyfile(theirs, own)
        return ""
    if _said(stated) == _said(read_consents(own)):
        return ""
    return "differs from the project's own, which holds: correct that one"


def take(project: Project) -> Taken:
    """Take over what `consent.csv` states, where it is new. A row that is gone takes its statement away.

    Raises:
        ImporterError: the table is faulty.
        ProjectError: it is gone, and with it what people agreed to.
    """
    path = project.folder / CONSENTS
    with project.store.reading() as connection:
        before = stored.consents(connection)
        known = set(stored.cases(connection))
    if not path.is_file():
        if before:
            raise ProjectError(
                f"is gone, and {len(before)} cases had stated in it what they agree to",
                place=CONSENTS,
                hint="put it back; to take all statements away, leave its first line alone",
            )
        return Taken()
    read = read_consents(path)
    now = _said(read)
    if now != before:
        same = {case for case, consent in now.items() if before.get(case) == consent}
        counts = {
            "stated": len(now),
            "new": len(now.keys() - before.keys()),
            "changed": len((now.keys() & before.keys()) - same),
            "removed": len(before.keys() - now.keys()),
        }
        with project.store.writing() as connection:
            stored.set_consents(connection, now)
            events.record(connection, CONSENT, actor=acts.RESEARCHER, at=acts.now(), counts=counts)
    unknown = tuple(one.line for case, one in read.items() if case not in known)
    return Taken(len(now), unknown, now != before)


def _said(read: Mapping[str, Stated]) -> dict[str, Consent]:
    return {case: one.consent for case, one in read.items()}


def effective(project: Project, connection: Connection, today: date) -> dict[str, Consent]:
    """What holds on a day for each case of the project.

    Where a case states nothing, what its group states holds (`FG01` for `FG01.2`), then the project's defaults.
    """
    stated = stored.consents(connection)
    found = {}
    for case in stored.cases(connection):
        group = stated.get(case.rsplit(".", 1)[0], Consent())
        own = stated.get(case, Consent()).over(group).over(project.settings.consent)
        found[case] = own.on(today)
    return found


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds for the words of any passage."""

    cases: Mapping[str, Consent]
    otherwise: Consent
    """For words of nobody in particular."""
    texts: Mapping[str, Transcript] = field(repr=False)
    _starts: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def whose(self, transcript: str, start: int, end: int) -> frozenset[str]:
        """The cases that speak in a stretch; the text's own where nobody is known to, and its id where it has none."""
        text = self.texts[transcript]
        turns = [turn for turn in self._turns(text, start, end) if turn.role not in ASKING]
        return _speaking(text, turns)

    def over(self, transcript: str, start: int, end: int) -> Consent:
        """What holds for a stretch; where several people speak in it, the strictest of what each agreed to."""
        return strictest([self.cases.get(case, self.otherwise) for case in self.whose(transcript, start, end)])

    def of(self, segment: Segment) -> Consent:
        """What holds for a segment."""
        return self.over(segment.transcript, segment.start, segment.end)

    def admits(self, segment: Segment, purpose: Purpose = "team") -> bool:
        """Whether a segment may be counted and written for this purpose."""
        return admitted(self.of(segment), purpose)

    def may_read(self, segment: Segment) -> bool:
        """Whether a machine may read a segment."""
        consent = self.of(segment)
        return bool(consent.participate and consent.machine)

    def against(self, cases: Iterable[str], purpose: Purpose = "team") -> int:
        """How many of these cases did not agree to the purpose."""
        return sum(not admitted(self.cases.get(case, self.otherwise), purpose) for case in cases)

    def told(self, segments: Iterable[Segment], purpose: Purpose = "team") -> tuple[str, ...]:
        """How many of the people who speak in these segments are left out, are not quoted, are read by no machine."""
        people = {case for one in segments for case in self.whose(one.transcript, one.start, one.end)}
        said = [self.cases.get(case, self.otherwise) for case in sorted(people)]
        taking_part = [consent for consent in said if consent.participate]
        inside = [consent for consent in taking_part if admitted(consent, purpose)]
        told = (
            (len(said) - len(taking_part), "left out: consent"),
            (len(taking_part) - len(inside), f"left out: no consent to {purpose}"),
            (sum(consent.quote != "verbatim" for consent in inside), "counted and not quoted: consent"),
            (sum(not consent.machine for consent in inside), "read by no machine: consent"),
        )
        return tuple(f"{count:,} participant{' is' if count == 1 else 's are'} {what}" for count, what in told if count)

    def _turns(self, text: Transcript, start: int, end: int) -> Sequence[Turn]:
        starts = self._starts.get(text.id)
        if starts is None:
            starts = self._starts[text.id] = [turn.start for turn in text.turns]
        first, last = max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)
        return [turn for turn in text.turns[first:last] if turn.end > start]


def speakers(text: Transcript) -> frozenset[str]:
    """The cases that speak anywhere in a text."""
    return _speaking(text, [turn for turn in text.turns if turn.role not in ASKING])


def _speaking(text: Transcript, turns: Sequence[Turn]) -> frozenset[str]:
    own = text.case or text.id
    return frozenset(turn.case or own for turn in turns) or frozenset({own})


def agreed(project: Project, connection: Connection, texts: Iterable[Transcript], today: date | None = None) -> Agreed:
    """What holds today for the words of these texts."""
    cases = effective(project, connection, today or acts.today())
    return Agreed(cases, project.settings.consent, {text.id: text for text in texts})


def admitted(consent: Consent, purpose: Purpose) -> bool:
    """Whether words may be counted and written for this purpose.

    >>> admitted(Consent(participate=True, share=False), "team"), admitted(Consent(participate=True), "share")
    (True, False)
    """
    outside = {"team": True, "share": consent.share, "archive": consent.archive}
    return bool(consent.participate and outside[purpose])


def strictest(several: Sequence[Consent]) -> Consent:
    """What holds where all of these must be obeyed.

    >>> strictest([Consent(True, "verbatim", machine=True), Consent(True, "none", machine=False)]).quote
    'none'
    """
    if len(several) == 1:
        return several[0]
    quote = min((one.quote or "none" for one in several), key=STRICTER.index)
    return Consent(
        participate=all(one.participate for one in several),
        quote=quote,
        archive=all(one.archive for one in several),
        share=all(one.share for one in several),
        machine=all(one.machine for one in several),
    )


@dataclass(frozen=True, slots=True)
class Limited:
    """A case that agreed to less than the team may do."""

    case: str
    consent: Consent
    expired: bool


@dataclass(frozen=True, slots=True)
class ConsentSummary:
    """What holds on a day for the cases of a project."""

    cases: int
    stated: int
    """Rows of `consent.csv`."""
    counts: Mapping[str, Mapping[str, int]]
    """Of how many cases each answer holds, by what was asked."""
    limited: tuple[Limited, ...]
    """Cases that take no part, may not be quoted as spoken, or are read by no machine."""
    unknown: tuple[int, ...]
    """Lines of `consent.csv` that name no case of the project."""
    told: tuple[str, ...]
    """What a person should look at."""


def consent(project: Project, *, today: date | None = None) -> ConsentSummary:
    """Take `consent.csv` over, and say what holds.

    Raises:
        ImporterError: the table is faulty.
        ProjectError: it is gone, and with it what people agreed to.
    """
    day = today or acts.today()
    taken = take(project)
    with project.store.reading() as connection:
        holds = effective(project, connection, day)
    counts = {
        name: dict(sorted(Counter(_answer(getattr(one, name)) for one in holds.values()).items()))
        for name in ("participate", "quote", "archive", "share", "machine")
    }
    limited = tuple(
        Limited(case, one, bool(one.expires and one.expires < day))
        for case, one in holds.items()
        if not (one.participate and one.machine and one.quote == "verbatim")
    )
    return ConsentSummary(len(holds), taken.stated, counts, limited, taken.unknown, taken.told())


def _answer(value: object) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"
