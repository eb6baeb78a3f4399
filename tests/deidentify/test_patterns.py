"""Identities that have a form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.deidentify.numbers import checked
from qualcode.deidentify.patterns import Patterns


def _found(text: str) -> list[tuple[str, str, bool]]:
    return [(text[m.start : m.end], m.kind, m.suspected) for m in Patterns().find([text])[0]]


@pytest.mark.parametrize(
    ("text", "said", "kind"),
    [
        ("Write to nell.a@example.org today.", "nell.a@example.org", "email"),
        ("it's nell dot abbot at gmail dot com, all small", "nell dot abbot at gmail dot com", "email"),
        ("Ring 07700 900123 after six.", "07700 900123", "phone"),
        ("Ring (0113) 496 0123.", "(0113) 496 0123", "phone"),
        ("Ring 01632-960 417.", "01632-960 417", "phone"),
        ("Ring +44 7700 900123.", "+44 7700 900123", "phone"),
        ("Ring +44 (0)113 496 0123.", "+44 (0)113 496 0123", "phone"),
        ("it's oh seven seven double-o, nine double oh one two three", None, "phone"),
        ("We are ZZ99 4QT here.", "ZZ99 4QT", "postcode"),
        ("we are zz99 4qt here", "zz99 4qt", "postcode"),
        ("NHS number is 943 476 5919, love.", "943 476 5919", "nhs_number"),
        ("It says 9434765919.", "9434765919", "nhs_number"),
        ("her NI is QQ 12 34 56 C", "QQ 12 34 56 C", "number"),
        ("my hospital number is RXK 4471 there", "RXK 4471", "number"),
        ("He parks AB12 CDE there.", "AB12 CDE", "number"),
        ("see www.example.org/nell.", "www.example.org/nell", "url"),
        ("I am @nell_a on there", "@nell_a", "username"),
        ("my username is bignell72", "bignell72", "username"),
        ("posted as mrs_n_a.", "mrs_n_a", "username"),
        ("at 14 Harrow Road, upstairs", "14 Harrow Road", "address"),
        ("in flat 3b", "flat 3b", "address"),
        ("the school on Harrow Road", "Harrow Road", "address"),
    ],
)
def test_what_has_a_form_is_found_whole(text: str, said: str | None, kind: str) -> None:
    sure = [(found, of) for found, of, suspected in _found(text) if not suspected]
    assert (said or text[text.index("oh") :], kind) in sure


@pytest.mark.parametrize(
    ("text", "generic"),
    [
        ("on 12 March", "March"),
        ("on the 12th of March", "March"),
        ("on 12/03/2019", "March 2019"),
        ("on 2019-03-12", "March 2019"),
        ("on Tuesday the 4th of June", "June"),
        ("born the eleventh of November", "November"),
        ("the second of March 2023", "March 2023"),
        ("on March 12, 2019", "March 2019"),
        ("she's ninety-three", "over 89"),
        ("she is in her nineties", "over 89"),
        ("aged 91", "over 89"),
        ("a 92-year-old", "over 89"),
    ],
)
def test_days_become_months_and_great_ages_a_class(text: str, generic: str) -> None:
    assert [m.generic for m in Patterns().find([text])[0] if not m.suspected] == [generic]


@pytest.mark.parametrize(
    "text",
    ["We were ninety minutes.", "In March we went.", "She's eighty-nine.", "It cost £4,500.", "Ring 999.", "Year 4"],
)
def test_what_stands_for_nobody_stays(text: str) -> None:
    assert not [found for found, _, suspected in _found(text) if not suspected]


def test_a_number_read_aloud_wrongly_is_still_the_number_and_so_is_its_correction() -> None:
    text = "NHS number 999 014 2275, 2257, sorry"
    assert {found for found, _, _ in _found(text)} == {"999 014 2275", "2257"}


def test_ten_digits_that_check_nothing_are_only_suspected() -> None:
    assert _found("It said 943 476 5918 on it.") == [("943 476 5918", "number", True)]


def test_an_outward_code_alone_is_suspected_and_a_participants_code_is_not() -> None:
    assert _found("Somewhere in LS6.") == [("LS6", "postcode", True)]
    assert _found("LL05: Hello.") == []


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_at_most_one_last_digit_checks_an_nhs_number(digits: str) -> None:
    assert sum(checked(digits + str(last)) for last in range(10)) <= 1


@given(st.text(alphabet="aZ 09@.-/’é\n:,#[]", max_size=80))
def test_mentions_stand_inside_any_text(text: str) -> None:
    assert all(0 <= m.start < m.end <= len(text) for m in Patterns().find([text])[0])
