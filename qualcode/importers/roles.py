"""What speaker labels say of a speaker's role, and words before a colon that are no speaker's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qualcode.corpus import Role

ROLE_WORDS: Mapping[str, Role] = {
    "interviewer": "interviewer",
    "int": "interviewer",
    "i": "interviewer",
    "iv": "interviewer",
    "q": "interviewer",
    "researcher": "interviewer",
    "res": "interviewer",
    "question": "interviewer",
    "interviewer/researcher": "interviewer",
    "moderator": "facilitator",
    "mod": "facilitator",
    "m": "facilitator",
    "facilitator": "facilitator",
    "fac": "facilitator",
    "f": "facilitator",
    "chair": "facilitator",
    "host": "facilitator",
    "participant": "participant",
    "p": "participant",
    "r": "participant",
    "a": "participant",
    "respondent": "participant",
    "resp": "participant",
    "interviewee": "participant",
    "carer": "participant",
    "parent": "participant",
    "mother": "participant",
    "father": "participant",
    "mum": "participant",
    "dad": "participant",
    "grandmother": "participant",
    "grandfather": "participant",
    "speaker": "unknown",
    "answer": "participant",
    "patient": "participant",
    "client": "participant",
    "user": "participant",
    "volunteer": "participant",
    "wife": "participant",
    "husband": "participant",
    "woman": "participant",
    "man": "participant",
    "female": "participant",
    "male": "participant",
    "peer supporter": "participant",
    "visitor": "participant",
    "befriender": "participant",
    "supporter": "participant",
}
# fmt: off
NEVER = frozenset({
    "note", "notes", "nb", "date", "time", "place", "location", "duration", "title", "interview", "transcript",
    "example", "re", "ps", "warning", "subject", "from", "to", "cc", "file", "page", "name", "start", "end",
    "audio", "recording", "transcribed by", "transcriber", "id", "participant id", "participants", "present",
    "summary", "age", "gender", "background", "setting", "source", "http", "https", "key", "topic", "section",
    "for example", "e.g", "i.e", "day", "week", "month", "year", "part", "item", "line", "chapter", "unit",
    "visit", "session", "tape", "side", "no", "nr", "yr", "wk", "pg", "question no", "table", "figure",
    "appendix", "step", "task", "theme", "code",
})
# fmt: on
"""Words that stand before a colon in transcripts and never name a speaker."""
NUMBERED = re.compile(r"^(?P<word>[a-z/ ]*?)[ ._-]*(?P<number>\d{1,4})?$")


def of(key: str) -> Role | None:
    """The role that a lower-cased label names, or None."""
    match = NUMBERED.match(key)
    word = match["word"].strip(" ._-") if match else key
    if match and match["number"] and word in ("f", "m"):
        return "participant"  # woman 1, man 2: nobody numbers facilitators and moderators so
    if word in ROLE_WORDS:
        return ROLE_WORDS[word]
    last = word.split()[-1] if word.split() else ""
    if last in ("interviewer", "moderator", "facilitator", "participant", "respondent", "researcher"):
        return ROLE_WORDS[last]
    # P07, LL03, KO-12: letters and a number are how participants are numbered.
    if match and match["number"] and len(word) <= 4 and word.isalpha():
        return "participant"
    return None
