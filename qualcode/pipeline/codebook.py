"""`qualcode codebook check` and `qualcode codebook import`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook, Fault
from qualcode.codebook.skeleton import DEFINITION_COLUMNS
from qualcode.errors import CodebookError
from qualcode.importers import Imported, ReadOptions, codings
from qualcode.importers.confined import Job, Readers
from qualcode.importers.rows import read_rows

TABLES = (".csv", ".tsv", ".xlsx", ".qdc", ".qdpx", ".sqlite3")
"""What a codebook can be made from."""


def check(path: Path) -> list[Fault]:
    """Every fault and advice of a codebook file, by line.

    Raises:
        CodebookError: the file cannot be read at all.
    """
    return codebooks.check(path)


def import_file(file: Path, out: Path) -> Codebook:
    """Make a codebook file from a REFI-QDA codebook or project, or from a table.

    A table holds labels with definitions and examples; or it is a table of codings, whose codes become drafts.

    Raises:
        CodebookError: the file holds no codes, or `out` exists.
        ImporterError: it cannot be read.
    """
    if out.exists():
        raise CodebookError("stands already", path=str(out), hint="choose another name with -o")
    codebook = _codebook(file, codebooks.slug(out.stem), out.stem.replace("_", " "))
    try:
        codebooks.save(codebook, out)
    except OSError as error:
        raise CodebookError(f"cannot be written ({error.strerror})", path=str(out)) from error
    return codebook


def named(file: Path) -> Codebook:
    """A codebook to apply at once, from what `import_file` takes; a label stands for a definition that is missing.

    Judgements of a code say what it means, and a label is all that many tables of codings tell of theirs.

    Raises:
        CodebookError: the file holds no codes.
        ImporterError: it cannot be read.
    """
    made = _codebook(file, codebooks.slug(file.stem), file.stem.replace("_", " "))
    codes = (
        replace(code, status="active", definition=code.definition or code.label, brief=code.brief or code.label)
        if code.status == "draft"
        else code
        for code in made
    )
    return replace(made, codes=tuple(codes))


def _codebook(file: Path, codebook_id: str, title: str) -> Codebook:
    if file.suffix.lower() in (".qdc", ".qdpx", ".sqlite3"):
        # No text of it is kept, so no id hangs on the key.
        job = Job(file, file.suffix.lower()[1:], ReadOptions(secret=b"", source=file.name))
        with Readers(most=1) as readers:
            (answer,) = readers.read([job])
        if not isinstance(answer, Imported):
            raise answer
        found = answer.codebook
        if found is None:
            raise CodebookError("the project holds no codes", path=file.name)
        return replace(found, id=codebook_id, title=title)
    rows = read_rows(file, file.name)
    labels = codings.labels(rows) if rows and not _defines(rows[0]) else []
    if labels:
        return codebooks.from_labels(labels, codebook_id=codebook_id, title=title)
    return codebooks.from_rows(rows, codebook_id=codebook_id, title=title)


def _defines(row: Mapping[str, str]) -> bool:
    return any(name.strip().lower() in DEFINITION_COLUMNS or name.strip().lower() == "label" for name in row)
