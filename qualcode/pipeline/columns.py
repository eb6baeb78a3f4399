"""The columns of survey tables: shown before they are read, confirmed once, kept in `qualcode.toml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomlkit

from qualcode.errors import ProjectError
from qualcode.importers import ColumnSeen, Imported, Loss, Skipped, TableColumns, table
from qualcode.importers.columns import SINGLE
from qualcode.project import SETTINGS, Project
from qualcode.settings import Settings, read_settings

_SEVERAL = 3
"""So many names of a list stand on one line."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the columns of one table are taken for. No word of an answer, nothing of an id."""

    file: str
    columns: tuple[ColumnSeen, ...]
    kept: bool = False
    """The settings hold these columns already."""
    notes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = field(default=())


Confirm = Callable[[Preview], bool]
"""Asked once for a table whose columns were guessed: whether they are right."""


def stated(settings: Settings, name: str, given: TableColumns | None) -> TableColumns:
    """The columns of a table as they are stated: on the command line, else in the settings."""
    return given or settings.columns.get(name) or settings.columns.get(Path(name).name) or TableColumns()


def preview(path: Path, project: Project | None = None, given: TableColumns | None = None) -> Preview:
    """What an import of the table would take its columns for; nothing is imported or written.

    Raises:
        ImporterError: the file cannot be read as a survey table.
        ProjectError: it is of another type.
    """
    if path.suffix.lower() not in table.SUFFIXES:
        raise ProjectError("is not a table", place=path.name, hint=f"tables are {', '.join(table.SUFFIXES)}")
    columns = stated(project.settings, path.name, given) if project else given or TableColumns()
    grid, chosen, losses = table.opened(path, path.name, columns)
    notes = (*grid.notes, *chosen.notes)
    return Preview(path.name, chosen.seen, columns.unread is not None, notes, (*grid.losses, *losses))


def confirmed(imported: Imported, name: str, before: TableColumns, confirm: Confirm | None) -> bool:
    """Whether a table may come in: not a table, stated before, nobody there to ask, or asked and right."""
    if imported.columns is None or confirm is None or before != TableColumns():
        return True
    return confirm(Preview(name, imported.seen, notes=imported.notes, losses=imported.losses))


def refused(name: str) -> Skipped:
    """The record of a table whose columns a person did not confirm."""
    return Skipped(
        name,
        "nothing of it was imported: its columns were not confirmed",
        failed=True,
        hint=f'say which is which with --column, e.g. --column text=NAME, or under [columns."{name}"] in {SETTINGS}',
    )


def keep(project: Project, name: str, used: TableColumns) -> None:
    """Write the columns of a table into the settings, where they are not there yet; comments stay.

    Raises:
        ProjectError: the settings cannot be written.
    """
    known = project.settings.columns
    key = Path(name).name if name not in known and Path(name).name in known else name
    if known.get(key) == used:
        return
    path = project.folder / SETTINGS
    document = tomlkit.parse(path.read_bytes().decode("utf-8-sig"))
    if "columns" not in document:
        document["columns"] = tomlkit.table()
    sections: Any = document["columns"]
    if key not in sections:
        sections[key] = tomlkit.table()
    _fill(sections[key], used)
    unfinished = path.with_name(path.name + ".tmp")
    try:
        unfinished.write_bytes(tomlkit.dumps(document).encode())
        unfinished.replace(path)
    except OSError as error:
        raise ProjectError(
            f"cannot be written ({error.strerror})", place=SETTINGS, hint="the columns of tables are kept there"
        ) from None
    project.settings = replace(project.settings, columns=read_settings(path).columns)


def _fill(section: Any, used: TableColumns) -> None:
    values: dict[str, str | list[str]] = {"text": used.text[0] if len(used.text) == 1 else list(used.text)}
    values |= {role: name for role in SINGLE if (name := getattr(used, role))}
    values |= {"attributes": list(used.attributes or ()), "unread": list(used.unread or ())}
    for role in set(section) - set(values):
        del section[role]
    for role, value in values.items():
        if role not in section or section[role] != value:
            section[role] = _list(value) if isinstance(value, list) else value


def _list(names: list[str]) -> Any:
    array = tomlkit.array()
    array.extend(names)
    return array.multiline(len(names) > _SEVERAL)
