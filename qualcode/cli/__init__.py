"""The command line: a thin face over `qualcode.pipeline`."""

from __future__ import annotations

from qualcode.cli.app import main

__all__ = ["main"]
