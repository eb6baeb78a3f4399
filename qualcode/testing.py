"""Checks for authors of plugins: what the pipeline relies on, tried on the part itself. Built-in parts pass too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Proposals, Tagger
from qualcode.corpus import Segment
from qualcode.errors import ImporterError, PluginError
from qualcode.exporters import Bundle, Written
from qualcode.importers import Imported, ReadOptions

Read = Callable[[Path, ReadOptions], Imported]
Write = Callable[[Bundle, Path], Written]
_EXPLAINED = 1
"""Segments on which every code is explained."""


def check_importer(read: Read, good: Path, bad: Path | None = None) -> Imported:
    """Try an importer on a file that it reads and, if given, on one that it must refuse; returns what `good` gave.

    Raises:
        PluginError: says what the importer does not keep.
    """
    options = ReadOptions(b"one secret of a project", "folder/file")
    found = read(good, options)
    _expect(bool(found.transcripts), "it gives at least one transcript")
    _expect(read(good, options) == found, "the same file gives the same records")
    other = read(good, ReadOptions(b"the secret of another", "folder/file"))
    ids = {transcript.id for transcript in found.transcripts}
    _expect(not ids & {transcript.id for transcript in other.transcripts}, "ids depend on the project's secret")
    check_imported(found)
    if bad is not None:
        try:
            read(bad, options)
        except ImporterError:
            return found
        raise PluginError("a bad file is refused with an ImporterError: it was not refused")
    return found


def check_imported(found: Imported) -> None:
    """Try what a file gave, whatever the file; raises PluginError where a promise about texts and offsets is broken."""
    texts = {transcript.id: transcript.text for transcript in found.transcripts}
    _expect(len(texts) == len(found.transcripts), "every transcript has an id of its own")
    for transcript in found.transcripts:
        text = transcript.text
        _expect("\r" not in text and "\x00" not in text and not text.startswith("\ufeff"), "the text is normalised")
        _expect(not any("\ud800" <= letter <= "\udfff" for letter in text), "the text holds no half of a character")
        _expect(any(text[turn.start : turn.end].strip() for turn in transcript.turns), "some turn holds words")
        at = 0
        for turn in transcript.turns:
            _expect(at <= turn.start <= turn.end <= len(text), "turns are in order, apart, and inside the text")
            at = turn.end
        pages = transcript.pages
        inside = list(pages) == sorted(pages) and all(0 <= page <= len(text) for page in pages)
        _expect(not pages or (pages[0] == 0 and inside), "pages are in order and inside the text")
    codes = {code.id for code in found.codebook or ()}
    for given in found.given:
        _expect(given.transcript in texts, "every coded stretch stands in a transcript of the file")
        _expect(0 <= given.start < given.end <= len(texts[given.transcript]), "it lies inside the text")
        _expect(set(given.present) <= set(given.judged) <= codes, "what is present was decided, on codes of the file")


def check_tagger(tagger: Tagger, segments: Sequence[Segment]) -> None:
    """Try a tagger on segments; raises PluginError where it does not keep what `Proposals` promises."""
    found = tagger.tag(segments)
    shape = (len(segments), len(found.codes))
    _expect(tagger.coder.kind == "machine" and bool(tagger.coder.version), "a tagger is a machine coder with a version")
    _expect(found.segments == tuple(segment.id for segment in segments), "proposals are in the order of the segments")
    _expect(found.raw_score.shape == shape and found.state.shape == shape, "scores and states are segments by codes")
    _expect(bool(np.isin(found.state, (PRESENT, ABSENT, NOT_JUDGED)).all()), "there are three states")
    _expect(bool(((found.raw_score >= 0) & (found.raw_score <= 1)).all()), "raw scores lie between 0 and 1")
    check_scores(found)
    present = set(zip(*(axis.tolist() for axis in np.nonzero(found.state == PRESENT)), strict=True))
    _expect({(int(row), int(column)) for row, column in found.proposed} == present, "each proposal has its particulars")
    for (row, _), particulars in found.proposed.items():
        inside = all(0 <= start < end <= len(segments[row].text) for start, end in particulars.evidence)
        _expect(bool(particulars.evidence) and inside, "every proposal shows evidence inside its segment")
    for segment in segments[:_EXPLAINED]:
        for code in found.codes:
            spans = [reason.span for reason in tagger.explain(segment, code) if reason.span is not None]
            inside = all(0 <= start < end <= len(segment.text) for start, end in spans)
            _expect(inside, "what a reason cites lies inside its segment")
    again = tagger.tag(segments)
    same = np.array_equal(again.state, found.state) and np.allclose(again.raw_score, found.raw_score)
    _expect(same, "the same segments give the same proposals")
    alone = tagger.tag(segments[:1])
    _expect(
        np.allclose(alone.raw_score, found.raw_score[:1], atol=1e-4), "a segment's scores do not hang on the others"
    )


def check_scores(found: Proposals) -> None:
    """Try the scores of a batch; raises PluginError where they do not bear out what was decided.

    A coder that judges absent what it gives a high score, or proposes what it gives a lower one, cannot be calibrated,
    and its abstain band means nothing.
    """
    score = np.full(found.state.shape, np.nan) if found.score is None else found.score
    known = ~np.isnan(score)
    _expect(score.shape == found.state.shape, "scores are segments by codes")
    _expect(bool(((score[known] >= 0) & (score[known] <= 1)).all()), "scores are probabilities")
    _expect(bool((known.all(axis=0) | ~known.any(axis=0)).all()), "a code has scores on every segment, or on none")
    strength = np.where(known, score, found.raw_score)
    lowest = np.where(found.state == PRESENT, strength, np.inf).min(axis=0, initial=np.inf)
    highest = np.where(found.state == ABSENT, strength, -np.inf).max(axis=0, initial=-np.inf)
    _expect(bool((highest <= lowest).all()), "what is judged absent scores no higher than what is proposed")
    absent = score[(found.state == ABSENT) & known]
    _expect(not absent.size or float(absent.mean()) < 0.5, "what is judged absent has a low score")
    if found.settled is not None:
        _expect(found.settled.shape == found.state.shape, "what is settled is told by segments and codes")
        _expect(not (found.settled & (found.state == NOT_JUDGED)).any(), "what the tagger abstains on is not settled")
    if found.whole is not None:
        _expect(found.whole.shape == found.state.shape[:1], "which segments are settled whole is told by segment")


def check_exporter(write: Write, bundle: Bundle, folder: Path) -> Written:
    """Try an exporter on a bundle; raises PluginError where a file it names is not there, or lies elsewhere."""
    written = write(bundle, folder)
    _expect(bool(written.files), "it says which files it wrote")
    for path in written.files:
        _expect(path.is_file() and path.resolve().is_relative_to(folder.resolve()), "its files lie in the folder given")
    stray = {path for path in folder.rglob("*") if path.is_file()} - set(written.files)
    _expect(not stray, "nothing unfinished is left behind")
    return written


def _expect(kept: bool, promise: str) -> None:
    if not kept:
        raise PluginError(f"a promise is not kept: {promise}")
