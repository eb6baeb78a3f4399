"""The only place that prints. Results go to stdout, everything else to stderr; colour only on a terminal."""

from __future__ import annotations

import getpass
import json
import math
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from qualcode.errors import QualcodeError

JSON_VERSION = 1
_EVERY = 10.0
"""Seconds between plain progress lines where there is no terminal."""

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def line(text: str = "", *, to: Console = out) -> None:
    """A line of the result; what is in brackets is text, not markup."""
    to.print(escape(text))


def marked(text: str, spans: Sequence[tuple[int, int]]) -> None:
    """A passage with some of its words marked; in brackets where there is no terminal to make them bold."""
    if out.is_terminal and not out.no_color:
        shown = Text(text)
        for start, end in spans:
            shown.stylize("bold underline", start, end)
        out.print(shown)
        return
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    line(text)


def counted(count: int, word: str) -> str:
    """A number with its word, in the plural where there is not just one.

    >>> counted(1, "file"), counted(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def note(text: str) -> None:
    """Something to know besides the result."""
    err.print(f"[dim]{escape(text)}[/dim]")


def warn(text: str, hint: str = "") -> None:
    """Something that a person should look at."""
    err.print(f"[yellow]![/yellow] {escape(text)}" + (f"\n  [dim]{escape(hint)}[/dim]" if hint else ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, to: Console = out) -> None:
    """A small table."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        shown.add_column(name)
    for row in rows:
        shown.add_row(*(escape(str(cell)) for cell in row))
    to.print(shown)


def as_json(value: Any) -> None:
    """One JSON object."""
    body = _plain(value)
    out.file.write(json.dumps({"version": JSON_VERSION, **body}, indent=2, ensure_ascii=False) + "\n")


def error(problem: QualcodeError, *, json_too: bool = False) -> None:
    """An error with its hint."""
    err.print(f"[bold red]error[/bold red] {escape(str(problem))}")
    if problem.hint:
        err.print(f"  [dim]hint:[/dim] {escape(problem.hint)}")
    if json_too:
        as_json({"error": {"kind": type(problem).__name__, "message": str(problem), "hint": problem.hint}})


def at_terminal() -> bool:
    """Whether a person is there to be asked."""
    return sys.stdin.isatty() and err.is_terminal


@contextmanager
def paused(progress: object) -> Iterator[None]:
    """No bars meanwhile: they would write over a question."""
    if isinstance(progress, _Bars):
        progress.bars.stop()
    yield
    if isinstance(progress, _Bars):
        progress.bars.start()


def ask(question: str) -> bool:
    """A question that Enter answers with yes; anything but yes, also no answer at all, is no."""
    try:
        answer = err.input(escape(f"{question} [Y/n] ")).strip().lower()
    except EOFError:
        return False
    return answer in ("", "y", "yes")


def ask_for(question: str) -> str:
    """A line that a person types, without the blanks around it; empty where none comes."""
    try:
        return err.input(escape(question)).strip()
    except EOFError:
        return ""


def ask_line(question: str) -> str | None:
    """What a person types, in lower case and without blanks around it; None where nobody types any more."""
    try:
        return err.input(escape(question)).strip().lower()
    except EOFError:
        return None


def screen() -> None:
    """A fresh screen for a question; nothing where the screen is no terminal."""
    if out.is_terminal:
        out.clear()


def secret(question: str) -> str:
    """One line from the person that is not shown while it is typed."""
    try:
        return getpass.getpass(question, stream=sys.stderr)
    except EOFError:
        return ""


def stopped() -> None:
    """After Ctrl-C."""
    warn("stopped; what was finished is kept", "run the same command again to go on")


def bug(problem: BaseException, *, trace: bool = False) -> None:
    """A failure that is ours; the message could hold words, so only its kind and place are told, unless asked."""
    if trace:
        err.print(escape("".join(traceback.format_exception(problem))))
        return
    last = problem.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f" at {Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""
    err.print(f"[bold red]bug[/bold red] {type(problem).__name__}{escape(where)}")
    err.print("  [dim]hint:[/dim] run it again with --debug and report what it prints, without any participant's words")


@contextmanager
def progress(quiet: bool = False) -> Iterator[Any]:
    """A function that is told (stage, done, total): a bar with count, rate and time left, or plain lines."""
    if quiet:
        yield lambda stage, done, total: None
    elif err.is_terminal and not err.is_dumb_terminal:
        yield from _bars()
    else:
        yield _Lines()


def _bars() -> Iterator[Any]:
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, tuple[TaskID, float]] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = (bars.add_task(stage, total=total, rate=""), time.monotonic())
            task, began = tasks[stage]
            passed = time.monotonic() - began
            rate = f"{done / passed:,.0f}/s" if passed > 0.5 and done else ""
            bars.update(task, completed=done, total=total, rate=rate)

        yield _Bars(tell, bars)


@dataclass(frozen=True, slots=True)
class _Bars:
    """Progress at a terminal, that makes way for a question."""

    tell: Callable[[str, int, int], None]
    bars: Progress

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.tell(stage, done, total)


class _Lines:
    """Progress for a log: one line a stage every ten seconds."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._told = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        began = self._began.setdefault(stage, now)
        if now - self._told < _EVERY or not total:
            return
        self._told = now
        rate = done / (now - began) if now > began else 0
        left = f", about {(total - done) / rate:,.0f} s left" if rate else ""
        err.print(f"{stage}: {done:,} of {total:,} ({done / total:.0%}), {rate:,.0f}/s{left}")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({name: getattr(value, name) for name in value.__dataclass_fields__})
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (Path, date)):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no infinity, and strict readers refuse it
    return value
