"""Append judgements: what stands already is not written twice, and a stretch of its own becomes a selection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode import segments as cut
from qualcode.codebook import Codebook
from qualcode.coding import Coder, Coding, Judged
from qualcode.corpus import Segment, Transcript, keyed_id, segment_id
from qualcode.errors import ImporterError
from qualcode.importers import Given
from qualcode.pipeline import acts, versions
from qualcode.project import Project
from qualcode.store import codings, corpus, events, frames

Decided = tuple[Judged, Sequence[Coding]]


@dataclass(frozen=True, slots=True)
class Appended:
    """How many judgements are new, how many codings they made, and how many judgements stood already."""

    judged: int = 0
    present: int = 0
    unchanged: int = 0


def located(
    given: Iterable[Given],
    transcripts: Mapping[str, Transcript],
    *,
    who: Callable[[str], str],
    secret: bytes,
    now: str,
    blind: bool,
) -> tuple[list[Segment], list[Decided]]:
    """Stretches as selections, and what was decided on them.

    Args:
        given: decisions as a file gave them.
        transcripts: those that they stand in, by id.
        who: the id of a coder, from the name that the file gives.
        secret: the project's key.
        now: when, for decisions that do not say.
        blind: the machine's proposals were not visible.
    """
    selections: dict[str, Segment] = {}
    decided: list[Decided] = []
    for decision in given:
        segment = segment_id(secret, decision.transcript, decision.start, decision.end)
        if segment not in selections:
            text = transcripts[decision.transcript]
            selections[segment] = cut.stretch(text, decision.start, decision.end, secret=secret)
        if not decision.judged:
            continue
        coder, at = who(decision.coder), decision.made_at or now
        made = [
            Coding(
                id=keyed_id(secret, "c", coder, segment, code, decision.key or (now, decision.row)),
                segment=segment,
                code=code,
                coder=coder,
                facets=facets,
                evidence=((decision.start, decision.end),),
                made_at=at,
            )
            for code, facets in decision.present.items()
        ]
        decided.append((Judged(segment, coder, decision.judged, blind=blind, made_at=at), made))
    return list(selections.values()), decided


def append(
    project: Project,
    decided: Sequence[Decided],
    coders: Mapping[str, Coder],
    codebook: Codebook,
    *,
    selections: Sequence[Segment] = (),
    actor: str = acts.RESEARCHER,
) -> Appended:
    """Write what does not stand already, in one transaction with its event.

    Of two answers to one thing the later stands. A coding that came in before is not written again, also where its
    coder has decided otherwise since. What was taken back has been said too: the same answer does not bring it back,
    only undoing the undo does.

    Args:
        project: to write to.
        decided: judgements with their codings.
        coders: by id; one that is missing is taken to be a person.
        codebook: whose codes are meant.
        selections: stretches that the judgements stand on, if they are no segments yet.
        actor: who brings the judgements in.

    Raises:
        ImporterError: a coder is known as a person and comes as a machine, or the other way round.
    """
    with project.store.reading() as connection:
        before = codings.decisions(connection, current=False, undone=True)
        known_as = {coder.id: coder.kind for coder in codings.coders(connection).values()}
    for who in coders.values():
        if known_as.get(who.id, who.kind) != who.kind:
            raise ImporterError(
                f"the coder {who.id!r} is known as a {known_as[who.id]} (expected the same kind)",
                hint="give the coder another name",
            )
    standing = frames.standing(before)
    known = {coding.id for _, made in before for coding in made}
    new = [
        (judged, made)
        for judged, made in _last_word(decided)
        if not _stands(judged, made, standing) and not (made and all(coding.id in known for coding in made))
    ]
    if new or selections:
        with project.store.writing() as connection:
            for coder in sorted({judged.coder for judged, _ in new}):
                codings.add_coder(connection, coders.get(coder, Coder(coder, "human")))
            corpus.add_selections(connection, selections)
            codings.add_judgements(connection, new, codebook)
            if new:
                events.record(
                    connection,
                    "judge",
                    actor=actor,
                    at=acts.now(),
                    subjects=sorted({judged.segment for judged, _ in new}),
                    counts={"judgements": len(new), "present": sum(len(made) for _, made in new)},
                )
        versions.catch_up(project)
    return Appended(len(new), sum(len(made) for _, made in new), len(decided) - len(new))


def _last_word(decided: Sequence[Decided]) -> list[Decided]:
    """Decisions less the codes on which a later decision of the same coder on the same segment follows."""
    last = {(j.segment, j.coder, code): place for place, (j, _) in enumerate(decided) for code in j.codes}
    found: list[Decided] = []
    for place, (judged, made) in enumerate(decided):
        codes = tuple(code for code in judged.codes if last[judged.segment, judged.coder, code] == place)
        if codes:
            found.append((replace(judged, codes=codes), [coding for coding in made if coding.code in codes]))
    return found


def _stands(judged: Judged, made: Sequence[Coding], standing: frames.Standing) -> bool:
    """Whether the same coder has already said just this, so that reading a file twice changes nothing."""
    by_code = {coding.code: coding for coding in made}
    for code in judged.codes:
        key = (judged.segment, judged.coder, code)
        if key not in standing.judged:
            return False
        # The same said blind says more: else the draw would lose just those who agree with what they saw before.
        if judged.blind and not standing.judged[key].blind:
            return False
        now, then = by_code.get(code), standing.codings.get(key)
        if (now is None) != (then is None) or (now and then and dict(now.facets) != dict(then.facets)):
            return False
    return True
