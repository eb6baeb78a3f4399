"""What the documents of word processors are made of, and how it becomes text: paragraphs, tables, names in bold.

Every reader of such a format gives the same two nouns; who speaks is then found in one place. Nothing is cut away:
labels, times and other columns stay in the text, outside the turns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qualcode.corpus import Role
from qualcode.importers import no_speakers, roles, turns
from qualcode.importers.labels import plain

MOST_NAME_WORDS = 4
MOST_NAME_LETTERS = 40
SPEAKER_HEADS = frozenset({"speaker", "speakers", "speaker name", "speaker id", "name", "who", "participant", "person"})
TEXT_HEADS = frozenset(
    {"text", "transcript", "transcription", "speech", "words", "utterance", "dialogue", "content", "comment"}
)
TIME_HEADS = frozenset({"time", "timestamp", "time stamp", "timecode", "time code", "start", "start time"})
"""How the columns of transcribers' tables are headed, in lower case."""

_SIGNS = {0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0xE0: "→", 0xDF: "←", 0xFC: "✓", 0xFB: "✗"}
"""Wingdings that Word sets for `:)`, `-->` and ticks."""
_CLOCK = re.compile(r"[(\[#]*\b(\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?)(?:-\d)?\b[)\]#]*")
_BETWEEN = " \t\n\u00a0:–—-"
"""What may stand between a name and the words."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph's words; line breaks inside it are newlines."""

    text: str = field(repr=False)
    set_off: int = 0
    """So many characters at its beginning are bold, underlined or in small capitals."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a cell holds paragraphs and tables. A cell over several columns is followed by empty ones."""

    rows: tuple[tuple[tuple[Paragraph | Table, ...], ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str = field(repr=False)
    set_off: int = 0
    name: str | None = field(default=None, repr=False)
    """Who speaks, where the table's head row says which column holds that; empty where the row names nobody."""
    words: int = 0
    """Where in the line the speech begins."""
    seconds: float | None = None


def paragraph(pieces: Iterable[tuple[str, bool]]) -> Paragraph:
    r"""A paragraph of pieces of words, each with whether it is set off.

    >>> paragraph([("Anna", True), ("  Alone.", False)]).set_off
    4
    """
    text, set_off, leading = "", 0, True
    for words, off in pieces:
        words = words.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
        text += words
        leading = leading and (off or not words.strip())
        if leading and off:
            set_off = len(text)
    return Paragraph(text, set_off)


def joined(blocks: Iterable[tuple[Paragraph | Table, bool]]) -> list[Paragraph | Table]:
    """Blocks, each with whether the next one goes on in it: a tracked change may take the mark between paragraphs."""
    found: list[Paragraph | Table] = []
    open_ = False
    for block, goes_on in blocks:
        before = found[-1] if found else None
        if open_ and isinstance(before, Paragraph) and isinstance(block, Paragraph):
            found[-1] = Paragraph(before.text + block.text, before.set_off if before.text else block.set_off)
        else:
            found.append(block)
        open_ = goes_on
    return found


def written(
    blocks: Sequence[Paragraph | Table], speakers: Mapping[str, Role]
) -> tuple[str, tuple[turns.Label, ...] | None]:
    """The text of a document, and its speakers' labels where tables or bold type name them.

    Labels are None where the text itself must be searched (`turns.find`). Names in bold count where at least two of
    them come back, and not where other names stand before colons.

    Args:
        blocks: of the document, in order.
        speakers: roles by lower-cased label, as the project states them.
    """
    lines = list(_lines(blocks))
    while lines and lines[0].text.startswith("\ufeff"):
        lines[0] = _Line(lines[0].text[1:], max(lines[0].set_off - 1, 0))
    text = "\n".join(line.text for line in lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.text) + 1)
    stated, bold = _stated(lines, starts), _set_off(lines, starts, speakers)
    if not stated and not bold:
        return text, None
    rows = [(starts[n], starts[n + 1]) for n, line in enumerate(lines) if line.name is not None]
    found = _outside(turns.in_text(text, speakers), rows)
    if found and not {label.key for label in found} & {label.key for label in bold}:
        bold = []
    # Word files of meetings set the name in bold and not the time behind it: who is found by both keeps the time.
    timed = {label.start for label in found if label.seconds is not None}
    bold = [label for label in bold if label.start not in timed]
    found = _outside(found, [(label.start, label.end + 1) for label in bold])
    labels = {label.start: label for label in (*stated, *found, *bold)}
    if not stated and not bold:
        return text, None
    return text, tuple(labels[start] for start in sorted(labels))


def _outside(labels: Sequence[turns.Label], spans: Sequence[tuple[int, int]]) -> list[turns.Label]:
    """Labels that begin in none of the spans, which are in order."""
    begins = [start for start, _ in spans]
    before = [bisect_right(begins, label.start) - 1 for label in labels]
    return [label for label, n in zip(labels, before, strict=True) if n < 0 or label.start >= spans[n][1]]


def _lines(blocks: Iterable[Paragraph | Table]) -> Iterator[_Line]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _Line(block.text, block.set_off)
        elif all(len(row) <= 1 for row in block.rows):
            # One column is a frame around the text.
            for row in block.rows:
                for cell in row:
                    yield from _lines(cell)
        else:
            yield from _rows(block)


def _rows(table: Table) -> Iterator[_Line]:
    rows = _filled([tuple(_words(cell) for cell in row) for row in table.rows])
    head = rows[0] if rows else ()
    columns = _columns(head)
    said, above = "", "\t".join(head) + "\n"
    for number, cells in enumerate(rows):
        if columns and cells == head:
            continue  # also that of the next page
        if not any(cell.strip() for cell in cells):
            yield _Line("")
        elif columns and len(cells) > max(columns):
            # The head row stands before the first speaker's label, in no turn.
            line = _spoken(above if number == 1 else "", cells, *columns, said)
            said = line.name or said
            yield line
        elif len(cells) == 2 and len(cells[0].split()) <= MOST_NAME_WORDS:
            yield _Line(_speech(*cells))
        else:
            yield _Line("\t".join(cells))


def _filled(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows without the columns that are empty in all of them: merged cells leave such."""
    full = {n for row in rows for n, cell in enumerate(row) if cell.strip()}
    return [tuple(cell for n, cell in enumerate(row) if n in full) for row in rows]


def _words(cell: Iterable[Paragraph | Table]) -> str:
    return "\n".join(line.text for line in _lines(cell)).strip("\n")


def _columns(head: Sequence[str]) -> tuple[int, int] | None:
    """Which column holds the speaker and which the words, by a head row; None where it does not say."""
    names = [" ".join(cell.lower().strip(" :\n").split()) for cell in head]
    speaker = next((n for n, name in enumerate(names) if name in SPEAKER_HEADS), None)
    time = next((n for n, name in enumerate(names) if name in TIME_HEADS), None)
    words = next((n for n, name in enumerate(names) if name in TEXT_HEADS), None)
    if words is None and time is not None and speaker is not None:
        # "Time | Speaker | " : the column without a usual head is the words', if there is only one.
        rest = set(range(len(names))) - {speaker, time}
        words = rest.pop() if len(rest) == 1 else None
    return None if speaker is None or words is None or speaker == words else (speaker, words)


def _spoken(above: str, cells: Sequence[str], speaker: int, words: int, said: str) -> _Line:
    """A row as `time <tab> name: words`; a row that names nobody goes on with who spoke before (merged cells)."""
    name = " ".join(cells[speaker].split()).rstrip(":").rstrip()
    others = [" ".join(cell.split()) for n, cell in enumerate(cells) if n not in (speaker, words) and cell.strip()]
    label = above + "".join(f"{other}\t" for other in others) + (f"{name}: " if name else "")
    times = (_seconds(other) for other in others)
    seconds = next((time for time in times if time is not None), None)
    return _Line(label + cells[words], name=name or said, words=len(label), seconds=seconds)


def _speech(label: str, words: str) -> str:
    """A two-column table is how transcribing services set "speaker | speech"."""
    label = label.strip()
    return f"{label.rstrip(':')}: {words}" if label and words.strip() else label or words


def _stated(lines: Sequence[_Line], starts: Sequence[int]) -> list[turns.Label]:
    """Labels of rows whose table names its speakers; what follows such a table is nobody's."""
    labels: list[turns.Label] = []
    for line, start in zip(lines, starts, strict=False):
        if line.name is not None:
            labels.append(_label(line.name, start, start + line.words, line.seconds))
        elif line.text.strip() and labels and labels[-1].key:
            labels.append(_label("", start, start, None))
    return labels


def _set_off(lines: Sequence[_Line], starts: Sequence[int], speakers: Mapping[str, Role]) -> list[turns.Label]:
    """Labels that are bold, underlined or in small capitals, where two names or more come back."""
    found = []
    for n, line in enumerate(lines):
        name, seconds = _name(line.text[: line.set_off])
        words = line.text[line.set_off :].lstrip(_BETWEEN)
        if name and seconds is None and (time := _CLOCK.match(words)):
            words, seconds = words[time.end() :].lstrip(_BETWEEN), _seconds(time.group())
        # A bold word within a sentence goes on in small letters; a name begins one.
        if name and words and not words[0].islower():
            found.append(_label(name, starts[n], starts[n] + len(line.text) - len(words), seconds))
        elif name and not words and any(other.text.strip() and not _bold(other) for other in lines[n + 1 : n + 3]):
            found.append(_label(name, starts[n], starts[n] + len(line.text), seconds))
    counts = Counter(label.key for label in found)
    back = {key for key, count in counts.items() if count >= 2}
    if len(back) < 2:
        return []
    return [label for label in found if label.key in back or label.key in speakers or roles.of(label.key) is not None]


def _bold(line: _Line) -> bool:
    """Whether a whole line is set off."""
    return not line.text[line.set_off :].strip()


def _name(words: str) -> tuple[str, float | None]:
    """The name that set-off words are, and a time beside it; empty where they are no name."""
    seconds = _seconds(words)
    name = plain(_CLOCK.sub(" ", words).strip(_BETWEEN)).strip(_BETWEEN + "[]()")
    name = " ".join(name.split())
    fits = (
        0 < len(name) <= MOST_NAME_LETTERS
        and len(name.split()) <= MOST_NAME_WORDS
        and name[0].isalpha()
        and not any(mark in name for mark in "?!,;:…")
        and (name[-1] != "." or len(name.split()[-1]) <= 3)
        and name.lower() not in no_speakers.NEVER
    )
    return (name if fits else ""), seconds


def symbol(code: int) -> str:
    """The sign that a letter of a font of signs stands for; the letter itself where we do not know the sign."""
    return _SIGNS.get(code & 0xFF, chr(code)) if code & 0xFF00 == 0xF000 else chr(code)


def _label(name: str, start: int, end: int, seconds: float | None) -> turns.Label:
    return turns.Label(name.replace("’", "'").lower(), start, end, seconds=seconds, name=name)


def _seconds(words: str) -> float | None:
    found = _CLOCK.search(words)
    if not found:
        return None
    parts = [float(part) for part in found[1].replace(",", ".").split(":")]
    return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
