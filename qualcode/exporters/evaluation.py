"""How a coder did against judgements: tables as csv, all of it as JSON, the reliability diagram. Nobody is quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qualcode.exporters.bundle import Written
from qualcode.exporters.table import write_csv
from qualcode.private import private


@private()
def write(
    tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any], charts: Mapping[str, str], folder: Path
) -> Written:
    """Write each table as `NAME.csv`, each chart as `NAME.svg`, and all but the charts as `evaluation.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, frame in tables.items():
        files.append(folder / f"{name}.csv")
        write_csv(files[-1], frame)
    for name, drawn in charts.items():
        files.append(folder / f"{name}.svg")
        files[-1].write_text(drawn, encoding="utf-8")
    files.append(folder / "evaluation.json")
    body = json.dumps(plain(tables, about), indent=2, ensure_ascii=False)
    files[-1].write_text(body + "\n", encoding="utf-8")
    return Written(tuple(files))


@private()
def write_curve(table: pd.DataFrame, drawn: str, folder: Path) -> Written:
    """Write a learning curve as `learning_curve.csv` and `learning_curve.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers, picture = folder / "learning_curve.csv", folder / "learning_curve.svg"
    write_csv(numbers, table)
    picture.write_text(drawn, encoding="utf-8")
    return Written((numbers, picture))


def plain(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> dict[str, Any]:
    """All of it as JSON takes it; what cannot be estimated is null."""
    rows = {
        name: [{str(key): _value(value) for key, value in row.items()} for row in frame.to_dict("records")]
        for name, frame in tables.items()
    }
    return {**about, **rows}


def _value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value != value else value
