"""One small invented REFI-QDA project, written as different programs write theirs."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from qualcode.formats.refi_offsets import SPEC as STANDARD
from qualcode.formats.refi_offsets import Convention

Guid = Callable[..., str]
Coded = Sequence[tuple[str, str, str, str]]
WHEN = "2025-03-04T10:20:30Z"
TEXTS = {
    "P01": (
        "Interviewer: How was the first week?\n\nParticipant: 😀😀 I felt so alone. 🌧 Nobody came to the door.\n\n"
        "Interviewer: And then?\n\nParticipant: Then Nia rang me — “I know”, she said. 💛 It’s what I needed.\n"
    ),
    "P02": (
        "Interviewer: Tell me about the forms.\n\nParticipant: The forms! Forty pages.\n🙈\nI cried over them.\n\n"
        "Participant: My sister listened 👂🏽 for an hour, naïve as she is.\nThat was that.\n"
    ),
    "P03": "Interviewer: And you?\n\nParticipant: Café on Friday, the kettle on, and nobody asked why.\n",
}
"""Astral characters and line ends in uneven proportion before the quotations, so that conventions come apart."""
CODED = [
    ("P01", "I felt so alone.", "isolation", "amina"),
    ("P01", "I felt so alone.", "feelings", "ben"),
    ("P01", "Nobody came to the door.", "isolation", "ben"),
    ("P01", "“I know”, she said.", "validation", "amina"),
    ("P01", "It’s what I needed", "validation", "ben"),
    ("P02", "The forms! Forty pages.\n🙈\nI cried over them.", "paperwork", "amina"),
    ("P02", "My sister listened", "feelings", "ben"),
    ("P02", "for an hour", "feelings", "amina"),
    ("P02", "That was that.", "paperwork", "ben"),
    ("P03", "nobody asked why", "isolation", "amina"),
]
"""(text, quotation, code, user)."""
CODES = {"feelings": "", "isolation": "feelings", "validation": "feelings", "paperwork": ""}
"""Code to the code above it."""
ARMS = {"P01": "Kettle", "P02": "Kettle", "P03": "Bridge"}


@dataclass(frozen=True)
class Dialect:
    """How a program writes."""

    origin: str = "qualcode 0.1.0"
    convention: Convention = STANDARD
    line_end: str = "\n"
    mark: bool = False
    folder: str = "sources"
    scheme: str = "internal://"
    inline: bool = False
    namespace: str = "urn:QDA-XML:project:1.0"
    names: str = "quote"
    """quote, cut, empty, place or title."""
    braces: bool = False
    cases: str = "case"
    """case, code (as NVivo writes them), set (as ATLAS.ti does), or none."""


SPEC = Dialect()
NVIVO = Dialect(
    "NVivo 12 Plus, Windows", Convention("UTF-16 units", 2), "\r\n", True, "Sources", names="empty", cases="code"
)
ATLAS = Dialect("ATLAS.ti 23, Windows", Convention("code points", 1), "\r\n", names="cut", cases="set")
MAXQDA = Dialect("MAXQDA 24", names="place", inline=True)
QUALCODER = Dialect("QualCoder 3.6", Convention("UTF-16 units", 1), mark=True, names="empty", cases="none")
BYTES = Dialect("somebody's script", Convention("bytes", 1), names="cut")
TRANSANA = Dialect("Transana 3.22", namespace="urn:QDA-XML:project:0:10", names="title", braces=True)
INCLUSIVE = Dialect("other", Convention(inclusive=True), names="cut")
MARKED = Dialect("other", Convention("code points", 2, mark=True), "\r\n", True, names="cut")
DIALECTS = {
    "spec": SPEC,
    "nvivo": NVIVO,
    "atlas": ATLAS,
    "maxqda": MAXQDA,
    "qualcoder": QUALCODER,
    "bytes": BYTES,
    "transana": TRANSANA,
    "inclusive": INCLUSIVE,
    "marked": MARKED,
}


def guid(*parts: str) -> str:
    """A GUID that is the same whenever it is made."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def counted(text: str, place: int, dialect: Dialect) -> int:
    """What `place`, in code points of the text with plain line ends, is in the dialect."""
    how = dialect.convention
    before = text[:place]
    said = ("\ufeff" if how.mark and dialect.mark else "") + before
    encoding, size = {"code points": ("utf-32-le", 4), "UTF-16 units": ("utf-16-le", 2), "bytes": ("utf-8", 1)}[
        how.unit
    ]
    return len(said.encode(encoding)) // size + (how.line_end - 1) * before.count("\n")


