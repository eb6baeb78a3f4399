"""Codebooks from tables of labels: slugs, columns, parents, examples in one cell."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.codebook import from_rows, load, save, slug
from qualcode.codebook.skeleton import POLARITY, split_examples
from qualcode.errors import CodebookError


def made(*rows: dict[str, str]):
    return from_rows(rows, codebook_id="x", title="X")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Staff manner & personal attributes", "staff_manner_personal_attributes"),
        ("  Isolation  ", "isolation"),
        ("Peer-to-peer / group", "peer_to_peer_group"),
        ("Détresse", "detresse"),
        ("3rd sector", "code_3rd_sector"),
        ("emotional_support", "emotional_support"),
        ("", "code"),
    ],
)
def test_a_slug_is_lower_case_letters_digits_and_underscores(label, expected):
    assert slug(label) == expected


@given(st.text(max_size=120) | st.from_regex(r"[0-9][a-z0-9 ]{58,80}", fullmatch=True))
def test_a_slug_is_always_an_id_that_a_codebook_file_may_hold(label):
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,63}", slug(label))


def test_a_code_with_a_definition_is_active_and_one_without_is_a_draft():
    codebook = made(
        {"Label": "Isolation", "Definition": "Nobody is there. Nobody comes."},
        {"Label": "Burden", "Definition": ""},
    )
    assert codebook["isolation"].status == "active"
    assert codebook["isolation"].brief == "Nobody is there"
    assert codebook["isolation"].definition == "Nobody is there. Nobody comes."
    assert codebook["burden"].status == "draft"
    assert codebook.facets == (POLARITY,)


@pytest.mark.parametrize("column", ["label", "Code", " NAME ", "theme", "Tag"])
def test_the_label_column_is_found_by_its_usual_names(column):
    assert made({column: "Isolation"})["isolation"].label == "Isolation"


def test_a_table_without_a_label_column_says_which_names_are_expected():
    with pytest.raises(CodebookError, match="expected one of label, code") as caught:
        made({"wording": "Isolation"})
    assert caught.value.hint


def test_a_table_without_rows_is_refused():
    with pytest.raises(CodebookError, match="no rows"):
        made()


def test_a_table_whose_labels_are_all_empty_is_refused():
    with pytest.raises(CodebookError, match="holds no labels"):
        made({"label": " "}, {"label": ""})


def test_a_label_twice_is_refused_with_its_row():
    with pytest.raises(CodebookError, match=r"row 4 .* 'isolation'") as caught:
        made({"label": "Isolation"}, {"label": "Burden"}, {"label": "ISOLATION!"})
    assert caught.value.line == 4


def test_a_parent_that_has_no_row_becomes_a_heading():
    codebook = made({"label": "Isolation", "category": "Needs and loads"})
    assert codebook["isolation"].parent == "needs_and_loads"
    assert codebook["needs_and_loads"].label == "Needs and loads"
    assert not codebook["needs_and_loads"].codable


def test_a_parent_that_stands_above_its_children_stays_a_code():
    codebook = made(
        {"label": "Needs", "definition": "What is lacking.", "parent": ""},
        {"label": "Isolation", "definition": "", "parent": "Needs"},
    )
    assert codebook["needs"].codable
    assert codebook["isolation"].parent == "needs"


def test_a_parent_may_stand_below_its_children():
    codebook = made(
        {"label": "Isolation", "definition": "Nobody is there.", "parent": "Needs"},
        {"label": "Needs", "definition": "What is lacking.", "parent": ""},
    )
    assert codebook["isolation"].parent == "needs"
    assert codebook["needs"].definition == "What is lacking."


def test_a_code_is_not_its_own_parent():
    assert made({"label": "Isolation", "group": "isolation"})["isolation"].parent is None


def test_labels_in_another_script_make_different_codes():
    codebook = made({"label": "Одиночество"}, {"label": "Поддержка"})
    assert {code.label for code in codebook} == {"Одиночество", "Поддержка"}


def test_three_hundred_codes_are_read():
    assert len(made(*({"label": f"Code {n}"} for n in range(300))).codes) == 300


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("‘Very kind.’, 'Couldn't do more.' Negative: ‘Rude’", ("Very kind.", "Couldn't do more.", "Rude")),
        ("“She listened”; “They rang”", ("She listened", "They rang")),
        ("- she listened\n- they rang", ("she listened", "they rang")),
        ("she listened; they rang", ("she listened", "they rang")),
        ("she didn't listen", ("she didn't listen",)),
        ("'twice' and 'twice'", ("twice",)),
        ("", ()),
        ("  \n ; ", ()),
    ],
)
def test_examples_are_cut_from_one_cell(cell, expected):
    assert split_examples(cell) == expected


def test_a_codebook_from_a_table_survives_its_file(tmp_path):
    codebook = made(
        {"label": "Isolation: none", "definition": "# nobody", "examples": "‘yes’, ‘no’", "parent": "Needs"},
        {"label": "Burden", "definition": "", "examples": "- null\n- 1.0", "parent": ""},
    )
    save(codebook, tmp_path / "codebook.yaml")
    assert load(tmp_path / "codebook.yaml") == codebook
