"""`make benchmark-rationales`: do the reasons that the tagger gives lie where people say that the reason lies?

Token F1 of the evidence against the words that people marked, for each response that has the code in people's eyes,
averaged. Beside it as many tokens at random, and the whole response. `--train` scores a fifth of the training part
that was held apart: what is chosen is chosen there, the test part is only reported. The data are not part of this
project; without them this says so and ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from benchmarks.rationales.reading import DATA, Marked, codebook, covered, responses, tokens
from qualcode import nlp
from qualcode.coding import Reason, Span, Tagger
from qualcode.corpus import Segment
from qualcode.encoders.minilm import MiniLM
from qualcode.encoders.remembering import Remembering
from qualcode.taggers.definitions import EVIDENCE_WORDS, DefinitionTagger
from qualcode.taggers.evidence import passages
from qualcode.taggers.training import Training, parted

DRAWS, RESAMPLES, FOLDS, SEED = 20, 2000, 5, 1
ROWS = (
    "four strongest words",
    "sentences that weigh",
    "as many tokens at random",
    "whole response",
)


def main() -> None:
    if not (DATA / "data.csv").exists():
        print("benchmark-rationales needs the public epitome data beside the checkout; they are not there")
        sys.exit(1)
    train, marked, lost = responses("train")
    on = "a fifth of the training part"
    if "--train" in sys.argv:
        fold = parted(train, count=FOLDS, seed=SEED).fold
        place = {int(row): at for at, row in enumerate(np.flatnonzero(fold == 0))}
        marked = [Marked(place[one.row], one.code, one.spans) for one in marked if one.row in place]
        test, train = train.rows(np.flatnonzero(fold == 0)), train.rows(np.flatnonzero(fold != 0))
    else:
        test, marked, lost = responses("test")
        on = "the test part"
    print(f"{on}: {len(test.segments):,} responses, {len(marked):,} with a code and marked words")
    print(f"(responses whose marked words are not found in them are left out: {lost} of the part they come from)")
    for name, tagger in contenders(train):
        scored = np.array([measured(tagger, test.segments[one.row], one) for one in marked])
        group = test.people[[one.row for one in marked]]
        print(f"\n{name}\n\n| evidence | token F1 | precision | recall | {' | '.join(test.codes)} | F1 over whole |")
        print(f"|---|---|---|---|{'---|' * len(test.codes)}---|")
        for at, row in enumerate(ROWS):
            own = [scored[[one.code == code for one in marked], at, 0].mean() for code in test.codes]
            low, high = interval(scored[:, at, 0], group)
            over_low, over_high = interval(scored[:, at, 0] - scored[:, -1, 0], group)
            over = "" if at == len(ROWS) - 1 else f"{over_low:+.3f} to {over_high:+.3f}"
            mean = scored[:, at].mean(axis=0)
            print(
                f"| {row} | {mean[0]:.3f} ({low:.3f} to {high:.3f}) | {mean[1]:.3f} | {mean[2]:.3f} | "
                f"{' | '.join(f'{value:.3f}' for value in own)} | {over} |"
            )


def contenders(train: Training) -> Iterator[tuple[str, Tagger]]:
    encoder = Remembering(MiniLM())
    yield "definitions alone", DefinitionTagger(codebook(), encoder=encoder)
    if find_spec("qualcode.taggers.learned"):
        from qualcode.taggers.learned import LearnedTagger

        tagger = LearnedTagger(codebook(), encoder=encoder, seed=SEED).fit(train)
        yield f"learned from {len(train.segments):,} responses", tagger


def measured(tagger: Tagger, segment: Segment, marked: Marked) -> list[tuple[float, float, float]]:
    """F1, precision and recall over tokens, in the order of ROWS."""
    reasons = tagger.explain(segment, marked.code)
    found = tokens(segment.text)
    gold = covered(found, marked.spans)
    sentences = covered(found, weighing(segment, reasons))
    random = np.random.default_rng(SEED)
    drawn = [agreement(random.permutation(sentences), gold) for _ in range(DRAWS)]
    return [
        agreement(covered(found, strongest(segment, reasons)), gold),
        agreement(sentences, gold),
        tuple(np.mean(drawn, axis=0)),
        agreement(np.ones(len(found), dtype=bool), gold),
    ]


def strongest(segment: Segment, reasons: list[Reason]) -> list[Span]:
    """What patterns hit, and the words that speak most for the code."""
    hits = [one.span for one in reasons if one.kind == "pattern" and one.span and one.weight > 0]
    words = sorted((one for one in reasons if one.kind == "word" and one.span), key=lambda one: -one.weight)
    silent = nlp.function_words()
    speaking = [one.span for one in words if one.weight > 0 and segment.text[slice(*one.span)].lower() not in silent]
    return hits + speaking[:EVIDENCE_WORDS]


def weighing(segment: Segment, reasons: list[Reason]) -> tuple[Span, ...]:
    """The sentences that carry the code by the weights of their words and patterns."""
    words = [(one.span, one.weight) for one in reasons if one.kind in ("word", "pattern") and one.span]
    return passages(words, nlp.sentences(segment.text) or [(0, len(segment.text))])


def agreement(found: np.ndarray, gold: np.ndarray) -> tuple[float, float, float]:
    both = float((found & gold).sum())
    if not both:
        return 0.0, 0.0, 0.0
    return 2 * both / (found.sum() + gold.sum()), both / found.sum(), both / gold.sum()


def interval(values: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """95 % of the means of resampled groups."""
    numbers, at = np.unique(group, return_inverse=True)
    total, size = np.bincount(at, values), np.bincount(at)
    random = np.random.default_rng(SEED)
    drawn = random.integers(0, len(numbers), (RESAMPLES, len(numbers)))
    low, high = np.quantile(total[drawn].sum(axis=1) / size[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
