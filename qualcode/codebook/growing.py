"""Add codes to a codebook file that a person edits: not a letter of what stands there is touched."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from qualcode.codebook.codes import Code
from qualcode.codebook.files import entry, from_text, load
from qualcode.errors import CodebookError

_WIDTH = 100


def add(path: Path, codes: Sequence[Code]) -> None:
    """Put codes behind the last one of the file's list.

    The new lines are put into the text itself: writing the whole tree anew would break the person's own lines
    elsewhere.

    Raises:
        CodebookError: the file has faults already, or would have with these codes; it is then left as it was.
    """
    if not codes:
        return
    load(path)
    text = grown(path.read_text(encoding="utf-8-sig"), codes, path.name)
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def grown(text: str, codes: Sequence[Code], name: str) -> str:
    """The text of a codebook with these codes behind its last one; `name` is how an error names it.

    Raises:
        CodebookError: the text would have faults, or its list does not stand one code below the other.
    """
    tree: Any = YAML().load(text)
    lines = text.splitlines(keepends=True)
    behind = _end_of_codes(tree, lines)
    _, column = tree["codes"].lc.item(0)
    before = "".join(lines[:behind])
    gap = "" if before.endswith("\n") else "\n"
    longer = before + gap + _written(codes, column - 2) + "".join(lines[behind:])
    try:
        read = from_text(longer, name)
    except CodebookError as error:
        raise CodebookError(error.message, path=name, hint="add the codes by hand") from None
    if not all(code.id in read for code in codes):
        raise CodebookError("codes cannot be added to it (expected one code below the other)", path=name)
    return longer


def _end_of_codes(tree: Any, lines: Sequence[str]) -> int:
    """The line behind the list: before the next key's comments, or at the end of the file."""
    later = [tree.lc.key(key)[0] for key in tree if tree.lc.key(key)[0] > tree.lc.key("codes")[0]]
    end = min(later, default=len(lines))
    while end and (not lines[end - 1].strip() or (later and lines[end - 1].startswith("#"))):
        end -= 1
    return end


def _written(codes: Sequence[Code], indent: int) -> str:
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    written = io.StringIO()
    yaml.dump({"codes": [entry(code) for code in codes]}, written)
    return written.getvalue().split("\n", 1)[1]
