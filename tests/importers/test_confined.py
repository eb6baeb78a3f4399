"""Readers that hang, grow, crash and lie, and parents that die: real processes, and an importer that obeys its file."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz.seeds import seeds, written
from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.errors import ImporterError, MalformedTranscript, PluginError, ProjectError, QualcodeError
from qualcode.importers import Imported, Loss, ReadOptions
from qualcode.importers.carried import packed, unpacked
from qualcode.importers.confined import FEW_FILES, Job, Limits, Readers
from qualcode.importers.reader import answer
from tests.invented import REPOSITORY, environment, interview, write_files

SENTINEL = "Zyzzyva Lamplight"
OBEDIENT = """\
import ctypes, os, re, time
from pathlib import Path
from qualcode.importers.text import document

def read(path, options):
    word = path.read_text().split()[0]
    if word == "sleep":
        time.sleep(600)
    if word == "spin":  # never lets go of the interpreter's lock
        re.match("(a+)+$", "a" * 60 + "b")
    if word == "grow":
        bytearray(3_000_000_000)
    if word == "hide":
        try:
            bytearray(3_000_000_000)
        except MemoryError:
            from qualcode.errors import MalformedTranscript
            raise MalformedTranscript("is damaged", path=options.source) from None
    if word == "crash":
        ctypes.string_at(0)
    if word == "exit":
        os._exit(3)
    if word == "deep":
        (lambda again: again(again))(lambda again: again(again))
    if word == "raise":
        raise ValueError(path.read_text())
    if word == "wrong":
        return path.read_text()
    if word == "strange":
        return document("hello", options, source_hash=object())
    if word == "print":
        print(path.read_text())
        os.write(2, path.read_bytes())
    return document(path.read_text(), options, source_hash="0" * 64, notes=(str(os.getpid()),))
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Job]]:
    """Jobs for files that hold what their reader is to do."""
    write_files(
        tmp_path / "site",
        {
            "obedient.py": OBEDIENT,
            "obedient-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: obedient\nVersion: 1.0\n",
            "obedient-1.0.dist-info/entry_points.txt": "[qualcode.importers]\ntold = obedient:read\n",
        },
    )
    monkeypatch.syspath_prepend(tmp_path / "site")

    def jobs(*words: str) -> list[Job]:
        names = [f"{number}.told" for number in range(len(words))]
        write_files(tmp_path, {name: f"{word} {SENTINEL}" for name, word in zip(names, words, strict=True)})
        return [Job(tmp_path / name, "told", ReadOptions(b"secret", name)) for name in names]

    return jobs


def _read(jobs: list[Job], limits: Limits | None = None, most: int = 1) -> list[Imported | QualcodeError]:
    with Readers(limits, most=most) as readers:
        return list(readers.read(jobs))


def _failed(found: Imported | QualcodeError, path: str) -> str:
    assert isinstance(found, ImporterError), found
    assert found.path == path
    assert "Zyzzyva" not in f"{found!r} {found} {found.hint}"
    return found.message


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("sleep", "took longer than 5 s to read"),
        ("spin", "took longer than 5 s to read"),
        ("grow", "needed more than 1 GB of memory to read"),
        ("hide", "needed more than 1 GB of memory to read"),
        ("crash", "its reader crashed (SIGSEGV)"),
        ("exit", "its reader crashed (code 3)"),
        ("raise", "its reader failed (ValueError at obedient.py:26)"),
        ("deep", "is nested too deep to be read"),
    ],
)
def test_a_file_that_harms_its_reader_fails_alone(told, word: str, why: str) -> None:
    # To start a reader counts too, and takes seconds on a machine that is busy.
    limits = Limits(10**9, 5 if word in ("sleep", "spin") else 60, 0)
    first, second, third = _read(told("good", word, "good"), limits)
    assert _failed(second, "1.told") == why
    assert isinstance(first, Imported)
    assert isinstance(third, Imported)


@pytest.mark.parametrize("word", ["wrong", "strange"])
def test_an_importer_that_gives_no_records_is_told_of(told, word: str) -> None:
    first, second = _read(told(word, "good"))
    assert isinstance(first, (PluginError, MalformedTranscript))
    assert "no record" in first.message or "no Imported" in first.message
    assert "Zyzzyva" not in str(first)
    assert isinstance(second, Imported)


def test_one_process_reads_many_files_and_nothing_it_prints_comes_out(told, capfd: pytest.CaptureFixture[str]) -> None:
    found = _read(told(*["print"] * 5))
    assert len({imported.notes[0] for imported in found if isinstance(imported, Imported)}) == 1
    assert "".join(capfd.readouterr()) == ""


def test_answers_come_in_the_order_of_the_files_whoever_is_ready_first(told) -> None:
    words = ["good"] * 12
    found = _read(told(*words), most=3)
    assert [imported.transcripts[0].source for imported in found] == [f"{number}.told" for number in range(12)]


