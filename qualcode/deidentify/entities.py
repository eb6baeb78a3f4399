"""Who is who: the names of one person or place over a whole project, brought together where that is certain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qualcode import nlp
from qualcode.deidentify.cues import FORMAL, TITLES
from qualcode.deidentify.mentions import Identity, Kind, Mention

_DEVICE = re.compile(r"'s (?:i ?pad|i ?phone|phone|tablet|laptop|computer|galaxy.*)$")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True, repr=False)
class Entity:
    """One person, place or other thing that texts name."""

    kind: Kind
    names: tuple[str, ...] = field()
    """All that it is called, in lower case without possessives; the fullest first."""
    identity: int | None = None
    """Its place in the project's own list, from 0."""
    pseudonym: str = field(default="")
    """The researcher's own, from the list."""
    ambiguous: bool = False
    """It may be one of several others; a person has to say which."""

    @property
    def key(self) -> str:
        """What pseudonyms hang on: the fullest name."""
        return self.names[0]


@dataclass(frozen=True, slots=True, repr=False)
class Who:
    """Entities, and which one each mention is of."""

    entities: tuple[Entity, ...]
    of: Mapping[tuple[str, int], Entity] = field()
    """By text and the place where the mention begins."""


def entities(
    texts: Mapping[str, str], mentions: Mapping[str, Sequence[Mention]], identities: Sequence[Identity] = ()
) -> Who:
    """Bring names together: *Gwilym Prosser*, *Gwilym*, *Mr Prosser*, *gwilym's*; the order of texts does not matter.

    A given name or a surname is a fuller name's where only one fuller name has it. Where several have it, it stays
    apart and is ambiguous. The same name alone in two texts is taken for one person: that gives nobody away.
    Different names of one person (Daniel, Danny) are hers where the project's list says so.
    """
    said: dict[tuple[str, int], tuple[Kind, str]] = {}
    for id_, found in mentions.items():
        for mention in found:
            name = normal(texts[id_][mention.start : mention.end])
            said[id_, mention.start] = mention.kind, name
    listed: dict[tuple[Kind, str], list[int]] = defaultdict(list)
    for row, identity in enumerate(identities):
        for name in dict.fromkeys(map(normal, identity.names)):
            listed[identity.kind, name].append(row)
    persons = {name for kind, name in [*said.values(), *listed] if kind == "person"}
    groups = _groups(persons, {name: rows for (kind, name), rows in listed.items() if kind == "person"})
    others = sorted({(kind, name) for kind, name in [*said.values(), *listed] if kind != "person"})
    made = [_person(names, rows, unsure, identities) for names, rows, unsure in groups]
    made += _others(others, listed, identities)
    by_name = {(entity.kind, name): entity for entity in made for name in entity.names}
    of = {place: by_name[name] for place, name in sorted(said.items())}
    present = {(entity.kind, entity.key) for entity in of.values()}
    return Who(tuple(e for e in sorted(made, key=lambda e: (e.kind, e.key)) if (e.kind, e.key) in present), of)


def normal(name: str) -> str:
    """A name as it is compared: lower case, one space, no possessive.

    >>> normal("Mr  Prosser’s"), normal("Derek's iPad")
    ('mr prosser', 'derek')
    """
    low = " ".join(nlp.plain(name).lower().replace(".", " ").split())
    low = _EDGES.sub("", re.sub(r"'s?$", "", _DEVICE.sub("", low)))
    return low or name.lower()


def _parts(name: str) -> tuple[str, tuple[str, ...]]:
    """Title and the rest; a name that is all title keeps it."""
    title, _, rest = name.partition(" ")
    return (title, tuple(rest.split())) if rest and title in TITLES else ("", tuple(name.split()))


