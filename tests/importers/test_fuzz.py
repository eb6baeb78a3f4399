"""Harmed files of every format, some dozens each; `make benchmark-fuzz` tries ten thousand by the same code."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz import trial
from benchmarks.fuzz.seeds import seeds
from qualcode import plugins

EACH = 40
SUFFIXES = sorted({seed.suffix for seed in seeds()})


def test_every_format_has_a_seed() -> None:
    assert set(SUFFIXES) >= set(plugins.names("importers"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_harmed_file_is_read_without_loss_or_refused_with_a_reason(tmp_path: Path, suffix: str) -> None:
    found = trial.tried(EACH * len(SUFFIXES), tmp_path, only=frozenset({suffix}))
    assert found.faults == ()
    assert sum(found.counts.values()) == EACH


def test_a_number_makes_the_same_file_again() -> None:
    sound = seeds()
    assert trial.harmed(7, sound[0], sound) == trial.harmed(7, sound[0], sound)
    assert len({trial.harmed(number, sound[0], sound) for number in range(30)}) > 20


def test_a_reader_that_loses_words_is_found_out(tmp_path: Path) -> None:
    """The trial itself is tried: a text of which half is gone must show."""
    seed = next(seed for seed in seeds() if seed.suffix == "txt")
    half = tmp_path / "half.txt"
    half.write_bytes(seed.data[: len(seed.data) // 2])
    with trial.Readers() as readers:
        (answer,) = readers.read([trial.Job(half, "txt", trial.ReadOptions(b"secret", seed.name))])
    assert "lost in silence" in trial.wrong(answer, answer, seed, seed.data)
