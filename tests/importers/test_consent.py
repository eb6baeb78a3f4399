"""`consent.csv`: what is stated, what is not, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.corpus import Consent
from qualcode.errors import ImporterError
from qualcode.importers.consent import read_consents, with_stated


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


_STATED = st.builds(
    Consent,
    participate=st.sampled_from((None, True, False)),
    quote=st.sampled_from((None, "verbatim", "paraphrase", "none")),
    machine=st.sampled_from((None, True, False)),
    expires=st.sampled_from((None, date(2031, 12, 31))),
)
_CASES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=5)
_ROWS = st.dictionaries(_CASES, _STATED.filter(lambda one: one != Consent()), max_size=4)


@given(_ROWS, _ROWS, st.sampled_from(("utf-8", "utf-8-sig", "utf-16")), st.sampled_from(("\n", "\r\n")))
def test_what_is_put_into_a_table_is_read_from_it_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, Consent],
    more: dict[str, Consent],
    encoding: str,
    end: str,
) -> None:
    path = tmp_path_factory.mktemp("table") / "consent.csv"
    text = with_stated(b"", path.name, before).decode().replace("\n", end)
    path.write_bytes(text.encode(encoding))
    path.write_bytes(with_stated(path.read_bytes(), path.name, more))
    found = {case: one.consent for case, one in read_consents(path).items()}
    assert found == before | {case: stated.over(before.get(case, Consent())) for case, stated in more.items()}
    kept = [line for line in text.split(end)[1:] if line and not more]
    assert [line for line in kept if line not in path.read_bytes().decode(encoding).split(end)] == []


@pytest.mark.parametrize(
    ("table", "then"),
    [
        (b"case,quote,note\nP1,,rang \xe9\n", b"case,quote,note\nP1,none,rang \xe9\n"),
        (b"sep=;\r\ncase;quote\r\nP1;\r\nP2;none", b"sep=;\r\ncase;quote\r\nP1;none\r\nP2;none\r\n"),
        (b'case,note\nP2,"two\nlines"\nP1,x\n', b'case,note,quote\nP2,"two\nlines"\nP1,x,none\n'),
    ],
    ids=["latin", "sep", "lines"],
)
def test_a_table_keeps_its_encoding_separator_and_other_rows(table: bytes, then: bytes) -> None:
    assert with_stated(table, "consent.csv", {"P1": Consent(quote="none")}) == then
