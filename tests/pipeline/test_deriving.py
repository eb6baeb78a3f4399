"""A text made of a stored one takes its place with every judgement; the file read again finds it."""

from __future__ import annotations

import re

from qualcode.coding import Coder, Coding, Judged
from qualcode.deidentify.replacing import Replacement, replaced
from qualcode.pipeline import deriving, importing, segmenting
from qualcode.pipeline.deriving import Derived
from qualcode.project import Project
from qualcode.segments import stretch
from qualcode.store import codings, corpus, versions
from tests.invented import interview, write_files

TALK = interview("Since Mary died I was alone.", "Then Mary's friend Tom came, and it was a comfort.")


def _only(project: Project):
    with project.store.reading() as connection:
        (transcript,) = corpus.transcripts(connection)
    return transcript


def _judge(project: Project, words: str, code: str = "isolation") -> None:
    transcript = _only(project)
    start = transcript.text.index(words)
    segment = stretch(transcript, start, start + len(words), secret=project.secret)
    coding = Coding(f"c_{start}", segment.id, code, "A", evidence=((start, start + 5),), made_at="2026-01-01")
    with project.store.writing() as connection:
        codings.add_coder(connection, Coder("A", "human"))
        corpus.add_selections(connection, [segment])
        codings.add_judgements(
            connection,
            [(Judged(segment.id, "A", (code,), True, made_at="2026-01-01"), [coding])],
            project.codebook,
        )


def _standing(project: Project) -> list[tuple[str, str]]:
    transcript = _only(project)
    with project.store.reading() as connection:
        said = versions.judgements_on(connection, [transcript.id])
    return [(transcript.text[slice(*one.span)], one.codings[0].code) for one in said]


def _replace(project: Project, pattern: str, words: str) -> Derived:
    transcript = _only(project)
    places = [Replacement(*found.span(), words) for found in re.finditer(pattern, transcript.text)]
    text, offsets = replaced(transcript, places, secret=project.secret)
    return Derived(transcript.id, text, offsets)


def _derive(project: Project, made: Derived, *, seal: bool = True) -> None:
    with project.store.writing() as connection:
        deriving.derive(connection, project.secret, [made])
        if seal:
            corpus.seal(connection, [made.source])


def test_judgements_stand_where_they_stood(make) -> None:
    project = make({"P01.txt": TALK})
    _judge(project, "Since Mary died I was alone.")
    _judge(project, "Mary's friend Tom", "emotional_support")
    _derive(project, _replace(project, "Mary", "[Keldan]"))
    assert _standing(project) == [
        ("Since [Keldan] died I was alone.", "isolation"),
        ("[Keldan]'s friend Tom", "emotional_support"),
    ]


def test_a_text_is_made_anew_of_what_was_made(make) -> None:
    project = make({"P01.txt": TALK})
    _judge(project, "Since Mary died I was alone.")
    first = _replace(project, "Mary", "[Keldan]")
    _derive(project, first)
    _judge(project, "friend Tom came", "emotional_support")
    _derive(project, _replace(project, "Tom", "[Aro]"))
    assert _standing(project) == [
        ("Since [Keldan] died I was alone.", "isolation"),
        ("friend [Aro] came", "emotional_support"),
    ]


def test_what_a_coder_declared_complete_stays_so(make) -> None:
    project = make({"P01.txt": TALK})
    with project.store.writing() as connection:
        codings.add_coder(connection, Coder("A", "human"))
        whole = Judged(_only(project).id, "A", ("isolation",), True, made_at="2026-01-01")
        codings.append(connection, whole, (), {})
    _derive(project, _replace(project, "Mary", "[Keldan]"))
    with project.store.reading() as connection:
        assert not versions.unheld(connection)


def test_the_file_read_again_changes_nothing(make) -> None:
    project = make({"P01.txt": TALK})
    raw = project.folder.parent / "raw"
    _derive(project, _replace(project, "Mary", "[Keldan]"))
    before = _only(project)
    summary = importing.import_files(project, raw)
    assert (summary.unchanged, summary.new, summary.versions, summary.described_anew) == (1, 0, 0, 0)
    assert _only(project) == before
    assert "Mary" not in before.text


def test_what_the_manifest_says_later_is_said_of_the_text_that_stands(make) -> None:
    project = make({"P01.txt": TALK})
    raw = project.folder.parent / "raw"
    _derive(project, _replace(project, "Mary", "[Keldan]"))
    (project.folder / "manifest.csv").write_text("file,kind,case,programme\nP01.txt,interview,P01,kettle\n")
    assert importing.import_files(project, raw).described_anew == 1
    now = _only(project)
    assert now.programme == "kettle"
    assert "[Keldan]" in now.text
    with project.store.reading() as connection:
        (old,) = corpus.transcripts(connection, [str(now.replaces)])
    assert (old.text, old.sealed, {turn.speaker for turn in old.turns}) == ("", True, {""})


def test_an_edited_file_takes_the_place_of_what_was_made_and_keeps_the_judgements(make) -> None:
    project = make({"P01.txt": TALK})
    raw = project.folder.parent / "raw"
    _judge(project, "it was a comfort")
    _derive(project, _replace(project, "Mary", "[Keldan]"))
    write_files(raw, {"P01.txt": TALK.replace("I was alone", "I was quite alone")})
    assert importing.import_files(project, raw).versions == 1
    assert _standing(project) == [("it was a comfort", "isolation")]
    # The words of before come back, though they were sealed.
    write_files(raw, {"P01.txt": TALK})
    assert importing.import_files(project, raw).versions == 1
    segmenting.segment(project)
    assert _only(project).text.count("Mary") == 2
    assert _standing(project) == [("it was a comfort", "isolation")]


def test_a_judgement_that_comes_late_on_a_sealed_text_is_carried(make) -> None:
    from qualcode.pipeline.versions import catch_up

    project = make({"P01.txt": TALK})
    old = _only(project)
    made = _replace(project, "Mary", "[Keldan]")
    _derive(project, made)
    start = old.text.index("Since Mary")
    segment = stretch(old, start, start + 28, secret=project.secret)
    coding = Coding("c_late", segment.id, "isolation", "B", made_at="2026-01-02")
    with project.store.writing() as connection:
        codings.add_coder(connection, Coder("B", "human"))
        corpus.add_selections(connection, [segment])
        said = Judged(segment.id, "B", ("isolation",), True, made_at="2026-01-02")
        codings.add_judgements(connection, [(said, [coding])], project.codebook)
    assert catch_up(project).sure == 1
    assert _standing(project) == [("Since [Keldan] died I was alone.", "isolation")]
