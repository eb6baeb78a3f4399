"""`make benchmark-coding`: every contender on every public set at every budget, then the tables.

What was computed is kept under `.cells/`; a run that was stopped goes on, and a second run only prints. Parts run with
`python -m benchmarks.coding --set nhs_fft --contender qualcode --budget 200 --seeds 1`; `--set nhs_fft@train` scores on
a quarter of the train part, which is where choices are made. Times are processor seconds of one thread.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

# Before numpy is imported: the times are those of one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.coding import looks, proxies, tables
from benchmarks.coding.answers import Contender, Task, drawn
from benchmarks.coding.cells import KEPT, Cell
from benchmarks.coding.contenders import CONTENDERS
from benchmarks.coding.keeping import KeptVectors
from benchmarks.coding.sets import DATA, READERS, DataSet, load
from qualcode.encoders.minilm import MiniLM
from qualcode.errors import NotEnoughData

BUDGETS = ("0", "50", "200", "1000", "all")
SEEDS = 5
"""Between the ends; there is one way to draw nothing or everything."""


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _options(arguments)
    if not DATA.is_dir():
        print("benchmark-coding needs the public data beside the checkout (or QUALCODE_DATA=/path/to/them); not there")
        sys.exit(1)
    names = asked.set or list(READERS)
    contenders = [one for one in CONTENDERS if not asked.contender or one.name in asked.contender]
    if not contenders:
        sys.exit(f"no such contender (there are: {', '.join(one.name for one in CONTENDERS)})")
    part = bool(asked.set or asked.contender or asked.budget or asked.seeds != SEEDS)
    if not asked.tables:
        encoder = KeptVectors(MiniLM(threads=1), KEPT / "vectors")
        for name in names:
            run(load(name), contenders, asked.budget or BUDGETS, asked.seeds, encoder)
        if not part:
            proxies.run(encoder)
    tables.write([load(name) for name in names], CONTENDERS, BUDGETS, Path(__file__).resolve().parents[1], part)


def run(
    data: DataSet, contenders: Sequence[Contender], budgets: Sequence[str], seeds: int, encoder: KeptVectors
) -> None:
    """Make the cells of one set that are not there yet."""
    for budget in budgets:
        for contender in contenders:
            if budget == "0" and not contender.starts_empty:
                continue
            for seed in range(1, 2 if budget in ("0", "all") else 1 + seeds):
                cell = Cell(data.name, data.digest, contender.name, contender.version, budget, seed)
                if cell.load() is None:
                    _make(cell, data, contender, encoder)


def _make(cell: Cell, data: DataSet, contender: Contender, encoder: KeptVectors) -> None:
    try:
        training = drawn(data, None if cell.budget == "all" else int(cell.budget), cell.seed)
    except NotEnoughData:
        return
    asked = [segment for segment, held in zip(data.segments, data.test, strict=True) if held]
    task = Task(training, asked, data.codebook, data.one_of, cell.seed, encoder)
    try:
        answer = contender.answer(task)
    except ImportError as missing:
        print(f"{contender.name}: {missing.name or 'a module'} is not there; its cells are left out")
        return
    cell.keep(answer)
    if contender.name == "qualcode" and "@" not in data.name:
        looks.looked(data.name, contender.version, f"{datetime.now(UTC):%Y-%m-%d}")
    print(
        f"{data.name}, {cell.budget} judged, seed {cell.seed}, {contender.name}: "
        f"{answer.train_seconds:.1f} s to train, {answer.code_seconds:.1f} s to code {len(asked):,}",
        flush=True,
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coding", description=__doc__.partition("\n")[0])
    parser.add_argument("--set", action="append", help=f"one of {', '.join(READERS)}; with @train, its train part")
    parser.add_argument("--contender", action="append", help="by name, as in the table")
    parser.add_argument("--budget", action="append", choices=BUDGETS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--tables", action="store_true", help="only print what is kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
