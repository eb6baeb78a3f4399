"""`qualcode run`: from a folder of transcripts to a coded, explained, exported project, in one command."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qualcode.coding import Coder
from qualcode.corpus import Kind
from qualcode.errors import ImporterError, NotAllowed, NotEnoughData, QualcodeError
from qualcode.importers import TableColumns
from qualcode.importers.completeness import Declaration
from qualcode.pipeline import (
    acts,
    choosing,
    consenting,
    deidentifying,
    encoding,
    exporting,
    import_codings,
    importing,
    interchange,
    refreshing,
    releasing,
    segmenting,
    sheet,
    tagging,
    theming,
    training,
)
from qualcode.pipeline import init as initial
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.deidentifying import DeidentifySummary
from qualcode.pipeline.importing import ImportSummary
from qualcode.pipeline.segmenting import SegmentSummary
from qualcode.pipeline.tagging import TagSummary
from qualcode.pipeline.theming import ThemeSummary
from qualcode.project import SETTINGS, Project
from qualcode.store import codings, events, marks

REVIEW_SHEET = "review"
EXPORTED, WITHHELD = "exported", "withheld"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What each step did; `changed` is False where nothing was new."""

    folder: Path
    codebook: str
    imported: ImportSummary
    segmented: SegmentSummary
    tagged: TagSummary
    themes: ThemeSummary
    files: tuple[Path, ...]
    losses: tuple[str, ...]
    changed: bool
    refused: NotAllowed | None = None
    """Why excerpts and report were not written, though everything else was done."""
    deidentified: DeidentifySummary | None = None
    """What became of identities, where the settings ask for it."""


def run(
    raw: Path,
    folder: Path | None = None,
    codebook: Path | None = None,
    *,
    kind: Kind | None = None,
    columns: TableColumns | None = None,
    declared: Sequence[Declaration] = (),
    crosswalk: Path | None = None,
    literature: Sequence[Path] = (),
    codings: Sequence[tuple[Path, Coder]] = (),
    title: str = "",
    note: str = "",
    cloud_ok: bool = False,
    passphrase: str | None = None,
    identified_ok: bool = False,
    progress: Progress = acts.silent,
) -> RunSummary:
    """Import, segment, tag, look for themes, export and report. Run again, it does only what is new.

    Where texts may hold identities, everything is done but what would quote them: excerpts and report. The summary
    then holds the refusal.

    Args:
        raw: folder (or one file) with transcripts; never written to.
        folder: the project; `RAW-qualcode` beside `raw` unless given.
        codebook: for a new project; peer support for families unless given.
        kind: of documents that nothing else describes.
        columns: columns of tables.
        declared: which coders of other tools' projects have coded which documents completely.
        crosswalk: from the codes of such projects to the codebook's.
        literature: tables of published programmes and effects, for a new project.
        codings: tables of codings to bring in, each with its coder.
        title: of a new project's report.
        note: what a reader of a new project's report must know first.
        cloud_ok: make a new project even where a program copies it to a cloud.
        passphrase: encrypt a new project with it.
        identified_ok: texts that are neither signed nor declared de-identified are quoted, stamped.
        progress: told of each stage.

    Raises:
        QualcodeError: of a kind that says what is wrong. A project that this call began and that got no text
            is taken away again.
    """
    importing.files_in(raw)
    folder = folder or default_folder(raw)
    importing.refuse_inside(folder, raw)
    began = not folder.exists()
    texts = False
    project = initial.init(
        folder, codebook, literature, title=title, note=note, cloud_ok=cloud_ok, passphrase=passphrase
    )
    try:
        with project:
            if crosswalk:
                interchange.keep_crosswalk(project, crosswalk)
            imported = importing.import_files(
                project, raw, kind=kind, columns=columns, declared=declared, progress=progress
            )
            if not (imported.new or imported.unchanged or imported.described_anew or imported.versions):
                raise _nothing(imported)
            texts, title = True, project.codebook.title
            hidden = None
            if project.settings.deidentify:
                hidden = deidentifying.deidentify(project, progress=progress)
                if hidden.changed:
                    refreshing.clear_exports(project)
            consent = consenting.take(project).told()
            segmented = segmenting.segment(project, progress=progress)
            vectors, _ = encoding.encoder(progress)
            tagged = tagging.tag(project, vectors=vectors, progress=progress)
            for table, coder in codings:
                import_codings.import_codings(project, table, coder)
            found = theming.themes(project, vectors=vectors, progress=progress)
            identified_ok = identified_ok or project.settings.identified_ok
            changed = not _up_to_date(project, identified_ok)
            files, losses = _exports(project, identified_ok) if changed else ((), ())
            refused = _refusal(project)
    except QualcodeError:
        if began and not texts:
            project.close()
            shutil.rmtree(folder, ignore_errors=True)
        raise
    told = (*consent, *losses)
    return RunSummary(folder, title, imported, segmented, tagged, found, files, told, changed, refused, hidden)


