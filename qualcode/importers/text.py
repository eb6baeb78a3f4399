"""Plain text and Markdown, in whatever encoding they come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from qualcode.corpus import Case, Kind, Transcript, Turn, keyed_id
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import turns
from qualcode.importers.imported import Imported, Loss, ReadOptions

DEFAULT_KIND: Kind = "interview"


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a text file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not text, or nothing in it can be coded.
    """
    data = contents(path, options.source)
    text, encoding, notes = decoded(data, options.source)
    return document(text, options, source_hash=hashlib.sha256(data).hexdigest(), encoding=encoding, notes=notes)


def contents(path: Path, source: str) -> bytes:
    """A file's bytes; `source` is how an error names it.

    Raises:
        ImporterError: it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror})", path=source) from error


def document(
    text: str,
    options: ReadOptions,
    *,
    source_hash: str,
    encoding: str = "",
    notes: tuple[str, ...] = (),
    labels: Sequence[turns.Label] | None = None,
    pages: tuple[int, ...] = (),
    losses: tuple[Loss, ...] = (),
) -> Imported:
    """The transcript of a whole document's text, its turns found; also for other formats' readers.

    `labels` are the speakers of a format that names them, `pages` where its pages begin; their offsets count in
    `text`, which is then normalised already. `losses` is what the format's reader left out.

    Raises:
        MalformedTranscript: no word in it.
    """
    text = normalised(text)
    if not any(character.isalnum() for character in text):
        raise MalformedTranscript(
            "there is no text in it",
            path=options.source,
            hint="a scan must be read by OCR first; delete the file if it is empty by mistake",
        )
    describe = options.describe
    kind = describe.kind or DEFAULT_KIND
    transcript_id = keyed_id(options.secret, "t", hashlib.sha256(text.encode()).hexdigest())
    if kind == "report":
        found = turns.Found((Turn(0, len(text), "author", case=describe.case),), ())
    else:
        found = turns.find(
            text,
            speakers=options.speakers,
            question_pattern=options.question_pattern,
            case=describe.case or (transcript_id if kind == "focus_group" else None),
            several_people=kind == "focus_group",
            labels=labels,
        )
    transcript = Transcript(
        id=transcript_id,
        text=text,
        turns=found.turns,
        kind=kind,
        case=describe.case,
        programme=describe.programme,
        study=describe.study,
        group=describe.group,
        wave=describe.wave,
        date=describe.date,
        language=describe.language or "en",
        source=options.source,
        source_hash=source_hash,
        encoding=encoding,
        deidentified=describe.deidentified,
        pages=pages,
    )
    if describe.kind is None and (doubt := turns.may_be_group(found.turns)):
        notes = (*notes, doubt)
    people = dict.fromkeys(turn.case for turn in found.turns if turn.case)
    cases = tuple(Case(person, describe.programme, describe.attributes) for person in people)
    return Imported((transcript,), cases, notes=notes + found.notes, losses=losses)


def normalised(text: str) -> str:
    r"""The text as it is kept: newlines `\n`, no byte-order mark, no NUL."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def decoded(data: bytes, source: str) -> tuple[str, str, tuple[str, ...]]:
    """Text, encoding and notes; the encoding is read from the bytes and never guessed in silence.

    Raises:
        MalformedTranscript: the bytes are not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding, ()
            except UnicodeDecodeError as error:
                raise _not_text(source, f"its byte-order mark says {encoding}, its bytes do not") from error
    if b"\x00" in data[:4096]:
        wide = _wide(data)
        if wide is None:
            raise _not_text(source, "it holds binary data")
        try:
            return data.decode(wide), wide, (f"read as {wide}",)
        except UnicodeDecodeError as error:
            raise _not_text(source, f"it looks like {wide} and is cut short") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text, encoding = _single_byte(data, source)
        return text, encoding, (f"read as {encoding}, not UTF-8: look at accents and quotes",)
    damaged = text.count("\ufffd")
    return text, "utf-8", (f"{damaged} characters were lost before import (U+FFFD)",) if damaged else ()


def _wide(data: bytes) -> str | None:
    nulls_odd, nulls_even = data[1:4096:2].count(0), data[0:4096:2].count(0)
    half = min(len(data), 4096) / 2
    if nulls_odd > 0.6 * half and nulls_even < 0.1 * half:
        return "utf-16-le"
    if nulls_even > 0.6 * half and nulls_odd < 0.1 * half:
        return "utf-16-be"
    return None


def _single_byte(data: bytes, source: str) -> tuple[str, str]:
    # Windows-1252 first: "smart" quotes and dashes are what Word exports hold; Latin-1 would make them controls.
    if all(byte not in data for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)):
        text = data.decode("cp1252")
        letters = sum(character.isalpha() and character.isascii() for character in text)
        if letters > 0.5 * len(text):
            return text, "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None or best.chaos > 0.2:
        raise _not_text(source, "its encoding could not be told")
    return str(best), best.encoding


def _not_text(source: str, why: str) -> MalformedTranscript:
    return MalformedTranscript(
        f"is not a text file: {why} (expected UTF-8)",
        path=source,
        hint="save it as UTF-8 text, or give it the suffix of its real format",
    )
