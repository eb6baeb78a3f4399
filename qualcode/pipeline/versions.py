"""A file that comes with another text: a new version, and every judgement on the old one anchored in it.

Nothing is dropped: what surely stands in the new text is written there once more under its own coder, the rest waits
on the review sheet, and the old text stays with all that was said about it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from qualcode import segments as cut
from qualcode.coding import Coding, Span
from qualcode.corpus import Transcript, keyed_id
from qualcode.formats.sheet import KEEP, REJECT, Answered, Asked
from qualcode.importers.anchors import Anchor, anchored
from qualcode.pipeline import acts
from qualcode.project import Project
from qualcode.store import codings, corpus, events
from qualcode.store import versions as stored
from qualcode.store.versions import Place, Reanchored, Stood

SURE = 0.8
"""From this confidence on a judgement is carried over; below it a person decides."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the judgements on texts that were replaced."""

    versions: int = 0
    latest: int = 0
    """The number of the version, where just one text was replaced."""
    sure: int = 0
    doubtful: int = 0
    lost: int = 0

    def summary(self) -> str:
        """`new version 2; 14 judgements carried over, 2 doubtful, 1 lost (review sheet, page Moved)`."""
        what = f"new version {self.latest}" if self.versions == 1 else f"new versions of {self.versions} answers"
        if not (self.sure or self.doubtful or self.lost):
            return what
        parts = [f"{self.sure} judgement{'s' * (self.sure != 1)} carried over"]
        parts += [f"{count} {word}" for count, word in ((self.doubtful, "doubtful"), (self.lost, "lost")) if count]
        return f"{what}; {', '.join(parts)}" + (" (review sheet, page Moved)" if self.doubtful or self.lost else "")


@dataclass(frozen=True, slots=True)
class Settled:
    """Answers of a review sheet about judgements whose place was doubtful."""

    kept: int = 0
    rejected: int = 0
    unchanged: int = 0
    unlocated: tuple[int, ...] = ()
    unclear: tuple[tuple[int, str], ...] = ()


def take_over(project: Project, renewed: Sequence[Transcript]) -> Carried:
    """Write new versions of texts and anchor what was judged on those that they replace, in one transaction."""
    if not renewed:
        return Carried()
    at = acts.now()
    onto = {str(transcript.replaces): transcript for transcript in renewed}
    with project.store.writing() as connection:
        known = {place.id for place in stored.places(connection)}
        open_ones = [entry for entry in stored.waiting(connection) if entry.transcript in onto]
        corpus.add_transcripts(connection, [transcript for transcript in renewed if transcript.id not in known])
        for transcript in renewed:
            if transcript.id in known:
                stored.come_back(connection, transcript)
        stored.retire(connection, list(onto))
        # A passage that an earlier change took away may be back: what waits is anchored anew from its own text.
        back = {entry.judged: onto[entry.transcript] for entry in open_ones}
        pending = [(stood, onto[stood.transcript]) for stood in stored.judgements_on(connection, list(onto))]
        pending += [(stood, back[stood.id]) for stood in stored.judgements(connection, sorted(back))]
        counts = _carry(connection, project.secret, pending)
        events.record(
            connection,
            "version",
            actor=acts.RESEARCHER,
            at=at,
            subjects=[*onto, *(transcript.id for transcript in renewed)],
            counts={"versions": len(renewed), **counts},
            words=[transcript.text for transcript in renewed],
            secret=project.secret,
        )
    latest = renewed[0].version if len(renewed) == 1 else 0
    return Carried(len(renewed), latest, counts["sure"], counts["doubtful"], counts["lost"])


def catch_up(project: Project) -> Carried:
    """Anchor judgements that came in on a text after it was replaced.

    A review sheet may be older than the text; and a colleague's pack may bring the judgement, or the new text.
    """
    with project.store.reading() as connection:
        if not stored.left_behind(connection):
            return Carried()
    with project.store.writing() as connection:
        late = stored.left_behind(connection)
        places = {place.id: place for place in stored.places(connection)}
        now = {stood.transcript: _latest(stood.transcript, places) for stood in late}
        stored.retire(connection, list(now))
        texts = {t.id: t for t in corpus.transcripts(connection, set(now.values()))}
        counts = _carry(connection, project.secret, [(stood, texts[now[stood.transcript]]) for stood in late])
        subjects = sorted({stood.judged.segment for stood in late})
        events.record(connection, "reanchor", actor=acts.RESEARCHER, at=acts.now(), subjects=subjects, counts=counts)
    return Carried(0, 0, counts["sure"], counts["doubtful"], counts["lost"])


