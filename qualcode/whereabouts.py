"""Where a folder lies: in a folder that a program copies to a cloud, or on another machine's disk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

MOUNTS = Path("/proc/mounts")
"""The kernel's table of what is mounted where."""
_NETWORK = re.compile(
    r"(fuse\.)?(9p|afpfs|afs|beegfs|ceph|cifs|davfs2?|drvfs|glusterfs|gpfs|lustre|ncpfs|nfs4?|prl_fs|rclone|s3fs|smb[23]?"
    r"|smbfs|sshfs|vboxsf|vmhgfs-fuse|webdav)"
)
_CLOUDS = (
    ("OneDrive", re.compile(r"onedrive(\b.*)?")),
    ("Dropbox", re.compile(r"dropbox([ -].*)?")),
    ("Google Drive", re.compile(r"google ?drive([ -].*)?|my drive|shared drives")),
    ("iCloud Drive", re.compile(r"icloud ?drive([ -].*)?|mobile documents|com~apple~clouddocs")),
    ("Box", re.compile(r"box sync|box-.*")),
    ("Nextcloud", re.compile(r"nextcloud([ -]?.*)?")),
    ("ownCloud", re.compile(r"owncloud([ -]?.*)?")),
    ("pCloud", re.compile(r"p ?cloud ?(drive|sync)?")),
    ("Sync.com", re.compile(r"sync\.com.*|sync-.*")),
    ("Tresorit", re.compile(r"(my )?tresor(it|s)\b.*")),
    ("Syncthing", re.compile(r"syncthing")),
)
_ONLY_AT_HOME = {"box": "Box", "sync": "Sync.com"}
"""Everyday words: these folders are a cloud's where they lie right in a home folder."""
_MARKS = (
    (".dropbox.cache", "Dropbox"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".stfolder", "Syncthing"),
)
"""What the programs themselves put into a folder that a person has named otherwise."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is told of a folder's place; both empty: an ordinary disk of this machine, as far as can be told."""

    cloud: str = ""
    """The service that copies it away."""
    network: str = ""
    """The kind of file system of another machine."""

    @property
    def careful(self) -> bool:
        """A write-ahead log beside the database is not safe here.

        Its shared memory does not work over a network, and a cloud's program copies the database without it.
        """
        return bool(self.cloud or self.network)


def whereabouts(folder: Path, environment: Mapping[str, str] = os.environ) -> Whereabouts:
    """Where a folder lies, or would lie if it were made."""
    asked = Path(os.path.abspath(folder))
    real = asked.resolve()
    return Whereabouts(_cloud(asked, environment) or _cloud(real, environment), _network(real))


def cloud_named(path: PurePath, home: PurePath) -> str:
    """The service that the names of folders in a path tell of, else empty.

    >>> cloud_named(PurePath("/somewhere/OneDrive - University/study"), PurePath("/somewhere"))
    'OneDrive'
    """
    for place in (path, *path.parents):
        name = place.name.lower()
        at_home = place.parent == home or place.parent.parent.name.lower() in ("home", "users")
        if at_home and name in _ONLY_AT_HOME:
            return _ONLY_AT_HOME[name]
        for cloud, pattern in _CLOUDS:
            if pattern.fullmatch(name):
                return cloud
        if place.parent.name.lower() == "cloudstorage":
            return place.name
    return ""


def _cloud(path: Path, environment: Mapping[str, str]) -> str:
    for variable in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        stated = environment.get(variable)
        if stated and path.is_relative_to(stated):
            return "OneDrive"
    for place in (path, *path.parents):
        for mark, cloud in _MARKS:
            if os.path.exists(place / mark):
                return cloud
    return cloud_named(path, Path(os.path.expanduser("~")))


def _network(path: Path) -> str:
    if sys.platform == "win32":
        return "UNC" if _is_share(path) else ""
    best, kind = -1, ""
    for where, system in _mounted():
        # Of two mounts at one place, the later one hides the earlier.
        if path.is_relative_to(where) and len(where.parts) >= best:
            best, kind = len(where.parts), system
    return kind if _NETWORK.fullmatch(kind) else ""


def _is_share(path: PurePath) -> bool:
    """Also of a drive's letter: Windows resolves it to the share."""
    drive = path.drive.upper()
    return drive.startswith("\\\\?\\UNC") or (drive.startswith("\\\\") and drive[2:3] not in ("?", "."))


def _mounted() -> Iterator[tuple[Path, str]]:
    try:
        table = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        yield from mounted_on_mac(_said_by_mount()) if sys.platform == "darwin" else ()
        return
    for line in table.splitlines():
        _, where, kind, *_ = line.split(" ")
        yield Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), where)), kind


def mounted_on_mac(said: str) -> list[tuple[Path, str]]:
    """Places and kinds of file system, from what macOS's `mount` prints."""
    lines = re.findall(r"^.+? on (/.*) \((\w+)", said, re.MULTILINE)
    return [(Path(where), kind) for where, kind in lines]


def _said_by_mount() -> str:
    try:
        return subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
