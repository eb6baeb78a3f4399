"""`qualcode import`: bring a folder of files in, one transaction a file."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from qualcode import plugins
from qualcode.corpus import Case, Kind, Transcript
from qualcode.errors import ImporterError, ProjectError, UnknownFormat
from qualcode.importers import Description, Imported, ReadOptions, Skipped, TableColumns
from qualcode.importers.manifest import FIELDS, Manifest, from_file_name, read_manifest, read_programmes
from qualcode.importers.overlap import overlaps
from qualcode.importers.rows import separator_of
from qualcode.importers.text import decoded
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.project import MANIFEST, PROGRAMMES, SETTINGS, Project
from qualcode.store import corpus, events

_OURS = {MANIFEST, PROGRAMMES, "qualcode.toml", "codebook.yaml", "codebook.yml"}
_TABLES = (".csv", ".tsv", ".xlsx")


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What came in, what did not, and why. Places are files as the person named them, relative to their folder."""

    files: int
    new: int
    unchanged: int
    described_anew: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    """(file, what a person should know about how it was read)."""
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Skipped, ...]:
        """What a person should look at."""
        return tuple(item for item in self.skipped if item.failed)


def files_in(raw: Path) -> list[Path]:
    """The files of a folder that may be transcripts, or the one file named.

    Raises:
        ProjectError: the folder is missing, cannot be read, or holds none.
    """
    if raw.is_file():
        return [raw]
    if not raw.is_dir():
        raise ProjectError("there is no such folder", place=str(raw), hint="give the folder that holds the transcripts")
    found = [
        path
        for path in sorted(raw.rglob("*"))
        if path.is_file()
        and path.name not in _OURS
        and not any(part.startswith((".", "~$")) for part in path.relative_to(raw).parts)
        and not any(
            (parent / SETTINGS).exists() for parent in path.parents if parent.is_relative_to(raw) and parent != raw
        )
    ]
    if not found:
        raise ProjectError(
            "the folder holds no files",
            place=str(raw),
            hint=f"put transcripts there ({', '.join('.' + n for n in plugins.names('importers'))})",
        )
    return found


def refuse_inside(folder: Path, raw: Path) -> None:
    """Refuse a project inside the folder of transcripts, which is never written to.

    Raises:
        ProjectError: it would lie there.
    """
    if raw.is_dir() and folder.resolve().is_relative_to(raw.resolve()):
        raise ProjectError(
            "the project would lie inside the folder of transcripts",
            place=str(folder),
            hint="choose another folder with -o",
        )


def import_files(
    project: Project,
    raw: Path,
    *,
    kind: Kind | None = None,
    columns: TableColumns | None = None,
    progress: Progress = acts.silent,
) -> ImportSummary:
    """Import every file of `raw`; what was imported before and has not changed is left as it is.

    Args:
        project: to import into.
        raw: a folder or one file; never written to.
        kind: of documents that neither the manifest nor their name describes.
        columns: columns of tables, over those of the settings.
        progress: told of each file.

    Raises:
        ProjectError: `raw` cannot be used, or the project lies inside it.
        ImporterError: the manifest is faulty or names files that are not there.
    """
    files = files_in(raw)
    base = raw if raw.is_dir() else raw.parent
    refuse_inside(project.folder, raw)
    names = [path.relative_to(base).as_posix() for path in files]
    manifest = _manifest(project, base, names, kind, whole=raw.is_dir())
    with project.store.reading() as connection:
        known = corpus.known_places(connection)
        stored = {transcript.id: transcript for transcript in corpus.transcripts(connection)}
        cases = corpus.cases(connection)
    if (base / PROGRAMMES).exists():
        _describe_programmes(project, base / PROGRAMMES)
    new = unchanged = described = 0
    described_cases: dict[str, Case] = {}
    skipped: list[Skipped] = []
    notes: list[tuple[str, str]] = []
    kinds: dict[str, int] = {}
    for number, (path, name) in enumerate(zip(files, names, strict=True)):
        progress("import", number, len(files))
        try:
            imported = _read(path, name, project, manifest, columns)
        except ImporterError as error:
            skipped.append(Skipped(name, error.message, failed=True, hint=error.hint))
            continue
        skipped += imported.skipped
        fresh, again, refused = _sorted(imported, known, stored, name)
        skipped += refused
        changed = [transcript for transcript in again if _anew(transcript, stored[transcript.id])]
        taken = {turn.case for t in (*fresh, *again) for turn in t.turns} | {t.case for t in (*fresh, *again)}
        for case in imported.cases:
            if case.id in taken:
                described_cases[case.id] = _with(described_cases.get(case.id), case)
        _write(project, fresh, changed)
        for transcript in (*fresh, *changed):
            stored[transcript.id] = transcript
            known.add(_place(transcript))
        new, unchanged, described = new + len(fresh), unchanged + len(again) - len(changed), described + len(changed)
        for transcript in fresh:
            kinds[transcript.kind] = kinds.get(transcript.kind, 0) + 1
        if fresh or changed:
            notes += [(name, note) for note in imported.notes]
    progress("import", len(files), len(files))
    _write_cases(project, [case for id_, case in described_cases.items() if cases.get(id_) != case])
    if new:
        notes += _overlap_notes(list(stored.values()))
    return ImportSummary(len(files), new, unchanged, described, tuple(skipped), tuple(notes), kinds)