def written(dialect: Dialect, coded: Coded | None = None, texts: Mapping[str, str] | None = None) -> str:
    """`project.qde` in the dialect."""
    texts, coded = texts or TEXTS, CODED if coded is None else coded
    g: Guid = (lambda *parts: "{" + guid(*parts).upper() + "}") if dialect.braces else guid
    users = "".join(f'<User guid="{g("user", name)}" name="{name}"/>' for name in ("amina", "ben"))
    codes = "".join(_code(name, g) for name, above in CODES.items() if not above)
    if dialect.cases == "code":
        codes += "".join(f'<Code guid="{g("case", name)}" name="{name}" isCodable="true"/>' for name in texts)
    sources = "".join(_source(name, text, coded, dialect, g) for name, text in texts.items())
    variable = f'<Variables><Variable guid="{g("variable")}" name="Programme" typeOfVariable="Text"/></Variables>'
    cases = "".join(_case(name, dialect, g) for name in texts) if dialect.cases in ("case", "code") else ""
    cases = f"{variable}<Cases>{cases}</Cases>" if cases else ""
    sets = _sets(texts, g) if dialect.cases == "set" else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{dialect.namespace}" name="p" '
        f'origin="{dialect.origin}" creatingUserGUID="{g("user", "amina")}" creationDateTime="{WHEN}">'
        f"<Users>{users}</Users><CodeBook><Codes>{codes}</Codes></CodeBook>{cases}<Sources>{sources}</Sources>"
        f"{sets}</Project>"
    )


def qdpx(dialect: Dialect, path: Path, coded: Coded | None = None, texts: Mapping[str, str] | None = None) -> Path:
    """Write the project as a `.qdpx` file."""
    packed = io.BytesIO()
    files = {} if dialect.inline else {_file(name): _bytes(text, dialect) for name, text in (texts or TEXTS).items()}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", written(dialect, coded, texts))
        for name, data in files.items():
            if dialect.scheme == "internal://":
                archive.writestr(f"{dialect.folder}/{name}", data)
            else:
                (path.parent / name).write_bytes(data)
    path.write_bytes(packed.getvalue())
    return path


def _file(name: str) -> str:
    return f"{guid('text', name)}.txt"


def _bytes(text: str, dialect: Dialect) -> bytes:
    return (("\ufeff" if dialect.mark else "") + text.replace("\n", dialect.line_end)).encode()


def _code(name: str, g: Guid) -> str:
    below = "".join(_code(other, g) for other, above in CODES.items() if above == name)
    about = "<Description>Forms, letters and applications.</Description>" if name == "paperwork" else ""
    return f'<Code guid="{g("code", name)}" name="{name}" isCodable="true">{about}{below}</Code>'


def _source(name: str, text: str, coded: Coded, dialect: Dialect, g: Guid) -> str:
    selections: dict[str, list[tuple[str, str]]] = {}
    for where, quotation, code, user in coded:
        if where == name:
            selections.setdefault(quotation, []).append((code, user))
    body = "".join(_selection(name, text, quotation, said, dialect, g) for quotation, said in selections.items())
    if dialect.cases == "code":
        body += _coding_of_case(name, g)
    if dialect.inline:
        own = f"<PlainTextContent>{escape(text)}</PlainTextContent>"
        return f'<TextSource guid="{g("text", name)}" name="{name}">{own}{body}</TextSource>'
    path = f"{dialect.scheme}{'/' if dialect.scheme != 'internal://' else ''}{_file(name)}"
    return f'<TextSource guid="{g("text", name)}" name="{name}" plainTextPath="{path}">{body}</TextSource>'


def _selection(name: str, text: str, quotation: str, said: list[tuple[str, str]], dialect: Dialect, g: Guid) -> str:
    at = text.index(quotation)
    start, end = counted(text, at, dialect), counted(text, at + len(quotation), dialect)
    if dialect.convention.inclusive:
        end -= 1
    shown = {
        "quote": quotation,
        "cut": quotation[:12] + "…" if len(quotation) > 12 else quotation,
        "empty": "",
        "place": f"{start},{end}",
        "title": "a passage to come back to",
    }[dialect.names]
    codings = "".join(
        f'<Coding guid="{g("coding", name, quotation, code, user)}" creatingUser="{g("user", user)}" '
        f'creationDateTime="{WHEN}"><CodeRef targetGUID="{g("code", code)}"/></Coding>'
        for code, user in said
    )
    return (
        f'<PlainTextSelection guid="{g("selection", name, quotation)}" name={quoteattr(shown)} startPosition="{start}" '
        f'endPosition="{end}" '
        f'creatingUser="{g("user", "amina")}" creationDateTime="{WHEN}">{codings}</PlainTextSelection>'
    )


def _coding_of_case(name: str, g: Guid) -> str:
    return f'<Coding guid="{g("coding", name)}"><CodeRef targetGUID="{g("case", name)}"/></Coding>'


def _case(name: str, dialect: Dialect, g: Guid) -> str:
    source = "" if dialect.cases == "code" else f'<SourceRef targetGUID="{g("text", name)}"/>'
    return (
        f'<Case guid="{g("case", name)}" name="{name}"><VariableValue><VariableRef targetGUID="{g("variable")}"/>'
        f"<TextValue>{ARMS[name]}</TextValue></VariableValue>{source}</Case>"
    )


def _sets(texts: Mapping[str, str], g: Guid) -> str:
    sets = "".join(
        f'<Set guid="{g("set", arm)}" name="programme: {arm}">'
        + "".join(f'<MemberSource targetGUID="{g("text", name)}"/>' for name in texts if ARMS[name] == arm)
        + "</Set>"
        for arm in sorted(set(ARMS.values()))
    )
    return f"<Sets>{sets}</Sets>"
