"""`qualcode import-codings`: a person's, another tool's or another model's judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode import codebook as codebooks
from qualcode import review
from qualcode.codebook import Codebook
from qualcode.coding import Coder, Judged
from qualcode.errors import ImporterError, MalformedTranscript, NotEnoughData, UnknownFormat
from qualcode.importers import codings as tables
from qualcode.importers import completeness, sheet
from qualcode.importers.codings import GivenTable, Nearly
from qualcode.importers.completeness import Declaration
from qualcode.importers.rows import read_rows
from qualcode.pipeline import acts, interchange, judging, versions
from qualcode.project import Project
from qualcode.store import codings, corpus

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
    approximate: tuple[Nearly, ...] = ()
    unclear: tuple[tuple[int, str], ...] = ()
    new_codes: tuple[str, ...] = ()
    """Added to the codebook as drafts, as was asked for."""
    crossed_codes: tuple[str, ...] = ()
    """Mapped by the crosswalk."""
    complete: int = 0
    """Pairs of coder and transcript that are declared completely coded."""
    idle: int = 0
    """Lines of the declaration that name nothing in the table."""
    settled: int = 0
    """Judgements whose text was changed and whose place was decided on."""


def import_codings(
    project: Project,
    path: Path,
    coder: Coder,
    *,
    visible: bool = False,
    declared: Sequence[Declaration] = (),
    add_codes: bool = False,
) -> CodingsSummary:
    """Take a review sheet, or a wide or long table of codings. What stands already is not written twice.

    Args:
        project: whose texts were coded.
        path: the file.
        coder: whose judgements these are; a `coder` column of a long table is added to its id.
        visible: the machine's proposals were visible to the coder. Review sheets say so themselves.
        declared: which coders of a table have coded which documents completely.
        add_codes: codes that the codebook lacks are added to it, as drafts.

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
    if not transcripts:
        raise NotEnoughData(
            "there are no transcripts that codings could belong to", needed=1, found=0, hint="qualcode import FOLDER"
        )
    if sheet.is_sheet(path):
        return _from_sheet(project, path, coder, codebook)
    rows = read_rows(path, path.name)
    if not rows:
        raise MalformedTranscript("the table has no rows", path=path.name)
    walk = interchange.crosswalk_of(project)
    read = tables.long if tables.is_long(rows) else tables.wide
    table = read(rows, codebook, transcripts, walk)
    added: tuple[str, ...] = ()
    if add_codes and table.unknown_codes:
        drafts = codebooks.from_labels(table.unknown_codes, codebook_id="drafts", title="drafts")
        added = interchange.add_codes(project, list(drafts))
        codebook = project.codebook
        table = read(rows, codebook, transcripts, walk)
    if not table.given and not table.unclear:
        raise ImporterError(_why_nothing(table), path=path.name, hint="import the texts, and the codebook, first")

    def who(name: str) -> str:
        return f"{coder.id}:{name}" if name and name != coder.id else coder.id

    by_id = {transcript.id: transcript for transcript in transcripts}
    given = interchange.crossed(table.given, walk)
    now = acts.now()
    selections, decided = judging.located(given, by_id, who=who, secret=project.secret, now=now, blind=not visible)
    whole, idle = completeness.complete(declared, table.given, transcripts, table.codes)
    for line, judged in interchange.completely(whole, table.given, walk):
        decided.append((Judged(line.transcript, who(line.coder), judged, blind=not visible, made_at=now), []))
    coders = {judged.coder: replace(coder, id=judged.coder) for judged, _ in decided}
    done = judging.append(project, decided, coders, codebook, selections=selections, actor=coder.id)
    unclear = "a value is neither 0, 1 nor empty, or a facet value is not in the codebook"
    return CodingsSummary(
        "long table" if read is tables.long else "wide table",
        coder.id,
        done.judged,
        done.present,
        done.unchanged,
        tuple(sorted({code for decision in given for code in decision.judged})),
        table.unknown_codes,
        table.unlocated,
        table.approximate,
        tuple((row, unclear) for row in table.unclear),
        added,
        tuple(sorted({code for code in table.codes if code in walk})),
        len(whole),
        len(idle),
    )


def _from_sheet(project: Project, path: Path, coder: Coder, codebook: Codebook) -> CodingsSummary:
    with project.store.reading() as connection:
        known = {segment.id for segment in corpus.segments(connection, current=False)}
        machine = codings.latest_machine(connection)
        made = codings.proposals(connection, machine, current=False) if machine else []
        proposed = {(coding.segment, coding.code): coding for coding in made}
        samples = codings.samples(connection)
    answers, moved = sheet.read(path), sheet.read_moved(path)
    ours = [answer for answer in answers if answer.segment in known]
    if answers and not ours:
        raise ImporterError(
            "no row of this sheet belongs to this project", path=path.name, hint="is it the sheet of another project?"
        )
    decided, unclear = review.decide(ours, codebook, coder, samples, proposed, now=acts.now(), secret=project.secret)
    done = judging.append(project, decided, {coder.id: coder}, codebook, actor=coder.id)
    places = versions.settle(project, moved, coder.id)
    lost = [answer.row for answer in answers if answer.segment not in known]
    return CodingsSummary(
        "review sheet",
        coder.id,
        done.judged,
        done.present,
        done.unchanged + places.unchanged,
        tuple(sorted({code for judged, _ in decided for code in judged.codes})),
        unlocated=(*lost, *places.unlocated),
        unclear=(*((item.row, item.reason) for item in unclear), *places.unclear),
        settled=places.kept + places.rejected,
    )


def _why_nothing(table: GivenTable) -> str:
    if table.unlocated:
        return f"none of its {len(table.unlocated)} coded rows was found in the project's texts"
    return "it holds no judgement on a code of the codebook" + (
        f" ({len(table.unknown_codes)} codes are not in it)" if table.unknown_codes else ""
    )
