"""`make benchmark-first`: run the pipeline on real feedback comments, then score its proposals on their test part.

Nothing is learned from labels: the tagger sees the codebook's definitions and examples only, and an example that
stands in the test part is taken out of the codebook first. The data are not part of this project (see SOURCE.txt
beside them); without them this says so and ends.
"""

from __future__ import annotations

import csv
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, f1_score

from qualcode import codebook as codebooks
from qualcode.codebook import Codebook
from qualcode.encoders.minilm import MiniLM
from qualcode.importers.rows import read_rows
from qualcode.project import Project

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhs_fft"
LEAST_POSITIVES = 40
RUNS = 3


def main() -> None:
    if not (DATA / "data.csv").exists():
        print("benchmark-first needs the public NHS feedback data (nhs_fft) beside the checkout; it is not there")
        sys.exit(1)
    rows = pd.read_csv(DATA / "data.csv", keep_default_na=False, dtype=str)
    codebook = without_test_examples(rows)
    used = [
        code
        for code in codebook.active
        if code.definition and code.label in rows and (rows[code.label] == "1").sum() >= LEAST_POSITIVES
    ]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        codebooks.save(codebook, base / "codebook.yaml")
        raw = base / "comments"
        raw.mkdir()
        columns = ["id", "group", "service", "question", "text"]
        rows[columns].to_csv(raw / "data.csv", index=False)
        times = [timed_run(raw, base / f"project{number}", base / "codebook.yaml") for number in range(RUNS)]
        with Project.open(base / "project0") as project:
            segments, codings, judged = project.segments(), project.codings(), project.judged()
            texts = [text for text in rows["text"] if any(character.isalnum() for character in text)]
            ids = row_of(project)
        seconds, memory = (float(np.median([run[i] for run in times])) for i in (0, 1))
        encoder = encoder_seconds(texts)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; medians of {RUNS} runs")
    print(f"comments {len(rows):,}, segments {len(segments):,}, codes tagged {len(codebook.active)}")
    print(f"whole run {seconds:.1f} s, peak memory {memory:.0f} MB, {len(segments) / seconds:.0f} segments/s")
    print(
        f"encoder alone, every comment once: {encoder:.1f} s, {len(texts) / encoder:.0f} segments/s; "
        f"run / encoder {seconds / encoder:.2f}"
    )
    score(rows, used, ids, segments, codings, judged)


def without_test_examples(rows: pd.DataFrame) -> Codebook:
    """The codebook of the data, less every example that is a text of the test part."""
    from dataclasses import replace

    table = read_rows(DATA / "codebook.csv", "codebook.csv")
    codebook = codebooks.from_rows(table, codebook_id="nhs_fft", title="Patient experience framework")
    test = {plain(text) for text in rows.loc[rows["split"] == "test", "text"]}
    kept = [replace(code, examples=tuple(e for e in code.examples if plain(e) not in test)) for code in codebook]
    dropped = sum(len(a.examples) - len(b.examples) for a, b in zip(codebook, kept, strict=True))
    print(
        f"examples in the codebook {sum(len(c.examples) for c in kept)}, dropped because they stand in test {dropped}"
    )
    return replace(codebook, codes=tuple(kept))


def plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def timed_run(raw: Path, folder: Path, codebook: Path) -> tuple[float, float]:
    """Wall seconds and peak megabytes of `qualcode run` as a process of its own."""
    began = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "qualcode",
        "run",
        str(raw),
        "-o",
        str(folder),
        "--codebook",
        str(codebook),
        "--quiet",
        "--json",
        "--column",
        "programme=service",
        "--column",
        "case=group",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.monotonic() - began, max(peak, before) / 1024


def encoder_seconds(texts: list[str]) -> float:
    """Seconds for the encoder alone over all comments, model loading left out, median."""
    model = MiniLM()
    model.encode(texts[:64])
    found = []
    for _ in range(RUNS):
        began = time.monotonic()
        model.encode(texts)
        found.append(time.monotonic() - began)
    return float(np.median(found))


def row_of(project: Project) -> dict[str, str]:
    """Row id of the data for each transcript."""
    from qualcode.store import corpus

    with project.store.reading() as connection:
        return {transcript.id: transcript.row for transcript in corpus.transcripts(connection)}


def score(
    rows: pd.DataFrame,
    used: list,
    ids: dict[str, str],
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    judged: pd.DataFrame,
) -> None:
    """Micro and macro F1 and mean kappa of the proposals against the labels, on the test part."""
    row_of_segment = {row.segment: ids[row.transcript] for row in segments.itertuples()}
    proposed = {(row_of_segment[row.segment], row.code) for row in codings.itertuples()}
    decided = {(row_of_segment[row.segment], row.code) for row in judged.itertuples()}
    test = rows[rows["split"] == "test"]
    train_texts = {plain(text) for text in rows.loc[rows["split"] == "train", "text"]}
    fresh = test[[plain(text) not in train_texts for text in test["text"]]]
    print(f"\nno labels, {len(used)} codes that have a definition and at least {LEAST_POSITIVES} positives:")
    print("| rows | n | micro F1 | macro F1 | mean kappa | cells not judged |")
    print("|---|---|---|---|---|---|")
    for name, part in (("all test rows", test), ("test rows whose text is not in train", fresh)):
        truth = np.stack([(part[code.label] == "1").to_numpy() for code in used], axis=1)
        found = np.array([[(row, code.id) in proposed for code in used] for row in part["id"]])
        left = np.mean([[(row, code.id) not in decided for code in used] for row in part["id"]])
        kappas = [
            # A code with neither a label nor a proposal has no kappa; the mean is over those that have.
            cohen_kappa_score(truth[:, k], found[:, k]) if truth[:, k].any() or found[:, k].any() else np.nan
            for k in range(len(used))
        ]
        print(
            f"| {name} | {len(part):,} | {f1_score(truth, found, average='micro'):.3f} | "
            f"{f1_score(truth, found, average='macro', zero_division=0):.3f} | {np.nanmean(kappas):.3f} | {left:.1%} |"
        )


def machine() -> str:
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as handle:
            name = next(line.split(":", 1)[1].strip() for line in handle if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    import os

    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    csv.field_size_limit(10_000_000)
    main()
