"""Who speaks in a word processor's document: names in bold, tables with a head row, frames and merged cells."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers import turns
from qualcode.importers.blocks import Paragraph, Table, joined, paragraph, symbol, written
from tests.invented import REPOSITORY

GOLDEN = REPOSITORY / "tests" / "importers" / "golden"


def bold(name: str, words: str) -> Paragraph:
    return paragraph([(name, True), (words, False)])


def table(*rows: tuple[str, ...]) -> Table:
    return Table(tuple(tuple((Paragraph(cell),) for cell in row) for row in rows))


def spoken(*blocks, speakers=None):
    text, labels = written(blocks, speakers or {})
    if labels is None:
        return None
    ends = [label.start for label in labels[1:]] + [len(text)]
    return [(label.key, text[label.end : end].strip()) for label, end in zip_longest(labels, ends)]


def test_names_in_bold_that_come_back_are_speakers():
    blocks = [Paragraph("A title"), bold("Anna", " Who came?"), bold("Ben ", "Nobody."), bold("Anna", "\tAnd now?")]
    assert spoken(*blocks, bold("Ben", " – Some."), Paragraph("And the dog.")) == [
        ("anna", "Who came?"),
        ("ben", "Nobody."),
        ("anna", "And now?"),
        ("ben", "Some.\nAnd the dog."),
    ]


def test_a_bold_line_alone_names_who_speaks_below_it():
    blocks = [bold("Anna", ""), Paragraph("Who came?"), bold("Ben", ""), Paragraph("Nobody.")] * 2
    assert spoken(*blocks) == [("anna", "Who came?"), ("ben", "Nobody.")] * 2


def test_a_time_beside_a_bold_name_is_the_turns_time():
    blocks = [bold("Anna (00:01:02)", " Who?"), bold("Ben [1:05]", " Nobody.")] * 2
    _, labels = written(blocks, {})
    assert [(label.key, label.seconds) for label in labels[:2]] == [("anna", 62.0), ("ben", 65.0)]


@pytest.mark.parametrize("gap", ["\n", None], ids=["a line break", "a new paragraph"])
@pytest.mark.parametrize("name", ["Ben Lee", "Lee, Ben", "LEE, Ben (COUNTY NHS TRUST)", "Ben Lee (Guest)"])
def test_a_time_behind_a_bold_name_is_no_speech(name, gap):
    said = [("Anna Ray   0:03", "Who came?"), (f"{name}   0:44", "Nobody.")] * 2
    blocks = []
    for label, words in said:
        who, _, time = label.rpartition("   ")
        blocks += [bold(who, f"   {time}\n{words}")] if gap else [bold(who, f"   {time}"), Paragraph(words)]
    text, labels = written(blocks, {})
    found = turns.find(text, speakers={}, labels=labels).turns
    assert [(text[turn.start : turn.end], turn.time) for turn in found] == [("Who came?", 3.0), ("Nobody.", 44.0)] * 2
    assert found[1].speaker == name.partition(" (")[0].lower()


def test_a_time_between_a_bold_name_and_its_words_is_the_turns_time():
    blocks = [bold("Anna", " 0:03 Who came?"), bold("Ben (Guest)", " [0:44] Nobody.")] * 2
    assert spoken(*blocks) == [("anna", "Who came?"), ("ben", "Nobody.")] * 2
    assert [label.seconds for label in written(blocks, {})[1]] == [3.0, 44.0] * 2


@pytest.mark.parametrize(
    "blocks",
    [
        [bold("Very", " often I was there."), bold("Never", " did she come.")] * 2,
        [bold("Anna", " Who came?"), bold("Ben", " Nobody.")],
        [bold("Anna", " Who came?"), bold("Note", " Laughter.")] * 2,
        [bold("Did anybody come?", ""), bold("Was it cold?", "")] * 2,
        [bold("One name that has too many words", " So."), bold("Another name that has too many", " So.")] * 2,
    ],
    ids=["stressed words", "names that never come back", "a word that is no name", "questions in bold", "sentences"],
)
def test_other_words_in_bold_are_no_speakers(blocks):
    assert written(blocks, {})[1] is None


def test_names_before_colons_win_over_words_in_bold():
    blocks = [bold("Background", " The hall was cold."), Paragraph("INT: Who came?"), Paragraph("P07: Nobody.")]
    assert written([*blocks, bold("Outlook", " None.")] * 2, {})[1] is None


def test_a_head_row_says_which_column_is_whose():
    rows = [("No", "Time", "Speaker", "Text"), ("1", "00:01", "INT", "Who?"), ("2", "00:03", "P07", "Nobody.\nAt all.")]
    text, labels = written([Paragraph("A title"), table(*rows)], {})
    assert text == "A title\nNo\tTime\tSpeaker\tText\n1\t00:01\tINT: Who?\n2\t00:03\tP07: Nobody.\nAt all."
    assert [(label.key, label.name, label.seconds) for label in labels] == [("int", "INT", 1.0), ("p07", "P07", 3.0)]
    assert spoken(table(*rows)) == [("int", "Who?"), ("p07", "Nobody.\nAt all.")]


def test_words_may_stand_before_their_speaker_and_notes_of_the_coder_in_no_turn():
    rows = [("Text", "Speaker", "Memo"), ("Who?", "INT", ""), ("Nobody.", "P07", "sad"), ("So.", "INT", "")]
    assert spoken(table(*rows)) == [("int", "Who?"), ("p07", "Nobody."), ("int", "So.")]


def test_a_row_that_names_nobody_goes_on_with_who_spoke_and_what_follows_the_table_is_nobodys():
    rows = [("Speaker", "Text"), ("P07", "Nobody."), ("", "At all."), ("INT", "So.")]
    assert spoken(table(*rows), Paragraph(""), Paragraph("The tape ends.")) == [
        ("p07", "Nobody."),
        ("p07", "At all."),
        ("int", "So."),
        ("", "The tape ends."),
    ]


def test_a_head_row_that_comes_back_on_the_next_page_is_in_no_turn():
    rows = [("Speaker", "Text"), ("P07", "Nobody."), ("Speaker", "Text"), ("INT", "So.")]
    assert spoken(table(*rows)) == [("p07", "Nobody."), ("int", "So.")]


def test_columns_that_merged_cells_leave_empty_do_not_count():
    rows = [("INT", "", "Who?"), ("P07", "", "Nobody.")]
    assert written([table(*rows)], {})[0] == "INT: Who?\nP07: Nobody."


@pytest.mark.parametrize(
    "rows",
    [
        [("Name", "Age", "Town"), ("Ann", "34", "Leeds")],
        [("Speaker", "Age"), ("Ann", "34")],
        [("a", "b", "c"), ("d", "e", "f")],
    ],
    ids=["people", "ages", "no head"],
)
def test_other_tables_name_no_speaker(rows):
    text, labels = written([table(*rows)], {})
    assert labels is None
    assert all(cell in text for row in rows for cell in row)


def test_a_table_of_one_column_is_a_frame():
    framed = Table(((tuple([bold("Anna", " Who?"), bold("Ben", " Nobody.")] * 2),),))
    assert spoken(framed) == [("anna", "Who?"), ("ben", "Nobody.")] * 2


def test_paragraphs_whose_mark_was_taken_are_one():
    blocks = [(Paragraph("One "), True), (Paragraph("two"), False), (Paragraph("three"), True)]
    assert joined(blocks) == [Paragraph("One two"), Paragraph("three")]


def test_a_byte_order_mark_shifts_no_label():
    first = paragraph([("\ufeffAnna", True), (" Who?", False)])
    assert spoken(first, bold("Ben", " So."), bold("Anna", " And?"), bold("Ben", " No."))[0] == ("anna", "Who?")


def test_signs_of_wingdings_are_told_and_others_kept():
    assert (symbol(0xF04A), symbol(0xF021), symbol(0x3B1)) == ("☺", "\uf021", "α")


words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(st.sampled_from(["Anna", "Ben"]), words), min_size=1, max_size=6))
def test_a_turns_words_are_a_rows_words(said):
    rows = [("Speaker", "Text"), *said]
    text, labels = written([table(*rows)], {})
    assert len(labels) == len(said)
    for label, (name, row) in zip(labels, said, strict=True):
        assert label.name == name
        assert text[label.end :].startswith(row)
