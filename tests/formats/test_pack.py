"""Packs as files: the same bytes for the same records, and nothing read of one that is not what was packed."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.coding import Coding, Judged
from qualcode.corpus import Case, Transcript, Turn
from qualcode.errors import ImporterError, UnknownFormat
from qualcode.formats import pack as packs
from qualcode.formats.pack import Contents, Decision, Pack, Stretch, Text
from qualcode.formats.records import plain, record

SECRET_WORDS = "Zyzzyva Lamplight"
TRANSCRIPT = Transcript(
    "t_1",
    f"A: {SECRET_WORDS} 🙂",
    (Turn(3, 20, "participant", "A", "P1", 1.5),),
    case="P1",
    source="jane.txt",
    pages=(0, 5),
    deidentified=False,
)
CASE = Case("P1", "north", {"age": 41, "born": date(1980, 2, 3), "paid": True, "share": 0.5, "town": None})
CONTENTS = Contents("whole", "p_1", "2025-01-01", "0.1.0", settings={"seed": 1, "unit": "turn", "floor": 0.35})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "one.qualpack"
    packs.write(path, CONTENTS, _members())
    return path


def _members() -> dict[str, packs.Rows]:
    text = packs.text_of(TRANSCRIPT, words=True)
    return {packs.TEXTS: lambda: [text], packs.CASES: lambda: [CASE], packs.SEGMENTS: lambda: []}


def _rewritten(path: Path, change: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()} | change
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return path


def test_records_come_back_equal(path: Path) -> None:
    with Pack(path) as pack:
        assert [text.transcript for text in pack.records(packs.TEXTS, Text)] == [TRANSCRIPT]
        assert list(pack.records(packs.CASES, Case)) == [CASE]
        assert list(pack.records(packs.SEGMENTS, Stretch)) == list(pack.records(packs.THEMES, Stretch)) == []
        assert pack.contents.counts == {"transcripts": 1, "cases": 1, "segments": 0}


def test_the_same_records_give_the_same_bytes_with_the_manifest_first(path: Path) -> None:
    again = path.with_name("again.qualpack")
    packs.write(again, CONTENTS, _members())
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["manifest.json", "cases.jsonl", "segments.jsonl", "transcripts.jsonl"]


@pytest.mark.skipif(os.name == "nt", reason="rights of files are another thing on Windows")
def test_only_its_owner_can_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_pack_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> list[object]:
        raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space"):
        packs.write(tmp_path / "x.qualpack", CONTENTS, {packs.CASES: broken})
    assert list(tmp_path.iterdir()) == []


def test_a_member_that_was_changed_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        changed = archive.read("cases.jsonl").replace(b"41", b"42")
    with pytest.raises(ImporterError, match="cases are not those that were packed"):
        Pack(_rewritten(path, {"cases.jsonl": changed}))


def test_a_manifest_that_was_changed_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        changed = archive.read("manifest.json").replace(b'"whole"', b'"coder"')
    with pytest.raises(ImporterError, match="contents is damaged or was changed"):
        Pack(_rewritten(path, {"manifest.json": changed}))


def test_a_newer_pack_says_so(path: Path) -> None:
    newer = json.dumps({"format": packs.FORMAT, "version": packs.VERSION + 1, "contents": {"more": 1}}).encode()
    with pytest.raises(UnknownFormat, match="newer qualcode"):
        Pack(_rewritten(path, {"manifest.json": newer}))


@pytest.mark.parametrize("name", ["word/document.xml", "manifest.json", "extra.jsonl", "../manifest.json"])
def test_a_foreign_zip_is_no_pack(path: Path, name: str) -> None:
    if name in ("extra.jsonl", "../manifest.json"):
        _rewritten(path, {name: b"{}"})
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, f'{{"format": "{SECRET_WORDS}"}}')
    with pytest.raises(ImporterError) as caught:
        Pack(path)
    assert SECRET_WORDS not in f"{caught.value!r} {caught.value.hint}"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.98])
def test_a_pack_that_was_cut_short_is_refused(path: Path, keep: float) -> None:
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(ImporterError, match="cut short"):
        Pack(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match="cannot be opened"):
        Pack(tmp_path / "none.qualpack")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.qualpack"
    packs.write(path, CONTENTS, {packs.CASES: lambda: [replace(CASE, attributes={"x": " " * 20_000_000})]})
    with pytest.raises(ImporterError, match="far more than a pack"):
        Pack(path)


@pytest.mark.parametrize(
    "row",
    [
        {"id": 3},
        {"id": "P", "programme": 1},
        {"id": "P", "attributes": []},
        {"id": "P", "more": 1},
        {"id": "P", "attributes": {"x": {"date": SECRET_WORDS}}},
        [],
        SECRET_WORDS,
        {"programme": "north"},
    ],
)
def test_a_line_that_is_no_such_record_is_told_by_its_number(path: Path, row: object) -> None:
    packs.write(path, CONTENTS, {packs.CASES: lambda: [CASE, row]})
    with Pack(path) as pack, pytest.raises(ImporterError, match="line 2 of cases") as caught:
        list(pack.records(packs.CASES, Case))
    assert SECRET_WORDS not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_true_is_no_number_and_a_number_no_text() -> None:
    with pytest.raises(ValueError, match="not what the field holds"):
        record(Turn, {"start": True, "end": 3})
    with pytest.raises(ValueError, match="not what the field holds"):
        record(Turn, {"start": 1, "end": "3"})


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_value = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.dates(), _words)


@given(st.builds(Case, _words, st.none() | _words, st.dictionaries(_words, _value, max_size=4)))
def test_any_case_comes_back_equal(case: Case) -> None:
    back = record(Case, json.loads(json.dumps(plain(case))))
    assert back == case
    assert [type(value) for value in back.attributes.values()] == [type(v) for v in case.attributes.values()]


_span = st.tuples(st.integers(0, 99), st.integers(100, 200))
_coding = st.builds(
    Coding,
    st.just(""),
    st.just("t_1:0:9"),
    _words,
    _words,
    st.dictionaries(_words, _words, max_size=2),
    st.lists(_span, max_size=2).map(tuple),
    _words,
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 1),
    _words,
)


@given(st.lists(_coding, max_size=3), st.booleans(), st.none() | st.floats(0, 1))
def test_a_decision_is_known_again_by_all_that_it_says(made: list[Coding], blind: bool, chance: float | None) -> None:
    judged = Judged("t_1:0:9", "anna", ("a",), blind, "a_1", chance, "2025")
    decision = Decision(judged, tuple(made), ("h",) * len(made))
    back = record(Decision, json.loads(json.dumps(plain(decision))))
    assert back == decision
    assert packs.digest(back) == packs.digest(decision)
    turned = Decision(judged, tuple(reversed(made)), ("h",) * len(made))
    assert packs.digest(turned) == packs.digest(decision)
    assert packs.digest(replace(decision, judged=replace(judged, blind=not blind))) != packs.digest(decision)
    assert packs.digest(replace(decision, judged=replace(judged, made_at="2026"))) != packs.digest(decision)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_place_is_read_back(start: int, length: int) -> None:
    assert packs.placed(packs.place("t_1", start, start + length)) == ("t_1", (start, start + length))


@pytest.mark.parametrize("name", ["t_1:3", "t_1:3:3", "t_1:-1:3", "t_1:a:b", "t_1:1:2:3"])
def test_what_is_no_place_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        packs.placed(name)
