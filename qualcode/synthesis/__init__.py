"""What published work says, to be read beside the project's own material."""

from __future__ import annotations

from qualcode.synthesis.effects import Effect
from qualcode.synthesis.literature import Literature

__all__ = ["Effect", "Literature"]
