"""Cut transcripts into the units that are judged: turns, sentences, or windows of sentences.

Interviewer and facilitator turns are context, never segments. What lies outside the turns (headers, labels,
stage directions) is in no segment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from qualcode import nlp
from qualcode.corpus import ASKING, Segment, Transcript, Turn, Unit, segment_id

WINDOW_WORDS = 60
"""Default size of a window: about a paragraph, what one person can hold in mind as one thing said."""

HEADING_WORDS = 9
CONTEXT_CHARACTERS = 400
"""How much of a question is kept as context, from its end (what was asked last is what is answered)."""

_MARKUP = re.compile(r"\[[^\[\]]*\]|\((?![^()]*\b(?:[Ii]|my|me|we|us|our)\b)[^()]{0,80}\)")
"""`[laughs]`, `(inaudible)`, `(The participant reads)`; words of one's own in round brackets are speech."""

_STAGE = re.compile(
    r"""[\[(]\s*(?:
        (?:laugh|chuckl|giggl|cry|cries|crying|sob|weep|tearful|sigh|paus|silen|inaudible|unclear|indistinct
          |unintelligible|cross-?\s?talk|overlap|cough|sniff|sneez|clears|noise|background|phone|knock|music|applause
          |interrupt|break\b|end\sof|start\sof|recording|audio|tape)[^\[\]()]{0,60}
        |\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?
    )[\])]|(?<![\d:])\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?(?![\d:])""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a transcriber tells of sounds, pauses and times; `[Name]` and `our [grandson]` stand for words and stay."""

Cut = Callable[[Transcript, Turn], list[tuple[int, int]]]


def by_turn(transcripts: Iterable[Transcript], *, secret: bytes) -> list[Segment]:
    """One segment for each turn of somebody who is not asking."""
    return _segments(transcripts, "turn", lambda transcript, turn: [(turn.start, turn.end)], secret)


def by_sentence(transcripts: Iterable[Transcript], *, secret: bytes) -> list[Segment]:
    """One segment for each sentence."""
    return _segments(transcripts, "sentence", _sentences, secret)


def by_window(transcripts: Iterable[Transcript], *, secret: bytes, words: int = WINDOW_WORDS) -> list[Segment]:
    """Groups of whole sentences of at most about `words` words; a feedback response stays one segment.

    A single sentence longer than `words` is not cut: speech that runs on is one breath.
    """

    def windows(transcript: Transcript, turn: Turn) -> list[tuple[int, int]]:
        if transcript.kind == "feedback" and transcript.row:
            return [(turn.start, turn.end)]
        sentences = _sentences(transcript, turn)
        headings = _headings(transcript.text, sentences) if transcript.kind == "report" else frozenset()
        return _grouped(transcript.text, sentences, words, headings)

    return _segments(transcripts, "window", windows, secret)


def spoken(segments: Iterable[Segment]) -> list[Segment]:
    """The segments as models read them: what a transcriber tells of sounds and times is blank, letter for letter.

    Offsets in the text stay what they are, and so does what is shown to people.
    """
    return [replace(one, text=_STAGE.sub(lambda mark: " " * len(mark.group()), one.text)) for one in segments]


def question_before(transcript: Transcript, start: int) -> str:
    """The question that the words at `start` answer: what was asked last before them, else the text's own question."""
    asked = [turn for turn in transcript.turns if turn.role in ASKING and turn.end <= start]
    return _asked(transcript, asked[-1]) if asked else transcript.question


def stretch(transcript: Transcript, start: int, end: int, unit: Unit = "selection", *, secret: bytes) -> Segment:
    """The segment that covers just these words, whoever says them: what somebody selected, or judged elsewhere."""
    turn = next((turn for turn in transcript.turns if turn.start < end and start < turn.end), None)
    return Segment(
        id=segment_id(secret, transcript.id, start, end),
        transcript=transcript.id,
        start=start,
        end=end,
        unit=unit,
        text=transcript.text[start:end],
        context=question_before(transcript, start),
        role=turn.role if turn else "unknown",
        case=(turn.case if turn else None) or transcript.case,
    )


def _sentences(transcript: Transcript, turn: Turn) -> list[tuple[int, int]]:
    text = transcript.text[turn.start : turn.end]
    language = transcript.language if transcript.language == "en" else "xx"
    return [(turn.start + start, turn.start + end) for start, end in nlp.sentences(text, language)]


def _headings(text: str, sentences: list[tuple[int, int]]) -> frozenset[int]:
    """Starts of sentences that are headings: a short line of its own without closing punctuation."""
    found = set()
    for start, end in sentences:
        alone = text[:start].rstrip(" \t").endswith("\n") or not text[:start].strip()
        line = text[start:end]
        if alone and len(line.split()) <= HEADING_WORDS and line[:1].isupper() and line[-1].isalnum():
            found.add(start)
    return frozenset(found)


def _grouped(
    text: str, sentences: list[tuple[int, int]], words: int, headings: frozenset[int] = frozenset()
) -> list[tuple[int, int]]:
    counts = [nlp.word_count(text[start:end]) for start, end in sentences]
    total = sum(counts)
    # Even shares read better than one full window and a stub of four words.
    share = total / max(1, -(-total // words))
    groups: list[tuple[int, int]] = []
    size = 0
    for (start, end), count in zip(sentences, counts, strict=True):
        if groups and start not in headings and size + count <= words and size + count / 2 <= share:
            groups[-1] = (groups[-1][0], end)
            size += count
        else:
            groups.append((start, end))
            size = count
    return groups


def _segments(transcripts: Iterable[Transcript], unit: Unit, cut: Cut, secret: bytes) -> list[Segment]:
    found: list[Segment] = []
    for transcript in transcripts:
        question = transcript.question
        for turn in transcript.turns:
            if turn.role in ASKING:
                question = _asked(transcript, turn)
                continue
            for start, end in cut(transcript, turn):
                text = transcript.text[start:end]
                if not any(character.isalnum() for character in _MARKUP.sub(" ", text)):
                    continue
                of = "response" if transcript.kind == "feedback" and transcript.row and unit == "window" else unit
                found.append(
                    Segment(
                        id=segment_id(secret, transcript.id, start, end),
                        transcript=transcript.id,
                        start=start,
                        end=end,
                        unit=of,
                        text=text,
                        context=question,
                        role=turn.role,
                        case=turn.case or transcript.case,
                    )
                )
    return found


def _asked(transcript: Transcript, turn: Turn) -> str:
    text = " ".join(transcript.text[turn.start : turn.end].split())
    return text if len(text) <= CONTEXT_CHARACTERS else "…" + text[-CONTEXT_CHARACTERS:]
