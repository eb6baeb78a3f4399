"""Places of a text stand in the text that was made of it, there and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualcode.corpus import Consent, Edit, OffsetMap


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, OffsetMap, str]:
    text = draw(st.text("abcdef ", min_size=1, max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = tuple(Edit(a, b, draw(st.integers(1, 6))) for a, b in pairs)
    made, at = "", 0
    for edit in edits:
        made, at = made + text[at : edit.start] + "#" * edit.length, edit.end
    return text, OffsetMap(edits), made + text[at:]


@given(edited(), st.data())
def test_what_stood_there_stands_there(case: tuple[str, OffsetMap, str], data: st.DataObject) -> None:
    text, offsets, made = case
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = offsets.forward(start, end)
    assert 0 <= low < high <= len(made)
    back = offsets.back(low, high)
    assert back[0] <= start
    assert end <= back[1]
    if not any(edit.start < at < edit.end for edit in offsets.edits for at in (start, end)):
        assert back == (start, end)
    outside = [i for i in range(*back) if not any(edit.start <= i < edit.end for edit in offsets.edits)]
    assert made[low:high].replace("#", "") == "".join(text[i] for i in outside)


def test_a_place_inside_an_edit_stands_at_the_whole_of_it() -> None:
    names = OffsetMap((Edit(3, 7, 8), Edit(20, 22, 1)))
    assert names.forward(4, 6) == (3, 11)
    assert names.back(5, 6) == (3, 7)
    assert names.forward(7, 20) == (11, 24)
    assert names.forward(30, 31) == (33, 34)


def test_nothing_holds_after_the_last_day() -> None:
    from datetime import date

    consent = Consent(quote="verbatim", expires=date(2026, 3, 1)).over(Consent(participate=True, machine=True))
    assert consent.on(date(2026, 3, 1)) == consent
    assert consent.on(date(2026, 3, 2)).quote == "none"
    assert not consent.on(date(2026, 3, 2)).participate
