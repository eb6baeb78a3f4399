"""A bundle of what a project holds to files. One exporter a file; `write(bundle, folder) -> Written`."""

from __future__ import annotations

from qualcode.exporters.bundle import Bundle, ThemeQuotes, Written

__all__ = ["Bundle", "ThemeQuotes", "Written"]
