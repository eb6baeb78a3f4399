"""Commands about how a project lies on the disk: `doctor`, `encrypt`."""

from __future__ import annotations

import typer

from qualcode.cli import asking, output
from qualcode.cli.app import ERROR, HERE, Folder, Json, app

_SHOWN = {"ok": "ok", "look": "look", "wrong": "WRONG"}


@app.command()
def doctor(project: Folder = HERE, json: Json = False) -> None:
    """Say whether this machine and a project are in order, and what to do. Changes nothing.

    Looks at versions, the database, where the project lies, rights, keys, backups, and what was not finished. Ends with
    1 where something is wrong.
    """
    from qualcode.pipeline import doctor as pipeline

    checks = pipeline.doctor(project, asking.known(project))
    if json:
        output.as_json({"checks": checks})
    else:
        for check in checks:
            output.line(f"{_SHOWN[check.state]:<5}  {check.name:<10}  {check.what}")
            if check.hint:
                output.line(f"       {'':<10}  {check.hint}")
    if any(check.state == "wrong" for check in checks):
        raise typer.Exit(ERROR)


@app.command()
def encrypt(project: Folder = HERE) -> None:
    """Encrypt a project's database with a passphrase. Needs: pip install 'qualcode[encrypt]'.

    Exports, backups made before, and files that you edit are not encrypted. Nobody can open the project without the
    passphrase.
    """
    from qualcode.pipeline import encrypting as pipeline

    path = pipeline.encrypt(project, asking.new_passphrase())
    output.line(f"{path}: encrypted")
    output.note("delete backups that were made before; exports, manifest and codebook stay plain (SECURITY.md)")
