"""Files in: new, known, described anew, changed, doubled, unreadable."""

from __future__ import annotations

import shutil
import sqlite3
import tracemalloc
from pathlib import Path

import pytest

from qualcode.corpus import Transcript
from qualcode.errors import ProjectError
from qualcode.pipeline import importing
from qualcode.project import MANIFEST, SETTINGS, Project
from qualcode.store import corpus, events
from tests.importers.test_pdf import typeset
from tests.invented import P01, P02, P03, interview, tables, write_files


def _transcripts(project: Project) -> dict[str, Transcript]:
    with project.store.reading() as connection:
        return {t.source + (f"#{t.row}" if t.row else ""): t for t in corpus.transcripts(connection)}


def _raw(project: Project) -> Path:
    return project.folder.parent / "raw"


def test_importing_twice_changes_nothing(project: Project) -> None:
    before, manifest = tables(project.store.path), (project.folder / MANIFEST).read_bytes()
    summary = importing.import_files(project, _raw(project))
    assert (summary.new, summary.unchanged, summary.described_anew) == (0, 6, 0)
    assert tables(project.store.path) == before
    assert (project.folder / MANIFEST).read_bytes() == manifest


def test_the_manifest_describes_texts_and_cases(project: Project) -> None:
    found = _transcripts(project)
    assert (found["P01.txt"].case, found["P01.txt"].programme, found["P01.txt"].wave) == (
        "P01",
        "north",
        "after",
    )
    assert found["P01.txt"].deidentified is True
    assert found["survey.csv#1"].kind == "feedback"
    with project.store.reading() as connection:
        assert corpus.cases(connection)["P01"].attributes == {"age": 41}
        assert corpus.cases(connection)["P03"].attributes == {"age": None}
        assert corpus.programmes(connection)["south"].attributes == {"paid": True}


def test_an_edited_manifest_describes_anew_and_keeps_text_and_ids(project: Project) -> None:
    before = _transcripts(project)
    path = project.folder / MANIFEST
    path.write_text(path.read_text().replace("interview,P02,south,after", "focus_group,P02,north,before"))
    summary = importing.import_files(project, _raw(project))
    after = _transcripts(project)
    assert (summary.new, summary.described_anew, summary.unchanged) == (0, 1, 5)
    assert (after["P02.txt"].kind, after["P02.txt"].programme, after["P02.txt"].wave) == (
        "focus_group",
        "north",
        "before",
    )
    assert (after["P02.txt"].id, after["P02.txt"].text) == (before["P02.txt"].id, before["P02.txt"].text)
    assert {name: t for name, t in after.items() if name != "P02.txt"} == {
        name: t for name, t in before.items() if name != "P02.txt"
    }
    with project.store.reading() as connection:
        told = [event for event in events.all_events(connection) if event.subjects][-1]
        assert (told.kind, told.subjects) == ("describe", (before["P02.txt"].id,))
    assert importing.import_files(project, _raw(project)).described_anew == 0


def test_roles_that_the_settings_name_describe_anew(make) -> None:
    project = make({"P01.txt": "Dan: Why?\nEve: Because it rained.\nDan: And?\nEve: It stopped.\n"})
    project.close()
    settings = project.folder / SETTINGS
    settings.write_text(settings.read_text().replace("[speakers]", '[speakers]\nEve = "interviewer"', 1))
    with Project.open(project.folder) as again:
        assert importing.import_files(again, _raw(again)).described_anew == 1
        roles = {turn.speaker: turn.role for turn in _transcripts(again)["P01.txt"].turns}
    assert roles["eve"] == "interviewer"


@pytest.mark.parametrize(("setting", "word"), [("accepted", "often"), ("rejected", "never")])
def test_tracked_changes_are_read_as_the_settings_say(make, setting: str, word: str) -> None:
    changed = r"{\rtf1 INT: How was it?\par P07: I was {\deleted never }{\revised often }there.}"
    project = make({"P07.rtf": changed}, toml=f'[import]\ntracked_changes = "{setting}"')
    assert _transcripts(project)["P07.rtf"].text.endswith(f"P07: I was {word} there.")


def test_a_project_of_before_pages_were_kept_learns_them_once(make) -> None:
    project = make({"P01.txt": P01})
    typeset(_raw(project) / "P07.pdf", [["P07: Nobody came."], ["INT: And then?"]])
    importing.import_files(project, _raw(project))
    assert len(_transcripts(project)["P07.pdf"].pages) == 2
    with sqlite3.connect(project.store.path) as connection:
        connection.execute("UPDATE transcripts SET pages = '[]'")
    assert importing.import_files(project, _raw(project)).described_anew == 1
    assert len(_transcripts(project)["P07.pdf"].pages) == 2
    assert importing.import_files(project, _raw(project)).described_anew == 0


