"""Word files with what people do in them: changes, names in bold, tables of transcribers, the strict flavour."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import MalformedTranscript
from qualcode.importers import docx
from qualcode.importers.imported import ReadOptions
from tests.importers.test_blocks import GOLDEN
from tests.importers.test_docx import NS, run, saved, table, text_of, with_paragraph

AUTHOR = 'w:id="1" w:author="Ann" w:date="2025-01-01T00:00:00Z"'
USUAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def body(*paragraphs: str):
    document = Document()
    for number, inner in enumerate(paragraphs):
        document.element.body.insert(number, parse_xml(f"<w:p {NS}>{inner}</w:p>"))
    return document


def test_a_document_of_libreoffice(options):
    imported = docx.read(GOLDEN / "conversation.docx", options)
    transcript = imported.transcripts[0]
    assert transcript.text == (GOLDEN / "conversation.txt").read_text(encoding="utf-8").rstrip("\n")
    assert [turn.speaker for turn in transcript.turns] == ["dana", "oona"] * 3 + [""]
    assert {loss.kind: loss.count for loss in imported.losses} == {
        "comments": 1,
        "footers": 1,
        "footnotes": 1,
        "headers": 1,
    }


CHANGES = (
    f"{run('P2: I was ')}<w:del {AUTHOR}>{run('never ', 'delText')}</w:del><w:ins {AUTHOR}>{run('often ')}"
    f"<w:del {AUTHOR}>{run('nearly ', 'delText')}</w:del></w:ins>{run('alone.')}"
    f"<w:moveFrom {AUTHOR}>{run(' Before.')}</w:moveFrom><w:moveTo {AUTHOR}>{run(' After.')}</w:moveTo>"
)


@pytest.mark.parametrize(
    ("tracked", "expected"),
    [("accepted", "P2: I was often alone. After."), ("rejected", "P2: I was never alone. Before.")],
)
def test_tracked_changes(tmp_path, options, tracked, expected):
    imported = docx.read(saved(tmp_path, body(CHANGES)), replace(options, tracked=tracked))
    assert imported.transcripts[0].text == expected
    assert imported.notes[0].startswith(f"tracked changes are read as {tracked}")


@pytest.mark.parametrize(
    ("mark", "tracked", "expected"),
    [
        ("del", "accepted", "One two\nthree"),
        ("del", "rejected", "One \ntwo\nthree"),
        ("ins", "accepted", "One \ntwo\nthree"),
        ("ins", "rejected", "One two\nthree"),
    ],
)
def test_a_paragraph_mark_may_be_a_change(tmp_path, options, mark, tracked, expected):
    changed = f"<w:pPr><w:rPr><w:{mark} {AUTHOR}/></w:rPr></w:pPr>{run('One ')}"
    document = body(changed, run("two"), run("three"))
    assert text_of(tmp_path, document, replace(options, tracked=tracked)) == expected


@pytest.mark.parametrize(("tracked", "expected"), [("accepted", "b\tb\tb"), ("rejected", "a\ta\ta")])
def test_a_row_may_be_a_change(tmp_path, options, tracked, expected):
    document = table(("a",) * 3, ("b",) * 3)
    for row, mark in zip(document.tables[0].rows, ("del", "ins"), strict=True):
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:{mark} {NS} {AUTHOR}/>"))
    assert text_of(tmp_path, document, replace(options, tracked=tracked)) == expected


def test_what_stays_out_is_counted(tmp_path, options):
    picture = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    document = body(
        f'{run("P1: So.")}<w:r><w:drawing><p:pic xmlns:p="{picture}"/></w:drawing></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Mary</w:t></w:r><w:r><w:object/></w:r>"
    )
    document.add_comment(document.paragraphs[0].runs[0], text="Mary", author="Ann", initials="A")
    document.sections[0].header.paragraphs[0].text = "Mary"
    document.sections[0].footer.paragraphs[0].text = " "
    imported = docx.read(saved(tmp_path, document), options)
    assert imported.transcripts[0].text == "P1: So."
    assert {loss.kind: loss.count for loss in imported.losses} == {
        "comments": 1,
        "embedded objects": 1,
        "endnotes": 1,
        "footnotes": 1,
        "headers": 1,
        "hidden passages": 1,
        "pictures": 1,
    }


def test_a_file_without_them_loses_nothing(tmp_path, options):
    assert docx.read(saved(tmp_path, with_paragraph(run("P2: So."))), options).losses == ()


def _bold(paragraph, name):
    paragraph.add_run(name).bold = True


def _small(paragraph, name):
    paragraph.add_run(name).font.small_caps = True


def _underlined(paragraph, name):
    paragraph.add_run(name).underline = True


def _styled(paragraph, name):
    paragraph.add_run(name, style="Speaker")


@pytest.mark.parametrize("name", [_bold, _small, _underlined, _styled])
def test_names_that_are_set_off_are_speakers(tmp_path, options, name):
    document = Document()
    made = document.styles.add_style("Name", WD_STYLE_TYPE.CHARACTER)
    made.font.bold = True
    document.styles.add_style("Speaker", WD_STYLE_TYPE.CHARACTER).base_style = made
    for who, said in (("Anna", " Who came?"), ("Ben", "\tNobody."), ("Anna", " And at Easter?"), ("Ben", " Some.")):
        name(document.add_paragraph(), who)
        document.paragraphs[-1].add_run(said).bold = False
    transcript = docx.read(saved(tmp_path, document), options).transcripts[0]
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("anna", "Who came?"),
        ("ben", "Nobody."),
        ("anna", "And at Easter?"),
        ("ben", "Some."),
    ]


def test_a_table_of_time_speaker_and_text(tmp_path, options):
    document = table(("Time", "Speaker", "Text"), ("00:01:02", "INT", "Who?"), ("00:01:05", "P07", "Nobody."))
    document.tables[0].add_row().cells[2].text = "At all."
    transcript = docx.read(saved(tmp_path, document), options).transcripts[0]
    assert [(turn.role, turn.time, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("interviewer", 62.0, "Who?"),
        ("participant", 65.0, "Nobody."),
        ("participant", None, "At all."),
    ]


def test_merged_cells_keep_the_columns_in_their_places(tmp_path, options):
    document = table(("Speaker", "Note", "Text"), ("P07", "sad", "Nobody."), ("", "x", "At all."), ("INT", "", "So."))
    made = document.tables[0]
    made.cell(1, 0).merge(made.cell(2, 0))
    made.cell(3, 0).merge(made.cell(3, 1))
    transcript = docx.read(saved(tmp_path, document), options).transcripts[0]
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("p07", "Nobody."),
        ("p07", "At all."),
        ("int", "So."),
    ]


def test_signs_smart_tags_soft_hyphens_and_readings(tmp_path, options):
    document = body(
        f'{run("P2: ")}<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r><w:smartTag>{run(" Leeds")}</w:smartTag>'
        "<w:r><w:t>soft</w:t><w:softHyphen/><w:t>ly</w:t></w:r>"
        f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"
    )
    assert text_of(tmp_path, document, options) == "P2: ☺ Leedssoft\u00adly漢"


def test_a_text_box_stands_after_its_paragraph(tmp_path, options):
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('In a box.')}</w:p></w:txbxContent></w:pict></w:r>"
    assert text_of(tmp_path, body(f"{run('P1: One')}{box}{run(' two.')}", run("Three.")), options) == (
        "P1: One two.\nIn a box.\nThree."
    )


def test_the_strict_flavour_is_read(tmp_path, options):
    path = saved(tmp_path, body(CHANGES))
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as usual, zipfile.ZipFile(packed, "w") as strict:
        for name in usual.namelist():
            data = usual.read(name).replace(USUAL.encode(), STRICT.encode())
            strict.writestr(name, data)
    path.write_bytes(packed.getvalue())
    assert docx.read(path, options).transcripts[0].text == "P2: I was often alone. After."


@pytest.mark.parametrize(
    ("inside", "why"),
    [("WordDocument", "an old .doc under another name"), ("EncryptedPackage", "locked by a password")],
)
def test_an_old_doc_and_a_locked_file_are_told_apart(put, options, inside, why):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + inside.encode("utf-16-le")
    with pytest.raises(MalformedTranscript, match=why) as caught:
        docx.read(put("a.docx", data), options)
    assert caught.value.hint


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), exclude_characters="\ufffe\uffff")))
def test_every_character_is_at_its_place(tmp_path_factory, words):
    document = Document()
    document.add_paragraph(f"P1: a{words}z")
    path = saved(tmp_path_factory.mktemp("docx"), document)
    (transcript,) = docx.read(path, ReadOptions(b"k", "a.docx")).transcripts
    (turn,) = transcript.turns
    assert transcript.text[turn.start : turn.end] == f"a{words}z"
