"""Read the researcher's own list of persons and places, and a check sheet that was filled in."""

from __future__ import annotations

from pathlib import Path

from qualcode.deidentify.decisions import spelled
from qualcode.deidentify.mentions import KINDS, Identity
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.formats import identities as sheet
from qualcode.formats.identities import Checked
from qualcode.importers.rows import Row, read_rows

FIELDS = ("name", "kind", "pseudonym", "case")


def read_names(path: Path) -> list[Identity]:
    """The list: columns name (several of one person parted by `;`), kind (person unless given), pseudonym, case.

    Raises:
        ImporterError: no column of names, an unknown kind, a name in two rows, a pseudonym that is given twice or is a
            name of the list itself.
    """
    rows = read_rows(path, path.name)
    columns = {name.strip().lower(): name for name in rows[0]} if rows else {}
    if rows and "name" not in columns:
        raise ImporterError(f"has no column 'name' (expected {', '.join(FIELDS)})", path=path.name, line=1)
    named: dict[str, int] = {}
    found: list[tuple[int, Identity]] = []
    for row in rows:
        identity = _identity({field: row[columns[field]].strip() for field in FIELDS if field in columns}, path, row)
        for name in identity.names:
            if spelled(name) in named:
                raise ImporterError(
                    f"a name of this row stands in line {named[spelled(name)]} as well",
                    path=path.name,
                    line=row.line,
                    hint="put all names of one person into one row, parted by ;",
                )
        named |= {spelled(name): row.line for name in identity.names}
        found.append((row.line, identity))
    taken: dict[str, int] = {}
    for line, identity in found:
        pseudonym = spelled(identity.pseudonym)
        if not pseudonym or identity.kind != "person":
            continue
        if pseudonym in taken or pseudonym in named:
            what = (
                f"that of line {taken[pseudonym]}" if pseudonym in taken else f"a real name, in line {named[pseudonym]}"
            )
            raise ImporterError(
                f"the pseudonym of this row is {what}", path=path.name, line=line, hint="choose another one"
            )
        taken[pseudonym] = line
    return [identity for _, identity in found]


def _identity(said: dict[str, str], path: Path, row: Row) -> Identity:
    names = tuple(part.strip() for part in said["name"].split(";") if part.strip())
    if not any(letter.isalnum() for name in names for letter in name):
        raise ImporterError("the row names nobody", path=path.name, line=row.line)
    kind = said.get("kind", "").lower().replace(" ", "_") or "person"
    if kind not in KINDS:
        raise ImporterError(
            "the kind of this row is not known (expected one of " + ", ".join(KINDS) + ")",
            path=path.name,
            line=row.line,
        )
    pseudonym = said.get("pseudonym", "").strip("[] ")
    return Identity(names, kind, pseudonym, said.get("case") or None)


def read_checked(path: Path) -> list[Checked]:
    """What a person decided, row by row; rows without a decision are passed over.

    Raises:
        MalformedTranscript: a column is gone, or a decision is none of those that are offered.
    """
    answers = []
    for page in (sheet.SUSPECTED, sheet.DETAILS, sheet.REPLACED):
        rows = read_rows(path, path.name, page)
        if rows and not set(rows[0]) >= sheet.NEEDED:
            missing = ", ".join(sorted(sheet.NEEDED - set(rows[0])))
            raise MalformedTranscript(
                f"the page {page!r} has lost its column {missing}",
                path=path.name,
                hint="write a new one with: qualcode deidentify check -o FILE, and copy the decisions over",
            )
        answers += [_checked(row, page, path) for row in rows if row[sheet.DECISION].strip()]
    return answers


def _checked(row: Row, page: str, path: Path) -> Checked:
    decision = row[sheet.DECISION].strip().lower().replace(" ", "_")
    if decision not in (sheet.NO, sheet.YES, *KINDS):
        raise MalformedTranscript(
            f"the decision of this row of the page {page} is not understood (expected no, yes or a kind)",
            path=path.name,
            line=row.line,
        )
    transcript, _, start = row[sheet.PLACE].strip().rpartition(":")
    if not transcript or not start.isdigit():
        raise MalformedTranscript(
            f"the place of this row of the page {page} was changed",
            path=path.name,
            line=row.line,
            hint="write a new one with: qualcode deidentify check -o FILE",
        )
    here = row[sheet.WHERE].strip().lower() == sheet.HERE
    return Checked(row.line, page, row[sheet.FOUND], decision, row[sheet.KIND].strip(), here, transcript, int(start))
