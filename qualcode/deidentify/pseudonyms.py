"""What stands instead: an invented name for a person, and for everything else what kind of thing it is."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from qualcode.deidentify.entities import Entity, normal
from qualcode.deidentify.given_names import GIVEN
from qualcode.deidentify.mentions import Kind, Mention
from qualcode.deidentify.ordinary import ordinary
from qualcode.errors import ProjectError

_BEGIN = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
)
_MIDDLE = ("b", "d", "f", "g", "k", "l", "ld", "lm", "m", "n", "nd", "r", "rd", "rn", "s", "st", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "o")
_END = ("n", "l", "r", "m", "s", "th", "ck", "nd", "x", "ric", "an", "")
_MOST_TRIES = 10_000
_GENERIC: Mapping[Kind, str] = {
    "person": "a person", "place": "a place", "organisation": "an organisation", "email": "e-mail address",
    "phone": "phone number", "postcode": "postcode", "nhs_number": "NHS number", "number": "a number",
    "url": "web address", "username": "user name", "address": "an address", "date": "a date", "age": "an age",
    "detail": "a detail",
}  # fmt: skip


def generic(mention: Mention) -> str:
    """What to say, without brackets, where no pseudonym stands for it.

    >>> generic(Mention(0, 9, "place", "names")), generic(Mention(0, 12, "date", "patterns", generic="March 2019"))
    ('a place', 'March 2019')
    """
    return mention.generic or _GENERIC[mention.kind]


def pseudonyms(
    entities: Sequence[Entity], key: bytes, taken: Collection[str] = (), reserved: Mapping[str, str] | None = None
) -> dict[Entity, str]:
    """A pseudonym for each person, without brackets; for others only where the researcher gave one.

    A name is made from HMAC-SHA-256 of the person's fullest name under the key, and made again with the next counter
    while it is a word or a name that occurs, or somebody else's.

    Args:
        entities: as `entities.entities` gives them.
        key: the project's key for de-identification.
        taken: words of all texts, in any case.
        reserved: pseudonyms that stand, by name as `entities.normal` writes it. They stay, also when a fuller name of
            the same person comes to light.

    Raises:
        ProjectError: a pseudonym of the list is a name in the texts, or stands for two.
    """
    reserved = reserved or {}
    words = {word.lower() for word in taken}
    words |= {part for entity in entities for name in entity.names for part in name.split()}
    own = {entity: entity.pseudonym for entity in entities if entity.pseudonym}
    _check(own, entities)
    given = {name.lower() for name in own.values()} | {name.lower() for name in reserved.values()}
    shared = Counter(name for entity in entities for name in entity.names)
    found: dict[Entity, str] = {}
    for entity in sorted(entities, key=lambda e: (e.kind, e.key)):
        if entity in own:
            found[entity] = own[entity]
        elif entity.kind == "person":
            stands = _standing(entity, reserved, shared, set(found.values()))
            found[entity] = stands or _invented(entity.key, key, words, given)
            given.add(found[entity].lower())
    return found


def _standing(entity: Entity, reserved: Mapping[str, str], shared: Counter[str], used: Collection[str]) -> str:
    """The pseudonym that this person has already, by her fullest name that has one."""
    for name in entity.names:
        if name in reserved and shared[name] == 1 and reserved[name] not in used:
            return reserved[name]
    return ""


def _invented(name: str, key: bytes, words: Collection[str], given: Collection[str]) -> str:
    for counter in range(_MOST_TRIES):
        digest = hmac.new(key, f"{name}\x1f{counter}".encode(), hashlib.sha256).digest()
        made = "".join(kinds[byte % len(kinds)] for kinds, byte in zip(_shape(digest[0]), digest[1:], strict=False))
        if made not in given and made not in words and made not in GIVEN and not ordinary(made):
            return made.capitalize()
    raise ProjectError(
        "no pseudonym is left for a person", place="names", hint="give pseudonyms of your own in the list of names"
    )


def _shape(byte: int) -> Iterable[tuple[str, ...]]:
    long = (_BEGIN, _VOWELS, _MIDDLE, _VOWELS, _MIDDLE, _VOWELS, _END[:7])
    return long if byte % 3 == 0 else (_BEGIN, _VOWELS, _MIDDLE, _VOWELS, _END)


def _check(own: Mapping[Entity, str], entities: Sequence[Entity]) -> None:
    names = {part for entity in entities if entity.kind == "person" for name in entity.names for part in name.split()}
    rows: dict[str, int] = {}
    for entity, pseudonym in sorted(own.items(), key=lambda pair: pair[0].identity or 0):
        row = (entity.identity or 0) + 1
        place = f"list of names, row {row}"
        if entity.kind == "person" and names & set(normal(pseudonym).split()):
            raise ProjectError(
                "the pseudonym is the name of a person in the texts (a name that nobody has)",
                place=place,
                hint="choose another pseudonym, or leave it empty and one is invented",
            )
        if entity.kind == "person" and rows.setdefault(normal(pseudonym), row) != row:
            raise ProjectError(
                f"has the pseudonym of row {rows[normal(pseudonym)]} (one for each person)",
                place=place,
                hint="choose another pseudonym, or put all names of one person into one row",
            )
