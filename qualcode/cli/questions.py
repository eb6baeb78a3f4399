"""Commands that ask a person: `ask` for what teaches and measures most, `second-look` for what may be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qualcode.cli import opening, output
from qualcode.cli.app import HERE, Folder, Json, app
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.pipeline.asking import Asking, AskSummary, Question
    from qualcode.project import Project

Present = tuple[tuple[str, str], ...]
"""Codes that are there, each with its polarity or none."""

_BACK, _SKIP, _QUIT, _NONE = "b", "s", "q", "0"

Name = Annotated[str, typer.Option("--coder", help="The person who is asked.")]
Here = Annotated[bool, typer.Option("--here", help="Ask in this terminal; each answer is written at once.")]
Count = Annotated[int, typer.Option("-n", "--count", min=1, help="How many questions.")]


@app.command()
def ask(
    coder: Name,
    by: Annotated[
        Literal["segment", "code"],
        typer.Option("--by", help="segment: which codes are there; code: does this one apply."),
    ] = "segment",
    count: Count = 40,
    code: Annotated[
        list[str] | None, typer.Option("--code", help="Ask about this code alone; may be given several times.")
    ] = None,
    path: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.")] = Path("ask.xlsx"),
    here: Here = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Ask for the judgements that are worth most next: blind, some drawn by lot, the rest chosen to teach."""
    from qualcode.pipeline import asking as pipeline

    with opening.opened(project) as opened:
        asking = pipeline.ask(opened, coder, by=by, count=count, codes=code or ())
        if here:
            session(opened, asking, as_json=json)
            return
        summary = pipeline.write(opened, asking, path)
    _told(summary, as_json=json)


@app.command("second-look")
def second_look(
    coder: Name,
    count: Count = 30,
    path: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.")] = Path("second_look.xlsx"),
    here: Here = False,
    project: Folder = HERE,
    json: Json = False,
) -> None:
    """Ask once more about the judgements that are most likely wrong; what was said before is not shown."""
    from qualcode.pipeline import asking as pipeline
    from qualcode.pipeline import second_look as looking

    with opening.opened(project) as opened:
        asking = looking.second_look(opened, coder, count=count)
        if here:
            session(opened, asking, as_json=json)
            return
        summary = pipeline.write(opened, asking, path)
    _told(summary, as_json=json)


def session(project: Project, asking: Asking, *, as_json: bool) -> None:
    """Ask one question after another until they are answered, or the person leaves."""
    from qualcode.pipeline import asking as pipeline

    done: set[int] = set()
    place = 0
    while 0 <= place < len(asking.questions):
        question = asking.questions[place]
        said = _asked(asking, question, place)
        if said == _QUIT:
            break
        if said == _BACK:
            place = max(0, place - 1)
            continue
        if isinstance(said, tuple):
            pipeline.answer(project, asking, question, said)
            done.add(place)
        place += 1
    if as_json:
        output.as_json(
            {"coder": asking.coder.id, "by": asking.by, "asked": len(asking.questions), "answered": len(done)}
        )
        return
    output.line(f"{counted(len(done), 'answer')} of {len(asking.questions):,} kept")
    output.note("the same command asks the next ones; what was left open comes first again")


def _asked(asking: Asking, question: Question, place: int) -> str | Present:
    """The codes that are present, or one of the other keys."""
    output.screen()
    output.line(f"{place + 1} of {len(asking.questions)}")
    if question.segment.context:
        output.note(question.segment.context)
    output.line()
    output.line(question.segment.text)
    output.line()
    one = asking.by == "code"
    if one:
        code = asking.codebook[question.codes[0]]
        output.line(f"{code.label}: {code.definition}")
    else:
        for number, id_ in enumerate(question.codes, start=1):
            output.line(f"{number:>3}  {asking.codebook[id_].label}")
    facet = asking.codebook.facet("polarity")
    polarities = facet.values if facet else ()
    if polarities:
        output.note(
            f"with its polarity where you see one, as {'y' if one else '1'}:{polarities[-1]} ({', '.join(polarities)})"
        )
    keys = "[y]es  [n]o" if one else "numbers of all codes that are there, or 0 for none"
    # What an answer may begin with, and the code that it says is there.
    known = dict.fromkeys(("y", "yes"), question.codes[0]) if one else dict(_numbered(question))
    nothing = ("n", "no") if one else (_NONE,)
    while True:
        said = output.ask_line(f"{keys}  [s]kip  [b]ack  [q]uit > ")
        if said is None:
            return _QUIT
        if said in (_SKIP, _BACK, _QUIT, "skip", "back", "quit"):
            return said[0]
        present = () if said in nothing else _present(said, known, polarities)
        if present is not None:
            return present
        output.note("not understood")


def _numbered(question: Question) -> Iterator[tuple[str, str]]:
    return ((str(number), code) for number, code in enumerate(question.codes, start=1))


def _present(said: str, known: Mapping[str, str], polarities: Sequence[str]) -> Present | None:
    """Codes with their polarities; an empty line is no answer, so that a slip judges nothing absent."""
    pairs = [word.partition(":") for word in said.replace(",", " ").split()]
    fits = all(key in known and (value in polarities if colon else True) for key, colon, value in pairs)
    return tuple({known[key]: (known[key], value) for key, _, value in pairs}.values()) if pairs and fits else None


def _told(summary: AskSummary, *, as_json: bool) -> None:
    if as_json:
        output.as_json(summary)
        return
    output.line(
        f"{summary.path}: {counted(summary.questions, 'question')} for {summary.coder}, {summary.drawn:,} by lot"
    )
    if summary.cut_cells:
        output.warn(f"{summary.cut_cells} cells were longer than Excel allows and are cut")
    output.note(f"next: answer it, then: qualcode import-codings {summary.path} --coder {summary.coder}")
