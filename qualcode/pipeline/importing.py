"""`qualcode import`: bring a folder of files in, one transaction a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcode import plugins
from qualcode.corpus import Case, Kind, Transcript
from qualcode.errors import CodebookError, ImporterError, PluginError, UnknownFormat
from qualcode.importers import Imported, Loss, ReadOptions, Skipped, TableColumns
from qualcode.importers.completeness import Declaration
from qualcode.importers.confined import Job, Readers
from qualcode.importers.imported import Sketched
from qualcode.importers.manifest import Manifest, from_file_name
from qualcode.importers.overlap import METHOD
from qualcode.importers.signature import found
from qualcode.pipeline import acts, consenting, deriving, interchange, overlapping
from qualcode.pipeline import columns as tables
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.columns import Confirm
from qualcode.pipeline.described import describe_programmes, manifest_of
from qualcode.pipeline.interchange import Taken
from qualcode.pipeline.listing import files_in, listed, named, refuse_inside
from qualcode.pipeline.places import Places, Sorted
from qualcode.pipeline.speakers import Unknown, unknown
from qualcode.pipeline.versions import take_over
from qualcode.pipeline.withdrawn import WITHDRAWN, Withdrawn
from qualcode.project import CONSENTS, PROGRAMMES, Project
from qualcode.store import corpus, events, offset_maps, sketches, versions

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
    versions: int = 0
    """Texts that took the place of an earlier one."""

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
        ImporterError: the manifest is faulty or names files that are not there, or `consent.csv` is faulty.
        CodebookError: the codebook or the project's crosswalk has faults; nothing is imported then.
    """
    listing = listed(raw)
    base = raw if raw.is_dir() else raw.parent
    refuse_inside(project.folder, raw)
    names = [named(path, base) for path in listing.files]
    with project.store.reading() as connection:
        gone = Withdrawn.of(connection, project.secret)
    withdrew = [name for name in names if gone.file(name)]
    manifest = manifest_of(project, base, names, kind, whole=raw.is_dir(), but=withdrew)
    interchange.crosswalk_of(project)
    if (base / PROGRAMMES).exists():
        describe_programmes(project, base / PROGRAMMES)
    differs = consenting.bring(project, base)
    arrivals = _Arrivals(project, listing.skipped, gone, [(CONSENTS, differs)] if differs else [])
    arrivals.skipped += [Skipped(name, WITHDRAWN) for name in withdrew]
    files = {name: path for name, path in zip(names, listing.files, strict=True) if name not in withdrew}
    for number, (name, answer) in enumerate(_read(project, list(files.values()), list(files), manifest, columns)):
        progress("import", number, len(names))
        if isinstance(answer, (ImporterError, PluginError)):
            arrivals.skipped.append(Skipped(name, answer.message, failed=True, hint=answer.hint))
            continue
        if not tables.confirmed(answer, name, tables.stated(project.settings, name, columns), confirm):
            arrivals.skipped.append(tables.refused(name))
            continue
        arrivals.take(name, _with_cases(name, answer), declared)
    progress("import", len(names), len(names))
    return arrivals.summary(len(names))


