"""The tagger that learns from people's judgements, knows what it does not know, and shows why.

Scores of rows that it learned from are never used as they are: each comes from models that saw neither that
participant nor that text. On those alone it is calibrated, and its thresholds and bands are chosen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.codebook import Code, Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder, Proposals, Proposed, Reason
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.errors import NotEnoughData
from qualcode.taggers import calibration, thresholds
from qualcode.taggers import trust as trusting
from qualcode.taggers.calibration import Calibrator
from qualcode.taggers.definitions import DefinitionTagger
from qualcode.taggers.facet_model import FacetModel
from qualcode.taggers.learner import Learner
from qualcode.taggers.nearest import Nearest
from qualcode.taggers.particulars import Particulars
from qualcode.taggers.settling import Settling
from qualcode.taggers.thresholds import Aim
from qualcode.taggers.training import Training
from qualcode.taggers.trust import CodeTrust
from qualcode.taggers.whole import whole

VERSION = 1
"""Raised whenever the same judgements could give another tagger."""
LEAST_GROUPS = 5
"""Participants (or texts of their own) without whom nothing can be held apart."""
FLOOR = 0.5
"""Of the threshold."""
RAW_CUT = 0.5
"""Where the learner itself finds a code's F1 best; for codes that nothing calibrates."""
Arrays = Mapping[str, NDArray[Any]]


