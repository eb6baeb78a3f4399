"""A cloud's folder is refused, allowed and warned of; what must not stand in a shell's history is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.invented import REPOSITORY, environment, interview, qualcode, write_files


def test_a_new_project_in_a_cloud_is_refused_and_one_that_stands_is_warned_of_once(
    tmp_path: Path, codebook_file: Path
) -> None:
    cloud = tmp_path / "OneDrive - University"
    write_files(cloud, {"raw/P01.txt": interview("I was lonely.")})
    for words in (["init", "project"], ["run", "raw"], ["run", "raw", "--json"]):
        done = qualcode(*words, cwd=cloud)
        assert (done.returncode, "--cloud-ok" in done.stderr) == (4, True), done.stderr
        assert [path.name for path in cloud.iterdir()] == ["raw"]
    made = qualcode("init", "project", "--codebook", codebook_file, "--cloud-ok", cwd=cloud)
    assert (made.returncode, made.stderr.count("OneDrive")) == (0, 1), made.stderr
    done = qualcode("import", "raw", "-p", "project", cwd=cloud)
    assert (done.returncode, done.stderr.count("OneDrive")) == (0, 1), done.stderr
    packed = qualcode("pack", "-p", "project", "-o", "p.qualpack", "--identified-ok", cwd=cloud)
    assert packed.returncode == 0, packed.stderr
    merged = qualcode("merge", "p.qualpack", "-p", "merged", cwd=cloud)
    assert (merged.returncode, (cloud / "merged").exists()) == (4, False)
    merged = qualcode("merge", "p.qualpack", "-p", "merged", "--cloud-ok", cwd=cloud)
    assert merged.returncode == 0, merged.stderr


def test_a_case_is_read_from_standard_input(tmp_path: Path) -> None:
    code = "from qualcode.cli import asking; print(asking.case('P01'), asking.case('-'))"

    def said(line: str) -> subprocess.CompletedProcess[str]:
        env = environment(REPOSITORY)
        return subprocess.run(
            [sys.executable, "-c", code], input=line, env=env, capture_output=True, text=True, check=False
        )

    assert said("  P07 \nmore\n").stdout.split() == ["P01", "P07"]
    assert "no case was given" in said("").stderr


def test_encrypting_without_a_passphrase_makes_nothing(tmp_path: Path) -> None:
    env = environment(REPOSITORY)
    env.pop("QUALCODE_PASSPHRASE", None)
    done = qualcode("init", "project", "--encrypt", cwd=tmp_path, env=env)
    assert (done.returncode, "QUALCODE_PASSPHRASE" in done.stderr) == (4, True)
    assert list(tmp_path.iterdir()) == []
