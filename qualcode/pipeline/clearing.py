"""Take somebody who withdrew out of the files of a project's folder, or of a backup; each step may be done twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from qualcode.codebook import pruning
from qualcode.corpus import case_digest
from qualcode.importers import sheet as filled
from qualcode.importers.labels import key_of
from qualcode.importers.rows import separator_of
from qualcode.importers.text import decoded
from qualcode.pipeline.belongings import Holder
from qualcode.pipeline.departing import Work
from qualcode.pipeline.packing import SUFFIX
from qualcode.pipeline.sheet import holds_answers
from qualcode.pipeline.withdrawn import example_mark
from qualcode.project import CODEBOOK, CONSENTS, MANIFEST, ORIGINALS, SETTINGS
from qualcode.store import releases, speaking
from qualcode.store.originals import Originals

BACKUPS, EXPORTS, RUNS = "backups", "exports", "runs"
MADE = (
    "report.html",
    "run.json",
    "excerpts*.csv",
    "excerpts*.xlsx",
    "codes_by_programme*.csv",
    "codes_by_programme*.xlsx",
)
"""Exports that are written anew."""
UNQUOTING = ("run.json",)


@dataclass(frozen=True, slots=True)
class Cleared:
    """Files of the folder, relative to it, and what was done with them."""

    deleted: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __add__(self, other: Cleared) -> Cleared:
        return Cleared((*self.deleted, *other.deleted), (*self.changed, *other.changed))


def clear(holder: Holder, work: Work) -> Cleared:
    """Take the case out of every file that qualcode wrote or keeps in a folder; backups in it are left alone."""
    folder = holder.folder
    with holder.store.reading() as connection:
        gone = set(work.sources) - speaking.sources(connection, work.sources)
        theirs = case_digest(holder.secret, work.case)
        written = [one.path for one in releases.releases(connection) if theirs in one.cases]
    changed = [
        *_originals(folder, work),
        *_tables(folder, work, gone),
        *_settings(folder / SETTINGS, work, gone),
        *_codebook(folder / CODEBOOK, holder.secret, work),
        *_runs(folder / RUNS, work),
    ]
    deleted = [*_exports(folder, written), *_packs(folder)]
    for path in _own(folder):
        if filled.is_sheet(path):
            told = deleted if not holds_answers(path) else changed
            if told is deleted:
                path.unlink()
                told.append(path)
            elif _emptied(path, work):
                told.append(path)
        elif path.name.endswith(".tmp"):
            path.unlink()
    return Cleared(_named(deleted, folder), _named(changed, folder))


def doomed(folder: Path, written: list[str]) -> tuple[str, ...]:
    """Files that `clear` would delete, relative to the folder."""
    sheets = [path for path in _own(folder) if filled.is_sheet(path) and not holds_answers(path)]
    packs = [path for path in _own(folder) if path.suffix.lower() == SUFFIX]
    return _named([*_to_delete(folder, written), *packs, *sheets], folder)


def outdated(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take away exports and unanswered sheets that quote texts as they stood before; what is left besides.

    Returns:
        Files that were deleted; sheets with answers and packs, which are left. Relative to the folder.
    """
    sheets = [path for path in _own(folder) if filled.is_sheet(path)]
    blank = [path for path in sheets if not holds_answers(path)]
    deleted = [path for path in (*_to_delete(folder, []), *blank) if path.name not in UNQUOTING]
    for path in deleted:
        path.unlink()
    packs = [path for path in _own(folder) if path.suffix.lower() == SUFFIX]
    return _named(deleted, folder), _named([*packs, *(path for path in sheets if path not in blank)], folder)


def outside(folder: Path, path: str) -> bool:
    """Whether a released file lies where a withdrawal does not reach."""
    return not (folder / path).resolve().is_relative_to(folder.resolve())


def _named(paths: list[Path], folder: Path) -> tuple[str, ...]:
    return tuple(sorted({path.relative_to(folder).as_posix() for path in paths}))


def _own(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] != BACKUPS:
            yield path


def _originals(folder: Path, work: Work) -> list[Path]:
    originals = Originals(folder / ORIGINALS, None)
    try:
        return [originals.path] if originals.remove(work.ids) else []
    finally:
        originals.close()


def _tables(folder: Path, work: Work, gone: set[str]) -> list[Path]:
    def described(row: Mapping[str, str]) -> bool:
        return row.get("case", "") == work.case or row.get("file", "") in gone

    return [
        folder / name
        for name, unwanted in ((MANIFEST, described), (CONSENTS, lambda row: row.get("case", "") == work.case))
        if (folder / name).exists() and _without_rows(folder / name, unwanted)
    ]


