"""What tests of several laptops share: carrying packs, and what was said by words instead of by a project's ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qualcode.formats import pack as packs
from qualcode.formats.pack import Decision
from qualcode.pipeline.merging import MergeSummary, merge
from qualcode.pipeline.packing import pack
from qualcode.project import Project
from qualcode.store import codings, exchange, frames

Make = Callable[..., Project]


def brought(source: Project, target: Project | Path, **options: str) -> MergeSummary:
    """Pack one project and merge it into another."""
    folder = target.folder if isinstance(target, Project) else target
    path = source.folder.parent / f"{folder.parent.name}.qualpack"
    pack(source, path, **{"identified_ok": True, **options})
    return merge(folder, path)


def said(project: Project) -> list[str]:
    """All judgements, by words and spans instead of the project's own ids."""
    with project.store.reading() as connection:
        words = {known.id: f"{known.sha256}{known.place}" for known in exchange.known(connection)}
        return sorted(packs.digest(_by_words(one, words)) for one in exchange.decisions(connection))


def _by_words(decision: Decision, words: dict[str, str]) -> Decision:
    transcript, _, rest = decision.judged.segment.partition(":")
    place = f"{words[transcript]}:{rest}"
    made = tuple(replace(coding, segment=place) for coding in decision.codings)
    return Decision(replace(decision.judged, segment=place), made, decision.hashes)


def standing(project: Project) -> dict[tuple[str, str, str], tuple[bool, str]]:
    """What stands, by place, coder and code: whether it is present, and since when."""
    with project.store.reading() as connection:
        words = {known.id: f"{known.sha256}{known.place}" for known in exchange.known(connection)}
        stands = frames.standing(codings.decisions(connection))
        at = exchange.places(connection, [segment for segment, _, _ in stands.judged])

    def where(segment: str) -> str:
        transcript, _, span = at[segment].place.partition(":")
        return f"{words[transcript]}:{span}"

    return {
        (where(segment), who, code): ((segment, who, code) in stands.codings, judged.made_at)
        for (segment, who, code), judged in stands.judged.items()
    }