def _latest(transcript: str, places: Mapping[str, Place]) -> str:
    """The version that stands in a text's place now, by what replaced what; versions only go up."""
    while True:
        old = places[transcript]
        later = [p for p in places.values() if p.replaces == transcript and p.version > old.version]
        if not later:
            return transcript
        transcript = max(later, key=lambda place: place.version).id


def waiting(project: Project) -> list[Asked]:
    """Judgements that wait for a person, the likeliest places first."""
    with project.store.reading() as connection:
        entries = stored.waiting(connection)
        said = {stood.id: stood for stood in stored.judgements(connection, [entry.judged for entry in entries])}
        needed = {entry.transcript for entry in entries} | {stood.transcript for stood in said.values()}
        texts = {transcript.id: transcript.text for transcript in corpus.transcripts(connection, needed)}
    found = []
    for entry in sorted(entries, key=lambda entry: (-entry.confidence, entry.judged)):
        stood = said[entry.judged]
        present = tuple(coding.code for coding in stood.codings)
        found.append(
            Asked(
                entry.id,
                texts[stood.transcript][slice(*stood.span)],
                texts[entry.transcript][slice(*entry.span)] if entry.span else "",
                present,
                len(set(stood.judged.codes) - set(present)),
                stood.judged.coder,
                entry.confidence,
            )
        )
    return found


def settle(project: Project, answers: Sequence[Answered], decider: str) -> Settled:
    """Keep a judgement at the place that was proposed, under its own coder, or let it go; each once.

    Args:
        project: whose judgements wait.
        answers: rows of the page Moved that hold a decision.
        decider: who decided; stands in the record, not in the judgement.
    """
    unclear: list[tuple[int, str]] = []
    unlocated: list[int] = []
    done: list[Reanchored] = []
    unchanged = 0
    with project.store.writing() as connection:
        entries = stored.reanchored(connection)
        open_ids = {entry.id for entry in stored.waiting(connection)}
        for answer in answers:
            entry = entries.get(answer.moved)
            if entry is None:
                unlocated.append(answer.row)
                continue
            problem = _problem(answer, entry, entry.id in open_ids)
            if problem:
                unclear.append((answer.row, f"{problem} (page Moved)"))
            elif entry.state == "settled":
                unchanged += 1
            else:
                became = _keep(connection, project.secret, entry) if answer.decision == KEEP else None
                entries[entry.id] = replace(entry, state="settled", became=became)
                done.append(entries[entry.id])
        stored.add(connection, done)
        kept = sum(entry.became is not None for entry in done)
        if done:
            events.record(
                connection,
                "settle",
                actor=decider,
                at=acts.now(),
                subjects=[entry.id for entry in done],
                counts={"kept": kept, "rejected": len(done) - kept},
            )
    return Settled(kept, len(done) - kept, unchanged, tuple(unlocated), tuple(unclear))


def _problem(answer: Answered, entry: Reanchored, is_open: bool) -> str:
    if answer.decision not in (KEEP, REJECT):
        return f"the decision is not understood (expected {KEEP} or {REJECT})"
    if entry.state == "settled":
        same = (entry.became is not None) == (answer.decision == KEEP)
        return "" if same else "it was decided otherwise before"
    if not is_open:
        return "the text has changed again since this sheet was written"
    if answer.decision == KEEP and entry.span is None:
        return "no place was found to keep it at"
    return ""


def _keep(connection: Any, secret: bytes, entry: Reanchored) -> int:
    (stood,) = stored.judgements(connection, [entry.judged])
    texts = {t.id: t for t in corpus.transcripts(connection, {stood.transcript, entry.transcript})}
    old, new = texts[stood.transcript], texts[entry.transcript]
    spans = _spans(stood)
    anchors = dict(zip(spans, anchored(old.text, new.text, spans), strict=True))
    return _write(connection, secret, stood, new, entry.span or stood.span, anchors)


