"""`qualcode evaluate`: hold a coder against people's judgements, on segments that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode import charts, nlp
from qualcode.analysis import reliability, scoring, settling, subgroups
from qualcode.analysis.reliability import Reliability
from qualcode.analysis.scoring import Scores
from qualcode.analysis.settling import Settled
from qualcode.analysis.subgroups import Equity
from qualcode.coding import NOT_JUDGED, Coder
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.exporters import Written, evaluation
from qualcode.pipeline import acts, attributes, consenting, deciding
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.attributes import Part
from qualcode.pipeline.deciding import Rows, Said
from qualcode.pipeline.judgements import judgements
from qualcode.pipeline.training import told
from qualcode.project import Project
from qualcode.store import codings
from qualcode.taggers.training import plain

FOLDS = 5
SAMPLES = 1000
PEOPLE = "people"
USUAL = ("role", "programme")
LEAST_PEOPLE = 5
"""Smaller subgroups are put together: few people tell nothing of a group, and may be known by their attribute."""
OTHERS = "(others)"
MOST_SUBGROUPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How a coder did, and on what."""

    coder: str
    against: str
    how: str
    """What it learned from and what it was tried on."""
    fitted: int
    """Segments that it learned from; 0 where it learned from none, or in folds."""
    segments: int
    """Segments with a judgement that may serve estimation."""
    people: int
    scores: Scores
    apart: Scores | None
    """The same on those of no person and of no text that it learned from, where some are."""
    shared: int
    """Segments left out there."""
    reliability: Reliability
    equity: tuple[Equity, ...]
    settled: Settled | None
    codes: dict[str, str]
    """Labels by id, in the order of the codebook."""
    notes: tuple[str, ...] = ()
    about: Mapping[str, object] = field(default_factory=dict)


