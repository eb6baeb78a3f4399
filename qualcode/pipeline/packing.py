"""`qualcode pack`: a file that takes a project, one coder's part of it, or an assignment to another laptop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import qualcode
from qualcode.coding import Sample
from qualcode.corpus import Programme, Transcript, keyed_id
from qualcode.errors import ImporterError, NotAllowed, NotEnoughData, ProjectError
from qualcode.exporters.bundle import RELEASABLE
from qualcode.formats import pack as packs
from qualcode.formats.pack import Candidate, Contents, Pack, PackKind, Rows, Stretch, Text, placed, text_of
from qualcode.importers.manifest import PSEUDONYM
from qualcode.pipeline import acts, consenting, permissions, releasing
from qualcode.pipeline.consenting import Purpose
from qualcode.pipeline.releasing import Left
from qualcode.project import CONSENTS, Project
from qualcode.store import codings, corpus, events, exchange, successions, themes
from qualcode.store.database import Connection

SUFFIX = ".qualpack"


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a pack holds, by kind of record, and whether participants' words are in it."""

    path: Path
    kind: PackKind
    coder: str
    counts: Mapping[str, int]
    words: bool
    with_speakers: bool
    size: int
    codes: tuple[str, ...] = ()
    sample: str | None = None


def pack(
    project: Project,
    path: Path,
    *,
    coder: str | None = None,
    speakers: bool = False,
    purpose: Purpose = "team",
    identified_ok: bool = False,
) -> PackSummary:
    """Write the whole project, or what one coder judged.

    The whole holds texts, cases and what they agreed to, signatures, codebook, samples, memos and everybody's
    judgements. A coder's pack holds judgements and places alone; the texts are named by their digests. Neither holds
    the project's key, nor what the tagger proposed: the same codebook proposes the same again.

    Args:
        project: to be packed.
        path: of the file, ending in `.qualpack`.
        coder: whose judgements alone are packed.
        speakers: labels of speakers, which may be names, go with the texts.
        purpose: for whom; it is refused where somebody whose words are in it did not agree.
        identified_ok: texts that are neither signed nor declared de-identified go along.

    Raises:
        NotEnoughData: there is nothing to pack, or the coder has judged nothing.
        NotAllowed: whoever speaks in the texts did not agree, or the texts may hold identities.
        ImporterError: `consent.csv` is faulty.
        ProjectError: the file cannot be written, or another file stands there.
    """
    refuse_other(project, path)
    consenting.take(project)
    with project.store.reading() as connection:
        ids = exchange.transcript_ids(connection) if coder is None else []
        left = leaving(project, connection, path, ids, purpose=purpose, identified_ok=identified_ok)
        members = _whole(project, connection, speakers) if coder is None else _coder(project, connection, coder)
        kind: PackKind = "whole" if coder is None else "coder"
        contents = Contents(kind, fingerprint(project), as_of(connection), qualcode.__version__, coder or "")
        told = write(
            path,
            replace(
                contents,
                with_speakers=speakers and coder is None,
                identified=left.identified,
                settings=settings(project),
            ),
            members,
        )
    record(project, told, [f"pack:{kind}", *([f"coder:{coder}"] if coder else [])])
    releasing.register(project, [left], purpose)
    return PackSummary(path, kind, told.coder, told.counts, coder is None, told.with_speakers, path.stat().st_size)


def fingerprint(project: Project) -> str:
    """Tells copies of one project from other projects, and nothing about the key."""
    return keyed_id(project.secret, "p", "fingerprint")


def settings(project: Project) -> dict[str, str | int | float]:
    """How the project cuts and tags; what may hold a name (speakers, file names, title) stays here."""
    own = project.settings
    return {name: getattr(own, name) for name in ("approach", "seed", "unit", "words", "floor", "threshold")}


def as_of(connection: Connection) -> str:
    """When the project was last changed; packing is no change."""
    last = releasing.last_change(events.all_events(connection))
    return last.at if last else ""


