"""PDF files: the words of each page in order, without running heads and page numbers, lines joined to paragraphs."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from pathlib import Path

from qualcode.corpus import Role
from qualcode.errors import MalformedTranscript
from qualcode.importers import turns
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.text import contents, document

EDGE_LINES = 3
"""How many lines at the top and at the bottom of a page may be running heads."""
SHORT = 0.75
"""A line shorter than this share of the usual line ends its paragraph."""
HEADING = 0.6
"""A line shorter than this share, capitalised and without closing punctuation, is a heading."""

_NUMBERED = re.compile(
    r"^(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$|^\d{1,4}\s*(?:of|/)\s*\d{1,4}$", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"^[-–]?\s*(\d{1,4})\s*[-–]?$")
_BULLET = re.compile(r"^(?:[•▪◦*–-]|\(?\w{1,3}[.)])\s")
_SOFT_HYPHEN = re.compile(r"[\u00ad\u2010]$")
_HYPHEN = re.compile(r"([A-Za-z]+)-$")
_WORD = re.compile(r"[A-Za-z]+")


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a PDF file that holds text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not a PDF, locked by a password, or scanned pages without text.
    """
    data = contents(path, options.source)
    pages = _pages(data, options.source)
    empty = sum(not page for page in pages)
    notes = (f"{empty} of {len(pages)} pages hold no text (pictures are not read)",) if empty else ()
    kept = _without_heads(pages)
    heads = sum(map(len, pages)) - sum(map(len, kept))
    if heads:
        notes = (*notes, f"{heads} lines at the edges of pages are left out as running heads and page numbers")
    text = _paragraphs([line for page in kept for line in page], options.speakers)
    return document(text, options, source_hash=hashlib.sha256(data).hexdigest(), encoding="pdf", notes=notes)


def _pages(data: bytes, source: str) -> list[list[str]]:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would tell of the file's contents on stderr
    try:
        reader = PdfReader(io.BytesIO(data))
        texts = [page.extract_text() for page in reader.pages]
    except FileNotDecryptedError:
        raise MalformedTranscript(
            "is locked by a password", path=source, hint="save a copy without a password and import that"
        ) from None
    except Exception as error:  # noqa: BLE001 - pypdf raises what it likes on damaged files
        raise MalformedTranscript(
            f"is not a PDF that can be read ({type(error).__name__})",
            path=source,
            hint="open it and print it to a new PDF, or save its words as .docx or .txt",
        ) from None
    # A label and its speech stand in tabbed columns in some exports: tabs and runs of blanks are one blank.
    return [[" ".join(line.split()) for line in text.splitlines() if line.strip()] for text in texts]


def _without_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without page numbers, and without lines that stand in one place at the edge of every page or most.

    What people say may stand at an edge too, and twice: a sentence with its full stop, or a label, is never a head.
    """
    filled = [page for page in pages if page]
    counts = Counter(edge for page in filled for edge in _edges(page))
    most = max(2, len(filled) // 2 + 1)
    heads = {(place, line) for (place, line), count in counts.items() if count >= most and line[-1] not in ".?!…:”\"’'"}
    counting = {place for place in _places() if _counts_up([dict(_edges(page)).get(place, "") for page in filled])}
    kept = []
    for page in pages:
        out = {
            _index(place, page)
            for place, line in _edges(page)
            if (place, line) in heads or _NUMBERED.match(line) or place in counting
        }
        kept.append([line for number, line in enumerate(page) if number not in out])
    return kept


def _places() -> list[int]:
    """Places at the edges: 0, 1, 2 from the top, -1, -2, -3 from the bottom."""
    return [*range(EDGE_LINES), *range(-EDGE_LINES, 0)]


def _edges(page: list[str]) -> list[tuple[int, str]]:
    return [(place, page[place]) for place in _places() if -len(page) <= place < len(page)]


def _index(place: int, page: list[str]) -> int:
    return place if place >= 0 else len(page) + place


def _counts_up(lines: Sequence[str]) -> bool:
    """Bare numbers that go up by one from page to page number the pages; a single one may be an answer."""
    numbers = [int(found[1]) for line in lines if (found := _BARE_NUMBER.match(line))]
    return len(numbers) == len(lines) >= 2 and all(b == a + 1 for a, b in pairwise(numbers))


def _paragraphs(lines: Sequence[str], speakers: Mapping[str, Role]) -> str:
    """Wrapped lines joined; a word that was cut at the end of a line is whole again where that is sure."""
    if not lines:
        return ""
    usual = sorted(len(line) for line in lines)[int(0.9 * (len(lines) - 1))]
    starts = {label.start for label in turns.in_text("\n".join(lines), speakers)}
    vocabulary = {word.lower() for line in lines for word in _WORD.findall(line)}
    pieces, at = [lines[0]], len(lines[0]) + 1
    for before, line, after in zip(lines, lines[1:], [*lines, ""][2:], strict=False):
        # A sentence that ends in mid-column, a label, a bullet, a heading: a new paragraph. All else was wrapped.
        ended = len(before) < SHORT * usual and (before[-1] in ".?!:”\"’')]" or line[:1].isupper())
        heading = len(line) < HEADING * usual and line[0].isupper() and line[-1].isalnum() and not after[:1].islower()
        if ended or heading or at in starts or _BULLET.match(line):
            pieces += ["\n", line]
        elif (whole := _whole(pieces[-1], line, vocabulary)) is not None:
            pieces[-1] = whole
        else:
            pieces += [" ", line]
        at += len(line) + 1
    return "".join(pieces)


def _whole(before: str, line: str, vocabulary: Set[str]) -> str | None:
    """Both in one where a word was cut at the end of the line; None where the line ends between words.

    `any-` and `thing` are one word where the document has it elsewhere; `self-` and `help` keep their hyphen.
    """
    if _SOFT_HYPHEN.search(before):
        return before[:-1] + line
    cut, rest = _HYPHEN.search(before), _WORD.match(line)
    if not cut or not rest or not line[0].islower():
        return None
    return before[:-1] + line if (cut[1] + rest[0]).lower() in vocabulary else before + line
