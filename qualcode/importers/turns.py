"""Find the turns of a conversation by the label styles that transcripts really have.

`Interviewer: ...`, `INT: ...`, `P07: ...`, `Speaker 1  00:01:12`, `**R:** ...`, `Interviewer 1 – ...`, a label alone
on its line, a time before or after it. A label counts when its word is a known role, or when it comes back; words
such as *Note:* never do. Nothing is cut away: labels and headers stay in the text, outside the turns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.corpus import ASKING, Role, Turn
from qualcode.errors import ProjectError
from qualcode.importers import roles

_TIME = r"\(?\[?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?\]?\)?"
_S = r"[ \t\u00a0]"
_LABEL = re.compile(
    rf"^{_S}*(?:{_TIME}{_S}+)?(?:[*_]{{1,3}})?\[?(?P<label>[^\W\d_][\w.'’/ \u00a0-]{{0,38}}?\d{{0,3}})\]?"
    r"(?:[*_]{1,3})?"
    rf"(?:{_S}*(?P<time>{_TIME}))?(?P<mark>{_S}*:(?:[*_]{{1,3}})?|{_S}+[–—-](?={_S})|{_S}*$){_S}*",
    re.MULTILINE,
)
_SENTENCE_LIKE = re.compile(r"\b(?:i|said|says|is|was|were|the|and|but|so|that|it|you|we|they|think|because|know)\b")
LONG_PREAMBLE_WORDS = 120
HEADER_WORDS = 15
"""Up to so many words before the first label are a title and a date; more are told, and many more are speech."""


@dataclass(frozen=True, slots=True)
class Found:
    """Turns of a text, and what a person should know about them."""

    turns: tuple[Turn, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """Where a text names who speaks next; readers whose format names the speakers make these themselves."""

    key: str = field(repr=False)
    """Lower-cased; an identity, as `Turn.speaker` is. Empty where nobody is named."""
    start: int
    end: int
    """Where the speech begins."""
    alone: bool = False
    """On its own line: the weakest style, trusted only for known role words."""
    dash: bool = False
    """`I – ...`: a dash where a colon would be."""
    seconds: float | None = None
    name: str = field(default="", repr=False)
    """As the file writes it, without its marks and times."""


def find(
    text: str,
    *,
    speakers: Mapping[str, Role],
    question_pattern: str = "",
    case: str | None = None,
    several_people: bool = False,
    labels: Sequence[Label] | None = None,
) -> Found:
    """Turns of a conversation.

    Args:
        text: normalised.
        speakers: roles by lower-cased label, as the project states them; they win over every guess.
        question_pattern: regular expression for lines that are questions.
        case: the document's case, given to every turn that is not the interviewer's.
        several_people: each speaker is a case of their own (a focus group), `CASE.1`, `CASE.2` in order of speaking.
        labels: where the format itself names the speakers, as captions do; else they are looked for in the text.

    Raises:
        ProjectError: `question_pattern` is not a regular expression.
    """
    labels = in_text(text, speakers) if labels is None else labels
    if labels:
        turns, notes = _labelled(text, labels, speakers, several_people)
    else:
        turns, notes = [Turn(0, len(text))], ["no speakers were found: the whole text is coded, role unknown"]
    if question_pattern:
        turns = _with_questions(text, turns, question_pattern)
        notes = [note for note in notes if not note.startswith("no speakers")]
    turns = [turn for turn in turns if text[turn.start : turn.end].strip()]
    if case:
        people: dict[str, str] = {}
        for turn in turns:
            if several_people and turn.role not in ASKING and turn.speaker:
                people.setdefault(turn.speaker, f"{case}.{len(people) + 1}")
        turns = [turn if turn.role in ASKING else replace(turn, case=people.get(turn.speaker, case)) for turn in turns]
    if labels and not turns:
        notes.append("there are speaker labels and no speech behind them")
    if turns and all(turn.role in ASKING for turn in turns):
        notes.append("every turn is an interviewer's: set [speakers] in qualcode.toml")
    return Found(tuple(turns), tuple(notes))


def in_text(text: str, speakers: Mapping[str, Role]) -> list[Label]:
    """The labels that a text's lines begin with and that can be trusted to name speakers."""
    return _trusted(_candidates(text, speakers), speakers)


def _candidates(text: str, speakers: Mapping[str, Role]) -> list[Label]:
    found = []
    for match in _LABEL.finditer(text):
        label = " ".join(match["label"].replace("’", "'").split())
        key = label.lower()
        numbered = roles.NUMBERED.match(key)
        word = numbered["word"].strip(" ._-") if numbered else key
        if key not in speakers and (
            not key
            or key in roles.NEVER
            or word in roles.NEVER
            or len(key.split()) > 4
            or (_SENTENCE_LIKE.search(key) and key != "i" and word != "i")
            or (numbered and numbered["number"] and not _numbers_people(label, word))
        ):
            continue
        mark = match["mark"].strip(" \t*_")
        alone = not mark and not match["time"]
        dash = mark in ("–", "—", "-")
        found.append(Label(key, match.start(), match.end(), alone, dash, _seconds(match["time"]), label))
    return found


def _numbers_people(label: str, word: str) -> bool:
    """`P07`, `LL03`, `Interviewer 1`, `Speaker 2` and `Mary 2` number people; `Bed 4` does not."""
    return word in roles.ROLE_WORDS or len(word) <= 2 or len(word) > 4 or label[: len(word)].isupper()


