"""Files to records. One format a file; `read(path, options)` gives `Imported` or raises `ImporterError`."""

from __future__ import annotations

from qualcode.importers.imported import (
    ColumnSeen,
    Description,
    Given,
    Imported,
    Loss,
    ReadOptions,
    Skipped,
    TableColumns,
)

__all__ = ["ColumnSeen", "Description", "Given", "Imported", "Loss", "ReadOptions", "Skipped", "TableColumns"]
