"""How much a coder with an abstain band settles without a person, and how much of that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis import resampling
from qualcode.analysis.resampling import Floats

WHOLE = "whole segments"
NO_JUDGEMENT = "nothing was judged"
NOTHING_SETTLED = "nothing was settled"
NO_CASES = {
    "miss": "nothing settled has the code",
    "false_alarm": "everything settled has the code",
    "wrong": NOTHING_SETTLED,
    "settled": NO_JUDGEMENT,
}
PRESENT = 1
RATES = ("settled", "wrong", "miss", "false_alarm")


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Shares of judgements settled, and of wrong ones among these.

    A whole segment is wrong where any of its judged codes is.
    """

    table: pd.DataFrame
    """code (the first row: whole segments), n, settled, wrong, miss and false_alarm (among what is settled), each with
    _low, _high, _reason."""

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence a row."""
        return [
            f"{row['code']}: {row['settled']:.0%} settled without a person"
            + ("" if pd.isna(row["wrong"]) else f", {row['wrong']:.1%} of them wrong")
            if row["n"]
            else f"{row['code']}: {NO_JUDGEMENT}"
            for row in self.table.to_dict("records")
        ]


def by_code(
    truth: NDArray[np.int8],
    said: NDArray[np.int8],
    settled: NDArray[np.bool_],
    codes: list[str],
    group: NDArray[np.generic],
    *,
    whole: NDArray[np.bool_] | None = None,
    weight: Floats | None = None,
    repetitions: int = 1000,
    seed: int = 1,
) -> Settled:
    """How much is settled, and how wrong.

    Args:
        truth: shape (n, k): 1 present, 0 absent, -1 not judged.
        said: shape (n, k): 1 present, 0 absent, -1 abstained.
        settled: shape (n, k): the coder would ask nobody. Where it abstained, it has not settled.
        codes: names of the k columns.
        group: shape (n,): rows of one group are drawn together.
        whole: shape (n,): segments that the coder would settle with all their codes; where it abstains on a code of
            these, that counts as absent. Unless given, those with every judged code settled.
        weight: shape (n, k): one over the inclusion probability; 1 unless given. Cells of weight 0 are left out.
        repetitions: samples of groups.
        seed: of the samples.
    """
    weight = np.ones(truth.shape) if weight is None else weight
    kept = (truth >= 0) & (weight > 0)
    done, wrong = settled & (said >= 0), said != truth
    number, groups = resampling.numbered(group)
    drawn = resampling.times(groups, repetitions, seed) if groups else np.ones((0, 1 + repetitions))
    judged = np.asarray(kept.any(axis=1))
    # A segment is drawn with all its codes; where their weights differ, the greatest is the segment's own.
    heaviest = np.where(judged, np.where(kept, weight, 0.0).max(axis=1, initial=0.0), 0.0)
    all_done = judged & np.asarray((done | ~kept).all(axis=1))
    any_wrong = np.asarray((((said == PRESENT) != (truth == PRESENT)) & kept).any(axis=1))
    if whole is not None:
        all_done = judged & whole
    counts = {"n": int(judged.sum())}
    rows = [{"code": WHOLE, **counts, **_rates(heaviest, judged, all_done, any_wrong, None, number, drawn)}]
    for column, code in enumerate(codes):
        own = kept[:, column]
        rates = _rates(weight[:, column], own, done[:, column], wrong[:, column], truth[:, column] == 1, number, drawn)
        rows.append({"code": code, "n": int(own.sum()), **rates})
    names = [f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high", "_reason")]
    return Settled(pd.DataFrame(rows, columns=["code", "n", *names]))


def _rates(
    weight: Floats,
    kept: NDArray[np.bool_],
    done: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
    present: NDArray[np.bool_] | None,
    group: NDArray[np.int64],
    drawn: Floats,
) -> dict[str, object]:
    done = done & kept
    parts = {"settled": (kept, done), "wrong": (done, done & wrong)}
    if present is not None:
        parts["miss"] = (done & present, done & present & wrong)
        parts["false_alarm"] = (done & ~present, done & ~present & wrong)
    row: dict[str, object] = {}
    for rate, (among, those) in parts.items():
        cells = np.column_stack([weight * among, weight * those])
        total, part = resampling.sums(cells, group, len(drawn)).T @ drawn
        with np.errstate(invalid="ignore", divide="ignore"):
            values = part / total
        low, high, reason = resampling.share_interval(values, len(np.unique(group[among])))
        row |= {rate: float(values[0]), f"{rate}_low": low, f"{rate}_high": high}
        row[f"{rate}_reason"] = reason if among.any() else NO_CASES[rate]
    return row
