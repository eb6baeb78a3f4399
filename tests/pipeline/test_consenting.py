"""What participants agreed to is obeyed by counts, machines, sheets, packs and exports."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from qualcode.coding import Coder
from qualcode.errors import NotAllowed, ProjectError
from qualcode.pipeline import consenting, exporting, packing, tagging, theming
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.run import run
from qualcode.pipeline.sheet import sheet
from qualcode.project import Project
from qualcode.store import codings, corpus, events, releases
from tests.invented import P01, P02, contents, interview, qualcode, tables, write_files

HEADER = "case,participate,quote,archive,share,machine,expires\n"


def _agree(project: Project, *rows: str) -> None:
    (project.folder / "consent.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def _rows(project: Project, name: str = "excerpts_unreviewed") -> list[dict[str, str]]:
    with (project.exports / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _everything(folder: Path) -> str:
    parts = []
    for name, data in contents(folder).items():
        if name.endswith(".xlsx"):
            book = openpyxl.load_workbook(folder / name)
            parts += [str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row if cell]
        else:
            parts.append(data.decode("utf-8-sig"))
    return "\n".join(parts)


def test_who_takes_no_part_is_in_no_count_and_no_file_and_the_codings_stay(project: Project) -> None:
    before = exporting.bundle(project).counts["cases"]
    with project.store.reading() as connection:
        kept = codings.proposals(connection, codings.latest_machine(connection) or "")
    _agree(project, "P01,no,,,,,")
    exporting.export(project)
    exporting.report(project)
    sheet(project, project.exports / "review.xlsx")
    said = _everything(project.exports)
    assert "so lonely then" not in said
    assert "listened to me for an hour" not in said
    assert "forty pages of paperwork" in said
    assert "1 participant is left out: consent" in said
    assert exporting.bundle(project).counts["cases"] == before - 1
    with project.store.reading() as connection:
        assert codings.proposals(connection, codings.latest_machine(connection) or "") == kept


def test_consent_that_has_ended_is_none_from_the_next_day_on(project: Project) -> None:
    _agree(project, "P01,,,,,,2027-03-31")
    last, after = (exporting.bundle(project, today=date(2027, *day)) for day in ((3, 31), (4, 1)))
    assert last.counts["cases"] == after.counts["cases"] + 1
    assert consenting.consent(project, today=date(2027, 4, 1)).limited[0].expired


@pytest.mark.parametrize(("quote", "mask"), [("paraphrase", "[paraphrase only]"), ("none", "[not quoted]")])
def test_who_may_not_be_quoted_is_counted_and_the_team_reads_on(project: Project, quote: str, mask: str) -> None:
    before = exporting.bundle(project)
    _agree(project, f"P01,,{quote},,,,")
    exporting.export(project)
    exporting.report(project)
    said = _everything(project.exports)
    rows = [row for row in _rows(project) if row["case"] == "P01"]
    assert rows
    assert {row["excerpt"] for row in rows} == {mask}
    assert {row["evidence"] for row in rows} <= {mask, ""}
    assert {row["context"] for row in rows} <= {mask, ""}
    assert {row["quote_consent"] for row in rows} == {quote}
    made = exporting.bundle(project)
    assert made.prevalence.to_frame().equals(before.prevalence.to_frame())
    assert not [key for key in made.evidence if key.split("|")[0] in {row["segment"] for row in rows}]
    (project.exports / "review.xlsx").unlink()
    assert "She listened to me for an hour" not in _everything(project.exports)
    assert mask in said
    path = project.folder.parent / "again.xlsx"
    sheet(project, path)
    assert "She listened to me for an hour" in _everything_of(path)


def _everything_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row if cell)


def test_no_machine_reads_whom_no_machine_may_read_and_people_code_them(make, vectors) -> None:
    project = make({"P01.txt": P01, "P02.txt": P02})
    _agree(project, "P01,,,,,no,")
    summary = tagging.tag(project, vectors=vectors)
    assert summary.unread == 3
    with project.store.reading() as connection:
        texts = {segment.id: segment.case for segment in corpus.segments(connection)}
        machine = codings.latest_machine(connection) or ""
        assert {texts[id_] for id_ in codings.tagged(connection, machine)} == {"P02"}
    table = project.folder / "coded.csv"
    table.write_text("file,quote,code\nP01.txt,I was so lonely then.,isolation\n", encoding="utf-8")
    import_codings(project, table, Coder("amina", "human"))
    made = exporting.bundle(project)
    assert list(made.excerpts["case"]) == ["P01"]
    assert made.consent == ("1 participant is read by no machine: consent",)


def test_where_no_machine_may_read_anything_there_is_a_report_all_the_same(tmp_path: Path, codebook_file: Path) -> None:
    raw = write_files(tmp_path / "raw", {"P1.txt": interview("I was lonely."), "consent.csv": "case,machine\nP1,no\n"})
    summary = run(raw, tmp_path / "p", codebook_file)
    assert (summary.tagged.unread, summary.themes.reason) == (1, "no machine may read the texts: consent")
    assert (tmp_path / "p" / "exports" / "report.html").exists()
    assert (tmp_path / "p" / "consent.csv").read_text() == "case,machine\nP1,no\n"


def test_where_several_speak_the_strictest_holds_and_a_group_speaks_for_its_members(make) -> None:
    talk = "Facilitator: So?\n\nAnn: I was lonely then.\n\nBea: The forms were worse.\n\nAnn: They listened.\n\n"
    files = {"g.txt": talk * 2, "manifest.csv": "file,kind,case\ng.txt,focus_group,G1\n"}
    project = make(files)
    _agree(project, "G1,,paraphrase,,,,", "G1.1,,none,,,,")
    consenting.take(project)
    with project.store.reading() as connection:
        (text,) = corpus.transcripts(connection)
        agreed = consenting.agreed(project, connection, [text])
    ann, bea = text.text.index("I was lonely"), text.text.index("The forms")
    assert agreed.over(text.id, ann, ann + 5).quote == "none"
    assert agreed.over(text.id, bea, bea + 5).quote == "paraphrase"
    assert agreed.over(text.id, ann, bea + 5).quote == "none"
    assert agreed.whose(text.id, ann, bea + 5) == {"G1.1", "G1.2"}


def test_for_people_outside_only_who_agreed_to_it(project: Project) -> None:
    _agree(project, "P01,,,,yes,,", "P02,,,yes,,,")
    made = exporting.bundle(project, purpose="share")
    assert set(made.segments["case"]) == {"P01"}
    assert made.consent == ("5 participants are left out: no consent to share",)
    assert set(exporting.bundle(project, purpose="archive").segments["case"]) == {"P02"}
    _agree(project)
    with pytest.raises(NotAllowed, match="nobody agreed to share"):
        exporting.export(project, purpose="share")


def test_themes_that_rest_on_words_that_are_left_out_are_not_shown(make, vectors) -> None:
    files = {
        f"P{n}.txt": interview(*[f"The bus was late again on day {d} of week {n}." for d in range(8)])
        for n in range(1, 7)
    }
    project = make(files, tag=True)
    found = theming.themes(project, vectors=vectors).themes
    assert found
    everybody = {quote[0] for entry in exporting.bundle(project).themes for quote in entry.quotes}
    _agree(project, *(f"{case},,none,,,," for case in sorted(everybody)[1:]))
    quoting = {quote[0] for entry in exporting.bundle(project).themes for quote in entry.quotes}
    assert quoting <= {sorted(everybody)[0]} | {f"P{n}" for n in range(1, 7)} - everybody
    _agree(project, "P1,no,,,,,")
    made = exporting.bundle(project)
    assert made.themes == ()
    assert "left out" in made.no_themes
    theming.themes(project, vectors=vectors)
    assert "P1" not in {quote[0] for entry in exporting.bundle(project).themes for quote in entry.quotes}


def test_a_pack_is_refused_where_somebody_takes_no_part_or_did_not_agree_to_share(project: Project) -> None:
    path = project.folder.parent / "whole.qualpack"
    with pytest.raises(NotAllowed, match="6 of the 6 participants in these texts do not agree to share"):
        packing.pack(project, path, purpose="share")
    _agree(project, "P02,no,,,,,")
    with pytest.raises(NotAllowed, match="1 of the 6 participants in these texts does not take part") as caught:
        packing.pack(project, path)
    assert "consent.csv" in caught.value.hint
    assert not path.exists()


def test_what_is_stated_is_recorded_by_counts_and_a_row_that_goes_takes_its_statement_away(project: Project) -> None:
    _agree(project, "P01,no,,,,,", "nobody here,,none,,,,")
    taken = consenting.take(project)
    assert (taken.stated, taken.unknown, taken.changed) == (2, (3,), True)
    assert "nobody" not in " ".join(taken.told())
    before = tables(project.store.path)
    assert not consenting.take(project).changed
    assert tables(project.store.path) == before
    _agree(project, "P02,,none,,,,")
    consenting.take(project)
    with project.store.reading() as connection:
        last = [event for event in events.all_events(connection) if event.kind == "consent"][-1]
        assert last.counts == {"stated": 1, "new": 1, "changed": 0, "removed": 2}
        assert consenting.effective(project, connection, date(2026, 1, 1))["P01"].participate
    (project.folder / "consent.csv").unlink()
    with pytest.raises(ProjectError, match="is gone, and 1 cases"):
        consenting.take(project)


def test_the_command_says_what_holds(small: Path) -> None:
    (small / "project" / "consent.csv").write_text(HEADER + "P01,no,,,,,\nP02,,paraphrase,,,no,\nzzz,,,,,,\n")
    done = qualcode("consent", "-p", "project", cwd=small)
    assert done.returncode == 0, done.stderr
    assert "takes no part" in done.stdout
    assert "quote: paraphrase, machine: no" in done.stdout
    assert "line 4" in done.stderr
    assert "zzz" not in done.stdout + done.stderr
    told = json.loads(qualcode("consent", "-p", "project", "--json", cwd=small).stdout)
    assert told["counts"]["quote"] == {"paraphrase": 1, "verbatim": 5}


def test_every_file_with_words_is_registered_once_and_says_whose(project: Project) -> None:
    _agree(project, "P01,,none,,,,")
    exporting.report(project)
    exporting.report(project)
    with project.store.reading() as connection:
        own = [one for one in releases.releases(connection) if one.path == "exports/report.html"]
    assert len(own) == 2, "the one of the run, and the one without the words of P01"
    assert own[1].cases < own[0].cases
    assert not own[1].identified
