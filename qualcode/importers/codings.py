"""Tables of existing codings: wide (a row a text, a 0/1 column a code) and long (a row a coded quotation)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode.codebook import Codebook, Crosswalk, slug
from qualcode.corpus import Transcript
from qualcode.errors import MalformedTranscript
from qualcode.importers.imported import Given

_TEXT = ("text", "comment", "response", "quote", "excerpt", "segment", "passage", "feedback")
_QUOTE = (*_TEXT, "quotation", "quotation content", "content", "coded segment", "highlight", "reference")
_CODE = ("code", "codes", "tag", "tags", "theme", "node")
"""How other tools head the column of codes; its cell may hold several, each on its own line or with `;` between."""
_CODER = ("coder", "user", "annotator", "created by", "modified by", "author")
_ROW = ("id", "row", "row_id", "response_id", "respondent")
_FILE = ("file", "transcript", "document", "document name", "source", "group", "participant", "case")
_SEVERAL = re.compile(r"\s*[\n;|]\s*")
_PATH = re.compile(r"\s*(?:\\|>|::)\s*")
"""Between the levels of a code's path, as MAXQDA, NVivo and ATLAS.ti write it."""
_TRUE, _FALSE = frozenset({"1", "yes", "true", "x", "y"}), frozenset({"0", "no", "false", "n"})
LEAST_QUOTE_WORDS = 5
MOST_NEARLY = 300
"""Without a file name, so many texts at most are searched for a quotation that is not there letter for letter."""
CONFIDENT = 90.0
"""Least rapidfuzz partial ratio at which a quotation counts as found."""


@dataclass(frozen=True, slots=True)
class Nearly:
    """A quotation that is not there letter for letter just once."""

    row: int
    confidence: float
    """Share of its letters that the words found have in their order (rapidfuzz partial ratio), 0 to 1."""
    places: int = 1
    """How often it stands there; of several the nearest to the row's offset, else the first, is taken."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation was found, and how surely."""

    transcript: Transcript
    start: int
    end: int
    confidence: float = 1.0
    places: int = 1

    def doubt(self, row: int) -> tuple[Nearly, ...]:
        """What a person should look at, if anything."""
        sure = self.confidence == 1.0 and self.places == 1
        return () if sure else (Nearly(row, round(self.confidence, 3), self.places),)


@dataclass(frozen=True, slots=True)
class GivenTable:
    """What a table of codings holds, and what could not be taken."""

    given: tuple[Given, ...]
    codes: tuple[str, ...]
    unknown_codes: tuple[str, ...]
    unlocated: tuple[int, ...]
    """Rows whose text is not in the project."""
    approximate: tuple[Nearly, ...] = ()
    """Rows whose quotation was found only nearly, or in several places."""
    unclear: tuple[int, ...] = ()
    """Rows with a value that is neither 0, 1 nor empty, or a facet value that the codebook lacks."""


def is_long(rows: Sequence[Mapping[str, str]]) -> bool:
    """A table with a column of codes, beside quotations or offsets, is long; else it is wide."""
    lower = {name.lower(): name for name in rows[0]}
    column = _first(lower, _CODE)
    if column is None:
        return False
    located = _first(lower, _QUOTE) is not None or {"start", "end"} <= set(lower)
    flags = {row[column].strip() for row in rows} <= {"0", "1", ""}
    return column.lower() == "code" or (located and not flags)


