"""A learner that learns from judgements, says what it could not learn, and never scores a row that it saw."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.codebook import Code, Codebook, NearMiss
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.encoders.minilm import MiniLM
from qualcode.errors import NotEnoughData
from qualcode.taggers.learner import SPREAD, Learner
from qualcode.taggers.training import Training, plain

BOOK = Codebook(
    "forms",
    "Forms and people",
    (
        Code("forms", "Paperwork", definition="Forms, letters and other paperwork.", examples=("I filled in forms.",)),
        Code(
            "lonely",
            "Loneliness",
            definition="Being alone with it, nobody to talk to.",
            examples=("I was lonely.",),
            near_misses=(NearMiss("I like my quiet evenings."), NearMiss("The office sent a form again.", "forms")),
        ),
    ),
)
FORMS = ("the form was long", "another letter from the office", "they sent forms again", "paperwork every week")
LONELY = ("I felt so alone", "there was nobody to talk to", "lonely at night", "I had no friends left")
NEITHER = ("the weather was fine", "we walked the dog", "it was a Tuesday", "my sister lives abroad")


def _segment(number: int, text: str, *, case: str = "", context: str = "", role="participant") -> Segment:
    return Segment(f"s{number}", f"t{number}", 0, len(text), "response", text, context, role, case or f"p{number}")


def _training(count: int = 60, seed: int = 1) -> Training:
    chance = np.random.default_rng(seed)
    segments, labels = [], []
    for number in range(count):
        kind = number % 3
        words = [(FORMS, LONELY, NEITHER)[kind][int(chance.integers(4))] for _ in range(2)]
        segments.append(_segment(number, f"{words[0]} and {words[1]}, {number}"))
        labels.append((int(kind == 0), int(kind == 1)))
    return Training(tuple(segments), ("forms", "lonely"), np.array(labels, dtype=np.int8), np.ones((count, 2)))


def test_it_learns_and_scores_what_it_did_not_see() -> None:
    training = _training()
    learner = Learner(BOOK, None).fit(training)
    assert learner.codes == ("forms", "lonely")
    assert not learner.unlearned
    assert learner.out_of_fold.shape == (60, 2)
    assert ((learner.out_of_fold >= 0) & (learner.out_of_fold <= 1)).all()
    right = (learner.out_of_fold >= 0.5) == (training.label == PRESENT)
    assert right.mean() > 0.95
    new = [_segment(100, "the office sent forms"), _segment(101, "alone, nobody to talk to"), _segment(102, "the dog")]
    assert (learner.score(new) >= 0.5).tolist() == [[True, False], [False, True], [False, False]]


def test_the_scores_are_learned_from_the_labels_and_not_from_the_codebook_alone() -> None:
    training = _training()
    turned = Training(training.segments, training.codes, training.label[:, ::-1].copy(), training.weight)
    new = [_segment(100, "another letter from the office")]
    straight, reverse = (Learner(BOOK, None).fit(one).score(new)[0] for one in (training, turned))
    assert straight[0] > 0.5 > straight[1]
    assert reverse[1] > 0.5 > reverse[0]


def test_a_row_is_scored_by_a_model_that_saw_neither_its_participant_nor_its_text() -> None:
    """What only one person, or one text, tells of cannot be known out of fold."""
    training = _training(45)
    segments, label = list(training.segments), training.label.copy()
    for row in range(0, 45, 5):
        segments[row] = _segment(row, "Zebra!" if row % 2 else "zebra", case=f"p{row}")
        label[row] = (1, 0)
    segments[44] = _segment(44, "zebra", case="p44")
    label[44] = (1, 0)
    alone = [row for row in range(45) if plain(segments[row].text) == "zebra"]
    learner = Learner(BOOK, None).fit(Training(tuple(segments), training.codes, label, training.weight))
    others = [row for row in range(45) if row not in alone and label[row, 0] == PRESENT]
    assert len(alone) == 10
    assert learner.score([segments[44]])[0, 0] > 0.9
    assert learner.out_of_fold[alone, 0].max() < 0.6 < 0.8 < np.median(learner.out_of_fold[others, 0])


def test_people_are_kept_whole_though_all_of_them_say_yes() -> None:
    training = _training(30)
    segments = [
        _segment(row, "Yes." if row % 6 == 0 else one.text, case=f"p{row % 5}")
        for row, one in enumerate(training.segments)
    ]
    learner = Learner(BOOK, None).fit(Training(tuple(segments), training.codes, training.label, training.weight))
    assert learner.parted_by == "participant"
    for person in range(5):
        assert len({int(learner.fold[row]) for row in range(30) if segments[row].case == f"p{person}"}) == 1
    assert len(set(learner.fold.tolist())) == 5


def test_one_participant_is_parted_by_text() -> None:
    training = _training(30)
    segments = tuple(_segment(row, one.text, case="p") for row, one in enumerate(training.segments))
    learner = Learner(BOOK, None).fit(Training(segments, training.codes, training.label, training.weight))
    assert learner.parted_by == "text"
    assert len(set(learner.fold.tolist())) == 10


def test_a_cell_that_nobody_judged_is_no_row_of_its_code() -> None:
    """Not judged is not absent: a code judged on half of the rows is learned from that half."""
    training = _training(80)
    label = training.label.copy()
    label[40:, 1] = NOT_JUDGED
    part = Training(training.segments, training.codes, label, training.weight)
    half = training.rows(np.arange(40))
    new = [_segment(100, "I felt so alone"), _segment(101, "they sent forms again")]
    partly = Learner(BOOK, None).fit(part)
    few, absent = Learner(BOOK, None).fit(half), label.copy()
    absent[40:, 1] = ABSENT
    taken_for_absent = Learner(BOOK, None).fit(Training(training.segments, training.codes, absent, training.weight))
    fitted = [
        one._cut[1] + SPREAD * np.log(score / (1 - score))  # the cut follows what it is learned from
        for one, score in ((one, one.score(new)[0, 1]) for one in (partly, few, taken_for_absent))
    ]
    assert abs(fitted[0] - fitted[1]) < 0.1
    assert fitted[2] < fitted[0] - 0.03
    assert np.isfinite(partly.out_of_fold).all()


def test_codes_that_cannot_be_learned_are_named_with_the_reason() -> None:
    training = _training(12)
    label = training.label.copy()
    label[label == PRESENT] = ABSENT
    label[:, 1] = PRESENT
    learner = Learner(BOOK, None).fit(Training(training.segments, training.codes, label, training.weight))
    assert learner.unlearned == {"forms": "no segment is judged present"}
    assert learner.codes == ("lonely",)  # the definition of the other code is what it is not
    alone = Codebook("one", "One", (Code("lonely", "Loneliness"),))
    only = Training(training.segments, ("lonely",), label[:, 1:], training.weight[:, 1:])
    assert Learner(alone, None).fit(only).unlearned == {"lonely": "no segment is judged absent"}
    with pytest.raises(NotEnoughData):
        Learner(BOOK, None).fit(training.rows([]))


def test_three_positives_among_many_and_one_code_alone() -> None:
    training = _training(60)
    label = np.where(np.arange(60)[:, None] < 9, training.label[:, :1], ABSENT).astype(np.int8)
    book = Codebook("one", "One", (Code("forms", "Paperwork"),))
    assert int((label == PRESENT).sum()) == 3
    learner = Learner(book, None).fit(Training(training.segments, ("forms",), label, np.ones((60, 1))))
    assert learner.codes == ("forms",)
    assert learner.out_of_fold.shape == (60, 1)
    assert np.isfinite(learner.out_of_fold).all()


@pytest.mark.parametrize("text", ["", "?", "...", "a"])
def test_texts_without_a_word(text: str) -> None:
    training = _training(12)
    segments = (_segment(0, text), *training.segments[1:])
    learner = Learner(BOOK, None).fit(Training(segments, training.codes, training.label, training.weight))
    assert np.isfinite(learner.score([_segment(1, text)])).all()
    assert learner.words([_segment(1, text)], [(0, 0)])[0] == []
    nothing = tuple(_segment(row, text) for row in range(12))
    book = Codebook("none", "None", (Code("forms", "-"), Code("lonely", "-")))
    wordless = Learner(book, None).fit(Training(nothing, training.codes, training.label, training.weight))
    assert np.isfinite(wordless.score(nothing)).all()


def test_the_question_turns_what_an_answer_means() -> None:
    good, bad = "What was good?", "What could be better?"
    segments = tuple(
        _segment(row, f"the staff, {word}", context=good if row % 2 else bad)
        for row, word in enumerate(["really", "mostly", "always", "often", "sometimes"] * 8)
    )
    label = np.array([[row % 2] for row in range(40)], dtype=np.int8)
    book = Codebook("staff", "Staff", (Code("praise", "Praise"),))
    learner = Learner(book, None).fit(Training(segments, ("praise",), label, np.ones((40, 1))))
    praise, blame = learner.score([_segment(90, "the staff", context=good), _segment(91, "the staff", context=bad)])
    assert praise[0] > 0.5 > blame[0]
    asked = dict(learner.words([_segment(90, "the staff", context=good)], [(0, 0)])[0])
    assert asked[4, 9] > dict(learner.words([_segment(91, "the staff", context=bad)], [(0, 0)])[0])[4, 9]
    elsewhere = learner.score([_segment(92, "the staff", context="And at home?")])
    assert blame[0] < elsewhere[0, 0] < praise[0]


def test_words_add_up_to_the_difference_that_they_make() -> None:
    learner = Learner(BOOK, None).fit(_training())
    segment = _segment(100, "Lonely at night, so lonely, and forms")
    for column, code in enumerate(learner.codes):
        words = learner.words([segment], [(0, column)])[0]
        spans = [segment.text[start:end].lower() for (start, end), _ in words]
        assert {"lonely", "lonely at", "forms"} <= set(spans)
        assert [abs(weight) for _, weight in words] == sorted((abs(weight) for _, weight in words), reverse=True)
        sparse, _ = learner._features.transform([segment])
        size = len(learner._features._word_columns)
        exact = float((sparse[:, :size] @ learner._sparse_weight[:size])[0, column])
        assert sum(weight for _, weight in words) == pytest.approx(exact, abs=1e-5)
        telling = max(words, key=lambda item: item[1])[0]
        assert ("lonely" if code == "lonely" else "form") in segment.text[slice(*telling)].lower()


def test_near_misses_and_sub_codes_of_the_codebook_are_learned() -> None:
    book = Codebook(
        "tree",
        "A tree",
        (Code("burden", "Burden"), Code("forms", "Paperwork", definition="Ticking boxes.", parent="burden")),
    )
    training = _training(30)
    both = Training(
        training.segments, ("burden", "forms"), np.repeat(training.label[:, :1], 2, axis=1), np.ones((30, 2))
    )
    with_parent = Learner(book, None).fit(both).score([_segment(90, "Ticking boxes.")])[0]
    flat = Codebook("flat", "Flat", tuple(Code(one.id, one.label, definition=one.definition) for one in book))
    without = Learner(flat, None).fit(both).score([_segment(90, "Ticking boxes.")])[0]
    assert with_parent[0] > without[0]  # the sub-code's definition does not speak against its heading
    near = Learner(BOOK, None).fit(training).score([_segment(91, "I like my quiet evenings.")])[0]
    assert near[1] < 0.5


def test_a_model_comes_back_from_arrays_and_json_as_it_was() -> None:
    learner = Learner(BOOK, None).fit(_training())
    head, arrays = learner.to_state()
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    loaded = np.load(file, allow_pickle=False)
    again = Learner.from_state(BOOK, None, json.loads(json.dumps(head)), {name: loaded[name] for name in loaded.files})
    new = [_segment(100, "so many forms"), _segment(101, "???"), _segment(102, "Alone?", context="How was it?")]
    assert (again.score(new) == learner.score(new)).all()
    assert again.words(new, [(0, 0)]) == learner.words(new, [(0, 0)])
    assert again.codes == learner.codes
    assert again.out_of_fold.shape == (0, 2)
    assert "How was it" not in json.dumps(head)


def test_the_same_rows_give_the_same_scores_and_no_input_is_changed() -> None:
    training = _training()
    before = training.label.copy()
    first, second = (Learner(BOOK, None).fit(training) for _ in range(2))
    assert (first.out_of_fold == second.out_of_fold).all()
    assert (training.label == before).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "yes", "Yes.", "ß?", "no forms", "alone", "😀 lonely"]), st.integers(0, 4)),
        min_size=1,
        max_size=15,
    ),
    st.integers(0, 99),
)
def test_any_judgements_give_a_learner_or_a_reason(rows: list[tuple[str, int]], seed: int) -> None:
    segments = tuple(_segment(number, text, case=f"p{person}") for number, (text, person) in enumerate(rows))
    label = np.random.default_rng(seed).integers(-1, 2, (len(rows), 2)).astype(np.int8)
    learner = Learner(BOOK, None).fit(Training(segments, ("forms", "lonely"), label, np.ones(label.shape)))
    assert {*learner.codes, *learner.unlearned} == {"forms", "lonely"}
    assert learner.out_of_fold.shape == (len(rows), len(learner.codes))
    assert np.isfinite(learner.out_of_fold).all()
    for segment in segments:
        for column in range(len(learner.codes)):
            for (start, end), _ in learner.words([segment], [(0, column)])[0]:
                assert 0 <= start < end <= len(segment.text)


def test_vectors_know_words_that_no_training_row_holds() -> None:
    training = _training()
    encoder = MiniLM(threads=1)
    new = [
        _segment(100, "Isolated. Not a soul around."),
        _segment(101, "Bureaucracy, applications. Endless documents."),
    ]
    scores = Learner(BOOK, encoder).fit(training).score(new)
    assert scores[0].argmax() == 1
    assert scores[1].argmax() == 0
    assert (scores.max(axis=1) > Learner(BOOK, None).fit(training).score(new).max(axis=1)).all()
