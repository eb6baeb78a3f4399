"""The demo corpus is whole: sizes, formats, turns, and a gold whose offsets give the quotations back."""

import csv
from collections import Counter

import pytest

from qualcode import resources
from qualcode.importers import Description, ReadOptions, docx, table, text
from qualcode.importers.manifest import read_manifest, read_programmes

CORPUS = resources.path("corpora/demo")
READERS = {".txt": text.read, ".md": text.read, ".docx": docx.read, ".csv": table.read, ".xlsx": table.read}


@pytest.fixture(scope="module")
def texts():
    manifest = read_manifest(CORPUS / "manifest.csv")
    found = {}
    for name, describe in manifest.files.items():
        path = CORPUS / name
        imported = READERS[path.suffix](path, ReadOptions(b"test", name, describe or Description()))
        for transcript in imported.transcripts:
            found[name, transcript.case if transcript.row else ""] = transcript
    return found


def test_eight_interviews_of_two_programmes_and_sixty_comments(texts):
    kinds = Counter((transcript.kind, transcript.programme) for transcript in texts.values())
    assert kinds == {
        ("interview", "lantern_line"): 4,
        ("interview", "kettle_on"): 4,
        ("feedback", "lantern_line"): 30,
        ("feedback", "kettle_on"): 30,
    }
    assert len(read_programmes(CORPUS / "programmes.csv")) == 2


def test_interviews_have_400_to_900_words_and_two_known_voices(texts):
    for (name, _), transcript in texts.items():
        if transcript.kind == "interview":
            words = sum(len(transcript.text[turn.start : turn.end].split()) for turn in transcript.turns)
            assert 400 <= words <= 900, name
            assert {turn.role for turn in transcript.turns} == {"interviewer", "participant"}, name


def test_every_interview_says_that_it_is_synthetic(texts):
    assert all("ynthetic" in t.text[:200] for t in texts.values() if t.kind == "interview")


def test_gold_quotations_stand_where_the_gold_says_and_in_a_participants_turn(texts):
    with resources.path("corpora/demo_gold.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["code"] for row in rows} == {"emotional_support", "validation", "isolation", "conflict", "burden"}
    for row in rows:
        transcript = texts[row["file"], row["row"]]
        start, end = int(row["start"]), int(row["end"])
        assert transcript.text[start:end] == row["quote"]
        assert any(t.start <= start and end <= t.end and t.role == "participant" for t in transcript.turns), row["file"]