def test_what_a_process_reads_is_what_would_be_read_here(tmp_path: Path) -> None:
    names = [f"P{number:02}.txt" for number in range(FEW_FILES + 1)]
    write_files(tmp_path, {name: interview(f"It rained on day {name}. É 🙂") for name in names})
    jobs = [Job(tmp_path / name, "txt", ReadOptions(b"secret", name)) for name in names]
    assert _read(jobs, most=2) == [found for job in jobs for found in _read([job])]


def test_a_few_small_text_files_start_no_process(tmp_path: Path) -> None:
    write_files(tmp_path, {"P01.txt": interview("It rained.")})
    job = Job(tmp_path / "P01.txt", "txt", ReadOptions(b"secret", "P01.txt"))
    with Readers() as readers:
        assert isinstance(next(readers.read([job])), Imported)
        assert _children(os.getpid()) == []


def test_an_error_keeps_its_kind_line_and_hint(tmp_path: Path) -> None:
    for error in (
        MalformedTranscript("is damaged", path="a.csv", line=3, hint="mend it"),
        ImporterError("cannot be opened", path="a"),
        ProjectError("is wrong", place="qualcode.toml", hint="x"),
    ):
        again = unpacked(packed(error))
        assert type(again) is type(error)
        assert (str(again), vars(again)) == (str(error), vars(error))


class _Command:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


class _Method:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.write_text, ("x",)


@pytest.mark.parametrize("value", [_Command(), _Method(), object(), os.system, Imported.__init__, pickle.loads])
def test_an_answer_that_is_no_record_is_not_made(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError):
        unpacked(pickle.dumps(value))


def test_a_dotted_name_does_not_lead_past_the_records() -> None:
    data = b"\x80\x04\x8c\x0fqualcode.corpus\x8c\x13Transcript.__init__\x93."
    with pytest.raises(pickle.UnpicklingError):
        unpacked(data)


def test_text_and_numbers_of_other_libraries_arrive_plain() -> None:
    class Word(str):
        pass

    made = Imported((), notes=(Word("said"),), losses=(Loss("comments", np.int64(3)), Loss("x", np.float32(0.5))))
    again = unpacked(packed(made))
    assert again == made
    assert [type(value) for value in (again.notes[0], *(loss.count for loss in again.losses))] == [str, int, float]


def test_every_kind_of_record_arrives_as_it_left(tmp_path: Path) -> None:
    codebook = codebooks.load(resources.path("codebooks/peer_support.yaml"))
    again = unpacked(packed(Imported((), codebook=codebook)))
    assert again.codebook == codebook
    assert again.codebook.version == codebook.version
    assert again.codebook[codebook.codes[0].id] == codebook.codes[0]
    for seed in (seed for seed in seeds() if seed.name.startswith("made.")):
        found = answer(written(seed, tmp_path), seed.suffix, ReadOptions(b"secret", seed.name))
        assert unpacked(packed(found)) == found, seed.name
        assert found.transcripts or found.codebook


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "qualcode.importers.reader" in line]


def _waits(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


PARENT = """\
from pathlib import Path
from qualcode.importers import ReadOptions
from qualcode.importers.confined import Job, Limits, Readers
with Readers(Limits(2_000_000_000, {seconds}, 0), most=2) as readers:
    print([type(x).__name__ for x in readers.read([Job(Path(n), "told", ReadOptions(b"k", n)) for n in {names}])])
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells processes by /proc, which is Linux'")
@pytest.mark.parametrize(
    ("word", "number"), [("sleep", signal.SIGKILL), ("sleep", signal.SIGINT), ("sleep", signal.SIGTERM), ("spin", 9)]
)
def test_no_reader_outlives_its_parent(told, tmp_path: Path, word: str, number: int) -> None:
    names = [str(job.path) for job in told(word, word)]
    seconds = 3 if word == "spin" else 600
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(names=names, seconds=seconds)],
        env=environment(tmp_path / "site", REPOSITORY),
        stderr=subprocess.DEVNULL,
    )
    assert _waits(lambda: len(_children(parent.pid)) == 2)
    readers = _children(parent.pid)
    time.sleep(1.5)  # they have begun to read
    parent.send_signal(number)
    parent.wait(10)
    # One that holds the interpreter's lock is ended by its own clock: 3 s and 2 s of grace.
    assert _waits(lambda: not any(map(_runs, readers)), 15 if word == "spin" else 5)


def test_a_script_without_a_main_guard_is_not_run_twice(told, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    names = [str(job.path) for job in told("good", "good")]
    script.write_text("print('begun')\n" + PARENT.format(names=names, seconds=60))
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment(tmp_path / "site", REPOSITORY),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("begun\n['Imported', 'Imported']\n", "")


def test_a_module_beside_the_transcripts_is_not_taken_for_pythons(told, tmp_path: Path, monkeypatch) -> None:
    write_files(tmp_path, {"here/pickle.py": "raise SystemExit('taken')", "here/queue.py": "raise SystemExit"})
    monkeypatch.chdir(tmp_path / "here")
    assert isinstance(_read(told("good"))[0], Imported)
