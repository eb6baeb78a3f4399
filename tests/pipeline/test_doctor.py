"""`doctor` sees what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from qualcode import whereabouts
from qualcode.pipeline import disk
from qualcode.pipeline.doctor import Check, doctor
from qualcode.project import Project
from qualcode.store import looking, tombstones
from qualcode.store.tombstones import Tombstone
from tests.invented import contents, qualcode, tables, write_files


def _of(folder: Path, name: str) -> Check | None:
    return next((check for check in doctor(folder) if check.name == name), None)


def _state(folder: Path, name: str) -> str:
    check = _of(folder, name)
    assert check is None or check.state == "ok" or check.hint, "what is not in order comes with a hint"
    return check.state if check else ""


@pytest.fixture
def folder(small: Path) -> Path:
    return small / "project"


def test_a_project_in_order_has_nothing_wrong_and_is_left_as_it_was(folder: Path) -> None:
    before, files = tables(folder / "qualcode.sqlite"), contents(folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    rights = {path: (path.stat().st_mode, path.stat().st_mtime_ns) for path in [folder, *folder.rglob("*")]}
    done = qualcode("doctor", "-p", folder, "--json", cwd=folder)
    wrong = [check["name"] for check in json.loads(done.stdout)["checks"] if check["state"] == "wrong"]
    assert (done.returncode, wrong) == ((1, ["rights"]) if os.name != "nt" else (0, []))
    assert {path: (path.stat().st_mode, path.stat().st_mtime_ns) for path in [folder, *folder.rglob("*")]} == rights
    assert (tables(folder / "qualcode.sqlite"), contents(folder)) == (before, files)
    Project.open(folder).close()
    assert qualcode("doctor", "-p", folder, cwd=folder).returncode == 0
    assert [check.name for check in doctor(folder) if check.state == "wrong"] == []


def test_where_no_project_is_the_machine_is_looked_at(tmp_path: Path) -> None:
    assert {check.name for check in doctor(tmp_path)} == {"python", "sqlite", "model", "project"}
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_or_missing_database_is_wrong(folder: Path) -> None:
    path = folder / "qualcode.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    assert _state(folder, "database") == "wrong"
    path.write_bytes(b"damage" * 16 + whole[96:])
    assert _state(folder, "database") == "wrong"
    path.unlink()
    assert _state(folder, "database") == "wrong"
    assert not path.exists()


def test_a_database_in_use_is_read_with_its_log(folder: Path) -> None:
    with Project.open(folder) as project, project.store.writing() as connection:
        gone = Tombstone("d", "2026-01-01", {}, frozenset(), (), {"case": "P01"})
        tombstones.put(connection, gone)
        tombstones.put(connection, Tombstone("e", "2026-01-01", {}, frozenset(), ()))
    with Project(folder) as project:
        project.segments()
        assert (folder / "qualcode.sqlite-wal").exists()
        check = _of(folder, "withdrawal")
        assert check is not None
        assert (check.state, check.what) == ("wrong", "1 begun and not ended")
        assert "P01" not in repr(check)


def test_keys(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODE_KEYS", str(tmp_path / "keys"))
    assert _of(folder, "originals") is None
    with Project.open(folder) as project:
        secret = project.secret
    (folder / "originals.sqlite").write_bytes(b"")
    assert _state(folder, "originals") == "look"
    from qualcode.pipeline import keys

    for place, rights, state in ((tmp_path / "keys", 0o600, "ok"), (folder / "keys", 0o600, "wrong")):
        monkeypatch.setenv("QUALCODE_KEYS", str(place))
        keys.write(keys.place_of(secret), b"key").decode()
        keys.place_of(secret).chmod(rights)
        assert _state(folder, "originals") == state
    monkeypatch.setenv("QUALCODE_KEYS", str(tmp_path / "keys"))
    keys.place_of(secret).chmod(0o644)
    assert _state(folder, "originals") == "wrong"
    (folder / "qualcode.key").write_text("short")
    assert _state(folder, "key") == "wrong"


def test_clouds_networks_strangers_leftovers_and_backups(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Nextcloud" / "project"
    folder.parent.mkdir()
    (small / "project").rename(folder)
    place = _of(folder, "place")
    assert place is not None
    assert (place.state, "Nextcloud" in place.what) == ("look", True)
    table = tmp_path / "mounts"
    table.write_text(f"//server/team {tmp_path.resolve()} cifs rw 0 0\n")
    monkeypatch.setattr(whereabouts, "MOUNTS", table)
    elsewhere = folder.rename(tmp_path / "project")
    place = _of(elsewhere, "place")
    assert place is not None
    assert (place.state, "cifs" in place.what) == ("look", True)
    assert _of(elsewhere, "files") is None
    assert _of(elsewhere, "leftovers") is None
    assert _state(elsewhere, "backups") == "look"
    write_files(
        elsewhere, {"Interview with Anna.docx": "x", "exports/report.tmp": "x", "backups/one/backup.json": "{}"}
    )
    strange = _of(elsewhere, "files")
    assert strange is not None
    assert "Anna" not in repr(strange)
    assert [_state(elsewhere, name) for name in ("files", "leftovers", "backups")] == ["look", "look", "ok"]
    os.utime(elsewhere / "backups" / "one", (1_600_000_000, 1_600_000_000))
    assert _state(elsewhere, "backups") == "look"


def test_a_sheet_that_was_filled_in_is_told_until_it_is_taken_in(folder: Path) -> None:
    assert _of(folder, "sheets") is None
    path = folder / "exports" / "review.xlsx"
    book = load_workbook(path)
    page = book["Proposals"]
    row = next(row for row in page.iter_rows() if any(cell.value == "decision" for cell in row))
    column = next(cell.column for cell in row if cell.value == "decision")
    page.cell(row[0].row + 1, column, "keep")
    book.save(path)
    assert _state(folder, "sheets") == "look"
    done = qualcode("import-codings", path, "--coder", "anna", "-p", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert _of(folder, "sheets") is None


def test_the_bug_of_the_log_by_version() -> None:
    affected = {"3.6.23": False, "3.7.0": True, "3.44.5": True, "3.44.6": False, "3.50.7": False, "3.51.2": True}
    affected |= {"3.51.3": False, "3.53.4": False, "3.50.6": True}
    assert {version: looking.may_corrupt(version) for version in affected} == affected


def test_an_encrypted_disk_is_known_through_what_lies_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = os.stat(tmp_path).st_dev
    volume = tmp_path / "blocks" / f"{os.major(device)}:{os.minor(device)}"
    monkeypatch.setattr(disk, "BLOCKS", tmp_path / "blocks")
    monkeypatch.setattr("sys.platform", "linux")
    assert disk.encrypted(tmp_path) is None
    volume.mkdir(parents=True)
    assert disk.encrypted(tmp_path) is False
    write_files(volume, {"dm/uuid": "LVM-abc\n", "slaves/dm-0/dm/uuid": "CRYPT-LUKS2-abc\n"})
    assert disk.encrypted(tmp_path) is True
    (volume / "slaves" / "sdb1").mkdir()
    assert disk.encrypted(tmp_path) is False, "half of it lies on a plain device"


def test_an_encrypted_project_and_its_plain_copies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlcipher3", reason="the extra `encrypt` is not installed")
    monkeypatch.setenv("QUALCODE_PASSPHRASE", "it's long enough")
    with Project.open(folder) as project:
        segments = len(project.segments())
    (folder / "backups" / "one").mkdir(parents=True)
    shutil.copyfile(folder / "qualcode.sqlite", folder / "backups" / "one" / "qualcode.sqlite")
    done = qualcode("encrypt", "-p", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert b"lonely" not in (folder / "qualcode.sqlite").read_bytes()
    assert _state(folder, "database") == "look"
    assert [check.state for check in doctor(folder, "it's long enough") if check.name == "database"] == ["ok"]
    assert [check.state for check in doctor(folder, "another") if check.name == "database"] == ["look"]
    assert _state(folder, "copies") == "wrong"
    with Project.open(folder) as project:
        assert len(project.segments()) == segments
    again = qualcode("encrypt", "-p", folder, cwd=folder)
    assert (again.returncode, "encrypted already" in again.stderr) == (4, True)
    run = qualcode("run", folder.parent / "raw", "-o", folder, cwd=folder)
    assert run.returncode == 0, run.stderr
    monkeypatch.delenv("QUALCODE_PASSPHRASE")
    asked = qualcode("run", folder.parent / "raw", "-o", folder, cwd=folder)
    assert (asked.returncode, "QUALCODE_PASSPHRASE" in asked.stderr) == (4, True)
