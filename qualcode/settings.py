"""`qualcode.toml`: what it may say, read and checked; written to without losing a person's comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

import tomlkit
from tomlkit.exceptions import TOMLKitError

from qualcode.corpus import CONSENT, ROLES, Consent, Quotable, Role
from qualcode.errors import ProjectError, QualcodeError
from qualcode.importers import TableColumns
from qualcode.importers.columns import SINGLE
from qualcode.importers.imported import Tracked
from qualcode.importers.labels import key_of

APPROACHES = (
    "coding_reliability",
    "codebook_framework",
    "reflexive_ta",
    "content_analysis",
    "realist",
    "thematic_synthesis",
)
UNITS = ("turn", "sentence", "window")
AUTO = "auto"
"""The tagger that was trained, where one was; else the one that needs the codebook alone."""

TEMPLATE = """\
# A qualcode project. What you change here is read at the next command.
approach = "codebook_framework"   # {approaches}
seed = 1

[report]
title = {title}                       # of the report; the folder's name if empty
note = {note}                        # what its reader must know first

[import]
file_name_pattern = ""            # e.g. "{{programme}}_{{case}}_{{kind}}", where no manifest says what a file is
question_pattern = ""             # regular expression for lines that are questions, in files without speaker labels
refi_offsets = ""                 # how a REFI-QDA project counts, where that cannot be told: "UTF-16 units, 2"
tracked_changes = "accepted"      # accepted | rejected: text as it is after, or as it was before, the changes in it

[speakers]                        # roles of labels that were not understood: "Dan" = "interviewer"
                                  # for one file: [speakers."interviews/P4.docx"]; see `qualcode speakers`

[segments]
unit = "window"                   # {units}
words = 60                        # most words of a window

[tag]
tagger = "auto"                   # auto: what was trained, else definitions | learned | definitions | patterns
floor = 0.35                      # definitions: below, judged absent
threshold = 0.5                   # definitions: from here on, proposed; in between the machine abstains
aim = "f1"                        # learned: what each code's threshold is for: f1 | recall>=.9 | precision>=.8
alpha = 0.05                      # learned: share of errors that what is settled without a person must keep to

[ask]
random_share = 0.5                # of what is asked: drawn by lot, for estimation; the rest is what teaches most

[themes]
most = 10

[deidentify]
run = false                       # true: `qualcode run` replaces identities before anything else reads the texts

[consent]                         # what holds for cases of which consent.csv states nothing
participate = true                # false: in no count, no export, no machine's pass
quote = "verbatim"                # verbatim | paraphrase | none
archive = false
share = false
machine = true                    # taggers and topic models on this machine may read the texts

[export]
identified_ok = false             # true: texts that are neither signed nor declared de-identified are quoted, stamped

[columns]                         # of survey tables; each is written here when it is first imported
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """`qualcode.toml`, checked."""

    approach: str = "codebook_framework"
    seed: int = 1
    title: str = ""
    note: str = ""
    file_name_pattern: str = ""
    question_pattern: str = ""
    refi_offsets: str = ""
    tracked_changes: Tracked = "accepted"
    speakers: Mapping[str, Role] = field(default_factory=dict, repr=False)
    """Roles by label, as `labels.key_of` makes it."""
    file_speakers: Mapping[str, Mapping[str, Role]] = field(default_factory=dict, repr=False)
    """The same for single files, relative to the folder that is imported."""
    unit: str = "window"
    words: int = 60
    floor: float = 0.35
    threshold: float = 0.5
    tagger: str = AUTO
    """An entry point of the group taggers, or AUTO."""
    aim: str = "f1"
    alpha: float = 0.05
    random_share: float = 0.5
    """Of what `ask` asks. Only this share may calibrate and estimate, and thresholds wait for it as long as learning
    waits for the other: neither is worth more while both are short."""
    most_themes: int = 10
    columns: Mapping[str, TableColumns] = field(default_factory=dict)
    deidentify: bool = False
    """`run` replaces identities in what it imports."""
    consent: Consent = CONSENT
    """What holds where a case states nothing."""
    identified_ok: bool = False
    """Texts that are neither signed nor declared de-identified may be quoted, stamped."""

    def roles_in(self, file: str) -> Mapping[str, Role]:
        """Roles by label for one file: what is stated for it wins over what is stated for all."""
        return {**self.speakers, **self.file_speakers.get(file, {})}


