"""Which tagger is in force: the one that was trained, the codebook alone, or one that the settings name."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode import codebook as codebooks
from qualcode import plugins
from qualcode.codebook import Codebook
from qualcode.codebook.differing import differences
from qualcode.coding import Tagger
from qualcode.errors import CodebookError, NotAllowed, NotEnoughData
from qualcode.pipeline import consenting, training
from qualcode.pipeline.encoding import Vectors
from qualcode.project import CONSENTS, Project
from qualcode.settings import AUTO
from qualcode.store import codebooks as stored
from qualcode.store import codings, corpus, models
from qualcode.store.database import Connection
from qualcode.store.models import Model
from qualcode.taggers.learned import LearnedTagger
from qualcode.taggers.trust import CodeTrust

DEFINITIONS = "definitions"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A tagger, and what a person must know of it."""

    tagger: Tagger
    notes: tuple[str, ...] = ()
    model: str = ""
    """What was trained, by its id; empty where nothing that was trained tags."""


def chosen(project: Project, vectors: Vectors, *, name: str = "") -> Chosen:
    """The tagger that the settings ask for, or the one called `name`.

    A model serves the codes that mean what they meant when it learned them; the codebook alone serves the others.

    Raises:
        NotAllowed: what was trained learned from passages that no machine may read any more.
        NotEnoughData: what was trained is asked for, and nothing was.
        PluginError: there is no tagger of that name.
        StoreError: the model in the store is damaged.
    """
    wanted = name or project.settings.tagger
    if wanted in (AUTO, training.LEARNED):
        with project.store.reading() as connection:
            model = models.latest(connection)
            then = _codebook(connection, model) if model else None
            withheld = _withheld(project, connection, model) if model else 0
        if withheld:
            # Their words are in its vocabulary: who agreed to no machine is in none that tags.
            raise NotAllowed(
                f"the trained tagger learned from {withheld:,} passages that no machine may read any more",
                place=CONSENTS,
                hint="make it anew without them: qualcode train",
            )
        if model is not None:
            return _learned(project, vectors, model, then, explicit=wanted == training.LEARNED)
        if wanted == training.LEARNED:
            raise NotEnoughData("no tagger has been trained yet", needed=1, found=0, hint="qualcode train")
        wanted = DEFINITIONS
    settings = project.settings
    made = plugins.load("taggers", wanted)(
        project.codebook, encoder=vectors, floor=settings.floor, threshold=settings.threshold
    )
    return Chosen(made)


def is_trained(machine: str | None) -> bool:
    """Whether this machine coder learned from people's judgements."""
    return machine is not None and machine.startswith(f"{training.LEARNED}@")


def trusted(connection: Connection, codebook: Codebook, machine: str | None) -> tuple[CodeTrust, ...]:
    """What the tagger in force may be trusted with, where it is the one that was trained; in the codebook's order."""
    model = models.latest(connection) if is_trained(machine) else None
    made_by = [run.versions.get("model") for run in codings.runs(connection) if run.coder == machine]
    if model is None or model.coder.id not in made_by[-1:]:
        # Trained anew since: what it may be trusted with is not what stands here.
        return ()
    head = model.head
    same = {code.id for code in codebook if head["codes"].get(code.id) == code.hash}
    found = {code: CodeTrust.from_state(state) for code, state in head["trust"].items() if code in same}
    return tuple(found[code.id] for code in codebook if code.id in found)


def _learned(project: Project, vectors: Vectors, model: Model, then: Codebook | None, *, explicit: bool) -> Chosen:
    tagger = training.fresh(project, project.codebook, vectors)
    needs = LearnedTagger.encoder_of(model.head)
    if needs != (vectors.name if vectors else ""):
        # Trained with another encoder, or with none: its numbers mean nothing for these vectors.
        what = "the sentence model that it was trained with is not here" if needs else "it was trained without vectors"
        if explicit:
            raise NotEnoughData(f"the trained tagger cannot be used: {what}", needed=1, found=0, hint="qualcode train")
        made = plugins.load("taggers", DEFINITIONS)(
            project.codebook, encoder=vectors, floor=project.settings.floor, threshold=project.settings.threshold
        )
        return Chosen(made, (f"the codebook alone tags, for {what}: qualcode train",))
    tagger.restore(model.coder.id, model.head, model.arrays)
    notes = []
    for code in tagger.changed:
        now = project.codebook[code]
        old = next((one for one in then or () if one.id == code), None)
        said = "; ".join(differences(old, now)) if old else "its entry is another"
        notes.append(f"{code} has changed since the tagger learned it and is served by the codebook alone ({said})")
    return Chosen(tagger, tuple(notes), model.coder.id)


def _withheld(project: Project, connection: Connection, model: Model) -> int:
    """How many passages of those that it learned from no machine may read today."""
    texts = corpus.transcripts(connection, current=False)
    agreed = consenting.agreed(project, connection, texts)
    return sum(not agreed.may_read(one) for one in corpus.segments(connection, current=False, ids=model.segments))


def _codebook(connection: Connection, model: Model) -> Codebook | None:
    text = stored.text_of(connection, model.codebook_version)
    try:
        return codebooks.from_text(text, "codebook.yaml") if text else None
    except CodebookError:
        return None
