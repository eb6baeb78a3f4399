"""`qualcode replay`: what was known and what stood at an earlier moment, rebuilt from the record."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from qualcode.coding import Coding, Judged
from qualcode.errors import ProjectError
from qualcode.project import Project
from qualcode.store import events, frames, history, tombstones
from qualcode.store.events import Event

JUDGED = ("segment", "transcript", "coder", "code", "present", "blind", "sample", "weight")
CODINGS = ("segment", "transcript", "coder", "code", "facets", "evidence", "raw_score", "score")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A case that has withdrawn since: its words and judgements cannot be replayed."""

    tombstone: str
    at: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The state after an event."""

    event: int
    at: str
    transcripts: int
    """Texts known then and not withdrawn since."""
    current: int
    """Those of them that nothing had taken the place of."""
    judgements: int
    """That were made and not taken back."""
    decisions: int
    """Codes on passages on which a coder's last word stood."""
    present: int
    runs: int
    digest: str
    """Hash over the texts and over what stood."""
    withdrawn: tuple[Withdrawn, ...]
    files: tuple[Path, ...] = ()


def replay(project: Project, when: str, folder: Path | None = None) -> Replayed:
    """Rebuild the state at a moment; nothing in the project changes.

    Rows that came before there were witnesses count from the event that names their text, or from when they were made.

    Args:
        project: whose record is read.
        when: an event's number, a day (its end, UTC) or a time, ISO 8601.
        folder: where `codings.csv` and `judged.csv` are written, if it is given: ids and no words.

    Raises:
        ProjectError: the moment is not understood, or is before the first event; or the files cannot be written.
    """
    with project.store.reading() as connection:
        record = events.all_events(connection)
        event = _event(record, when)
        then = history.at(connection, record, event.id)
        gone = tuple(
            Withdrawn(stone.id, stone.at, stone.counts)
            for stone in tombstones.tombstones(connection).values()
            if stone.at > event.at
        )
    stands = frames.standing(then.decisions)
    rows = _rows(stands, then.of_segment)
    said = [sorted(then.current), *rows]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    files = _written(folder, *rows) if folder else ()
    return Replayed(
        event.id,
        event.at,
        len(then.transcripts),
        len(then.current),
        len(then.decisions),
        len(stands.judged),
        len(stands.codings),
        then.runs,
        digest,
        gone,
        files,
    )


def _event(record: list[Event], when: str) -> Event:
    if when.isdigit() and len(when) < 8:
        found = [event for event in record if event.id == int(when)]
        why = f"there is no event {when}"
    else:
        until = _moment(when)
        found = [event for event in record if event.at[: len(until)] <= until]
        why = "the record begins later"
    if not found:
        raise ProjectError(why, place="replay", hint="qualcode log")
    return found[-1]


def _moment(when: str) -> str:
    """The moment as the record writes times, as exactly as it was given."""
    try:
        if len(when) == 10:
            return date.fromisoformat(when).isoformat()
        return datetime.fromisoformat(when.removesuffix("Z")).isoformat(
            timespec="minutes" if len(when) <= 16 else "auto"
        )
    except ValueError:
        raise ProjectError(
            "the moment is not understood (expected an event's number, 2026-11-24 or 2026-11-24T14:03)", place="replay"
        ) from None


def _rows(stands: frames.Standing, of: Mapping[str, str]) -> tuple[list[list[object]], list[list[object]]]:
    judged = [
        _judged(key, judgement, of.get(key[0], key[0]), key in stands.codings)
        for key, judgement in sorted(stands.judged.items())
    ]
    codings = [_coding(key, coding, of.get(key[0], key[0])) for key, coding in sorted(stands.codings.items())]
    return codings, judged


def _judged(key: tuple[str, str, str], judged: Judged, transcript: str, present: bool) -> list[object]:
    segment, coder, code = key
    weight = 1.0 / (judged.probability or 1.0)
    return [segment, transcript, coder, code, int(present), int(judged.blind), judged.sample or "", weight]


def _coding(key: tuple[str, str, str], coding: Coding, transcript: str) -> list[object]:
    segment, coder, code = key
    facets = json.dumps(dict(coding.facets), sort_keys=True, ensure_ascii=False)
    return [segment, transcript, coder, code, facets, json.dumps(coding.evidence), coding.raw_score, coding.score]


def _written(folder: Path, codings: list[list[object]], judged: list[list[object]]) -> tuple[Path, ...]:
    made = (folder / "codings.csv", folder / "judged.csv")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, columns, rows in zip(made, (CODINGS, JUDGED), (codings, judged), strict=True):
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerows([columns, *rows])
    except OSError as error:
        raise ProjectError(f"cannot be written ({error.strerror})", place=str(folder)) from None
    return made
