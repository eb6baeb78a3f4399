"""REFI-QDA projects (`.qdpx`) and codebooks (`.qdc`) of NVivo, ATLAS.ti, MAXQDA, QualCoder, Quirkos and others.

Users become coders, codes keep their hierarchy, cases and variables become cases, programmes and attributes, and each
selection becomes a segment of unit `selection` with every coding of every user. How the writer counted is found out
from its own quotations (`formats.refi_offsets`) and said. What is not carried is listed by kind and count.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from qualcode.coding import Coder, Memo
from qualcode.corpus import Programme, Transcript, keyed_id, segment_id
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.formats import refi, refi_offsets
from qualcode.formats.refi import CodingEntry, RefiProject, Selection, TextEntry
from qualcode.formats.refi_offsets import Convention, Marked
from qualcode.importers import archive, refi_cases, refi_codes
from qualcode.importers.archive import Archive
from qualcode.importers.imported import Description, Given, Imported, Loss, ReadOptions, Skipped
from qualcode.importers.moments import utc
from qualcode.importers.text import contents, decoded, document

MACHINE = "qualcode "
"""A user whose name begins so is a tagger: its codings are a machine's."""
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of the project, as it lies there and as it is kept."""

    entry: TextEntry
    raw: str = field(repr=False)
    transcript: Transcript = field(repr=False)


def read(path: Path, options: ReadOptions) -> Imported:
    """All texts of a project, with everything that was said about them.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: no REFI-QDA project, damaged, or its positions fit its texts by no convention.
    """
    data = contents(path, options.source)
    packed = archive.opened(data, options.source, "a REFI-QDA project")
    project = _parsed(packed.read(_qde(packed)), options.source)
    people = refi_cases.people(project, options.secret)
    texts, notes, skipped = _texts(project, packed, path.parent, options, people)
    found = _convention(texts, project.origin, options)
    # NVivo codes a case as a code of the same GUID: that is no code of the codebook.
    cases_as_codes = {case.guid for case in project.cases}
    codes = [entry for entry in project.codes if entry.guid not in cases_as_codes]
    codebook, code_ids = refi_codes.codebook(codes, title=PurePosixPath(options.source).stem)
    work = _Work(options, project, code_ids, {guid: coder.id for guid, coder in _coders(project).items()})
    for text in texts:
        work.take(text, refi_offsets.places(_marked(text), found.convention))
    work.take_notes(packed)
    transcripts = tuple(_given_to_cases(text, work, people, project) for text in texts)
    turn_cases = {turn.case for transcript in transcripts for turn in transcript.turns}
    cases = {case.id: case for case in people.cases.values()}
    programmes = sorted({case.programme for case in cases.values() if case.programme})
    if any(text.entry.selections for text in texts):
        notes.append(_how(found))
    return Imported(
        transcripts=transcripts,
        cases=tuple(case for id_, case in cases.items() if id_ in turn_cases or id_ in {t.case for t in transcripts}),
        skipped=(*skipped, *work.skipped()),
        notes=tuple(dict.fromkeys(notes)),
        losses=_losses(project, work, texts),
        programmes=tuple(Programme(name) for name in programmes),
        codebook=codebook,
        coders=tuple(sorted(_coders(project).values(), key=lambda coder: coder.id)),
        given=tuple(work.given),
        memos=tuple(work.memos),
    )


def read_codebook(path: Path, options: ReadOptions) -> Imported:
    """The codes of a `.qdc` file; it holds no text.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: no REFI-QDA codebook, damaged, or without codes.
    """
    project = _parsed(contents(path, options.source), options.source)
    codebook, _ = refi_codes.codebook(project.codes, title=PurePosixPath(options.source).stem)
    if codebook is None:
        raise MalformedTranscript("there are no codes in it", path=options.source)
    dotted = sum("." in entry.name for entry in project.codes)
    notes = (f"{dotted} codes have dots in their names, as Taguette writes a path: they stay one name",) * bool(dotted)
    losses = tuple(Loss(kind, count) for kind, count in sorted(project.not_text.items()))
    return Imported((), codebook=codebook, notes=notes, losses=losses)


def _parsed(data: bytes, source: str) -> RefiProject:
    root = archive.xml(data, source)
    try:
        return refi.parse(root)
    except ValueError:
        raise MalformedTranscript(
            "its XML is no REFI-QDA project or codebook, or a position in it is no number", path=source
        ) from None


def _qde(packed: Archive) -> str:
    found = [name for name in packed.members if name.lower().endswith(".qde")]
    if len(found) != 1:
        raise MalformedTranscript(
            f"holds {len(found)} files named .qde (expected project.qde)",
            path=packed.source,
            hint="export the project anew as REFI-QDA",
        )
    return found[0]


def _texts(
    project: RefiProject, packed: Archive, folder: Path, options: ReadOptions, people: refi_cases.People
) -> tuple[list[_Text], list[str], list[Skipped]]:
    texts: list[_Text] = []
    notes: list[str] = []
    skipped: list[Skipped] = []
    names = Counter(entry.name for entry in project.texts)
    for entry in project.texts:
        place = f"{options.source}#{entry.guid[:8]}"
        try:
            raw, encoding = _raw(entry, packed, folder, place)
            cases = refi_cases.cases_of(entry, people)
            label = entry.name if entry.name and names[entry.name] == 1 else f"{entry.name}#{entry.guid[:8]}"
            own = replace(options, source=f"{options.source}/{label}", describe=_described(options, cases, people))
            source_hash = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
            made = document(raw, own, source_hash=source_hash, encoding=encoding)
            if len(cases) > 1 and own.describe.kind is None and _several_speak(made.transcripts[0], cases, people):
                own = replace(own, describe=replace(own.describe, kind="focus_group"))
                made = document(raw, own, source_hash=source_hash, encoding=encoding)
        except ImporterError as error:
            skipped.append(Skipped(place, error.message, failed=True, hint=error.hint))
            continue
        notes += made.notes
        texts.append(_Text(entry, raw, made.transcripts[0]))
    return texts, notes, skipped


def _described(options: ReadOptions, cases: Sequence[str], people: refi_cases.People) -> Description:
    describe = options.describe
    case = cases[0] if len(cases) == 1 else None
    programmes = {people.cases[id_].programme for id_ in cases if id_ in people.cases} - {None}
    return replace(describe, case=case, programme=programmes.pop() if len(programmes) == 1 else describe.programme)


def _several_speak(transcript: Transcript, cases: Sequence[str], people: refi_cases.People) -> bool:
    """Whether two or more of a text's cases are its speakers: then it is a group's. A place may be a case as well."""
    speaking = {people.named.get(turn.speaker) for turn in transcript.turns} & set(cases)
    return len(speaking) > 1


def _raw(entry: TextEntry, packed: Archive, folder: Path, place: str) -> tuple[str, str]:
    """The text with its line ends and its byte-order mark, which positions may count."""
    if entry.content is not None:
        return entry.content, "utf-8"
    if not entry.plain:
        why = "only as rich text" if entry.rich else "not at all"
        raise MalformedTranscript(
            f"the project holds the text {why} (expected plain text)",
            path=place,
            hint="export the project anew with its documents, or import the document itself",
        )
    data = _bytes(entry.plain, packed, folder, place)
    text, encoding, _ = decoded(data, place)
    marked = encoding in ("utf-8-sig", "utf-16") and not text.startswith(_MARK)
    return (_MARK + text if marked else text), encoding


def _bytes(where: str, packed: Archive, folder: Path | None, place: str) -> bytes:
    """A member of the archive, or a file beside it; a path of another machine is never followed."""
    scheme, _, rest = where.partition("://")
    name = PurePosixPath((rest if scheme in ("internal", "relative", "absolute") else where).replace("\\", "/")).name
    if scheme not in ("relative", "absolute"):
        members = {member.lower(): member for member in packed.members}
        for candidate in (f"sources/{name}".lower(), name.lower()):
            if candidate in members:
                return packed.read(members[candidate])
        raise MalformedTranscript("the archive lacks its text", path=place, hint="export the project anew")
    beside = _beside(folder, PurePosixPath(rest.replace("\\", "/").lstrip("/")), name) if folder else []
    if len(beside) != 1:
        why = "stands in several folders beside the project" if beside else "lies outside the project"
        raise MalformedTranscript(
            f"its text {why}",
            path=place,
            hint="put the text file beside the project file, or export the project with its documents",
        )
    return contents(beside[0], place)


def _beside(folder: Path, stated: PurePosixPath, name: str) -> list[Path]:
    """The file at the stated place below the project's folder, else those of that name in it or one folder below."""
    if ".." not in stated.parts and _is_own(folder / stated, folder):
        return [folder / stated]
    below = [folder, *(child for child in sorted(folder.iterdir()) if child.is_dir() and not child.is_symlink())]
    return [path / name for path in below if name and _is_own(path / name, folder)]


