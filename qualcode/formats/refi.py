"""REFI-QDA (QDA-XML 1.0, MIT): the nouns of a project and of a codebook as their XML holds them, by GUID.

Programs write other namespaces than the standard's (`project:0:10`, `codebook:0:4`, `codebook:1:0`), so elements are
known by their local names. GUIDs are compared in lower case without braces. What stands here is what the file says;
offsets are still in the writer's own convention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXTS = ("TextSource",)
RECORDINGS = ("AudioSource", "VideoSource")
OTHERS = ("PictureSource", "PDFSource")
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
FARTHEST = 2**53
"""Of positions; no text is so long."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code; `parent` is the GUID of the code that it stands under."""

    guid: str
    name: str
    codable: bool
    parent: str | None = None
    description: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CodingEntry:
    """One code on a selection or on a whole source, by one user."""

    guid: str
    code: str
    user: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch of a text, in the writer's own offsets."""

    guid: str
    start: int
    end: int
    name: str = field(default="", repr=False)
    """By habit the beginning of the quotation; may be empty, or a title."""
    codings: tuple[CodingEntry, ...] = ()
    description: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()
    user: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class TextEntry:
    """A text that can be coded: a text source, the transcript of a recording, the text of a PDF."""

    guid: str
    name: str = field(repr=False)
    kind: str = "TextSource"
    plain: str = ""
    """Path of the plain text: `internal://`, `relative:///` or `absolute:///`."""
    rich: str = ""
    content: str | None = field(default=None, repr=False)
    """The text itself, where the project holds it."""
    selections: tuple[Selection, ...] = ()
    codings: tuple[CodingEntry, ...] = ()
    """On the whole source."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variable GUID to value."""
    notes: tuple[str, ...] = ()
    description: str = field(default="", repr=False)
    part_of: str = ""
    """GUID of the source that a transcript or a PDF's text belongs to; its own for a text source."""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case with its variables, its sources and its stretches of sources."""

    guid: str
    name: str = field(repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetEntry:
    """A named set of sources (or of codes and notes, which are only counted)."""

    guid: str
    name: str = field(repr=False)
    sources: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A memo: a text of its own, on whatever refers to it."""

    guid: str
    content: str | None = field(repr=False)
    plain: str = ""
    user: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class RefiProject:
    """A whole `project.qde`, or the codes of a `.qdc`."""

    namespace: str
    origin: str = ""
    creator: str = ""
    users: Mapping[str, str] = field(default_factory=dict)
    """GUID to name."""
    codes: tuple[CodeEntry, ...] = ()
    variables: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """GUID to (name, type)."""
    cases: tuple[CaseEntry, ...] = ()
    texts: tuple[TextEntry, ...] = field(default=(), repr=False)
    sets: tuple[SetEntry, ...] = ()
    notes: tuple[NoteEntry, ...] = ()
    not_text: Mapping[str, int] = field(default_factory=dict)
    """Elements that hold no text that can be coded, by kind: pictures, areas of pages, links, graphs."""
    doubled: int = 0
    """GUIDs that two elements of one kind share: the schema allows it, and the first stands."""


def parse(root: Any) -> RefiProject:
    """The project, or the codebook, under an XML root.

    Args:
        root: an lxml element.

    Raises:
        ValueError: the root is neither a Project nor a CodeBook, or an offset is no number.
    """
    namespace = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    name = _local(root)
    if name == "CodeBook":
        return RefiProject(namespace, root.get("origin", ""), codes=tuple(_codes(root)))
    if name != "Project":
        raise ValueError("Project")
    top = {_local(child): child for child in _children(root)}
    texts, not_text = _sources(top.get("Sources"))
    for kind in ("Links", "Graphs"):
        not_text.update(_local(child) for child in _children(top.get(kind)))
    not_text.update(_unread(root, top))
    codes = tuple(_codes(top["CodeBook"])) if "CodeBook" in top else ()
    guids = Counter(entry.guid for entry in codes) + Counter(text.guid for text in texts)
    return RefiProject(
        namespace=namespace,
        origin=root.get("origin", ""),
        creator=plain_guid(root.get("creatingUserGUID")),
        users={
            plain_guid(user.get("guid")): user.get("name") or user.get("id") or ""
            for user in _children(top.get("Users"))
        },
        codes=tuple({entry.guid: entry for entry in reversed(codes)}.values())[::-1],
        variables={
            plain_guid(item.get("guid")): (item.get("name", ""), item.get("typeOfVariable", "Text"))
            for item in _children(top.get("Variables"), "Variable")
        },
        cases=tuple(_case(item) for item in _children(top.get("Cases"), "Case")),
        texts=texts,
        sets=tuple(_set(item) for item in _children(top.get("Sets"), "Set")),
        notes=tuple(_note(item) for item in _children(top.get("Notes"), "Note")),
        not_text=dict(not_text),
        doubled=sum(count - 1 for count in guids.values()),
    )


