"""`qualcode deidentify check`: what was replaced, may have been missed, or tells with more; decisions applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode import codebook as codebooks
from qualcode import plugins, resources
from qualcode.deidentify import finding
from qualcode.deidentify.decisions import Decision, spelled
from qualcode.deidentify.mentions import DETAIL
from qualcode.errors import NotAllowed, ProjectError
from qualcode.exporters import identities as sheets
from qualcode.formats.identities import DETAILS, NO, REPLACED, SUSPECTED, YES, Checked, Elsewhere, Seen
from qualcode.importers.identities import read_checked
from qualcode.importers.manifest import PSEUDONYM
from qualcode.pipeline import deidentifying, keys, releasing
from qualcode.pipeline.acts import Progress, silent
from qualcode.pipeline.deidentifying import DeidentifySummary
from qualcode.pipeline.init import DEFAULT_CODEBOOK
from qualcode.pipeline.releasing import Left
from qualcode.private import private
from qualcode.project import Project
from qualcode.store import corpus, memos, signoffs
from qualcode.store.originals import Logged, Original, Originals

AROUND = 60
"""Characters of the text that are shown on either side."""


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What there is to look at."""

    texts: int
    """That are not declared to be without identities."""
    unlooked: int
    """Of these, the ones that `deidentify` has not seen yet."""
    replaced: Mapping[str, int]
    """Mentions by kind."""
    suspected: Mapping[str, int]
    """Mentions by kind that nobody has decided on; details are none of them."""
    details: int
    """Stretches that may tell who somebody is beside others. They hold up no signature."""
    elsewhere: int
    """Suspicious words in memos, codebook examples, questions and case ids."""
    signed: int
    path: Path | None = None
    """The check sheet that was written."""

    @property
    def open(self) -> bool:
        """Whether something must be done before it can be signed."""
        return bool(self.unlooked or self.suspected)


def check(project: Project, path: Path | None = None) -> CheckSummary:
    """Say what was replaced and what may have been missed; with `path`, list all of it in a workbook.

    Raises:
        ProjectError: the key of the originals is missing, or the file cannot be written.
    """
    sealed = keys.originals(project)
    try:
        state = _state(project, sealed)
    finally:
        sealed.close()
    replaced, suspected, details = _seen(state, REPLACED), _seen(state, SUSPECTED), _seen(state, DETAILS)
    elsewhere = _elsewhere(project)
    if path is not None:
        try:
            with private():
                sheets.write(path, replaced, suspected, elsewhere, details=details)
        except OSError as error:
            raise ProjectError(
                f"cannot be written ({error.strerror})",
                place=str(path),
                hint="close it, or choose another file with -o",
            ) from error
    if path is not None:
        # It quotes who is in it, with the names: a withdrawal must find it.
        releasing.register(project, [Left("check", path, state.people, identified=True)])
    return CheckSummary(
        len(state.texts),
        len(state.texts) - len(state.looked),
        _by_kind(replaced),
        _by_kind(suspected),
        len(details),
        len(elsewhere),
        len(state.signed),
        path,
    )


def decide(project: Project, path: Path, *, progress: Progress = silent) -> tuple[DeidentifySummary, int]:
    """Take the decisions of a check sheet in and apply them; returns what came of it and how many there were.

    Raises:
        ImporterError: the sheet is faulty; nothing is applied then.
    """
    answers = read_checked(path)
    return _apply(project, [_decision(answer) for answer in answers], progress), len(answers)


def decline_rest(project: Project, *, progress: Progress = silent) -> tuple[DeidentifySummary, int]:
    """Say of everything that is still suspected that nobody can be told by it; returns how many different words.

    Details stay on their page: nobody has read them by saying no to the rest.
    """
    sealed = keys.originals(project)
    try:
        state = _state(project, sealed)
    finally:
        sealed.close()
    words = {spelled(one.found) for one in _seen(state, SUSPECTED)}
    return _apply(project, [Decision(one, None, suspected=True) for one in sorted(words)], progress), len(words)


def _apply(project: Project, made: Sequence[Decision], progress: Progress) -> DeidentifySummary:
    sealed = keys.originals(project)
    try:
        deidentifying.decide(sealed, made)
    finally:
        sealed.close()
    return deidentifying.deidentify(project, progress=progress)


