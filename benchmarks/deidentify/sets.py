"""Texts with labelled identities: the demo corpus, which the rules were tuned on, and one that they never saw."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.gold.reading import SECRET
from benchmarks.gold.reading import texts as demo_texts
from qualcode import plugins, resources
from qualcode.importers import ReadOptions

KEEP = ("Lantern Line", "Kettle On", "Small Hours", "Front Room")


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled identity in one text."""

    text: tuple[str, str]
    start: int
    end: int
    type: str
    direct: bool
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set: texts by file and row, and all that is labelled in them."""

    texts: dict[tuple[str, str], str] = field(repr=False)
    labels: list[Label] = field(repr=False)


def demo() -> Labelled:
    """`corpora/demo` with its answers."""
    texts = {place: transcript.text for place, transcript in demo_texts().items()}
    return Labelled(texts, _labels(resources.path("corpora/demo_answers/identifiers.csv"), texts))


def unseen() -> Labelled | None:
    """`corpora/identifiers`, or nothing where it is absent."""
    folder = resources.path("corpora/demo").parent / "identifiers"
    if not (folder / "labels.csv").exists():
        return None
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as handle:
        names = dict.fromkeys(row["file"] for row in csv.DictReader(handle))
    texts = {place: text for name in names for place, text in _texts(folder, name)}
    return Labelled(texts, _labels(folder / "labels.csv", texts))


def _texts(folder: Path, name: str) -> list[tuple[tuple[str, str], str]]:
    """Texts of a file by file and, in a table, respondent."""
    path = next(path for path in sorted(folder.rglob(Path(name).name)) if path.as_posix().endswith(name))
    read = plugins.load("importers", path.suffix[1:])
    read_in = read(path, ReadOptions(SECRET, name)).transcripts
    return [((name, (one.case or "") if one.row else ""), one.text) for one in read_in]


def _labels(path: Path, texts: dict[tuple[str, str], str]) -> list[Label]:
    labels = []
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            place = (row["file"], row.get("row") or "")
            start, end = int(row["start"]), int(row["end"])
            if texts[place][start:end] != row["quote"]:
                raise SystemExit(f"{path.name}: a quotation does not stand where it says ({start} in {place[0]})")
            direct = row["kind"] == "direct"
            labels.append(Label(place, start, end, row["type"], direct, row.get("difficulty") or ""))
    return labels