def _unread(root: Any, top: Mapping[str, Any]) -> Counter[str]:
    """What stands on codes, cases, sets, variables, notes and codings, and has no room here."""
    found: Counter[str] = Counter()
    for name in ("Cases", "Sets", "Variables"):
        for item in _children(top.get(name)):
            found[f"Description of a {_local(item)}"] += bool(_text(item, "Description"))
            found[f"Note on a {_local(item)}"] += len(_refs(item, "NoteRef"))
    for item in root.iter("{*}Code", "{*}Coding"):
        found[f"Note on a {_local(item)}"] += len(_refs(item, "NoteRef"))
        found["colour of a Code"] += _local(item) == "Code" and item.get("color") is not None
    for item in _children(top.get("Notes"), "Note"):
        found["Coding on a Note"] += len(list(_children(item, "Coding")))
        found["PlainTextSelection of a Note"] += len(list(_children(item, "PlainTextSelection")))
    found["Description of a Project"] += bool(_text(root, "Description"))
    for item in root.iter("{*}Transcript"):
        points = {_guid(point): point for point in _children(item, "SyncPoint")}
        found["time of a SyncPoint"] += sum(point.get("timeStamp") is not None for point in points.values())
        for chosen in _children(item, "TranscriptSelection"):
            ends = (points.get(plain_guid(chosen.get(at))) for at in ("fromSyncPoint", "toSyncPoint"))
            found["TranscriptSelection without a place in the text"] += any(
                end is None or not end.get("position") for end in ends
            )
    return +found


def plain_guid(text: str | None) -> str:
    """A GUID as it is compared.

    >>> plain_guid("{AD68FBE7-E1EE-4A82-A279-23CC698C89EB}")
    'ad68fbe7-e1ee-4a82-a279-23cc698c89eb'
    """
    return (text or "").strip().strip("{}").lower()


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, *names: str) -> Iterator[Any]:
    """Child elements, those of the names if any are given; comments and instructions are none."""
    if element is None:
        return
    for child in element.iterchildren():
        if isinstance(child.tag, str) and (not names or _local(child) in names):
            yield child


def _codes(codebook: Any) -> Iterator[CodeEntry]:
    """Codes in the order of the file, parents first; a stack, since strangers' files nest as deep as they like."""
    stack: list[tuple[Any, str | None]] = []
    for codes in _children(codebook, "Codes"):
        stack += [(child, None) for child in _children(codes, "Code")]
    stack.reverse()
    while stack:
        element, parent = stack.pop()
        own = plain_guid(element.get("guid"))
        codable = element.get("isCodable", "true").lower() not in ("false", "0")
        yield CodeEntry(own, element.get("name", ""), codable, parent, _text(element, "Description"))
        stack += [(child, own) for child in reversed(list(_children(element, "Code")))]


def _text(element: Any, name: str) -> str:
    found = next(_children(element, name), None)
    return (found.text or "").strip() if found is not None else ""


def _refs(element: Any, name: str) -> tuple[str, ...]:
    return tuple(plain_guid(child.get("targetGUID") or child.get("guid")) for child in _children(element, name))


