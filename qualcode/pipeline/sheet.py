"""`qualcode sheet`: a workbook for a person's say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from qualcode import review
from qualcode.codebook import Codebook
from qualcode.coding import Assignment, Coding, Sample
from qualcode.corpus import Segment
from qualcode.errors import ImporterError, NotEnoughData, ProjectError
from qualcode.exporters import Bundle
from qualcode.exporters import sheet as sheets
from qualcode.exporters.bundle import EXCERPT_COLUMNS, RELEASABLE
from qualcode.formats.sheet import Asked
from qualcode.importers import sheet as filled
from qualcode.pipeline import acts, consenting, exporting, releasing, versions
from qualcode.pipeline.releasing import Left
from qualcode.private import private
from qualcode.project import Project
from qualcode.store import assignments, codings, corpus, events, frames
from qualcode.store import versions as stored_versions
from qualcode.store.database import Connection

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


def refuse_answered(path: Path) -> None:
    """Refuse to write over a sheet that somebody has begun to fill in.

    Raises:
        ProjectError: it holds answers.
    """
    if holds_answers(path):
        raise ProjectError(
            "holds answers that would be lost",
            place=str(path),
            hint=f"qualcode import-codings {path} --coder NAME, or choose another file with -o",
        )


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

    It is the team's own paper and no export: it shows the words of everybody who takes part, and says so.
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
    refuse_answered(path)
    consenting.take(project)
    assigned = _assigned(project, coder)
    if assigned:
        return _blind(project, path, *assigned)
    made = made or exporting.bundle(project)
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
        if machine is None:
            hint = "qualcode tag; an assignment that is judged goes back with: qualcode pack --coder NAME"
            raise NotEnoughData("nothing has been tagged yet", needed=1, found=0, hint=hint)
        shown = Shown(project, connection)
        segments = {segment.id: segment for segment in corpus.segments(connection)}
        passed = codings.tagged(connection, machine)
        proposed = {(coding.segment, coding.code): coding for coding in codings.proposals(connection, machine)}
        judged = {segment for segment, _, _ in frames.standing(codings.decisions(connection)).judged}
    proposals = _whole(made.unreviewed[made.unreviewed["status"] == "proposed"], segments, proposed)
    readable = {id_ for id_, segment in segments.items() if shown.agreed.may_read(segment)}
    left = sorted(passed & readable - {segment for segment, _ in proposed} - judged)
    sample = review.audit_sample(left, size=sample_size, seed=project.settings.seed, secret=project.secret)
    programme = dict(made.segments[["segment", "programme"]].itertuples(index=False, name=None))
    drawn = [(segments[id_], programme.get(id_) or "") for id_ in (sample.segments if sample else ())]
    moved = shown.moved(versions.waiting(project))
    for segment in (*(segments[id_] for id_ in proposals["segment"]), *(segment for segment, _ in drawn)):
        shown.add(segment.transcript, segment.start, segment.end)
    cut = _written(path, proposals, sample, drawn, made.codebook, moved=moved, stamp=shown.stamp)
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
    shown.register(path)
    return SheetSummary(path, len(proposals), len(drawn), cut, len(moved))


def _whole(
    proposals: pd.DataFrame, segments: Mapping[str, Segment], proposed: Mapping[tuple[str, str], Coding]
) -> pd.DataFrame:
    """The rows with their words: the team reads whom an export may not quote."""
    whole = proposals.copy()
    for index in proposals.index[proposals["quote_consent"] != "verbatim"]:
        segment = segments[str(proposals.at[index, "segment"])]
        spans = proposed[segment.id, str(proposals.at[index, "code"])].evidence
        whole.at[index, "excerpt"], whole.at[index, "context"] = segment.text, segment.context
        words = (segment.text[start - segment.start : end - segment.start] for start, end in spans)
        whole.at[index, "evidence"] = " … ".join(words)
    return whole


def _asked_places(connection: Connection) -> dict[str, list[tuple[str, int, int]]]:
    """Where the old and the proposed words of each judgement that waits stand: (transcript, start, end)."""
    entries = stored_versions.waiting(connection)
    said = {stood.id: stood for stood in stored_versions.judgements(connection, [one.judged for one in entries])}
    found = {}
    for entry in entries:
        stood = said[entry.judged]
        found[entry.id] = [(stood.transcript, *stood.span)]
        if entry.span:
            found[entry.id].append((entry.transcript, *entry.span))
    return found


class Shown:
    """Whose words a sheet shows, and how their texts stand."""

    def __init__(self, project: Project, connection: Connection) -> None:
        texts = corpus.transcripts(connection, current=False)
        self._project = project
        self.agreed = consenting.agreed(project, connection, texts)
        self._standing = releasing.standing(connection, texts)
        self._moved = _asked_places(connection)
        self._cases: set[str] = set()
        self._texts: set[str] = set()

    def add(self, transcript: str, start: int, end: int) -> None:
        """A stretch is shown."""
        self._cases |= self.agreed.whose(transcript, start, end)
        self._texts.add(transcript)

    def moved(self, asked: Sequence[Asked]) -> list[Asked]:
        """Judgements of changed texts, as far as those who speak take part; they are shown."""
        found = []
        for one in asked:
            spans = self._moved[one.id]
            if all(self.agreed.over(*span).participate for span in spans):
                found.append(one)
                for span in spans:
                    self.add(*span)
        return found

    @property
    def _identified(self) -> set[str]:
        return {text for text in self._texts if self._standing[text] not in RELEASABLE}

    @property
    def stamp(self) -> str:
        """What the first page says."""
        open_ones = len(self._identified)
        rest = f" {open_ones:,} of its texts are neither signed nor declared de-identified." if open_ones else ""
        return "The team's own working paper: it holds participants' words. Do not pass it on." + rest

    def register(self, path: Path) -> None:
        """Enter the file."""
        left = Left("sheet", path, frozenset(self._cases), bool(self._identified))
        releasing.register(self._project, [left])


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
        shown = Shown(project, connection)
        segments = [segment for segment in segments if shown.agreed.admits(segment)]
        programmes = dict(frames.segments(connection)[["segment", "programme"]].itertuples(index=False, name=None))
        sample = codings.samples(connection).get(assignment.sample or "")
    codebook = project.codebook
    asked = replace(codebook, codes=tuple(code for code in codebook.active if code.id in assignment.codes))
    drawn = [(segment, programmes.get(segment.id) or "") for segment in segments]
    for segment in segments:
        shown.add(segment.transcript, segment.start, segment.end)
    none = pd.DataFrame(columns=list(EXCERPT_COLUMNS))
    cut = _written(path, none, sample, drawn, asked, assigned_to=assignment.coder, stamp=shown.stamp)
    shown.register(path)
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
    stamp: str,
) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return sheets.write(path, proposals, sample, drawn, codebook, moved=moved, assigned_to=assigned_to, stamp=stamp)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=str(path), hint="close the file in Excel if it is open"
        ) from error
