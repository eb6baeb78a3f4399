"""Rich text as programs write it: code pages, Unicode and its fallback, tables, changes, groups left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import rtf
from qualcode.importers.imported import ReadOptions
from tests.importers.test_blocks import GOLDEN

FONTS = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Times Cyr;}{\f2\fcharset2 Wingdings;}{\f3\fcharset128 Ming;}}"


@pytest.fixture
def text_of(put, options):
    def read(body: str, tracked: str = "accepted") -> str:
        path = put("a.rtf", rf"{{\rtf1\ansi\ansicpg1252\deff0{FONTS}{body}}}".encode("latin-1"))
        return rtf.read(path, replace(options, tracked=tracked)).transcripts[0].text

    return read


def test_a_document_of_libreoffice(options):
    imported = rtf.read(GOLDEN / "conversation.rtf", options)
    transcript = imported.transcripts[0]
    assert transcript.text == (GOLDEN / "conversation.txt").read_text(encoding="utf-8").rstrip("\n")
    assert [turn.speaker for turn in transcript.turns] == ["dana", "oona"] * 3 + [""]
    assert {loss.kind: loss.count for loss in imported.losses} == {
        "comments": 1,
        "footers": 1,
        "footnotes": 1,
        "headers": 1,
    }
    assert imported.notes[0] == "tracked changes are read as accepted"
    assert transcript.encoding == "rtf"


def test_rejected_changes_give_the_text_as_it_was(options):
    imported = rtf.read(GOLDEN / "conversation.rtf", replace(options, tracked="rejected"))
    assert "I was never there." in imported.transcripts[0].text
    assert imported.notes[0] == "tracked changes are read as rejected: the text as it was before them"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"caf\'e9 \'93so\'94", "café “so”"),
        (r"{\f1 \'ef\'f0\'e8} a", "при a"),
        (r"{\f3 \'93\'fa\'96\'7b}", "日本"),
        (r"{\f2 J} b", "☺ b"),
        (r"\u8211\'96x \u8217?y", "–x ’y"),
        (r"\uc0\u8211 x\uc2 \u960??y", "–xπy"),
        (r"a\u-10179?\u-8704?", "a😀"),
        (r"a\uc0 \u55357\uc1 \u56832\'3f", "a😀"),
        (r"a\u55357?b", "a\ufffdb"),
        (r"\u8217\rquote s\u8217\par t", "’s’\nt"),
        (r"{\upr{caf\'3f}{\*\ud{caf\u233\'e9}}}", "café"),
        (r"a\~b\-c\_d\{e\}\\f\tab g\line h\emdash\bullet\ldblquote", "a\u00a0b\u00adc-d{e}\\f\tg\nh—•“"),
        ("one\r\ntwo\\\nthree", "onetwo\nthree"),
        ("caf\u00e9", "café"),
    ],
    ids=[
        "windows-1252",
        "cyrillic font",
        "two bytes a letter",
        "wingdings",
        "fallback of one",
        "fallback of none and two",
        "halves of an emoji",
        "halves with uc between",
        "half alone",
        "fallback is a word, or left out",
        "upr",
        "signs",
        "ends of lines",
        "raw byte",
    ],
)
def test_characters(text_of, body, expected):
    assert text_of(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        r"{\header Mary}a",
        r"a{\footnote \chftn Mary}",
        r"a{\*\annotation Mary}",
        r"{\info{\author Mary}}a",
        r"{\stylesheet{\s0 Mary;}}a",
        r"{\field{\*\fldinst HYPERLINK mary}{\fldrslt a}}",
        r"{\*\unheard Mary{\b Mary}}a",
        r"{\listtext Mary\tab}a",
        r"{\pict\wmetafile8 4d617279}a",
        r"{\v Mary}a",
        r"{\*\shppict{\pict\bin4 }}}}}}a",
        r"{\object{\*\objdata 4d61}{\result Mary}}a",
    ],
)
def test_what_is_not_speech_stays_out(text_of, body):
    assert text_of(body) == "a"


def test_what_stays_out_is_counted(put, options):
    body = r"{\header M}{\footer M}{\*\shppict{\pict 00}}{\nonshppict{\pict 00}}a{\footnote M}{\footnote\ftnalt M}"
    path = put("a.rtf", rf"{{\rtf1 {body}{{\*\annotation M}}{{\v one}}{{\v two}} b {{\v three}}}}")
    assert {loss.kind: loss.count for loss in rtf.read(path, options).losses} == {
        "comments": 1,
        "endnotes": 1,
        "footers": 1,
        "footnotes": 1,
        "headers": 1,
        "hidden passages": 2,
        "pictures": 1,
    }


@pytest.mark.parametrize(
    ("tracked", "expected"), [("accepted", "I was often glad."), ("rejected", "I was never glad.")]
)
def test_tracked_changes(text_of, tracked, expected):
    assert text_of(r"I was {\deleted never }{\revised often }glad.", tracked) == expected


@pytest.mark.parametrize(("tracked", "expected"), [("accepted", "One. Two."), ("rejected", "One. \nTwo.")])
def test_a_paragraph_mark_may_be_deleted(text_of, tracked, expected):
    assert text_of(r"One. {\deleted\par}Two.", tracked) == expected


def test_bold_names_and_speakers_in_tables(put, options):
    row = r"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    body = r"\pard{\b Anna} Who?\par{\ul Ben}\tab Nobody.\par{\scaps Anna} So?\par\b Ben\b0  No.\par "
    path = put(
        "a.rtf", "{\\rtf1 " + body + row % ("Speaker", "Text") + row % ("P07", r"One.\par Two.") + r"\pard End.}"
    )
    transcript = rtf.read(path, options).transcripts[0]
    assert transcript.text.endswith("Speaker\tText\nP07: One.\nTwo.\nEnd.")
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("anna", "Who?"),
        ("ben", "Nobody."),
        ("anna", "So?"),
        ("ben", "No."),
        ("p07", "One.\nTwo."),
        ("", "End."),
    ]


def test_a_table_inside_a_table_and_one_that_is_not_closed(text_of):
    nested = r"\pard\intbl a\cell\pard\intbl b\par\pard\intbl\itap2 c\nestcell{\*\nesttableprops\trowd\nestrow}"
    assert text_of(nested + r"{\nonesttables\par}\pard\intbl\cell\row\pard z") == "a: b\nc\nz"
    assert text_of(r"\pard\intbl one two three four five\cell six\cell") == "one two three four five\tsix"


def test_a_text_box_stands_after_its_paragraph(text_of):
    box = r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard In a box.\par}}{\shprslt In a box.}}"
    assert text_of(rf"One{box} two.\par Three.") == "One two.\nIn a box.\nThree."


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not rich text"),
        (b"P1: plain words", "not rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not rich text"),
        ((GOLDEN / "conversation.rtf").read_bytes()[:-400], "cut short"),
        (b"{\\rtf1 " + b"{" * 5000 + b"a" + b"}" * 5001, "nested too deep"),
        (rb"{\rtf1 {\info{\title Mary}}\par}", "no text in it"),
        (rb"{\rtf1 {\pict\bin99999999 a}}", "cut short"),
    ],
    ids=["empty", "text", "an old .doc", "cut short", "deep", "no words", "binary without end"],
)
def test_what_cannot_be_read_is_refused_clearly(put, options, data, why):
    with pytest.raises(MalformedTranscript, match=why) as caught:
        rtf.read(put("a.rtf", data), options)
    assert caught.value.hint


def test_a_file_that_is_gone(tmp_path, options):
    with pytest.raises(ImporterError, match="cannot be opened"):
        rtf.read(tmp_path / "absent.rtf", options)


def test_letters_that_the_code_page_has_not_are_told(put, options):
    imported = rtf.read(put("a.rtf", r"{\rtf1\ansi\ansicpg1252 P1: a\'81b}"), options)
    assert "1 characters are not of the alphabet that the file states (U+FFFD)" in imported.notes


def _escaped(words: str) -> str:
    units = words.encode("utf-16-le")
    return "".join(f"\\u{int.from_bytes(units[n : n + 2], 'little', signed=True)}?" for n in range(0, len(units), 2))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))))
def test_every_character_is_at_its_place(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("rtf") / "a.rtf"
    path.write_text(f"{{\\rtf1\\ansi P1: a{_escaped(words)}z}}", encoding="ascii")
    (transcript,) = rtf.read(path, ReadOptions(b"k", "a.rtf")).transcripts
    (turn,) = transcript.turns
    assert transcript.text[turn.start : turn.end] == f"a{words}z"


_SOUP = [
    "{",
    "}",
    "\\par ",
    "\\cell",
    "\\row",
    "\\nestcell",
    "\\nestrow",
    "\\intbl",
    "\\itap3 ",
    "\\pard",
    "\\*",
    "\\ud ",
    "\\upr",
]
_SOUP += [
    "\\u-9",
    "\\uc-3 ",
    "\\u99999999",
    "\\'f",
    "\\'ff",
    "\\bin-4 ",
    "\\bin2 ",
    "\\shptxt ",
    "\\footnote",
    "\\ftnalt",
    "\\fonttbl",
]
_SOUP += ["\\f9", "\\fcharset130 ", "\\ansicpg0 ", "\\plain", "\\deleted", "\\v", "word", "\\"]


@given(st.lists(st.sampled_from(_SOUP), max_size=40))
def test_no_file_is_worse_than_refused(tmp_path_factory, tokens):
    path = tmp_path_factory.mktemp("rtf") / "a.rtf"
    path.write_text("{\\rtf1 a" + "".join(tokens) + "}" * 20, encoding="ascii")
    try:
        (transcript,) = rtf.read(path, ReadOptions(b"k", "a.rtf")).transcripts
    except MalformedTranscript:
        return
    assert transcript.text.encode()
