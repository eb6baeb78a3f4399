"""What each command says when it is done: for a person, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from qualcode.cli import output

if TYPE_CHECKING:
    from rich.console import Console

    from qualcode.codebook import Fault
    from qualcode.corpus import Role
    from qualcode.exporters import Written
    from qualcode.importers import Loss, TableColumns
    from qualcode.pipeline.columns import Confirm, Preview
    from qualcode.pipeline.import_codings import CodingsSummary
    from qualcode.pipeline.importing import ImportSummary
    from qualcode.pipeline.interchange import Taken
    from qualcode.pipeline.run import RunSummary
    from qualcode.pipeline.segmenting import SegmentSummary
    from qualcode.pipeline.sheet import SheetSummary
    from qualcode.pipeline.speakers import SpeakersSummary, Stated, Unknown
    from qualcode.pipeline.tagging import TagSummary
    from qualcode.pipeline.theming import ThemeSummary

_SHOWN = 10


def _n(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


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
    output.line(f"{made.file}: a table of {_n(len(made.columns), 'column')}", to=to)
    rows = [
        (seen.number, seen.name, seen.taken_for, f"{seen.filled:,}", f"{seen.different:,}", ", ".join(seen.examples))
        for seen in made.columns
    ]
    output.table(("", "column", "taken for", "filled", "different", "for example"), rows, to=to)


def _losses(losses: Sequence[tuple[str, Loss]]) -> None:
    for place, loss in losses[: 2 * _SHOWN]:
        output.warn(f"{place}: {loss.count:,} {loss.kind} not carried" + (f": {loss.reason}" if loss.reason else ""))


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


def run(summary: RunSummary, *, as_json: bool) -> None:
    """All steps of a run."""
    if as_json:
        output.as_json(
            {
                "project": summary.folder,
                "changed": summary.changed,
                "codebook": summary.codebook,
                "imported": summary.imported,
                "segmented": summary.segmented,
                "tagged": summary.tagged,
                "themes": len(summary.themes.themes),
                "files": summary.files,
                "losses": summary.losses,
            }
        )
        return
    imported(summary.imported, as_json=False)
    if not summary.changed:
        output.line("nothing to do: every text is in, coded and reported")
        output.line(f"report: {summary.folder / 'exports' / 'report.html'}")
        return
    segmented(summary.segmented, as_json=False)
    output.line(f"codebook   {summary.codebook}")
    tagged(summary.tagged, as_json=False)
    themes(summary.themes, as_json=False, brief=True)
    for loss in summary.losses:
        output.warn(loss)
    output.line()
    described = {
        "report.html": "read this first",
        "excerpts_unreviewed.xlsx": "every proposed passage",
        "excerpts.xlsx": "passages that people have coded",
    }
    sheet_path = next((path for path in summary.files if path.name.startswith("review")), None)
    for path in summary.files:
        word = "judge the proposals here" if path == sheet_path else described.get(path.name)
        if word:
            output.line(f"{path}  ({word})")
    if sheet_path:
        output.note("next: open the report; judge the proposals, save, then:")
        output.note(f"      qualcode import-codings {sheet_path} --coder NAME -p {summary.folder}")


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
        parts.append(_n(summary.versions, "new version"))
    if summary.described_anew:
        parts.append(f"{summary.described_anew} described anew")
    output.line(f"imported   {summary.files} file{'s' * (summary.files != 1)}: {', '.join(parts)}")
    quiet = Counter((item.place, item.reason) for item in summary.skipped for _ in range(item.count) if not item.failed)
    for (place, reason), count in list(quiet.items())[:_SHOWN]:
        output.note(f"  skipped  {place}: {reason}" + (f" ({count})" if count > 1 else ""))
    for item in summary.failed[:_SHOWN]:
        output.warn(f"failed   {item.place}: {item.reason}" + (f" ({item.count})" if item.count > 1 else ""), item.hint)
    if len(summary.failed) > _SHOWN:
        output.warn(f"{len(summary.failed) - _SHOWN} more failed")
    for taken in summary.taken:
        _taken(taken)
    said: dict[str, list[str]] = {}
    for place, text in summary.notes:
        said.setdefault(text, []).append(place)
    for text, places in list(said.items())[: 2 * _SHOWN]:
        output.note(f"  note     {places[0]}{f' and {len(places) - 1} more' if len(places) > 1 else ''}: {text}")
    _losses(summary.losses)
    if summary.unknown.people:
        output.warn(
            f"{_unknown(summary.unknown)} ({_n(summary.unknown.turns, 'turn')}): they are coded",
            "see who they are, and state who asks: qualcode speakers (with -p PROJECT from elsewhere)",
        )


def _taken(taken: Taken) -> None:
    """Codes, codings and memos of another tool's project."""
    output.line(
        f"codings    {taken.place}: {_n(taken.present, 'coding')} by {', '.join(taken.coders) or 'nobody'} "
        f"on {_n(taken.selections, 'selection')}"
        + (f"; {taken.unchanged:,} stood already" if taken.unchanged else "")
        + (f"; {_n(taken.memos, 'memo')}" if taken.memos else "")
    )
    for count, what in (
        (len(taken.new_codes), "added to codebook.yaml"),
        (len(taken.same_codes), "have the id of a code in the codebook and are taken to be the same"),
        (len(taken.crossed_codes), "mapped by the crosswalk"),
    ):
        if count:
            output.note(f"  {_n(count, 'code')} {what}")
    if taken.complete:
        output.note(f"  {_n(taken.complete, 'pair')} of coder and transcript declared completely coded: rest is absent")
    elif taken.judged:
        output.note("  what is not coded there counts as not judged (--coded-completely says otherwise)")
    if taken.idle:
        output.warn(f"{_n(taken.idle, 'line')} of the declaration name no coder, document or code of {taken.place}")
    if taken.without_text:
        output.warn(f"{_n(taken.without_text, 'decision')} of {taken.place} stand on texts that were not taken")


