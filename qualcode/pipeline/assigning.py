"""`qualcode pack --to`: passages that a colleague is asked to judge blind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import qualcode
from qualcode import review
from qualcode.coding import Assignment, Coder, Sample
from qualcode.corpus import Succession, Transcript, keyed_id
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.formats import pack as packs
from qualcode.formats.pack import CodebookText, Contents, Rows, Stretch, Text, placed, text_of
from qualcode.pipeline import acts, consenting, packing, permissions, releasing
from qualcode.pipeline.consenting import Purpose
from qualcode.pipeline.packing import PackSummary
from qualcode.project import Project
from qualcode.store import codings, events, exchange, frames, successions
from qualcode.store.database import Connection

PURPOSE = "blind assignment"


def assign(
    project: Project,
    path: Path,
    *,
    to: str,
    codes: Sequence[str] = (),
    segments: Sequence[str] = (),
    documents: Sequence[str] = (),
    sample: int = 0,
    speakers: bool = False,
    purpose: Purpose = "team",
    identified_ok: bool = False,
) -> PackSummary:
    """Write an assignment: the texts of the passages, the codebook, and nothing that anybody or the machine said.

    Args:
        project: that asks.
        path: of the file, ending in `.qualpack`.
        to: the coder who is asked.
        codes: what is asked about; all active codes unless given.
        segments: ids of passages; or
        documents: transcripts by id, file or case, all of whose passages are asked about; or
        sample: how many passages are drawn at random from those that this coder has not judged.
        speakers: labels of speakers, which may be names, go with the texts.
        purpose: for whom, as for `packing.pack`.
        identified_ok: texts that are neither signed nor declared de-identified go along.

    Raises:
        NotEnoughData: there is nothing to ask about.
        NotAllowed: as for `packing.pack`.
        ProjectError: a code, passage, document or coder that cannot be asked; the file cannot be written.
    """
    packing.refuse_other(project, path)
    asked = _codes(project, codes)
    consenting.take(project)
    with project.store.reading() as connection:
        known = codings.coders(connection).get(to)
        if known and known.kind != "human":
            raise ProjectError(f"{to} is a machine coder (expected a person)")
        if sample:
            drawn = _drawn(project, connection, to, asked, sample, purpose)
            chosen = list(drawn.segments)
        else:
            drawn, chosen = None, _of_documents(connection, documents) if documents else list(dict.fromkeys(segments))
    if drawn:
        _keep(project, drawn, to)
    with project.store.reading() as connection:
        found = exchange.places(connection, chosen)
        if len(found) < len(chosen):
            raise ProjectError(f"{len(chosen) - len(found)} of the passages named are not in this project")
        if not found:
            raise NotEnoughData("there are no passages to ask about", needed=1, found=0, hint="qualcode segment")
        at = packing.as_of(connection)
        made = Assignment(
            id=keyed_id(project.secret, "as", to, *asked, "", *sorted(chosen), drawn.id if drawn else ""),
            coder=to,
            codes=asked,
            segments=tuple(sorted(stretch.place for stretch in found.values())),
            sample=drawn.id if drawn else None,
            made_at=at,
        )
        texts = sorted({placed(place)[0] for place in made.segments})
        left = packing.leaving(project, connection, path, texts, purpose=purpose, identified_ok=identified_ok)
        members = _members(project, connection, made, found, drawn, speakers=speakers)
        contents = Contents("assignment", packing.fingerprint(project), at, qualcode.__version__, to)
        told = packing.write(
            path,
            replace(contents, with_speakers=speakers, identified=left.identified, settings=packing.settings(project)),
            members,
        )
    packing.record(project, told, ["pack:assignment", f"coder:{to}", made.id, *([drawn.id] if drawn else [])])
    releasing.register(project, [left], purpose)
    return PackSummary(
        path, "assignment", to, told.counts, True, speakers, path.stat().st_size, asked, drawn.id if drawn else None
    )


def _codes(project: Project, codes: Sequence[str]) -> tuple[str, ...]:
    active = [code.id for code in project.codebook.active]
    unknown = [code for code in codes if code not in active]
    if unknown:
        raise ProjectError(
            f"{', '.join(unknown)}: no active code of the codebook", hint=f"active codes are: {', '.join(active)}"
        )
    return tuple(code for code in active if not codes or code in codes)


def _drawn(
    project: Project, connection: Connection, to: str, asked: Sequence[str], size: int, purpose: Purpose
) -> Sample:
    judged = frames.standing(codings.decisions(connection)).judged
    done = {segment for segment, coder, code in judged if coder == to and code in asked}
    agreed = consenting.agreed(project, connection, ())
    # A passage goes with its whole text, and with the words of all who speak there.
    texts = exchange.transcripts(connection, exchange.transcript_ids(connection))
    whole = {text.id for text in texts if not agreed.against(consenting.speakers(text), purpose)}
    left = [segment for segment, text in exchange.current(connection) if segment not in done and text in whole]
    sample = review.audit_sample(left, size=size, seed=project.settings.seed, secret=project.secret)
    if sample is None:
        raise NotEnoughData(
            f"there are no passages that {to} has not judged", needed=1, found=0, hint="qualcode segment"
        )
    # The same passages may have been drawn for another reason, with another chance.
    return replace(
        sample,
        id=keyed_id(project.secret, "a", PURPOSE, to, project.settings.seed, *left, "", *sample.segments),
        purpose=PURPOSE,
    )


def _of_documents(connection: Connection, documents: Sequence[str]) -> list[str]:
    found: list[str] = []
    missing = set(documents)
    for transcript in exchange.transcripts(connection, exchange.transcript_ids(connection)):
        names = {transcript.id, transcript.source, transcript.source.rsplit("/", 1)[-1], transcript.case}
        if names & set(documents):
            missing -= names
            found.append(transcript.id)
    if missing:
        raise ProjectError(
            f"{', '.join(sorted(missing))}: no transcript of this project (expected an id, a file or a case)"
        )
    inside = set(found)
    return [segment for segment, transcript in exchange.current(connection) if transcript in inside]


def _keep(project: Project, sample: Sample, to: str) -> None:
    with project.store.writing() as connection:
        if sample.id not in codings.samples(connection):
            codings.add_sample(connection, sample)
            events.record(
                connection,
                "sample",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[sample.id, f"coder:{to}"],
                counts={"drawn": len(sample.segments)},
            )


def _members(
    project: Project,
    connection: Connection,
    made: Assignment,
    found: dict[str, Stretch],
    drawn: Sample | None,
    *,
    speakers: bool,
) -> dict[str, Rows]:
    ids = sorted({placed(place)[0] for place in made.segments})
    # She may have an earlier version, or pass one on: it goes as a digest, so that her project knows it for one.
    earlier = {old: now for old, now in successions.in_force(connection, ids).items() if now in ids and old not in ids}
    versions = {one.id: one.version for one in exchange.transcripts(connection, sorted(set(earlier.values())))}
    text = project.codebook_text
    stated = permissions.of_texts(project, connection, exchange.transcripts(connection, ids), packing.unnamed)
    signed = permissions.signatures(connection, ids)

    def without_names(transcript: Transcript) -> Transcript:
        return packing.carried(transcript, whole=False, speakers=speakers)

    def texts() -> Iterator[Text]:
        for transcript in exchange.transcripts(connection, ids):
            yield text_of(without_names(transcript), words=True)
        for transcript in exchange.transcripts(connection, sorted(earlier)):
            yield text_of(transcript, words=False)

    stretches = sorted((replace(one, current=True) for one in found.values()), key=lambda one: one.place)
    rows: dict[str, Callable[[], Sequence[object]]] = {
        packs.ASSIGNMENTS: lambda: [made],
        packs.CODERS: lambda: [Coder(made.coder, "human")],
        packs.CODEBOOKS: lambda: [CodebookText(text, made.made_at, True)],
        packs.SEGMENTS: lambda: stretches,
        packs.SUCCESSIONS: lambda: [Succession(old, now, versions[now]) for old, now in sorted(earlier.items())],
        packs.SAMPLES: lambda: [packing.by_places(drawn, found)] if drawn else [],
        packs.CONSENTS: lambda: stated,
        packs.SIGNOFFS: lambda: signed,
    }
    return {**rows, packs.TEXTS: texts}
