"""`qualcode sheet`: a workbook for a person's say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qualcode import review
from qualcode.errors import ImporterError, NotEnoughData, ProjectError
from qualcode.exporters import Bundle
from qualcode.exporters import sheet as sheets
from qualcode.importers import sheet as filled
from qualcode.pipeline import acts, exporting, versions
from qualcode.project import Project
from qualcode.store import codings, corpus, events, frames

SAMPLE_SIZE = 40


def holds_answers(path: Path) -> bool:
    """Whether somebody has begun to fill in the sheet at `path`; also True for a file that is no sheet of ours."""
    if not path.exists():
        return False
    if not filled.is_sheet(path):
        return True
    try:
        answers = filled.read(path)
        return any(one.decision or one.other or one.polarity for one in answers) or bool(filled.read_moved(path))
    except ImporterError:
        return True


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """What the sheet asks for."""

    path: Path
    proposals: int
    sampled: int
    cut_cells: int
    moved: int = 0


def sheet(project: Project, path: Path, *, sample_size: int = SAMPLE_SIZE, made: Bundle | None = None) -> SheetSummary:
    """Write proposals that nobody has judged, a random sample of segments without one, and judgements that moved.

    Raises:
        NotEnoughData: nothing was tagged.
        ProjectError: the file cannot be written, or holds answers.
    """
    if holds_answers(path):
        raise ProjectError(
            "holds answers that would be lost",
            place=str(path),
            hint=f"qualcode import-codings {path} --coder NAME, or choose another file with -o",
        )
    made = made or exporting.bundle(project)
    proposals = made.unreviewed[made.unreviewed["status"] == "proposed"]
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
        if machine is None:
            raise NotEnoughData("nothing has been tagged yet", needed=1, found=0, hint="qualcode tag")
        segments = {segment.id: segment for segment in corpus.segments(connection)}
        passed = codings.tagged(connection, machine)
        with_proposal = {coding.segment for coding in codings.proposals(connection, machine)}
        judged = {segment for segment, _, _ in frames.standing(codings.decisions(connection)).judged}
    left = sorted(passed & set(segments) - with_proposal - judged)
    sample = review.audit_sample(left, size=sample_size, seed=project.settings.seed, secret=project.secret)
    programme = dict(made.segments[["segment", "programme"]].itertuples(index=False, name=None))
    drawn = [(segments[id_], programme.get(id_) or "") for id_ in (sample.segments if sample else ())]
    moved = versions.waiting(project)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        cut = sheets.write(path, proposals, sample, drawn, made.codebook, moved)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=str(path), hint="close the file in Excel if it is open"
        ) from error
    with project.store.writing() as connection:
        if sample and sample.id not in codings.samples(connection):
            codings.add_sample(connection, sample)
            events.record(
                connection,
                "sample",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[sample.id],
                counts={"drawn": len(drawn), "from": len(left)},
            )
    return SheetSummary(path, len(proposals), len(drawn), cut, len(moved))