def _carry(connection: Any, secret: bytes, pending: Sequence[tuple[Stood, Transcript]]) -> dict[str, int]:
    """Anchor judgements in the texts given with them, write those that surely stand there, queue the others."""
    targets = {target.id: target for _, target in pending}
    known = stored.reanchored(connection)
    came_from = {entry.became: entry.judged for entry in known.values() if entry.became is not None}
    there = stored.judgements_on(connection, list(targets))
    at_home = {stood.id for stood in there}
    said = {(stood.transcript, stood.span, stood.judged.coder, *_what(stood)): stood.id for stood in there}
    asked: dict[tuple[str, str], dict[Span, Anchor]] = defaultdict(dict)
    for stood, target in pending:
        asked[stood.transcript, target.id].update(dict.fromkeys(_spans(stood), Anchor((0, 0), None, 0.0)))
    texts = {text.id: text.text for text in corpus.transcripts(connection, {transcript for transcript, _ in asked})}
    for (transcript, onto), found in asked.items():
        spans = list(found)
        found.update(zip(spans, anchored(texts[transcript], targets[onto].text, spans), strict=True))
    counts = Counter[str]()
    entries = []
    for stood, target in sorted(pending, key=lambda pair: pair[0].id):
        id_ = keyed_id(secret, "m", stood.id, target.id)
        if stood.id in at_home:
            continue
        entry = known.get(id_)
        if entry is None:
            anchors = asked[stood.transcript, target.id]
            origin = _origin(stood.id, came_from, at_home)
            if origin is None and (span := anchors[stood.span].new):
                # A colleague's pack brought the very judgement that hers was carried over as.
                origin = said.get((target.id, span, stood.judged.coder, *_what(stood)))
            entry = _reanchored(connection, secret, stood, target, anchors, origin)
            entries.append(entry)
        counts[entry.state] += 1
    stored.add(connection, entries)
    return {state: counts[state] for state in ("sure", "doubtful", "lost")}


def _what(stood: Stood) -> tuple[object, ...]:
    """What a judgement says and when it was made, whatever it stands on."""
    present = tuple(sorted((coding.code, *sorted(coding.facets.items())) for coding in stood.codings))
    return tuple(sorted(stood.judged.codes)), present, stood.judged.made_at


def _reanchored(
    connection: Any, secret: bytes, stood: Stood, target: Transcript, anchors: Mapping[Span, Anchor], origin: int | None
) -> Reanchored:
    id_ = keyed_id(secret, "m", stood.id, target.id)
    anchor = anchors[stood.span]
    if origin is not None:
        # The text came back as it was, and with it the judgement that this one was made of.
        return Reanchored(id_, stood.id, target.id, anchor.new, 1.0, "sure", origin)
    if anchor.new is None:
        return Reanchored(id_, stood.id, target.id, None, 0.0, "lost")
    if anchor.confidence < SURE:
        return Reanchored(id_, stood.id, target.id, anchor.new, anchor.confidence, "doubtful")
    became = _write(connection, secret, stood, target, anchor.new, anchors)
    return Reanchored(id_, stood.id, target.id, anchor.new, anchor.confidence, "sure", became)


def _origin(judged: int, came_from: Mapping[int, int], at_home: Set[int]) -> int | None:
    seen = {judged}
    while (judged := came_from.get(judged, -1)) not in seen and judged >= 0:
        if judged in at_home:
            return judged
        seen.add(judged)
    return None


def _write(
    connection: Any, secret: bytes, stood: Stood, target: Transcript, span: Span, anchors: Mapping[Span, Anchor]
) -> int:
    """Write a judgement and its codings once more, on a span of the new text; the coder and the time stay theirs."""
    segment = cut.stretch(target, *span, secret=secret)
    corpus.add_selections(connection, [segment])
    made = [
        replace(
            coding,
            id=keyed_id(secret, "c", coding.id, segment.id),
            segment=segment.id,
            evidence=tuple(_evidence(coding, stood.span, span, anchors)),
        )
        for coding in stood.codings
    ]
    return codings.append(connection, replace(stood.judged, segment=segment.id), made, stood.hashes)


def _evidence(coding: Coding, old: Span, new: Span, anchors: Mapping[Span, Anchor]) -> Iterator[Span]:
    """Where the words that carry the code stand now; those that are not surely there are left out."""
    for span in coding.evidence:
        anchor = anchors[span]
        found = new if span == old else anchor.new
        if found and (span == old or anchor.confidence >= SURE):
            start, end = max(found[0], new[0]), min(found[1], new[1])
            if start < end:
                yield start, end


def _spans(stood: Stood) -> list[Span]:
    return list(dict.fromkeys([stood.span, *(span for coding in stood.codings for span in coding.evidence)]))
