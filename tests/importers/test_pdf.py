"""PDF files: running heads out, wrapped lines and cut words whole again, and files that hold no text."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import pdf

DATA = Path(__file__).parents[3] / "shared" / "data" / "pdpilot"


def typeset(path: Path, pages: list[list[str]], *, password: str = "") -> Path:
    """A PDF with these lines on its pages, one below the other."""
    shown = [
        "".join(f"BT /F1 10 Tf 50 {800 - 14 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines) if line)
        for lines in pages
    ]
    return composed(path, shown, password=password)


def composed(path: Path, pages: list[str], *, password: str = "") -> Path:
    """A PDF with this content on its pages, written by hand: what stands in it is known to the byte."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for n, content in enumerate(pages):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R"
        objects.append(f"{page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        shown = content.encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n" % len(shown) + shown + b"endstream")
    out, at = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, out.index(b"xref\n0"))
    path.write_bytes(out)
    if password:
        writer = PdfWriter(PdfReader(path))
        writer.encrypt(password)
        writer.write(path)
    return path


PAGE = [
    "Kin carers study",
    "Interview P07",
    "Interviewer: How did it begin, and who told you that there was a group at all",
    "in the town?",
    "P07: With a leaflet. There was a whole winter of it before that, lonely as any-",
    "thing, and then Easter. Not that anything came of it.",
]


def test_running_heads_and_page_numbers_go_and_turns_are_found(tmp_path, options):
    second = ["Kin carers study", "P07: I put the chairs out.", "Page 2 of 2"]
    transcript = pdf.read(typeset(tmp_path / "a.pdf", [[*PAGE, "Page 1 of 2"], second]), options).transcripts[0]
    assert "Kin carers" not in transcript.text
    assert "Page" not in transcript.text
    assert [(t.role, transcript.text[t.start : t.end]) for t in transcript.turns] == [
        ("interviewer", "How did it begin, and who told you that there was a group at all in the town?"),
        (
            "participant",
            "With a leaflet. There was a whole winter of it before that, lonely as anything, and then Easter. "
            "Not that anything came of it.",
        ),
        ("participant", "I put the chairs out."),
    ]
    assert transcript.encoding == "pdf"


def test_one_line_is_a_document(tmp_path, options):
    assert pdf.read(typeset(tmp_path / "a.pdf", [["P07: Alone."]]), options).transcripts[0].text == "P07: Alone."


def test_short_answers_at_the_edges_of_pages_are_no_running_heads(tmp_path, options):
    pages = [
        ["INT: Who came?", "P07: Nobody came."],
        ["INT: And in March?", "P07: Nobody came."],
        ["INT: How many?", "3"],
    ]
    imported = pdf.read(typeset(tmp_path / "a.pdf", pages), options)
    assert imported.transcripts[0].text.split() == " ".join(" ".join(page) for page in pages).split()
    assert not [note for note in imported.notes if "left out" in note]


def test_a_running_head_with_a_colon_is_no_speaker_and_bare_page_numbers_count_up(tmp_path, options):
    pages = [["Kin carers: interview P07", "INT: Who came?", str(4 + n)] for n in range(3)]
    imported = pdf.read(typeset(tmp_path / "a.pdf", pages), options)
    assert {turn.speaker for turn in imported.transcripts[0].turns} == {"int"}
    assert "6 lines at the edges of pages are left out as running heads and page numbers" in imported.notes


def test_a_column_of_line_numbers_is_left_out_and_counted(tmp_path, options):
    said = [
        ["INT: Who came that winter?", "P07: Nobody came."],
        ["INT: And then?", "P07: We counted 1 2 3 4 and sang."],
    ]
    said.append(["INT: And now?", "P07: It is warm."])
    numbers = [range(1, 13), range(8, 13), range(11, 13)]
    pages = [[*lines, *map(str, column)] for lines, column in zip(said, numbers, strict=True)]
    imported = pdf.read(typeset(tmp_path / "a.pdf", pages), options)
    assert imported.transcripts[0].text == "\n".join(line for page in said for line in page)
    heads = "19 lines at the edges of pages are left out as running heads, page numbers and line numbers"
    assert heads in imported.notes


@pytest.mark.parametrize("answers", ["123", "1357", "4321"], ids=["three", "not by one", "down"])
def test_other_numbers_on_lines_of_their_own_are_kept(tmp_path, options, answers):
    page = ["INT: How often, in each of the weeks?", "P07: I wrote it down.", *answers, "P07: So often."]
    imported = pdf.read(typeset(tmp_path / "a.pdf", [page]), options)
    assert [word for word in imported.transcripts[0].text.split() if word.isdigit()] == [*answers]


