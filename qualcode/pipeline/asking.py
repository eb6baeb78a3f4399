"""`qualcode ask`: which judgements to ask a person for next, and her answers as they come."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode import review
from qualcode.codebook import Codebook
from qualcode.coding import Coder, Run, Sample
from qualcode.corpus import Segment, keyed_id
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.exporters import questions as paper
from qualcode.formats.sheet import NONE, Answer
from qualcode.pipeline import acts, consenting, judging
from qualcode.pipeline.judging import Appended
from qualcode.pipeline.readable import readable
from qualcode.pipeline.sheet import Shown, refuse_answered
from qualcode.private import private
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.review.asking import Candidates, order
from qualcode.review.drawing import Drawn
from qualcode.store import codings, events, frames, scores
from qualcode.store.database import Connection
from qualcode.taggers.training import plain

By = Literal["segment", "code"]
QUESTIONS = 40
_DIRECTIONS = 64
"""Of the space in which passages are compared for likeness; more cost time and change little."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a person is asked; nothing of it tells why."""

    segment: Segment
    programme: str
    codes: tuple[str, ...]
    """What she decides on: one code, or all that are in the scope."""
    sample: Sample = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked in one go."""

    coder: Coder
    by: By
    questions: tuple[Question, ...]
    codebook: Codebook = field(repr=False)
    """The codes in the scope."""
    drawn: int
    """How many questions were drawn by lot; the rest was chosen."""
    known: Mapping[str, int]
    """On how many passages people have found each code so far."""


@dataclass(frozen=True, slots=True)
class AskSummary:
    """What a sheet of questions asks for."""

    path: Path
    coder: str
    by: By
    questions: int
    drawn: int
    cut_cells: int


def ask(
    project: Project,
    coder: str,
    *,
    by: By = "segment",
    count: int = QUESTIONS,
    codes: Sequence[str] = (),
    vectors: Mapping[str, NDArray[np.float64]] | None = None,
) -> Asking:
    """Choose what to ask next, and keep its samples.

    Args:
        project: whose passages are asked about: current ones, in the codebook's language, that a machine may read.
        coder: who is asked.
        by: *segment*, for all codes at once; *code*, each for one code.
        count: how many questions.
        codes: the scope; all active codes unless given.
        vectors: of segments, of length 1, where they are at hand; else their own words tell how like two are.

    Raises:
        ImporterError: `consent.csv` is faulty.
        NotEnoughData: there is nothing left to ask.
        ProjectError: a code that cannot be asked about, or a coder who is a machine.
    """
    scope = _scope(project.codebook, codes)
    asked = tuple(code.id for code in scope.active)
    consenting.take(project)
    with project.store.reading() as connection:
        _refuse_coder(connection, coder)
        segments, programmes = askable(project, connection, scope.language)
        judged = frames.judged(connection, project.runs)
        people = {id_ for id_, one in codings.coders(connection).items() if one.kind == "human"}
        judged = judged[judged["coder"].isin(people) & judged["code"].isin(asked)]
        present = frames.codings(connection, ())
        present = present[present["coder"].isin(people)]
        candidates = _candidates(project, connection, segments, asked, judged, present, vectors)
    blind = set(judged[judged["blind"].astype(bool)][["segment", "code"]].itertuples(index=False, name=None))
    wanted, rest = drawing.counts(count, project.settings.random_share)
    ids = [segment.id for segment in segments]
    choose = _by_segment if by == "segment" else _by_code
    found = choose(_Open(ids, asked, blind, candidates, project.settings.seed, project.secret), wanted, rest)
    if not found:
        raise NotEnoughData("there is nothing left to ask about", needed=1, found=0, hint="qualcode segment")
    keep(project, list(dict.fromkeys(sample for _, _, sample in found)), coder)
    at = {segment.id: segment for segment in segments}
    questions = tuple(Question(at[segment], programmes.get(segment, ""), names, s) for segment, names, s in found)
    drawn = sum(question.sample.purpose.startswith(drawing.RANDOM) for question in questions)
    known = dict(zip(asked, map(int, candidates.known), strict=True))
    return Asking(Coder(coder, "human"), by, questions, scope, drawn, known)


def askable(project: Project, connection: Connection, language: str) -> tuple[list[Segment], dict[str, str]]:
    """Segments that may be asked about, and the programme of each."""
    places = frames.segments(connection)[["segment", "programme"]].itertuples(index=False, name=None)
    segments = readable(project, connection, language).segments
    return list(segments), {id_: name or "" for id_, name in places}


def keep(project: Project, samples: Sequence[Sample], coder: str) -> None:
    """Keep the samples that are new, with their event."""
    with project.store.reading() as connection:
        known = codings.samples(connection)
    new = [sample for sample in samples if sample.id not in known]
    if not new:
        return
    with project.store.writing() as connection:
        for sample in new:
            codings.add_sample(connection, sample)
        events.record(
            connection,
            "sample",
            actor=acts.RESEARCHER,
            at=acts.now(),
            subjects=[*(sample.id for sample in new), f"coder:{coder}"],
            counts={"drawn": sum(len(sample.segments) for sample in new)},
        )


def write(project: Project, asking: Asking, path: Path) -> AskSummary:
    """Write the questions as a workbook. Its answers come back by `import-codings`.

    Raises:
        ProjectError: the file cannot be written, or holds answers.
    """
    refuse_answered(path)
    with project.store.reading() as connection:
        shown = Shown(project, connection)
    for question in asking.questions:
        shown.add(question.segment.transcript, question.segment.start, question.segment.end)
    one = asking.by == "code"
    rows = [paper.Row(q.segment, q.programme, q.sample.id, q.codes[0] if one else "") for q in asking.questions]
    cut = _written(path, rows, asking, shown.stamp)
    shown.register(path)
    return AskSummary(path, asking.coder.id, asking.by, len(rows), asking.drawn, cut)


def answer(project: Project, asking: Asking, question: Question, present: Sequence[tuple[str, str]]) -> Appended:
    """Write an answer at once: the codes that are present, each with its polarity or none; all others are absent.

    Of two answers to one question the later stands.
    """
    said = Answer(
        row=asking.questions.index(question),
        segment=question.segment.id,
        other=tuple(present) or ((NONE, ""),),
        sample=question.sample.id,
        asked=question.codes,
        room=len(question.codes) + 1,
    )
    decided, unclear = review.decide(
        [said],
        asking.codebook,
        asking.coder,
        {question.sample.id: question.sample},
        now=acts.now(),
        secret=project.secret,
    )
    if unclear:
        raise ProjectError(unclear[0].reason)
    coders = {asking.coder.id: asking.coder}
    return judging.append(project, decided, coders, project.codebook, actor=asking.coder.id)


def _scope(codebook: Codebook, codes: Sequence[str]) -> Codebook:
    active = [code.id for code in codebook.active]
    unknown = [code for code in codes if code not in active]
    if unknown:
        hint = f"active codes are: {', '.join(active)}"
        raise ProjectError(f"{', '.join(unknown)}: no active code of the codebook", hint=hint)
    return replace(codebook, codes=tuple(code for code in codebook.active if not codes or code.id in codes))


def _refuse_coder(connection: Connection, coder: str) -> None:
    known = codings.coders(connection).get(coder)
    if known and known.kind != "human":
        raise ProjectError(f"{coder} is a machine coder (expected a person)")
    if not coder.strip():
        raise ProjectError("the coder has no name (expected who answers)", hint="--coder NAME")


def _candidates(
    project: Project,
    connection: Connection,
    segments: Sequence[Segment],
    codes: Sequence[str],
    judged: pd.DataFrame,
    present: pd.DataFrame,
    vectors: Mapping[str, NDArray[np.float64]] | None,
) -> Candidates:
    ids = [segment.id for segment in segments]
    rows = pd.Index(ids).get_indexer(pd.Index(judged["segment"]))
    columns = pd.Index(list(codes)).get_indexer(pd.Index(judged["code"]))
    done = np.zeros((len(ids), len(codes)), dtype=bool)
    done[rows[rows >= 0], columns[rows >= 0]] = True
    known = present.groupby("code")["segment"].nunique()
    machine = codings.latest_machine(connection)
    runs = [run for run in codings.runs(connection) if run.coder == machine]
    texts = [plain(segment.text) or segment.id for segment in segments]
    return Candidates(
        judged=done,
        known=np.array([int(known.get(code, 0)) for code in codes], dtype=np.int64),
        texts=np.unique(texts, return_inverse=True)[1] if texts else np.zeros(0, dtype=np.int64),
        people=np.unique([one.case or one.transcript for one in segments], return_inverse=True)[1]
        if segments
        else np.zeros(0, dtype=np.int64),
        score=scores.latest(connection, project.runs, machine, ids, codes) if machine else None,
        threshold=_thresholds(runs[-1], codes) if runs else None,
        vectors=np.stack([vectors[id_] for id_ in ids]) if vectors and ids else _by_words(segments),
    )


def _thresholds(run: Run, codes: Sequence[str]) -> NDArray[np.float64]:
    """From which score on each code is proposed: its own where it was calibrated, else the run's."""
    return np.array([run.thresholds[code][1] if code in run.thresholds else run.threshold for code in codes])


