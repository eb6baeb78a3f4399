"""How a person's answers become judgements: present, absent, and nothing where nothing was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.codebook import Code, Codebook, Facet
from qualcode.coding import Coder, Sample
from qualcode.review import Answer, audit_sample, decide

CODEBOOK = Codebook(
    "x",
    "X",
    (
        Code("isolation", "Isolation"),
        Code("burden", "Burden"),
        Code("need", "Needs", codable=False),
        Code("old", "Old", status="retired"),
    ),
    (Facet("polarity", ("affirmed", "denied", "relieved")),),
)
ANNA = Coder("anna", "human")
SAMPLE = Sample("a_1", ("s_1", "s_2"), (0.25, 0.25), "audit", 1)


def decided(*answers: Answer, codebook: Codebook = CODEBOOK):
    return decide(answers, codebook, ANNA, {"a_1": SAMPLE}, now="2025-03-06", secret=b"secret")


def judged(answer: Answer) -> tuple[set[str], dict[str, dict[str, str]]]:
    """(codes decided, those present with their facets) of one answer that was understood."""
    ((judgement, codings),), unclear = decided(answer)
    assert unclear == []
    return set(judgement.codes), {coding.code: dict(coding.facets) for coding in codings}


def test_keep_judges_the_code_present_with_the_machines_polarity():
    answer = Answer(2, "s_1", proposed="burden", decision="keep", machine_polarity="denied")
    assert judged(answer) == ({"burden"}, {"burden": {"polarity": "denied"}})


def test_keep_with_a_polarity_corrects_the_machines():
    answer = Answer(2, "s_1", proposed="burden", decision="keep", polarity="relieved", machine_polarity="denied")
    assert judged(answer)[1] == {"burden": {"polarity": "relieved"}}


def test_keep_without_any_polarity_has_none():
    assert judged(Answer(2, "s_1", proposed="burden", decision="keep"))[1] == {"burden": {}}


def test_reject_judges_the_code_absent():
    assert judged(Answer(2, "s_1", proposed="burden", decision="reject", machine_polarity="denied")) == (
        {"burden"},
        {},
    )


@pytest.mark.parametrize(
    ("decision", "decided_on", "present"),
    [
        ("keep", {"burden", "isolation"}, {"burden", "isolation"}),
        ("reject", {"burden", "isolation"}, {"isolation"}),
        ("", {"isolation"}, {"isolation"}),
    ],
)
def test_another_code_is_judged_present_as_well(decision, decided_on, present):
    codes, codings = judged(Answer(2, "s_1", proposed="burden", decision=decision, other=(("isolation", "denied"),)))
    assert codes == decided_on
    assert set(codings) == present
    assert codings["isolation"] == {"polarity": "denied"}


@pytest.mark.parametrize(
    "answer", [Answer(2, "s_1", proposed="burden", machine_polarity="denied"), Answer(2, "s_1", sample="a_1")]
)
def test_an_empty_answer_judges_nothing(answer):
    assert decided(answer) == ([], [])


def test_a_judgement_on_a_proposal_was_not_blind_and_one_in_the_sample_was():
    ((one, _), (two, _)), _ = decided(
        Answer(2, "s_1", proposed="burden", decision="keep"),
        Answer(2, "s_2", other=(("none", ""),), sample="a_1"),
    )
    assert (one.blind, one.sample, one.probability) == (False, None, None)
    assert (two.blind, two.sample, two.probability) == (True, "a_1", 0.25)


def test_none_in_the_sample_judges_every_active_code_absent():
    assert judged(Answer(2, "s_1", other=(("none", ""),), sample="a_1")) == ({"isolation", "burden"}, {})


def test_a_code_in_the_sample_judges_the_others_absent():
    assert judged(Answer(2, "s_1", other=(("burden", "denied"),), sample="a_1")) == (
        {"isolation", "burden"},
        {"burden": {"polarity": "denied"}},
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(5, "s_1", proposed="burden", decision="maybe"), "decision"),
        (Answer(5, "s_1", proposed="burden", decision="keep", polarity="banana"), "polarity"),
        (Answer(5, "s_1", proposed="burden", other=(("stigma", ""),)), "not in the codebook"),
        (Answer(5, "s_1", other=(("burden", "banana"),)), "polarity"),
        (Answer(5, "s_1", other=(("none", ""), ("burden", ""))), "'none' stands beside a code"),
        (Answer(5, "s_1", proposed="stigma", decision="keep"), "codebook"),
        (Answer(5, "s_1", proposed="burden", other=(("need", ""),)), ""),
        (Answer(5, "s_1", other=(("old", ""),), sample="a_1"), ""),
        (Answer(5, "s_1", proposed="burden", decision="reject", other=(("burden", ""),)), ""),
        (Answer(5, "s_1", proposed="burden", polarity="relieved"), ""),
    ],
)
def test_an_answer_that_cannot_stand_is_told_with_its_row(answer, reason):
    found, unclear = decided(answer)
    assert found == []
    assert [item.row for item in unclear] == [5]
    assert reason in unclear[0].reason


def test_without_a_polarity_facet_no_polarity_is_taken():
    plain = Codebook("x", "X", (Code("burden", "Burden"),))
    found, unclear = decided(Answer(2, "s_1", proposed="burden", decision="keep", polarity="denied"), codebook=plain)
    assert found == []
    assert len(unclear) == 1


def test_one_unclear_answer_does_not_stop_the_others():
    found, unclear = decided(
        Answer(2, "s_1", proposed="burden", decision="?"),
        Answer(3, "s_1", proposed="burden", decision="keep"),
    )
    assert len(found) == len(unclear) == 1


def test_codings_of_one_segment_have_different_ids():
    ((_, codings),), _ = decided(Answer(2, "s_1", proposed="burden", decision="keep", other=(("isolation", ""),)))
    assert len({coding.id for coding in codings}) == 2
    assert {coding.coder for coding in codings} == {"anna"}


def test_the_audit_sample_is_drawn_by_its_seed_alone():
    ids = [f"s_{n}" for n in range(40)]
    one = audit_sample(ids, size=10, seed=1, secret=b"secret")
    assert one == audit_sample(ids[::-1], size=10, seed=1, secret=b"secret")
    assert one != audit_sample(ids, size=10, seed=2, secret=b"secret")


@pytest.mark.parametrize(("ids", "size"), [([], 5), (["s_1"], 0)])
def test_nothing_to_draw_from_is_no_sample(ids, size):
    assert audit_sample(ids, size=size, seed=1, secret=b"secret") is None


@given(st.sets(st.integers(0, 99), min_size=1, max_size=30), st.integers(1, 40), st.integers(0, 5))
def test_a_sample_holds_different_units_and_their_true_probability(numbers, size, seed):
    ids = [f"s_{number}" for number in numbers]
    sample = audit_sample(ids, size=size, seed=seed, secret=b"secret")
    assert sample is not None
    assert len(set(sample.segments)) == len(sample.segments) == min(size, len(ids))
    assert set(sample.segments) <= set(ids)
    assert set(sample.probabilities) == {len(sample.segments) / len(ids)}


POLARITY = st.sampled_from(["", "affirmed", "denied", "banana"])
OTHERS = st.lists(st.tuples(st.sampled_from(["isolation", "burden", "none", "stigma"]), POLARITY), max_size=2).map(
    tuple
)
ANSWERS = st.builds(
    Answer,
    st.integers(2, 99),
    st.sampled_from(["s_1", "s_2"]),
    st.sampled_from(["", "isolation", "burden"]),
    st.sampled_from(["", "keep", "reject", "eh"]),
    OTHERS,
    POLARITY,
    st.sampled_from(["", "denied"]),
    st.sampled_from(["", "a_1"]),
)


@given(st.lists(ANSWERS, max_size=6))
def test_what_is_present_was_judged_and_belongs_to_the_codebook(answers):
    found, unclear = decided(*answers)
    assert len(found) + len(unclear) <= len(answers)
    for judgement, codings in found:
        assert {coding.code for coding in codings} <= set(judgement.codes) <= {code.id for code in CODEBOOK.active}
        assert len(set(judgement.codes)) == len(judgement.codes)
        assert judgement.codes
