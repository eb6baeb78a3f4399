"""`qualcode deidentify`: identities are found and replaced in every text that was not declared to be without them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qualcode import plugins
from qualcode.corpus import OffsetMap, Transcript
from qualcode.deidentify import finding
from qualcode.deidentify.across import across
from qualcode.deidentify.decisions import Decision, Decisions, spelled
from qualcode.deidentify.mentions import DETAIL, Detector, Identity, Mention
from qualcode.deidentify.naming import Named, named
from qualcode.deidentify.replacing import Replacement, inside_turns, replaced
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.importers import roles
from qualcode.importers.identities import read_names
from qualcode.importers.labels import key_of
from qualcode.importers.manifest import PSEUDONYM
from qualcode.pipeline import acts, deriving, keys
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.deriving import Derived
from qualcode.pipeline.versions import Carried
from qualcode.project import ORIGINALS, Project
from qualcode.store import corpus, events, offset_maps, successions
from qualcode.store.database import Connection
from qualcode.store.originals import Logged, Original, Originals

_BATCH = 100
IDENTITIES, DECISIONS, PSEUDONYMS, PSEUDONYM_KEY = "identities", "decisions", "pseudonyms", keys.TRIED
"""What lies encrypted beside the originals."""


@dataclass(frozen=True, slots=True)
class DeidentifySummary:
    """What was replaced. Texts that were declared to be without identities are not looked at."""

    texts: int
    """That were looked at."""
    changed: int
    """That took the place of what stood."""
    declared: int
    replaced: Mapping[str, int] = field(default_factory=dict)
    """Mentions by kind."""
    suspected: int = 0
    """Mentions that a person has still to decide on."""
    details: int = 0
    """Stretches that may tell who somebody is beside others; they stay unless she says otherwise."""
    ambiguous: int = 0
    """Names of which it cannot be told whose they are."""
    carried: Carried = field(default_factory=Carried)
    key: Path | None = None
    """Where the key of the originals lies."""
    key_is_new: bool = False


def deidentify(project: Project, *, names: Path | None = None, progress: Progress = acts.silent) -> DeidentifySummary:
    """Replace identities, the same throughout the project; what stood there lies encrypted apart.

    Each text is made of its original, so that a longer list of names or a decision taken back changes earlier texts as
    well; where nothing is new, nothing changes. Judgements stand where they stood.

    Args:
        project: whose texts are looked through.
        names: the researcher's own list of persons and places; it is kept encrypted, and adds to earlier ones.
        progress: told of each text.

    Raises:
        NotEnoughData: there are no texts.
        ImporterError: the list is faulty.
        ProjectError: the key of the originals is missing, or a stated pseudonym is a real name in the texts.
    """
    listed = read_names(names) if names else []
    new_key = not keys.path_of(project).exists()
    sealed = keys.originals(project, make=True)
    try:
        texts, declared = _originals(project, sealed)
        if not (texts or declared):
            raise NotEnoughData("there are no texts", needed=1, found=0, hint="qualcode import FOLDER")
        identities = _with(known_identities(sealed), listed)
        sealed.set_register(IDENTITIES, [_plain(identity) for identity in identities])
        known = [*identities, *_labels(original for _, original in texts)]
        looked = _looked(project, texts, known, decisions(sealed), progress)
        say = _named(sealed, texts, looked, known)
        carried, changed = _write(project, sealed, texts, looked, say)
    finally:
        sealed.close()
    sure = Counter(m.kind for found in looked.values() for m in found if not m.suspected)
    left = Counter(m.kind == DETAIL for found in looked.values() for m in found if m.suspected)
    return DeidentifySummary(
        len(texts),
        changed,
        declared,
        dict(sorted(sure.items())),
        left[False],
        left[True],
        say.ambiguous,
        carried,
        keys.path_of(project),
        new_key,
    )


def known_identities(sealed: Originals) -> list[Identity]:
    """The list of persons and places as it was stated until now."""
    kept: Sequence[Mapping[str, Any]] = sealed.register(IDENTITIES) or ()
    return [Identity(tuple(one["names"]), one["kind"], one["pseudonym"], one["case"]) for one in kept]


def decisions(sealed: Originals) -> Decisions:
    """What was decided until now."""
    kept: Sequence[Sequence[Any]] = sealed.register(DECISIONS) or ()
    return Decisions(Decision(*one) for one in kept)


def decide(sealed: Originals, made: Iterable[Decision]) -> None:
    """Keep decisions, over earlier ones on the same."""
    every = Decisions([*decisions(sealed).all(), *made]).all()
    sealed.set_register(DECISIONS, [[one.words, one.kind, one.transcript, one.start, one.suspected] for one in every])


def _originals(project: Project, sealed: Originals) -> tuple[list[tuple[Transcript, Transcript]], int]:
    """(text that stands, its original), and how many were declared to be without identities as they came."""
    with project.store.reading() as connection:
        standing = corpus.transcripts(connection)
        made = keys.origins(connection)
        maps = offset_maps.offset_maps(connection, made)
        roots = {one.id: one for one in corpus.transcripts(connection, made.values())}
    read = sealed.get(id_ for id_, root in roots.items() if root.sealed)
    lost = [id_ for id_, root in roots.items() if root.sealed and id_ not in read]
    if lost:
        raise ProjectError(
            f"lacks the originals of {len(lost)} texts", place=ORIGINALS, hint="put the file back from a backup"
        )
    pairs = []
    for stands in standing:
        old = made.get(stands.id)
        original = _original(stands, roots[old], maps[old, stands.id], read) if old else stands
        pairs.append((stands, original))
    targets = [(stands, original) for stands, original in pairs if not original.deidentified]
    return targets, len(pairs) - len(targets)


def _original(stands: Transcript, root: Transcript, offsets: OffsetMap, read: Mapping[str, Original]) -> Transcript:
    """The original, with what is said now of the text that stands in its place."""
    labels = dict(read[root.id].speakers) if root.sealed else {turn.start: turn.speaker for turn in root.turns}
    back = [offsets.back(turn.start, turn.end) for turn in stands.turns]
    turns = tuple(
        replace(turn, start=start, end=end, speaker=labels.get(start, ""))
        for turn, (start, end) in zip(stands.turns, back, strict=True)
    )
    text = read[root.id].text if root.sealed else root.text
    return replace(stands, id=root.id, text=text, turns=turns, pages=root.pages)


def _looked(
    project: Project,
    texts: Sequence[tuple[Transcript, Transcript]],
    identities: Sequence[Identity],
    decided: Decisions,
    progress: Progress,
) -> dict[str, list[Mention]]:
    """Mentions in each original, by its id, as the decisions of the researcher leave them."""
    detectors: list[Detector] = [plugins.load("detectors", name)() for name in plugins.names("detectors")]
    keep = _kept_words(project)
    found: dict[str, list[Mention]] = {}
    originals = [original for _, original in texts]
    for at in range(0, len(originals), _BATCH):
        batch = originals[at : at + _BATCH]
        seen = finding.found([one.text for one in batch], identities=identities, detectors=detectors, keep=keep)
        for original, here in zip(batch, seen, strict=True):
            found[original.id] = _inside_turns([*here.sure, *here.suspected], original)
        progress("de-identify", min(at + _BATCH, len(originals)), len(originals))
    texts_by_id = {original.id: original.text for original in originals}
    return {
        id_: sorted(decided.applied(every, texts_by_id[id_], id_), key=lambda mention: mention.start)
        for id_, every in across(texts_by_id, found, keep).items()
    }


def _kept_words(project: Project) -> frozenset[str]:
    """What is compared and coded by name is nobody's identity: programmes, codes."""
    codebook = project.codebook
    with project.store.reading() as connection:
        programmes = corpus.programmes(connection)
    names = [name for one in programmes.values() for name in (one.id, one.name, one.id.replace("_", " "))]
    return frozenset(spelled(name) for name in (*names, *(code.label for code in codebook)) if name)


