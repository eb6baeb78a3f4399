"""Tidy frames out of the store, for statistics, exports and notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, select

from qualcode.coding import NOT_JUDGED, Coding, Judged
from qualcode.store import codings as stored
from qualcode.store import corpus, schema

SEGMENT_COLUMNS = ("segment", "transcript", "case", "programme", "kind", "role", "unit", "start", "end", "current")
CODING_COLUMNS = (
    "segment",
    "transcript",
    "case",
    "programme",
    "coder",
    "coder_kind",
    "code",
    "raw_score",
    "score",
    "weight",
)
JUDGED_COLUMNS = ("segment", "coder", "code", "blind", "sample", "weight")


@dataclass(frozen=True, slots=True)
class Standing:
    """What people's judgements come to: the last decision of each coder on each segment and code."""

    judged: Mapping[tuple[str, str, str], Judged]
    """(segment, coder, code) -> the judgement that stands."""
    codings: Mapping[tuple[str, str, str], Coding]
    """Those of them that are present."""


def standing(decisions: Iterable[tuple[Judged, tuple[Coding, ...]]]) -> Standing:
    """Fold decisions, oldest first, into what stands."""
    judged: dict[tuple[str, str, str], Judged] = {}
    present: dict[tuple[str, str, str], Coding] = {}
    for judgement, made in decisions:
        by_code = {coding.code: coding for coding in made}
        for code in judgement.codes:
            key = (judgement.segment, judgement.coder, code)
            judged[key] = judgement
            present.pop(key, None)
            if code in by_code:
                present[key] = by_code[code]
    return Standing(judged, present)


def segments(connection: Connection) -> pd.DataFrame:
    """All segments, current or not, without their words."""
    s, t = schema.segments.c, schema.transcripts.c
    cases = corpus.cases(connection)
    query = select(s.id, s.transcript, s.case, t.programme, t.kind, s.role, s.unit, s.start, s.end, s.current)
    query = query.join_from(schema.segments, schema.transcripts, s.transcript == t.id).order_by(
        t.source, t.row, s.start
    )
    rows = []
    for id_, transcript, case, programme, kind, role, unit, start, end, current in connection.execute(query):
        own = cases.get(case) if case else None
        rows.append(
            (
                id_,
                transcript,
                case,
                programme or (own.programme if own else None),
                kind,
                role,
                unit,
                start,
                end,
                current,
            )
        )
    frame = pd.DataFrame(rows, columns=list(SEGMENT_COLUMNS))
    return frame


def codings(connection: Connection, facets: Iterable[str] = ("polarity", "holder", "time")) -> pd.DataFrame:
    """Present rows of every coder: people's that stand, and the latest machine's."""
    names = list(facets)
    kinds = {coder.id: coder.kind for coder in stored.coders(connection).values()}
    present = list(standing(stored.decisions(connection)).codings.values())
    for machine in _machines(connection):
        present += stored.proposals(connection, machine)
    rows = [
        (c.segment, c.coder, kinds[c.coder], c.code, c.raw_score, c.score, 1.0, *[c.facets.get(name) for name in names])
        for c in present
    ]
    frame = pd.DataFrame(
        rows, columns=["segment", "coder", "coder_kind", "code", "raw_score", "score", "weight", *names]
    )
    places = segments(connection)[["segment", "transcript", "case", "programme"]]
    return frame.merge(places, on="segment", how="left")[[*CODING_COLUMNS, *names]]


def judged(connection: Connection, runs_folder: Path) -> pd.DataFrame:
    """Decisions of every coder: people's that stand, and the latest machine's from its runs' files."""
    rows = [
        (segment, coder, code, judgement.blind, judgement.sample, 1.0 / (judgement.probability or 1.0))
        for (segment, coder, code), judgement in standing(stored.decisions(connection)).judged.items()
    ]
    frames = [pd.DataFrame(rows, columns=list(JUDGED_COLUMNS))]
    machines = set(_machines(connection))
    current = set(connection.execute(select(schema.segments.c.id).where(schema.segments.c.current)).scalars())
    for run in stored.runs(connection):
        path = runs_folder / run.id / "proposals.parquet"
        if run.coder in machines and path.exists():
            cells = pd.read_parquet(path)
            cells = cells[(cells["state"] != NOT_JUDGED) & cells["segment"].isin(current)]
            frames.append(
                pd.DataFrame(
                    {
                        "segment": cells["segment"],
                        "coder": run.coder,
                        "code": cells["code"].astype(str),
                        "blind": True,
                        "sample": None,
                        "weight": 1.0,
                    }
                )
            )
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True)


def _machines(connection: Connection) -> list[str]:
    """The latest tagger, and every machine whose codings were brought in as judgements are already counted there."""
    latest = stored.latest_machine(connection)
    return [latest] if latest else []
