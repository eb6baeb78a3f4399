"""Details that tell nothing alone and somebody together: ages, times, trades, illness and loss, belonging, numbers.

Indirect identifiers (Sweeney 2000: birth date, sex and postcode single out most people). They are never replaced
unasked: a person reads one participant's details side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qualcode import nlp
from qualcode.deidentify import detail_words as lists
from qualcode.deidentify.cues import KIN
from qualcode.deidentify.mentions import DETAIL, Mention
from qualcode.deidentify.moments import MONTHS, WEEKDAYS


def _any(words: str | Sequence[str] | frozenset[str]) -> str:
    """The words as alternatives, the longest first; a hyphen may be a space."""
    of = words.split() if isinstance(words, str) else words
    return "|".join(re.escape(word).replace(r"\-", "[ -]") for word in sorted(set(of), key=lambda w: (-len(w), w)))


_DIGIT = "one|two|three|four|five|six|seven|eight|nine"
_OVER_TWELVE = "thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TEENS = f"ten|eleven|twelve|{_OVER_TWELVE}"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
# "At ten" is the clock, "at thirteen" an age.
_ADULT = rf"(?:(?:{_TENS})(?:[ -](?:{_DIGIT}))?|{_OVER_TWELVE}|1[3-9]|[2-8]\d)\b"
_COUNT = rf"(?:\d{{1,3}}|(?:{_TENS})(?:[ -](?:{_DIGIT}))?|{_TEENS}|{_DIGIT})"
_N = rf"{_COUNT}\b"
_SOME = rf"(?:{_COUNT}|(?:{_DIGIT}|a|{_TEENS}) (?:hundred|thousand))\b"
_ENDS = r"(?=[.,;:?!)\]\"]|$|\s*\n|'|[-–—]| (?:and|now|then|when|but|so|this|next|last|too|with|come|going on|if|or)\b)"
_ORDINAL = (
    r"(?:(?:[4-9]|[12]\d|3[01])(?:th|st|nd|rd)|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"\w+teenth|"
    r"twentieth|thirtieth|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))"
)
_MONTH = "|".join(month for month in MONTHS if month != "May")
_DAY = "|".join(WEEKDAYS)
_KIN = rf"(?:{_any(KIN)}|man|parents|grandparents|in-laws|kids|children)"
_WHOSE = r"(?:my|our|her|his|their|me|wor|your)"
_CHILDREN = (
    r"(?:kids|children|sons|daughters|brothers|sisters|siblings|lads|girls|boys|bairns|weans|grandchildren|grandkids|"
    r"babies|pregnancies|little ones|wee ones)"
)
_SEASON = "summer|winter|spring|autumn"
_BEFORE = "before|after|since|till|until|while|over|at|by|last|this|that|next|around|during|from"
_CONDITION = lists.CONDITIONS.replace("\n", "")
_FEAST = _any(lists.FEASTS)

_IN_ANY_CASE = (
    # Ages: said of somebody, not of the clock (*it's eight*) or of things (*there's two*).
    rf"\b(?!(?:it|that|there|here|what|which|this|where|half|time|everything|how|let)\b)[^\W\d_]+(?:'s|'m|'re| is|"
    rf" am| are| was| were)"
    rf"(?: now| just| only| nearly| almost| about)? (?P<own>{_N}){_ENDS}",
    rf"(?P<own>\b(?:I'm|I am|I was|he's|she's|he is|she is|he was|she was|she were|he were) {_N}(?: then|"
    rf" now)?){_ENDS}",
    rf"\b{_N}[ -](?:years?|months?|weeks?|days?)[ -]old\b",
    rf"\b{_N} and a half{_ENDS}",
    rf"\b(?:{_TENS}|\d0)-odd\b",
    rf"\b(?:turned|turning|aged?|rising|age of|going on|pushing) (?P<own>{_N})(?! (?:minutes|hours|o'clock|times)\b)",
    r"\bin (?:my|her|his|their|your) (?P<own>(?:early |mid |late |mid-)?(?:teens|twenties|thirties|forties|"
    r"fifties|sixties|seventies|eighties))\b",
    rf"\bat (?P<own>{_ADULT}){_ENDS}",
    rf"\b(?:{_KIN}|woman|bloke|chap) ?,? (?P<own>{_N})(?=[.,;?!])",
    rf"\b(?:(?:little|wee|old|young) )?(?:{_KIN}|woman|bloke|chap) of {_N}{_ENDS}",
    rf"\b{_N} years (?:older|younger)(?: than (?:me|him|her|us|them))?\b",
    rf"\b{_WHOSE} {_KIN} (?:went|died|passed(?: away)?|was gone)(?: at {_N})?",
    # Times.
    rf"\b{_N} years\b(?: (?:I've|we've|he's|she's) been (?:with|at|in|"
    rf"on) \w+)?(?: in (?:the )?(?:{_any(lists.WORK_IN)}))?",
    rf"\b(?:he's|she's|he is|she is|he was|she was|baby's|and) (?P<own>{_N} (?:months|weeks)){_ENDS}",
    rf"\b{_N} (?:months|weeks) (?:{_DAY}|early|premature|today|yesterday|overdue)\b",
    rf"\b(?:(?:twenty|thirty|forty)(?:[ -](?:{_DIGIT}))?|[23]\d|4[0-2])(?: and a half)?[ -]weeks?\b(?: gone|"
    rf" pregnant)?",
    rf"\b(?:the |his |her |their )anniversary\b|\b(?:{_WHOSE} )birthday\b",
    rf"\bthe {_ORDINAL}(?=[.,;?!]| today| of\b)",
    rf"\b(?:last|that|this|next|the|{_N}) (?:{_SEASON})s?(?: before last| before| after| ago)?\b|"
    rf"\b(?:{_SEASON}) (?:before|after)\b",
    r"\bthe (?:lambing|calving|shearing|harvest|silage|haymaking|tupping)\b",
    r"\b(?:(?:in|since|till|until|while|from|by|around|of|before|after|back in) )?(?<![\d£$€.,/-])(?:19[2-9]|"
    r"20[0-3])\d\b(?![\d,/-])",
    r"\b(?:in|of|since|the) (?P<own>(?:fifty|sixty|seventy|eighty)[ -]\w+)(?= (?:is|was) the year)",
    # Work.
    rf"\b(?:I'm|I am|I was|I were|he's|he is|he was|she's|she is|she was|{_KIN}(?:'s| is| was| were)|works? as|"
    rf"worked as|working as|"
    rf"trained as|training as|training to be|job as|used to be|studying to be|doing (?:his|her|my)) (?:an? |the |"
    rf"still |only )*"
    rf"(?P<own>(?:[\w-]+ )?(?:{_any(lists.TRADES)})(?:'s)?)\b(?![-'])(?: (?:at|for|with|in|by|on|up|down)\b)?",
    rf"\b(?:I'm|I am|I was|he's|he is|he was|she's|she is|she was|works? as|worked as) an? (?:[\w-]+ )?"
    rf"(?!(?:{_any(lists.NO_TRADES)})\b)(?P<own>\w+(?:{'|'.join(lists.TRADE_ENDINGS)}))(?=[.,;?!]| (?:at|for|by|"
    rf"in|so|and|up|down)\b)",
    rf"\b(?:he|she|I|they|{_KIN})(?:'s| is|'m| was| were|'re) doing (?:his|her|my|their) (?:{_any(lists.TRADES)})'?s?",
    rf"\bon the (?:{_any(lists.WORK_AT)})\b(?=[.,;]| (?:with|for|all|and|so)\b)",
    rf"\b(?:works?|worked|working|job|shifts?) (?:\w+ ){{0,2}}(?:in|at|on|for) (?:the |a |"
    rf"an )?(?:\w+ )?(?:{_any(lists.WORK_IN)}|{_any(lists.WORK_AT)})\b",
    r"\bin the (?:army|navy|raf|forces|police|mines|pits?|steelworks|civil service|fire service)\b",
    # Illness and loss.
    rf"(?:\b{_WHOSE} {_KIN} (?:has|had|has got|'s got|is on|"
    rf"was on) )?\b(?:{_N} )?(?:{_CONDITION})\b(?: of a (?:{_DAY}))?",
    rf"\b(?:{lists.EVENTS.replace(chr(10), '')})\b",
    rf"\b(?:lost|losing|buried) (?:an?|her|his|my|our|their|the) (?:(?:little|wee|baby|first|second|own|twin|"
    rf"poor) )*(?:{_KIN}|twin)"
    rf"(?: herself| himself| myself)?(?: at {_N}(?: weeks| months)?)?",
    rf"\b(?:\w+ (?:with|wrong with)|(?:they're|they|they've) (?:doing|did|done)|had|having) (?:his|her|my|"
    rf"their) (?:{_any(lists.BODY)})\b"
    r"(?! (?:on|to|up|out|in)\b)",
    # Numbers that few share.
    rf"\b{_SOME} (?:(?:older|younger|little|other|grown) )?{_CHILDREN}\b|\bno (?:wives|wife|husband|children|kids|"
    rf"family)\b",
    rf"\b(?:I've|I have|she's|he's|we've|they've|she has|he has) (?:had|got) {_N}(?: of (?:them|each))?(?=[.,;?!]|"
    rf" and)|\b(?:I've|we've) got {_N} of them\b",
    rf"\b(?:her|his|their|my|our) {_N}(?=[.,;?!]| (?:and|are|were|at|of them|under)\b)",
    rf"\b(?:mother|mum|mam|father|dad|eldest|oldest|youngest|one|middle) of {_N}{_ENDS}",
    rf"\b{_SOME} (?:of us |people |families |cases )?(?:in|on) (?:the|this|that|whole) (?:whole )?(?:country|"
    rf"county|world|uk|payroll|books|team|office|shift|site|ward)\b",
    rf"\b{_SOME} (?:staff|employees|workers|drivers|pupils|beds|acres|cows|sheep|ewes|hens)\b",
    rf"\b(?P<own>twelve hundred|(?:{_DIGIT}|{_TEENS}) thousand)(?= (?:on|staff|people|of us|men|workers))",
    # School.
    rf"\b(?:year|primary|p) (?:[1-9]|1[0-3]|{_DIGIT}|ten|eleven|twelve|thirteen)\b(?! (?:olds?|on|of|later|ago|"
    rf"and)\b)|\bin reception\b|"
    r"\b(?:first|second|third|final|last) year at (?:uni\w*|college)\b|\b(?:GCSEs|A[ -]levels|highers|eleven-plus)\b",
    rf"\b(?:{_any(lists.WORSHIP)})s?\b(?! hall)",
)  # fmt: skip
_AS_WRITTEN = (
    rf"\b(?:{_any(lists.PEOPLES)})s?\b",
    rf"\b(?:(?:{_BEFORE}) )?(?:{_FEAST})\b",
    rf"\b(?:{_BEFORE}|{_BEFORE.title()}) (?:the )?(?:{_any(lists.COMMON_FEASTS)})\b",
    rf"\b(?:(?:{_N} )?(?:[Ii]n|[Ll]ast|[Tt]his|[Ss]ince|[Bb]y|[Tt]ill|[Uu]ntil|[Cc]ome|[Nn]ext|[Oo]f|early|late|"
    rf"mid) )?(?:{_MONTH})\b(?! (?:said|says)\b)"
    rf"(?: (?:last year|this year|twenty[ -]?\w*|(?:19|20)\d\d|just gone))?",
    r"\b(?:[Ii]n|[Ll]ast|[Ss]ince|[Bb]y|[Tt]ill|[Uu]ntil|[Ss]o|[Nn]ext|[Ii]t was|[Oo]f) (?P<own>May)\b(?=[.,;?!]|"
    r" (?:\d|last|this|and|it|when))",
    rf"\b(?:[Tt]he|[Tt]hat) (?P<own>{_DAY})(?=[.,;?!])",
)
_RULES = (*(re.compile(rule, re.I) for rule in _IN_ANY_CASE), *(re.compile(rule) for rule in _AS_WRITTEN))
_BRACKETED = re.compile(r"\[[^\]\n]{0,80}\]")


class Details:
    """Finds what may tell who somebody is with other details; all of it is for a person to see."""

    name = "details"

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Mentions in each text, in order of place; none lies over another.

        >>> text = "I'm a dispenser, and she's fifty-eight."
        >>> [text[m.start : m.end] for m in Details().find([text])[0]]
        ['dispenser', "she's fifty-eight"]
        """
        return [list(self._found(_plain(text))) for text in texts]

    def _found(self, text: str) -> Iterator[Mention]:
        spans = sorted(
            match.span("own") if "own" in rule.groupindex and match["own"] else match.span()
            for rule in _RULES
            for match in rule.finditer(text)
        )
        for start, end in _joined(spans):
            yield Mention(start, end, DETAIL, self.name, suspected=True)


def _plain(text: str) -> str:
    """What stands in square brackets was put there in place of something."""
    return _BRACKETED.sub(lambda match: "#" * len(match.group()), nlp.plain(text))


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined
