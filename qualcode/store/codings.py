"""Write and read coders, machine runs, codings and judgements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.codebook import Codebook
from qualcode.coding import PRESENT, Coder, Coding, Judged, Proposals, Run, Sample
from qualcode.private import private
from qualcode.store import corpus, schema, undoing
from qualcode.store.marks import mark, set_mark

TAGGER = "tagger"


def add_coder(connection: Connection, coder: Coder) -> None:
    """Make a coder known; nothing happens if it is."""
    values = {"id": coder.id, "kind": coder.kind, "version": coder.version}
    connection.execute(insert(schema.coders).values(**values).on_conflict_do_nothing())


def add_run(
    connection: Connection, run: Run, codings: Sequence[Coding], segments: Sequence[str], codebook: Codebook
) -> None:
    """Add a machine's pass: its proposals, and which segments it passed over."""
    connection.execute(
        schema.runs.insert().values(
            id=run.id,
            coder=run.coder,
            codebook_version=run.codebook_version,
            codes=list(run.codes),
            segments=run.segments,
            floor=run.floor,
            threshold=run.threshold,
            seed=run.seed,
            versions=dict(run.versions),
            made_at=run.made_at,
            thresholds={code: list(three) for code, three in run.thresholds.items()},
        )
    )
    if segments:
        rows = [{"segment": segment, "coder": run.coder, "run": run.id} for segment in segments]
        connection.execute(insert(schema.tagged).on_conflict_do_nothing(), rows)
    _add(connection, codings, {code.id: code.hash for code in codebook}, run=run.id)


def add_judgements(
    connection: Connection, decisions: Iterable[tuple[Judged, Sequence[Coding]]], codebook: Codebook
) -> int:
    """Append a person's judgements, each with the codings that it made; returns how many judgements."""
    hashes = {code.id: code.hash for code in codebook}
    count = 0
    for judged, codings in decisions:
        append(connection, judged, codings, hashes)
        count += 1
    return count


def append(connection: Connection, judged: Judged, codings: Sequence[Coding], hashes: Mapping[str, str]) -> int:
    """Append one judgement with its codings; `hashes` says what each code meant then. Returns its number."""
    result = connection.execute(
        schema.judged.insert().values(
            segment=judged.segment,
            coder=judged.coder,
            codes=list(judged.codes),
            blind=judged.blind,
            sample=judged.sample,
            probability=judged.probability,
            made_at=judged.made_at,
        )
    )
    number = int(result.inserted_primary_key[0])  # type: ignore[index]
    _add(connection, codings, hashes, judged=number)
    return number


def declare_again(connection: Connection, transcript: str, other: str) -> int:
    """Append under another text what coders declared of a whole one, at the same time; returns how many times."""
    whole = select(schema.judged).where(schema.judged.c.segment == transcript).order_by(schema.judged.c.id)
    declared = [judged_of(row) for row in connection.execute(whole).mappings()]
    for judged in declared:
        append(connection, replace(judged, segment=other), (), {})
    return len(declared)


def add_sample(connection: Connection, sample: Sample) -> None:
    """Keep a sample's units and probabilities; the same sample drawn again changes nothing."""
    values = {
        "id": sample.id,
        "purpose": sample.purpose,
        "seed": sample.seed,
        "segments": list(sample.segments),
        "probabilities": list(sample.probabilities),
    }
    connection.execute(insert(schema.samples).values(**values).on_conflict_do_nothing())


def samples(connection: Connection) -> dict[str, Sample]:
    """All samples by id."""
    rows = connection.execute(select(schema.samples)).mappings()
    return {
        row["id"]: Sample(row["id"], tuple(row["segments"]), tuple(row["probabilities"]), row["purpose"], row["seed"])
        for row in rows
    }


def coders(connection: Connection) -> dict[str, Coder]:
    """All coders by id."""
    return {row.id: Coder(row.id, row.kind, row.version) for row in connection.execute(select(schema.coders))}


def runs(connection: Connection) -> list[Run]:
    """All machine passes, oldest first."""
    rows = connection.execute(select(schema.runs).order_by(schema.runs.c.made_at, schema.runs.c.id)).mappings()
    return [
        Run(
            **{
                **row,
                "codes": tuple(row["codes"]),
                "thresholds": {code: (low, at, high) for code, (low, at, high) in row["thresholds"].items()},
            }
        )
        for row in rows
    ]


def tagged(connection: Connection, coder: str) -> set[str]:
    """Segments that this machine has passed over."""
    return set(connection.execute(select(schema.tagged.c.segment).where(schema.tagged.c.coder == coder)).scalars())


def latest_machine(connection: Connection) -> str | None:
    """The tagger in force: the one that `tag` used last, or None."""
    return mark(connection, TAGGER)


def set_machine(connection: Connection, coder: str) -> bool:
    """Make a tagger the one in force; False if it is already."""
    if latest_machine(connection) == coder:
        return False
    set_mark(connection, TAGGER, coder)
    return True


def proposals(connection: Connection, coder: str, *, current: bool = True) -> list[Coding]:
    """A machine's codings, on current segments unless those on all are asked for."""
    c, s = schema.codings.c, schema.segments.c
    query = select(schema.codings).join(schema.segments, c.segment == s.id).where(c.coder == coder)
    if current:
        query = query.where(s.current)
    return [coding_of(row) for row in connection.execute(query.order_by(c.segment, c.code)).mappings()]


