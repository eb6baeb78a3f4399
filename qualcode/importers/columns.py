"""What the columns of a survey table hold: stated, or guessed from their names and contents; and how that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from qualcode.errors import MalformedTranscript
from qualcode.importers import content
from qualcode.importers.grid import Grid
from qualcode.importers.imported import ColumnSeen, Skipped, TableColumns

PLAIN_TEXT = (
    "text",
    "comment",
    "comments",
    "response",
    "answer",
    "feedback",
    "verbatim",
    "free text",
    "free_text",
    "quote",
    "what did you say",
    "story",
    "message",
    "body",
    "transcript",
)
"""Names that say that a column holds answers, and not to what."""
NAMES = {
    "id": ("id", "row_id", "response_id", "response id", "responseid", "comment_id", "record", "record_id", "key"),
    "case": (
        "case",
        "respondent",
        "respondent id",
        "respondent_id",
        "participant",
        "participant id",
        "participant_id",
        "person",
        "user",
        "author",
        "pid",
    ),
    "programme": (
        "programme",
        "program",
        "service",
        "arm",
        "intervention",
        "scheme",
        "trust",
        "team",
        "site",
        "organisation",
    ),
    "question": ("question", "prompt", "item", "asked"),
    "study": ("study", "report", "paper"),
    "group": ("cluster", "ward", "centre", "center"),
    "wave": ("wave", "round", "timepoint", "time point", "phase"),
    "date": ("date", "submitted", "created", "timestamp", "start date", "startdate", "recorded date"),
    "language": ("language", "lang", "user language"),
}
_USUAL = {*PLAIN_TEXT, *(usual for names in NAMES.values() for usual in names)}
SINGLE = tuple(NAMES)
"""What one column at most may hold, besides the answers."""
_OPEN = ("programme", "study", "group", "wave", "language", "attribute")
"""Roles of which a preview shows values that several rows share."""
MANY_FLAGS = 3
SHOWN_WORDS = 3
_EXAMPLES = 3
_ASKS = re.compile(
    r"(?:what|how|why|which|who|when|where|please|tell|describe|anything|any|is|are|do|does|did|was|were|would|could)\b"
    r".*|.*[?:…]",
    re.IGNORECASE | re.DOTALL,
)
_OF_ONESELF = re.compile(r"\b(?:i|me|my|mine|myself|i['’]\w+)\b", re.IGNORECASE)
_OF_US = re.compile(r"\b(?:we|us|our|ours|we['’]\w+)\b", re.IGNORECASE)
_TO_YOU = re.compile(r"\byou|\b(?:tell|give|help|let) us\b|\b(?:can|could|should) we\b", re.IGNORECASE)
"""A service speaks of itself as "we" too, but then to somebody."""
_DOCUMENT = {"document", "documents", "document name", "file", "files", "filename", "file name", "source", "transcript"}
_CODE = {"tag", "tags", "code", "codes", "code name", "node", "nodes", "code_label"}
_QUOTATION = {
    "content",
    "quote",
    "quotation",
    "quotation content",
    "text",
    "segment",
    "coded segment",
    "coded segments",
}
_QUOTATION |= {"coded text", "excerpt", "passage"}


@dataclass(frozen=True, slots=True, repr=False)
class Chosen:
    """The columns of a table, all decided; every column as a person is shown it; notes; and columns since then."""

    columns: TableColumns
    seen: tuple[ColumnSeen, ...]
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()


def choose(grid: Grid, stated: TableColumns, source: str) -> Chosen:
    """Take what is stated, and guess the rest; where all is decided already, guess nothing.

    Raises:
        MalformedTranscript: a stated column does not exist, or no column holds answers in words.
    """
    _refuse_missing(grid, stated, source)
    held = {name: content.of(name, cells) for name, cells in grid.cells.items()}
    columns = stated if stated.unread is not None else _guessed(grid, stated, held, source)
    attributes = columns.attributes or ()
    new = [name for name in grid.cells if name not in {*_taken(columns), *attributes, *(columns.unread or ())}]
    seen = tuple(_seen(grid, name, columns, held[name], name in new) for name in grid.cells)
    notes = [f"columns: {_told(columns, grid)}"]
    if attributes:
        notes.append(f"attributes: {_list(attributes, grid)}")
    left = [name for name in columns.unread or () if name in held and held[name].filled]
    flags = [name for name in left if held[name].kind == "flag"]
    if len(flags) >= MANY_FLAGS:
        notes.append(f"{len(flags)} columns hold only 0 and 1: if they are codings, bring them in with import-codings")
        left = [name for name in left if name not in flags]
    if left and stated.unread is None:
        notes.append(f"not read: {_list(left, grid)}")
    return Chosen(columns, seen, tuple(notes), (_new(new, grid, source),) if new else ())


def refuse_codings(names: Sequence[str], stated: TableColumns, source: str) -> None:
    """Refuse a table of document, code and quotation: its words are other people's choice, and stand elsewhere whole.

    Raises:
        MalformedTranscript: it has such columns, and nobody says that one of them holds answers.
    """
    lower = {name.lower() for name in names}
    if not stated.text and lower & _DOCUMENT and lower & _CODE and lower & _QUOTATION:
        raise MalformedTranscript(
            "is a table of codings, not of answers (it has columns for document, code and quotation)",
            path=source,
            line=1,
            hint=f"qualcode import-codings {source} --coder NAME; if it is a survey, say --column text=NAME",
        )


def shown(name: str, number: int) -> str:
    """A column's name, or its place where the name may be an answer: a table without a header begins with one.

    Names of up to three words are shown, and questions and requests, which are said to somebody and not of oneself.

    >>> shown("How was it for you?", 3), shown("It was the loneliest winter of my life", 4)
    ('How was it for you?', 'column 4')
    """
    words = name.split()
    plain = len(words) == 1 or (len(words) <= SHOWN_WORDS and not name.istitle())
    of_us = bool(_OF_US.search(name)) and not _TO_YOU.search(name)
    asks = bool(_ASKS.fullmatch(name)) and not of_us and not _OF_ONESELF.search(name)
    usual = name.lower() in _USUAL or content.names_people(name)
    return name if plain or asks or usual else f"column {number}"


def _guessed(grid: Grid, stated: TableColumns, held: dict[str, content.Content], source: str) -> TableColumns:
    lower = {name.lower(): name for name in grid.cells}
    chosen = {role: getattr(stated, role) for role in SINGLE}
    taken = set(_taken(stated)) | set(stated.attributes or ())
    for role in SINGLE:
        name = chosen[role] or next((lower[usual] for usual in NAMES[role] if usual in lower), "")
        if role == "id" and not stated.id and name and held[name].different < len(grid.lines):
            name = ""
        # One column cannot be two things, unless the person says so.
        chosen[role] = name if chosen[role] or name not in taken else ""
        taken.add(chosen[role])
    case = chosen["case"]
    if not chosen["id"] and case.lower().endswith("id") and held[case].different == len(grid.lines):
        # Surveys are saved again with the newest row on top: a respondent's id keeps each row what it was.
        chosen["id"] = case
    left = [name for name in grid.cells if name not in taken]
    many = sum(held[name].kind == "flag" for name in left) >= MANY_FLAGS
    text = stated.text or _text_columns(left, held, coded=many)
    if not text:
        raise MalformedTranscript(
            "no column looks like answers in words",
            path=source,
            line=1,
            hint="name it: --column text=NAME; --column holds for every table, so import this file alone",
        )
    left = [name for name in left if name not in text]
    attributes = stated.attributes
    if attributes is None:
        attributes = tuple(
            name for name in left if held[name].kind == "category" or (held[name].kind == "flag" and not many)
        )
    unread = tuple(name for name in left if name not in attributes)
    return TableColumns(text=text, attributes=attributes, unread=unread, **chosen)


def _text_columns(left: Sequence[str], held: dict[str, content.Content], *, coded: bool) -> tuple[str, ...]:
    """Every column of answers in words, and the one with the most usual name whatever its answers are like.

    Beside codings, words in other columns are evidence for them or the post that was answered: only it is taken then.
    """
    lower = {name.lower(): name for name in left}
    named = [lower[usual] for usual in PLAIN_TEXT if usual in lower]
    words = [name for name in left if held[name].kind == "words"]
    first = next((name for name in named if held[name].filled), None if words else next(iter(named), None))
    if coded and first:
        return (first,)
    return tuple(name for name in left if name in words or name == first)


def _taken(columns: TableColumns) -> list[str]:
    return [*columns.text, *(name for role in SINGLE if (name := getattr(columns, role)))]


def _refuse_missing(grid: Grid, stated: TableColumns, source: str) -> None:
    wanted = [("text", name) for name in stated.text]
    wanted += [(role, name) for role in SINGLE if (name := getattr(stated, role))]
    wanted += [("attributes", name) for name in stated.attributes or ()]
    for role, name in wanted:
        if name not in grid.cells:
            near = get_close_matches(name, list(grid.cells), n=3, cutoff=0.5)
            told = shown(name, 0)
            named = f"no column {told!r} for {role}" if told == name else f"no column for {role} as it was named"
            raise MalformedTranscript(
                f"there is {named} ({'nearest' if near else 'columns'}: {_list(near or list(grid.cells), grid)})",
                path=source,
                line=1,
                hint=f"see the columns with: qualcode columns {source}; then say --column {role}=NAME, "
                f'or mend [columns."{source}"] in qualcode.toml',
            )


def _new(names: Sequence[str], grid: Grid, source: str) -> Skipped:
    one = len(names) == 1
    told = f"{len(names)} new column{'' if one else 's'} {'is' if one else 'are'} not read: {_list(names, grid)}"
    return Skipped(source, f"{told} (say what {'it is' if one else 'they are'} in qualcode.toml)")


def _seen(grid: Grid, name: str, columns: TableColumns, held: content.Content, new: bool) -> ColumnSeen:
    taken_for = ", ".join(role for role in SINGLE if getattr(columns, role) == name)
    if name in columns.text:
        taken_for = "text"
    elif name in (columns.attributes or ()):
        taken_for = "attribute"
    elif not taken_for:
        taken_for = "unread: new" if new else f"unread: {content.TOLD[held.kind]}"
    number = grid.numbers[name]
    examples = held.shared[:_EXAMPLES] if taken_for in _OPEN and held.kind in ("category", "flag") else ()
    # Where all below is 0 and 1, the first row is no answer.
    told = name if held.kind == "flag" else shown(name, number)
    return ColumnSeen(number, told, taken_for, held.filled, held.different, examples)


def _told(columns: TableColumns, grid: Grid) -> str:
    parts = [f"text = {_list(columns.text, grid)}"]
    parts += [f"{role} = {_list([name], grid)}" for role in SINGLE if (name := getattr(columns, role))]
    return ", ".join(parts)


def _list(names: Sequence[str], grid: Grid) -> str:
    return ", ".join(shown(name, grid.numbers[name]) for name in names)
