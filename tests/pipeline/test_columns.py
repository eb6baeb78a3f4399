"""The columns of tables: shown, confirmed once, kept in the settings with their comments."""

from __future__ import annotations

import json
import os
import pty
import sys
from pathlib import Path

import pytest

from qualcode.errors import ProjectError
from qualcode.importers import TableColumns
from qualcode.pipeline import columns, segmenting
from qualcode.pipeline import init as initial
from qualcode.pipeline.columns import Preview
from qualcode.pipeline.importing import import_files
from qualcode.project import SETTINGS, Project
from qualcode.settings import read_settings
from qualcode.store import corpus
from tests.invented import REPOSITORY, environment, qualcode, write_files

LONG = "I was on my own all winter and nobody rang"
SURVEY = (
    f"id,respondent,What helped?,What's missing?,region\n1,S1,{LONG},the bus was late,north\n2,S2,,{LONG} now,north\n"
)
USED = TableColumns(
    text=("What helped?", "What's missing?"), id="id", case="respondent", attributes=("region",), unread=()
)


@pytest.fixture
def made(tmp_path: Path, codebook_file: Path) -> Project:
    write_files(tmp_path, {"raw/survey.csv": SURVEY})
    return initial.init(tmp_path / "project", codebook_file)


def settings_of(project: Project) -> str:
    return (project.folder / SETTINGS).read_text(encoding="utf-8")


def test_what_was_used_is_kept_with_the_comments_and_used_again(made: Project, tmp_path: Path) -> None:
    before = settings_of(made)
    first = import_files(made, tmp_path / "raw")
    assert first.new == 3
    assert made.settings.columns == {"survey.csv": USED}
    assert read_settings(made.folder / SETTINGS).columns == {"survey.csv": USED}
    kept = settings_of(made)
    assert kept.startswith(before.rstrip())
    assert import_files(made, tmp_path / "raw").unchanged == 3
    assert settings_of(made) == kept


def test_the_question_is_the_context_of_the_segment(made: Project, tmp_path: Path) -> None:
    import_files(made, tmp_path / "raw")
    segmenting.segment(made)
    with made.store.reading() as connection:
        found = corpus.segments(connection)
    assert sorted((one.context, one.text, one.case) for one in found) == [
        ("What helped?", LONG, "S1"),
        ("What's missing?", f"{LONG} now", "S2"),
        ("What's missing?", "the bus was late", "S1"),
    ]


def test_a_column_more_in_the_file_is_told_and_not_read(made: Project, tmp_path: Path) -> None:
    import_files(made, tmp_path / "raw")
    lines = [f"{line},{more}" for line, more in zip(SURVEY.splitlines(), ["Why?", LONG, LONG], strict=True)]
    write_files(tmp_path, {"raw/survey.csv": "\n".join(lines)})
    summary = import_files(made, tmp_path / "raw")
    assert (summary.new, summary.unchanged) == (0, 3)
    assert [item.reason for item in summary.skipped if "new column" in item.reason] == [
        "1 new column is not read: Why? (say what it is in qualcode.toml)"
    ]
    assert made.settings.columns == {"survey.csv": USED}


def test_a_column_more_in_the_settings_adds_its_answers_alone(made: Project, tmp_path: Path) -> None:
    import_files(made, tmp_path / "raw", columns=TableColumns(text=("What helped?",)))
    assert made.settings.columns["survey.csv"].unread == ("What's missing?",)
    text = settings_of(made).replace('text = "What helped?"', 'text = ["What helped?", "What\'s missing?"]')
    (made.folder / SETTINGS).write_text(text, encoding="utf-8")
    with Project.open(made.folder) as project:
        summary = import_files(project, tmp_path / "raw")
    assert (summary.new, summary.unchanged, summary.failed) == (2, 1, ())


def test_a_kept_column_that_is_gone_is_refused_by_its_name(made: Project, tmp_path: Path) -> None:
    import_files(made, tmp_path / "raw")
    write_files(tmp_path, {"raw/survey.csv": SURVEY.replace("What helped?", "What has helped?")})
    (failed,) = import_files(made, tmp_path / "raw").failed
    assert failed.reason.startswith("there is no column 'What helped?' for text (nearest: What has helped?")
    assert "qualcode columns survey.csv" in failed.hint