def _labels(texts: Iterable[Transcript]) -> list[Identity]:
    """Labels of speakers that are names: of no role, no kin, no pseudonym."""
    labels = {turn.speaker.strip() for text in texts for turn in text.turns} - {""}
    return [Identity((label,), "person") for label in sorted(labels) if _is_name(label)]


def _is_name(label: str) -> bool:
    key = key_of(label)
    return not (PSEUDONYM.match(label) or roles.of(key) or roles.is_kin(key) or roles.is_sure(key))


def _named(
    sealed: Originals,
    texts: Sequence[tuple[Transcript, Transcript]],
    looked: Mapping[str, Sequence[Mention]],
    identities: Sequence[Identity],
) -> Named:
    """What each mention becomes. Names that have a pseudonym keep it, whatever comes later and whatever the key."""
    key = sealed.register(PSEUDONYM_KEY) or secrets.token_hex(32)
    sealed.set_register(PSEUDONYM_KEY, key)
    words = {original.id: original.text for _, original in texts}
    sure = {id_: [mention for mention in found if not mention.suspected] for id_, found in looked.items()}
    say = named(words, sure, identities, key=bytes.fromhex(key), reserved=sealed.register(PSEUDONYMS) or {})
    sealed.set_register(PSEUDONYMS, dict(say.pseudonyms))
    return say


