"""`qualcode demo`: the main job on the synthetic corpus that comes with qualcode."""

from __future__ import annotations

from pathlib import Path

from qualcode import resources
from qualcode.coding import Coder
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.init import init
from qualcode.pipeline.run import RunSummary, run
from qualcode.project import SETTINGS
from qualcode.settings import allow_identified

CORPUS, CODEBOOK = "corpora/demo", "codebooks/peer_support.yaml"
GOLD = "corpora/demo_gold/adjudicated.csv"
CODER = Coder("demo_gold", "machine")
"""The language models that coded the corpus; their codings are shown apart from the tagger's."""
TITLE = "Four ways of peer support: a demonstration"
NOTE = """\
Nobody here exists. The people, the programmes and every word were invented by language models, and so were the \
codings. \
Two models coded all texts without seeing each other's work, and a third decided where they differed. Their agreement \
(alpha 0.76 to 1.00 by code) is that of siblings. Nothing in this report is evidence about families or peer support.

Read it for three things. A code is more than its name: of those who speak of isolation many deny it, and for some \
it is relieved. What helps in one programme is trouble in another: look at conflict in Small Hours, stigma and \
boundaries in Front Room, distress in Lantern Line. And what the sources of published programmes do not state \
(supervision, payment, number of contacts) is itself a finding."""
LITERATURE = ("corpora/programmes.csv", "corpora/effects.csv")


def demo(folder: Path, *, progress: Progress = acts.silent) -> RunSummary:
    """Run the pipeline on the demo corpus; raises as `run` does."""
    if not (folder / SETTINGS).exists():
        literature = [resources.path(table) for table in LITERATURE]
        init(folder, resources.path(CODEBOOK), literature, title=TITLE, note=NOTE, cloud_ok=True).close()
        # Everybody in it is invented: what is done with the project later may quote them as well.
        allow_identified(folder / SETTINGS)
    return run(
        resources.path(CORPUS),
        folder,
        resources.path(CODEBOOK),
        codings=[(resources.path(GOLD), CODER)],
        cloud_ok=True,  # nobody in it exists
        progress=progress,
    )
