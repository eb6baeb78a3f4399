"""Read harmed files as an import does, and say what an importer did that it must never do."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz.mutations import mutated
from benchmarks.fuzz.seeds import Seed, seeds, written
from qualcode import plugins
from qualcode.errors import ImporterError, PluginError, QualcodeError
from qualcode.importers import Imported, ReadOptions
from qualcode.importers.confined import Job, Limits, Readers
from qualcode.testing import check_imported

LIMITS = Limits(seconds=20.0, seconds_a_megabyte=2.0)
BATCH = 200
LINES = frozenset({"txt", "md", "vtt", "srt"})
_WORD = re.compile(r"[a-z]{5,}")
_BROKEN = ("its reader failed", "its reader crashed", "its reader gave", "took longer", "needed more")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the trial."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Files by (suffix, read or refused)."""
    faults: tuple[tuple[int, str, str], ...] = ()
    """(number of the file, the seed it was made from, what is wrong)."""


def readable() -> frozenset[str]:
    """The suffixes of seeds whose importers can be loaded."""
    found = set()
    for suffix in {seed.suffix for seed in seeds()}:
        with suppress(PluginError):
            plugins.load("importers", suffix)
            found.add(suffix)
    return frozenset(found)


def tried(wanted: int, folder: Path, *, first: int = 0, only: frozenset[str] | None = None) -> Found:
    """Read harmed files, numbered from `first`; the number alone decides what the file is.

    Args:
        wanted: how many numbers; those of formats that are left out make no file.
        folder: for the files; each is deleted when it was read without fault.
        first: number of the first.
        only: suffixes to try; else all that have an importer.
    """
    sound = seeds()
    asked = only or readable()
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[tuple[int, str, str]] = []
    with Readers(LIMITS) as readers:
        whole = [seed for seed in sound if seed.suffix in asked]
        jobs = [_job(written(seed, folder), seed) for seed in whole]
        before = dict(zip((seed.name for seed in whole), readers.read(jobs), strict=True))
        refused = [name for name, answer in before.items() if not isinstance(answer, Imported)]
        faults += [(-1, name, f"the sound file is refused: {before[name]}") for name in refused]
        for start in range(first, first + wanted, BATCH):
            made = []
            for number in range(start, min(start + BATCH, first + wanted)):
                seed = _seed(number, sound)
                if seed.suffix in asked:
                    made.append((number, seed, harmed(number, seed, sound)))
            jobs = []
            for number, seed, data in made:
                path = folder / f"{number}.{seed.suffix}"
                path.write_bytes(data)
                jobs.append(_job(path, seed))
            for (number, seed, data), job, answer in zip(made, jobs, readers.read(jobs), strict=True):
                counts[seed.suffix, "read" if isinstance(answer, Imported) else "refused"] += 1
                fault = wrong(answer, before[seed.name], seed, data)
                if fault:
                    faults.append((number, seed.name, fault))
                else:
                    job.path.unlink()
    return Found(counts, tuple(faults))


def _job(path: Path, seed: Seed) -> Job:
    return Job(path, seed.suffix, ReadOptions(b"a secret", seed.name))


def _seed(number: int, sound: list[Seed]) -> Seed:
    """The formats take turns; which file of the format, the number decides."""
    suffixes = sorted({seed.suffix for seed in sound})
    own = [seed for seed in sound if seed.suffix == suffixes[number % len(suffixes)]]
    return random.Random(f"seed {number}").choice(own)


def harmed(number: int, seed: Seed, sound: list[Seed]) -> bytes:
    """The bytes of the file of this number."""
    return mutated(seed.data, seed.suffix, [other.data for other in sound], random.Random(number))


def wrong(answer: Imported | QualcodeError, before: Imported | QualcodeError, seed: Seed, data: bytes) -> str:
    if isinstance(answer, ImporterError):
        return answer.message if answer.message.startswith(_BROKEN) or not answer.path else ""
    if isinstance(answer, QualcodeError):
        return f"{type(answer).__name__}: {answer.message}"
    try:
        check_imported(answer)
    except PluginError as error:
        return error.message
    # Whoever was told of something can look; only silence is a fault.
    told = answer.skipped or answer.losses or (isinstance(before, Imported) and set(answer.notes) - set(before.notes))
    lost = [] if told else _lost(answer, seed.suffix, data)
    return f"{len(lost)} words are lost in silence, e.g. {lost[:3]}" if lost else ""


def _lost(answer: Imported, suffix: str, data: bytes) -> list[str]:
    """Words of the harmed file that stand where words are read, and that the texts do not hold."""
    held = set(_WORD.findall(" ".join(transcript.text for transcript in answer.transcripts).lower()))
    if suffix in ("txt", "md"):
        said = [data.decode("utf-8", "replace")]
    elif suffix in ("vtt", "srt"):
        said = _cues(data.decode("utf-8", "replace"))
    elif suffix == "docx":
        said = _runs(data)
    else:
        return []
    return sorted(set(_WORD.findall(" ".join(said).lower())) - held)


def _cues(text: str) -> list[str]:
    """Lines behind a line of times, up to an empty one; a line of a name, a comment or a header is none."""
    blocks = re.split(
        r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\ufeff", "")
    )
    spoken = [block.partition("-->")[2].partition("\n")[2] for block in blocks if block.count("-->") == 1]
    return [re.sub(r"<[^<>]*>|&\w*;?", " ", words) for words in spoken]


def _runs(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read("word/document.xml").decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, OSError):
        return []
    body = re.sub(r"<w:(del|moveFrom)\b[^>]*>.*?</w:\1>", "", xml, flags=re.DOTALL)
    runs = re.findall(r"<w:p\b[^>]*>(?:<w:pPr>.*?</w:pPr>)?<w:r\b[^>]*><w:t\b[^>/]*>([^<]*)</w:t></w:r></w:p>", body)
    return [re.sub(r"&[#\w]*;?", " ", run) for run in runs]
