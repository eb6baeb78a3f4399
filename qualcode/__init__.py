"""qualcode: offline thematic coding of interviews and feedback.

Nouns are frozen records (`qualcode.corpus`, `qualcode.codebook`, `qualcode.coding`); a stage takes
records and gives records; `qualcode.pipeline` is where stages meet the store. In a notebook, start with
`qualcode.project.Project.open(folder)`.
"""

from __future__ import annotations

__version__ = "0.1.0"
