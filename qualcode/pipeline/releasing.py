"""What leaves the store with participants' words: whether it may, and the register of what did."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode.corpus import Transcript, case_digest
from qualcode.errors import NotAllowed
from qualcode.exporters import Bundle, Written
from qualcode.pipeline import acts
from qualcode.pipeline.consenting import Purpose
from qualcode.project import Project
from qualcode.store import events, releases, signoffs
from qualcode.store.database import Connection
from qualcode.store.events import Event
from qualcode.store.releases import Release

RELEASE, PACKED = "release", "pack"
WAYS = (
    "replace identities: qualcode deidentify; or, if the texts came without them, say so: deidentified in "
    "manifest.csv, and import again; or let them be quoted with a stamp: --identified-ok"
)
_DECLARED = {True: "declared", False: "no", None: "not declared"}


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was written, and whose words it holds."""

    kind: str
    path: Path
    cases: frozenset[str]
    identified: bool
    """A text in it is neither signed nor declared de-identified."""


def standing(connection: Connection, transcripts: Iterable[Transcript]) -> dict[str, str]:
    """How each text stands: signed, declared, no (it holds identities), or not declared."""
    signed = signoffs.signed(connection)
    return {text.id: "signed" if text.id in signed else _DECLARED[text.deidentified] for text in transcripts}


def refusal(identified: int, texts: int, place: str) -> NotAllowed:
    """Why texts are not quoted, and the three ways on."""
    are = "is" if identified == 1 else "are"
    what = f"{identified:,} of the {texts:,} texts that would be quoted {are} neither signed nor declared de-identified"
    return NotAllowed(what, place=place, hint=WAYS)


def gate(project: Project, identified: int, texts: int, place: str, *, identified_ok: bool = False) -> None:
    """Let texts be quoted, or refuse.

    Args:
        project: whose settings may allow it.
        identified: how many of the texts are neither signed nor declared de-identified.
        texts: how many would be quoted.
        place: what would be written.
        identified_ok: the researcher allows it for this once.

    Raises:
        NotAllowed: with the ways on.
    """
    if identified and not (identified_ok or project.settings.identified_ok):
        raise refusal(identified, texts, place)


def written(project: Project, kind: str, made: Bundle, files: Written) -> None:
    """Enter what an exporter wrote of a bundle."""
    left = []
    for path in files.files:
        quoted = files.quoted.get(path, frozenset(made.sources)) & made.sources.keys()
        sources = [made.sources[segment] for segment in quoted]
        cases = frozenset(case for source in sources for case in source.cases)
        left.append(Left(kind, path, cases, any(source.transcript in made.identified for source in sources)))
    purpose: Purpose = made.purpose  # type: ignore[assignment]
    register(project, left, purpose)


def register(project: Project, left: Sequence[Left], purpose: Purpose = "team") -> None:
    """Enter files that hold somebody's words; the same file with the same bytes is entered once."""
    at = acts.now()
    made = [
        Release(
            at=at,
            kind=one.kind,
            path=_named(project, one.path),
            digest=hashlib.sha256(one.path.read_bytes()).hexdigest(),
            purpose=purpose,
            identified=one.identified,
            cases=frozenset(case_digest(project.secret, case) for case in one.cases),
        )
        for one in left
        if one.cases
    ]
    with project.store.reading() as connection:
        known = {(release.path, release.digest, release.purpose) for release in releases.releases(connection)}
    new = [release for release in made if (release.path, release.digest, release.purpose) not in known]
    if not new:
        return
    with project.store.writing() as connection:
        numbers = [releases.add(connection, release) for release in new]
        events.record(
            connection,
            RELEASE,
            actor=acts.RESEARCHER,
            at=at,
            subjects=[f"release:{number}" for number in numbers],
            counts={
                "files": len(new),
                "cases": len(frozenset().union(*(release.cases for release in new))),
                "identified": sum(release.identified for release in new),
            },
        )


def last_change(record: Sequence[Event]) -> Event | None:
    """The last act that changed the project: writing a file out of it does not."""
    return next((event for event in reversed(record) if event.kind not in (RELEASE, PACKED)), None)


def _named(project: Project, path: Path) -> str:
    inside, folder = path.resolve(), project.folder.resolve()
    return inside.relative_to(folder).as_posix() if inside.is_relative_to(folder) else str(inside)
