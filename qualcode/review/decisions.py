"""How a person's answer becomes a judgement and codings."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualcode.codebook import Codebook
from qualcode.coding import Coder, Coding, Judged, Sample
from qualcode.corpus import keyed_id
from qualcode.formats.sheet import KEEP, NO, NONE, PROPOSALS, REJECT, YES, Answer


@dataclass(frozen=True, slots=True)
class Unclear:
    """An answer that cannot be taken as it stands."""

    row: int
    reason: str


def audit_sample(unproposed: Sequence[str], *, size: int, seed: int, secret: bytes) -> Sample | None:
    """A simple random sample of segments on which nothing was proposed: what the machine may have missed.

    Every unit has inclusion probability size / len(unproposed). None where there is nothing to draw from.
    """
    if not unproposed or size < 1:
        return None
    ordered = sorted(unproposed)
    drawn = sorted(random.Random(seed).sample(ordered, min(size, len(ordered))))
    probability = len(drawn) / len(ordered)
    return Sample(
        id=keyed_id(secret, "a", seed, *drawn),
        segments=tuple(drawn),
        probabilities=(probability,) * len(drawn),
        purpose="audit of unproposed segments",
        seed=seed,
    )


def decide(
    answers: Sequence[Answer],
    codebook: Codebook,
    coder: Coder,
    samples: Mapping[str, Sample],
    proposals: Mapping[tuple[str, str], Coding] | None = None,
    *,
    now: str,
    secret: bytes,
) -> tuple[list[tuple[Judged, list[Coding]]], list[Unclear]]:
    """Turn answers into judgements.

    On a proposal, keep judges its code present and reject judges it absent; another code is judged present besides,
    with or without a decision on the proposal; the proposal was visible. Elsewhere every active code that was
    asked about is judged: those named are present, the others absent; no proposal was visible. An empty answer judges
    nothing.

    Args:
        answers: the rows of a sheet.
        codebook: whose active codes are judged.
        coder: whose answers these are.
        samples: by id, for inclusion probabilities.
        proposals: the machine's codings by segment and code; one that is kept passes on its facets and evidence.
        now: when, ISO 8601.
        secret: the project's key.

    Returns:
        Judgements with their codings, and answers that were not understood.
    """
    decided: list[tuple[Judged, list[Coding]]] = []
    proposals = proposals or {}
    unclear: list[Unclear] = []
    # A row on a proposal speaks for its code, whatever another row of the same passage puts there as "other code".
    own_rows = {(answer.segment, answer.proposed) for answer in answers if answer.proposed and answer.decision}
    for answer in answers:
        problem = _problem(answer, codebook)
        if answer.sample and answer.sample not in samples:
            # A sample that nobody drew would count as coded as it came, and stand for itself.
            problem = problem or "the sample id is none of this project's"
        if problem:
            unclear.append(Unclear(answer.row, f"{problem} (sheet {PROPOSALS if answer.proposed else answer.page})"))
            continue
        present = {
            code: polarity
            for code, polarity in answer.other
            if code != NONE and (not answer.proposed or (answer.segment, code) not in own_rows)
        }
        judged = list(present)
        if answer.proposed:
            if not answer.decision and not present:
                continue
            if answer.decision == KEEP:
                present[answer.proposed] = answer.polarity or answer.machine_polarity
            if answer.decision:
                judged = [answer.proposed, *(code for code in judged if code != answer.proposed)]
        elif answer.other:
            judged = list(present)
            if len(present) < answer.room:
                # With every cell filled there may be a code that found no room: the others are not judged.
                asked = set(answer.asked) or {code.id for code in codebook.active}
                judged = [code.id for code in codebook.active if code.id in asked or code.id in present]
        else:
            continue
        sample = samples.get(answer.sample)
        judgement = Judged(
            segment=answer.segment,
            coder=coder.id,
            codes=tuple(judged),
            blind=not answer.proposed,
            sample=sample.id if sample else None,
            probability=_chance(sample, answer.segment),
            made_at=now,
        )
        codings = [
            Coding(
                id=keyed_id(secret, "c", coder.id, answer.segment, code, now, answer.row),
                segment=answer.segment,
                code=code,
                coder=coder.id,
                facets=_facets(answer, code, polarity, proposals),
                evidence=kept.evidence if (kept := _kept(answer, code, proposals)) else (),
                clause=kept.clause if kept else "",
                made_at=now,
            )
            for code, polarity in present.items()
        ]
        decided.append((judgement, codings))
    return decided, unclear


def _chance(sample: Sample | None, segment: str) -> float | None:
    """The chance with which a segment was drawn; None for one that was chosen."""
    drawn = dict(zip(sample.segments, sample.probabilities, strict=True)) if sample else {}
    return drawn.get(segment) or None


def _kept(answer: Answer, code: str, proposals: Mapping[tuple[str, str], Coding]) -> Coding | None:
    """The machine's coding that a person keeps, with its evidence and facets."""
    return proposals.get((answer.segment, code)) if code == answer.proposed and answer.decision == KEEP else None


def _facets(answer: Answer, code: str, polarity: str, proposals: Mapping[tuple[str, str], Coding]) -> dict[str, str]:
    kept = _kept(answer, code, proposals)
    return (dict(kept.facets) if kept else {}) | ({"polarity": polarity} if polarity else {})


def _problem(answer: Answer, codebook: Codebook) -> str:
    if answer.decision not in ("", KEEP, REJECT):
        expected = f"{KEEP} or {REJECT}" if answer.proposed else f"{YES} or {NO}"
        return f"the decision is not understood (expected {expected})"
    polarity = codebook.facet("polarity")
    usable = {code.id for code in codebook.active}
    if answer.proposed and answer.decision == KEEP and answer.proposed not in usable:
        return "the proposed code is no longer an active code of the codebook"
    if answer.asked and answer.other and not usable & set(answer.asked):
        return "what was asked about is no longer an active code of the codebook"
    if answer.polarity and not answer.decision and not answer.other:
        return "a polarity stands there without a decision"
    if answer.decision == REJECT and any(code == answer.proposed for code, _ in answer.other):
        return "the rejected code is named beside it"
    for code, value in answer.other:
        if code != NONE and code not in usable:
            return "the other code is not in the codebook, or not active"
        if value and (polarity is None or value not in polarity.values):
            return "the polarity is not in the codebook"
    if answer.polarity and (polarity is None or answer.polarity not in polarity.values):
        return "the polarity is not in the codebook"
    if any(code == NONE for code, _ in answer.other) and len(answer.other) > 1:
        return "'none' stands beside a code"
    return ""