def _trusted(candidates: list[Label], speakers: Mapping[str, Role]) -> list[Label]:
    counts = Counter(label.key for label in candidates)
    coming_back = {label.key for label in candidates if not label.alone and counts[label.key] >= 2}
    known = {key for key in counts if key in speakers or roles.of(key) is not None}
    # "Mary:" twice in a long monologue is a quotation, not a speaker, unless somebody else is labelled too.
    if len(coming_back | known) < 2 and not known:
        coming_back = {key for key in coming_back if counts[key] >= 4}
    marked = {label.key for label in candidates if not label.alone}
    trusted = coming_back | (known & marked) | {key for key in known if counts[key] >= 2}
    dashed = Counter(label.key for label in candidates if label.dash and len(label.key) == 1)
    if len(dashed) < 2 or min(dashed.values()) < 2:
        # "I – I could not": a stutter, unless two people are labelled so throughout.
        candidates = [label for label in candidates if not (label.dash and len(label.key) == 1)]
        trusted &= {label.key for label in candidates}
    return [label for label in candidates if label.key in trusted and (not label.alone or label.key in known)]


def _labelled(
    text: str, labels: Sequence[Label], speakers: Mapping[str, Role], several_people: bool
) -> tuple[list[Turn], list[str]]:
    parts: dict[str, Role] = {}
    for label in labels:
        parts[label.key] = speakers.get(label.key) or roles.of(label.key) or "unknown"
    notes = _beside_facilitator(parts, speakers) if several_people else _guess_asker(text, labels, parts, speakers)
    only_asking = all(role in ASKING for role in parts.values())
    turns: list[Turn] = []
    preamble = text[: labels[0].start]
    if only_asking or len(preamble.split()) > LONG_PREAMBLE_WORDS:
        turns.append(Turn(0, labels[0].start))
    elif len(preamble.split()) > HEADER_WORDS:
        notes.append(f"{len(preamble.split())} words before the first speaker label are kept and not coded")
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        end = following.start if following else len(text)
        role = parts[label.key]
        if only_asking:
            # Few labels, all of the asking side: a labelled line is theirs, the rest is the participant's.
            stop = text.find("\n", label.end)
            stop = end if stop == -1 or stop > end else stop
            turns += [_turn(text, label, label.end, stop, role), Turn(stop, end)]
        else:
            turns.append(_turn(text, label, label.end, end, role))
    if only_asking:
        notes.append("only the asking side is labelled: unlabelled lines are coded, role unknown")
    unknown = sum(role == "unknown" for role in parts.values())
    if unknown:
        notes.append(
            f"{unknown} of {len(parts)} speakers have no known role: they are coded; set [speakers] in qualcode.toml"
        )
    return turns, notes


def _beside_facilitator(parts: dict[str, Role], speakers: Mapping[str, Role]) -> list[str]:
    """In a group that has a facilitator, whoever is named and has no role is a participant."""
    named = [key for key, role in parts.items() if role == "unknown" and key and key not in speakers]
    if not named or not any(role in ASKING for role in parts.values()):
        return []
    parts.update(dict.fromkeys(named, "participant"))
    return [f"{len(named)} speakers beside the facilitator are taken as participants"]


def _guess_asker(text: str, labels: Sequence[Label], parts: dict[str, Role], speakers: Mapping[str, Role]) -> list[str]:
    """Where one of two speakers is nameless and asks most of the questions, that one is the interviewer."""
    unknown = [key for key, role in parts.items() if role == "unknown" and key not in speakers]
    if len(parts) != 2 or not unknown:
        return []
    asks: dict[str, list[bool]] = {key: [] for key in parts}
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        speech = text[label.end : following.start if following else len(text)].rstrip()
        asks[label.key].append("?" in speech[-120:])
    share = {key: sum(values) / len(values) for key, values in asks.items()}
    asker, other = sorted(share, key=lambda key: -share[key])
    # Beside somebody who is labelled a participant, less is needed: in real interviews the asker ended as few as
    # one turn in six with a question.
    enough = 0.15 if parts[other] == "participant" else 0.3
    if asker in unknown and share[asker] >= enough and share[asker] >= 2 * share[other]:
        parts[asker] = "interviewer"
        if other in unknown:
            parts[other] = "participant"
        return [f"one speaker is taken as the interviewer ({share[asker]:.0%} of their turns end by asking)"]
    return []


def _turn(text: str, label: Label, start: int, end: int, role: Role) -> Turn:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or (text[end - 1] in "*_" and text[end - 2 : end - 1] in "*_\n ")):
        end -= 1
    return Turn(start, end, role, speaker=label.key, time=label.seconds)


def _with_questions(text: str, turns: list[Turn], question_pattern: str) -> list[Turn]:
    try:
        pattern = re.compile(question_pattern)
    except re.error as error:
        raise ProjectError(f"question_pattern is not a regular expression ({error})", place="qualcode.toml") from error
    result: list[Turn] = []
    for turn in turns:
        if turn.role in ASKING:
            result.append(turn)
            continue
        at = turn.start
        for line in re.finditer(r"[^\n]+", text[turn.start : turn.end]):
            if pattern.search(line.group()):
                start, end = turn.start + line.start(), turn.start + line.end()
                result += [replace(turn, start=at, end=start), replace(turn, start=start, end=end, role="interviewer")]
                at = end
        result.append(replace(turn, start=at))
    return result


def _seconds(time: str | None) -> float | None:
    if not time:
        return None
    parts = [float(part) for part in re.sub(r"[()\[\]]", "", time).replace(",", ".").split(":")]
    return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