def proposals_by_run(connection: Connection) -> dict[str, set[tuple[str, str]]]:
    """(segment, code) that each machine's pass proposed."""
    c = schema.codings.c
    found: dict[str, set[tuple[str, str]]] = {}
    for run, segment, code in connection.execute(select(c.run, c.segment, c.code).where(c.run.is_not(None))):
        found.setdefault(run, set()).add((segment, code))
    return found


def decisions(
    connection: Connection, *, current: bool = True, undone: bool = False
) -> list[tuple[Judged, tuple[Coding, ...]]]:
    """Judgements in the order they were made, each with the codings that it made.

    By their times, not by their numbers: what another laptop merged in late may have been said early.
    With `current`, those on texts that a later version replaced are left out: they stand on that one, or are queued.
    What was taken back is left out, unless `undone` asks for it: it decides nothing, but it has been said.
    """
    made: dict[int, list[Coding]] = {}
    c = schema.codings.c
    for row in connection.execute(select(schema.codings).where(c.judged.is_not(None)).order_by(c.id)).mappings():
        made.setdefault(row["judged"], []).append(coding_of(row))
    query = select(schema.judged).order_by(schema.judged.c.made_at, schema.judged.c.id)
    if current:
        old = select(schema.segments.c.id).where(schema.segments.c.transcript.in_(corpus.replaced()))
        query = query.where(schema.judged.c.segment.not_in(old))
    if not undone:
        query = query.where(schema.judged.c.id.not_in(undoing.undone()))
    rows = connection.execute(query).mappings()
    return [(judged_of(row), tuple(made.get(row["id"], ()))) for row in rows]


def meant_otherwise(connection: Connection, hashes: Mapping[str, str]) -> dict[str, str]:
    """When people last used each of these codes in another meaning than its present hash, where they did."""
    c = schema.codings.c
    query = select(c.code, c.code_hash, func.max(c.made_at)).where(c.judged.is_not(None), c.code_hash != "")
    found: dict[str, str] = {}
    for code, then, at in connection.execute(query.group_by(c.code, c.code_hash)):
        if hashes.get(code, then) != then:
            found[code] = max(found.get(code, ""), at)
    return found


@private()
def write_scores(path: Path, proposals: Proposals) -> None:
    """All cells of a run, also absent and abstained ones, as Parquet: segment, code, raw_score, score, state, settled.

    Where nothing was calibrated `score` is empty, and no cell is settled. `whole` is the segment's own.
    """
    rows, columns = proposals.raw_score.shape
    frame = pd.DataFrame(
        {
            "segment": np.repeat(np.array(proposals.segments, dtype=object), columns),
            "code": pd.Categorical.from_codes(
                np.tile(np.arange(columns), rows).tolist(), pd.Index(list(proposals.codes))
            ),
            "raw_score": proposals.raw_score.ravel(),
            "score": np.full(rows * columns, np.nan, np.float32)
            if proposals.score is None
            else proposals.score.ravel(),
            "state": proposals.state.ravel(),
            "settled": False if proposals.settled is None else proposals.settled.ravel(),
            "whole": False if proposals.whole is None else np.repeat(proposals.whole, columns),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    frame.to_parquet(unfinished, index=False)
    os.replace(unfinished, path)


def read_scores(path: Path) -> pd.DataFrame | None:
    """What `write_scores` wrote; None where it is damaged, or withdrawn whole."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError, KeyError):
        return None


def cells(path: Path) -> set[tuple[str, str]] | None:
    """(segment, code) of the present cells in a run's file; None where it is damaged."""
    try:
        frame = pd.read_parquet(path, columns=["segment", "code", "state"])
    except (OSError, ValueError, KeyError):  # pyarrow's own errors are of these kinds
        return None
    present = frame[frame["state"] == PRESENT]
    return set(zip(present["segment"], present["code"].astype(str), strict=True))


def _add(
    connection: Connection,
    codings: Sequence[Coding],
    hashes: Mapping[str, str],
    *,
    judged: int | None = None,
    run: str | None = None,
) -> None:
    rows = [
        {
            "id": coding.id,
            "segment": coding.segment,
            "code": coding.code,
            "code_hash": hashes.get(coding.code, ""),
            "coder": coding.coder,
            "judged": judged,
            "run": run,
            "facets": dict(coding.facets),
            "evidence": [list(span) for span in coding.evidence],
            "clause": coding.clause,
            "raw_score": coding.raw_score,
            "score": coding.score,
            "made_at": coding.made_at,
        }
        for coding in codings
    ]
    if rows:
        connection.execute(schema.codings.insert(), rows)


def judged_of(row: RowMapping) -> Judged:
    """The judgement of a row of `judged`."""
    return Judged(
        row["segment"],
        row["coder"],
        tuple(row["codes"]),
        row["blind"],
        row["sample"],
        row["probability"],
        row["made_at"],
    )


def coding_of(row: RowMapping) -> Coding:
    """The coding of a row of `codings`."""
    evidence = tuple((start, end) for start, end in row["evidence"])
    scores = (row["raw_score"], row["score"])
    return Coding(
        row["id"],
        row["segment"],
        row["code"],
        row["coder"],
        row["facets"],
        evidence,
        row["clause"],
        *scores,
        row["made_at"],
    )
