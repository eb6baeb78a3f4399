"""What exporters take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from qualcode.analysis.prevalence import Prevalence
from qualcode.codebook import Code, Codebook
from qualcode.coding import Theme
from qualcode.corpus import Programme
from qualcode.synthesis import Literature
from qualcode.taggers.trust import CodeTrust

EXCERPT_COLUMNS = (
    "status",
    "excerpt",
    "context",
    "code",
    "code_label",
    "polarity",
    "holder",
    "time",
    "raw_score",
    "score",
    "evidence",
    "clause",
    "coder",
    "coder_kind",
    "codebook_version",
    "speaker_role",
    "case",
    "programme",
    "study",
    "group",
    "wave",
    "date",
    "kind",
    "transcript",
    "segment",
    "start",
    "end",
    "page",
    "deidentified",
    "quote_consent",
)
"""One row a coding. `start` and `end` are code points of the transcript; `page` is where it begins, of a paged
file; `clause` is the codebook's own wording. `deidentified` is declared, signed, no or not declared; `quote_consent`
is verbatim, or paraphrase or none, and then the row holds no words of anybody."""
MASKS = {"paraphrase": "[paraphrase only]", "none": "[not quoted]"}
"""What stands where a participant agreed to be told in other words only, or not at all."""
RELEASABLE = frozenset({"declared", "signed"})
"""How a text must stand before anybody outside may read its words."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the words of a passage come from."""

    transcript: str
    cases: frozenset[str]
    """Who speaks in it."""
    standing: str
    """Of the transcript: declared, signed, no or not declared (de-identified)."""


@dataclass(frozen=True, slots=True)
class ThemeQuotes:
    """A candidate theme with the passages to read first: (case, programme, text)."""

    theme: Theme
    quotes: tuple[tuple[str, str, str], ...] = field(repr=False)
    segments: tuple[str, ...] = ()
    """The passages' segments, in the same order."""


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """What a project holds, ready to be written."""

    title: str
    note: str
    """What a reader must know first, as the settings state it; paragraphs are parted by an empty line."""
    codebook: Codebook
    excerpts: pd.DataFrame = field(repr=False)
    """People's codings that stand."""
    unreviewed: pd.DataFrame = field(repr=False)
    """Machine proposals, and codings of imported machine coders, that no person has judged."""
    evidence: Mapping[str, tuple[tuple[int, int], ...]] = field(repr=False)
    """Segment and code (`segment|code`) to spans of the excerpt."""
    prevalence: Prevalence
    """By people and, where nobody has judged, by the tagger's proposals."""
    imported: Mapping[str, Prevalence]
    """By each machine coder whose codings were brought in, apart from all others: its id to its counts."""
    segments: pd.DataFrame = field(repr=False)
    """The universe: current segments of participants; of reports only where there is nothing else."""
    programmes: Mapping[str, Programme]
    attributes: pd.DataFrame = field(repr=False)
    """One row a programme: transcripts, participants, segments, words, and its stated attributes."""
    themes: tuple[ThemeQuotes, ...]
    no_themes: str
    counts: Mapping[str, int]
    """transcripts, cases, words, segments, covered, proposals, kept, rejected, added, abstained, not_counted,
    reports, in_reports (codings on reports beside participants), imported (codings of imported machine coders)."""
    about: Mapping[str, Any]
    """Versions, seed, hashes: what `run.json` holds."""
    literature: Literature
    """Published programmes and effects to show beside the project's own."""
    purpose: str = "team"
    """For whom it is written: team, share or archive."""
    consent: tuple[str, ...] = ()
    """Who is left out, not quoted or read by no machine, as far as anybody is."""
    trust: tuple[CodeTrust, ...] = ()
    """What the trained tagger's scores may be trusted with, provisionally; none where the codebook alone tags."""
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    """Of each segment whose words may be quoted; of no other."""

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that are counted, in the codebook's order."""
        return self.codebook.counted({*self.excerpts["code"], *self.unreviewed["code"]})

    @property
    def texts(self) -> frozenset[str]:
        """Transcripts whose words may be quoted."""
        return frozenset(source.transcript for source in self.sources.values())

    @property
    def identified(self) -> frozenset[str]:
        """Those of them that are neither signed nor declared de-identified."""
        return frozenset(s.transcript for s in self.sources.values() if s.standing not in RELEASABLE)

    @property
    def stamp(self) -> str:
        """What every file must say that quotes a text which is neither signed nor declared de-identified."""
        if not self.identified:
            return ""
        return (
            f"Not declared de-identified: {len(self.identified):,} of the {len(self.texts):,} texts quoted here. They "
            "hold participants’ words as they were imported. Do not pass this file on."
        )

    @property
    def judged_by_people(self) -> bool:
        """Whether any person has kept, rejected or added a coding."""
        return any(self.counts[name] for name in ("kept", "rejected", "added"))

    def views(self) -> list[tuple[str, Prevalence]]:
        """Whose codings are counted, the most to be trusted first: an imported coder's id, or "" for `prevalence`."""
        own, imported = ("", self.prevalence), list(self.imported.items())
        return [own, *imported] if self.judged_by_people else [*imported, own]


@dataclass(frozen=True, slots=True)
class Written:
    """Files that an exporter wrote, and what did not fit into them."""

    files: tuple[Path, ...]
    losses: tuple[str, ...] = ()
    quoted: Mapping[Path, frozenset[str]] = field(default_factory=dict)
    """Segments whose words stand in each file; a file that is not named is taken to hold all that may be quoted."""
