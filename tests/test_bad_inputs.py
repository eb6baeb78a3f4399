"""Files as they come: each is read whole or refused with its reason, and never stops the others."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers import ReadOptions
from qualcode.importers.reader import answer
from tests.bad_files import REFUSED, TALK, changed, excel, word
from tests.conftest import Import
from tests.invented import interview, qualcode, write_files


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
