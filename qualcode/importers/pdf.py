"""PDF files: the words of each page in order, without running heads and page numbers, lines joined to paragraphs."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from qualcode.corpus import Role
from qualcode.errors import MalformedTranscript
from qualcode.importers import pdf_page, turns
from qualcode.importers.imported import Imported, Loss, ReadOptions
from qualcode.importers.text import contents, document

EDGE_LINES = 3
"""How many lines at the top and at the bottom of a page may be running heads."""
SHORT = 0.75
"""A line shorter than this share of the usual line ends its paragraph."""
ROOM = 0.95
"""A line with its next word may be so long, of the usual line: letters differ in width."""
HEADING = 0.6
"""A line shorter than this share, capitalised and without closing punctuation, is a heading."""
LEAST_LINES = 10
"""A page of fewer lines does not show how long its lines are."""
COLUMN = 0.7
"""A page whose lines are shorter than this share of the other pages' is set in columns."""
FACING_PAGES = 6
"""From so many pages on, left and right pages may have heads of their own."""
RUN = 4
"""So many bare numbers, one a line and each one more than the last, number the lines; fewer may be answers."""
CUT_LINES = 5
CUT_SHARE = 0.04
"""From so many lines on, and such a share of all, that end with a hyphen the document is set with cut words."""

_NUMBERED = re.compile(
    r"^(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$|^\d{1,4}\s*(?:of|/)\s*\d{1,4}$", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r"[0-9]{1,5}")
_BARE_NUMBER = re.compile(r"^[-–]?\s*(\d{1,4})\s*[-–]?$")
_BULLET = re.compile(r"^(?:[•▪◦*–-]|\(?(?:\d{1,3}|[^\W\d_I]|[ivxIVX]{2,4})[.)])\s")
"""Not `him.` nor `I.`, which end sentences."""
_SOFT_HYPHEN = re.compile(r"[\u00ad\u2010]$")
_HYPHEN = re.compile(r"([^\W\d_]+)-$")
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_PREFIXES = frozenset({"self", "well", "non", "ex", "half", "all", "peer", "co", "one", "two", "full", "part", "long"})
"""What keeps its hyphen even where a program cuts words."""
_CLOSES = ".?!:”\"’')]"
_SAID = ".?!…:”\"’'"
"""A line that ends so was said, or names who speaks."""
_WITH_NUMBER = re.compile(r"^(\D*[^\W\d_]\D*|)(\d{1,4})(\D*)$")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str = field(repr=False)
    usual: int
    """How many letters the lines of its page have: columns have fewer than pages of one column."""


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a PDF file that holds text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not a PDF, locked by a password, or scanned pages without text.
    """
    data = contents(path, options.source)
    pages = _pages(data, options.source)
    lines = [list(page.lines) for page in pages]
    empty = sum(not page for page in lines)
    notes = (f"{empty} of {len(pages)} pages hold no text (pictures are not read)",) if empty else ()
    spoken = _without_line_numbers(lines)
    kept = _without_heads(spoken)
    numbers, total = sum(map(len, lines)) - sum(map(len, spoken)), sum(map(len, lines)) - sum(map(len, kept))
    if total:
        what = "running heads, page numbers and line numbers" if numbers else "running heads and page numbers"
        notes = (*notes, f"{total} lines at the edges of pages are left out as {what}")
    text, begins = _paragraphs(kept, options.speakers)
    lost = {"footnotes": sum(page.notes for page in pages), "footnote marks": sum(page.marks for page in pages)}
    return document(
        text,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding="pdf",
        notes=notes,
        pages=begins,
        losses=tuple(Loss(kind, count) for kind, count in lost.items() if count),
    )


def _pages(data: bytes, source: str) -> list[pdf_page.Page]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would tell of the file's contents on stderr
    try:
        reader = PdfReader(io.BytesIO(data))
        return [pdf_page.read(page) for page in reader.pages]
    except (FileNotDecryptedError, DependencyError):
        # Encrypted by AES it may open without a password elsewhere; pypdf needs one more package for it.
        raise MalformedTranscript(
            "is locked by a password or encrypted", path=source, hint="print it to a new PDF and import that"
        ) from None
    except Exception as error:  # noqa: BLE001 - pypdf raises what it likes on damaged files
        raise MalformedTranscript(
            f"is not a PDF that can be read ({type(error).__name__})",
            path=source,
            hint="open it and print it to a new PDF, or save its words as .docx or .txt",
        ) from None


def _without_line_numbers(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without runs of bare numbers that go up by one.

    A coding program prints the numbers of a document's lines in a column beside it, and the file holds them after the
    words, on each page all that are left: 42 to 122 on one, 63 to 122 on the next. The last page may have only two.
    """
    runs = [_runs(page) for page in pages]
    known = {
        page[at] for page, found in zip(pages, runs, strict=True) for run in found if len(run) >= RUN for at in run
    }
    kept = []
    for page, found in zip(pages, runs, strict=True):
        out = {at for run in found if len(run) >= RUN or all(page[at] in known for at in run) for at in run}
        kept.append([line for at, line in enumerate(page) if at not in out])
    return kept


def _runs(page: Sequence[str]) -> list[range]:
    """Lines, at least two, that hold a number and nothing else, each one more than the one before."""
    numbers = [int(line) if _LINE_NUMBER.fullmatch(line) else None for line in page]
    found, start = [], 0
    for at in range(1, len(page) + 1):
        before = numbers[at - 1]
        if at == len(page) or before is None or numbers[at] != before + 1:
            if at - start >= 2:
                found.append(range(start, at))
            start = at
    return found


