"""What the commands that bring texts in say when they are done, and the options that they parse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import typer

from qualcode.cli import output
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from rich.console import Console

    from qualcode.corpus import Role
    from qualcode.importers import Loss, TableColumns
    from qualcode.pipeline.columns import Confirm, Preview
    from qualcode.pipeline.importing import ImportSummary
    from qualcode.pipeline.interchange import Taken
    from qualcode.pipeline.speakers import SpeakersSummary, Stated, Unknown

_SHOWN = 10
_FAILED = 100
"""Each failed file is named: somebody has to look at it."""


def columns(stated: Sequence[str] | None) -> TableColumns | None:
    """`ROLE=NAME` options as `TableColumns`."""
    from qualcode.importers import TableColumns

    if not stated:
        return None
    allowed = {field.name for field in fields(TableColumns)}
    values: dict[str, list[str]] = {}
    for item in stated:
        role, equals, name = item.partition("=")
        if not equals or role not in allowed:
            raise typer.BadParameter(
                f"--column {item!r} is not ROLE=NAME with ROLE one of {', '.join(sorted(allowed))}"
            )
        values.setdefault(role, []).append(name)
    text = tuple(name for name in values.pop("text", []) if name)
    lists = {
        role: tuple(name for names in values.pop(role) for name in names.split(",") if name)
        for role in ("attributes", "unread")
        if role in values
    }
    return TableColumns(text=text, **{role: names[-1] for role, names in values.items()}, **lists)  # type: ignore[arg-type]


def preview(made: Preview, *, as_json: bool) -> None:
    """What the columns of a table are taken for."""
    if as_json:
        output.as_json(made)
        return
    _seen(made, to=output.out)
    for text in made.notes:
        output.note(f"  note     {text}")
    _losses([(made.file, loss) for loss in made.losses])
    output.note("kept in qualcode.toml" if made.kept else 'another way: --column text="NAME", once for each column')


def confirm(progress: object) -> Confirm:
    """Shows what the columns of a table are taken for, and asks once."""

    def asked(made: Preview) -> bool:
        with output.paused(progress):
            _seen(made, to=output.err)
            return output.ask("Is this right?")

    return asked


def _seen(made: Preview, *, to: Console) -> None:
    output.line(f"{made.file}: a table of {counted(len(made.columns), 'column')}", to=to)
    rows = [
        (seen.number, seen.name, seen.taken_for, f"{seen.filled:,}", f"{seen.different:,}", ", ".join(seen.examples))
        for seen in made.columns
    ]
    output.table(("", "column", "taken for", "filled", "different", "for example"), rows, to=to)


def _losses(losses: Sequence[tuple[str, Loss]]) -> None:
    """What files hold and qualcode does not carry, by kind."""
    said: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for place, loss in losses:
        said.setdefault((loss.kind, loss.reason), []).append((place, loss.count))
    for (kind, reason), places in said.items():
        among = places[0][0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
        total = sum(count for _, count in places)
        output.warn(f"not carried  {among}: {total:,} x {kind}" + (f" ({reason})" if reason else ""))


def roles(stated: Sequence[str] | None) -> dict[str, Role]:
    """`NAME=ROLE` options as roles by label; what is wrong is told without the name."""
    from qualcode.corpus import ROLES

    found: dict[str, Role] = {}
    for item in stated or ():
        name, _, role = (part.strip() for part in item.rpartition("="))
        known = next((known for known in ROLES if known == role.lower()), None)
        if not name or known is None:
            raise typer.BadParameter(f"--set is not NAME=ROLE with ROLE one of {', '.join(ROLES)}")
        found[name] = known
    return found


def imported(summary: ImportSummary, *, as_json: bool) -> None:
    """Files in, skipped, failed, each with its reason."""
    if as_json:
        output.as_json(summary)
        return
    kinds = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(summary.kinds.items()))
    parts = [f"{summary.new} new" + (f" ({kinds})" if kinds else "")]
    if summary.unchanged:
        parts.append(f"{summary.unchanged} unchanged")
    if summary.versions:
        parts.append(counted(summary.versions, "new version"))
    if summary.described_anew:
        parts.append(f"{summary.described_anew} described anew")
    output.line(f"imported   {summary.files} file{'s' * (summary.files != 1)}: {', '.join(parts)}")
    quiet: dict[str, Counter[str]] = {}
    for item in summary.skipped:
        if not item.failed:
            quiet.setdefault(item.reason, Counter())[item.place] += item.count
    for reason, among in quiet.items():
        named = [f"{place} ({count})" if count > 1 else place for place, count in among.items()]
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        output.note(f"  skipped  {', '.join(named[:_SHOWN])}{more}: {reason}")
    for item in summary.failed[:_FAILED]:
        output.warn(f"failed   {item.place}: {item.reason}" + (f" ({item.count})" if item.count > 1 else ""), item.hint)
    if len(summary.failed) > _FAILED:
        output.warn(f"{len(summary.failed) - _FAILED} more failed", "--json names them all")
    for taken in summary.taken:
        _taken(taken)
    if any(taken.judged and not taken.complete for taken in summary.taken):
        output.note("  what was not coded there counts as not judged (--coded-completely says otherwise)")
    said: dict[str, list[str]] = {}
    for place, text in summary.notes:
        said.setdefault(text, []).append(place)
    for text, places in list(said.items())[: 2 * _SHOWN]:
        output.note(f"  note     {places[0]}{f' and {len(places) - 1} more' if len(places) > 1 else ''}: {text}")
    if len(said) > 2 * _SHOWN:
        output.note(f"  {len(said) - 2 * _SHOWN} more notes: --json has them all")
    _losses(summary.losses)
    if summary.unknown.people:
        output.warn(
            f"{_unknown(summary.unknown)} ({counted(summary.unknown.turns, 'turn')}): they are coded",
            "see who they are, and state who asks: qualcode speakers (with -p PROJECT from elsewhere)",
        )


def _taken(taken: Taken) -> None:
    """Codes, codings and memos of another tool's project, in a line."""
    parts = []
    if taken.selections:
        who = ", ".join(taken.coders) or "nobody"
        parts.append(f"{counted(taken.present, 'coding')} by {who} on {counted(taken.selections, 'selection')}")
    if taken.unchanged:
        parts.append(f"{taken.unchanged:,} stood already")
    if taken.complete:
        parts.append(f"{counted(taken.complete, 'pair')} of coder and transcript declared completely coded")
    for codes, what in (
        (taken.new_codes, "added to codebook.yaml"),
        (taken.same_codes, "taken to be those of the same id in the codebook"),
        (taken.crossed_codes, "mapped by the crosswalk"),
    ):
        if codes:
            parts.append(f"{counted(len(codes), 'code')} {what}")
    if taken.not_carried:
        parts.append(f"{counted(taken.not_carried, 'coding')} not judged under a narrower code of the crosswalk")
    if taken.memos:
        parts.append(counted(taken.memos, "memo"))
    output.line(f"codings    {taken.place}: {'; '.join(parts)}")
    if taken.idle:
        output.warn(
            f"{counted(taken.idle, 'line')} of the declaration name no coder, document or code of {taken.place}"
        )
    if taken.without_text:
        output.warn(f"{counted(taken.without_text, 'decision')} of {taken.place} stand on texts that were not taken")