def test_an_edited_transcript_and_an_edited_row_are_new_versions(project: Project) -> None:
    before = _transcripts(project)
    (_raw(project) / "P01.txt").write_text(P01.replace("lonely", "lonesome"))
    path = _raw(project) / "survey.csv"
    path.write_text(path.read_text().replace("painted yellow", "painted green"))
    summary = importing.import_files(project, _raw(project))
    after = _transcripts(project)
    assert (summary.new, summary.versions, summary.unchanged, summary.failed) == (0, 2, 4, ())
    assert "lonesome" in after["P01.txt"].text
    assert (after["P01.txt"].version, after["P01.txt"].replaces) == (2, before["P01.txt"].id)
    assert {name for name in after if after[name] != before[name]} == {"P01.txt", "survey.csv#3"}


def test_rows_that_are_only_numbered_are_refused_when_one_of_them_has_changed(make) -> None:
    project = make({"a.csv": "comment\nWe sat there and waited.\nThe tea was warm that day.\n"})
    before = tables(project.store.path)
    (_raw(project) / "a.csv").write_text("comment\nThe tea was warm that day.\nWe sat there and waited.\n")
    (item,) = importing.import_files(project, _raw(project)).failed
    assert (item.place, item.count) == ("a.csv", 2)
    assert "changed since it was imported" in item.reason
    assert "another name" in item.hint
    assert tables(project.store.path) == before


def test_rows_that_share_an_id_are_refused_when_one_of_them_has_changed(make) -> None:
    toml = '[columns."a.csv"]\nid = "who"\n'
    project = make({"a.csv": "who,comment\nS1,We sat there and waited.\nS1,The tea was warm.\n"}, toml=toml)
    (_raw(project) / "a.csv").write_text("who,comment\nS1,We sat there and waited.\nS1,The tea was cold.\n")
    (item,) = importing.import_files(project, _raw(project)).failed
    assert item.count == 1
    assert {t.version for t in _transcripts(project).values()} == {1}


def test_a_text_that_becomes_a_copy_of_another_file_is_refused_and_kept(make) -> None:
    project = make({"P01.txt": P01, "P02.txt": P02})
    before = tables(project.store.path)
    (_raw(project) / "P01.txt").write_text(P02)
    (item,) = importing.import_files(project, _raw(project)).failed
    assert "now that of another file" in item.reason
    assert tables(project.store.path) == before


def test_an_earlier_version_under_another_name_is_told_as_such(make) -> None:
    project = make({"P01.txt": P01})
    write_files(_raw(project), {"P01.txt": P02, "P01_old.txt": P01})
    summary = importing.import_files(project, _raw(project))
    assert summary.versions == 1
    assert [item.reason for item in summary.skipped] == [
        "the same text is in already, as an earlier version of another file"
    ]
    assert list(_transcripts(project)) == ["P01.txt"]


def test_a_duplicate_is_skipped_also_the_second_time(project: Project) -> None:
    shutil.copy(_raw(project) / "P01.txt", _raw(project) / "P09.txt")
    for _ in range(2):
        summary = importing.import_files(project, _raw(project))
        doubled = [item for item in summary.skipped if item.place == "P09.txt"]
        assert [item.failed for item in doubled] == [False]
        assert "same text is in already" in doubled[0].reason
        assert summary.new == 0


def test_two_equal_files_in_one_import_give_one_transcript(make) -> None:
    project = make({"P01.txt": P02, "P02.txt": P02})
    assert list(_transcripts(project)) == ["P01.txt"]


def test_equal_answers_in_two_rows_are_two_transcripts(make) -> None:
    project = make({"a.csv": "id,comment\n1,We sat there and waited.\n2,We sat there and waited.\n"})
    assert len(_transcripts(project)) == 2


def test_an_unknown_suffix_among_good_files_fails_alone(project: Project) -> None:
    write_files(_raw(project), {"scan.pdf": "%PDF", "README": "x", "P04.txt": interview("The tea was warm.")})
    summary = importing.import_files(project, _raw(project))
    assert {item.place for item in summary.failed} == {"scan.pdf", "README"}
    assert all(item.reason and item.hint for item in summary.failed)
    assert summary.new == 1


def test_hidden_and_lock_files_are_passed_over(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {".git/a.txt": "x", "~$a.docx": "x", ".hidden.txt": "x", "manifest.csv": "file\n", "b/c.txt": "x"},
    )
    assert [path.name for path in importing.files_in(tmp_path)] == ["c.txt"]


def test_files_that_share_most_of_their_words_are_told_of(make) -> None:
    words = " ".join(f"word{number} then" for number in range(100))
    project = make({"P01.txt": interview(words)})
    write_files(_raw(project), {"P02.txt": interview(words, "One thing more was said.")})
    notes = importing.import_files(project, _raw(project)).notes
    assert [place for place, note in notes if "counted twice" in note] == ["P01.txt"]
    write_files(_raw(project), {"P03.txt": interview("Nothing of that was said here.")})
    assert not any("counted twice" in note for _, note in importing.import_files(project, _raw(project)).notes)


