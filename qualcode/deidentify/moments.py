"""Days and great ages: a date becomes its month, an age over 89 a class (HIPAA Safe Harbor, 45 CFR 164.514)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualcode.deidentify.mentions import Mention

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = {name[:3].lower(): name for name in MONTHS} | {"sept": "September"}
_MONTH = rf"(?:{'|'.join(MONTHS)}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
_TENS = "twenty|thirty"
_ORDINAL = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|"
    "(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
)
_CARDINAL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen"
)
_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th)?|{_ORDINAL})"
_YEAR = (
    r"(?:(?:19|20)\d\d(?![-/])|'\d\d|(?:nineteen|twenty)[ -](?:oh[ -])?(?:ten|eleven|twelve|\w+teen|twenty|"
    r"thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety)?(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"two thousand(?: and)?(?: \w+)?)"
)
_WEEKDAY = rf"(?:(?:{'|'.join(WEEKDAYS)}|Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun),? )?"
_DATES = (
    re.compile(rf"\b{_WEEKDAY}(?:the )?{_DAY} (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}\b))?", re.I),
    re.compile(rf"\b{_WEEKDAY}(?P<month>{_MONTH}) (?:the )?{_DAY}(?![\w:'])(?! (?:years?|weeks?|days?|months?|of)\b)"
               rf"(?:,? (?P<year>(?:19|20)\d\d)\b)?", re.I),
    re.compile(r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)-(?P<number>[01]?\d)-[0-3]?\d(?![\d-])"),
    re.compile(r"(?<![\d/.-])[0-3]?\d[/.-](?P<number>[01]?\d)[/.-](?P<year>(?:19|20)?\d\d)(?![\d/])"),
    re.compile(rf"\b{_WEEKDAY[:-1]}the (?:[0-3]?\d(?:st|nd|rd|th)|{_ORDINAL}) (?=(?:in|last|this) {_MONTH})", re.I),
)  # fmt: skip
_BORN = (
    re.compile(
        r"\b(?:born|birthday(?:'s| is| was)?|date of birth(?:'s| is| was)?|d\.?o\.?b\.?:?),? (?:on |in )?"
        rf"(?P<own>(?:the )?(?:{_ORDINAL})\b(?! (?:of|one|time|child|born))|{_YEAR}\b)", re.I),
    re.compile(r"(?P<own>\b[\w-]+(?: and the [\w-]+)?), the year (?:I|he|she|they) (?:was|were) born", re.I),
)  # fmt: skip
_GREAT = (
    r"(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|a hundred(?: and (?:one|two|three|four|"
    r"five|six))?|9\d|"
    r"1[01]\d)"
)
_AGES = (
    re.compile(rf"\b(?P<own>{_GREAT})(?:[ -]years?)?[ -]old\b", re.I),
    re.compile(rf"\b(?:aged?|age of|turned|turning|at the age of|she's|he's|she is|he is|she was|he was|I'm|i am|"
               rf"mam's|mum's|mother's|nan's|dad's|father's|they're|who's|is|was|were|be|nearly|almost)"
               rf"(?: now| just| nearly| almost| about)?,? "
               rf"(?P<own>{_GREAT})(?![\w%])(?=[.,;!?)\]]|$| (?:now|when|next|this|in|and|but|year|if|years? old)\b)"
               rf"(?! (?:per|percent|pounds?|quid|minutes?|miles?|degrees?)\b)", re.I),
    re.compile(r"\bin (?:her|his|their|my|your) (?:early |mid |late |mid-)?(?P<own>nineties|90'?s)\b", re.I),
)  # fmt: skip


def moments(text: str, detector: str) -> Iterator[Mention]:
    """Mentions in a plain text (`nlp.plain`). A month alone, with a year or without, stays: it is what dates become."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            generic = _generic(match.groupdict())
            if generic:
                start, end = match.span()
                yield Mention(
                    start, end - len(match.group()) + len(match.group().rstrip()), "date", detector, False, generic
                )
    for pattern in _BORN:
        for match in pattern.finditer(text):
            yield Mention(*match.span("own"), "date", detector, False, "a date")
    for pattern in _AGES:
        for match in pattern.finditer(text):
            yield Mention(*match.span("own"), "age", detector, False, "over 89")


def _generic(parts: dict[str, str | None]) -> str:
    if parts.get("number"):
        number = int(parts["number"] or 0)
        if not 1 <= number <= 12:
            return "a date"
        name = MONTHS[number - 1]
    elif parts.get("month"):
        said = (parts["month"] or "").rstrip(".").lower()
        name = _SHORT[said[:4] if said.startswith("sept") and len(said) == 4 else said[:3]]
    else:
        return "a date"
    year = parts.get("year") or ""
    return f"{name} {year}" if re.fullmatch(r"(?:19|20)\d\d", year) else name