def _unknown(found: Unknown) -> str:
    return f"{counted(found.people, 'speaker')} in {counted(found.files, 'file')} {_has(found.people)} no known role"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def speakers(summary: SpeakersSummary, *, only_unknown: bool, as_json: bool) -> None:
    """Who speaks, in what role, and why: the one place that shows labels, to the person who maps them."""
    if as_json:
        output.as_json(summary)
        return
    output.table(
        ("file", "text", "speaker", "turns", "words", "a turn", "ask", "role", "why"),
        [
            (
                row.file,
                row.transcript,
                row.speaker or "(no label)",
                row.turns,
                row.words,
                f"{row.words_a_turn:.0f}",
                f"{row.asking:.0%}",
                row.role,
                row.why,
            )
            for row in summary.rows
            if row.role == "unknown" or not only_unknown
        ],
    )
    if summary.unknown.people:
        output.note(f'{_unknown(summary.unknown)}; state them: qualcode speakers --set "NAME=interviewer"')


def stated(summary: Stated, *, as_json: bool) -> None:
    """Roles that stand in the settings now."""
    if as_json:
        output.as_json(summary)
        return
    output.line(f"{summary.path}: {counted(summary.roles, 'role')} stated")
    if summary.absent:
        output.warn(
            f"{counted(summary.absent, 'stated name')} not found among the speakers' labels of these texts",
            "write it as qualcode speakers shows it; capital letters make no difference",
        )
    output.note("next: qualcode import FOLDER again (with -p PROJECT from elsewhere), or qualcode run as before")
