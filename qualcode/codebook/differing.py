"""What in a code's entry has changed its meaning."""

from __future__ import annotations

from qualcode.codebook.codes import Code

_SHOWN = ("label", "brief", "definition", "parent")
_LISTS = {
    "when_to_use": "when to use",
    "when_not_to_use": "when not to use",
    "examples": "examples",
    "near_misses": "near misses",
}


def differences(then: Code, now: Code) -> list[str]:
    """What differs, a phrase each: texts of the codebook's author as they were and are, lists by their counts.

    Examples may be participants' words, so they are counted and not shown.
    """
    found = [
        f"{name}: {getattr(then, name) or 'none'!r} -> {getattr(now, name) or 'none'!r}"
        for name in _SHOWN
        if getattr(then, name) != getattr(now, name)
    ]
    for name, words in _LISTS.items():
        old, new = list(getattr(then, name)), list(getattr(now, name))
        if old != new:
            gone, come = sum(one not in new for one in old), sum(one not in old for one in new)
            found.append(f"{words}: {gone} taken out, {come} put in" if gone or come else f"{words}: in another order")
    if then.codable != now.codable:
        found.append(f"codable: {then.codable} -> {now.codable}")
    return found
