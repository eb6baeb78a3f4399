"""What a coder says of judged segments: a tagger that learned from others, or codings as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode import plugins
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Proposals, Run
from qualcode.errors import NotEnoughData
from qualcode.pipeline import encoding
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.training import LEARNED, fresh
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.store import codings, frames
from qualcode.store.database import Connection
from qualcode.taggers.training import Training, parted

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a coder said of n segments and k codes."""

    state: NDArray[np.int8]
    """Shape (n, k): PRESENT, ABSENT or NOT_JUDGED."""
    raw_score: NDArray[np.float64]
    """Shape (n, k); nan where there is none. So is `score`."""
    score: NDArray[np.float64]
    settled: NDArray[np.bool_] | None = None
    whole: NDArray[np.bool_] | None = None
    asked: NDArray[np.bool_] | None = None
    """Shape (n, k): cells that it was asked about, where that is not all."""

    def rows(self, chosen: Rows) -> Said:
        """The rows `chosen`, in that order."""
        some = [None if part is None else part[chosen] for part in (self.settled, self.whole, self.asked)]
        return Said(self.state[chosen], self.raw_score[chosen], self.score[chosen], *some)


def as_it_stands(project: Project, connection: Connection, coder: str, training: Training) -> Said:
    """A coder's own codings. Where a person did not judge, or a machine was not at all, nothing is held against it.

    Raises:
        NotEnoughData: it has judged nothing that others have judged too.
    """
    passes = [run for run in codings.runs(connection) if run.coder == coder]
    said = nothing(training)
    if passes:
        said = _passed(project, passes, training)
    else:
        row, column = _places(training)
        present, decided = frames.codings(connection), frames.judged(connection, project.runs)
        for frame, state in ((decided, ABSENT), (present, PRESENT)):
            own = frame[(frame["coder"] == coder) & frame["segment"].isin(list(row)) & frame["code"].isin(list(column))]
            said.state[[row[one] for one in own["segment"]], [column[one] for one in own["code"]]] = state
    asked = said.state != NOT_JUDGED
    if not asked.any():
        raise NotEnoughData(f"the coder {coder!r} has judged nothing that others have judged too", needed=1, found=0)
    if codings.coders(connection)[coder].kind == "machine":
        asked = np.broadcast_to(asked.any(axis=1)[:, None], asked.shape)
    return replace(said, asked=asked)


def _passed(project: Project, passes: Sequence[Run], training: Training) -> Said:
    """All cells of a tagger's passes, with their strengths."""
    row, column = _places(training)
    said = nothing(training)
    settled, whole = np.zeros(training.label.shape, dtype=bool), np.zeros(len(training.segments), dtype=bool)
    for run in passes:
        cells = codings.read_scores(project.runs / run.id / "proposals.parquet")
        if cells is None:
            continue
        cells = cells[cells["segment"].isin(list(row)) & cells["code"].isin(list(column))]
        rows = np.array([row[one] for one in cells["segment"]], dtype=np.int64)
        place = (rows, np.array([column[one] for one in cells["code"]], dtype=np.int64))
        said.state[place], said.raw_score[place] = cells["state"], cells["raw_score"]
        if "score" in cells:  # passes of before scores were kept have none
            said.score[place], settled[place], whole[rows] = cells["score"], cells["settled"], cells["whole"]
    return Said(said.state, said.raw_score, said.score, *((settled, whole) if settled.any() else (None, None)))


def _places(training: Training) -> tuple[dict[str, int], dict[str, int]]:
    rows = {segment.id: place for place, segment in enumerate(training.segments)}
    return rows, {code: place for place, code in enumerate(training.codes)}


class Machine:
    """A tagger by its name; one that has `fit` is made anew for each part.

    Raises:
        PluginError: there is no such tagger.
    """

    def __init__(self, project: Project, name: str, progress: Progress) -> None:
        self._project, self._progress, self._name = project, progress, name
        self._made = plugins.load("taggers", name)
        self._vectors, self.notes = encoding.encoder(progress)
        self.learns = hasattr(self._made, "fit")
        self.coder = name

    def tag(self, training: Training, rows: Rows) -> Said:
        """What one that does not learn says of these rows."""
        settings = self._project.settings
        tagger = self._made(
            self._project.codebook, encoder=self._vectors, floor=settings.floor, threshold=settings.threshold
        )
        return self._said(tagger, training, rows, nothing(training))

    def fitted(self, training: Training, fit: Rows, rows: Rows, into: Said | None = None) -> Said:
        """What one that learned from the rows `fit` says of `rows`, put into what was said of others."""
        project, vectors = self._project, self._vectors
        if self._name == LEARNED:
            tagger: Any = fresh(project, project.codebook, vectors)
        else:
            tagger = self._made(project.codebook, encoder=vectors, seed=project.settings.seed)
        part = training.rows(fit)
        read = Training(tuple(spoken(part.segments)), part.codes, part.label, part.weight, part.facets)
        return self._said(tagger.fit(read), training, rows, into or nothing(training))

    def in_folds(self, training: Training, rows: Rows, count: int) -> Said:
        """What it says of each row after it learned from the other folds."""
        apart = parted(training, count=count, seed=self._project.settings.seed)
        said = nothing(training)
        for number, seen in enumerate(apart.seen):
            self._progress("fold", number, len(apart.seen))
            said = self.fitted(training, np.nonzero(seen)[0], rows[apart.fold[rows] == number], said)
        self._progress("fold", len(apart.seen), len(apart.seen))
        return said

    def _said(self, tagger: Any, training: Training, rows: Rows, into: Said) -> Said:
        if not len(rows):
            return into
        found: Proposals = tagger.tag(spoken([training.segments[row] for row in rows]))
        self.coder = tagger.coder.id
        columns = [column for column, code in enumerate(training.codes) if code in found.codes]
        theirs = [found.codes.index(training.codes[column]) for column in columns]
        cells = np.ix_(rows, np.array(columns, dtype=np.int64))
        state, raw_score, score = into.state.copy(), into.raw_score.copy(), into.score.copy()
        state[cells], raw_score[cells] = found.state[:, theirs], found.raw_score[:, theirs]
        if found.score is not None:
            score[cells] = found.score[:, theirs]
        settled, whole = into.settled, into.whole
        if found.settled is not None:
            settled = np.zeros(state.shape, dtype=bool) if settled is None else settled.copy()
            settled[cells] = found.settled[:, theirs]
        if found.whole is not None:
            whole = np.zeros(len(state), dtype=bool) if whole is None else whole.copy()
            whole[rows] = found.whole
        return Said(state, raw_score, score, settled, whole)


def nothing(training: Training) -> Said:
    """Nothing said of any cell."""
    shape = training.label.shape
    return Said(np.full(shape, NOT_JUDGED, dtype=np.int8), np.full(shape, np.nan), np.full(shape, np.nan))
