"""Read many files, each in a process that may take only so long and so much memory, several at a time and in order.

Readers of Word, PDF and other tools' files are large, and their files come from strangers. What hangs, crashes or grows
costs its own file and nothing else.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from qualcode.errors import ImporterError, MalformedTranscript, QualcodeError
from qualcode.importers import reader
from qualcode.importers.carried import unpacked
from qualcode.importers.imported import Imported, ReadOptions
from qualcode.importers.signature import PLAIN_TEXT
from qualcode.passphrase import VARIABLE

MEMORY_BYTES = 2_000_000_000
"""Of address space, for one reader; a Word file of 200 pages needs a tenth."""
SECONDS = 60.0
SECONDS_A_MEGABYTE = 10.0
"""A file may take `SECONDS`, and so much more for each megabyte; a transcript takes less than one second."""
MOST_READERS = 4
AHEAD = 2
"""Files that each reader may be ahead of what is written: more would only fill the memory."""
FEW_FILES = 20
LARGE_TEXT = 10_000_000
"""So few text files, none of them so large, are read here: to start a reader takes longer than to read them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read."""

    path: Path = field(repr=False)
    suffix: str
    """Lower case, without its dot: the name of its importer."""
    options: ReadOptions


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reader may take."""

    memory: int = MEMORY_BYTES
    seconds: float = SECONDS
    seconds_a_megabyte: float = SECONDS_A_MEGABYTE

    def seconds_for(self, path: Path) -> float:
        """Wall-clock seconds for a file."""
        try:
            size = path.stat().st_size
        except OSError:
            size = 0  # it has gone: its reader will say so
        return self.seconds + self.seconds_a_megabyte * size / 1_000_000


class Readers:
    """Processes that read files, started when they are needed and ended with the block.

    >>> with Readers() as readers:
    ...     list(readers.read([]))
    []
    """

    def __init__(self, limits: Limits | None = None, *, most: int | None = None) -> None:
        self.limits = limits or Limits()
        self.most = most or max(1, min(MOST_READERS, os.cpu_count() or 1))
        self._idle: queue.LifoQueue[_Reader] = queue.LifoQueue()
        self._alive: set[_Reader] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(self.most, thread_name_prefix="qualcode-reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every reader, also one in the middle of a file."""
        with self._lock:
            self._closed = True
            alive = list(self._alive)
        for process in alive:
            process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in alive:
            process.end()

    def read(self, jobs: Sequence[Job]) -> Iterator[Imported | QualcodeError]:
        """What each file gave, or why it gave nothing, in the order of the jobs.

        At most `AHEAD` files a reader wait to be taken, so memory does not grow with the number of files.
        """
        many = len(jobs) > FEW_FILES
        waiting: deque[Future[Imported | QualcodeError]] = deque()
        for job in jobs:
            if many or job.suffix not in PLAIN_TEXT or _size(job.path) > LARGE_TEXT:
                waiting.append(self._threads.submit(self._confined, job))
            else:
                waiting.append(_done(_here(job)))
            if len(waiting) > AHEAD * self.most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _confined(self, job: Job) -> Imported | QualcodeError:
        """Runs in a thread that does nothing but wait for a reader."""
        seconds = self.limits.seconds_for(job.path)
        try:
            process = self._reader()
        except OSError as error:
            return ImporterError(f"its reader could not be started ({error.strerror})", path=job.options.source)
        try:
            said = process.ask(job, seconds)
        finally:
            self._put_back(process)
        if said is None:
            return _failure(process, job, seconds)
        if said == reader.RAN_OUT:
            return _too_much(self.limits.memory, job)
        try:
            found = unpacked(said)
        except pickle.UnpicklingError:
            found = None
        if isinstance(found, (Imported, QualcodeError)):
            return found
        return MalformedTranscript("its reader gave no records", path=job.options.source, hint="report this line")

    def _reader(self) -> _Reader:
        with suppress(queue.Empty):
            while True:
                process = self._idle.get_nowait()
                if process.alive():
                    return process
                self._alive.discard(process)
        with self._lock:
            # Started under the lock: what `close` does not see now would outlive it.
            if self._closed:
                raise ProcessLookupError(0, "the import has ended")
            process = _Reader(self.limits.memory)
            self._alive.add(process)
        return process

    def _put_back(self, process: _Reader) -> None:
        if process.spent:
            process.end()
            with self._lock:
                self._alive.discard(process)
        else:
            self._idle.put(process)


class _Reader:
    """One reader process, seen from ours."""

    def __init__(self, memory: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", reader.__name__, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._answers: BinaryIO = self._process.stdout  # type: ignore[assignment]
        self._memory = memory
        self.late = False
        self.spent = False
        """Not to be asked again."""

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: Job, seconds: float) -> bytes | None:
        """The answer for a file; None where there is none: too late, or the process died."""
        clock = threading.Timer(seconds, self._too_late)
        clock.daemon = True
        clock.start()
        said = None
        with suppress(OSError, ValueError):  # it died before it was asked
            reader.send(self._jobs, pickle.dumps((job.path, job.suffix, job.options, seconds)))
            said = reader.receive(self._answers, self._memory)
        clock.cancel()
        if said is None and not self.late:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)  # else we would be its death, and its own would stay unknown
        if said is None or said == reader.RAN_OUT or self.late:
            self.spent = True
        return said

    def _too_late(self) -> None:
        self.late = True
        self.kill()

    def kill(self) -> None:
        self.spent = True
        self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.wait()
        for stream in (self._jobs, self._answers):
            with suppress(OSError):  # what was not sent has nobody to go to
                stream.close()

    def death(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"code {code}"
        with suppress(ValueError):
            return signal.Signals(-code).name
        return f"signal {-code}"


def _environment() -> dict[str, str]:
    """Ours, with our own path of modules: the reader must find the same qualcode and the same plugins.

    Without a passphrase: a reader never opens the project. And with one thread for numpy, which openpyxl loads: each
    further one would reserve address space that the limit counts.
    """
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    inherited = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return {**inherited, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _done(value: Imported | QualcodeError) -> Future[Imported | QualcodeError]:
    future: Future[Imported | QualcodeError] = Future()
    future.set_result(value)
    return future


def _here(job: Job) -> Imported | QualcodeError:
    try:
        return reader.answer(job.path, job.suffix, job.options)
    except QualcodeError as error:
        return error
    except MemoryError:
        return MalformedTranscript("needed more memory than there is", path=job.options.source)


def _failure(process: _Reader, job: Job, seconds: float) -> MalformedTranscript:
    if process.late:
        return MalformedTranscript(
            f"took longer than {seconds:.0f} s to read",
            path=job.options.source,
            hint="it may be damaged: open it and save it anew; if it is very large, cut it in parts",
        )
    return MalformedTranscript(
        f"its reader crashed ({process.death()})",
        path=job.options.source,
        hint="it may be damaged, or made to do harm: open it and save it anew",
    )


def _too_much(memory: int, job: Job) -> MalformedTranscript:
    return MalformedTranscript(
        f"needed more than {memory / 1e9:.3g} GB of memory to read",
        path=job.options.source,
        hint="it may be damaged: open it and save it anew; if it is very large, cut it in parts",
    )
