"""Who stands in the table, in its order."""

from __future__ import annotations

from benchmarks.coding.answers import Contender
from benchmarks.coding.iqual import Searched
from benchmarks.coding.linear import Linear
from benchmarks.coding.ours import Qualcode
from benchmarks.coding.textcat import TextCat

CONTENDERS: tuple[Contender, ...] = (
    Linear("TF-IDF + LR", words=True, support=False),
    Linear("TF-IDF + SVC", words=True, support=True),
    TextCat(),
    Linear("MiniLM + LR", words=False, support=False),
    Searched(),
    Qualcode(),
)
