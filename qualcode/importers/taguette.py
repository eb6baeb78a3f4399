"""Taguette projects: documents, tags as codes, highlights as coded stretches, each by the user who made it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from qualcode.codebook import Code, Codebook, slug
from qualcode.codebook.skeleton import POLARITY, free_id
from qualcode.coding import Coder
from qualcode.corpus import Transcript
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.formats import taguette
from qualcode.formats.taguette import Document, TaguetteProject
from qualcode.importers.imported import Given, Imported, Loss, ReadOptions, Skipped
from qualcode.importers.manifest import from_file_name
from qualcode.importers.moments import utc
from qualcode.importers.text import contents, document

_OUTSIDE = "a highlight lies outside its text, or splits a character"


def read(path: Path, options: ReadOptions) -> Imported:
    """All documents of a Taguette file, with every tag of every highlight.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: no Taguette project, or damaged.
    """
    if not contents(path, options.source).startswith(taguette.FIRST_BYTES):
        raise MalformedTranscript("is not an SQLite file (expected a Taguette project)", path=options.source)
    try:
        projects = taguette.projects(path)
    except ValueError:
        raise MalformedTranscript(
            "is not a Taguette project that can be read",
            path=options.source,
            hint="in Taguette: Project info, Export project; a file that Taguette has open may lack its last changes",
        ) from None
    transcripts: list[Transcript] = []
    given: list[Given] = []
    skipped: list[Skipped] = []
    notes: list[str] = []
    lost: Counter[str] = Counter()
    tags: dict[str, str] = {}
    codes: dict[str, str] = {}
    names = Counter(document.name for project in projects for document in project.documents)
    for project in projects:
        tags |= {path: text for path, text in project.tags.items() if text or path not in tags}
        for tag in project.tags:
            codes.setdefault(tag, free_id(tag, "", codes.values()))
        for found in project.documents:
            place = f"{options.source}#{found.id}"
            label = found.name if names[found.name] == 1 else f"{found.name}#{found.id}"
            try:
                made = _document(found, replace(options, source=f"{options.source}/{label}"), alone=len(names) == 1)
            except ImporterError as error:
                skipped.append(Skipped(place, error.message, failed=True, count=1, hint=error.hint))
                lost["highlight in a document without text"] += len(found.highlights)
                continue
            transcripts += made.transcripts
            notes += made.notes
            given += _highlights(project, found, made.transcripts[0], codes, lost)
    codebook = _codebook(tags, codes, PurePosixPath(options.source).stem)
    coders = {decision.coder for decision in given if decision.coder}
    if outside := lost.pop(_OUTSIDE, 0):
        skipped.append(Skipped(options.source, _OUTSIDE, failed=True, count=outside))
    return Imported(
        transcripts=tuple(transcripts),
        skipped=tuple(skipped),
        notes=tuple(dict.fromkeys(notes)),
        losses=tuple(Loss(kind, count) for kind, count in sorted(lost.items()) if count),
        codebook=codebook,
        coders=tuple(Coder(coder, "human") for coder in sorted(coders)),
        given=tuple(given),
    )


def _document(found: Document, options: ReadOptions, *, alone: bool) -> Imported:
    own = options.describe
    named = from_file_name(found.name, "")
    # What is said of the whole file as a case holds where the file is one document.
    describe = replace(own, case=named.case or (own.case if alone else None))
    source_hash = hashlib.sha256(found.text.encode("utf-8", "surrogatepass")).hexdigest()
    return document(found.text, replace(options, describe=describe), source_hash=source_hash, encoding="taguette")


def _highlights(
    project: TaguetteProject,
    found: Document,
    transcript: Transcript,
    codes: Mapping[str, str],
    lost: Counter[str],
) -> list[Given]:
    given = []
    for highlight in found.highlights:
        place = found.places.span(highlight.start, highlight.end)
        if place is None:
            lost[_OUTSIDE] += 1
            continue
        at = utc(highlight.at)
        for tag in highlight.tags:
            key = f"taguette:{project.id}:{highlight.id}"
            code = codes[tag]
            given.append(
                Given(highlight.id, transcript.id, *place, (code,), {code: {}}, highlight.user or "unknown", at, key)
            )
        if not highlight.tags:
            given.append(Given(highlight.id, transcript.id, *place, ()))
    return given


def _codebook(tags: dict[str, str], codes: dict[str, str], title: str) -> Codebook | None:
    """Tags with a description are active codes; `a.b` stays one name, as dots stand in sentences as well."""
    made: dict[str, Code] = {}
    for tag, words in tags.items():
        text = " ".join(words.split())
        made[codes[tag]] = Code(codes[tag], tag, text.split(". ")[0][:160], text, status="active" if text else "draft")
    return Codebook(slug(title), title, tuple(made.values()), facets=(POLARITY,)) if made else None