def read_settings(path: Path) -> Settings:
    """Read and check `qualcode.toml`.

    Raises:
        ProjectError: not TOML, an unknown name, or a value that is not allowed.
    """
    try:
        tree: dict[str, Any] = tomlkit.parse(path.read_text(encoding="utf-8-sig")).unwrap()
    except (TOMLKitError, UnicodeDecodeError) as error:
        line = getattr(error, "line", None)
        place = f"{path.name}:{line}" if line else path.name
        raise ProjectError(f"is not valid TOML ({type(error).__name__})", place=place) from None
    known = {"approach", "seed", "report", "import", "speakers", "segments", "tag", "themes", "columns"}
    known |= {"deidentify", "consent", "export", "ask"}
    _no_others(tree, known, path.name)
    report, imports, segments, tag, themes, speakers, columns = (
        _section(tree, name, path.name)
        for name in ("report", "import", "segments", "tag", "themes", "speakers", "columns")
    )
    deidentify, consent, exported, asking = (
        _section(tree, name, path.name) for name in ("deidentify", "consent", "export", "ask")
    )
    _no_others(deidentify, {"run"}, f"{path.name} [deidentify]")
    _no_others(consent, {f.name for f in fields(Consent)} - {"expires"}, f"{path.name} [consent]")
    _no_others(exported, {"identified_ok"}, f"{path.name} [export]")
    _no_others(report, {"title", "note"}, f"{path.name} [report]")
    _no_others(
        imports, {"file_name_pattern", "question_pattern", "refi_offsets", "tracked_changes"}, f"{path.name} [import]"
    )
    _no_others(segments, {"unit", "words"}, f"{path.name} [segments]")
    _no_others(tag, {"tagger", "floor", "threshold", "aim", "alpha"}, f"{path.name} [tag]")
    _no_others(asking, {"random_share"}, f"{path.name} [ask]")
    _no_others(themes, {"most"}, f"{path.name} [themes]")
    settings = Settings(
        approach=_one_of(tree.get("approach", "codebook_framework"), APPROACHES, "approach", path.name),
        seed=_number(tree.get("seed", 1), int, 0, 2**31, "seed", path.name),
        title=str(report.get("title", "")),
        note=str(report.get("note", "")),
        file_name_pattern=str(imports.get("file_name_pattern", "")),
        question_pattern=str(imports.get("question_pattern", "")),
        refi_offsets=str(imports.get("refi_offsets", "")),
        tracked_changes=_one_of(  # type: ignore[arg-type]
            imports.get("tracked_changes", "accepted"), get_args(Tracked), "import.tracked_changes", path.name
        ),
        speakers=_roles({label: role for label, role in speakers.items() if not isinstance(role, dict)}, path.name),
        file_speakers={file: _roles(body, path.name) for file, body in speakers.items() if isinstance(body, dict)},
        unit=_one_of(segments.get("unit", "window"), UNITS, "segments.unit", path.name),
        words=_number(segments.get("words", 60), int, 5, 5000, "segments.words", path.name),
        floor=_number(tag.get("floor", 0.35), float, 0, 1, "tag.floor", path.name),
        threshold=_number(tag.get("threshold", 0.5), float, 0, 1, "tag.threshold", path.name),
        tagger=str(tag.get("tagger", AUTO)),
        aim=_aim(tag.get("aim", "f1"), path.name),
        alpha=_number(tag.get("alpha", 0.05), float, 0.001, 0.5, "tag.alpha", path.name),
        random_share=_number(asking.get("random_share", 0.5), float, 0, 1, "ask.random_share", path.name),
        most_themes=_number(themes.get("most", 10), int, 1, 100, "themes.most", path.name),
        columns={file: _columns(body, f"{path.name} [columns.{file!r}]") for file, body in columns.items()},
        deidentify=_yes_no(deidentify.get("run", False), "deidentify.run", path.name),
        consent=_consent(consent, path.name),
        identified_ok=_yes_no(exported.get("identified_ok", False), "export.identified_ok", path.name),
    )
    if settings.floor > settings.threshold:
        raise ProjectError("tag.floor is above tag.threshold", place=path.name)
    return settings


