"""A codebook from a table of labels, definitions and examples, as other tools and frameworks give them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from qualcode.codebook.codes import Code, Codebook, Facet
from qualcode.errors import CodebookError

POLARITY = Facet(
    "polarity",
    ("affirmed", "relieved", "denied", "mixed", "hypothetical"),
    "Whether the passage affirms what the code names, tells its relief, denies it, both, or wishes or imagines it.",
)
LABEL_COLUMNS = ("label", "code", "name", "theme", "tag")
DEFINITION_COLUMNS = ("definition", "description", "meaning", "memo")
EXAMPLE_COLUMNS = ("examples", "example", "quotes", "example quotes")
PARENT_COLUMNS = ("parent", "category", "group", "parent code")

# A quotation between matching marks; an apostrophe inside a word neither opens nor closes one.
_QUOTED = re.compile(r"(?<!\w)[‘'“\"](.{2,}?)[’'”\"](?=\s*(?:[,;.)/&]|$|and\b|Neg|Pos|Mix|Neu))", re.DOTALL)


def slug(label: str) -> str:
    """An id for a label: lower-case letters, digits and `_`.

    >>> slug("Staff manner & personal attributes")
    'staff_manner_personal_attributes'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:58].strip("_")
    if not words and not label.strip():
        return "code"
    if not words:
        # A label in another script: its id is the digest of its letters.
        words = hashlib.sha256(" ".join(label.split()).casefold().encode()).hexdigest()[:10]
        return f"code_{words}"
    return words if words[:1].isalpha() else f"code_{words}"


def from_rows(rows: Sequence[Mapping[str, str]], *, codebook_id: str, title: str) -> Codebook:
    """A codebook from table rows; a code with a definition is active, one without is a draft.

    Args:
        rows: one code each; columns by the usual names (label, definition, examples, parent).
        codebook_id: id of the new codebook.
        title: its title.

    Raises:
        CodebookError: no label column, no labels, or a label twice.
    """
    if not rows:
        raise CodebookError("the table has no rows (expected a header and one code a row)")
    columns = {column.strip().lower(): column for column in rows[0]}
    label = _column(columns, LABEL_COLUMNS)
    if label is None:
        raise CodebookError(
            f"no column holds the codes' labels (expected one of {', '.join(LABEL_COLUMNS)})",
            hint="rename the column that holds them to 'label'",
        )
    definition, example, parent = (
        _column(columns, names) for names in (DEFINITION_COLUMNS, EXAMPLE_COLUMNS, PARENT_COLUMNS)
    )
    codes: dict[str, Code] = {}
    for number, row in enumerate(rows, start=2):
        name = " ".join(row[label].split())
        if not name:
            continue
        code_id = slug(name)
        if code_id in codes and codes[code_id].codable:
            raise CodebookError(
                f"the label at row {number} gives the id {code_id!r}, which stands already", line=number
            )
        meaning = " ".join(row[definition].split()) if definition else ""
        under = " ".join(row[parent].split()) if parent else ""
        if under and slug(under) == code_id:
            under = ""
        if under and slug(under) not in codes:
            codes[slug(under)] = Code(slug(under), under, codable=False, status="active")
        codes[code_id] = Code(
            id=code_id,
            label=name,
            brief=meaning.split(". ")[0][:160],
            definition=meaning,
            examples=split_examples(row[example]) if example else (),
            parent=slug(under) if under else None,
            status="active" if meaning else "draft",
        )
    if not codes:
        raise CodebookError(f"the column {label!r} holds no labels")
    return Codebook(codebook_id, title, tuple(codes.values()), facets=(POLARITY,))


def free_id(label: str, above: str, taken: Collection[str]) -> str:
    """An id for a label that no other code has: of two of one name the later takes its parent's name before its own.

    >>> free_id("Cost!", "", {"cost"})
    'cost_2'
    """
    own = slug(label)
    if own in taken and above:
        own = slug(f"{above} {label}")
    number, free = 2, own
    while free in taken:
        free, number = f"{own[:58]}_{number}", number + 1
    return free


def from_labels(labels: Sequence[str], *, codebook_id: str, title: str) -> Codebook:
    """A codebook of drafts from labels alone: what is left to write is when each of them applies.

    Raises:
        CodebookError: no label, or two labels that give the same id.
    """
    return from_rows([{"label": label} for label in labels], codebook_id=codebook_id, title=title)


def split_examples(cell: str) -> tuple[str, ...]:
    """The examples in one cell: quotations if it holds any, else its lines.

    >>> split_examples("‘Very kind.’, 'Couldn't do more.' Negative: ‘Rude’")
    ('Very kind.', "Couldn't do more.", 'Rude')
    """
    quoted = [" ".join(found.split()) for found in _QUOTED.findall(cell)]
    if not quoted:
        quoted = [" ".join(line.split()).strip("-•* ") for line in re.split(r"\n|;", cell)]
    unique = dict.fromkeys(text for text in quoted if len(text) > 1)
    return tuple(unique)


def _column(columns: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)
