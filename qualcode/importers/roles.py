"""Who speaks: what labels say of a speaker's role, and what the way of speaking says. Each answer has its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode.corpus import ASKING, Role, Turn

WORDS: Mapping[str, Role] = {
    "interviewer": "interviewer",
    "int": "interviewer",
    "i": "interviewer",
    "iv": "interviewer",
    "ivr": "interviewer",
    "q": "interviewer",
    "researcher": "interviewer",
    "res": "interviewer",
    "question": "interviewer",
    "interviewer/researcher": "interviewer",
    "researcher/interviewer": "interviewer",
    "moderator": "facilitator",
    "mod": "facilitator",
    "m": "facilitator",
    "facilitator": "facilitator",
    "fac": "facilitator",
    "f": "facilitator",
    "chair": "facilitator",
    "host": "facilitator",
    "participant": "participant",
    "p": "participant",
    "r": "participant",
    "a": "participant",
    "respondent": "participant",
    "resp": "participant",
    "interviewee": "participant",
    "ie": "participant",
    "carer": "participant",
    "caregiver": "participant",
    "parent": "participant",
    "mother": "participant",
    "father": "participant",
    "mum": "participant",
    "mam": "participant",
    "mom": "participant",
    "dad": "participant",
    "grandmother": "participant",
    "grandfather": "participant",
    "speaker": "unknown",
    "answer": "participant",
    "patient": "participant",
    "client": "participant",
    "user": "participant",
    "volunteer": "participant",
    "wife": "participant",
    "husband": "participant",
    "woman": "participant",
    "man": "participant",
    "female": "participant",
    "male": "participant",
    "peer supporter": "participant",
    "visitor": "participant",
    "befriender": "participant",
    "supporter": "participant",
}
STATED = "stated in qualcode.toml"
NUMBERED = re.compile(r"^(?P<word>[a-z/ ]*?)[ ._-]*(?P<number>\d{1,4})?$")
_LAST = ("interviewer", "moderator", "facilitator", "participant", "respondent", "researcher", "interviewee")
_SAID = re.compile(r"(?:, *| \()(?P<said>[^,()]+)\)?$")
_ASKS = re.compile(r"[?？؟][\s\"”’'»)*_]*(?:(?:\[[^\]]*\]|\([^)]*\)|<[^>]*>|#[\d:.-]+#)[\s.\"”’'*_]*)*$")
"""A turn that ends by asking; what the transcriber noted behind it does not count."""
_CLEAR = 0.3
"""Share of turns that end by asking, from where on a nameless speaker may be who asks."""
_CLEAR_BESIDE = 0.15
"""Beside a labelled participant less is needed: in real interviews the asker ended one turn in six with a question."""
_TIMES = 2
"""How much more than anybody else."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much a speaker says, and how often they end a turn by asking."""

    turns: int
    words: int
    asking: int

    @property
    def share(self) -> float:
        """Share of turns that end with a question."""
        return self.asking / self.turns if self.turns else 0.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """A role and why it is taken, in words for the researcher; no names."""

    role: Role
    why: str
    guessed: bool = False
    """Told by the way of speaking or by who else speaks, not by the label."""


def of(key: str) -> Role | None:
    """The role that a label names, or None; `key` as `labels.key_of` makes it."""
    found = _named(key)
    return found.role if found else None


def is_sure(key: str) -> bool:
    """Whether a label can hardly be anything else: `interviewer`, `p07`, `speaker 1`; not `mum`, not `i`."""
    match = NUMBERED.match(key)
    word = match["word"].strip(" ._-") if match else key
    numbered = bool(match and match["number"])
    return (of(key) is not None or word == "speaker") and (numbered or (len(word) > 1 and not is_kin(key)))


def is_kin(key: str) -> bool:
    """Whether a role's word is also how people speak of somebody: `mum`, `the patient`, `a man`."""
    plain = WORDS.get(key) == "participant" and key not in _LAST
    return plain and len(key) > 1 and key not in ("resp", "ie", "answer")


def tallies(text: str, turns: Iterable[Turn]) -> dict[str, Tally]:
    """Turns, words and asking by speaker, in order of first speaking."""
    found: dict[str, Tally] = {}
    for turn in turns:
        said = text[turn.start : turn.end]
        before = found.get(turn.speaker, Tally(0, 0, 0))
        asks = bool(_ASKS.search(said[-200:]))
        found[turn.speaker] = Tally(before.turns + 1, before.words + len(said.split()), before.asking + asks)
    return found


