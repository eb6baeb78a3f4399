"""`make benchmark-facets`: facets by rule and as learned: on the demo gold with people left out, and on minimal pairs.

Both sets were written and coded by language models: the figures tell whether the tool works, not how well it would do
on real people. The minimal pairs are a test and never trained on. About half of the demo corpus was read for the rules.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks.facets import gold, pairs
from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.coding import Span
from qualcode.encoders.minilm import MiniLM
from qualcode.taggers.definitions import DefinitionTagger
from qualcode.taggers.facet_model import FacetModel, LeftOut, left_out
from qualcode.taggers.training import Training

SEED = 1
RESAMPLES = 1000


def recall(out: LeftOut, answers: list[str], value: str) -> str:
    """Share of a value's codings that are read so, with a 95 % interval that resamples people."""
    groups = int(out.group.max()) + 1
    of, hit = np.zeros(groups), np.zeros(groups)
    for group, said, answer in zip(out.group, out.said, answers, strict=True):
        of[group] += said == value
        hit[group] += said == value == answer
    drawn = np.random.default_rng(SEED).multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES)
    times: NDArray[np.float64] = drawn @ of
    shares = (drawn @ hit)[times > 0] / times[times > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return f"{hit.sum() / of.sum():.2f} [{low:.2f}, {high:.2f}]"


def confusion(facet: str, out: LeftOut) -> None:
    """Print what was read of what people said."""
    values = sorted({*out.said, *out.by_rule, *out.read})
    shown = [value or "(own)" for value in values]
    print(
        f"\n| {facet}, people said | n | recall by rule | recall learned | "
        + " | ".join(f"read {v}" for v in shown)
        + " |"
    )
    print("|---" * (4 + len(values)) + "|")
    for value, name in zip(values, shown, strict=True):
        places = [at for at, said in enumerate(out.said) if said == value]
        if not places:
            continue
        row = [str(sum(out.read[at] == other for at in places)) for other in values]
        print(
            f"| {name} | {len(places)} | {recall(out, out.by_rule, value)} | {recall(out, out.read, value)} | "
            + " | ".join(row)
            + " |"
        )


def on_gold(training: Training, evidence: Mapping[str, Mapping[tuple[int, int], tuple[Span, ...]]]) -> FacetModel:
    """Print agreement on the demo gold with people left out; gives the model of all of it, whatever its check says."""
    codebook = codebooks.load(resources.path("codebooks/peer_support.yaml"))
    print(
        "| facet | evidence | codings | people | right, rule | kappa, rule | right, learned | kappa, learned | kept |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, spans in evidence.items():
        model = FacetModel.fit(training, spans, codebook, seed=SEED, always=True)
        if model is None:
            raise SystemExit("the demo gold has too few facets to try")
        for facet, c in model.checks.items():
            print(
                f"| {facet} | {name} | {c.cells} | {c.groups} | {c.rule_right:.3f} | {c.rule_kappa:.3f} | "
                f"{c.right:.3f} | {c.kappa:.3f} | {'learned' if c.learned else 'rules'} |"
            )
    print("\n`time` is not learned: the two coders agreed on it less than chance would, and the gold leaves it out.")
    for facet, out in left_out(training, spans, codebook, seed=SEED).items():
        confusion(facet, out)
    return model


def main() -> None:
    tagger = DefinitionTagger(codebooks.load(resources.path("codebooks/peer_support.yaml")), encoder=MiniLM())
    training, quoted = gold.training()
    model = on_gold(training, {"quotation": quoted, "tagger's": gold.telling(tagger, training)})
    print("\nMinimal pairs, by rule:\n")
    found = tagger.tag(pairs.segments())
    pairs.table(found)
    print("\nMinimal pairs, facets as learned from the demo gold whatever its check says:\n")
    pairs.table(pairs.relearned(found, pairs.segments(), model))


if __name__ == "__main__":
    main()
