"""`qualcode sheet`: a workbook for a person's say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from qualcode import review
from qualcode.codebook import Codebook
from qualcode.coding import Assignment, Sample
from qualcode.corpus import Segment
from qualcode.errors import ImporterError, NotEnoughData, ProjectError
from qualcode.exporters import Bundle
from qualcode.exporters import sheet as sheets
from qualcode.exporters.bundle import EXCERPT_COLUMNS
from qualcode.formats.sheet import Asked
from qualcode.importers import sheet as filled
from qualcode.pipeline import acts, exporting, versions
from qualcode.private import private
from qualcode.project import Project
from qualcode.store import assignments, codings, corpus, events, frames

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
    """Judgements of changed texts whose place it asks for."""
    assigned_to: str = ""
    """Whose assignment it asks, blind; else empty."""


@private()
def sheet(
    project: Project,
    path: Path,
    *,
    sample_size: int = SAMPLE_SIZE,
    coder: str | None = None,
    made: Bundle | None = None,
) -> SheetSummary:
    """Write what there is to judge: an assignment, while one is unfinished; else proposals, a sample, and what moved.

    An assignment is asked blind: its passages and its codes alone, and nothing that the machine proposed.

    Args:
        project: whose passages are asked about.
        path: of the workbook.
        sample_size: segments without a proposal that are drawn.
        coder: whose assignment; the oldest one unless given.
        made: a bundle that stands already.

    Raises:
        NotEnoughData: nothing was tagged, or the coder has no assignment that is unfinished.
        ProjectError: the file cannot be written, or holds answers.
    """
    if holds_answers(path):
        raise ProjectError(
            "holds answers that would be lost",
            place=str(path),
            hint=f"qualcode import-codings {path} --coder NAME, or choose another file with -o",
        )
    assigned = _assigned(project, coder)
    if assigned:
        return _blind(project, path, *assigned)
    made = made or exporting.bundle(project)
    proposals = made.unreviewed[made.unreviewed["status"] == "proposed"]
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
        if machine is None:
            hint = "qualcode tag; an assignment that is judged goes back with: qualcode pack --coder NAME"
            raise NotEnoughData("nothing has been tagged yet", needed=1, found=0, hint=hint)
        segments = {segment.id: segment for segment in corpus.segments(connection)}
        passed = codings.tagged(connection, machine)
        with_proposal = {coding.segment for coding in codings.proposals(connection, machine)}
        judged = {segment for segment, _, _ in frames.standing(codings.decisions(connection)).judged}
    left = sorted(passed & set(segments) - with_proposal - judged)
    sample = review.audit_sample(left, size=sample_size, seed=project.settings.seed, secret=project.secret)
    programme = dict(made.segments[["segment", "programme"]].itertuples(index=False, name=None))
    drawn = [(segments[id_], programme.get(id_) or "") for id_ in (sample.segments if sample else ())]
    moved = versions.waiting(project)
    cut = _written(path, proposals, sample, drawn, made.codebook, moved=moved)
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


def _assigned(project: Project, coder: str | None) -> tuple[Assignment, tuple[str, ...]] | None:
    """The oldest unfinished assignment, and the passages of it that are left."""
    with project.store.reading() as connection:
        unfinished = assignments.unfinished(connection)
    for assignment, left in unfinished:
        if coder in (None, assignment.coder):
            return assignment, left
    if coder is not None:
        raise NotEnoughData(f"{coder} has no unfinished assignment here", needed=1, found=0)
    return None


def _blind(project: Project, path: Path, assignment: Assignment, left: tuple[str, ...]) -> SheetSummary:
    with project.store.reading() as connection:
        segments = corpus.segments(connection, current=False, ids=left)
        programmes = dict(frames.segments(connection)[["segment", "programme"]].itertuples(index=False, name=None))
        sample = codings.samples(connection).get(assignment.sample or "")
    codebook = project.codebook
    asked = replace(codebook, codes=tuple(code for code in codebook.active if code.id in assignment.codes))
    drawn = [(segment, programmes.get(segment.id) or "") for segment in segments]
    cut = _written(
        path, pd.DataFrame(columns=list(EXCERPT_COLUMNS)), sample, drawn, asked, assigned_to=assignment.coder
    )
    return SheetSummary(path, 0, len(drawn), cut, assigned_to=assignment.coder)


def _written(
    path: Path,
    proposals: pd.DataFrame,
    sample: Sample | None,
    drawn: Sequence[tuple[Segment, str]],
    codebook: Codebook,
    *,
    moved: Sequence[Asked] = (),
    assigned_to: str = "",
) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return sheets.write(path, proposals, sample, drawn, codebook, moved=moved, assigned_to=assigned_to)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=str(path), hint="close the file in Excel if it is open"
        ) from error
