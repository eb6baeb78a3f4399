"""The law of merging: what two laptops say comes to what one would have said, in any order and however often."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.coding import Coder, Coding, Judged
from qualcode.pipeline import importing, segmenting
from qualcode.pipeline import init as initial
from qualcode.project import Project
from qualcode.settings import allow_identified
from qualcode.store import codings, corpus
from tests.invented import P01, P02, tables, write_files
from tests.laptops import brought, said, standing

CODES = ("isolation", "listening", "paperwork")


@dataclass(frozen=True)
class Act:
    """Something that somebody says, on one laptop or on both (copies of one project hold the same)."""

    number: int
    segment: int
    coder: str
    judged: tuple[str, ...]
    present: tuple[str, ...]
    blind: bool
    where: str


_acts = st.lists(
    st.builds(
        lambda segment, coder, states, blind, where: (segment, coder, states, blind, where),
        st.integers(0, 5),
        st.sampled_from(["anna", "bea", "cy"]),
        st.dictionaries(st.sampled_from(CODES), st.booleans(), min_size=1),
        st.booleans(),
        st.sampled_from(["left", "right", "both"]),
    ),
    max_size=8,
).flatmap(lambda drawn: st.permutations(range(len(drawn))).map(lambda times: _timed(drawn, times)))


def _timed(drawn: Sequence[tuple], times: Sequence[int]) -> list[Act]:
    return [
        Act(at, segment, coder, tuple(sorted(states)), tuple(sorted(c for c in states if states[c])), blind, where)
        for (segment, coder, states, blind, where), at in zip(drawn, times, strict=True)
    ]


def _act(project: Project, acts: Sequence[Act]) -> None:
    with project.store.writing() as connection:
        segments = corpus.segments(connection)
        for act in acts:
            segment = segments[act.segment]
            at = f"2025-01-01T00:00:{act.number:02}"
            codings.add_coder(connection, Coder(act.coder, "human"))
            judged = Judged(segment.id, act.coder, act.judged, act.blind, "a_1", 0.5, at)
            made = [
                Coding(f"c_{act.number}_{code}", segment.id, code, act.coder, {"polarity": "mixed"}, made_at=at)
                for code in act.present
            ]
            codings.add_judgements(connection, [(judged, made)], project.codebook)


@pytest.fixture(scope="module")
def laptops(tmp_path_factory: pytest.TempPathFactory, codebook_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("laptops")
    raw = write_files(folder / "raw", {"P01.txt": P01, "P02.txt": P02})
    for name in ("left", "right", "one"):
        with initial.init(folder / name / "p", codebook_file) as made:
            importing.import_files(made, raw)
            segmenting.segment(made)
        allow_identified(folder / name / "p" / "qualcode.toml")
    return folder


@settings(max_examples=15, deadline=None)
@given(_acts, st.sampled_from([("left", "right"), ("right", "left")]))
def test_what_two_laptops_say_comes_to_what_one_would_have_said(
    laptops: Path, acts: list[Act], order: tuple[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as here:
        folder = Path(here)
        for name in ("left", "right", "one"):
            shutil.copytree(laptops / name, folder / name)
        opened = {name: Project.open(folder / name / "p") for name in ("left", "right", "one")}
        for name in ("left", "right"):
            _act(opened[name], [act for act in acts if act.where in (name, "both")])
        _act(opened["one"], acts)
        first, second = opened[order[0]], opened[order[1]]
        brought(first, second)
        brought(second, first)
        assert said(first) == said(second) == said(opened["one"])
        assert standing(first) == standing(second) == standing(opened["one"])
        with first.store.reading() as a, second.store.reading() as b:
            assert codings.coders(a) == codings.coders(b)
        before = [tables(project.store.path) for project in (first, second)]
        for source, target in ((first, second), (second, first), (opened["one"], first)):
            assert {**brought(source, target).new, "codebook versions": 0} == {"codebook versions": 0}
        after = [tables(project.store.path) for project in (first, second)]
        for name in ("judged", "codings", "segments", "coders", "samples", "transcripts", "cases"):
            assert [kept[name] for kept in before] == [kept[name] for kept in after]
        for project in opened.values():
            project.close()
