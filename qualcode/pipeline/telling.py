"""`qualcode log`: the record of acts in words, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qualcode.project import Project
from qualcode.store import events
from qualcode.store.events import Event

_SAID: Mapping[str, str] = {
    "init": "began the project with {codes} codes",
    "import": "imported {new} texts",
    "describe": "described again what texts, cases or programmes are",
    "version": "brought in a new version of a text",
    "reanchor": "looked for the places of judgements that came late",
    "segment": "cut texts into passages: {new} new, {retired} out of force",
    "train": "let a tagger learn from {cells} decisions on {segments} passages",
    "tag": "let the tagger judge {segments} passages: {proposals} proposals",
    "themes": "looked for themes: {candidates} candidates in {uncovered} passages",
    "sample": "drew a sample of {drawn} passages",
    "judge": "took in {judgements} judgements, {present} codings among them",
    "settle": "settled doubtful places: {kept} kept, {rejected} let go",
    "codebook": "added {codes} codes to the codebook",
    "memo": "took in {memos} memos",
    "merge": "merged a pack: {transcripts} texts, {judgements} judgements, {conflicts} conflicts",
    "pack": "wrote a pack: {transcripts} texts, {decisions} judgements",
    "witness": "witnessed the rows of before the record did so",
    "undo": "took back {taken_back} judgements and put back {put_back}, of event {event}",
    "backup": "made a backup",
    "restore": "put a backup in place",
    "deidentify": "replaced {replaced} mentions of identities in {versions} texts",
    "sign": "signed {texts} texts",
    "withdraw": "took out a case that withdrew",
    "release": "wrote {files} files with words of {cases} participants",
    "consent": "took over what participants agreed to",
    "encrypt": "encrypted the database",
    "abandon": "gave up originals whose key is lost",
}
"""What was done, by kind of event; a count that the event lacks is 0."""


@dataclass(frozen=True, slots=True)
class Told:
    """One act in words."""

    event: int
    at: str
    actor: str
    kind: str
    said: str
    counts: Mapping[str, int]


class _Counts(dict[str, object]):
    def __missing__(self, name: str) -> int:
        return 0


def log(project: Project, *, last: int | None = None, since: date | None = None) -> list[Told]:
    """Acts, oldest first.

    Args:
        project: whose record is read.
        last: only so many of the latest.
        since: only those of this day (UTC) and later.
    """
    with project.store.reading() as connection:
        record = events.all_events(connection)
    found = [_told(event) for event in record if since is None or event.at[:10] >= since.isoformat()]
    return found if last is None else found[len(found) - last :] if last < len(found) else found


def _told(event: Event) -> Told:
    said = _SAID.get(event.kind, event.kind)
    numbers = _Counts(event.counts)
    numbers["event"] = next((subject[6:] for subject in event.subjects if subject.startswith("event:")), "")
    words = said.format_map(numbers)
    for name in ("texts", "judgements", "passages", "codes", "memos", "codings", "proposals", "conflicts"):
        words = words.replace(f" 1 {name}", f" 1 {name[:-1]}") if f" 1 {name}" in words else words
    return Told(event.id, event.at, event.actor, event.kind, words, event.counts)
