"""`qualcode encrypt`: the database of a project that stands becomes an encrypted one."""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import NotAllowed
from qualcode.pipeline import acts
from qualcode.project import STORE, Project
from qualcode.store import encryption, events


def encrypt(folder: Path, passphrase: str) -> Path:
    """Encrypt a project's database in place; what was made of it before, backups and exports, stays as it is.

    Raises:
        MissingExtra: sqlcipher3 is not installed.
        NotAllowed: it is encrypted already, or the passphrase is empty.
        StoreError: another program uses it, or the copy is not whole; the plain one stands then.
    """
    path = folder / STORE
    encryption.checked(passphrase)
    encryption.driver()
    if encryption.is_encrypted(path):
        raise NotAllowed("the project is encrypted already", place=str(folder))
    # Opened first: an older one is brought up to date, and its log folded in.
    Project.open(folder).close()
    encryption.encrypt(path, passphrase)
    with Project.open(folder, passphrase) as project, project.store.writing() as connection:
        events.record(connection, "encrypt", actor=acts.RESEARCHER, at=acts.now())
    return path