def leaving(
    project: Project,
    connection: Connection,
    path: Path,
    ids: Sequence[str],
    *,
    purpose: Purpose = "team",
    identified_ok: bool = False,
) -> Left:
    """What a pack with these texts is to the register of releases.

    A pack is refused where an export would leave somebody out: it holds whole texts, and what was left out of one
    would look as if nobody had ever said it.

    Raises:
        NotAllowed: whoever speaks in the texts did not agree, or the texts may hold identities.
    """
    agreed = consenting.agreed(project, connection, ())
    cases, texts = set[str](), []
    for text in exchange.transcripts(connection, ids):
        if text.text:
            cases |= consenting.speakers(text)
            texts.append(replace(text, text="", turns=()))
    without = agreed.against(cases, purpose)
    if without:
        what = "take part" if purpose == "team" else f"agree to {purpose}"
        do = "does" if without == 1 else "do"
        raise NotAllowed(
            f"{without:,} of the {len(cases):,} participants in these texts {do} not {what}",
            place=str(path),
            hint=f"correct {CONSENTS} if it is wrong (qualcode consent), or take a person out: qualcode withdraw CASE",
        )
    standing = releasing.standing(connection, texts)
    identified = sum(state not in RELEASABLE for state in standing.values())
    releasing.gate(project, identified, len(texts), str(path), identified_ok=identified_ok)
    return Left("pack", path, frozenset(cases), bool(identified))


def carried(transcript: Transcript, *, whole: bool, speakers: bool) -> Transcript:
    """The transcript without what must not travel: labels of speakers; in a part, also names of files and cases.

    A case's id may be a name, as a file's name may: in a part, only one of letters and a number travels as it is.
    """
    turns = transcript.turns if speakers else tuple(replace(turn, speaker="") for turn in transcript.turns)
    if whole:
        return replace(transcript, turns=turns)
    turns = tuple(replace(turn, case=turn.case and unnamed(turn.case)) for turn in turns)
    case = transcript.case and unnamed(transcript.case)
    return replace(transcript, turns=turns, case=case, source=packs.mark(transcript.source))


def unnamed(case: str) -> str:
    """A case's id as it travels in a part."""
    return case if PSEUDONYM.match(case.split(".")[0]) or case.startswith("t_") else packs.mark(case)


def by_places(sample: Sample, found: Mapping[str, Stretch]) -> Sample:
    """The sample with its segments by their places."""
    return replace(sample, segments=tuple(found[segment].place for segment in sample.segments))


def write(path: Path, contents: Contents, members: Mapping[str, Rows]) -> Contents:
    """Write the file.

    Raises:
        ProjectError: it cannot be written.
    """
    try:
        return packs.write(path, contents, members)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=str(path), hint="choose another file with -o"
        ) from error


def record(project: Project, contents: Contents, subjects: list[str]) -> None:
    """Leave an event: something left the project."""
    with project.store.writing() as connection:
        events.record(
            connection,
            releasing.PACKED,
            actor=acts.RESEARCHER,
            at=acts.now(),
            subjects=subjects,
            counts=contents.counts,
        )


def refuse_other(project: Project, path: Path) -> None:
    """Refuse a path where something stands that is no earlier pack of this project.

    Raises:
        ProjectError: it would be written over, or the name is none of a pack.
    """
    if path.suffix.lower() != SUFFIX:
        raise ProjectError(f"is no name for a pack (expected one ending in {SUFFIX})", place=str(path))
    if not path.exists():
        return
    try:
        with Pack(path) as standing:
            ours = standing.contents.project == fingerprint(project)
    except ImporterError:
        ours = False
    if not ours:
        raise ProjectError(
            "stands already and is no pack of this project", place=str(path), hint="choose another name with -o"
        )


