"""A colleague's codes added to ours: what we wrote stays as it is, to the letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.codebook import Codebook
from tests.invented import CODEBOOK

OURS = codebooks.from_text(CODEBOOK, "ours")
BURDEN = """\
codebook: theirs
title: Theirs
facets:
  polarity: {values: [affirmed, unsaid]}
  time: {values: [before, after], definition: When it was.}
codes:
- id: life
  label: Daily life
  codable: false
  status: draft
- id: burden
  label: "Burden: the load"
  parent: life
  definition: |
    The load of caring.
    Day and night.
  examples: ["It's heavy: all day", "# not a comment"]
  patterns: [{match: heavy, polarity: unsaid}]
"""
THEIRS = codebooks.from_text(BURDEN, "theirs")


def _plain(theirs: Codebook) -> Codebook:
    """Without facets, and without the pattern that needs one."""
    return replace(theirs, facets=(), codes=tuple(replace(code, patterns=()) for code in theirs.codes))


def test_codes_that_we_lack_come_in_as_they_are_below_every_letter_of_ours() -> None:
    merged = codebooks.merge(CODEBOOK, _plain(THEIRS), "codebook.yaml")
    assert merged.added == ("life", "burden")
    assert merged.text.startswith(CODEBOOK)
    assert [merged.codebook[code.id] for code in _plain(THEIRS)] == list(_plain(THEIRS))
    assert merged.codebook["burden"].hash == THEIRS["burden"].hash
    assert [merged.codebook[code.id] for code in OURS] == list(OURS)


def test_facets_and_values_that_we_lack_come_in_and_our_comments_stay() -> None:
    merged = codebooks.merge(CODEBOOK, THEIRS, "codebook.yaml")
    assert merged.facets == ("polarity", "time")
    assert merged.codebook.facet("polarity").values == (*OURS.facet("polarity").values, "unsaid")
    assert merged.codebook.facet("time").definition == "When it was."
    assert "# A small codebook, invented for the tests." in merged.text
    assert [merged.codebook[code.id] for code in OURS] == list(OURS)


def test_twice_changes_nothing() -> None:
    once = codebooks.merge(CODEBOOK, THEIRS, "codebook.yaml").text
    twice = codebooks.merge(once, THEIRS, "codebook.yaml")
    assert (twice.text, twice.added, twice.facets) == (once, (), ())


def test_what_differs_is_told_and_ours_stays() -> None:
    theirs = codebooks.from_text(CODEBOOK.replace("has nobody to talk to about", "is cut off by"), "theirs")
    retired = tuple(replace(c, status="retired") if c.id == "paperwork" else c for c in theirs.codes)
    merged = codebooks.merge(CODEBOOK, replace(theirs, codes=retired), "codebook.yaml")
    assert (merged.text, merged.meanings, merged.rules) == (CODEBOOK, ("isolation",), ("paperwork",))


@pytest.mark.parametrize(
    "ours",
    [
        "codes:\n- id: a\n  label: A\n  definition: An a.\n# the end\n",
        "codes:\n    - id: a\n      label: A\n      definition: An a.",
        "codes: [{id: a, label: A, definition: An a.}]\n",
        "codes:\n  - id: a   # first\n    label: A\n    definition: An a.\n\n# of the title\ntitle: T  # behind\n",
        "codes:\n  - id: a\n    label: A\n    definition: >\n      An a\n      in two lines.\ntitle: T\n...\n",
    ],
    ids=["no indent", "no newline", "in brackets", "not last", "end mark"],
)
def test_any_layout_of_ours_takes_them(ours: str) -> None:
    before = codebooks.from_text(ours, "ours")
    merged = codebooks.merge(ours, THEIRS, "ours")
    plain = codebooks.merge(ours, _plain(THEIRS), "ours")
    for made in (merged, plain):
        assert made.codebook["a"] == before["a"]
        assert made.codebook["burden"].definition == THEIRS["burden"].definition
        assert all(comment in made.text for comment in ("# first", "# of the title", "# behind") if comment in ours)


def test_the_shipped_codebook_takes_a_code_without_a_changed_line() -> None:
    shipped = resources.path("codebooks/peer_support.yaml").read_text(encoding="utf-8")
    merged = codebooks.merge(shipped, OURS, "codebook.yaml")
    assert merged.added == ("listening", "paperwork")
    assert merged.text.startswith(shipped)
