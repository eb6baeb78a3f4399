"""Find the labels that say who speaks next, in the styles that transcripts really have.

`Interviewer: ...`, `P07 (00:01:12): ...`, `[00:01:12] Name: ...`, `Speaker 1  0:03` above the words, `**R:** ...`,
`12 I: ...`, `Interviewer 1 – ...`, `[Name] ...`, a label alone on its line. A label with a colon or a time is strong
and counts when its word is a known role, or when it comes back. The others are weak: they count only where the file
is written so throughout. Words such as *Note:* never do.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Literal

from qualcode.corpus import ASKING, Role
from qualcode.importers import no_speakers, roles

Style = Literal["colon", "time", "dash", "tab", "bracket", "alone"]

_S = r"[ \t\u00a0\u202f]"
_AT = r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,:]\d{1,3})?"
_TIME = rf"[\[(#]?{_AT}(?:{_S}*+(?:-->|[-–—]){_S}*+{_AT})?[\])#]?(?!\d|:\d)"
# Runs of blanks are taken whole and never given back (`*+`): a line with thousands of them took a minute.
_LABEL = re.compile(
    rf"""
    ^{_S}*+
    (?:\d{{1,5}}[.)]?{_S}++|(?:[-•▪◦*]|>{{1,3}}){_S}++)?               # a number at the margin, a bullet, >>
    (?:(?P<before>{_TIME})(?:{_S}*+\n{{1,2}}{_S}*+|{_S}*+[-–—|]{_S}++|{_S}++|(?<=[\])\#])))?
    (?:[*_]{{1,3}})?
    (?P<open>[\[<]?)
    (?P<label>[^\W\d_][^\n\t:：;?!"“”«»()\[\]<>{{}}|=@\#*_~…]{{0,50}}?)
    (?P<close>[\]>]?)
    (?:[*_]{{1,3}})?
    (?:{_S}*+\((?P<said>[^\W\d][^\n()]{{0,80}})\)){{0,2}}          # Mary (mother):, P3 (laughing):, Eve (Guest) 0:03
    (?:{_S}*+[,|]?{_S}*+(?P<after>{_TIME}))?
    (?P<mark>{_S}*+[:：](?![/\\])(?:[*_]{{1,3}})?|{_S}++[–—-](?={_S})|\t+|(?<=[\]>]){_S}++(?!:)|{_S}*+$)
    {_S}*+
    (?:(?P<later>[\[(\#]{_AT}[\])\#]|{_AT}(?={_S}*+$)){_S}*+)?
    """,
    re.MULTILINE | re.VERBOSE,
)
_CHAT = re.compile(r"^from\s+(?P<name>.+?)(?:\s+to\s+.+)?$", re.IGNORECASE)
"""`12:03:55 From Ann Lee to Everyone:` in what meetings keep of their chats."""
_QUALIFIED = re.compile(r"^(?P<name>[^,(]+?)(?:, *| \()(?P<said>[^,()]+)\)?$")
_STRONG: frozenset[Style] = frozenset({"colon", "time"})
_BRACKETS = re.compile(r"[ \u00a0]*\((?P<said>[^()]*)\)$")
MANNER = 31
"""Before a colon so many letters in brackets are a manner or a role; more are a sentence. Organisations are longer."""
FEW, OFTEN = 2, 4
"""How often a label must come back: beside others, and alone or where it is not written as a name."""
LONG_LABEL = 6
"""From so many letters on, one wrong letter is a slip of the pen and no other name."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where a text names who speaks next; readers whose format names the speakers make these themselves."""

    key: str = field(repr=False)
    """As `key_of` makes it; an identity, as `Turn.speaker` is. Empty where nobody is named."""
    start: int
    end: int
    """Where the speech begins."""
    style: Style = "colon"
    seconds: float | None = None
    name: str = field(default="", repr=False)
    """As the file writes it, without its marks and times."""


def key_of(label: str) -> str:
    """The label by which one speaker is known: lower-cased, one blank between words, one kind of apostrophe.

    >>> key_of("Dr  O’Brien")
    "dr o'brien"
    """
    return " ".join(unicodedata.normalize("NFC", label).replace("’", "'").replace("‘", "'").split()).lower()


def plain(name: str) -> str:
    """A name without what stands in brackets behind it, unless that is a role.

    >>> plain("Eve Lee (Guest)"), plain("Dan (interviewer)")
    ('Eve Lee', 'Dan (interviewer)')
    """
    while (found := _BRACKETS.search(name)) and roles.of(key_of(found["said"])) is None:
        name = name[: found.start()]
    return name


def in_text(text: str, speakers: Mapping[str, Role]) -> list[Label]:
    """The labels that a text's lines begin with and that can be trusted to name speakers."""
    candidates = _merged(_candidates(text, speakers))
    lines = sum(bool(line.strip()) for line in text.split("\n")) if candidates else 0
    trusted = _trusted(candidates, speakers, lines)
    return sorted([*trusted, *_inside(text, trusted)], key=lambda label: label.start)


def _inside(text: str, trusted: Sequence[Label]) -> list[Label]:
    """`... and then MODERATOR: Go on.`: a line that was not broken. Only role words in capitals, as at line starts."""
    keys = {label.name: label.key for label in trusted if label.name.isupper() and roles.is_sure(label.key)}
    if not keys:
        return []
    names = "|".join(re.escape(name) for name in sorted(keys, key=len, reverse=True))
    found = re.finditer(rf"(?<=[^\n])(?<={_S})(?P<name>{names}):{_S}+", text)
    starts = [label.start for label in trusted]
    return [
        Label(keys[match["name"]], match.start(), match.end(), name=match["name"])
        for match in found
        if (before := bisect_right(starts, match.start())) == 0 or match.start() >= trusted[before - 1].end
    ]


def _candidates(text: str, speakers: Mapping[str, Role]) -> list[Label]:
    found = []
    for match in _LABEL.finditer(text):
        name = " ".join(match["label"].split()).rstrip(" ,-–—")
        if match["before"] and (chat := _CHAT.match(name)):
            name = chat["name"]
        said = match["said"]
        if said and roles.of(key_of(said)):
            name = f"{name} ({' '.join(said.split())})"
        key, style = key_of(name), _style(match)
        if style == "colon" and said and len(said) > MANNER:
            continue
        if style is None or (
            key not in speakers and not _may_be(name, key, style, text[match.end() : match.end() + 2])
        ):
            continue
        if (
            style == "time"
            and match["mark"].strip() == ""
            and not match["after"]
            and not _words_follow(text, match.end())
        ):
            continue
        time = match["before"] or match["after"] or match["later"]
        found.append(Label(key, match.start(), match.end(), style, _seconds(time), name))
    return found


def _style(match: re.Match[str]) -> Style | None:
    """How strongly the line says that it is a label; None where its brackets do not close or nothing marks it."""
    mark, bracketed = match["mark"], bool(match["open"])
    if bracketed != bool(match["close"]) or (bracketed and (match["open"] == "[") != (match["close"] == "]")):
        return None
    bare = mark.strip(" \u00a0\u202f*_")
    if ":" in bare or "：" in bare:
        return "colon"
    if bare and bare in "–—-":
        return "dash"
    if match["after"] or match["before"]:
        return "time" if not mark.strip() else None
    if bracketed:
        return "bracket"
    return "tab" if "\t" in mark and match.end() < len(match.string) and match.string[match.end()] != "\n" else "alone"


def _may_be(name: str, key: str, style: Style, following: str) -> bool:
    numbered = roles.NUMBERED.match(key)
    word = numbered["word"].strip(" ._-") if numbered else key
    if not key or key in no_speakers.NEVER or word in no_speakers.NEVER:
        return False
    if key in no_speakers.STAGE and (style != "colon" or key not in roles.WORDS):
        return False
    if name[-1].isdigit() and following[:2].isdigit() and style == "colon" and not name[0].isupper():
        return False  # at 10:30
    if "," in key and not (_names_a_role(key) or _surname_first(name, style)):
        return False
    if no_speakers.are_speech(key) and word != "i":
        return False
    return not (numbered and numbered["number"]) or _numbers_people(name, word)


def _names_a_role(key: str) -> bool:
    """`Mary Byrne, mother`; and no other commas."""
    qualified = _QUALIFIED.match(key)
    return bool(qualified and roles.of(qualified["said"]))


def _surname_first(name: str, style: Style) -> bool:
    """`Stone, Rachel` beside a time, as an organisation's directory has it; `Right, Rachel:` opens a sentence."""
    if style == "time":
        return no_speakers.surname_first(name)
    parts = {part.strip().lower() for part in name.split(",")}
    return style == "colon" and no_speakers.surname_first(name) and not parts & no_speakers.NEVER


def _numbers_people(name: str, word: str) -> bool:
    """`P07`, `LL03`, `p7`, `Interviewer 1` and `Mary 2` number people; `at 10` and `bed 4` do not."""
    letters = name[: len(word)]
    if word in roles.WORDS or letters.isupper():
        return True
    return (len(word) <= 2 and name[len(word) :].isdigit()) or (letters[:1].isupper() and len(word) > 2)


def _words_follow(text: str, at: int) -> bool:
    """Whether speech stands on the next line: `0:05 Ann` above words is a label, `0:05 Fine` alone is what was said."""
    return bool(re.match(rf"{_S}*\n?{_S}*\S", text[at:]))


def _merged(candidates: list[Label]) -> list[Label]:
    """`Dan (interviewer):` once and then `Dan:` are one speaker, unless there are two of that name."""
    full: dict[str, set[str]] = {}
    for key in {label.key for label in candidates}:
        qualified = _QUALIFIED.match(key)
        if qualified and roles.of(qualified["name"]) is None:
            full.setdefault(qualified["name"], set()).add(key)
    one = {name: keys.pop() for name, keys in full.items() if len(keys) == 1}
    merged = [replace(label, key=one.get(label.key, label.key)) for label in candidates]
    # Q1, Q2 and Question 3 number what is asked, not who asks; A1 beside Q1 the answer.
    asked = {"q", "question"} & {_word(label.key) for label in merged}
    counted = asked | {"answer"} | ({"a"} if asked else set())
    return [replace(label, key=_word(label.key)) if _word(label.key) in counted else label for label in merged]


def _word(key: str) -> str:
    numbered = roles.NUMBERED.match(key)
    return numbered["word"].strip(" ._-") if numbered else key


def _trusted(candidates: list[Label], speakers: Mapping[str, Role], lines: int) -> list[Label]:
    names = {label.key: label.name for label in candidates}
    known = {key for key in names if key in speakers or roles.of(key) is not None or "speaker" in _word(key).split()}
    strong = _strong([label.key for label in candidates if label.style in _STRONG], names, known, speakers)
    strong |= _timed(candidates)
    weak = {
        style: _weak([label.key for label in candidates if label.style == style], style, strong, names, known, lines)
        for style in ("dash", "tab", "bracket", "alone")
    }
    slips = _slips({key for key in names if key not in strong}, strong)
    candidates = [replace(label, key=slips.get(label.key, label.key)) for label in candidates]
    return [
        label
        for label in candidates
        if label.key in speakers or label.key in (strong if label.style in _STRONG else weak[label.style])
    ]


def _timed(candidates: Sequence[Label]) -> set[str]:
    """Names beside times, where two come back or are written surname first: then also who speaks only once."""
    counts = Counter(label.key for label in candidates if label.style == "time")
    names = {label.key: label.name for label in candidates if label.style == "time"}
    names = {key: name for key, name in names.items() if _is_name(name)}
    sure = {key for key, name in names.items() if counts[key] >= FEW or no_speakers.surname_first(name)}
    return set(names) if len(sure) >= 2 else set()


def _is_name(name: str) -> bool:
    """`van der Berg, Anna` begins small and is a name."""
    return no_speakers.surname_first(name) or (no_speakers.like_a_name(name) and not name[0].islower())


def _slips(others: Set[str], trusted: Set[str]) -> dict[str, str]:
    """`Particpant:` once among many of `Participant:`; else these words would be taken for the other speaker's."""
    from rapidfuzz.distance import OSA

    found = {}
    for key in others:
        if len(key) >= LONG_LABEL and not any(map(str.isdigit, key)):
            near = [other for other in trusted if OSA.distance(key, other) == 1]
            if len(near) == 1:
                found[key] = near[0]
    return found


def _strong(keys: Sequence[str], names: Mapping[str, str], known: Set[str], speakers: Mapping[str, Role]) -> set[str]:
    counts = Counter(keys)
    # "dan:" and "eve:" where all is written small; beside "INT:" a small word is one of the text's.
    small = all(names[key][0].islower() for key in counts)
    few = {key for key in counts if (small and no_speakers.like_a_name(names[key])) or _is_name(names[key])}
    often = {key for key, n in counts.items() if n >= (FEW if key in few else OFTEN)}
    here = {key for key in counts if key in known}
    # "Mary:" twice in a long monologue is a quotation, not a speaker, unless somebody else is labelled too.
    if len(often | here) < 2 and not here:
        often = {key for key in often if counts[key] >= OFTEN}
    # "Mum: don't go" once in an interview is somebody quoted, where another label is the participant's.
    others = {key for key in here if roles.is_sure(key) and roles.of(key) == "participant"}
    quoted = {key for key in here if counts[key] == 1 and roles.is_kin(key) and others and key not in speakers}
    trusted = often | (here - quoted)
    # "Question 3: how often ..." is read out, where somebody else asks.
    if any(roles.of(key) in ASKING and key not in ("q", "question") for key in trusted):
        trusted.discard("question")
    return trusted


def _weak(
    keys: Sequence[str], style: Style, strong: Set[str], names: Mapping[str, str], known: Set[str], lines: int
) -> set[str]:
    """A dash, a tab, brackets or a line of its own name a speaker only where the file is written so throughout."""
    counts = Counter(keys)
    sure = {key for key in counts if roles.is_sure(key)}
    sure = {key for key in sure if counts[key] >= FEW or len(sure) >= 2}
    if style == "bracket" and strong:
        return set()  # [Mother] came to see me: a name was taken out
    if style == "alone" or strong:
        # "I – I could not": a stutter. "Mum – she never rests": a sentence.
        own = {key for key in counts if key in strong and style != "alone" and len(key) > 1 and not roles.is_kin(key)}
        return sure | own
    likely = {key for key, n in counts.items() if n >= FEW and no_speakers.like_a_name(names[key])}
    throughout = len(likely | sure) >= 2 and sum(counts[key] for key in likely | sure) >= lines / 2
    return sure | likely if throughout else sure


def _seconds(time: str | None) -> float | None:
    """Seconds of a time, of a span its beginning."""
    first = re.search(_AT, time or "")
    if first is None:
        return None
    parts = [float(part) for part in first.group().replace(",", ".").split(":")]
    if len(parts) > 3:
        parts = parts[:3]  # frames
    return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
