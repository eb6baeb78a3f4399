"""Files with a defect each, and what is said of them; built by the real libraries where a format needs one.

All talk is invented.
"""

from __future__ import annotations

import io
import zipfile

from qualcode.corpus import Transcript
from qualcode.project import Project
from qualcode.store import corpus
from tests.invented import interview

TALK = interview("It rained, and nobody rang.", "We walked to the bridge — “slowly”, she’d say.")


def word(text: str = TALK) -> bytes:
    from docx import Document

    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def excel(*answers: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "comment"])
    for number, said in enumerate(answers or ("The tea was warm and so were they.",)):
        book.active.append([number, said])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def pdf(password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """A zip file in which one member holds something else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return stream.getvalue()


def locked(data: bytes) -> bytes:
    """The flag of a password on every member."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(mark)
        while at != -1:
            out[at + offset] |= 1
            at = out.find(mark, at + 4)
    return bytes(out)


def old_office(part: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + part.encode("utf-16-le") + bytes(512)


ENTITY = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
NESTED = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    + b"<w:sdt>" * 20_000
    + b"</w:sdt>" * 20_000
    + b"</w:body></w:document>"
)
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.txt", b"", "there is no text in it"),
    "blank": ("a.txt", b" \n\t \n", "there is no text in it"),
    "only a byte-order mark": ("a.txt", b"\xef\xbb\xbf", "there is no text in it"),
    "punctuation alone": ("a.md", b"... -- !\n", "there is no text in it"),
    "mark and bytes disagree": ("a.txt", b"\xef\xbb\xbfcaf\xe9", "its byte-order mark says utf-8-sig"),
    "binary": ("a.txt", bytes(range(256)) * 20, "it holds binary data"),
    "empty word": ("a.docx", b"", "there is nothing in it"),
    "empty pdf": ("a.pdf", b"", "is not a PDF"),
    "empty table": ("a.csv", b"", "there is nothing in it"),
    "header alone": ("a.csv", b"id,comment\n", ""),
    "word named txt": ("a.txt", word(), "is not a text file: it is a Word file"),
    "excel named docx": ("a.docx", excel(), "is not a Word file: it is an Excel file"),
    "pdf named docx": ("a.docx", pdf(), "is not a Word file: it is a PDF"),
    "word named csv": ("a.csv", word(), "is not a text file: it is a Word file"),
    "text named pdf": ("a.pdf", TALK.encode(), "is not a PDF: it holds plain text"),
    "text named docx": ("a.docx", TALK.encode(), "is not a Word file: it holds plain text"),
    "html named doc": (
        "a.doc",
        b"<html><body>It rained.</body></html>",
        "files of type .doc are not read; this one is a web",
    ),
    "html named docx": ("a.docx", b"<!DOCTYPE html><p>It rained.", "is not a Word file: it is a web page"),
    "rtf named doc": ("a.doc", b"{\\rtf1 It rained.}", "this one is a rich text file"),
    "old word": ("a.doc", old_office("WordDocument"), "this one is a Word file of before 2007"),
    "old word named docx": ("a.docx", old_office("WordDocument"), "it is a Word file of before 2007"),
    "word with a password": ("a.docx", old_office("EncryptedPackage"), "it is locked by a password"),
    "pdf with a password": ("a.pdf", pdf("secret"), "is locked by a password"),
    "picture": ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(50), "it is a picture"),
    "recording": ("a.mp3", b"ID3\x04" + bytes(50), "this one is a sound recording"),
    "scan": ("a.pdf", pdf(), "there is no text in it"),
    "archive of transcripts": ("a.zip", changed(word(), "x", b"x"), "files of type .zip are not read"),
    "cut word": ("a.docx", word()[:-700], "is not a Word file"),
    "cut excel": ("a.xlsx", excel()[:-700], "is not an Excel file"),
    "cut pdf": ("a.pdf", b"%PDF-1.4\n1 0 obj\n<<", "is not a PDF"),
    "word with a locked member": ("a.docx", locked(word()), ""),
    "word with entities": ("a.docx", changed(word(), "word/document.xml", ENTITY), ""),
    "word nested deep": ("a.docx", changed(word(), "word/document.xml", NESTED), ""),
    "word that is a bomb": ("a.docx", changed(word(), "word/document.xml", b" " * 450_000_000), "unpacks to"),
    "no suffix": ("README", b"It rained.", "the file has no suffix"),
    "captions of nothing": ("a.vtt", b"WEBVTT\n", "is not a vtt file"),
    "damaged captions": (
        "a.srt",
        b"1\n00:00:01,000 -> 00:00:02,000\nIt rained.\n",
        "is not a line of times",
    ),
}


def texts(project: Project) -> dict[str, Transcript]:
    with project.store.reading() as connection:
        return {f"{t.source}{t.row and '#'}{t.row}": t for t in corpus.transcripts(connection)}