def assign(found: Mapping[str, Tally], stated: Mapping[str, Role], *, group: bool = False) -> dict[str, Assigned]:
    """A role for each label of one text, and why.

    What the project states wins; then the label's own word; then, where it is clear, who asks.

    Args:
        found: by label, as `tallies` gives them.
        stated: roles by label, as the project states them for this text.
        group: a focus group: whoever speaks beside a facilitator is a participant.
    """
    result: dict[str, Assigned] = {}
    settled = {""}
    for key in found:
        if (role := _stated(key, stated)) is not None:
            result[key] = Assigned(role, STATED)
            settled.add(key)
        else:
            result[key] = _named(key) or Assigned("unknown", "unknown" if key else "no label")
    letters = [key for key in ("m", "f", "r") if key in found and key not in settled]
    for key in letters:
        result[key] = _letter(key, found, {other: a for other, a in result.items() if other not in letters})
    nameless = [key for key, assigned in result.items() if assigned.role == "unknown" and key not in settled]
    if nameless:
        _by_asking(found, result, nameless, group=group)
    return result


def _stated(key: str, stated: Mapping[str, Role]) -> Role | None:
    """`Dan` in the settings also means the label `Dan (interviewer)`."""
    return stated.get(key) or stated.get(_SAID.sub("", key))


def _named(key: str) -> Assigned | None:
    match = NUMBERED.match(key)
    word = match["word"].strip(" ._-") if match else key
    word_is = "its word is a role"
    if said := _SAID.search(key):
        return _named(said["said"].strip()) or _named(key[: said.start()])
    if match and match["number"] and word in ("f", "m", "p", "r", "a"):
        # P07; woman 1, man 2: nobody numbers facilitators and moderators so.
        return Assigned("participant", "letters and a number")
    if word in WORDS:
        return Assigned(WORDS[word], word_is) if WORDS[word] != "unknown" else None
    last = word.split()[-1] if word.split() else ""
    if last in _LAST:
        return Assigned(WORDS[last], word_is)
    # P07, LL03, KO-12: letters and a number are how participants are numbered.
    if match and match["number"] and len(word) <= 4 and word.isalpha():
        return Assigned("participant", "letters and a number")
    return None


def _letter(key: str, found: Mapping[str, Tally], others: Mapping[str, Assigned]) -> Assigned:
    """M is a moderator, a mother or a man, F a facilitator, a father or a woman, R a respondent or a researcher."""
    share = found[key].share
    most = max((found[other].share for other in others if other), default=0.0)
    answered = any(other.role == "participant" for other in others.values())
    if any(other.role in ASKING for other in others.values()):
        return Assigned("participant", "a letter beside somebody who asks")
    if key == "r" and answered and share >= _CLEAR_BESIDE and share >= _TIMES * most:
        return Assigned("interviewer", _asks(share, most))
    if key == "r":
        return Assigned("participant", "its word is a role")
    if {"m", "f"} <= set(found):
        return Assigned("unknown", "man and woman, or moderator and facilitator")
    if most >= _CLEAR and most >= _TIMES * share:
        return Assigned("participant", f"a letter beside somebody who asks at the end of {most * 100:.0f} % of turns")
    return Assigned("facilitator", "its word is a role")


def _by_asking(
    found: Mapping[str, Tally], result: dict[str, Assigned], nameless: Sequence[str], *, group: bool
) -> None:
    """Where nobody is known to ask and one nameless speaker clearly does, that one is the interviewer."""
    people = [key for key in found if key]
    asked = any(result[key].role in ASKING for key in people)
    if not asked and len(people) >= 2:
        most = {key: max(found[other].share for other in people if other != key) for key in nameless}
        asker = max(nameless, key=lambda key: found[key].share)
        beside = len(people) == 2 and any(result[key].role == "participant" for key in people)
        share, others = found[asker].share, most[asker]
        asked = share >= (_CLEAR_BESIDE if beside else _CLEAR) and share >= _TIMES * others
        for key in nameless:
            why = _asks(found[key].share, most[key], len(people))
            result[key] = replace(result[key], why=f"nobody is known to ask: {why}")
        if asked:
            why = _asks(share, others, len(people))
            result[asker] = Assigned("facilitator" if group else "interviewer", why, guessed=True)
    rest = [key for key in nameless if result[key].role == "unknown"]
    if asked and (group or len(people) == 2):
        why = "speaks beside the facilitator of a group" if group else "answers the other speaker, who asks"
        result.update(dict.fromkeys(rest, Assigned("participant", why, guessed=True)))


def _asks(share: float, others: float, people: int = 2) -> str:
    whom = "the other" if people == 2 else "nobody else more than"
    return f"asks at the end of {share * 100:.0f} % of turns, {whom} {others * 100:.0f} %"
