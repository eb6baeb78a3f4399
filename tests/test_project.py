"""The project folder and its settings."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from qualcode.errors import ProjectError
from qualcode.project import CODEBOOK, KEY, SETTINGS, STORE, Project
from qualcode.settings import read_settings
from tests.invented import CODEBOOK as TEXT


def _settings(tmp_path: Path, text: str) -> Path:
    (tmp_path / SETTINGS).write_text(text, encoding="utf-8")
    return tmp_path / SETTINGS


def test_a_new_project_holds_its_four_files_and_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", TEXT) as project:
        assert project.codebook.id == "small"
        assert project.settings.approach == "codebook_framework"
        assert len(project.secret) == 32
    names = {path.name for path in (tmp_path / "p").iterdir()}
    assert names == {SETTINGS, CODEBOOK, KEY, STORE}
    assert stat.S_IMODE((tmp_path / "p" / KEY).stat().st_mode) == 0o600


def test_the_template_reads_as_the_defaults(tmp_path: Path) -> None:
    Project.create(tmp_path / "p", TEXT).close()
    (tmp_path / SETTINGS).write_text("")
    assert read_settings(tmp_path / "p" / SETTINGS) == read_settings(tmp_path / SETTINGS)


def test_creating_over_a_project_touches_no_file_that_is_there(tmp_path: Path) -> None:
    Project.create(tmp_path / "p", TEXT).close()
    before = {path.name: path.read_bytes() for path in (tmp_path / "p").iterdir() if path.name != STORE}
    (tmp_path / "p" / SETTINGS).write_bytes(before[SETTINGS] + b"# mine\n")
    Project.create(tmp_path / "p", "codes: []").close()
    after = {path.name: path.read_bytes() for path in (tmp_path / "p").iterdir() if path.name != STORE}
    assert after == before | {SETTINGS: before[SETTINGS] + b"# mine\n"}


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="there is no project here") as caught:
        Project.open(tmp_path)
    assert "qualcode init" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", "not hexadecimal", None])
def test_a_missing_or_damaged_key_is_refused_and_not_made_anew(tmp_path: Path, key: str | None) -> None:
    Project.create(tmp_path / "p", TEXT).close()
    path = tmp_path / "p" / KEY
    path.unlink()
    if key is not None:
        path.write_text(key)
    with pytest.raises(ProjectError, match="key is missing or damaged"):
        Project.open(tmp_path / "p")


def test_settings_are_read(tmp_path: Path) -> None:
    text = (
        'approach = "realist"\nseed = 3\n[import]\nquestion_pattern = "^Q"\n'
        '[speakers]\n"Dan" = "interviewer"\n'
        '[segments]\nunit = "sentence"\nwords = 30\n[tag]\nfloor = 0.1\nthreshold = 0.2\n[themes]\nmost = 4\n'
        '[columns."a.csv"]\ntext = "said"\nattributes = ["age"]\n'
    )
    settings = read_settings(_settings(tmp_path, text))
    assert (settings.approach, settings.seed, settings.unit, settings.words) == ("realist", 3, "sentence", 30)
    assert settings.speakers == {"dan": "interviewer"}
    assert (settings.floor, settings.threshold, settings.most_themes) == (0.1, 0.2, 4)
    assert settings.columns["a.csv"].text == ("said",)
    assert settings.columns["a.csv"].attributes == ("age",)


def test_roles_of_one_file_win_over_those_of_all(tmp_path: Path) -> None:
    text = '[speakers]\nDan = "interviewer"\nEve = "participant"\n[speakers."in/P4.docx"]\n"DAN" = "participant"\n'
    settings = read_settings(_settings(tmp_path, text))
    assert settings.roles_in("in/P1.docx") == {"dan": "interviewer", "eve": "participant"}
    assert settings.roles_in("in/P4.docx") == {"dan": "participant", "eve": "participant"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[speakers]\nDan = 3", "not a word in quotation marks"),
        ("seed = ", "not valid TOML"),
        ("colour = 1", "'colour' is not a setting"),
        ("[tag]\nflor = 0.2", "'flor' is not a setting"),
        ('approach = "vibes"', "approach is 'vibes'"),
        ('[import]\ntracked_changes = "both"', "import.tracked_changes is 'both'"),
        ('[segments]\nunit = "page"', "segments.unit is 'page'"),
        ("[segments]\nwords = 2", "segments.words is 2"),
        ("[segments]\nwords = true", "segments.words is True"),
        ('[tag]\nfloor = "low"', "tag.floor is 'low'"),
        ("[tag]\nthreshold = 1.5", "tag.threshold is 1.5"),
        ("[tag]\nthreshold = nan", "tag.threshold is nan"),
        ("[tag]\nfloor = 0.9", "tag.floor is above tag.threshold"),
        ("[themes]\nmost = 0", "themes.most is 0"),
        ("seed = -1", "seed is -1"),
        ('[columns]\n"a.csv" = "comment"', "expected a table of column names"),
        ('[columns."a.csv"]\nwords = "x"', "'words' is not a setting"),
    ],
)
def test_a_faulty_setting_is_refused_by_its_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said) as caught:
        read_settings(_settings(tmp_path, text))
    assert SETTINGS in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['segments = "window"', "speakers = 3", "columns = 3", "import = 5", '[columns."a.csv"]\nattributes = 5'],
)
def test_a_section_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProjectError):
        read_settings(_settings(tmp_path, text))


@pytest.mark.parametrize("text", ["seed = 1.9", "[segments]\nwords = 60.5"])
def test_a_fraction_where_a_whole_number_is_needed_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProjectError):
        read_settings(_settings(tmp_path, text))
