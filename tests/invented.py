"""What several tests share: invented talk, a small codebook, the real command line, a dump of all tables."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

CODEBOOK = """\
# A small codebook, invented for the tests.
codebook: small
title: Small codebook
language: en
facets:
  polarity:
    values: [affirmed, relieved, denied, mixed, hypothetical]
  holder:
    values: [recipient, supporter, child, family, professional, organisation]
codes:
  - id: isolation
    label: Isolation
    brief: Nobody to talk to.
    definition: The speaker is alone or lonely and has nobody to talk to about the child's illness.
    when_to_use: [Loneliness or being cut off from other people is said]
    when_not_to_use: [Quiet that is welcome]
    examples: [I was on my own with him day and night., There was not one person I could ring.]
    patterns: [alone|lonely|isolated, nobody to talk to]
  - id: listening
    label: Being listened to
    brief: Somebody listens.
    definition: Somebody listens to the speaker with patience and attention.
    when_to_use: [Somebody listened and it mattered]
    when_not_to_use: [Advice was given and nothing else]
    examples: [She heard me out until I had finished., He let me talk and never hurried me.]
    patterns: [listened|listens]
  - id: paperwork
    label: Paperwork
    brief: Forms.
    definition: Forms, letters and applications that the speaker has to fill in.
    when_to_use: [Filling in forms is described]
    when_not_to_use: [A form that is only named]
    examples: [Forty pages of it and every page asks the same., I filled it in three times over.]
    patterns: [form|forms|paperwork]
"""

P01 = """\
Interviewer: How was it before the calls started?

Participant: I was so lonely then. There was nobody to talk to in the whole street.

Interviewer: And the calls themselves?

Participant: She listened to me for an hour. I am not so alone now, not since she rang.

Interviewer: What else was there?

Participant: The bus stops at the corner by the chemist and it is late most mornings.
"""
P02 = """\
Interviewer: Tell me about the group.

Participant: They listened, all of them. The forms were worse: forty pages of paperwork for a chair.

Interviewer: Did you ever feel cut off?

Participant: I was never lonely, my sister lives next door to us.

Interviewer: And the building?

Participant: The kettle was slow and the biscuits went soft. We sat in a ring on blue plastic chairs.
"""
P03 = """\
Interviewer: What did you do in a usual week?

Participant: On Monday we fed the ducks. On Tuesday the gas man came and looked at the boiler.

Interviewer: Was anybody there for you?

Participant: My neighbour listens when I stand at the fence. The window sticks in the wet weather.
"""
SURVEY = """\
id,respondent,programme,comment
1,S1,north,The forms took me three evenings and my pen ran out.
2,S2,south,"I was alone with it, and then I was not."
3,S3,south,The room was painted yellow and the door was heavy.
4,S4,north,
"""
MANIFEST = """\
file,kind,case,programme,wave,date,deidentified,age
P01.txt,interview,P01,north,after,2025-03-01,yes,41
P02.txt,interview,P02,south,after,2025-03-02,yes,52
P03.md,interview,P03,south,during,2025-03-03,yes,
survey.csv,,,,,,yes,
"""
PROGRAMMES = "programme,name,paid\nnorth,North Line,no\nsouth,South Ring,yes\n"
SMALL = {
    "P01.txt": P01,
    "P02.txt": P02,
    "P03.md": P03,
    "survey.csv": SURVEY,
    "manifest.csv": MANIFEST,
    "programmes.csv": PROGRAMMES,
}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Files by name, in `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def interview(*speeches: str) -> str:
    """An interview of these answers."""
    return "".join(f"Interviewer: And then?\n\nParticipant: {speech}\n\n" for speech in speeches)


def environment(*first: Path, **more: str) -> dict[str, str]:
    """This environment with folders first on the path of Python, and a wide terminal."""
    paths = [str(path) for path in first] + [os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(path for path in paths if path)
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", "NO_COLOR": "1", **more}


def qualcode(
    *words: object, cwd: Path, env: dict[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """The real command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qualcode", *map(str, words)],
        cwd=cwd,
        env=env or environment(REPOSITORY),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def tables(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with sqlite3.connect(database) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        names = [name for (name,) in connection.execute(query)]
        return {name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name in it, but for the database, of which `tables` tells."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".sqlite" not in path.name
    }
