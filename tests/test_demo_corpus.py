"""The demo corpus is whole: sizes, formats, voices, what is planted in it, and a gold whose offsets give quotations."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.gold.__main__ import tables
from benchmarks.gold.reading import CODERS, codes, rows
from qualcode import codebook as codebooks
from qualcode import plugins, resources
from qualcode.importers import Description, ReadOptions
from qualcode.importers.manifest import read_manifest, read_programmes

CORPUS = resources.path("corpora/demo")
ANSWERS = resources.path("corpora/demo_answers")
THEMES = {"who_comes_after", "grief_for_the_living", "ordinary_talk"}
TYPES = {"PERSON", "LOC", "ORG", "DATETIME", "CODE", "DEM", "QUANTITY", "MISC"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Description]:
    return dict(read_manifest(CORPUS / "manifest.csv").files)


@pytest.fixture(scope="module")
def imported(manifest):
    return {
        name: plugins.load("importers", Path(name).suffix[1:])(CORPUS / name, ReadOptions(b"test", name, describe))
        for name, describe in manifest.items()
    }


@pytest.fixture(scope="module")
def texts(imported):
    """By file and, in a table, respondent."""
    return {
        (name, transcript.case if transcript.row else ""): transcript
        for name, found in imported.items()
        for transcript in found.transcripts
    }


def test_every_file_is_described_and_every_description_has_its_file(manifest):
    present = {path.name for path in CORPUS.iterdir()} - {"manifest.csv", "programmes.csv"}
    assert present == set(manifest)


def test_26_interviews_a_focus_group_a_report_and_a_hundred_comments_of_four_programmes(texts, imported):
    kinds = Counter((transcript.kind, transcript.programme) for transcript in texts.values())
    assert kinds == {
        ("interview", "lantern_line"): 7,
        ("interview", "kettle_on"): 6,
        ("interview", "small_hours"): 6,
        ("interview", "front_room"): 7,
        ("focus_group", "small_hours"): 1,
        ("report", "front_room"): 1,
        ("feedback", "lantern_line"): 30,
        ("feedback", "kettle_on"): 30,
        ("feedback", "small_hours"): 19,
        ("feedback", "front_room"): 19,
    }
    left_out = [(skip.reason, skip.count) for found in imported.values() for skip in found.skipped]
    assert left_out == [("empty answer", 1), ("empty answer", 1)]


def test_every_format_is_there(manifest):
    assert {Path(name).suffix for name in manifest} == {
        ".txt",
        ".md",
        ".docx",
        ".vtt",
        ".srt",
        ".pdf",
        ".csv",
        ".xlsx",
    }


def test_interviews_have_400_to_900_words_and_two_known_voices(texts):
    for (name, _), transcript in texts.items():
        if transcript.kind == "interview":
            words = sum(len(transcript.text[turn.start : turn.end].split()) for turn in transcript.turns)
            assert 400 <= words <= 900, name
            assert {turn.role for turn in transcript.turns} == {"interviewer", "participant"}, name


def test_two_peer_supporters_are_told_apart_from_those_who_are_supported(manifest):
    voices = Counter(d.attributes["voice"] for d in manifest.values() if d.kind == "interview")
    assert voices == {"recipient": 24, "supporter": 2}


def test_captions_keep_their_times_and_a_group_talks_at_once(texts):
    for name in ("SH01.srt", "SH02.vtt", "FR03.srt", "FR05.vtt", "FG01.vtt"):
        times = [turn.time for turn in texts[name, ""].turns]
        assert None not in times
        assert times == sorted(times), name
    group = texts["FG01.vtt", ""]
    assert len({turn.case for turn in group.turns if turn.case}) == 5
    spans = re.findall(r"^([\d:.]+) --> ([\d:.]+)$", (CORPUS / "FG01.vtt").read_text(encoding="utf-8"), re.MULTILINE)
    assert sum(begin < end for (_, end), (begin, _) in pairwise(spans)) >= 20


def test_every_document_says_that_it_is_synthetic(texts):
    for (name, _), transcript in texts.items():
        if transcript.kind != "feedback":
            raw = (CORPUS / name).read_bytes()[:200].decode("utf-8", errors="ignore")
            assert "ynthetic" in transcript.text[:200] + raw, name


def test_comments_are_as_people_leave_them(texts):
    said = [t.text for t in texts.values() if t.kind == "feedback"]
    assert "N/A" in said
    assert max(Counter(said).values()) >= 2
    lengths = sorted(len(text.split()) for text in said)
    assert lengths[0] == 1
    assert lengths[-1] >= 90
    assert Counter(t.language for t in texts.values() if t.kind == "feedback") == {"en": 97, "pl": 1}


def test_programmes_differ_and_say_where_they_do_not_say():
    programmes = {p.id: p.attributes for p in read_programmes(CORPUS / "programmes.csv")}
    assert set(programmes) == {"lantern_line", "kettle_on", "small_hours", "front_room"}
    for feature in ("form", "mode", "led_by", "matching", "supervision", "payment", "planned_contacts", "training"):
        assert len({str(attributes[feature]) for attributes in programmes.values()}) >= 2, feature
    assert all(None in attributes.values() for attributes in programmes.values())
    assert isinstance(programmes["lantern_line"]["planned_contacts"], int)


# ---- what is planted


def test_planted_themes_stand_where_the_answers_say_in_a_participants_turn(texts):
    for row in rows_of(ANSWERS / "themes.csv"):
        transcript, start, end = texts[row["file"], row["row"]], int(row["start"]), int(row["end"])
        assert transcript.text[start:end] == row["quote"]
        assert any(t.start <= start and end <= t.end and t.role == "participant" for t in transcript.turns)


def test_each_planted_theme_has_several_people_and_programmes_behind_it(texts):
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows_of(ANSWERS / "themes.csv"):
        transcript, start = texts[row["file"], row["row"]], int(row["start"])
        case = next(t.case for t in transcript.turns if t.start <= start < t.end)
        found[row["theme"]].append((case, transcript.programme))
    assert set(found) == THEMES
    for places in found.values():
        people = Counter(case for case, _ in places)
        assert len(places) >= 15
        assert len(people) >= 8
        assert max(people.values()) <= len(places) / 2
        assert len({programme for _, programme in places}) >= 3


def test_the_codebook_has_no_code_for_a_planted_theme():
    codebook = codebooks.load(resources.path("codebooks/peer_support.yaml"))
    assert not THEMES & {code.id for code in codebook}
    said = " ".join(" ".join((code.label, code.brief, code.definition, *code.when_to_use)) for code in codebook)
    for words in (
        "still alive",
        "still living",
        "when the carer dies",
        "succession",
        "take over",
        "small talk",
        "ordinary talk",
    ):
        assert words not in said.lower()


def test_planted_identifiers_stand_where_the_answers_say(texts):
    rows = rows_of(ANSWERS / "identifiers.csv")
    assert len(rows) >= 300
    assert {row["type"] for row in rows} == TYPES
    assert {row["kind"] for row in rows} == {"direct", "quasi"}
    last = ("", "", 0)
    for row in rows:
        start, end = int(row["start"]), int(row["end"])
        assert texts[row["file"], row["row"]].text[start:end] == row["quote"]
        assert (row["file"], row["row"], start) >= last, "no two overlap, and they are in order"
        last = (row["file"], row["row"], end)


def test_one_person_is_named_in_several_ways_and_a_school_by_its_street(texts):
    ways = defaultdict(set)
    for row in rows_of(ANSWERS / "identifiers.csv"):
        ways[row["entity"]].add(row["quote"])
    assert sum(len(quotes) >= 2 for quotes in ways.values()) >= 20
    streets = [quote for entity, quotes in ways.items() if "school" in entity for quote in quotes]
    assert any(re.search(r"\b(Street|Road|Lane)$", quote) for quote in streets)


def test_only_texts_that_are_declared_so_hold_identifiers(manifest, texts):
    holding = {row["file"] for row in rows_of(ANSWERS / "identifiers.csv")}
    assert holding == {name for name, described in manifest.items() if described.deidentified is False}
    numbers = re.compile(r"\b0\d{3,4} ?\d{6}\b|\b999 \d{3} \d{4}\b|@")
    for (name, _), transcript in texts.items():
        if name not in holding:
            assert not numbers.search(transcript.text), name
    calls = [call for t in texts.values() for call in re.findall(r"\b0\d{4} ?\d{6}\b", t.text)]
    assert calls
    assert all(re.match(r"01632 960\d{3}|07700 900\d{3}", call) for call in calls), "numbers that nobody has"


# ---- the gold


@pytest.mark.parametrize("name", [*CODERS, "adjudicated", "dropped"])
def test_gold_quotations_stand_where_the_gold_says_in_a_turn_that_is_coded(name, texts):
    found = rows(name)
    assert {row["code"] for row in found} <= set(codes())
    for row in found:
        transcript, start, end = texts[row["file"], row["row"]], int(row["start"]), int(row["end"])
        assert transcript.text[start:end] == row["quote"]
        roles = {turn.role for turn in transcript.turns if turn.start <= start and end <= turn.end}
        assert roles & {"participant", "author"}, (row["file"], start)


def test_facets_of_the_gold_are_the_codebooks():
    facets = {f.id: set(f.values) for f in codebooks.load(resources.path("codebooks/peer_support.yaml")).facets}
    for name in (*CODERS, "adjudicated"):
        for row in rows(name):
            assert row["polarity"] in facets["polarity"]
            assert row["holder"] in facets["holder"] | {""}


def test_what_both_found_needs_no_reason_and_each_decision_has_one():
    found = rows("adjudicated")
    assert {row["origin"] for row in found} == {"both", "a", "b"}
    assert {row["code"] for row in found} == set(codes())
    entry = r"[a-z_]+\.(?:when_to_use\.\d+|when_not_to_use\.\d+|definition|brief)"
    rule = re.compile(rf"^(?:{entry}|facet\.\w+|instructions\.\w+)")
    for row in (*found, *rows("dropped")):
        if row["origin"] != "both":
            assert row["reason"].strip()
            assert rule.match(row["rule"]), row["rule"]


def test_both_coders_declare_what_they_judged_and_what_not(manifest):
    declared = rows("judged")
    for coder in CODERS:
        own = [row for row in declared if row["coder"] == coder]
        assert {row["file"] for row in own} == set(manifest)
        assert all(row["codes"].split(";") == codes() for row in own)
        assert all(row["not_judged"] for row in own)


def test_the_published_agreement_is_what_the_two_coders_codings_give():
    for name, table in tables().items():
        published = (resources.path("corpora/demo_gold") / f"{name}.csv").read_text(encoding="utf-8")
        assert table.to_csv(index=False, lineterminator="\n") == published


def test_the_facet_that_failed_is_left_out_of_the_gold():
    by_facet = tables()["facet_agreement"].set_index("facet")
    assert by_facet.loc["time", "alpha"] < 0.2, "the README says so"
    assert by_facet.loc["polarity", "alpha"] > 0.8
    assert "time" not in rows("adjudicated")[0]
