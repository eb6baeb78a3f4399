"""A phrase that must never come out: not in an error, a log, a repr, an event or a file's name."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import sqlite3
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import qualcode as package
from qualcode import plugins
from qualcode.coding import Coder
from qualcode.errors import ImporterError, QualcodeError
from qualcode.formats.pack import Pack, Text
from qualcode.importers import ReadOptions
from qualcode.pipeline import exporting, speakers, versions
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.importing import import_files
from qualcode.pipeline.merging import merge
from qualcode.pipeline.packing import pack
from qualcode.project import Project
from qualcode.settings import read_settings
from qualcode.store import codings, corpus, events
from tests.dialects import MAXQDA, TEXTS, written
from tests.invented import interview, qualcode, write_files

SENTINEL = "Zyzzyva Lamplight"
TALK = f"{SENTINEL}: I was lonely, {SENTINEL} said.\nInterviewer: Why, {SENTINEL}?\n{SENTINEL}: The forms.\n" * 2
SURVEY = f'id,respondent,comment,remark\n1,S1,"I was lonely, {SENTINEL}.",{SENTINEL}\n2,S2,Fine {SENTINEL} it was.,no\n'
BAD_FILES = {
    "open_quote.csv": f'id,comment\n1,"never closed {SENTINEL}\n2,more\n',
    "after_quote.csv": f'id,comment\n1,"closed" {SENTINEL}\n',
    "twice.csv": f"comment,comment\n{SENTINEL},{SENTINEL}\n",
    "same_id.csv": f"key,comment\n1,{SENTINEL} one two three\n1,{SENTINEL} four five six\n",
    "header_only.csv": f"id,{SENTINEL}\n",
    "coded.csv": f"document,tag,content\nP01.txt,{SENTINEL},{SENTINEL} was lonely\n",
    "ragged.csv": f"id,comment\n1,{SENTINEL} was lonely, {SENTINEL} said\n",
    "no_text.csv": "id,n\n1,2\n",
    "binary.txt": f"\x00\x01\x02{SENTINEL}\x00\xff",
    "word.docx": f"{SENTINEL} is no zip",
    "writer.odt": f"{SENTINEL} is no zip",
    "rich.rtf": f"{{\\rtf1 {SENTINEL}",
    "excel.xlsx": f"{SENTINEL} is no zip",
    "times.srt": f"1\n00:00:01,000 -> 00:00:02,000\n{SENTINEL}\n",
    "cue.vtt": f"WEBVTT\n\n00:00:03 --> late\n<v {SENTINEL}>Alone, {SENTINEL}.\n",
    "page.pdf": f"%PDF-1.4 {SENTINEL}",
    "blank.txt": " \n",
    "unknown.wav": SENTINEL,
    "utf16.txt": f"\ufeff{SENTINEL}",
}


def _hidden(text: str) -> bool:
    return "zyzzyva" not in text.lower() and "lamplight" not in text.lower()


def _said(error: BaseException) -> str:
    hint = getattr(error, "hint", "")
    return f"{error} {error!r} {hint} {error.args!r}"


def _chained(error: BaseException | None) -> str:
    """All that a traceback would show of an error and of what it came from."""
    return "" if error is None else _said(error) + _chained(error.__cause__)


@pytest.fixture
def coded(make) -> Project:
    return make({"P01.txt": TALK, "survey.csv": SURVEY, "P02.txt": interview(f"{SENTINEL} listened.")}, tag=True)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_told_without_its_words(make, name: str) -> None:
    project = make({"P01.txt": TALK})
    raw = project.folder.parent / "raw"
    text = BAD_FILES[name]
    (raw / name).write_bytes(text.encode("utf-16-le" if name == "utf16.txt" else "utf-8")[:-1])
    summary = import_files(project, raw)
    assert _hidden(repr(summary)), summary
    assert any(item.place == name for item in summary.skipped) or name in ("same_id.csv", "utf16.txt")


@pytest.mark.parametrize(
    "name", ["times.srt", "cue.vtt", "page.pdf", "word.docx", "writer.odt", "rich.rtf", "excel.xlsx"]
)
def test_what_a_library_said_of_a_file_is_not_carried_on(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BAD_FILES[name], encoding="utf-8")
    with pytest.raises(ImporterError) as caught:
        plugins.load("importers", path.suffix[1:])(path, ReadOptions(b"secret", name))
    assert _hidden(_chained(caught.value))


@pytest.mark.parametrize("act", ["as it is", "twice the same text", "a selection outside", "no text", "broken"])
def test_a_project_of_another_tool_is_told_without_its_names_and_words(make, act: str) -> None:
    project = make({"P01.txt": TALK})
    raw = project.folder.parent / "raw"
    body = written(MAXQDA).replace('name="P01"', f'name="{SENTINEL}"').replace('name="P02"', f'name="{SENTINEL} two"')
    body = body.replace("</PlainTextContent>", f"</PlainTextContent><Description>{SENTINEL}</Description>", 1)
    changes = {
        "broken": ("I felt so alone", f"I felt so alone, {SENTINEL}"),
        "twice the same text": (TEXTS["P02"], TEXTS["P01"]),
        "a selection outside": ('endPosition="', 'endPosition="9'),
        "no text": ("PlainTextContent>", "NoContent>"),
    }
    if act in changes:
        assert changes[act][0] in body
        body = body.replace(*changes[act])
    with zipfile.ZipFile(raw / "study.qdpx", "w") as archive:
        archive.writestr("project.qde", body)
    summary = import_files(project, raw)
    assert _hidden(repr(summary)), summary
    with project.store.reading() as connection:
        assert _hidden(repr(events.all_events(connection)))


@pytest.mark.parametrize("words", [[], ["--column", "text=comment"]])
def test_a_table_without_a_header_is_told_without_its_words(
    tmp_path: Path, codebook_file: Path, words: list[str]
) -> None:
    rows = f"I was lonely said {SENTINEL} to me then,7\nAnother answer of some words {SENTINEL},8\n"
    write_files(tmp_path, {"raw/survey.csv": rows})
    qualcode("init", "p", "--codebook", codebook_file, cwd=tmp_path)
    done = qualcode("import", "raw", "-p", "p", *words, cwd=tmp_path)
    assert _hidden(done.stdout + done.stderr)


@pytest.mark.parametrize(
    "text",
    [
        f"file,quote,code\nP01.txt,{SENTINEL} never said this at all,isolation\n",
        f"text,isolation\n{SENTINEL} never said,1\n",
        f"text,isolation\n{SENTINEL} said,{SENTINEL}\n",
        f"file,quote,code,present\nP01.txt,{SENTINEL},isolation,{SENTINEL}\n",
        f'text,isolation\n"{SENTINEL},1\n',
        f"text\n{SENTINEL}\n",
    ],
)
def test_a_table_of_codings_that_fails_is_told_without_its_words(coded: Project, text: str) -> None:
    path = coded.folder / "coded.csv"
    path.write_text(text, encoding="utf-8")
    try:
        said = repr(import_codings(coded, path, Coder("anna", "human")))
    except QualcodeError as error:
        said = _said(error)
    assert _hidden(said), said


@pytest.mark.parametrize("value", ['"chief"', '"interviewer"\n"{name}" = "participant"', "{ '{name}' = 3 }"])
def test_a_fault_of_the_settings_does_not_name_a_speaker(tmp_path: Path, value: str) -> None:
    path = tmp_path / "qualcode.toml"
    path.write_text(f'[speakers]\n"{SENTINEL}" = {value.replace("{name}", SENTINEL)}\n')
    with pytest.raises(QualcodeError) as caught:
        read_settings(path)
    assert _hidden(_said(caught.value))


def test_a_pack_and_its_merging_are_told_without_words(coded: Project, make) -> None:
    other = make({"P01.txt": TALK + "And more.", "survey.csv": SURVEY.replace("remark", "other")})
    path = coded.folder / "whole.qualpack"
    said = repr(pack(coded, path, speakers=True)) + repr(merge(other.folder, path))
    with other.store.reading() as connection:
        said += repr(events.all_events(connection))
    with Pack(path) as opened:
        said += "".join(map(repr, (opened, opened.contents, *opened.records("transcripts", Text))))
    assert "another text" in said
    assert _hidden(said)


def test_no_database_error_prints_what_was_written(coded: Project) -> None:
    with coded.store.reading() as connection:
        transcripts = corpus.transcripts(connection)
    with pytest.raises(Exception) as caught, coded.store.writing() as connection:  # noqa: PT011
        corpus.add_transcripts(connection, transcripts)
    assert _hidden(str(caught.value))


def test_a_text_that_changed_is_told_of_without_its_words(coded: Project) -> None:
    path = coded.folder / "coded.csv"
    path.write_text("file,quote,code\nP02.txt,Zyzzyva Lamplight listened.,listening\n", encoding="utf-8")
    import_codings(coded, path, Coder("anna", "human"))
    raw = write_files(coded.folder.parent / "raw", {"P02.txt": interview(f"Nobody came. {SENTINEL} left.")})
    summary = import_files(coded, raw)
    assert summary.versions == 1
    assert _hidden(repr(summary)), summary
    waiting = versions.waiting(coded)
    assert waiting
    assert _hidden(repr(waiting))
    with sqlite3.connect(coded.store.path) as connection:
        assert _hidden(json.dumps(connection.execute("SELECT * FROM reanchored").fetchall()))
        assert connection.execute("SELECT count(*) FROM reanchored").fetchone() == (1,)


def test_no_event_holds_a_word(coded: Project) -> None:
    with coded.store.reading() as connection:
        record = events.all_events(connection)
    assert len(record) >= 4
    assert all(_hidden(repr(event)) for event in record)
    with sqlite3.connect(coded.store.path) as connection:
        for table in ("events", "runs", "tagged", "codings", "judged", "coders", "settings", "samples", "reanchored"):
            assert _hidden(json.dumps(connection.execute(f"SELECT * FROM {table}").fetchall())), table


def test_no_exported_file_is_named_after_what_it_holds(coded: Project) -> None:
    exporting.export(coded)
    exporting.report(coded)
    assert all(_hidden(str(path.relative_to(coded.folder))) for path in coded.folder.rglob("*"))
    assert _hidden((coded.exports / "run.json").read_text())


def test_what_the_commands_say_holds_no_word(coded: Project) -> None:
    coded.close()
    here, raw = coded.folder, coded.folder.parent / "raw"
    for number, (name, text) in enumerate(BAD_FILES.items()):
        (raw / f"{number}_{name}").write_bytes(text.encode())
    for words in (["run", raw, "-o", here], ["export", "-p", here, "--json"]):
        done = qualcode(*words, cwd=here)
        assert done.returncode in (0, 3), done.stderr
        assert _hidden(done.stdout + done.stderr), words


def _reprs_of_a_project(project: Project) -> list[object]:
    made = exporting.bundle(project)
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection) or ""
        found: list[object] = [*corpus.transcripts(connection), *corpus.segments(connection)]
        found += [turn for transcript in corpus.transcripts(connection) for turn in transcript.turns]
        found += [*codings.proposals(connection, machine), *codings.runs(connection)]
        found += [
            *corpus.programmes(connection).values(),
            project.settings,
            project,
            speakers.speakers(project),
            *speakers.speakers(project).rows,
            made.themes,
            made.prevalence,
        ]
    return found


def test_no_record_of_a_project_shows_its_words(coded: Project) -> None:
    for record in _reprs_of_a_project(coded):
        assert _hidden(repr(record)), type(record)


def test_the_bundle_does_not_show_its_words(coded: Project) -> None:
    assert _hidden(repr(exporting.bundle(coded)))


def test_a_case_does_not_show_what_was_written_about_it(coded: Project) -> None:
    with coded.store.reading() as connection:
        assert all(_hidden(repr(case)) for case in corpus.cases(connection).values())


def _records() -> list[type]:
    found = {}
    for module in pkgutil.walk_packages(package.__path__, "qualcode."):
        if module.name.endswith("__main__") or "_shipped" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__.startswith("qualcode"):
                found[value.__qualname__] = value
    return [found[name] for name in sorted(found)]


WORDS = {
    "text",
    "texts",
    "context",
    "question",
    "speaker",
    "speakers",
    "source",
    "label",
    "detail",
    "quotes",
    "excerpts",
}
WORDS |= {"unreviewed", "rows", "secret"}
NOT_TALK = {
    ("Code", "label"),
    ("Row", "text"),
    ("NearMiss", "text"),
    ("Standing", "rows"),
    ("TableColumns", "text"),
}
NOT_TALK |= {("TableColumns", "question"), ("CodebookModel", "rows"), ("Effect", "source")}
NOT_TALK |= {("Purged", "rows")}
# Numbers of texts, and their ids.
NOT_TALK |= {(name, "texts") for name in ("CheckSummary", "DeidentifySummary", "SignSummary", "_State")}


@pytest.mark.parametrize("record", _records(), ids=lambda record: record.__qualname__)
def test_no_field_that_holds_words_is_shown(record: type) -> None:
    for field in dataclasses.fields(record):
        if field.name in WORDS and (record.__qualname__, field.name) not in NOT_TALK:
            made = object.__new__(record)
            for other in dataclasses.fields(record):
                object.__setattr__(made, other.name, pd.DataFrame() if "DataFrame" in str(other.type) else None)
            value = pd.DataFrame([SENTINEL]) if "DataFrame" in str(field.type) else SimpleNamespace(said=SENTINEL)
            object.__setattr__(made, field.name, value)
            assert _hidden(repr(made)), f"{record.__qualname__}.{field.name}"
