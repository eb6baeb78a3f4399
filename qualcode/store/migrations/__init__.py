"""Numbered steps of the schema; each runs once, in order, in one transaction with its event."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from qualcode.store.migrations import (
    m0001_first,
    m0002_pages_versions,
    m0003_reanchored,
    m0004_memos,
    m0005_assignments,
    m0006_successions,
    m0007_protection,
    m0008_models,
)

STEPS: tuple[Callable[[Connection], None], ...] = (
    m0001_first.upgrade,
    m0002_pages_versions.upgrade,
    m0003_reanchored.upgrade,
    m0004_memos.upgrade,
    m0005_assignments.upgrade,
    m0006_successions.upgrade,
    m0007_protection.upgrade,
    m0008_models.upgrade,
)
"""Step n brings the schema to version n; append, never edit."""