def _is_own(path: Path, folder: Path) -> bool:
    """An ordinary file below the folder; no link, which may lead anywhere."""
    return path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(folder.resolve())


def _marked(text: _Text) -> Marked:
    return Marked(text.raw, [(s.start, s.end, s.name) for s in text.entry.selections])


def _convention(texts: Sequence[_Text], origin: str, options: ReadOptions) -> refi_offsets.Found:
    if options.refi_offsets:
        try:
            return refi_offsets.Found(Convention.stated(options.refi_offsets), "stated in qualcode.toml", sure=True)
        except ValueError:
            raise ImporterError(
                "refi_offsets is not understood (expected e.g. 'UTF-16 units, 2')", path="qualcode.toml"
            ) from None
    found = refi_offsets.detect([_marked(text) for text in texts], origin)
    if not found.sure:
        raise MalformedTranscript(
            f"its positions fit its texts by no convention for sure; best: {found.convention} ({found.evidence})",
            path=options.source,
            hint="export it anew; or, if you know how its program counts: [import] refi_offsets in qualcode.toml",
        )
    return found


def _how(found: refi_offsets.Found) -> str:
    if found.by_habit:
        return f"{found.convention}: others fit too, this is its program's habit; look at quotations ({found.evidence})"
    others = ", or others that give the same places" if found.all_the_same else ""
    return f"{found.convention}{others} ({found.evidence})"