@pytest.mark.parametrize("label", ["[00:00:09] P07:", "Speaker 1 (00:00:09):", "Participant 7 -", "[P07]:", "p07:"])
def test_every_label_style_begins_a_paragraph_after_a_full_line(tmp_path, options, label):
    asked = "Interviewer: How was it for you in those first months before anybody had told you of it"
    lines = [asked, f"{label} Lonely.", asked.replace("first", "later"), f"{label} Less so."]
    turns = pdf.read(typeset(tmp_path / "a.pdf", [lines]), options).transcripts[0].turns
    assert [turn.role for turn in turns][::2] == ["interviewer"] * 2
    assert len(turns) == 4


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "It was a kind of self-",
            "help, the group, and self-help it stayed for us all the while that it went on",
            "self-help",
        ),
        ("I couldn-", "it was too hard, all of it, and nobody there to say a word to about any of this", "couldn-it"),
        (
            "She was any-",
            "thing but kind, and anything I said was wrong with her from that day and ever after",
            "anything but",
        ),
    ],
)
def test_a_cut_word_is_made_whole_only_where_the_document_has_it(tmp_path, options, first, second, joined):
    assert joined in pdf.read(typeset(tmp_path / "a.pdf", [[first, second]]), options).transcripts[0].text


def test_a_title_of_one_page_stays(tmp_path, options):
    assert pdf.read(typeset(tmp_path / "a.pdf", [PAGE]), options).transcripts[0].text.startswith("Kin carers study")


def test_headings_and_lists_are_lines_of_their_own(tmp_path, options):
    lines = [
        "The visits were valued by the mothers who took part in the interviews that we held,",
        "although few of those who had stopped were reached by us or by anybody else at all.",
        "Cost",
        "Expenditure was not stated in the first year of the programme and was estimated by us",
        "from the accounts.",
        "1. Record visits.",
        "2. Ask everybody.",
    ]
    text = pdf.read(typeset(tmp_path / "a.pdf", [lines]), options).transcripts[0].text
    assert text.splitlines()[1:] == [
        "Cost",
        f"{lines[3]} {lines[4]}",
        "1. Record visits.",
        "2. Ask everybody.",
    ]


def test_pages_without_text_are_told(tmp_path, options):
    notes = pdf.read(typeset(tmp_path / "a.pdf", [PAGE, []]), options).notes
    assert "1 of 2 pages hold no text (pictures are not read)" in notes


def test_a_scan_is_refused(tmp_path, options):
    with pytest.raises(MalformedTranscript, match="no text") as caught:
        pdf.read(typeset(tmp_path / "a.pdf", [[], []]), options)
    assert "OCR" in caught.value.hint


def test_a_locked_file_is_refused(tmp_path, options):
    with pytest.raises(MalformedTranscript, match="locked by a password"):
        pdf.read(typeset(tmp_path / "a.pdf", [PAGE], password="secret"), options)


def test_an_encrypted_file_is_told_as_such(tmp_path, options):
    path = typeset(tmp_path / "a.pdf", [PAGE])
    filled = {
        name: "<" + "00" * size + ">" for name, size in (("O", 48), ("U", 48), ("OE", 32), ("UE", 32), ("Perms", 16))
    }
    keys = " ".join(f"/{name} {value}" for name, value in filled.items())
    locks = f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 {keys} /StmF /StdCF /StrF /StdCF"
    locks += " /CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >> >> /ID [<00> <00>]"
    path.write_bytes(path.read_bytes().replace(b"/Root 1 0 R", b"/Root 1 0 R " + locks.encode()))
    with pytest.raises(MalformedTranscript, match="encrypted"):
        pdf.read(path, options)


@pytest.mark.parametrize("damage", [b"", b"P1: not a PDF", b"%PDF-1.4\ncut short"], ids=["empty", "text", "cut"])
def test_a_damaged_file_is_refused_quietly(tmp_path, options, damage, capfd):
    path = tmp_path / "a.pdf"
    path.write_bytes(damage)
    with pytest.raises(MalformedTranscript, match="not a PDF that can be read"):
        pdf.read(path, options)
    assert capfd.readouterr() == ("", "")


def test_a_narrow_line_that_is_short_since_a_long_word_came_next_ends_no_paragraph(tmp_path, options):
    page = [
        "P08: Nobody asked me to explain",
        "him. That was the thing.",
        "Everybody there knew. That was in",
        "week 4, when the rain came through",
        "the roof of the hall and we moved",
        "upstairs.",
        "INT: And then?",
    ]
    text = pdf.read(typeset(tmp_path / "a.pdf", [page]), options).transcripts[0].text
    assert text == " ".join(page[:-1]) + "\n" + page[-1]


def test_a_file_that_is_not_there(tmp_path, options):
    with pytest.raises(ImporterError, match="cannot be opened"):
        pdf.read(tmp_path / "none.pdf", options)


@pytest.mark.real
@pytest.mark.skipif(not DATA.exists(), reason="the public data are not beside the checkout")
@pytest.mark.parametrize("name", [f"P{n}" for n in range(1, 8)])
def test_real_interviews_have_all_their_turns(name, options):
    transcript = pdf.read(DATA / "raw" / f"{name}.pdf", options).transcripts[0]
    expected = (DATA / "transcripts" / f"{name}.txt").read_text(encoding="utf-8")
    asked = [line for line in expected.splitlines() if line.startswith(("Dan:", "Participant:"))]
    assert len(transcript.turns) >= 0.98 * len(asked)
    heard = " ".join(transcript.text.split())
    # The published texts hold the numbers beside the pages too, each on its own line.
    said = " ".join(line for line in expected.splitlines() if not line.strip().isdecimal())
    assert len(heard) == pytest.approx(len(" ".join(said.split())), rel=0.02)
