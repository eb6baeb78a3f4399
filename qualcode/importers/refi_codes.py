"""Codes of a REFI-QDA file as a codebook of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qualcode.codebook import Code, Codebook, slug
from qualcode.codebook.skeleton import POLARITY, free_id
from qualcode.formats.refi import CodeEntry


def codebook(entries: Sequence[CodeEntry], *, title: str) -> tuple[Codebook | None, Mapping[str, str]]:
    """The codes with their hierarchy, and the id that each GUID got; no codebook where there are no codes.

    Ids are made of the names. Of two codes of one name the later takes its parent's name before its own. A code with a
    description is active; one without is a draft, since there is nothing that says when it applies. ATLAS.ti writes its
    hierarchy flat, as `Coke::diet Coke`: where the part before is a code, it is the parent.
    """
    names = {entry.name: entry.guid for entry in reversed(entries)}
    ids: dict[str, str] = {}
    codes: list[Code] = []
    for entry in entries:
        label, parent = entry.name.strip(), entry.parent
        above, colons, rest = label.rpartition("::")
        if parent is None and colons and rest.strip() and names.get(above) not in (None, entry.guid):
            label, parent = rest.strip(), names[above]
        ids[entry.guid] = free_id(label, _name_of(parent, entries), set(ids.values()))
        codes.append(
            Code(
                id=ids[entry.guid],
                label=label or ids[entry.guid],
                brief=entry.description.split(". ")[0].split("\n")[0][:160],
                definition=entry.description,
                parent=parent,
                status="active" if entry.description or not entry.codable else "draft",
                codable=entry.codable,
            )
        )
    placed = tuple(_placed(code, ids) for code in codes)
    return (Codebook(slug(title), title, placed, facets=(POLARITY,)) if placed else None), ids


def _name_of(guid: str | None, entries: Sequence[CodeEntry]) -> str:
    """The name of the code with this GUID; empty if there is none."""
    return next((entry.name for entry in entries if entry.guid == guid), "") if guid else ""


def _placed(code: Code, ids: Mapping[str, str]) -> Code:
    return replace(code, parent=ids.get(code.parent) if code.parent else None)
