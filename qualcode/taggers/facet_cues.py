"""What a facet model sees of a coded passage: what the rule reads, cues and words near the evidence, the question.

Everything is a name that is there or not. Cues are those of `lexicon`; unlike the rule, which holds that a hit's own
words are never cues, the model also sees the cues inside the evidence: people mark whole sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from qualcode import nlp
from qualcode.coding import Span
from qualcode.corpus import Segment
from qualcode.taggers import facets, lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc

_WISHED = re.compile(r"\b(?:would you|could be|should|like to|want|wish|hope|change|better|missing|improve)\b")


def rule_says(doc: Doc, spans: Sequence[Span]) -> dict[str, str]:
    """Polarity and holder as the rules read them around the evidence; without evidence nothing."""
    found = [span for span in (nlp.span_in(doc, *one) for one in spans) if span is not None]
    said = [facets.polarity(doc, at.start, at.end) for at in found]
    polarities = [polarity for polarity in said if polarity is not None]
    read = {"polarity": facets.combined(polarities)} if polarities else {}
    if found:
        read["holder"] = facets.holder(doc, found[0].start, found[0].end)
    return read


def seen(segment: Segment, doc: Doc, code: str, spans: Sequence[Span], rule: dict[str, str]) -> set[str]:
    """Names of what is there.

    Args:
        segment: the passage; its context is the question.
        doc: the passage, as `nlp.docs` gives it.
        code: id of the code that is present.
        spans: evidence in the passage's text; empty where nobody said which words carry the code.
        rule: what `rule_says` gives for the same spans.
    """
    answer = facets.opening_answer(segment.text)
    names = {f"code={code}", f"role={segment.role}", f"answer={answer[0] if answer else None}"}
    names |= {f"rule.{facet}={value}" for facet, value in rule.items()}
    question = segment.context.lower()
    if question:
        names.add("asked")
        names |= {f"asked.{cue}" for cue in _cues(question)}
        if _WISHED.search(question):
            names.add("asked.wish")
    for start, end in spans or ((0, len(segment.text)),):
        at = nlp.span_in(doc, start, end)
        if at is not None:
            names |= _around(doc, at.start, at.end)
    return names


def _around(doc: Doc, start: int, end: int) -> set[str]:
    first, last = doc[start].sent.start, doc[end - 1].sent.end
    left, right = facets.clause(doc, start, end, first, last)
    names: set[str] = set()
    for place, (a, b) in {"in": (start, end), "left": (left, start), "right": (end, right)}.items():
        names |= {f"{place}.{cue}" for cue in _cues(facets.words(doc, a, b))}
    near = [token.lower_ for token in doc[left:right] if not token.is_space]
    names |= {f"word={word}" for word in near}
    names |= {f"words={one} {two}" for one, two in pairwise(near)}
    names |= {f"sentence.{cue}" for cue in _cues(facets.words(doc, first, last))}
    return names


def _cues(text: str) -> set[str]:
    words = set(text.split())
    found = {name for name, cue in facets.CUES.items() if cue.search(text)}
    found |= {f"holder.{lexicon.HOLDER_OF[word]}" for word in words if word in lexicon.HOLDER_OF}
    for name, listed in (("negation", lexicon.NEGATIONS), ("first", lexicon.FIRST), ("third", lexicon.THIRD)):
        if words & listed:
            found.add(name)
    return found
