"""Inputs as they come: each is read whole or refused with its reason, and never stops the others.

Files are built here, by the real libraries where a format needs one; all talk is invented.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.corpus import Transcript
from qualcode.importers import ReadOptions
from qualcode.importers.reader import answer
from qualcode.pipeline import importing
from qualcode.pipeline import init as initial
from qualcode.pipeline.importing import ImportSummary
from qualcode.project import Project
from qualcode.store import corpus
from tests.invented import REPOSITORY, environment, interview, qualcode, tables, write_files

TALK = interview("It rained, and nobody rang.", "We walked to the bridge — “slowly”, she’d say.")
Import = Callable[..., tuple[ImportSummary, dict[str, Transcript]]]


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
    "empty word": ("a.docx", b"", "is not a Word file"),
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


@pytest.fixture
def bring(tmp_path: Path, codebook_file: Path) -> Import:
    """Import files by name, beside one that is sound."""

    def run(files: dict[str, bytes]) -> tuple[ImportSummary, dict[str, Transcript]]:
        raw = tmp_path / "raw"
        write_files(raw, {"sound.txt": interview("The tea was warm.")})
        for name, content in files.items():
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            (raw / name).write_bytes(content)
        with initial.init(tmp_path / "project", codebook_file) as project:
            summary = importing.import_files(project, raw)
            return summary, texts(project)

    return run


def texts(project: Project) -> dict[str, Transcript]:
    with project.store.reading() as connection:
        return {f"{t.source}{t.row and '#'}{t.row}": t for t in corpus.transcripts(connection)}


@pytest.mark.parametrize("defect", REFUSED)
def test_it_is_refused_with_its_reason_and_the_others_come_in(bring: Import, defect: str) -> None:
    name, content, why = REFUSED[defect]
    summary, found = bring({name: content})
    (item,) = summary.failed
    assert item.place == name
    assert why in item.reason
    assert "rained" not in repr(summary)
    assert list(found) == ["sound.txt"]


READ: dict[str, tuple[bytes, str]] = {
    "utf-16 with mark": (TALK.encode("utf-16"), ""),
    "utf-16 without mark": (TALK.encode("utf-16-le"), "read as utf-16-le"),
    "windows-1252": (TALK.encode("cp1252"), "read as cp1252"),
    "characters lost before": ((TALK + "Participant: caf\ufffd.\n").encode(), "1 characters were lost"),
    "crlf": (TALK.replace("\n", "\r\n").encode(), ""),
    "cr": (TALK.replace("\n", "\r").encode(), ""),
    "nbsp": (TALK.replace(": ", ":\u00a0").encode(), ""),
    "zero width, soft hyphen": (TALK.replace("rained", "rai\u00adned\u200b").encode(), ""),
    "right to left": ((TALK + "Participant: \u202bהיא באה\u202c.\n").encode(), ""),
    "emoji and combining": ((TALK + "Participant: 👩‍👩‍👧 cafe\u0301.\n").encode(), ""),
}


@pytest.mark.parametrize("what", READ)
def test_it_is_read_whole_and_what_was_done_is_told(bring: Import, what: str) -> None:
    content, note = READ[what]
    summary, found = bring({"P01.txt": content})
    assert not summary.failed
    text = found["P01.txt"].text
    assert "bridge" in text
    assert len([turn for turn in found["P01.txt"].turns if turn.role == "participant"]) >= 2
    if note:
        assert any(note in said for _, said in summary.notes), summary.notes


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
def test_whatever_is_said_turns_give_it_back(tmp_path_factory: pytest.TempPathFactory, said: str) -> None:
    path = tmp_path_factory.mktemp("said") / "P01.txt"
    path.write_bytes(f"Interviewer: So?\nParticipant: word {said}\nInterviewer: And?\nParticipant: no\n".encode())
    transcript = answer(path, "txt", ReadOptions(b"secret", "P01.txt")).transcripts[0]
    kept = "".join(transcript.text[turn.start : turn.end] for turn in transcript.turns)
    plain = said.replace("\r\n", "\n").replace("\r", "\n")
    for piece in plain.split():
        assert piece in transcript.text
    assert "word" in kept


RUNS = [
    " ",
    "\t",
    "\u00a0",
    "\u200b",
    "A ",
    "A.",
    "a",
    "1:",
    "00:00:00 ",
    "*",
    "_",
    "[",
    "(",
    "[x] ",
    ":",
    "?",
    "- ",
    "’",
    ",",
]


@pytest.mark.parametrize("sign", RUNS)
def test_no_run_of_one_sign_takes_long_to_read(tmp_path: Path, sign: str) -> None:
    """Patterns that look for labels, times and marks must not try a run in every way that it can be cut."""
    (tmp_path / "P01.txt").write_text(f"Interviewer: So?\nA{sign * 9_000}list\nParticipant: no\n", encoding="utf-8")
    began = time.process_time()
    assert answer(tmp_path / "P01.txt", "txt", ReadOptions(b"secret", "P01.txt")).transcripts
    assert time.process_time() - began < 2


def test_mixed_encodings_are_told_or_refused_and_lose_no_letter(bring: Import) -> None:
    summary, found = bring({"P01.txt": TALK.encode() + "Participant: café\n".encode("cp1252")})
    assert "P01.txt" in {place for place, _ in summary.notes} | {item.place for item in summary.failed}
    if "P01.txt" in found:
        assert "caf" in found["P01.txt"].text


def test_a_nul_among_words_is_taken_out_and_the_words_stay(bring: Import) -> None:
    summary, found = bring({"P01.txt": ("x" * 5_000 + "\n" + TALK.replace("rained", "rai\x00ned")).encode()})
    assert not summary.failed
    assert "It rained, and" in found["P01.txt"].text


def test_text_that_looks_like_labels_is_coded_and_nobody_is_made_up(bring: Import) -> None:
    _, found = bring({"P01.txt": b"Note: I said so: twice.\nTime: ten.\nIt rained.\n"})
    (turn,) = found["P01.txt"].turns
    assert (turn.role, turn.speaker) == ("unknown", "")
    assert turn.end - turn.start >= len(found["P01.txt"].text) - 1


def test_a_monologue_of_40000_words_and_an_answer_of_five_come_in_whole(bring: Import) -> None:
    long = " ".join(f"word{number}" for number in range(40_000))
    _, found = bring({"P01.txt": f"Participant: {long}\n".encode(), "P02.txt": b"It was all too much."})
    assert found["P01.txt"].text.endswith("word39999\n")
    assert found["P02.txt"].text == "It was all too much."


def test_a_member_whose_path_leads_out_of_the_archive_is_never_written(bring: Import, tmp_path: Path) -> None:
    before = set(tmp_path.parent.rglob("*evil*"))
    summary, found = bring({"a.docx": changed(word(), "../../evil.txt", b"x")})
    assert set(tmp_path.parent.rglob("*evil*")) == before
    assert bool(summary.failed) != ("a.docx" in found)


def test_an_entity_in_a_workbook_fetches_nothing(bring: Import, tmp_path: Path) -> None:
    write_files(tmp_path, {"secret.txt": "zyzzyva"})
    entity = f'<!DOCTYPE w [<!ENTITY a SYSTEM "file://{tmp_path}/secret.txt">]><worksheet'.encode()
    with zipfile.ZipFile(io.BytesIO(excel())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b"<worksheet", entity, 1).replace(b"The tea", b"The &a; tea")
    assert b"&a;" in sheet
    summary, found = bring({"a.xlsx": changed(excel(), "xl/worksheets/sheet1.xml", sheet)})
    assert all("zyzzyva" not in transcript.text for transcript in found.values())
    assert summary.failed or "a.xlsx#0" in found


def test_folders_links_and_pipes_are_told_of_or_looked_into(bring: Import, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_files(raw, {"folder.docx/P01.txt": TALK, "real/P02.txt": interview("It snowed.")})
    (raw / "again").symlink_to(raw)
    (raw / "real" / "loop").symlink_to(raw / "real" / "loop")
    (raw / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (raw / "linked.txt").symlink_to(raw / "real" / "P02.txt")
    os.mkfifo(raw / "pipe.txt")
    summary, found = bring({})
    assert set(found) == {"sound.txt", "folder.docx/P01.txt", "linked.txt"}
    told = {item.place: item.reason for item in summary.skipped}
    assert told["again"] == "is a link to a folder, which is not followed"
    assert told["gone.txt"] == told["real/loop"] == "is a link that leads nowhere"
    assert told["pipe.txt"] == "is no ordinary file"
    assert "same text is in already" in told["real/P02.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told_of(bring: Import, tmp_path: Path) -> None:
    write_files(tmp_path / "raw", {"shut.txt": TALK, "shut/P01.txt": TALK})
    (tmp_path / "raw" / "shut.txt").chmod(0)
    (tmp_path / "raw" / "shut").chmod(0)
    summary, _ = bring({})
    (tmp_path / "raw" / "shut").chmod(0o700)
    assert {item.place for item in summary.failed} == {"shut.txt", "shut"}
    assert all("Permission denied" in item.reason for item in summary.failed)


@pytest.mark.parametrize("name", ["P01.txt", "P01.docx"])
def test_a_file_that_goes_between_listing_and_reading_is_told_of(
    tmp_path: Path, codebook_file: Path, name: str
) -> None:
    write_files(tmp_path / "raw", {"A.txt": TALK})
    (tmp_path / "raw" / name).write_bytes(word("It snowed."))

    def progress(stage: str, done: int, total: int) -> None:
        (tmp_path / "raw" / name).unlink(missing_ok=True)

    with initial.init(tmp_path / "project", codebook_file) as project:
        listed = importing.listed

        def listed_and_gone(raw: Path) -> object:
            found = listed(raw)
            (raw / name).unlink()
            return found

        importing.listed = listed_and_gone
        try:
            summary = importing.import_files(project, tmp_path / "raw")
        finally:
            importing.listed = listed
        assert [(item.place, "No such file" in item.reason) for item in summary.failed] == [(name, True)]
        assert set(texts(project)) == {"A.txt"}


def test_names_that_are_long_or_not_utf_8_survive_summary_json_and_manifest(
    tmp_path: Path, codebook_file: Path
) -> None:
    raw = tmp_path / "raw"
    write_files(
        raw,
        {
            "n" * 251 + ".txt": TALK,
            "'; DROP TABLE.txt": interview("It snowed."),
            "a\nb.txt": interview("Hail."),
            " a\\b .txt": interview("Fog."),
        },
    )
    odd = os.fsencode(raw) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(odd)).write_text(interview("The wind."), encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    Path(os.fsdecode(odd[:-4] + b".csv")).write_text("id,comment\n1,We sat and waited there.\n", encoding="utf-8")
    Path(os.fsdecode(odd[:-4] + b".docx")).write_bytes(b"PK")
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    for new in (6, 0):
        done = qualcode("import", "raw", "-p", "project", "--json", cwd=tmp_path)
        assert done.returncode == 3, done.stderr
        summary = json.loads(done.stdout)
        assert summary["new"] == new
        assert [item["place"] for item in summary["skipped"] if item["failed"]] == ["caf%E9.docx"]
    assert qualcode("import", "raw", "-p", "project", cwd=tmp_path).returncode == 3
    stored = tables(tmp_path / "project" / "qualcode.sqlite")["transcripts"]
    assert sum("caf%E9" in repr(row) for row in stored) == 2


def test_one_bad_file_of_every_kind_in_one_folder_ends_with_3(tmp_path: Path, codebook_file: Path) -> None:
    raw = tmp_path / "raw"
    write_files(raw, {"sound.txt": interview("The tea was warm.")})
    for number, (name, content, _) in enumerate(REFUSED.values()):
        if len(content) < 10_000_000:
            (raw / f"{number}_{name}").write_bytes(content)
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    done = qualcode("import", "raw", "-p", "project", "--json", cwd=tmp_path)
    assert done.returncode == 3
    summary = json.loads(done.stdout)
    failed = {item["place"] for item in summary["skipped"] if item["failed"]}
    assert (summary["new"], len(failed)) == (1, summary["files"] - 1)


def test_an_import_that_is_killed_leaves_whole_files_and_goes_on(tmp_path: Path, codebook_file: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    one = word()
    for number in range(60):
        said = TALK + interview(*(f"On day {number} it rained {hour} times." for hour in range(300)))
        (raw / f"P{number:02}.docx").write_bytes(one if number == 0 else word(said))
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path)
    database = tmp_path / "project" / "qualcode.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-m", "qualcode", "import", str(raw), "-p", "project", "-q"],
        cwd=tmp_path,
        env=environment(REPOSITORY),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while len(tables(database)["transcripts"]) < 5 and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shutil.copytree(tmp_path / "project", tmp_path / "killed")
    assert 5 <= len(tables(database)["transcripts"]) < 60
    with Project.open(tmp_path / "killed") as project:
        for name, found in texts(project).items():
            again = answer(raw / name, "docx", ReadOptions(project.secret, name)).transcripts[0]
            assert (found.text, len(found.turns)) == (again.text, len(again.turns))
    assert qualcode("import", raw, "-p", "project", "-q", cwd=tmp_path).returncode == 0
    qualcode("init", "fresh", "--codebook", codebook_file, cwd=tmp_path)
    assert len(tables(database)["transcripts"]) == 60
    assert len({row[0] for row in tables(database)["turns"]}) == 60
