"""One pack's records on their way into one project, inside one transaction: new ones are added, known ones stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from qualcode import codebook as codebooks
from qualcode import segments as cut
from qualcode.codebook import pruning
from qualcode.coding import Assignment, Coder, Memo, Sample
from qualcode.corpus import AttributeValue, Case, Programme, Succession, Transcript, keyed_id, segment_id
from qualcode.errors import ProjectError
from qualcode.formats import pack as packs
from qualcode.formats.pack import Candidate, CodebookText, Decision, Pack, Stretch, Text, placed
from qualcode.pipeline import acts, comparing
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.comparing import Conflict, ConflictKind
from qualcode.pipeline.withdrawn import Withdrawn
from qualcode.project import CODEBOOK
from qualcode.store import assignments, codings, corpus, exchange, memos, successions, themes
from qualcode.store import codebooks as kept
from qualcode.store.database import Connection
from qualcode.store.exchange import AT_ONCE, batches

_MANY = 500
_MOST_VERSIONS = 1_000_000


class Union:
    """Adds the records of a pack, kind by kind, in the order in which one needs another.

    Args:
        connection: of the transaction.
        secret: the project's key: ids are made with it, and those of the other project are left behind.
        pack: checked already, so that its members are those that were packed.
    """

    def __init__(self, connection: Connection, secret: bytes, pack: Pack) -> None:
        self.new: Counter[str] = Counter()
        self.conflicts: list[Conflict] = []
        self.stood = 0
        self._connection, self._secret, self._pack = connection, secret, pack
        self.ids: dict[str, str] = {}
        """The pack's texts that stand here, by their ids there."""
        self._lengths: dict[str, int] = {}
        self._fresh: set[str] = set()
        self._standing: set[str] = set()
        self._replaced: set[str] = set()
        self._beside: list[str] = []
        self._coders: set[str] = set()
        self._refused: set[str] = set()
        self._withdrawn = Withdrawn.of(connection, secret)

    def codebook(self, ours: str, theirs: CodebookText) -> str:
        """Our codebook's text with the codes that only theirs has; every version of theirs is kept beside it."""
        told, _ = pruning.without(theirs.text, self._withdrawn.example)
        merged = codebooks.merge(ours, codebooks.from_text(told, f"{CODEBOOK} of the pack"), CODEBOOK)
        self.new["codes"] += len(merged.added)
        self.new["facets"] += len(merged.facets)
        for code in merged.meanings:
            self._differs("code", code, "means something else there; judgements keep the hash of what they meant")
        for code in merged.rules:
            self._differs("code", code, "has other patterns, status or seeds there")
        for version in self._pack.records(packs.CODEBOOKS, CodebookText):
            text, _ = pruning.without(version.text, self._withdrawn.example)
            read = codebooks.from_text(text, f"{CODEBOOK} of the pack")
            self.new["codebook versions"] += kept.keep(self._connection, read, text, version.made_at)
        return merged.text

    def coders(self) -> None:
        """Make the coders known; one that is a person here and a machine there is refused, with what it judged."""
        known = codings.coders(self._connection)
        for coder in self._pack.records(packs.CODERS, Coder):
            own = known.get(coder.id)
            if own and own.kind != coder.kind:
                self._refused.add(coder.id)
                self._differs("coder", coder.id, f"is a {coder.kind} coder there and a {own.kind} one here")
                continue
            self._coders.add(coder.id)
            if own is None:
                codings.add_coder(self._connection, coder)
                self.new["coders"] += 1

    def texts(self, progress: Progress = acts.silent) -> None:
        """Find the pack's texts among ours by their words; add those that are new."""
        known: dict[tuple[str, str], tuple[str, int]] = {}
        withdrew = 0
        origins: set[str] = set()
        for own in exchange.known(self._connection):
            known[own.sha256, own.place] = own.id, own.length
            self._standing.add(own.id)
            origins.add(own.origin)
        sealed = exchange.sealed(self._connection)
        self._standing |= sealed.keys()
        for number, text in enumerate(self._pack.records(packs.TEXTS, Text), start=1):
            if not comparing.whole(text):
                raise self._pack.refused_line(packs.TEXTS, number)
            id_ = comparing.id_here(self._secret, text)
            # Where identities were replaced in ours its words are not at hand, and its id still follows from them.
            stands = known.get((text.sha256, text.place)) or ((id_, sealed[id_]) if id_ in sealed else None)
            if stands is None and text.transcript:
                stands = id_, len(text.transcript.text)
                if self._withdrawn.text(replace(text.transcript, id=stands[0])):
                    withdrew += 1
                    continue
                known[text.sha256, text.place] = stands
                self._fresh.add(text.id)
            if stands:
                self.ids[text.id], self._lengths[stands[0]] = stands
        if withdrew:
            self._differs("transcript", "", f"{withdrew} are of people who withdrew here")
        total, done = self._pack.contents.counts.get(packs.TEXTS, 0), 0
        for some in batches(self._pack.records(packs.TEXTS, Text), AT_ONCE):
            fresh, standing = [], {}
            for text in some:
                if text.transcript and text.id in self._fresh:
                    fresh.append(self._ours(text.transcript))
                elif text.transcript and text.id in self.ids:
                    standing[self.ids[text.id]] = self._ours(text.transcript)
            for mine in corpus.transcripts(self._connection, standing):
                self._compared(mine, standing[mine.id])
            self._beside += [one.id for one in fresh if packs.place_of(one.source, one.row, one.question) in origins]
            corpus.add_transcripts(self._connection, fresh)
            self.new["transcripts"] += len(fresh)
            done += len(some)
            progress("texts", done, total)

    def succeed(self) -> list[str]:
        """Take over which text took the place of which; returns the texts that stood here until now.

        Where both laptops edited one text, both versions are kept, and the same one is current on both.
        """
        told = []
        for number, one in enumerate(self._pack.records(packs.SUCCESSIONS, Succession), start=1):
            if not 1 < one.version < _MOST_VERSIONS:
                raise self._pack.refused_line(packs.SUCCESSIONS, number)
            old, new = self.ids.get(one.old), self.ids.get(one.new)
            if old and new and old != new:
                told.append(Succession(old, new, one.version))
        forks, standing = successions.forks(self._connection), self._standing - self._gone()
        self.new["new versions"] += successions.add(self._connection, told)
        self._replaced = self._gone()
        for text, ends in sorted(successions.forks(self._connection).items()):
            if ends not in forks.values():
                what = "was edited differently there; this version now stands on both laptops, the other beside it"
                self.conflicts.append(Conflict("transcript", text, what, taken=True))
        of = successions.lineages(successions.successions(self._connection))
        for text in self._beside:
            if text not in self._replaced and not of.get(text, set()) & self._standing:
                what = "comes from a file that stands here with another text"
                self.conflicts.append(Conflict("transcript", text, what, taken=True))
        return sorted(standing & self._replaced)

    def _gone(self) -> set[str]:
        return set(self._connection.execute(corpus.replaced()).scalars())

    def described(self) -> None:
        """Add programmes and cases, and what ours do not say of themselves; where both say something, ours stands."""
        programmes = corpus.programmes(self._connection)
        told_programmes = []
        for theirs in self._pack.records(packs.PROGRAMMES, Programme):
            own = programmes.get(theirs.id, Programme(theirs.id))
            attributes = self._attributes("programme", own.id, own.attributes, theirs.attributes)
            if own.name and theirs.name and own.name != theirs.name:
                self._differs("programme", own.id, "has another name there")
            told_programmes.append(Programme(own.id, own.name or theirs.name, attributes))
        new = [told for told in told_programmes if programmes.get(told.id) != told]
        corpus.set_programmes(self._connection, new)
        cases = corpus.cases(self._connection)
        told_cases = []
        for case in self._pack.records(packs.CASES, Case):
            if self._withdrawn.case(case.id):
                continue
            id_ = self.case(case.id) or case.id
            mine = cases.get(id_, Case(id_))
            attributes = self._attributes("case", id_, mine.attributes, case.attributes)
            if mine.programme and case.programme and mine.programme != case.programme:
                self._differs("case", id_, "is of another programme there")
            told_cases.append(Case(id_, mine.programme or case.programme, attributes))
        newer = [told for told in told_cases if cases.get(told.id) != told]
        corpus.set_cases(self._connection, newer)
        self.new["programmes"] += len(new)
        self.new["cases"] += len(newer)

    def segments(self) -> None:
        """Add segments; those of their segmentation are in force where no segment of ours covers the same words.

        None of a replaced text ever is. Those of a text that came back are in force again.
        """
        bare = set(self._lengths) - self._replaced - exchange.cut(self._connection)
        for some in batches(self._placed_stretches(), _MANY):
            ids = [self._segment(transcript, start, end) for transcript, start, end, _ in some]
            there = exchange.places(self._connection, ids)
            missing = [one for one, id_ in zip(some, ids, strict=True) if id_ not in there]
            needed = sorted({transcript for transcript, *_ in missing})
            texts = {one.id: one for one in corpus.transcripts(self._connection, needed)}
            ours = exchange.segmented(self._connection, needed)
            for current in (True, False):
                made = [
                    cut.stretch(texts[transcript], start, end, stretch.unit, secret=self._secret)
                    for transcript, start, end, stretch in missing
                    if current
                    == (
                        stretch.current
                        and transcript not in self._replaced
                        and not comparing.covered(start, end, ours.get(transcript, ()))
                    )
                ]
                self.new["segments"] += corpus.add_selections(self._connection, made, current=current)
            again = [
                id_
                for (transcript, *_, stretch), id_ in zip(some, ids, strict=True)
                if id_ in there and stretch.current and transcript in bare
            ]
            self.new["segments"] += exchange.put_in_force(self._connection, again)

    def samples(self) -> None:
        """Add samples under their own ids: a judgement's chance of having been drawn hangs on them."""
        known = codings.samples(self._connection)
        for sample in self._pack.records(packs.SAMPLES, Sample):
            segments = [self._at(place, packs.SAMPLES) for place in sample.segments]
            if not all(segments):
                self._differs("sample", sample.id, "was drawn from texts that are not in this project")
                continue
            made = replace(sample, segments=tuple(str(segment) for segment in segments))
            own = known.get(sample.id)
            if own is None:
                codings.add_sample(self._connection, made)
                self.new["samples"] += 1
            elif comparing.chances(own) != comparing.chances(made):
                self._differs("sample", sample.id, "has other passages or chances there")

    def decisions(self, progress: Progress = acts.silent) -> None:
        """Append the judgements that nobody has brought here yet."""
        known = {packs.digest(decision) for decision in exchange.decisions(self._connection, undone=True)}
        total = self._pack.contents.counts.get(packs.DECISIONS, 0)
        homeless: set[str] = set()
        left = refused = done = 0
        for some in batches(self._pack.records(packs.DECISIONS, Decision), _MANY):
            new: list[tuple[str, Decision]] = []
            for number, given in enumerate(some, start=done + 1):
                transcript, span = self._span(given.judged.segment, packs.DECISIONS)
                ours = self.ids.get(transcript)
                if given.judged.coder in self._refused:
                    refused += 1
                elif ours is None:
                    left += 1
                    homeless.add(transcript)
                elif not comparing.sound(given, self._coders, self._lengths[ours]):
                    raise self._pack.refused_line(packs.DECISIONS, number)
                else:
                    decision = comparing.moved(given, packs.place(ours, *span) if span else ours)
                    said = packs.digest(decision)
                    if said not in known:
                        new.append((self._segment(ours, *span) if span else ours, decision))
                    self.stood += said in known
                    known.add(said)
            there = exchange.places(self._connection, [segment for segment, _ in new])
            if any(decision.codings and segment not in there for segment, decision in new):
                raise self._pack.refused_line(packs.DECISIONS)
            exchange.add_decisions(self._connection, new, self._secret)
            self.new["judgements"] += len(new)
            self.new["present"] += sum(len(decision.codings) for _, decision in new)
            done += len(some)
            progress("judgements", done, total)
        if left:
            what = f"{left} stand on {len(homeless)} texts that are not in this project"
            self._differs("judgements", "", what)
        if refused:
            self._differs("judgements", "", f"{refused} are of a coder who is of another kind here")

    def themes(self) -> None:
        """Take candidate themes where none were ever looked for; ours are of our own segments."""
        if themes.latest(self._connection)[0]:
            return
        found = sorted(self._pack.records(packs.THEMES, Candidate), key=lambda one: one.rank)
        made = []
        for candidate in found:
            theme = candidate.theme
            segments = [self._at(place, packs.THEMES) for place in theme.segments]
            central = [self._at(place, packs.THEMES) for place in theme.central]
            if all(segments) and all(central):
                made.append(replace(theme, segments=tuple(map(str, segments)), central=tuple(map(str, central))))
        if made:
            themes.add(self._connection, found[0].batch, made)
            self.new["themes"] += len(made)

    def memos(self) -> None:
        """Add notes, under the ids that this project's own import would give them."""
        found, left = [], 0
        for memo in self._pack.records(packs.MEMOS, Memo):
            transcript = memo.on.split(":")[0]
            if transcript in self.ids:
                on = self._at(memo.on, packs.MEMOS)
            else:
                on = None if transcript.startswith("t_") else memo.on
            left += on is None
            if on:
                found.append(replace(memo, id=keyed_id(self._secret, "m", on, memo.text), on=on))
        self.new["memos"] += memos.add(self._connection, found)
        if left:
            self._differs("memos", "", f"{left} stand on texts that are not in this project")

    def assignments(self, own: set[str]) -> int:
        """Keep what a colleague asks; returns how many passages.

        Args:
            own: what was packed in this project.

        Raises:
            ProjectError: this project asked it.
        """
        asked = 0
        for number, assignment in enumerate(self._pack.records(packs.ASSIGNMENTS, Assignment), start=1):
            if assignment.id in own:
                raise ProjectError(
                    "is an assignment that was made in this project",
                    place=self._pack.name,
                    hint=f"send it to {assignment.coder}, who merges it into a project of her own",
                )
            segments = [self._at(place, packs.ASSIGNMENTS) for place in assignment.segments]
            if assignment.coder not in self._coders or not all(segments):
                raise self._pack.refused_line(packs.ASSIGNMENTS, number)
            made = replace(assignment, segments=tuple(map(str, segments)))
            self.new["assignments"] += assignments.add(self._connection, made)
            asked += len(segments)
        return asked

    def _differs(self, kind: ConflictKind, id_: str, what: str) -> None:
        self.conflicts.append(Conflict(kind, id_, what))

    def case(self, case: str | None) -> str | None:
        """A case that nobody described is named after its transcript, whose id is another one here."""
        transcript, dot, person = (case or "").partition(".")
        return self.ids.get(transcript, transcript) + dot + person or None

    def _ours(self, transcript: Transcript) -> Transcript:
        return replace(
            transcript,
            id=self.ids[transcript.id],
            case=self.case(transcript.case),
            turns=tuple(replace(turn, case=self.case(turn.case)) for turn in transcript.turns),
            replaces=self.ids.get(transcript.replaces or ""),
        )

    def _compared(self, own: Transcript, theirs: Transcript) -> None:
        """Tell where theirs says something else of a text."""
        other = comparing.otherwise(own, theirs)
        if other:
            self._differs("transcript", own.id, f"is described otherwise there: {', '.join(other)}")

    def _attributes(
        self,
        kind: ConflictKind,
        id_: str,
        own: Mapping[str, AttributeValue],
        theirs: Mapping[str, AttributeValue],
    ) -> dict[str, AttributeValue]:
        both, other = comparing.filled(own, theirs)
        if other:
            self._differs(kind, id_, f"has {other} other attribute{'s' * (other > 1)} there")
        return both

    def _placed_stretches(self) -> Iterator[tuple[str, int, int, Stretch]]:
        for number, stretch in enumerate(self._pack.records(packs.SEGMENTS, Stretch), start=1):
            transcript, span = self._span(stretch.place, packs.SEGMENTS)
            if span is None:
                raise self._pack.refused_line(packs.SEGMENTS, number)
            ours = self.ids.get(transcript)
            if ours:
                yield ours, *span, stretch

    def _span(self, place: str, member: str) -> tuple[str, tuple[int, int] | None]:
        """Transcript and span of a place; the span lies in the text where the text is here."""
        try:
            transcript, span = placed(place)
        except ValueError:
            raise self._pack.refused_line(member) from None
        ours = self.ids.get(transcript)
        if ours and span and span[1] > self._lengths[ours]:
            raise self._pack.refused_line(member)
        return transcript, span

    def _at(self, place: str, member: str) -> str | None:
        """The segment at a place, by its id here; None where the text is not here."""
        transcript, span = self._span(place, member)
        ours = self.ids.get(transcript)
        return self._segment(ours, *span) if ours and span else ours

    def _segment(self, transcript: str, start: int, end: int) -> str:
        return segment_id(self._secret, transcript, start, end)
