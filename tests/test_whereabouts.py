"""Folders of clouds and networks are known by their names, marks, variables and mounts."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from qualcode import whereabouts as module
from qualcode.whereabouts import cloud_named, mounted_on_mac, whereabouts

HOME = PurePosixPath("/somebody/anna")
MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /mnt/team nfs4 rw 0 0
//server/share {here}/My\\040study cifs rw 0 0
/dev/sdb1 {here}/My\\040study/stick ext4 rw 0 0
anna@server: {here}/far fuse.sshfs rw 0 0
/dev/sdc1 {here}/over nfs rw 0 0
/dev/sdd1 {here}/over ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        ("OneDrive/study", "OneDrive"),
        ("OneDrive - University of Somewhere/Documents/study", "OneDrive"),
        ("ONEDRIVE/study", "OneDrive"),
        ("Library/CloudStorage/OneDrive-Personal/study", "OneDrive"),
        ("Dropbox/study", "Dropbox"),
        ("Dropbox (Personal)/study", "Dropbox"),
        ("Google Drive/study", "Google Drive"),
        ("Library/CloudStorage/GoogleDrive-a@b.example/My Drive/study", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/study", "iCloud Drive"),
        ("iCloudDrive/study", "iCloud Drive"),
        ("Library/CloudStorage/Another-Service/study", "Another-Service"),
        ("Box/study", "Box"),
        ("Box Sync/study", "Box"),
        ("Nextcloud/study", "Nextcloud"),
        ("ownCloud/study", "ownCloud"),
        ("pCloud Drive/study", "pCloud"),
        ("pCloudDrive/study", "pCloud"),
        ("Sync/study", "Sync.com"),
        ("Tresors/study", "Tresorit"),
        ("study/box/3", ""),
        ("study/sync/3", ""),
        ("dropboxes/study", ""),
        ("onedriver/study", ""),
        ("next/cloud/study", ""),
        ("study/my driveway", ""),
    ],
)
def test_the_name_of_a_folder_tells_of_its_cloud(path: str, cloud: str) -> None:
    assert cloud_named(HOME / path, HOME) == cloud


def test_on_windows_too() -> None:
    path = PureWindowsPath("D:/anna/OneDrive - University/Documents/study")
    assert cloud_named(path, PureWindowsPath("D:/anna")) == "OneDrive"
    assert cloud_named(PureWindowsPath("D:/study"), PureWindowsPath("D:/anna")) == ""


def test_a_variable_or_a_mark_tells_of_a_folder_that_has_another_name(tmp_path: Path) -> None:
    assert whereabouts(tmp_path / "work" / "study", {}).cloud == ""
    assert whereabouts(tmp_path / "work" / "study", {"OneDriveCommercial": str(tmp_path)}).cloud == "OneDrive"
    (tmp_path / ".stfolder").mkdir()
    assert whereabouts(tmp_path / "work" / "study", {}).cloud == "Syncthing"


def test_a_link_into_a_cloud_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "study").symlink_to(tmp_path / "Dropbox")
    found = whereabouts(tmp_path / "study" / "project", {})
    assert (found.cloud, found.careful) == ("Dropbox", True)


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("study", ""),
        ("My study/project", "cifs"),
        ("My study/stick/project", ""),
        ("My studies/project", ""),
        ("far", "fuse.sshfs"),
        ("over/project", ""),
    ],
)
def test_the_table_of_mounts_tells_of_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, network: str
) -> None:
    table = tmp_path / "mounts"
    table.write_text(MOUNTS.format(here=tmp_path.resolve()), encoding="utf-8")
    monkeypatch.setattr(module, "MOUNTS", table)
    found = whereabouts(tmp_path / folder, {})
    assert (found.network, found.careful) == (network, bool(network))


def test_what_mount_prints_on_macos_is_read() -> None:
    said = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//anna@server/Team on /Volumes/Team (2) (smbfs, nodev, nosuid, mounted by anna)\n"
    )
    assert mounted_on_mac(said) == [(Path("/"), "apfs"), (Path("/Volumes/Team (2)"), "smbfs")]
