"""A file that comes with another text: a new version, and every judgement on the old one anchored in it.

Nothing is dropped: what surely stands in the new text is written there once more under its own coder, the rest waits
on the review sheet, and the old text stays with all that was said about it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from qualcode import segments as cut
from qualcode.coding import Coding, Span
from qualcode.corpus import Succession, Transcript, keyed_id
from qualcode.formats.sheet import KEEP, REJECT, Answered, Asked
from qualcode.importers.anchors import Anchor
from qualcode.pipeline import acts
from qualcode.pipeline.anchoring import anchors as anchors_in
from qualcode.project import Project
from qualcode.store import codings, corpus, events, successions, undoing
from qualcode.store import versions as stored
from qualcode.store.database import Connection
from qualcode.store.versions import Reanchored, Stood

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
    unheld: int = 0
    """Declarations of completeness that were made on the replaced texts alone."""

    def summary(self) -> str:
        """`new version 2; 14 judgements carried over, 2 doubtful, 1 lost (review sheet, page Moved)`."""
        what = f"new version {self.latest}" if self.versions == 1 else f"new versions of {self.versions} answers"
        return "; ".join([what, *self.told()])

    def counts(self) -> dict[str, int]:
        """For the record of acts."""
        counts = {"versions": self.versions, "sure": self.sure, "doubtful": self.doubtful, "lost": self.lost}
        return counts | ({"unheld": self.unheld} if self.unheld else {})

    def told(self) -> list[str]:
        """What became of judgements and declarations, as far as there were any."""
        told = []
        if self.sure or self.doubtful or self.lost:
            parts = [f"{self.sure} judgement{'s' * (self.sure != 1)} carried over"]
            parts += [f"{count} {word}" for count, word in ((self.doubtful, "doubtful"), (self.lost, "lost")) if count]
            told.append(", ".join(parts) + (" (review sheet, page Moved)" if self.doubtful or self.lost else ""))
        if self.unheld:
            one = self.unheld == 1
            what = "declaration of completeness does" if one else "declarations of completeness do"
            told.append(f"{self.unheld} {what} not hold for the new version: declare {'it' if one else 'them'} again")
        return told


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
        known = corpus.stored(connection, [transcript.id for transcript in renewed])
        before = stored.unheld(connection, list(onto))
        corpus.add_transcripts(connection, [transcript for transcript in renewed if transcript.id not in known])
        for transcript in renewed:
            if transcript.id in known:
                stored.come_back(connection, transcript)
        successions.add(connection, [Succession(str(t.replaces), t.id, t.version) for t in renewed])
        carried = follow(connection, project.secret, list(onto), before, list(onto))
        events.record(
            connection,
            "version",
            actor=acts.RESEARCHER,
            at=at,
            subjects=[*onto, *(transcript.id for transcript in renewed)],
            counts=carried.counts(),
            words=[transcript.text for transcript in renewed],
            secret=project.secret,
        )
    return replace(carried, latest=renewed[0].version if len(renewed) == 1 else 0)


def catch_up(project: Project) -> Carried:
    """Anchor judgements that came in on a text after it was replaced: a review sheet may be older than the text."""
    with project.store.reading() as connection:
        if not stored.left_behind(connection):
            return Carried()
    with project.store.writing() as connection:
        late = stored.left_behind(connection)
        carried = follow(connection, project.secret, (), stored.unheld(connection))
        subjects = sorted({stood.judged.segment for stood in late})
        counts = carried.counts()
        events.record(connection, "reanchor", actor=acts.RESEARCHER, at=acts.now(), subjects=subjects, counts=counts)
    return carried


def follow(
    connection: Connection,
    secret: bytes,
    gave_way: Sequence[str],
    before: Set[tuple[str, str, str]],
    within: Sequence[str] | None = None,
) -> Carried:
    """Anchor in the texts that stand now what was judged on those that do not, inside the caller's transaction.

    Args:
        connection: of the transaction, in which the successions are known.
        secret: the project's key.
        gave_way: texts that stood until this transaction. What came in late on others is found besides.
        before: `stored.unheld` when the transaction began; only what does not hold since then is counted.
        within: lineages that `before` is about, by a text of each; all unless given.
    """
    stored.retire(connection, gave_way)
    behind = [*stored.left_behind(connection), *stored.judgements_on(connection, gave_way)]
    now = successions.in_force(connection, {*gave_way, *(stood.transcript for stood in behind)})
    pending = {stood.id: (stood, now[stood.transcript]) for stood in behind}
    # A passage that an earlier change took away may be back: what waits is anchored anew from its own text.
    back = {entry.judged: now[entry.transcript] for entry in stored.waiting(connection, gave_way)}
    pending |= {stood.id: (stood, back[stood.id]) for stood in stored.judgements(connection, sorted(back))}
    texts = {text.id: text for text in corpus.transcripts(connection, {target for _, target in pending.values()})}
    counts = _carry(connection, secret, [(stood, texts[target]) for stood, target in pending.values()])
    unheld = {(lineage, coder) for lineage, coder, _ in stored.unheld(connection, within) - before}
    return Carried(len(gave_way), **counts, unheld=len(unheld))


def answered_elsewhere(connection: Connection) -> None:
    """Settle what waits here and was kept on another laptop: the judgement stands at the place that was proposed."""
    open_ones = [entry for entry in stored.waiting(connection) if entry.span]
    there = stored.judgements_on(connection, sorted({entry.transcript for entry in open_ones}))
    kept = {(stood.transcript, stood.span, stood.judged.coder, *_what(stood)): stood.id for stood in there}
    said = {stood.id: stood for stood in stored.judgements(connection, [entry.judged for entry in open_ones])}
    settled = []
    for entry in open_ones:
        stood = said[entry.judged]
        became = kept.get((entry.transcript, entry.span, stood.judged.coder, *_what(stood)))
        if became is not None:
            settled.append(replace(entry, state="settled", became=became))
    stored.add(connection, settled)


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


def _keep(connection: Connection, secret: bytes, entry: Reanchored) -> int:
    before = stored.kept_before(connection, entry.id)
    if before is not None:
        undoing.put_back(connection, [before], events.coming(connection))
        return before
    (stood,) = stored.judgements(connection, [entry.judged])
    (new,) = corpus.transcripts(connection, [entry.transcript])
    spans = _spans(stood)
    anchors = dict(zip(spans, anchors_in(connection, stood.transcript, new, spans), strict=True))
    return _write(connection, secret, stood, new, entry.span or stood.span, anchors)


def _carry(connection: Connection, secret: bytes, pending: Sequence[tuple[Stood, Transcript]]) -> dict[str, int]:
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
    for (transcript, onto), found in asked.items():
        spans = list(found)
        found.update(zip(spans, anchors_in(connection, transcript, targets[onto], spans), strict=True))
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
            saying = (target.id, anchors[stood.span].new, stood.judged.coder, *_what(stood))
            if origin is None:
                # It may stand there already: a colleague's pack brought it, or it came by another earlier text.
                origin = said.get(saying)
            entry = _reanchored(connection, secret, stood, target, anchors, origin)
            if entry.became is not None:
                said.setdefault(saying, entry.became)
            entries.append(entry)
        counts[entry.state] += 1
    stored.add(connection, entries)
    return {state: counts[state] for state in ("sure", "doubtful", "lost")}


def _what(stood: Stood) -> tuple[object, ...]:
    """What a judgement says and when it was made, whatever it stands on."""
    present = tuple(sorted((coding.code, *sorted(coding.facets.items())) for coding in stood.codings))
    return tuple(sorted(stood.judged.codes)), present, stood.judged.made_at


def _reanchored(
    connection: Connection,
    secret: bytes,
    stood: Stood,
    target: Transcript,
    anchors: Mapping[Span, Anchor],
    origin: int | None,
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
    connection: Connection, secret: bytes, stood: Stood, target: Transcript, span: Span, anchors: Mapping[Span, Anchor]
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