def _values(element: Any) -> dict[str, str]:
    """Values by variable; one without a value is not stated."""
    found: dict[str, str] = {}
    for value in _children(element, "VariableValue"):
        said = next((child.text or "" for child in _children(value, *_VALUES)), "")
        for variable in _refs(value, "VariableRef"):
            found[variable] = said.strip()
    return found


def _sources(sources: Any) -> tuple[tuple[TextEntry, ...], Counter[str]]:
    texts: list[TextEntry] = []
    not_text: Counter[str] = Counter()
    for source in _children(sources):
        kind = _local(source)
        if kind in TEXTS:
            texts.append(_text_entry(source, kind))
            continue
        inner = list(_children(source, "Transcript", "Representation"))
        own = {"part_of": _guid(source), "name": source.get("name", "")}
        texts += [_text_entry(text, _local(text), **own) for text in inner]
        not_text.update(_local(child) for child in _children(source) if _local(child).endswith("Selection"))
        not_text[f"Coding on a {kind}"] += len(list(_children(source, "Coding")))
        if not inner:
            not_text[kind] += 1
    return tuple(texts), +not_text


def _text_entry(element: Any, kind: str, *, part_of: str = "", name: str = "") -> TextEntry:
    own = _guid(element)
    content = next(_children(element, "PlainTextContent"), None)
    selections = [_selection(child) for child in _children(element, "PlainTextSelection")]
    points = {_guid(point): point for point in _children(element, "SyncPoint")}
    for child in _children(element, "TranscriptSelection"):
        start, end = (points.get(plain_guid(child.get(at))) for at in ("fromSyncPoint", "toSyncPoint"))
        if start is not None and end is not None and start.get("position") and end.get("position"):
            selections.append(_selection(child, start.get("position"), end.get("position")))
    return TextEntry(
        guid=own,
        name=element.get("name") or name,
        kind=kind,
        plain=element.get("plainTextPath", ""),
        rich=element.get("richTextPath", ""),
        content=None if content is None else content.text or "",
        selections=tuple(selections),
        codings=tuple(_coding(child) for child in _children(element, "Coding")),
        values=_values(element),
        notes=_refs(element, "NoteRef"),
        description=_text(element, "Description"),
        part_of=part_of or own,
    )


def _guid(element: Any) -> str:
    return plain_guid(element.get("guid"))


def _selection(element: Any, start: str | None = None, end: str | None = None) -> Selection:
    return Selection(
        guid=_guid(element),
        start=_position(start if start is not None else element.get("startPosition", "")),
        end=_position(end if end is not None else element.get("endPosition", "")),
        name=element.get("name", ""),
        codings=tuple(_coding(child) for child in _children(element, "Coding")),
        description=_text(element, "Description"),
        notes=_refs(element, "NoteRef"),
        user=plain_guid(element.get("creatingUser")),
        at=element.get("creationDateTime", ""),
    )


def _position(said: str) -> int:
    # Beyond every text is outside, however far: numpy cannot count as far as a damaged file may say.
    return max(-1, min(int(said), FARTHEST))


def _coding(element: Any) -> CodingEntry:
    code = next(iter(_refs(element, "CodeRef")), "")
    return CodingEntry(
        _guid(element), code, plain_guid(element.get("creatingUser")), element.get("creationDateTime", "")
    )


def _case(element: Any) -> CaseEntry:
    return CaseEntry(
        _guid(element),
        element.get("name", ""),
        _values(element),
        _refs(element, "SourceRef"),
        _refs(element, "SelectionRef"),
    )


def _set(element: Any) -> SetEntry:
    members = len(list(_children(element, "MemberCode", "MemberNote")))
    return SetEntry(_guid(element), element.get("name", ""), _refs(element, "MemberSource"), members)


def _note(element: Any) -> NoteEntry:
    content = next(_children(element, "PlainTextContent"), None)
    return NoteEntry(
        _guid(element),
        None if content is None else content.text or "",
        element.get("plainTextPath", ""),
        plain_guid(element.get("creatingUser")),
        element.get("creationDateTime", ""),
    )
