"""Whether a phrase is anywhere in a folder, as bytes of a file."""

from __future__ import annotations

from pathlib import Path


def found_in(folder: Path, phrase: str) -> list[str]:
    """Names of files that hold the phrase, in any case, as UTF-8 or UTF-16."""
    wanted = [phrase.lower().encode(code) for code in ("utf-8", "utf-16-le")]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.name for path in files if any(bytes_ in path.read_bytes().lower() for bytes_ in wanted)]
