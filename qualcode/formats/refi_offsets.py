"""Offsets of REFI-QDA texts: which convention a writer used, and from it to code points of our text.

The standard counts Unicode code points. Programs count UTF-16 units or bytes as well, a line end as one or two, a
byte-order mark or not, and the last character in or out. Nothing in a file says which. So each convention is tried on
every selection, and the one that fits is taken: the selection's `name` is the beginning of its quotation, and
quotations begin and end with words. On plain ASCII without line ends all conventions coincide, and none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Unit = Literal["code points", "UTF-16 units", "bytes"]
LineEnd = Literal[1, 2]
Place = tuple[int, int]

FITS = 0.9
"""Share of the checks that a convention must pass; people select half words, too, though seldom."""
LEAD = 2
"""Where another convention puts selections elsewhere, the best must win so many checks, and `TIMES` what it loses."""
TIMES = 5
NAME_LETTERS = 8
"""A name that is shorter, or holds no letter, is no evidence: MAXQDA writes `start,end`."""
_NAME_WEIGHT = 3


@dataclass(frozen=True, slots=True, order=True)
class Convention:
    """How a writer counts positions."""

    unit: Unit = "code points"
    line_end: LineEnd = 1
    """What a line end counts, whatever it is in the file."""
    mark: bool = False
    """A byte-order mark at the beginning counts as a character."""
    inclusive: bool = False
    """`endPosition` is the last character instead of the one behind it."""

    def __str__(self) -> str:
        parts = [f"positions in {self.unit}", f"a line end counts {self.line_end}"]
        parts.append("the byte-order mark counts" if self.mark else "no byte-order mark counts")
        return ", ".join([*parts, "end inclusive" if self.inclusive else "end exclusive"])

    @classmethod
    def stated(cls, text: str) -> Convention:
        """A convention as the settings state it: a unit and what a line end counts, `UTF-16 units, 2`.

        `mark` and `inclusive` may follow.

        Raises:
            ValueError: not understood.

        >>> Convention.stated("UTF-16 units, 2, inclusive")
        Convention(unit='UTF-16 units', line_end=2, mark=False, inclusive=True)
        """
        unit, line_end, *others = [part.strip() for part in text.split(",")]
        known = {str(number): number for number in _LINE_ENDS}
        named = {name.lower(): name for name in _UNITS}
        if unit.lower() not in named or line_end not in known or not set(others) <= {"mark", "inclusive"}:
            raise ValueError(text)
        return cls(named[unit.lower()], known[line_end], "mark" in others, "inclusive" in others)


SPEC = Convention()
"""What the standard says, and what qualcode writes."""
_UNITS: tuple[Unit, ...] = get_args(Unit)
_LINE_ENDS: tuple[LineEnd, ...] = get_args(LineEnd)
CONVENTIONS = tuple(
    Convention(unit, line_end, mark, inclusive)
    for unit, line_end, mark, inclusive in product(_UNITS, _LINE_ENDS, (False, True), (False, True))
)
HABITS: Sequence[tuple[str, Convention]] = (
    ("nvivo", Convention("UTF-16 units", 2)),
    ("atlas.ti", SPEC),
    ("maxqda", SPEC),
    ("qualcode", SPEC),
)
"""By how `origin` begins; met in real files. They decide where a text fits several ways, and only there."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text as it lies in the file, and its selections in the writer's offsets."""

    raw: str = field(repr=False)
    """Decoded, with its byte-order mark and its line ends."""
    selections: Sequence[tuple[int, int, str]] = field(repr=False)
    """(start, end, name)."""


@dataclass(frozen=True, slots=True)
class Found:
    """The convention that was found, on what evidence."""

    convention: Convention
    evidence: str
    """For a person to read: what was checked, how much of it fits, what came next."""
    sure: bool
    """False where no convention fits, or two that give other places fit alike and neither is the writer's habit."""
    all_the_same: bool = False
    """Several conventions give the same places: which one it was cannot be told and does not matter."""
    by_habit: bool = False
    """Others that give other places fit as well; this is how the program that wrote the project is known to count."""


