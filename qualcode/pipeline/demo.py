"""`qualcode demo`: the main job on the synthetic corpus that comes with qualcode."""

from __future__ import annotations

from pathlib import Path

from qualcode import resources
from qualcode.coding import Coder
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.run import RunSummary, run

CORPUS, CODEBOOK = "corpora/demo", "codebooks/peer_support.yaml"
GOLD = "corpora/demo_gold/adjudicated.csv"
CODER = Coder("demo_gold", "machine")
"""The language models that coded the corpus; their codings are shown apart from the tagger's."""
LITERATURE = ("corpora/programmes.csv", "corpora/effects.csv")


def demo(folder: Path, *, progress: Progress = acts.silent) -> RunSummary:
    """Run the pipeline on the demo corpus; raises as `run` does."""
    literature = [resources.path(table) for table in LITERATURE]
    return run(
        resources.path(CORPUS),
        folder,
        resources.path(CODEBOOK),
        literature=literature,
        codings=[(resources.path(GOLD), CODER)],
        progress=progress,
    )
