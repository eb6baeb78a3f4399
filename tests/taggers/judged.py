"""Invented judgements: short answers of many people on the codes of the small codebook."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.taggers.training import Training

CODES = ("isolation", "listening", "paperwork")
WHO = ("My sister", "Our Sam", "The nurse", "Next door", "Her aunt", "The man at the desk", "My dad", "A neighbour")
WHEN = ("last winter", "in spring", "after the summer", "on Mondays", "that first year")
SAID = {
    "isolation": ("nobody rang me {when}, and {who} had moved away", "I sat by myself {when} and {who} never came"),
    "listening": ("{who} let me talk {when} and did not hurry me", "{who} heard every word of it {when}"),
    "paperwork": ("{who} sent another forty pages {when}", "the application came back {when} and {who} lost a page"),
    "": ("{who} took the bus to town {when}", "the kettle broke {when} and {who} bought a new one"),
}


def passages(count: int) -> list[tuple[str, str]]:
    """(text, its code or an empty string), all different."""
    found = [
        (template.format(who=who, when=when) + ".", code)
        for who, when in itertools.product(WHO, WHEN)
        for code, templates in SAID.items()
        for template in templates
    ]
    order = np.random.default_rng(7).permutation(len(found))
    return [found[at] for at in order[:count]]


def training(said: Sequence[tuple[str, str]], *, people: int = 40, weight: float = 1.0, first: int = 0) -> Training:
    """Every code judged on every passage; passage number n is said by person n modulo `people`.

    Segments are numbered from `first` on.
    """
    segments = tuple(
        Segment(
            f"s_{first + at}", f"t_{first + at}", 0, len(text), "response", text, "", "participant", f"P{at % people}"
        )
        for at, (text, _) in enumerate(said)
    )
    label = np.array([[PRESENT if own == code else ABSENT for code in CODES] for _, own in said], dtype=np.int8)
    return Training(segments, CODES, label, np.full(label.shape, weight))


def unjudged(made: Training, code: str) -> Training:
    """The same without any judgement of one code."""
    label, weight = made.label.copy(), made.weight.copy()
    label[:, made.codes.index(code)] = NOT_JUDGED
    weight[:, made.codes.index(code)] = 0
    return Training(made.segments, made.codes, label, weight)
