"""The error tree: *place: what is wrong (what was expected)*, and a hint that says what to do next.

No error carries a participant's words: places are ids, files, lines and offsets.
"""

from __future__ import annotations


class QualcodeError(Exception):
    """Anything that qualcode refuses, with a hint for the person at the keyboard.

    >>> print(QualcodeError("2 codes share the id 'burden'", place="codebook.yaml:14"))
    codebook.yaml:14: 2 codes share the id 'burden'
    """

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
        self.hint = hint


class ProjectError(QualcodeError):
    """The project folder or its settings cannot be used."""


class ImporterError(QualcodeError):
    """A file cannot be brought in. `path` is relative to the folder that was given, `line` counts from 1."""

    def __init__(self, message: str, *, path: str = "", line: int | None = None, hint: str = "") -> None:
        place = f"{path}:{line}" if path and line else path
        super().__init__(message, place=place, hint=hint)
        self.path = path
        self.line = line


class UnknownFormat(ImporterError):
    """No importer reads files of this suffix."""


class MalformedTranscript(ImporterError):
    """The file is of a known format but holds nothing that can be coded, or is damaged."""


class CodebookError(QualcodeError):
    """The codebook has faults; the message lists them all."""

    def __init__(
        self, message: str, *, path: str = "", line: int | None = None, code: str = "", hint: str = ""
    ) -> None:
        place = f"{path}:{line}" if path and line else path
        super().__init__(message, place=place, hint=hint)
        self.path = path
        self.line = line
        self.code = code


class PluginError(QualcodeError):
    """A plugin cannot be loaded or does not do what its group promises."""


class MissingExtra(PluginError):
    """A feature needs a package that is not installed."""


class StoreError(QualcodeError):
    """The project's database refuses: locked, damaged, or newer than this qualcode."""


class NotAllowed(QualcodeError):
    """Something must come first: a signature, a consent, a person's decision. The command ends with exit code 4."""


class ProjectWarning(UserWarning):
    """A project can be used, and a person should know something of where it lies. Holds no words and no names."""


class NotEnoughData(QualcodeError):
    """A method was asked of too little text or too few judgements."""

    def __init__(self, message: str, *, needed: int, found: int, place: str = "", hint: str = "") -> None:
        super().__init__(f"{message} (needs {needed}, found {found})", place=place, hint=hint)
        self.needed = needed
        self.found = found
