"""Survey tables (csv, xlsx): a row is a response. Which column is what is guessed from names and contents, and said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qualcode.corpus import AttributeValue, Case, Transcript, Turn, keyed_id
from qualcode.errors import MalformedTranscript
from qualcode.importers.attributes import typed
from qualcode.importers.imported import Imported, ReadOptions, Skipped, TableColumns
from qualcode.importers.rows import read_rows

_NAMES = {
    "text": (
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
    ),
    "id": ("id", "row_id", "response_id", "comment_id", "record", "record_id", "key"),
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
    "date": ("date", "submitted", "created", "timestamp"),
    "language": ("language", "lang"),
}
_OWN_LINES = ("text", "id", "case", "programme", "question", "study", "group", "wave", "date", "language")
MOST_ATTRIBUTE_VALUES = 40
ATTRIBUTE_WORDS = 5
MANY_FLAGS = 3
SHOWN_WORDS = 3
MIN_TEXT_WORDS = 2.5


def read(path: Path, options: ReadOptions) -> Imported:
    """One transcript for each row that holds text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: no rows, a column that was named is missing, or no column that looks like text.
    """
    rows = read_rows(path, options.source)
    if not rows:
        raise MalformedTranscript("there is a header and no row", path=options.source)
    columns, notes = guess_columns(rows, options.columns, options.source)
    kept = columns.attributes or ()
    attributes = dict(zip(kept, (typed([row[name] for row in rows]) for name in kept), strict=True))
    transcripts: list[Transcript] = []
    cases: dict[str, Case] = {}
    empty = 0
    for place, row in enumerate(rows):
        text = row[columns.text].strip("\ufeff")
        if not any(character.isalnum() for character in text):
            empty += 1
            continue
        key = row[columns.id].strip() if columns.id else ""
        transcript = _response(text, key or str(row.line), row, columns, options)
        transcripts.append(transcript)
        if transcript.case:
            found = {name: values[place] for name, values in attributes.items()}
            cases[transcript.case] = _merged(cases.get(transcript.case), transcript, found)
    if not transcripts:
        raise MalformedTranscript("no row holds an answer in words", path=options.source)
    doubled = len(transcripts) - len({transcript.id for transcript in transcripts})
    if doubled:
        raise MalformedTranscript(
            f"{doubled} rows share their id with another row",
            path=options.source,
            hint="give every row its own id, or leave the id column out",
        )
    skipped = (Skipped(options.source, "empty answer", count=empty),) if empty else ()
    arms: dict[str, set[str]] = {}
    for transcript in transcripts:
        if transcript.case and transcript.programme:
            arms.setdefault(transcript.case, set()).add(transcript.programme)
    several = sum(len(programmes) > 1 for programmes in arms.values())
    if several:
        notes = (*notes, f"{several} cases stand in more than one programme: each counts in every one of theirs")
    return Imported(tuple(transcripts), tuple(cases.values()), skipped, not columns.id, notes)


def guess_columns(
    rows: Sequence[dict[str, str]], stated: TableColumns, source: str
) -> tuple[TableColumns, tuple[str, ...]]:
    """Fill what is not stated: by the usual names, the text also by content (the longest answers).

    Raises:
        MalformedTranscript: a stated column does not exist, or no column holds sentences.
    """
    header = list(rows[0])
    for field in _OWN_LINES:
        if getattr(stated, field) and getattr(stated, field) not in header:
            raise MalformedTranscript(
                f"there is no column for {field} as it was named (columns: {_list(header, header)})",
                path=source,
                line=1,
            )
    lower = {name.lower(): name for name in header}
    chosen = {field: getattr(stated, field) or _by_name(lower, field) for field in _OWN_LINES}
    if not stated.text:
        chosen["text"] = _text_column(rows, header, chosen["text"], source)
    if not stated.id and chosen["id"] and len({row[chosen["id"]] for row in rows}) < len(rows):
        chosen["id"] = ""
    taken: set[str] = {stated_name for field in _OWN_LINES if (stated_name := getattr(stated, field))}
    for field in _OWN_LINES:
        # One column cannot be two things, unless the person says so.
        if not getattr(stated, field) and chosen[field] in taken and field != "text":
            chosen[field] = ""
        taken.add(chosen[field])
    left = [name for name in header if name not in taken]
    flags = [name for name in left if {row[name].strip() for row in rows} <= {"0", "1", ""}]
    notes = [
        f"columns: {', '.join(f'{field} = {_shown(chosen[field], header)}' for field in _OWN_LINES if chosen[field])}"
    ]
    if len(flags) >= MANY_FLAGS:
        notes.append(f"{len(flags)} columns hold only 0 and 1: if they are codings, bring them in with import-codings")
        left = [name for name in left if name not in flags]
    attributes = stated.attributes
    if attributes is None:
        attributes = tuple(name for name in left if _categorical([row[name] for row in rows]))
    if attributes:
        notes.append(f"attributes: {_list(attributes, header)}")
    answers = [name for name in left if name not in attributes and _words(rows, name) >= MIN_TEXT_WORDS]
    if answers:
        notes.append(f"not read, perhaps answers to another question: {_list(answers, header)} (--column text=NAME)")
    return TableColumns(**chosen, attributes=attributes), tuple(notes)


def _categorical(cells: Sequence[str]) -> bool:
    """Few different short values; a column of sentences is somebody's words and never an attribute."""
    values = {" ".join(cell.split()) for cell in cells}
    return len(values) <= MOST_ATTRIBUTE_VALUES and max(len(value.split()) for value in values) <= ATTRIBUTE_WORDS


