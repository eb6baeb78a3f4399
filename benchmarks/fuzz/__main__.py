"""`make benchmark-fuzz`: ten thousand harmed files of every format, read as an import reads them.

No reader may crash, hang, break a promise about offsets, or lose words in silence. Each file is made from its number
alone, so that a fault can be had again: `python -m benchmarks.fuzz -n 1 --first NUMBER --keep FOLDER`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.fuzz.trial import tried

SHOWN = 40


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    words.add_argument("-n", type=int, default=10_000, help="how many files")
    words.add_argument("--first", type=int, default=0, help="number of the first")
    words.add_argument("--only", nargs="*", metavar="SUFFIX", help="formats; else all")
    words.add_argument("--keep", type=Path, help="a folder that keeps the files that show a fault")
    stated = words.parse_args()
    if stated.keep:
        stated.keep.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with nullcontext(stated.keep) if stated.keep else tempfile.TemporaryDirectory() as folder:
        found = tried(stated.n, Path(folder), first=stated.first, only=frozenset(stated.only or ()))
    seconds = time.monotonic() - began
    print(f"{stated.n:,} files from number {stated.first}, {seconds:.0f} s, {stated.n / seconds:.0f} files/s")
    print("| format | read | refused |")
    print("|---|---|---|")
    for suffix in sorted({suffix for suffix, _ in found.counts}):
        print(f"| {suffix} | {found.counts[suffix, 'read']:,} | {found.counts[suffix, 'refused']:,} |")
    print(f"{len(found.faults)} faults")
    for number, seed, wrong in found.faults[:SHOWN]:
        print(f"  {number} (from {seed}): {wrong}")
    sys.exit(1 if found.faults else 0)


if __name__ == "__main__":
    main()
