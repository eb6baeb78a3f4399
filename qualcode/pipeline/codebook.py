"""`qualcode codebook check` and `qualcode codebook import`."""

from __future__ import annotations

from pathlib import Path

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook, Fault
from qualcode.errors import CodebookError
from qualcode.importers.rows import read_rows


def check(path: Path) -> list[Fault]:
    """Every fault and advice of a codebook file, by line.

    Raises:
        CodebookError: the file cannot be read at all.
    """
    return codebooks.check(path)


def import_table(table: Path, out: Path) -> Codebook:
    """Make a codebook file from a table of labels, definitions and examples.

    Raises:
        CodebookError: the table holds no labels, or `out` exists.
        ImporterError: the table cannot be read.
    """
    if out.exists():
        raise CodebookError("stands already", path=str(out), hint="choose another name with -o")
    rows = read_rows(table, table.name)
    codebook = codebooks.from_rows(rows, codebook_id=codebooks.slug(out.stem), title=out.stem.replace("_", " "))
    try:
        codebooks.save(codebook, out)
    except OSError as error:
        raise CodebookError(f"cannot be written ({error.strerror})", path=str(out)) from error
    return codebook