def _unknown(found: Unknown) -> str:
    return f"{_n(found.people, 'speaker')} in {_n(found.files, 'file')} {_has(found.people)} no known role"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def speakers(summary: SpeakersSummary, *, only_unknown: bool, as_json: bool) -> None:
    """Who speaks, in what role, and why: the one place that shows labels, to the person who maps them."""
    if as_json:
        output.as_json(summary)
        return
    output.table(
        ("file", "speaker", "turns", "words", "a turn", "ask", "role", "why"),
        [
            (
                row.file,
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
    output.line(f"{summary.path}: {_n(summary.roles, 'role')} stated")
    if summary.absent:
        output.warn(
            f"{_n(summary.absent, 'name')} {'is' if summary.absent == 1 else 'are'} no speaker's label in these texts",
            "write it as qualcode speakers shows it; capital letters make no difference",
        )
    output.note("next: qualcode import FOLDER again (with -p PROJECT from elsewhere), or qualcode run as before")


def segmented(summary: SegmentSummary, *, as_json: bool) -> None:
    """Segments, new and no longer current."""
    if as_json:
        output.as_json(summary)
        return
    text = f"segmented  {_n(summary.segments, 'passage')}" + (f", {summary.new:,} new" if summary.new else ", none new")
    output.line(text + (f", {summary.retired:,} no longer current" if summary.retired else ""))
    if summary.transcripts_without:
        output.note(f"  {summary.transcripts_without} texts hold nothing to code")


def tagged(summary: TagSummary, *, as_json: bool) -> None:
    """What the machine coder did."""
    if as_json:
        output.as_json(summary)
        return
    for text in summary.notes:
        output.warn(text)
    if summary.run:
        output.line(
            f"tagged     {_n(summary.segments, 'passage')}: {_n(summary.proposals, 'proposal')}, "
            f"abstained on {summary.abstained:,} "
            f"(coder {summary.coder})"
        )
    else:
        output.line(f"tagged     nothing new (coder {summary.coder})")
    if summary.other_languages:
        output.warn(f"{summary.other_languages} passages are in another language than the codebook and were not tagged")


def themes(summary: ThemeSummary, *, as_json: bool, brief: bool = False) -> None:
    """Candidate themes by their own words, or the reason why there are none."""
    if as_json:
        output.as_json({"uncovered": summary.uncovered, "reason": summary.reason, "themes": summary.themes})
        return
    if not summary.themes:
        output.line(f"themes     none: {summary.reason}")
        return
    output.line(f"themes     {_n(len(summary.themes), 'candidate')} among {_n(summary.uncovered, 'uncovered passage')}")
    if not brief:
        output.table(
            ("own words", "passages", "participants", "programmes"),
            [
                ("  ".join(t.label), len(t.segments), t.cases, ", ".join(f"{p} {n}" for p, n in t.programmes.items()))
                for t in summary.themes
            ],
        )


def sheet(summary: SheetSummary, *, as_json: bool) -> None:
    """What a review sheet asks."""
    if as_json:
        output.as_json(summary)
        return
    moved = f", {_n(summary.moved, 'judgement')} to find a place for" if summary.moved else ""
    output.line(
        f"{summary.path}: {summary.proposals:,} proposals, {summary.sampled} random passages without one" + moved
    )
    if summary.cut_cells:
        output.warn(f"{summary.cut_cells} cells were longer than Excel allows and are cut")
    output.note(f"next: judge it, then: qualcode import-codings {summary.path} --coder NAME")


def codings(summary: CodingsSummary, *, as_json: bool) -> None:
    """Judgements that came in, and rows that did not."""
    if as_json:
        output.as_json(summary)
        return
    output.line(
        f"{summary.layout}: {summary.judged:,} judgements by {summary.coder}, {summary.present:,} codes present"
        + (f"; {summary.unchanged:,} stood already" if summary.unchanged else "")
        + (f"; {_n(summary.settled, 'judgement')} of changed texts settled" if summary.settled else "")
    )
    if summary.codes:
        output.note(f"  codes judged: {', '.join(summary.codes)}")
    if summary.new_codes:
        output.note(f"  {_n(len(summary.new_codes), 'code')} added to codebook.yaml as drafts")
    if summary.crossed_codes:
        output.note(f"  {_n(len(summary.crossed_codes), 'code')} mapped by the crosswalk")
    if summary.complete:
        output.note(
            f"  {_n(summary.complete, 'pair')} of coder and transcript declared completely coded: rest is absent"
        )
    if summary.idle:
        output.warn(f"{_n(summary.idle, 'line')} of the declaration name no coder, document or code of the table")
    if summary.unknown_codes:
        output.warn(
            f"{len(summary.unknown_codes)} codes are not in the codebook and were left out: "
            + ", ".join(summary.unknown_codes[:_SHOWN])
            + (" …" if len(summary.unknown_codes) > _SHOWN else "")
        )
    if summary.approximate:
        nearly = [item for item in summary.approximate if item.confidence < 1]
        several = [item.row for item in summary.approximate if item.confidence == 1]
        if nearly:
            shown = ", ".join(f"{item.row} ({item.confidence:.2f})" for item in nearly[:_SHOWN])
            more = " …" if len(nearly) > _SHOWN else ""
            output.warn(f"{_n(len(nearly), 'quotation')} found only nearly; row (confidence): {shown}{more}")
        if several:
            output.warn(f"{_n(len(several), 'quotation')} found in several places; rows {_rows(several)}")
    if summary.unlocated:
        output.warn(
            f"{_n(len(summary.unlocated), 'row')} not found in the texts: {_rows(summary.unlocated)}",
            "letter for letter quotations are found best; a text that stands in several rows needs the id column",
        )
    for row, reason in summary.unclear[:_SHOWN]:
        output.warn(f"row {row}: {reason}")
    if len(summary.unclear) > _SHOWN:
        output.warn(f"{len(summary.unclear) - _SHOWN} more rows were not understood")
    output.note("next: qualcode report, qualcode export (with -p PROJECT from elsewhere)")


def written(summary: Written, *, as_json: bool) -> None:
    """Files that were written."""
    if as_json:
        output.as_json(summary)
        return
    for path in summary.files:
        output.line(str(path))
    for loss in summary.losses:
        output.warn(loss)


def faults(file: Path, found: Sequence[Fault], *, as_json: bool) -> None:
    """A codebook's faults and advice."""
    if as_json:
        output.as_json({"file": file, "faults": found})
        return
    for fault in found:
        output.line(f"{file}:{fault.line}: {'advice: ' if fault.advice else ''}{fault.message}")
    errors = sum(not fault.advice for fault in found)
    output.note(f"{_n(errors, 'fault')}, {len(found) - errors} of advice" if found else "no faults")


def _rows(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
