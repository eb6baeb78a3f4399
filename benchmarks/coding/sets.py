"""The public data, read where they lie: passages, groups, labels and codebook of each set.

The data are not part of this project (SOURCE.txt beside each says whose they are). Which labels are scored stands in
`labels/`, one a line; where a set's own rule is a number of positives, the rule stands in that file's first line.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.coding.sessions import sessions
from qualcode import codebook as codebooks
from qualcode.codebook import Code, Codebook
from qualcode.coding import ABSENT, PRESENT
from qualcode.corpus import Segment
from qualcode.importers.rows import read_rows
from qualcode.taggers.training import folds, plain

DATA = Path(os.environ.get("QUALCODE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
LABELS = Path(__file__).with_name("labels")
SEED = 42
"""Of the one split that is ours: sight has none of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Passages of one public set, with what people coded them as."""

    name: str
    segments: tuple[Segment, ...] = field(repr=False)
    label: NDArray[np.int8] = field(repr=False)
    """Shape (n, k): PRESENT or ABSENT; columns as in `codes`."""
    codebook: Codebook
    test: NDArray[np.bool_] = field(repr=False)
    one_of: bool = False
    """Each passage has exactly one label: scored by the strongest."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids of the labels, by column."""
        return tuple(code.id for code in self.codebook.active)

    @property
    def group(self) -> NDArray[np.int64]:
        """People, by number. Identical texts are not joined: "Okay." would make one group of all serdif's sessions."""
        return people(self.segments)

    @property
    def fresh(self) -> NDArray[np.bool_]:
        """Rows whose text, letters and digits alone, is not in train."""
        known = {plain(one.text) for one, held in zip(self.segments, self.test, strict=True) if not held}
        return np.array([plain(one.text) not in known for one in self.segments])

    @property
    def digest(self) -> str:
        """What the figures depend on: texts, contexts, labels, split and codebook."""
        found = hashlib.sha256(self.codebook.version.encode())
        for one in self.segments:
            found.update(f"{one.text}\x1f{one.context}\x1f{one.case}\x1e".encode())
        found.update(self.label.tobytes() + self.test.tobytes())
        return found.hexdigest()[:12]

    def inner(self) -> DataSet:
        """The same scores on train alone: a quarter of its groups stands for the test. For choosing, not reporting."""
        rows = np.flatnonzero(~self.test)
        segments = tuple(self.segments[row] for row in rows)
        part = replace(self, name=f"{self.name}@train", segments=segments, label=self.label[rows], test=self.test[rows])
        return replace(part, test=folds(part.group, part.label, count=4, seed=SEED) == 0)


