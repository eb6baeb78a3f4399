"""`make benchmark-demo`: precision and recall of the proposals on the demo corpus, by code, against its gold.

The corpus and its gold were written by language models: scores on them say nothing about accuracy on real people.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from qualcode import resources
from qualcode.coding import Coder, onto
from qualcode.pipeline.demo import demo
from qualcode.pipeline.import_codings import import_codings
from qualcode.project import Project
from qualcode.store import codings, corpus, frames


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo"
        demo(place)
        with Project.open(place) as project:
            import_codings(
                project, resources.path("corpora/demo_gold/adjudicated.csv"), Coder("gold", "machine", "imported")
            )
            with project.store.reading() as connection:
                segments = corpus.segments(connection)
                proposals = codings.proposals(connection, str(codings.latest_machine(connection)))
                gold = frames.standing(codings.decisions(connection)).codings.values()
                quoted = {s.id: s for s in corpus.segments(connection, current=False, ids=[c.segment for c in gold])}
            codes = [code.id for code in project.codebook.active]
    carried = onto(gold, quoted, segments)
    truth = {(coding.segment, coding.code): coding.facets.get("polarity") for coding in carried.codings}
    found = {(coding.segment, coding.code): coding.facets.get("polarity") for coding in proposals}
    print(f"{len(segments)} passages, {len(truth)} gold cells, {len(carried.lost)} gold codings lost")
    print("| code | gold | proposed | right | precision | recall | polarity right |")
    print("|---|---|---|---|---|---|---|")
    for code in [*codes, "all"]:
        want = {cell for cell in truth if code in (cell[1], "all")}
        have = {cell for cell in found if code in (cell[1], "all")}
        both = want & have
        polarity = sum(truth[cell] == found[cell] for cell in both)
        print(
            f"| {code} | {len(want)} | {len(have)} | {len(both)} | {len(both) / max(1, len(have)):.2f} | "
            f"{len(both) / max(1, len(want)):.2f} | {polarity} of {len(both)} |"
        )


if __name__ == "__main__":
    main()
