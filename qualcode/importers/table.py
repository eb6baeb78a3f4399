"""Survey tables (csv, xlsx): a row is a respondent's, each filled answer of it a transcript with its question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from qualcode.corpus import AttributeValue, Case, Transcript, Turn, keyed_id
from qualcode.errors import MalformedTranscript
from qualcode.formats.sheet import is_ours
from qualcode.importers import columns as guessed
from qualcode.importers import grid as grids
from qualcode.importers import rows
from qualcode.importers.attributes import typed
from qualcode.importers.columns import PLAIN_TEXT, SINGLE, Chosen
from qualcode.importers.grid import Grid
from qualcode.importers.imported import Imported, Loss, ReadOptions, Skipped, TableColumns

SUFFIXES = (".csv", ".tsv", ".xlsx")


def read(path: Path, options: ReadOptions) -> Imported:
    """One transcript for each filled answer; of a workbook, the first sheet that holds answers.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: no rows, codings and not answers, a column that was named is missing, or no column that
            looks like answers.
    """
    grid, chosen, losses = opened(path, options.source, options.columns)
    columns, notes = chosen.columns, (*grid.notes, *chosen.notes)
    transcripts, cases, empty = _answers(grid, columns, options)
    if not transcripts:
        raise MalformedTranscript("no row holds an answer in words", path=options.source)
    doubled = len(transcripts) - len({transcript.id for transcript in transcripts})
    if doubled:
        raise MalformedTranscript(
            f"{doubled} rows share their id with another row",
            path=options.source,
            hint="give every row its own id, or leave the id column out",
        )
    skipped = (*grid.skipped, *chosen.skipped)
    if empty:
        skipped = (*skipped, Skipped(options.source, "empty answer", count=empty))
    arms: dict[str, set[str]] = {}
    for transcript in transcripts:
        if transcript.case and transcript.programme:
            arms.setdefault(transcript.case, set()).add(transcript.programme)
    several = sum(len(programmes) > 1 for programmes in arms.values())
    if several:
        notes = (*notes, f"{several} cases stand in more than one programme: each counts in every one of theirs")
    return Imported(
        tuple(transcripts),
        tuple(cases.values()),
        skipped,
        not columns.id,
        notes,
        (*grid.losses, *losses),
        columns=columns,
        seen=chosen.seen,
    )


def opened(path: Path, source: str, stated: TableColumns) -> tuple[Grid, Chosen, tuple[Loss, ...]]:
    """The table of a file whose columns hold answers, its columns, and what of the file is left out.

    Raises:
        ImporterError: as `read`.
    """
    sheets = sorted(rows.sheets(path, source), key=lambda sheet: sheet.hidden)
    if is_ours({sheet.name for sheet in sheets}):
        raise MalformedTranscript(
            "is a review sheet, not a table of answers",
            path=source,
            hint=f"qualcode import-codings {source} --coder NAME",
        )
    refusal = MalformedTranscript("there is nothing in it (expected a header and rows)", path=source)
    begun = False
    for sheet in sheets:
        grid = grids.of(sheet, source)
        if grid is None:
            continue
        guessed.refuse_codings(list(grid.cells), stated, source)
        try:
            if not grid.lines:
                raise MalformedTranscript("there is a header and no row", path=source)
            chosen = guessed.choose(grid, stated, source)
        except MalformedTranscript as problem:
            # A workbook may begin with a sheet of notes; if no sheet holds answers, the first one's fault is told.
            refusal, begun = (refusal, True) if begun else (problem, True)
            continue
        others = [other for other in sheets if other is not sheet and next(rows.filled(other), None)]
        return grid, chosen, _unread(others)
    raise refusal


def _unread(others: list[rows.Sheet]) -> tuple[Loss, ...]:
    if not others:
        return ()
    names = ", ".join(sheet.name for sheet in others if guessed.shown(sheet.name, 0) == sheet.name)
    reason = "only the first sheet that holds answers is read"
    return (Loss("sheets", len(others), f"{reason}; left out: {names}" if names else reason),)


def _answers(grid: Grid, columns: TableColumns, options: ReadOptions) -> tuple[list[Transcript], dict[str, Case], int]:
    """Transcripts row by row, cases with their attributes, and how many answers are empty."""
    kept = columns.attributes or ()
    attributes = {name: typed(grid.cells[name]) for name in kept}
    questions, main = _questions(columns.text), _main(columns.text)
    transcripts: list[Transcript] = []
    cases: dict[str, Case] = {}
    empty = 0
    for place, line in enumerate(grid.lines):
        key = (grid.cells[columns.id][place].strip() if columns.id else "") or str(line)
        said = _said(grid, place, columns, options)
        # All answers of a row are one person's, also where no column says whose: they count once.
        case = said["case"] or keyed_id(options.secret, "r", options.source, key)
        for column, question in questions:
            text = grid.cells[column][place].strip("\ufeff")
            if not any(map(str.isalnum, text)):
                empty += 1
                continue
            asked = said["question"] if column == main else None
            transcript = _answer(text, key, asked or question, {**said, "case": case}, options)
            transcripts.append(transcript)
            found = {name: values[place] for name, values in attributes.items()}
            cases[case] = _merged(cases.get(case), transcript, found)
    return transcripts, cases, empty


def _questions(text: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each text column with the question that it answers: its own name, unless that is a plain one.

    A second plain name stands for a question all the same, or two answers of a row would be in the same place. The
    first in the order given stays without one, so that a column added at the end changes nothing that is in.
    """
    main = _main(text)
    return [(name, "" if name == main and name.lower() in PLAIN_TEXT else name) for name in text]


def _main(text: tuple[str, ...]) -> str:
    """The column that the row's own question is about, where a table has a column of questions."""
    return next((name for name in text if name.lower() in PLAIN_TEXT), text[0])


def _said(grid: Grid, place: int, columns: TableColumns, options: ReadOptions) -> dict[str, str | None]:
    """What the row's own columns say, else what the manifest says of the whole table."""
    said = {role: getattr(options.describe, role, None) for role in SINGLE if role != "id"}
    for role in said:
        column = getattr(columns, role)
        if column:
            said[role] = " ".join(grid.cells[column][place].split()) or said[role]
    return said


def _answer(text: str, key: str, question: str, said: Mapping[str, str | None], options: ReadOptions) -> Transcript:
    return Transcript(
        id=keyed_id(options.secret, "t", options.source, key, question, text),
        text=text,
        turns=(Turn(0, len(text), "participant", case=said["case"]),),
        kind=options.describe.kind or "feedback",
        case=said["case"],
        programme=said["programme"],
        study=said["study"],
        group=said["group"],
        wave=said["wave"],
        date=said["date"],
        language=said["language"] or "en",
        question=question,
        source=options.source,
        row=key,
        source_hash=hashlib.sha256(text.encode()).hexdigest(),
        deidentified=options.describe.deidentified,
    )


def _merged(known: Case | None, transcript: Transcript, found: dict[str, AttributeValue]) -> Case:
    """A respondent may answer in several rows; the first stated value of each attribute stays."""
    if known is None:
        return Case(str(transcript.case), transcript.programme, found)
    merged = {
        name: value if known.attributes.get(name) is None else known.attributes[name] for name, value in found.items()
    }
    return replace(known, attributes=merged)