def set_settings(path: Path, values: Mapping[str, str | int | float]) -> None:
    """Put top-level, `[segments]` and `[tag]` settings into `qualcode.toml`; comments stay.

    Raises:
        ProjectError: a value is not allowed, or a name is none of these settings.
    """
    tree = tomlkit.parse(path.read_text(encoding="utf-8"))
    for name, value in values.items():
        sections = [part for part in (tree, tree["segments"], tree["tag"]) if name in part]
        if not sections or isinstance(tree.get(name), Mapping):
            raise ProjectError(f"{name!r} is not a setting that travels", place=path.name)
        sections[0][name] = value
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")
    read_settings(path)


def allow_identified(path: Path) -> None:
    """Write into `qualcode.toml` that texts which may hold identities are quoted, stamped; comments stay."""
    tree: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
    tree.setdefault("export", tomlkit.table())["identified_ok"] = True
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")


def state_roles(path: Path, roles: Mapping[str, Role], *, file: str = "") -> None:
    """Write roles of speaker labels into `qualcode.toml`, for all files or for one; comments stay where they are.

    Raises:
        ProjectError: the settings are faulty, before or with these roles.
    """
    read_settings(path)
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    section: Any = document.setdefault("speakers", tomlkit.table())
    if file:
        section = section.setdefault(file, tomlkit.table())
    for label, role in roles.items():
        same = next((old for old in section if key_of(old) == key_of(label)), label)
        section[same] = role
    unfinished = path.with_name(path.name + ".tmp")
    try:
        unfinished.write_text(tomlkit.dumps(document), encoding="utf-8")
        read_settings(unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise ProjectError(f"cannot be written ({error.strerror})", place=path.name) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _roles(stated: Mapping[str, Any], place: str) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for label, role in stated.items():
        if not isinstance(role, str):
            raise ProjectError("a role in [speakers] is not a word in quotation marks", place=place)
        found[key_of(label)] = _one_of(role, ROLES, "a role in [speakers]", place)  # type: ignore[assignment]
    return found


def _section(tree: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    section = tree.get(name, {})
    if not isinstance(section, dict):
        raise ProjectError(f"{name} must be a section ([{name}])", place=place)
    return section


def _columns(body: Any, place: str) -> TableColumns:
    if not isinstance(body, Mapping):
        raise ProjectError("expected a table of column names", place=place)
    _no_others(body, {field.name for field in fields(TableColumns)}, place)
    for name in ("attributes", "unread"):
        if not isinstance(body.get(name, []), list):
            raise ProjectError(f"{name} must be a list of column names", place=place)
    values: dict[str, Any] = {
        name: tuple(map(str, value)) if isinstance(value, list) else str(value) for name, value in body.items()
    }
    several = [name for name in SINGLE if isinstance(values.get(name), tuple)]
    if several:
        raise ProjectError(f"{several[0]} must be the name of one column", place=place)
    if isinstance(values.get("text"), str):
        values["text"] = (values["text"],) if values["text"] else ()
    return TableColumns(**values)


def _consent(stated: Mapping[str, Any], place: str) -> Consent:
    quote = _one_of(stated.get("quote", CONSENT.quote), get_args(Quotable), "consent.quote", place)
    agreed = {n: _yes_no(v, f"consent.{n}", place) for n, v in stated.items() if n != "quote"}
    return Consent(quote=quote, **agreed).over(CONSENT)  # type: ignore[arg-type]


def _yes_no(value: Any, name: str, place: str) -> bool:
    if not isinstance(value, bool):
        raise ProjectError(f"{name} is {value!r} (expected true or false)", place=place)
    return value


def _no_others(tree: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(tree) - known)
    if unknown:
        raise ProjectError(f"{unknown[0]!r} is not a setting (expected {', '.join(sorted(known))})", place=place)


def _one_of(value: Any, allowed: tuple[str, ...], name: str, place: str) -> str:
    if value not in allowed:
        raise ProjectError(f"{name} is {value!r} (expected one of {', '.join(allowed)})", place=place)
    return str(value)


def _aim(value: Any, place: str) -> str:
    from qualcode.taggers.thresholds import Aim

    try:
        return str(Aim.parse(str(value)))
    except QualcodeError as error:
        raise ProjectError(f"tag.aim is {error.message}", place=place, hint=error.hint) from None


def _number(value: Any, kind: type, low: float, high: float, name: str, place: str) -> Any:
    fits = isinstance(value, (int, float) if kind is float else int) and not isinstance(value, bool)
    if not fits or not low <= value <= high:
        raise ProjectError(f"{name} is {value!r} (expected a number from {low:,} to {high:,})", place=place)
    return kind(value)
