"""Sound files of every format to start from: the demo corpus, and small ones for the formats that it lacks."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path

from qualcode import resources

LARGEST = 120_000
"""Larger files of the corpus are left out: a mutant of a small one is as good, and sooner read."""
TALK = (
    ("Interviewer", "What was it like before the visits began?"),
    ("Participant", "Lonely. The café shut in March, and nobody knocked on the door for eleven days."),
    ("Interviewer", "And when the volunteer came?"),
    ("Participant", "She listened – really listened – and brought “proper” marmalade every Thursday."),
)


CODED = ("Lonely", "nobody knocked on the door", "really listened", "marmalade every Thursday")
"""Stretches of it that somebody coded."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A sound file."""

    name: str
    suffix: str
    data: bytes


def seeds() -> list[Seed]:
    """All seeds, in a fixed order."""
    corpus = resources.path("corpora/demo")
    about = ("manifest.csv", "programmes.csv")
    files = [path for path in sorted(corpus.iterdir()) if path.stat().st_size <= LARGEST and path.name not in about]
    found = [Seed(path.name, path.suffix[1:], path.read_bytes()) for path in files]
    return [*found, *(Seed(f"made.{suffix}", suffix, make()) for suffix, make in _MADE.items())]


def _odt() -> bytes:
    body = "".join(f"<text:p>{who}: {said}</text:p>" for who, said in TALK)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3">'
        f"<office:body><office:text>{body}<text:list><text:list-item><text:p>A<text:s text:c='3'/>list"
        "</text:p></text:list-item></text:list></office:text></office:body></office:document-content>"
    )
    return _zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def _rtf() -> bytes:
    lines = "".join(f"\\b {who}:\\b0  {_escaped(said)}\\par\n" for who, said in TALK)
    return ("{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0 Arial;}}{\\info{\\title x}}\n" + lines + "}").encode(
        "ascii"
    )


def _escaped(said: str) -> str:
    return "".join(letter if letter.isascii() else f"\\u{ord(letter)}?" for letter in said)


def _qdpx() -> bytes:
    text = "\n".join(f"{who}: {said}" for who, said in TALK)
    code, user, source = (f"{number}1111111-2222-4333-8444-555555555555" for number in (1, 2, 3))
    selections = "".join(
        f'<PlainTextSelection guid="4{source[1:-1]}{number}" startPosition="{text.index(said)}" '
        f'endPosition="{text.index(said) + len(said)}" creatingUser="{user}"><Coding guid="5{source[1:-1]}{number}" '
        f'creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
        for number, said in enumerate(CODED)
    )
    project = (
        '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p" '
        f'origin="made"><Users><User guid="{user}" name="A"/></Users><CodeBook><Codes><Code guid="{code}" '
        'name="Listening" isCodable="true" color="#00ff00"><Description>Somebody listens.</Description></Code></Codes>'
        f'</CodeBook><Sources><TextSource guid="{source}" name="P01" plainTextPath="internal://{source}.txt" '
        f'creatingUser="{user}">{selections}</TextSource></Sources></Project>'
    )
    return _zipped({"project.qde": project, f"sources/{source}.txt": text})


def _qdc() -> bytes:
    return (
        b'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="made"><Codes>'
        b'<Code guid="11111111-2222-4333-8444-555555555555" name="Support" isCodable="true"><Description>Any.'
        b'</Description><Code guid="21111111-2222-4333-8444-555555555555" name="Listening" isCodable="true"/></Code>'
        b"</Codes></CodeBook>"
    )


def _taguette() -> bytes:
    connection = sqlite3.connect(":memory:")
    said = "".join(f"<p>{who}: {words}</p>" for who, words in TALK)
    counted = "".join(f"{who}: {words}" for who, words in TALK)
    connection.executescript(
        """
        CREATE TABLE users(login TEXT PRIMARY KEY);
        CREATE TABLE projects(id INTEGER PRIMARY KEY, name TEXT, description TEXT);
        CREATE TABLE project_members(project_id INTEGER, user_login TEXT, privileges TEXT);
        CREATE TABLE documents(id INTEGER PRIMARY KEY, name TEXT, filename TEXT, project_id INTEGER, contents TEXT);
        CREATE TABLE commands(id INTEGER PRIMARY KEY, date TEXT, user_login TEXT, project_id INTEGER,
            document_id INTEGER, payload TEXT);
        CREATE TABLE tags(id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, description TEXT);
        CREATE TABLE highlights(id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER, end_offset INTEGER,
            snippet TEXT);
        CREATE TABLE highlight_tags(highlight_id INTEGER, tag_id INTEGER);
        INSERT INTO users VALUES ('anna');
        INSERT INTO projects VALUES (1, 'p', '');
        INSERT INTO project_members VALUES (1, 'anna', 'ADMIN');
        INSERT INTO tags VALUES (1, 1, 'listening', 'Somebody listens.');
        """
    )
    connection.execute("INSERT INTO documents VALUES (1, 'P01', 'P01.txt', 1, ?)", (said,))
    for number, words in enumerate(CODED, start=1):
        start = len(counted[: counted.index(words)].encode())
        connection.execute(
            "INSERT INTO highlights VALUES (?, 1, ?, ?, '')", (number, start, start + len(words.encode()))
        )
        connection.execute("INSERT INTO highlight_tags VALUES (?, 1)", (number,))
    connection.commit()
    return connection.serialize()


def _tsv() -> bytes:
    rows = ["id\tcase\tcomment", *(f"{n}\tS{n}\t{said}" for n, (_, said) in enumerate(TALK))]
    return "\n".join(rows).encode("cp1252")


def _zipped(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, packing)
    return stream.getvalue()


def written(seed: Seed, folder: Path) -> Path:
    """The sound file itself, in a folder."""
    path = folder / f"sound_{seed.name}"
    path.write_bytes(seed.data)
    return path


_MADE = {"odt": _odt, "rtf": _rtf, "qdpx": _qdpx, "qdc": _qdc, "sqlite3": _taguette, "tsv": _tsv}
