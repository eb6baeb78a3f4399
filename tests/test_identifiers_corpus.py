"""The labelled set of identifiers is whole: every label gives its quotation, and nothing in it can reach anybody."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from qualcode import plugins, resources
from qualcode.deidentify.mentions import DETAIL, KINDS
from qualcode.importers import ReadOptions
from qualcode.importers.manifest import read_manifest

CORPUS = resources.path("corpora/identifiers")
MARKER = "Synthetic transcript, written for qualcode. No person in it exists.\n\n"
TYPES = {"PERSON", "LOC", "ORG", "DATETIME", "CODE", "DEM", "QUANTITY", "MISC"}

DRAMA = re.compile(
    r"07700900\d{3}|01(?:1[34568]|[2-6]1)4960\d{3}|01914980\d{3}|02079460\d{3}|02896496\d{3}|01632960\d{3}|08081570\d{3}"
)
"""Ranges that Ofcom keeps free for drama: mobile, the large cities, London, Northern Ireland, no area, freephone."""
POSTCODE = re.compile(r"\b([A-Z]{1,2})\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
UNUSED_AREAS = {"LX", "HB", "SB", "WB"}
PLATE = re.compile(r"\b[A-Z]{1,2}\d{1,2} [A-Z]{3}\b|\b[A-Z]{3} \d{4}\b")
"""A current plate, one with its year as a letter, one of Northern Ireland. No area begins with Z, no year is Z, and no
county is ZZ."""
SPOKEN = {
    word: str(figure)
    for figure, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
} | {"oh": "0", "o": "0", "nought": "0"}
WORDS_AND_NAMES = {
    ("ID01.txt", "April"): "may April bring",
    ("ID09.txt", "Mark"): '"Mark my words"',
    ("ID10.txt", "Will"): "Will anyone read",
    ("ID12.txt", "Christian"): "he's not even Christian",
    ("survey.csv", "hope"): "I hope she knows",
}
"""Where a name of the text stands as a word and is rightly unlabelled."""
NOBODY = (
    "may", "will", "Mark my words", "grace", "Grace", "hope", "Christian", "Marks and Spencer", "Monday", "Alexa",
    "God", "Mum", "hoover", "Harry Potter", "harry potter", "Coronation Street", "Ant and Dec", "Kettle On",
    "Lantern Line", "Roses", "summer", "joy", "20mg", "£14.80", "Welsh", "M1", "April", "Donny Osmond", "Bluey",
)  # fmt: skip
"""What tempts a detector and tells of nobody in the set."""


def rows_of(name: str) -> list[dict[str, str]]:
    with (CORPUS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def labels() -> list[dict[str, str]]:
    return rows_of("labels.csv")


@pytest.fixture(scope="module")
def imported():
    return {
        name: plugins.load("importers", Path(name).suffix[1:])(CORPUS / name, ReadOptions(b"test", name, describe))
        for name, describe in read_manifest(CORPUS / "manifest.csv").files.items()
    }


@pytest.fixture(scope="module")
def texts(imported) -> dict[tuple[str, str], str]:
    """By file and, in the survey, respondent."""
    return {
        (name, transcript.case if transcript.row else ""): transcript.text
        for name, found in imported.items()
        for transcript in found.transcripts
    }


@pytest.fixture(scope="module")
def unlabelled(texts, labels) -> dict[tuple[str, str], str]:
    """The texts with every label blanked out, offsets kept."""
    left = {place: list(text) for place, text in texts.items()}
    for row in labels:
        start, end = int(row["start"]), int(row["end"])
        left[row["file"], row["row"]][start:end] = "\0" * (end - start)
    return {place: "".join(letters) for place, letters in left.items()}


def figures(spoken: str) -> str:
    """The figures of a number as somebody says or types it: `oh seven seven double oh`, `nine hundred`, `O77`."""
    said = ""
    times = 1
    for word in re.findall(r"\d+|[A-Za-z]+", spoken):
        if word.lower() in ("double", "triple", "treble"):
            times = 2 if word.lower() == "double" else 3
            continue
        if word.lower() == "hundred":
            said += "00"
            continue
        said += word if word.isdigit() else SPOKEN[word.lower()] * times
        times = 1
    return said


def has_its_check_digit(number: str) -> bool:
    """Modulus 11 over the first nine figures of an NHS number; ten is never issued."""
    rest = 11 - sum(int(figure) * weight for figure, weight in zip(number[:9], range(10, 1, -1), strict=True)) % 11
    return rest % 11 == int(number[9]) and rest != 10


# ---- the texts


def test_every_file_is_described_and_none_is_declared_deidentified(imported):
    assert {path.name for path in CORPUS.iterdir()} - {"manifest.csv", "labels.csv"} == set(imported)
    found = [transcript for result in imported.values() for transcript in result.transcripts]
    assert [transcript.deidentified for transcript in found] == [False] * len(found)
    assert not [skip for result in imported.values() for skip in result.skipped]


def test_19_documents_and_30_answers_of_some_ten_thousand_words(texts):
    assert len({name for name, _ in texts if name.endswith(".txt")}) == 19
    assert sum(name == "survey.csv" for name, _ in texts) == 30
    assert 9_000 <= sum(len(text.split()) for text in texts.values()) <= 11_000


def test_every_document_says_on_its_first_line_that_it_is_synthetic(texts):
    for (name, _), text in texts.items():
        assert text.startswith(MARKER) == (name != "survey.csv"), name


# ---- the labels


def test_every_label_gives_its_quotation_and_no_two_overlap(texts, labels):
    last = ("", "", 0)
    for row in labels:
        start, end = int(row["start"]), int(row["end"])
        assert start < end
        assert texts[row["file"], row["row"]][start:end] == row["quote"] == row["quote"].strip()
        assert (row["file"], row["row"], start) >= last, "no two overlap, and they are in order"
        last = (row["file"], row["row"], end)


def test_at_least_300_labels_and_120_hard_ones_and_five_of_each_kind(labels):
    assert len(labels) >= 300
    hard = Counter(row["difficulty"] for row in labels)
    assert set(hard) == {"easy", "hard"}
    assert hard["hard"] >= 120
    assert hard["easy"] >= 120
    kinds = Counter(row["as"] for row in labels)
    assert set(kinds) == ({*KINDS} - {DETAIL}) | {"other"}
    assert min(kinds.values()) >= 5, kinds


def test_types_and_kinds_are_those_of_the_demo_corpus(labels):
    assert {row["type"] for row in labels} == TYPES
    assert {row["kind"] for row in labels} == {"direct", "quasi"}
    for row in labels:
        assert (row["as"] == "person") == (row["type"] == "PERSON"), row["entity"]
        assert (row["as"] == "organisation") == (row["type"] == "ORG"), row["entity"]
        assert (row["as"] == "date") == (row["type"] == "DATETIME"), row["entity"]


def test_entities_are_of_their_file_and_some_have_several_names(labels):
    ways = defaultdict(set)
    for row in labels:
        assert re.fullmatch(re.escape(Path(row["file"]).stem) + r":[a-z0-9]+(_[a-z0-9]+)*", row["entity"])
        ways[row["entity"]].add(row["quote"])
    assert sum(len(quotes) >= 2 for quotes in ways.values()) >= 40


def test_a_name_is_labelled_wherever_it_stands(unlabelled, labels):
    for row in labels:
        if row["type"] not in ("PERSON", "CODE", "ORG", "LOC"):
            continue
        left = unlabelled[row["file"], row["row"]]
        for found in re.finditer(rf"(?<!\w){re.escape(row['quote'])}(?!\w)", left):
            around = left[max(0, found.start() - 20) : found.end() + 20]
            allowed = WORDS_AND_NAMES.get((row["file"], row["quote"]))
            assert allowed, (row["file"], row["quote"])
            assert allowed in around, (row["file"], row["quote"])


def test_names_are_broken_over_lines_and_schools_named_by_their_street(labels):
    assert sum(row["as"] == "person" and "\n" in row["quote"] for row in labels) >= 4
    schools = {row["quote"] for row in labels if row["entity"].endswith("school")}
    assert sum(bool(re.search(r"(Row|Street|Lane)$", quote)) for quote in schools) >= 3


@pytest.mark.parametrize("words", NOBODY)
def test_what_tempts_a_detector_stands_unlabelled(unlabelled, words):
    assert any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) for text in unlabelled.values())


# ---- nothing reaches anybody


def test_figures_are_read_as_they_are_said():
    assert figures("oh seven seven double oh, nine hundred, triple four") == "07700900444"
    assert figures("(01632) 960 O77") == "01632960077"


def test_telephone_numbers_are_kept_for_drama(texts, labels):
    said = [figures(row["quote"]) for row in labels if row["as"] == "phone"]
    typed = [
        "".join(re.findall(r"\d", number))
        for text in texts.values()
        for number in re.findall(r"(?<!\w)\(?0[\d ().-]{8,}\d", text)
    ]
    assert len(typed) >= 15
    assert [number for number in said + typed if not DRAMA.fullmatch(number)] == []


def test_nhs_numbers_are_of_the_test_range_and_one_has_a_wrong_check_digit(texts, labels):
    said = [figures(row["quote"]) for row in labels if row["as"] == "nhs_number"]
    typed = [
        re.sub(r"\D", "", number)
        for text in texts.values()
        for number in re.findall(r"(?<![\w.])(?!0)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\w)", text)
    ]
    assert len(typed) >= 5
    assert [number for number in said + typed if not re.fullmatch(r"999\d{7}", number)] == []
    assert [number for number in said if not has_its_check_digit(number)] == ["9994025183"]


def test_addresses_on_the_net_are_of_domains_kept_for_examples(texts, labels):
    hosts = [
        re.sub(r" dot ", ".", host)
        for text in texts.values()
        for host in re.findall(r"(?:[\w-]+(?:\.| dot ))+(?:com|org|net|info|uk|ie|pl)\b", text)
    ]
    assert len(hosts) >= 12
    assert [host for host in hosts if not re.search(r"(^|\.)example\.(com|org)$", host)] == []
    for row in labels:
        if row["as"] in ("email", "url"):
            assert re.search(r"example(\.| dot )(com|org)\b", row["quote"]), row["entity"]


def test_postcodes_plates_and_insurance_numbers_are_nobodys(texts, labels):
    whole = "\n".join(texts.values())
    areas = [area.upper() for area in POSTCODE.findall(whole)]
    assert set(areas) == UNUSED_AREAS
    assert len(areas) == sum(row["as"] == "postcode" for row in labels)
    plates = PLATE.findall(whole)
    assert len(plates) >= 3
    assert [plate for plate in plates if not plate.startswith("Z")] == []
    insured = re.findall(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", whole)
    assert len(insured) >= 2
    assert [number for number in insured if not number.startswith("QQ")] == []
