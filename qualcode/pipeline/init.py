"""`qualcode init`: a new project folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.errors import NotAllowed, ProjectError
from qualcode.pipeline import acts
from qualcode.pipeline import codebook as tables
from qualcode.pipeline.opening import opened
from qualcode.project import SETTINGS, Project
from qualcode.store import codebooks as kept
from qualcode.store import events

DEFAULT_CODEBOOK = "codebooks/peer_support.yaml"


def init(
    folder: Path,
    codebook_file: Path | None = None,
    literature: Sequence[Path] = (),
    *,
    title: str = "",
    note: str = "",
    cloud_ok: bool = False,
    passphrase: str | None = None,
) -> Project:
    """Make a project with a codebook (peer support for families unless another is given); open it if it exists.

    Of a table of labels, or of codings, a codebook is made; where a definition is missing, the label stands for it.
    `literature` are tables of published programmes and effects that are copied into a new project; `title` and `note`
    go into its settings, for its report. `cloud_ok` makes it even where a program copies it to a cloud, and with a
    `passphrase` a new project is encrypted.

    Raises:
        CodebookError: the codebook has faults; nothing is written then.
        NotAllowed: a new project would lie in a cloud's folder; or one that is there lacks the encryption asked for.
        ProjectError: the folder cannot be written, or exists with another codebook than the one given.
    """
    path = codebook_file or resources.path(DEFAULT_CODEBOOK)
    if path.suffix.lower() in tables.TABLES:
        text = codebooks.to_text(tables.named(path))
        codebook = codebooks.from_text(text, path.name)
    else:
        codebook = codebooks.load(path)
        text = path.read_text(encoding="utf-8-sig")
    if (folder / SETTINGS).exists():
        project = opened(folder, passphrase=passphrase)
        if passphrase is not None and not project.store.encrypted:
            project.close()
            raise NotAllowed(
                "the project is there already, and is not encrypted",
                place=str(folder),
                hint="qualcode encrypt -p FOLDER",
            )
        if codebook_file and project.codebook_text != text:
            project.close()
            raise ProjectError(
                "the project has a codebook of its own that differs from the one given",
                place=str(folder),
                hint="edit the project's codebook.yaml, or choose another folder with -o",
            )
        return project
    project = Project.create(folder, text, title=title, note=note, cloud_ok=cloud_ok, passphrase=passphrase)
    for table in literature:
        project.literature.mkdir(exist_ok=True)
        shutil.copyfile(table, project.literature / table.name)
    with project.store.writing() as connection:
        at = acts.now()
        kept.keep(connection, codebook, text, at)
        events.record(
            connection,
            "init",
            actor=acts.RESEARCHER,
            at=at,
            subjects=[f"codebook:{codebook.version}"],
            counts={"codes": len(codebook.active)},
        )
    return project
