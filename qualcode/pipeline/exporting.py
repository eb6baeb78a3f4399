"""`qualcode export` and `qualcode report`: the bundle, and the files made of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from qualcode import plugins
from qualcode.analysis import prevalence
from qualcode.analysis.prevalence import NOT_STATED
from qualcode.coding import NOT_JUDGED, Coder, Coding, onto
from qualcode.corpus import Programme, Segment
from qualcode.errors import NotAllowed, NotEnoughData, ProjectError
from qualcode.exporters import Bundle, Written, table
from qualcode.exporters.bundle import RELEASABLE
from qualcode.pipeline import acts, choosing, consenting, excerpting, releasing
from qualcode.pipeline.consenting import Purpose
from qualcode.pipeline.excerpting import Rows
from qualcode.private import private
from qualcode.project import CONSENTS, Project
from qualcode.store import codings, corpus, events, frames
from qualcode.store import themes as stored_themes
from qualcode.store.frames import Standing
from qualcode.synthesis import literature

_STALE = "stale"


@private()
def export(
    project: Project,
    folder: Path | None = None,
    made: Bundle | None = None,
    *,
    purpose: Purpose = "team",
    identified_ok: bool = False,
) -> Written:
    """Write counts and `run.json`, which quote nobody, then excerpts, if they may be quoted.

    Args:
        project: to export.
        folder: the project's `exports/` unless given.
        made: a bundle that stands already, of the same purpose.
        purpose: for whom; who did not agree to it is left out.
        identified_ok: texts that are neither signed nor declared de-identified are quoted, stamped.

    Raises:
        NotEnoughData: there are no segments.
        NotAllowed: nobody agreed to the purpose; or excerpts would quote texts that may hold identities.
        ProjectError: the folder cannot be written.
    """
    made = made or bundle(project, purpose=purpose)
    folder = folder or project.exports
    numbers = counts(project, folder, made)
    _pass(project, made, "excerpts", identified_ok)
    written = _write(plugins.load("exporters", "table"), made, folder)
    releasing.written(project, "excerpts", made, written)
    return Written((*written.files, *numbers.files), (*numbers.losses, *written.losses))


def counts(project: Project, folder: Path | None = None, made: Bundle | None = None) -> Written:
    """Write what quotes nobody: counts by programme, and `run.json`."""
    made = made or bundle(project)
    folder = folder or project.exports
    written = _write(table.write_counts, made, folder)
    path = folder / "run.json"
    path.write_text(
        json.dumps({"counts": made.counts, **made.about}, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    return Written((*written.files, path), (*made.consent, *written.losses))


def report(
    project: Project,
    folder: Path | None = None,
    made: Bundle | None = None,
    *,
    purpose: Purpose = "team",
    identified_ok: bool = False,
) -> Written:
    """Write `report.html`; takes and raises what `export` does."""
    made = made or bundle(project, purpose=purpose)
    _pass(project, made, "report", identified_ok)
    written = _write(plugins.load("exporters", "report"), made, folder or project.exports)
    releasing.written(project, "report", made, written)
    return Written(written.files, (*made.consent, *written.losses))


def _pass(project: Project, made: Bundle, place: str, identified_ok: bool) -> None:
    releasing.gate(project, len(made.identified), len(made.texts), place, identified_ok=identified_ok)


@private()
def _write(exporter: Callable[[Bundle, Path], Written], made: Bundle, folder: Path) -> Written:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return exporter(made, folder)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})",
            place=str(folder),
            hint="close the file in Excel if it is open, or choose another folder with -o",
        ) from error


def bundle(project: Project, *, purpose: Purpose = "team", today: date | None = None) -> Bundle:
    """Everything that exporters need, from one state of the store.

    Args:
        project: to export.
        purpose: for whom; who did not agree to it is left out of everything.
        today: the day on which what participants agreed to must hold; the present one unless given.

    Raises:
        NotEnoughData: there are no segments.
        NotAllowed: nobody agreed to the purpose.
        ImporterError: `consent.csv` is faulty.
    """
    codebook = project.codebook
    consenting.take(project)
    with project.store.reading() as connection:
        everything = corpus.segments(connection)
        transcripts = {transcript.id: transcript for transcript in corpus.transcripts(connection)}
        cases, programmes = corpus.cases(connection), corpus.programmes(connection)
        machine = codings.latest_machine(connection)
        proposals = codings.proposals(connection, machine) if machine else []
        decisions = codings.decisions(connection)
        coders = codings.coders(connection)
        places = frames.segments(connection)
        batch, themes = stored_themes.latest(connection)
        last = releasing.last_change(events.all_events(connection))
        runs = [run for run in codings.runs(connection) if run.coder == machine]
        standing = frames.standing(decisions)
        elsewhere = {key[0] for key in standing.judged} - {segment.id for segment in everything}
        selected = corpus.segments(connection, current=False, ids=sorted(elsewhere))
        agreed = consenting.agreed(project, connection, transcripts.values(), today)
        stands = releasing.standing(connection, transcripts.values())
        trusted = choosing.trusted(connection, codebook, machine)
    if not everything:
        hint = "qualcode segment" if transcripts else "qualcode import FOLDER"
        raise NotEnoughData("the project has no passages to export", needed=1, found=0, hint=hint)
    segments = [segment for segment in everything if agreed.admits(segment, purpose)]
    if not segments:
        what = "nobody takes part" if purpose == "team" else f"nobody agreed to {purpose}"
        raise NotAllowed(what, place=CONSENTS, hint="qualcode consent shows what holds")
    units = {segment.id for segment in segments}
    quoted = {s.id: s for s in (*segments, *selected) if agreed.admits(s, purpose)}
    readable = {id_ for id_, segment in quoted.items() if agreed.may_read(segment)}
    places = places[places["segment"].isin(quoted.keys())]
    proposals = [coding for coding in proposals if coding.segment in readable]
    standing = _of_those(standing, coders, quoted.keys() | transcripts.keys(), readable)
    unread = {segment.id for segment in everything} - units | (units - readable)
    if any(id_ in unread for theme in themes for id_ in theme.segments):
        # Their words are in the model: it must be made anew without them.
        batch, themes = _STALE, []
    judged_by_people = [key for key in standing.judged if coders[key[1]].kind == "human"]
    people = {(segment, code) for segment, _, code in judged_by_people}
    # What people decided on an earlier segmentation, or on a selection, decides on the units under it as well.
    elsewhere_judged = [
        Coding("", segment, code, coder)
        for segment, coder, code in judged_by_people
        if segment not in units and segment in quoted
    ]
    people |= {(coding.segment, coding.code) for coding in onto(elsewhere_judged, quoted, segments).codings}
    for judgement, code, found in frames.spread_out(standing, quoted, segments):
        if coders[judgement.coder].kind == "human":
            people |= {(segment, code) for segment in (*found.absent, *(c.segment for c in found.present))}
    # A tagger that learned from what was said blind agrees with it by itself: only who saw its proposals judged them.
    learned = choosing.is_trained(machine)
    shown = {(k[0], k[2]) for k in judged_by_people if not standing.judged[k].blind} if learned else people
    proposed = {(coding.segment, coding.code) for coding in proposals}
    said_by_people = [coding for key, coding in standing.codings.items() if coders[key[1]].kind == "human"]
    imported_machines = [coding for key, coding in standing.codings.items() if coders[key[1]].kind == "machine"]
    open_proposals = [c for c in proposals if (c.segment, c.code) not in people]
    row = Rows(
        codebook,
        transcripts,
        cases,
        quoted,
        {id_: coder.kind for id_, coder in coders.items()},
        agreed,
        stands,
    )
    reviewed = [
        row(coding, "kept" if (coding.segment, coding.code) in proposed & shown else "added")
        for coding in said_by_people
    ]
    unreviewed = [row(coding, "proposed") for coding in open_proposals]
    unreviewed += [row(c, "imported") for c in imported_machines if (c.segment, c.code) not in people]
    universe, reports = _universe(places)
    counted_units = set(universe["segment"])
    participants = [segment for segment in segments if segment.id in counted_units]
    counted_codings, lost = _on_units((*said_by_people, *open_proposals), quoted, segments)
    # A person who selected the very words under a proposal has found the code there, as one who kept it has.
    found_too = {(coding.segment, coding.code) for coding in _on_units(said_by_people, quoted, segments)[0]}
    kept = len(shown & proposed & found_too)
    counted = _counted(counted_codings, counted_units)
    theirs, theirs_lost = _on_units(imported_machines, quoted, segments)
    by_import = {coder: _counted(made, counted_units) for coder, made in _by_coder(theirs).items()}
    applied = {coding.code for coding in (*said_by_people, *imported_machines)}
    counted_codes = [code.id for code in codebook.counted(applied)]
    covered = {coding.segment for coding in (*counted_codings, *theirs)} & counted_units
    in_reports = [c for c in (*counted_codings, *theirs) if c.segment not in counted_units]
    said = set(universe["transcript"])
    themed = [excerpting.theme_quotes(theme, row) for theme in themes]
    shown_segments = [entry["segment"] for entry in (*reviewed, *unreviewed)]
    sources = excerpting.sources([*shown_segments, *(id_ for entry in themed for id_ in entry.segments)], row)
    left_out = {s.transcript for s in everything} - {s.transcript for s in segments}
    return Bundle(
        title=project.settings.title or project.folder.resolve().name,
        note=project.settings.note,
        codebook=codebook,
        excerpts=excerpting.frame(reviewed),
        unreviewed=excerpting.frame(unreviewed),
        evidence=excerpting.evidence((*said_by_people, *open_proposals, *imported_machines), row),
        prevalence=prevalence.by_programme(counted, universe, counted_codes),
        imported={coder: prevalence.by_programme(made, universe, counted_codes) for coder, made in by_import.items()},
        segments=universe,
        programmes=programmes,
        attributes=_programme_table(universe, quoted, programmes),
        themes=tuple(themed),
        no_themes="" if themes else _why_no_themes(batch),
        counts={
            "transcripts": len(said),
            "cases": int(universe["case"].fillna(universe["transcript"]).nunique()),
            "words": sum(len(segment.text.split()) for segment in participants),
            "segments": len(participants),
            "covered": len(covered),
            "proposals": len(proposals),
            "kept": kept,
            "rejected": len(shown & proposed) - kept,
            "added": sum(entry["status"] == "added" for entry in reviewed),
            "abstained": _abstained(project, runs, counted_units & readable),
            "not_counted": lost + theirs_lost,
            "reports": reports,
            "imported": len(imported_machines),
            "in_reports": len({(coding.segment, coding.code) for coding in in_reports}),
        },
        about={
            "made_at": acts.now(),
            "approach": project.settings.approach,
            "tagger": machine or "",
            "runs": [run.id for run in runs],
            "codebook": codebook.id,
            "codebook_version": codebook.version,
            "seed": project.settings.seed,
            "versions": acts.versions(),
            "corpus_hash": hashlib.sha256(
                "".join(sorted(t.source_hash for t in transcripts.values() if t.id not in left_out)).encode()
            ).hexdigest(),
            "event": last.id if last else 0,
            "event_hash": last.hash if last else "",
            "deidentified": all(source.standing in RELEASABLE for source in sources.values()),
            "texts": dict(sorted(Counter(stands[text] for text in {s.transcript for s in segments}).items())),
            "purpose": purpose,
            "consent": agreed.told(everything, purpose),
        },
        literature=literature.read(project.literature),
        purpose=purpose,
        consent=agreed.told(everything, purpose),
        trust=trusted,
        sources=sources,
    )


def _of_those(standing: Standing, coders: Mapping[str, Coder], judged: Set[str], readable: Set[str]) -> Standing:
    """What stands on these segments and whole texts; of machines, on what they may read."""

    def kept(segment: str, coder: str) -> bool:
        return segment in judged and (coders[coder].kind == "human" or segment in readable)

    return Standing(
        {key: judgement for key, judgement in standing.judged.items() if kept(*key[:2])},
        {key: coding for key, coding in standing.codings.items() if kept(*key[:2])},
    )


def _universe(places: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The segments that are counted, and how many reports are not: an author's words are no participant's."""
    current = places[places["current"].astype(bool)]
    authors = current["role"] == "author"
    if authors.all():
        return current, 0
    return current[~authors], int(current.loc[authors, "transcript"].nunique())


