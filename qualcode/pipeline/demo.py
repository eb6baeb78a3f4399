"""`qualcode demo`: the main job on the synthetic corpus that comes with qualcode."""

from __future__ import annotations

from pathlib import Path

from qualcode import resources
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.run import RunSummary, run

CORPUS, CODEBOOK = "corpora/demo", "codebooks/core_five.yaml"


def demo(folder: Path, *, progress: Progress = acts.silent) -> RunSummary:
    """Run the pipeline on the demo corpus; raises as `run` does."""
    return run(resources.path(CORPUS), folder, resources.path(CODEBOOK), progress=progress)
