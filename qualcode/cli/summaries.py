"""What each command says when it is done: for a person, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.cli import import_summaries, output
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.codebook import Fault
    from qualcode.exporters import Written
    from qualcode.pipeline.import_codings import CodingsSummary
    from qualcode.pipeline.run import RunSummary
    from qualcode.pipeline.segmenting import SegmentSummary
    from qualcode.pipeline.sheet import SheetSummary
    from qualcode.pipeline.tagging import TagSummary
    from qualcode.pipeline.theming import ThemeSummary

_SHOWN = 10


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
                "deidentified": summary.deidentified,
                "refused": summary.refused and {"message": str(summary.refused), "hint": summary.refused.hint},
            }
        )
        return
    import_summaries.imported(summary.imported, as_json=False)
    if summary.deidentified:
        hidden = summary.deidentified
        replaced = sum(hidden.replaced.values())
        output.line(
            f"identities {replaced:,} replaced in {counted(hidden.texts, 'text')}; {hidden.suspected:,} suspected"
        )
        output.note("a person must look: qualcode deidentify check -o check.xlsx, then qualcode deidentify sign")
    if not summary.changed:
        done = "in and coded" if summary.refused else "in, coded and reported"
        output.line(f"nothing to do: every text is {done}")
        if not summary.refused:
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
    if summary.refused:
        described["codes_by_programme.xlsx"] = "how many speak of what, by programme"
    sheet_path = next((path for path in summary.files if path.name.startswith("review")), None)
    for path in summary.files:
        word = "judge the proposals here" if path == sheet_path else described.get(path.name)
        if word:
            output.line(f"{path}  ({word})")
    if sheet_path:
        first = "" if summary.refused else "open the report; "
        output.note(f"next: {first}judge the proposals, save, then:")
        output.note(f"      qualcode import-codings {sheet_path} --coder NAME -p {summary.folder}")


def segmented(summary: SegmentSummary, *, as_json: bool) -> None:
    """Segments, new and no longer current."""
    if as_json:
        output.as_json(summary)
        return
    text = f"segmented  {counted(summary.segments, 'passage')}" + (
        f", {summary.new:,} new" if summary.new else ", none new"
    )
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
            f"tagged     {counted(summary.segments, 'passage')}: {counted(summary.proposals, 'proposal')}, "
            f"abstained on {summary.abstained:,} "
            f"(coder {summary.coder})"
        )
        if summary.settled:
            whole = counted(summary.whole, "passage")
            output.line(
                f"settled    {summary.settled:.0%} of all decisions, and {whole} on all codes, without a person"
            )
    else:
        output.line(f"tagged     nothing new (coder {summary.coder})")
    if summary.unread:
        output.warn(f"{counted(summary.unread, 'passage')} may be read by no machine: consent")
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
    among = counted(summary.uncovered, "uncovered passage")
    output.line(f"themes     {counted(len(summary.themes), 'candidate')} among {among}")
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
    asked = f"{summary.proposals:,} proposals, {summary.sampled} random passages without one"
    if summary.assigned_to:
        asked = f"{counted(summary.sampled, 'passage')} assigned to {summary.assigned_to}, blind"
    elif summary.moved:
        asked += f", {counted(summary.moved, 'judgement')} to find a place for"
    output.line(f"{summary.path}: {asked}")
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
        + (f"; {counted(summary.settled, 'judgement')} of changed texts settled" if summary.settled else "")
    )
    if summary.codes:
        output.note(f"  codes judged: {', '.join(summary.codes)}")
    if summary.new_codes:
        output.note(f"  {counted(len(summary.new_codes), 'code')} added to codebook.yaml as drafts")
    if summary.crossed_codes:
        output.note(f"  {counted(len(summary.crossed_codes), 'code')} mapped by the crosswalk")
    if summary.complete:
        output.note(
            f"  {counted(summary.complete, 'pair')} of coder and transcript declared completely coded: rest is absent"
        )
    if summary.idle:
        output.warn(f"{counted(summary.idle, 'line')} of the declaration name no coder, document or code of the table")
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
            output.warn(f"{counted(len(nearly), 'quotation')} found only nearly; row (confidence): {shown}{more}")
        if several:
            output.warn(f"{counted(len(several), 'quotation')} found in several places; rows {_rows(several)}")
    if summary.unlocated:
        output.warn(
            f"{counted(len(summary.unlocated), 'row')} not found in the texts: {_rows(summary.unlocated)}",
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


def faults(file: Path, found: Sequence[Fault]) -> None:
    """A codebook's faults and advice."""
    for fault in found:
        output.line(f"{file}:{fault.line}: {'advice: ' if fault.advice else ''}{fault.message}")
    errors = sum(not fault.advice for fault in found)
    output.note(f"{counted(errors, 'fault')}, {len(found) - errors} of advice" if found else "no faults")


def _rows(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
