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
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
CONFIG = {
    "font": "Helvetica Neue, Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 11, "gridColor": "#EEEEEE"},
}
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
        "$schema": SCHEMA,
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
        "config": CONFIG,
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
        "$schema": SCHEMA,
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
        "config": CONFIG,
    }


def reliability(table: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, Any]:
    """How often what got a score came true, a panel a code, beside the line on which scores are probabilities.

    Args:
        table: code, score, share, low, high, as `analysis.reliability` gives it; without an interval, a point alone.
        labels: code to label, in the order of the codebook.
    """
    shown = table[table["code"].isin(list(labels))].replace({float("nan"): None})
    values = [
        {"code": labels[row["code"]], **{name: row[name] for name in ("score", "share", "low", "high", "n")}}
        for row in shown.to_dict("records")
    ]
    codes = [label for code, label in labels.items() if code in set(shown["code"])]
    edges = {"domain": [0, 1]}
    x = {"field": "score", "type": "quantitative", "scale": edges, "title": "score", "axis": {"tickCount": 3}}
    y = {"field": "share", "type": "quantitative", "scale": edges, "title": "present", "axis": {"tickCount": 3}}
    bar = {"y": {**y, "field": "low"}, "y2": {"field": "high"}, "x": x}
    corners = {"x": {"datum": 0}, "y": {"datum": 0}, "x2": {"datum": 1}, "y2": {"datum": 1}}
    return {
        "$schema": SCHEMA,
        "description": "Share of present among segments with about the same score, with 95 % intervals",
        "data": {"values": values},
        "facet": {"field": "code", "title": None, "sort": codes, "header": {"labelLimit": 150}},
        "columns": MOST_COLUMNS,
        "spec": {
            "width": CHART_WIDTH // MOST_COLUMNS - 40,
            "height": CHART_WIDTH // MOST_COLUMNS - 40,
            "layer": [
                {"mark": {"type": "rule", "color": "#999999", "strokeDash": [3, 3]}, "encoding": corners},
                {"mark": {"type": "rule", "color": COLOURS["affirmed"]}, "encoding": bar},
                {"mark": {"type": "point", "filled": True, "color": COLOURS["affirmed"]}, "encoding": {"x": x, "y": y}},
            ],
        },
        "config": CONFIG,
    }


def learning_curve(table: pd.DataFrame) -> dict[str, Any]:
    """What is reached with so many judged segments, a line a measure.

    Args:
        table: budget (segments judged), measure, value, low, high.
    """
    values = table.replace({float("nan"): None}).to_dict("records")
    measures = list(dict.fromkeys(table["measure"]))
    # Budgets grow by factors; the first one is none at all, which a plain logarithm cannot show.
    x = {"field": "budget", "type": "quantitative", "scale": {"type": "symlog", "constant": 10}}
    x |= {"title": "segments judged", "axis": {"values": sorted(set(table["budget"])), "grid": False}}
    y = {"field": "value", "type": "quantitative", "scale": {"domainMin": 0, "domainMax": 1}, "title": None}
    palette = [colour for name, colour in COLOURS.items() if name]
    colour: dict[str, Any] = {"field": "measure", "sort": measures, "title": None, "legend": {"orient": "top"}}
    colour |= {"scale": {"domain": measures, "range": [palette[n % len(palette)] for n in range(len(measures))]}}
    band = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}
    line = {"x": x, "y": y, "color": colour}
    return {
        "$schema": SCHEMA,
        "description": "What is reached with so many judged segments, with 95 % intervals",
        "width": 420,
        "height": 240,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "area", "opacity": 0.15}, "encoding": band},
            {"mark": {"type": "line", "point": True}, "encoding": line},
        ],
        "config": CONFIG,
    }


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG text."""
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(specification))
    # The renderer numbers its clip paths for as long as the process lives; the same chart must give the same bytes.
    numbers = {name: f"clip{place}" for place, name in enumerate(dict.fromkeys(_CLIP.findall(drawn)))}
    return _CLIP.sub(lambda found: numbers[found.group()], drawn)
