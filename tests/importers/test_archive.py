"""Zip files and XML as strangers send them."""

from __future__ import annotations

import io
import zipfile

import pytest

from qualcode.errors import MalformedTranscript
from qualcode.importers import archive


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return packed.getvalue()


def test_members_are_read_by_name() -> None:
    found = archive.opened(_zip(**{"a/b.txt": b"one", "c.txt": b""}), "x.zip", "an archive")
    assert set(found.members) == {"a/b.txt", "c.txt"}
    assert (found.read("a/b.txt"), found.read("c.txt")) == (b"one", b"")


@pytest.mark.parametrize("name", ["../out.txt", "/etc/x", "a/../../b", "C:/x.txt", "..\\out.txt"])
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(MalformedTranscript, match="leads out"):
        archive.opened(_zip(**{name: b"x"}), "x.zip", "an archive")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(MalformedTranscript, match="bomb"):
        archive.opened(_zip(bomb=b"0" * 50_000_000), "x.zip", "an archive")


def test_a_name_twice_is_refused() -> None:
    packed = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(packed, "w") as made:  # noqa: PT031
        made.writestr("a", "1")
        made.writestr("a", "2")
    with pytest.raises(MalformedTranscript, match="same name"):
        archive.opened(packed.getvalue(), "x.zip", "an archive")


@pytest.mark.parametrize("cut", [10, -30])
def test_what_is_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(MalformedTranscript, match="cut short"):
        archive.opened(_zip(a=b"one two three")[:cut], "x.zip", "an archive")


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(_zip(a=b"one two three four five " * 50))
    data[40] ^= 0xFF
    with pytest.raises(MalformedTranscript, match=r"damaged|length"):
        archive.opened(bytes(data), "x.zip", "an archive").read("a")


def test_a_name_that_is_damaged_is_refused() -> None:
    data = _zip(**{"é": b"one"}).replace("é".encode(), b"\xe4\xe4", 1)
    with pytest.raises(MalformedTranscript, match="damaged"):
        archive.opened(data, "x.zip", "an archive").read("é")


def test_an_office_file_under_a_password_is_told() -> None:
    with pytest.raises(MalformedTranscript, match="password"):
        archive.opened(archive.OLE + b"\x00" * 600, "x.docx", "a Word file")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        "<a><b></a>",
        "<a>" * 5000 + "</a>" * 5000,
        "",
    ],
    ids=["entity", "external", "not closed", "deep", "empty"],
)
def test_xml_that_could_harm_is_refused(text: str) -> None:
    with pytest.raises(MalformedTranscript):
        archive.xml(text.encode(), "x.xml")


def test_an_archive_that_says_its_members_lie_before_its_beginning_is_refused() -> None:
    data = bytearray(_zip(a=b"one"))
    end = data.rfind(b"PK\x05\x06")
    data[end + 16 : end + 20] = (int.from_bytes(data[end + 16 : end + 20], "little") + 5_000).to_bytes(4, "little")
    with pytest.raises(MalformedTranscript, match="damaged"):
        archive.opened(bytes(data), "x.zip", "an archive").read("a")
