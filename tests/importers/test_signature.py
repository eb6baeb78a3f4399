"""What files really are, by their bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from qualcode import resources
from qualcode.errors import MalformedTranscript
from qualcode.importers import signature


def _zip(*members: tuple[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "what", "suffix"),
    [
        (b"%PDF-1.7\n", "a PDF", "pdf"),
        (b"{\\rtf1\\ansi hello}", "a rich text file", "rtf"),
        (b"SQLite format 3\x00" + bytes(84), "a SQLite database", "sqlite3"),
        (_zip(("word/document.xml", "")), "a Word file", "docx"),
        (_zip(("xl/workbook.xml", "")), "an Excel file", "xlsx"),
        (_zip(("project.qde", "")), "a REFI-QDA project", "qdpx"),
        (_zip(("mimetype", "application/vnd.oasis.opendocument.text")), "an OpenDocument text", "odt"),
        (_zip(("mimetype", "application/vnd.oasis.opendocument.spreadsheet")), "an OpenDocument table", ""),
        (_zip(("mimetype", "application/epub+zip")), "an e-book", ""),
        (_zip(("a.txt", "hello")), "a zip archive", ""),
        (b"\xef\xbb\xbf\n <!DOCTYPE HTML><p>x", "a web page", ""),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a sound or video recording", ""),
        (b"\x00\x00\x00\x20ftypM4A ", "a sound or video recording", ""),
        (b"\x1f\x8b\x08", "a gzip archive", ""),
    ],
)
def test_a_format_is_told_by_its_bytes(tmp_path: Path, content: bytes, what: str, suffix: str) -> None:
    (tmp_path / "x").write_bytes(content)
    found = signature.found(tmp_path / "x")
    assert found is not None
    assert (found.what, found.suffix) == (what, suffix)
    assert found.suffix or found.hint


@pytest.mark.parametrize("content", [b"", b"Interviewer: So?\n", "é".encode("cp1252"), "So?".encode("utf-16")])
def test_text_has_no_signature(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert signature.found(tmp_path / "x") is None


def test_every_file_of_the_corpus_is_what_its_suffix_says() -> None:
    for path in sorted(resources.path("corpora/demo").iterdir()):
        signature.check(path, path.suffix[1:], path.name)


def test_a_character_at_the_edge_of_what_is_looked_at_does_not_hide_a_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x" * (signature.HEAD - 1) + "é", encoding="utf-8")
    with pytest.raises(MalformedTranscript, match="it holds plain text"):
        signature.check(tmp_path / "x", "pdf", "x")


def test_what_is_no_suffix_of_ours_is_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"%PDF-")
    signature.check(tmp_path / "x", "quoted", "x")
    signature.check(tmp_path / "x", "qdc", "x")
