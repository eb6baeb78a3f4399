"""What a file really is, by its first bytes: people rename files, and programs save one format as another."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers.archive import OLE

HEAD = 4096
"""Bytes that are looked at; enough for every signature below."""
MOST_OLE = 20_000_000
"""Bytes of an old Office file that are searched for the names of its parts."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A format that was told from the bytes."""

    what: str
    """With its article, e.g. `a PDF`."""
    suffix: str = ""
    """The suffix that its reader is registered under; empty where none reads it."""
    hint: str = ""


PLAIN_TEXT = frozenset({"txt", "md", "csv", "tsv", "vtt", "srt"})
"""Suffixes of text files: they have no signature, and any of those below says that they are something else."""
_ZIPS = {"docx": "a Word file", "odt": "an OpenDocument text", "xlsx": "an Excel file", "qdpx": "a REFI-QDA project"}
_NAMED = {**_ZIPS, "pdf": "a PDF", "rtf": "a rich text file", "sqlite3": "a SQLite database"}
_OLD = "open it and save it as .docx or .xlsx"
_SCAN = "a picture of a page must be read by OCR first"
_SPEECH = "a recording must be transcribed first"
_UNPACK = "unpack it and import the folder; a pack of a colleague's comes in by: qualcode merge"
_BEGINNINGS = (
    (b"%PDF-", Signature("a PDF", "pdf")),
    (b"{\\rtf", Signature("a rich text file", "rtf")),
    (b"SQLite format 3\x00", Signature("a SQLite database", "sqlite3")),
    (b"\x1f\x8b", Signature("a gzip archive", hint=_UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Signature("a 7z archive", hint=_UNPACK)),
    (b"Rar!\x1a\x07", Signature("a rar archive", hint=_UNPACK)),
    (b"\x89PNG\r\n\x1a\n", Signature("a picture", hint=_SCAN)),
    (b"\xff\xd8\xff", Signature("a picture", hint=_SCAN)),
    (b"GIF8", Signature("a picture", hint=_SCAN)),
    (b"ID3", Signature("a sound recording", hint=_SPEECH)),
    (b"OggS", Signature("a sound recording", hint=_SPEECH)),
    (b"fLaC", Signature("a sound recording", hint=_SPEECH)),
)
_OLE_PARTS = (
    ("EncryptedPackage", Signature("locked by a password", hint="save a copy without a password and import that")),
    ("WordDocument", Signature("a Word file of before 2007", hint=_OLD)),
    ("Workbook", Signature("an Excel file of before 2007", hint=_OLD)),
)


def found(path: Path) -> Signature | None:
    """The format that a file's bytes tell, or None: plain text has none.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        if head.startswith(OLE):
            return _old_office(head + stream.read(MOST_OLE))
    if head.startswith(b"PK\x03\x04"):
        return _zip(path)
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] in (b"WAVE", b"AVI ")):
        return Signature("a sound or video recording", hint=_SPEECH)
    known = next((signature for beginning, signature in _BEGINNINGS if head.startswith(beginning)), None)
    if known is None and head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return Signature("a web page", hint="open it in a browser or in Word and save it as .docx or .txt")
    return known


def check(path: Path, suffix: str, source: str) -> None:
    """Refuse a file that is of another format than its suffix says.

    Args:
        path: the file.
        suffix: lower case, without its dot. Of suffixes that are not known here nothing is expected.
        source: how an error names the file.

    Raises:
        ImporterError: it cannot be opened.
        MalformedTranscript: its bytes tell another format.
    """
    if suffix not in _NAMED and suffix not in PLAIN_TEXT:
        return
    try:
        signature = found(path)
        text = suffix in _NAMED and signature is None and _is_text(path)
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror})", path=source) from None
    expected = _NAMED.get(suffix, "a text file")
    if text:
        raise MalformedTranscript(
            f"is not {expected}: it holds plain text",
            path=source,
            hint="give it the suffix .txt, or export it anew",
        )
    # A Markdown file may begin with HTML, and a cut archive is its own reader's to describe.
    if signature is None or signature.suffix == suffix or (suffix == "md" and signature.what == "a web page"):
        return
    if signature == _CUT and suffix in _ZIPS:
        return
    is_what = f"is not {expected}: it is {signature.what}"
    hint = signature.hint or (f"give it the suffix .{signature.suffix}" if signature.suffix else "export it anew")
    raise MalformedTranscript(is_what, path=source, hint=hint)


_CUT = Signature("a zip archive that cannot be read", hint="copy or export it anew")


def _zip(path: Path) -> Signature:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _CUT
    with path.open("rb") as stream:
        kind = stream.read(200)  # OpenDocument and EPUB: the first member is `mimetype`, not packed
    for part, suffix in (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("project.qde", "qdpx")):
        if part in names:
            return Signature(_ZIPS[suffix], suffix)
    if b"opendocument.text" in kind:
        return Signature(_ZIPS["odt"], "odt")
    if b"opendocument.spreadsheet" in kind:
        return Signature("an OpenDocument table", hint="save it as .xlsx or .csv")
    if b"application/epub" in kind:
        return Signature("an e-book", hint="save its text as .docx or .txt")
    if "ppt/presentation.xml" in names:
        return Signature("a PowerPoint file", hint="save its text as .docx or .txt")
    # Word and Excel name their main part as they like; the reader finds it by the content types.
    known = "[Content_Types].xml" in names or any(name.endswith(".qde") or name == "content.xml" for name in names)
    return _CUT if known else Signature("a zip archive", hint=_UNPACK)


def _old_office(data: bytes) -> Signature:
    for part, signature in _OLE_PARTS:
        if part.encode("utf-16-le") in data:
            return signature
    return Signature("an Office file of before 2007, or one that is locked by a password", hint=_OLD)


def _is_text(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip() or b"\x00" in head or b"%PDF-" in head:
        return False  # a PDF may have rubbish before its first line
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > HEAD - 4  # only a character that the last byte cuts
    return True
