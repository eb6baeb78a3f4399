"""How often the test parts were looked at: each version of qualcode that was scored on one stands in `looks.csv`."""

from __future__ import annotations

import csv
from pathlib import Path

LOOKS = Path(__file__).with_name("looks.csv")
HEADER = ("set", "version", "first scored")


def looked(data: str, version: str, day: str, path: Path = LOOKS) -> None:
    """Write down that this version was scored on the set's test part, once."""
    known = versions(path)
    if version in known.get(data, ()):
        return
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(HEADER)
        writer.writerow([data, version, day])


def versions(path: Path = LOOKS) -> dict[str, tuple[str, ...]]:
    """The versions scored so far, by set."""
    found: dict[str, tuple[str, ...]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["set"]] = (*found.get(row["set"], ()), row["version"])
    return found
