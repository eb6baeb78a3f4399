"""`qualcode export` and `qualcode report`: the bundle, and the files made of it."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import pandas as pd

from qualcode import plugins
from qualcode.analysis import prevalence
from qualcode.analysis.prevalence import NOT_STATED
from qualcode.codebook import Codebook
from qualcode.coding import NOT_JUDGED, Coding, onto
from qualcode.corpus import Case, Programme, Segment, Transcript
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.exporters import Bundle, ThemeQuotes, Written
from qualcode.exporters.bundle import EXCERPT_COLUMNS
from qualcode.pipeline import acts
from qualcode.private import private
from qualcode.project import Project
from qualcode.store import codings, corpus, events, frames
from qualcode.store import themes as stored_themes
from qualcode.synthesis import literature


@private()
def export(project: Project, folder: Path | None = None, made: Bundle | None = None) -> Written:
    """Write excerpts, counts and `run.json`; `made` is a bundle that stands already.

    Raises:
        NotEnoughData: there are no segments.
        ProjectError: the folder cannot be written.
    """
    made = made or bundle(project)
    folder = folder or project.exports
    written = _write(project, "table", made, folder)
    path = folder / "run.json"
    path.write_text(
        json.dumps({"counts": made.counts, **made.about}, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    return Written((*written.files, path), written.losses)


def report(project: Project, folder: Path | None = None, made: Bundle | None = None) -> Written:
    """Write `report.html`; raises as `export` does."""
    return _write(project, "report", made or bundle(project), folder or project.exports)


@private()
def _write(project: Project, name: str, made: Bundle, folder: Path) -> Written:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written: Written = plugins.load("exporters", name)(made, folder)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})",
            place=str(folder),
            hint="close the file in Excel if it is open, or choose another folder with -o",
        ) from error
    return written


def bundle(project: Project) -> Bundle:
    """Everything that exporters need, from one state of the store."""
    codebook = project.codebook
    with project.store.reading() as connection:
        segments = corpus.segments(connection)
        transcripts = {transcript.id: transcript for transcript in corpus.transcripts(connection)}
        cases, programmes = corpus.cases(connection), corpus.programmes(connection)
        machine = codings.latest_machine(connection)
        proposals = codings.proposals(connection, machine) if machine else []
        decisions = codings.decisions(connection)
        coders = codings.coders(connection)
        places = frames.segments(connection)
        batch, themes = stored_themes.latest(connection)
        record = events.all_events(connection)
        runs = [run for run in codings.runs(connection) if run.coder == machine]
        standing = frames.standing(decisions)
        units = {segment.id for segment in segments}
        elsewhere = {key[0] for key in standing.judged} - units
        quoted = {s.id: s for s in (*segments, *corpus.segments(connection, current=False, ids=sorted(elsewhere)))}
    if not segments:
        hint = "qualcode segment" if transcripts else "qualcode import FOLDER"
        raise NotEnoughData("the project has no passages to export", needed=1, found=0, hint=hint)
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
    proposed = {(coding.segment, coding.code) for coding in proposals}
    said_by_people = [coding for key, coding in standing.codings.items() if coders[key[1]].kind == "human"]
    imported_machines = [coding for key, coding in standing.codings.items() if coders[key[1]].kind == "machine"]
    open_proposals = [c for c in proposals if (c.segment, c.code) not in people]
    row = _Rows(codebook, transcripts, cases, quoted, {id_: coder.kind for id_, coder in coders.items()})
    reviewed = [
        row(coding, "kept" if (coding.segment, coding.code) in proposed else "added") for coding in said_by_people
    ]
    unreviewed = [row(coding, "proposed") for coding in open_proposals]
    unreviewed += [row(c, "imported") for c in imported_machines if (c.segment, c.code) not in people]
    universe, reports = _universe(places)
    counted_units = set(universe["segment"])
    participants = [segment for segment in segments if segment.id in counted_units]
    counted_codings, lost = _on_units((*said_by_people, *open_proposals), quoted, segments)
    # A person who selected the very words under a proposal has found the code there, as one who kept it has.
    agreed = {(coding.segment, coding.code) for coding in _on_units(said_by_people, quoted, segments)[0]}
    kept = len(people & proposed & agreed)
    counted = _counted(counted_codings, counted_units)
    theirs, theirs_lost = _on_units(imported_machines, quoted, segments)
    by_import = {coder: _counted(made, counted_units) for coder, made in _by_coder(theirs).items()}
    applied = {coding.code for coding in (*said_by_people, *imported_machines)}
    counted_codes = [code.id for code in codebook.counted(applied)]
    covered = {coding.segment for coding in (*counted_codings, *theirs)} & counted_units
    in_reports = [c for c in (*counted_codings, *theirs) if c.segment not in counted_units]
    said = set(universe["transcript"])
    return Bundle(
        title=project.settings.title or project.folder.resolve().name,
        note=project.settings.note,
        codebook=codebook,
        excerpts=_frame(reviewed),
        unreviewed=_frame(unreviewed),
        evidence=_evidence((*said_by_people, *open_proposals, *imported_machines), quoted),
        prevalence=prevalence.by_programme(counted, universe, counted_codes),
        imported={coder: prevalence.by_programme(made, universe, counted_codes) for coder, made in by_import.items()},
        segments=universe,
        programmes=programmes,
        attributes=_programme_table(universe, quoted, programmes),
        themes=tuple(ThemeQuotes(theme, _theme_quotes(theme.central, quoted, row)) for theme in themes),
        no_themes="" if themes else _why_no_themes(batch),
        counts={
            "transcripts": len(said),
            "cases": int(universe["case"].fillna(universe["transcript"]).nunique()),
            "words": sum(len(segment.text.split()) for segment in participants),
            "segments": len(participants),
            "covered": len(covered),
            "proposals": len(proposals),
            "kept": kept,
            "rejected": len(people & proposed) - kept,
            "added": sum(entry["status"] == "added" for entry in reviewed),
            "abstained": _abstained(project, runs, counted_units),
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
                "".join(sorted(t.source_hash for t in transcripts.values())).encode()
            ).hexdigest(),
            "event": record[-1].id if record else 0,
            "event_hash": record[-1].hash if record else "",
            "deidentified": all(transcripts[s.transcript].deidentified for s in segments),
        },
        literature=literature.read(project.literature),
    )


def _universe(places: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The segments that are counted, and how many reports are not: an author's words are no participant's."""
    current = places[places["current"].astype(bool)]
    authors = current["role"] == "author"
    if authors.all():
        return current, 0
    return current[~authors], int(current.loc[authors, "transcript"].nunique())


