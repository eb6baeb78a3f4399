"""The header of a survey table: one row of names, or the two and three rows of SurveyMonkey and Qualtrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_OPEN = frozenset({"response", "open-ended response", "open ended response"})
"""What SurveyMonkey writes below an open question, in a second row of names."""
_IMPORT_ID = '{"ImportId"'
"""What Qualtrics writes in every cell of a third row of names."""
MOST_ROWS = 3
"""So many rows a header has at most."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of columns; empty where a column has none."""

    names: tuple[str, ...] = field(repr=False)
    height: int = 1
    """How many rows of the table it takes."""
    note: str = ""


def of(rows: Sequence[Sequence[str]]) -> Header:
    """The header that the first rows of a table make.

    Args:
        rows: the first one to three rows that hold anything.
    """
    squeezed = [[" ".join(cell.split()) for cell in row] for row in rows]
    if len(rows) >= MOST_ROWS and _marked(squeezed[2]):
        return _qualtrics(squeezed[0], squeezed[1])
    if len(rows) > 1 and _two_rows(squeezed[0], squeezed[1]):
        return _surveymonkey(squeezed[0], squeezed[1])
    return Header(tuple(squeezed[0]))


def _marked(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and all(cell.replace("{ ", "{").startswith(_IMPORT_ID) for cell in filled)


def _two_rows(first: Sequence[str], second: Sequence[str]) -> bool:
    # A first answer may be "Response"; but a row of answers begins with the respondent's id.
    return not second[0] and any(cell.lower() in _OPEN for cell in second)


def _qualtrics(short: Sequence[str], texts: Sequence[str]) -> Header:
    """The question's text is the name; Qualtrics repeats texts, then its own short name keeps them apart."""
    names = [text or name for text, name in zip([*texts, *[""] * len(short)], short, strict=False)]
    unique = tuple(f"{name} ({own})" if names.count(name) > 1 else name for name, own in zip(names, short, strict=True))
    return Header(
        unique, MOST_ROWS, "header of three rows, as Qualtrics writes it: the texts of the questions are taken"
    )


def _surveymonkey(questions: Sequence[str], options: Sequence[str]) -> Header:
    """A question stands over all its options; below an open question stands nothing that says more."""
    names: list[str] = []
    question = ""
    for place in range(max(len(questions), len(options))):
        own = questions[place] if place < len(questions) else ""
        option = options[place] if place < len(options) else ""
        question = own or question
        if option and option.lower() not in _OPEN:
            names.append(f"{question}: {option}" if question else option)
        else:
            names.append(question if own or option else "")
    return Header(
        tuple(names), 2, "header of two rows, as SurveyMonkey writes it: the texts of the questions are taken"
    )
