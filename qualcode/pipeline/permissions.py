"""What participants agreed to and who signed their texts, from laptop to laptop: a pack never loosens what holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date
from typing import Any

from qualcode.corpus import CONSENT, Consent, Transcript
from qualcode.errors import ProjectError
from qualcode.formats import pack as packs
from qualcode.formats.pack import Pack, Signature, Statement
from qualcode.importers.consent import read_consents, with_stated
from qualcode.pipeline.comparing import Conflict
from qualcode.pipeline.consenting import STRICTER
from qualcode.pipeline.union import Union
from qualcode.pipeline.withdrawn import Withdrawn
from qualcode.project import CONSENTS, Project
from qualcode.store import consents, signoffs
from qualcode.store.database import Connection

_FIELDS = tuple(field.name for field in fields(Consent))


def of_all(project: Project, connection: Connection) -> list[Statement]:
    """Every statement of a project, also of cases whose texts are still to come."""
    return _statements(project, connection, consents.cases(connection), lambda case: case)


def of_texts(
    project: Project, connection: Connection, texts: Iterable[Transcript], named: Callable[[str], str]
) -> list[Statement]:
    """What was stated of those who speak in these texts.

    Args:
        project: whose defaults hold where a case states nothing.
        connection: of its store.
        texts: that are packed.
        named: a case as the pack's texts name it.
    """
    people = {case for text in texts for case in (text.case, *(turn.case for turn in text.turns)) if case}
    told = _statements(project, connection, people, named)
    inside = people | {_group(case) for case in people}
    return [one for one in told if one.case in {named(case) for case in inside}]


def _statements(
    project: Project, connection: Connection, cases: Iterable[str], named: Callable[[str], str]
) -> list[Statement]:
    stated = consents.consents(connection)
    defaults = project.settings.consent
    # What this project's settings say holds for its people wherever their words go; what nobody set is left open.
    set_here = _only(defaults, {name for name in _FIELDS if getattr(defaults, name) != getattr(CONSENT, name)})
    known = {*cases, *stated}
    found = {}
    for case in known:
        group, own = _group(case), stated.get(case, Consent())
        # A member whose pseudonym in the pack no longer tells the group says what the group states itself.
        if group not in known or _group(named(case)) != named(group) or group == case:
            own = own.over(stated.get(group, Consent())).over(set_here)
        if own != Consent():
            found[named(case)] = own
    return [Statement(case, consent) for case, consent in sorted(found.items())]


def signatures(connection: Connection, texts: Iterable[str]) -> list[Signature]:
    """Every signature under these texts."""
    inside = set(texts)
    return [Signature(*row) for row in signoffs.signatures(connection) if row[0] in inside]


def sign(connection: Connection, pack: Pack, made: Union) -> None:
    """Append the signatures under texts that stand here word for word."""
    known = set(signoffs.signatures(connection))
    for signature in pack.records(packs.SIGNOFFS, Signature):
        text = made.ids.get(signature.transcript)
        row = (text or "", signature.signer, signature.at)
        if text and row not in known:
            signoffs.sign(connection, [text], signature.signer, signature.at)
            known.add(row)
            made.new["signatures"] += 1


def agree(project: Project, connection: Connection, pack: Pack, made: Union) -> dict[str, Consent]:
    """Take over what was stated there and not here, and what is stricter there; what is looser is told and left.

    Returns:
        What is to be stated anew, by case; `state` puts it into `consent.csv`.
    """
    ours = consents.consents(connection)
    theirs = _here(project, connection, pack, made)
    members = {case for case in ours if _group(case) in theirs}
    changed: dict[str, Consent] = {}
    for case in sorted(theirs.keys() | members):
        said = theirs.get(case, Consent())
        group = _group(case)
        taken, stricter, looser = compared(
            ours.get(case, Consent()),
            ours.get(group, Consent()),
            project.settings.consent,
            said,
            said.over(theirs.get(group, Consent())),
        )
        if taken:
            changed[case] = Consent(**taken)
        if stricter:
            what = f"agreed to less there, which holds here now: {', '.join(stricter)}"
            made.conflicts.append(Conflict("case", case, what, taken=True))
        if looser:
            made.conflicts.append(Conflict("case", case, f"agreed to something else there: {', '.join(looser)}"))
    if changed:
        consents.set_consents(connection, _with(ours, changed))
        made.new["consents"] += len(changed)
    return changed


def state(project: Project, connection: Connection, changed: Mapping[str, Consent]) -> None:
    """Put into `consent.csv` what `agree` took over; the last thing before the transaction ends.

    If the machine stops between the two, the table has the statements, and the next command takes them from there.

    Raises:
        ProjectError: the table cannot be written, or does not state what was merged.
    """
    if not changed:
        return
    path = project.folder / CONSENTS
    unfinished = path.with_name(CONSENTS + ".tmp")
    try:
        table = with_stated(path.read_bytes() if path.exists() else b"", CONSENTS, changed)
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(table)
        stands = {case: row.consent for case, row in read_consents(unfinished).items()}
        if stands != consents.consents(connection):
            hint = "write the table anew with its usual columns (docs/consent.md), and merge again"
            raise ProjectError("does not take statements of a pack; nothing is merged", place=CONSENTS, hint=hint)
        unfinished.replace(path)
    except OSError as error:
        raise ProjectError(f"cannot be written ({error.strerror})", place=CONSENTS) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _here(project: Project, connection: Connection, pack: Pack, made: Union) -> dict[str, Consent]:
    """What the pack states, by the cases' ids here.

    A part names a case by a digest where its id may be a name, so one person may have two ids on two laptops.
    """
    withdrawn = Withdrawn.of(connection, project.secret)
    by_mark: dict[str, set[str]] = defaultdict(set)
    for case in {*consents.cases(connection), *consents.consents(connection)}:
        by_mark[packs.mark(case)].add(case)
    found: dict[str, Consent] = {}
    for number, one in enumerate(pack.records(packs.CONSENTS, Statement), start=1):
        if one.case != one.case.strip() or len(one.case.splitlines()) != 1:
            raise pack.refused_line(packs.CONSENTS, number)
        case = made.case(one.case) or one.case
        nobody = packs.mark(case) == case or (one.case.startswith("t_") and case == one.case)
        for id_ in by_mark.get(packs.mark(case), set() if nobody else {case}):
            if not withdrawn.case(id_):
                found[id_] = _strictest(found[id_], one.stated) if id_ in found else one.stated
    return found


def compared(
    own: Consent, group: Consent, defaults: Consent, said: Consent, holds_there: Consent
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Fields to be stated here, and the names of those that are stricter and looser there than what is stated here."""
    taken: dict[str, Any] = {}
    stricter, looser = [], []
    for name in _FIELDS:
        told, there = getattr(said, name), getattr(holds_there, name)
        stated, default = getattr(own.over(group), name), getattr(defaults, name)
        here = default if stated is None else stated
        if there is None:
            continue
        if stated is None and default == getattr(CONSENT, name):
            taken |= {name: told} if told is not None else {}
        elif rank(name, there) < rank(name, here):
            # Where neither member states it, the groups are compared, and the member follows.
            if told is not None or getattr(own, name) is not None:
                taken[name] = there
                stricter.append(name)
        elif there != here and told is not None:
            looser.append(name)
    return taken, stricter, looser


def rank(name: str, value: str | bool | date | None) -> int:
    """The lower, the less is allowed."""
    if value is None:
        return date.max.toordinal() + 1
    if isinstance(value, date):
        return value.toordinal()
    return STRICTER.index(value) if name == "quote" else int(bool(value))


def _strictest(one: Consent, other: Consent) -> Consent:
    """What is stated of one person under two ids, the stricter of each."""
    less = {
        name: getattr(other, name)
        for name in _FIELDS
        if getattr(other, name) is not None and rank(name, getattr(other, name)) < rank(name, getattr(one, name))
    }
    return replace(one.over(other), **less)


def _with(ours: Mapping[str, Consent], changed: Mapping[str, Consent]) -> dict[str, Consent]:
    return {**ours, **{case: consent.over(ours.get(case, Consent())) for case, consent in changed.items()}}


def _only(consent: Consent, names: set[str]) -> Consent:
    return Consent(**{name: getattr(consent, name) for name in names})


def _group(case: str) -> str:
    return case.rsplit(".", 1)[0]
