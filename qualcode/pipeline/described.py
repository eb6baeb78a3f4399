"""What manifest and `programmes.csv` say of the files, and the project's own manifest kept up with them."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from qualcode.corpus import Kind
from qualcode.errors import ImporterError
from qualcode.importers import Description
from qualcode.importers.manifest import FIELDS, Manifest, from_file_name, read_manifest, read_programmes
from qualcode.importers.rows import separator_of
from qualcode.importers.table import SUFFIXES
from qualcode.importers.text import decoded
from qualcode.pipeline import acts
from qualcode.project import MANIFEST, Project
from qualcode.store import corpus, events


def manifest_of(
    project: Project, base: Path, names: list[str], kind: Kind | None, *, whole: bool, but: Collection[str] = ()
) -> Manifest:
    """The project's manifest, started from the folder's own or from the file names; new files are added to it.

    Args:
        project: whose manifest it is.
        base: the folder that is imported.
        names: its files.
        kind: of documents that nothing describes.
        but: files of people who withdrew; they are not described.
        whole: the folder is imported whole, so a name in its manifest that is not there is an error.

    Raises:
        ImporterError: a manifest is faulty or names files that are not there.
    """
    own, theirs = project.folder / MANIFEST, base / MANIFEST
    manifest = Manifest({})
    if theirs.exists():
        manifest = read_manifest(theirs)
        _refuse_missing(manifest, names, theirs, whole)
    if own.exists():
        # Rows of files that have gone are left alone: qualcode wrote them, and the texts are in.
        manifest = Manifest({**manifest.files, **read_manifest(own).files})
    if theirs.exists() and not own.exists():
        shutil.copyfile(theirs, own)
    missing = [
        name
        for name in names
        if name not in manifest.files and name not in but and PurePosixPath(name).suffix.lower() not in SUFFIXES
    ]
    named = {name: from_file_name(name, project.settings.file_name_pattern) for name in missing}
    pseudonyms = Counter(said.case for said in named.values())
    described = {
        # The same pseudonym in two folders may be two people: then it is nobody's until the manifest says whose.
        name: replace(said, kind=said.kind or kind, case=said.case if pseudonyms[said.case] == 1 else None)
        for name, said in named.items()
    }
    if described:
        _append(own, described)
    return Manifest({**manifest.files, **described})


def _refuse_missing(manifest: Manifest, names: list[str], path: Path, whole: bool) -> None:
    absent = manifest.missing(names) if whole else []
    if absent:
        shown = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
        raise ImporterError(
            f"names {len(absent)} files that are not in the folder: {shown}",
            path=path.name,
            hint="correct the names (with their suffix), or take the rows out",
        )


def _append(path: Path, described: Mapping[str, Description]) -> None:
    """Add rows for files, in the columns, the separator and the encoding that the manifest has."""
    text, encoding, columns, separator = "", "utf-8", ["file", *FIELDS], ","
    if path.exists():
        text, encoding, _ = decoded(path.read_bytes(), path.name)
        separator = separator_of(text)
        columns = next(csv.reader(io.StringIO(text), delimiter=separator), columns)
    added = io.StringIO(newline="")
    writer = csv.writer(added, lineterminator="\n", delimiter=separator)
    if not text:
        writer.writerow(columns)
    for name, description in described.items():
        cells = {field: getattr(description, field) or "" for field in FIELDS} | {"file": name}
        writer.writerow([cells.get(column.strip().lower(), "") for column in columns])
    gap = "\n" if text and not text.endswith("\n") else ""
    whole = text + gap + added.getvalue()
    try:
        data = whole.encode(encoding)
    except UnicodeEncodeError:
        data = whole.encode("utf-8-sig")
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def describe_programmes(project: Project, path: Path) -> None:
    """Take over what `programmes.csv` says, where it is new.

    Raises:
        ImporterError: the table is faulty.
    """
    stated = read_programmes(path)
    with project.store.reading() as connection:
        known = corpus.programmes(connection)
    changed = [programme for programme in stated if known.get(programme.id) != programme]
    if changed:
        with project.store.writing() as connection:
            corpus.set_programmes(connection, changed)
            events.record(
                connection,
                "describe",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[f"programme:{programme.id}" for programme in changed],
            )