def _groups(names: Iterable[str], listed: Mapping[str, Sequence[int]]) -> list[tuple[list[str], list[int], bool]]:
    """Names that are one person's, the rows of the list that they are of, and whether they are ambiguous."""
    group = {name: name for name in names}
    unsure: set[str] = set()
    first_of: dict[int, str] = {}
    for name in sorted(listed):
        if len(listed[name]) > 1:
            unsure.add(name)
            continue
        group[name] = group[first_of.setdefault(listed[name][0], name)]
    for name in sorted(group, key=lambda n: (-len(_parts(n)[1]), n)):
        if name in listed:
            continue
        roots = {group[other] for other in _fuller(name, group)}
        if len(roots) == 1 and not _contested(name, group):
            group[name] = roots.pop()
        elif roots:
            unsure.add(name)
    members: dict[str, list[str]] = defaultdict(list)
    for name, root in group.items():
        members[root].append(name)
    return [
        (sorted(of, key=_fullness), sorted({row for n in of for row in listed.get(n, ()) if n not in unsure}),
         any(name in unsure for name in of))
        for _, of in sorted(members.items())
    ]  # fmt: skip


def _fullness(name: str) -> tuple[int, bool, int, str]:
    title, parts = _parts(name)
    return -len(parts), bool(title), -len(name), name


def _fuller(name: str, all_of: Iterable[str]) -> list[str]:
    """Names that this one may be short for."""
    title, parts = _parts(name)
    found = []
    for other in all_of:
        other_title, other_parts = _parts(other)
        if other == name:
            continue
        if parts == other_parts and len(parts) > 1:
            agrees = not title or not other_title or title == other_title
            shorter = agrees and (bool(title), name) > (bool(other_title), other)
        elif title in FORMAL and len(parts) == 1:
            shorter = len(other_parts) > 1 and other_parts[-1] == parts[0] and other_title in ("", title)
        elif len(parts) == 1:
            same = other_parts == parts and other_title not in FORMAL and bool(title) and not other_title
            shorter = same or (len(other_parts) > 1 and parts[0] in other_parts)
        else:
            shorter = len(other_parts) == len(parts) and other_parts != parts and _abbreviates(parts, other_parts)
        if shorter:
            found.append(other)
    return found


def _abbreviates(short: Sequence[str], full: Sequence[str]) -> bool:
    pairs = list(zip(short, full, strict=True))
    return any(len(a) == 1 for a in short) and all(a == b or (len(a) == 1 and b.startswith(a)) for a, b in pairs)


def _contested(name: str, all_of: Collection[str]) -> bool:
    """*Mr Prosser*, where *Mrs Prosser* is spoken of too: whose surname is Gwilym's?"""
    title, parts = _parts(name)
    if any(_parts(other)[0] == title for other in _fuller(name, all_of)):
        return False
    rivals = {_parts(other) for other in all_of if other != name}
    return title in FORMAL and any(t in FORMAL and t != title and rest == parts for t, rest in rivals)


def _person(names: list[str], rows: list[int], unsure: bool, identities: Sequence[Identity]) -> Entity:
    row = rows[0] if len(rows) == 1 else None
    first = normal(identities[row].names[0]) if row is not None else names[0]
    ordered = (first, *(name for name in names if name != first))
    return Entity("person", ordered, row, identities[row].pseudonym if row is not None else "", unsure)


def _others(
    names: Iterable[tuple[Kind, str]], listed: Mapping[tuple[Kind, str], Sequence[int]], identities: Sequence[Identity]
) -> list[Entity]:
    together: dict[tuple[Kind, int | str], list[str]] = defaultdict(list)
    for kind, name in names:
        rows = listed.get((kind, name), ())
        together[kind, rows[0] if len(rows) == 1 else name].append(name)
    made = []
    for (kind, which), of in together.items():
        row = which if isinstance(which, int) else None
        unsure = row is None and len(listed.get((kind, of[0]), ())) > 1
        own = identities[row].pseudonym if row is not None else ""
        made.append(Entity(kind, tuple(sorted(of, key=_fullness)), row, own, unsure))
    return made
