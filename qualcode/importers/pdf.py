"""PDF files: the words of each page in order, without running heads and page numbers, lines joined to paragraphs."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.text import document

EDGE_LINES = 3
"""How many lines at the top and at the bottom of a page may be running heads."""
SHORT = 0.75
"""A line shorter than this share of the usual line ends its paragraph."""

HEADING = 0.6
"""A line shorter than this share, capitalised and without closing punctuation, is a heading."""

_PAGE_NUMBER = re.compile(r"^(?:page|p\.)?\s*[-–]?\s*\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?\s*[-–]?$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_BULLET = re.compile(r"^(?:[•▪◦*–-]|\(?\w{1,3}[.)])\s")
_LABEL = re.compile(r"^[^\W\d_a-z][\w.'’/ -]{0,38}:(?:\s|$)")
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad\u2010]$")


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a PDF file that holds text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not a PDF, locked by a password, or scanned pages without text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror})", path=options.source) from error
    pages = _pages(data, options.source)
    empty = sum(not page for page in pages)
    notes = (f"{empty} of {len(pages)} pages hold no text (pictures are not read)",) if empty else ()
    text = _paragraphs(_without_heads(pages))
    return document(text, options, source_hash=hashlib.sha256(data).hexdigest(), encoding="pdf", notes=notes)


def _pages(data: bytes, source: str) -> list[list[str]]:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would tell of the file's contents on stderr
    try:
        reader = PdfReader(io.BytesIO(data))
        texts = [page.extract_text() for page in reader.pages]
    except FileNotDecryptedError as error:
        raise MalformedTranscript(
            "is locked by a password", path=source, hint="save a copy without a password and import that"
        ) from error
    except Exception as error:
        raise MalformedTranscript(
            f"is not a PDF that can be read ({type(error).__name__})",
            path=source,
            hint="open it and print it to a new PDF, or save its words as .docx or .txt",
        ) from error
    # A label and its speech stand in tabbed columns in some exports: tabs and runs of blanks are one blank.
    return [[" ".join(line.split()) for line in text.splitlines() if line.strip()] for text in texts]


def _without_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without page numbers and without lines that come back at the edge of most pages."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_alike(line) for line in (*page[:EDGE_LINES], *page[-EDGE_LINES:])})
    most = max(2, len(pages) // 2 + 1)
    heads = {line for line, count in edges.items() if count >= most and not _LABEL.match(line)}
    kept = []
    for page in pages:
        last = len(page) - EDGE_LINES
        kept.append(
            [
                line
                for number, line in enumerate(page)
                if EDGE_LINES <= number < last or not (_PAGE_NUMBER.match(line) or _alike(line) in heads)
            ]
        )
    return kept


def _alike(line: str) -> str:
    return _DIGITS.sub("#", line)


def _paragraphs(pages: Sequence[list[str]]) -> str:
    """Wrapped lines joined; a word that was cut at the end of a line is whole again."""
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    usual = sorted(len(line) for line in lines)[int(0.9 * (len(lines) - 1))]
    text = lines[0]
    for before, line, after in zip(lines[:-1], lines[1:], [*lines[2:], ""], strict=True):
        # A sentence that ends in mid-column, a label, a bullet, a heading: a new paragraph. All else was wrapped.
        ended = len(before) < SHORT * usual and (before[-1] in ".?!:”\"'’)]" or line[:1].isupper())
        heading = len(line) < HEADING * usual and line[0].isupper() and line[-1].isalnum() and not after[:1].islower()
        if ended or heading or _BULLET.match(line) or _LABEL.match(line):
            text += "\n" + line
        elif _HYPHEN.search(before) and line[:1].islower():
            text = _HYPHEN.sub("", text) + line
        else:
            text += " " + line
    return text