def _read(path: Path, name: str, project: Project, manifest: Manifest, columns: TableColumns | None) -> Imported:
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in plugins.names("importers"):
        raise UnknownFormat(
            f"files of type .{suffix} are not read" if suffix else "the file has no suffix",
            path=name,
            hint="readable: " + ", ".join(f".{known}" for known in plugins.names("importers")),
        )
    settings = project.settings
    describe = manifest.files.get(name) or from_file_name(name, settings.file_name_pattern)
    stated = columns or settings.columns.get(name) or settings.columns.get(path.name) or TableColumns()
    options = ReadOptions(
        secret=project.secret,
        source=name,
        describe=describe,
        speakers=settings.speakers,
        question_pattern=settings.question_pattern,
        columns=stated,
    )
    imported: Imported = plugins.load("importers", suffix)(path, options)
    # An undescribed document's case is the document itself: never the file's name, which may be a person's.
    return replace(imported, transcripts=tuple(t if t.case else replace(t, case=t.id) for t in imported.transcripts))


def _sorted(
    imported: Imported, known: Set[tuple[str, str, str]], stored: Mapping[str, Transcript], name: str
) -> tuple[list[Transcript], list[Transcript], list[Skipped]]:
    """New transcripts, those that stand already, and why the rest is refused."""
    fresh: list[Transcript] = []
    again: list[Transcript] = []
    changed = copies = 0
    for transcript in imported.transcripts:
        place = _place(transcript)
        if transcript.id in stored:
            if stored[transcript.id].source == transcript.source:
                again.append(transcript)
            elif place in known:
                changed += 1
            else:
                copies += 1
        elif place in known:
            changed += 1
        else:
            fresh.append(transcript)
    if changed and imported.numbered:
        # Rows known by their number alone have moved: what looks new may be an old answer at another number.
        changed, fresh = changed + len(fresh), []
    refused = []
    if changed:
        refused.append(
            Skipped(
                name,
                "the text has changed since it was imported; the text that codings stand on is kept",
                failed=True,
                count=changed,
                hint="to bring the new text in as well, save it under another name",
            )
        )
    if copies:
        refused.append(Skipped(name, "the same text is in already, from another file", count=copies))
    return fresh, again, refused


def _place(transcript: Transcript) -> tuple[str, str, str]:
    return transcript.source, transcript.row, transcript.question


def _anew(transcript: Transcript, stored: Transcript) -> bool:
    """Whether the manifest or the settings now say something else of a text that is in."""
    return replace(transcript, source=stored.source, source_hash=stored.source_hash, encoding=stored.encoding) != stored


def _with(known: Case | None, case: Case) -> Case:
    """A case that several files describe: what the first of them states stays."""
    if known is None:
        return case
    stated = {name: value for name, value in known.attributes.items() if value is not None}
    return Case(case.id, known.programme or case.programme, {**case.attributes, **known.attributes, **stated})


def _write_cases(project: Project, cases: list[Case]) -> None:
    if cases:
        with project.store.writing() as connection:
            corpus.set_cases(connection, cases)
            events.record(connection, "describe", actor=acts.RESEARCHER, at=acts.now(), counts={"cases": len(cases)})


