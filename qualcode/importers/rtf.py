"""Rich text (rtf): paragraphs and tables in order, tracked changes accepted or rejected; what stays out is counted.

Read by its own rules and not by a package, because what a package gives is plain text: bold names, cells, changes and
notes are gone from it, and characters beyond U+FFFF come as halves that no file can hold.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.errors import MalformedTranscript
from qualcode.importers.blocks import joined, symbol, written
from qualcode.importers.imported import Imported, Loss, ReadOptions, Tracked
from qualcode.importers.rtf_flow import Flow
from qualcode.importers.text import contents, document

MOST_DEPTH = 500
"""Groups within groups; a document has some twenty, an attack has thousands."""

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<sign>.)"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\$",
    re.DOTALL,
)
_SIGNS = {"~": "\u00a0", "-": "\u00ad", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_CHARACTERS = {
    **{"tab": "\t", "line": "\n", "lbr": "\n", "page": "\n", "column": "\n", "softline": "\n"},
    **{"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "zwj": "\u200d", "zwnj": "\u200c"},
    **{"zwbo": "\u200b", "zwnbo": "\u2060", "ltrmark": "\u200e", "rtlmark": "\u200f"},
}
_COUNTED = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "headers"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footers"),
    **{"footnote": "footnotes", "annotation": "comments", "pict": "pictures", "object": "embedded objects"},
    **{"mmath": "formulas"},
}
_SKIPPED = frozenset(
    {"aftncn", "aftnsep", "aftnsepc", "bkmkend", "bkmkstart", "colortbl", "datafield", "fldinst", "ftncn"}
    | {"ftnsep", "ftnsepc", "info", "listtext", "nonesttables", "nonshppict", "pn"}
    | {"pntext", "pntxta", "pntxtb", "rxe", "shprslt", "stylesheet", "tc", "txe", "upr", "xe"}
)
_BOXES = frozenset({"shptxt", "dptxbxtext"})
_OPENED = frozenset({"do", "shpinst", "shp", "shppict", "ud", "nesttableprops"})
"""Groups marked as skippable for old readers, in which text boxes, pictures or the better text stand."""
_KNOWN = _OPENED | _BOXES | set(_COUNTED)
_UNDERLINES = re.compile(r"ul(?:d|db|dash|dashd|dashdd|th|w|wave|hwave|ldash|none)?")
_CODE_PAGES = {
    **{0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5"},
    **{161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251"},
    **{222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"},
}
"""By `fcharset` of a font, as the format's specification 1.9.1 (Microsoft 2008) lists them."""
_SYMBOLS = 2


@dataclass(frozen=True, slots=True)
class _State:
    """What holds until the end of a group."""

    skipped: bool = False
    place: str = "text"
    """What the group is: text, fonts, the rows of a table inside a table."""
    fallback: int = 1
    """So many characters after a Unicode one are for old readers."""
    font: int | None = None
    bold: bool = False
    underlined: bool = False
    capitals: bool = False
    hidden: bool = False
    inserted: bool = False
    deleted: bool = False


def read(path: Path, options: ReadOptions) -> Imported:
    """One document from a rich text file.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: not rich text, cut short, nested too deep, or nothing in it can be coded.
    """
    data = contents(path, options.source)
    reader = _Reader(options.source, options.tracked)
    reader.read(data)
    text, labels = written(joined(reader.flow.end()), options.speakers)
    notes: tuple[str, ...] = ()
    if reader.changed:
        rejected = "rejected: the text as it was before them"
        notes = (f"tracked changes are read as {rejected if options.tracked == 'rejected' else 'accepted'}",)
    if reader.damaged:
        notes = (*notes, f"{reader.damaged} characters are not of the alphabet that the file states (U+FFFD)")
    return document(
        text,
        options,
        source_hash=hashlib.sha256(data).hexdigest(),
        encoding="rtf",
        notes=notes,
        labels=labels,
        losses=tuple(Loss(kind, count) for kind, count in sorted(reader.lost.items()) if count),
    )


