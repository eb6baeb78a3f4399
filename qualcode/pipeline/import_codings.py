"""`qualcode import-codings`: a person's, another tool's or another model's judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode import review
from qualcode import segments as cut
from qualcode.codebook import Codebook
from qualcode.coding import Coder, Coding, Judged
from qualcode.corpus import Segment, Transcript, keyed_id
from qualcode.errors import ImporterError, MalformedTranscript, NotEnoughData, UnknownFormat
from qualcode.importers import codings as tables
from qualcode.importers import sheet
from qualcode.importers.codings import Given, GivenTable
from qualcode.importers.rows import read_rows
from qualcode.pipeline import acts
from qualcode.project import Project
from qualcode.store import codings, corpus, events, frames

_READABLE = (".csv", ".tsv", ".xlsx")


@dataclass(frozen=True, slots=True)
class CodingsSummary:
    """What came in: judgements (segment by coder), codings among them, and rows that did not."""

    layout: str
    coder: str
    judged: int
    present: int
    unchanged: int
    codes: tuple[str, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    unlocated: tuple[int, ...] = ()
    approximate: tuple[int, ...] = ()
    unclear: tuple[tuple[int, str], ...] = ()


def import_codings(project: Project, path: Path, coder: Coder, *, visible: bool = False) -> CodingsSummary:
    """Take a review sheet, or a wide or long table of codings. What stands already is not written twice.

    Args:
        project: whose texts were coded.
        path: the file.
        coder: whose judgements these are; a `coder` column of a long table is added to its id.
        visible: the machine's proposals were visible to the coder. Review sheets say so themselves.

    Raises:
        ImporterError: the file cannot be read, or nothing in it belongs to this project.
    """
    if path.suffix.lower() not in _READABLE:
        raise UnknownFormat(f"codings are read from {', '.join(_READABLE)}", path=path.name)
    if not path.is_file():
        raise ImporterError("there is no such file", path=str(path))
    codebook = project.codebook
    with project.store.reading() as connection:
        transcripts = corpus.transcripts(connection)
        known = {segment.id: segment for segment in corpus.segments(connection, current=False)}
        machine = codings.latest_machine(connection)
        proposed = {(c.segment, c.code): c for c in (codings.proposals(connection, machine) if machine else ())}
        samples = codings.samples(connection)
        before = codings.decisions(connection)
    if not transcripts:
        raise NotEnoughData(
            "there are no transcripts that codings could belong to", needed=1, found=0, hint="qualcode import FOLDER"
        )
    if sheet.is_sheet(path):
        answers = sheet.read(path)
        ours = [answer for answer in answers if answer.segment in known]
        if answers and not ours:
            raise ImporterError(
                "no row of this sheet belongs to this project",
                path=path.name,
                hint="is it the sheet of another project?",
            )
        decided, unclear = review.decide(
            ours, codebook, coder, samples, proposed, now=acts.now(), secret=project.secret
        )
        lost = tuple(answer.row for answer in answers if answer.segment not in known)
        return _append(
            project,
            coder,
            decided,
            before,
            "review sheet",
            [],
            codebook,
            unlocated=lost,
            unclear=tuple((item.row, item.reason) for item in unclear),
        )
    rows = read_rows(path, path.name)
    if not rows:
        raise MalformedTranscript("the table has no rows", path=path.name)
    read = tables.long if tables.is_long(rows) else tables.wide
    table = read(rows, codebook, transcripts)
    if not table.given and not table.unclear:
        raise ImporterError(_why_nothing(table), path=path.name, hint="import the texts, and the codebook, first")
    segments, decided = _located(project, table.given, transcripts, list(known.values()), coder, blind=not visible)
    return _append(
        project,
        coder,
        decided,
        before,
        "long table" if read is tables.long else "wide table",
        segments,
        codebook,
        codes=table.codes,
        unknown_codes=table.unknown_codes,
        unlocated=table.unlocated,
        approximate=table.approximate,
        unclear=tuple(
            (row, "a value is neither 0, 1 nor empty, or a facet value is not in the codebook") for row in table.unclear
        ),
    )


def _why_nothing(table: GivenTable) -> str:
    if table.unlocated:
        return f"none of its {len(table.unlocated)} coded rows was found in the project's texts"
    return "it holds no judgement on a code of the codebook" + (
        f" ({len(table.unknown_codes)} codes are not in it)" if table.unknown_codes else ""
    )


def _located(
    project: Project,
    given: Sequence[Given],
    transcripts: Sequence[Transcript],
    current: Sequence[Segment],
    coder: Coder,
    *,
    blind: bool,
) -> tuple[list[Segment], list[tuple[Judged, list[Coding]]]]:
    """Judgements on the segments that cover just the given spans; a span of its own becomes a `selection`."""
    places = {(segment.transcript, segment.start, segment.end): segment.id for segment in current}
    texts = {transcript.id: transcript for transcript in transcripts}
    now = acts.now()
    selections: dict[str, Segment] = {}
    decided: list[tuple[Judged, list[Coding]]] = []
    for decision in given:
        key = (decision.transcript, decision.start, decision.end)
        segment = places.get(key)
        if segment is None:
            segment = keyed_id(project.secret, "s", *key)
            selections[segment] = _selection(segment, texts[decision.transcript], decision.start, decision.end)
        who = f"{coder.id}:{decision.coder}" if decision.coder and decision.coder != coder.id else coder.id
        judged = Judged(segment, who, decision.judged, blind=blind, made_at=now)
        decided.append(
            (
                judged,
                [
                    Coding(
                        id=keyed_id(project.secret, "c", who, segment, code, now, decision.row),
                        segment=segment,
                        code=code,
                        coder=who,
                        facets=facets,
                        evidence=((decision.start, decision.end),),
                        made_at=now,
                    )
                    for code, facets in decision.present.items()
                ],
            )
        )
    return list(selections.values()), decided


def _selection(segment: str, transcript: Transcript, start: int, end: int) -> Segment:
    turn = next((turn for turn in transcript.turns if turn.start < end and start < turn.end), None)
    return Segment(
        id=segment,
        transcript=transcript.id,
        start=start,
        end=end,
        unit="selection",
        text=transcript.text[start:end],
        context=cut.question_before(transcript, start),
        role=turn.role if turn else "unknown",
        case=(turn.case if turn else None) or transcript.case,
    )


def _append(
    project: Project,
    coder: Coder,
    decided: Sequence[tuple[Judged, Sequence[Coding]]],
    before: Sequence[tuple[Judged, tuple[Coding, ...]]],
    layout: str,
    selections: Sequence[Segment],
    codebook: Codebook,
    *,
    codes: tuple[str, ...] = (),
    unknown_codes: tuple[str, ...] = (),
    unlocated: tuple[int, ...] = (),
    approximate: tuple[int, ...] = (),
    unclear: tuple[tuple[int, str], ...] = (),
) -> CodingsSummary:
    standing = frames.standing(before)
    # Of two answers to one thing in a file the later stands, so that reading the file again changes nothing.
    new = [(judged, made) for judged, made in _last_word(decided) if not _stands(judged, made, standing)]
    if new:
        with project.store.writing() as connection:
            for who in sorted({judged.coder for judged, _ in new}):
                codings.add_coder(connection, Coder(who, coder.kind, coder.version))
            corpus.add_selections(connection, selections)
            codings.add_judgements(connection, new, codebook)
            events.record(
                connection,
                "judge",
                actor=coder.id,
                at=acts.now(),
                subjects=sorted({judged.segment for judged, _ in new}),
                counts={"judgements": len(new), "present": sum(len(made) for _, made in new)},
            )
    used = codes or tuple(sorted({code for judged, _ in decided for code in judged.codes}))
    return CodingsSummary(
        layout,
        coder.id,
        len(new),
        sum(len(made) for _, made in new),
        len(decided) - len(new),
        used,
        unknown_codes,
        unlocated,
        approximate,
        unclear,
    )


def _last_word(decided: Sequence[tuple[Judged, Sequence[Coding]]]) -> list[tuple[Judged, list[Coding]]]:
    """Decisions less the codes on which a later decision of the same coder on the same segment follows."""
    last = {(j.segment, j.coder, code): place for place, (j, _) in enumerate(decided) for code in j.codes}
    found: list[tuple[Judged, list[Coding]]] = []
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
        now, then = by_code.get(code), standing.codings.get(key)
        if (now is None) != (then is None) or (now and then and dict(now.facets) != dict(then.facets)):
            return False
    return True
