"""The checks for plugin authors: built-in parts pass, broken ones are told what they do not keep."""

from dataclasses import replace

import numpy as np
import pytest

from qualcode import codebook as codebooks
from qualcode import resources, segments, testing
from qualcode.coding import Proposals, Reason
from qualcode.corpus import Turn
from qualcode.encoders.minilm import MiniLM
from qualcode.errors import PluginError
from qualcode.exporters import report, table
from qualcode.importers import docx, text
from qualcode.importers import table as tables
from qualcode.pipeline import exporting
from qualcode.taggers.definitions import DefinitionTagger

DEMO = resources.path("corpora/demo")


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (text.read, "LL01.txt"),
        (text.read, "LL04.md"),
        (docx.read, "LL02.docx"),
        (tables.read, "feedback_lantern_line.csv"),
        (tables.read, "feedback_kettle_on.xlsx"),
    ],
)
def test_built_in_importers_keep_their_promises(read, name, tmp_path):
    bad = tmp_path / name
    bad.write_bytes(b"  \n")
    testing.check_importer(read, DEMO / name, bad)


def test_a_tagger_whose_reasons_leave_the_text_is_told():
    class Beyond(DefinitionTagger):
        def explain(self, segment, code):
            return [Reason("word", code, 1.0, (0, len(segment.text) + 1))]

    (transcript,) = testing.check_importer(text.read, DEMO / "KO01.txt").transcripts
    made = segments.by_window([transcript], secret=b"k")
    with pytest.raises(PluginError, match="what a reason cites"):
        testing.check_tagger(Beyond(codebooks.load(resources.path("codebooks/peer_support.yaml"))), made)


def test_the_definition_tagger_keeps_its_promises():
    (transcript,) = testing.check_importer(text.read, DEMO / "KO01.txt").transcripts
    made = segments.by_window([transcript], secret=b"k")
    tagger = DefinitionTagger(codebooks.load(resources.path("codebooks/peer_support.yaml")), encoder=MiniLM())
    testing.check_tagger(tagger, made)


def test_built_in_exporters_keep_their_promises(project, tmp_path):
    made = exporting.bundle(project)
    testing.check_exporter(table.write, made, tmp_path / "tables")
    testing.check_exporter(report.write, made, tmp_path / "report")


def test_an_importer_whose_turns_leave_the_text_is_told():
    def read(path, options):
        found = text.read(path, options)
        (transcript,) = found.transcripts
        beyond = Turn(0, len(transcript.text) + 1)
        return replace(found, transcripts=(replace(transcript, turns=(beyond,)),))

    with pytest.raises(PluginError, match="inside the text"):
        testing.check_importer(read, DEMO / "LL01.txt")


def test_an_importer_that_takes_anything_is_told(tmp_path):
    (tmp_path / "bad.txt").write_text("some words", encoding="utf-8")
    with pytest.raises(PluginError, match="not refused"):
        testing.check_importer(text.read, DEMO / "LL01.txt", tmp_path / "bad.txt")


def test_a_tagger_without_evidence_is_told():
    (transcript,) = text.read(DEMO / "KO01.txt", testing.ReadOptions(b"k", "KO01.txt")).transcripts
    made = segments.by_window([transcript], secret=b"k")

    class Silent:
        coder = replace(DefinitionTagger(codebooks.load(resources.path("codebooks/peer_support.yaml"))).coder)

        def tag(self, batch):
            real = DefinitionTagger(codebooks.load(resources.path("codebooks/peer_support.yaml")), encoder=MiniLM())
            found = real.tag(batch)
            assert np.any(found.state == 1)
            return replace(found, proposed={cell: replace(p, evidence=()) for cell, p in found.proposed.items()})

    with pytest.raises(PluginError, match="evidence"):
        testing.check_tagger(Silent(), made)


def _proposals(state, score, **changes):
    state, score = np.array(state, dtype=np.int8), np.array(score, dtype=np.float32)
    return Proposals(("a", "b", "c"), ("x", "y"), np.full(state.shape, 0.5, np.float32), state, {}, score, **changes)


STATE = [[1, 0], [-1, 0], [0, 1]]
SCORE = [[0.9, 0.1], [0.5, 0.2], [0.1, 0.8]]


def test_scores_that_bear_out_the_decisions_pass():
    testing.check_scores(_proposals(STATE, SCORE))
    testing.check_scores(_proposals(STATE, [[0.9, np.nan], [0.5, np.nan], [0.1, np.nan]]))
    testing.check_scores(_proposals(STATE, SCORE, settled=np.array(STATE) == 0, whole=np.zeros(3, bool)))


@pytest.mark.parametrize(
    ("score", "changes", "promise"),
    [
        ([[0.3, 0.1], [0.5, 0.2], [0.4, 0.8]], {}, "no higher than what is proposed"),
        ([[0.9, 0.7], [0.5, 0.7], [0.8, 0.8]], {}, "low score"),
        ([[1.9, 0.1], [0.5, 0.2], [0.1, 0.8]], {}, "probabilities"),
        ([[0.9, 0.1], [np.nan, 0.2], [0.1, 0.8]], {}, "on every segment, or on none"),
        (SCORE, {"settled": np.ones((3, 2), bool)}, "abstains on is not settled"),
        (SCORE, {"whole": np.ones((3, 2), bool)}, "told by segment"),
    ],
)
def test_scores_that_do_not_are_told(score, changes, promise):
    with pytest.raises(PluginError, match=promise):
        testing.check_scores(_proposals(STATE, score, **changes))
