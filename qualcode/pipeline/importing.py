"""`qualcode import`: bring a folder of files in, one transaction a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcode import plugins
from qualcode.corpus import Case, Kind, Transcript
from qualcode.errors import ImporterError, PluginError, UnknownFormat
from qualcode.importers import Imported, Loss, ReadOptions, Skipped, TableColumns
from qualcode.importers.completeness import Declaration
from qualcode.importers.confined import Job, Readers
from qualcode.importers.manifest import Manifest, from_file_name
from qualcode.importers.overlap import overlaps
from qualcode.importers.signature import found
from qualcode.pipeline import acts, interchange
from qualcode.pipeline import columns as tables
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.columns import Confirm
from qualcode.pipeline.described import describe_programmes, manifest_of
from qualcode.pipeline.interchange import Taken
from qualcode.pipeline.listing import files_in, listed, named, refuse_inside
from qualcode.pipeline.speakers import Unknown, unknown
from qualcode.project import PROGRAMMES, Project
from qualcode.store import corpus, events

__all__ = ["ImportSummary", "files_in", "import_files", "refuse_inside"]


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
    losses: tuple[tuple[str, Loss], ...] = ()
    """(file, what of it was not carried)."""
    taken: tuple[Taken, ...] = ()
    """What came in with the projects of other tools besides their texts."""
    unknown: Unknown = field(default_factory=Unknown)
    """Labelled speakers of unknown role in what came in or is described anew."""

    @property
    def failed(self) -> tuple[Skipped, ...]:
        """What a person should look at."""
        return tuple(item for item in self.skipped if item.failed)


def import_files(
    project: Project,
    raw: Path,
    *,
    kind: Kind | None = None,
    columns: TableColumns | None = None,
    confirm: Confirm | None = None,
    declared: Sequence[Declaration] = (),
    progress: Progress = acts.silent,
) -> ImportSummary:
    """Import every file of `raw`; what was imported before and has not changed is left as it is.

    Args:
        project: to import into.
        raw: a folder or one file; never written to.
        kind: of documents that neither the manifest nor their name describes.
        columns: columns of tables, over those of the settings.
        confirm: asked about the columns of a table that nobody has stated; None is to take the guess.
        declared: which coders of other tools' projects have coded which documents completely.
        progress: told of each file.

    Raises:
        ProjectError: `raw` cannot be used, or the project lies inside it.
        ImporterError: the manifest is faulty or names files that are not there.
    """
    listing = listed(raw)
    base = raw if raw.is_dir() else raw.parent
    refuse_inside(project.folder, raw)
    names = [named(path, base) for path in listing.files]
    manifest = manifest_of(project, base, names, kind, whole=raw.is_dir())
    with project.store.reading() as connection:
        known = corpus.known_places(connection)
        sources = corpus.sources(connection)
        cases = corpus.cases(connection)
    if (base / PROGRAMMES).exists():
        describe_programmes(project, base / PROGRAMMES)
    new = unchanged = described = 0
    described_cases: dict[str, Case] = {}
    skipped: list[Skipped] = list(listing.skipped)
    notes: list[tuple[str, str]] = []
    kinds: dict[str, int] = {}
    losses: list[tuple[str, Loss]] = []
    taken_in: list[Taken] = []
    unheard = Unknown()
    for number, (name, answer) in enumerate(_read(project, listing.files, names, manifest, columns)):
        progress("import", number, len(names))
        if isinstance(answer, (ImporterError, PluginError)):
            skipped.append(Skipped(name, answer.message, failed=True, hint=answer.hint))
            continue
        imported = _with_cases(answer)
        if not tables.confirmed(imported, name, tables.stated(project.settings, name, columns), confirm):
            skipped.append(tables.refused(name))
            continue
        skipped += imported.skipped
        fresh, again, refused = _sorted(imported, known, sources, name)
        skipped += refused
        changed = _described_anew(project, again)
        taken = {turn.case for t in (*fresh, *again) for turn in t.turns} | {t.case for t in (*fresh, *again)}
        for case in imported.cases:
            if case.id in taken:
                described_cases[case.id] = _with(described_cases.get(case.id), case)
        _write(project, fresh, changed)
        if imported.columns:
            tables.keep(project, name, imported.columns)
        for transcript in fresh:
            sources[transcript.id] = transcript.source
            known.add(_place(transcript))
        new, unchanged, described = new + len(fresh), unchanged + len(again) - len(changed), described + len(changed)
        unheard += unknown((*fresh, *changed))
        for transcript in fresh:
            kinds[transcript.kind] = kinds.get(transcript.kind, 0) + 1
        found = interchange.take(project, imported, name, declared=declared)
        taken_in += [found] if found else []
        if fresh or changed or (found and found.anything):
            notes += [(name, note) for note in imported.notes]
            losses += [(name, loss) for loss in imported.losses]
    progress("import", len(names), len(names))
    _write_cases(project, [case for id_, case in described_cases.items() if cases.get(id_) != case])
    if new:
        notes += _overlap_notes(project, sources)
    return ImportSummary(
        len(names),
        new,
        unchanged,
        described,
        tuple(skipped),
        tuple(notes),
        kinds,
        tuple(losses),
        tuple(taken_in),
        unheard,
    )


def _read(
    project: Project, files: Sequence[Path], names: Sequence[str], manifest: Manifest, columns: TableColumns | None
) -> Iterator[tuple[str, Imported | ImporterError | PluginError]]:
    """What each file gave, in order, read ahead while the last is written; one that fails is told as its error."""
    readable = plugins.names("importers")
    asked: list[Job | UnknownFormat] = []
    for path, name in zip(files, names, strict=True):
        suffix = path.suffix.lower().lstrip(".")
        options = _options(project, name, manifest, columns)
        asked.append(Job(path, suffix, options) if suffix in readable else _unknown(path, suffix, name, readable))
    with Readers() as readers:
        answers = readers.read([job for job in asked if isinstance(job, Job)])
        for name, job in zip(names, asked, strict=True):
            answer = next(answers) if isinstance(job, Job) else job
            if not isinstance(answer, (Imported, ImporterError, PluginError)):
                raise answer  # the settings are at fault, and every file with them
            yield name, answer


def _options(project: Project, name: str, manifest: Manifest, columns: TableColumns | None) -> ReadOptions:
    settings = project.settings
    describe = manifest.files.get(name) or from_file_name(name, settings.file_name_pattern)
    return ReadOptions(
        secret=project.secret,
        source=name,
        describe=describe,
        speakers=settings.roles_in(name),
        question_pattern=settings.question_pattern,
        columns=tables.stated(settings, name, columns),
        refi_offsets=settings.refi_offsets,
        tracked=settings.tracked_changes,
    )


def _unknown(path: Path, suffix: str, name: str, readable: Sequence[str]) -> UnknownFormat:
    why = f"files of type .{suffix} are not read" if suffix else "the file has no suffix"
    hint = "readable: " + ", ".join(f".{known}" for known in readable)
    try:
        signature = found(path)
    except OSError:
        signature = None
    if signature:
        why += f"; this one is {signature.what}"
        own = f"give it the suffix .{signature.suffix}" if signature.suffix else signature.hint
        hint = f"{own}; {hint}" if own else hint
    return UnknownFormat(why, path=name, hint=hint)


def _with_cases(imported: Imported) -> Imported:
    """An undescribed document's case is the document itself: never the file's name, which may be a person's."""
    return replace(imported, transcripts=tuple(t if t.case else replace(t, case=t.id) for t in imported.transcripts))


