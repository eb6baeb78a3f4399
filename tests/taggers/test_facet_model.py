"""Facets are learned only where that agrees with people better than the rules do."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from benchmarks.facets import gold
from qualcode.codebook import Code, Codebook, Facet
from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.taggers.facet_model import AT_LEAST, SURE, FacetModel
from qualcode.taggers.training import Training

POLARITY = Facet("polarity", ("affirmed", "relieved", "denied", "mixed", "hypothetical"))
HOLDER = Facet("holder", ("recipient", "child"))
WEATHER = Facet("weather", ("dry", "wet"))
PEOPLE = 24


def _codebook(*facets: Facet, language: str = "en") -> Codebook:
    return Codebook("c", "C", language=language, facets=facets, codes=(Code("isolation", "Isolation"),))


def _training(said: list[tuple[str, dict[str, str]]]) -> Training:
    """Each text by the person who has the number of its line, modulo `PEOPLE`."""
    segments = tuple(
        Segment(f"s{n}", "t", 0, len(text), "turn", text, case=f"p{n % PEOPLE}") for n, (text, _) in enumerate(said)
    )
    label = np.full((len(said), 1), PRESENT, dtype=np.int8)
    return Training(segments, ("isolation",), label, np.ones(label.shape), {(n, 0): f for n, (_, f) in enumerate(said)})


def _spans(training: Training, word: str) -> dict[tuple[int, int], tuple[tuple[int, int], ...]]:
    found = {}
    for row, segment in enumerate(training.segments):
        start = segment.text.find(word)
        if start >= 0:
            found[row, 0] = ((start, start + len(word)),)
    return found


# The people of this project say "clean lonely" and mean that they are not: no rule knows.
DIALECT = [
    (f"I was {'clean' if n % 2 else 'fair'} lonely in week {n}.", {"polarity": "denied" if n % 2 else "affirmed"})
    for n in range(96)
]
PLAIN = [
    (f"I was {'not' if n % 2 else 'so'} lonely in week {n}.", {"polarity": "denied" if n % 2 else "affirmed"})
    for n in range(96)
]


@pytest.fixture(scope="module")
def dialect() -> FacetModel:
    training = _training(DIALECT)
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY, HOLDER), seed=1)
    assert model is not None
    return model


def _read(model: FacetModel, text: str, word: str = "lonely"):
    start = text.index(word)
    segment = Segment("x", "t", 0, len(text), "turn", text)
    return model.read([segment], ["isolation"], [[(start, start + len(word))]])[0]


def test_what_no_rule_knows_is_learned_and_read_in_new_words(dialect):
    check = dialect.checks["polarity"]
    assert (check.cells, check.groups, check.learned) == (96, PEOPLE, True)
    assert check.rule_right == pytest.approx(0.5)
    assert check.right > 0.95
    for word, value in (("clean", "denied"), ("fair", "affirmed")):
        read = _read(dialect, f"We were {word} lonely that year.")["polarity"]
        assert read.value == value
        assert read.probability is not None
        assert SURE < read.probability < 1


def test_a_facet_that_nobody_varied_stays_with_the_rules(dialect):
    assert "holder" not in dialect.checks
    assert _read(dialect, "My son was fair lonely that year.")["holder"].value == "child"
    assert _read(dialect, "My son was fair lonely that year.")["holder"].probability is None


def test_rules_that_do_as_well_are_kept():
    training = _training(PLAIN)
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY), seed=1)
    assert model is not None
    assert model.checks["polarity"].rule_right == 1.0
    assert not model.learned
    assert _read(model, "I was not lonely.")["polarity"].probability is None


def test_learning_by_chance_is_refused():
    chance = np.random.default_rng(3)
    values = [("affirmed", "denied")[at] for at in chance.integers(0, 2, 96)]
    training = _training([(f"I was lonely, week {n}.", {"polarity": value}) for n, value in enumerate(values)])
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY), seed=1)
    assert model is not None
    assert not model.checks["polarity"].learned


def test_a_value_that_people_gave_seldom_is_the_rules():
    rare = [(f"I am less lonely now, week {n}.", {"polarity": "relieved"}) for n in range(AT_LEAST - 1)]
    training = _training(DIALECT + rare)
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY), seed=1)
    assert model is not None
    assert model.learned["polarity"].values == ("affirmed", "denied")
    read = _read(model, "I felt less lonely there.")["polarity"]
    assert (read.value, read.probability) == ("relieved", None)


def test_below_the_stated_probability_a_facet_is_left_empty():
    values = ("affirmed", "denied", "mixed")
    training = _training([(f"I was lonely in week {n}.", {"polarity": values[n // PEOPLE]}) for n in range(3 * PEOPLE)])
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY), seed=1, always=True)
    assert model is not None
    assert set(model.learned["polarity"].values) == set(values)
    assert "polarity" not in _read(model, "I was lonely in the end.")


def test_an_empty_holder_is_the_speakers_own_and_is_learned():
    said = [
        (f"{'Wor nipper' if n % 2 else 'Meself'} was lonely in week {n}.", {"polarity": "affirmed"} | h)
        for n, h in ((n, {"holder": "recipient"} if n % 2 else {}) for n in range(96))
    ]
    training = _training(said)
    model = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY, HOLDER), seed=1)
    assert model is not None
    assert model.learned["holder"].values == ("", "recipient")
    assert _read(model, "Meself was lonely again.")["holder"].value == ""


def test_any_declared_facet_is_learned_and_no_other_in_any_language():
    said = [
        (f"Sama {'sadat' if n % 2 else 'kuiv'} nr {n}", {"weather": "wet" if n % 2 else "dry", "time": "before"})
        for n in range(96)
    ]
    model = FacetModel.fit(_training(said), {}, _codebook(WEATHER, language="et"), seed=1)
    assert model is not None
    assert set(model.learned) == {"weather"}
    segment = Segment("x", "t", 0, 10, "turn", "Sama sadat")
    read = model.read([segment], ["isolation"], [()])[0]
    assert set(read) == {"weather"}
    assert read["weather"].value == "wet"


def test_too_little_and_too_few_people_are_not_tried():
    few = _training(DIALECT[: 2 * AT_LEAST - 2])
    assert FacetModel.fit(few, {}, _codebook(POLARITY), seed=1) is None
    one = Training(
        tuple(Segment(s.id, "t", 0, s.end, "turn", s.text, case="p") for s in _training(DIALECT).segments),
        ("isolation",),
        np.full((96, 1), PRESENT, dtype=np.int8),
        np.ones((96, 1)),
        _training(DIALECT).facets,
    )
    assert FacetModel.fit(one, {}, _codebook(POLARITY), seed=1) is None


def test_cells_on_which_coders_differ_teach_nothing():
    training = _training(DIALECT)
    undecided = np.full((96, 1), NOT_JUDGED, dtype=np.int8)
    blank = Training(training.segments, training.codes, undecided, training.weight, training.facets)
    assert FacetModel.fit(blank, {}, _codebook(POLARITY), seed=1) is None


def test_a_model_comes_back_from_json_and_arrays(dialect):
    plain, arrays = dialect.to_state()
    kept = io.BytesIO()
    np.savez(kept, **arrays)
    kept.seek(0)
    with np.load(kept, allow_pickle=False) as loaded:
        again = FacetModel.from_state(json.loads(json.dumps(plain)), dict(loaded))
    text = "We were clean lonely that year."
    assert _read(again, text) == _read(dialect, text)
    assert again.checks == dialect.checks


def test_the_same_judgements_give_the_same_model(dialect):
    training = _training(DIALECT)
    again = FacetModel.fit(training, _spans(training, "lonely"), _codebook(POLARITY, HOLDER), seed=1)
    assert again is not None
    assert json.dumps(again.to_state()[0]) == json.dumps(dialect.to_state()[0])
    assert np.array_equal(again.learned["polarity"].weight, dialect.learned["polarity"].weight)


def test_no_repr_shows_what_was_said(dialect):
    assert "clean" not in repr(dialect)


def test_the_gold_says_where_the_coded_words_stand():
    training, spans = gold.training()
    assert set(spans) == set(training.facets)
    assert all(
        0 <= start < end <= len(training.segments[row].text) for (row, _), own in spans.items() for start, end in own
    )
    assert {facet for said in training.facets.values() for facet in said} == set(gold.LEARNED)
