"""Word files: paragraphs and tables in order, tracked changes as accepted; no headers, footers or comments."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qualcode.errors import MalformedTranscript
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.text import contents, document

MOST_BYTES = 200_000_000
"""Unpacked; a Word file that grows beyond it is not a transcript but a zip bomb."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_COMPATIBLE}Fallback"})
"""Deleted and moved-away text, properties, and the copy of a text box that Word keeps for old readers."""


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a Word file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not a Word file, or nothing in it can be coded.
    """
    data = contents(path, options.source)
    body, changed = _body(data, options.source)
    notes = ("tracked changes are read as accepted",) if changed else ()
    source_hash = hashlib.sha256(data).hexdigest()
    return document("\n".join(_lines(body)), options, source_hash=source_hash, encoding="docx", notes=notes)


def _body(data: bytes, source: str) -> tuple[Any, bool]:
    from docx import Document

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MOST_BYTES:
            raise MalformedTranscript(f"unpacks to {size:,} bytes (expected at most {MOST_BYTES:,})", path=source)
        body = Document(io.BytesIO(data)).element.body
    except MalformedTranscript:
        raise
    except Exception as error:
        raise MalformedTranscript(
            f"is not a Word file that can be read ({type(error).__name__})",
            path=source,
            hint="open it in Word and save it anew as .docx; an old .doc must be converted",
        ) from error
    changed = next(body.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom"), None) is not None
    return body, changed


def _lines(body: Any) -> Iterator[str]:
    for block in body.iterchildren():
        if block.tag == f"{_W}p":
            yield _paragraph(block)
        elif block.tag == f"{_W}tbl":
            for row in block.iterchildren(f"{_W}tr"):
                cells = ["\n".join(_lines(cell)) for cell in row.iterchildren(f"{_W}tc")]
                yield _speech(*cells) if len(cells) == 2 and len(cells[0].split()) <= 4 else "\t".join(cells)
        elif block.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _lines(block)


def _speech(label: str, words: str) -> str:
    """A two-column table is how transcribing services set "speaker | speech"."""
    label = label.strip()
    return f"{label.rstrip(':')}: {words}" if label else words


def _paragraph(paragraph: Any) -> str:
    return "".join(_pieces(paragraph))


def _pieces(node: Any) -> Iterator[str]:
    for child in node.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab" and node.tag == f"{_W}r":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in _LEFT_OUT:
            yield from _pieces(child)
