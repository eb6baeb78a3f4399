"""The main job from the checkout and from the wheel, twice."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.invented import REPOSITORY, contents, environment, qualcode, tables


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
