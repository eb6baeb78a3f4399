"""Specifications of charts, and that they can be drawn without a browser."""

from __future__ import annotations

import pandas as pd
import pytest

from qualcode import charts


def table(programmes: int, share: float) -> pd.DataFrame:
    rows = [(f"P{n}", "burden", "affirmed", round(share * 100), 100) for n in range(programmes)]
    return pd.DataFrame(rows, columns=["programme", "code", "polarity", "cases_with", "cases"])


@pytest.mark.parametrize(("programmes", "columns"), [(1, 1), (2, 2), (4, 4), (5, 3), (12, 3)])
def test_up_to_four_programmes_stand_in_one_row(programmes, columns):
    assert charts.prevalence(table(programmes, 0.3), {"burden": "Burden"})["columns"] == columns


@pytest.mark.parametrize(("share", "end"), [(0.05, 0.4), (0.41, 0.6), (1.0, 1.0)])
def test_the_axis_begins_at_nought_and_holds_the_largest_share(share, end):
    encoding = charts.prevalence(table(2, share), {"burden": "Burden"})["spec"]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, pytest.approx(end)]


def test_effects_are_drawn_with_their_intervals_and_the_line_of_no_effect():
    effects = pd.DataFrame(
        [("mood", "usual_care", "SMD", -0.1, -0.32, 0.11), ("mood", "alternative", "SMD", 0.2, -0.38, 0.79)],
        columns=["outcome", "comparison", "measure", "estimate", "ci_low", "ci_high"],
    )
    drawn = charts.svg(charts.effects(effects))
    assert "mood (with usual care)" in drawn
    assert "mood (with alternative)" in drawn
    assert "SMD and 95 % interval" in drawn
    assert charts.effects(effects)["layer"][0]["encoding"] == {"x": {"datum": 0}}


def test_a_ratio_has_no_effect_at_one():
    odds = pd.DataFrame(
        [("mood", "usual_care", "OR", 0.5, 0.3, 0.8)],
        columns=["outcome", "comparison", "measure", "estimate", "ci_low", "ci_high"],
    )
    line, bar, _ = charts.effects(odds)["layer"]
    assert line["encoding"] == {"x": {"datum": 1}}
    assert bar["encoding"]["x"]["scale"] == {"type": "log"}


def test_the_same_chart_gives_the_same_bytes():
    specification = charts.prevalence(table(3, 0.3), {"burden": "Burden"})
    assert charts.svg(specification) == charts.svg(specification)


def test_a_reliability_diagram_has_a_panel_a_code_and_the_line_of_perfect_scores():
    points = pd.DataFrame(
        [("a", 0.1, 0.2, 0.1, 0.3, 20), ("a", 0.8, 0.7, None, None, 2), ("b", 0.5, 0.5, 0.3, 0.7, 20)],
        columns=["code", "score", "share", "low", "high", "n"],
    )
    made = charts.reliability(points, {"b": "Burden", "a": "Alone", "c": "Nowhere"})
    assert made["facet"]["sort"] == ["Burden", "Alone"]
    drawn = charts.svg(made)
    assert ">Burden<" in drawn
    assert ">Alone<" in drawn
    assert "Nowhere" not in drawn
    assert "NaN" not in drawn


def test_a_learning_curve_begins_at_no_judgement():
    rows = [(0, "micro F1", 0.4, 0.35, 0.45), (200, "micro F1", 0.6, 0.55, 0.65), (200, "kappa", 0.5, None, None)]
    table = pd.DataFrame(rows, columns=["budget", "measure", "value", "low", "high"])
    made = charts.learning_curve(table)
    assert made["layer"][1]["encoding"]["x"]["axis"]["values"] == [0, 200]
    drawn = charts.svg(made)
    assert ">segments judged<" in drawn
    assert ">micro F1<" in drawn
    assert ">kappa<" in drawn
