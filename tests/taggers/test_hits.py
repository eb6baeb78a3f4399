"""What patterns hit on a passage, each on its own."""

from __future__ import annotations

from qualcode import nlp
from qualcode.codebook import Code, Codebook, Facet, Pattern
from qualcode.taggers.hits import characters, firing
from qualcode.taggers.patterns import PatternMatcher

CALM = Code(
    "calm",
    "Calm",
    definition="Worry quietens.",
    patterns=(Pattern("peace"), Pattern("peace of mind"), Pattern("breathe")),
    except_patterns=(Pattern("peace of mind insurance"), Pattern("battle")),
)
POLARITY = Facet("polarity", ("affirmed", "relieved", "denied", "mixed", "hypothetical"))
CODEBOOK = Codebook("x", "X", (CALM, Code("rest", "Rest", definition="Sleep.", patterns=(Pattern("slept"),))))


def test_a_shorter_pattern_that_a_longer_one_covers_still_fires() -> None:
    fired = firing(CODEBOOK, ["It gave me peace of mind.", "Nothing of it."])
    assert fired.patterns == ("calm.pattern.1", "calm.pattern.2", "calm.pattern.3", "rest.pattern.1")
    assert fired.owner.tolist() == [0, 0, 0, 1]
    assert fired.hit.tolist() == [[True, True, False, False], [False] * 4]
    (doc,) = nlp.docs(["It gave me peace of mind."])
    (kept,) = PatternMatcher(CODEBOOK).find(doc)
    assert (kept.pattern, characters(doc, kept)) == (1, (11, 24))


def test_what_an_exception_takes_away_is_told_and_an_idle_exception_too() -> None:
    fired = firing(CODEBOOK, ["They sell peace of mind insurance.", "Peace of mind insurance? I found peace."])
    assert fired.hit.tolist() == [[False] * 4, [True, False, False, False]]
    assert fired.excepted.tolist() == [[True, True, False, False], [False, True, False, False]]
    assert fired.idle_exceptions == ("calm.except.2",)


def test_words_that_are_only_asked_are_no_hit() -> None:
    asking = Codebook("x", "X", (CALM,), (POLARITY,))
    fired = firing(asking, ["Do you breathe there?", "I breathe there."])
    assert fired.hit[:, 2].tolist() == [False, True]


def test_no_passage_and_no_pattern_are_no_fault() -> None:
    assert firing(CODEBOOK, []).hit.shape == (0, 4)
    bare = Codebook("x", "X", (Code("a", "A", definition="d"),))
    assert firing(bare, ["words"]).hit.shape == (1, 0)
