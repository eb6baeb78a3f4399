"""Word files: paragraphs and tables in order, tracked changes accepted or rejected; what stays out is counted."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qualcode.errors import MalformedTranscript
from qualcode.importers.archive import OLE, Archive, opened, xml
from qualcode.importers.blocks import Paragraph, Table, joined, paragraph, symbol, written
from qualcode.importers.imported import Imported, Loss, ReadOptions, Tracked
from qualcode.importers.text import contents, document

_MARKUP = re.compile(r"/(?:wordprocessingml(?:/2006)?/main|officeDocument(?:/2006)?/math|drawingml(?:/2006)?/picture)$")
"""Namespaces of both flavours of the format: the usual one has a year, the strict one of ISO 29500 has none."""
_CONTAINERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag"})
_ADDED, _TAKEN = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_NEVER = frozenset({"pPr", "rPr", "sdtPr", "Fallback", "rt"})
"""Properties, readings beside ideograms, and the copy of a text box that Word keeps for old readers."""
_COUNTED = {
    "commentReference": "comments",
    "footnoteReference": "footnotes",
    "endnoteReference": "endnotes",
    "pic": "pictures",
    "imagedata": "pictures",
    "object": "embedded objects",
    "altChunk": "embedded documents",
}
_MARKS = frozenset({"b", "u", "smallCaps"})
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a document is read, and what it left out so far."""

    out: frozenset[str]
    """Elements of tracked changes that are not in the text."""
    bold: frozenset[str] = field(repr=False)
    """Styles that set words off."""
    lost: Counter[str] = field(default_factory=Counter)
    boxes: list[Any] = field(default_factory=list, repr=False)
    """Text boxes of the paragraph that is being read: they stand after it."""


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a Word file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not a Word file, locked, or nothing in it can be coded.
    """
    data = contents(path, options.source)
    archive = _archive(data, options.source)
    main, body = _body(archive)
    parts = _parts(archive, main)
    reading = _Reading(_TAKEN if options.tracked == "accepted" else _ADDED, _bold_styles(parts.get("styles", [])))
    text, labels = written(joined(_blocks(body, reading)), options.speakers)
    for kind, name in (("header", "headers"), ("footer", "footers")):
        reading.lost[name] += sum(any((t.text or "").strip() for t in _all(part, "t")) for part in parts.get(kind, []))
    return document(
        text,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding="docx",
        notes=_notes(body, options.tracked),
        labels=labels,
        losses=tuple(Loss(kind, count) for kind, count in sorted(reading.lost.items()) if count),
    )


def _archive(data: bytes, source: str) -> Archive:
    if data[:8] == OLE:
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise MalformedTranscript(
                "is locked by a password", path=source, hint="save a copy without a password and import that"
            )
        raise MalformedTranscript(
            "is not a Word file that can be read: it is an old .doc under another name",
            path=source,
            hint="open it in Word and save it anew as .docx",
        )
    return opened(data, source, "a Word file")


def _body(archive: Archive) -> tuple[str, Any]:
    """The name of the main part, which need not be `word/document.xml`, and its body."""
    names = [name for kind, name in _related(archive, "") if kind == "officeDocument"]
    for name in names:
        if name in archive.members:
            body = next(iter(_all(xml(archive.read(name), archive.source), "body")), None)
            if body is not None:
                return name, body
    raise MalformedTranscript(
        "is not a Word file that can be read: it holds no document",
        path=archive.source,
        hint="open it in Word and save it anew as .docx",
    )


def _parts(archive: Archive, main: str) -> Mapping[str, list[Any]]:
    """The parts beside the document that it uses, by kind."""
    parts: dict[str, list[Any]] = {}
    for kind, name in _related(archive, main):
        if kind in ("styles", "header", "footer") and name in archive.members:
            parts.setdefault(kind, []).append(xml(archive.read(name), archive.source))
    return parts


def _related(archive: Archive, name: str) -> list[tuple[str, str]]:
    folder, file = posixpath.split(name)
    listed = posixpath.join(folder, "_rels", f"{file}.rels")
    if listed not in archive.members:
        return []
    return [
        (
            relation.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
        )
        for relation in xml(archive.read(listed), archive.source).iterchildren("{*}Relationship")
    ]


def _notes(body: Any, tracked: Tracked) -> tuple[str, ...]:
    if not any(True for name in sorted(_ADDED | _TAKEN) for _ in _all(body, name)):
        return ()
    if tracked == "accepted":
        return ("tracked changes are read as accepted",)
    return ("tracked changes are read as rejected: the text as it was before them",)


def _blocks(node: Any, reading: _Reading) -> Iterator[tuple[Paragraph | Table, bool]]:
    """Paragraphs and tables in order, each with whether the next paragraph goes on in it."""
    for child in node.iterchildren():
        name = _name(child.tag)
        if name == "p":
            made = paragraph(_pieces(child, reading, _styled(child, "pPr", "pStyle", reading)))
            boxes = list(reading.boxes)
            reading.boxes.clear()
            yield made, _mark_is_out(child, reading) and not boxes
            for box in boxes:
                yield from _blocks(box, reading)
        elif name == "tbl":
            yield Table(tuple(_rows(child, reading))), False
        elif name in _CONTAINERS or (name in _ADDED | _TAKEN and name not in reading.out):
            yield from _blocks(child, reading)
        elif name in _COUNTED:
            reading.lost[_COUNTED[name]] += 1


def _mark_is_out(node: Any, reading: _Reading) -> bool:
    marks = node.find("{*}pPr/{*}rPr")
    return marks is not None and any(_name(child.tag) in reading.out for child in marks.iterchildren())


def _rows(node: Any, reading: _Reading) -> Iterator[tuple[tuple[Paragraph | Table, ...], ...]]:
    for child in node.iterchildren():
        name = _name(child.tag)
        if name == "tr":
            properties = child.find("{*}trPr")
            marks = [] if properties is None else [_name(mark.tag) for mark in properties.iterchildren()]
            if not any(mark in reading.out for mark in marks):
                before = properties.find("{*}gridBefore") if properties is not None else None
                yield tuple([()] * _span(before, 0) + list(_cells(child, reading)))
        elif name in _CONTAINERS or (name in _ADDED | _TAKEN and name not in reading.out):
            yield from _rows(child, reading)


def _cells(row: Any, reading: _Reading) -> Iterator[tuple[Paragraph | Table, ...]]:
    for child in row.iterchildren():
        name = _name(child.tag)
        if name == "tc":
            yield tuple(joined(_blocks(child, reading)))
            for _ in range(_span(child.find("{*}tcPr/{*}gridSpan"), 1) - 1):
                yield ()
        elif name in _CONTAINERS:
            yield from _cells(child, reading)


def _span(node: Any, otherwise: int) -> int:
    value = _value(node) if node is not None else ""
    return min(int(value), 60) if value.isdecimal() else otherwise


def _pieces(node: Any, reading: _Reading, set_off: bool) -> Iterator[tuple[str, bool]]:
    for child in node.iterchildren():
        name = _name(child.tag)
        if name == "r":
            if _hidden(child):
                reading.lost["hidden passages"] += 1
            else:
                yield from _pieces(child, reading, _run_set_off(child, reading, set_off))
        elif name in ("t", "delText"):
            yield (child.text or "").replace("\r\n", " ").replace("\n", " "), set_off
        elif name == "tab" and _name(node.tag) == "r":
            yield "\t", set_off
        elif name in ("br", "cr"):
            yield "\n", set_off
        elif name == "noBreakHyphen":
            yield "-", set_off
        elif name == "softHyphen":
            yield "\u00ad", set_off
        elif name == "sym":
            yield _symbol(child), set_off
        elif name == "txbxContent":
            reading.boxes.append(child)
        elif name in _COUNTED:
            reading.lost[_COUNTED[name]] += 1
        elif name not in _NEVER and name not in reading.out:
            yield from _pieces(child, reading, set_off)


def _symbol(node: Any) -> str:
    code = _value(node, "char")
    try:
        return symbol(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _hidden(run: Any) -> bool:
    properties = run.find("{*}rPr")
    mark = properties.find("{*}vanish") if properties is not None else None
    return mark is not None and _value(mark) not in _OFF


def _run_set_off(run: Any, reading: _Reading, inherited: bool) -> bool:
    properties = run.find("{*}rPr")
    stated = None if properties is None else _stated(properties)
    return stated if stated is not None else inherited or _styled(run, "rPr", "rStyle", reading)


def _stated(properties: Any) -> bool | None:
    """Whether properties set words off: bold, underlined or in small capitals; None where they say nothing of it."""
    stated = [_value(mark) not in _OFF for mark in properties.iterchildren() if _name(mark.tag) in _MARKS]
    return any(stated) if stated else None


def _styled(node: Any, properties: str, style: str, reading: _Reading) -> bool:
    named = node.find(f"{{*}}{properties}/{{*}}{style}")
    return named is not None and _value(named) in reading.bold


def _bold_styles(parts: list[Any]) -> frozenset[str]:
    """Ids of the styles that set words off, by themselves or by the styles that they are based on."""
    styles = {_value(style, "styleId"): style for part in parts for style in _all(part, "style")}
    found = set()
    for id_ in styles:
        at, seen = id_, set[str]()
        while at in styles and at not in seen:
            seen.add(at)
            properties, based = styles[at].find("{*}rPr"), styles[at].find("{*}basedOn")
            stated = None if properties is None else _stated(properties)
            if stated:
                found.add(id_)
            at = "" if stated is not None or based is None else _value(based)
    return frozenset(found)


def _value(node: Any, attribute: str = "val") -> str:
    return next((value for name, value in node.attrib.items() if name.endswith(f"}}{attribute}")), "")


def _all(node: Any, name: str) -> Iterator[Any]:
    return (found for found in node.iter(f"{{*}}{name}") if _name(found.tag) == name)


@cache
def _name(tag: object) -> str:
    """The name of an element without its namespace; empty for comments and for markup that is not Word's.

    `mc:Fallback`, `v:imagedata` and the like keep their names too: they clash with none of Word's.
    """
    if not isinstance(tag, str):
        return ""
    namespace, _, name = tag.rpartition("}")
    return name if _MARKUP.search(namespace) or name in ("Fallback", "imagedata") else ""
