"""What every importer's test needs: options, and a folder to put damaged files into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qualcode.importers.imported import ReadOptions


@pytest.fixture
def options() -> ReadOptions:
    return ReadOptions(secret=b"secret", source="folder/file")


@pytest.fixture
def bad() -> Path:
    return Path(__file__).parent / "bad"


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
