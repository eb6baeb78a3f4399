"""Words that stand where a label would and name nobody: headings, headers of letters, stage directions, openings."""

from __future__ import annotations

import re
from collections.abc import Set

# fmt: off
NEVER = frozenset({
    # headings and headers
    "note", "notes", "nb", "n.b", "date", "time", "place", "location", "duration", "title", "interview", "transcript",
    "example", "re", "ps", "p.s", "warning", "subject", "from", "to", "cc", "bcc", "sent", "reply-to", "attachments",
    "file", "page", "name", "start", "end", "audio", "recording", "transcribed by", "transcriber", "transcription",
    "id", "participant id", "participants", "present", "summary", "age", "gender", "background", "setting", "source",
    "http", "https", "ftp", "mailto", "www", "key", "topic", "section", "interview date", "interview number",
    "length", "language", "comment", "comments", "tel", "phone", "mobile", "email", "e-mail", "address", "website",
    "for example", "e.g", "i.e", "question no", "case study", "translation", "translator's note",
    # what is numbered and is no person
    "day", "week", "month", "year", "part", "item", "line", "chapter", "unit", "visit", "session", "tape", "side",
    "no", "nr", "number", "yr", "wk", "pg", "table", "figure", "appendix", "step", "task", "theme", "code", "bed",
    "ward", "room", "phase", "level", "grade", "stage", "option", "point", "reason", "bus", "floor", "bay", "class",
    "school", "box", "scene", "slide", "track", "round", "goal", "group", "site", "clinic", "ratio", "score",
    # days and months; April, May, June and August are also people
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "july", "september", "october", "november", "december", "today", "tomorrow", "yesterday", "morning",
    "afternoon", "evening", "night", "christmas", "easter",
    # how a sentence opens
    "yes", "yeah", "yep", "nope", "ok", "okay", "right", "well", "oh", "ah", "hm", "hmm", "mm", "mhm", "uh", "um",
    "anyway", "sometimes", "honestly", "basically", "actually", "obviously", "first", "firstly", "second",
    "secondly", "third", "thirdly", "last", "lastly", "finally", "also", "look", "listen", "problem", "result",
    "issue", "plus", "again", "however", "then", "now", "later", "before", "after", "afterwards", "maybe", "thanks",
    "pros", "cons", "good", "bad", "remember", "imagine", "update", "conclusion", "always", "never", "everything",
    "nothing", "everybody", "everyone", "somebody", "nobody",
})
STAGE = frozenset({
    "laughs", "laugh", "laughing", "laughter", "laughed", "chuckles", "giggles", "cries", "crying", "cry", "sobs",
    "sobbing", "tearful", "sighs", "sigh", "coughs", "cough", "coughing", "sniffs", "pause", "long pause", "pauses",
    "short pause", "silence", "inaudible", "unintelligible", "indistinct", "unclear", "crosstalk", "cross talk",
    "overtalk", "overlapping", "overlapping speech", "overlap", "interruption", "interrupted", "interrupts",
    "interrupting", "background noise", "noise", "phone rings", "music", "applause", "whispers", "whispering", "shouts",
    "nods", "nodding", "shrugs", "smiles", "smiling", "gestures", "points", "redacted", "omitted", "deleted", "removed",
    "anonymised", "anonymized", "recording stops", "recording starts", "break", "beep", "sic", "child", "baby",
    "name", "place", "town", "city", "hospital", "school", "organisation", "organization", "programme", "service",
    "date", "time", "number", "son", "daughter",
})
"""What transcribers and anonymisers put into brackets."""
# fmt: on
_SENTENCE_LIKE = re.compile(
    r"\b(?:i|said|says|say|is|was|were|are|the|and|but|so|that|this|it|you|we|they|think|because|know|thing|things|"
    r"what|which|when|why|how|who|my|our|his|her|their|like|had|have|has|went|told|asked|just|another)\b"
)
_EVENT = re.compile(
    r"^[ \t\u00a0]*(?P<who>[^\W\d_][^\n:.!?]{0,120}?)[ \t\u00a0]++"
    r"(?:(?:started|stopped)[ \t]+(?:the[ \t]+)?(?:transcription|recording)|(?:joined|left)[ \t]+the[ \t]+meeting)"
    r"(?:[ \t\u00a0]+\d{1,3}(?::\d{2}){1,2})?[ \t\u00a0]*$",
    re.MULTILINE,
)
"""`Eve Lee stopped transcription`: what a meeting program writes between the turns, without a full stop."""
_ADDRESS = re.compile(r"\w{2}\.\w{2}")
# fmt: off
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "das", "del", "della", "di", "la", "le", "van", "von", "der", "den", "ten", "ter", "af",
    "av", "bin", "ibn", "al", "el", "y", "e",
})
# fmt: on
MOST_WORDS = 4
"""Particles such as *de la* do not count."""


def are_speech(key: str) -> bool:
    """Whether lower-cased words read as part of a sentence, not as somebody's label."""
    words = [word for word in key.split() if word not in _PARTICLES]
    if len(words) > MOST_WORDS or _ADDRESS.search(key):
        return True
    return key != "i" and bool(_SENTENCE_LIKE.search(key))


def like_a_name(label: str) -> bool:
    """Whether each word is written as names are; a single word in small letters may be one, and any of no case.

    >>> like_a_name("Maria de la Cruz"), like_a_name("dan"), like_a_name("李"), like_a_name("One thing")
    (True, True, True, False)
    """
    words = label.split()
    return len(words) == 1 or all(not word[:1].islower() or word in _PARTICLES for word in words)


def surname_first(label: str) -> bool:
    """Whether a label is written as directories write names.

    >>> surname_first("STONE, Rachel"), surname_first("van der Berg, Anna"), surname_first("well, Rachel")
    (True, True, False)
    """
    parts = [part.split() for part in label.split(",")]
    return len(parts) == 2 and all(
        words and not words[-1][0].islower() and all(not word[0].islower() or word in _PARTICLES for word in words)
        for words in parts
    )


def events(text: str, keys: Set[str]) -> list[tuple[int, int]]:
    """Lines in which a meeting program says that somebody came, went, or turned the transcription on or off.

    Args:
        text: of a conversation.
        keys: labels of its speakers; a single word counts only as one of them: `She left the meeting` was said.
    """
    return [(found.start("who"), found.end()) for found in _EVENT.finditer(text) if _is_who(found["who"], keys)]


def _is_who(words: str, keys: Set[str]) -> bool:
    key = " ".join(words.split()).lower()
    bare = key.partition(" (")[0]
    if key in keys or bare in keys:
        return True
    name = words.split()
    return len(name) > 1 and name[0].lower() not in NEVER and like_a_name(words) and not are_speech(bare)
