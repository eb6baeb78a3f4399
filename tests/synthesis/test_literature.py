"""Published programmes and effects: read as they stand, set beside the project's own, never pooled."""

from __future__ import annotations

import pytest

from qualcode.corpus import Programme
from qualcode.errors import ImporterError
from qualcode.synthesis import Literature, literature
from qualcode.synthesis.effects import read_effects

EFFECTS = """outcome,comparison,measure,estimate,ci_low,ci_high,studies,participants,certainty,code,source
low mood,usual_care,SMD,-0.10,-0.32,0.11,8,864,low,distress,R1
coping,usual_care,SMD,0.40,0.10,0.70,3,293,not_stated,,R1
"""


def test_effects_are_read_as_the_review_states_them(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text(EFFECTS, encoding="utf-8")
    first, second = read_effects(path)
    assert (first.estimate, first.ci_low, first.ci_high, first.studies, first.participants) == (
        -0.10,
        -0.32,
        0.11,
        8,
        864,
    )
    assert (first.certainty, first.code, first.source) == ("low", "distress", "R1")
    assert (second.certainty, second.code) == (None, "")


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("-0.32", "low", "must be numbers"),
        ("8,864", "8,many", "must be numbers"),
        ("-0.10,-0.32", "-0.50,-0.32", "outside its interval"),
        ("measure", "kind", "no column 'measure'"),
        ("-0.32", "-inf", "must be finite"),
        ("8,864", "0,864", "at least 1"),
        ("low mood,", ",", "an outcome must be named"),
        ("SMD", "d", "one of SMD, MD"),
    ],
)
def test_a_faulty_table_of_effects_is_refused_with_its_line(tmp_path, old, new, wrong):
    path = tmp_path / "effects.csv"
    path.write_text(EFFECTS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ImporterError, match=wrong) as caught:
        read_effects(path)
    assert str(caught.value).startswith("effects.csv:")


def test_a_missing_folder_or_table_is_empty(tmp_path):
    assert literature.read(tmp_path / "none") == Literature()
    (tmp_path / "effects.csv").write_text(EFFECTS, encoding="utf-8")
    found = literature.read(tmp_path)
    assert (found.programmes, len(found.effects)) == ((), 2)


def test_policies_and_roles_are_not_compared_with_programmes():
    kinds = ["Programme", "policy", "role", None]
    found = Literature(tuple(Programme(str(n), "", {"kind": kind}) for n, kind in enumerate(kinds)))
    assert [programme.id for programme in found.tested] == ["0", "3"]


def test_what_is_not_stated_is_counted_and_never_taken_for_a_no():
    own = [Programme("ours", "", {"training": True, "form": "group", "size": 9})]
    published = [
        Programme("a", "", {"training": True, "form": "group", "aim": "x"}),
        Programme("b", "", {"training": None, "form": "group"}),
        Programme("c", "", {"training": None, "form": "pairs"}),
    ]
    training, form = literature.beside(own, published)
    assert (training.attribute, training.stated, training.values) == ("training", 1, {"yes": 1})
    assert (form.own, form.stated, form.values) == ({"ours": "group"}, 3, {"group": 2})


def test_nothing_published_gives_nothing_to_set_beside():
    assert literature.beside([Programme("ours", "", {"form": "group"})], []) == []
