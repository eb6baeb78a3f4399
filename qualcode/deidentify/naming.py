"""What each mention becomes: who it is over the whole project, and what stands for her, in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qualcode.deidentify.entities import entities, normal
from qualcode.deidentify.mentions import Identity, Mention
from qualcode.deidentify.pseudonyms import generic, pseudonyms

_WORD = re.compile(r"\w+")
_OWNS = re.compile(r"['’](?:s|S)?$")


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """Words for every mention."""

    words: Mapping[tuple[str, int], str]
    """By text and the place where the mention begins."""
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    """By name as `entities.normal` writes it: what the project must go on using."""
    ambiguous: int = 0
    """Names that may be of several people."""

    def label(self, speaker: str) -> str:
        """What stands for a speaker's label, which is itself where it is nobody's name."""
        pseudonym = self.pseudonyms.get(normal(speaker)) if speaker else None
        return f"[{pseudonym}]" if pseudonym else speaker


def named(
    texts: Mapping[str, str],
    mentions: Mapping[str, Sequence[Mention]],
    identities: Sequence[Identity],
    *,
    key: bytes,
    reserved: Mapping[str, str],
) -> Named:
    """Say what every mention becomes.

    Args:
        texts: by id.
        mentions: those that are to be replaced, by text.
        identities: the project's own list.
        key: pseudonyms are made with it.
        reserved: pseudonyms that stand already, by name.

    Raises:
        ProjectError: a stated pseudonym is a name in the texts, or stands for two.
    """
    who = entities(texts, mentions, identities)
    taken = {word for text in texts.values() for word in _WORD.findall(text.lower())}
    chosen = pseudonyms(who.entities, key, taken, reserved)
    words: dict[tuple[str, int], str] = {}
    for id_, found in mentions.items():
        for mention in found:
            entity = who.of[id_, mention.start]
            said = texts[id_][mention.start : mention.end]
            owns = _OWNS.search(said)
            words[id_, mention.start] = f"[{chosen.get(entity) or generic(mention)}]" + (owns.group() if owns else "")
    standing = {name: pseudonym for entity, pseudonym in chosen.items() for name in entity.names}
    return Named(words, {**reserved, **standing}, sum(entity.ambiguous for entity in who.entities))
