"""One self-contained HTML page: what each programme's people said, what the machine proposed, what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from qualcode import charts
from qualcode.analysis.prevalence import NOT_STATED, POLARITIES, Prevalence
from qualcode.codebook import Code
from qualcode.corpus import AttributeValue
from qualcode.exporters.bundle import Bundle, Written
from qualcode.importers.attributes import written
from qualcode.private import private
from qualcode.synthesis import Effect, literature
from qualcode.taggers.estimates import Estimate
from qualcode.taggers.trust import CodeTrust

QUOTES = 3
"""Passages shown a programme and code, no person twice while others have spoken."""
STRONG = 0.7
"""Passages with a raw score below it are shown only where there are no stronger ones."""
MOST_PROGRAMMES = 12
"""More panels than that are not readable; the table keeps them all."""


@private()
def write(bundle: Bundle, folder: Path) -> Written:
    """Write `report.html`."""
    environment = Environment(
        loader=PackageLoader("qualcode.exporters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    view = _view(bundle)
    page = environment.get_template("report.html").render(**view)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(path)
    programmes = (programme for section in view["sections"] for programme in section["programmes"])
    quoted = {quote["segment"] for programme in programmes for quote in programme["quotes"]}
    quoted |= {segment for entry in bundle.themes for segment in entry.segments}
    return Written((path,), quoted={path: frozenset(quoted) & bundle.sources.keys()})


def _view(bundle: Bundle) -> dict[str, Any]:
    codes = list(bundle.codes)
    order = sorted(bundle.attributes["programme"], key=lambda p: (p == NOT_STATED, p))
    names = {p: (bundle.programmes[p].name or p) if p in bundle.programmes else p for p in order}
    (whose, first), *others = bundle.views()
    passages = _passages(bundle, whose)
    table = first.table
    labels = {code.id: code.label for code in codes if (table.loc[table["code"] == code.id, "segments_with"] > 0).any()}
    charted = table[table["programme"].isin(_largest(bundle.attributes))].assign(
        programme=lambda frame: frame["programme"].map(names)
    )
    return {
        "title": bundle.title,
        "note": [text for text in bundle.note.split("\n\n") if text.strip()],
        "theirs": int((bundle.unreviewed["coder"] == whose).sum()) if whose else 0,
        "people": "reports" if set(bundle.segments["kind"]) == {"report"} else "participants",
        "counts": bundle.counts,
        "stamp": bundle.stamp,
        "consent": bundle.consent,
        "purpose": bundle.purpose,
        "masked": bool((passages["quote_consent"] != "verbatim").any()),
        "about": bundle.about,
        "codebook": bundle.codebook,
        "programmes": [_programme(bundle, first, row, names) for row in _ordered(bundle.attributes, order)],
        "whose": whose,
        "others": [{"whose": coder, "matrix": _matrix(found, codes, order)} for coder, found in others],
        "chart": Markup(charts.svg(charts.prevalence(charted, labels))) if labels else "",
        "charted": min(len(order), MOST_PROGRAMMES),
        "names": names,
        "matrix": _matrix(first, codes, order),
        "polarities": [p for p in POLARITIES if p and (table["polarity"] == p).any()],
        "sections": [_section(bundle, code, passages, order, names) for code in codes],
        "themes": bundle.themes,
        "no_themes": bundle.no_themes,
        "never": [code.label for code in codes if code.id not in labels],
        "trust": [_trusted(bundle, one) for one in bundle.trust],
        "untrusted": [
            code.label for code in bundle.codebook.active if code.id not in {one.code for one in bundle.trust}
        ],
        **_literature(bundle, first, order, names),
    }


def _trusted(bundle: Bundle, one: CodeTrust) -> dict[str, Any]:
    kinds = (("absent", one.low), ("present", one.high))
    settled = " and ".join(kind for kind, limit in kinds if math.isfinite(limit))
    more = {None: "more than is worth while", 0: "none would change it"}.get(one.needed, f"about {one.needed or 0:,}")
    return {
        "one": one,
        "label": bundle.codebook[one.code].label,
        "recall": _bounded(one.recall),
        "precision": _bounded(one.precision),
        "settled": settled or "none",
        "needed": more,
        "figures": [
            *(_bounded(estimate, "{:.2f}") for estimate in (one.kappa, one.f1, one.ap)),
            *("–" if math.isnan(value) else f"{value:.2f}" for value in (one.brier_skill, one.ece, one.slope)),
            f"{one.threshold:.2f}",
        ],
    }


def _bounded(estimate: Estimate, form: str = "{:.0%}") -> str:
    if math.isnan(estimate.point):
        return "not estimable"
    low, high = (form.format(bound).removesuffix("%") for bound in (estimate.low, estimate.high))
    return f"{form.format(estimate.point)} [{low}–{high}]"


def _literature(bundle: Bundle, first: Prevalence, order: list[str], names: Mapping[str, str]) -> dict[str, Any]:
    """Published programmes beside the project's own, and trial effects beside what people here speak of."""
    own = [bundle.programmes[p] for p in order if p in bundle.programmes]
    tested, effects = bundle.literature.tested, bundle.literature.effects
    beside = [
        {
            "attribute": _words(row.attribute),
            "own": [_stated(row.own[programme.id]) for programme in own],
            "stated": row.stated,
            "values": _values(row),
        }
        for row in (literature.beside(own, tested) if own and tested else [])
    ]
    said = {(row.code, row.programme): row for row in first.any_polarity.itertuples()}
    rows = []
    for effect in effects:
        here = [said[effect.code, p] for p in order if (effect.code, p) in said]
        rows.append(
            {
                "effect": effect,
                "comparison": _words(effect.comparison),
                "certainty": _words(effect.certainty or "not stated"),
                "code": bundle.codebook[effect.code].label if effect.code in bundle.codebook else effect.code,
                "coded": bool(here),
                "here": [f"{names[str(row.programme)]} {row.cases_with} of {row.cases}" for row in here],
            }
        )
    return {
        "own_names": [names[programme.id] for programme in own],
        "beside": beside,
        "published": len(tested),
        "effects": rows,
        "sources": ", ".join(dict.fromkeys(effect.source for effect in effects if effect.source)),
        "effects_charts": [Markup(charts.svg(charts.effects(part))) for part in _alike_effects(effects)],
    }


