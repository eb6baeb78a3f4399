"""Whether the disk under a folder is encrypted, as far as a program without special rights can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BLOCKS = Path("/sys/dev/block")
"""The kernel's block devices by number."""


def encrypted(folder: Path) -> bool | None:
    """True or False where that can be told, else None.

    On Linux a device is encrypted if it, or every one that it is made of, is a mapping of dm-crypt. On macOS FileVault
    says it of the start disk. On Windows only an administrator is told of BitLocker.
    """
    if sys.platform == "darwin":
        return _filevault()
    if not BLOCKS.is_dir():
        return None
    device = os.stat(folder).st_dev
    block = BLOCKS / f"{os.major(device)}:{os.minor(device)}"
    return _mapped(block) if block.exists() else None  # btrfs, ZFS and networks have no such number


def _mapped(block: Path) -> bool:
    try:
        if (block / "dm" / "uuid").read_text(encoding="ascii").startswith("CRYPT-"):
            return True
    except OSError:
        pass  # no mapping at all
    try:
        under = list((block / "slaves").iterdir())
    except OSError:
        under = []
    return bool(under) and all(_mapped(one) for one in under)


def _filevault() -> bool | None:
    try:
        done = subprocess.run(["/usr/bin/fdesetup", "status"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return "FileVault is On" in done.stdout if done.returncode == 0 else None
