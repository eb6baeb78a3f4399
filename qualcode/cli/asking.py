"""What a person is asked at the keyboard because it must not stand in the shell's history."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import typer

from qualcode import passphrase as passphrases
from qualcode.cli import output
from qualcode.errors import NotAllowed

STDIN = "-"


def case(given: str) -> str:
    """The case that a command is told of; `-` reads it from the terminal, or one line from standard input.

    Raises:
        typer.BadParameter: nothing came.
    """
    if given != STDIN:
        return given
    said = output.ask_for("case: ") if output.at_terminal() else sys.stdin.readline()
    if not said.strip():
        raise typer.BadParameter("no case was given")
    return said.strip()


@cache
def passphrase() -> str | None:
    """The passphrase of the project that is being opened; None where nobody is there to be asked."""
    return output.secret("passphrase: ") if output.at_terminal() else None


def known(folder: Path) -> str | None:
    """The passphrase of the project in `folder`, asked for where it needs one and the environment has none.

    Also called before progress is shown: its bars would write over the question.
    """
    from qualcode.project import STORE
    from qualcode.store import encryption

    if not encryption.is_encrypted(folder / STORE):
        return None
    return os.environ.get(passphrases.VARIABLE) or passphrase()


def new_passphrase() -> str:
    """A passphrase for a project that is to be encrypted: the environment's, or asked for twice.

    Raises:
        NotAllowed: nobody gave one, or the two differ.
    """
    found = os.environ.get(passphrases.VARIABLE)
    if found:
        return found
    if not output.at_terminal():
        raise NotAllowed(
            "no passphrase was given",
            hint=f"run it at a terminal, or set the environment variable {passphrases.VARIABLE}",
        )
    output.note("whoever forgets the passphrase has lost the project: nobody can open it without")
    first = output.secret("new passphrase: ")
    if not first or first != output.secret("the same again: "):
        raise NotAllowed("the two differ, or are empty; nothing was made", hint="try again")
    return first
