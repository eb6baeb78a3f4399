"""Cut a conversation into turns, each with its speaker's role, by the labels that are found in it.

Nothing is cut away: labels and headers stay in the text, outside the turns. Notes say what was taken for granted and
what is unlikely; they name nobody and count nothing, so that a folder of files is told once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from qualcode.corpus import ASKING, Role, Turn
from qualcode.errors import ProjectError
from qualcode.importers import no_speakers, roles
from qualcode.importers.labels import Label as Label
from qualcode.importers.labels import in_text as in_text
from qualcode.importers.roles import Assigned

LONG_PREAMBLE_WORDS = 120
HEADER_WORDS = 15
"""Up to so many words before the first label are a title and a date; more are told, and many more are speech."""
MANY_LABELS = 12
NEARLY_ALL = 0.95
FEW_WORDS = 200
"""Below, a text is too short to wonder about."""
MANY_TIMES = 6
"""From so many lines with a time at an end on, somebody's program wrote who speaks, and it was not understood."""
SEVERAL = 3
"""So many speakers beside the one who asks are hardly one participant."""
_TIMED = re.compile(
    r"^[ \t\u00a0]*[\[(#]*\d{1,3}:\d{2}(?!\d)|(?<![\d:])\d{1,3}(?::\d{2}){1,2}[\])#]*[ \t\u00a0]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Found:
    """Turns of a text, and what a person should know about them."""

    turns: tuple[Turn, ...]
    notes: tuple[str, ...]


def find(
    text: str,
    *,
    speakers: Mapping[str, Role],
    question_pattern: str = "",
    case: str | None = None,
    several_people: bool = False,
    labels: Sequence[Label] | None = None,
) -> Found:
    """Turns of a conversation.

    Args:
        text: normalised.
        speakers: roles by lower-cased label, as the project states them; they win over every guess.
        question_pattern: regular expression for lines that are questions.
        case: the document's case, given to every turn that is not the interviewer's.
        several_people: each speaker is a case of their own (a focus group), `CASE.1`, `CASE.2` in order of speaking.
        labels: where the format itself names the speakers, as captions do; else they are looked for in the text.

    Raises:
        ProjectError: `question_pattern` is not a regular expression.
    """
    labels = in_text(text, speakers) if labels is None else labels
    if labels:
        turns, notes = _labelled(text, _with_events(text, labels), speakers, several_people)
    else:
        turns, notes = [Turn(0, len(text))], ["no speakers were found: the whole text is coded, role unknown"]
        if (
            len({text.count("\n", 0, found.start()) for found in islice(_TIMED.finditer(text), 2 * MANY_TIMES)})
            >= MANY_TIMES
        ):
            notes.append(
                "many lines begin or end with a time, and nobody is found beside them: look at the file, "
                "and name its labels (qualcode speakers, or [speakers] in qualcode.toml)"
            )
    if question_pattern:
        turns = _with_questions(text, turns, question_pattern)
        notes = [note for note in notes if not note.startswith("no speakers")]
    turns = [turn for turn in turns if text[turn.start : turn.end].strip()]
    if case:
        people: dict[str, str] = {}
        for turn in turns:
            if several_people and turn.role not in ASKING and turn.speaker:
                people.setdefault(turn.speaker, f"{case}.{len(people) + 1}")
        turns = [turn if turn.role in ASKING else replace(turn, case=people.get(turn.speaker, case)) for turn in turns]
    if labels and not turns:
        notes.append("there are speaker labels and no speech behind them")
    if labels:
        notes += _doubts(text, turns, interview=not several_people)
    return Found(tuple(turns), tuple(notes))


def may_be_group(turns: Sequence[Turn]) -> str:
    """A note where several people answer, for a text of which nobody said what it is; else empty."""
    people = {turn.speaker for turn in turns if turn.speaker and turn.role not in ASKING}
    if len(people) < SEVERAL or not any(turn.role in ASKING for turn in turns):
        return ""
    return (
        "several people speak beside the one who asks: if it is a focus group, "
        "write focus_group as its kind into manifest.csv"
    )


def _with_events(text: str, labels: Sequence[Label]) -> list[Label]:
    """Labels, and after each line that a meeting program wrote into a turn one more: who spoke goes on behind it."""
    starts = [label.start for label in labels]
    more = []
    for start, end in no_speakers.events(text, {label.key for label in labels}):
        before = bisect_right(starts, start) - 1
        if before >= 0 and start >= labels[before].end:
            more.append(replace(labels[before], start=start, end=end, seconds=None))
    return sorted([*labels, *more], key=lambda label: label.start)


def _labelled(
    text: str, labels: Sequence[Label], speakers: Mapping[str, Role], several_people: bool
) -> tuple[list[Turn], list[str]]:
    ends = [label.start for label in labels[1:]] + [len(text)]
    said = [_turn(text, label, label.end, end) for label, end in zip(labels, ends, strict=True)]
    parts = roles.assign(roles.tallies(text, said), speakers, group=several_people)
    notes = _guesses(parts)
    only_asking = all(part.role in ASKING for part in parts.values())
    turns: list[Turn] = []
    preamble = len(text[: labels[0].start].split())
    if only_asking or preamble > LONG_PREAMBLE_WORDS:
        turns.append(Turn(0, labels[0].start))
    elif preamble > HEADER_WORDS:
        notes.append("there are words before the first speaker label: they are kept and not coded")
    for label, turn, end in zip(labels, said, ends, strict=True):
        role = parts[label.key].role
        if only_asking:
            # Few labels, all of the asking side: a labelled line is theirs, the rest is the participant's.
            stop = text.find("\n", label.end)
            stop = end if stop == -1 or stop > end else stop
            turns += [replace(_turn(text, label, label.end, stop), role=role), Turn(stop, end)]
        else:
            turns.append(replace(turn, role=role))
    if only_asking:
        notes.append("only the asking side is labelled: unlabelled lines are coded, role unknown")
    return turns, notes


def _guesses(parts: Mapping[str, Assigned]) -> list[str]:
    """Said without counts and names, so that a folder of files is told once; `qualcode speakers` shows the rest."""
    guessed = {part.role for part in parts.values() if part.guessed}
    notes = []
    if guessed & ASKING:
        notes.append("one speaker is taken as the interviewer, by who ends turns with a question")
    if "participant" in guessed and len([key for key in parts if key]) > 2:
        notes.append("speakers beside the facilitator are taken as participants")
    return notes


def _doubts(text: str, turns: Sequence[Turn], *, interview: bool) -> list[str]:
    """What is unlikely of a conversation whose labels were understood."""
    people = {key: tally for key, tally in roles.tallies(text, turns).items() if key}
    words = sum(tally.words for tally in people.values())
    doubts = []
    if turns and all(turn.role in ASKING for turn in turns):
        doubts.append("every turn is an interviewer's: state the roles (qualcode speakers)")
    if len(turns) == 1 and words > FEW_WORDS:
        doubts.append("all is one single turn: look at how its speakers are labelled")
    if len(people) > MANY_LABELS:
        doubts.append(f"there are more than {MANY_LABELS} speaker labels: some may be words of the text")
    most = max((tally.words for tally in people.values()), default=0)
    if interview and len(people) == 2 and words > FEW_WORDS and most > NEARLY_ALL * words:
        doubts.append(f"one of two speakers says more than {NEARLY_ALL:.0%} of it: are labels missing?")
    return doubts


def _turn(text: str, label: Label, start: int, end: int) -> Turn:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or (text[end - 1] in "*_" and text[end - 2 : end - 1] in "*_\n ")):
        end -= 1
    return Turn(start, end, speaker=label.key, time=label.seconds)


def _with_questions(text: str, turns: list[Turn], question_pattern: str) -> list[Turn]:
    try:
        pattern = re.compile(question_pattern)
    except re.error as error:
        raise ProjectError(f"question_pattern is not a regular expression ({error})", place="qualcode.toml") from error
    result: list[Turn] = []
    for turn in turns:
        if turn.role in ASKING:
            result.append(turn)
            continue
        at = turn.start
        for line in re.finditer(r"[^\n]+", text[turn.start : turn.end]):
            if pattern.search(line.group()):
                start, end = turn.start + line.start(), turn.start + line.end()
                result += [replace(turn, start=at, end=start), replace(turn, start=start, end=end, role="interviewer")]
                at = end
        result.append(replace(turn, start=at))
    return result
