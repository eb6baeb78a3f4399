"""What a decision under one codebook says under another."""

from __future__ import annotations

import pytest

from qualcode.codebook import Crosswalk, crosswalk, load
from qualcode.errors import CodebookError
from tests.invented import CODEBOOK


@pytest.fixture
def codebook(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return load(path)


def _row(from_code, to_code, relation):
    return {"From_Code": from_code, "to_code": to_code, "relation": relation, "who": "amina", "why": "read both"}


@pytest.mark.parametrize(
    ("relation", "present", "absent"),
    [("exact", "present", "absent"), ("broader", "present", None), ("narrower", None, "absent")],
)
def test_each_relation_carries_what_it_can(codebook, relation, present, absent):
    walk = crosswalk([_row("Being alone", "Isolation", relation)], codebook)

    def said(found):
        codes, there = walk.carried(["being_alone"], {"being_alone": {"polarity": "denied"}} if found else {})
        if not codes:
            return None
        assert codes == ("isolation",)
        assert all(facets == {"polarity": "denied"} for facets in there.values())
        return "present" if there else "absent"

    assert (said(True), said(False)) == (present, absent)


def test_a_code_may_lead_to_two_and_two_may_lead_to_one(codebook):
    walk = crosswalk(
        [_row("a", "isolation", "exact"), _row("a", "listening", "broader"), _row("b", "isolation", "exact")], codebook
    )
    assert walk.carried(["a"], {"a": {}}) == (("isolation", "listening"), {"isolation": {}, "listening": {}})
    assert walk.carried(["a", "b"], {"b": {}}) == (("isolation",), {"isolation": {}})


def test_codes_in_no_row_stay(codebook):
    walk = crosswalk([_row("a", "isolation", "exact")], codebook)
    assert walk.carried(["other"], {"other": {}}) == (("other",), {"other": {}})
    assert [code in walk for code in ("a", "other")] == [True, False]
    assert Crosswalk().carried(["x"], {}) == (("x",), {})


@pytest.mark.parametrize(
    "rows",
    [
        [{"from_code": "a", "to_code": "isolation"}],
        [_row("a", "nowhere", "exact")],
        [_row("", "isolation", "exact")],
        [_row("a", "isolation", "similar")],
        [],
    ],
    ids=["no relation", "unknown code", "from nothing", "unknown relation", "empty"],
)
def test_a_faulty_crosswalk_is_refused(codebook, rows):
    with pytest.raises(CodebookError):
        crosswalk(rows, codebook, source="map.csv")
