"""The demo corpus from names to a signed export and a withdrawal: nobody is left who should not be; all is sound."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from openpyxl import load_workbook

from qualcode import resources
from qualcode.errors import NotAllowed
from qualcode.pipeline import (
    checking,
    deidentifying,
    exporting,
    import_codings,
    importing,
    keys,
    segmenting,
    signing,
    withdrawing,
)
from qualcode.pipeline import init as initial
from qualcode.pipeline.demo import CODER, CORPUS, GOLD
from qualcode.pipeline.verifying import verify
from qualcode.project import Project
from qualcode.store import corpus
from tests.byte_scan import assert_nowhere

ANSWERS = "corpora/demo_answers/identifiers.csv"
LEAVING = "LL05"


def _planted() -> list[dict[str, str]]:
    with resources.path(ANSWERS).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _covered(project: Project) -> dict[tuple[str, str], list[tuple[str, set[int]]]]:
    """Originals by file and case: each text, and every place of it that was replaced or is on a list."""
    sealed = keys.originals(project)
    with project.store.reading() as connection:
        made = keys.origins(connection)
        texts = corpus.transcripts(connection)
    found: dict[tuple[str, str], list[tuple[str, set[int]]]] = defaultdict(list)
    for text in texts:
        for original in sealed.get([made.get(text.id, text.id)]).values():
            places = {at for piece in original.log for at in range(piece.start, piece.end)}
            found[text.source, str(text.case) if text.row else ""].append((original.text, places))
    sealed.close()
    return found


def _sound(project: Project) -> None:
    assert verify(project).faults == ()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "project"


def test_the_demo_goes_from_names_to_a_signed_export_and_one_person_leaves(folder: Path, tmp_path: Path) -> None:
    with initial.init(folder, None) as project:
        importing.import_files(project, resources.path(CORPUS))
        import_codings.import_codings(project, resources.path(GOLD), CODER)
        segmenting.segment(project)
        _sound(project)
        with pytest.raises(NotAllowed):
            exporting.export(project, tmp_path / "refused")

        # Detect.
        summary = deidentifying.deidentify(project)
        assert summary.carried.doubtful == summary.carried.lost == 0
        _sound(project)

        # Check: everything that was planted is replaced, or on a page of the sheet.
        covered = _covered(project)
        missed = []
        for row in _planted():
            start, end = int(row["start"]), int(row["end"])
            same = [one for one in covered[row["file"], row["row"]] if one[0][start:end] == row["quote"]]
            text, places = same[0]
            if any(text[at].isalnum() and at not in places for at in range(start, end)):
                missed.append((row["type"], row["kind"]))
        assert [one for one in missed if one[1] == "direct"] == []
        assert len(missed) <= 0.05 * len(_planted()), missed
        sheet = tmp_path / "check.xlsx"
        checking.check(project, sheet)
        assert load_workbook(sheet)["Replaced"].max_row - 1 == sum(summary.replaced.values())
        _sound(project)

        # Sign.
        with pytest.raises(NotAllowed):
            signing.sign(project, "R. Ahmed")
        checking.decline_rest(project)
        signing.sign(project, "R. Ahmed")
        _sound(project)

        # Export: allowed now, and without a name that was found.
        segmenting.segment(project)
        written = exporting.export(project)
        exporting.report(project)
        text = written.files[0].read_text(encoding="utf-8-sig")
        assert "Mapplethwaite" not in text
        replaced = {row["quote"] for row in _planted() if row["kind"] == "direct" and len(row["quote"].split()) > 1}
        assert [quote for quote in replaced if quote in text] == []
        _sound(project)

        # One participant withdraws, and is nowhere.
        with project.store.reading() as connection:
            (leaving,) = [one for one in corpus.transcripts(connection) if one.case == LEAVING]
            others = [one.text for one in corpus.transcripts(connection) if one.case != LEAVING]
        original = covered["LL05.docx", ""][0][0]
        done = withdrawing.withdraw(project, LEAVING)
        assert done.done
        _sound(project)
    assert_nowhere(folder, [leaving.text, original], others=others)
    assert LEAVING.encode() not in _bytes(folder / "exports")
    with Project.open(folder) as project:
        again = importing.import_files(project, resources.path(CORPUS))
        assert (again.new, again.versions) == (0, 0)
        with project.store.reading() as connection:
            assert LEAVING not in {one.case for one in corpus.transcripts(connection)}
        _sound(project)