def labels(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The codes that a table of codings uses, as it writes them: its column of codes, or its columns of 0 and 1."""
    if is_long(rows):
        column = _first({name.lower(): name for name in rows[0]}, _CODE)
        cells = [row[column] for row in rows] if column else []
        return list(dict.fromkeys(part for cell in cells for part in _SEVERAL.split(cell.strip()) if part))
    return [name for name in rows[0] if {row[name].strip() for row in rows} <= {"0", "1", ""}]


def _first(lower: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((lower[name] for name in names if name in lower), None)


def wide(
    rows: Sequence[Mapping[str, str]],
    codebook: Codebook,
    transcripts: Sequence[Transcript],
    crosswalk: Crosswalk | None = None,
) -> GivenTable:
    """Decisions of a wide table. An empty cell is *not judged*.

    A row is matched by its id to the row that was imported, else by its whole text, else as a quotation, by its
    offsets if it has them.

    Raises:
        MalformedTranscript: no column is named as a code (by id or label), or none identifies the text.
    """
    header = list(rows[0])
    by_name = _code_names(codebook, crosswalk)
    columns = {name: by_name[key] for name in header if (key := _key(name)) in by_name}
    flags = [name for name in header if {row[name].strip() for row in rows} <= {"0", "1", ""}]
    unknown = tuple(name for name in flags if name not in columns)
    if not columns:
        raise MalformedTranscript(
            "no column is named like a code of the codebook (by id or label)",
            hint="rename the columns, or import the codebook first: qualcode codebook import",
        )
    find = _Finder(header, transcripts)
    locate = _Locator(transcripts)
    given: list[Given] = []
    unlocated: list[int] = []
    approximate: list[Nearly] = []
    unclear: list[int] = []
    for number, row in ((getattr(row, "line", place), row) for place, row in enumerate(rows, start=2)):
        states = {code: _state(row[name]) for name, code in columns.items()}
        if any(state is None for state in states.values()):
            unclear.append(number)
        decided = {code: state for code, state in states.items() if state in (0, 1)}
        if not decided:
            continue
        whole = find(row)
        found = Place(whole, *_body(whole)) if whole else locate.row(row)
        if found is None:
            unlocated.append(number)
            continue
        approximate += found.doubt(number)
        present: dict[str, Mapping[str, str]] = {code: {} for code, state in decided.items() if state == 1}
        given.append(Given(number, found.transcript.id, found.start, found.end, tuple(sorted(decided)), present))
    codes = tuple(sorted(set(columns.values())))
    return GivenTable(_merged(given), codes, unknown, tuple(unlocated), tuple(approximate), tuple(unclear))


def _merged(given: Sequence[Given]) -> tuple[Given, ...]:
    """Rows on the very same stretch are one decision: a code is present where any of them has it."""
    merged: dict[tuple[str, int, int], Given] = {}
    for decision in given:
        place = (decision.transcript, decision.start, decision.end)
        if (known := merged.get(place)) is not None:
            judged = tuple(sorted({*known.judged, *decision.judged}))
            decision = replace(known, judged=judged, present={**known.present, **decision.present})
        merged[place] = decision
    return tuple(merged.values())


def long(
    rows: Sequence[Mapping[str, str]],
    codebook: Codebook,
    transcripts: Sequence[Transcript],
    crosswalk: Crosswalk | None = None,
) -> GivenTable:
    """Decisions of a long table: code, and quote or start and end; file, row, coder, present and facets if there.

    Columns may be headed as Taguette, ATLAS.ti, MAXQDA and NVivo head theirs.

    Raises:
        MalformedTranscript: neither a quotation nor offsets.
    """
    lower = {name.lower(): name for name in rows[0]}
    quote, file, who = (_first(lower, names) for names in (_QUOTE, _FILE, _CODER))
    coded = _first(lower, _CODE)
    if coded is None or (quote is None and not {"start", "end"} <= set(lower)):
        raise MalformedTranscript(
            "a coded row needs a quotation or offsets (expected a column quote, or start and end)"
        )
    by_name = _code_names(codebook, crosswalk)
    facets = [facet for facet in codebook.facets if facet.id in lower]
    locate = _Locator(transcripts)
    given: list[Given] = []
    unknown: dict[str, None] = {}
    unlocated: list[int] = []
    approximate: list[Nearly] = []
    unclear: list[int] = []
    for number, row in ((getattr(row, "line", place), row) for place, row in enumerate(rows, start=2)):
        cell = {name: row[column].strip() for name, column in lower.items()}
        codes, strange = _codes(cell[coded.lower()], by_name)
        unknown |= dict.fromkeys(strange)
        state = _state(cell["present"]) if cell.get("present") else 1
        stated = {facet.id: cell[facet.id].lower() for facet in facets if cell[facet.id]}
        if state is None or any(stated.get(facet.id, facet.values[0]) not in facet.values for facet in facets):
            unclear.append(number)
            continue
        if not codes:
            continue
        found = locate(
            row[file].strip() if file else "",
            cell.get("row", ""),
            row[quote] if quote else "",
            cell.get("start", ""),
            cell.get("end", ""),
        )
        if found is None:
            unlocated.append(number)
            continue
        approximate += found.doubt(number)
        coder = row[who].strip() if who else ""
        for code in codes:
            present = {code: stated} if state == 1 else {}
            given.append(Given(number, found.transcript.id, found.start, found.end, (code,), present, coder))
    used = tuple(sorted({code for decision in given for code in decision.judged}))
    return GivenTable(tuple(given), used, tuple(sorted(unknown)), tuple(unlocated), tuple(approximate), tuple(unclear))


def _codes(cell: str, by_name: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The codes that a cell names, and what names none: the whole cell, else its parts, each by its path's end."""
    parts = [cell] if _key(cell) in by_name else [part for part in _SEVERAL.split(cell) if part]
    codes: list[str] = []
    strange: list[str] = []
    for part in parts or [cell]:
        code = by_name.get(_key(part)) or by_name.get(_key(_PATH.split(part)[-1]))
        (codes if code else strange).append(code or part)
    return list(dict.fromkeys(codes)), strange


class _Finder:
    """Finds the transcript of a wide table's row."""

    def __init__(self, header: Sequence[str], transcripts: Sequence[Transcript]) -> None:
        lower = {name.lower(): name for name in header}
        self._row = next((lower[name] for name in _ROW if name in lower), None)
        self._text = next((lower[name] for name in _TEXT if name in lower), None)
        if self._row is None and self._text is None:
            raise MalformedTranscript("no column says which text a row is about (expected id or text)")
        self._by_row: dict[str, list[Transcript]] = defaultdict(list)
        self._by_text: dict[str, list[Transcript]] = defaultdict(list)
        for transcript in transcripts:
            if transcript.row:
                self._by_row[transcript.row].append(transcript)
            self._by_text[" ".join(transcript.text.split())].append(transcript)

    def __call__(self, row: Mapping[str, str]) -> Transcript | None:
        text = " ".join(row[self._text].split()) if self._text else None
        if self._row and len(found := self._by_row.get(row[self._row].strip(), [])) == 1:
            same = text is None or " ".join(found[0].text.split()) == text
            if same:
                return found[0]
        candidates = self._by_text.get(text, []) if text else []
        return candidates[0] if len(candidates) == 1 else None


class _Locator:
    """Finds a quotation: by its offsets, letter for letter, across white space, then nearly."""

    def __init__(self, transcripts: Sequence[Transcript]) -> None:
        self._all = list(transcripts)
        self._by_file: dict[str, list[Transcript]] = defaultdict(list)
        for transcript in transcripts:
            name = transcript.source.lower()
            for key in {transcript.id, name, name.rsplit("/", 1)[-1], name.rsplit("/", 1)[-1].rsplit(".", 1)[0]}:
                self._by_file[key].append(transcript)

    def __call__(self, file: str, row: str, quote: str, start: str, end: str) -> Place | None:
        candidates = self._by_file.get(file.lower(), []) if file else self._all
        if row:
            candidates = [t for t in candidates if row in (t.row, t.case)]
        if start.isdigit() and end.isdigit() and len(candidates) == 1:
            text, a, b = candidates[0].text, int(start), int(end)
            if a < b <= len(text) and (not quote or text[a:b].split() == quote.split()):
                return Place(candidates[0], a, b)
        quote = quote.strip()
        if not quote:
            return None
        across = r"\s+".join(map(re.escape, quote.split()))
        hits = [(t, *found.span()) for t in candidates for found in re.finditer(across, t.text)]
        if hits:
            # Of several places the one nearest to where the other tool saw it.
            near = int(start) if start.isdigit() else 0
            transcript, at, stop = min(hits, key=lambda hit: abs(hit[1] - near))
            return Place(transcript, at, stop, places=len(hits))
        return self._nearly(candidates, quote) if file or len(candidates) <= MOST_NEARLY else None

    def row(self, row: Mapping[str, str]) -> Place | None:
        """As calling it, from a table's row: its file and quotation, offsets if there."""
        cell = {name.lower(): value for name, value in row.items()}
        named = next((cell[name] for name in _FILE if cell.get(name, "").lower() in self._by_file), "")
        quote = next((cell[name] for name in _TEXT if cell.get(name, "").strip()), "")
        # Without a file, "." or "N/A" would be found in somebody else's words.
        if not named and len(quote.split()) < LEAST_QUOTE_WORDS:
            return None
        return self(named, "", quote, cell.get("start", ""), cell.get("end", ""))

    @staticmethod
    def _nearly(candidates: Sequence[Transcript], quote: str) -> Place | None:
        from rapidfuzz import fuzz

        best: Place | None = None
        for transcript in candidates:
            if len(transcript.text) < 0.8 * len(quote):
                continue
            found = fuzz.partial_ratio_alignment(quote, transcript.text, score_cutoff=CONFIDENT)
            # A full score is still no quotation letter for letter: that was looked for before.
            if found and (best is None or found.score / 100 > best.confidence):
                start, end = _whole_words(transcript.text, found.dest_start, found.dest_end)
                best = Place(transcript, start, end, min(found.score / 100, 0.999))
        return best


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch grown to the edges of the words that it cuts: likeness knows letters only."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _code_names(codebook: Codebook, crosswalk: Crosswalk | None) -> dict[str, str]:
    """Codes by how a table may name them; a code that the crosswalk maps keeps its own name until it is mapped."""
    names: dict[str, str] = {}
    for code in codebook:
        if code.codable:
            names |= {_key(code.label): code.id, _key(code.id): code.id}
    return names | {code: code for code in (crosswalk.steps if crosswalk else ())}


def _key(name: str) -> str:
    return slug(name)


def _state(cell: str) -> int | None:
    """1 present, 0 absent, -1 not judged (empty), None not understood."""
    value = cell.strip().lower()
    if not value:
        return -1
    if value in _TRUE or value == "1.0":
        return 1
    return 0 if value in _FALSE or value == "0.0" else None


def _body(transcript: Transcript) -> tuple[int, int]:
    turns = transcript.turns
    return (turns[0].start, turns[-1].end) if turns else (0, len(transcript.text))
