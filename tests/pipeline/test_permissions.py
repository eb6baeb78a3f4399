"""What somebody agreed to, and who signed her text, holds on the laptop of a colleague too; and nothing is loosened."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.coding import Coder
from qualcode.corpus import CONSENT, Consent
from qualcode.errors import ImporterError, NotAllowed, ProjectError
from qualcode.formats.pack import mark
from qualcode.pipeline import consenting, exporting, packing, permissions
from qualcode.pipeline.assigning import assign
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.merging import merge
from qualcode.pipeline.packing import pack
from qualcode.pipeline.verifying import verify
from qualcode.pipeline.withdrawing import withdraw
from qualcode.project import Project
from qualcode.store import consents, corpus, events, signoffs
from tests.invented import P01, P02, contents, interview, qualcode, tables
from tests.laptops import Make, brought

HEADER = "case,participate,quote,archive,share,machine,expires,note\n"
FILES = {"P01.txt": P01, "P02.txt": P02}
GROUP = "Facilitator: Well?\n\nAnn: They listened to me.\n\nBea: I was alone.\n"


def _agree(project: Project, *rows: str, header: str = HEADER) -> None:
    (project.folder / "consent.csv").write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    consenting.take(project)


def _sign(project: Project, signer: str = "amina", at: str = "2026-01-02T03:04:05+00:00") -> None:
    with project.store.writing() as connection:
        texts = [text.id for text in corpus.transcripts(connection)]
        signoffs.sign(connection, texts, signer, at)
        events.record(connection, "sign", actor=signer, at=at, subjects=texts)


def _stated(project: Project) -> dict[str, Consent]:
    with project.store.reading() as connection:
        return consents.consents(connection)


def _holds(project: Project) -> dict[str, Consent]:
    with project.store.reading() as connection:
        return consenting.effective(project, connection, date(2026, 1, 1))


def _lines(project: Project) -> list[str]:
    return (project.folder / "consent.csv").read_text(encoding="utf-8").splitlines()


def _members(path: Path) -> dict[str, list[dict]]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jsonl")]
        return {name[:-6]: [json.loads(line) for line in archive.read(name).splitlines()] for name in names}


def test_who_may_not_be_quoted_is_not_quoted_on_the_laptop_of_a_colleague(make: Make) -> None:
    ours, hers = make(FILES), make(FILES, tag=True)
    _agree(ours, "P01,,none,,,,,rang her")
    exporting.export(hers)
    assert "so lonely then" in (hers.exports / "excerpts_unreviewed.csv").read_text(encoding="utf-8-sig")
    summary = brought(ours, hers)
    assert (summary.new, summary.conflicts) == ({"consents": 1}, ())
    assert _lines(hers) == ["case,participate,quote,archive,share,machine,expires", "P01,,none,,,,"]
    exporting.export(hers)
    said = (hers.exports / "excerpts_unreviewed.csv").read_text(encoding="utf-8-sig")
    assert "so lonely then" not in said
    assert "[not quoted]" in said
    assert not consenting.take(hers).changed, "the table and the database state the same"
    assert verify(hers).faults == ()


def test_the_same_pack_again_changes_nothing_and_both_ways_agree(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(ours, "P01,,paraphrase,yes,,,2031-12-31,")
    _agree(hers, "P02,yes,,,no,no,,in May")
    brought(ours, hers)
    before, files = tables(hers.store.path), contents(hers.folder)
    assert brought(ours, hers).new == {}
    assert (tables(hers.store.path), contents(hers.folder)) == (before, files)
    back = brought(hers, ours)
    assert (back.new, back.conflicts) == ({"consents": 1}, ())
    assert _stated(ours) == _stated(hers)
    assert brought(ours, hers).new == {}


def test_a_new_project_begins_with_what_was_agreed_to_and_signed(make: Make, tmp_path: Path) -> None:
    ours = make(FILES, identified_ok=False)
    _agree(ours, "P01,,none,,,,,", "P77,no,,,,,,not imported yet")
    _sign(ours)
    summary = brought(ours, tmp_path / "new" / "hers")
    assert (summary.new["consents"], summary.new["signatures"], summary.identified) == (2, 2, False)
    with Project.open(tmp_path / "new" / "hers") as hers:
        assert _stated(hers) == _stated(ours)
        pack(hers, tmp_path / "back.qualpack")
        assert verify(hers).faults == ()


def test_where_both_state_it_ours_stands_unless_theirs_is_stricter(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(ours, "P01,yes,none,yes,yes,yes,2031-12-31,", "P02,yes,verbatim,,,,,")
    _agree(hers, "P01,yes,verbatim,no,yes,no,2030-12-31,", "P02,yes,verbatim,,,,,")
    summary = brought(hers, ours)
    assert _stated(ours)["P01"] == Consent(True, "none", False, True, False, date(2030, 12, 31))
    taken, left = summary.conflicts
    assert (taken.kind, taken.id, taken.taken) == ("case", "P01", True)
    assert taken.what == "agreed to less there, which holds here now: archive, machine, expires"
    assert (left.what, left.taken) == ("agreed to something else there: quote", False)
    assert _lines(ours)[1:] == ["P01,yes,none,no,yes,no,2030-12-31,", "P02,yes,verbatim,,,,,"]
    again = brought(hers, ours)
    assert (again.new, [one.what for one in again.conflicts]) == ({}, [left.what])


_AGREED = st.builds(
    Consent,
    st.sampled_from((None, True, False)),
    st.sampled_from((None, "verbatim", "paraphrase", "none")),
    st.sampled_from((None, True, False)),
    st.sampled_from((None, True, False)),
    st.sampled_from((None, True, False)),
    st.sampled_from((None, date(2030, 1, 1), date(2031, 1, 1))),
)


@given(*[_AGREED] * 4, st.sampled_from((CONSENT, replace(CONSENT, quote="none", machine=False))))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_no_merge_allows_what_was_forbidden_in_so_many_words_on_either_side(
    own: Consent, group: Consent, theirs: Consent, their_group: Consent, defaults: Consent
) -> None:
    """A member (FG.1) and a group (FG) on two laptops: after the merge each field is as strict as both were."""

    def merged(own: Consent, above: Consent, said: Consent, said_above: Consent) -> Consent:
        taken, _, _ = permissions.compared(own, above, defaults, said, said.over(said_above))
        return Consent(**taken).over(own)

    now_group = merged(group, Consent(), their_group, Consent())
    now = merged(own, group, theirs, their_group).over(now_group).over(defaults)
    before, there = own.over(group).over(defaults), theirs.over(their_group)
    for name in ("participate", "quote", "archive", "share", "machine", "expires"):
        stated_here = getattr(own.over(group), name) is not None or getattr(defaults, name) != getattr(CONSENT, name)
        if stated_here:
            assert permissions.rank(name, getattr(now, name)) <= permissions.rank(name, getattr(before, name))
        if getattr(there, name) is not None:
            assert permissions.rank(name, getattr(now, name)) <= permissions.rank(name, getattr(there, name))


def test_comments_columns_and_separators_of_the_table_stay(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(ours, "P01,,,,,no,2031-12-31,", "P02,,none,,,,,")
    _agree(hers, 'P01;verbatim;"rang; will call"', "", "P09;none;later", header="Case;Quote;note\n")
    brought(ours, hers)
    assert _lines(hers) == [
        "Case;Quote;note;machine;expires",
        'P01;verbatim;"rang; will call";no;2031-12-31',
        "",
        "P09;none;later",
        "P02;none;;;",
    ]


def test_what_a_project_set_for_everybody_goes_along_with_its_people(make: Make) -> None:
    ours, hers = make(FILES, toml='[consent]\nquote = "none"\n'), make(FILES)
    _agree(ours, "P02,,verbatim,,,,,")
    brought(ours, hers)
    assert {case: one.quote for case, one in _holds(hers).items()} == {"P01": "none", "P02": "verbatim"}
    back = brought(hers, ours)
    assert (back.new, back.conflicts) == ({}, ()), "what the settings say is not stated a second time"


def test_what_our_settings_forbid_is_not_loosened_by_a_statement_of_theirs(make: Make) -> None:
    ours, hers = make(FILES, toml='[consent]\nquote = "none"\n'), make(FILES)
    _agree(hers, "P01,,verbatim,,,,,")
    (told,) = brought(hers, ours).conflicts
    assert (told.what, told.taken) == ("agreed to something else there: quote", False)
    assert _holds(ours)["P01"].quote == "none"


def test_a_group_speaks_for_its_members_on_both_laptops(make: Make) -> None:
    ours, hers = make({"FG01.txt": GROUP}), make({"FG01.txt": GROUP})
    _agree(ours, "FG01,,none,,,,,")
    _agree(hers, "FG01.2,,verbatim,,,,,")
    brought(ours, hers)
    assert {case: one.quote for case, one in _holds(hers).items()} == dict.fromkeys(_holds(ours), "none")
    assert _stated(hers)["FG01"].quote == "none"
    assert "FG01.1" not in _stated(hers), "a change of the group's row still reaches her"


def test_in_an_assignment_consent_fits_the_digests_and_comes_home(make: Make, tmp_path: Path) -> None:
    files = {"one.txt": P01, "two.txt": P02, "manifest.csv": "file,case\none.txt,Mary Kettle\ntwo.txt,P02\n"}
    ours = make(files)
    _agree(ours, "Mary Kettle,,none,,,,,", "P02,,none,,,,,", "P77,no,,,,,,")
    assign(ours, tmp_path / "a.qualpack", to="bea", documents=["one.txt"])
    members = _members(tmp_path / "a.qualpack")
    digest = mark("Mary Kettle")
    assert [row["case"] for row in members["consents"]] == [digest]
    assert "Kettle" not in json.dumps(members["consents"])
    merge(tmp_path / "hers", tmp_path / "a.qualpack")
    with Project.open(tmp_path / "hers") as hers:
        assert _holds(hers)[digest].quote == "none"
        _agree(hers, f"{digest},no,none,,,,,", header=HEADER)
        pack_ = tmp_path / "back.qualpack"
        _agree(ours, "Mary Kettle,yes,paraphrase,,,,,", "P02,,none,,,,,")
        with pytest.raises(NotAllowed):
            pack(hers, pack_, identified_ok=True)
        _agree(hers, f"{digest},,none,no,,,,", header=HEADER)
        pack(hers, pack_, identified_ok=True)
    summary = merge(ours.folder, pack_)
    assert [(one.id, one.what) for one in summary.conflicts if one.taken and one.kind == "case"] == [
        ("Mary Kettle", "agreed to less there, which holds here now: quote")
    ]
    assert set(_stated(ours)) == {"Mary Kettle", "P02"}
    assert _stated(ours)["Mary Kettle"] == Consent(True, "none", archive=False)


def test_a_coders_pack_holds_neither(make: Make, tmp_path: Path) -> None:
    project = make(FILES)
    _agree(project, "P01,,none,,,,,")
    _sign(project)
    table = tmp_path / "coded.csv"
    table.write_text("file,quote,code\nP01.txt,I was so lonely then.,isolation\n", encoding="utf-8")
    import_codings(project, table, Coder("bea", "human"))
    pack(project, tmp_path / "bea.qualpack", coder="bea")
    assert not {"consents", "signoffs"} & set(_members(tmp_path / "bea.qualpack"))


def test_a_signed_text_is_signed_on_the_other_laptop_too(make: Make, tmp_path: Path) -> None:
    ours, hers = make(FILES, identified_ok=False), make(FILES, tag=True, identified_ok=False)
    with pytest.raises(NotAllowed):
        exporting.export(hers)
    _sign(ours)
    summary = brought(ours, hers)
    assert summary.new == {"signatures": 2}
    exporting.export(hers)
    with hers.store.reading() as connection:
        assert set(signoffs.signed(connection).values()) == {("amina", "2026-01-02T03:04:05+00:00")}
        merged = next(event for event in events.all_events(connection) if event.kind == "merge")
        assert merged.counts == {"signatures": 2, "conflicts": 0}
    assert verify(hers).faults == ()
    assert brought(ours, hers).new == {}
    with hers.store.writing() as connection:
        connection.exec_driver_sql("UPDATE signoffs SET signer = 'somebody else' WHERE number = 1")
    assert [fault.table for fault in verify(hers).faults] == ["signoffs"]


def test_a_signature_holds_for_just_these_words(make: Make) -> None:
    ours, hers = make(FILES), make({"P01.txt": P01, "P02.txt": P02.replace("kettle", "urn")})
    with ours.store.writing() as connection:
        signoffs.sign(connection, [t.id for t in corpus.transcripts(connection)], "amina", "2026")
        events.record(connection, "sign", actor="amina", at="2026")
    brought(ours, hers)
    with hers.store.reading() as connection:
        texts = {text.id: text.text for text in corpus.transcripts(connection)}
        signed = {texts[id_] for id_ in signoffs.signed(connection)}
    assert signed == {P01, P02}, "the text that came along is signed, and the one that differs is not"
    assert len(texts) == 3


def test_the_last_signature_is_the_last_that_was_given(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _sign(ours, "amina", "2026-01-02T03:04:05+00:00")
    _sign(hers, "bea", "2026-02-02T03:04:05+00:00")
    assert brought(ours, hers).new == {"signatures": 2}
    with hers.store.reading() as connection:
        assert {signer for signer, _ in signoffs.signed(connection).values()} == {"bea"}


def test_a_pack_says_whether_its_texts_may_hold_identities(make: Make, tmp_path: Path) -> None:
    project, told = make(FILES), {}
    pack(project, tmp_path / "before.qualpack")
    _sign(project)
    pack(project, tmp_path / "after.qualpack")
    for name in ("before", "after"):
        with zipfile.ZipFile(tmp_path / f"{name}.qualpack") as archive:
            told[name] = json.loads(archive.read("manifest.json"))["contents"]["identified"]
        with pytest.raises(NotAllowed) if told[name] else pytest.MonkeyPatch.context():
            merge(tmp_path / name, tmp_path / f"{name}.qualpack")
            with Project.open(tmp_path / name) as hers:
                packing.pack(hers, tmp_path / f"{name}2.qualpack")
    assert told == {"before": True, "after": False}
    ended = qualcode("merge", tmp_path / "before.qualpack", "-p", tmp_path / "third", cwd=tmp_path)
    assert "texts that came may hold identities" in ended.stdout + ended.stderr


def test_who_withdrew_here_has_nothing_stated_here_by_a_pack(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(hers, "P01,,none,,,,,")
    withdraw(ours, "P01")
    brought(hers, ours)
    assert _stated(ours) == {}
    assert not (ours.folder / "consent.csv").exists()


def test_a_pack_of_before_still_merges(make: Make, tmp_path: Path) -> None:
    ours, path = make(FILES), tmp_path / "old.qualpack"
    pack(ours, path)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    tree = json.loads(held.pop("manifest.json"))
    body = tree["contents"]
    del body["identified"]
    for member in ("consents", "signoffs"):
        del held[f"{member}.jsonl"], body["counts"][member], body["sums"][member]
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    old = {"format": tree["format"], "version": 1, "contents": body, "digest": digest}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(old, indent=2, ensure_ascii=False) + "\n")
        for name, data in held.items():
            archive.writestr(name, data)
    assert merge(tmp_path / "hers", path).new["transcripts"] == 2


def test_a_table_that_is_faulty_stops_the_merge_before_anything_changes(make: Make, tmp_path: Path) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(ours, "P01,,none,,,,,")
    pack(ours, tmp_path / "w.qualpack")
    (hers.folder / "consent.csv").write_text("case,quote\nP01,perhaps\n", encoding="utf-8")
    before, files = tables(hers.store.path), contents(hers.folder)
    with pytest.raises(ImporterError, match="quote is not understood"):
        merge(hers.folder, tmp_path / "w.qualpack")
    assert (tables(hers.store.path), contents(hers.folder)) == (before, files)


def test_what_cannot_be_put_into_the_table_is_not_in_the_database_either(make: Make, tmp_path: Path) -> None:
    ours, hers = make({**FILES, "P03.txt": interview("It rained.")}), make(FILES)
    _agree(ours, "P01,,none,,,,,")
    pack(ours, tmp_path / "w.qualpack")
    (hers.folder / "consent.csv.tmp").mkdir()
    before, files = tables(hers.store.path), contents(hers.folder)
    with pytest.raises(ProjectError, match=r"consent\.csv: cannot be written"):
        merge(hers.folder, tmp_path / "w.qualpack")
    assert (tables(hers.store.path), contents(hers.folder)) == (before, files)


def test_the_command_says_what_was_taken_and_what_was_left(make: Make, tmp_path: Path) -> None:
    ours, hers = make(FILES), make(FILES)
    _agree(ours, "P01,,verbatim,,,,,", "P02,,none,,,,,")
    _agree(hers, "P01,,none,,,,,", "P02,,verbatim,,,,,")
    packed = qualcode("pack", "-p", hers.folder, "-o", tmp_path / "w.qualpack", cwd=tmp_path)
    assert "2 consents" in packed.stdout
    ended = qualcode("merge", tmp_path / "w.qualpack", "-p", ours.folder, cwd=tmp_path)
    assert ended.returncode == 3
    assert (
        "case P01: agreed to less there, which holds here now: quote (theirs is taken)" in ended.stdout + ended.stderr
    )
    assert "case P02: agreed to something else there: quote (ours stands)" in ended.stdout + ended.stderr
