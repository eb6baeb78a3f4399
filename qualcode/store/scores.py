"""What a machine said of each segment and code, read from the files of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from qualcode.store import codings


def latest(
    connection: Connection, runs_folder: Path, machine: str, segments: Sequence[str], codes: Sequence[str]
) -> NDArray[np.float64]:
    """Scores of a machine's last pass over each segment, shape (n, k): the calibrated one, else the raw one.

    NaN where it judged nothing, or where the file of a run is gone or damaged.
    """
    found = np.full((len(segments), len(codes)), np.nan)
    rows, columns = pd.Index(list(segments)), pd.Index(list(codes))
    for run in codings.runs(connection):
        path = runs_folder / run.id / "proposals.parquet"
        if run.coder != machine or not path.exists():
            continue
        try:
            cells = pd.read_parquet(path)
        except (OSError, ValueError):  # pyarrow's own errors are of these kinds
            continue
        said = cells["raw_score"].to_numpy(dtype=np.float64)
        if "score" in cells:
            calibrated = cells["score"].to_numpy(dtype=np.float64)
            said = np.where(np.isnan(calibrated), said, calibrated)
        row = rows.get_indexer(pd.Index(cells["segment"]))
        column = columns.get_indexer(pd.Index(cells["code"].astype(str)))
        mine = (row >= 0) & (column >= 0)
        found[row[mine], column[mine]] = said[mine]
    return found