def _write(project: Project, fresh: list[Transcript], changed: list[Transcript]) -> None:
    if not (fresh or changed):
        return
    with project.store.writing() as connection:
        corpus.add_transcripts(connection, fresh)
        corpus.set_turns(connection, changed)
        for transcript in changed:
            corpus.describe(connection, transcript)
        events.record(
            connection,
            "import" if fresh else "describe",
            actor=acts.RESEARCHER,
            at=acts.now(),
            subjects=[transcript.id for transcript in (*fresh, *changed)],
            counts={"new": len(fresh), "described_anew": len(changed)},
            words=[transcript.text for transcript in fresh],
            secret=project.secret,
        )


def _describe_programmes(project: Project, path: Path) -> None:
    stated = read_programmes(path)
    with project.store.reading() as connection:
        known = corpus.programmes(connection)
    changed = [programme for programme in stated if known.get(programme.id) != programme]
    if changed:
        with project.store.writing() as connection:
            corpus.set_programmes(connection, changed)
            events.record(
                connection,
                "describe",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[f"programme:{programme.id}" for programme in changed],
            )


def _manifest(project: Project, base: Path, names: list[str], kind: Kind | None, *, whole: bool) -> Manifest:
    """The project's manifest, started from the folder's own or from the file names; new files are added to it."""
    own, theirs = project.folder / MANIFEST, base / MANIFEST
    manifest = Manifest({})
    if theirs.exists():
        manifest = read_manifest(theirs)
        _refuse_missing(manifest, names, theirs, whole)
    if own.exists():
        # Rows of files that have gone are left alone: qualcode wrote them, and the texts are in.
        manifest = Manifest({**manifest.files, **read_manifest(own).files})
    if theirs.exists() and not own.exists():
        shutil.copyfile(theirs, own)
    missing = [
        name for name in names if name not in manifest.files and PurePosixPath(name).suffix.lower() not in _TABLES
    ]
    named = {name: from_file_name(name, project.settings.file_name_pattern) for name in missing}
    pseudonyms = Counter(said.case for said in named.values())
    described = {
        # The same pseudonym in two folders may be two people: then it is nobody's until the manifest says whose.
        name: replace(said, kind=said.kind or kind, case=said.case if pseudonyms[said.case] == 1 else None)
        for name, said in named.items()
    }
    if described:
        _append(own, described)
    return Manifest({**manifest.files, **described})


def _refuse_missing(manifest: Manifest, names: list[str], path: Path, whole: bool) -> None:
    absent = manifest.missing(names) if whole else []
    if absent:
        shown = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
        raise ImporterError(
            f"names {len(absent)} files that are not in the folder: {shown}",
            path=path.name,
            hint="correct the names (with their suffix), or take the rows out",
        )


def _append(path: Path, described: Mapping[str, Description]) -> None:
    """Add rows for files, in the columns, the separator and the encoding that the manifest has."""
    text, encoding, columns, separator = "", "utf-8", ["file", *FIELDS], ","
    if path.exists():
        text, encoding, _ = decoded(path.read_bytes(), path.name)
        separator = separator_of(text)
        columns = next(csv.reader(io.StringIO(text), delimiter=separator), columns)
    added = io.StringIO(newline="")
    writer = csv.writer(added, lineterminator="\n", delimiter=separator)
    if not text:
        writer.writerow(columns)
    for name, description in described.items():
        cells = {field: getattr(description, field) or "" for field in FIELDS} | {"file": name}
        writer.writerow([cells.get(column.strip().lower(), "") for column in columns])
    gap = "\n" if text and not text.endswith("\n") else ""
    whole = text + gap + added.getvalue()
    try:
        data = whole.encode(encoding)
    except UnicodeEncodeError:
        data = whole.encode("utf-8-sig")
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def _overlap_notes(transcripts: list[Transcript]) -> list[tuple[str, str]]:
    source = {transcript.id: transcript.source for transcript in transcripts}
    return [
        (
            source[overlap.first],
            f"{overlap.share:.0%} of the shorter of this file and {source[overlap.second]} stands "
            "in the other: what they share is counted twice",
        )
        for overlap in overlaps(transcripts)
    ]
