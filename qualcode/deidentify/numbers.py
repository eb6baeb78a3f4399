"""Numbers that stand for one person: of the health service, of insurance, of a hospital, a case, a car."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualcode.deidentify.contacts import SPOKEN
from qualcode.deidentify.mentions import Mention

_TEN = re.compile(r"(?<![\w+.-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
_LABEL = (
    r"(?:nhs|hospital|patient|case|policy|reference|ref|account|claim|membership|member|passport|licence|license|"
    r"driving licence|insurance|ni|national insurance|unit|mrn|chi|record|booking|payroll|staff|employee|card|"
    r"application|incident|crime|badge|registration|pin|sort code|blue badge|study|participant)"
)
_LABELLED = re.compile(
    rf"\b(?i:{_LABEL}(?: (?:number|no\.?|num|code|id|reference|ref))?(?:'s| is| was|,| it's|:|#| -| of)*"
    r"(?: like| um| er|,)*) (?P<own>(?=[A-Z0-9 /-]*\d)[A-Z0-9]{1,6}(?:[ /-]?[A-Z0-9]{1,6}){0,4})(?![\w])",
)
_FEWEST_DIGITS = 3
_SAID = re.compile(
    rf"\b(?i:{_LABEL}|her|his|my|the) (?i:number|no\.?|code|id|reference|pin)"
    rf"(?:'s| is| was|,|:| it's)* (?P<own>{SPOKEN}{{3,14}})\b",
    re.I,
)
_INSURANCE = re.compile(r"(?<!\w)(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])[ ]?(?:\d{2}[ ]?){3}[A-D](?!\w)", re.I)
_PLATE = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3} ?[A-Z]|"
    r"[A-Z]{1,3} \d{4})(?![\w-])"
)
_NO_PLATE = re.compile(
    r"(?:GP|MP|PE|RE|IT|TV|PC|NHS|GCSE|BTEC|KS|YEAR|CV|BBC|ITV|ITC|CBT|MRI|PIP|DLA|IN|AT|BY|TO|OF) ?\d"
)
_SPELT = re.compile(
    r"(?:\b[A-Z]\w+,? (?:(?:is it|that's|it's|with|and),? )?(?:a )?)?\bcapital [A-Z]\b"
    r"(?:, ?| )(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|\d+)(?:, ?| )?)+\b"
    r"(?<![, ])"
)
_PASSWORD = re.compile(
    r"\b(?i:pass ?word|pass ?code|door code|key ?safe(?: code)?|gate code|pin)(?:'s| is| was|,|:| it's)* "
    r"(?P<own>\d[\d ]{2,8}\d|(?=\S*\d)[\w!*-]{4,})\b"
)
_CORRECTION = re.compile(r"(?:,| -| –| —|\.\.\.)? (?:no,? |sorry,? |that's |I mean,? |er,? |um,? )*(?P<own>\d{3,10})\b")
_HASHES = re.compile(r"(?<!\w)[A-Z]{1,4}[-/ ]?\d{5,9}[A-Z]?(?!\w)|(?<![\w.,£$€-])\d{7,}(?![\w,])")


def checked(digits: str) -> bool:
    """Whether ten digits are an NHS number: the last checks the others, modulo 11 (NHS Data Dictionary).

    >>> checked("9434765919"), checked("9434765918")
    (True, False)
    """
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(digits) == 10 and check != 10 and check % 11 == int(digits[9])


def numbers(text: str, detector: str) -> Iterator[Mention]:
    """Mentions in a plain text (`nlp.plain`)."""
    found: list[Mention] = []
    for match in _TEN.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        before = text[max(0, match.start() - 30) : match.start()].lower()
        if checked(digits):
            found.append(Mention(*match.span(), "nhs_number", detector))
        elif "nhs" in before or "number" in before:
            # Read aloud from a letter, a digit slips; the label says what it is.
            found.append(Mention(*match.span(), "nhs_number" if "nhs" in before else "number", detector))
        elif digits[0] != "0":
            found.append(Mention(*match.span(), "number", detector, suspected=True))
    labelled = (m for m in _LABELLED.finditer(text) if len(re.sub(r"\D", "", m["own"])) >= _FEWEST_DIGITS)
    found += [Mention(*m.span("own"), "number", detector) for m in labelled]
    found += [Mention(*m.span("own"), "number", detector) for m in _SAID.finditer(text)]
    found += [Mention(*m.span(), "number", detector) for m in _INSURANCE.finditer(text)]
    found += [Mention(*m.span("own"), "number", detector) for m in _PASSWORD.finditer(text)]
    found += [Mention(*m.span(), "number", detector) for m in _SPELT.finditer(text)]
    for match in _PLATE.finditer(text):
        if not _NO_PLATE.match(match.group()):
            long = bool(re.match(r"[A-Z]{2}\d\d ?[A-Z]{3}$", match.group()))
            found.append(Mention(*match.span(), "number", detector, suspected=not long))
    found += [Mention(*m.span(), "number", detector, suspected=True) for m in _HASHES.finditer(text)]
    yield from found
    for mention in found:
        # Who reads a number aloud corrects it: the second try tells as much as the first.
        again = _CORRECTION.match(text, mention.end)
        if again and not mention.suspected and mention.kind in ("nhs_number", "number"):
            yield Mention(*again.span("own"), "number", detector)
