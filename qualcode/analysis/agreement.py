"""How far coders agree, a code at a time, with intervals that respect participants.

Each code is its own yes-or-no question on each unit that at least two coders judged. Krippendorff's alpha (2011) is
the coefficient; Gwet's AC1 (2008) and the shares of agreement on presence and absence (Cicchetti & Feinstein 1990)
stand beside it, because alpha of a rare code hangs on few units. Without variation nothing can be estimated, and the
result is None with a reason, never 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""Shape (units, categories): how many coders put each unit into each category."""

NO_VARIATION = "no variation: not estimable"
TOO_FEW = "fewer than two coders judged the same units"
TOO_FEW_PEOPLE = "too few people for an interval"
INTERVAL = (2.5, 97.5)
MOST_LEFT_OUT = 0.05
"""Share of samples of people without variation beyond which an interval would tell of the others alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Agreement by code, or by facet.

    A bootstrap cannot widen perfect agreement: an interval of [1, 1] says that no sample of these people showed any
    disagreement, and not that there is none.
    """

    table: pd.DataFrame
    """code (or the facet), units, people, coders, present_both, present_any, agreement, positive, negative, alpha,
    alpha_low, alpha_high, below_667, ac1, reason."""

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence a row."""
        return [
            f"{row['code']}: not estimable ({row['reason']})"
            if pd.isna(row["alpha"])
            else f"{row['code']}: alpha {row['alpha']:.2f} {_interval(row)} on {row['units']} units of "
            f"{row['people']} people{_found(row)}"
            for row in self.table.to_dict("records")
        ]


def _interval(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["alpha_low"]):
        return f"(no interval: {row['reason']})"
    return f"[{row['alpha_low']:.2f}, {row['alpha_high']:.2f}]"


def _found(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["present_any"]):
        return ""
    return f"; two found it on {row['present_both']}, any on {row['present_any']}"


def by_code(
    codings: pd.DataFrame,
    judged: pd.DataFrame,
    units: pd.DataFrame,
    codes: list[str],
    *,
    repetitions: int = 2000,
    seed: int = 1,
) -> Agreement:
    """Agreement of all coders on each code.

    Args:
        codings: present rows: segment, coder, code.
        judged: decisions: segment, coder, code. A unit that a coder did not judge is missing for that coder.
        units: segment, case; people are resampled, not units.
        codes: to report, in this order.
        repetitions: bootstrap samples of people.
        seed: of the bootstrap.

    Raises:
        ValueError: a coding is on what its coder did not judge.
    """
    present = codings[["segment", "coder", "code"]].drop_duplicates().assign(present=1)
    cells = judged[["segment", "coder", "code"]].drop_duplicates().merge(present, how="left").fillna({"present": 0})
    unjudged = len(present) - int(cells["present"].sum())
    if unjudged:
        raise ValueError(f"{unjudged} codings are on units and codes that their coder did not judge")
    people = _people(units)
    rows = []
    for code in codes:
        own = cells[cells["code"] == code]
        said = own.groupby("segment")["present"].agg(["sum", "count"])
        counts = np.column_stack([said["count"] - said["sum"], said["sum"]]).astype(float)
        rows.append(
            _row(code, counts, people.reindex(said.index).to_numpy(), own["coder"].nunique(), repetitions, seed)
        )
    return Agreement(pd.DataFrame(rows))


def by_facet(
    codings: pd.DataFrame, units: pd.DataFrame, facets: list[str], *, repetitions: int = 2000, seed: int = 1
) -> Agreement:
    """Agreement on each facet, on the cells (segment and code) that at least two coders found present.

    Args:
        codings: present rows: segment, coder, code and a column a facet; where a coder gave several values to one
            cell, the first counts.
        units: segment, case.
        facets: columns to report; an empty value is a value.
        repetitions: bootstrap samples of people.
        seed: of the bootstrap.
    """
    first = codings.drop_duplicates(["segment", "coder", "code"])
    people = _people(units)
    rows = []
    for facet in facets:
        counts = first.assign(value=first[facet].fillna("")).pivot_table(
            index=["segment", "code"], columns="value", values="coder", aggfunc="count", fill_value=0
        )
        several = counts[counts.sum(axis=1) >= 2]
        cases = people.reindex(several.index.get_level_values("segment")).to_numpy()
        row = _row(facet, several.to_numpy(dtype=float), cases, first["coder"].nunique(), repetitions, seed)
        # Presence is given here, and which values could have been chosen is not known: AC1 would flatter.
        rows.append(row | dict.fromkeys(("present_both", "present_any", "positive", "negative", "ac1")))
    return Agreement(pd.DataFrame(rows))


def _people(units: pd.DataFrame) -> pd.Series[str]:
    """Whose each unit is; one that is nobody's counts as a person of its own."""
    own = units["case"].astype(object).where(units["case"].notna() & (units["case"] != ""), units["segment"])
    return pd.Series(own.astype(str).tolist(), index=units["segment"].tolist())


