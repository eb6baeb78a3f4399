"""`make benchmark-import`: a thousand one-hour interviews, as Word files and as captions.

In one run: the bare parser over all files, then `qualcode import` of them into a fresh project; the rate of the one
over the rate of the other, and the peak memory of the import as the number of files grows. The interviews are made up.

    python -m benchmarks.import -n 100
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

invented = import_module("benchmarks.import.invented")  # `import` cannot stand in an import statement

AIM = 0.70
SHARES = (4, 2, 1)


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.import")
    words.add_argument("-n", type=int, default=1_000, help="how many interviews in each format")
    wanted: int = words.parse_args().n
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; {wanted:,} interviews of some 8,000 words in each format")
    formats = [("docx", invented.write_docx, bare_docx), ("vtt", invented.write_vtt, bare_vtt)]
    if find_spec("webvtt") is None:
        formats.pop()
        print("captions are left out: there is no bare parser to compare with (pip install --no-deps webvtt-py)")
    print(
        "| format | files | bare parser, files/s | import, files/s | ratio | peak memory, MB | of our process alone |"
    )
    print("|---|---|---|---|---|---|---|")
    missed = []
    for suffix, write, bare in formats:
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            peaks = []
            for share in SHARES:
                size = max(1, wanted // share)
                raw = base / f"raw{share}"
                raw.mkdir()
                for number in range(size):
                    write(raw / f"P{number:04}.{suffix}", number)
                parse = timed(lambda raw=raw, bare=bare: [bare(path) for path in sorted(raw.iterdir())])
                seconds, peak, alone = imported(raw, base / f"project{share}")
                peaks.append((size, alone))
                ratio = parse / seconds
                print(
                    f"| {suffix} | {size:,} | {size / parse:.1f} | {size / seconds:.1f} | {ratio:.0%} | "
                    f"{peak:.0f} | {alone:.0f} |",
                    flush=True,
                )
            missed += [suffix] if ratio < AIM else []
            (least, first), (most, last) = peaks[0], peaks[-1]
            slope = (last - first) * 1024 / max(1, most - least)
            print(f"memory of our process grows by {slope:.0f} kB a file from {least:,} to {most:,} {suffix} files")
    if missed:
        print(f"slower than {AIM:.0%} of the bare parser: {', '.join(missed)}")
        sys.exit(1)


def bare_docx(path: Path) -> int:
    from docx import Document

    return sum(len(paragraph.text) for paragraph in Document(str(path)).paragraphs)


def bare_vtt(path: Path) -> int:
    import webvtt

    return sum(len(caption.text) for caption in webvtt.read(str(path)))


def timed(do: Callable[[], object]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def imported(raw: Path, project: Path) -> tuple[float, float, float]:
    """Seconds of `qualcode import`, and peak megabytes: with its readers, and alone."""
    command = [sys.executable, "-m", "qualcode"]
    subprocess.run([*command, "init", str(project)], check=True, capture_output=True)
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "import", str(raw), "-p", str(project), "--quiet", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    peaks = [0.0, 0.0]
    watch = threading.Thread(target=watched, args=(process, peaks))
    watch.start()
    said = process.communicate()[0]
    seconds = time.monotonic() - began
    watch.join()
    summary = json.loads(said)
    if process.returncode or summary["new"] != summary["files"]:
        sys.exit(f"the import failed: {summary['new']} of {summary['files']} files came in")
    return seconds, peaks[0], peaks[1]


def watched(process: subprocess.Popen[bytes], peaks: list[float]) -> None:
    """Keep the largest resident memory of a process, with its children and alone, in megabytes; Linux only."""
    while process.poll() is None:
        own = resident(process.pid)
        try:
            listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            # A reader is started by a thread, and stands among the thread's children.
            tasks = Path(f"/proc/{process.pid}/task").iterdir()
            listed += [child for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            listed = []
        peaks[0] = max(peaks[0], own + sum(resident(int(child)) for child in set(listed)))
        peaks[1] = max(peaks[1], own)
        time.sleep(0.05)


def resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def machine() -> str:
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as handle:
            name = next(line.split(":", 1)[1].strip() for line in handle if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
