"""`make benchmark-learning`: how long it takes to learn 5,000 judged passages on 40 codes, and what coding adds.

The passages are stretches of the demo corpus, cut at random places, 15 to 40 words long; a code is there where a word
of its own is. That says nothing of accuracy: only times and memory are measured.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from qualcode import codebook as codebooks
from qualcode import nlp, resources
from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, PRESENT
from qualcode.corpus import Segment
from qualcode.encoders.minilm import MiniLM
from qualcode.encoders.remembering import Remembering
from qualcode.taggers.learned import LearnedTagger
from qualcode.taggers.training import Training

PASSAGES, CODES, FRESH, PEOPLE, RUNS = 5000, 40, 1000, 250, 3


def main() -> None:
    words = [
        word
        for text in sorted(resources.path("corpora/demo").rglob("*.txt"))
        for word in text.read_text("utf-8").split()
    ]
    chance = np.random.default_rng(1)
    starts = chance.integers(0, len(words) - 40, PASSAGES + FRESH)
    sizes = chance.integers(15, 41, PASSAGES + FRESH)
    texts = [" ".join(words[start : start + size]) for start, size in zip(starts, sizes, strict=True)]
    often = Counter(word for text in texts for word in {*text.lower().split()} if word.isalpha() and len(word) > 4)
    telling = [word for word, count in often.most_common() if count < PASSAGES // 10][:CODES]
    book = _codebook(telling)
    segments = [
        Segment(f"s{at}", f"t{at}", 0, len(text), "window", text, case=f"P{at % PEOPLE}")
        for at, text in enumerate(texts)
    ]
    label = np.array(
        [[PRESENT if word in {*text.lower().split()} else ABSENT for word in telling] for text in texts], dtype=np.int8
    )
    judged = Training(
        tuple(segments[:PASSAGES]), tuple(code.id for code in book.active), label[:PASSAGES], np.ones((PASSAGES, CODES))
    )
    fresh = segments[PASSAGES:]
    encoder = Remembering(MiniLM())
    encoding = _seconds(lambda: encoder.encode([*texts[:PASSAGES], *_sentences(texts[:PASSAGES])]))
    fits, tags, alone = [], [], []
    for _ in range(RUNS):
        tagger = LearnedTagger(book, encoder=encoder)
        fits.append(_seconds(lambda tagger=tagger: tagger.fit(judged)))
        new = [one.text for one in fresh]
        plain = MiniLM()
        alone.append(_seconds(lambda new=new, plain=plain: plain.encode([*new, *_sentences(new)])))
        whole = _seconds(lambda new=new, plain=plain: plain.encode(new))
        forgetful = LearnedTagger(book, encoder=Remembering(plain))
        forgetful.restore(tagger.model, *tagger.to_state())
        tags.append((_seconds(lambda forgetful=forgetful: forgetful.tag(fresh)), whole))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tag, encode = float(np.median([one for one, _ in tags])), float(np.median(alone))
    whole = float(np.median([one for _, one in tags]))
    print(
        f"medians of {RUNS}; {PASSAGES:,} passages judged on {CODES} codes, {int((label == PRESENT).sum()):,} present"
    )
    print(f"vectors of them and of their sentences, once: {encoding:.1f} s")
    print(f"learning with the vectors known: {np.median(fits):.1f} s; with them: {np.median(fits) + encoding:.1f} s")
    print(
        f"coding {FRESH:,} more: {tag:.2f} s, of which the encoder {encode:.2f} s; coding adds {tag / encode - 1:.0%}"
    )
    print(f"the encoder on whole passages alone, without their sentences: {whole:.2f} s")
    print(f"peak memory: {peak:.0f} MB")


def _codebook(words: list[str]) -> Codebook:
    made = codebooks.from_labels(words, codebook_id="words", title="Words")
    return replace(made, codes=tuple(replace(code, status="active", definition=code.label) for code in made.codes))


def _sentences(texts: list[str]) -> list[str]:
    cuts = [(text, nlp.sentences(text)) for text in texts]
    return [text[start:end] for text, spans in cuts if len(spans) > 1 for start, end in spans]


def _seconds(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
