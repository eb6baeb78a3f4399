"""Words that turn a hit: negation, relief, wish, third parties, yes and no, for spoken British English.

Cues are regular expressions over lower-cased tokens; `*` stands for any ending.
"""

from __future__ import annotations

import re

BREAKS = frozenset({".", "!", "?", ";", ":", "but", "although", "though", "however", "whereas", "except", "yet"})
NEGATIONS = frozenset(
    {
        "not",
        "n't",
        "never",
        "no",
        "none",
        "without",
        "neither",
        "nor",
        "nothing",
        "hardly",
        "nae",
        "wasnae",
        "didnae",
        "isnae",
        "cannae",
        "couldnae",
        "wouldnae",
        "havenae",
    }
)
RELIEF_LEFT = (
    "less",
    "fewer",
    "lighter",
    "reduce*",
    "reducing",
    "alleviat*",
    "eas(?:e|es|ed|ing)",
    "reliev*",
    "relief",
    "lift*",
    "lessen*",
    "overc[oa]m*",
    "stopp?(?:ed|s|ing)?",
    "no longer",
    "used to",
    "break(?:ing|s)? the",
    "broke the",
    "out of the",
    "took away",
    "take away",
    "takes away",
    "combat*",
    "end(?:ed|s|ing)? the",
    "halv*",
    "shar(?:ed|ing|es) the",
    "not (?:so|as)",
    "n't (?:so|as|nearly as|half as|quite so|quite as|that)",
    "not (?:nearly|half|quite) (?:so|as)",
    "nowhere near as",
    "freed? (?:from|of)",
    "less of an?",
    "took (?:some|a lot|most|much) of the",
    "takes (?:some|a lot|most|much|a bit) of the",
    "not .{0,12}any ?more",
    "n't .{0,12}any ?more",
    "got over",
    "behind (?:me|us)",
    "moved past",
    "lost that",
    "lost the",
)
RELIEF_RIGHT = (
    "any ?more",
    "any longer",
    "these days",
    "lift(?:s|ed|ing)",
    "eas(?:es|ed|ing)",
    "lessen*",
    "went away",
    "gone now",
    "has gone",
    "have gone",
    "'s gone",
    "disappear*",
    "melt(?:s|ed)",
    "has stopped",
    "stopped",
    "is less",
    "was less",
    "got less",
    "than (?:i|we|he|she|they|it) (?:was|were|did|used)",
    "than before",
    "now than",
    "got easier",
    "gets easier",
    "is easier",
    "got lighter",
    "feels? lighter",
    "to an end",
    "has lessened",
    "taken (?:off|away)",
    "halved",
    "dropped away",
    "shrank",
)
RELIEF_RIGHT_AFTER_NEGATION = ("any ?more", "any longer", "now", "these days", "no more")
WISH_LEFT = (
    "if",
    "if only",
    "wish(?:ed|es|ing)?",
    "would",
    "'d (?:have|be|like|love|want|give|rather|need)",
    "would've",
    "might",
    "could do with",
    "hope[ds]?",
    "hoping",
    "should (?:be|have)",
    "imagine",
    "suppose",
    "supposing",
    "need(?:s|ed)?",
    "want(?:s|ed)?",
    "in case",
    "afraid of",
    "worr(?:y|ied) (?:about|that)",
    "looking for",
    "crying out for",
    "longed for",
    "ought to",
    "unless",
)
WISH_RIGHT = (
    "would (?:be|have|help|make|mean)",
    "would've",
    "'d (?:be|have been|help|mean)",
    "might (?:have|be|help)",
)

