"""The command line: a thin face over `qualcode.pipeline`."""

from __future__ import annotations

from qualcode.cli.app import main

# Commands enter by being imported, and the help lists them in this order.
# isort: off
from qualcode.cli import (
    start,
    importing,
    deidentifying,
    coding,
    training,
    questions,
    explaining,
    evaluating,
    writing,
    exchange,
    consent,
    withdrawing,
    record,
    doctor,
)

# isort: on

__all__ = [
    "coding",
    "consent",
    "deidentifying",
    "doctor",
    "evaluating",
    "exchange",
    "explaining",
    "importing",
    "main",
    "questions",
    "record",
    "start",
    "training",
    "withdrawing",
    "writing",
]
