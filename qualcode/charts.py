"""Results to Vega-Lite specifications and SVG, without a browser or a network."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

RATIOS = frozenset({"OR", "RR", "HR", "IRR"})
"""Measures whose no effect is 1, drawn on a log scale."""
MOST_COLUMNS = 4
CHART_WIDTH = 700
"""Of all panels in a row, without labels and gaps: a page's width."""
_CLIP = re.compile(r"\bclip\d+\b")
COLOURS = {
    "affirmed": "#2F6B8F",
    "relieved": "#5BA56F",
    "denied": "#9A9A9A",
    "mixed": "#C58B3B",
    "hypothetical": "#8C6BB1",
    "": "#C9B458",
}


def prevalence(table: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, Any]:
    """Share of participants by code, a panel a programme, polarities side by side (never stacked: they do not add up).

    Args:
        table: programme, code, polarity, cases_with, cases.
        labels: code to label, in the order of the codebook.
    """
    shown = table[table["code"].isin(list(labels))]
    values = [
        {
            "programme": row["programme"],
            "code": labels[row["code"]],
            "polarity": row["polarity"] or "no polarity",
            "share": row["cases_with"] / row["cases"] if row["cases"] else 0,
        }
        for row in shown.to_dict("records")
    ]
    used = [polarity for polarity in COLOURS if (shown["polarity"] == polarity).any()]
    used += sorted(set(shown["polarity"]) - set(COLOURS))
    names = [polarity or "no polarity" for polarity in used]
    panels = shown["programme"].nunique()
    columns = panels if panels <= MOST_COLUMNS else 3
    largest = max([value["share"] for value in values], default=0)
    return {
        "padding": {"left": 24, "top": 5, "right": 5, "bottom": 5},
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": "Share of participants with at least one passage, by code and polarity, for each programme",
        "data": {"values": values},
        "columns": columns,
        "facet": {"field": "programme", "title": None, "header": {"labelFontSize": 13, "labelFontWeight": "bold"}},
        "spec": {
            "width": CHART_WIDTH // max(1, columns),
            "height": {"step": 9},
            "mark": {"type": "bar", "cornerRadiusEnd": 1},
            "encoding": {
                "y": {"field": "code", "title": None, "sort": list(labels.values()), "axis": {"labelLimit": 220}},
                "yOffset": {"field": "polarity", "sort": names},
                "x": {
                    "field": "share",
                    "type": "quantitative",
                    "scale": {"domain": [0, max(0.4, math.ceil(largest * 5) / 5)]},
                    "axis": {"format": "%", "title": "participants", "tickCount": 3, "grid": True},
                },
                "color": {
                    "field": "polarity",
                    "sort": names,
                    "title": None,
                    "scale": {"domain": names, "range": [COLOURS.get(polarity, "#666666") for polarity in used]},
                    "legend": {"orient": "top"},
                },
            },
        },
        "config": {
            "font": "Helvetica Neue, Helvetica, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 11, "gridColor": "#EEEEEE"},
        },
    }


def effects(table: pd.DataFrame) -> dict[str, Any]:
    """Estimates with their intervals, a row each, in the order given, and a line at no effect.

    Args:
        table: outcome, comparison, measure, estimate, ci_low, ci_high; all ratios or all differences.
    """
    values = [
        {
            "outcome": f"{row['outcome']} (with {row['comparison'].replace('_', ' ')})",
            "estimate": row["estimate"],
            "low": row["ci_low"],
            "high": row["ci_high"],
        }
        for row in table.to_dict("records")
    ]
    ratio = set(table["measure"]) <= RATIOS
    scale = {"type": "log"} if ratio else {}
    rows = {"field": "outcome", "title": None, "sort": [v["outcome"] for v in values], "axis": {"labelLimit": 420}}
    measure = ", ".join(dict.fromkeys(table["measure"]))
    low, high = {"field": "low", "type": "quantitative", "scale": scale}, {"field": "high"}
    return {
        "padding": {"left": 70, "top": 5, "right": 5, "bottom": 5},
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": "Effects as the review states them, with 95 % intervals",
        "width": 300,
        "height": {"step": 22},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "color": "#999999", "strokeDash": [3, 3]},
                "encoding": {"x": {"datum": 1 if ratio else 0}},
            },
            {
                "mark": {"type": "rule", "color": COLOURS["affirmed"], "strokeWidth": 2},
                "encoding": {"y": rows, "x": {**low, "title": f"{measure} and 95 % interval"}, "x2": high},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "color": COLOURS["affirmed"]},
                "encoding": {"y": rows, "x": {"field": "estimate", "type": "quantitative", "scale": scale}},
            },
        ],
        "config": {
            "font": "Helvetica Neue, Helvetica, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 11, "gridColor": "#EEEEEE"},
        },
    }


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG text."""
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(specification))
    # The renderer numbers its clip paths for as long as the process lives; the same chart must give the same bytes.
    numbers = {name: f"clip{place}" for place, name in enumerate(dict.fromkeys(_CLIP.findall(drawn)))}
    return _CLIP.sub(lambda found: numbers[found.group()], drawn)
