"""Polarity and holder of a hit, from the words around it: negation, relief, wish, third party.

In the manner of NegEx (Chapman et al., 2001): a cue counts within a short reach of the hit and inside its
clause; the lexicons are ours, for spoken British English. A hit's own words are never cues ("nobody to talk to"
affirms isolation).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.taggers import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc

AFFIRMED, RELIEVED, DENIED, MIXED, HYPOTHETICAL = "affirmed", "relieved", "denied", "mixed", "hypothetical"

REACH_LEFT = 9
REACH_RIGHT = 7
_NEGATION_REACH = 5

SHORT_ANSWER_WORDS = 6

_FILLERS = r"(?:(?:well|er|erm|em|um|oh|mm|och|ach|eh|hm+)[,. …]*)"
_OPENING = re.compile(rf"\s*(?:\[[^\]]*\]\s*)*{_FILLERS}*(?P<answer>[^.!?;:,—–\[]*[.!?;:,—–])", re.IGNORECASE)
_TAKEN_BACK = {
    DENIED: re.compile(r"\W*(?:but|although|though|except|only|yes|yeah|aye|sometimes)\b", re.IGNORECASE),
    AFFIRMED: re.compile(r"\W*(?:but|although|though|except|only|no|not)\b", re.IGNORECASE),
}
"""What may follow a yes or a no and take half of it back."""
_OPEN_QUESTION = re.compile(r"(?:(?:and|but|so|or|okay|right|well)[, ]+)*(?:what|how|why|when|where|who|which|tell)\b")
_WISH_QUESTION = re.compile(r"\bwould (?:you|ye|yous)\b|\b(?:if|want|wish|like to)\b")


def _compiled(cues: Sequence[str]) -> re.Pattern[str]:
    branches = "|".join(cue.replace("*", r"\w*") if ".{" not in cue else cue for cue in cues)
    return re.compile(rf"(?<![\w'])(?:{branches})(?!\w)")


_RELIEF_L, _RELIEF_R = _compiled(lexicon.RELIEF_LEFT), _compiled(lexicon.RELIEF_RIGHT)
_RELIEF_AFTER_NO = _compiled(lexicon.RELIEF_RIGHT_AFTER_NEGATION)
_WISH_L, _WISH_R = _compiled(lexicon.WISH_LEFT), _compiled(lexicon.WISH_RIGHT)
CUES = {
    "relief.left": _RELIEF_L,
    "relief.right": _RELIEF_R,
    "wish.left": _WISH_L,
    "wish.right": _WISH_R,
}
"""Cues by name, for what learns from them."""
_NO_WISH = re.compile(r"\b(?:(?:as|like) if|if (?:i 'm (?:honest|truthful|fair)|you (?:like|know|ask|ken)|anything))\b")
"""*If I'm honest*, *as if*: ways of speaking, not wishes."""
_SUPERLATIVE = re.compile(r"never (?:\w+ )?(?:been|felt|known|seen|had|met|heard) (?:\w+ ){0,2}(?:so|such|more|as)\b")
_QUESTION_TO_YOU = re.compile(
    r"\b(?:do|did|are|were|have|had|can|could|would) (?:you|ye|yous)\b|\byou (?:ever|feel|felt)\b"
)


def polarity(doc: Doc, start: int, end: int) -> str | None:
    """Polarity of the tokens `[start, end)`; None where nothing is said: it is asked, or said not to be reported.

    Args:
        doc: lower-case matters not; sentence boundaries are needed.
        start: first token of the hit.
        end: token after the last.
    """
    sentence = doc[start].sent
    left_from, right_to = clause(doc, start, end, sentence.start, sentence.end)
    left = words(doc, left_from, start)
    right = words(doc, end, right_to)
    inside = words(doc, start, end)
    if sentence.text.rstrip().endswith("?") and _QUESTION_TO_YOU.search(sentence.text.lower()):
        return None
    if _unreported(sentence.text):
        return None
    near = " ".join(left.split()[-_NEGATION_REACH:])
    negated = _negated(doc, max(left_from, start - _NEGATION_REACH), start) and not _SUPERLATIVE.search(
        f"{left} {inside}"
    )
    if _RELIEF_L.search(left) or _RELIEF_R.search(right) or (negated and _RELIEF_AFTER_NO.search(right)):
        stopped_nothing = negated and re.search(
            r"(?:not|n't|never) (?:\w+ )?(?:less|stop|lift|eas|reliev|lighter)", near
        )
        return AFFIRMED if stopped_nothing else RELIEVED
    left = _NO_WISH.sub(" ", left)
    if _WISH_L.search(left) or _WISH_R.search(right):
        return HYPOTHETICAL
    return DENIED if negated else AFFIRMED