FIRST = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
KIN = {
    "family": (
        "sister",
        "brother",
        "mum",
        "mam",
        "mother",
        "mom",
        "dad",
        "father",
        "husband",
        "wife",
        "partner",
        "nan",
        "gran",
        "grandma",
        "granddad",
        "grandad",
        "grandmother",
        "grandfather",
        "aunt",
        "auntie",
        "uncle",
        "cousin",
        "parents",
        "friend",
        "friends",
        "relatives",
        "relations",
        "relative",
        "family",
        "families",
        "in-laws",
        "mate",
        "mates",
        "neighbour",
        "neighbours",
        "siblings",
        "fella",
        "bloke",
        "mammy",
        "mummy",
        "daddy",
        "niece",
        "nephew",
    ),
    "child": (
        "son",
        "daughter",
        "child",
        "children",
        "kid",
        "kids",
        "boy",
        "girl",
        "lad",
        "bairn",
        "bairns",
        "wean",
        "weans",
        "grandson",
        "granddaughter",
        "grandchildren",
        "grandkids",
        "baby",
        "toddler",
        "teenager",
        "twins",
        "wee one",
    ),
    "supporter": (
        "volunteer",
        "volunteers",
        "supporter",
        "supporters",
        "befriender",
        "befrienders",
        "mentor",
        "mentors",
    ),
    "professional": (
        "nurse",
        "nurses",
        "doctor",
        "doctors",
        "teacher",
        "teachers",
        "worker",
        "workers",
        "staff",
        "facilitator",
        "facilitators",
        "gp",
        "consultant",
    ),
}
HOLDER_OF = {word: holder for holder, words in KIN.items() for word in words}
THIRD = frozenset({"he", "she", "they", "him", "her", "them", "his", "their", "himself", "herself", "themselves"})

YES = re.compile(
    r"^(yes|yeah|yep|yup|aye|yea|definitely|absolutely|very much|oh (?:god |aye |yes)|god (?:yes|aye)|totally|"
    r"a lot|sometimes|often|all the time|always|course|of course|mm+ yeah|i did|i was|we did|it was|it did|"
    r"too right|i'll say|you could say|big time|now and|terribl|dreadful|most days|every day)\b",
    re.IGNORECASE,
)
WEAK_ANSWERS = frozenset(
    {"no", "hardly", "yes", "always", "often", "sometimes", "i did", "i was", "we did", "it was", "it did"}
)
"""Words that answer when they stand alone, and begin any sentence otherwise."""
_AFTER = """
i it we he she they that did didn't was wasn't were have had do don't really at all no not never so much yes
yeah aye very honestly actually thanks thank you a bit the time of course think love pet hen too always
sometimes now ever like well just ken man mate darling dear suppose guess say would wouldn't can't
"""
AFTER_AN_ANSWER = frozenset(_AFTER.split())
"""What may follow a yes or a no without turning it into something else."""
NO = re.compile(
    r"^(no|naw|nah|nope|never|not really|not at all|not especially|not particularly|not so much|hardly|nae|"
    r"not me|not us|i didn't|i wasn't|we didn't|not once|not one bit|can't say|couldn't say|not a bit|not any)\b",
    re.IGNORECASE,
)

UNREPORTED = tuple(
    re.compile(rf"\b(?:{words})\b")
    for words in (
        "no|none|neither|nor|not|never|n't|nothing|few|without|silent|lacks?|lacked|missing|unknown|unclear|whether|outside",
        r"stud(?:y|ies)|papers?|trials?|evaluations?|evaluators?|reports?|reported|data|evidence|authors?|articles?|surveys?|"
        r"questionnaires?|reviews?|reviewers?|research(?:ers)?|records?|documents?|measures?|interview guide|"
        r"monitoring|findings|analysis|outcomes?|publications?|protocol|interviewers?|topic guide|tables?|chapter|"
        r"literature|fieldwork|dataset",
        r"report(?:s|ed|ing)?|measur\w+|ask(?:s|ed|ing)?|look(?:s|ed|ing)?|mention\w*|record(?:s|ed|ing)?|cover(?:s|ed|ing)?|"
        r"assess\w*|examin\w+|collect\w*|includ\w+|stat(?:e|es|ed)|describ\w+|explor\w+|address\w*|discuss\w*|say|says|said|"
        r"document\w*|available|captur\w+|investigat\w+|consider\w*|gather\w*|track\w*|monitor\w*|silent|evidence|data|information|"
        r"scope|rais(?:e|ed)|enquir\w+|inquir\w+|examined|present(?:s|ed)|find|found",
    )
)
"""*No studies reported on ...*: a negation, a report and an act of reporting in one sentence without a speaker in it.
Not reported is neither present nor denied."""