def _sorted(
    imported: Imported, known: Set[tuple[str, str, str]], sources: Mapping[str, str], name: str
) -> tuple[list[Transcript], list[Transcript], list[Skipped]]:
    """New transcripts, those that stand already, and why the rest is refused."""
    fresh: list[Transcript] = []
    again: list[Transcript] = []
    changed = copies = 0
    for transcript in imported.transcripts:
        place = _place(transcript)
        if transcript.id in sources:
            if sources[transcript.id] == transcript.source:
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


def _described_anew(project: Project, again: Sequence[Transcript]) -> list[Transcript]:
    """Those of whose texts, which are in, the manifest or the settings now say something else."""
    if not again:
        return []
    with project.store.reading() as connection:
        stored = {t.id: t for t in corpus.transcripts(connection, [transcript.id for transcript in again])}
    return [transcript for transcript in again if _anew(transcript, stored[transcript.id])]


def _anew(transcript: Transcript, stored: Transcript) -> bool:
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


def _overlap_notes(project: Project, sources: Mapping[str, str]) -> list[tuple[str, str]]:
    with project.store.reading() as connection:
        found_twice = overlaps(corpus.each_transcript(connection))
    return [
        (
            sources[overlap.first],
            f"{overlap.share:.0%} of the shorter of this file and {sources[overlap.second]} stands "
            "in the other: what they share is counted twice",
        )
        for overlap in found_twice
    ]
