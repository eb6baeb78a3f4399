"""What kind of thing the cells of a table's column hold: answers in words, categories, numbers, contact details."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

Kind = Literal["empty", "contact", "flag", "words", "category", "other"]
TOLD: Mapping[Kind, str] = {
    "empty": "nothing in it",
    "contact": "names or contact details",
    "flag": "only 0 and 1",
    "words": "perhaps answers",
    "category": "categories",
    "other": "numbers, dates or keys",
}
MOST_VALUES = 40
CATEGORY_WORDS = 5
LEAST_WORDS = 2.5
"""Mean words of a filled cell from which a column holds answers in words."""
LEAST_WORDS_ASKED = 1.5
"""The same where the column's name is a question and hardly a value comes twice."""
OPTION_TIMES = 3
"""Words that so many rows share letter for letter are an option of the questionnaire, and nobody's own."""
_SAMPLE = 2_000
_NAMED = re.compile(
    r"(?:(?:first|last|full|given|family|recipient|your|contact)?[ _-]*(?:first |last )?names?|surname|forename|"
    r"(?:recipient )?e-?mail(?: ?address)?|(?:tele|mobile )?phone(?: ?number)?|mobile|(?:ip ?|postal )?address|"
    r"post ?code|zip(?: ?code)?|(?:date of birth|birth ?date|dob)|nhs ?(?:number|no\.?)|"
    r"user ?agent|browser|(?:external )?(?:data )?reference|location ?(?:latitude|longitude)|custom data 1|"
    r".*[a-z][ _]names?)",
    re.IGNORECASE,
)
_CODED = re.compile(
    r"(?:(?:sub|primary|second)?[ _-]?(?:code|tag|theme|topic|label|node|categor(?:y|ie)))s?", re.IGNORECASE
)
"""Names of columns whose words are a coder's, and nobody's answers."""
_CONTACT = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|\d{1,3}(?:\.\d{1,3}){3}")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese: about two make a word, and no space parts them."""
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}[:./-]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Content:
    """A column's kind, and how much is in it."""

    kind: Kind
    filled: int
    different: int
    shared: tuple[str, ...] = field(default=(), repr=False)
    """Values that at least two rows share, the commonest first; a few."""


def of(name: str, cells: Sequence[str]) -> Content:
    """What a column holds, by its name and all its cells; their words are looked at in the first 2,000 filled ones."""
    values = Counter(cell.strip() for cell in cells)
    values.pop("", None)
    shared = tuple(value for value, times in values.most_common(5) if times > 1)
    filled = values.total()
    sample = list(islice((cell for cell in cells if cell and not cell.isspace()), _SAMPLE))
    return Content(_kind(name, values, filled, sample), filled, len(values), shared)


def names_people(name: str) -> bool:
    """Whether a column is called as those that hold names and contact details are."""
    return bool(_NAMED.fullmatch(name.strip()))


def words(cell: str) -> int:
    """Words of letters; numbers, keys and addresses are none.

    >>> words("She rang at 9 on 2025-03-06"), words("お茶がおいしい")
    (4, 3)
    """
    spaced = sum(bool(_WORD.fullmatch(token.strip(".,;:!?()[]\"'’‘“”…–-"))) for token in cell.split())
    unspaced = len(_NO_SPACES.findall(cell))
    return max(spaced, unspaced // 2)


def _kind(name: str, values: Counter[str], filled: int, sample: Sequence[str]) -> Kind:
    if not values:
        return "empty"
    if names_people(name) or _most(sample, lambda cell: bool(_CONTACT.fullmatch(cell.strip()))):
        return "contact"
    if set(values) <= {"0", "1"}:
        return "flag"
    options = _options(values, filled)
    mean = sum(map(words, sample)) / len(sample)
    asked = name.rstrip().endswith("?") and len(values) > filled / 2
    # Of a hundred people, ninety write "no" below "Anything else?", and one of the others what matters.
    own = any(times < OPTION_TIMES and words(value) > CATEGORY_WORDS for value, times in values.items())
    spoken = (own or mean >= (LEAST_WORDS_ASKED if asked else LEAST_WORDS)) and not options
    if spoken and not _CODED.fullmatch(name) and not _most(sample, _dated) and (asked or not _most(sample, _titled)):
        return "words"
    if filled > MOST_VALUES // 8 and len(values) > filled / 2 and _most(sample, _titled):
        return "contact"
    if len(values) > max(MOST_VALUES // 8, filled / 2) and _most(sample, _dated):
        return "other"  # when each answer was given: no two people share it
    short = len(values) <= MOST_VALUES and max(len(value.split()) for value in values) <= CATEGORY_WORDS
    # An age has more values than a category may have; but unlike a key it comes back.
    numbers = len(values) <= filled / 2 and all(map(_NUMBER.fullmatch, values))
    return "category" if short or options or numbers else "other"


def _options(values: Counter[str], filled: int) -> bool:
    """Whether the questionnaire gave the values to choose from: they come back letter for letter."""
    if len(values) > MOST_VALUES or filled < OPTION_TIMES * len(values):
        return False
    once = sum(times == 1 for times in values.values())
    long_once = any(len(v.split()) > CATEGORY_WORDS and times < OPTION_TIMES for v, times in values.items())
    return not long_once and once <= len(values) / 5


def _most(sample: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(map(holds, sample)) >= 0.8 * len(sample)


def _titled(cell: str) -> bool:
    """Two to four words with capitals: a person's name, or a place's."""
    parts = cell.split()
    letters = [part for part in parts if part[:1].isalpha()]
    return 2 <= len(letters) <= len(parts) <= 4 and all(part[:1].isupper() for part in letters)


def _dated(cell: str) -> bool:
    return bool(_DATED.search(cell)) and len(cell.split()) <= 7 and words(cell) <= 3
