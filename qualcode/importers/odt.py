"""OpenDocument texts: paragraphs, lists and tables in order, tracked changes accepted or rejected; losses counted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qualcode.errors import MalformedTranscript
from qualcode.importers.archive import Archive, opened, xml
from qualcode.importers.blocks import Paragraph, Table, joined, paragraph, written
from qualcode.importers.imported import Imported, Loss, ReadOptions, Tracked
from qualcode.importers.text import contents, document

MOST_REPEATS = 100
"""Blanks that one mark stands for, and cells: more is a fault or an attack."""

_NAMESPACE = re.compile(r"\{urn:oasis:names:tc:opendocument:xmlns:([a-z-]+):1\.0\}(.*)")
_WHITE = re.compile(r"[ \t\r\n]+")
_CONTAINERS = frozenset(
    {"section", "list", "list-item", "list-header", "numbered-paragraph", "index-body", "index-title"}
    | {"table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index", "user-index"}
    | {"bibliography"}
)
_BLANKS = {"text:s": " ", "text:tab": "\t", "text:line-break": "\n"}
_ROWS = frozenset({"table:table-header-rows", "table:table-rows", "table:table-row-group"})
_COUNTED = {
    "office:annotation": "comments",
    "drawing:image": "pictures",
    "drawing:object": "embedded objects",
    "drawing:object-ole": "embedded objects",
    "text:hidden-text": "hidden passages",
}
_NEVER = frozenset({"text:ruby-text", "text:tracked-changes", "svg-compatible:title", "svg-compatible:desc"})
"""Readings beside ideograms, what was deleted, and what is said of a picture."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a document is read, and what it left out so far."""

    tracked: Tracked
    deleted: Mapping[str, Any] = field(repr=False)
    """Deleted text by the id of its change."""
    inserted: frozenset[str]
    """Ids of changes that are insertions."""
    bold: Mapping[str, bool]
    """Whether a style sets words off; styles that say nothing of it are not in it."""
    hidden: frozenset[str]
    """Styles that hide words."""
    lost: Counter[str] = field(default_factory=Counter)
    boxes: list[Any] = field(default_factory=list, repr=False)
    """Text boxes of the paragraph that is being read: they stand after it."""
    open: set[str] = field(default_factory=set)
    """Insertions that have begun and not ended, where they are rejected: what stands in them is left out."""


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from an OpenDocument text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not an OpenDocument text, locked, or nothing in it can be coded.
    """
    data = contents(path, options.source)
    archive = opened(data, options.source, "an OpenDocument text")
    _refuse_locked(archive)
    content = _part(archive, "content.xml")
    body = None if content is None else next(_all(content, "office:body"), None)
    body = None if body is None else next((child for child in body if _name(child.tag) == "office:text"), None)
    if body is None:
        raise MalformedTranscript(
            "is not an OpenDocument text that can be read: it holds no text document",
            path=options.source,
            hint="open it in LibreOffice and save it anew as .odt",
        )
    styles = _part(archive, "styles.xml")
    reading = _reading(content, styles, options.tracked)
    text, labels = written(joined(_blocks(body, reading)), options.speakers)
    for kind in ("header", "footer"):
        found = () if styles is None else _all(styles, f"style:{kind}", f"style:{kind}-left", f"style:{kind}-first")
        reading.lost[f"{kind}s"] += sum(any(words.strip() for words in part.itertext()) for part in found)
    notes: tuple[str, ...] = ()
    if reading.deleted or reading.inserted:
        rejected = "rejected: the text as it was before them"
        notes = (f"tracked changes are read as {rejected if options.tracked == 'rejected' else 'accepted'}",)
    return document(
        text,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding="odt",
        notes=notes,
        labels=labels,
        losses=tuple(Loss(kind, count) for kind, count in sorted(reading.lost.items()) if count),
    )


def _part(archive: Archive, name: str) -> Any:
    return xml(archive.read(name), archive.source) if name in archive.members else None


def _refuse_locked(archive: Archive) -> None:
    manifest = _part(archive, "META-INF/manifest.xml")
    locked = manifest is not None and next(_all(manifest, "manifest:encryption-data"), None) is not None
    if locked or "encrypted-package" in archive.members:
        raise MalformedTranscript(
            "is locked by a password", path=archive.source, hint="save a copy without a password and import that"
        )


def _reading(content: Any, styles: Any, tracked: Tracked) -> _Reading:
    deleted, inserted = {}, set()
    for region in _all(content, "text:changed-region"):
        id_ = _value(region, "text:id")
        for change in region:
            if _name(change.tag) == "text:deletion":
                deleted[id_] = change
            elif _name(change.tag) == "text:insertion":
                inserted.add(id_)
    named = {
        _value(style, "style:name"): style
        for part in (styles, content)
        if part is not None
        for style in _all(part, "style:style")
        if _value(style, "style:family") in ("text", "paragraph")
    }
    bold = {name: said for name in named if (said := _resolved(name, named, _sets_off)) is not None}
    hidden = frozenset(name for name in named if _resolved(name, named, _hides))
    return _Reading(tracked, deleted, frozenset(inserted), bold, hidden)


def _resolved(name: str, named: Mapping[str, Any], says: Callable[[Any], bool | None]) -> bool | None:
    """What a style says, or the first of the styles that it is based on that says something."""
    seen: set[str] = set()
    while name in named and name not in seen:
        seen.add(name)
        properties = next((child for child in named[name] if _name(child.tag) == "style:text-properties"), None)
        stated = None if properties is None else says(properties)
        if stated is not None:
            return stated
        name = _value(named[name], "style:parent-style-name")
    return None


def _sets_off(properties: Any) -> bool | None:
    weight = _value(properties, "xsl-fo-compatible:font-weight")
    line = _value(properties, "style:text-underline-style")
    variant = _value(properties, "xsl-fo-compatible:font-variant")
    if not (weight or line or variant):
        return None
    heavy = weight == "bold" or (weight.isdecimal() and int(weight) >= 600)
    return heavy or line not in ("", "none") or variant == "small-caps"


def _hides(properties: Any) -> bool | None:
    display = _value(properties, "text:display")
    return display == "none" if display else None


def _blocks(node: Any, reading: _Reading) -> Iterator[tuple[Paragraph | Table, bool]]:
    """Paragraphs and tables in order, each with whether the next paragraph goes on in it."""
    for child in node:
        name = _name(child.tag)
        if name in ("text:p", "text:h"):
            was_open = bool(reading.open)
            styled = _value(child, "text:style-name")
            made = paragraph(_collapsed(_pieces(child, reading, reading.bold.get(styled, False))))
            boxes = list(reading.boxes)
            reading.boxes.clear()
            if styled in reading.hidden:
                reading.lost["hidden passages"] += 1
            elif made.text or not (was_open and reading.open):
                yield made, bool(reading.open)
            for box in boxes:
                yield from _blocks(box, reading)
        elif name == "table:table":
            yield Table(tuple(_rows(child, reading))), False
        elif name in ("text:change-start", "text:change-end"):
            _turn_insertion(child, reading)
        elif name == "text:change" and reading.tracked == "rejected":
            yield from _put_back(child, reading)
        elif name == "drawing:frame":
            for box in _framed(child, reading):
                yield from _blocks(box, reading)
        elif name.partition(":")[0] == "text" and name.partition(":")[2] in _CONTAINERS:
            yield from _blocks(child, reading)


def _put_back(mark: Any, reading: _Reading) -> Iterator[tuple[Paragraph | Table, bool]]:
    """Deleted paragraphs at a mark between paragraphs; the last of them goes on in the paragraph that follows."""
    change = reading.deleted.get(_value(mark, "text:change-id"))
    blocks = [] if change is None else joined(_blocks(change, reading))
    for n, block in enumerate(blocks):
        yield block, n == len(blocks) - 1


def _rows(node: Any, reading: _Reading) -> Iterator[tuple[tuple[Paragraph | Table, ...], ...]]:
    for child in node:
        name = _name(child.tag)
        if name == "table:table-row":
            yield tuple(_cells(child, reading))
        elif name in _ROWS:
            yield from _rows(child, reading)


def _cells(row: Any, reading: _Reading) -> Iterator[tuple[Paragraph | Table, ...]]:
    for child in row:
        if _name(child.tag) in ("table:table-cell", "table:covered-table-cell"):
            cell = tuple(joined(_blocks(child, reading)))
            for _ in range(_count(child, "table:number-columns-repeated")):
                yield cell


def _pieces(node: Any, reading: _Reading, set_off: bool) -> Iterator[tuple[str, bool, bool]]:
    """Pieces of words, with whether each is set off and whether its blanks count (marks of the format) or not."""
    if node.text and not reading.open:
        yield node.text, set_off, False
    for child in node:
        name = _name(child.tag)
        if name in ("text:change-start", "text:change-end"):
            _turn_insertion(child, reading)
        elif name == "text:note":
            reading.lost[f"{_value(child, 'text:note-class') or 'footnote'}s"] += 1
        elif name in _COUNTED:
            reading.lost[_COUNTED[name]] += 1
        elif name == "drawing:frame":
            reading.boxes.extend(_framed(child, reading))
        elif name == "text:change" and reading.tracked == "rejected":
            yield from _put_back_here(child, reading)
        elif name == "text:span" and _value(child, "text:style-name") in reading.hidden:
            reading.lost["hidden passages"] += 1
        elif name == "text:span":
            style = _value(child, "text:style-name")
            yield from _pieces(child, reading, reading.bold.get(style, set_off))
        elif name in _BLANKS:
            blanks = _BLANKS[name] * (_count(child, "text:c") if name == "text:s" else 1)
            yield "" if reading.open else blanks, set_off, True
        elif name not in _NEVER:
            yield from _pieces(child, reading, set_off)
        if child.tail and not reading.open:
            yield child.tail, set_off, False


def _put_back_here(mark: Any, reading: _Reading) -> Iterator[tuple[str, bool, bool]]:
    change = reading.deleted.get(_value(mark, "text:change-id"))
    paragraphs = [] if change is None else [child for child in change if _name(child.tag) in ("text:p", "text:h")]
    for n, child in enumerate(paragraphs):
        if n:
            yield "\n", False, True
        yield from _pieces(child, reading, False)


def _turn_insertion(mark: Any, reading: _Reading) -> None:
    id_ = _value(mark, "text:change-id")
    if reading.tracked == "rejected" and id_ in reading.inserted:
        if _name(mark.tag) == "text:change-start":
            reading.open.add(id_)
        else:
            reading.open.discard(id_)


def _framed(frame: Any, reading: _Reading) -> list[Any]:
    """Text boxes of a frame; a picture or an object in it is counted, once, though it may have several images."""
    boxes = [child for child in frame if _name(child.tag) == "drawing:text-box"]
    kinds = [_COUNTED[_name(child.tag)] for child in frame if _name(child.tag) in _COUNTED]
    if kinds and not reading.open:
        reading.lost[kinds[0]] += 1
    return [] if reading.open else boxes


def _collapsed(pieces: Iterable[tuple[str, bool, bool]]) -> Iterator[tuple[str, bool]]:
    """Blanks as OpenDocument counts them: runs of blanks and newlines are one, none at a paragraph's beginning."""
    blank = True
    for words, set_off, counts in pieces:
        if not counts:
            words = _WHITE.sub(" ", words)
            words = words.removeprefix(" ") if blank else words
            blank = words.endswith(" ") if words else blank
        else:
            blank = words == "\n"
        yield words, set_off


def _count(node: Any, attribute: str) -> int:
    value = _value(node, attribute)
    return min(int(value), MOST_REPEATS) if value.isdecimal() else 1


def _value(node: Any, name: str) -> str:
    return next((str(value) for attribute, value in node.attrib.items() if _name(attribute) == name), "")


def _all(node: Any, *names: str) -> Iterator[Any]:
    return (found for found in node.iter() if _name(found.tag) in names)


@cache
def _name(tag: object) -> str:
    """The name of an element or attribute as `text:p`, whatever prefix the file has; empty for others' and comments."""
    found = _NAMESPACE.match(tag) if isinstance(tag, str) else None
    return f"{found[1]}:{found[2]}" if found else ""
