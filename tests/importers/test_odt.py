"""OpenDocument texts, as LibreOffice writes them and as the format allows: changes, notes, blanks, locked files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import odt
from qualcode.importers.imported import ReadOptions
from tests.importers.test_blocks import GOLDEN

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
    }.items()
)
INSERTED = '<text:changed-region text:id="in"><text:insertion/></text:changed-region>'
WIDE = 'table:number-columns-spanned="2"'
BOLD = '<style:text-properties fo:font-weight="bold"/>'


def deleted(*paragraphs: str) -> str:
    inner = "".join(f"<text:p>{words}</text:p>" for words in paragraphs)
    return f'<text:changed-region text:id="de"><text:deletion>{inner}</text:deletion></text:changed-region>'


def packed(body: str, *, styles: str = "", changes: str = "", manifest: str = "", parts: str = "") -> bytes:
    tracked = f"<text:tracked-changes>{changes}</text:tracked-changes>" if changes else ""
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:text>{tracked}{body}</office:text></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {NAMES}>{manifest}</manifest:manifest>")
        if parts:
            archive.writestr("styles.xml", f"<office:document-styles {NAMES}>{parts}</office:document-styles>")
    return buffer.getvalue()


@pytest.fixture
def text_of(put, options):
    def read(body: str, tracked: str = "accepted", **more: str) -> str:
        path = put("a.odt", packed(body, **more))
        return odt.read(path, replace(options, tracked=tracked)).transcripts[0].text

    return read


def test_a_document_of_libreoffice(options):
    imported = odt.read(GOLDEN / "conversation.odt", options)
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
    assert transcript.encoding == "odt"


def test_rejected_changes_give_the_text_as_it_was(options):
    imported = odt.read(GOLDEN / "conversation.odt", replace(options, tracked="rejected"))
    assert "I was never there." in imported.transcripts[0].text
    assert imported.notes[0] == "tracked changes are read as rejected: the text as it was before them"


def test_blanks_count_as_the_format_says(text_of):
    body = '<text:p>\n  P1:  a\n b<text:s/><text:s text:c="2"/>c <text:span> d</text:span><text:tab/> e'
    assert (
        text_of(f"{body}<text:line-break/>f<text:soft-page-break/>g\u00a0 h</text:p>")
        == "P1: a b   c d\t e\nfg\u00a0 h"
    )


def test_headings_lists_sections_and_indexes_are_read_in_order(text_of):
    body = (
        "<text:h>One</text:h><text:section><text:p>two</text:p></text:section><text:list><text:list-header><text:p>"
        "three</text:p></text:list-header><text:list-item><text:p>four</text:p><text:list><text:list-item><text:p>five"
        "</text:p></text:list-item></text:list></text:list-item></text:list><text:table-of-content>"
        "<text:table-of-content-source>no</text:table-of-content-source><text:index-body><text:p>six</text:p>"
        "</text:index-body></text:table-of-content>"
    )
    assert text_of(body).split("\n") == ["One", "two", "three", "four", "five", "six"]


CHANGED = (
    '<text:p>I was <text:change text:change-id="de"/><text:change-start text:change-id="in"/>often<text:tab/>'
    '<text:change-end text:change-id="in"/>glad.</text:p>'
)


@pytest.mark.parametrize(
    ("tracked", "expected"), [("accepted", "I was often\tglad."), ("rejected", "I was never glad.")]
)
def test_changes_within_a_paragraph(text_of, tracked, expected):
    assert text_of(CHANGED, tracked, changes=INSERTED + deleted("never ")) == expected


@pytest.mark.parametrize(
    ("tracked", "expected"),
    [("accepted", "One.\nnew two.\nThree."), ("rejected", "One.\ntwo.\nOld.\nOlder.\nThree.")],
)
def test_changes_over_paragraphs(text_of, tracked, expected):
    body = (
        '<text:p>One.</text:p><text:p><text:change-start text:change-id="in"/>new </text:p>'
        '<text:p><text:change-end text:change-id="in"/>two.</text:p>'
        '<text:change text:change-id="de"/><text:p>Three.</text:p>'
    )
    expected = expected.replace("new two", "new \ntwo")
    assert text_of(body, tracked, changes=INSERTED + deleted("Old.", "Older.", "")) == expected


def test_a_deletion_over_paragraphs_is_put_back_within_one(text_of):
    body = '<text:p>One <text:change text:change-id="de"/>four.</text:p>'
    assert text_of(body, "rejected", changes=deleted("two.", "Three and ")) == "One two.\nThree and four."


def test_bold_by_a_style_of_a_style_and_not_where_a_span_says_so(put, options):
    styles = (
        f'<style:style style:name="Name" style:family="text">{BOLD}</style:style>'
        '<style:style style:name="N1" style:family="text" style:parent-style-name="Name"/>'
        f'<style:style style:name="P1" style:family="paragraph">{BOLD}</style:style>'
        f'<style:style style:name="T1" style:family="text">{BOLD.replace("bold", "normal")}</style:style>'
    )
    body = (
        '<text:p><text:span text:style-name="N1">Anna</text:span> Who came?</text:p>'
        '<text:p text:style-name="P1">Ben<text:span text:style-name="T1"> Nobody.</text:span></text:p>'
    )
    turns = odt.read(put("a.odt", packed(body * 2, styles=styles)), options).transcripts[0].turns
    assert [turn.speaker for turn in turns] == ["anna", "ben"] * 2


def test_cells_over_columns_and_head_rows(put, options):
    def cell(words: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{words}</text:p></table:table-cell>"

    body = (
        "<table:table><table:table-column/><table:table-header-rows><table:table-row>"
        f"{cell('Speaker')}{cell('Text', WIDE)}<table:covered-table-cell/>"
        "</table:table-row></table:table-header-rows>"
        f"<table:table-row>{cell('P07')}{cell('Nobody.')}{cell('')}</table:table-row></table:table>"
    )
    transcript = odt.read(put("a.odt", packed(body)), options).transcripts[0]
    assert transcript.text == "Speaker\tText\nP07: Nobody."
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [("p07", "Nobody.")]


def test_what_stays_out_is_counted_and_a_text_box_stands_after_its_paragraph(put, options):
    hidden = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    body = (
        "<text:p>P1: So<office:annotation><text:p>Mary</text:p></office:annotation>"
        '<text:note text:note-class="endnote"><text:note-body><text:p>Mary</text:p></text:note-body></text:note>'
        "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
        '<draw:frame><draw:image/><draw:image/></draw:frame><text:span text:style-name="H">Mary</text:span>.</text:p>'
    )
    parts = "<office:master-styles><style:master-page><style:header><text:p>Mary</text:p></style:header>"
    parts += "<style:footer><text:p/></style:footer></style:master-page></office:master-styles>"
    imported = odt.read(put("a.odt", packed(body, styles=hidden, parts=parts)), options)
    assert imported.transcripts[0].text == "P1: So.\nIn a box."
    assert {loss.kind: loss.count for loss in imported.losses} == {
        "comments": 1,
        "endnotes": 1,
        "headers": 1,
        "hidden passages": 1,
        "pictures": 1,
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "there is nothing in it"),
        (b"P1: plain words", "cut short or no archive"),
        ((GOLDEN / "conversation.odt").read_bytes()[:-200], "cut short"),
        (packed("<text:p>P1", manifest=""), "damaged"),
        (packed("").replace(b"content.xml", b"kontent.xml"), "holds no text document"),
        (packed("<text:p>So.</text:p>", manifest="<manifest:encryption-data/>"), "locked by a password"),
        (packed("<text:p> </text:p>"), "no text in it"),
    ],
    ids=["empty", "text", "cut short", "damaged xml", "no content", "locked", "no words"],
)
def test_what_cannot_be_read_is_refused_clearly(put, options, data, why):
    with pytest.raises(MalformedTranscript, match=why) as caught:
        odt.read(put("a.odt", data), options)
    assert caught.value.hint


def test_a_file_that_is_gone(tmp_path, options):
    with pytest.raises(ImporterError, match="cannot be opened"):
        odt.read(tmp_path / "absent.odt", options)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), exclude_characters="<>&\ufffe\uffff")))
def test_every_character_is_at_its_place(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("odt") / "a.odt"
    path.write_bytes(packed(f"<text:p>P1: a{words}z</text:p>"))
    (transcript,) = odt.read(path, ReadOptions(b"k", "a.odt")).transcripts
    (turn,) = transcript.turns
    assert transcript.text[turn.start : turn.end] == f"a{words}z"
