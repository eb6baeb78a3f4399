"""What detectors take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

Kind = Literal[
    "person", "place", "organisation", "email", "phone", "postcode", "nhs_number", "number", "url", "username",
    "address", "date", "age", "detail",
]  # fmt: skip
"""`number` is any other number that stands for one person: of a hospital, a case, a policy, a car. `address` is a
house, a street or a way to one; `place` is larger than a street. `detail` tells who
somebody is only beside others: a trade, an illness, how many children."""
KINDS: tuple[Kind, ...] = get_args(Kind)
DETAIL: Kind = "detail"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that may tell who somebody is."""

    start: int
    end: int
    kind: Kind
    detector: str
    suspected: bool = False
    """True where the detector would not replace it unasked: a person is shown it as a possible miss."""
    generic: str = ""
    """What to say instead where the detector knows better than the kind: `a primary school`, `March 2019`."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Somebody, or somewhere, that the project knows by name: from the researcher's own list or from a decision."""

    names: tuple[str, ...] = field()
    """All that it is called, the full name first; never shown in a repr."""
    kind: Kind
    pseudonym: str = ""
    """What stands for it, without brackets; empty is to be made from the key (persons) or from the kind (others)."""
    case: str | None = None
    """The case that it is, where it is one."""


class Detector(Protocol):
    """Texts to mentions. Detectors work alone and may overlap: `resolving.resolved` decides."""

    name: str

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Mentions in each text, in order."""
