"""Take in what another tool's project holds besides its texts: codes, coders, codings, memos."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode import codebook as codebooks
from qualcode.codebook import Code, Codebook, Crosswalk, narrowed
from qualcode.coding import Judged
from qualcode.importers import Given, Imported
from qualcode.importers import completeness as declarations
from qualcode.importers.completeness import Complete, Declaration
from qualcode.importers.rows import read_rows
from qualcode.pipeline import acts, judging
from qualcode.project import CODEBOOK, Project
from qualcode.store import codebooks as kept
from qualcode.store import codings, corpus, events
from qualcode.store import memos as stored_memos

CROSSWALK = "crosswalk.csv"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in with a project of another tool. Codes and coders by id; no words."""

    place: str
    """The file, as the person named it."""
    coders: tuple[str, ...] = ()
    judged: int = 0
    present: int = 0
    unchanged: int = 0
    selections: int = 0
    new_codes: tuple[str, ...] = ()
    """Added to the project's codebook."""
    same_codes: tuple[str, ...] = ()
    """Their id stands in the codebook already: taken to be the same code."""
    crossed_codes: tuple[str, ...] = ()
    """Mapped by the crosswalk."""
    not_carried: int = 0
    """Codings that the crosswalk cannot carry: under a narrower code they are not judged."""
    complete: int = 0
    """Pairs of coder and transcript that are declared completely coded."""
    idle: int = 0
    """Lines of the declaration that name nothing in the file."""
    memos: int = 0
    without_text: int = 0
    """Decisions on texts that were not taken."""

    @property
    def anything(self) -> bool:
        """Whether something is new."""
        return bool(self.judged or self.new_codes or self.memos)


def crosswalk_of(project: Project) -> Crosswalk:
    """The project's crosswalk; empty where the folder holds none.

    Raises:
        ImporterError: the table cannot be read.
        CodebookError: it has faults.
    """
    path = project.folder / CROSSWALK
    rows = read_rows(path, CROSSWALK) if path.exists() else []
    return codebooks.crosswalk(rows, project.codebook, source=CROSSWALK) if rows else Crosswalk()


def keep_crosswalk(project: Project, path: Path) -> None:
    """Check a crosswalk and make it the project's.

    Raises:
        ImporterError: the table cannot be read.
        CodebookError: it has faults; the project's own stays then.
    """
    rows = read_rows(path, path.name)
    codebooks.crosswalk(rows, project.codebook, source=path.name)
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    unfinished = project.folder / f"{CROSSWALK}.tmp"
    unfinished.write_text(written.getvalue(), encoding="utf-8")
    unfinished.replace(project.folder / CROSSWALK)


def take(
    project: Project, imported: Imported, place: str, *, declared: Sequence[Declaration] = (), blind: bool = True
) -> Taken | None:
    """Codes, codings and memos of a file whose texts are in; None where it holds none.

    Codes that the crosswalk maps are mapped; those whose id stands in the codebook are taken to be the same; the rest
    is added to `codebook.yaml`. Taken again, nothing changes.

    Args:
        project: whose store has the texts by now.
        imported: what the file gave.
        place: the file, as the summary names it.
        declared: which coders have coded which documents completely.
        blind: the coders saw no machine's proposal.

    Raises:
        CodebookError: the codebook or the crosswalk has faults.
    """
    if imported.codebook is None and not imported.given and not imported.memos:
        return None
    walk = crosswalk_of(project)
    new, same, mapped = _sorted(imported.codebook, project.codebook, walk)
    add_codes(project, new)
    wanted = {decision.transcript for decision in imported.given} | {text.id for text in imported.transcripts}
    with project.store.reading() as connection:
        texts = {text.id: text for text in corpus.transcripts(connection, wanted)}
    theirs = [decision for decision in imported.given if decision.transcript in texts]
    given = crossed(theirs, walk)
    now = acts.now()
    selections, decided = judging.located(
        given, texts, who=lambda name: name, secret=project.secret, now=now, blind=blind
    )
    codes = [code.id for code in imported.codebook or () if code.codable]
    whole, idle = declarations.complete(declared, imported.given, list(texts.values()), codes)
    for line, judged in completely(whole, theirs, walk):
        decided.append((Judged(line.transcript, line.coder, judged, blind=blind, made_at=now), []))
    coders = {coder.id: coder for coder in imported.coders}
    done = judging.append(project, decided, coders, project.codebook, selections=selections)
    return Taken(
        place=place,
        coders=tuple(sorted({decision.coder for decision in given if decision.judged})),
        judged=done.judged,
        present=done.present,
        unchanged=done.unchanged,
        selections=len(selections),
        new_codes=tuple(code.id for code in new),
        same_codes=same,
        crossed_codes=mapped,
        not_carried=sum(bool(old.present) and not new.present for old, new in zip(theirs, given, strict=True)),
        complete=len(whole),
        idle=len(idle),
        memos=_take_memos(project, imported),
        without_text=len(imported.given) - len(given),
    )


