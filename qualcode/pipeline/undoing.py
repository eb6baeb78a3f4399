"""`qualcode undo`: take back the judgements that an act brought, as an act of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qualcode.errors import ProjectError
from qualcode.pipeline import acts, versions
from qualcode.project import Project
from qualcode.store import events, undoing
from qualcode.store.database import Connection

UNDO = "undo"
_CAN = ("judge", "settle", "merge", UNDO)
_WHY: Mapping[str, tuple[str, str]] = {
    "import": (
        "texts that were imported stay",
        "a case goes with: qualcode withdraw; judgements have events of their own",
    ),
    "version": ("a new version of a text stays, and judgements moved with it", "import the earlier file again"),
    "reanchor": ("these judgements only moved", "undo the event that brought them"),
    "deidentify": ("identities that were replaced stay replaced", "restore a backup of before it"),
    "withdraw": ("what a person withdrew is gone for good", ""),
    "restore": ("a backup that was put in place stays", "restore the one that was made before it"),
    "sign": ("a signature stands for what was vouched for", "a new version of the text is not signed"),
    "segment": ("passages are cut anew, not taken back", "set [segments] as before, then: qualcode segment"),
    "tag": (
        "the tagger's proposals are kept beside any others",
        "set [tag] or the codebook as before, then: qualcode tag",
    ),
    "codebook": ("the codebook is a file that you edit", "take the codes out of codebook.yaml"),
}
_OTHER = ("it brought no judgements", "qualcode log shows which events did: judge, settle, merge")


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did, or would do."""

    event: int
    kind: str
    number: int | None
    """Of the undo's own event; None on a dry run, or where there was nothing to do."""
    taken_back: int
    put_back: int
    reopened: int
    """Doubtful places whose answer was taken back, or holds again."""
    moved: int = 0
    """Judgements that were anchored in later texts, now that they stand again."""


def undo(project: Project, event: int, *, dry_run: bool = False) -> Undone:
    """Take back what an event brought; of an undo, put it back.

    Judgements that were made of these on later versions of their texts go with them. Answers to doubtful places are
    open again. Undoing the same event twice changes nothing.

    Args:
        project: to write to.
        event: its number.
        dry_run: only say what would be done.

    Raises:
        ProjectError: there is no such event, or it cannot be undone.
    """
    with project.store.reading() as connection:
        record = {one.id: one for one in events.all_events(connection)}
    if event not in record:
        raise ProjectError(f"there is no event {event}", place="undo", hint="qualcode log")
    kind = record[event].kind
    if kind not in _CAN:
        why, hint = _WHY.get(kind, _OTHER)
        raise ProjectError(f"event {event} ({kind}) cannot be undone: {why}", place="undo", hint=hint)
    with project.store.writing() as connection:
        back, again = _asked(connection, event, kind)
        answers = undoing.answered_by(connection, event)
        found = (len(back), len(again), len(answers))
        if dry_run or not any(found):
            return Undone(event, kind, None, *found)
        number = events.coming(connection)
        undoing.take_back(connection, back, number)
        undoing.put_back(connection, again, number)
        undoing.answer_again(connection, [before for _, before in answers])
        events.record(
            connection,
            UNDO,
            actor=acts.RESEARCHER,
            at=acts.now(),
            subjects=[f"event:{event}"],
            counts={"taken_back": len(back), "put_back": len(again), "answers": len(answers)},
        )
    # What stands again may stand on a text that was replaced meanwhile.
    late = versions.catch_up(project)
    return Undone(event, kind, number, *found, moved=late.sure + late.doubtful + late.lost)


def _asked(connection: Connection, event: int, kind: str) -> tuple[list[int], list[int]]:
    """Judgements to take back, and to put back."""
    last = {judged: (by, back) for judged, by, back in undoing.history(connection)}
    if kind == UNDO:
        # What a later event decided on the same judgement stays as that one decided.
        own = {judged: back for judged, (by, back) in last.items() if by == event}
        return [j for j, back in own.items() if back], [j for j, back in own.items() if not back]
    made = undoing.with_made_of(connection, undoing.made_by(connection, event))
    return [judged for judged in made if last.get(judged, (0, True))[1]], []
