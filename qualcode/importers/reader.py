"""The process that reads files: `python -m qualcode.importers.reader MEMORY`, one answer for each file it is told of.

It runs as a command of its own and not by `multiprocessing`, which would run the person's own script a second time.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import queue
import signal
import sys
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from qualcode import plugins
from qualcode.errors import ImporterError, MalformedTranscript, PluginError, QualcodeError
from qualcode.importers import overlap, signature
from qualcode.importers.carried import packed
from qualcode.importers.imported import Imported, ReadOptions

RAN_OUT = b""
"""The answer of a reader without memory: it must not need any."""
GRACE_SECONDS = 2.0
"""A reader ends itself so long after its time is up, should nobody be there to end it."""
_LENGTH = 8


def answer(path: Path, suffix: str, options: ReadOptions) -> Imported:
    """What the importer of `suffix` gives for a file.

    Raises:
        ImporterError: the file cannot be read, whatever the importer raised: a library's message may quote people.
        MemoryError: there was not enough of it.
        PluginError: the importer cannot be loaded, or gives no `Imported`.
        ProjectError: the settings are at fault.
    """
    try:
        signature.check(path, suffix, options.source)
        imported = _importer(suffix)(path, options)
    except QualcodeError as error:
        if _ran_out(error):
            raise MemoryError from None
        raise
    except MemoryError:
        raise MemoryError from None
    except RecursionError:
        raise MalformedTranscript("is nested too deep to be read", path=options.source, hint="save it anew") from None
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror or 'unknown reason'})", path=options.source) from None
    except Exception as error:  # noqa: BLE001 - one file's reader must not stop the others
        raise MalformedTranscript(
            f"its reader failed ({type(error).__name__}{_where(error)})",
            path=options.source,
            hint="open it and save it anew; if that does not help, report this line",
        ) from None
    if not isinstance(imported, Imported):
        raise PluginError(f"the importer {suffix!r} gives no Imported", place=options.source)
    texts = [transcript for transcript in imported.transcripts if not transcript.row]
    return replace(imported, sketches=tuple(overlap.packed(overlap.sketch(text.id, text.text)) for text in texts))


@cache
def _importer(suffix: str) -> Any:
    # Finding an entry point reads the metadata of every installed package: as long as reading a short file.
    return plugins.load("importers", suffix)


def _ran_out(error: BaseException | None) -> bool:
    """Whether memory was what an importer lacked when it took the file for damaged."""
    return error is not None and (isinstance(error, MemoryError) or _ran_out(error.__context__))


def _where(error: BaseException) -> str:
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return f" at {Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""


def send(stream: BinaryIO, data: bytes) -> None:
    """Write one message: its length, then its bytes.

    Raises:
        OSError: nobody listens any more.
    """
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO, most: int) -> bytes | None:
    """Read one message, or None where the other side has ended or says nonsense."""
    head = stream.read(_LENGTH)
    length = int.from_bytes(head, "big")
    if len(head) < _LENGTH or length > most:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def main() -> None:
    """Read files until there are no more, within the memory that the first argument allows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; our parent decides what it means
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)  # a library's print must not get among the answers, nor words onto the terminal
    memory = int(sys.argv[1])
    _limit(memory)
    gc.set_threshold(50_000)
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting, memory), daemon=True).start()
    while True:
        path, suffix, options, seconds = pickle.loads(waiting.get())  # our parent wrote it
        faulthandler.dump_traceback_later(seconds + GRACE_SECONDS, exit=True, file=silent)
        said = _said(path, suffix, options)
        faulthandler.cancel_dump_traceback_later()
        send(answers, said)


def _listen(jobs: BinaryIO, waiting: queue.SimpleQueue[bytes], most: int) -> None:
    """Take jobs in; when the parent has gone, by whatever death, end at once, also in the middle of a file."""
    while (job := receive(jobs, most)) is not None:
        waiting.put(job)
    os._exit(0)


def _said(path: Path, suffix: str, options: ReadOptions) -> bytes:
    try:
        try:
            return packed(answer(path, suffix, options))
        except QualcodeError as error:
            return packed(error)
        except (pickle.PicklingError, TypeError, AttributeError):
            return packed(PluginError(f"the importer {suffix!r} gives what no record holds", place=options.source))
    except MemoryError:
        return RAN_OUT


def _limit(memory: int) -> None:
    """Bound the memory, and leave no image of it, which would hold words, on disk after a crash."""
    try:
        import resource
    except ImportError:
        return  # Windows: the time alone is limited
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # macOS refuses some of them


if __name__ == "__main__":
    main()
