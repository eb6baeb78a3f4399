"""`consent.csv`: what is stated, what is not, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qualcode.corpus import Consent
from qualcode.errors import ImporterError
from qualcode.importers.consent import read_consents


def _put(folder: Path, text: str) -> Path:
    path = folder / "consent.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_cell_is_not_stated_and_a_note_is_passed_over(tmp_path: Path) -> None:
    text = "Case,participate,quote,share,machine,expires,note\nP1,yes,Paraphrase,,NO,2027-03-31,rang her\nP2,,,,,,\n"
    found = read_consents(_put(tmp_path, text))
    agreed = Consent(participate=True, quote="paraphrase", machine=False, expires=date(2027, 3, 31))
    assert {case: one.consent for case, one in found.items()} == {"P1": agreed, "P2": Consent()}
    assert [one.line for one in found.values()] == [2, 3]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name,quote\nZyzzyva,none\n", 1, "no column 'case'"),
        ("case,qoute\nZyzzyva,none\n", 1, "column 2 is not known"),
        ("case,quote\nP1,none\nP1,verbatim\n", 3, "named twice .first in line 2"),
        ("case,quote\n,none\n", 2, "names no case"),
        ("case,quote\nP1,Zyzzyva\n", 2, "verbatim, paraphrase, none or empty"),
        ("case,machine\nP1,Zyzzyva\n", 2, "yes, no or empty"),
        ("case,expires\nP1,31/03/2027\n", 2, "year-month-day"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line_and_without_its_words(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(ImporterError, match=said) as caught:
        read_consents(_put(tmp_path, text))
    assert caught.value.line == line
    assert "zyzzyva" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}".lower()