def _shown(name: str, header: Sequence[str]) -> str:
    """A column's name, or its place where the name is a sentence: a table without a header begins with an answer."""
    words = name.split()
    plain = len(words) == 1 or (len(words) <= SHOWN_WORDS and not name.istitle())
    return name if plain else f"column {header.index(name) + 1}"


def _list(names: Sequence[str], header: Sequence[str]) -> str:
    return ", ".join(_shown(name, header) for name in names)


def _by_name(lower: dict[str, str], field: str) -> str:
    return next((lower[name] for name in _NAMES[field] if name in lower), "")


def _text_column(rows: Sequence[dict[str, str]], header: Sequence[str], named: str, source: str) -> str:
    words = {name: _words(rows, name) for name in header}
    best = named or max(words, key=lambda name: words[name])
    if not named and words[best] < MIN_TEXT_WORDS:
        raise MalformedTranscript(
            "no column looks like answers in words", path=source, line=1, hint="name it: --column text=NAME"
        )
    return best


def _words(rows: Sequence[dict[str, str]], name: str) -> float:
    return sum(len(row[name].split()) for row in rows) / len(rows)


def _response(text: str, key: str, row: dict[str, str], columns: TableColumns, options: ReadOptions) -> Transcript:
    describe = options.describe

    def cell(field: str) -> str | None:
        column = getattr(columns, field)
        return (" ".join(row[column].split()) or None) if column else None

    case = cell("case") or describe.case
    question = cell("question") or ("" if columns.text.lower() in _NAMES["text"] else columns.text)
    return Transcript(
        id=keyed_id(options.secret, "t", options.source, key, question, text),
        text=text,
        turns=(Turn(0, len(text), "participant", case=case),),
        kind=describe.kind or "feedback",
        case=case,
        programme=cell("programme") or describe.programme,
        study=cell("study") or describe.study,
        group=cell("group") or describe.group,
        wave=cell("wave") or describe.wave,
        date=cell("date") or describe.date,
        language=cell("language") or describe.language or "en",
        question=question,
        source=options.source,
        row=key,
        source_hash=hashlib.sha256(text.encode()).hexdigest(),
        deidentified=describe.deidentified,
    )


def _merged(known: Case | None, transcript: Transcript, found: dict[str, AttributeValue]) -> Case:
    """A respondent may answer in several rows; the first stated value of each attribute stays."""
    if known is None:
        return Case(str(transcript.case), transcript.programme, found)
    merged = {
        name: value if known.attributes.get(name) is None else known.attributes[name] for name, value in found.items()
    }
    return replace(known, attributes=merged)
