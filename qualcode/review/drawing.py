"""The random share: passages that are asked about by lot alone, whatever the machine says of them.

What is chosen because the machine is unsure of it teaches most and tells nothing of the rest. So a share of what is
asked is drawn from all passages, and only that share may estimate. The lot of a passage is a number that the
project's secret fixes for good (permanent random numbers: Ohlsson, 1995). Passages are asked in the order of their
lots; those that a person has judged blind already, for whatever reason, count without being asked again. A draw holds
every passage whose lot is below the lowest one that is left unasked, and just that lot is the chance that each had
(Duffield, Lund and Thorup, 2007). So rounds add up by themselves: a later one raises the chances of all before it,
and what was imported in between comes up first, until it has caught up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from qualcode.coding import Sample
from qualcode.corpus import keyed_id

RANDOM = "estimation: asked at random"
CHOSEN = "asked"
RESPONSE = 0.9
"""How the purposes of the two kinds of samples begin."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A round of the random share."""

    sample: Sample
    """All passages of the share after this round, also those judged before."""
    asked: tuple[str, ...]
    """Those that are asked now, by their lots."""


def lot(secret: bytes, segment: str) -> float:
    """The number of a segment, from 0 to 1, that is its place in every draw of this project.

    >>> 0 <= lot(b"demo", "s_1") < 1 and lot(b"demo", "s_1") == lot(b"demo", "s_1")
    True
    """
    return int(keyed_id(secret, "l", segment)[2:], 16) / 16**16


def draw(
    segments: Iterable[str], answered: Set[str], codes: Sequence[str], *, count: int, seed: int, secret: bytes
) -> Drawn | None:
    """The next round of the random share for some codes.

    Args:
        segments: all that may be asked about, whatever the machine says of them.
        answered: those on which a person has judged all of `codes` blind.
        codes: what is asked about each.
        count: how many passages are asked.
        seed: stands in the sample; the lots are fixed by the secret.
        secret: the project's key.

    Returns:
        None where nothing is left to ask.
    """
    lots = sorted((lot(secret, segment), segment) for segment in set(segments))
    left = [place for place in lots if place[1] not in answered]
    asked = tuple(segment for _, segment in left[:count])
    if not asked:
        return None
    below = left[count][0] if len(left) > count else 1.0
    share = tuple(segment for number, segment in lots if number < below)
    purpose = f"{RANDOM}: {', '.join(codes)}"
    sample = Sample(keyed_id(secret, "a", purpose, below, *share), share, (below,) * len(share), purpose, seed)
    return Drawn(sample, asked)


def chosen(segments: Sequence[str], why: str, *, seed: int, secret: bytes) -> Sample:
    """A sample of what was chosen and not drawn: it has no chances (0), and may not estimate."""
    purpose = f"{CHOSEN}: {why}"
    ordered = tuple(sorted(set(segments)))
    return Sample(keyed_id(secret, "a", purpose, seed, *ordered), ordered, (0.0,) * len(ordered), purpose, seed)


def inclusion(samples: Iterable[Sample], answered: Set[tuple[str, str]], secret: bytes) -> dict[tuple[str, str], float]:
    """The chance of each segment and code to be in the random share, as far as the share was answered.

    Later rounds hold what earlier ones drew, with a greater chance. But what was drawn and nobody answered is missing
    by choice, while what was chosen and lies under the same lot was answered: such a share is none. So for each code
    the share ends where fewer than `RESPONSE` of its passages, in the order of their lots, are answered; the few that
    are missing before that are taken to be like the others. A judgement that was made before its passage was drawn has
    its chance here, and not in its own record.

    Args:
        samples: all of the project.
        answered: (segment, code) that a person judged blind.
        secret: the project's key.
    """
    drawn: dict[str, dict[str, float]] = {}
    for sample in samples:
        if not sample.purpose.startswith(RANDOM):
            continue
        for code in sample.purpose.removeprefix(RANDOM + ": ").split(", "):
            own = drawn.setdefault(code, {})
            for segment, chance in zip(sample.segments, sample.probabilities, strict=True):
                own[segment] = max(chance, own.get(segment, 0.0))
    found: dict[tuple[str, str], float] = {}
    for code, own in drawn.items():
        lots = sorted((lot(secret, segment), segment) for segment in own)
        count, last, share = 0, 0, 1.0
        for place, (_, segment) in enumerate(lots, start=1):
            count += (segment, code) in answered
            if count >= RESPONSE * place:
                last, share = place, count / place
        if not last:
            continue
        chance = lots[last][0] if last < len(lots) else max(own.values())
        found |= {(segment, code): chance * share for _, segment in lots[:last] if (segment, code) in answered}
    return found


def counts(wanted: int, share: float) -> tuple[int, int]:
    """How many of so many questions are drawn, and how many chosen.

    >>> counts(40, 0.5), counts(1, 0.1)
    ((20, 20), (1, 0))
    """
    drawn = min(wanted, max(round(wanted * share), 1 if share > 0 else 0))
    return drawn, wanted - drawn


def shares(wanted: int, known: Mapping[str, int]) -> dict[str, int]:
    """So many questions spread evenly over codes; what does not come out even goes to those with the fewest known.

    >>> shares(5, {"isolation": 9, "burden": 0})
    {'burden': 3, 'isolation': 2}
    """
    order = sorted(known, key=lambda code: (known[code], code))
    each, over = divmod(wanted, len(order)) if order else (0, 0)
    return {code: each + (place < over) for place, code in enumerate(order)}
