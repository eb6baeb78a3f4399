"""What `corpora/` ships beside the demo: the registry of programmes, the effects, and the minimal pairs."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.importers.attributes import NOT_STATED
from qualcode.importers.manifest import read_programmes
from qualcode.synthesis.effects import read_effects

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
CORPORA = resources.path("corpora")
SHIPPED = [
    *(path for path in sorted(CORPORA.rglob("*.csv")) if path.name != "documents.csv"),  # it holds their titles
    *sorted(CORPORA.rglob("*.md")),
    *sorted(resources.path("codebooks").glob("*")),
]
OWN_WORDS = 9
"""So many words in a row of a seed are a sentence of theirs and not a fact: names and figures are shorter."""
NAMES = re.compile(r"[A-Z][\w’'-]+|\d[\d,.]*")


def rows_of(name: str) -> list[dict[str, str]]:
    with (CORPORA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def seeds() -> dict[str, str]:
    return {f"S{n}": path.read_text(encoding="utf-8") for n, path in enumerate(sorted(SEEDS.glob("*.txt")))}


# ---- the registry


def test_24_programmes_policies_and_roles():
    rows = rows_of("programmes.csv")
    assert Counter(row["kind"] for row in rows) == {"programme": 17, "policy": 2, "role": 5}
    assert len({row["programme"] for row in rows}) == 24
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", row["programme"]) for row in rows)
    assert sum(not row["name"] for row in rows) == 5


def test_what_a_source_does_not_give_is_not_stated_and_never_empty_or_no():
    for row in rows_of("programmes.csv"):
        for column, cell in row.items():
            if column != "name":
                assert cell.strip(), (row["programme"], column)
    assert not [row for row in rows_of("programmes.csv") if "no" in row.values()]
    programmes = read_programmes(CORPORA / "programmes.csv")
    assert {p.attributes["supervision"] for p in programmes} == {None}


def test_every_stated_cell_names_the_place_that_states_it():
    columns = [c for c in rows_of("programmes.csv")[0] if c not in ("programme", "kind", "note", "source")]
    stated = {
        (row["programme"], column)
        for row in rows_of("programmes.csv")
        for column in columns
        if row[column].strip().lower() not in NOT_STATED
    }
    assert {(row["programme"], row["attribute"]) for row in rows_of("programme_sources.csv")} == stated
    assert {row["document"] for row in rows_of("programme_sources.csv")} <= {
        row["document"] for row in rows_of("documents.csv")
    }


@pytest.mark.real
@pytest.mark.skipif(not SEEDS.exists(), reason="the source documents are not beside the checkout")
def test_each_place_lies_in_its_document():
    texts = seeds()
    for row in rows_of("programme_sources.csv"):
        passage = texts[row["document"]][int(row["start"]) : int(row["end"])]
        assert passage == passage.strip() != ""


@pytest.mark.real
@pytest.mark.skipif(not SEEDS.exists(), reason="the source documents are not beside the checkout")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_no_sentence_of_a_source_is_in_what_we_ship(path):
    theirs = {shingle for text in seeds().values() for shingle in _shingles(text)}
    assert sorted(_shingles(path.read_text(encoding="utf-8")) & theirs) == []


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w’'-]+", text)
    runs = (words[n : n + OWN_WORDS] for n in range(len(words) - OWN_WORDS + 1))
    return {tuple(w.lower() for w in run) for run in runs if sum(bool(NAMES.fullmatch(w)) for w in run) < OWN_WORDS / 2}


# ---- the effects


def test_the_eight_effects_exactly():
    assert [
        (e.code, e.comparison, e.estimate, e.ci_low, e.ci_high, e.studies, e.participants)
        for e in read_effects(CORPORA / "effects.csv")
    ] == [
        ("distress", "usual_care", -0.10, -0.32, 0.11, 8, 864),
        ("self_efficacy", "usual_care", 0.04, -0.14, 0.21, 8, 542),
        ("coping", "usual_care", -0.08, -0.38, 0.21, 3, 293),
        ("quality_of_life", "usual_care", 0.03, -0.32, 0.38, 2, 143),
        ("family_functioning", "usual_care", 0.15, -0.09, 0.38, 4, 272),
        ("social_support", "usual_care", 0.31, -0.15, 0.77, 4, 191),
        ("navigating_services", "usual_care", 0.05, -0.17, 0.28, 4, 304),
        ("distress", "alternative", 0.20, -0.38, 0.79, 2, 95),
    ]


def test_standard_errors_follow_from_the_intervals():
    for row in rows_of("effects.csv"):
        width = float(row["ci_high"]) - float(row["ci_low"])
        assert float(row["se"]) == pytest.approx(width / 3.92, abs=5.01e-4)


def test_each_effect_speaks_to_a_code_of_the_codebook():
    codebook = codebooks.load(resources.path("codebooks/peer_support.yaml"))
    assert {effect.code for effect in read_effects(CORPORA / "effects.csv")} <= {code.id for code in codebook}


# ---- the minimal pairs


def test_200_pairs_that_differ_in_one_facet():
    pairs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("minimal_pairs.csv"):
        pairs[row["pair"]].append(row)
    assert len(pairs) == 200
    for first, second in pairs.values():
        assert first["text"] != second["text"]
        assert (first["code"], first["context"], first["facet"]) == (second["code"], second["context"], second["facet"])
        differing = [name for name in ("state", "polarity", "holder", "time") if first[name] != second[name]]
        assert differing in (["state", "polarity"], ["polarity"], ["holder"], ["time"]), first["pair"]
        assert all(bool(row["polarity"]) == (row["state"] == "present") for row in (first, second))
    assert set(Counter(first["facet"] for first, _ in pairs.values())) == {
        "polarity",
        "holder",
        "time",
        "state",
        "answer",
    }


def test_pairs_are_about_the_active_codes_in_values_that_the_codebook_declares():
    codebook = codebooks.load(resources.path("codebooks/peer_support.yaml"))
    rows = rows_of("minimal_pairs.csv")
    assert {row["code"] for row in rows} == {code.id for code in codebook.active}
    for facet in codebook.facets:
        assert {row[facet.id] for row in rows} <= {"", *facet.values}
    assert len({(row["context"], row["text"]) for row in rows}) == 400
