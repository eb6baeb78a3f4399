"""Whether a coder serves everybody alike: misses and false alarms by any attribute of what was coded.

A miss rate is the share of what has the code that was not found, a false-alarm rate the share of what has not that was.
A tagger that finds burden in mothers' words and not in fathers' makes a finding of that difference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis import resampling
from qualcode.analysis.resampling import Floats

ALL_CODES = "all codes"
NOT_STATED = "not stated"
LEAST = 10
"""Cells that a rate must rest on to be compared: the gap between two rates of three cells each is noise."""
RATES = ("miss", "false_alarm")
ONE_SUBGROUP = "fewer than two subgroups have enough"
NO_CELLS = {"miss": "no segment has the code", "false_alarm": "every segment has the code"}


@dataclass(frozen=True, slots=True, eq=False)
class Equity:
    """Rates by subgroup, and the widest gap between two of them."""

    table: pd.DataFrame
    """attribute, subgroup, code, n, people, positives, then miss and false_alarm, each with _low, _high, _reason."""
    gaps: pd.DataFrame
    """attribute, code, rate, gap, low, high, most, least (the two subgroups), subgroups (compared), reason. The widest
    of many gaps is wide by chance too: the more subgroups, the more its interval promises."""

    def to_frame(self) -> pd.DataFrame:
        """The rates."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence a gap."""
        told = []
        for row in self.gaps.to_dict("records"):
            rate = "miss rate" if row["rate"] == "miss" else "false-alarm rate"
            said = f"not compared ({row['reason']})" if pd.isna(row["gap"]) else _gap(row)
            told.append(f"{row['attribute']}, {row['code']}: {rate} {said}")
        return told


def _gap(row: Mapping[Any, Any]) -> str:
    low, high = row["low"], row["high"]
    interval = "" if pd.isna(low) else f" [{low:.2f}, {high:.2f}]"
    return f"{row['gap']:.2f}{interval} higher in {row['most']} than in {row['least']}"


def by_attribute(
    truth: NDArray[np.int8],
    said: NDArray[np.int8],
    codes: list[str],
    group: NDArray[np.generic],
    subgroup: Sequence[str | None],
    *,
    attribute: str,
    weight: Floats | None = None,
    each_code: bool = True,
    uncompared: Collection[str] = (),
    least: int = LEAST,
    repetitions: int = 1000,
    seed: int = 1,
) -> Equity:
    """Miss and false-alarm rates in each subgroup, over all codes and for each.

    Args:
        truth: shape (n, k): 1 present, 0 absent, -1 not judged.
        said: shape (n, k): 1 present; all else is not found.
        codes: names of the k columns.
        group: shape (n,): rows of one group are drawn together.
        subgroup: of each row; None or empty is *not stated*, a subgroup of its own.
        attribute: what parts the subgroups, for the tables.
        weight: shape (n, k): one over the inclusion probability; 1 unless given. Cells of weight 0 are left out.
        each_code: a row for each code too, not only for all together.
        uncompared: subgroups that are in no gap, such as one of all that are small.
        least: cells that a rate must rest on to be compared.
        repetitions: samples of groups.
        seed: of the samples.
    """
    weight = np.ones(truth.shape) if weight is None else weight
    kept = (truth >= 0) & (weight > 0)
    named = np.array([str(name) if name not in (None, "") else NOT_STATED for name in subgroup], dtype=object)
    number, groups = resampling.numbered(group)
    drawn = resampling.times(groups, repetitions, seed) if groups else np.ones((0, 1 + repetitions))
    rows, gaps = [], []
    columns = [(ALL_CODES, slice(None)), *((code, slice(place, place + 1)) for place, code in enumerate(codes))]
    for code, place in columns if each_code else columns[:1]:
        rates: dict[str, list[tuple[str, Floats]]] = {rate: [] for rate in RATES}
        for name in sorted(set(named)):
            own = np.nonzero((named == name) & kept[:, place].any(axis=1))[0]
            if not len(own):
                continue
            cells = _Cells(truth[own, place], said[own, place], np.where(kept, weight, 0.0)[own, place], number[own])
            row: dict[str, object] = {
                "attribute": attribute,
                "subgroup": name,
                "code": code,
                "n": int(kept[own, place].sum()),
                "people": len(np.unique(number[own])),
                "positives": int((kept[own, place] & (truth[own, place] == 1)).sum()),
            }
            for rate in RATES:
                values, count, people = cells.rate(rate, drawn)
                low, high, reason = resampling.share_interval(values, people)
                row |= {rate: float(values[0]), f"{rate}_low": low, f"{rate}_high": high}
                row[f"{rate}_reason"] = reason if count else NO_CELLS[rate]
                if count >= least and name not in uncompared:
                    rates[rate].append((name, values))
            rows.append(row)
        gaps += [{"attribute": attribute, "code": code, "rate": rate, **_widest(rates[rate])} for rate in RATES]
    named_columns = [f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high", "_reason")]
    return Equity(
        pd.DataFrame(rows, columns=["attribute", "subgroup", "code", "n", "people", "positives", *named_columns]),
        pd.DataFrame(
            gaps,
            columns=["attribute", "code", "rate", "gap", "low", "high", "most", "least", "subgroups", "reason"],
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The judged cells of one subgroup."""

    truth: NDArray[np.int8]
    said: NDArray[np.int8]
    weight: Floats
    group: NDArray[np.int64]

    def rate(self, rate: str, drawn: Floats) -> tuple[Floats, int, int]:
        """The rate in each sample, how many cells it rests on, and of how many groups."""
        inside = (self.truth == (1 if rate == "miss" else 0)) & (self.weight > 0)
        wrong = inside & ((self.said != 1) if rate == "miss" else (self.said == 1))
        cells = np.column_stack([(self.weight * inside).sum(axis=1), (self.weight * wrong).sum(axis=1)])
        total, missed = resampling.sums(cells, self.group, len(drawn)).T @ drawn
        with np.errstate(invalid="ignore", divide="ignore"):
            return missed / total, int(inside.sum()), len(np.unique(self.group[inside.any(axis=1)]))


def _widest(rates: list[tuple[str, Floats]]) -> dict[str, object]:
    """The gap between the subgroups with the highest and the lowest rate, and the interval of just that gap."""
    if len(rates) < 2:
        nothing = {"gap": np.nan, "low": np.nan, "high": np.nan, "most": "", "least": ""}
        return nothing | {"subgroups": len(rates), "reason": ONE_SUBGROUP}
    ordered = sorted(rates, key=lambda one: float(one[1][0]))
    (fewest, low_rate), (most, high_rate) = ordered[0], ordered[-1]
    low, high, reason = resampling.interval(high_rate - low_rate, len(rates))
    gap = float(high_rate[0] - low_rate[0])
    found = {"gap": gap, "low": low, "high": high, "most": most, "least": fewest}
    return found | {"subgroups": len(rates), "reason": reason}


def length_bands(words: Sequence[int], edges: Sequence[int] = (5, 15, 40, 100)) -> list[str]:
    """The band of each length in words; short answers are where words are fewest to tell by.

    >>> length_bands([3, 15, 400])
    ['1 to 5 words', '6 to 15 words', 'over 100 words']
    """
    starts = [1, *(edge + 1 for edge in edges)]
    names = [f"{start} to {edge} words" for start, edge in zip(starts, edges, strict=False)]
    names.append(f"over {edges[-1]} words")
    return [names[int(np.searchsorted(edges, count))] for count in words]
