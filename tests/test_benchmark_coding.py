"""The parts of the coding benchmark that decide what its figures mean, on tiny invented data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import average_precision_score, balanced_accuracy_score, cohen_kappa_score, f1_score

from benchmarks.coding import looks, measures, ours, selective, sets, tables, thresholds
from benchmarks.coding.answers import Answer, Task, drawn, inner_folds
from benchmarks.coding.cells import Cell
from benchmarks.coding.contenders import CONTENDERS
from benchmarks.coding.keeping import KeptVectors
from benchmarks.coding.sessions import reached, sessions
from benchmarks.coding.sets import DataSet, described, frequent, listed
from qualcode.coding import ABSENT, PRESENT, Coding
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers.training import Training, plain


class Letters:
    """Counts of letters as unit vectors; counts how many texts it was given."""

    name = "letters@1"

    def __init__(self):
        self.seen = 0

    def encode(self, texts):
        self.seen += len(texts)
        counts = np.array([[text.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


def _segment(number, text, person="p", start=0):
    return Segment(f"s{number}", "t", start, start + len(text), "response", text, "What was good?", case=person)


def _set():
    """Thirty people, two answers each: on parking, on food, on both, or on neither."""
    said = ["the car park was full", "lunch was cold and late", "the car park was full and lunch was cold", "all fine"]
    segments = tuple(_segment(i, f"{said[i % 4]} {'abcdefgh'[i % 8]}", f"p{i // 2}") for i in range(60))
    label = np.array([[i % 4 in (0, 2), i % 4 in (1, 2)] for i in range(60)]).astype(np.int8)
    rows = [{"label": "Parking", "definition": "Where to leave the car", "examples": ""}]
    return DataSet("invented", segments, label, described("invented", ["Parking", "Food"], rows), np.arange(60) >= 40)


def test_labels_are_listed_by_their_positives_and_those_in_test():
    frame = pd.DataFrame({"often": ["1"] * 4, "seldom": ["1", "0", "0", "0"], "never tested": ["1", "1", "1", "0"]})
    test = np.array([False, False, False, True])
    assert frequent(frame, test, least=3) == ["often", "never tested"]
    assert frequent(frame, test, least=3, in_test=1) == ["often"]


@pytest.mark.parametrize(
    ("name", "count"),
    [("nhs_fft", 36), ("nhs_phase1", 9), ("nhs_care_opinion", 31), ("serdif", 22), ("counselchat", 22), ("sight", 10)],
)
def test_the_lists_hold_each_label_once(name, count):
    assert len(set(listed(name))) == len(listed(name)) == count


def test_an_example_that_is_tested_leaves_the_codebook_and_a_name_stands_for_a_missing_definition():
    rows = [{"label": "Food", "definition": "Meals", "examples": "'Lunch was cold.', 'The tea is nice'"}]
    book = described("invented", ["Food", "ce: Emotional care"], rows, ["lunch was COLD"])
    assert book["food"].examples == ("The tea is nice",)
    assert book["emotional_care"].definition == "Emotional care"
    assert [code.id for code in book.active] == ["food", "emotional_care"]


def test_a_label_reaches_a_window_that_it_half_covers_and_no_other():
    windows = [_segment(0, "x" * 20, start=0), _segment(1, "x" * 20, start=20)]
    source = _segment("h", "x" * 26, start=8)
    found = reached(windows, ["one", "two"], [Coding("c", source.id, "two", "a")], {source.id: source})
    assert found.tolist() == [[ABSENT, PRESENT], [ABSENT, PRESENT]]
    short = _segment("k", "x" * 10, start=14)
    found = reached(windows, ["one", "two"], [Coding("c", short.id, "one", "a")], {short.id: short})
    assert found.tolist() == [[PRESENT, ABSENT], [ABSENT, ABSENT]]


def test_sessions_are_cut_and_labelled_by_their_participant(tmp_path):
    text = "I could not find the button. It was hidden.\n" * 12
    for person in ("P1", "P2"):
        (tmp_path / f"{person}.txt").write_text(text, encoding="utf-8")
    rows = pd.DataFrame([{"id": "h1", "group": "P2", "start": "0", "end": "28", "Hidden": "1"}])
    segments, label = sessions(tmp_path, rows, ["Hidden"])
    assert {segment.case for segment in segments} == {"P1", "P2"}
    coded = [segment for segment, row in zip(segments, label, strict=True) if row[0] == PRESENT]
    assert [(segment.case, segment.start) for segment in coded] == [("P2", 0)]


LABELS = arrays.arrays(bool, (12, 3))


@given(LABELS, LABELS, arrays.arrays(np.int8, (12, 3), elements=st.integers(0, 5)))
def test_figures_are_those_of_scikit_learn(truth, present, score):
    found = measures.figures(truth, present, score.astype(float), np.ones((1, 12)))
    assert found["micro"][0] == pytest.approx(f1_score(truth, present, average="micro", zero_division=0))
    either = [k for k in range(3) if truth[:, k].any() or present[:, k].any()]
    if either:
        each = [f1_score(truth[:, k], present[:, k], zero_division=0) for k in either]
        assert found["macro"][0] == pytest.approx(np.mean(each))
    kappas = [
        cohen_kappa_score(truth[:, k], present[:, k]) for k in either if not (truth[:, k].all() and present[:, k].all())
    ]
    if kappas:
        assert found["kappa"][0] == pytest.approx(np.mean(kappas))
    precise = [average_precision_score(truth[:, k], score[:, k]) for k in range(3) if truth[:, k].any()]
    if precise:
        assert found["ap"][0] == pytest.approx(np.mean(precise))


def test_the_strongest_label_is_the_answer_where_there_is_one_of_them():
    chance = np.random.default_rng(2)
    truth, score = np.eye(3, dtype=bool)[chance.integers(3, size=30)], chance.random((30, 3))
    found = measures.one_of(truth, score, np.ones((1, 30)))
    wanted, said = truth.argmax(axis=1), score.argmax(axis=1)
    assert found["accuracy"][0] == pytest.approx(np.mean(wanted == said))
    assert found["balanced"][0] == pytest.approx(balanced_accuracy_score(wanted, said))
    assert found["macro"][0] == pytest.approx(f1_score(wanted, said, average="macro"))


def test_people_are_drawn_whole_and_the_same_for_every_contender():
    group = np.array([7, 7, 3, 3, 3, 9])
    weight = measures.weights(group, drawings=200)
    assert (weight[0] == 1).all()
    assert (weight[:, 0] == weight[:, 1]).all()
    assert (weight[:, 2] == weight[:, 4]).all()
    assert (weight[1:, [0, 2, 5]].sum(axis=1) == 3).all()
    assert (weight == measures.weights(group, drawings=200)).all()


def test_a_paired_difference_is_narrower_than_two_intervals():
    chance = np.random.default_rng(5)
    truth = chance.random((300, 4)) < 0.3
    one = truth ^ (chance.random(truth.shape) < 0.1)
    other = one.copy()
    other[:15] = truth[:15]  # the same contender, right in fifteen passages more
    weight = measures.weights(np.arange(300))
    first, second = (measures.figures(truth, said, said.astype(float), weight)["micro"] for said in (one, other))
    apart = measures.interval(second - first)
    assert 0 <= apart.low < apart.value < apart.high
    assert apart.high - apart.low < measures.interval(first).high - measures.interval(first).low


def test_a_cut_is_kept_only_where_it_helps_rows_that_did_not_choose_it():
    chance = np.random.default_rng(3)
    truth = chance.random((200, 2)) < 0.3
    fold = np.arange(200) % 4
    low = np.where(truth, -1.0, -2.0) + 0.1 * chance.random(truth.shape)
    cuts = thresholds.chosen(low, truth, fold, 0.0)
    assert ((low >= cuts) == truth).all()
    rare = np.zeros((200, 2), dtype=bool)
    rare[[3, 60], [0, 1]] = True
    assert (thresholds.chosen(np.where(rare, 1.0, -1.0), rare, fold, 0.0) == 0.0).all()


def test_draws_are_whole_rows_of_train_and_a_budget_beyond_it_is_refused():
    data = _set()
    one = drawn(data, 10, 1)
    assert one.label.shape == (10, 2)
    assert {segment.id for segment in one.segments} <= {segment.id for segment in data.segments[:40]}
    assert [s.id for s in drawn(data, 10, 1).segments] == [s.id for s in one.segments]
    assert [s.id for s in drawn(data, 10, 2).segments] != [s.id for s in one.segments]
    assert len(drawn(data, None, 1).segments) == 40
    assert drawn(data, 0, 1).segments == ()
    with pytest.raises(NotEnoughData):
        drawn(data, 41, 1)


def test_inner_folds_keep_people_whole_and_one_person_has_none():
    fold = inner_folds(drawn(_set(), None, 1), 5, 1)
    assert len(set(fold)) == 5
    assert (fold[::2] == fold[1::2]).all()
    alone = Training((_segment(0, "a"), _segment(1, "b")), ("x",), np.array([[1], [0]], np.int8), np.ones((2, 1)))
    assert inner_folds(alone, 5, 1).tolist() == [0, 0]


@pytest.mark.parametrize("contender", CONTENDERS[:5], ids=lambda one: one.name)
def test_every_contender_learns_what_is_easy(contender, tmp_path):
    data = _set()
    asked = list(data.segments[40:])
    task = Task(drawn(data, None, 1), asked, data.codebook, False, 1, KeptVectors(Letters(), tmp_path))
    answer = contender.answer(task)
    truth = data.label[40:] == PRESENT
    assert answer.present.shape == answer.score.shape == truth.shape
    assert measures.figures(truth, answer.present, answer.score, np.ones((1, 20)))["ap"][0] > 0.9
    assert thresholds.both(truth, answer.present) > 1.4


def test_who_starts_empty_works_from_the_codebook_alone(tmp_path):
    data = _set()
    for contender in CONTENDERS:
        if contender.starts_empty:
            kept = KeptVectors(Letters(), tmp_path)
            answer = contender.answer(Task(drawn(data, 0, 1), data.segments[40:], data.codebook, False, 1, kept))
            assert answer.present.shape == (20, 2)


def test_a_cell_comes_back_as_it_was_kept_and_half_a_cell_is_none(tmp_path):
    cell = Cell("invented", "d1", "TF-IDF + LR", "1", "200", 3)
    assert cell.load(tmp_path) is None
    present = np.random.default_rng(0).random((7, 3)) < 0.5
    answer = Answer(present, present * 0.5, 1.25, 0.5, ~present, present.any(axis=1), "note", ("parking",))
    cell.keep(answer, tmp_path)
    back = cell.load(tmp_path)
    for name in ("present", "score", "settled", "whole"):
        assert (getattr(back, name) == getattr(answer, name)).all()
    assert (back.train_seconds, back.note, back.trusted) == (1.25, "note", ("parking",))
    assert Cell("invented", "d2", "TF-IDF + LR", "1", "200", 3).load(tmp_path) is None
    next(tmp_path.rglob("*.json")).unlink()
    assert cell.load(tmp_path) is None


def test_figures_are_made_once(tmp_path):
    cell = Cell("invented", "d", "x", "1", "all", 1)
    cell.keep(Answer(np.ones((2, 1), bool), np.ones((2, 1)), 0, 0), tmp_path)
    made = []

    def make():
        made.append(1)
        return {"micro": np.array([0.5, 0.4])}

    first, second = (cell.figures("all", make, tmp_path) for _ in range(2))
    assert first["micro"].tolist() == second["micro"].tolist() == [0.5, 0.4]
    assert made == [1]


def test_vectors_are_made_once_and_their_seconds_told_each_time(tmp_path):
    letters = Letters()
    kept = KeptVectors(letters, tmp_path)
    first = kept.encode(["one", "two", "one"])
    assert letters.seen == 2
    again = KeptVectors(letters, tmp_path)
    assert (again.encode(["two", "one"]) == first[[1, 0]]).all()
    assert letters.seen == 2
    assert again.spent() == pytest.approx(kept.spent())
    assert again.spent() == 0


def test_what_is_settled_whole_is_wrong_if_any_code_is():
    truth = np.array([[1, 0], [0, 0], [1, 1], [0, 1]], dtype=bool)
    present = np.array([[1, 0], [1, 0], [1, 1], [0, 0]], dtype=bool)
    settled = np.array([[1, 1], [1, 1], [1, 0], [0, 0]], dtype=bool)
    answer = Answer(present, present * 1.0, 0, 0, settled, trusted=("parking",))
    found = selective.whole([selective.by_code(answer)], [answer], truth, measures.weights(np.arange(4)))
    assert (found.share.value, found.wrong.value) == (0.5, 0.5)
    (one,) = selective.automated(answer, truth, ["parking", "food"])
    assert (one.present, one.missed, one.alarmed, one.left) == (2, 0.0, 0.5, 0.25)


def test_alarms_are_counted_where_nobody_coded_anything():
    truth = np.array([[1, 0], [0, 0], [0, 0]], dtype=bool)
    present = np.array([[1, 1], [1, 1], [0, 0]], dtype=bool)
    assert selective.alarms_per_thousand(present, truth, np.array([500, 30, 70])) == pytest.approx(20)


def test_a_version_is_written_down_once_for_each_set(tmp_path):
    path = tmp_path / "looks.csv"
    for data, version in (("a", "v1"), ("a", "v1"), ("b", "v1"), ("a", "v2")):
        looks.looked(data, version, "2026-11-24", path)
    assert looks.versions(path) == {"a": ("v1", "v2"), "b": ("v1",)}


def test_the_table_says_where_qualcode_is_below_the_best_of_the_others(tmp_path):
    data = _set()
    truth = data.label[40:] == PRESENT
    poor = np.where(np.arange(20)[:, None] % 5 == 0, ~truth, truth)
    for one in CONTENDERS:
        said = {"qualcode": poor, "MiniLM + LR": truth}.get(one.name)
        if said is not None:
            cell = Cell(data.name, data.digest, one.name, one.version, "all", 1)
            cell.keep(Answer(said, said * 1.0, 2.0, 1.0), tmp_path)
    scored = tables.Scored(data, CONTENDERS, ("0", "all"), tmp_path)
    assert scored.budgets() == ["all"]
    page = "\n\n".join(scored.sections())
    assert "| all | MiniLM + LR | 1.000 [1.000, 1.000] |" in page
    (row,) = (line for line in page.split("\n") if line.startswith("| all | -"))
    assert row.count("MiniLM + LR **below**") == 4
    assert "| invented | qualcode | 0.800 / 0.800 |" in tables.compact([scored], ("0", "all"))
    assert "| | best other | 1.000 / 1.000 |" in tables.compact([scored], ("0", "all"))


def test_a_table_goes_between_its_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n", encoding="utf-8")
    tables.put(page, "new")
    tables.put(page, "newer")
    assert page.read_text(encoding="utf-8") == f"before\n{tables.BEGIN}\n\nnewer\n\n{tables.END}\nafter\n"
    page.write_text("no marks\n", encoding="utf-8")
    tables.put(page, "new")
    assert page.read_text(encoding="utf-8") == "no marks\n"


def test_a_comment_is_no_other_version_and_another_number_is():
    one = 'X = 1\n\ndef f():\n    """Says."""\n    return X\n'
    assert ours._as_parsed(one) == ours._as_parsed(one.replace('"""Says."""', "# said otherwise"))
    assert ours._as_parsed(one) != ours._as_parsed(one.replace("1", "2"))


@pytest.mark.real
@pytest.mark.skipif(not sets.DATA.is_dir(), reason="the public data are not beside the checkout")
@pytest.mark.parametrize(
    ("name", "shape", "held"),
    [("nhs_fft", (7400, 36), 1509), ("serdif-full", (1172, 22), 278), ("sight", (289, 10), 59)],
)
def test_real_sets_are_read_whole_and_no_example_is_tested(name, shape, held):
    data = sets.load(name)
    assert data.label.shape == shape
    assert len(data.codes) == shape[1]
    assert data.test.sum() == held
    tested = {plain(one.text) for one, is_held in zip(data.segments, data.test, strict=True) if is_held}
    assert not any(plain(example) in tested for code in data.codebook for example in code.examples)
    assert not {s.case for s, h in zip(data.segments, data.test, strict=True) if h} & {
        s.case for s, h in zip(data.segments, data.test, strict=True) if not h
    }
    inner = data.inner()
    assert len(inner.segments) == shape[0] - held
    assert 0.15 < inner.test.mean() < 0.35
