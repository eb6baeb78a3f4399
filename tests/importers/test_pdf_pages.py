"""Pages of PDF files: columns, footnotes, where each page begins, cut words, characters that printers change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers import pdf
from qualcode.importers.imported import ReadOptions
from tests.importers.test_blocks import GOLDEN
from tests.importers.test_pdf import composed, typeset

LEFT = [
    "The visits were valued by the",
    "grandmothers who took part in",
    "the interviews that we held in",
    "the first winter. Few of those",
    "who had stopped were reached",
    "by anybody at all, and nothing",
]
RIGHT = [
    "is known of their reasons. The",
    "volunteers went along to the",
    "appointments and telephoned",
    "everybody once more. Nobody",
    "had been asked beforehand, and",
    "still they spoke of the winters.",
]


def text_of(path, options):
    return pdf.read(path, options).transcripts[0].text


def shown(x: float, y: float, words: str, size: float = 10) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET\n"


def across(left: list[str], right: list[str], top: float = 700) -> str:
    """Both columns, written line by line across the gutter."""
    rows = zip(left, right, strict=True)
    return "".join(shown(50, top - 14 * n, a) + shown(310, top - 14 * n, b) for n, (a, b) in enumerate(rows))


def test_columns_that_are_written_across_the_gutter_are_read_one_after_the_other(tmp_path, options):
    path = composed(tmp_path / "a.pdf", [across(LEFT, RIGHT)])
    assert text_of(path, options).replace("\n", " ") == " ".join([*LEFT, *RIGHT])


def test_columns_in_one_text_object_as_well(tmp_path, options):
    moved = "".join(f"({a}) Tj 260 0 Td ({b}) Tj -260 -14 Td\n" for a, b in zip(LEFT, RIGHT, strict=True))
    path = composed(tmp_path / "a.pdf", [f"BT /F1 10 Tf 50 700 Td {moved} ET"])
    assert text_of(path, options).replace("\n", " ") == " ".join([*LEFT, *RIGHT])


def test_a_heading_across_both_columns_parts_them(tmp_path, options):
    heads = [
        f"{what} of this report goes across both of the columns of its page here" for what in ("The title", "A part")
    ]
    content = shown(50, 740, heads[0]) + across(LEFT, RIGHT)
    content += shown(50, 580, heads[1]) + across(LEFT, RIGHT, top=550)
    text = text_of(composed(tmp_path / "a.pdf", [content]), options).replace("\n", " ")
    both = " ".join([*LEFT, *RIGHT])
    assert text == f"{heads[0]} {both} {heads[1]} {both}"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["INT:", "P07:"] * 3, RIGHT),
        ([f"Theme {n} of the report" for n in range(6)], [f"Said by {n} of the people" for n in range(6)]),
        (LEFT[:3], RIGHT[:3]),
    ],
    ids=["names beside speech", "cells of a table", "a few lines"],
)
def test_what_stands_side_by_side_and_is_no_column_is_read_across(tmp_path, options, left, right):
    lines = [f"{a} {b}" for a, b in zip(left, right, strict=True)]
    text = text_of(composed(tmp_path / "a.pdf", [across(left, right)]), options)
    assert text.replace("\n", " ") == " ".join(lines)


def test_two_columns_of_a_word_processor_keep_every_word_in_order(options):
    imported = pdf.read(GOLDEN / "columns.pdf", options)
    transcript = imported.transcripts[0]
    places = [transcript.text.index(f"{what} {n}") for n in range(1, 27) for what in ("Paragraph", "ends paragraph")]
    assert places == sorted(places)
    assert "Kin carers" not in transcript.text
    assert "aside" not in transcript.text
    assert {loss.kind: loss.count for loss in imported.losses} == {"footnotes": 2, "footnote marks": 2}
    assert len(transcript.pages) == 3


def test_what_a_browser_printed_is_spelt_as_it_was_written(options):
    assert text_of(GOLDEN / "characters.pdf", options).split("\n") == [
        "P1: Naïve cafés 10\u00a0pounds softly zerowidth office “quotes” – dash 😀 end.",
        "P2: אמרתי לה שלום ואז הלכתי הביתה.",
        "P1: I said שלום to her, twice.",
        "P2: café and fine fine.",
    ]


def test_footnotes_and_their_marks_stay_out_and_are_counted(tmp_path, options):
    content = shown(50, 700, "P07: They came on") + shown(133, 704, "1", 6) + shown(138, 700, " Mondays, 20 m")
    content += shown(206, 704, "2", 6) + shown(50, 100, "1 In the hall.", 8) + shown(50, 90, "Of the church.", 8)
    imported = pdf.read(composed(tmp_path / "a.pdf", [content]), options)
    assert imported.transcripts[0].text == "P07: They came on Mondays, 20 m2"
    assert {loss.kind: loss.count for loss in imported.losses} == {"footnotes": 1, "footnote marks": 1}


def test_small_print_without_a_mark_stays(tmp_path, options):
    content = shown(50, 700, "P07: They came on Mondays, all of them.") + shown(50, 100, "1 In the hall.", 8)
    imported = pdf.read(composed(tmp_path / "a.pdf", [content]), options)
    assert "In the hall." in imported.transcripts[0].text
    assert imported.losses == ()


LONG = "It was a long winter, and nobody came to us for weeks on end, as I have said before to"


def test_a_page_begins_where_its_first_word_stands(tmp_path, options):
    pages = [["P07: " + LONG, "somebody else"], ["from the council.", "INT: And then?"], [], ["P07: Easter."]]
    transcript = pdf.read(typeset(tmp_path / "a.pdf", pages), options).transcripts[0]
    assert [transcript.text[at:][:9] for at in transcript.pages] == ["P07: It w", "from the ", "P07: East", "P07: East"]
    assert transcript.text[transcript.pages[1] - 5 : transcript.pages[1]] == "else "


def test_a_word_cut_at_the_end_of_a_page_is_whole_and_the_page_begins_within_it(tmp_path, options):
    pages = [[f"P07: Anything. {LONG}", f"{LONG} any-"], ["thing that I did."]]
    transcript = pdf.read(typeset(tmp_path / "a.pdf", pages), options).transcripts[0]
    at = transcript.pages[1]
    assert transcript.text[at - 3 : at + 5] == "anything"


lines = st.lists(st.sampled_from([LONG, "Yes.", "A heading", "1. So", "any-", "thing"]), max_size=4)


@given(st.lists(lines, min_size=1))
def test_every_page_begins_at_its_first_line(tmp_path_factory, pages):
    typed = [["so" + "o" * number + " it went", *page, f"{number} pages."] for number, page in enumerate(pages)]
    path = typeset(tmp_path_factory.mktemp("pdf") / "a.pdf", typed)
    transcript = pdf.read(path, ReadOptions(b"k", "a.pdf")).transcripts[0]
    assert [transcript.text[at:].split(" ")[0] for at in transcript.pages] == [
        "so" + "o" * n for n in range(len(pages))
    ]


def test_a_program_that_cuts_words_is_seen_and_compounds_stay(tmp_path, options):
    cut = ["remark-", "discon-", "grand-", "com-", "pro-", "befrien-"]
    rest = ["ably", "tinued", "mothers", "munity", "gramme", "ding"]
    lines = ["It is a well-known self-help group of people, as far as we know it so far"]
    for n, (first, second) in enumerate(zip(cut, rest, strict=True)):
        lines += [
            f"and here is line {n} of this long paragraph that ends with a word {first}",
            f"{second} which goes on to",
        ]
    lines += ["and there was, and had been for a long time before anybody knew it, self-", "help of a kind."]
    text = text_of(typeset(tmp_path / "a.pdf", [lines]), options)
    assert all(first[:-1] + second in text for first, second in zip(cut, rest, strict=True))
    assert text.endswith("self-help of a kind.")


def test_left_and_right_pages_may_have_heads_of_their_own(tmp_path, options):
    pages = [[["Kin carers study", "Interview P07"][n % 2], f"P07: Answer {n} is here."] for n in range(6)]
    imported = pdf.read(typeset(tmp_path / "a.pdf", pages), options)
    assert imported.transcripts[0].text.split("\n") == [f"P07: Answer {n} is here." for n in range(6)]


def test_a_head_with_the_pages_number_in_it_goes_and_numbered_answers_stay(tmp_path, options):
    pages = [[f"Kin carers study | {7 + n}", f"INT: Number {n}?", f"P07: About {n * n} of them"] for n in range(4)]
    text = text_of(typeset(tmp_path / "a.pdf", pages), options)
    assert "study" not in text
    assert all(f"About {n * n} of them" in text for n in range(4))
