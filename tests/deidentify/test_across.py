"""A name that one text vouches for is found in the others."""

from __future__ import annotations

from qualcode.deidentify.across import across
from qualcode.deidentify.mentions import Mention


def _kinds(text: str, mentions: list[Mention]) -> list[tuple[str, bool]]:
    return [(text[one.start : one.end], one.suspected) for one in mentions]


def test_parts_of_a_name_are_sure_elsewhere_and_everyday_words_are_suspected() -> None:
    texts = {"a": "I met Gwilym Hope.", "b": "Gwilym came. Hope is all. We hope. gwilym. That Hope. Gwilym's boat."}
    found = across(texts, {"a": [Mention(6, 17, "person", "names")], "b": []})
    assert _kinds(texts["a"], found["a"]) == [("Gwilym Hope", False)]
    assert _kinds(texts["b"], found["b"]) == [("Gwilym", False), ("Hope", True), ("Hope", False), ("Gwilym", False)]


def test_what_is_kept_or_only_suspected_vouches_for_nobody() -> None:
    texts = {"a": "Lantern and Zadie", "b": "Lantern or Zadie"}
    mentions = [Mention(0, 7, "person", "names"), Mention(12, 17, "person", "names", suspected=True)]
    assert across(texts, {"a": mentions, "b": []}, keep=["lantern"])["b"] == []