def people(segments: Sequence[Segment]) -> NDArray[np.int64]:
    """Shape (n,): who said it, by number; where nobody is named, each passage is one's own."""
    return _numbered([segment.case or segment.transcript for segment in segments])


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Names by number, in the order in which they come."""
    place = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([place[name] for name in names], dtype=np.int64)


def load(name: str) -> DataSet:
    """The set of that name; `<name>@train` is its train part, split again.

    Raises:
        KeyError: there is no such set.
        FileNotFoundError: the data are not beside the checkout.
    """
    plain_name, _, part = name.partition("@")
    found = READERS[plain_name]()
    return found.inner() if part == "train" else found


def listed(name: str) -> list[str]:
    """The labels of a set, as its file in `labels/` lists them."""
    lines = (LABELS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def frequent(labels: pd.DataFrame, test: NDArray[np.bool_], *, least: int, in_test: int = 0) -> list[str]:
    """Columns with at least `least` positives, `in_test` of them in test: how the lists in `labels/` were made."""
    positive = labels.to_numpy() == "1"
    kept = (positive.sum(axis=0) >= least) & (positive[test].sum(axis=0) >= in_test)
    return [column for column, keep in zip(labels.columns, kept, strict=True) if keep]


def described(
    name: str, labels: Sequence[str], rows: Sequence[dict[str, str]] = (), held_texts: Sequence[str] = ()
) -> Codebook:
    """A codebook of just these labels; one without a definition is defined by its name, and no example is a held text.

    Args:
        name: of the set.
        labels: in the order of the columns.
        rows: of the set's own codebook: label, definition, examples.
        held_texts: the test's.
    """
    known = {row["label"].strip(): row for row in rows}
    table = []
    for label in labels:
        entry = known.get(label, {})
        said = label.partition(": ")[2] or label
        said = said.replace("_", " ").replace("-", " ") if " " not in said else said
        definition = entry.get("definition", "").strip() or said
        table.append({"label": said, "definition": definition, "examples": entry.get("examples", "")})
    made = codebooks.from_rows(table, codebook_id=name.replace("-", "_"), title=name)
    held = {plain(text) for text in held_texts}
    return replace(made, codes=tuple(_without(code, held) for code in made))


def _without(code: Code, held: set[str]) -> Code:
    return replace(code, examples=tuple(example for example in code.examples if plain(example) not in held))


def _read(path: str) -> pd.DataFrame:
    return pd.read_csv(DATA / path, keep_default_na=False, dtype=str)


def _entries(path: str) -> list[dict[str, str]]:
    return [dict(row) for row in read_rows(DATA / path, Path(path).name)]


def _made(
    name: str, frame: pd.DataFrame, labels: Sequence[str], *, context: str = "", group: str = "id", rows: str = ""
) -> DataSet:
    """A set from a table with a `text`, a `split` and one 0/1 column a label."""
    test = (frame["split"] == "test").to_numpy()
    asked = frame[context] if context else [""] * len(frame)
    segments = tuple(
        Segment(
            f"{name}:{at}", f"{name}:{row}", 0, len(text), "response", text, " ".join(question.split()), case=person
        )
        for at, (row, text, question, person) in enumerate(
            zip(frame["id"], frame["text"], asked, frame[group], strict=True)
        )
    )
    label = np.where(frame[list(labels)].to_numpy() == "1", PRESENT, ABSENT).astype(np.int8)
    book = described(name, labels, _entries(rows) if rows else (), list(frame.loc[test, "text"]))
    return DataSet(name, segments, label, book, test)


def _nhs_fft() -> DataSet:
    frame = _read("nhs_fft/data.csv")
    return _made("nhs_fft", frame, listed("nhs_fft"), context="question", group="group", rows="nhs_fft/codebook.csv")


def _phase1() -> DataSet:
    frame = _read("nhs_fft/phase1.csv").rename(columns={"feedback": "text", "row_index": "id"})
    themes = listed("nhs_phase1")
    for theme in themes:
        frame[theme] = np.where(frame["label"] == theme, "1", "0")
    return replace(_made("nhs_phase1", frame, themes, context="question"), one_of=True)


def _care_opinion() -> DataSet:
    return _made("nhs_care_opinion", _read("nhs_care_opinion/data.csv"), listed("nhs_care_opinion"), group="group")


def _epitome() -> DataSet:
    frame = _read("epitome/data.csv")
    return _made("epitome", frame, listed("epitome"), context="context", group="group", rows="epitome/codebook.csv")


def _serdif() -> DataSet:
    return _made("serdif", _read("serdif/data.csv"), listed("serdif"), group="group", rows="serdif/codebook.csv")


def _serdif_full() -> DataSet:
    frame = _read("serdif/data.csv")
    labels = listed("serdif")
    segments, label = sessions(DATA / "serdif" / "transcripts", frame, labels)
    held = set(frame.loc[frame["split"] == "test", "group"])
    test = np.array([segment.case in held for segment in segments])
    texts = [segment.text for segment, is_held in zip(segments, test, strict=True) if is_held]
    book = described("serdif-full", labels, _entries("serdif/codebook.csv"), texts)
    return DataSet("serdif-full", segments, label, book, test)


def _counselchat() -> DataSet:
    return _made("counselchat", _read("counselchat/data.csv"), listed("counselchat"))


def _sight() -> DataSet:
    """Two coders: a label stands where either gave it. The table has no split: a fifth is held out, by video."""
    frame = _read("sight/data.csv")
    labels = listed("sight")
    for label in labels:
        frame[label] = np.where((frame[f"H1_{label}"] == "1") | (frame[f"H2_{label}"] == "1"), "1", "0")
    truth = np.where(frame[labels].to_numpy() == "1", PRESENT, ABSENT).astype(np.int8)
    fold = folds(_numbered(list(frame["video_name"])), truth, count=5, seed=SEED)
    frame["split"] = np.where(fold == 0, "test", "train")
    return _made("sight", frame, labels, group="video_name")


READERS: dict[str, Callable[[], DataSet]] = {
    "nhs_fft": cache(_nhs_fft),
    "nhs_phase1": cache(_phase1),
    "nhs_care_opinion": cache(_care_opinion),
    "epitome": cache(_epitome),
    "serdif": cache(_serdif),
    "serdif-full": cache(_serdif_full),
    "counselchat": cache(_counselchat),
    "sight": cache(_sight),
}
