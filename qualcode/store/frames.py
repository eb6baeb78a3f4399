"""Tidy frames out of the store, for statistics, exports and notebooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, select

from qualcode.coding import NOT_JUDGED, Coding, Judged, Spread, spread
from qualcode.corpus import Segment
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


def spread_out(
    standing: Standing, quoted: Mapping[str, Segment], current: Iterable[Segment]
) -> list[tuple[Judged, str, Spread]]:
    """What judgements on whole transcripts say of the segments in force: (judgement, code, its spread).

    A decision of the same coder on the same code and segment itself wins over what is derived here.

    Args:
        standing: decisions that stand.
        quoted: the segments that codings stand on, by id.
        current: the segments in force.
    """
    by_transcript: dict[str, list[Segment]] = defaultdict(list)
    for segment in current:
        by_transcript[segment.transcript].append(segment)
    coded: dict[tuple[str, str, str], list[Coding]] = defaultdict(list)
    for (segment_id, coder, code), coding in standing.codings.items():
        if segment_id in quoted:
            coded[quoted[segment_id].transcript, coder, code].append(coding)
    found = []
    for (transcript, coder, code), judged in standing.judged.items():
        targets = [
            segment for segment in by_transcript.get(transcript, ()) if (segment.id, coder, code) not in standing.judged
        ]
        if targets:
            found.append((judged, code, spread(coded[transcript, coder, code], quoted, targets)))
    return found


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
    stands = standing(stored.decisions(connection))
    present = list(stands.codings.values())
    for _, _, found in _whole(connection, stands):
        present += found.present
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
    stands = standing(stored.decisions(connection))
    whole = set(connection.execute(select(schema.transcripts.c.id)).scalars())
    rows = [
        (segment, coder, code, judgement.blind, judgement.sample, _weight(judgement))
        for (segment, coder, code), judgement in stands.judged.items()
        if segment not in whole
    ]
    for judgement, code, found in _whole(connection, stands):
        decided = dict.fromkeys([*(coding.segment for coding in found.present), *found.absent])
        rows += [(segment, judgement.coder, code, judgement.blind, None, 1.0) for segment in decided]
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


def _weight(judgement: Judged) -> float:
    """One over the chance of having been drawn; 0 for what was chosen to be asked, which speaks for nothing else."""
    if judgement.probability:
        return 1.0 / judgement.probability
    return 1.0 if judgement.sample is None else 0.0


def _whole(connection: Connection, stands: Standing) -> list[tuple[Judged, str, Spread]]:
    """`spread_out` of what is stored; nothing is read where nobody has declared a transcript completely coded."""
    transcripts = set(connection.execute(select(schema.transcripts.c.id)).scalars())
    if not any(segment in transcripts for segment, _, _ in stands.judged):
        return []
    wanted = {segment for segment, _, _ in stands.codings}
    quoted = {segment.id: segment for segment in corpus.segments(connection, current=False, ids=wanted)}
    return spread_out(stands, quoted, corpus.segments(connection))


def _machines(connection: Connection) -> list[str]:
    """The latest tagger, and every machine whose codings were brought in as judgements are already counted there."""
    latest = stored.latest_machine(connection)
    return [latest] if latest else []
