"""`qualcode merge`: what another laptop packed, added to what stands here; a union, and nothing is written over."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.errors import ImporterError, ProjectError
from qualcode.formats import pack as packs
from qualcode.formats.pack import CodebookText, Pack, PackKind
from qualcode.pipeline import acts, consenting, permissions, releasing, versions
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.comparing import Conflict
from qualcode.pipeline.opening import opened
from qualcode.pipeline.union import Union
from qualcode.pipeline.versions import Carried
from qualcode.project import CODEBOOK, SETTINGS, Project
from qualcode.settings import set_settings
from qualcode.store import events
from qualcode.store import versions as stored


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """What was new, what stood already, and what a person must look at."""

    pack: str
    kind: PackKind
    coder: str
    project: Path
    begun: bool
    """The project was made by this merge."""
    new: Mapping[str, int]
    """transcripts, segments, codes, cases, consents, signatures, samples, judgements, present, themes …"""
    stood: int
    """Judgements that were here already."""
    conflicts: tuple[Conflict, ...] = ()
    asked: int = 0
    """Passages that an assignment asks about."""
    carried: Carried = field(default_factory=Carried)
    """What became of judgements on texts that stand here no longer."""
    identified: bool = False
    """The pack says that a text in it is neither signed nor declared de-identified."""

    @property
    def left(self) -> tuple[Conflict, ...]:
        """Where something of the pack was not taken."""
        return tuple(conflict for conflict in self.conflicts if not conflict.taken)


def merge(folder: Path, path: Path, *, cloud_ok: bool = False, progress: Progress = acts.silent) -> MergeSummary:
    """Add what a pack holds and the project lacks. The same pack again changes nothing; the order does not matter.

    Judgements are added whole: coder, time, blindness, sample, chance of having been drawn, facets, evidence, and the
    hash of the code as it was. Where the two projects differ over the same thing, ours stands and the difference is
    told; but where a participant allows less there, that holds here too. The database changes in one transaction, or
    not at all. `consent.csv` changes with it. `codebook.yaml` is written beside itself before that, and put in place
    right after; if the machine stops in between, the same pack again puts it in place.

    Args:
        folder: the project; made where the folder is new or empty, unless the pack is a coder's.
        path: the pack.
        cloud_ok: make a new project even where a program copies it to a cloud.
        progress: told of each text and judgement.

    Raises:
        ImporterError: the pack is damaged, was changed, is newer, or is none.
        ProjectError: there is no project, or the pack is this project's own assignment.
        ImporterError, ProjectError: `consent.csv` is faulty, or gone, or cannot be written.
        CodebookError: one of the two codebooks has faults.
    """
    with Pack(path) as pack:
        begins = not (folder / SETTINGS).exists()
        new = not folder.exists()
        if begins:
            _refuse(pack, folder)
        try:
            with _begun(pack, folder, path.name, cloud_ok) if begins else opened(folder) as project:
                return _merged(project, pack, path.name, begun=begins, progress=progress)
        except BaseException:
            if begins:
                shutil.rmtree(folder, ignore_errors=True)
            if begins and not new:
                folder.mkdir(exist_ok=True)
            raise


def _refuse(pack: Pack, folder: Path) -> None:
    if pack.contents.kind == "coder":
        raise ProjectError(
            "there is no project here, and a coder's pack holds no texts",
            place=str(folder),
            hint="merge it into the project that it was judged for, with -p",
        )
    if folder.exists() and any(folder.iterdir()):
        raise ProjectError(
            "there is no project here, and the folder is not empty", place=str(folder), hint="name a new folder with -p"
        )


def _begun(pack: Pack, folder: Path, name: str, cloud_ok: bool) -> Project:
    text = _current(pack, name).text
    Project.create(folder, text, cloud_ok=cloud_ok).close()
    set_settings(folder / SETTINGS, pack.contents.settings)
    return Project.open(folder)


def _current(pack: Pack, name: str) -> CodebookText:
    for kept in pack.records(packs.CODEBOOKS, CodebookText):
        if kept.current:
            return kept
    raise ImporterError("holds no codebook", path=name, hint="have it packed anew")


def _digest(pack: Pack) -> str:
    return hashlib.sha256("".join(sorted(pack.contents.sums.values())).encode()).hexdigest()[:16]


def _merged(project: Project, pack: Pack, name: str, *, begun: bool, progress: Progress) -> MergeSummary:
    contents = pack.contents
    codebook = project.folder / CODEBOOK
    unfinished = codebook.with_name(CODEBOOK + ".tmp")
    unfinished.unlink(missing_ok=True)
    theirs = _current(pack, name)
    consenting.take(project)
    with project.store.writing() as connection:
        made = Union(connection, project.secret, pack)
        packed = [event for event in events.all_events(connection) if event.kind == releasing.PACKED]
        text = made.codebook(project.codebook_text, theirs)
        made.coders()
        before = stored.unheld(connection)
        made.texts(progress)
        gave_way = made.succeed()
        made.described()
        made.segments()
        made.samples()
        made.decisions(progress)
        made.themes()
        made.memos()
        permissions.sign(connection, pack, made)
        changed = permissions.agree(project, connection, pack, made)
        carried = versions.follow(connection, project.secret, gave_way, before)
        versions.answered_elsewhere(connection)
        asked = made.assignments({subject for event in packed for subject in event.subjects})
        new = {what: count for what, count in made.new.items() if count}
        if new:
            events.record(
                connection,
                "merge",
                actor=contents.coder or acts.RESEARCHER,
                at=acts.now(),
                subjects=[
                    f"pack:{_digest(pack)}",
                    f"from:{contents.project}",
                    *([contents.coder] if contents.coder else []),
                ],
                counts={**new, "conflicts": len(made.conflicts)} | {k: n for k, n in carried.counts().items() if n},
            )
        if text != project.codebook_text:
            unfinished.write_text(text, encoding="utf-8")
        permissions.state(project, connection, changed)
    if unfinished.exists():
        unfinished.replace(codebook)
    return MergeSummary(
        name,
        contents.kind,
        contents.coder,
        project.folder,
        begun,
        new,
        made.stood,
        tuple(made.conflicts),
        asked,
        carried,
        bool(contents.identified),
    )