def test_what_a_person_wrote_stays_and_the_rest_is_filled_in(made: Project, tmp_path: Path) -> None:
    own = '[columns."survey.csv"]  # mine\nattributes = []  # none of them\ntext = "What helped?"\n'
    (made.folder / SETTINGS).write_text(own, encoding="utf-8")
    with Project.open(made.folder) as project:
        import_files(project, tmp_path / "raw")
    text = settings_of(made)
    assert text.startswith(own)
    assert read_settings(made.folder / SETTINGS).columns["survey.csv"] == TableColumns(
        text=("What helped?",), id="id", case="respondent", attributes=(), unread=("What's missing?", "region")
    )


def test_nothing_of_a_table_comes_in_that_is_not_confirmed(made: Project, tmp_path: Path) -> None:
    asked: list[Preview] = []

    def no(preview: Preview) -> bool:
        asked.append(preview)
        return False

    summary = import_files(made, tmp_path / "raw", confirm=no)
    assert (summary.new, [item.place for item in summary.failed]) == (0, ["survey.csv"])
    assert "--column" in summary.failed[0].hint
    assert made.settings.columns == {}
    assert LONG not in repr(asked)
    assert import_files(made, tmp_path / "raw", confirm=lambda preview: True).new == 3
    assert import_files(made, tmp_path / "raw", confirm=no).unchanged == 3
    assert len(asked) == 1


def test_settings_that_cannot_be_columns_are_refused(tmp_path: Path) -> None:
    for text in ("unread = 'x'", "case = ['a', 'b']", "attributes = 1"):
        (tmp_path / SETTINGS).write_text(f'[columns."a.csv"]\n{text}\n', encoding="utf-8")
        with pytest.raises(ProjectError, match="columns"):
            read_settings(tmp_path / SETTINGS)


def test_the_preview_imports_nothing(made: Project, tmp_path: Path) -> None:
    before = settings_of(made)
    preview = columns.preview(tmp_path / "raw" / "survey.csv", made)
    assert [seen.taken_for for seen in preview.columns] == ["id", "case", "text", "text", "attribute"]
    assert not preview.kept
    assert settings_of(made) == before
    import_files(made, tmp_path / "raw")
    assert columns.preview(tmp_path / "raw" / "survey.csv", made).kept
    with pytest.raises(ProjectError, match="is not a table"):
        columns.preview(tmp_path / "P01.txt")


def test_the_columns_command_says_nothing_of_an_answer(made: Project, tmp_path: Path) -> None:
    done = qualcode("columns", "raw/survey.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert [seen["examples"] for seen in body["columns"]] == [[], [], [], [], ["north"]]
    plain = qualcode("columns", "raw/survey.csv", "-p", "project", cwd=tmp_path)
    assert "What helped?" in plain.stdout
    for said in (done.stdout + done.stderr, plain.stdout + plain.stderr):
        assert "winter" not in said
        assert "S1" not in said


def _at_a_terminal(answer: bytes, words: list[str], cwd: Path) -> tuple[int, str]:
    process, terminal = pty.fork()
    if not process:
        os.chdir(cwd)
        os.execve(sys.executable, [sys.executable, "-m", "qualcode", *words], environment(REPOSITORY))
    said, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if b"[Y/n]" in said and not answered:
            os.write(terminal, answer)
            answered = True
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said.decode()


def test_at_a_terminal_it_is_asked_once(made: Project, tmp_path: Path) -> None:
    made.close()
    words = ["import", "raw", "-p", "project"]
    code, said = _at_a_terminal(b"n\n", words, tmp_path)
    assert (code, "not confirmed" in said) == (3, True)
    code, said = _at_a_terminal(b"\n", words, tmp_path)
    assert (code, "Is this right? [Y/n]" in said, "3 new" in said) == (0, True, True)
    assert "winter" not in said
    code, said = _at_a_terminal(b"", words, tmp_path)
    assert (code, "[Y/n]" in said, "3 unchanged" in said) == (0, False, True)