def _row(
    code: str, counts: Counts, cases: NDArray[np.object_], coders: int, repetitions: int, seed: int
) -> dict[str, object]:
    judged_by_any = counts
    paired = counts.sum(axis=1) >= 2
    counts, cases = counts[paired], cases[paired]
    row: dict[str, object] = {
        "code": code,
        "units": len(counts),
        "people": len(set(cases)),
        "coders": coders,
        "present_both": int((counts[:, -1] >= 2).sum()) if counts.size else 0,
        "present_any": int((counts[:, -1] >= 1).sum()) if counts.size else 0,
    }
    row |= dict.fromkeys(("agreement", "positive", "negative", "alpha", "alpha_low", "alpha_high", "below_667", "ac1"))
    if len(counts) == 0:
        return row | {"reason": TOO_FEW}
    value = alpha(counts)
    positive, negative = specific(counts) if counts.shape[1] == 2 else (None, None)
    row |= {"agreement": observed(counts), "positive": positive, "negative": negative}
    if value is None:
        return row | {"reason": NO_VARIATION}
    drawn = _bootstrap(counts, cases, repetitions, seed)
    known = len(set(cases)) >= 2 and 1 - len(drawn) / repetitions <= MOST_LEFT_OUT
    low, high = np.percentile(drawn, INTERVAL) if known else (None, None)
    return row | {
        "alpha": value,
        "alpha_low": None if low is None else float(low),
        "alpha_high": None if high is None else float(high),
        "below_667": float((drawn < 2 / 3).mean()) if known else None,
        "ac1": ac1(judged_by_any),
        "reason": "" if known else TOO_FEW_PEOPLE,
    }


def observed(counts: Counts) -> float:
    """Mean over units of the share of pairs of coders that agree."""
    m = counts.sum(axis=1)
    return float((((counts * (counts - 1)).sum(axis=1)) / (m * (m - 1))).mean())


def specific(counts: Counts) -> tuple[float | None, float | None]:
    """Agreement on presence and on absence; columns are absent, present. None where nobody said so."""
    m = counts.sum(axis=1)
    agreeing = (counts * (counts - 1) / (m - 1)[:, None]).sum(axis=0)
    said = counts.sum(axis=0)
    absent, present = (float(a / n) if n else None for a, n in zip(agreeing, said, strict=True))
    return present, absent


def alpha(counts: Counts) -> float | None:
    """Krippendorff's alpha for nominal data; units with one value drop out. None without variation."""
    counts = counts[counts.sum(axis=1) >= 2]
    value = _alpha(_sums(counts).sum(axis=0)[None, :])[0]
    return None if np.isnan(value) else float(value)


def ac1(counts: Counts) -> float:
    """Gwet's AC1; units with one value count towards the expected share.

    All columns of `counts` are categories that could have been chosen, also those that were not.
    """
    share = counts / counts.sum(axis=1)[:, None]
    pi = share.mean(axis=0)
    expected = float((pi * (1 - pi)).sum() / (len(pi) - 1))
    return (observed(counts[counts.sum(axis=1) >= 2]) - expected) / (1 - expected)


def _sums(counts: Counts) -> NDArray[np.float64]:
    """What alpha needs of each unit: its disagreement, then how often each category was given."""
    m = counts.sum(axis=1)
    disagreement = (m**2 - (counts**2).sum(axis=1)) / (m - 1)
    return np.column_stack([disagreement, counts])


def _alpha(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha of each row of summed units; nan without variation."""
    given = sums[:, 1:]
    n = given.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = sums[:, 0] / n
        expected = (n**2 - (given**2).sum(axis=1)) / (n * (n - 1))
        return np.asarray(np.where(expected > 0, 1 - found / expected, np.nan))


def _bootstrap(counts: Counts, cases: NDArray[np.object_], repetitions: int, seed: int) -> NDArray[np.float64]:
    """Alpha of samples of people with replacement; samples without variation are left out."""
    _, person = np.unique(cases.astype(str), return_inverse=True)
    people = int(person.max()) + 1
    sums = np.zeros((people, counts.shape[1] + 1))
    np.add.at(sums, person, _sums(counts))
    times = np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), size=repetitions)
    drawn = _alpha(times.astype(float) @ sums)
    return drawn[~np.isnan(drawn)]
