"""The scan finds words in every container that they could hide in, and nothing where there are none."""

from __future__ import annotations

import gzip
import html
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.byte_scan import assert_nowhere, found

SAID = "We sat by the slow kettle, she said “you’re not alone”, and nobody had\nasked me that before the café closed."


def _xlsx(path: Path, words: str = SAID) -> None:
    book = Workbook()
    book.active.append(["passage", words])
    book.save(path)


def _docx(path: Path) -> None:
    from docx import Document

    document = Document()
    paragraph = document.add_paragraph()
    for place in range(0, len(SAID), 7):
        paragraph.add_run(SAID[place : place + 7]).bold = bool(place % 2)
    document.save(path)


def _packed(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("transcripts.jsonl", json.dumps({"text": SAID}))


def _twice_packed(path: Path) -> None:
    inner = path.with_name("inner.xlsx")
    _xlsx(inner)
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(inner, "a/inner.xlsx")
    inner.unlink()


def _table(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE memos (text TEXT)")
        connection.execute("INSERT INTO memos VALUES (?)", (json.dumps([SAID]),))
    connection.close()


def _free_page(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("CREATE TABLE memos (text TEXT)")
        connection.executemany("INSERT INTO memos VALUES (?)", [(SAID,)] * 50)
        connection.commit()
        connection.execute("DELETE FROM memos")
    connection.close()


def _packed_database(path: Path) -> None:
    inner = path.with_name("inner.sqlite")
    with sqlite3.connect(inner) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE blobs (data BLOB)")
        connection.execute("INSERT INTO blobs VALUES (?)", (gzip.compress(SAID.encode()),))
    connection.close()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(inner, "project.qde")
    inner.unlink()


PLACES: dict[str, Callable[[Path], object]] = {
    "plain.txt": lambda path: path.write_text(SAID, encoding="utf-8"),
    "shouted.md": lambda path: path.write_text(SAID.upper(), encoding="utf-8"),
    "wide.txt": lambda path: path.write_bytes(SAID.encode("utf-16-le")),
    "wide_odd.bin": lambda path: path.write_bytes(b"\x01" + SAID.encode("utf-16-le")),
    "other_wide.txt": lambda path: path.write_bytes(b"\xfe\xff" + SAID.encode("utf-16-be")),
    "escaped.json": lambda path: path.write_text(json.dumps({"text": SAID})),
    "page.html": lambda path: path.write_text(
        "<p>" + html.escape(SAID).replace("slow", "<mark>sl</mark>ow").replace("é", "&eacute;") + "</p>"
    ),
    "lines.html": lambda path: path.write_text("<td>" + "</td><td>".join(SAID.split()) + "</td>", encoding="utf-8"),
    "sheet.xlsx": _xlsx,
    "text.docx": _docx,
    "whole.qualpack": _packed,
    "nested.zip": _twice_packed,
    "text.txt.gz": lambda path: path.write_bytes(gzip.compress(SAID.encode())),
    "scores.parquet": lambda path: pd.DataFrame({"text": [SAID]}).to_parquet(path),
    "category.parquet": lambda path: pd.DataFrame({"text": pd.Categorical([SAID])}).to_parquet(path),
    "store.sqlite": _table,
    "free.sqlite": _free_page,
    "project.qdpx": _packed_database,
}


@pytest.mark.parametrize("name", PLACES)
def test_words_are_found_wherever_they_are_planted(tmp_path: Path, name: str) -> None:
    PLACES[name](tmp_path / name)
    assert list(found(tmp_path, SAID)) == [name]
    with pytest.raises(AssertionError, match=name.replace(".", r"\.")):
        assert_nowhere(tmp_path, SAID)


def test_words_are_found_in_the_log_of_an_open_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "open.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE memos (text TEXT)")
    connection.execute("INSERT INTO memos VALUES (?)", (SAID,))
    connection.commit()
    assert "open.sqlite-wal" in found(tmp_path, SAID)
    connection.close()


def test_words_are_found_where_one_block_of_a_large_file_ends_and_another_begins(tmp_path: Path) -> None:
    at = (8 << 20) - 40
    (tmp_path / "large.txt").write_bytes(b"x " * (at // 2) + SAID.encode() + b" y" * 4_000_000)
    whole = found(tmp_path, SAID)["large.txt"]
    (tmp_path / "large.txt").write_text(SAID, encoding="utf-8")
    assert found(tmp_path, SAID)["large.txt"] == whole


def test_seven_words_are_no_trace_and_what_others_say_too_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("We sat by the slow kettle, she", encoding="utf-8")
    (tmp_path / "b.txt").write_text("nobody had asked me that before the café closed", encoding="utf-8")
    assert list(found(tmp_path, SAID)) == ["b.txt"]
    assert_nowhere(
        tmp_path, SAID, others=["she said you’re not alone and nobody had asked me that before the café closed"]
    )


def test_a_file_that_cannot_be_looked_into_is_no_clean_one(tmp_path: Path) -> None:
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(b"word " * 1000)[:40])
    assert found(tmp_path, SAID) == {"damaged.gz": 0}


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    for name, make in PLACES.items():
        make(tmp_path / name)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    found(tmp_path, SAID)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
