"""A Taguette file, made as Taguette makes its tables."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from qualcode import testing
from qualcode.errors import MalformedTranscript
from qualcode.importers import Description, Imported, ReadOptions, taguette

OPTIONS = ReadOptions(b"one secret of a project", "study.sqlite3")
SCHEMA = """
CREATE TABLE users (login TEXT PRIMARY KEY);
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '');
CREATE TABLE project_members (project_id INTEGER, user_login TEXT, privileges TEXT);
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, filename TEXT, project_id INTEGER, contents TEXT);
CREATE TABLE commands (
  id INTEGER PRIMARY KEY, date TEXT, user_login TEXT, project_id INTEGER, document_id INTEGER, payload TEXT
);
CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, description TEXT);
CREATE TABLE highlights (
  id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT
);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
"""
COMMAND = "INSERT INTO commands (date, user_login, project_id, payload) VALUES (?, ?, 1, ?)"
FIRST = "<p>Interviewer: How was it?</p><p>Participant: I was so alone – 💜 until she rang.</p>"
SECOND = "<p>Interviewer: And you?</p>\n<p>Participant: Forty pages of forms.</p>"


def _bytes(html: str, quotation: str) -> tuple[int, int]:
    counted = "".join(part.split(">", 1)[-1] for part in html.split("<"))
    at = len(counted[: counted.index(quotation)].encode())
    return at, at + len(quotation.encode())


def _write(path: Path) -> Path:
    with sqlite3.connect(path) as made:
        made.executescript(SCHEMA)
        made.execute("INSERT INTO projects (id, name) VALUES (1, 'study')")
        made.executemany("INSERT INTO project_members VALUES (1, ?, 'ADMIN')", [("amina",), ("ben",)])
        documents = [(1, "P01.docx", "P01.docx", 1, FIRST), (2, "Aunt May.odt", "Aunt May.odt", 1, SECOND)]
        made.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", documents)
        made.executemany(
            "INSERT INTO tags VALUES (?, 1, ?, ?)",
            [(1, "isolation", "Alone. And more."), (2, "support.calls", ""), (3, "forms", "")],
        )
        highlights = [
            (1, 1, *_bytes(FIRST, "so alone")),
            (2, 1, *_bytes(FIRST, "until she rang")),
            (3, 2, *_bytes(SECOND, "Forty pages")),
            (4, 2, *_bytes(SECOND, "of forms")),
            (5, 2, 9000, 9010),
        ]
        made.executemany("INSERT INTO highlights VALUES (?, ?, ?, ?, '')", highlights)
        made.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(1, 1), (2, 1), (2, 2), (3, 3), (5, 3)])
        for highlight, user in ((1, "amina"), (2, "ben"), (3, "amina"), (4, "ben")):
            payload = json.dumps({"type": "highlight_add", "highlight_id": highlight})
            made.execute(COMMAND, ("2022-02-16 14:19:40.66", user, payload))
        made.execute(COMMAND, ("no time", "ben", "no json"))
    made.close()
    return path


def _said(found: Imported) -> list[tuple[str, tuple[str, ...], str]]:
    texts = {transcript.id: transcript.text for transcript in found.transcripts}
    return [(texts[given.transcript][given.start : given.end], given.judged, given.coder) for given in found.given]


def test_documents_tags_and_highlights_come_in_with_their_users(tmp_path: Path) -> None:
    found = taguette.read(_write(tmp_path / "study.sqlite3"), OPTIONS)
    assert _said(found) == [
        ("so alone", ("isolation",), "amina"),
        ("until she rang", ("isolation",), "ben"),
        ("until she rang", ("support_calls",), "ben"),
        ("Forty pages", ("forms",), "amina"),
        ("of forms", (), ""),
    ]
    assert found.given[0].made_at == "2022-02-16T14:19:40.660000+00:00"
    assert [coder.id for coder in found.coders] == ["amina", "ben"]
    assert [(item.count, item.failed) for item in found.skipped] == [(1, True)]


def test_tags_with_a_description_are_active_codes(tmp_path: Path) -> None:
    codebook = taguette.read(_write(tmp_path / "study.sqlite3"), OPTIONS).codebook
    assert codebook is not None
    assert [(code.id, code.status, code.brief) for code in codebook] == [
        ("isolation", "active", "Alone"),
        ("support_calls", "draft", ""),
        ("forms", "draft", ""),
    ]


def test_speakers_are_found_and_a_name_is_no_case(tmp_path: Path) -> None:
    found = taguette.read(_write(tmp_path / "study.sqlite3"), OPTIONS)
    assert [transcript.case for transcript in found.transcripts] == ["P01", None]
    assert all([turn.role for turn in t.turns] == ["interviewer", "participant"] for t in found.transcripts)


def test_the_importers_promises_are_kept(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sqlite3"
    bad.write_bytes(b"SQLite format 3\x00" + b"\x01" * 500)
    testing.check_importer(taguette.read, _write(tmp_path / "study.sqlite3"), bad)


@pytest.mark.parametrize("act", ["no table", "a blob", "cut", "another database", "no database"])
def test_damage_is_told_and_the_file_stays_as_it_is(tmp_path: Path, act: str) -> None:
    path = _write(tmp_path / "study.sqlite3")
    with sqlite3.connect(path) as made:
        if act == "no table":
            made.execute("DROP TABLE highlights")
        elif act == "a blob":
            made.execute("UPDATE highlights SET start_offset = X'FF00'")
        elif act == "another database":
            for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                made.execute(f"DROP TABLE {name}")
    made.close()
    if act == "cut":
        path.write_bytes(path.read_bytes()[:3000])
    if act == "no database":
        path.write_bytes(b"words")
    before = path.read_bytes()
    with pytest.raises(MalformedTranscript) as caught:
        taguette.read(path, OPTIONS)
    assert "Alone" not in str(caught.value) + caught.value.hint
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["study.sqlite3"]


def test_tags_that_give_one_id_stay_several_codes(tmp_path: Path) -> None:
    path = _write(tmp_path / "study.sqlite3")
    with sqlite3.connect(path) as made:
        made.execute("INSERT INTO tags VALUES (4, 1, 'Forms!', 'The other forms.')")
        made.execute("UPDATE highlight_tags SET tag_id = 4 WHERE highlight_id = 3")
    made.close()
    found = taguette.read(path, OPTIONS)
    assert ("Forty pages", ("forms_2",), "amina") in _said(found)
    assert found.codebook is not None
    assert {code.label: code.id for code in found.codebook}["Forms!"] == "forms_2"


def test_what_the_files_name_says_is_no_documents_case(tmp_path: Path) -> None:
    path = _write(tmp_path / "P07.sqlite3")
    told = ReadOptions(OPTIONS.secret, "P07.sqlite3", Description(case="P07"))
    assert [transcript.case for transcript in taguette.read(path, told).transcripts] == ["P01", None]