class _Reader:
    """One pass over the file: groups open and close, control words change what holds, letters go into the flow."""

    def __init__(self, source: str, tracked: Tracked) -> None:
        self.source = source
        self.rejected = tracked == "rejected"
        self.flow = Flow()
        self.lost: Counter[str] = Counter()
        self.changed = False
        self.damaged = 0
        self._state = _State()
        self._outer: list[tuple[_State, Flow]] = []
        self._page = "cp1252"
        self._fonts: dict[int, int] = {}
        self._font_read: int | None = None
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = self._hiding = False

    def read(self, data: bytes) -> None:
        """Read the whole file.

        Raises:
            MalformedTranscript: not rich text, cut short, or nested too deep.
        """
        # One byte is one character here: code pages are told apart when a run of bytes is whole.
        text = data.removeprefix(b"\xef\xbb\xbf").lstrip().decode("latin-1")
        if not text.startswith("{\\rtf"):
            raise self._refused("is not rich text (expected {\\rtf at its beginning)", "give it its own suffix")
        at = 0
        while at < len(text) and (found := _TOKEN.match(text, at)):
            at = found.end()
            if found["word"] == "bin":
                at += max(int(found["number"] or 0), 0)
            elif found["brace"]:
                self._brace(found["brace"])
                if not self._outer:
                    return
            else:
                self._token(found)
        raise self._refused("is cut short: its last group is not closed", "open it in Word and save it anew")

    def _brace(self, brace: str) -> None:
        self._flush()
        self._to_skip = 0
        self._starred = False
        if brace == "{":
            if len(self._outer) >= MOST_DEPTH:
                raise self._refused(f"is nested too deep (expected at most {MOST_DEPTH} groups)", "do not open it")
            self._outer.append((self._state, self.flow))
            return
        self._state, flow = self._outer.pop()
        if flow is not self.flow:
            flow.boxes += self.flow.end()
            self.flow = flow

    def _token(self, found: re.Match[str]) -> None:
        word, byte, sign, text = found["word"], found["byte"], found["sign"], found["text"]
        if word:
            self._flush()
            if self._to_skip and word in _CHARACTERS:
                self._to_skip -= 1
            else:
                # Some writers leave the old readers' characters out: what is no character is never one of them.
                self._to_skip = 0
                self._word(word, found["number"])
        elif byte:
            self._letters(bytes.fromhex(byte))
        elif sign == "*":
            self._starred = True
        elif sign in ("\n", "\r"):
            self._flush()
            self._word("par", None)
        elif sign and self._to_skip:
            self._to_skip -= 1
        elif sign:
            self._flush()
            self._say(_SIGNS.get(sign, ""))
        elif text:
            self._letters(text.encode("latin-1"))

    def _letters(self, letters: bytes) -> None:
        skipped = min(self._to_skip, len(letters))
        self._to_skip -= skipped
        self._bytes += letters[skipped:]

    def _flush(self) -> None:
        """Letters so far in their code page; a letter of two bytes is whole only now."""
        if not self._bytes:
            return
        letters, self._bytes = bytes(self._bytes), bytearray()
        if self._state.skipped or self._state.place != "text":
            return
        charset = self._fonts.get(self._state.font if self._state.font is not None else -1)
        if charset == _SYMBOLS:
            self._say("".join(symbol(0xF000 + letter) if letter > 0x20 else chr(letter) for letter in letters))
            return
        page = self._page if charset is None else _CODE_PAGES.get(charset, self._page)
        words = letters.decode(page, "replace")
        self.damaged += words.count("\ufffd")
        self._say(words)

    def _say(self, words: str) -> None:
        state = self._state
        if not words or state.skipped or state.place != "text" or self._left_out():
            return
        if state.hidden:
            self.lost["hidden passages"] += not self._hiding
            self._hiding = True
            return
        self._hiding = False
        self.flow.pieces.append((words, state.bold or state.underlined or state.capitals))

    def _left_out(self) -> bool:
        return self._state.inserted if self.rejected else self._state.deleted

    def _word(self, word: str, number: str | None) -> None:
        state, on = self._state, number != "0"
        if self._starred and word not in _KNOWN:
            self._state = replace(state, skipped=True)
        self._starred = False
        if word == "u" and number:
            self._say(chr(int(number) % 0x10000))
            self._to_skip = state.fallback
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in ("par", "sect", "cell", "nestcell", "row", "nestrow"):
            self._end(word)
        elif word in _COUNTED or word in _SKIPPED or word in _OPENED or word in _BOXES or word == "fonttbl":
            self._group(word)
        elif state.place == "fonts":
            self._font(word, number)
        elif word == "ftnalt" and self.lost["footnotes"]:
            self.lost["footnotes"] -= 1
            self.lost["endnotes"] += 1
        elif word in ("ansicpg", "mac", "pc", "pca"):
            self._page = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}.get(word) or _code_page(number or "")
        elif word == "pard":
            self.flow.level = 0
        elif word in ("intbl", "itap"):
            self.flow.level = max(self.flow.level, 1) if word == "intbl" else min(int(number or 1), MOST_DEPTH)
        else:
            self._format(word, number, on)

    def _end(self, word: str) -> None:
        if self._state.skipped:
            return
        level = self.flow.level
        if word in ("par", "sect") and self._state.place == "text":
            self.flow.end_paragraph(level, self._left_out())
            self.changed = self.changed or self._state.deleted or self._state.inserted
        elif word in ("cell", "row"):
            self.flow.end_cell(1) if word == "cell" else self.flow.end_row(1)
        elif word in ("nestcell", "nestrow"):
            self.flow.end_cell(max(level, 2)) if word == "nestcell" else self.flow.end_row(max(level, 2))

    def _group(self, word: str) -> None:
        state = self._state
        if word in _COUNTED and not state.skipped:
            self.lost[_COUNTED[word]] += 1
        if word in _BOXES and not state.skipped:
            self.flow = Flow()
            self._state = _State(fallback=state.fallback, font=state.font)
        elif word in ("do", "shpinst", "nesttableprops"):
            self._state = replace(state, place="frame")
        elif word == "fonttbl":
            self._state = replace(state, place="fonts")
        elif word == "ud":
            self._state = self._outer[-2][0] if len(self._outer) > 1 else state
        elif word in _COUNTED or word in _SKIPPED:
            self._state = replace(state, skipped=True)

    def _font(self, word: str, number: str | None) -> None:
        if word == "f" and number:
            self._font_read = int(number)
        elif word == "fcharset" and number and self._font_read is not None:
            self._fonts[self._font_read] = int(number)

    def _format(self, word: str, number: str | None, on: bool) -> None:
        state = self._state
        if word == "plain":
            self._state = _State(state.skipped, state.place, state.fallback)
        elif word == "b":
            self._state = replace(state, bold=on)
        elif word == "scaps":
            self._state = replace(state, capitals=on)
        elif _UNDERLINES.fullmatch(word):
            self._state = replace(state, underlined=on and word != "ulnone")
        elif word == "v":
            self._state = replace(state, hidden=on)
        elif word in ("revised", "deleted"):
            self.changed = self.changed or (on and not state.skipped)
            inserted = on if word == "revised" else state.inserted
            self._state = replace(state, inserted=inserted, deleted=on if word == "deleted" else state.deleted)
        elif word == "f" and number:
            self._state = replace(state, font=int(number))
        elif word == "uc":
            self._state = replace(state, fallback=max(int(number or 1), 0))

    def _refused(self, why: str, hint: str) -> MalformedTranscript:
        return MalformedTranscript(why, path=self.source, hint=hint)


def _code_page(number: str) -> str:
    """A code page that Python has; that of Western Europe where it has not."""
    import codecs

    try:
        return codecs.lookup({"65001": "utf-8", "10000": "mac_roman"}.get(number, f"cp{number}")).name
    except LookupError:
        return "cp1252"
