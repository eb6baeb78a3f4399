"""spaCy, loaded once: a blank pipeline with a rule-based sentence splitter.

Lemmatising everything costs more than encoding it (11,400 words/s against 260,000 for the blank pipeline), so
patterns match lower-cased tokens.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_CURLY = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "\u00a0": " "})


@functools.cache
def blank(language: str = "en") -> Language:
    """The blank pipeline of a language, with sentence boundaries."""
    import spacy

    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10_000_000
    return nlp


def plain(text: str) -> str:
    """The text with typographic quotes, hyphens and no-break spaces made plain; the same length, so offsets hold."""
    return text.translate(_CURLY)


def docs(texts: Iterable[str], language: str = "en") -> Iterator[Doc]:
    """Tokenised documents of plain texts, in order."""
    yield from blank(language).pipe((plain(text) for text in texts), batch_size=256)


_LAYOUT = re.compile(r"\n")
_ENDS = re.compile(r"[.!?…:;][\"'”’)\]]*$")


def sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Spans of the sentences of a text, without the white space around them.

    A line break ends a sentence unless the line was only wrapped (as text taken from a PDF is): the line has no
    closing punctuation and either the next begins in lower case or the line is about as long as the longest.
    """
    spans: list[tuple[int, int]] = []
    starts: list[int] = []
    chunks: list[str] = []
    for start, end in _paragraphs(text):
        starts.append(start)
        chunks.append(text[start:end])
    for start, doc in zip(starts, docs(chunks, language), strict=True):
        for sentence in doc.sents:
            spans += _stripped(text, start + sentence.start_char, start + sentence.end_char)
    return spans


def _paragraphs(text: str) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    lengths = sorted(end - start for start, end in lines)
    longest = lengths[-1]
    wrapped = longest <= 160 and len(lines) > 3
    blocks: list[tuple[int, int]] = []
    blank_before = True
    for start, end in lines:
        line = text[start:end].strip()
        if not line:
            blank_before = True
            continue
        if blocks and _continues(text[blocks[-1][0] : blocks[-1][1]], line, longest if wrapped else 0, blank_before):
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
        blank_before = False
    return blocks


def _continues(before: str, line: str, longest: int, blank_before: bool) -> bool:
    if _ENDS.search(before.rstrip()):
        return False
    if line[0].islower():
        return True
    last = before.rsplit("\n", 1)[-1]
    return bool(longest) and not blank_before and len(last) >= 0.75 * longest and line[:1].isalpha()


def _stripped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if end > start else []


def word_count(text: str) -> int:
    """Words, counted by white space."""
    return len(text.split())


def tokens_of(word: str, language: str = "en") -> list[str]:
    """How the tokenizer cuts one word of a pattern, lower-cased."""
    if word == "n't" or word.startswith("'"):
        return [word]
    tokenizer: Any = blank(language).tokenizer
    return [token.lower_ for token in tokenizer(word)]
