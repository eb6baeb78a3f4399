"""What is settled before the first command: rights of files, silence of libraries, who asks for a passphrase."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from qualcode import passphrase, private
from qualcode.cli import asking, output
from qualcode.errors import ProjectWarning


def enter() -> None:
    """Make this process fit to hold participants' words."""
    private.whole_process()
    # What a library logs or warns of may quote the text that it stumbled over.
    logging.getLogger().addHandler(logging.NullHandler())
    warnings.filterwarnings("default", category=ProjectWarning)
    warnings.showwarning = _shown
    passphrase.ask = asking.passphrase


def _shown(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    if issubclass(category, ProjectWarning):
        output.warn(str(message))
