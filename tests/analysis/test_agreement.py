"""Agreement against published values: Krippendorff (2011), Gwet (2008), Feinstein & Cicchetti (1990)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.analysis import agreement


def counts(*coders: str, categories: str | None = None) -> np.ndarray:
    """Units by categories from one string a coder; a dot is not judged."""
    kinds = sorted(categories or {value for coder in coders for value in coder if value != "."})
    return np.array(
        [[[c[u] for c in coders].count(kind) for kind in kinds] for u in range(len(coders[0]))], dtype=float
    )


def crossed(table: list[list[int]]) -> np.ndarray:
    """Units by categories from the cross table of two coders."""
    size = len(table)
    rows = []
    for i, line in enumerate(table):
        for j, n in enumerate(line):
            unit = np.zeros(size)
            unit[i] += 1
            unit[j] += 1
            rows += [unit] * n
    return np.array(rows)


def frames(cells: list[tuple[str, str, str, int | None]], cases: dict[str, str] | None = None):
    """codings, judged and units from (segment, coder, code, state)."""
    present = [(s, coder, code) for s, coder, code, state in cells if state == 1]
    decided = [(s, coder, code) for s, coder, code, state in cells if state is not None]
    segments = sorted({s for s, *_ in cells})
    columns = ["segment", "coder", "code"]
    return (
        pd.DataFrame(present, columns=columns),
        pd.DataFrame(decided, columns=columns),
        pd.DataFrame({"segment": segments, "case": [(cases or {}).get(s, s) for s in segments]}),
    )


KRIPPENDORFF_2011 = {
    "A": (counts("0100000010", "1110010000"), 0.095238),
    "B": (counts("aabbdcccedda", "babbbccceddd"), 0.691964),
    "C": (counts("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743421),
}


@pytest.mark.parametrize("name", KRIPPENDORFF_2011)
def test_alpha_of_the_examples_of_2011(name):
    table, published = KRIPPENDORFF_2011[name]
    assert agreement.alpha(table) == pytest.approx(published, abs=1e-6)


def test_ac1_counts_units_of_one_coder_in_the_expected_share_alone():
    table, _ = KRIPPENDORFF_2011["C"]
    assert agreement.ac1(table) == pytest.approx(0.77544, abs=1e-5)


@pytest.mark.parametrize(
    ("table", "alpha", "ac1", "observed", "positive", "negative"),
    [
        ([[20, 5], [10, 15]], 0.400000, 0.405941, 0.70, None, None),
        ([[40, 9], [6, 45]], 0.700752, 0.700748, 0.85, 0.857143, 0.842105),
        ([[80, 10], [5, 5]], 0.317714, 0.808000, 0.85, 0.400000, 0.914286),
        ([[118, 5], [2, 0]], -0.024691, 0.940776, 0.944, 0.0, None),
    ],
    ids=["even", "Feinstein and Cicchetti", "skewed", "Gwet's paradox"],
)
def test_two_coders_by_cross_table(table, alpha, ac1, observed, positive, negative):
    units = crossed(table)
    assert agreement.alpha(units) == pytest.approx(alpha, abs=1e-6)
    assert agreement.ac1(units) == pytest.approx(ac1, abs=1e-6)
    assert agreement.observed(units) == pytest.approx(observed, abs=1e-6)
    found = agreement.specific(units)
    for value, expected in zip(found, (positive, negative), strict=True):
        assert expected is None or value == pytest.approx(expected, abs=1e-6)


KNOWN = ("ES", "VA", "IS", "CO", "BU")
EXCERPTS = """ES;ES;ES|ES,VA;ES;ES,VA|IS;IS;.|IS,BU;BU;IS,BU|none;none;none|CO;CO;CO|VA;ES;VA|BU;BU,IS;BU|none;ES;none
CO,BU;CO;CO|VA;VA;.|IS;IS;IS"""


@pytest.mark.parametrize(
    ("code", "alpha"), [("ES", 0.682692), ("VA", 0.607143), ("IS", 0.682692), ("CO", 1.0), ("BU", 0.825397)]
)
def test_several_codes_a_unit_and_units_that_one_coder_did_not_judge(code, alpha):
    cells: list[tuple[str, str, str, int | None]] = []
    for number, unit in enumerate(EXCERPTS.replace("\n", "|").split("|")):
        for coder, said in zip("xyz", unit.split(";"), strict=True):
            state = {known: None if said == "." else int(known in said.split(",")) for known in KNOWN}
            cells += [(f"s{number:02}", coder, known, value) for known, value in state.items()]
    found = agreement.by_code(*frames(cells), [code], repetitions=50)
    assert found.table.loc[0, "alpha"] == pytest.approx(alpha, abs=1e-6)
    assert found.table.loc[0, "coders"] == 3


def test_a_code_that_nobody_used_is_not_reliable_but_not_estimable():
    cells = [(f"s{n}", coder, "stigma", 0) for n in range(20) for coder in "xy"]
    found = agreement.by_code(*frames(cells), ["stigma"])
    assert found.table.loc[0, "alpha"] is None or np.isnan(found.table.loc[0, "alpha"])
    assert found.table.loc[0, "reason"] == agreement.NO_VARIATION
    assert found.summary() == [f"stigma: not estimable ({agreement.NO_VARIATION})"]


def test_what_one_coder_did_not_judge_is_not_an_absent():
    cells = [("s1", "x", "burden", 1), ("s1", "y", "burden", None), ("s2", "x", "burden", None)]
    found = agreement.by_code(*frames(cells), ["burden"])
    assert found.table.loc[0, "units"] == 0
    assert found.table.loc[0, "reason"] == agreement.TOO_FEW


def test_people_are_resampled_so_units_of_one_person_do_not_narrow_the_interval():
    rng = np.random.default_rng(5)
    cells: list[tuple[str, str, str, int | None]] = []
    apart, together = {}, {}
    for n in range(240):
        segment, truth = f"s{n:03}", int(n // 20 % 2)
        apart[segment], together[segment] = segment, f"p{n // 20}"
        agree = n // 20 % 3 > 0
        cells += [(segment, "x", "c", truth), (segment, "y", "c", truth if agree else int(rng.integers(2)))]
    narrow = agreement.by_code(*frames(cells, apart), ["c"]).table.loc[0]
    wide = agreement.by_code(*frames(cells, together), ["c"]).table.loc[0]
    assert wide["alpha"] == narrow["alpha"]
    assert wide["alpha_high"] - wide["alpha_low"] > 1.5 * (narrow["alpha_high"] - narrow["alpha_low"])


def test_the_same_seed_gives_the_same_interval():
    cells = [(f"s{n}", coder, "c", int((n + (coder == "y") * (n % 4 == 0)) % 2)) for n in range(40) for coder in "xy"]
    first, again = (agreement.by_code(*frames(cells), ["c"], seed=7).table for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_facets_are_compared_where_both_found_the_code():
    codings = pd.DataFrame(
        [
            ("s1", "x", "c", "affirmed"),
            ("s1", "y", "c", "affirmed"),
            ("s2", "x", "c", "relieved"),
            ("s2", "y", "c", "affirmed"),
            ("s3", "x", "c", "denied"),
            ("s4", "x", "c", "denied"),
            ("s4", "y", "c", "denied"),
        ],
        columns=["segment", "coder", "code", "polarity"],
    )
    units = pd.DataFrame({"segment": ["s1", "s2", "s3", "s4"], "case": ["p", "p", "q", "r"]})
    row = agreement.by_facet(codings, units, ["polarity"]).table.loc[0]
    assert (row["code"], row["units"]) == ("polarity", 3)
    assert row["agreement"] == pytest.approx(2 / 3)
    assert row["alpha"] == pytest.approx(1 - (2 / 6) / ((36 - 9 - 1 - 4) / 30))
    assert row["present_any"] is None
    assert "two found it" not in agreement.by_facet(codings, units, ["polarity"]).summary()[0]


ONE_PERSON = {f"s{n}": "p" for n in range(40)}


def uneven() -> list[tuple[str, str, str, int | None]]:
    return [(f"s{n}", coder, "c", int((n + (coder == "y") * (n % 4 == 0)) % 2)) for n in range(40) for coder in "xy"]


def test_a_unit_without_a_person_counts_as_one_of_its_own():
    codings, judged, units = frames(uneven())
    alone = agreement.by_code(codings, judged, units.assign(case=None), ["c"]).table.loc[0]
    assert alone["people"] == 40
    assert alone["alpha_low"] < alone["alpha_high"]


def test_one_person_gives_no_interval():
    found = agreement.by_code(*frames(uneven(), ONE_PERSON), ["c"])
    assert found.table.loc[0, "alpha_low"] is None
    assert agreement.TOO_FEW_PEOPLE in found.summary()[0]


def test_a_code_that_one_person_alone_showed_gives_no_interval():
    cells = [(f"s{n}", coder, "c", int(n == 3)) for n in range(40) for coder in "xy"]
    row = agreement.by_code(*frames(cells), ["c"]).table.loc[0]
    assert row["alpha"] == 1.0
    assert row["alpha_low"] is None


def test_a_coding_on_what_was_not_judged_is_refused():
    codings, judged, units = frames([("s1", "x", "c", 1), ("s1", "y", "c", 1)])
    with pytest.raises(ValueError, match="1 codings are on units"):
        agreement.by_code(codings, judged[judged["coder"] == "x"], units, ["c"])


@given(st.lists(st.tuples(*[st.sampled_from("ab.")] * 3), min_size=3, max_size=30))
def test_alpha_does_not_depend_on_who_is_who_nor_on_names_of_categories(units):
    coders = ["".join(column) for column in zip(*units, strict=True)]
    states = {"a": 0, "b": 1, ".": None}
    cells = [
        (f"s{u:02}", coder, "c", states[value])
        for coder, said in zip("xyz", coders, strict=True)
        for u, value in enumerate(said)
    ]
    others = [(s, {"x": "z", "y": "x", "z": "y"}[coder], code, state) for s, coder, code, state in cells]
    first, second = (
        agreement.by_code(*frames(made), ["c"], repetitions=20).table.loc[0, "alpha"] for made in (cells, others)
    )
    assert (pd.isna(first) and pd.isna(second)) or first == second
    swapped = [coder.translate(str.maketrans("ab", "ba")) for coder in coders]
    straight, turned = (agreement.alpha(counts(*said, categories="ab")) for said in (coders, swapped))
    assert turned == (None if straight is None else pytest.approx(straight))
