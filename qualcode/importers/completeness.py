"""What a coder declares to have coded completely: there, and only there, an uncoded passage is an absence.

Projects of highlights hold presences alone. Whether a passage without a code was read and found empty, or never read,
only the researcher knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from qualcode.codebook import slug
from qualcode.corpus import Transcript
from qualcode.errors import ImporterError
from qualcode.importers.imported import Given
from qualcode.importers.rows import read_rows

ALL = "all"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One line of it; what is empty holds for every coder, document or code."""

    codes: tuple[str, ...] = ()
    coder: str = ""
    document: str = field(default="", repr=False)


def stated(text: str) -> list[Declaration]:
    """A declaration as it is given: `all`, codes with commas between, or a csv of coder, document and codes.

    Raises:
        ImporterError: nothing is named, or the table lacks its columns.
    """
    if text.lower().endswith((".csv", ".tsv", ".xlsx")):
        return _table(Path(text))
    codes = tuple(slug(part) for part in text.split(",") if part.strip())
    if not codes:
        raise ImporterError("no code is named (expected codes with commas between, all, or a csv file)")
    return [Declaration(() if codes == (ALL,) else codes)]


def _table(path: Path) -> list[Declaration]:
    rows = read_rows(path, path.name)
    columns = {name.strip().lower(): name for name in rows[0]} if rows else {}
    if not {"coder", "document"} & set(columns):
        raise ImporterError(
            "the declaration has neither a column coder nor a column document (and codes, empty for all)",
            path=path.name,
            line=1,
        )
    found = []
    for row in rows:
        cell = {name: row[columns[name]].strip() for name in ("coder", "document", "codes") if name in columns}
        codes = tuple(slug(part) for part in cell.get("codes", "").split(",") if part.strip())
        found.append(Declaration(() if codes == (ALL,) else codes, cell.get("coder", ""), cell.get("document", "")))
    return found


@dataclass(frozen=True, slots=True)
class Complete:
    """A transcript that a coder has coded completely for these codes."""

    transcript: str
    coder: str
    codes: tuple[str, ...]


def complete(
    declared: Sequence[Declaration],
    given: Iterable[Given],
    transcripts: Sequence[Transcript],
    codes: Sequence[str],
) -> tuple[list[Complete], list[Declaration]]:
    """Which coder has coded which transcript completely, and declarations that name nothing that is there.

    Where a declaration names no coder it holds for those who coded in the document; where it names no document, for
    those that the coder coded in: nobody is taken to have read a document without a trace, unless it is named.

    Args:
        declared: the declaration.
        given: what the file holds.
        transcripts: its documents.
        codes: the codes that `all` means.
    """
    coded: dict[str, set[str]] = {}
    for decision in given:
        if decision.judged:
            coded.setdefault(decision.transcript, set()).add(decision.coder)
    everybody = set().union(*coded.values()) if coded else set()
    found: dict[tuple[str, str], dict[str, None]] = {}
    idle = []
    for line in declared:
        named = [t for t in transcripts if not line.document or line.document.lower() in _names(t)]
        pairs = [(t.id, coder) for t in named for coder in _coders(line, coded.get(t.id, set()), everybody)]
        wanted = [code for code in (line.codes or codes) if code in set(codes)]
        if not pairs or not wanted:
            idle.append(line)
        for pair in pairs:
            found.setdefault(pair, {}).update(dict.fromkeys(wanted))
    made = [Complete(transcript, coder, tuple(sorted(own))) for (transcript, coder), own in found.items() if own]
    return made, idle


def _coders(line: Declaration, here: Set[str], everybody: Set[str]) -> list[str]:
    if not line.coder:
        return sorted(here)
    if line.document:
        return [line.coder] if line.coder in everybody else []
    return [line.coder] if line.coder in here else []


def _names(transcript: Transcript) -> Set[str]:
    path = PurePosixPath(transcript.source.lower())
    return {transcript.id, str(path), path.name, path.stem, *([transcript.row] if transcript.row else [])}
