"""`qualcode pack` and `qualcode merge`: commands for work on several laptops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qualcode.cli import asking, opening, output
from qualcode.cli.app import HERE, SOME_FAILED, CloudOk, Folder, For, IdentifiedOk, Json, Quiet, app

if TYPE_CHECKING:
    from qualcode.pipeline.merging import MergeSummary
    from qualcode.pipeline.packing import PackSummary

_SHOWN = 20
_COUNTED = ("transcripts", "segments", "decisions", "samples", "cases", "consents", "signoffs", "programmes")
_NAMES = {"segments": "passages", "decisions": "judgements", "present": "codings", "signoffs": "signatures"}


@app.command()
def pack(
    path: Annotated[Path, typer.Option("-o", "--output", help="The file to write, ending in .qualpack.")],
    project: Folder = HERE,
    coder: Annotated[str | None, typer.Option("--coder", help="Only what this coder judged; no texts.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Assign passages to this coder, to be judged blind.")] = None,
    assign: Annotated[
        list[str] | None, typer.Option("--assign", metavar="SEGMENT", help="Passages to assign, by their ids.")
    ] = None,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "--documents", metavar="NAME", help="A transcript to assign, by file, case or id; may be repeated."
        ),
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Passages to assign, drawn at random.")] = 0,
    codes: Annotated[
        list[str] | None, typer.Option("--codes", help="Codes to ask about; all active ones unless given.")
    ] = None,
    speakers: Annotated[
        bool, typer.Option("--with-speakers", help="Take labels of speakers along; they may be names.")
    ] = False,
    purpose: For = "team",
    identified_ok: IdentifiedOk = False,
    json: Json = False,
) -> None:
    """Write a file for another laptop: the whole project, one coder's judgements, or a blind assignment.

    Codes and passages may be parted by commas.  Examples:  qualcode pack -o whole.qualpack
    ·   qualcode pack --sample 40 --codes isolation,burden --to B -o for_b.qualpack
    ·   qualcode pack --coder B -o b.qualpack
    """
    from qualcode.pipeline import assigning, packing

    ways = [name for name, given in (("--assign", assign), ("--documents", documents), ("--sample", sample)) if given]
    if to is None and (ways or codes):
        raise typer.BadParameter(f"{' '.join(ways) or '--codes'} needs --to CODER: who is asked")
    if to is not None and (len(ways) != 1 or coder):
        raise typer.BadParameter("--to CODER needs one of --assign, --documents, --sample, and no --coder")
    with opening.opened(project) as opened:
        if to is None:
            summary = packing.pack(
                opened, path, coder=coder, speakers=speakers, purpose=purpose, identified_ok=identified_ok
            )
        else:
            summary = assigning.assign(
                opened,
                path,
                to=to,
                codes=_listed(codes),
                segments=_listed(assign),
                documents=documents or (),
                sample=sample,
                speakers=speakers,
                purpose=purpose,
                identified_ok=identified_ok,
            )
    _packed(summary, as_json=json)


@app.command()
def merge(
    file: Annotated[Path, typer.Argument(metavar="PACK", help="A file that qualcode pack wrote.")],
    project: Folder = HERE,
    cloud_ok: CloudOk = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Add what a pack holds and the project lacks; nothing is written over. A new folder becomes a project.

    What participants allow less there holds here too, and is written into consent.csv.

    Ends with 3 where something of the pack was not taken; it is listed.
    """
    from qualcode.pipeline import merging

    asking.known(project)
    with output.progress(quiet) as progress:
        summary = merging.merge(project, file, cloud_ok=cloud_ok, progress=progress)
    _merged(summary, as_json=json)
    if summary.left:
        raise typer.Exit(SOME_FAILED)


def _listed(given: Sequence[str] | None) -> list[str]:
    return [name.strip() for part in given or () for name in part.split(",") if name.strip()]


def _counted(rows: Mapping[str, int]) -> str:
    told = [(count, _NAMES.get(name, name)) for name, count in rows.items() if count]
    return ", ".join(f"{count:,} {name.removesuffix('s') if count == 1 else name}" for count, name in told)


def _packed(summary: PackSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    counted = _counted({name: summary.counts.get(name, 0) for name in _COUNTED[not summary.words :]})
    what = {
        "whole": "the whole project",
        "coder": f"what {summary.coder} judged",
        "assignment": f"an assignment for {summary.coder}",
    }[summary.kind]
    output.line(f"{summary.path}: {what}: {counted} ({max(1, summary.size // 1000):,} kB)")
    if summary.codes:
        output.note(f"  codes asked about: {', '.join(summary.codes)}")
    if summary.words:
        kept = (
            "labels of speakers too" if summary.with_speakers else "labels of speakers in separate fields are left out"
        )
        output.warn(
            f"it holds participants' words ({kept}); the texts go as they stand",
            "send it encrypted, and delete it when it has been merged",
        )
    else:
        output.note("  it holds no texts; the codebook goes along, and its examples may be participants' words")
    output.note(f"next, on the other laptop: qualcode merge {summary.path.name} -p PROJECT")


def _merged(summary: MergeSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    if summary.begun:
        output.line(f"project: {summary.project} (new)")
    stood = f"; {_counted({'judgements': summary.stood})} stood already" if summary.stood else ""
    output.line(f"merged     {summary.pack}: {_counted(summary.new) or 'nothing new'}{stood}")
    for told in summary.carried.told():
        output.note(told)
    for conflict in summary.conflicts[:_SHOWN]:
        kept = "theirs is taken" if conflict.kind == "case" else "both are kept"
        end = kept if conflict.taken else "ours stands" if conflict.id else "not taken"
        output.warn(f"{conflict.kind} {conflict.id}".rstrip() + f": {conflict.what} ({end})")
    if len(summary.conflicts) > _SHOWN:
        output.warn(f"{len(summary.conflicts) - _SHOWN} more differ")
    if summary.identified:
        output.note(
            "texts that came may hold identities: they are neither signed nor declared de-identified, and are quoted "
            "here on the same terms as there (docs/deidentify.md)"
        )
    if summary.asked:
        output.note(f"next: qualcode sheet -p {summary.project} -o review.xlsx   (asks {summary.coder}, blind)")
    elif summary.new:
        output.note("next: qualcode report, qualcode export (with -p PROJECT from elsewhere)")