def derive(project: Project, *, tag: bool, themes: bool, export: bool, progress: Progress = acts.silent) -> None:
    """Make anew what follows from the texts, after some of them have gone; raises as `run` does."""
    segmenting.segment(project, progress=progress)
    vectors, _ = encoding.encoder(progress) if tag or themes else (None, ())
    if tag:
        with project.store.reading() as connection:
            gone = codings.latest_machine(connection)
        if choosing.is_trained(gone):
            # Somebody's words have left: what learned from them is made anew from the others. Where these are too few
            # the codebook alone tags from here on, and the report says so.
            with suppress(NotEnoughData):
                training.train(project, vectors=vectors, progress=progress)
        tagging.tag(project, vectors=vectors, progress=progress)
    if themes:
        theming.themes(project, vectors=vectors, progress=progress)
    if export:
        _exports(project, identified_ok=project.settings.identified_ok)


def default_folder(raw: Path) -> Path:
    """`RAW-qualcode` beside the folder `raw`, or beside the folder of the file `raw`."""
    place = raw.resolve()
    if place.is_file():
        # Beside the folder that holds it: inside, a later run of that folder would read its own exports.
        return place.parent.with_name(f"{place.stem}-qualcode")
    return place.with_name(f"{place.name}-qualcode")


def _exports(project: Project, identified_ok: bool) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    made = exporting.bundle(project)
    files: list[Path] = []
    if made.about["tagger"]:  # there is none where no machine may read anything
        files.append(sheet.sheet(project, _free_sheet(project.exports), made=made).path)
    withheld = bool(made.identified) and not identified_ok
    if withheld:
        tables = exporting.counts(project, made=made)
    else:
        tables = exporting.export(project, made=made, identified_ok=identified_ok)
        files[:0] = exporting.report(project, made=made, identified_ok=identified_ok).files
    with project.store.writing() as connection:
        marks.set_mark(connection, EXPORTED, _state(project, identified_ok))
        marks.set_mark(connection, WITHHELD, f"{len(made.identified)} {len(made.texts)}" if withheld else "")
    return (*files, *tables.files), tables.losses


def _refusal(project: Project) -> NotAllowed | None:
    """What the last export said of files that it did not write."""
    with project.store.reading() as connection:
        withheld = marks.mark(connection, WITHHELD)
    if not withheld:
        return None
    identified, texts = map(int, withheld.split())
    return releasing.refusal(identified, texts, "excerpts and report")


def _free_sheet(folder: Path) -> Path:
    """`review.xlsx`, or `review-2.xlsx` and so on beside one that somebody has begun to fill in."""
    path, number = folder / f"{REVIEW_SHEET}.xlsx", 1
    while sheet.holds_answers(path):
        number += 1
        path = folder / f"{REVIEW_SHEET}-{number}.xlsx"
    return path


def _up_to_date(project: Project, identified_ok: bool) -> bool:
    """Whether this command has exported and reported all since the last act in the record and the last setting."""
    try:
        json.loads((project.exports / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    with project.store.reading() as connection:
        exported, withheld = marks.mark(connection, EXPORTED), marks.mark(connection, WITHHELD)
    reported = bool(withheld) or (project.exports / "report.html").exists()
    return exported == _state(project, identified_ok) and reported


def _state(project: Project, identified_ok: bool) -> str:
    with project.store.reading() as connection:
        last = releasing.last_change(events.all_events(connection))
        # What somebody agreed to may have ended since, without any act.
        holds = sorted(consenting.effective(project, connection, acts.today()).items())
    settings = (project.folder / SETTINGS).read_bytes()
    read = b"".join(path.read_bytes() for path in sorted(project.literature.glob("*.csv")))
    state = f"{last.hash if last else ''}{holds!r}{identified_ok}"
    return hashlib.sha256(state.encode() + settings + project.codebook_text.encode() + read).hexdigest()


def _nothing(imported: ImportSummary) -> ImporterError:
    failed = imported.failed
    if failed:
        first = failed[0]
        more = f"; {len(failed) - 1} more files failed" if len(failed) > 1 else ""
        return ImporterError(f"nothing could be imported: {first.reason}{more}", path=first.place, hint=first.hint)
    return ImporterError("nothing in the files can be coded", hint="are the answers empty?")