def _by_words(segments: Sequence[Segment]) -> NDArray[np.float64] | None:
    """Directions of length 1 by the words of each segment; None where there are too few to tell any."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    try:
        words = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform([segment.text for segment in segments])
    except ValueError:  # no word stands in two of them
        return None
    most = min(words.shape) - 1
    if most < 2:
        return None
    found: NDArray[np.float64] = normalize(TruncatedSVD(min(_DIRECTIONS, most), random_state=0).fit_transform(words))
    return found


Found = list[tuple[str, tuple[str, ...], Sample]]


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """What may be asked, and what is known of it."""

    ids: list[str]
    codes: tuple[str, ...]
    blind: Set[tuple[str, str]]
    """(segment, code) that a person judged blind."""
    candidates: Candidates
    seed: int
    secret: bytes = field(repr=False)

    def draw(self, answered: Set[str], codes: tuple[str, ...], count: int) -> Drawn | None:
        return drawing.draw(self.ids, answered, codes, count=count, seed=self.seed, secret=self.secret)

    def chosen(self, ids: Sequence[str], codes: tuple[str, ...], why: str) -> Found:
        sample = drawing.chosen(ids, why, seed=self.seed, secret=self.secret)
        return [(id_, codes, sample) for id_ in ids]


def _by_segment(of: _Open, wanted: int, rest: int) -> Found:
    answered = {id_ for id_ in of.ids if all((id_, code) in of.blind for code in of.codes)}
    drawn = of.draw(answered, of.codes, wanted)
    by_lot = set(drawn.asked) if drawn else set()
    apart = [row for row, id_ in enumerate(of.ids) if id_ in by_lot]
    picked = [of.ids[row] for row, _ in order(of.candidates, count=rest, whole=True, apart=apart, seed=of.seed)]
    found: Found = [(id_, of.codes, drawn.sample) for id_ in drawn.asked] if drawn else []
    return _mixed([*found, *(of.chosen(picked, of.codes, _why(of.candidates)) if picked else [])], of.secret)


def _by_code(of: _Open, wanted: int, rest: int) -> Found:
    answered = {code: {id_ for id_, one in of.blind if one == code} for code in of.codes}
    judged = of.candidates.judged.copy()
    by_code: dict[str, Found] = {code: [] for code in of.codes}
    for code, count in drawing.shares(wanted, {code: len(found) for code, found in answered.items()}).items():
        drawn = of.draw(answered[code], (code,), count)
        if drawn:
            by_code[code] += [(id_, (code,), drawn.sample) for id_ in drawn.asked]
            by_lot = set(drawn.asked)
            judged[[row for row, id_ in enumerate(of.ids) if id_ in by_lot], of.codes.index(code)] = True
    picked = order(replace(of.candidates, judged=judged), count=rest, whole=False, seed=of.seed)
    for place, code in enumerate(of.codes):
        mine = [of.ids[row] for row, column in picked if column == place]
        if mine:
            by_code[code] += of.chosen(mine, (code,), f"{_why(of.candidates)}: {code}")
    # One code after another: a person keeps one definition in mind. Within it nothing tells drawn from chosen.
    return [question for found in by_code.values() for question in _mixed(found, of.secret)]


def _why(candidates: Candidates) -> str:
    return "unlike others" if candidates.score is None else "likely where few are known, else unsure"


def _mixed(found: Found, secret: bytes) -> Found:
    mixed = sorted(found, key=lambda one: one[0])
    random.Random(keyed_id(secret, "q", *(one[0] for one in mixed))).shuffle(mixed)
    return mixed


@private()
def _written(path: Path, rows: Sequence[paper.Row], asking: Asking, stamp: str) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return paper.write(path, rows, asking.codebook, coder=asking.coder.id, stamp=stamp)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=str(path), hint="close the file in Excel if it is open"
        ) from error
