"""Which column is what: stated, guessed, said; and what is no table of answers."""

from __future__ import annotations

import pytest

from qualcode.errors import MalformedTranscript
from qualcode.importers import columns, grid
from qualcode.importers.imported import TableColumns
from qualcode.importers.rows import Sheet

LONG = "I was on my own all winter and nobody rang"
HEADER = ["id", "respondent", "service", "What helped?", "What did not?", "region", "Email", "score"]
ROWS = [
    [f"r{n}", f"P{n}", "north", f"{LONG} {n}", "the bus" if n else LONG, "east", f"p{n}@x.org", str(n)]
    for n in range(50)
]


def choose(header=HEADER, rows=ROWS, **stated):
    found = grid.of(Sheet("", list(enumerate([header, *rows], start=1))), "a.csv")
    return columns.choose(found, TableColumns(**stated), "a.csv")


def test_every_column_of_answers_is_taken_and_the_rest_is_decided():
    assert choose().columns == TableColumns(
        text=("What helped?", "What did not?"),
        id="id",
        case="respondent",
        programme="service",
        attributes=("region",),
        unread=("Email", "score"),
    )


def test_what_was_chosen_once_is_chosen_again_and_nothing_more():
    first = choose()
    wider = [*HEADER, "More?", "cluster"]
    again = choose(
        wider, [[*row, f"{LONG} again {n}", "c1"] for n, row in enumerate(ROWS)], **_as_stated(first.columns)
    )
    assert again.columns == first.columns
    (skipped,) = again.skipped
    assert skipped.reason.startswith("2 new columns are not read: More?, cluster")
    assert [seen.taken_for for seen in again.seen[-2:]] == ["unread: new", "unread: new"]


def _as_stated(chosen):
    return {name: getattr(chosen, name) for name in TableColumns.__dataclass_fields__}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"text": ("What helpd?",)}, r"no column 'What helpd\?' for text \(nearest: What helped\?"),
        ({"case": "respondant"}, r"no column 'respondant' for case \(nearest: respondent"),
        ({"attributes": ("regoin",)}, r"no column 'regoin' for attributes \(nearest: region"),
        ({"wave": LONG}, "no column for wave as it was named"),
    ],
)
def test_a_column_that_is_gone_is_named_with_the_nearest(stated, message):
    with pytest.raises(MalformedTranscript, match=message) as caught:
        choose(**stated)
    assert "qualcode columns a.csv" in caught.value.hint
    assert LONG not in caught.value.message


def test_a_preview_shows_counts_and_shared_categories_alone():
    seen = {one.name: one for one in choose().seen}
    assert [one.number for one in choose().seen] == list(range(1, 9))
    assert (seen["region"].taken_for, seen["region"].examples) == ("attribute", ("east",))
    assert (seen["service"].taken_for, seen["service"].examples) == ("programme", ("north",))
    assert (seen["What helped?"].filled, seen["What helped?"].different) == (50, 50)
    assert (seen["What did not?"].taken_for, seen["What did not?"].different) == ("text", 2)
    assert [one.name for one in seen.values() if one.examples] == ["service", "region"]


def test_a_name_that_may_be_an_answer_is_shown_by_its_place():
    assert columns.shown("Start Date", 3) == "Start Date"
    assert columns.shown("Please tell us what helped", 3) == "Please tell us what helped"
    assert columns.shown("What could we do better next time?", 3).startswith("What could we")
    for answer in (
        LONG,
        "Mary Smith",
        "Why did nobody ring me?",
        "Why did they leave us alone?",
        "She came on Mondays with cake",
    ):
        assert columns.shown(answer, 3) == "column 3"


def test_beside_codings_only_the_text_itself_is_taken():
    header = ["id", "text", "evidence", "burden", "relief", "other"]
    rows = [[str(n), f"{LONG} {n}", f"nobody rang me on day {n}", str(n % 2), "0", "1"] for n in range(9)]
    assert choose(header, rows).columns.text == ("text",)
    assert choose(header, rows, text=("evidence",)).columns.text == ("evidence",)


def test_a_respondents_id_that_never_repeats_keeps_the_rows_apart():
    rows = [[str(n), f"{LONG} {n}"] for n in range(5)]
    assert choose(["Respondent ID", "Why?"], rows).columns.id == "Respondent ID"
    assert choose(["Respondent ID", "Why?"], [*rows, rows[0]]).columns.id == ""
    assert choose(["respondent", "Why?"], rows).columns.id == ""


@pytest.mark.parametrize(
    "header",
    [
        ["id", "document", "tag", "content"],
        ["file", "row", "quote", "start", "end", "code", "polarity"],
        ["Document group", "Document name", "Code", "Begin", "End", "Segment", "Author"],
        ["ID", "Document", "Quotation Content", "Codes", "Comment"],
        ["Files", "Nodes", "Coded text", "Coverage"],
    ],
)
def test_a_table_of_codings_is_no_survey(header):
    with pytest.raises(MalformedTranscript, match="table of codings") as caught:
        columns.refuse_codings(header, TableColumns(), "coded.csv")
    assert "qualcode import-codings coded.csv" in caught.value.hint
    columns.refuse_codings(header, TableColumns(text=("content",)), "coded.csv")


@pytest.mark.parametrize("header", [["id", "source", "comment"], ["code", "What helped?"], ["document", "text"]])
def test_a_survey_is_no_table_of_codings(header):
    columns.refuse_codings(header, TableColumns(), "survey.csv")
