"""Codebook files: YAML with line numbers for every fault; comments survive our writing."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from qualcode.codebook.codes import Code, Codebook, Facet, NearMiss
from qualcode.codebook.pattern import Pattern, parse
from qualcode.errors import CodebookError

STATUSES = ("draft", "active", "retired")
_TOP = ("codebook", "title", "about", "language", "facets", "codes")
_CODE = (
    "id",
    "label",
    "brief",
    "definition",
    "when_to_use",
    "when_not_to_use",
    "examples",
    "near_misses",
    "parent",
    "status",
    "codable",
    "patterns",
    "except_patterns",
    "seeds",
)
_LISTS = ("when_to_use", "when_not_to_use", "examples", "seeds")
_MACQUEEN = ("brief", "when_to_use", "when_not_to_use", "examples")
_ID = re.compile(r"^[a-z][a-z0-9_]{0,63}$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a codebook file; `advice` does not stop it from being used."""

    line: int
    message: str
    code: str = ""
    advice: bool = False

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def load(path: Path) -> Codebook:
    """Read a codebook.

    Raises:
        CodebookError: lists every fault with its line.
    """
    return from_text(_text(path), path.name)


def from_text(text: str, name: str) -> Codebook:
    """A codebook from its text; `name` is how an error names it.

    Raises:
        CodebookError: lists every fault with its line.
    """
    tree, faults = _tree(text)
    errors = [fault for fault in faults if not fault.advice]
    if errors:
        refusal = CodebookError(
            "; ".join(str(fault) for fault in errors),
            path=name,
            code=errors[0].code,
            hint=f"mend the file, then: qualcode codebook check {name}",
        )
        refusal.line = errors[0].line
        raise refusal
    return _codebook(tree)


def check(path: Path) -> list[Fault]:
    """All faults and advice of a codebook file, in the order of their lines; nothing is raised for its content."""
    return sorted(_tree(_text(path))[1], key=lambda fault: fault.line)


def save(codebook: Codebook, path: Path) -> None:
    """Write a codebook that `load` reads back equal. For a file that a person edits, edit its YAML instead."""
    path.write_text(to_text(codebook), encoding="utf-8")


def to_text(codebook: Codebook) -> str:
    """A codebook as the text of its file."""
    plain: dict[str, Any] = {"codebook": codebook.id, "title": codebook.title, "language": codebook.language}
    if codebook.about:
        plain["about"] = codebook.about
    if codebook.facets:
        plain["facets"] = {
            facet.id: {"values": list(facet.values)} | ({"definition": facet.definition} if facet.definition else {})
            for facet in codebook.facets
        }
    plain["codes"] = [entry(code) for code in codebook.codes]
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    buffer = io.StringIO()
    yaml.dump(plain, buffer)
    return buffer.getvalue()