def _decision(answer: Checked) -> Decision:
    kind = {NO: None, YES: answer.kind}.get(answer.decision, answer.decision)
    place = (answer.transcript, answer.start) if answer.here else ("", -1)
    asked = answer.page != REPLACED
    return Decision(spelled(answer.found), kind, *place, suspected=asked)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _State:
    texts: tuple[str, ...]
    """Originals of the texts that are not declared, by id."""
    looked: Mapping[str, Original]
    cases: Mapping[str, str]
    people: frozenset[str]
    """All who speak in these texts."""
    signed: frozenset[str]


def _state(project: Project, sealed: Originals) -> _State:
    with project.store.reading() as connection:
        standing = [text for text in corpus.transcripts(connection) if not text.deidentified]
        made = keys.origins(connection)
        signed = signoffs.signed(connection)
    roots = {made.get(text.id, text.id): text for text in standing}
    return _State(
        tuple(roots),
        sealed.get(roots),
        {root: text.case or "" for root, text in roots.items()},
        frozenset(case for text in standing for case in (text.case, *(turn.case for turn in text.turns)) if case),
        frozenset(text.id for text in standing if text.id in signed),
    )


def _seen(state: _State, page: str) -> list[Seen]:
    return [
        _row(original, piece, state.cases[original.transcript])
        for original in state.looked.values()
        for piece in original.log
        if _page(piece) == page
    ]


def _page(piece: Logged) -> str:
    if piece.became:
        return REPLACED
    return DETAILS if piece.kind == DETAIL else SUSPECTED


def _row(original: Original, piece: Logged, case: str) -> Seen:
    text = original.text
    return Seen(
        original.transcript,
        piece.start,
        _flat(text[max(0, piece.start - AROUND) : piece.start]),
        piece.words,
        _flat(text[piece.end : piece.end + AROUND]),
        piece.kind,
        piece.became,
        case,
        piece.detector,
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _by_kind(seen: Iterable[Seen]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in sorted(seen, key=lambda one: one.kind):
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts


def _elsewhere(project: Project) -> list[Elsewhere]:
    """What the detectors find in memos, codebook examples and questions, and case ids that may be names."""
    with project.store.reading() as connection:
        notes = [("memo", memo.id, memo.text) for memo in memos.memos(connection)]
        texts = corpus.transcripts(connection)
        cases = corpus.cases(connection)
    asked = {text.question: text.id for text in texts if text.question}
    ours = {said for code in codebooks.load(resources.path(DEFAULT_CODEBOOK)) for said in code.examples}
    examples = [
        ("codebook example", code.id, said) for code in project.codebook for said in code.examples if said not in ours
    ]
    places = [*notes, *examples, *(("question", id_, question) for question, id_ in asked.items())]
    detectors = [plugins.load("detectors", name)() for name in plugins.names("detectors")]
    found = finding.found([text for _, _, text in places], identities=(), detectors=detectors, keep=frozenset())
    rows = [
        Elsewhere(
            what, id_, text[one.start : one.end], _flat(text[max(0, one.start - AROUND) : one.end + AROUND]), one.kind
        )
        for (what, id_, text), here in zip(places, found, strict=True)
        for one in here.sure
    ]
    return rows + [Elsewhere("case id", case, case, "", "person") for case in cases if _may_be_a_name(case)]


def _may_be_a_name(case: str) -> bool:
    stem = case.split(".")[0]
    return not (PSEUDONYM.match(stem) or stem.startswith(("t_", "r_", "p_")))


def unsigned(project: Project) -> list[str]:
    """Ids of texts that are neither declared nor signed."""
    with project.store.reading() as connection:
        signed = signoffs.signed(connection)
        return [text.id for text in corpus.transcripts(connection) if not text.deidentified and text.id not in signed]


def refuse_open(summary: CheckSummary) -> None:
    """Raise NotAllowed where something is still to be done before a signature."""
    if summary.unlooked:
        raise NotAllowed(
            f"{summary.unlooked} of {summary.texts} texts were not looked through yet", hint="qualcode deidentify"
        )
    if summary.suspected:
        count = sum(summary.suspected.values())
        raise NotAllowed(
            f"{count} suspected misses are not decided on",
            hint="qualcode deidentify check -o check.xlsx, fill it in, then: qualcode deidentify check check.xlsx",
        )