class LearnedTagger:
    """Learns from judgements and codebook; codes that nobody judged are served by the codebook alone.

    Args:
        codebook: its active codes are tagged.
        encoder: sentence vectors; without one, words alone.
        floor: of the codebook's own tagger, for codes that were not learned.
        threshold: the same.
        aim: what thresholds are chosen for: "f1", "recall>=.9", "precision>=.8".
        alpha: share of errors that what is settled without a person must keep to.
        seed: for folds and resampling.
    """

    def __init__(
        self,
        codebook: Codebook,
        *,
        encoder: Encoder | None = None,
        floor: float = 0.35,
        threshold: float = 0.5,
        aim: str = "f1",
        alpha: float = 0.05,
        seed: int = 1,
    ) -> None:
        self.codebook = codebook
        self.aim, self.alpha, self.seed = Aim.parse(aim), alpha, seed
        self.trust: Mapping[str, CodeTrust] = {}
        """What each learned code may be trusted with, provisionally; only codes that mean what they meant then."""
        self.unlearned: Mapping[str, str] = {}
        """Codes that the codebook alone serves, and why."""
        self.changed: tuple[str, ...] = ()
        """Codes that were learned in another meaning."""
        self.rows: tuple[str, ...] = ()
        """Ids of the segments that it learned from."""
        self.out_of_fold: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        """Shape (rows, learned codes): scores by models that saw neither the row's participant nor its text."""
        self.model = ""
        """Names what was learned: `learned@` and a hash of it."""
        self._encoder = encoder
        self._base = {"floor": floor, "threshold": threshold}
        self._learner: Learner | None = None
        self._calibrators: dict[str, Calibrator | None] = {}
        self._nearest: Nearest | None = None
        self._facets = FacetModel.ruling(codebook)
        self._whole: Settling | None = None
        self._rate: NDArray[np.float64] = np.zeros(0)
        self._judgements = ""

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that are tagged: active ones, and drafts that people have applied and it has learned."""
        return self.codebook.counted(self.trust)

    @property
    def learned(self) -> tuple[str, ...]:
        """The codes that have a column in `out_of_fold`."""
        return self._ready.codes

    @property
    def coder(self) -> Coder:
        """The machine coder; its version is the hash of all that its answers depend on."""
        parts = [self.model, sorted(self.trust), self._definitions.coder.id]
        version = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
        return Coder(f"learned@{version}", "machine", version)

    @property
    def as_learned(self) -> Coder:
        """The machine coder that `model` names."""
        return Coder(self.model, "machine", self.model.partition("@")[2])

    # ---- learning

    def fit(self, training: Training) -> LearnedTagger:
        """Learn from judgements.

        Raises:
            NotEnoughData: fewer than LEAST_GROUPS participants were judged, or no code is both present and absent.
        """
        groups = len(set(training.people.tolist()))
        if groups < LEAST_GROUPS:
            raise NotEnoughData("too few participants were judged to learn from", needed=LEAST_GROUPS, found=groups)
        learner = Learner(self.codebook, self._encoder, seed=self.seed).fit(training)
        if not learner.codes:
            raise NotEnoughData("no code was judged present and absent", needed=1, found=0)
        self._learner, self.unlearned = learner, dict(learner.unlearned)
        self.rows = tuple(segment.id for segment in training.segments)
        self._judgements = _digest(training)
        self._nearest = Nearest.of(training, self._encoder)
        self._facets = self._facets_of(training, learner)
        self._estimate(training, learner)
        head, arrays = self.to_state()
        self.model = f"learned@{_hash(head, arrays)}"
        return self

    def _facets_of(self, training: Training, learner: Learner) -> FacetModel:
        """Facets by what people said of them, with the evidence that the tagger itself will show."""
        cells = sorted(cell for cell in training.facets if training.codes[cell[1]] in learner.codes)
        reader = Particulars(self.codebook, self._encoder, learner)
        spans = reader.anchors(training.segments, [(row, training.codes[column]) for row, column in cells])
        made = FacetModel.fit(training, dict(zip(cells, spans, strict=True)), self.codebook, seed=self.seed)
        return made or FacetModel.ruling(self.codebook)

    def _estimate(self, training: Training, learner: Learner) -> None:
        """Calibrate, choose thresholds and bands, on what may serve estimation and by scores that never saw it."""
        group = training.people
        own = [training.codes.index(code) for code in learner.codes]
        label, weight = training.estimated[:, own], training.weight[:, own]
        fair = (label != NOT_JUDGED) & (weight > 0)
        raw = np.asarray(learner.out_of_fold, dtype=np.float64)
        score, knowing, held = raw.copy(), learner.knowing.copy(), np.full(raw.shape, np.nan)
        for at, code in enumerate(learner.codes):
            rows = fair[:, at]
            present, shares = label[rows, at] == PRESENT, weight[rows, at]
            made = self._calibrators[code] = calibration.fit(raw[rows, at], present, shares)
            if made is not None:
                score[:, at], knowing[:, at] = made(raw[:, at]), made(learner.knowing[:, at])
                held[rows, at] = calibration.crossfit(raw[rows, at], present, shares, group[rows])
        calibrated = np.where(self._counted, score, np.nan)
        pooled = thresholds.pooled(calibrated, label, weight)
        trust: dict[str, CodeTrust] = {}
        for at, code in enumerate(learner.codes):
            found = trusting.trust(
                code,
                calibrated[:, at],
                label[:, at],
                weight[:, at],
                group,
                aim=self.aim,
                alpha=self.alpha,
                seed=self.seed,
                shrink_to=pooled,
                held=held[:, at],
            )
            if self._calibrators[code] is None:
                # Without a random share something must be proposed all the same; it is trusted with nothing.
                found = replace(found, threshold=RAW_CUT)
            trust[code] = found
        self.trust = trust
        self.out_of_fold = score.astype(np.float32)
        # A code that is too rare to be calibrated is settled absent where all else is settled; its errors are counted.
        self._rate = np.array([_rate(label[:, at], weight[:, at]) for at in range(len(learner.codes))])
        cuts = np.where(self._counted, [trust[code].threshold for code in learner.codes], 1.0)
        new, known = np.where(self._counted, score, self._rate), np.where(self._counted, knowing, self._rate)
        rule_of = [
            whole(scores[rows], label[rows], weight[rows], self.alpha, group=group[rows], thresholds=cuts)
            for rows, scores in ((~learner.familiar, new), (learner.familiar, known))
        ]
        self._whole = Settling.of(rule_of[0], rule_of[1], training.segments, learner.familiar)

    # ---- tagging

    def tag(self, segments: Sequence[Segment]) -> Proposals:
        """Judge each segment for each active code: learned codes by their score, others by the codebook alone.

        Returns:
            score is NaN for codes that nothing calibrated.
        """
        codes = self.codes
        place = {code.id: column for column, code in enumerate(codes)}
        shape = (len(segments), len(codes))
        raw, score = np.zeros(shape, dtype=np.float32), np.full(shape, np.nan, dtype=np.float32)
        state = np.full(shape, ABSENT, dtype=np.int8)
        settled, all_settled = np.zeros(shape, dtype=bool), np.zeros(len(segments), dtype=bool)
        proposed: dict[tuple[int, int], Proposed] = {}
        rest = [code.id for code in codes if code.id not in self.trust]
        if rest and segments:
            base = self._definitions.tag(segments)
            here, there = [place[code] for code in rest], [base.codes.index(code) for code in rest]
            raw[:, here], state[:, here] = base.raw_score[:, there], base.state[:, there]
            ours = dict(zip(there, here, strict=True))
            proposed = {(row, ours[at]): said for (row, at), said in base.proposed.items() if at in ours}
        if segments:
            found = self._ready.score(segments)
            values = self._calibrated(found)
            # What it learned from is scored by models that did not see it: it must not settle what taught it.
            known = {id_: row for row, id_ in enumerate(self.rows)}
            for row, segment in enumerate(segments):
                if segment.id in known:
                    values[row] = self.out_of_fold[known[segment.id]]
            for at, code in enumerate(self.learned):
                if code not in self.trust:
                    continue
                column, trust, value = place[code], self.trust[code], values[:, at]
                raw[:, column] = found[:, at]
                judged = np.where(value < self._absent_below(trust), ABSENT, NOT_JUDGED)
                state[:, column] = np.where(value >= trust.threshold, PRESENT, judged)
                if self._calibrators[code] is not None:
                    score[:, column] = value
                    settled[:, column] = (value < trust.low) | (value >= trust.high)
            if self._whole is not None and not rest:
                rare = [place[code] for code in self.learned if self._calibrators[code] is None]
                all_settled = self._whole(segments, np.where(self._counted, values, self._rate))
                all_settled &= ~(state[:, rare] == PRESENT).any(axis=1)
            cells = [(row, column) for row, column in zip(*np.nonzero(state == PRESENT), strict=True)]
            own = [(int(row), int(column)) for row, column in cells if (row, column) not in proposed]
            proposed |= self._particulars.of(segments, codes, own)
        return Proposals(
            segments=tuple(segment.id for segment in segments),
            codes=tuple(place),
            raw_score=raw,
            state=state,
            proposed=proposed,
            score=score,
            settled=settled,
            whole=all_settled,
            thresholds={
                code: (trust.low, trust.threshold, trust.high)
                for code, trust in self.trust.items()
                if self._calibrators[code] is not None
            },
        )

    @staticmethod
    def _absent_below(trust: CodeTrust) -> float:
        """Where nothing can be guaranteed, what is not half as likely as a proposal is judged absent, unsettled."""
        return trust.low if np.isfinite(trust.low) else trust.threshold * FLOOR

    @property
    def whole_sentence(self) -> str:
        """How many segments could be settled on all codes at once."""
        rest = sum(code.id not in self.trust for code in self.codes)
        if rest:
            return f"No passage is settled whole: {rest} of the codes were not learned."
        return self._whole.sentence if self._whole else ""

    # ---- keeping

    def to_state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """All that it learned, as JSON holds it and as plain arrays."""
        learner, arrays = self._ready.to_state()
        nearest = self._nearest.to_state() if self._nearest else {}
        facets, shares = self._facets.to_state()
        head = {
            "version": VERSION,
            "aim": str(self.aim),
            "alpha": self.alpha,
            "seed": self.seed,
            "encoder": self._encoder.name if self._encoder else "",
            "judgements": self._judgements,
            "codes": {code: self.codebook[code].hash for code in self.learned},
            "unlearned": dict(self.unlearned),
            "learner": learner,
            "calibrators": {code: made.to_state() if made else None for code, made in self._calibrators.items()},
            "trust": {code: trust.to_state() for code, trust in self.trust.items()},
            "whole": self._whole.to_state() if self._whole else None,
            "facets": facets,
            "rows": list(self.rows),
        }
        packed = {f"learner.{name}": array for name, array in arrays.items()}
        packed |= {f"nearest.{name}": array for name, array in nearest.items()}
        packed |= {f"facets.{name}": array for name, array in shares.items()}
        return head, packed | {"out_of_fold": self.out_of_fold, "rate": self._rate}

    def restore(self, model: str, head: Mapping[str, Any], arrays: Arrays) -> LearnedTagger:
        """Be the `model` that gave this state; codes that have another meaning now are not served."""
        self._learner = Learner.from_state(self.codebook, self._encoder, head["learner"], _part(arrays, "learner"))
        self._nearest = Nearest.from_state(_part(arrays, "nearest"))
        self._facets = FacetModel.from_state(head["facets"], _part(arrays, "facets"))
        self._whole = Settling.from_state(head["whole"]) if head["whole"] else None
        self.rows, self.unlearned = tuple(head["rows"]), dict(head["unlearned"])
        self.out_of_fold, self._rate, self._judgements = arrays["out_of_fold"], arrays["rate"], head["judgements"]
        self.aim, self.alpha, self.seed = Aim.parse(head["aim"]), head["alpha"], head["seed"]
        self._calibrators = {
            code: Calibrator.from_state(made) if made else None for code, made in head["calibrators"].items()
        }
        hashes = {code.id: code.hash for code in self.codebook if code.codable and code.status != "retired"}
        self.changed = tuple(code for code, then in head["codes"].items() if code in hashes and hashes[code] != then)
        self.trust = {
            code: CodeTrust.from_state(trust)
            for code, trust in head["trust"].items()
            if hashes.get(code) == head["codes"][code]
        }
        self.model = model
        return self

    @staticmethod
    def encoder_of(head: Mapping[str, Any]) -> str:
        """The name of the encoder that a state was learned with; empty for none."""
        return str(head["encoder"])

    def explain(self, segment: Segment, code: str) -> list[Reason]:
        """Words with signed weight (exact for the linear part), patterns, clause, nearest excerpt, near-miss code."""
        if code not in self.trust:
            return self._definitions.explain(segment, code)
        values = self._calibrated(self._ready.score([segment]))[0]
        # A probability and a strength that nothing calibrated stand on two scales: only like is compared with like.
        alike = self._counted == (self._calibrators[code] is not None)
        own = {one: float(value) for one, value, fits in zip(self.learned, values, alike, strict=True) if fits}
        return self._particulars.reasons(segment, code, own, self._nearest)

    # ---- parts

    @cached_property
    def _definitions(self) -> DefinitionTagger:
        return DefinitionTagger(self.codebook, encoder=self._encoder, **self._base)

    @cached_property
    def _particulars(self) -> Particulars:
        return Particulars(self.codebook, self._encoder, self._ready, self._facets)

    @property
    def _ready(self) -> Learner:
        if self._learner is None:
            raise NotEnoughData("the tagger has not learned anything", needed=1, found=0, hint="fit it first")
        return self._learner

    @property
    def _counted(self) -> NDArray[np.bool_]:
        return np.array([self._calibrators[code] is not None for code in self.learned])

    def _calibrated(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        made = [self._calibrators[code] for code in self.learned]
        return np.stack([raw[:, at] if one is None else one(raw[:, at]) for at, one in enumerate(made)], axis=1)


def _rate(label: NDArray[np.int8], weight: NDArray[np.float64]) -> float:
    """How often a code is present, as far as that can be told: half a case is added, and half a passage without."""
    fair = (label != NOT_JUDGED) & (weight > 0)
    return float((weight[fair & (label == PRESENT)].sum() + 0.5) / (weight[fair].sum() + 1))


def _digest(training: Training) -> str:
    found = hashlib.sha256(json.dumps([[one.id for one in training.segments], training.codes]).encode())
    found.update(np.ascontiguousarray(training.label).tobytes())
    found.update(np.ascontiguousarray(training.estimated).tobytes())
    found.update(np.ascontiguousarray(training.weight).tobytes())
    return found.hexdigest()


def _hash(head: Mapping[str, Any], arrays: Arrays) -> str:
    found = hashlib.sha256(json.dumps(dict(head), sort_keys=True).encode())
    for name in sorted(arrays):
        found.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()[:12]


def _part(arrays: Arrays, name: str) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}
