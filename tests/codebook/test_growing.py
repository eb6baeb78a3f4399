"""Codes are put into a codebook file without touching what a person wrote there."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.codebook import Code, add, load
from qualcode.errors import CodebookError
from tests.invented import CODEBOOK, REPOSITORY

NEW = [Code("respite", "Respite", status="draft"), Code("rest", 'Rest: a "break"', "Rest.", "Rest.", parent="respite")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


def test_new_codes_stand_behind_and_the_old_text_is_the_same(file: Path) -> None:
    add(file, NEW)
    assert file.read_text(encoding="utf-8").startswith(CODEBOOK)
    assert [code.id for code in load(file)][-2:] == ["respite", "rest"]
    assert load(file)["rest"].label == 'Rest: a "break"'


def test_the_shipped_codebook_grows_without_a_change_elsewhere(tmp_path: Path) -> None:
    text = (REPOSITORY / "codebooks" / "peer_support.yaml").read_text(encoding="utf-8")
    file = tmp_path / "codebook.yaml"
    file.write_text(text, encoding="utf-8")
    add(file, NEW)
    assert file.read_text(encoding="utf-8").startswith(text.rstrip())
    assert load(file)["rest"] == NEW[1]


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_the_list_keeps_its_indent_and_what_follows_it(tmp_path: Path, indent: str) -> None:
    item = f"{indent}- id: a\n{indent}  label: A\n{indent}  definition: A.\n"
    after = "\n# about it\nabout: what follows\n"
    file = tmp_path / "codebook.yaml"
    file.write_text(f"codes:\n{item}{after}codebook: x\ntitle: X\n", encoding="utf-8")
    add(file, NEW)
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"codes:\n{item}")
    assert text.endswith(f"{after}codebook: x\ntitle: X\n")
    assert f"\n{indent}- id: respite" in text
    assert len(load(file).codes) == 3


@pytest.mark.parametrize("codes", [[Code("isolation", "Again", status="draft")], [Code("x", "X", parent="nobody")]])
def test_what_would_be_a_fault_is_refused_and_nothing_is_written(file: Path, codes: list[Code]) -> None:
    with pytest.raises(CodebookError):
        add(file, codes)
    assert file.read_text(encoding="utf-8") == CODEBOOK
    assert [path.name for path in file.parent.iterdir()] == ["codebook.yaml"]


def test_a_list_in_one_line_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "codebook.yaml"
    text = "codebook: x\ntitle: X\ncodes: [{id: a, label: A, definition: A.}]\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CodebookError):
        add(file, NEW)
    assert file.read_text(encoding="utf-8") == text
