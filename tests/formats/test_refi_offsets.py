"""Which convention a writer used, found out from quotations alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.formats.refi_offsets import CONVENTIONS, SPEC, Convention, Marked, detect, normalised, places
from tests.dialects import BYTES, CODED, DIALECTS, NVIVO, TEXTS, Dialect, counted

QUOTE = "Anna: ok"
TEXT = f"A😀é\n{QUOTE}"


def _marked(dialect: Dialect, name: str, quotations: list[str], named: bool = False) -> Marked:
    raw = ("\ufeff" if dialect.mark else "") + TEXTS[name].replace("\n", dialect.line_end)
    selections = []
    for quotation in quotations:
        at = TEXTS[name].index(quotation)
        end = counted(TEXTS[name], at + len(quotation), dialect) - dialect.convention.inclusive
        selections.append((counted(TEXTS[name], at, dialect), end, quotation if named else ""))
    return Marked(raw, selections)


def _project(dialect: Dialect, named: bool = False) -> list[Marked]:
    quotations = {name: [quote for where, quote, _, _ in CODED if where == name] for name in TEXTS}
    return [_marked(dialect, name, quotations[name], named) for name in TEXTS]


@pytest.mark.parametrize(
    ("convention", "line_end", "start", "end"),
    [
        (Convention("code points", 1), "\n", 4, 12),
        (Convention("code points", 2), "\r\n", 5, 13),
        (Convention("UTF-16 units", 1), "\n", 5, 13),
        (Convention("UTF-16 units", 2), "\r\n", 6, 14),
        (Convention("bytes", 1), "\n", 8, 16),
        (Convention("bytes", 2), "\r\n", 9, 17),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_known_offsets_of_a_known_quotation(convention, line_end, start, end, mark):
    raw = mark + TEXT.replace("\n", line_end)
    assert places(Marked(raw, [(start, end, "")]), convention) == [(4, 12)]
    assert normalised(raw)[4:12] == QUOTE


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("named", [True, False])
def test_every_dialect_is_told_from_all_others(name, named):
    dialect = DIALECTS[name]
    project = _project(dialect, named)
    found = detect(project, dialect.origin)
    assert found.sure
    assert not found.by_habit
    for text, (source, words) in zip(project, TEXTS.items(), strict=True):
        said = [words[start:end] for start, end in filter(None, places(text, found.convention))]
        assert said == [quote for where, quote, _, _ in CODED if where == source]


@pytest.mark.parametrize("name", ["nvivo", "bytes", "marked"])
def test_the_program_that_is_named_does_not_decide(name):
    assert detect(_project(DIALECTS[name], named=True), "ATLAS.ti 9").convention == DIALECTS[name].convention


def test_where_all_ways_give_the_same_it_does_not_matter():
    found = detect([Marked("Plain words on one line.", [(0, 5, "Plain"), (6, 11, "words")])])
    assert found.sure
    assert found.all_the_same


def test_two_ways_that_fit_alike_are_settled_by_the_habit_of_the_program_and_said():
    # Two line ends before the quotation, and at each place that comes into question a word begins and ends.
    text = Marked("\n\na b a b", [(4, 5, "")])
    assert not detect([text], "a script").sure
    assert detect([text], "MAXQDA 24").by_habit
    assert detect([text], "MAXQDA 24").convention == SPEC
    assert detect([text], "NVivo 12").convention == Convention("UTF-16 units", 2)


def test_positions_that_fit_nothing_are_not_taken():
    broken = [
        Marked(text.raw, [(start + 3, end + 5, "") for start, end, _ in text.selections]) for text in _project(NVIVO)
    ]
    assert not detect(broken, "NVivo").sure


def test_no_selection_is_no_evidence_and_no_obstacle():
    assert detect([], "x").sure
    assert detect([Marked("Some words.", [])], "x").sure


@pytest.mark.parametrize("span", [(-1, 3), (0, 99), (5, 5), (7, 3), (2, 5)])
def test_a_selection_outside_or_within_a_character_has_no_place(span):
    assert places(Marked(TEXT, [(*span, "")]), BYTES.convention) == [None]


def test_an_end_that_may_be_in_or_out_is_refused_where_nobody_knows_the_program():
    # Whole sentences: with the last letter in or out, each ends at the edge of a word.
    text = "I went home. It was late. Nobody called. The tea was cold."
    ends = [place for place, letter in enumerate(text) if letter == "."]
    starts = [0, *(end + 2 for end in ends[:-1])]
    selections = [(start, end, "") for start, end in zip(starts, ends, strict=True)]
    assert not detect([Marked(text, selections)], "a script").sure


WORDS = st.text(st.sampled_from("abé😀ß漢"), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=2, max_size=12),
    convention=st.sampled_from(CONVENTIONS),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    chosen=st.lists(st.integers(0, 10_000), min_size=6, max_size=20),
)
def test_what_is_taken_for_sure_is_right(lines, convention, line_end, mark, chosen):
    text = "\n".join(lines)
    dialect = Dialect("a script", convention, line_end, mark)
    words = [part for part in text.replace("\n", " ").split(" ") if part]
    spans = []
    for number in chosen:
        word = words[number % len(words)]
        at = text.index(word)
        spans.append((at, at + len(word)))
    end_of = [counted(text, end, dialect) - convention.inclusive for _, end in spans]
    selections = [
        (counted(text, start, dialect), end, text[start:stop]) for (start, stop), end in zip(spans, end_of, strict=True)
    ]
    marked = Marked(("\ufeff" if mark else "") + text.replace("\n", line_end), selections)
    found = detect([marked], dialect.origin)
    assert places(marked, convention) == spans
    if found.sure and not found.by_habit:
        wanted = [text[start:end] for start, end in spans]
        said = [text[slice(*place)] if place else None for place in places(marked, found.convention)]
        assert sum(a == b for a, b in zip(said, wanted, strict=True)) >= 0.8 * len(wanted)