def detect(texts: Sequence[Marked], origin: str = "") -> Found:
    """The convention of a project.

    Args:
        texts: with their selections; of all of them together, since one program wrote them.
        origin: the program, as the project names it; decides only between conventions that fit alike.
    """
    # The same passage selected five times over says no more than once.
    texts = [replace(text, selections=tuple(dict.fromkeys(text.selections))) for text in texts if text.selections]
    habit = next((convention for name, convention in HABITS if origin.lower().startswith(name)), None)
    prior = habit or SPEC
    checked = sum(len(text.selections) for text in texts)
    if not checked:
        return Found(prior, "there is no selection to check", sure=True, all_the_same=True)
    evidence = [_Evidence(text) for text in texts]
    useful = [text.useful_names() for text in evidence]
    placed = np.concatenate([text.placed_somehow() for text in evidence])
    scored = {convention: _score(evidence, useful, placed, convention) for convention in CONVENTIONS}
    best = max(scored, key=lambda convention: (scored[convention].share, convention == prior))
    score = scored[best]
    rivals = {other: _duel(score, theirs) for other, theirs in scored.items() if theirs.places != score.places}
    told = f"{checked:,} selections"
    if score.named:
        told += f": {score.named_right:,} of {score.named:,} names are the beginning of their quotation"
    told += f"; {score.edges_right:,} of {2 * checked:,} ends lie at the edge of a word"
    if rivals:
        next_best = min(rivals, key=lambda other: rivals[other][0] - rivals[other][1])
        won, lost = rivals[next_best]
        elsewhere = sum(a != b for a, b in zip(score.places, scored[next_best].places, strict=True))
        told += (
            f"; the next convention would put {elsewhere:,} elsewhere, where it fits worse {won} times, better {lost}"
        )
    fits = score.share >= FITS
    clear = all(won >= max(LEAD, TIMES * lost) for won, lost in rivals.values())
    return Found(
        best,
        told,
        sure=fits and (clear or best == habit),
        all_the_same=any(other not in rivals and replace(other, mark=best.mark) != best for other in scored),
        by_habit=fits and not clear and best == habit,
    )


def places(text: Marked, convention: Convention) -> list[Place | None]:
    """Half-open code-point offsets in the normalised text; None where a selection is outside, or splits a character."""
    return _Evidence(text).places(convention)


def normalised(raw: str) -> str:
    r"""The text as it is kept: newlines `\n`, no byte-order mark, no NUL; just as `importers.text` keeps it."""
    return raw.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


