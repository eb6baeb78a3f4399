"""Where the passphrase of an encrypted project comes from: the environment, else the person at the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable

from qualcode.errors import NotAllowed

VARIABLE = "QUALCODE_PASSPHRASE"
ask: Callable[[], str | None] = lambda: None  # noqa: E731 - the command line puts its own in place
"""Asks the person; None where nobody can be asked."""


def given() -> str:
    """The passphrase of the project that is being opened.

    Raises:
        NotAllowed: nobody gave one.
    """
    found = os.environ.get(VARIABLE) or ask()
    if not found:
        raise NotAllowed(
            "the project is encrypted, or its database is damaged",
            hint=f"give its passphrase: at a terminal, in the environment variable {VARIABLE}, or to Project.open",
        )
    return found
