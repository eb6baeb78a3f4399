"""The docs do not drift: commands, options, settings and links that they name are real; the notebook runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "GLOSSARY.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)


def _help(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "qualcode", *words, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def commands() -> dict[str, str]:
    listed = re.findall(r"^  ([a-z-]+)  ", _help().split("Commands:")[1], re.MULTILINE)
    found = {name: _help(name) for name in listed}
    for group in ("codebook", "deidentify"):
        for name in re.findall(r"^  ([a-z-]+)  ", found[group].split("Commands:")[1], re.MULTILINE):
            found[f"{group} {name}"] = _help(group, name)
    return found


def test_the_readme_names_the_two_commands_and_the_makefile_has_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "```\nmake demo\nmake test\n```" in readme
    for target in re.findall(r"`?make ([a-z-]+)`?", readme):
        known = re.search(rf"^{target}:", makefile, re.MULTILINE)
        assert known or (ROOT / "benchmarks" / target.removeprefix("benchmark-")).is_dir(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_and_option_in_the_docs_exists(path, commands):
    text = path.read_text(encoding="utf-8")
    shown = re.findall(
        r"(?:^|[`/ ])qualcode ((?:codebook |deidentify (?=[a-z]))?[a-z][a-z-]+)([^`\n]*)", text, re.MULTILINE
    )
    for name, rest in shown:
        inside_code = f"qualcode {name}" in "".join(re.findall(r"```.*?```|`[^`]*`", text, re.DOTALL))
        if not inside_code:
            continue
        assert name in commands, f"{path.name}: qualcode {name}"
        for option in re.findall(r"(?<=\s)(--[a-z-]+)", rest):
            assert option in commands[name], f"{path.name}: qualcode {name} {option}"


def test_every_command_is_told_of_somewhere(commands):
    everything = "".join(path.read_text(encoding="utf-8") for path in DOCS)
    assert [name for name in commands if f"`{name}`" not in everything and f"qualcode {name}" not in everything] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_to_files(path):
    for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http", "mailto:")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_setting_is_documented():
    from qualcode.settings import TEMPLATE

    told = (ROOT / "docs" / "project.md").read_text(encoding="utf-8")
    for name in re.findall(r"^(\w+) =", TEMPLATE, re.MULTILINE):
        assert name in told, name


def test_every_dependency_has_its_reason():
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    wanted = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()
        assert name in reasons, name


def test_the_notebook_runs_on_a_demo_project(tmp_path, monkeypatch):
    import json

    from qualcode.pipeline.demo import demo

    demo(tmp_path / "qualcode-demo")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    cells = json.loads((ROOT / "notebooks" / "first_look.ipynb").read_text(encoding="utf-8"))["cells"]
    space: dict = {"display": lambda *shown: None}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