def _sorted(
    theirs: Codebook | None, ours: Codebook, walk: Crosswalk
) -> tuple[list[Code], tuple[str, ...], tuple[str, ...]]:
    """Codes to add, codes that are the same, and codes that the crosswalk maps."""
    if theirs is None:
        return [], (), ()
    mapped = tuple(code.id for code in theirs if code.id in walk)
    same = tuple(code.id for code in theirs if code.id in ours and code.id not in walk)
    new = [code for code in theirs if code.id not in ours and code.id not in walk]
    there = {code.id for code in new} | {code.id for code in ours}
    return [replace(code, parent=code.parent if code.parent in there else None) for code in new], same, mapped


def add_codes(project: Project, new: Sequence[Code]) -> tuple[str, ...]:
    """Add codes to the project's codebook; returns their ids.

    Raises:
        CodebookError: the codebook has faults, or would have.
    """
    if not new:
        return ()
    codebooks.add(project.folder / CODEBOOK, new)
    grown = project.codebook
    at = acts.now()
    with project.store.writing() as connection:
        kept.keep(connection, grown, project.codebook_text, at)
        events.record(
            connection,
            "codebook",
            actor=acts.RESEARCHER,
            at=at,
            subjects=[f"codebook:{grown.version}", *(f"code:{code.id}" for code in new)],
            counts={"codes": len(new)},
        )
    return tuple(code.id for code in new)


def crossed(given: Sequence[Given], walk: Crosswalk) -> list[Given]:
    """Decisions after the crosswalk; one that is carried neither way judges nothing.

    Where several codes of one coder on one stretch lead to one code, a present wins over an absent.
    """
    carried = []
    present: set[tuple[str, int, int, str, str]] = set()
    for decision in given:
        judged, there = walk.carried(decision.judged, decision.present)
        carried.append(replace(decision, judged=judged, present=there))
        if any(code in walk for code in decision.judged):
            place = (decision.transcript, decision.start, decision.end, decision.coder)
            present |= {(*place, code) for code in there}
    found = []
    for decision in carried:
        place = (decision.transcript, decision.start, decision.end, decision.coder)
        left = tuple(c for c in decision.judged if c in decision.present or (*place, c) not in present)
        found.append(replace(decision, judged=left))
    return found


def completely(
    whole: Sequence[Complete], given: Sequence[Given], walk: Crosswalk
) -> Iterator[tuple[Complete, tuple[str, ...]]]:
    """Declarations of completeness after the crosswalk, each with the codes that it still says something of.

    Args:
        whole: the declarations.
        given: the decisions of the same file, before the crosswalk.
        walk: the crosswalk.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for decision in given:
        found[decision.transcript, decision.coder] |= set(decision.present)
    for line in whole:
        exact = {s.to_code for code in line.codes for s in walk.steps.get(code, ()) if s.relation == "exact"}
        unsaid = narrowed(walk, found[line.transcript, line.coder]) - exact
        judged, _ = walk.carried(line.codes, {})
        left = tuple(code for code in judged if code not in unsaid)
        if left:
            yield line, left


def _take_memos(project: Project, imported: Imported) -> int:
    if not imported.memos:
        return 0
    with project.store.writing() as connection:
        for coder in imported.coders:
            codings.add_coder(connection, coder)
        added = stored_memos.add(connection, imported.memos)
        if added:
            counts: Mapping[str, int] = {"memos": added}
            events.record(connection, "memo", actor=acts.RESEARCHER, at=acts.now(), counts=counts)
    return added
