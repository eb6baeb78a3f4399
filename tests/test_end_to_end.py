"""The main job from the checkout and from the wheel, twice."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from openpyxl import load_workbook

from tests.invented import P01, REPOSITORY, contents, environment, qualcode, tables


def _demo(folder: Path, first: Path) -> None:
    done = qualcode("demo", "-o", "demo", cwd=folder, env=environment(first))
    assert done.returncode == 0, done.stderr
    counts = json.loads((folder / "demo" / "exports" / "run.json").read_text())["counts"]
    assert counts["transcripts"] == 125
    assert counts["reports"] == 1
    assert counts["proposals"] > 40
    page = (folder / "demo" / "exports" / "report.html").read_text(encoding="utf-8")
    assert "Uncertified machine coding" in page
    assert "Lantern Line" in page
    assert "SMD 0.31 [-0.15, 0.77]" in page
    assert "0 of 17" in page, "how many published descriptions state a thing"


def test_the_demo_from_the_checkout_and_again_without_a_change(tmp_path: Path) -> None:
    _demo(tmp_path, REPOSITORY)
    before, files = tables(tmp_path / "demo" / "qualcode.sqlite"), contents(tmp_path / "demo")
    done = qualcode("demo", "-o", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stdout
    assert tables(tmp_path / "demo" / "qualcode.sqlite") == before
    assert contents(tmp_path / "demo") == files


def test_a_folder_that_was_edited_is_run_again_and_its_codings_are_carried_over(small: Path) -> None:
    coded = (
        "file,quote,code\nP01.txt,I was so lonely then.,isolation\nP01.txt,She listened to me for an hour.,listening\n"
    )
    (small / "coded.csv").write_text(coded, encoding="utf-8")
    assert qualcode("import-codings", "coded.csv", "--coder", "anna", "-p", "project", cwd=small).returncode == 0
    new = P01.replace("She listened to me for an hour. ", "").replace("bus stops", "tram stops")
    (small / "raw" / "P01.txt").write_text("Recorded on a Monday.\n\n" + new, encoding="utf-8")
    done = qualcode("run", "raw", "-o", "project", cwd=small)
    assert done.returncode == 0, done.stderr
    said = "P01.txt: new version 2; 1 judgement carried over, 1 lost (review sheet, page Moved)"
    assert said in done.stdout + done.stderr
    rows = list(csv.DictReader((small / "project/exports/excerpts.csv").open(encoding="utf-8-sig")))
    assert [(row["excerpt"], row["coder"]) for row in rows] == [("I was so lonely then.", "anna")]
    assert "bus stops" not in (small / "project/exports/excerpts_unreviewed.csv").read_text(encoding="utf-8-sig")
    assert "Moved" in load_workbook(small / "project/exports/review.xlsx").sheetnames
    before, files = tables(small / "project/qualcode.sqlite"), contents(small / "project")
    again = qualcode("run", "raw", "-o", "project", cwd=small)
    assert again.returncode == 0, again.stderr
    assert "nothing to do" in again.stdout
    assert tables(small / "project/qualcode.sqlite") == before
    assert contents(small / "project") == files


def test_the_demo_from_the_wheel_finds_its_codebook_and_corpus_inside_it(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert "qualcode/_shipped/codebooks/peer_support.yaml" in names
    assert "qualcode/exporters/templates/report.html" in names
    assert "qualcode/encoders/minilm_vocab.txt" in names
    assert not [name for name in names if name.startswith(("tests/", "corpora/"))]
    where = "import qualcode, qualcode.resources as r; print(qualcode.__file__, r.path('corpora/demo'), sep='\\n')"
    env = environment(tmp_path / "unpacked")
    said = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert all(Path(line).is_relative_to(tmp_path / "unpacked") for line in said), said
    _demo(tmp_path, tmp_path / "unpacked")
