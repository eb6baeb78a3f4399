"""Text files in whatever encoding they come; what is no text is refused with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import text
from qualcode.importers.imported import Description, ReadOptions

SPOKEN = "INT: How are you?\nP1: I’m “fine” – naïve, 😀 e\u0301 שלום.\n"
WESTERN = "INT: How are you?\nP1: I’m “fine” – naïve, and my café is shut.\n"


def only(path, options):
    (transcript,) = text.read(path, options).transcripts
    return transcript


@pytest.mark.parametrize("name", ["empty.txt", "whitespace.txt", "bom_only.txt", "punctuation_only.txt"])
def test_a_file_without_a_word_is_refused(bad, options, name):
    with pytest.raises(MalformedTranscript, match="no text") as caught:
        text.read(bad / name, options)
    assert caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        "binary.txt",
        "utf8_mark_but_latin1.txt",
        "utf16_cut_short.txt",
        "utf16_no_mark_cut_short.txt",
    ],
)
def test_bytes_that_are_no_text_are_refused_without_showing_them(bad, options, name):
    with pytest.raises(MalformedTranscript, match="not a text file") as caught:
        text.read(bad / name, options)
    assert caught.value.place == options.source
    assert "Caf" not in str(caught.value)


def test_a_file_that_is_gone_or_a_folder_is_an_importer_error(tmp_path, options):
    for path in (tmp_path / "absent.txt", tmp_path):
        with pytest.raises(ImporterError, match="cannot be opened"):
            text.read(path, options)


@pytest.mark.parametrize(
    ("data", "encoding", "noted"),
    [
        (SPOKEN.encode("utf-8"), "utf-8", False),
        (SPOKEN.encode("utf-8-sig"), "utf-8-sig", False),
        (SPOKEN.encode("utf-16"), "utf-16", False),
        (b"\xfe\xff" + SPOKEN.encode("utf-16-be"), "utf-16", False),
        (SPOKEN.encode("utf-16-le"), "utf-16-le", True),
        (SPOKEN.encode("utf-16-be"), "utf-16-be", True),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 le", "utf-16 be", "utf-16 le no mark", "utf-16 be no mark"],
)
def test_unicode_of_every_width_gives_the_same_transcript(put, options, data, encoding, noted):
    imported = text.read(put("a.txt", data), options)
    (transcript,) = imported.transcripts
    assert transcript.text == SPOKEN
    assert transcript.encoding == encoding
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"]
    assert any("read as utf-16" in note for note in imported.notes) == noted


def test_windows_smart_quotes_are_read_and_it_is_said(put, options):
    imported = text.read(put("a.txt", WESTERN.encode("cp1252")), options)
    assert imported.transcripts[0].text == WESTERN
    assert imported.transcripts[0].encoding == "cp1252"
    assert any("not UTF-8" in note for note in imported.notes)


def test_characters_lost_before_import_are_counted(put, options):
    imported = text.read(put("a.txt", "P1: na\ufffdve caf\ufffd"), options)
    assert any(note.startswith("2 characters were lost") for note in imported.notes)


def test_a_stray_nul_is_refused_or_taken_out_but_never_kept(put, options):
    with pytest.raises(MalformedTranscript, match="binary"):
        text.read(put("a.txt", b"P1: al\x00one"), options)
    assert "\x00" not in only(put("b.txt", b"P1: alone " * 600 + b"\x00end"), options).text


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_newlines_of_every_system_give_the_same_text_and_id(put, options, newline):
    transcript = only(put("a.txt", SPOKEN.replace("\n", newline)), options)
    assert transcript.text == SPOKEN
    assert transcript.id == only(put("b.txt", SPOKEN), options).id


@given(st.text())
def test_normal_text_has_one_kind_of_newline_and_no_nul(given_text):
    normal = text.normalised(given_text)
    assert "\r" not in normal
    assert "\x00" not in normal


def test_no_byte_order_mark_stays_at_the_start():
    assert text.normalised("\x00\ufeffP1: alone") == "P1: alone"


OPTIONS = ReadOptions(secret=b"secret", source="folder/file")


@given(st.text(max_size=120), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@settings(max_examples=150, deadline=None)
def test_any_text_with_a_word_comes_back_and_its_turns_lie_in_it(content, encoding):
    whole = "P1: word " + content.replace("\x00", "")
    decoded, _, _ = text.decoded(whole.encode(encoding), "s")
    (transcript,) = text.document(decoded, OPTIONS, source_hash="").transcripts
    assert transcript.text == whole.replace("\r\n", "\n").replace("\r", "\n")
    assert all(0 <= turn.start < turn.end <= len(transcript.text) for turn in transcript.turns)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_as_a_file(data):
    try:
        decoded, encoding, _ = text.decoded(data, "s")
    except MalformedTranscript as error:
        assert error.place == "s"  # noqa: PT017
    else:
        assert isinstance(decoded, str)
        assert encoding


def test_what_the_manifest_says_stands_on_the_transcript_and_its_case(put, options):
    says = Description(
        kind="diary",
        case="P1",
        programme="kettle_on",
        group="g1",
        wave="after",
        date="2025-03-06",
        language="cy",
        deidentified=True,
        attributes={"age": 35},
    )
    imported = text.read(put("a.txt", "INT: Why?\nP1: So."), replace(options, describe=says))
    (transcript,) = imported.transcripts
    for name in ("kind", "case", "programme", "group", "wave", "date", "language", "deidentified"):
        assert getattr(transcript, name) == getattr(says, name)
    assert [(case.id, case.programme, dict(case.attributes)) for case in imported.cases] == [
        ("P1", "kettle_on", {"age": 35})
    ]


def test_a_report_is_one_authors_voice(put, options):
    transcript = only(put("a.txt", "INT: quoted\nP1: quoted"), replace(options, describe=Description(kind="report")))
    assert [(turn.start, turn.end, turn.role) for turn in transcript.turns] == [(0, len(transcript.text), "author")]


def test_the_id_hangs_on_text_and_secret_and_not_on_the_file(put, options):
    path = put("a.txt", SPOKEN)
    transcript = only(path, options)
    assert transcript.id == only(path, replace(options, source="elsewhere")).id
    assert transcript.id != only(path, replace(options, secret=b"other")).id


def test_nothing_but_ids_stands_in_reprs_and_notes(put, options):
    imported = text.read(put("a.txt", "Zoe: zzsentinelzz?\nAmy: yes.\nZoe: so?\nAmy: no."), options)
    assert "zzsentinelzz" not in repr(imported)
    assert "zoe" not in repr(imported).lower()


def test_each_speaker_of_a_focus_group_is_a_case_in_order_of_speaking(put, options):
    path = put("a.txt", "Moderator: Why?\nP2: So.\nP1: No.\nP2: Yes.")
    imported = text.read(path, replace(options, describe=Description(kind="focus_group", case="G1")))
    assert [turn.case for turn in imported.transcripts[0].turns] == [None, "G1.1", "G1.2", "G1.1"]
    assert {case.id for case in imported.cases} == {"G1.1", "G1.2"}


@pytest.mark.parametrize(("people", "told"), [("ABC", True), ("AB", False)])
def test_several_people_beside_who_asks_may_be_a_focus_group(people, told, options, put):
    said = "\n".join(f"MODERATOR: And now?\nP{letter}1: So it was." for letter in people)
    group = "if it is a focus group, write focus_group as its kind into manifest.csv"
    assert told == any(group in note for note in text.read(put("a.txt", said), options).notes)
    stated = replace(options, describe=Description(kind="interview"))
    assert not any(group in note for note in text.read(put("a.txt", said), stated).notes)