def _without_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without page numbers, and without lines that stand in one place at the edge of every page or most.

    Left and right pages may have heads of their own. What people say may stand at an edge too, and twice: a sentence
    with its full stop, or a label, is never a head.
    """
    filled = [page for page in pages if page]
    heads = _repeated(filled)
    if len(filled) >= FACING_PAGES:
        heads |= _repeated(filled[::2]) | _repeated(filled[1::2])
    counting = {place for place in _places() if _counts_up([dict(_edges(page)).get(place, "") for page in filled])}
    counted = _counted_heads(pages)
    kept = []
    for number, page in enumerate(pages):
        out = {
            _index(place, page)
            for place, line in _edges(page)
            if (place, line) in heads or _NUMBERED.match(line) or place in counting or (number, place) in counted
        }
        kept.append([line for at, line in enumerate(page) if at not in out])
    return kept


def _repeated(pages: Sequence[list[str]]) -> set[tuple[int, str]]:
    """Places and lines that come back on more than half of the pages."""
    counts = Counter(edge for page in pages for edge in _edges(page))
    most = max(2, len(pages) // 2 + 1)
    return {(place, line) for (place, line), count in counts.items() if count >= most and line[-1] not in _SAID}


def _counted_heads(pages: Sequence[list[str]]) -> set[tuple[int, int]]:
    """Pages and places of lines that are one text with the page's own number in it, on most pages."""
    found: dict[tuple[int, str, str, int], list[int]] = {}
    for number, page in enumerate(pages):
        for place, line in _edges(page):
            if (parts := _WITH_NUMBER.match(line)) and line[-1] not in _SAID:
                key = (place, parts[1], parts[3], int(parts[2]) - number)
                found.setdefault(key, []).append(number)
    most = max(3, sum(map(bool, pages)) // 2 + 1)
    return {(number, key[0]) for key, numbers in found.items() if len(numbers) >= most for number in numbers}


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


def _paragraphs(pages: Sequence[list[str]], speakers: Mapping[str, Role]) -> tuple[str, tuple[int, ...]]:
    """The text, and where in it each page begins.

    Wrapped lines are joined; a word that was cut at the end of a line is whole again where that is sure. A page that
    begins within a joined paragraph, or within a cut word, begins there in the text too.
    """
    usual = [_usual(page, pages) for page in pages]
    lines = [_Line(line, length) for page, length in zip(pages, usual, strict=True) for line in page]
    texts = [line.text for line in lines]
    if not lines:
        return "", ()
    starts = {label.start for label in turns.in_text("\n".join(texts), speakers)}
    words = _words(texts)
    text, at, begins = texts[0], len(texts[0]) + 1, [0]
    for (before, line), after in zip(pairwise(lines), [*texts, ""][2:], strict=False):
        # A sentence that ends in mid-column, a label, a bullet, a heading: a new paragraph. All else was wrapped.
        short = len(before.text) < SHORT * before.usual and _had_room(before, line.text)
        ended = short and (before.text[-1] in _CLOSES or line.text[:1].isupper())
        if ended or _is_heading(line, after) or at in starts or _BULLET.match(line.text):
            text += "\n"
        elif (cut := _cut(before.text, line.text, words)) is not None:
            text = text[: len(text) - cut]
        else:
            text += " "
        begins.append(len(text))
        text += line.text
        at += len(line.text) + 1
    first = [sum(map(len, pages[:number])) for number in range(len(pages))]
    places = [begins[n] if n < len(begins) else len(text) for n in first]
    return text, (0, *places[1:])


def _had_room(before: _Line, line: str) -> bool:
    """Whether the next line's first word had room on the line before; in narrow columns a long one has none."""
    return len(before.text) + 1 + len(line.partition(" ")[0]) <= ROOM * before.usual


def _usual(page: Sequence[str], pages: Sequence[list[str]]) -> int:
    """How long a page's lines are, of the longest tenth the shortest: all pages', unless its own are far shorter."""
    of_all = _longest([line for other in pages for line in other])
    own = _longest(page)
    return own if len(page) >= LEAST_LINES and own < COLUMN * of_all else of_all


def _longest(lines: Sequence[str]) -> int:
    return sorted(map(len, lines))[int(0.9 * (len(lines) - 1))] if lines else 0


def _is_heading(line: _Line, after: str) -> bool:
    text = line.text
    return len(text) < HEADING * line.usual and text[0].isupper() and text[-1].isalnum() and not after[:1].islower()


@dataclass(frozen=True, slots=True)
class _Words:
    """What the document's own words say of words that are cut at the ends of lines."""

    whole: Set[str] = field(repr=False)
    compounds: Set[str] = field(repr=False)
    hyphenated: bool
    """Set by a program that cuts words: so many lines end with a hyphen."""


def _words(lines: Sequence[str]) -> _Words:
    cut = [bool(_HYPHEN.search(line)) and after[:1].islower() for line, after in pairwise(lines)]
    inner = "\n".join(lines)
    return _Words(
        whole={word.lower() for word in _WORD.findall(inner)},
        compounds={word.lower() for word in _COMPOUND.findall(inner)},
        hyphenated=sum(cut) >= max(CUT_LINES, CUT_SHARE * len(lines)),
    )


def _cut(before: str, line: str, words: _Words) -> int | None:
    """How many hyphens go where a word was cut at the end of a line; None where the line ends between words.

    `any-` and `thing` are one word where the document has it elsewhere; `self-` and `help` keep their hyphen, unless
    the whole document is set with cut words and has no `self-help` within a line.
    """
    if _SOFT_HYPHEN.search(before):
        return 1
    cut, rest = _HYPHEN.search(before), _WORD.match(line)
    if not cut or not rest or not line[0].islower():
        return None
    first, second = cut[1].lower(), rest[0].lower()
    by_program = words.hyphenated and f"{first}-{second}" not in words.compounds and first not in _PREFIXES
    return int(by_program or first + second in words.whole)
