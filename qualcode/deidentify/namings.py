"""Phrases that say that a name follows: *called Theo*, *our Kev*, *her name's*, *in Ward 9*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qualcode.deidentify.cues import ACRONYMS, CODED, FORMAL, KIN, NEVER, OWNING, TITLES
from qualcode.deidentify.given_names import EVERYDAY, GIVEN
from qualcode.deidentify.mentions import Kind
from qualcode.deidentify.ordinary import closed, ordinary

_NAME = r"(?P<own>[^\W\d_]+(?:-[A-Z][^\W\d_]+)?)"
_NAMED = re.compile(
    r"\b(?:called|named(?: after)?|name's|names are|name is|name was|name were|goes by|go by|went by|known as|"
    r"calls? (?:him|her|me|them|us)|called (?:him|her|me|them)|christened|nicknamed|shouting|spelt) ['\"]?"
    r"(?:just |little |our )?" + _NAME
)
_BEFORE = re.compile(
    r"(?P<own>[^\W\d_][\w-]{2,}),? (?:he|she|they)(?: was| is| were|'s| are)? (?:called|goes by|went by)\b"
)
_KIN = re.compile(
    rf"\b(?i:(?:{'|'.join(sorted(OWNING))})(?: (?:own|dear|poor|lovely|late|other|first|second))*"
    rf"(?P<kin>(?: (?:{'|'.join(sorted(map(re.escape, KIN), key=len, reverse=True))})(?:'s)?)*))(?P<comma>,?) {_NAME}"
)
_TITLED = re.compile(rf"\b(?P<title>{'|'.join(sorted(TITLES, key=len, reverse=True))}) {_NAME}")
_LETTERED = re.compile(rf"\b(?i:{'|'.join(sorted(FORMAL))})\.? [A-Z]\b(?!')\.?")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){2,3}(?:[A-Z][a-z]+)?(?![\w])|(?<=[a-z,] )[B-HJ-Z]\.(?=\s|$)")
_LETTERS = re.compile(
    r"(?<![\w.-])(?P<own>[A-Z]{2,3})(?='s [a-z]|,? (?:said|says|told|was|had|has|came|went|rang|reported|felt|thought|"
    r"wants|wanted|asked|phoned|texted|cried)\b)"
)
_CODED = re.compile(rf"\b(?i:{'|'.join(sorted(CODED))}) (?:\d{{1,3}}[A-Za-z]?|[A-Z]\d{{0,2}}|(?i:one|two|three|four|"
                   r"five|six|seven|eight|nine|ten|eleven|twelve))\b(?!')")  # fmt: skip
_SAINT = re.compile(
    r"\b(?:St|Saint|SS)\.? [A-Z][\w-]+(?:'s)?(?: (?:[A-Z][\w'-]+|and|of|the)){0,4}(?<! and)(?<! of)(?<! the)"
)
_CALENDAR = re.compile(
    r"(?:(?<=[a-z,] )Will\b(?! (?:you|I|he|she|it|they|we)\b)|\b(?:Will|May|June|April|August|Sunday)"
    r"(?= (?:said|says|was|is|had|has|came|went|rang|told|never|did)\b))"
)
_SAID_TO = frozenset(
    """
    been because just like not so that what how it out up off back round all a the
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name by what is said about it."""

    start: int
    end: int
    kind: Kind
    suspected: bool = False
    generic: str = ""


def namings(text: str) -> Iterator[Named]:
    """Names in a plain, masked text."""
    for pattern in (_NAMED, _BEFORE):
        for match in pattern.finditer(text):
            start, end = match.span("own")
            said = text[start:end]
            if _could_be(said) and (said[0].isupper() or _lower(said)):
                person = said[0].isupper() or said in GIVEN
                yield Named(start, end, "person" if person else "username", not person and pattern is _NAMED)
    for match in _KIN.finditer(text):
        start, end = match.span("own")
        said = text[start:end]
        if match["comma"] and (said[0].islower() or not match["kin"]):
            continue
        if _could_be(said) and (said[0].isupper() or _lower(said)):
            yield Named(start, end, "person", said[0].islower() and said not in GIVEN)
    for match in _TITLED.finditer(text):
        start, end = match.span("own")
        said = text[start:end]
        if said[0].isupper() and _could_be(said):
            yield Named(match.start(), end, "person")
        elif _could_be(said) and said in GIVEN - EVERYDAY:
            yield Named(start, end, "person")
        elif (
            _could_be(said)
            and not ordinary(said)
            and match["title"] in ("mrs", "mr", "dr", "miss", "auntie", "aunty", "nana")
        ):
            yield Named(match.start(), end, "person")
    for match in _CALENDAR.finditer(text):
        yield Named(*match.span(), "person", not match.group().startswith("Will"))
    for match in _LETTERED.finditer(text):
        yield Named(*match.span(), "person")
    for match in _INITIALS.finditer(text):
        yield Named(match.start(), match.start() + len(match.group().rstrip()), "person", len(match.group()) < 4)
    for match in _LETTERS.finditer(text):
        if match["own"].lower() not in NEVER | ACRONYMS:
            yield Named(*match.span("own"), "person", True)
    for match in _CODED.finditer(text):
        ward = match.group().lower().startswith("ward")
        sure = text[match.start()].isupper() or ward
        yield Named(*match.span(), "place", not sure, "a ward" if ward else "a place")
    for match in _SAINT.finditer(text):
        yield Named(*match.span(), "organisation", False, "")


def _could_be(said: str) -> bool:
    low = said.lower()
    if said.isupper() and low in ACRONYMS:
        return False
    return len(said) > 1 and low not in NEVER and not closed(low) and low not in KIN and low not in _SAID_TO


def _lower(said: str) -> bool:
    return said in GIVEN - EVERYDAY or not ordinary(said)
