"""The review sheet: what the machine proposed, and a random sample of what it left, for a person to judge in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from qualcode.codebook import Codebook
from qualcode.coding import Sample
from qualcode.corpus import Segment
from qualcode.exporters import workbook
from qualcode.exporters.workbook import Column, Sheet
from qualcode.formats.sheet import (
    CODE,
    CODEBOOK,
    DECISION,
    KEEP,
    MOST_CODES,
    MOVED,
    MOVED_ID,
    NONE,
    OTHER,
    POLARITY,
    POLARITY_IS,
    PROPOSALS,
    REJECT,
    SAMPLE,
    SAMPLE_ID,
    SEGMENT,
    Asked,
)

_MOVED_GUIDE = (
    "Sheet 'Moved': a text was changed after somebody had coded it, and these judgements could not be carried over for "
    "sure. Choose keep if the judgement holds for the words that are proposed: it is kept under its own coder. Choose "
    "reject if it does not, or if no words are proposed.",
)
_GUIDE = (
    "Sheet 'Proposals': each row is one code that the machine proposed on one passage. In yellow cells choose "
    "keep or reject. If another code fits, put it in 'other code' (with keep: both; with reject: instead).",
    "Change 'polarity is' only where the machine's polarity is wrong: relieved means it was so and is less so; denied "
    "means it is said not to be so.",
    "Sheet 'Unproposed': a random sample of passages on which nothing was proposed. Name up to three codes that are "
    "there, or choose 'none'. These rows tell what the machine misses, so please do them even where they are dull.",
    "Leave a row empty if you have not decided: empty means not judged, never absent. Sort and filter as you like; the "
    "grey columns on the right hold the ids that bring your answers back. Do not change them.",
    "Save, then: qualcode import-codings THIS_FILE --coder YOUR_NAME",
)

_ASSIGNED = (
    "Sheet 'Unproposed': the passages that you are asked to judge. Nobody's codes are shown, and no machine's, so that "
    "your judgement is your own.",
    "Sheet 'Codebook': the codes that you are asked about. In yellow cells name up to three codes that are there, or "
    "choose 'none'. Every row with an answer judges all these codes: those named are present, the others absent.",
    "If all three cells of a row are filled, only those three are judged: there may be a fourth.",
    _GUIDE[3],
)


def write(
    path: Path,
    proposals: pd.DataFrame,
    sample: Sample | None,
    sampled: Sequence[tuple[Segment, str]],
    codebook: Codebook,
    *,
    moved: Sequence[Asked] = (),
    assigned_to: str = "",
    stamp: str = "",
) -> int:
    """Write the sheet.

    Args:
        path: of the workbook.
        proposals: excerpt rows of proposals that nobody has judged.
        sample: the random sample, if there was anything to draw from.
        sampled: its segments, each with its programme.
        codebook: for the choices.
        moved: judgements whose place in a changed text is doubtful; without any there is no page of them.
        assigned_to: whose assignment the sampled passages are; else empty.
        stamp: what its first page warns of.

    Returns:
        How many cells had to be cut.
    """
    codes = tuple(code.id for code in codebook.active)
    facet = codebook.facet("polarity")
    polarities = facet.values if facet else ()
    own = (*_GUIDE[:-2], *(_MOVED_GUIDE if moved else ()), *_GUIDE[-2:])
    guide = (*_ASSIGNED, f"Save, then: qualcode import-codings THIS_FILE --coder {assigned_to}")
    sheets = [
        Sheet(
            "Read me",
            (Column("How to review", 120),),
            [[line] for line in (guide if assigned_to else own)],
            stamp=stamp,
        ),
        Sheet(
            PROPOSALS,
            _proposal_columns(codes, polarities),
            [
                [
                    row.context,
                    row.excerpt,
                    row.code_label,
                    row.polarity,
                    "",
                    "",
                    "",
                    row.evidence,
                    row.clause,
                    row.raw_score,
                    row.case,
                    row.programme,
                    row.speaker_role,
                    row.segment,
                    row.code,
                ]
                for row in proposals.sort_values(
                    ["programme", "case", "transcript", "start"], kind="stable"
                ).itertuples()
            ],
        ),
        Sheet(
            SAMPLE,
            code_columns(codes, polarities),
            [
                [
                    segment.context,
                    segment.text,
                    *[""] * (2 * MOST_CODES),
                    segment.case,
                    programme,
                    segment.role,
                    segment.id,
                    sample.id if sample else "",
                ]
                for segment, programme in sampled
            ],
        ),
        *([_moved(moved, codebook)] if moved else []),
        codebook_page(codebook),
    ]
    return workbook.write(path, sheets)


def codebook_page(codebook: Codebook) -> Sheet:
    """The codes that are asked about, with their rules."""
    columns = (
        Column("code", 22),
        Column("label", 22),
        Column("definition", 70),
        Column("when to use", 55),
        Column("when not to use", 55),
    )
    rows = [
        [
            code.id,
            code.label,
            code.definition,
            "\n".join(f"• {rule}" for rule in code.when_to_use),
            "\n".join(f"• {rule}" for rule in code.when_not_to_use),
        ]
        for code in codebook.active
    ]
    return Sheet(CODEBOOK, columns, rows)


def _proposal_columns(codes: tuple[str, ...], polarities: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        Column("question", 28),
        Column("passage", 70, look="quote"),
        Column("proposed code", 18),
        Column(POLARITY, 11),
        Column(DECISION, 10, (KEEP, REJECT), "ask"),
        Column(OTHER, 18, codes, "ask"),
        Column(POLARITY_IS, 12, polarities, "ask"),
        Column("evidence", 24),
        Column("rule met", 34),
        Column("raw score", 7, look="score", note="Strength of the machine's evidence, 0 to 1. Not a probability."),
        Column("case", 10),
        Column("programme", 14),
        Column("speaker", 11),
        Column(SEGMENT, 10, look="quiet"),
        Column(CODE, 14, look="quiet"),
    )


def code_columns(codes: tuple[str, ...], polarities: tuple[str, ...], *, room: int = MOST_CODES) -> tuple[Column, ...]:
    """Columns of a passage that is asked about without any proposal, with room for so many codes."""
    asked: list[Column] = []
    for number in range(1, room + 1):
        choices = (NONE, *codes) if number == 1 else codes
        asked += [Column(f"code {number}", 18, choices, "ask"), Column(f"polarity {number}", 12, polarities, "ask")]
    return (
        Column("question", 28),
        Column("passage", 70, look="quote"),
        *asked,
        Column("case", 10),
        Column("programme", 14),
        Column("speaker", 11),
        Column(SEGMENT, 10, look="quiet"),
        Column(SAMPLE_ID, 10, look="quiet"),
    )


def _moved(moved: Sequence[Asked], codebook: Codebook) -> Sheet:
    columns = (
        Column("old quotation", 55, look="quote"),
        Column("proposed new quotation", 55, look="quote"),
        Column("codes", 24),
        Column("coder", 12),
        Column("confidence", 9, look="score", note="How alike old and new words and their surroundings are, 0 to 1."),
        Column(DECISION, 10, (KEEP, REJECT), "ask"),
        Column(MOVED_ID, 10, look="quiet"),
    )
    rows = [
        [asked.was, asked.proposed, _codes(asked, codebook), asked.coder, asked.confidence, "", asked.id]
        for asked in moved
    ]
    return Sheet(MOVED, columns, rows)


def _codes(asked: Asked, codebook: Codebook) -> str:
    labels = [codebook[code].label if code in codebook else code for code in asked.present]
    return "\n".join([*labels, *([f"({asked.absent} judged absent)"] if asked.absent else [])])
