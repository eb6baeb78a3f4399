"""Rules of the house that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.invented import REPOSITORY, environment

MODULES = sorted((REPOSITORY / "qualcode").rglob("*.py"))
ALL = [
    *MODULES,
    *sorted((REPOSITORY / "tests").rglob("*.py")),
    *sorted((REPOSITORY / "benchmarks").rglob("*.py")),
]
MOST_LINES = 400
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "service", "misc"}
FETCHING = {
    "urllib",
    "http",
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "socket",
    "ftplib",
    "huggingface_hub",
}
HEAVY = ("sklearn", "spacy", "bertopic", "onnxruntime", "scipy", "torch", "statsmodels")
ADDRESSES = ("https://vega.github.io/schema/", "http://schemas.openxmlformats.org/", "http://www.w3.org/")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".csv",
    ".txt",
    ".html",
    ".lock",
    ".cfg",
    ".ipynb",
    ".cff",
    "",
}


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 60


@pytest.mark.parametrize("path", ALL, ids=_name)
def test_no_module_is_longer_than_a_conversation(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_or_class_has_a_name_that_says_nothing(path: Path) -> None:
    assert not {path.stem, path.parent.name} & FORBIDDEN
    names = [node.name for node in ast.walk(_tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [name for name in names if re.search(r"(Manager|Helper|Utils?|Base|Service)$", name)]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_output_prints(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    writes = re.findall(r"sys\.std(?:out|err)\.write|pprint\(", path.read_text(encoding="utf-8"))
    assert _name(path) == "qualcode/cli/output.py" or not calls + writes


def _undocumented(tree: ast.Module) -> list[str]:
    found = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            own = [node]
            if isinstance(node, ast.ClassDef):
                own += [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            found += [f"{node.name}.{n.name}" for n in own if not ast.get_docstring(n)]
    return found


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert _undocumented(_tree(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nothing_fetches(path: Path) -> None:
    tree = _tree(path)
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & FETCHING
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    addresses = [a for text in texts for a in re.findall(r"https?://\S+", text)]
    assert not [address for address in addresses if not address.startswith(ADDRESSES)]


def test_the_command_line_starts_without_heavy_packages() -> None:
    code = f"import sys, qualcode.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(REPOSITORY), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [REPOSITORY / name for name in listed if Path(name).suffix in TEXT and (REPOSITORY / name).is_file()]


def test_no_text_file_holds_a_path_of_somebodys_machine() -> None:
    folders = "|".join(["/" + "work/", "/" + "home/", "/" + "root/", "/" + "Users/", r"[A-Z]:\\" + r"Users\\"])
    pattern = re.compile(f"(?<![\\w.:/-])(?:{folders})")
    own = str(REPOSITORY)
    paths = _texts()
    assert len(paths) > 60
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        if pattern.search(text) or (len(own) > 6 and own in text):
            found.append(_name(path))
    assert found == []