def _whole(project: Project, connection: Connection, speakers: bool) -> dict[str, Rows]:
    ids = exchange.transcript_ids(connection)
    if not ids:
        raise NotEnoughData("there are no transcripts to pack", needed=1, found=0, hint="qualcode import FOLDER")
    who = {decision.judged.coder for decision in exchange.decisions(connection)}
    coders = [coder for id_, coder in sorted(codings.coders(connection).items()) if id_ in who]
    samples = _samples(connection, sorted(codings.samples(connection)))
    programmes = [p for _, p in sorted(corpus.programmes(connection).items()) if p != Programme(p.id)]
    batch, found = themes.latest(connection)
    stretches = exchange.places(connection, [id_ for theme in found for id_ in theme.segments])
    candidates = [
        Candidate(
            batch,
            rank,
            replace(
                theme,
                segments=tuple(stretches[id_].place for id_ in theme.segments),
                central=tuple(stretches[id_].place for id_ in theme.central),
            ),
        )
        for rank, theme in enumerate(found, start=1)
    ]
    at, text, notes = as_of(connection), project.codebook_text, exchange.notes(connection)
    stated, signed = permissions.of_all(project, connection), permissions.signatures(connection, ids)

    def texts() -> Iterator[Text]:
        for transcript in exchange.transcripts(connection, ids):
            yield text_of(carried(transcript, whole=True, speakers=speakers), words=True)

    return {
        packs.TEXTS: texts,
        packs.SUCCESSIONS: lambda: successions.successions(connection),
        packs.SEGMENTS: lambda: exchange.stretches(connection, ids),
        packs.DECISIONS: lambda: exchange.decisions(connection),
        packs.CASES: lambda: [case for _, case in sorted(corpus.cases(connection).items())],
        packs.PROGRAMMES: lambda: programmes,
        packs.CODERS: lambda: coders,
        packs.SAMPLES: lambda: samples,
        packs.CODEBOOKS: lambda: exchange.codebooks(connection, text, at),
        packs.THEMES: lambda: candidates,
        packs.MEMOS: lambda: notes,
        packs.CONSENTS: lambda: stated,
        packs.SIGNOFFS: lambda: signed,
    }


def _coder(project: Project, connection: Connection, coder: str) -> dict[str, Rows]:
    known = codings.coders(connection)
    touched: set[str] = set()
    drawn: set[str] = set()
    for decision in exchange.decisions(connection, coder):
        touched.add(decision.judged.segment)
        drawn |= {decision.judged.sample} - {None}  # type: ignore[arg-type]
    if not touched:
        names = ", ".join(sorted(id_ for id_, one in known.items() if one.kind == "human"))
        raise NotEnoughData(
            f"{coder} has judged nothing here",
            needed=1,
            found=0,
            hint=f"coders are: {names}" if names else "import-codings",
        )
    samples = _samples(connection, sorted(drawn))
    of_samples = {placed(place)[0] for sample in samples for place in sample.segments}
    ids = sorted({placed(place)[0] for place in touched} | of_samples)
    at, text = as_of(connection), project.codebook_text

    def texts() -> Iterator[Text]:
        for transcript in exchange.transcripts(connection, ids):
            yield text_of(transcript, words=False)

    def stretches() -> Iterable[Stretch]:
        return (one for one in exchange.stretches(connection, ids) if one.place in touched)

    return {
        packs.TEXTS: texts,
        packs.SEGMENTS: stretches,
        packs.DECISIONS: lambda: exchange.decisions(connection, coder),
        packs.CODERS: lambda: [known[coder]],
        packs.SAMPLES: lambda: samples,
        packs.CODEBOOKS: lambda: exchange.codebooks(connection, text, at),
    }


def _samples(connection: Connection, ids: Iterable[str]) -> list[Sample]:
    known = codings.samples(connection)
    samples = [known[id_] for id_ in ids if id_ in known]
    found = exchange.places(connection, [segment for sample in samples for segment in sample.segments])
    return [by_places(sample, found) for sample in samples if set(sample.segments) <= set(found)]
