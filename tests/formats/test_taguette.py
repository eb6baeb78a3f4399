"""Taguette's byte offsets over cleaned HTML, and its log of who highlighted what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.formats import taguette


def _nodes(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (_nodes("one", "two"), "one\ntwo"),
        ("<p>one</p>\n<p>two</p>\n", "one\ntwo\n"),
        ("<div><p>one</p></div><p>two<br>three</p>", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>three", "one\ntwo\nthree"),
        ("<p>a &amp; b &lt;3 &#128156;</p>", "a & b <3 💜"),
        ("", ""),
    ],
)
def test_the_text_reads_as_it_is_shown(html: str, text: str) -> None:
    assert taguette.readable(html)[0] == text


def test_an_added_line_end_is_in_no_highlight() -> None:
    text, places = taguette.readable(_nodes("é", "b", "c"))
    assert [text[slice(*places.span(a, b))] for a, b in ((0, 2), (2, 3), (3, 4), (0, 3))] == ["é", "b", "c", "é\nb"]


@pytest.mark.parametrize("span", [(1, 2), (0, 1), (0, 99), (-1, 2), (2, 2), (3, 2)])
def test_what_splits_a_character_or_lies_outside_has_no_place(span: tuple[int, int]) -> None:
    assert taguette.readable(_nodes("é", "b"))[1].span(*span) is None


@given(st.lists(st.text(st.sampled_from("aé😀漢 &<"), min_size=1), min_size=1), st.data())
def test_every_byte_offset_leads_back_to_its_characters(paragraphs: list[str], data: st.DataObject) -> None:
    from html import escape

    text, places = taguette.readable(_nodes(*map(escape, paragraphs)))
    counted = "".join(paragraphs)
    start = data.draw(st.integers(0, len(counted) - 1))
    end = data.draw(st.integers(start + 1, len(counted)))
    span = places.span(len(counted[:start].encode()), len(counted[:end].encode()))
    assert span is not None
    assert text[slice(*span)].replace("\n", "") == counted[start:end]