def test_an_edited_file_does_not_overlap_with_what_it_was(make) -> None:
    words = " ".join(f"word{number} then" for number in range(100))
    project = make({"P01.txt": interview(words)})
    write_files(_raw(project), {"P01.txt": interview(words, "One thing more was said.")})
    summary = importing.import_files(project, _raw(project))
    assert summary.versions == 1
    assert not any("counted twice" in note for _, note in summary.notes)


def test_a_name_that_may_be_a_persons_is_not_made_a_case(make) -> None:
    project = make({"Mary Jones.txt": P03, "KO-07.txt": P02})
    found = _transcripts(project)
    assert found["KO-07.txt"].case == "KO-07"
    assert found["Mary Jones.txt"].case == found["Mary Jones.txt"].id


def test_a_second_folder_can_be_imported_into_a_project(make, tmp_path: Path) -> None:
    project = make({"P01.txt": P01})
    write_files(tmp_path / "second", {"P02.txt": P02})
    assert importing.import_files(project, tmp_path / "second").new == 1
    assert set(_transcripts(project)) == {"P01.txt", "P02.txt"}


def test_a_manifest_that_lacks_a_file_is_completed_at_once(make) -> None:
    project = make({"P01.txt": P01, "P02.txt": P02, "manifest.csv": "file,case\nP01.txt,P01\n"})
    once = (project.folder / MANIFEST).read_bytes()
    importing.import_files(project, _raw(project))
    assert (project.folder / MANIFEST).read_bytes() == once


def test_a_manifest_with_semicolons_does_not_grow_at_every_import(make) -> None:
    project = make({"P01.txt": P01, "P02.txt": P02, "manifest.csv": "file;kind;case\nP01.txt;interview;P01\n"})
    importing.import_files(project, _raw(project))
    twice = (project.folder / MANIFEST).read_bytes()
    importing.import_files(project, _raw(project))
    assert (project.folder / MANIFEST).read_bytes() == twice


def test_a_manifest_in_windows_1252_takes_new_files(tmp_path: Path, codebook_file: Path, make) -> None:
    project = make({"P01.txt": P01})
    (project.folder / MANIFEST).write_bytes("file,case,town\nP01.txt,P01,Orléans on the river\n".encode("cp1252"))
    write_files(_raw(project), {"P02.txt": P02})
    assert importing.import_files(project, _raw(project)).new == 1


def test_a_file_name_pattern_with_a_field_twice_is_a_fault_of_the_settings(make) -> None:
    with pytest.raises(ProjectError):
        make({"a_b.txt": P01}, toml='[import]\nfile_name_pattern = "{case}_{case}"\n')


def test_a_file_name_pattern_describes_files_that_no_manifest_does(make) -> None:
    pattern = '[import]\nfile_name_pattern = "{programme}_{case}"\n'
    found = _transcripts(make({"north_P1.txt": P01}, toml=pattern))
    assert (found["north_P1.txt"].programme, found["north_P1.txt"].case) == ("north", "P1")


def test_many_files_of_all_kinds_are_read_ahead_and_come_in_as_one_by_one(make, tmp_path: Path) -> None:
    files = {f"P{number:02}.txt": interview(f"On day {number} it rained.") for number in range(25)}
    files |= {f"S{number}.csv": f"id,comment\n1,We sat for {number} hours and waited.\n" for number in range(3)}
    together = make(files)
    alone = make({"P00.txt": files["P00.txt"]})
    for name, text in files.items():
        write_files(tmp_path / "alone", {name: text})
        importing.import_files(alone, tmp_path / "alone" / name)
    one, other = _transcripts(together), _transcripts(alone)
    assert {name: (t.text, t.case and t.case[:3], t.turns[0].start) for name, t in one.items()} == {
        name: (t.text, t.case and t.case[:3], t.turns[0].start) for name, t in other.items()
    }


def test_three_times_as_many_texts_need_no_more_memory(make) -> None:
    peaks = []
    for files in (25, 75):
        project = make({"P00.txt": P01})
        for number in range(files):
            said = f"day {number} ".ljust(9) * 20_000
            write_files(_raw(project), {f"M{number:02}.txt": f"Interviewer: So?\nParticipant: {said}\n"})
        tracemalloc.start()
        assert importing.import_files(project, _raw(project)).new == files
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Fifty texts more are nine million letters.
    assert peaks[1] < peaks[0] + 2_000_000


def test_what_is_described_anew_is_found_without_loading_every_text(make, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make({f"P{number:02}.txt": interview(f"On day {number} it rained.") for number in range(4)})
    asked: list[list[str] | None] = []
    load = corpus.transcripts
    monkeypatch.setattr(corpus, "transcripts", lambda connection, ids=None: asked.append(ids) or load(connection, ids))
    assert importing.import_files(project, _raw(project)).unchanged == 4
    assert all(ids is not None and len(ids) == 1 for ids in asked)