def evaluate(
    project: Project,
    *,
    tagger: str = "",
    coder: str = "",
    against: str = "",
    fit_on: Part | None = None,
    score_on: Part | None = None,
    fold_count: int = 0,
    by: Sequence[str] = (),
    samples: int = SAMPLES,
    progress: Progress = acts.silent,
) -> Evaluation:
    """Hold a tagger, or a coder's own codings, against people's judgements. No act is recorded.

    Only judgements that may serve estimation are scored on: blind, and drawn by chance or coded as they came. A tagger
    learns from every judgement of its part.

    Args:
        project: whose judgements count.
        tagger: name of the tagger to try; where it learns, and no part is named, by folds.
        coder: or whose codings to try, as they stand.
        against: whose judgements count; all people's unless given.
        fit_on: the part that a tagger learns from; all that is not scored on unless given.
        score_on: the part that it is tried on; all that it did not learn from unless given.
        fold_count: instead of parts, so many folds; what is alike stays together.
        by: attributes by which misses and false alarms are compared, besides role, programme and length.
        samples: bootstrap samples of people.
        progress: told of each stage.

    Raises:
        NotEnoughData: nothing that was judged blind is in the part, or too little to learn from.
        ImporterError: `consent.csv` is faulty.
        ProjectError: no such coder or attribute; or the options do not go together.
    """
    if bool(tagger) == bool(coder):
        raise ProjectError("one thing is tried at a time (expected a tagger, or a coder)")
    if fold_count and (fit_on or score_on):
        raise ProjectError("folds and parts do not go together", hint="leave one of them out")
    consenting.take(project)
    with project.store.reading() as connection:
        _check(codings.coders(connection), coder, against)
        judged = judgements(project, connection, coders=[against] if against else (), but=[coder] if coder else ())
        training = judged.training
        if not training.segments:
            raise NotEnoughData(
                "there are no judgements to hold anything against", needed=1, found=0, hint="qualcode import-codings"
            )
        known_of = attributes.of(connection, training.segments)
        said = deciding.as_it_stands(project, connection, coder, training) if coder else None
    for name in by:
        attributes.require(known_of, name)
    served = (training.weight > 0) & (training.label != NOT_JUDGED)
    if said and said.asked is not None:
        served &= said.asked
    fit = np.array(attributes.rows(known_of, fit_on) if fit_on else [], dtype=np.int64)
    chosen = np.array(attributes.rows(known_of, score_on) if score_on else range(len(training.segments)))
    if fit_on and not score_on:
        chosen = np.setdiff1d(chosen, fit)
    if len(np.intersect1d(fit, chosen)):
        raise ProjectError("the part to score on holds what is learned from", hint="name two parts that lie apart")
    tried = chosen[served[chosen].any(axis=1)]
    if not len(tried):
        raise NotEnoughData(
            "no judgement here may serve estimation (expected some that were made blind)",
            needed=1,
            found=0,
            hint="qualcode sheet draws passages by chance",
        )
    notes = list(told(judged))
    learning = int(((training.label[chosen] != NOT_JUDGED) & (training.weight[chosen] == 0)).sum())
    if learning:
        notes.append(f"{learning:,} judgements serve learning alone: a proposal was in view, or led to the question")
    who, how = coder, "its codings as they stand"
    if said is None:
        machine = deciding.Machine(project, tagger, progress)
        if not machine.learns:
            said, how, fit = machine.tag(training, tried), "with the codebook alone", fit[:0]
        elif fit_on or score_on:
            fit = fit if fit_on else np.setdiff1d(np.arange(len(training.segments)), chosen)
            said = machine.fitted(training, fit, tried)
            how = f"learned from {fit_on or 'the rest'}, tried on {score_on or 'the rest'}"
        else:
            count = fold_count or FOLDS
            said = machine.in_folds(training, tried, count)
            how = f"{count} folds by participant and identical text"
        who = machine.coder
        notes += machine.notes
    of = _Tried(
        [training.segments[row] for row in tried],
        np.where(served[tried], training.label[tried], NOT_JUDGED).astype(np.int8),
        training.weight[tried],
        said.rows(tried),
        {name: [values[row] for row in tried] for name, values in known_of.items()},
        list(training.codes),
        samples,
        project.settings.seed,
    )
    progress("score", 0, 1)
    fresh = ~_shared([training.segments[row] for row in fit], of.segments)
    codebook = project.codebook
    found = Evaluation(
        coder=who,
        against=against or PEOPLE,
        how=how,
        fitted=len(fit),
        segments=len(tried),
        people=len(set(of.people)),
        scores=of.scores(np.arange(len(tried))),
        apart=of.scores(np.nonzero(fresh)[0]) if fresh.any() and not fresh.all() else None,
        shared=int((~fresh).sum()),
        reliability=reliability.by_code(
            of.truth, of.said.score, of.codes, of.people, weight=of.weight, repetitions=samples, seed=of.seed
        ),
        equity=of.equity(by),
        settled=of.settled(),
        codes={code: codebook[code].label for code in of.codes},
        notes=tuple(notes),
        about={"codebook_version": codebook.version, "made_at": acts.now(), "seed": of.seed, "samples": samples},
    )
    progress("score", 1, 1)
    return found


def write(project: Project, found: Evaluation, folder: Path | None = None) -> Written:
    """Write an evaluation into a folder, the project's `exports/evaluation` unless another is given.

    Raises:
        ProjectError: the folder cannot be written.
    """
    folder = folder or project.exports / "evaluation"
    points = found.reliability.to_frame()
    drawn = {"reliability": charts.svg(charts.reliability(points, found.codes))} if len(points) else {}
    try:
        return evaluation.write(tables(found), about(found), drawn, folder)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})",
            place=str(folder),
            hint="close the file in Excel if it is open, or choose another folder with -o",
        ) from error


def tables(found: Evaluation) -> dict[str, pd.DataFrame]:
    """Its tables by name: codes, overall, and as far as there are any: apart, subgroups, gaps, settled, reliability."""
    made = {"codes": found.scores.to_frame(), "overall": found.scores.overall}
    made["codes"].insert(1, "label", [found.codes[code] for code in made["codes"]["code"]])
    if found.apart:
        made["apart"] = found.apart.overall
    if found.equity:
        made["subgroups"] = pd.concat([one.table for one in found.equity], ignore_index=True)
        made["gaps"] = pd.concat([one.gaps for one in found.equity], ignore_index=True)
    if found.settled:
        made["settled"] = found.settled.to_frame()
    if len(found.reliability.table):
        made["reliability"] = found.reliability.to_frame()
    return made


