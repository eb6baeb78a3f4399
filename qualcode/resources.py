"""The only place that finds codebooks, corpora and model files: in the package first, then in the repository.

An installed wheel carries `codebooks/` and `corpora/` as `qualcode/_shipped/`; a checkout has them beside
the package.
"""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import ProjectError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_shipped", _PACKAGE.parent)


def path(relative: str) -> Path:
    """The shipped file or folder, e.g. `path("codebooks/peer_support.yaml")`.

    Raises:
        ProjectError: it is in neither place.
    """
    for place in _PLACES:
        if (place / relative).exists():
            return place / relative
    raise ProjectError(
        f"the shipped file {relative} is missing",
        hint="reinstall qualcode; a checkout needs its codebooks/ and corpora/ folders",
    )


def model_file(name: str) -> Path:
    """A file that belongs to an encoder and always lies inside the package."""
    return _PACKAGE / "encoders" / name
