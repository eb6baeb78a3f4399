"""The cells as Markdown: in full for benchmarks/README.md, in one table for README.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.coding import looks, proxies, selective
from benchmarks.coding.answers import Answer, Contender
from benchmarks.coding.cells import KEPT, Cell
from benchmarks.coding.measures import (
    NAMES,
    ONE_OF,
    Figures,
    figures,
    interval,
    one_of,
    over_seeds,
    weights,
)
from benchmarks.coding.sets import DataSet
from qualcode.coding import PRESENT

OURS = "qualcode"
MOST_SEEDS = 20
HEAD = {"micro": "micro F1", "macro": "macro F1", "kappa": "mean κ", "ap": "AP"}
HEAD |= {"accuracy": "accuracy", "balanced": "balanced accuracy"}
BEGIN, END = "<!-- benchmark-coding: begin -->", "<!-- benchmark-coding: end -->"
TWICE = ("nhs_fft", "nhs_phase1")


def write(
    sets: Sequence[DataSet], contenders: Sequence[Contender], budgets: Sequence[str], folder: Path, part: bool
) -> None:
    """Print the tables; with nothing left out, put them into benchmarks/README.md and README.md between their marks."""
    scored = [Scored(data, contenders, budgets) for data in sets]
    full = "\n\n".join([*(part for one in scored for part in one.sections()), *_proxies(part), *_looks(part)])
    print(full)
    if part:
        return
    put(folder / "README.md", full)
    put(folder.parent / "README.md", compact(scored, budgets))


class Scored:
    """All cells of one set, scored on the same drawings of its people."""

    def __init__(
        self, data: DataSet, contenders: Sequence[Contender], budgets: Sequence[str], kept: Path = KEPT
    ) -> None:
        self.data = data
        self._kept = kept
        self.names = ONE_OF if data.one_of else NAMES
        self.answers: dict[tuple[str, str], list[tuple[Cell, Answer]]] = {}
        for budget in budgets:
            for one in contenders:
                cells = (
                    Cell(data.name, data.digest, one.name, one.version, budget, seed) for seed in range(1, MOST_SEEDS)
                )
                found = [(cell, answer) for cell in cells if (answer := cell.load(kept)) is not None]
                if found:
                    self.answers[budget, one.name] = found
        self.test = np.flatnonzero(data.test)
        self.truth = data.label[self.test] == PRESENT
        self._weight: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def rows(self, part: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Places among the test rows and their weights: "all" of them, or those whose text is not in train."""
        if part not in self._weight:
            kept = np.arange(len(self.test)) if part == "all" else np.flatnonzero(self.data.fresh[self.test])
            self._weight[part] = kept, weights(self.data.group[self.test[kept]])
        return self._weight[part]

    def drawn(self, budget: str, name: str, part: str = "all") -> Figures | None:
        """The figures of one contender at one budget, mean over seeds; None where it has no cells."""
        found = self.answers.get((budget, name))
        if found is None:
            return None
        return over_seeds(
            [cell.figures(part, lambda a=answer: self._figures(a, part), self._kept) for cell, answer in found]
        )

    def _figures(self, answer: Answer, part: str) -> Figures:
        kept, weight = self.rows(part)
        if self.data.one_of:
            return one_of(self.truth[kept], answer.score[kept], weight)
        return figures(self.truth[kept], answer.present[kept], answer.score[kept], weight)

    def seconds(self, budget: str, name: str) -> tuple[float, float]:
        """Median seconds to train and to code."""
        found = [answer for _, answer in self.answers[budget, name]]
        return (
            float(np.median([a.train_seconds for a in found])),
            float(np.median([a.code_seconds for a in found])),
        )

    def cells_of(self, budget: str) -> list[str]:
        """Contenders with cells at a budget, in the table's order."""
        return [name for held, name in self.answers if held == budget]

    def budgets(self) -> list[str]:
        """Budgets that have cells."""
        return list(dict.fromkeys(budget for budget, _ in self.answers))

    def best_other(self, budget: str, measure: str, part: str = "all") -> tuple[str, Figures] | None:
        """The contender with the highest figure, qualcode left out."""
        each = [(name, self.drawn(budget, name, part)) for name in self.cells_of(budget) if name != OURS]
        there = [(name, figure) for name, figure in each if figure is not None]
        return max(there, key=lambda one: one[1][measure][0]) if there else None

    def sections(self) -> list[str]:
        """The set's part of the full page."""
        data, n = self.data, len(self.test)
        people = len(np.unique(data.group[self.test]))
        parts = [f"### {data.name}\n\n{len(data.codes)} labels; {n:,} passages of {people:,} people to code, "
                 f"{int((~data.test).sum()):,} to learn from."]  # fmt: skip
        for part, said in (("all", "All test rows"), ("fresh", "Test rows whose text is not in train")):
            if part == "all" or data.name.partition("@")[0] in TWICE:
                count = len(self.rows(part)[0])
                parts.append(f"{said} ({count:,}):\n\n{self._table(part)}")
                parts += self._differences(part)
        return [*parts, *self._alarms(), *self._selective()]

    def _table(self, part: str) -> str:
        lines = [
            f"| judged | contender | {' | '.join(HEAD[name] for name in self.names)} | train, s | code, s |",
            "|---|---|" + "---|" * (len(self.names) + 2),
        ]
        for budget, name in self.answers:
            drawn = self.drawn(budget, name, part)
            assert drawn is not None
            train, code = self.seconds(budget, name)
            seeds = len(self.answers[budget, name])
            shown = [_interval(drawn[measure]) for measure in self.names]
            judged = _judged(budget) + (f" (seeds: {seeds})" if seeds not in (1, 5) else "")
            lines.append(f"| {judged} | {name} | {' | '.join(shown)} | {train:.1f} | {code:.1f} |")
        return "\n".join(lines)

    def _differences(self, part: str) -> list[str]:
        lines = [
            f"| judged | {' | '.join(HEAD[name] for name in self.names)} |",
            "|---|" + "---|" * len(self.names),
        ]
        for budget in self.budgets():
            ours = self.drawn(budget, OURS, part)
            if ours is None:
                continue
            shown = []
            for measure in self.names:
                other = self.best_other(budget, measure, part)
                if other is None:
                    shown.append("–")
                    continue
                apart = interval(ours[measure] - other[1][measure])
                mark = " **below**" if apart.high < -0.01 else ""
                shown.append(f"{apart.value:+.3f} [{apart.low:+.3f}, {apart.high:+.3f}] {other[0]}{mark}")
            lines.append(f"| {_judged(budget)} | {' | '.join(shown)} |")
        if len(lines) == 2:
            return []
        return ["qualcode less the best of the others, by measure, paired:\n\n" + "\n".join(lines)]

    def _alarms(self) -> list[str]:
        if self.data.name != "serdif-full":
            return []
        words = np.array([len(self.data.segments[int(row)].text.split()) for row in self.test])
        uncoded = ~self.truth.any(axis=1)
        names = list(dict.fromkeys(name for _, name in self.answers))
        lines = [f"| judged | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
        for budget in self.budgets():
            shown = []
            for name in names:
                found = self.answers.get((budget, name))
                rate = [selective.alarms_per_thousand(a.present, self.truth, words) for _, a in found or ()]
                shown.append(f"{np.mean(rate):.1f}" if rate else "–")
            lines.append(f"| {_judged(budget)} | {' | '.join(shown)} |")
        head = (
            f"Proposals per 1,000 words of talk that nobody coded ({int(words[uncoded].sum()):,} words in "
            f"{int(uncoded.sum())} of the {len(words)} passages):"
        )
        return [head + "\n\n" + "\n".join(lines)]

    def _selective(self) -> list[str]:
        if self.data.name.partition("@")[0] != "nhs_fft":
            return []
        lines = ["| judged | rows | settled | comments | of those wrong in any code |", "|" + "---|" * 5]
        rates = ["| judged | code | with it in test | missed | false alarms | left to a person |", "|" + "---|" * 6]
        for budget in self.budgets():
            answers = [answer for _, answer in self.answers.get((budget, OURS), ())]
            for part in ("all", "fresh") if answers else ():
                kept, weight = self.rows(part)
                own = [_only(answer, kept) for answer in answers]
                for said, rule in (("all codes at once", selective.at_once), ("code by code", selective.by_code)):
                    settled = [inside for one in own if (inside := rule(one)) is not None]
                    if len(settled) == len(own):
                        found = selective.whole(settled, own, self.truth[kept], weight)
                        shown = [f"{x.value:.1%} [{x.low:.1%}, {x.high:.1%}]" for x in (found.share, found.wrong)]
                        lines.append(
                            f"| {_judged(budget)} | {part} | {said} | {shown[0]} | {shown[1].replace('nan%', '–')} |"
                        )
            for one in selective.automated(answers[0], self.truth, self.data.codes) if answers else ():
                label = self.data.codebook[one.code].label
                rates.append(
                    f"| {_judged(budget)} | {label} | {one.present} | {one.missed:.1%} | {one.alarmed:.2%} | "
                    f"{one.left:.1%} |"
                )
        if len(lines) == 2:
            return []
        whole = "qualcode without a person, comments on which every code was settled:\n\n" + "\n".join(lines)
        tail = "Codes that it calls *automate* (first seed):\n\n" + "\n".join(rates)
        return [whole, tail if len(rates) > 2 else "It calls no code *automate*."]


def compact(scored: Sequence[Scored], budgets: Sequence[str]) -> str:
    """One row a set: qualcode and the best of the others, micro and macro F1, at each budget."""
    judged = [budget for budget in budgets if any(budget in one.budgets() for one in scored)]
    lines = [f"| set | | {' | '.join(_judged(budget) for budget in judged)} |", "|---|---|" + "---|" * len(judged)]
    for one in scored:
        first, second = one.names[:2]
        for part in ("all", "fresh") if one.data.name in TWICE else ("all",):
            name = one.data.name + (", text not in train" if part == "fresh" else "")
            ours, others = [], []
            for budget in judged:
                drawn = one.drawn(budget, OURS, part)
                ours.append(f"{drawn[first][0]:.3f} / {drawn[second][0]:.3f}" if drawn else "–")
                best = [one.best_other(budget, measure, part) for measure in (first, second)]
                shown = [f"{b[1][m][0]:.3f}" for b, m in zip(best, (first, second), strict=True) if b]
                others.append(" / ".join(shown) if shown else "–")
            lines.append(f"| {name} | qualcode | {' | '.join(ours)} |")
            lines.append(f"| | best other | {' | '.join(others)} |")
    return "\n".join(lines)


def _only(answer: Answer, kept: NDArray[np.int64]) -> Answer:
    settled = None if answer.settled is None else answer.settled[kept]
    whole = None if answer.whole is None else answer.whole[kept]
    return replace(answer, present=answer.present[kept], score=answer.score[kept], settled=settled, whole=whole)


def _proxies(part: bool) -> list[str]:
    found = [] if part else proxies.found()
    if not found:
        return []
    lines = ["| code | stands in for it | passages | with it | proposed | precision | recall | F1 | κ | AP |",
             "|" + "---|" * 10]  # fmt: skip
    for one in found:
        shown = [f"{x.value:.3f} [{x.low:.3f}, {x.high:.3f}]" for x in (one.f1, one.kappa, one.ap)]
        lines.append(f"| {one.code} | {one.data}, {one.label} | {one.rows:,} | {one.positives} | {one.proposed} | "
                     f"{one.precision:.2f} | {one.recall:.2f} | {' | '.join(shown)} |")  # fmt: skip
    head = "### The shipped codebook, no labels\n\nAgreement with the labels of other studies that come nearest; "
    return [f"{head}{proxies.without()} have no public stand-in.\n\n" + "\n".join(lines)]


def _looks(part: bool) -> list[str]:
    counted = {name: len(versions) for name, versions in looks.versions().items()}
    if part or not counted:
        return []
    said = ", ".join(f"{name} {count}" for name, count in counted.items())
    return [f"Versions of qualcode whose proposals were scored on the test part so far: {said}."]


def _judged(budget: str) -> str:
    return f"{int(budget):,}" if budget.isdigit() else budget


def _interval(drawn: NDArray[np.float64]) -> str:
    found = interval(drawn)
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def put(path: Path, table: str) -> None:
    """Replace what stands between the marks of a page; a page without them stays as it is."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        path.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