def _unreported(sentence: str) -> bool:
    words = re.sub(r"n't\b", " n't", sentence.lower())
    return not re.search(r"\b(?:i|my|me|you)\b", words) and all(part.search(words) for part in lexicon.UNREPORTED)


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
    left_from, right_to = clause(doc, start, end, sentence.start, sentence.end)
    for index in range(end, min(right_to, end + 6)):
        if doc[index].lower_ in {"from", "for", "on", "off", "of", "to"}:
            behind = [doc[i].lower_ for i in range(index + 1, min(index + 5, sentence.end))]
            if behind and behind[0] not in lexicon.FIRST - {"my", "our"}:
                found = next((lexicon.HOLDER_OF[word] for word in behind if word in lexicon.HOLDER_OF), "")
                if found:
                    return found
    for index in range(start - 1, left_from - 1, -1):
        word = doc[index].lower_
        if word in lexicon.HOLDER_OF:
            return lexicon.HOLDER_OF[word]
        if word in lexicon.FIRST:
            return ""
        if word in lexicon.THIRD:
            return _named_before(doc, index)
    return ""


def short_answer(text: str) -> str | None:
    """Polarity of an answer of a few words that says yes or no, else None."""
    words = re.sub(r"[\[(][^\])]*[\])]", " ", text).replace("’", "'").split()
    if not words or len(words) > SHORT_ANSWER_WORDS:
        return None
    plain = re.sub(rf"^{_FILLERS}+", "", " ".join(words).lower()).strip()
    for cue, answer in ((lexicon.NO, DENIED), (lexicon.YES, AFFIRMED)):
        said = cue.match(plain)
        if said:
            after = plain[said.end() :].strip()
            rest = re.findall(r"[a-z']+", after)
            # "No, we managed" answers; "no problem at all" and "I did the forms" say something else.
            plainly = said.group().strip() not in lexicon.WEAK_ANSWERS or not after or after[0] in ",.;:!?…–—-"
            answered = plainly or all(word in lexicon.AFTER_AN_ANSWER for word in rest)
            return answer if answered else None
    return None


def opening_answer(text: str) -> tuple[str, int] | None:
    """Polarity and length of the yes or no with which a passage opens, however long it goes on; else None.

    >>> opening_answer("No. No, she was kind, they all were, and I never felt it once.")
    ('denied', 3)
    >>> opening_answer("No, but the evenings were long, and nobody rang, not once in all that time.")
    """
    opening = _OPENING.match(text)
    said = short_answer(opening.group("answer")) if opening else None
    if not opening or not said or _TAKEN_BACK[said].match(text, opening.end()):
        return None
    return said, opening.end()


def answer(text: str, question: str) -> tuple[str, int] | None:
    """Polarity and length of an answer to a question; None where none was asked, or no yes or no was given.

    An answer of a few words answers whatever was asked. One that goes on answers only what a yes or a no can tell:
    neither *what* and *how*, nor whether somebody would like it.
    """
    if not question:
        return None
    bare = short_answer(text)
    if bare:
        return bare, len(text)
    last = re.split(r"(?<=[.!?])\s+", question.strip())[-1].lower()
    return None if _OPEN_QUESTION.match(last) or _WISH_QUESTION.search(last) else opening_answer(text)


def clause(doc: Doc, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The tokens around `[start, end)` that a cue may stand in: within reach, inside `[first, last)`, up to a break."""
    left = start
    while left > max(first, start - REACH_LEFT) and doc[left - 1].lower_ not in lexicon.BREAKS:
        left -= 1
    right = end
    while right < min(last, end + REACH_RIGHT) and doc[right].lower_ not in lexicon.BREAKS:
        right += 1
    return left, right


def words(doc: Doc, start: int, end: int) -> str:
    """The tokens in lower case with spaces between, as cues are written."""
    return " ".join(token.lower_ for token in doc[start:end]).replace(" n't", " n't")


def _negated(doc: Doc, start: int, end: int) -> bool:
    for index in range(start, end):
        word = doc[index].lower_
        if word not in lexicon.NEGATIONS:
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
        if word in lexicon.HOLDER_OF:
            return lexicon.HOLDER_OF[word]
    return ""
