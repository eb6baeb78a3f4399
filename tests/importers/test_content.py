"""What the cells of a column hold: words of one's own, options, categories, names, keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers import content

ANSWERS = [f"she rang me on day {n} and listened" for n in range(30)]
LIKERT = ["Neither agree nor disagree", "Strongly agree", "Agree", "I do not wish to say so here today"]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("What helped?", ANSWERS, "words"),
        ("What helped?", ["more tea", "the garden", "", "her voice"], "words"),
        ("What helped?", ["いつも話を聞いてくれたから", "お茶がおいしくて毎週行きました"], "words"),
        ("Anything else?", [*[""] * 200, "the bus was late on every day"], "words"),
        ("remark", [*["no"] * 60, "ask for more tea on Monday mornings please"], "words"),
        ("comments on it", [*["nothing at all then"] * 60, *[f"more tea {n} times please" for n in range(9)]], "words"),
        ("agree", LIKERT * 20, "category"),
        ("region", ["north", "south", ""], "category"),
        ("region", ["North West England", "Greater London"], "category"),
        ("contact", [f"Mary Smith{chr(97 + n)}" for n in range(10)], "contact"),
        ("Recipient Email", ["x", "y"], "contact"),
        ("First name", ["Mary", "Mary"], "contact"),
        ("video_name", ANSWERS, "contact"),
        ("q7", [f"p{n}@example.org" for n in range(9)], "contact"),
        ("q8", ["10.0.0.1", "10.0.0.2"], "contact"),
        ("code", [f"nobody to turn to at night {n}" for n in range(50)], "other"),
        ("key", [f"R_{n:x}abc" for n in range(90)], "other"),
        ("when", [f"Thursday {n % 28 + 1} March 2025 at 14:{n % 60:02}" for n in range(90)], "other"),
        ("when", [f"2025-03-06 14:{n % 60:02}:{n:02}" for n in range(59)], "other"),
        ("age", [str(n) for n in range(90)], "other"),
        ("age", [str(n) for n in range(90)] * 2, "category"),
        ("q9", ["0", "1", "", "0"], "flag"),
        ("q10", ["", " ", "\n"], "empty"),
    ],
)
def test_a_column_is_what_its_cells_are(name, cells, kind):
    assert content.of(name, cells).kind == kind


@given(st.text(max_size=20), st.lists(st.text(max_size=30), max_size=40))
def test_any_column_has_a_kind_and_its_counts(name, cells):
    found = content.of(name, cells)
    filled = [cell.strip() for cell in cells if cell.strip()]
    assert (found.filled, found.different) == (len(filled), len(set(filled)))
    assert (found.kind == "empty") == (not filled)
    assert all(filled.count(value) > 1 for value in found.shared)


def test_values_do_not_show():
    assert "zzsentinelzz" not in repr(content.of("a", ["zzsentinelzz", "zzsentinelzz"]))
