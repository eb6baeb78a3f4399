"""Entry points: built-ins by the same door as foreign parts; a whole plugin on one screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode import plugins
from qualcode.errors import PluginError
from qualcode.importers import ReadOptions
from tests.invented import REPOSITORY, environment, interview, qualcode, tables, write_files

SENTINEL = "zyzzyva lamplight"


def _installed(folder: Path, code: str, points: str) -> Path:
    """A package as an installer leaves it: a module and its metadata."""
    return write_files(
        folder,
        {
            "foreign.py": code,
            "foreign-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n",
            "foreign-1.0.dist-info/entry_points.txt": points,
        },
    )


READER = """\
from qualcode.importers.text import document

def read(path, options):
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\\n".join(line.removeprefix("> ") for line in lines)
    return document(text, options, source_hash="0" * 64, notes=("read by a plugin",))
"""


def test_the_built_in_parts_are_registered() -> None:
    assert {"txt", "md", "docx", "csv", "xlsx"} <= set(plugins.names("importers"))
    assert "definitions" in plugins.names("taggers")
    assert "minilm" in plugins.names("encoders")
    assert {"table", "report"} <= set(plugins.names("exporters"))


@pytest.mark.parametrize("group", ["importers", "taggers", "encoders", "exporters"])
def test_every_registered_part_can_be_loaded(group: str) -> None:
    for name in plugins.names(group):
        assert callable(plugins.load(group, name))


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(PluginError, match="there is no importer named 'wav'") as caught:
        plugins.load("importers", "wav")
    assert "docx" in caught.value.hint


def test_a_foreign_importer_is_found_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(tmp_path, READER, "[qualcode.importers]\nquoted = foreign:read\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "quoted" in plugins.names("importers")
    path = tmp_path / "a.quoted"
    path.write_text("> It rained.\n", encoding="utf-8")
    imported = plugins.load("importers", "quoted")(path, ReadOptions(secret=b"k", source="a.quoted"))
    assert imported.transcripts[0].text == "It rained."


def test_a_foreign_importer_serves_the_whole_command(tmp_path: Path, codebook_file: Path) -> None:
    _installed(tmp_path / "site", READER, "[qualcode.importers]\nquoted = foreign:read\n")
    write_files(tmp_path, {"raw/P01.quoted": interview("I was lonely.")})
    env = environment(tmp_path / "site", REPOSITORY)
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path, env=env)
    done = qualcode("import", "raw", "-p", "project", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert "read by a plugin" in done.stderr
    assert len(tables(tmp_path / "project" / "qualcode.sqlite")["transcripts"]) == 1


def test_a_foreign_part_never_takes_the_place_of_a_built_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = plugins.load("importers", "txt")
    _installed(tmp_path, "def read(path, options): ...\n", "[qualcode.importers]\ntxt = foreign:read\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert plugins.load("importers", "txt") is before


def test_a_part_that_cannot_be_imported_is_refused_without_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"raise RuntimeError('{SENTINEL}')\n"
    write_files(tmp_path, {"broken_plugin.py": code})
    _installed(tmp_path, "", "[qualcode.importers]\nbroken = broken_plugin:read\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match="could not be loaded") as caught:
        plugins.load("importers", "broken")
    assert SENTINEL not in str(caught.value)
    assert caught.value.hint


def test_a_bug_in_a_foreign_importer_fails_its_file_and_tells_no_words(tmp_path: Path, codebook_file: Path) -> None:
    code = f"def read(path, options):\n    raise RuntimeError('{SENTINEL}')\n"
    _installed(tmp_path / "site", code, "[qualcode.importers]\nquoted = foreign:read\n")
    write_files(tmp_path, {"raw/P01.quoted": SENTINEL, "raw/P02.txt": interview("It rained.")})
    env = environment(tmp_path / "site", REPOSITORY)
    qualcode("init", "project", "--codebook", codebook_file, cwd=tmp_path, env=env)
    done = qualcode("import", "raw", "-p", "project", cwd=tmp_path, env=env)
    assert done.returncode == 3
    assert "its reader failed (RuntimeError at foreign.py:2)" in done.stderr
    assert SENTINEL not in done.stdout + done.stderr
    assert len(tables(tmp_path / "project" / "qualcode.sqlite")["transcripts"]) == 1
