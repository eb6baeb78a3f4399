"""Cells of the table, kept on disk as they are made: a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.coding.answers import Answer
from benchmarks.coding.measures import Figures

KEPT = Path(os.environ.get("QUALCODE_CELLS", Path(__file__).with_name(".cells")))

MEASURES = 1
"""Raised whenever `measures` would give other figures."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One contender on one set, at one budget, with one seed."""

    data: str
    digest: str
    """Of the set, labels and codebook included."""
    contender: str
    version: str
    budget: str
    """A number of passages, or "all"."""
    seed: int

    @property
    def key(self) -> str:
        """The same for the same figures."""
        parts = [self.data, self.digest, self.contender, self.version, self.budget, self.seed]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def load(self, folder: Path = KEPT) -> Answer | None:
        """What was kept, or None."""
        head, body = self._paths(folder)
        if not head.exists():
            return None
        said = json.loads(head.read_text(encoding="utf-8"))
        with np.load(body, allow_pickle=False) as found:
            shape = tuple(found["shape"])
            bits = {name: _unpacked(found[name], shape) for name in ("present", "settled") if name in found}
            bits |= {"whole": _unpacked(found["whole"], shape[:1])} if "whole" in found else {}
            score = found["score"].astype(np.float64)
        return Answer(
            bits["present"],
            score,
            said["train_seconds"],
            said["code_seconds"],
            bits.get("settled"),
            bits.get("whole"),
            said["note"],
            tuple(said["trusted"]),
        )

    def keep(self, answer: Answer, folder: Path = KEPT) -> None:
        """Write it down; the JSON comes last, so that half a cell is no cell."""
        head, body = self._paths(folder)
        head.parent.mkdir(parents=True, exist_ok=True)
        arrays = {"present": np.packbits(answer.present), "score": answer.score.astype(np.float32)}
        for name, bits in (("settled", answer.settled), ("whole", answer.whole)):
            if bits is not None:
                arrays[name] = np.packbits(bits)
        with body.open("wb") as file:
            np.savez_compressed(file, shape=np.array(answer.present.shape), **arrays)
        said = {
            "set": self.data,
            "digest": self.digest,
            "contender": self.contender,
            "version": self.version,
            "budget": self.budget,
            "seed": self.seed,
            "train_seconds": round(answer.train_seconds, 3),
            "code_seconds": round(answer.code_seconds, 3),
            "note": answer.note,
            "trusted": list(answer.trusted),
        }
        part = head.with_suffix(".part")
        part.write_text(json.dumps(said, indent=1), encoding="utf-8")
        part.replace(head)

    def figures(self, part: str, make: Callable[[], Figures], folder: Path = KEPT) -> Figures:
        """What was scored of it on a part of the test rows; made once, since a thousand drawings take a while."""
        head, _ = self._paths(folder)
        path = head.with_name(f"{head.stem}-{part}-{MEASURES}.npz")
        if not path.exists():
            with path.open("wb") as file:
                np.savez_compressed(file, **make())
        with np.load(path, allow_pickle=False) as found:
            return {name: found[name] for name in found}

    def _paths(self, folder: Path) -> tuple[Path, Path]:
        name = f"{self.data}/{self.contender.lower().replace(' ', '-').replace('+', 'and')}-{self.budget}-{self.seed}"
        return folder / f"{name}-{self.key}.json", folder / f"{name}-{self.key}.npz"


def _unpacked(bits: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape).astype(bool)