class _Evidence:
    """One text with its tables of offsets, made once for each way to count."""

    def __init__(self, text: Marked) -> None:
        self.selections = text.selections
        self.text = normalised(text.raw)
        points = np.array([ord(character) for character in text.raw], dtype=np.int64)
        self._marks = int(np.argmax(np.append(points != 0xFEFF, True)))
        following = np.append(points[1:], 0)
        self._crlf = (points == 13) & (following == 10)
        after = np.append(False, self._crlf[:-1])
        self._ends = ((points == 10) & ~after) | (points == 13)
        """One for each line end: its LF, its CR, or the CR of a CRLF, whose LF then counts nothing."""
        self._second = after
        kept = (points != 0) & ~self._second
        kept[: self._marks] = False
        self._kept = np.append(0, np.cumsum(kept))
        self._points = points
        self._tables: dict[tuple[str, int, bool], NDArray[np.int64]] = {}

    def places(self, convention: Convention) -> list[Place | None]:
        table = self._table(convention)
        starts = self._at(table, np.array([start for start, _, _ in self.selections], dtype=np.int64))
        extra = 1 if convention.inclusive else 0
        ends = self._at(table, np.array([end + extra for _, end, _ in self.selections], dtype=np.int64))
        return [(int(start), int(end)) if 0 <= start < end else None for start, end in zip(starts, ends, strict=True)]

    def _at(self, table: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        """The code point at each of the writer's offsets, -1 where there is none just there."""
        found = np.searchsorted(table, offsets)
        inside = (found < len(table)) & (offsets >= 0)
        found = np.where(inside, found, 0)
        return np.where(inside & (table[found] == offsets), self._kept[found], -1)

    def _table(self, convention: Convention) -> NDArray[np.int64]:
        key = (convention.unit, convention.line_end, convention.mark)
        if key not in self._tables:
            p = self._points
            if convention.unit == "UTF-16 units":
                width = 1 + (p > 0xFFFF)
            elif convention.unit == "bytes":
                width = 1 + (p > 0x7F) + (p > 0x7FF) + (p > 0xFFFF).astype(np.int64)
            else:
                width = np.ones_like(p)
            width = np.where(self._ends, convention.line_end, width)
            width[self._second] = 0
            if not convention.mark:
                width[: self._marks] = 0
            self._tables[key] = np.append(0, np.cumsum(width))
        return self._tables[key]

    def names(self, found: Sequence[Place | None]) -> NDArray[np.bool_]:
        """Whether each selection's name is the beginning of its quotation."""
        return np.array(
            [
                place is not None and _begins(self.text[place[0] : place[1]], name)
                for place, (_, _, name) in zip(found, self.selections, strict=True)
            ],
            dtype=bool,
        )

    def useful_names(self) -> NDArray[np.bool_]:
        """Names that begin their quotation under at least one convention; all others are titles and say nothing."""
        right = np.zeros(len(self.selections), dtype=bool)
        if any(_is_evidence(name) for _, _, name in self.selections):
            for convention in CONVENTIONS:
                right |= self.names(self.places(convention))
        return right

    def placed_somehow(self) -> NDArray[np.bool_]:
        """Selections that lie in the text under at least one convention; the others are broken, and no evidence."""
        everywhere = [self.places(convention) for convention in CONVENTIONS]
        return np.array([any(ways) for ways in zip(*everywhere, strict=True)], dtype=bool)

    def edges(self, found: Sequence[Place | None]) -> NDArray[np.int64]:
        """How many of each selection's two ends lie at the edge of a word, with no white space inside."""
        text = self.text
        right = np.zeros(len(found), dtype=np.int64)
        for number, place in enumerate(found):
            if place is None:
                continue
            start, end = place
            begins = not text[start].isspace() and not (start and text[start - 1].isalnum() and text[start].isalnum())
            after = text[end] if end < len(text) else " "
            ends = not text[end - 1].isspace() and not (text[end - 1].isalnum() and after.isalnum())
            right[number] = begins + ends
        return right


@dataclass(frozen=True, slots=True, eq=False)
class _Score:
    """How one convention fares: for each selection its place, and how many of its checks it passes."""

    places: tuple[Place | None, ...]
    right: NDArray[np.int64]
    checks: NDArray[np.int64]
    named: int
    named_right: int
    edges_right: int

    @property
    def share(self) -> float:
        return float(self.right.sum() / max(1, self.checks.sum()))


def _score(
    evidence: Sequence[_Evidence],
    useful: Sequence[NDArray[np.bool_]],
    placed: NDArray[np.bool_],
    convention: Convention,
) -> _Score:
    everywhere: list[Place | None] = []
    names_right, edges = [], []
    for text, candidates in zip(evidence, useful, strict=True):
        found = text.places(convention)
        everywhere += found
        edges.append(text.edges(found))
        names_right.append(text.names(found) & candidates)
    named, said, at_edges = np.concatenate(useful), np.concatenate(names_right), np.concatenate(edges)
    return _Score(
        places=tuple(everywhere),
        right=_NAME_WEIGHT * said + at_edges,
        checks=_NAME_WEIGHT * named + 2 * placed,
        named=int(named.sum()),
        named_right=int(said.sum()),
        edges_right=int(at_edges.sum()),
    )


def _duel(best: _Score, other: _Score) -> tuple[int, int]:
    """Checks that the best passes and the other does not, and the other way round."""
    ahead = best.right - other.right
    return int(ahead[ahead > 0].sum()), int(-ahead[ahead < 0].sum())


def _is_evidence(name: str) -> bool:
    return len(name) >= NAME_LETTERS and any(character.isalpha() for character in name)


def _begins(quotation: str, name: str) -> bool:
    if not _is_evidence(name):
        return False
    plain, said = " ".join(quotation.split()), " ".join(normalised(name).split())
    cut = said.removesuffix("…").removesuffix("...").rstrip()
    return plain.startswith(cut)