class _Rows:
    """Makes an excerpt row of a coding."""

    def __init__(
        self,
        codebook: Codebook,
        transcripts: Mapping[str, Transcript],
        cases: Mapping[str, Case],
        segments: Mapping[str, Segment],
        kinds: Mapping[str, str],
    ) -> None:
        self.codebook, self.transcripts, self.cases, self.segments, self.kinds = (
            codebook,
            transcripts,
            cases,
            segments,
            kinds,
        )

    def programme(self, segment: Segment) -> str | None:
        """The transcript's programme, else its participant's."""
        case = self.cases.get(segment.case or "")
        return self.transcripts[segment.transcript].programme or (case.programme if case else None)

    def __call__(self, coding: Coding, status: str) -> dict[str, Any]:
        segment = self.segments[coding.segment]
        transcript = self.transcripts[segment.transcript]
        evidence = " … ".join(transcript.text[start:end] for start, end in coding.evidence)
        return {
            "status": status,
            "excerpt": segment.text,
            "context": segment.context,
            "code": coding.code,
            "code_label": self.codebook[coding.code].label if coding.code in self.codebook else coding.code,
            "polarity": coding.facets.get("polarity", ""),
            "holder": coding.facets.get("holder", ""),
            "time": coding.facets.get("time", ""),
            "raw_score": coding.raw_score,
            "score": coding.score,
            "evidence": evidence,
            "clause": self.codebook.clause(coding.clause),
            "coder": coding.coder,
            "coder_kind": self.kinds[coding.coder],
            "codebook_version": self.codebook.version,
            "speaker_role": segment.role,
            "case": segment.case,
            "programme": self.programme(segment),
            "study": transcript.study,
            "group": transcript.group,
            "wave": transcript.wave,
            "date": transcript.date,
            "kind": transcript.kind,
            "transcript": segment.transcript,
            "segment": segment.id,
            "start": segment.start,
            "end": segment.end,
            "page": bisect_right(transcript.pages, segment.start) or None,
            "deidentified": {True: "declared", False: "no", None: "not declared"}[transcript.deidentified],
        }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(EXCERPT_COLUMNS))
    return frame.sort_values(["code", "programme", "case", "transcript", "start"], kind="stable", ignore_index=True)


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


def _evidence(made: Any, quoted: Mapping[str, Segment]) -> dict[str, tuple[tuple[int, int], ...]]:
    return {
        f"{c.segment}|{c.code}": tuple(
            (a - quoted[c.segment].start, b - quoted[c.segment].start) for a, b in c.evidence
        )
        for c in made
    }


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


def _theme_quotes(
    central: tuple[str, ...], quoted: Mapping[str, Segment], row: _Rows
) -> tuple[tuple[str, str, str], ...]:
    found = [quoted[id_] for id_ in central if id_ in quoted]
    return tuple((segment.case or segment.transcript, row.programme(segment) or "", segment.text) for segment in found)


def _why_no_themes(batch: str) -> str:
    return "too few uncovered passages, or no group of them that several people stand behind" if batch else ""


def _abstained(project: Project, runs: list[Any], units: set[str]) -> int:
    total = 0
    for run in runs:
        path = project.runs / run.id / "proposals.parquet"
        if path.exists():
            cells = pd.read_parquet(path, columns=["segment", "state"])
            total += int(((cells["state"] == NOT_JUDGED) & cells["segment"].isin(units)).sum())
    return total
