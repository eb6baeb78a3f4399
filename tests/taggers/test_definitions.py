"""The tagger that knows the codebook alone, where an entry is only a name, and that nothing else changes by it."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from qualcode import codebook as codebooks
from qualcode import resources, segments, testing
from qualcode.codebook import Code, Codebook, Facet, NearMiss, Pattern
from qualcode.coding import ABSENT, PRESENT
from qualcode.corpus import Segment
from qualcode.encoders.minilm import MiniLM
from qualcode.importers import ReadOptions, text
from qualcode.taggers.codebook_model import CodebookModel, is_bare
from qualcode.taggers.definitions import DefinitionTagger
from tests.invented import CODEBOOK

NAMES = ("Parking", "Food and drink", "Waiting times", "Staff attitude", "Cleanliness")
SAID = {
    "We drove round the car park for half an hour to find a space.": "parking",
    "The meals were cold and the tea was worse.": "food_and_drink",
    "Three hours we sat there before anyone called our name.": "waiting_times",
    "The nurse was rude to my mother.": "staff_attitude",
    "There was dirt on the floor of the ward.": "cleanliness",
}
SMALL_TALK = "Yes, hello, can you hear me all right?"


def named(*names: str) -> Codebook:
    codes = (Code(name.lower().replace(" ", "_"), name, definition=name) for name in names)
    return Codebook("names", "Names", tuple(codes))


def passage(said: str, context: str = "") -> Segment:
    return Segment(f"s_{len(said)}", "t_1", 0, len(said), "window", said, context)


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


def test_names_alone_are_proposed_for_what_is_nearest_to_them(encoder) -> None:
    found = DefinitionTagger(named(*NAMES), encoder=encoder).tag([passage(said) for said in SAID])
    proposed = [found.codes[column] for column in np.argmax(found.raw_score, axis=1)]
    assert proposed == list(SAID.values())
    assert [(row, found.codes[column]) for row, column in np.argwhere(found.state == PRESENT)] == list(
        enumerate(SAID.values())
    )


def test_each_sentence_has_its_own_code(encoder) -> None:
    both = " ".join(list(SAID)[:2])
    found = DefinitionTagger(named(*NAMES), encoder=encoder).tag([passage(both)])
    assert (found.state[0] == PRESENT).tolist() == [True, True, False, False, False]
    for (_, column), proposed in found.proposed.items():
        first = both.index("The meals")
        inside = (0, first) if column == 0 else (first, len(both))
        assert all(inside[0] <= start < end <= inside[1] for start, end in proposed.evidence)


def test_the_whole_passage_has_its_say_in_how_strong_a_name_is(encoder) -> None:
    both, tagger = " ".join(list(SAID)[:2]), DefinitionTagger(named(*NAMES), encoder=encoder)
    sentence, whole = CodebookModel(named(*NAMES), encoder).read([next(iter(SAID)), both]).strength[:, 0]
    assert tagger.tag([passage(both)]).raw_score[0, 0] == pytest.approx((sentence + whole) / 2)
    assert tagger.tag([passage(next(iter(SAID)))]).raw_score[0, 0] == pytest.approx(sentence)


def test_small_talk_is_proposed_for_no_name(encoder) -> None:
    found = DefinitionTagger(named(*NAMES), encoder=encoder).tag([passage(SMALL_TALK)])
    assert not (found.state == PRESENT).any()


def test_a_name_that_stands_alone_is_held_against_ordinary_talk(encoder) -> None:
    model = CodebookModel(named("Parking"), encoder)
    assert not model.bare.any()
    assert (DefinitionTagger(named("Parking"), encoder=encoder).tag([passage(SMALL_TALK)]).state == ABSENT).all()


def test_without_vectors_words_alone_tell_names_apart() -> None:
    found = DefinitionTagger(named(*NAMES)).tag([passage("Parking was dear."), passage("Oh!")])
    assert (found.state[0] == PRESENT).tolist() == [True, False, False, False, False]
    assert not (found.state[1] == PRESENT).any()


@pytest.mark.parametrize(
    "more",
    [
        {"when_to_use": ("Somebody speaks of a car",)},
        {"examples": ("No space for the car.",)},
        {"near_misses": (NearMiss("The park was full of ducks."),)},
        {"patterns": (Pattern("car park"),)},
    ],
)
def test_whatever_says_how_a_code_sounds_makes_it_no_bare_one(more) -> None:
    bare = Code("parking", "Parking", definition="Where cars are left. It may cost. It may be full.")
    assert is_bare(bare)
    assert not is_bare(replace(bare, **more))


def test_a_rich_code_reads_as_before_beside_a_bare_one(encoder) -> None:
    """What stands in its column comes from the regression that has ordinary talk as a class."""
    small = codebooks.from_text(CODEBOOK, "codebook.yaml")
    mixed = replace(small, codes=(*small.codes, *named("Parking", "Food and drink")))
    model = CodebookModel(mixed, encoder)
    assert model.bare.tolist() == [is_bare(code) for code in mixed.active]
    assert model.bare.sum() == 2
    reading = model.read(["I was so lonely.", SMALL_TALK, next(iter(SAID))])
    share = model._classifier.predict_proba(reading.matrix)
    times = share * (share.shape[1] - 1) / (1 - share) / 4
    rich = np.flatnonzero(~model.bare)
    classes = [list(model._classifier.classes_).index(k) for k in rich]
    assert reading.strength[:, rich] == pytest.approx((times / (1 + times))[:, classes])
    assert (reading.top[:, rich] == (share == share.max(axis=1, keepdims=True))[:, classes]).all()


def test_a_definition_of_many_sentences_draws_no_more_than_the_same_in_one(encoder) -> None:
    """On public data a definition of seven sentences drew ten times what people gave the code."""
    parts = (
        "Whatever was eaten or drunk",
        "it may have been cold or late",
        "it may have been kindly brought to the bed",
    )
    strengths = []
    for joined in (", ".join(parts), ". ".join(parts)):
        codes = [replace(code, definition=joined) if code.label == "Food and drink" else code for code in named(*NAMES)]
        model = CodebookModel(replace(named(*NAMES), codes=tuple(codes)), encoder)
        strengths.append(model.read(list(SAID)).strength[:, 1])
    assert len(model.rows) > len(NAMES) + len(parts)
    assert strengths[1] == pytest.approx(strengths[0], abs=0.1)


def test_its_words_weigh_exactly_what_the_model_made_of_them() -> None:
    """Without vectors, words and characters are all there is: taking a word out changes the margin by its weight."""
    model = CodebookModel(named(*NAMES), None)
    reading = model.read(["parking was dear"])
    margin = model._codes_alone.decision_function(reading.matrix)[0]
    margin -= margin.mean()
    total = np.asarray(reading.matrix @ model.weights.T)[0] + (
        model._codes_alone.intercept_ - model._codes_alone.intercept_.mean()
    )
    assert total == pytest.approx(margin)
    ((start, end), weight), *_ = reading.words(0, 0)
    assert ("parking was dear"[start:end], weight > 0) == ("parking", True)


def test_a_yes_takes_no_code_from_a_question_that_is_only_near_a_name(encoder) -> None:
    polarity = Facet("polarity", ("affirmed", "relieved", "denied", "mixed", "hypothetical"))
    book = replace(named(*NAMES), facets=(polarity,))
    found = DefinitionTagger(book, encoder=encoder).tag([passage("Yes.", "Did you find a space in the car park?")])
    assert found.raw_score[0, 0] < 0.8


def test_scikit_learn_does_not_warn_of_as_many_codes_as_rows(encoder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CodebookModel(named(*(f"Name {number}" for number in range(30))), encoder)


def test_it_keeps_its_promises_with_names_alone(encoder) -> None:
    path = resources.path("corpora/demo/KO01.txt")
    (transcript,) = text.read(path, ReadOptions(b"k", path.name)).transcripts
    made = segments.by_window([transcript], secret=b"k")
    testing.check_tagger(DefinitionTagger(named(*NAMES), encoder=encoder), made)