def about(found: Evaluation) -> dict[str, object]:
    """What was tried, on what, and what a reader must know of it."""
    names = ("coder", "against", "how", "fitted", "segments", "people", "shared", "notes")
    return {**{name: getattr(found, name) for name in names}, **found.about}


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """The segments that a coder is tried on, what is true of them, and what it said."""

    segments: Sequence[Segment] = field(repr=False)
    truth: NDArray[np.int8]
    weight: NDArray[np.float64]
    said: Said
    known: Mapping[str, Sequence[str]] = field(repr=False)
    codes: list[str]
    samples: int
    seed: int

    @property
    def people(self) -> NDArray[np.object_]:
        """Whose each is. Texts that say the same part no people: by *Nothing* nearly half of a survey hung together."""
        return np.array([segment.case or segment.transcript for segment in self.segments], dtype=object)

    def scores(self, rows: Rows) -> Scores:
        return scoring.by_code(
            self.truth[rows],
            self.said.state[rows],
            self.codes,
            self.people[rows],
            score=self.said.score[rows],
            raw_score=self.said.raw_score[rows],
            weight=self.weight[rows],
            repetitions=self.samples,
            seed=self.seed,
        )

    def equity(self, by: Sequence[str]) -> tuple[Equity, ...]:
        """By role, programme, length, and what was asked for; an attribute that parts nobody is left out."""
        compared = {name: self.known[name] for name in dict.fromkeys((*USUAL, *by)) if name in self.known}
        compared["length"] = subgroups.length_bands([nlp.word_count(segment.text) for segment in self.segments])
        named = {name: _pooled(values, self.people) for name, values in compared.items()}
        return tuple(
            subgroups.by_attribute(
                self.truth,
                self.said.state,
                self.codes,
                self.people,
                values,
                attribute=name,
                weight=self.weight,
                each_code=False,
                uncompared=(OTHERS, subgroups.NOT_STATED),
                repetitions=self.samples,
                seed=self.seed,
            )
            for name, values in named.items()
            if len(set(values)) > 1
        )

    def settled(self) -> Settled | None:
        """What a tagger with a band settles by itself."""
        if self.said.settled is None:
            return None
        return settling.by_code(
            self.truth,
            self.said.state,
            self.said.settled,
            self.codes,
            self.people,
            whole=self.said.whole,
            weight=self.weight,
            repetitions=self.samples,
            seed=self.seed,
        )


def _check(known: Mapping[str, Coder], coder: str, against: str) -> None:
    for name in filter(None, (coder, against)):
        if name not in known:
            listed = ", ".join(sorted(known)) or "nobody has coded yet"
            raise ProjectError(f"there is no coder {name!r} (expected one of: {listed})")
    if against and known[against].kind != "human":
        raise ProjectError(f"{against!r} is a machine (expected a person to hold judgements against)")
    if against and against == coder:
        raise ProjectError("a coder cannot be held against itself")


def _shared(learned: Sequence[Segment], tried: Sequence[Segment]) -> NDArray[np.bool_]:
    """Segments of a person, or with a text, that is among what was learned from."""
    people = {segment.case or segment.transcript for segment in learned}
    texts = {plain(segment.text) for segment in learned}
    return np.array([(one.case or one.transcript) in people or plain(one.text) in texts for one in tried], dtype=bool)


def _pooled(values: Sequence[str], people: NDArray[np.object_]) -> list[str]:
    """Subgroups of few people, and all past the largest, in one."""
    who: dict[str, set[str]] = {}
    for value, person in zip(values, people, strict=True):
        who.setdefault(value, set()).add(str(person))
    largest = sorted(who, key=lambda value: (-len(who[value]), value))[:MOST_SUBGROUPS]
    kept = {value for value in largest if len(who[value]) >= LEAST_PEOPLE}
    return [value if value in kept else OTHERS for value in values]
