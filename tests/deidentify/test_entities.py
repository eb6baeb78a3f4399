"""Who is who, and what stands for them; everybody is invented."""

from __future__ import annotations

import re

import pytest

from qualcode.deidentify.entities import Who, entities
from qualcode.deidentify.mentions import Identity, Mention
from qualcode.deidentify.pseudonyms import generic, pseudonyms
from qualcode.errors import ProjectError

KEY = b"a key of the tests"


def _who(*names: str, identities: tuple[Identity, ...] = (), kind: str = "person") -> Who:
    texts = {f"t{n}": name for n, name in enumerate(names)}
    mentions = {id_: [Mention(0, len(text), kind, "names")] for id_, text in texts.items()}  # type: ignore[arg-type]
    return entities(texts, mentions, identities)


def _together(*names: str, identities: tuple[Identity, ...] = ()) -> list[set[str]]:
    who = _who(*names, identities=identities)
    return [{names[int(id_[1:])] for (id_, _), of in who.of.items() if of == entity} for entity in who.entities]


def test_the_names_of_one_person_come_together_whatever_the_order() -> None:
    names = ("Gwilym Prosser", "Gwilym", "Mr Prosser", "gwilym's", "GWILYM  PROSSER’s", "Prosser", "Gwilym P.")
    assert _together(*names) == [set(names)]
    assert _together(*reversed(names)) == [set(names)]


def test_a_given_name_that_two_have_stays_apart_and_is_told() -> None:
    who = _who("Sarah Okoro", "Sarah Lund", "Sarah")
    assert len(who.entities) == 3
    assert [entity.key for entity in who.entities if entity.ambiguous] == ["sarah"]


def test_mr_and_mrs_are_two_and_neither_takes_the_others_given_name() -> None:
    who = _who("Mr Lund", "Mrs Lund", "Sarah Lund")
    assert len(who.entities) == 3
    assert _together("Mrs Sarah Lund", "Mrs Lund", "Mr Lund") == [{"Mr Lund"}, {"Mrs Sarah Lund", "Mrs Lund"}]


def test_the_list_brings_together_what_no_rule_could() -> None:
    both = Identity(("Daniel Lund", "Danny"), "person", case="P01")
    assert _together("Danny", "Daniel", identities=(both,)) == [{"Danny", "Daniel"}]
    assert len(_together("Danny", "Daniel")) == 2


def test_a_name_that_two_rows_of_the_list_have_is_nobodys() -> None:
    rows = (Identity(("Sarah Okoro", "Sarah"), "person"), Identity(("Sarah Lund", "Sarah"), "person"))
    (entity,) = _who("Sarah", identities=rows).entities
    assert entity.ambiguous
    assert entity.identity is None


def test_places_come_together_by_their_name() -> None:
    assert len(_who("Fenby Ward", "fenby  ward", "Hull", kind="place").entities) == 2


def test_nobodys_name_stands_in_a_repr() -> None:
    who = _who("Gwilym Prosser", identities=(Identity(("Gwilym Prosser",), "person", "Aled"),))
    assert not re.search("gwilym|prosser|aled", repr(who) + repr(who.entities[0]), re.IGNORECASE)


def test_pseudonyms_are_the_same_for_the_same_name_and_key() -> None:
    people = _who("Gwilym Prosser", "Nesta", "Huw").entities
    made = pseudonyms(people, KEY)
    assert pseudonyms(tuple(reversed(people)), KEY) == made
    assert len(set(made.values())) == 3
    assert all(re.fullmatch("[A-Z][a-z]{2,}", name) for name in made.values())
    assert set(pseudonyms(people, b"another").values()).isdisjoint(made.values())
    (nesta,) = _who("Nesta").entities
    assert pseudonyms([nesta], KEY)[nesta] in made.values()


def test_a_word_of_the_corpus_is_never_a_pseudonym() -> None:
    (nesta,) = _who("Nesta").entities
    first = pseudonyms([nesta], KEY)[nesta]
    assert pseudonyms([nesta], KEY, taken={first.lower()})[nesta] != first


def test_what_stood_before_stays_when_the_full_name_comes_to_light() -> None:
    (before,) = _who("Gwilym").entities
    stood = pseudonyms([before], KEY)[before]
    (after,) = _who("Gwilym", "Gwilym Prosser").entities
    assert pseudonyms([after], KEY, reserved={"gwilym": stood})[after] == stood
    (other,) = _who("Nesta").entities
    assert pseudonyms([other], KEY, reserved={"gwilym": pseudonyms([other], KEY)[other]})[other] != stood


def test_three_thousand_people_have_three_thousand_names() -> None:
    many = _who(
        *(f"Person{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(3000))
    ).entities
    assert len(set(pseudonyms(many, KEY).values())) == len(many) == 3000


def test_a_pseudonym_that_is_somebodys_name_is_refused_by_its_row_and_not_by_the_name() -> None:
    rows = (Identity(("Huw",), "person", "Aled"), Identity(("Nesta",), "person", "Gwilym"))
    with pytest.raises(ProjectError, match="row 2") as error:
        pseudonyms(_who("Nesta", "Huw", "Gwilym", identities=rows).entities, KEY)
    assert "wilym" not in str(error.value) + error.value.hint


def test_one_pseudonym_for_two_is_refused() -> None:
    rows = (Identity(("Huw",), "person", "Aled"), Identity(("Nesta",), "person", "aled"))
    with pytest.raises(ProjectError, match="row 2: has the pseudonym of row 1"):
        pseudonyms(_who("Nesta", "Huw", identities=rows).entities, KEY)


def test_other_things_are_called_by_their_kind() -> None:
    assert generic(Mention(0, 1, "place", "names", generic="a hospital")) == "a hospital"
    assert generic(Mention(0, 1, "email", "patterns")) == "e-mail address"
    assert generic(Mention(0, 1, "nhs_number", "patterns")) == "NHS number"
