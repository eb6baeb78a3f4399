"""Documents that share most of their words are flagged; a form's wording and survey rows are not."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.corpus import Transcript
from qualcode.importers.overlap import MOST_MODULUS, Sketch, among, overlaps, sketch

VOCABULARY = [a + b + c for a in "bdfglmnprst" for b in "aeiou" for c in "bdfglmnprst"]


def prose(seed: int, words: int = 300) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=words))


def document(name: str, text: str, row: str = "") -> Transcript:
    return Transcript(name, text, (), row=row)


def pairs(*transcripts: Transcript, **options) -> set[frozenset[str]]:
    return {frozenset((found.first, found.second)) for found in overlaps(transcripts, **options)}


def test_a_page_inside_a_longer_document_is_found():
    page = prose(1)
    (found,) = overlaps([document("a", page), document("b", prose(2) + " " + page + " " + prose(3))])
    assert {found.first, found.second} == {"a", "b"}
    assert found.share == pytest.approx(1.0)


def test_the_one_that_is_contained_comes_first():
    page = prose(1)
    long, short = document("a", page + " " + prose(2)), document("b", page)
    (found,) = overlaps([long, short])
    assert (found.first, found.second) == ("b", "a")


def test_different_documents_are_left_alone():
    assert pairs(document("a", prose(1)), document("b", prose(2))) == set()


def test_half_of_the_words_is_not_enough_unless_it_is_asked():
    shared = prose(1, 150)
    two = document("a", shared + " " + prose(2, 150)), document("b", shared + " " + prose(3, 150))
    assert pairs(*two) == set()
    assert pairs(*two, at_least=0.4) == {frozenset("ab")}


def test_dashes_case_and_wide_letters_hide_no_copy():
    words = prose(1).replace(" ", " - ", 20)
    other = words.replace("-", "–").upper().replace("B", "Ｂ")
    assert pairs(document("a", words), document("b", other)) == {frozenset("ab")}


def test_short_texts_and_survey_rows_are_left_out():
    assert pairs(document("a", prose(1, 40)), document("b", prose(1, 40))) == set()
    assert pairs(document("a", prose(1), row="2"), document("b", prose(1), row="3")) == set()


def test_wording_that_many_documents_hold_is_a_form():
    form = prose(1)
    assert pairs(*(document(f"d{n}", form + " " + prose(n + 2, 20)) for n in range(12))) == set()


def test_a_copy_among_documents_of_one_form_is_found_by_its_own_words():
    form = prose(1)
    many = [document(f"d{n}", form + " " + prose(n + 2, 100)) for n in range(12)]
    copy = document("copy", form + " " + prose(2, 100))
    assert pairs(*many, copy) == {frozenset(("d0", "copy"))}


def test_a_short_page_is_found_in_a_book_of_which_an_eighth_is_kept():
    book, page = prose(1, 20_000), " ".join(prose(1, 20_000).split()[9000:9070])
    assert sketch("book", book).modulus == MOST_MODULUS
    assert sketch("page", page).modulus == 1
    (found,) = overlaps([document("book", book), document("page", page + " " + prose(2, 5))])
    assert (found.first, found.second) == ("page", "book")
    assert found.share == pytest.approx(66 / 71), "counted on the texts, not on the sketches"


@pytest.mark.parametrize("share", [0.7, 0.78, 0.82, 0.9])
def test_the_share_of_long_documents_is_exact(share: float):
    words = 8000
    source = prose(1, words).split()
    copy = source[: int(share * words)] + prose(2, words - int(share * words)).split()
    found = overlaps([document("a", " ".join(source)), document("b", " ".join(copy))])
    assert [round(one.share, 2) for one in found] == ([share] if share > 0.8 else [])


def test_a_sketch_is_the_same_in_every_process():
    code = (
        "from qualcode.importers.overlap import sketch; print(sketch('a', 'one two three four five six').kept.tolist())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert said == {f"{sketch('a', 'one two three four five six').kept.tolist()}\n"}


def test_only_pairs_with_a_new_document_are_looked_at_and_only_their_texts_read():
    texts = {"a": prose(1), "b": prose(1) + " " + prose(2), "c": prose(3), "d": prose(3) + " " + prose(4)}
    sketches: list[Sketch] = [sketch(name, text) for name, text in texts.items()]
    read: list[str] = []
    found = among(sketches, lambda name: read.append(name) or texts[name], new={"d"})
    assert [(one.first, one.second) for one in found] == [("c", "d")]
    assert sorted(read) == ["c", "d"]
    assert among(sketches, texts.__getitem__, new={"nobody"}) == []


def test_the_strongest_overlap_comes_first():
    page = prose(1)
    found = overlaps(
        [
            document("a", page),
            document("b", page + " " + prose(2)),
            document("c", page[: int(len(page) * 0.9)] + prose(3, 30)),
        ]
    )
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert len(found) == 3


def test_nothing_and_one_document_overlap_with_nothing():
    assert overlaps([]) == []
    assert overlaps([document("a", prose(1))]) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(70, 120)), max_size=5))
@settings(max_examples=50, deadline=None)
def test_shares_are_shares_and_no_document_overlaps_itself(seeds):
    transcripts = [document(f"d{place}", prose(seed, words)) for place, (seed, words) in enumerate(seeds)]
    for found in overlaps(transcripts):
        assert 0.8 <= found.share <= 1.0
        assert found.first != found.second