def _without_rows(path: Path, unwanted: Callable[[Mapping[str, str]], bool]) -> bool:
    """Take rows out of a table; all other lines stay letter for letter."""
    text, encoding, _ = decoded(path.read_bytes(), path.name)
    lines = text.splitlines(keepends=True)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    header: list[str] = []
    stay: list[str] = []
    before = 0
    for record in records:
        raw, before = lines[before : records.line_num], records.line_num
        if not header and len(record) > 1:
            header = [name.strip().lower() for name in record]
            stay += raw
            continue
        row = {name: cell.strip() for name, cell in zip(header, record, strict=False)}
        stay += [] if unwanted(row) else raw
    if len(stay) == len(lines):
        return False
    _replace(path, "".join(stay).encode(encoding))
    return True


def _settings(path: Path, work: Work, gone: set[str]) -> list[Path]:
    if not path.exists():
        return []
    before = path.read_text(encoding="utf-8-sig")
    document: Any = tomlkit.parse(before)
    keys = {key_of(label) for label in work.labels}
    speakers = document.get("speakers", {})
    for section in [speakers, *(body for body in speakers.values() if isinstance(body, dict))]:
        for label in [label for label, role in section.items() if isinstance(role, str) and key_of(label) in keys]:
            del section[label]
    for section in (speakers, document.get("columns", {})):
        for file in [file for file, body in section.items() if isinstance(body, dict) and file in gone]:
            del section[file]
    after = tomlkit.dumps(document)
    if after == before:
        return []
    _replace(path, after.encode())
    return [path]


def _codebook(path: Path, secret: bytes, work: Work) -> list[Path]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8-sig")
    less, count = pruning.without(text, lambda words: example_mark(secret, words) in work.examples)
    if not count:
        return []
    _replace(path, less.encode())
    return [path]


def _runs(folder: Path, work: Work) -> list[Path]:
    """Scores of passages that are gone, out of every machine's pass."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    changed = []
    # Passages of shared texts that others spoke are cut and judged anew in the text that was made.
    gone = pa.array(sorted({*work.ids, *work.became}), pa.string())
    for path in sorted(folder.glob("*/proposals.parquet")):
        table = pq.read_table(path)
        theirs = pc.is_in(table["segment"].cast(pa.string()), value_set=gone)
        left = table.filter(pc.invert(theirs))
        if len(left) < len(table):
            unfinished = path.with_suffix(".tmp")
            pq.write_table(left, unfinished)
            unfinished.replace(path)
            changed.append(path)
    return changed


def _to_delete(folder: Path, written: list[str]) -> list[Path]:
    exports = folder / EXPORTS
    made = [path for pattern in MADE for path in exports.glob(pattern)]
    registered = [folder / path for path in written if not outside(folder, path)]
    # A sheet with somebody's answers in it is emptied row by row instead.
    return [path for path in dict.fromkeys([*made, *registered]) if path.is_file() and not filled.is_sheet(path)]


def _exports(folder: Path, written: list[str]) -> list[Path]:
    doomed = _to_delete(folder, written)
    for path in doomed:
        path.unlink()
    return doomed


def _packs(folder: Path) -> list[Path]:
    packs = [path for path in _own(folder) if path.suffix.lower() == SUFFIX]
    for path in packs:
        path.unlink()
    return packs


def _emptied(path: Path, work: Work) -> bool:
    """Empty the rows of a review sheet that ask about passages that are gone; everybody else's answers stay.

    Those on a text that others share are brought to the text that stands in its place.
    """
    from openpyxl import load_workbook

    workbook = load_workbook(path)
    emptied = False
    for page in workbook.worksheets:
        for row in page.iter_rows():
            values = [cell.value.strip() if isinstance(cell.value, str) else "" for cell in row]
            for cell, value in zip(row, values, strict=True):
                if value in work.became:
                    cell.value, emptied = work.became[value], True
            if any(value in work.ids for value in values):
                emptied = True
                for cell in row:
                    cell.value = None
                    cell.comment = None
    if emptied:
        unfinished = path.with_name(path.name + ".tmp")
        workbook.save(unfinished)
        unfinished.replace(path)
    workbook.close()
    return emptied


def _replace(path: Path, data: bytes) -> None:
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)
