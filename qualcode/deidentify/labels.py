"""Who speaks: a label at the beginning of lines that is a name, and no role or code."""

from __future__ import annotations

import re
from collections import Counter

from qualcode.deidentify.cues import NEVER
from qualcode.deidentify.given_names import GIVEN
from qualcode.deidentify.ordinary import ordinary
from qualcode.deidentify.runs import WORD

_LABEL = re.compile(r"^[ \t]*(?P<own>[^\W\d_][^\n:\t\[\]?!]{0,38}?)[ ]?(?::|\t| [–—-](?= ))(?=\s|$)", re.M)
_CODE = re.compile(r"[A-Z]{1,5}[ -]?\d{1,4}[A-Z]?|[A-Z]{1,3}")
_MOST_WORDS = 4


def named_labels(text: str) -> list[tuple[int, int]]:
    """Spans of speaker labels that are names.

    A label that stands once may be a sentence with a colon: then each of its words must be a name.
    """
    found = [match.span("own") for match in _LABEL.finditer(text)]
    often = Counter(text[start:end] for start, end in found)
    return [(start, end) for start, end in found if _is_name(text[start:end], often[text[start:end]])]


def _is_name(label: str, times: int) -> bool:
    said = [word.lower() for word in WORD.findall(label)]
    if _CODE.fullmatch(label) or not said or len(said) > _MOST_WORDS:
        return False
    names = [re.sub(r"'s$", "", word) for word in said]
    sure = [word not in NEVER and (word in GIVEN or not ordinary(word)) for word in names]
    return any(sure) if times > 1 else all(sure)