class _Arrivals:
    """Writes what each file gave, and gathers what is to be said of all of them; holds no text."""

    def __init__(
        self, project: Project, skipped: Sequence[Skipped], gone: Withdrawn, notes: Sequence[tuple[str, str]]
    ) -> None:
        self._gone = gone
        with project.store.reading() as connection:
            self._places = Places(versions.places(connection), offset_maps.standing(connection))
            self._known_cases = corpus.cases(connection)
        self._project = project
        self.skipped: list[Skipped] = list(skipped)
        self._new = self._unchanged = self._described = self._renewed = 0
        self._cases: dict[str, Case] = {}
        self._notes: list[tuple[str, str]] = list(notes)
        self._losses: list[tuple[str, Loss]] = []
        self._kinds: Counter[str] = Counter()
        self._taken: list[Taken] = []
        self._unknown = Unknown()
        self._arrived: set[str] = set()

    def take(self, name: str, imported: Imported, declared: Sequence[Declaration]) -> None:
        """Write what one file gave."""
        imported = self._gone.without(name, imported)
        found = self._places.sorted(imported, name)
        self.skipped += [*imported.skipped, *found.refused]
        changed = _described_anew(self._project, found.again)
        self._describe_cases(found)
        _write(self._project, found.fresh, changed, imported.sketches)
        if found.renewed:
            self._notes.append((name, take_over(self._project, found.renewed).summary()))
        self._places.take((*found.fresh, *found.renewed))
        if imported.columns:
            tables.keep(self._project, name, imported.columns)
        taken = self._taken_with(name, imported, declared)
        if found.fresh or changed or found.renewed or (taken and taken.anything):
            self._notes += [(name, note) for note in imported.notes]
            self._losses += [(name, loss) for loss in imported.losses]
        self._new += len(found.fresh)
        self._unchanged += len(found.again) - len(changed)
        self._described += len(changed)
        self._renewed += len(found.renewed)
        self._kinds.update(transcript.kind for transcript in found.fresh)
        self._unknown += unknown((*found.fresh, *changed, *found.renewed))
        self._arrived.update(transcript.id for transcript in (*found.fresh, *found.renewed))

    def _taken_with(self, name: str, imported: Imported, declared: Sequence[Declaration]) -> Taken | None:
        """Codes, codings and memos of the file; a fault in the codebook fails this file and no other."""
        try:
            taken = interchange.take(self._project, imported, name, declared=declared)
        except CodebookError as error:
            why = f"its texts are in, its codes and codings are not: {error}"
            self.skipped.append(Skipped(name, why, failed=True, hint=error.hint))
            return None
        self._taken += [taken] if taken else []
        return taken

    def summary(self, files: int) -> ImportSummary:
        """Write the cases of all files, look for texts that came twice, and say what came of it all."""
        _write_cases(self._project, [case for id_, case in self._cases.items() if self._known_cases.get(id_) != case])
        if self._arrived:
            self._notes += overlapping.notes(self._project, self._arrived)
        return ImportSummary(
            files,
            self._new,
            self._unchanged,
            self._described,
            tuple(self.skipped),
            tuple(self._notes),
            dict(self._kinds),
            tuple(self._losses),
            tuple(self._taken),
            self._unknown,
            self._renewed,
        )

    def _describe_cases(self, found: Sorted) -> None:
        texts = (*found.fresh, *found.again, *found.renewed)
        spoken = {turn.case for text in texts for turn in text.turns} | {text.case for text in texts}
        for case in found.cases:
            if case.id in spoken:
                self._cases[case.id] = _with(self._cases.get(case.id), case)


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


def _with_cases(name: str, imported: Imported) -> Imported:
    """An undescribed document's case is the document itself: never the file's name, which may be a person's.

    Documents of one file with the very same words are one text; what is said of either stands on it.
    """
    once = {transcript.id: transcript for transcript in reversed(imported.transcripts)}
    texts = [once[id_] for id_ in dict.fromkeys(transcript.id for transcript in imported.transcripts)]
    doubled = len(imported.transcripts) - len(texts)
    return replace(
        imported,
        transcripts=tuple(text if text.case else replace(text, case=text.id) for text in texts),
        skipped=(*imported.skipped, *(_doubled(name, doubled) if doubled else ())),
    )


def _doubled(name: str, count: int) -> tuple[Skipped, ...]:
    return (Skipped(name, "a document of the file has the very same words as another of it", count=count),)


def _described_anew(project: Project, again: Sequence[Transcript]) -> list[Transcript]:
    """Those of whose texts, which are in, the manifest or the settings now say something else."""
    if not again:
        return []
    ids = [transcript.id for transcript in again]
    with project.store.reading() as connection:
        stored = {t.id: t for t in corpus.transcripts(connection, ids)}
        made = deriving.made_of(connection, ids)
    changed = [t for t in again if t.id not in made and _anew(t, stored[t.id])]
    told = [(made[t.id][0], deriving.described(t, *made[t.id])) for t in again if t.id in made]
    return changed + [now for before, now in told if now != before]


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


def _write(
    project: Project, fresh: Sequence[Transcript], changed: Sequence[Transcript], sketched: Sequence[Sketched]
) -> None:
    if not (fresh or changed):
        return
    with project.store.writing() as connection:
        corpus.add_transcripts(connection, fresh)
        arrived = {transcript.id for transcript in fresh}
        sketches.add(connection, METHOD, [row for row in sketched if row[0] in arrived])
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
