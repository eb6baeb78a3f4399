"""Is it an everyday word? A capital in mid-sentence on one that is none makes a name."""

from __future__ import annotations

import functools
import re

from qualcode import nlp

_ENDINGS = (
    ("ies", "y"), ("es", ""), ("s", ""),
    ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("in", "ing"),
    ("er", ""), ("er", "e"), ("ier", "y"), ("est", ""), ("est", "e"), ("iest", "y"), ("ly", ""), ("ness", ""),
)  # fmt: skip
_CLOSED = frozenset(
    """
    and or but nor the a an this that these those i you he she it we they me him her us them my your his its
    our their mine yours hers ours theirs who whom whose which what where when why how if because although
    though unless until while whilst since whereas of in on at by for with from to into onto over under
    between among through about against during before after above below than as not no yes don't can't won't
    would could should may might must shall will everybody everyone everything everywhere somebody someone
    something somewhere nobody none anybody anyone anything anywhere whoever whatever whichever wherever
    whenever another each every either neither both all some any many much few several such hers himself
    herself themselves myself yourself ourselves itself theirselves hisself meself gonna wanna gotta kinda
    sorta dunno innit summat owt nowt mebbe allus nobbut ain't y'know d'you cos cause wi tae nae cannae didnae
    couldnae wouldnae dinnae wasnae isnae havenae doesnae shouldnae nay aught naught abeg wallahi inshallah
    mashallah alhamdulillah thon wheen youse yous yas youze em ye ya thirdly fourthly fifthly okay aye nah naw
    later dont cant wont im ive didnt doesnt isnt wasnt couldnt wouldnt thats theres whats thankyou alot
    """.split()  # noqa: SIM905
)


def closed(low: str) -> bool:
    """Whether a word in lower case only joins others, or fills a pause: no name is made of it."""
    return low in _CLOSED or low in nlp.function_words()


@functools.lru_cache(maxsize=100_000)
def ordinary(word: str) -> bool:
    """Whether a word, in any case, is an everyday English word or an inflected form of one.

    WordNet also knows famous names: *bristol* and *mary* pass for ordinary here.

    >>> ordinary("Holidays"), ordinary("Gwilym")
    (True, False)
    """
    low = word.lower()
    if closed(low) or low in nlp.lexicon():
        return True
    if "'" in low:
        return ordinary(low.split("'")[0]) if low.split("'")[0] else True
    if "-" in low:
        return all(ordinary(part) for part in low.split("-") if part)
    words = nlp.lexicon()
    for ending, base in _ENDINGS:
        if low.endswith(ending) and len(low) > len(ending) + 1:
            stem = low[: -len(ending)] + base
            if stem in words or (not base and re.search(r"(.)\1$", stem) and stem[:-1] in words):
                return True
    return False
