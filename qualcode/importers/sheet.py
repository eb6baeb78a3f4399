"""Read a review sheet back."""

from __future__ import annotations

import re
from pathlib import Path

from qualcode.errors import MalformedTranscript
from qualcode.formats.sheet import (
    APPLIES,
    ASKED,
    CODE,
    CODEBOOK,
    DECISION,
    KEEP,
    MOST_CODES,
    MOVED,
    MOVED_ID,
    NEEDED,
    NO,
    NONE,
    OTHER,
    POLARITY,
    POLARITY_IS,
    PROPOSALS,
    SAMPLE,
    SAMPLE_ID,
    SEGMENT,
    YES,
    Answer,
    Answered,
    is_ours,
)
from qualcode.importers.rows import Row, read_rows


def is_sheet(path: Path) -> bool:
    """Whether the file is a review sheet of ours."""
    return is_ours(_pages(path))


def _pages(path: Path) -> set[str]:
    from openpyxl import load_workbook

    if path.suffix.lower() != ".xlsx":
        return set()
    try:
        workbook = load_workbook(path, read_only=True)
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, it is no sheet of ours
        return set()
    names = set(workbook.sheetnames)
    workbook.close()
    return names


def read(path: Path) -> list[Answer]:
    """A person's answers, row by row; rows without a segment id are passed over.

    Raises:
        MalformedTranscript: a column that carries the answers is gone.
    """
    answers: list[Answer] = []
    asked = tuple(row["code"].strip() for row in read_rows(path, path.name, CODEBOOK) if row.get("code", "").strip())
    for name in (PROPOSALS, SAMPLE, ASKED):
        for row in _rows(path, name):
            if not row[SEGMENT].strip():
                continue
            if name == PROPOSALS:
                answers.append(_proposal(row.line, row))
            elif APPLIES in row:
                answers.append(_applies(row.line, row))
            else:
                answers.append(_sampled(row.line, row, asked, name))
    return answers


def read_moved(path: Path) -> list[Answered]:
    """What a person decided on judgements whose text was changed; rows without a decision are passed over.

    Raises:
        MalformedTranscript: a column that carries the answers is gone.
    """
    if MOVED not in _pages(path):
        return []
    rows = [row for row in _rows(path, MOVED) if row[DECISION].strip()]
    return [Answered(row.line, row[MOVED_ID].strip(), row[DECISION].strip().lower()) for row in rows]


def _rows(path: Path, name: str) -> list[Row]:
    rows = read_rows(path, path.name, name)
    needed = NEEDED[name]
    if name == ASKED and rows:
        # The one page has two layouts: each row names the code that it asks about, or has room for several.
        needed = needed | ({APPLIES, CODE} if {APPLIES, CODE} & set(rows[0]) else {"code 1"})
    if rows and not needed <= set(rows[0]):
        missing = ", ".join(sorted(needed - set(rows[0])))
        raise MalformedTranscript(
            f"the sheet {name!r} has lost its column {missing}",
            path=path.name,
            hint="write a new sheet with: qualcode sheet or qualcode ask, and copy the answers over",
        )
    return rows


def _proposal(number: int, row: dict[str, str]) -> Answer:
    other = row.get(OTHER, "").strip().lower()
    polarity = row.get(POLARITY_IS, "").strip().lower()
    decision = row[DECISION].strip().lower()
    # With another code and no keep, POLARITY_IS speaks of that other code.
    other_polarity = polarity if other and decision != KEEP else ""
    return Answer(
        number,
        row[SEGMENT].strip(),
        proposed=row[CODE].strip(),
        decision=decision,
        other=((other, other_polarity),) if other else (),
        polarity="" if other_polarity else polarity,
        machine_polarity=row.get(POLARITY, "").strip(),
    )


def _applies(number: int, row: dict[str, str]) -> Answer:
    """What was said of the one code that a row asks about."""
    code, said = row[CODE].strip(), row[APPLIES].strip().lower()
    polarity = row.get(POLARITY_IS, "").strip().lower()
    named = {YES: ((code, polarity),), NO: ((NONE, polarity),)}.get(said, ())
    return Answer(
        number,
        row[SEGMENT].strip(),
        decision="" if named else said,
        other=named,
        polarity="" if named else polarity,
        sample=row[SAMPLE_ID].strip(),
        asked=(code,),
        room=2,
        page=ASKED,
    )


def _sampled(number: int, row: dict[str, str], asked: tuple[str, ...], page: str) -> Answer:
    room = max(MOST_CODES, *(int(name[5:]) for name in row if re.fullmatch(r"code [0-9]{1,2}", name)))
    pairs = [
        (row.get(f"code {i}", "").strip().lower(), row.get(f"polarity {i}", "").strip().lower())
        for i in range(1, room + 1)
    ]
    return Answer(
        number,
        row[SEGMENT].strip(),
        other=tuple(pair for pair in pairs if pair[0]),
        sample=row[SAMPLE_ID].strip(),
        asked=asked,
        room=room,
        page=page,
    )
