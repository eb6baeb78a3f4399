"""Codebook files: every fault at once with its line, and save then load gives the same codebook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.codebook import Code, Codebook, Facet, NearMiss, Pattern, check, load, save
from qualcode.errors import CodebookError

BAD = Path(__file__).parent / "bad"
SHIPPED = Path(__file__).parents[2] / "codebooks" / "peer_support.yaml"


def faults(name: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.message) for fault in check(BAD / name) if not fault.advice]


def test_all_faults_are_told_at_once_with_their_lines():
    expected = [
        (4, r"no field 'langauge' \(did you mean 'language'\?\)"),
        (8, "facet 'holder' has no values"),
        (10, "facet 'time' has no values"),
        (12, "active code 'isolation' has no definition"),
        (14, r"no field 'definiton' \(did you mean 'definition'\?\)"),
        (16, "id 'isolation' stands already at line 12"),
        (18, "parent 'lonliness' of 'isolation' is not in the codebook"),
        (19, "status 'live' is not one of draft, active, retired"),
        (20, "parents form a circle: hen > egg > hen"),
        (28, "id 'Not An Id' is not usable"),
        (31, "a code must be a mapping"),
        (32, "code 'nameless' has no label"),
        (34, "examples of 'nameless' must be a list of texts"),
        (35, "when_to_use of 'nameless' must be a list of texts"),
        (39, "a near miss of 'words' has no 'text:'"),
        (45, "must begin and end with a word"),
        (46, "polarity='releived' is not a declared facet value"),
        (47, "colour='blue' is not a declared facet value"),
        (49, "within is 'paragraph'"),
        (50, "a pattern is a text, or a mapping"),
    ]
    found = faults("everything_wrong.yaml")
    assert [line for line, _ in found] == [line for line, _ in expected]
    for (line, message), (_, pattern) in zip(found, expected, strict=True):
        assert re.search(pattern, message), f"line {line}: {message}"


def test_a_near_miss_that_names_no_code_is_advice_at_its_line():
    advice = [fault for fault in check(BAD / "everything_wrong.yaml") if fault.advice]
    assert [fault.line for fault in advice if "'nothing'" in fault.message] == [42]


def test_load_raises_one_error_that_lists_every_fault():
    with pytest.raises(CodebookError) as caught:
        load(BAD / "everything_wrong.yaml")
    for line, message in faults("everything_wrong.yaml"):
        assert f"line {line}: {message}" in caught.value.message
    assert caught.value.path == "everything_wrong.yaml"
    assert caught.value.hint


def test_advice_alone_does_not_stop_a_codebook(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text("codebook: x\ncodes:\n  - {id: a, label: A, status: active, definition: d}\n", encoding="utf-8")
    (advice,) = check(path)
    assert advice.advice
    assert advice.line == 3
    assert "lacks brief, when_to_use, when_not_to_use, examples" in advice.message
    assert load(path)["a"].definition == "d"


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("open_quote.yaml", 4, "not valid YAML"),
        ("tab_indent.yaml", 3, "not valid YAML"),
        ("duplicate_key.yaml", 6, "not valid YAML: found duplicate key"),
        ("two_documents.yaml", 3, "not valid YAML"),
        ("no_codes.yaml", 1, "there are no codes"),
        ("empty_codes.yaml", 3, "there are no codes"),
        ("codes_as_mapping.yaml", 4, "there are no codes"),
        ("a_list.yaml", 1, "holds no codebook"),
        ("empty.yaml", 1, "holds no codebook"),
        ("only_comment.yaml", 1, "holds no codebook"),
        ("nothing_active.yaml", 2, "no code is active and codable"),
        ("own_parent.yaml", 4, "parents form a circle: ouroboros > ouroboros"),
        ("circle_of_three.yaml", 4, "parents form a circle: one > two > three > one"),
        ("facets_a_list.yaml", 3, "'facets:' must map each facet to its values"),
        ("near_misses_a_number.yaml", 7, "near_misses"),
        ("parent_a_list.yaml", 7, "parent"),
        ("codable_no.yaml", 7, "codable"),
        ("control_character.yaml", 7, "not valid YAML"),
    ],
)
def test_a_faulty_file_is_told_with_the_line(name, line, message):
    found = faults(name)
    assert len(found) == 1, found
    assert found[0][0] == line
    assert message in found[0][1]
    with pytest.raises(CodebookError):
        load(BAD / name)


def test_names_of_patterns_are_plain_and_used_once():
    assert faults("pattern_names.yaml") == [
        (8, "patterns of 'calm': the name 'Calm Words' is not usable (expected lower-case letters, digits and _)"),
        (9, "patterns of 'calm': two have the name 'peace'"),
        (10, "patterns of 'calm': the name 3 is not usable (expected lower-case letters, digits and _)"),
    ]


def test_a_date_that_does_not_exist_is_a_fault():
    assert "not valid YAML" in faults("impossible_date.yaml")[0][1]


def test_a_near_miss_that_names_a_list_is_told():
    assert [fault.line for fault in check(BAD / "instead_a_list.yaml") if "near miss" in fault.message] == [8]


@pytest.mark.parametrize("path", [BAD / "absent.yaml", BAD / "latin1.yaml", BAD])
def test_a_file_that_cannot_be_read_is_a_codebook_error(path):
    with pytest.raises(CodebookError):
        check(path)


def test_no_fault_is_found_in_the_codebook_that_comes_with_qualcode():
    assert [str(fault) for fault in check(SHIPPED)] == []


def test_fifteen_codes_are_complete_and_the_others_have_a_definition_rules_and_a_seed():
    codebook = load(SHIPPED)
    assert len(codebook.active) == 15
    for code in codebook.active:
        assert len(code.examples) >= 25, code.id
        assert len(code.near_misses) >= 10, code.id
        assert code.patterns, code.id
        assert len(set(code.examples)) == len(code.examples)
    drafts = [code for code in codebook if code.codable and code.status == "draft"]
    assert len(drafts) == 36
    for code in (*codebook.active, *drafts):
        assert code.brief, code.id
        assert code.definition, code.id
        assert code.when_to_use, code.id
        assert code.when_not_to_use, code.id
        assert set(code.seeds) <= {"S0", "S1", "S2", "S3", "S4"}, code.id
        assert code.seeds, code.id
    assert {facet.id for facet in codebook.facets} == {"polarity", "holder", "time"}


def test_the_shipped_codebook_survives_saving(tmp_path):
    codebook = load(SHIPPED)
    save(codebook, tmp_path / "codebook.yaml")
    assert load(tmp_path / "codebook.yaml") == codebook


def test_a_byte_order_mark_and_windows_newlines_are_no_fault(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_bytes(b"\xef\xbb\xbfcodebook: x\r\ncodes:\r\n  - id: a\r\n    label: A\r\n    definition: d\r\n")
    assert [fault for fault in check(path) if not fault.advice] == []
    assert load(path).id == "x"


def test_one_code_and_three_hundred_codes_are_codebooks(tmp_path):
    for count in (1, 300):
        codebook = Codebook("x", "X", tuple(Code(f"code_{n}", f"Code {n}", definition="d") for n in range(count)))
        save(codebook, tmp_path / "codebook.yaml")
        assert load(tmp_path / "codebook.yaml") == codebook


def _spaced(text: str) -> str:
    return " ".join(text.split())


_RISKY = st.sampled_from(
    [
        "null",
        "yes",
        "no",
        "true",
        "1.0",
        "007",
        "2024-01-01",
        "- a",
        "# none",
        "a: b",
        "{a}",
        "[a]",
        "'",
        '"',
        "|",
        ">",
        "&a",
        "*a",
        "!x",
        "%a",
        "@a",
        "`",
        "~",
        "---",
        "...",
        "=",
        "<<",
        "é😀",
        "\u200bשלום",
        "a\u0301",
        "x" * 130,
        "w " * 60,
    ]
)
_TEXT = (st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40) | _RISKY).map(_spaced)
_SOME = _TEXT.filter(bool)
_ID = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_TEXTS = st.lists(_TEXT, max_size=2).map(tuple)
_WORD = st.from_regex(r"[a-zé’'-]{1,6}\*?", fullmatch=True)
_NAME = _SOME.filter(lambda name: len(name) < 60)
_FACETS = st.lists(
    st.tuples(_NAME, st.lists(_SOME, min_size=1, max_size=3, unique=True)),
    max_size=2,
    unique_by=lambda f: f[0],
)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    facets = tuple(Facet(name, tuple(values), draw(_TEXT)) for name, values in draw(_FACETS))
    usable = [facet for facet in facets if facet.id not in ("match", "within", "name")]

    def pattern(place: int) -> Pattern:
        match = " ".join(draw(st.lists(_WORD, min_size=1, max_size=3)))
        chosen = {facet.id: draw(st.sampled_from(facet.values)) for facet in usable if draw(st.booleans())}
        return Pattern(match, chosen, draw(st.booleans()), draw(st.sampled_from(["", f"name_{place}"])))

    ids = draw(st.lists(_ID, min_size=1, max_size=4, unique=True))
    codes = []
    for place, code_id in enumerate(ids):
        first = place == 0
        codes.append(
            Code(
                id=code_id,
                label=draw(_SOME),
                brief=draw(_TEXT),
                definition=draw(_SOME),
                when_to_use=draw(_TEXTS),
                when_not_to_use=draw(_TEXTS),
                examples=draw(_TEXTS),
                near_misses=tuple(
                    NearMiss(draw(_SOME), draw(st.sampled_from(["", *ids])), draw(_TEXT))
                    for _ in range(draw(st.integers(0, 2)))
                ),
                parent=None if first else draw(st.sampled_from([None, *ids[:place]])),
                status="active" if first else draw(st.sampled_from(["draft", "active", "retired"])),
                codable=first or draw(st.booleans()),
                patterns=tuple(pattern(at) for at in range(draw(st.integers(0, 2)))),
                except_patterns=tuple(pattern(at) for at in range(draw(st.integers(0, 1)))),
                seeds=draw(_TEXTS),
            )
        )
    return Codebook(
        draw(_SOME), draw(_SOME), tuple(codes), facets, draw(_TEXT), draw(st.sampled_from(["en", "no", "de"]))
    )


@given(codebooks())
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_codebook_that_is_saved_is_loaded_back_equal(tmp_path, codebook):
    path = tmp_path / "codebook.yaml"
    save(codebook, path)
    back = load(path)
    assert back == codebook
    assert back.version == codebook.version
