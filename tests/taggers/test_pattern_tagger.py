"""The tagger of patterns alone: it proposes where one hits and abstains everywhere else."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode import codebook as codebooks
from qualcode import resources, segments, testing
from qualcode.codebook import Code, Codebook, Pattern
from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.importers import ReadOptions, text
from qualcode.taggers.pattern_tagger import PatternTagger
from tests.invented import REPOSITORY

ONE_LINERS = """\
codebook: allotment
codes:
  - id: calm
    label: Calm
    definition: The plot quietens worry.
    patterns: [{match: peace of mind, name: peace}, breathe]
    except_patterns: [peace of mind insurance]
  - id: company
    label: Company
    definition: Other people on the plots.
    patterns: [neighbour*]
"""


def passage(said: str) -> Segment:
    return Segment("s_1", "t_1", 0, len(said), "window", said)


def one_liners() -> Codebook:
    return codebooks.from_text(ONE_LINERS, "codebook.yaml")


def test_it_keeps_its_promises() -> None:
    path = resources.path("corpora/demo/KO01.txt")
    (transcript,) = text.read(path, ReadOptions(b"k", path.name)).transcripts
    made = segments.by_window([transcript], secret=b"k")
    testing.check_tagger(PatternTagger(codebooks.load(resources.path("codebooks/peer_support.yaml"))), made)


def test_patterns_and_one_line_definitions_are_a_working_tagger() -> None:
    tagger = PatternTagger(one_liners())
    said = ["I breathe there. It gave me peace of mind.", "The neighbours waved.", "It rained on Monday."]
    found = tagger.tag([passage(one) for one in said])
    assert found.codes == ("calm", "company")
    assert found.state.tolist() == [[PRESENT, NOT_JUDGED], [NOT_JUDGED, PRESENT], [NOT_JUDGED, NOT_JUDGED]]
    assert found.raw_score == pytest.approx(np.array([[0.91, 0], [0, 0.7], [0, 0]]))
    assert [said[0][slice(*span)] for span in found.proposed[0, 0].evidence] == ["breathe", "peace of mind"]
    assert one_liners().clause(found.proposed[0, 0].clause) == "peace of mind"


def test_where_an_exception_takes_the_hit_away_it_abstains_and_says_which() -> None:
    tagger, sold = PatternTagger(one_liners()), passage("They sell peace of mind insurance.")
    assert (tagger.tag([sold]).state == NOT_JUDGED).all()
    (reason,) = tagger.explain(sold, "calm")
    assert (reason.kind, reason.weight, reason.detail, reason.span) == ("pattern", 0.0, "calm.except.1", (10, 23))


def test_reasons_name_the_pattern_and_show_its_words() -> None:
    said = passage("It gave me peace of mind.")
    (reason,) = PatternTagger(one_liners()).explain(said, "calm")
    assert (reason.detail, said.text[slice(*reason.span or (0, 0))]) == ("calm.pattern.peace", "peace of mind")
    assert PatternTagger(one_liners()).explain(said, "company") == []


def test_above_the_strength_of_one_pattern_it_takes_two() -> None:
    strict = PatternTagger(one_liners(), threshold=0.8)
    assert (strict.tag([passage("I breathe there.")]).state == NOT_JUDGED).all()
    assert strict.tag([passage("I breathe there, with peace of mind.")]).state[0, 0] == PRESENT


def test_its_version_changes_with_a_pattern_and_not_with_a_definition() -> None:
    before = PatternTagger(one_liners()).coder
    pattern = codebooks.from_text(ONE_LINERS.replace("breathe", "breath"), "codebook.yaml")
    definition = codebooks.from_text(ONE_LINERS.replace("quietens", "stills"), "codebook.yaml")
    assert PatternTagger(pattern).coder != before
    assert PatternTagger(definition).coder == before
    assert before.id.startswith("patterns@")


def test_a_codebook_without_patterns_is_refused_with_a_hint() -> None:
    with pytest.raises(NotEnoughData) as caught:
        PatternTagger(Codebook("bare", "Bare", (Code("a", "A", definition="d"),)))
    assert "docs/codebooks.md" in caught.value.hint
    assert (REPOSITORY / "docs" / "codebooks.md").is_file()
    retired = Code("a", "A", definition="d", status="retired", patterns=(Pattern("word"),))
    with pytest.raises(NotEnoughData):
        PatternTagger(Codebook("x", "X", (retired, Code("b", "B", definition="d"))))


def test_no_segments_are_no_fault() -> None:
    assert PatternTagger(one_liners()).tag([]).raw_score.shape == (0, 2)
