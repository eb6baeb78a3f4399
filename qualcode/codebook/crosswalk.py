"""From the codes of one codebook to those of another: what a decision under the one says under the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from qualcode.codebook.codes import Codebook
from qualcode.codebook.skeleton import slug
from qualcode.errors import CodebookError

Relation = Literal["exact", "broader", "narrower"]
"""What the code it goes to is, beside the code that it comes from."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)
COLUMNS = ("from_code", "to_code", "relation", "who", "why")
NEEDED = COLUMNS[:3]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a crosswalk."""

    from_code: str
    to_code: str
    relation: Relation
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Steps by the code that they come from, by id."""

    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def __contains__(self, code: object) -> bool:
        return code in self.steps

    def carried(
        self, judged: Sequence[str], present: Mapping[str, Mapping[str, str]]
    ) -> tuple[tuple[str, ...], dict[str, Mapping[str, str]]]:
        """Codes decided on, and those found present with their facets, after the crosswalk.

        An exact code carries present and absent. A broader one carries present only: who did not find a part has not
        looked for the whole. A narrower one carries absent only: where the whole is, this part need not be. What is
        carried neither way is not judged. Codes that are in no row stay as they are. Of two codes that lead to one,
        a present wins over an absent.
        """
        codes: dict[str, None] = {}
        found: dict[str, Mapping[str, str]] = {}
        for code in judged:
            is_present = code in present
            for to, relation in [(s.to_code, s.relation) for s in self.steps.get(code, ())] or [(code, "exact")]:
                if relation == "exact" or (relation == "broader") == is_present:
                    codes[to] = None
                    if is_present:
                        found.setdefault(to, present[code])
        return tuple(codes), found


def narrowed(walk: Crosswalk, found: Collection[str]) -> frozenset[str]:
    """Codes that a declaration of completeness says nothing of, where these codes were found.

    What was found may hold a narrower code or not, so where it was found, that one is neither present nor absent.
    """
    return frozenset(step.to_code for code in found for step in walk.steps.get(code, ()) if step.relation == "narrower")


def crosswalk(rows: Sequence[Mapping[str, str]], codebook: Codebook, *, source: str = "") -> Crosswalk:
    """A crosswalk from table rows: from_code, to_code, relation (exact, broader, narrower), who, why.

    Raises:
        CodebookError: a column is missing, a relation is not known, or `to_code` is not in the codebook.
    """
    columns = {name.strip().lower(): name for name in rows[0]} if rows else {}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise CodebookError(
            f"a crosswalk lacks {', '.join(missing)} (expected the columns {', '.join(COLUMNS)})", path=source, line=1
        )
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in rows:
        cell = {name: row[columns[name]].strip() for name in COLUMNS if name in columns}
        line = getattr(row, "line", None)
        relation = next((known for known in RELATIONS if known == cell["relation"].lower()), None)
        if relation is None:
            raise CodebookError(f"the relation is not known (expected {', '.join(RELATIONS)})", path=source, line=line)
        to_code = slug(cell["to_code"])
        if not cell["from_code"] or to_code not in codebook:
            raise CodebookError(
                f"to_code {to_code!r} is not a code of the codebook, or from_code is empty", path=source, line=line
            )
        step = Step(slug(cell["from_code"]), to_code, relation, cell.get("who", ""), cell.get("why", ""))
        steps[step.from_code].append(step)
    return Crosswalk({code: tuple(found) for code, found in steps.items()})
