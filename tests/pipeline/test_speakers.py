"""Who speaks in what role and why; and roles that the researcher states, for all files or for one."""

from __future__ import annotations

import json

import pytest

from qualcode.errors import ProjectError
from qualcode.pipeline import importing, speakers
from qualcode.project import SETTINGS, Project
from qualcode.store import corpus
from tests.invented import qualcode

P1 = "Dan: How are you?\nEve: Fine.\nDan: And now?\nEve: It is quiet here.\n"
P2 = "Dan: I was alone.\nEve: Since when?\nDan: March.\nEve: Why?\n"
ALIKE = "Dan: How are you?\nEve: And you?\nDan: Fine?\nEve: Is it?\n"


def _roles(project: Project) -> dict[tuple[str, str], str]:
    with project.store.reading() as connection:
        found = corpus.transcripts(connection)
    return {(t.source, turn.speaker): turn.role for t in found for turn in t.turns}


def test_each_speaker_is_shown_with_counts_role_and_reason(make) -> None:
    summary = speakers.speakers(make({"a.txt": P1, "b.txt": "I was alone.\n", "c.csv": "id,comment\n1,Fine it was.\n"}))
    rows = [(r.file, r.speaker, r.turns, r.words, r.asking, r.words_a_turn, r.role, r.why) for r in summary.rows]
    assert rows == [
        ("a.txt", "dan", 2, 5, 1.0, 2.5, "interviewer", "asks at the end of 100 % of turns, the other 0 %"),
        ("a.txt", "eve", 2, 5, 0.0, 2.5, "participant", "answers the other speaker, who asks"),
        ("b.txt", "", 1, 3, 0.0, 3.0, "unknown", "no label"),
    ]
    assert summary.unknown == speakers.Unknown()


def test_a_label_known_elsewhere_is_a_hint_and_no_role(make) -> None:
    summary = speakers.speakers(make({"a.txt": P1, "b.txt": ALIKE}))
    dan = next(row for row in summary.rows if (row.file, row.speaker) == ("b.txt", "dan"))
    assert dan.role == "unknown"
    assert dan.why == (
        "nobody is known to ask: asks at the end of 100 % of turns, the other 100 %; interviewer in 1 other file"
    )
    assert summary.unknown == speakers.Unknown(people=2, files=1, turns=4)


def test_unknown_speakers_are_counted_over_the_whole_import(make) -> None:
    project = make({"a.txt": ALIKE, "b.txt": ALIKE.replace("Fine", "Well"), "c.txt": P1})
    with Project.create(project.folder.parent / "other", project.codebook_text) as other:
        raw = project.folder.parent / "raw"
        assert importing.import_files(other, raw).unknown == speakers.Unknown(people=4, files=2, turns=8)
        assert importing.import_files(other, raw).unknown == speakers.Unknown()


def test_a_question_pattern_is_a_reason(make) -> None:
    toml = "[import]\nquestion_pattern = '\\?$'\n"
    summary = speakers.speakers(make({"a.txt": "How was it?\nCold.\n"}, toml=toml))
    assert [(row.role, row.why) for row in summary.rows] == [
        ("interviewer", "question_pattern"),
        ("unknown", "no label"),
    ]


def test_stated_roles_hold_from_the_next_import_on_and_a_file_may_have_its_own(make) -> None:
    project = make({"in/a.txt": P1, "in/b.txt": P2})
    raw = project.folder.parent / "raw"
    assert _roles(project)[("in/b.txt", "eve")] == "interviewer"
    stated = speakers.state(project, {"Dan": "interviewer", "Eve": "participant"})
    assert (stated.roles, stated.absent) == (2, 0)
    speakers.state(project, {"DAN": "participant", "eve": "facilitator"}, file="in/b.txt")
    project.close()
    with Project.open(project.folder) as again:
        whys = {(row.file, row.speaker): row.why for row in speakers.speakers(again).rows}
        assert whys[("in/b.txt", "eve")] == "as it was imported; qualcode.toml now says facilitator: import again"
        assert importing.import_files(again, raw).described_anew == 1
        assert _roles(again) == {
            ("in/a.txt", "dan"): "interviewer",
            ("in/a.txt", "eve"): "participant",
            ("in/b.txt", "dan"): "participant",
            ("in/b.txt", "eve"): "facilitator",
        }
        assert {row.why for row in speakers.speakers(again).rows} == {"stated in qualcode.toml"}
        assert importing.import_files(again, raw).described_anew == 0


def test_a_name_that_is_no_label_is_counted(make) -> None:
    project = make({"a.txt": P1})
    assert speakers.state(project, {"Zoe": "participant"}).absent == 1
    assert speakers.state(project, {"Dan": "participant"}, file="b.txt").absent == 1


def test_comments_of_the_settings_stay_and_a_role_is_replaced_whatever_its_capitals(make) -> None:
    project = make({"a.txt": P1})
    path = project.folder / SETTINGS
    before = path.read_text(encoding="utf-8").splitlines()
    speakers.state(project, {"Dr. O’Brien": "interviewer"})
    speakers.state(project, {"dr.  o'brien": "participant"})
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == ['"Dr. O’Brien" = "participant"']
    assert [line for line in before if line not in after] == []


def test_settings_that_are_faulty_are_left_as_they_are(make) -> None:
    project = make({"a.txt": P1})
    path = project.folder / SETTINGS
    path.write_text("seed = what\n", encoding="utf-8")
    with pytest.raises(ProjectError):
        speakers.state(project, {"Dan": "interviewer"})
    assert path.read_text(encoding="utf-8") == "seed = what\n"
    assert list(project.folder.glob("*.tmp")) == []


def test_the_command_shows_states_and_says_what_is_next(make) -> None:
    project = make({"a.txt": P1, "b.txt": ALIKE})
    project.close()
    here = project.folder
    shown = qualcode("speakers", cwd=here)
    assert "dan" in shown.stdout
    assert "2 speakers in 1 file have no known role" in shown.stderr
    table = json.loads(qualcode("speakers", "--json", cwd=here).stdout)
    assert {row["speaker"] for row in table["rows"]} == {"dan", "eve"}
    assert "a.txt" not in qualcode("speakers", "--unknown", cwd=here).stdout
    done = qualcode("speakers", "--set", "Dan=interviewer", "--set", "Zoe=participant", cwd=here)
    assert "2 roles stated" in done.stdout
    assert "1 stated name not found among the speakers' labels" in done.stderr
    assert "qualcode import FOLDER again" in done.stderr
    for words in (["--set", "Zyzzyva"], ["--set", "Zyzzyva=chief"], ["--file", "a.txt"]):
        wrong = qualcode("speakers", *words, cwd=here)
        assert wrong.returncode == 2
        assert "Zyzzyva" not in wrong.stdout + wrong.stderr


def test_the_import_tells_of_unknown_speakers_once_and_names_nobody(make, tmp_path) -> None:
    project = make({"a.txt": ALIKE, "b.txt": ALIKE.replace("Fine", "Well")})
    project.close()
    qualcode("init", "p", cwd=tmp_path)
    done = qualcode("import", project.folder.parent / "raw", "-p", "p", cwd=tmp_path)
    assert done.stderr.count("no known role") == 1
    assert "4 speakers in 2 files have no known role (8 turns): they are coded" in done.stderr
    assert "Dan" not in done.stdout + done.stderr
