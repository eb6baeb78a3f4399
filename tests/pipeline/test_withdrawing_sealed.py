"""Somebody whose identities were replaced withdraws: the sealed original goes too, with or without its key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualcode.corpus import Transcript
from qualcode.deidentify.replacing import Replacement, replaced
from qualcode.pipeline import deriving, keys, withdrawing
from qualcode.pipeline.deriving import Derived
from qualcode.project import Project
from qualcode.store import corpus
from qualcode.store.originals import Original
from tests.byte_scan import assert_nowhere
from tests.invented import P02, interview

SAID = "Since Mary died in that house I have not slept one whole night, and Mary knew it would be so."
TALK = interview(SAID)


def _seal(project: Project) -> Transcript:
    with project.store.reading() as connection:
        (text,) = [one for one in corpus.transcripts(connection) if one.source == "P01.txt"]
    places = [Replacement(*found.span(), "[Keldan]") for found in re.finditer("Mary", text.text)]
    made, offsets = replaced(text, places, secret=project.secret)
    originals = keys.originals(project, make=True)
    originals.put([Original(text.id, text.text, tuple((turn.start, turn.speaker) for turn in text.turns), ())])
    originals.close()
    with project.store.writing() as connection:
        deriving.derive(connection, project.secret, [Derived(text.id, made, offsets)])
        corpus.seal(connection, [text.id])
    return made


@pytest.mark.parametrize("with_key", [True, False])
def test_the_sealed_original_goes_with_or_without_its_key(
    make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_key: bool
) -> None:
    monkeypatch.setenv("QUALCODE_KEYS", str(tmp_path / "keys"))
    files = {"P01.txt": TALK, "P02.txt": P02, "manifest.csv": "file,kind,case\nP01.txt,interview,P01\n"}
    project = make(files)
    made = _seal(project)
    if not with_key:
        keys.path_of(project).unlink()
    (project.folder / "note.txt").write_text(SAID if with_key else made.text, encoding="utf-8")
    summary = withdrawing.withdraw(project, "P01")
    assert [trace.path for trace in summary.traces] == ["note.txt"]
    assert summary.unread == (0 if with_key else 1)
    (project.folder / "note.txt").unlink()
    assert withdrawing.withdraw(project, "P01").done
    assert summary.counts["transcripts"] == 2
    assert_nowhere(project.folder, [TALK, made.text], others=[P02])
    left = keys.originals(project)
    assert left.sealed() == []
    left.close()
    with project.store.reading() as connection:
        assert [text.source for text in corpus.transcripts(connection, None, current=False)] == ["P02.txt"]
