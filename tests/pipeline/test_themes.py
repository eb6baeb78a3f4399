"""Candidate themes: enough text, several people, the same again."""

from __future__ import annotations

import pytest

from qualcode.errors import NotEnoughData
from qualcode.pipeline import exporting
from qualcode.pipeline.theming import themes
from qualcode.store import events
from qualcode.store import themes as stored
from tests.invented import P01, tables

PARKING = (
    "The car park was full every {day} and I drove round it looking for a space to park.",
    "I paid for the parking machine with coins on {day} and the ticket blew off the car.",
    "Parking on the {day} cost more than petrol, and the car park barrier stuck again.",
)
FOOD = (
    "The soup at lunch on {day} was thick with barley and the bread was warm from the oven.",
    "We ate cake and sandwiches on {day} and the soup came round in a big pan for lunch.",
    "Lunch on {day} was bread and cheese, and cake after, with soup for those who wanted.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.fixture
def talkative(make):
    rows = [
        f'{number},S{number % 8},{"north" if number % 2 else "south"},"{text.format(day=day)}"'
        for number, (day, text) in enumerate((day, text) for day in DAYS for text in (*PARKING, *FOOD))
    ]
    return make({"survey.csv": "id,respondent,programme,comment\n" + "\n".join(rows) + "\n"}, tag=True)


def test_themes_are_found_among_what_no_code_covers_and_again_nothing_changes(talkative, vectors) -> None:
    found = themes(talkative, vectors=vectors)
    assert found.anew
    assert found.themes, found.reason
    labels = [set(theme.label) for theme in found.themes]
    assert any({"parking", "park", "car"} & label for label in labels)
    assert any({"soup", "lunch", "bread"} & label for label in labels)
    frame = talkative.codings()
    for theme in found.themes:
        assert theme.cases >= 3
        assert theme.top_case_share <= 0.5
        assert set(theme.central) <= set(theme.segments)
        assert not set(theme.segments) & set(frame["segment"])
        assert sum(theme.programmes.values()) == len(theme.segments)
    before = tables(talkative.store.path)
    again = themes(talkative, vectors=vectors)
    assert not again.anew
    assert again.themes == found.themes
    assert tables(talkative.store.path) == before
    quotes = exporting.bundle(talkative).themes
    assert [len(entry.quotes) for entry in quotes] == [len(theme.central) for theme in found.themes]


def test_too_little_text_gives_no_theme_and_says_why(make, vectors) -> None:
    project = make({"P01.txt": P01}, tag=True)
    found = themes(project, vectors=vectors)
    assert found.themes == ()
    assert "needs 30" in found.reason
    with project.store.reading() as connection:
        assert stored.latest(connection)[0]
        assert events.all_events(connection)[-1].kind == "themes"
    assert not themes(project, vectors=vectors).anew


def test_themes_before_tags_are_refused(make) -> None:
    with pytest.raises(NotEnoughData, match="nothing has been tagged"):
        themes(make({"P01.txt": P01}))
