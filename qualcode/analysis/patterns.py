"""What each pattern of a codebook is worth: coverage, overlap, conflict, precision.

In the manner in which Ratner et al. (2017) look at labelling functions. A pattern either fires on a passage or
abstains. Its silence is never counted as a no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis.proportion import clopper_pearson

PRESENT, ABSENT = 1, 0
PATTERN_COLUMNS = (
    "pattern",
    "code",
    "hits",
    "coverage",
    "overlap",
    "excepted",
    "rivals",
    "absent",
    "conflict",
    "judged",
    "precision",
    "precision_low",
    "precision_high",
)
CODE_COLUMNS = (
    "code",
    "patterns",
    "dead",
    "hits",
    "coverage",
    "judged",
    "precision",
    "precision_low",
    "precision_high",
    "present",
    "recall",
    "recall_low",
    "recall_high",
)


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """How patterns did on n passages, one by one and each code's together."""

    table: pd.DataFrame
    """One row a pattern, the worst first: PATTERN_COLUMNS.

    hits, excepted, rivals, absent, judged: passages. coverage: hits of all passages. overlap: share of the hits where
    another pattern of the code hits too. excepted: an exception took the match away. rivals: a pattern of a code that
    excludes this one hits too. absent: a person judged the code absent. conflict: share of the hits and of what was
    excepted that has any of these three. precision: share of the judged hits that a person judged present.
    """
    codes: pd.DataFrame
    """One row a code that has patterns, the worst first: CODE_COLUMNS. recall: share of the passages judged present
    that any of its patterns found. Intervals are those of Clopper and Pearson (1934), at 95 %."""
    dead: tuple[str, ...]
    """Patterns that matched nowhere."""
    passages: int

    def to_frame(self) -> pd.DataFrame:
        """The table by pattern."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence for each code that has patterns."""
        return [
            f"{row['code']}: {row['patterns']} patterns, {row['dead']} of them dead, fire on {row['hits']} of "
            f"{self.passages} passages; "
            + _share(row, "precision", row["judged"], "judged hits are right")
            + "; "
            + _share(row, "recall", row["present"], "passages judged present are found")
            for row in self.codes.to_dict("records")
        ]


def by_pattern(
    names: Sequence[str],
    owner: NDArray[np.int64],
    hit: NDArray[np.bool_],
    excepted: NDArray[np.bool_],
    label: NDArray[np.int8],
    codes: Sequence[str],
    rival: NDArray[np.bool_],
) -> Patterns:
    """Analyse m patterns of k codes on n passages.

    Args:
        names: of the patterns.
        owner: shape (m,), the code of each, as its place in `codes`.
        hit: shape (n, m).
        excepted: shape (n, m), it matched and an exception took the match away; nowhere true together with `hit`.
        label: shape (n, k): 1 present, 0 absent, any other value not judged. Give only judgements that were not chosen
            or coloured by what a machine said, or precision flatters.
        codes: ids.
        rival: shape (k, k), symmetric: which codes exclude each other.
    """
    by_code = np.zeros((len(hit), len(codes)), dtype=bool)
    for at in range(len(codes)):
        by_code[:, at] = hit[:, owner == at].any(axis=1)
    rows = []
    for column, name in enumerate(names):
        code = int(owner[column])
        fired, took = hit[:, column], excepted[:, column]
        siblings = owner == code
        siblings[column] = False
        against = fired & by_code[:, rival[code]].any(axis=1)
        absent = fired & (label[:, code] == ABSENT)
        conflict = took | against | absent
        judged = int(absent.sum() + (fired & (label[:, code] == PRESENT)).sum())
        rows.append(
            (
                name,
                codes[code],
                int(fired.sum()),
                _mean(fired.sum(), len(hit)),
                _mean((fired & hit[:, siblings].any(axis=1)).sum(), fired.sum()),
                int(took.sum()),
                int(against.sum()),
                int(absent.sum()),
                _mean(conflict.sum(), (fired | took).sum()),
                judged,
                *_proportion(judged - int(absent.sum()), judged),
            )
        )
    table = pd.DataFrame(rows, columns=list(PATTERN_COLUMNS))
    dead = tuple(name for column, name in enumerate(names) if not (hit[:, column] | excepted[:, column]).any())
    return Patterns(
        _worst_first(table[~table["pattern"].isin(dead)]),
        _worst_first(_codes(table, by_code, label, codes, dead)),
        dead,
        len(hit),
    )


def _codes(
    table: pd.DataFrame,
    by_code: NDArray[np.bool_],
    label: NDArray[np.int8],
    codes: Sequence[str],
    dead: Sequence[str],
) -> pd.DataFrame:
    rows = []
    for at, code in enumerate(codes):
        own = table[table["code"] == code]
        if own.empty:
            continue
        fired, present = by_code[:, at], label[:, at] == PRESENT
        right, wrong = int((fired & present).sum()), int((fired & (label[:, at] == ABSENT)).sum())
        rows.append(
            (
                code,
                len(own),
                int(own["pattern"].isin(list(dead)).sum()),
                int(fired.sum()),
                _mean(fired.sum(), len(fired)),
                right + wrong,
                *_proportion(right, right + wrong),
                int(present.sum()),
                *_proportion(right, int(present.sum())),
            )
        )
    return pd.DataFrame(rows, columns=list(CODE_COLUMNS))


def _worst_first(table: pd.DataFrame) -> pd.DataFrame:
    """Surely imprecise ones first: one mistake in one hit says less than ten in ten. Then those that conflict most."""
    key = table.assign(
        _high=table["precision_high"].fillna(1.0),
        _conflict=-table.get("conflict", pd.Series(0.0, table.index)).fillna(0),
    )
    order = key.sort_values(["_high", "_conflict", "hits"], ascending=[True, True, False], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _proportion(successes: int, of: int) -> tuple[float, float, float]:
    if not of:
        return (np.nan, np.nan, np.nan)
    return (successes / of, *clopper_pearson(successes, of))


def _mean(count: float, of: float) -> float:
    return float(count / of) if of else np.nan


def _share(row: Mapping[Any, Any], name: str, of: float, what: str) -> str:
    if not of:
        return f"no judgement tells its {name}"
    return f"{row[name]:.0%} of {of:.0f} {what} ({row[name + '_low']:.0%} to {row[name + '_high']:.0%})"
