"""Reasons in plain words: one place for the terminal and for reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qualcode import nlp
from qualcode.codebook import Codebook
from qualcode.coding import Reason, Span
from qualcode.corpus import Segment

LEAST_TOLD = 0.005
"""Weights that are told with two figures: a smaller one would be told as nothing."""
WORDS_TOLD = 6
"""Most words that are told one by one; a passage of sixty words has sixty weights."""


def worth_telling(reasons: Iterable[Reason], text: str) -> list[Reason]:
    """Reasons less lighter words and function words, in the order of a reader: what was said, then what is near."""
    silent = nlp.function_words()
    found = [
        one
        for one in reasons
        if one.kind != "word"
        or (abs(one.weight) >= LEAST_TOLD and not silent.issuperset(_cited(one, text).lower().split()))
    ]
    words = sorted((one for one in found if one.kind == "word"), key=lambda one: -abs(one.weight))[:WORDS_TOLD]
    others = {
        kind: [one for one in found if one.kind == kind] for kind in ("pattern", "clause", "nearest", "near-miss")
    }
    return [*others["pattern"], *words, *others["clause"], *others["nearest"], *others["near-miss"]]


def evidence(reasons: Iterable[Reason]) -> tuple[Span, ...]:
    """Spans that speak for the code, in order, joined where they overlap."""
    spans = sorted(one.span for one in reasons if one.span and one.weight > 0)
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def told(reason: Reason, segment: Segment, codebook: Codebook, excerpts: Mapping[str, str]) -> str:
    """One reason as a line. It quotes: show it only where the passage may be shown.

    Args:
        reason: of the segment.
        segment: whose words it cites.
        codebook: whose clauses and patterns it cites.
        excerpts: words of coded passages by id, as far as they may be shown.
    """
    said = f"“{_line(_cited(reason, segment.text))}”" if reason.span else ""
    clause = codebook.clause(reason.detail)
    cited = f"{reason.detail} ({clause})" if clause else reason.detail
    if reason.kind == "word":
        return f"{said} speaks {'for' if reason.weight > 0 else 'against'} it ({reason.weight:+.2f})"
    if reason.kind == "pattern":
        return f"{said} is found by {cited}" if reason.weight > 0 else f"{said} does not count: {cited} takes it away"
    if reason.kind == "clause":
        return f"nearest in the codebook: {cited}, similarity {reason.weight:.2f}"
    if reason.kind == "nearest":
        words = f" “{_line(excerpts[reason.detail])}”" if reason.detail in excerpts else ""
        return f"nearest coded passage: {reason.detail}{words}, similarity {reason.weight:.2f}"
    label = f" ({codebook[reason.detail].label})" if reason.detail in codebook else ""
    return f"next code: {reason.detail}{label}, {abs(reason.weight):.2f} {'behind' if reason.weight >= 0 else 'ahead'}"


def lines(
    reasons: Sequence[Reason], segment: Segment, codebook: Codebook, excerpts: Mapping[str, str]
) -> tuple[str, ...]:
    """The reasons that are worth telling, each as a line."""
    return tuple(told(one, segment, codebook, excerpts) for one in worth_telling(reasons, segment.text))


def _cited(reason: Reason, text: str) -> str:
    return text[slice(*reason.span)] if reason.span else ""


def _line(text: str) -> str:
    return " ".join(text.split())
