"""`qualcode speakers`: who speaks in each document, in what role and why; and roles that the researcher states.

Labels are identities. They are shown here, as `qualcode.toml` holds them, because who maps them must recognise them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from qualcode.corpus import ASKING, Role, Transcript
from qualcode.importers import roles
from qualcode.importers.labels import key_of
from qualcode.project import SETTINGS, Project
from qualcode.settings import Settings, state_roles
from qualcode.store import corpus


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker of one document in one role."""

    file: str = field(repr=False)
    transcript: str
    speaker: str = field(repr=False)
    """The label as it is compared: lower-cased; empty where the text has none."""
    turns: int
    words: int
    asking: float
    """Share of turns that end with a question."""
    words_a_turn: float
    role: Role
    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """How many labelled speakers have no known role, counted once in each document."""

    people: int = 0
    files: int = 0
    turns: int = 0

    def __add__(self, other: Unknown) -> Unknown:
        return Unknown(self.people + other.people, self.files + other.files, self.turns + other.turns)


@dataclass(frozen=True, slots=True)
class SpeakersSummary:
    """Every labelled speaker of every document."""

    files: int
    unknown: Unknown
    rows: tuple[Speaker, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stated:
    """Roles that were written into the settings."""

    path: str
    roles: int
    absent: int
    """How many of the labels stand in no text of the project (or not in the one file that was named)."""


def unknown(transcripts: Iterable[Transcript]) -> Unknown:
    """Count the labelled speakers whose role is unknown."""
    people = files = turns = 0
    for transcript in transcripts:
        labelled = Counter(turn.speaker for turn in transcript.turns if turn.speaker and turn.role == "unknown")
        people, files, turns = people + len(labelled), files + bool(labelled), turns + labelled.total()
    return Unknown(people, files, turns)


def speakers(project: Project) -> SpeakersSummary:
    """Who speaks in each document that is in; rows of tables and reports have one voice and are left out."""
    documents = _documents(project)
    rows = [row for transcript in documents for row in _rows(transcript, project.settings)]
    elsewhere: dict[str, Counter[Role]] = {}
    for row in rows:
        elsewhere.setdefault(row.speaker, Counter())[row.role] += 1
    rows = [_with_others(row, elsewhere[row.speaker]) for row in rows]
    return SpeakersSummary(len(documents), unknown(documents), tuple(rows))


def state(project: Project, stated: Mapping[str, Role], *, file: str = "") -> Stated:
    """Write roles of labels into `qualcode.toml`; they hold from the next import on.

    Args:
        project: whose settings are written; their comments stay.
        stated: role by label.
        file: the one document for which they hold, as imports name it; else for all.

    Raises:
        ProjectError: the settings cannot be written so.
    """
    path = project.folder / SETTINGS
    state_roles(path, stated, file=file)
    there = {turn.speaker for t in _documents(project) if t.source == file or not file for turn in t.turns}
    return Stated(str(path), len(stated), sum(key_of(label) not in there for label in stated))


def _documents(project: Project) -> list[Transcript]:
    with project.store.reading() as connection:
        found = corpus.transcripts(connection)
    return [transcript for transcript in found if not transcript.row and transcript.kind != "report"]


def _rows(transcript: Transcript, settings: Settings) -> list[Speaker]:
    stated = settings.roles_in(transcript.source)
    all_turns = roles.tallies(transcript.text, transcript.turns)
    assigned = roles.assign(all_turns, stated, group=transcript.kind == "focus_group")
    found = []
    for speaker, role in dict.fromkeys((turn.speaker, turn.role) for turn in transcript.turns):
        turns = [turn for turn in transcript.turns if (turn.speaker, turn.role) == (speaker, role)]
        tally = roles.tallies(transcript.text, turns)[speaker]
        found.append(
            Speaker(
                file=transcript.source,
                transcript=transcript.id,
                speaker=speaker,
                turns=tally.turns,
                words=tally.words,
                asking=round(tally.share, 3),
                words_a_turn=round(tally.words / tally.turns, 1),
                role=role,
                why=_why(role, assigned[speaker], settings),
            )
        )
    return found


def _why(role: Role, assigned: roles.Assigned, settings: Settings) -> str:
    if role == assigned.role:
        return assigned.why
    if assigned.why == roles.STATED:
        return f"as it was imported; qualcode.toml now says {assigned.role}: import again"
    if role in ASKING and settings.question_pattern:
        return "question_pattern"
    return "as it was imported"


def _with_others(row: Speaker, everywhere: Counter[Role]) -> Speaker:
    """The same label in other files is a hint for the researcher, and never more: it may be somebody else."""
    others = everywhere - Counter({row.role: 1})
    if row.role != "unknown" or not row.speaker or not (others - Counter({"unknown": others["unknown"]})):
        return row
    role, count = max(((role, n) for role, n in others.items() if role != "unknown"), key=lambda item: item[1])
    return replace(row, why=f"{row.why}; {role} in {count} other file{'s' * (count != 1)}")
