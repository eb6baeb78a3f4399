"""Cases, variables and sets of a REFI-QDA project: who stands behind which text, in which programme."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.corpus import ASKING, AttributeValue, Case, Transcript, keyed_id
from qualcode.formats.refi import CaseEntry, RefiProject, TextEntry
from qualcode.importers.attributes import typed
from qualcode.importers.columns import NAMES
from qualcode.importers.labels import key_of

SET = "set"
"""The attribute that names the set of documents that a case's text belongs to."""


@dataclass(frozen=True, slots=True)
class People:
    """Cases by id, and which of them each source (by GUID) belongs to."""

    cases: Mapping[str, Case] = field(repr=False)
    of_source: Mapping[str, tuple[str, ...]] = field(repr=False)
    of_guid: Mapping[str, str] = field(repr=False)
    """GUID of a case to its id."""
    named: Mapping[str, str] = field(repr=False)
    """A case's name, as `labels.key_of` makes it, to its id: a speaker's label may be it."""


def people(project: RefiProject, secret: bytes) -> People:
    """Cases with typed attributes and programme.

    A case's name is its id, as a case column's cell is. One without a name carries the variables of its source: its id
    is made of its GUID. Variables that stand on a source itself, and sets of sources, become attributes of its case.
    """
    of_source: dict[str, list[str]] = defaultdict(list)
    stated: dict[str, dict[str, str]] = {}
    of_guid: dict[str, str] = {}
    doubles = Counter(" ".join(entry.name.split()) for entry in project.cases)
    for entry in project.cases:
        name = " ".join(entry.name.split())
        own_name = name if doubles[name] == 1 else f"{name}#{entry.guid[:8]}"
        case = own_name if name else keyed_id(secret, "p", entry.guid)
        of_guid[entry.guid] = case
        stated.setdefault(case, {}).update(_by_name(entry.values, project))
        for source in entry.sources:
            if case not in of_source[source]:
                of_source[source].append(case)
    sets = _sets(project)
    for text in project.texts:
        own = _by_name(text.values, project) | sets.get(text.guid, {}) | sets.get(text.part_of, {})
        if own and not _cases_of(text, of_source):
            of_source[text.part_of].append(keyed_id(secret, "p", text.part_of))
        for case in _cases_of(text, of_source):
            known = stated.setdefault(case, {})
            stated[case] = own | {name: value for name, value in known.items() if value}
    return People(
        cases=_typed(stated),
        of_source={source: tuple(cases) for source, cases in of_source.items()},
        of_guid=of_guid,
        named={
            key_of(entry.name): of_guid[entry.guid]
            for entry in project.cases
            if doubles[" ".join(entry.name.split())] == 1
        },
    )


def with_cases(transcript: Transcript, spans: Sequence[tuple[int, int, str]], people: People) -> Transcript:
    """The transcript, its turns given to the cases that they belong to.

    A turn is a case's where the speaker's label is the case's name, or where a stretch that stands for the case covers
    at least half of it. Interviewers' turns are nobody's. Where all other turns are one case's, the text is.
    """
    turns = []
    for turn in transcript.turns:
        case = people.named.get(turn.speaker)
        for start, end, whose in spans:
            if 2 * (min(end, turn.end) - max(start, turn.start)) >= turn.end - turn.start:
                case = whose
        turns.append(replace(turn, case=case) if case and turn.role not in ASKING else turn)
    whose_turns = {turn.case for turn in turns if turn.role not in ASKING}
    only = whose_turns.pop() if len(whose_turns) == 1 else None
    if only is None or transcript.case:
        return replace(transcript, turns=tuple(turns))
    programme = people.cases[only].programme if only in people.cases else None
    return replace(transcript, turns=tuple(turns), case=only, programme=transcript.programme or programme)


def cases_of(text: TextEntry, people: People) -> tuple[str, ...]:
    """Ids of the cases that a text belongs to."""
    return tuple(_cases_of(text, people.of_source))


def spans_of(case: CaseEntry, places: Mapping[str, tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """(text, start, end) of the selections that stand for a case; those that found no place are left out."""
    return [places[selection] for selection in case.selections if selection in places]


def _cases_of(text: TextEntry, of_source: Mapping[str, Sequence[str]]) -> list[str]:
    return list(dict.fromkeys([*of_source.get(text.guid, ()), *of_source.get(text.part_of, ())]))


def _by_name(values: Mapping[str, str], project: RefiProject) -> dict[str, str]:
    return {project.variables[guid][0]: value for guid, value in values.items() if guid in project.variables}


def _sets(project: RefiProject) -> dict[str, dict[str, str]]:
    """Attributes by source. `gender: male` is how ATLAS.ti writes an attribute; another set is a group of documents."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in project.sets:
        name, colon, value = (part.strip() for part in entry.name.partition(":"))
        for source in entry.sources:
            if colon and name and value:
                found[source][name] = value
            elif SET in found[source]:
                found[source][SET] += f"; {entry.name.strip()}"
            else:
                found[source][SET] = entry.name.strip()
    return found


def _typed(stated: Mapping[str, Mapping[str, str]]) -> dict[str, Case]:
    names = list(dict.fromkeys(name for values in stated.values() for name in values))
    columns = {name: typed([values.get(name, "") for values in stated.values()]) for name in names}
    found = {}
    for place, (case, values) in enumerate(stated.items()):
        attributes: dict[str, AttributeValue] = {name: columns[name][place] for name in names if name in values}
        programme = next((name for name in names if name.lower() in NAMES["programme"] and values.get(name)), None)
        attributes.pop(programme or "", None)
        found[case] = Case(case, values[programme] if programme else None, attributes)
    return found
