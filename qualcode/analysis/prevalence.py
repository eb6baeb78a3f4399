"""How often a code is present in each programme: by participant first, by segment beside it, polarity kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

POLARITIES = ("affirmed", "relieved", "denied", "mixed", "hypothetical", "")
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, eq=False)
class Prevalence:
    """Counts by programme, code and polarity.

    The unit is named in each column: `cases_with` of `cases` (participants), `segments_with` of `segments`. A case
    whose passages differ in polarity counts in each of them, so polarities must not be added up.
    """

    table: pd.DataFrame
    """programme, code, polarity, cases_with, cases, segments_with, segments."""
    any_polarity: pd.DataFrame
    """The same without polarity: a case or segment counts once a code."""

    def to_frame(self) -> pd.DataFrame:
        """The counts split by polarity."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence for each programme and code that has any, most participants first."""
        ordered = self.any_polarity.sort_values(["programme", "cases_with"], ascending=[True, False])
        return [
            f"{row['programme']}: {row['code']} in {row['cases_with']} of {row['cases']} participants "
            f"({row['segments_with']} of {row['segments']} segments)"
            for row in ordered.to_dict("records")
            if row["segments_with"]
        ]


def by_programme(codings: pd.DataFrame, segments: pd.DataFrame, codes: list[str]) -> Prevalence:
    """Prevalence of codes by programme.

    Args:
        codings: present rows: segment, code, and polarity if there is one.
        segments: the universe: segment, case, programme. A segment without a case counts as its transcript's, where
            there is that column, else by itself.
        codes: codes to report, also those that never occur.
    """
    universe = segments[["segment", "case", "programme"]].copy()
    universe["programme"] = universe["programme"].fillna(NOT_STATED).replace("", NOT_STATED)
    universe["case"] = universe["case"].fillna(segments["transcript" if "transcript" in segments else "segment"])
    size = universe.groupby("programme").agg(cases=("case", "nunique"), segments=("segment", "nunique"))
    present = codings[["segment", "code"]].copy()
    present["polarity"] = codings["polarity"].fillna("") if "polarity" in codings else ""
    present = present.merge(universe[["segment", "case", "programme"]], on="segment")
    found = set(present["polarity"])
    used = [p for p in POLARITIES if p in found] + sorted(found - set(POLARITIES)) or ["affirmed"]
    table = _counted(present, ["programme", "code", "polarity"], [list(size.index), codes, used])
    overall = _counted(present, ["programme", "code"], [list(size.index), codes])
    return Prevalence(table.join(size, on="programme"), overall.join(size, on="programme"))


def _counted(present: pd.DataFrame, keys: list[str], levels: list[list[str]]) -> pd.DataFrame:
    every: pd.MultiIndex = pd.MultiIndex.from_product(levels, names=keys)
    counts = present.groupby(keys).agg(cases_with=("case", "nunique"), segments_with=("segment", "nunique"))
    return counts.reindex(every, fill_value=0).reset_index()