def _write(
    project: Project,
    sealed: Originals,
    texts: Sequence[tuple[Transcript, Transcript]],
    looked: Mapping[str, Sequence[Mention]],
    say: Named,
) -> tuple[Carried, int]:
    """Seal the originals, then let what was made of them take their place: a kill in between leaves what stood."""
    made: list[Derived] = []
    kept: list[Original] = []
    for stands, original in texts:
        pieces = _pieces(original, looked[original.id], say)
        speakers = tuple((turn.start, turn.speaker) for turn in original.turns if turn.speaker)
        kept.append(Original(original.id, original.text, speakers, pieces))
        replacements = [Replacement(piece.start, piece.end, piece.became) for piece in pieces if piece.became]
        if not replacements and stands.id == original.id:
            continue
        labels = [say.label(turn.speaker) for turn in original.turns]
        text, offsets = replaced(original, replacements, secret=project.secret, speakers=labels)
        if (text.text, text.turns) != (stands.text, stands.turns):
            version = replace(text, version=stands.version + 1, replaces=stands.id)
            made.append(Derived(original.id, version, offsets))
    known = sealed.get(one.transcript for one in kept)
    sealed.put([one for one in kept if known.get(one.transcript) != one])
    if not made:
        return Carried(), 0
    with project.store.writing() as connection:
        of = successions.lineages(successions.successions(connection))
        carried = deriving.derive(connection, project.secret, made)
        gone = {old for one in made for old in {one.source, *of.get(one.source, ())}} - {one.text.id for one in made}
        _seal(connection, sealed, gone)
        events.record(
            connection,
            "deidentify",
            actor=acts.RESEARCHER,
            at=acts.now(),
            subjects=[one.text.id for one in made],
            counts={"replaced": sum(len(one.offsets.edits) for one in made), **carried.counts()},
        )
    return carried, len(made)


def _pieces(original: Transcript, mentions: Sequence[Mention], say: Named) -> tuple[Logged, ...]:
    """What the log holds of each mention."""
    return tuple(
        Logged(
            mention.start,
            mention.end,
            mention.kind,
            original.text[mention.start : mention.end],
            "" if mention.suspected else say.words[original.id, mention.start],
            mention.detector,
        )
        for mention in mentions
    )


def _inside_turns(mentions: Sequence[Mention], original: Transcript) -> list[Mention]:
    """The mentions, cut where a turn ends: the last word of one and the label of the next are no name of one person."""
    parts = []
    for mention in mentions:
        for start, end in inside_turns([(mention.start, mention.end)], original):
            words = original.text[start:end]
            start, end = start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
            if start < end:
                parts.append(replace(mention, start=start, end=end))
    return parts


def _seal(connection: Connection, sealed: Originals, gone: Iterable[str]) -> None:
    """Take the words of all earlier versions out of the store; those that can be made of no other are kept sealed."""
    earlier = [text for text in corpus.transcripts(connection, sorted(gone)) if not text.sealed]
    made = {new for _, new in offset_maps.offset_maps(connection, [text.id for text in earlier])}
    have = set(sealed.sealed())
    sealed.put(
        [
            Original(text.id, text.text, tuple((t.start, t.speaker) for t in text.turns if t.speaker), ())
            for text in earlier
            if text.id not in made and text.id not in have
        ]
    )
    corpus.seal(connection, [text.id for text in earlier])


def _with(known: Sequence[Identity], listed: Sequence[Identity]) -> list[Identity]:
    """The list with what is stated now; a row that shares a name with an earlier one takes its place."""
    names = {spelled(name) for identity in listed for name in identity.names}
    return [one for one in known if not names & {spelled(name) for name in one.names}] + list(listed)


def _plain(identity: Identity) -> dict[str, Any]:
    return {
        "names": list(identity.names),
        "kind": identity.kind,
        "pseudonym": identity.pseudonym,
        "case": identity.case,
    }
