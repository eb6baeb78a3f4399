"""`qualcode deidentify sign`: a person vouches that nobody can be told from the texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qualcode.errors import NotAllowed
from qualcode.pipeline import acts, checking
from qualcode.project import Project
from qualcode.store import events, signoffs


@dataclass(frozen=True, slots=True)
class SignSummary:
    """What was signed, by whom."""

    signer: str
    at: str
    texts: int
    """Signed now; those that were signed before and have not changed stay signed."""
    signed_before: int
    replaced: Mapping[str, int]
    details: int
    """That were listed and left as they are."""


def sign(project: Project, signer: str) -> SignSummary:
    """Sign every text that is not declared to be without identities. It holds until a text changes.

    Raises:
        NotAllowed: no name, texts that were not looked through, or suspected misses that nobody has decided on.
    """
    if not signer.strip():
        raise NotAllowed("a signature needs a name", hint="qualcode deidentify sign --as NAME")
    state = checking.check(project)
    checking.refuse_open(state)
    texts = checking.unsigned(project)
    at = acts.now()
    if texts:
        with project.store.writing() as connection:
            signoffs.sign(connection, texts, signer.strip(), at)
            counts = {"texts": len(texts), "replaced": sum(state.replaced.values()), "details": state.details}
            events.record(connection, "sign", actor=signer.strip(), at=at, subjects=texts, counts=counts)
    return SignSummary(signer.strip(), at, len(texts), state.texts - len(texts), state.replaced, state.details)
