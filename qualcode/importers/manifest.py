"""`manifest.csv` says what each document is; `programmes.csv` describes the programmes. File names may speak instead.

Columns of a manifest: file (required), kind, case, programme, study, group, wave, date, language, deidentified;
every other column is a typed attribute of the case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qualcode.corpus import KINDS, AttributeValue, Programme
from qualcode.errors import ImporterError, ProjectError
from qualcode.importers.attributes import NOT_STATED, typed
from qualcode.importers.imported import Description
from qualcode.importers.rows import read_rows

FIELDS = ("kind", "case", "programme", "study", "group", "wave", "date", "language", "deidentified")
PSEUDONYM = re.compile(r"^[A-Za-z]{0,4}[-_ ]?\d{1,5}$")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Descriptions by file, relative with forward slashes."""

    files: Mapping[str, Description]

    def missing(self, present: Sequence[str]) -> list[str]:
        """Files that the manifest names and the folder lacks."""
        return sorted(set(self.files) - set(present))


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ImporterError: not a table, no `file` column, an unknown kind, a file named twice.
    """
    rows = read_rows(path, path.name)
    if not rows:
        return Manifest({})
    columns = {name.strip().lower(): name for name in rows[0]}
    if "file" not in columns:
        raise ImporterError("has no column 'file' (expected file, kind, case, programme, ...)", path=path.name, line=1)
    others = [name for lower, name in columns.items() if lower not in (*FIELDS, "file")]
    attributes = {name: typed([row[name] for row in rows]) for name in others}
    files: dict[str, Description] = {}
    for index, row in enumerate(rows):
        file = PurePosixPath(row[columns["file"]].strip().replace("\\", "/")).as_posix()
        line = row.line
        if not row[columns["file"]].strip():
            raise ImporterError("the row names no file", path=path.name, line=line)
        if file in files:
            raise ImporterError("the file of this row is named twice", path=path.name, line=line)
        stated = {field: row[columns[field]].strip() for field in FIELDS if field in columns}
        files[file] = _description(
            stated, path.name, line, {name: values[index] for name, values in attributes.items()}
        )
    return Manifest(files)


def _description(
    stated: Mapping[str, str], source: str, line: int, attributes: Mapping[str, AttributeValue]
) -> Description:
    kind = stated.get("kind", "").lower().replace(" ", "_").replace("-", "_") or None
    if kind is not None and kind not in KINDS:
        raise ImporterError(f"kind {kind!r} is not known (expected one of {', '.join(KINDS)})", path=source, line=line)
    declared = stated.get("deidentified", "").lower()
    if declared not in NOT_STATED and declared not in ("yes", "no", "true", "false"):
        raise ImporterError("deidentified must be yes, no or empty", path=source, line=line)
    texts = {field: stated.get(field) or None for field in FIELDS if field not in ("kind", "deidentified")}
    return Description(
        kind=kind,
        deidentified=None if declared in NOT_STATED else declared in ("yes", "true"),
        attributes=attributes,
        **texts,
    )


def read_programmes(path: Path) -> list[Programme]:
    """Programmes with typed attributes: columns `programme` (or id), name, and whatever else is stated.

    Raises:
        ImporterError: not a table, or no column of ids.
    """
    rows = read_rows(path, path.name)
    columns = {name.strip().lower(): name for name in rows[0]} if rows else {}
    id_column = columns.get("programme") or columns.get("id")
    if rows and id_column is None:
        raise ImporterError("has no column 'programme'", path=path.name, line=1)
    name_column = columns.get("name")
    ids = [row[str(id_column)].strip() for row in rows]
    for place, row in enumerate(rows):
        if ids[place] and ids[place] in ids[:place]:
            raise ImporterError("the programme of this row is described twice", path=path.name, line=row.line)
    others = [name for name in columns.values() if name not in (id_column, name_column)]
    attributes = {name: typed([row[name] for row in rows]) for name in others}
    return [
        Programme(
            row[str(id_column)].strip(),
            row[name_column].strip() if name_column else "",
            {name: values[index] for name, values in attributes.items()},
        )
        for index, row in enumerate(rows)
        if row[str(id_column)].strip()
    ]


def from_file_name(file: str, pattern: str) -> Description:
    """What a file's name says, by a pattern such as `{programme}_{case}_{kind}`, else its stem if it is a pseudonym.

    A stem counts as a pseudonym only when it is letters and a number (`P1`, `KO-03`); anything else may be a
    person's name and is not used.

    Raises:
        ProjectError: the pattern names a field that does not exist.
    """
    stem = PurePosixPath(file).stem
    if pattern:
        unknown = [name for name in _PLACEHOLDER.findall(pattern) if name not in FIELDS]
        if unknown:
            raise ProjectError(
                f"file_name_pattern has no field {{{unknown[0]}}} (expected {', '.join(FIELDS)})", place="qualcode.toml"
            )
        placed = _PLACEHOLDER.findall(pattern)
        if len(set(placed)) < len(placed):
            raise ProjectError("file_name_pattern names a field twice", place="qualcode.toml")
        parts = _PLACEHOLDER.split(pattern)
        regex = "".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+?)" for i, part in enumerate(parts))
        match = re.fullmatch(regex, stem)
        if match:
            said = match.groupdict()
            kind = said.get("kind", "").lower().replace(" ", "_").replace("-", "_")
            # A file name may be a person's: what is no kind is left out, and never printed.
            return _description(said | {"kind": kind if kind in KINDS else ""}, "file_name_pattern", 1, {})
    return Description(case=stem) if PSEUDONYM.match(stem) else Description()