def _by_coder(made: Sequence[Coding]) -> dict[str, list[Coding]]:
    grouped: dict[str, list[Coding]] = {}
    for coding in made:
        grouped.setdefault(coding.coder, []).append(coding)
    return dict(sorted(grouped.items()))


def _counted(made: Sequence[Coding], units: Set[str]) -> pd.DataFrame:
    rows = [(c.segment, c.code, c.facets.get("polarity", "")) for c in made if c.segment in units]
    return pd.DataFrame(rows, columns=["segment", "code", "polarity"]).drop_duplicates()


def _on_units(
    made: Sequence[Coding], quoted: Mapping[str, Segment], segments: list[Segment]
) -> tuple[list[Coding], int]:
    """Codings on the units that are counted, free selections carried onto them; and how many found no unit."""
    current = {segment.id for segment in segments}
    own = [coding for coding in made if coding.segment in current]
    free = [coding for coding in made if coding.segment not in current]
    carried = onto(free, quoted, segments)
    return [*own, *carried.codings], len(carried.lost)


def _programme_table(
    universe: pd.DataFrame, quoted: Mapping[str, Segment], programmes: Mapping[str, Programme]
) -> pd.DataFrame:
    own = universe.assign(
        programme=universe["programme"].fillna(NOT_STATED).replace("", NOT_STATED),
        case=universe["case"].fillna(universe["transcript"]),
        words=[len(quoted[segment].text.split()) for segment in universe["segment"]],
    )
    kinds = own.drop_duplicates("transcript").groupby(["programme", "kind"]).size()
    table = own.groupby("programme", as_index=False).agg(
        participants=("case", "nunique"),
        transcripts=("transcript", "nunique"),
        segments=("segment", "nunique"),
        words=("words", "sum"),
    )
    table["kinds"] = [_named(kinds[programme]) for programme in table["programme"]]
    return table


def _named(kinds: pd.Series[int]) -> str:
    """`4 interviews, 30 feedback responses`."""
    several = {"feedback": "feedback responses", "diary": "diaries", "focus_group": "focus groups"}
    one = {"feedback": "feedback response", "focus_group": "focus group"}
    parts = [(str(kind), int(count)) for kind, count in kinds.sort_index(ascending=False).items()]
    return ", ".join(
        f"{count:,} {one.get(kind, kind) if count == 1 else several.get(kind, kind + 's')}" for kind, count in parts
    )


def _why_no_themes(batch: str) -> str:
    if batch == _STALE:
        return "those that were found rest on texts that are left out here, or that no machine may read"
    return "too few uncovered passages, or no group of them that several people stand behind" if batch else ""


def _abstained(project: Project, runs: list[Any], units: set[str]) -> int:
    total = 0
    for run in runs:
        path = project.runs / run.id / "proposals.parquet"
        if path.exists():
            cells = pd.read_parquet(path, columns=["segment", "state"])
            total += int(((cells["state"] == NOT_JUDGED) & cells["segment"].isin(units)).sum())
    return total
