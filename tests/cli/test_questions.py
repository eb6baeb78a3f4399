"""Asking in the terminal: keys, words in brackets, going back, leaving, and a process that is killed."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from qualcode.cli.app import app
from qualcode.project import Project
from qualcode.store import codings
from tests.invented import REPOSITORY, environment, interview, qualcode

SPOKEN = "[bold]She[/bold] said [y]es to the [name] forms, and that was [3] weeks ago\\"


@pytest.fixture
def folder(make) -> Path:
    files = {"P01.txt": interview(SPOKEN), "P02.txt": interview("The kettle.", "I was alone.", "He listened to it.")}
    project = make(files, tag=True)
    project.close()
    return project.folder


def _asked(folder: Path, keys: str, *words: str) -> str:
    done = CliRunner().invoke(app, ["ask", "--coder", "anna", "--here", "-p", str(folder), *words], input=keys)
    assert done.exception is None or done.exit_code == 0, done.exception
    return done.output


def _decided(folder: Path) -> list[tuple[tuple[str, ...], dict[str, str]]]:
    with Project.open(folder) as project, project.store.reading() as connection:
        return [
            (judged.codes, {coding.code: coding.facets.get("polarity", "") for coding in made})
            for judged, made in codings.decisions(connection)
        ]


def test_one_code_a_screen_yes_no_and_nothing_of_the_machine(folder: Path) -> None:
    said = _asked(folder, "y\nN\nyes:denied\nno\n", "--by", "code", "--code", "listening")
    assert [set(made.values()) for _, made in _decided(folder)] == [{""}, set(), {"denied"}, set()]
    assert all(codes == ("listening",) for codes, _ in _decided(folder))
    assert "4 answers of 4 kept" in said
    assert "Being listened to: Somebody listens" in said
    assert not [word for word in ("score", "propos", "0.", "random", "lot ") if word in said.lower()]


def test_brackets_of_keys_and_of_participants_are_shown_as_they_stand(folder: Path) -> None:
    said = _asked(folder, "s\ns\ns\ns\n", "--by", "code", "--code", "paperwork")
    assert SPOKEN in said
    assert "[y]es  [n]o  [s]kip  [b]ack  [q]uit" in said
    assert _decided(folder) == []


def test_numbers_choose_codes_and_the_rest_is_absent(folder: Path) -> None:
    said = _asked(folder, "1 3:denied\n0\n2,2\n1\n")
    assert "2  Being listened to" in said
    judged = {"isolation", "listening", "paperwork"}
    assert [set(codes) for codes, _ in _decided(folder)] == [judged] * 4
    made = [made for _, made in _decided(folder)]
    assert made == [{"isolation": "", "paperwork": "denied"}, {}, {"listening": ""}, {"isolation": ""}]


@pytest.mark.parametrize("slip", ["", "4", "0 1", "1:gloomy", "y", "-1", "one"])
def test_a_slip_judges_nothing_and_is_asked_again(folder: Path, slip: str) -> None:
    said = _asked(folder, f"{slip}\nq\n")
    assert "not understood" in said
    assert _decided(folder) == []


def test_back_changes_an_answer_and_the_later_stands(folder: Path) -> None:
    _asked(folder, "b\n1\nb\n0\nq\n")
    assert [made for _, made in _decided(folder)] == [{"isolation": ""}, {}]
    with Project.open(folder) as project:
        judged, made = project.judged(), project.codings()
    assert len(judged[judged["coder"] == "anna"]) == 3
    assert not len(made[made["coder"] == "anna"])


def test_what_was_skipped_is_not_asked_again_in_the_session_and_is_the_next_time(folder: Path) -> None:
    assert "0 answers of 4 kept" in _asked(folder, "s\ns\ns\ns\n")
    assert "4 of 4" in _asked(folder, "0\n0\n0\n0\n")
    assert len(_decided(folder)) == 4


def test_whoever_leaves_keeps_what_was_answered_also_where_the_input_ends(folder: Path) -> None:
    done = CliRunner().invoke(app, ["ask", "--coder", "anna", "--here", "--json", "-p", str(folder)], input="0\n0\n")
    assert '"answered": 2' in done.output
    assert len(_decided(folder)) == 2


def test_a_process_that_is_killed_loses_no_answer(folder: Path) -> None:
    words = [sys.executable, "-m", "qualcode", "ask", "--coder", "anna", "--here", "-p", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, stdin=subprocess.PIPE, env=environment(REPOSITORY), text=True, **quiet) as asking:
        asking.stdin.write("1\n0\n2\n")
        asking.stdin.flush()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with sqlite3.connect(folder / "qualcode.sqlite") as connection:
                if connection.execute("SELECT count(*) FROM judged").fetchone() == (3,):
                    break
            time.sleep(0.1)
        asking.kill()
    assert [made for _, made in _decided(folder)] == [{"isolation": ""}, {}, {"listening": ""}]
    done = qualcode("verify", "-p", folder, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_sheets_by_the_command_line(folder: Path) -> None:
    done = qualcode(
        "ask", "--coder", "anna", "--by", "code", "-n", "4", "-o", "a.xlsx", "--json", "-p", ".", cwd=folder
    )
    assert (done.returncode, json.loads(done.stdout)["questions"]) == (0, 4), done.stderr
    assert openpyxl.load_workbook(folder / "a.xlsx").sheetnames[:2] == ["Read me", "Asked"]
    done = qualcode("second-look", "--coder", "anna", "-p", ".", cwd=folder)
    assert (done.returncode, "too few passages" in done.stderr) == (1, True)
    assert qualcode("ask", "-p", ".", cwd=folder).returncode == 2
