"""Word files with all that Word puts in: tables, tracked changes, headers, comments, text boxes."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import docx

NS = nsdecls("w")


def saved(tmp_path, document):
    document.save(tmp_path / "a.docx")
    return tmp_path / "a.docx"


def text_of(tmp_path, document, options) -> str:
    return docx.read(saved(tmp_path, document), options).transcripts[0].text


def with_paragraph(inner: str):
    document = Document()
    document.add_paragraph("P1: Before.")
    document.element.body.insert(1, parse_xml(f"<w:p {NS}>{inner}</w:p>"))
    return document


def run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def test_paragraphs_become_lines_and_bold_names_labels(tmp_path, options):
    document = Document()
    for name, speech in (("INT:", " How are you?"), ("P07:", " Alone – “I’m” naïve 😀.")):
        document.add_paragraph().add_run(name).bold = True
        document.paragraphs[-1].add_run(speech)
    transcript = docx.read(saved(tmp_path, document), options).transcripts[0]
    assert transcript.text == "INT: How are you?\nP07: Alone – “I’m” naïve 😀."
    assert [(t.role, transcript.text[t.start : t.end]) for t in transcript.turns] == [
        ("interviewer", "How are you?"),
        ("participant", "Alone – “I’m” naïve 😀."),
    ]
    assert transcript.encoding == "docx"


def test_headers_footers_and_properties_stay_out(tmp_path, options):
    document = Document()
    document.add_paragraph("P1: Alone.")
    document.sections[0].header.paragraphs[0].text = "Mary Smith"
    document.sections[0].footer.paragraphs[0].text = "page of Mary Smith"
    document.core_properties.author = "Mary Smith"
    assert text_of(tmp_path, document, options) == "P1: Alone."


def test_comments_stay_out(tmp_path, options):
    document = Document()
    document.add_comment(
        document.add_paragraph("P1: Alone.").runs, text="this is Mary Smith", author="Ann", initials="A"
    )
    assert text_of(tmp_path, document, options) == "P1: Alone."


def test_tracked_changes_are_read_as_accepted_and_it_is_said(tmp_path, options):
    author = 'w:id="1" w:author="Ann" w:date="2025-01-01T00:00:00Z"'
    document = with_paragraph(
        f"{run('P2: I was ')}<w:del {author}>{run('never ', 'delText')}</w:del>"
        f"<w:ins {author}>{run('often ')}</w:ins>{run('alone.')}"
    )
    imported = docx.read(saved(tmp_path, document), options)
    assert imported.transcripts[0].text == "P1: Before.\nP2: I was often alone."
    assert imported.notes[0] == "tracked changes are read as accepted"


def test_a_file_without_tracked_changes_says_nothing_of_them(tmp_path, options):
    assert not any(
        "tracked" in note for note in docx.read(saved(tmp_path, with_paragraph(run("P2: So."))), options).notes
    )


def test_a_passage_that_was_moved_stands_once(tmp_path, options):
    author = 'w:id="1" w:author="Ann" w:date="2025-01-01T00:00:00Z"'
    document = with_paragraph(
        f"<w:moveFrom {author}>{run('P2: Alone.')}</w:moveFrom>{run('P3: So. ')}"
        f"<w:moveTo {author}>{run('P2: Alone.')}</w:moveTo>"
    )
    assert text_of(tmp_path, document, options).count("Alone.") == 1


def test_a_text_box_stands_once(tmp_path, options):
    box = f"<w:txbxContent><w:p>{run('Nobody came.')}</w:p></w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    document = with_paragraph(
        f'<w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text_of(tmp_path, document, options).count("Nobody came.") == 1


def test_breaks_tabs_and_hard_hyphens_are_kept(tmp_path, options):
    document = with_paragraph(
        '<w:pPr><w:tabs><w:tab w:val="left" w:pos="100"/></w:tabs></w:pPr>'
        f"{run('P2: well')}<w:r><w:noBreakHyphen/><w:t>off</w:t>"
        "<w:tab/><w:t>then</w:t><w:br/><w:t>alone</w:t></w:r>"
    )
    assert text_of(tmp_path, document, options) == "P1: Before.\nP2: well-off\tthen\nalone"


def test_links_and_content_controls_are_read_and_field_codes_are_not(tmp_path, options):
    document = with_paragraph(
        f"{run('P2: see ')}<w:hyperlink>{run('the leaflet')}</w:hyperlink>"
        "<w:r><w:instrText>HYPERLINK mary</w:instrText></w:r>"
    )
    document.element.body.insert(
        2, parse_xml(f"<w:sdt {NS}><w:sdtContent><w:p>{run('P3: yes')}</w:p></w:sdtContent></w:sdt>")
    )
    assert text_of(tmp_path, document, options) == "P1: Before.\nP2: see the leaflet\nP3: yes"


def table(*rows):
    document = Document()
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(made.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    return document


def speech(tmp_path, document, options):
    transcript = docx.read(saved(tmp_path, document), options).transcripts[0]
    return [(turn.role, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def test_a_table_of_speaker_and_speech_is_a_conversation(tmp_path, options):
    document = table(("INT", "How are you?"), ("P07", "Alone.\nAll winter."))
    assert speech(tmp_path, document, options) == [
        ("interviewer", "How are you?"),
        ("participant", "Alone.\nAll winter."),
    ]


def test_speakers_in_a_table_may_have_their_colon(tmp_path, options):
    document = table(("INT:", "How are you?"), ("P07:", "Alone."))
    assert speech(tmp_path, document, options) == [("interviewer", "How are you?"), ("participant", "Alone.")]


def test_other_tables_keep_their_cells_apart(tmp_path, options):
    assert text_of(tmp_path, table(("a", "b", "c"), ("d", "e", "f")), options) == "a\tb\tc\nd\te\tf"


def test_a_table_inside_a_table_stands_once(tmp_path, options):
    document = table(("P1", ""))
    inner = document.tables[0].cell(0, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "Alone."
    assert text_of(tmp_path, document, options).count("Alone.") == 1


def test_tables_stand_in_their_place_between_paragraphs(tmp_path, options):
    document = Document()
    document.add_paragraph("First.")
    document.add_table(rows=1, cols=1).cell(0, 0).text = "Second."
    document.add_paragraph("Third.")
    assert text_of(tmp_path, document, options) == "First.\nSecond.\nThird."


def zipped(**entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"not a document",
        zipped(readme="hello"),
        zipped(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w"}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        zipped(**{"word/document.xml": "x" * 999})[:300],
    ],
    ids=["text", "a zip that is no document", "damaged xml", "an old .doc", "cut short"],
)
def test_what_is_no_word_file_is_refused_with_a_hint(put, options, data):
    with pytest.raises(MalformedTranscript, match="not a Word file") as caught:
        docx.read(put("a.docx", data), options)
    assert "anew" in caught.value.hint


def test_a_document_without_a_word_is_refused(tmp_path, options):
    with pytest.raises(MalformedTranscript, match="no text"):
        docx.read(saved(tmp_path, Document()), options)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(put, options):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 50_000_000)
    with pytest.raises(MalformedTranscript, match="unpacks to"):
        docx.read(put("bomb.docx", packed.getvalue()), options)


def test_a_file_that_is_gone_is_an_importer_error(tmp_path, options):
    with pytest.raises(ImporterError, match="cannot be opened"):
        docx.read(tmp_path / "absent.docx", options)
