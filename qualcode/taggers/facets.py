"""Polarity and holder of a hit, from the words around it: negation, relief, wish, third party.

In the manner of NegEx (Chapman et al., 2001): a cue counts within a short reach of the hit and inside its
clause; the lexicons are ours, for spoken British English. A hit's own words are never cues ("nobody to talk to"
affirms isolation).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

AFFIRMED, RELIEVED, DENIED, MIXED, HYPOTHETICAL = "affirmed", "relieved", "denied", "mixed", "hypothetical"

REACH_LEFT = 9
REACH_RIGHT = 7
_NEGATION_REACH = 5

_BREAKS = frozenset({".", "!", "?", ";", ":", "but", "although", "though", "however", "whereas", "except", "yet"})
_NEGATIONS = frozenset({"not", "n't", "never", "no", "none", "without", "neither", "nor", "nothing", "hardly", "nae",
                        "wasnae", "didnae", "isnae", "cannae", "couldnae", "wouldnae", "havenae"})  # fmt: skip
_RELIEF_LEFT = (
    "less", "fewer", "lighter", "reduce*", "reducing", "alleviat*", "eas(?:e|es|ed|ing)", "reliev*", "relief", "lift*",
    "lessen*", "overc[oa]m*", "stopp?(?:ed|s|ing)?", "no longer", "used to", "break(?:ing|s)? the", "broke the", "out of the",
    "took away", "take away", "takes away", "combat*", "end(?:ed|s|ing)? the", "halv*", "shar(?:ed|ing|es) the", "not (?:so|as)",
    "n't (?:so|as|nearly as|half as|quite so|quite as|that)", "not (?:nearly|half|quite) (?:so|as)", "nowhere near as",
    "freed? (?:from|of)", "less of an?", "took (?:some|a lot|most|much) of the", "takes (?:some|a lot|most|much|a bit) of the",
    "not .{0,12}any ?more", "n't .{0,12}any ?more", "got over", "behind (?:me|us)", "moved past", "lost that", "lost the",
)  # fmt: skip
_RELIEF_RIGHT = (
    "any ?more", "any longer", "these days", "lift(?:s|ed|ing)", "eas(?:es|ed|ing)", "lessen*", "went away", "gone now",
    "has gone", "have gone", "'s gone", "disappear*", "melt(?:s|ed)", "has stopped", "stopped", "is less", "was less", "got less",
    "than (?:i|we|he|she|they|it) (?:was|were|did|used)", "than before", "now than", "got easier", "gets easier", "is easier",
    "got lighter", "feels? lighter", "to an end", "has lessened", "taken (?:off|away)", "halved", "dropped away", "shrank",
)  # fmt: skip
_RELIEF_RIGHT_AFTER_NEGATION = ("any ?more", "any longer", "now", "these days", "no more")
_WISH_LEFT = (
    "if", "if only", "wish(?:ed|es|ing)?", "would", "'d (?:have|be|like|love|want|give|rather|need)", "would've", "might", "could do with",
    "hope[ds]?", "hoping", "should (?:be|have)", "imagine", "suppose", "supposing", "need(?:s|ed)?", "want(?:s|ed)?",
    "in case", "afraid of", "worr(?:y|ied) (?:about|that)", "looking for", "crying out for", "longed for", "ought to", "unless",
)  # fmt: skip
_WISH_RIGHT = ("would (?:be|have|help|make|mean)", "would've", "'d (?:be|have been|help|mean)", "might (?:have|be|help)")

_FIRST = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
_KIN = {
    "family": ("sister", "brother", "mum", "mam", "mother", "mom", "dad", "father", "husband", "wife", "partner", "nan", "gran",
               "grandma", "granddad", "grandad", "grandmother", "grandfather", "aunt", "auntie", "uncle", "cousin", "parents",
               "friend", "friends", "relatives", "relations", "relative", "family", "families", "in-laws", "mate", "mates",
               "neighbour", "neighbours", "siblings", "fella", "bloke", "mammy", "mummy", "daddy", "niece", "nephew"),
    "child": ("son", "daughter", "child", "children", "kid", "kids", "boy", "girl", "lad", "bairn", "bairns", "wean", "weans",
              "grandson", "granddaughter", "grandchildren", "grandkids", "baby", "toddler", "teenager", "twins", "wee one"),
    "supporter": ("volunteer", "volunteers", "supporter", "supporters", "befriender", "befrienders", "mentor", "mentors"),
    "professional": ("nurse", "nurses", "doctor", "doctors", "teacher", "teachers", "worker", "workers", "staff",
                     "facilitator", "facilitators", "gp", "consultant"),
}  # fmt: skip
_HOLDER_OF = {word: holder for holder, words in _KIN.items() for word in words}
_THIRD = frozenset({"he", "she", "they", "him", "her", "them", "his", "their", "himself", "herself", "themselves"})

_YES = re.compile(r"^(yes|yeah|yep|yup|aye|yea|definitely|absolutely|very much|oh (?:god |aye |yes)|god (?:yes|aye)|totally|"
                  r"a lot|sometimes|often|all the time|always|course|of course|mm+ yeah|i did|i was|we did|it was|it did|"
                  r"too right|i'll say|you could say|big time|now and|terribl|dreadful|most days|every day)\b", re.IGNORECASE)  # fmt: skip
_NO = re.compile(r"^(no|naw|nah|nope|never|not really|not at all|not especially|not particularly|not so much|hardly|nae|"
                 r"not me|not us|i didn't|i wasn't|we didn't|not once|not one bit|can't say|couldn't say|not a bit|not any)\b",
                 re.IGNORECASE)  # fmt: skip
SHORT_ANSWER_WORDS = 6


def _compiled(cues: Sequence[str]) -> re.Pattern[str]:
    branches = "|".join(cue.replace("*", r"\w*") if ".{" not in cue else cue for cue in cues)
    return re.compile(rf"(?<![\w'])(?:{branches})(?!\w)")


_RELIEF_L, _RELIEF_R = _compiled(_RELIEF_LEFT), _compiled(_RELIEF_RIGHT)
_RELIEF_AFTER_NO = _compiled(_RELIEF_RIGHT_AFTER_NEGATION)
_WISH_L, _WISH_R = _compiled(_WISH_LEFT), _compiled(_WISH_RIGHT)
_UNREPORTED = tuple(re.compile(rf"\b(?:{words})\b") for words in (
    "no|none|neither|nor|not|never|n't|nothing|few|without|silent|lacks?|lacked|missing|unknown|unclear|whether|outside",
    r"stud(?:y|ies)|papers?|trials?|evaluations?|evaluators?|reports?|reported|data|evidence|authors?|articles?|surveys?|"
    r"questionnaires?|reviews?|reviewers?|research(?:ers)?|records?|documents?|measures?|interview guide|monitoring|findings|"
    r"analysis|outcomes?|publications?|protocol|interviewers?|topic guide|tables?|chapter|literature|fieldwork|dataset",
    r"report(?:s|ed|ing)?|measur\w+|ask(?:s|ed|ing)?|look(?:s|ed|ing)?|mention\w*|record(?:s|ed|ing)?|cover(?:s|ed|ing)?|"
    r"assess\w*|examin\w+|collect\w*|includ\w+|stat(?:e|es|ed)|describ\w+|explor\w+|address\w*|discuss\w*|say|says|said|"
    r"document\w*|available|captur\w+|investigat\w+|consider\w*|gather\w*|track\w*|monitor\w*|silent|evidence|data|information|"
    r"scope|rais(?:e|ed)|enquir\w+|inquir\w+|examined|present(?:s|ed)|find|found",
))
"""*No studies reported on ...*: a negation, a report and an act of reporting in one sentence without a speaker in it.
Not reported is neither present nor denied."""
_SUPERLATIVE = re.compile(r"never (?:\w+ )?(?:been|felt|known|seen|had|met|heard) (?:\w+ ){0,2}(?:so|such|more|as)\b")
_QUESTION_TO_YOU = re.compile(r"\b(?:do|did|are|were|have|had|can|could|would) (?:you|ye|yous)\b|\byou (?:ever|feel|felt)\b")


def polarity(doc: Doc, start: int, end: int) -> str | None:
    """Polarity of the tokens `[start, end)`; None where nothing is said: it is asked, or said not to be reported.

    Args:
        doc: lower-case matters not; sentence boundaries are needed.
        start: first token of the hit.
        end: token after the last.
    """
    sentence = doc[start].sent
    left_from, right_to = _clause(doc, start, end, sentence.start, sentence.end)
    left = _words(doc, left_from, start)
    right = _words(doc, end, right_to)
    inside = _words(doc, start, end)
    if sentence.text.rstrip().endswith("?") and _QUESTION_TO_YOU.search(sentence.text.lower()):
        return None
    if _unreported(sentence.text):
        return None
    near = " ".join(left.split()[-_NEGATION_REACH:])
    negated = _negated(doc, max(left_from, start - _NEGATION_REACH), start) and not _SUPERLATIVE.search(f"{left} {inside}")
    if _RELIEF_L.search(left) or _RELIEF_R.search(right) or (negated and _RELIEF_AFTER_NO.search(right)):
        stopped_nothing = negated and re.search(r"(?:not|n't|never) (?:\w+ )?(?:less|stop|lift|eas|reliev|lighter)", near)
        return AFFIRMED if stopped_nothing else RELIEVED
    if _WISH_L.search(left) or _WISH_R.search(right):
        return HYPOTHETICAL
    return DENIED if negated else AFFIRMED


def _unreported(sentence: str) -> bool:
    words = re.sub(r"n't\b", " n't", sentence.lower())
    return not re.search(r"\b(?:i|my|me|you)\b", words) and all(part.search(words) for part in _UNREPORTED)


def combined(polarities: Sequence[str]) -> str:
    """One polarity for several hits of a code in one segment.

    Relief tells what was before, so relieved outweighs affirmed; affirmed and denied together are mixed.
    """
    kinds = set(polarities)
    if len(kinds) > 1:
        kinds.discard(HYPOTHETICAL)
    if kinds == {AFFIRMED, RELIEVED}:
        return RELIEVED
    return kinds.pop() if len(kinds) == 1 else MIXED


def holder(doc: Doc, start: int, end: int) -> str:
    """Whose experience the hit tells, or an empty string where it is the speaker's own or not plain.

    A first-person word in the clause wins; else the nearest relative, child, supporter or professional named
    before it in the sentence, or after it behind *from*, *for* or *on*.
    """
    sentence = doc[start].sent
    left_from, right_to = _clause(doc, start, end, sentence.start, sentence.end)
    for index in range(end, min(right_to, end + 6)):
        if doc[index].lower_ in {"from", "for", "on", "off", "of", "to"}:
            behind = [doc[i].lower_ for i in range(index + 1, min(index + 5, sentence.end))]
            if behind and behind[0] not in _FIRST - {"my", "our"}:
                found = next((_HOLDER_OF[word] for word in behind if word in _HOLDER_OF), "")
                if found:
                    return found
    for index in range(start - 1, left_from - 1, -1):
        word = doc[index].lower_
        if word in _HOLDER_OF:
            return _HOLDER_OF[word]
        if word in _FIRST:
            return ""
        if word in _THIRD:
            return _named_before(doc, index)
    return ""


def short_answer(text: str) -> str | None:
    """Polarity of an answer of a few words that says yes or no, else None."""
    words = re.sub(r"[\[(][^\])]*[\])]", " ", text).replace("’", "'").split()
    if not words or len(words) > SHORT_ANSWER_WORDS:
        return None
    plain = re.sub(r"^(?:(?:well|er|erm|em|um|oh|mm|och|ach|eh|hm+)[,. …]*)+", "", " ".join(words).lower()).strip()
    if _NO.match(plain):
        return DENIED
    return AFFIRMED if _YES.match(plain) else None


def _clause(doc: Doc, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    left = start
    while left > max(first, start - REACH_LEFT) and doc[left - 1].lower_ not in _BREAKS:
        left -= 1
    right = end
    while right < min(last, end + REACH_RIGHT) and doc[right].lower_ not in _BREAKS:
        right += 1
    return left, right


def _words(doc: Doc, start: int, end: int) -> str:
    return " ".join(token.lower_ for token in doc[start:end]).replace(" n't", " n't")


def _negated(doc: Doc, start: int, end: int) -> bool:
    for index in range(start, end):
        word = doc[index].lower_
        if word not in _NEGATIONS:
            continue
        following = doc[index + 1].lower_ if index + 1 < len(doc) else ""
        # "No, I was lonely" and "not only lonely" affirm; "no wonder" is no negation either.
        if word == "no" and (following in {",", ".", "-", "–", "—"} or following == "wonder"):
            continue
        if word in {"not", "n't"} and following in {"only", "just"}:
            continue
        return True
    return False


def _named_before(doc: Doc, index: int) -> str:
    for at in range(index - 1, max(-1, index - 25), -1):
        word = doc[at].lower_
        if word in _HOLDER_OF:
            return _HOLDER_OF[word]
    return ""
