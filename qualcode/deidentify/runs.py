"""Runs of capitalised words, with what stands around them: the raw material of names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.deidentify.cues import ACRONYMS, HEADS, NEVER, PHRASES, TITLES
from qualcode.deidentify.ordinary import closed

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SHORTENED = re.compile(r"'(?:s|d|ll|ve|re|m)$", re.I)
_LINKS = frozenset(
    """
    of of-the upon de du van von bin ap al el ul
    """.split()  # noqa: SIM905
)
_BEGINS = re.compile(r"(?:^|[.!?:\n…\t|(#—–]|\s-|--|[.!?,:…—–]\s*[\"'])[\s\"'(]*$")
_HELD = re.compile(rf"\[[^\]\n]{{0,80}}\]|\b(?i:{'|'.join(sorted(PHRASES))})\b")


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """One word of a text, without a possessive or shortened verb at its end."""

    start: int
    end: int
    low: str = field()
    capital: bool
    possessive: bool
    shouted: bool
    """All of it in capitals."""


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """Capitalised words that stand together."""

    words: tuple[Word, ...]
    begins: bool
    """It stands where any word would have a capital."""
    before: str = field()
    """The word before it in lower case, or nothing where punctuation stands between."""
    title: bool = False

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends, without a possessive."""
        return self.words[-1].end

    @property
    def key(self) -> str:
        """Its words in lower case."""
        return " ".join(word.low for word in self.words)


def masked(text: str, keep: re.Pattern[str] | None) -> str:
    """The text with what is no identity put out of sight, at the same length: `[square brackets]`, words to keep."""
    text = _HELD.sub(lambda match: "#" * len(match.group()), text)
    return keep.sub(lambda match: "#" * len(match.group()), text) if keep else text


def words(text: str) -> list[Word]:
    """The words of a plain text."""
    found = []
    for match in WORD.finditer(text):
        said = match.group()
        short = _SHORTENED.search(said)
        end = match.end() - (len(short.group()) if short else 0)
        if end > match.start():
            low = said[: end - match.start()].lower()
            capital = said[0].isupper()
            found.append(
                Word(
                    match.start(),
                    end,
                    low,
                    capital,
                    bool(short) and said[-2:].lower() == "'s",
                    said[: end - match.start()].isupper(),
                )
            )
    return found


def runs(text: str, of: list[Word]) -> Iterator[Run]:
    """Capitalised words in runs, cut where a word stands that is part of no name."""
    at = 0
    while at < len(of):
        if not of[at].capital:
            at += 1
            continue
        last = at
        while (following := _next(text, of, last)) > last:
            last = following
        yield from _cut(text, of, at, last + 1)
        at = last + 1


def _next(text: str, of: list[Word], at: int) -> int:
    """The next word of the same name, or `at` itself."""
    for step in (1, 2, 3):
        if at + step >= len(of):
            return at
        gap = text[of[at + step - 1].end : of[at + step].start]
        if of[at + step - 1].possessive and not (step == 1 and of[at + 1].low in HEADS):
            return at
        stop = r"'s " if of[at + step - 1].possessive else r"(?:\.? |\. ?)" if _short(of[at + step - 1]) else r"[ \n]"
        if not re.fullmatch(stop, gap):
            return at
        if of[at + step].capital:
            return at + step
        if of[at + step].low not in _LINKS and not (step == 2 and of[at + step].low == "the"):
            return at
    return at


def _short(word: Word) -> bool:
    return word.end - word.start == 1 or word.low in TITLES or word.low in ("st", "ltd")


def _cut(text: str, of: list[Word], at: int, stop: int) -> Iterator[Run]:
    whole = of[at:stop]
    first = next((n for n, word in enumerate(whole) if not _nobody(word) and word.capital), None)
    if first is None:
        return
    if len(whole) - first > 1 and whole[-1].low in HEADS and whole[-1].capital:
        # "Fenwick November Mums": a month inside a name is part of it.
        yield _run(text, of, at, at + first, stop)
        return
    start = None
    for place in range(at, stop + 1):
        inside = place < stop and (not _nobody(of[place]) or (start is not None and not of[place].capital))
        if inside and start is None and of[place].capital:
            start = place
        elif not inside and start is not None:
            end = place
            while not of[end - 1].capital:
                end -= 1
            yield _run(text, of, at, start, end)
            start = None


def _nobody(word: Word) -> bool:
    if word.low in NEVER or (word.shouted and word.low in ACRONYMS):
        return True
    return closed(word.low) or word.low in ("i", "a")


def _run(text: str, of: list[Word], first: int, start: int, stop: int) -> Run:
    title = start > first and of[start - 1].low in TITLES and of[start - 1].capital and not of[start - 1].possessive
    if title:
        start -= 1
    begins = bool(_BEGINS.search(text[max(0, of[start].start - 6) : of[start].start])) or of[start].start == 0
    before = ""
    if start and not begins and text[of[start - 1].end : of[start].start] in (" ", "\n"):
        before = of[start - 1].low
    return Run(tuple(of[start:stop]), begins, before, title)
