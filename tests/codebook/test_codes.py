"""Code and codebook records: the hash that judgements hang on, versions, clauses."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from qualcode.codebook import Code, Codebook, Facet, NearMiss, Pattern

ISOLATION = Code(
    id="isolation",
    label="Isolation",
    brief="Being alone.",
    definition="Nobody is there.",
    when_to_use=("Nobody to talk to", "Nobody visits"),
    when_not_to_use=("Chosen solitude",),
    examples=("Just me and the four walls.",),
    near_misses=(NearMiss("I like my own company.", instead="", why="chosen"),),
    patterns=(Pattern("cut off"), Pattern("nobody ... visits"), Pattern("shut in", name="shut")),
    except_patterns=(Pattern("cut off the crusts"),),
)
BURDEN = Code("burden", "Burden", definition="Too much to carry.")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "loneliness"},
        {"label": "Loneliness"},
        {"brief": "Being cut off."},
        {"definition": "No person is there."},
        {"when_to_use": ("Nobody visits", "Nobody to talk to")},
        {"when_not_to_use": ()},
        {"examples": ("Only me.",)},
        {"near_misses": ()},
        {"near_misses": (NearMiss("I like my own company.", instead="burden", why="chosen"),)},
        {"parent": "need"},
        {"codable": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_meaning_changes_the_hash(change):
    assert replace(ISOLATION, **change).hash != ISOLATION.hash


@pytest.mark.parametrize(
    "change",
    [
        {"patterns": ()},
        {"except_patterns": (Pattern("not alone"),)},
        {"seeds": ("S1",)},
        {"status": "retired"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_not_meaning_leaves_the_hash(change):
    assert replace(ISOLATION, **change).hash == ISOLATION.hash


def test_text_does_not_slip_from_one_field_into_the_next_unseen():
    assert replace(ISOLATION, brief="Being", definition="alone.").hash != replace(ISOLATION, brief="Being alone.").hash
    assert Code("a", "A", when_to_use=("x",)).hash != Code("a", "A", when_not_to_use=("x",)).hash


def test_the_version_ignores_the_order_of_codes_and_facets():
    facets = (Facet("polarity", ("affirmed", "denied")), Facet("time", ("before",)))
    one = Codebook("x", "X", (ISOLATION, BURDEN), facets)
    two = Codebook("y", "Y", (BURDEN, ISOLATION), facets[::-1])
    assert one.version == two.version


@pytest.mark.parametrize(
    "other",
    [
        Codebook("x", "X", (ISOLATION,)),
        Codebook("x", "X", (replace(ISOLATION, status="retired"), BURDEN)),
        Codebook("x", "X", (replace(ISOLATION, definition="Otherwise."), BURDEN)),
        Codebook("x", "X", (ISOLATION, BURDEN), (Facet("polarity", ("affirmed",)),)),
    ],
    ids=["a code gone", "a code retired", "a definition changed", "a facet added"],
)
def test_the_version_changes_with_codes_status_and_facets(other):
    assert other.version != Codebook("x", "X", (ISOLATION, BURDEN)).version


def test_active_leaves_out_drafts_retired_codes_and_headings():
    codebook = Codebook(
        "x",
        "X",
        (
            ISOLATION,
            replace(BURDEN, status="draft"),
            Code("old", "Old", status="retired"),
            Code("need", "Needs", codable=False),
        ),
    )
    assert [code.id for code in codebook.active] == ["isolation"]
    assert len(list(codebook)) == 4


def test_codes_are_found_by_id():
    codebook = Codebook("x", "X", (ISOLATION, BURDEN))
    assert codebook["burden"] is BURDEN
    assert "burden" in codebook
    assert "conflict" not in codebook
    with pytest.raises(KeyError):
        codebook["conflict"]


def test_facets_are_found_by_id():
    facet = Facet("polarity", ("affirmed",))
    codebook = Codebook("x", "X", (), (facet,))
    assert codebook.facet("polarity") is facet
    assert codebook.facet("holder") is None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("isolation.definition", "Nobody is there."),
        ("isolation.when_to_use.1", "Nobody to talk to"),
        ("isolation.when_to_use.2", "Nobody visits"),
        ("isolation.example.1", "Just me and the four walls."),
        ("isolation.near_miss.1", "I like my own company."),
        ("isolation.pattern.2", "nobody ... visits"),
        ("isolation.pattern.shut", "shut in"),
        ("isolation.except.1", "cut off the crusts"),
        ("isolation.pattern.3", ""),
        ("isolation.when_to_use.3", ""),
        ("isolation.when_to_use.0", ""),
        ("isolation.when_to_use", ""),
        ("isolation.when_to_use.-1", ""),
        ("isolation.colour.1", ""),
        ("isolation", ""),
        ("conflict.definition", ""),
        ("", ""),
    ],
)
def test_a_clause_is_found_by_its_name_counted_from_one(reference, text):
    assert Codebook("x", "X", (ISOLATION,)).clause(reference) == text


def test_every_pattern_has_a_name_that_leads_back_to_it():
    codebook = Codebook("x", "X", (ISOLATION,))
    assert ISOLATION.pattern_names() == ("isolation.pattern.1", "isolation.pattern.2", "isolation.pattern.shut")
    assert ISOLATION.pattern_names("except") == ("isolation.except.1",)
    assert [codebook.clause(name) for name in ISOLATION.pattern_names()] == [p.match for p in ISOLATION.patterns]


def test_records_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ISOLATION.label = "Other"  # type: ignore[misc]
