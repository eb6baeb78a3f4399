"""Ways in which files come to harm: bytes changed, cut, doubled and mixed, and the same inside archives and XML."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence

ZIPS = frozenset({"docx", "odt", "xlsx", "qdpx"})
_NASTY = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\r",
    b"\n\n\n",
    b'"',
    b"<",
    b"&#0;",
    b"&#x110000;",
    b"&lol;",
    b"]]>",
    b"\\u55357?",
    b"\\'e9",
    b"{" * 2_000,
    b"-->",
    b"00:00:99,999 --> 00:00:00,000",
    b":" * 300,
    "\u202e\u2028\u0085é\u0301".encode(),
    b"A " * 5_000,
    b"- " * 3_000,
    b"1:" * 3_000,
    b" " * 5_000,
    "\u00a0".encode() * 5_000,
    b"\t" * 5_000,
    b"[" * 5_000,
)
_HUGE = (b"-1", b"0", b"4294967296", b"99999999999999999999", b"1e308", b"NaN")


def mutated(data: bytes, suffix: str, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A harmed copy of a file's bytes.

    Args:
        data: of a sound file.
        suffix: of its format.
        others: bytes of other sound files, to mix in.
        chance: the seeded generator that decides what happens.
    """
    if suffix in ZIPS and chance.random() < 0.8:
        return _archive(data, others, chance)
    if suffix == "qdc" and chance.random() < 0.6:
        return _xml(data, others, chance)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(_BYTES)(data, others, chance)
    return data


def _flipped(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if out:
            out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _cut(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _removed(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _block(data, chance)
    return data[:start] + data[end:]


def _doubled(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _block(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 50)) + data[end:]


def _moved(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _block(data, chance)
    rest = data[:start] + data[end:]
    at = chance.randint(0, len(rest))
    return rest[:at] + data[start:end] + rest[at:]


def _mixed(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    start, end = _block(other, chance)
    at = chance.randint(0, len(data))
    return data[:at] + other[start:end] + data[at + chance.choice((0, end - start)) :]


def _nasty(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_NASTY) + data[at:]


def _numbers(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """One number, or all of one value, becomes a huge or an impossible one."""
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return data
    number, put = chance.choice(found), chance.choice(_HUGE)
    if chance.random() < 0.3:
        return data.replace(number.group(), put, 50)
    return data[: number.start()] + put + data[number.end() :]


def _block(data: bytes, chance: random.Random) -> tuple[int, int]:
    if not data:
        return 0, 0
    start = chance.randrange(len(data))
    return start, min(len(data), start + chance.choice((1, 4, 30, 300, 3_000)))


_BYTES: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flipped,
    _cut,
    _removed,
    _doubled,
    _moved,
    _mixed,
    _nasty,
    _numbers,
)


def _archive(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The same archive with one member harmed, lost, doubled, renamed, or with two of them changed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error):
        return data
    # The part that holds the words is harmed as often as all others together.
    main = [n for n, (name, _) in enumerate(members) if re.search(r"document\.xml$|content|sheet1|\.qde|\.txt", name)]
    place = chance.choice(main) if main and chance.random() < 0.6 else chance.randrange(len(members))
    name, content = members[place]
    what = chance.random()
    if what < 0.7:
        xml = content.lstrip()[:1] == b"<"
        members[place] = (name, (_xml if xml else chance.choice(_BYTES))(content, others, chance))
    elif what < 0.78:
        del members[place]
    elif what < 0.84:
        members.append((name, content))
    elif what < 0.92:
        members[place] = (chance.choice(("../../out.txt", "/out.txt", "C:\\out.txt", name.upper(), "x" * 300)), content)
    else:
        other = chance.randrange(len(members))
        members[place], members[other] = (name, members[other][1]), (members[other][0], content)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands twice is meant to
        for member, inside in members:
            archive.writestr(zipfile.ZipInfo(member), inside, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _xml(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """XML that is mostly still well formed: what passes the parser must pass its reader."""
    tags = list(re.finditer(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>", data))
    elements = list(re.finditer(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>[^<>]*</\1>|<[A-Za-z][^<>]*/>", data))
    attributes = list(re.finditer(rb'\s[\w:.-]+="([^"<]*)"', data))
    what = chance.randrange(9)
    if what == 0 and elements:
        found = chance.choice(elements)
        return data[: found.start()] + data[found.end() :]
    if what == 1 and elements:
        found = chance.choice(elements)
        return data[: found.end()] + found.group() * chance.choice((1, 3, 3_000)) + data[found.end() :]
    if what == 2 and attributes:
        found = chance.choice(attributes)
        return data[: found.start(1)] + chance.choice((*_HUGE, b"", b"\xc3\xa9", b"x" * 999)) + data[found.end(1) :]
    if what == 3 and attributes:
        found = chance.choice(attributes)
        return data[: found.start()] + data[found.end() :]
    if what == 4 and elements:
        found, times = chance.choice(elements), chance.choice((5, 120, 5_000))
        deep = b"<x>" * times + found.group() + b"</x>" * times
        return data[: found.start()] + deep + data[found.end() :]
    if what == 5 and elements:
        one, two = chance.choice(elements), chance.choice(elements)
        return data[: one.start()] + two.group() + data[one.end() :]
    if what == 6 and tags:
        name = chance.choice(tags)[1]
        return re.sub(rb"(</?)" + re.escape(name) + rb"(?=[\s/>])", rb"\1" + chance.choice(tags)[1], data)
    if what == 7:
        return b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + data
    return chance.choice(_BYTES)(data, others, chance)