def _alike_effects(effects: Sequence[Effect]) -> list[pd.DataFrame]:
    """Ratios and differences do not share an axis."""
    table = pd.DataFrame([asdict(effect) for effect in effects])
    if table.empty:
        return []
    ratio = table["measure"].isin(charts.RATIOS)
    return [part for part in (table[~ratio], table[ratio]) if len(part)]


def _values(row: literature.Beside) -> str:
    said = [f"{_words(value)} {n}" for value, n in row.values.items()]
    others = row.stated - sum(row.values.values())
    return ", ".join([*said, f"others {others}"] if said and others else said)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _largest(attributes: pd.DataFrame) -> set[str]:
    return set(attributes.sort_values("participants", ascending=False)["programme"].head(MOST_PROGRAMMES))


def _ordered(attributes: pd.DataFrame, order: list[str]) -> Iterable[Mapping[Any, Any]]:
    rows = {row["programme"]: row for row in attributes.to_dict("records")}
    return [rows[programme] for programme in order]


def _programme(bundle: Bundle, first: Prevalence, row: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    programme = row["programme"]
    own = first.any_polarity
    own = own[(own["programme"] == programme) & (own["segments_with"] > 0)].sort_values("cases_with", ascending=False)
    split = first.table
    lines = []
    for found in own.head(6).itertuples():
        parts = split[(split["programme"] == programme) & (split["code"] == found.code) & (split["cases_with"] > 0)]
        said = ", ".join(f"{part.polarity} {part.cases_with}" for part in parts.itertuples() if part.polarity)
        lines.append(
            {"label": bundle.codebook[found.code].label, "code": found.code, "n": found.cases_with, "said": said}
        )
    described = bundle.programmes.get(programme)
    stated = [(_words(name), _stated(value)) for name, value in (described.attributes if described else {}).items()]
    return {**row, "name": names[programme], "lines": lines, "stated": stated}


def _stated(value: AttributeValue) -> str:
    """A programme's attribute as people read it; what the source does not give is said to be so."""
    return _words(written(value)) or "not stated"


def _passages(bundle: Bundle, whose: str) -> pd.DataFrame:
    """The passages of the first view: an imported machine's own, or people's and the tagger's."""
    theirs = bundle.unreviewed["status"] == "imported"
    if whose:
        return bundle.unreviewed[theirs & (bundle.unreviewed["coder"] == whose)]
    frames = [frame for frame in (bundle.excerpts, bundle.unreviewed[~theirs]) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else bundle.unreviewed[~theirs]


def _section(
    bundle: Bundle, code: Code, passages: pd.DataFrame, order: list[str], names: Mapping[str, str]
) -> dict[str, Any]:
    own = passages[passages["code"] == code.id]
    programmes = []
    for programme in order:
        here = own[own["programme"].fillna(NOT_STATED).replace("", NOT_STATED) == programme]
        if len(here):
            quotes = _quotes(here)
            for quote in quotes:
                quote["marked"] = _marked(quote["excerpt"], bundle.evidence.get(f"{quote['segment']}|{code.id}", ()))
            programmes.append({"name": names[programme], "quotes": quotes, "total": len(here)})
    return {"code": code, "programmes": programmes, "total": sum(part["total"] for part in programmes)}


def _quotes(passages: pd.DataFrame) -> list[dict[str, Any]]:
    """Strong ones first, among them every person and every polarity before anybody's second.

    What may not be quoted comes after all that may.
    """
    left = [{str(name): value for name, value in row.items()} for row in passages.to_dict("records")]
    left.sort(
        key=lambda row: (
            row["status"] == "proposed",
            -round(1.0 if pd.isna(row["raw_score"]) else float(row["raw_score"]), 1),
            -len(str(row["excerpt"]).split()),
        )
    )
    chosen: list[dict[str, Any]] = []
    while left and len(chosen) < QUOTES:
        people = {quote["case"] for quote in chosen}
        seen = {quote["polarity"] for quote in chosen}
        best = min(
            range(len(left)),
            key=lambda i: (
                left[i]["quote_consent"] != "verbatim",
                left[i]["case"] in people,
                bool(chosen) and left[i]["polarity"] in seen,
                _weak(left[i]),
                i,
            ),
        )
        chosen.append(left.pop(best))
    return chosen


def _weak(row: Mapping[str, Any]) -> bool:
    return row["status"] == "proposed" and not float(row["raw_score"]) >= STRONG


def _matrix(found: Prevalence, codes: list[Code], order: list[str]) -> list[dict[str, Any]]:
    table = found.table
    cells = {(row.code, row.programme, row.polarity): row for row in table.itertuples()}
    used = list(dict.fromkeys([*POLARITIES, *sorted(set(table["polarity"]))]))
    rows = []
    for code in codes:
        columns = []
        for programme in order:
            parts = [
                {"polarity": p, "n": row.cases_with, "of": row.cases, "segments": row.segments_with}
                for p in used
                if (row := cells.get((code.id, programme, p))) is not None and row.segments_with
            ]
            columns.append(parts)
        rows.append({"code": code, "columns": columns, "any": any(columns)})
    return rows


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The excerpt with its evidence marked; everything else escaped."""
    parts: list[Markup] = []
    at = 0
    for start, end in sorted(spans):
        if start < at or end > len(text) or (start, end) == (0, len(text)):
            continue
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
