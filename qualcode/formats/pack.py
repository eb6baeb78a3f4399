"""A pack: what one laptop gives another, as a zip file of JSON lines; one record a line.

`manifest.json` stands first: what the pack is, where it comes from, and the SHA-256 of every other member. The same
records give the same bytes. Ids of another project mean nothing here, since every project has a key of its own: texts
are known by the SHA-256 of their words, and stretches of them by *places*, `TRANSCRIPT:START:END`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from qualcode.coding import Coding, Judged, Theme
from qualcode.corpus import Consent, Transcript, Unit
from qualcode.errors import ImporterError, UnknownFormat
from qualcode.formats.records import plain, record, shallow

T = TypeVar("T")

PackKind = Literal["whole", "coder", "assignment"]
FORMAT, VERSION = "qualcode pack", 2
MANIFEST = "manifest.json"
ASSIGNMENTS, CASES, CODEBOOKS, CODERS, DECISIONS = "assignments", "cases", "codebooks", "coders", "decisions"
MEMOS, PROGRAMMES, SAMPLES, SEGMENTS, THEMES = "memos", "programmes", "samples", "segments", "themes"
SUCCESSIONS, TEXTS = "successions", "transcripts"
CONSENTS, SIGNOFFS = "consents", "signoffs"
MEMBERS = (
    ASSIGNMENTS,
    CASES,
    CODEBOOKS,
    CODERS,
    CONSENTS,
    DECISIONS,
    MEMOS,
    PROGRAMMES,
    SAMPLES,
    SEGMENTS,
    SIGNOFFS,
    SUCCESSIONS,
    THEMES,
    TEXTS,
)

MOST_LINE = 64_000_000
"""Bytes of one record; a text of ten million words has no more."""
FREE_BYTES, MOST_RATIO = 1_000_000, 250
"""A member beyond the first may shrink at most by the second: lines of words and ids shrink to a tenth, bombs more."""
_BLOCK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
_PLACE = re.compile(r"^([^:]+)(?::(\d+):(\d+))?$")
_MARK = re.compile(r"^f_[0-9a-f]{16}$")

Rows = Callable[[], Iterable[object]]
"""Gives a member's records anew each time it is called: once for the sums, once for the file."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a pack says of itself."""

    kind: PackKind
    project: str
    """Fingerprint of the project that it comes from; copies of one project have the same."""
    made_at: str
    """The last act that it holds, so that the same state gives the same bytes."""
    qualcode: str
    coder: str = ""
    """Whose codings these are, or whose assignment this is."""
    with_speakers: bool = False
    identified: bool | None = None
    """A text in it is neither signed nor declared de-identified; packs of version 1 do not say."""
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    """How the project cuts and tags, for a project that begins with this pack."""
    counts: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript by its words, and, where the pack holds words, the transcript itself."""

    id: str
    sha256: str
    place: str
    """Digest of file, row and question for a row of a table, since two answers "N/A" are two; empty for a document."""
    transcript: Transcript | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment by its place; role, case and question follow from its transcript."""

    place: str
    unit: Unit
    current: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A judgement with its codings and the hash that each one's code had; `segment` is a place or a transcript."""

    judged: Judged
    codings: tuple[Coding, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate theme of the latest batch; its segments are places."""

    batch: str
    rank: int
    theme: Theme


@dataclass(frozen=True, slots=True)
class Statement:
    """What was stated of a case, by the id that its texts have in the pack."""

    case: str
    stated: Consent


@dataclass(frozen=True, slots=True)
class Signature:
    """That somebody vouches for a text of the pack: nobody can be told from just these words."""

    transcript: str
    signer: str
    at: str


@dataclass(frozen=True, slots=True)
class CodebookText:
    """A version of the codebook as it was written."""

    text: str = field(repr=False)
    made_at: str
    current: bool


def mark(source: str) -> str:
    """What stands for a file's name where names must not travel; the same for the same name in every project.

    >>> mark(mark("jane.txt")) == mark("jane.txt")
    True
    """
    return source if _MARK.match(source) else "f_" + hashlib.sha256(f"source\x1f{source}".encode()).hexdigest()[:16]


def text_of(transcript: Transcript, *, words: bool) -> Text:
    """How a pack knows a transcript, with its words or without."""
    digest = hashlib.sha256(transcript.text.encode()).hexdigest()
    place = place_of(transcript.source, transcript.row, transcript.question) if transcript.row else ""
    return Text(transcript.id, digest, place, transcript if words else None)


def place_of(source: str, row: str, question: str) -> str:
    """Digest of where a text stands: its file, its row and the question that it answers."""
    return hashlib.sha256("\x1f".join((mark(source), row, question)).encode()).hexdigest()[:32]


def place(transcript: str, start: int, end: int) -> str:
    """A stretch as a pack names it.

    >>> placed(place("t_1", 3, 9)), placed("t_1")
    (('t_1', (3, 9)), ('t_1', None))
    """
    return f"{transcript}:{start}:{end}"


def placed(name: str) -> tuple[str, tuple[int, int] | None]:
    """Transcript and span of a place; no span where a whole transcript was judged.

    Raises:
        ValueError: it is no place.
    """
    found = _PLACE.match(name)
    if found is None:
        raise ValueError("not a place")
    transcript, start, end = found.groups()
    if start is None:
        return transcript, None
    if int(start) >= int(end):
        raise ValueError("not a place: nothing stands there")
    return transcript, (int(start), int(end))


def digest(decision: Decision) -> str:
    """The same for the same judgement of the same place, and for no other."""
    said = sorted(_line([coding, code]) for coding, code in zip(decision.codings, decision.hashes, strict=True))
    return hashlib.sha256(_line(decision.judged) + b"".join(said)).hexdigest()[:32]


def write(path: Path, contents: Contents, members: Mapping[str, Rows]) -> Contents:
    """Write a pack that its owner alone can read; nothing stands at `path` until it is whole.

    Returns:
        The contents with counts and sums.

    Raises:
        OSError: it cannot be written.
    """
    counts, sums = {}, {}
    for name in sorted(members):
        digest, count = hashlib.sha256(), 0
        for one in members[name]():
            digest.update(_line(one))
            count += 1
        counts[name], sums[name] = count, digest.hexdigest()
    told = Contents(**{**shallow(contents), "counts": counts, "sums": sums})
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.unlink(missing_ok=True)
    # Windows would turn line ends inside the zip into others.
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(unfinished, how, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr(_info(MANIFEST), _contents_text(plain(told), VERSION))
            for name in sorted(members):
                with archive.open(_info(f"{name}.jsonl"), "w", force_zip64=True) as stream:
                    for one in members[name]():
                        stream.write(_line(one))
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return told


class Pack:
    """An open pack whose members are what its list of contents says. Use as a context manager.

    Raises:
        UnknownFormat: no pack, or one of a newer qualcode.
        ImporterError: it cannot be opened, is damaged, or was changed.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise ImporterError(f"cannot be opened ({error.strerror})", path=str(path)) from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise self._refused("is no pack, or was cut short on its way", "have it sent anew") from None
        try:
            self.contents = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Pack:
        return self

    def __exit__(self, *exception: object) -> None:
        self._zip.close()

    def records(self, member: str, kind: type[T]) -> Iterator[T]:
        """The records of a member, one at a time; none where the pack has no such member.

        Raises:
            ImporterError: a line is not such a record.
        """
        if member not in self.contents.sums:
            return
        with self._zip.open(f"{member}.jsonl") as stream:
            number = 0
            while line := stream.readline(MOST_LINE):
                number += 1
                try:
                    yield record(kind, json.loads(line))
                except (ValueError, TypeError, KeyError, RecursionError):
                    raise self.refused_line(member, number) from None

    def refused_line(self, member: str, number: int | None = None) -> ImporterError:
        """What to raise where a line of a member holds what cannot be."""
        what = f"{f'line {number}' if number else 'a line'} of {member} is not what a pack holds"
        return self._refused(what, "have it packed anew")

    def _checked(self) -> Contents:
        infos = {info.filename: info for info in self._zip.infolist()}
        if MANIFEST not in infos or infos[MANIFEST].file_size > FREE_BYTES:
            raise UnknownFormat(
                "is no pack of qualcode", path=self.name, hint="a pack is made with: qualcode pack -o FILE"
            )
        contents = self._contents()
        expected = {MANIFEST, *(f"{name}.jsonl" for name in contents.sums)}
        if set(infos) != expected or len(self._zip.infolist()) != len(infos) or not set(contents.sums) <= set(MEMBERS):
            raise self._refused("holds other members than its list of contents names", "have it packed anew")
        for name, told in contents.sums.items():
            info = infos[f"{name}.jsonl"]
            if info.file_size > max(FREE_BYTES, MOST_RATIO * max(info.compress_size, 1)):
                raise self._refused("unpacks to far more than a pack does", "do not open it")
            if self._sum(info) != told:
                raise self._refused(f"{name} are not those that were packed: it is damaged or was changed", "")
        return contents

    def _contents(self) -> Contents:
        try:
            tree = json.loads(self._zip.read(MANIFEST))
            if tree["format"] != FORMAT:
                raise UnknownFormat("is no pack of qualcode", path=self.name)
            if tree["version"] > VERSION:
                raise UnknownFormat(
                    f"was made by a newer qualcode (pack version {tree['version']:d}, this one reads {VERSION})",
                    path=self.name,
                    hint="upgrade qualcode",
                )
            contents = record(Contents, tree["contents"])
            # As it stands, and not as it would be written today: packs of version 1 say less.
            if _contents_text(tree["contents"], tree["version"]) != self._zip.read(MANIFEST):
                raise ValueError
        except (ValueError, TypeError, KeyError, RecursionError, *_DAMAGE):
            raise self._refused("its list of contents is damaged or was changed", "have it packed anew") from None
        return contents

    def _sum(self, info: zipfile.ZipInfo) -> str:
        digest = hashlib.sha256()
        try:
            with self._zip.open(info) as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
        except _DAMAGE:
            return ""
        return digest.hexdigest()

    def _refused(self, why: str, hint: str) -> ImporterError:
        return ImporterError(why, path=self.name, hint=hint)


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def _line(one: object) -> bytes:
    return json.dumps(plain(one), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _contents_text(body: Mapping[str, object], version: int) -> bytes:
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    tree = {"format": FORMAT, "version": version, "contents": body, "digest": digest}
    return json.dumps(tree, indent=2, ensure_ascii=False).encode() + b"\n"


def _info(name: str) -> zipfile.ZipInfo:
    """Fixed date, system and rights: the same state gives the same bytes on every machine."""
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
    return info
