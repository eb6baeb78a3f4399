"""Open zip files and XML of strangers: nothing is unpacked to disk, nothing grows without bound, nothing is fetched."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qualcode.errors import MalformedTranscript

MOST_BYTES = 400_000_000
"""Unpacked, all members together; a document or a project of texts that grows beyond it is a zip bomb."""
MOST_MEMBERS = 20_000
MOST_RATIO = 250
"""Unpacked by packed size of one member; XML and text shrink to a tenth, a bomb to a thousandth."""
FREE_BYTES = 1_000_000
"""Members up to this size may shrink as they like: an empty spreadsheet's does."""
_BOMB = "it may be an attack: do not open it"


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file that has been looked over: its members' names, and their bytes on request."""

    source: str = field(repr=False)
    members: Mapping[str, zipfile.ZipInfo] = field(repr=False)
    """By name, `/` between folders; folders themselves left out."""
    _zip: zipfile.ZipFile = field(repr=False)

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises:
            MalformedTranscript: damaged, or longer than the archive says.
        """
        info = self.members[name]
        try:
            with self._zip.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise _refused(self.source, "one of its members is damaged", "save or export the file anew") from None
        if len(data) != info.file_size:
            raise _refused(self.source, "one of its members has another length than the archive says", "")
        return data


def opened(data: bytes, source: str, what: str) -> Archive:
    """Look a zip file over before anything is read from it.

    Args:
        data: the file's bytes.
        source: how an error names it.
        what: what it should be, e.g. `a Word file`.

    Raises:
        MalformedTranscript: no zip file or a cut one, locked, a bomb, a name twice, or a path out of the archive.
    """
    if not data:
        raise _refused(source, "there is nothing in it", "delete the file if it is empty by mistake")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError):
        why = "it is locked by a password, or an old format" if data[:8] == OLE else "it is cut short or no archive"
        raise _refused(source, f"is not {what} that can be read: {why}", "save or export it anew") from None
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise _refused(source, "a member's path leads out of the archive", "it may be an attack: do not open it")
        if name.endswith("/"):
            continue
        if name in members:
            raise _refused(source, "two of its members have the same name", "export it anew")
        if info.flag_bits & 0x1:
            raise _refused(source, "is locked by a password", "save a copy without a password and import that")
        members[name] = info
    size = sum(info.file_size for info in members.values())
    if len(members) > MOST_MEMBERS:
        raise _refused(source, f"holds {len(members):,} members (expected at most {MOST_MEMBERS:,})", "")
    shrunk = [i for i in members.values() if i.file_size > max(FREE_BYTES, MOST_RATIO * max(i.compress_size, 1))]
    if size > MOST_BYTES:
        raise _refused(source, f"unpacks to {size:,} bytes (expected at most {MOST_BYTES:,})", _BOMB)
    if shrunk:
        why = f"one of its members unpacks to more than {MOST_RATIO} times its size, as a zip bomb does"
        raise _refused(source, why, _BOMB)
    return Archive(source, members, archive)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of Office files of before 2007, and of newer ones that are locked by a password."""


def xml(data: bytes, source: str) -> Any:
    """The root element of an XML document of a stranger.

    Raises:
        MalformedTranscript: not well-formed, nested too deep, or with a DOCTYPE: entities could grow or fetch.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # The parser's message quotes the file.
        line = error.lineno or None
        raise MalformedTranscript(
            "its XML is damaged or nested too deep", path=source, line=line, hint="export the file anew"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(source, "its XML declares a document type, which no export of a program does", "do not open it")
    return root


def _refused(source: str, why: str, hint: str) -> MalformedTranscript:
    return MalformedTranscript(why, path=source, hint=hint)