def entry(code: Code) -> dict[str, Any]:
    """A code as its entry in the file."""
    plain: dict[str, Any] = {"id": code.id, "label": code.label, "status": code.status}
    for name in ("parent", "brief", "definition"):
        if getattr(code, name):
            plain[name] = getattr(code, name)
    if not code.codable:
        plain["codable"] = False
    for name in _LISTS:
        if getattr(code, name):
            plain[name] = list(getattr(code, name))
    if code.near_misses:
        plain["near_misses"] = [
            {key: value for key, value in (("text", miss.text), ("instead", miss.instead), ("why", miss.why)) if value}
            for miss in code.near_misses
        ]
    for name in ("patterns", "except_patterns"):
        if getattr(code, name):
            plain[name] = [
                {
                    "match": pattern.match,
                    **({"name": pattern.name} if pattern.name else {}),
                    **pattern.facets,
                    **({"within": "sentence"} if pattern.sentence else {}),
                }
                if pattern.facets or pattern.sentence or pattern.name
                else pattern.match
                for pattern in getattr(code, name)
            ]
    return plain


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CodebookError(
            "there is no such file", path=str(path), hint="qualcode codebook import makes one"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError("cannot be read (expected a UTF-8 text file)", path=str(path)) from error


def _tree(text: str) -> tuple[Any, list[Fault]]:
    try:
        tree = YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.context_mark if "quoted scalar" in str(error.context) else error.problem_mark or error.context_mark
        return None, [Fault(mark.line + 1 if mark else 1, f"not valid YAML: {error.problem or error.context}")]
    except (YAMLError, ValueError) as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        return None, [Fault(line, f"not valid YAML: {getattr(error, 'reason', None) or 'a value cannot be read'}")]
    if not isinstance(tree, Mapping):
        return None, [Fault(1, "the file holds no codebook (expected 'codes:' with a list)")]
    return tree, _Checker(tree).faults


class _Checker:
    """Walks the YAML tree once and notes every fault with its line."""

    def __init__(self, tree: Any) -> None:
        self.faults: list[Fault] = []
        self._unknown_keys(tree, _TOP, "the codebook")
        self.facets = self._facets(tree.get("facets") or {}, _line(tree, "facets"))
        codes = tree.get("codes")
        if not isinstance(codes, list) or not codes:
            self._fault(_line(tree, "codes"), "there are no codes (expected a list under 'codes:')")
            return
        self.lines: dict[str, int] = {}
        entries = [(entry, _item_line(codes, index)) for index, entry in enumerate(codes)]
        for entry, line in entries:
            self._identity(entry, line)
        for entry, line in entries:
            if isinstance(entry, Mapping):
                self._code(entry, line)
        self._cycles([entry for entry, _ in entries if isinstance(entry, Mapping)])
        usable = [e for e, _ in entries if isinstance(e, Mapping) and e.get("codable", True) is not False]
        if not any(entry.get("status", "active") == "active" for entry in usable):
            self._fault(_line(tree, "codes"), "no code is active and codable, so nothing could be tagged")

    def _fault(self, line: int, message: str, code: str = "", *, advice: bool = False) -> None:
        self.faults.append(Fault(line, message, code, advice))

    def _unknown_keys(self, tree: Mapping[str, Any], known: tuple[str, ...], what: str, code: str = "") -> None:
        for key in tree:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                self._fault(
                    _line(tree, key),
                    f"{what} has no field {key!r}" + (f" (did you mean {close[0]!r}?)" if close else ""),
                    code,
                )

    def _facets(self, facets: Any, line: int) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        if not isinstance(facets, Mapping):
            self._fault(line, "'facets:' must map each facet to its values")
            return found
        for name, body in facets.items():
            values = body.get("values") if isinstance(body, Mapping) else None
            if not isinstance(values, list) or not values:
                self._fault(_line(facets, name), f"facet {name!r} has no values (expected 'values: [a, b]')")
            else:
                found[str(name)] = tuple(str(value) for value in values)
        return found

    def _identity(self, entry: Any, line: int) -> None:
        if not isinstance(entry, Mapping):
            self._fault(line, "a code must be a mapping with 'id:' and 'label:'")
            return
        code_id = entry.get("id")
        if not isinstance(code_id, str) or not _ID.match(code_id):
            self._fault(line, f"id {code_id!r} is not usable (expected lower-case letters, digits and _)")
        elif code_id in self.lines:
            self._fault(line, f"the id {code_id!r} stands already at line {self.lines[code_id]}", code_id)
        else:
            self.lines[code_id] = line

    def _code(self, entry: Mapping[str, Any], line: int) -> None:
        code_id = str(entry.get("id"))
        self._unknown_keys(entry, _CODE, f"code {code_id!r}", code_id)
        if not str(entry.get("label") or "").strip():
            self._fault(line, f"code {code_id!r} has no label", code_id)
        status = entry.get("status", "active")
        if status not in STATUSES:
            self._fault(_line(entry, "status"), f"status {status!r} is not one of {', '.join(STATUSES)}", code_id)
        parent = entry.get("parent")
        if parent is not None and (not isinstance(parent, str) or parent not in self.lines):
            self._fault(_line(entry, "parent"), f"the parent {parent!r} of {code_id!r} is not in the codebook", code_id)
        for name in _LISTS:
            value = entry.get(name)
            if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                self._fault(_line(entry, name), f"{name} of {code_id!r} must be a list of texts", code_id)
        if not isinstance(entry.get("codable", True), bool):
            self._fault(_line(entry, "codable"), f"codable of {code_id!r} must be true or false", code_id)
        self._near_misses(entry, code_id)
        for name in ("patterns", "except_patterns"):
            self._patterns(entry, name, code_id)
        if status == "active" and entry.get("codable", True) is not False:
            if not str(entry.get("definition") or "").strip():
                self._fault(line, f"the active code {code_id!r} has no definition", code_id)
            missing = [name for name in _MACQUEEN if not entry.get(name)]
            if missing:
                self._fault(
                    line, f"code {code_id!r} lacks {', '.join(missing)} (MacQueen's fields)", code_id, advice=True
                )

    def _near_misses(self, entry: Mapping[str, Any], code_id: str) -> None:
        items = entry.get("near_misses") or []
        if not isinstance(items, list):
            self._fault(_line(entry, "near_misses"), f"near_misses of {code_id!r} must be a list", code_id)
            return
        for item in items:
            if not isinstance(item, Mapping) or not item.get("text"):
                self._fault(_line(entry, "near_misses"), f"a near miss of {code_id!r} has no 'text:'", code_id)
            elif item.get("instead") and str(item["instead"]) not in self.lines:
                self._fault(
                    _line(item, "instead"),
                    f"the near miss of {code_id!r} names {item['instead']!r}, which is not in the codebook",
                    code_id,
                    advice=True,
                )

    def _patterns(self, entry: Mapping[str, Any], name: str, code_id: str) -> None:
        items = entry.get(name)
        if items is None:
            return
        if not isinstance(items, list):
            self._fault(_line(entry, name), f"{name} of {code_id!r} must be a list", code_id)
            return
        names: list[str] = []
        for index, item in enumerate(items):
            line = _item_line(items, index)
            try:
                pattern = _pattern(item)
                parse(pattern.match)
            except ValueError as error:
                self._fault(line, f"{name} of {code_id!r}: {error}", code_id)
                continue
            if pattern.name and pattern.name in names:
                self._fault(line, f"{name} of {code_id!r}: two have the name {pattern.name!r}", code_id)
            names.append(pattern.name)
            for facet, value in pattern.facets.items():
                if value not in self.facets.get(facet, ()):
                    self._fault(
                        line, f"{name} of {code_id!r}: {facet}={value!r} is not a declared facet value", code_id
                    )

    def _cycles(self, entries: list[Mapping[str, Any]]) -> None:
        parents = {str(entry.get("id")): str(entry.get("parent") or "") for entry in entries}
        reported: set[str] = set()
        for start in parents:
            trail: list[str] = []
            at: Any = start
            while at in parents and at not in trail:
                trail.append(at)
                at = parents[at]
            if at == start and not reported & set(trail):
                reported |= set(trail)
                self._fault(self.lines.get(start, 1), f"parents form a circle: {' > '.join([*trail, start])}", start)


def _line(tree: Any, key: Any) -> int:
    try:
        return int(tree.lc.key(key)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return int(tree.lc.line) + 1 if hasattr(tree, "lc") else 1


def _item_line(items: Any, index: int) -> int:
    try:
        return int(items.lc.item(index)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _pattern(item: Any) -> Pattern:
    if isinstance(item, str):
        return Pattern(item)
    if isinstance(item, Mapping) and isinstance(item.get("match"), str):
        within = item.get("within", "overlap")
        if within not in ("overlap", "sentence"):
            raise ValueError(f"within is {within!r} (expected overlap or sentence)")
        name = item.get("name", "")
        if "name" in item and not (isinstance(name, str) and _ID.match(name)):
            raise ValueError(f"the name {name!r} is not usable (expected lower-case letters, digits and _)")
        facets = {str(key): str(value) for key, value in item.items() if key not in ("match", "within", "name")}
        return Pattern(item["match"], facets, within == "sentence", name)
    raise ValueError("a pattern is a text, or a mapping with 'match:'")


def _texts(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(" ".join(str(item).split()) for item in entry.get(name) or [])


def _codebook(tree: Mapping[str, Any]) -> Codebook:
    facets = tuple(
        Facet(str(name), tuple(str(v) for v in body["values"]), str(body.get("definition") or ""))
        for name, body in (tree.get("facets") or {}).items()
    )
    codes = tuple(
        Code(
            id=str(entry["id"]),
            label=str(entry["label"]).strip(),
            brief=" ".join(str(entry.get("brief") or "").split()),
            definition=" ".join(str(entry.get("definition") or "").split()),
            when_to_use=_texts(entry, "when_to_use"),
            when_not_to_use=_texts(entry, "when_not_to_use"),
            examples=_texts(entry, "examples"),
            near_misses=tuple(
                NearMiss(str(miss["text"]).strip(), str(miss.get("instead") or ""), str(miss.get("why") or ""))
                for miss in entry.get("near_misses") or []
            ),
            parent=str(entry["parent"]) if entry.get("parent") else None,
            status=entry.get("status", "active"),
            codable=entry.get("codable", True) is not False,
            patterns=tuple(_pattern(item) for item in entry.get("patterns") or []),
            except_patterns=tuple(_pattern(item) for item in entry.get("except_patterns") or []),
            seeds=_texts(entry, "seeds"),
        )
        for entry in tree["codes"]
    )
    return Codebook(
        id=str(tree.get("codebook") or "codebook"),
        title=str(tree.get("title") or tree.get("codebook") or "Codebook"),
        codes=codes,
        facets=facets,
        about=" ".join(str(tree.get("about") or "").split()),
        language=str(tree.get("language") or "en"),
    )
