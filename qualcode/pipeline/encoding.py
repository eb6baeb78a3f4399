"""The sentence encoder that training, tagging and theme discovery share within one command."""

from __future__ import annotations

from qualcode import plugins
from qualcode.encoders.remembering import Remembering
from qualcode.errors import MissingExtra
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress

ENCODER = "minilm"
Vectors = Remembering | None


def encoder(progress: Progress = acts.silent) -> tuple[Vectors, tuple[str, ...]]:
    """The sentence encoder, or None and the reason where its package is absent."""
    try:
        made = plugins.load("encoders", ENCODER)()
    except MissingExtra as error:
        return None, (f"{error.message}: {error.hint}",)
    return Remembering(made, lambda done, total: progress("encode", done, total)), ()
