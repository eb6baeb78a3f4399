"""Ways to reach somebody: e-mail, telephone, post, web addresses and user names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualcode.deidentify.mentions import Kind, Mention
from qualcode.deidentify.ordinary import ordinary

_DIGIT = (
    r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|"
    r"hundred|double[ -]\w{1,5}|triple[ -]\w{1,5}|treble[ -]\w{1,5}|o|\d)"
)
SPOKEN = rf"{_DIGIT}(?:[ ,.-]{{1,3}}{_DIGIT})"
"""Digits said one by one, without the number of them."""
STREETS = (
    "Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Close|Drive|Crescent|Terrace|Court|Gardens|Grove|Row|Place|Square|Way|Walk|"
    "Mews|Hill|Parade|Gate|Green|Rise|Yard|Wynd|Brae|Bank|Croft|Quay|Park|View|House|Cottage|Buildings|Mansions"
)
_SURE_STREETS = (
    "Road|Rd|Street|Lane|Avenue|Ave|Close|Drive|Crescent|Terrace|Gardens|Grove|Square|Mews|Parade|Wynd|Brae|Croft|Quay|"
    "House|Cottage|Buildings|Mansions|Row|Court|Yard"
)
_WORD = r"(?:[A-Z][\w'-]+|St\.?)"
_NUMBER = r"(?:\d{1,4}[a-zA-Z]?|[Nn]umber [a-z]+(?:-[a-z]+)?)"

_PATTERNS: tuple[tuple[Kind, str, bool, re.Pattern[str]], ...] = (
    ("email", "", False, re.compile(r"[\w.+'-]*\w@\w[\w-]*(?:\.[\w-]+)+")),
    (
        "email", "", False,
        re.compile(
            r"\b[\w.+-]+(?: (?:dot|underscore|hyphen|dash) [\w+-]+){0,3} (?:at|@) "
            r"(?!the\b|a\b|my\b|our\b)[\w-]+(?: (?:dot|\.) (?:com|co|org|net|uk|ac|nhs|gov|ie|info))+\b",
            re.I,
        ),
    ),
    ("url", "", False, re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]", re.I)),
    (
        "url", "", False,
        re.compile(
            r"(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:co\.uk|org\.uk|ac\.uk|gov\.uk|nhs\.uk|com|org|net|info|ie)(?:/[^\s,;]*)?\b"
            r"(?!\.\w)",
            re.I,
        ),
    ),
    ("username", "", False, re.compile(r"(?<![\w@.])@[A-Za-z0-9_][\w.]{1,29}\b")),
    (
        "username", "", False,
        re.compile(
            r"(?i:\b(?:user ?name|screen ?name|handle|log-?in|posts? as|signed? in as|gamertag)"
            r"(?:'s| is| was| were|,| of|:)*(?: called| just)?) ['\"]?"
            r"(?P<own>(?=[\w.-]*[\d_])[\w.-]{3,30}\b|[a-z]{7,30}\b)"
        ),
    ),
    ("username", "", False, re.compile(r"(?<![\w@./-])[a-z]+_[a-z0-9_]+\b(?!\.\w)")),
    ("username", "", False, re.compile(r"(?<![\w@./-])[A-Za-z]{3,}\d{2,}\b(?![.@-]\w)")),
    (
        "phone", "", False,
        re.compile(r"(?<![\w/])(?:\+|00)\d{1,3}[ .-]?(?:\(0\)[ .-]?)?(?:\d[ .-]{0,2}){6,11}\d\b"),
    ),
    ("phone", "", False, re.compile(r"(?<![\w/.-])\(?0(?:[ .-]?\d){2,5}\)?(?:[ .-]{0,2}\d){5,8}(?!\w)")),
    ("phone", "", False, re.compile(rf"\b(?:oh|zero|nought|o|0)(?:[ ,.-]{{1,3}}{_DIGIT}){{6,12}}\b", re.I)),
    (
        "phone", "", False,
        re.compile(
            r"\b(?:extension|ext\.?|bleep|pager)(?: number)?(?:'s| is| was|:)? (?P<own>\d{3,6})\b", re.I
        ),
    ),
    (
        "postcode", "", False,
        re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]?[ ]{0,2}\d[ABD-HJLNP-UW-Z]{2}\b"),
    ),
    ("postcode", "", False, re.compile(r"(?<![\w-])[a-z]{1,2}\d[a-z\d]? {0,2}\d[abd-hjlnp-uw-z]{2}\b", re.I)),
    (
        "postcode", "a postcode area", True,
        re.compile(
            r"(?<![\w-])(?:AB|AL|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|"
            r"EC|EH|EN|EX|FK|FY|GL|GU|HA|HD|HG|HP|HR|HS|HU|HX|IG|IP|IV|KA|KT|KW|KY|LA|LD|LE|LL|LN|LS|LU|ME|MK|ML|NE|NG|"
            r"NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|"
            r"TS|TW|UB|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE)(?!0\d)\d[\dA-Z]?(?![\w-])"
        ),
    ),
    (
        "address", "a street", False,
        re.compile(
            rf"\b(?:[Ff]lat|[Uu]nit|[Aa]partment|[Rr]oom|[Pp]lot) \d+[a-zA-Z]?(?:,? {_NUMBER})?"
            rf"(?:,? (?:{_WORD} ){{1,3}}(?:{STREETS})\b)?"
        ),
    ),
    ("address", "a street", False, re.compile(rf"\b{_NUMBER},? (?:{_WORD}[ \n]){{1,3}}(?:{STREETS})\b")),
    ("address", "a street", False, re.compile(rf"\b(?:{_WORD}[ \n]){{1,2}}(?:{_SURE_STREETS})\b")),
    (
        "address", "a street", False,
        re.compile(r"\b\d{1,4}[a-z]? [a-z]{3,}(?: [a-z]{3,})? (?:road|street|lane|avenue|close|crescent|terrace)\b"),
    ),
    (
        "address", "a street", True,
        re.compile(
            r"\b(?:on|in|up|off) (?P<own>(?!the\b|a\b|an\b|my\b|our\b|your\b|this\b|that\b|same\b|next\b)"
            r"[a-z]{4,} (?:road|street|lane|avenue|crescent|terrace))\b"
        ),
    ),
)  # fmt: skip
_OPENERS = frozenset(
    """
    The A An This That Our Your My His Her Their Its In On At Up Down Off From To By And But So Or Then When
    Where Which What Who Is Was Every Each One First Last Next No Same Some Any It's Over Past Near Round
    Along
    """.split()  # noqa: SIM905
)


def contacts(text: str, detector: str) -> Iterator[Mention]:
    """Mentions in a plain text (`nlp.plain`)."""
    for kind, generic, suspected, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("own" if "own" in pattern.groupindex else 0)
            if kind == "username" and text[start:end].isalpha() and ordinary(text[start:end]):
                continue
            if kind == "address":
                start = _without_opener(text, start, end)
            if start < end:
                yield Mention(start, end, kind, detector, suspected, generic)


def _without_opener(text: str, start: int, end: int) -> int:
    """`In Hollis Road` is a street called Hollis, and `The Road` none."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and words[0].group().strip(",") in _OPENERS:
        words.pop(0)
    return start + words[0].start() if len(words) > 1 else end