def _coders(project: RefiProject) -> dict[str, Coder]:
    doubles = Counter(project.users.values())
    coders = {}
    for guid, name in project.users.items():
        own = name if name and doubles[name] == 1 else f"{name or 'user'}-{guid[:4]}"
        coders[guid] = Coder(own, "machine" if own.lower().startswith(MACHINE) else "human")
    return coders


class _Work:
    """Selections, codings and memos of a project as records, gathered text by text."""

    def __init__(
        self, options: ReadOptions, project: RefiProject, codes: Mapping[str, str], coders: Mapping[str, str]
    ) -> None:
        self._options, self._project, self._codes, self._coders = options, project, codes, coders
        self.given: list[Given] = []
        self.memos: list[Memo] = []
        self.places: dict[str, tuple[str, int, int]] = {}
        """GUID of a selection to (GUID of its text, start, end)."""
        self.case_spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        """GUID of a text to (start, end, GUID of the case): NVivo writes a case as a code of the same GUID."""
        self.lost: Counter[str] = Counter()
        self._on: dict[str, str] = {}
        self._outside = 0
        self._cases = {case.guid for case in project.cases}

    def take(self, text: _Text, places: Sequence[refi_offsets.Place | None]) -> None:
        """Take a text's selections, each at its place; one without a place is counted."""
        transcript, entry = text.transcript, text.entry
        self._on |= dict.fromkeys(entry.notes, transcript.id)
        self._remark(entry.description, transcript.id, "", "")
        for chosen, place in zip(entry.selections, places, strict=True):
            if place is None:
                self._outside += 1
                continue
            self.places[chosen.guid] = (entry.guid, *place)
            self._coded(text, place, chosen.codings, chosen)
            segment = segment_id(self._options.secret, transcript.id, *place)
            self._on |= dict.fromkeys(chosen.notes, segment)
            self._remark(chosen.description, segment, chosen.user, chosen.at)
        if entry.codings:
            self._coded(text, (0, len(transcript.text)), entry.codings)

    def _coded(
        self,
        text: _Text,
        place: refi_offsets.Place,
        codings: Sequence[CodingEntry],
        chosen: Selection | None = None,
    ) -> None:
        """What each user coded on one stretch; where nobody coded, the stretch itself."""
        by_coder: dict[str, dict[str, CodingEntry]] = defaultdict(dict)
        for coding in codings:
            if coding.code in self._cases:
                self.case_spans[text.entry.guid].append((*place, coding.code))
            elif coding.code not in self._codes:
                self.lost["Coding of a code that the file lacks"] += 1
            else:
                user = coding.user or (chosen.user if chosen else "") or self._project.creator
                by_coder[self._coders.get(user, "unknown")].setdefault(self._codes[coding.code], coding)
        number = len(self.given) + 1
        if not codings and chosen is not None:
            self.given.append(Given(number, text.transcript.id, *place, (), key=chosen.guid))
        for coder, made in by_coder.items():
            for code, coding in made.items():
                said: dict[str, dict[str, str]] = {code: {}}
                own = coding.guid or (chosen.guid if chosen else text.entry.guid)
                self.given.append(Given(number, text.transcript.id, *place, (code,), said, coder, utc(coding.at), own))

    def _remark(self, words: str, on: str, user: str, at: str) -> None:
        if words:
            coder = self._coders.get(user or self._project.creator, "unknown")
            self.memos.append(Memo(keyed_id(self._options.secret, "m", on, words), on, coder, words, utc(at)))

    def take_notes(self, packed: Archive) -> None:
        """Take the memos, each on what refers to it; one that nothing refers to stands on the project."""
        for note in self._project.notes:
            try:
                words = note.content
                if words is None and note.plain:
                    words, _, _ = decoded(_bytes(note.plain, packed, None, packed.source), packed.source)
            except ImporterError:
                words = None
            if words:
                self._remark(
                    refi_offsets.normalised(words).strip(), self._on.get(note.guid, "project"), note.user, note.at
                )
            else:
                self.lost["Note without a text"] += 1

    def skipped(self) -> tuple[Skipped, ...]:
        """Selections that have no place in their text."""
        why = "a selection lies outside its text, or splits a character"
        return (Skipped(self._options.source, why, failed=True, count=self._outside),) if self._outside else ()


def _given_to_cases(text: _Text, work: _Work, people: refi_cases.People, project: RefiProject) -> Transcript:
    spans = [(start, end, people.of_guid[guid]) for start, end, guid in work.case_spans.get(text.entry.guid, ())]
    for case in project.cases:
        for entry, start, end in refi_cases.spans_of(case, work.places):
            if entry == text.entry.guid:
                spans.append((start, end, people.of_guid[case.guid]))
    return refi_cases.with_cases(text.transcript, spans, people)


def _losses(project: RefiProject, work: _Work, texts: Sequence[_Text]) -> tuple[Loss, ...]:
    lost = Counter(project.not_text) + work.lost
    lost["member of a set that is no source"] += sum(entry.others for entry in project.sets)
    lost["formatting of a rich text"] += sum(bool(text.entry.rich) for text in texts)
    lost["element with the GUID of another"] += project.doubled
    return tuple(Loss(kind, count) for kind, count in sorted(lost.items()) if count)
