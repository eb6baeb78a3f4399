"""Candidate themes among segments that no code covers: BERTopic (Grootendorst, 2022) over given vectors.

PCA and k-means, since density clustering after PCA collapses into one giant topic, and on a few hundred segments
calls most of them outliers. A candidate must be said by several people; what a topic means is for people to say.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.coding import Theme
from qualcode.corpus import Segment

LEAST_SEGMENTS = 30
"""Fewer uncovered segments make no topics worth reading."""
LEAST_WORDS = 5
LEAST_CASES = 3
MOST_OF_ONE_CASE = 0.5
LEAST_EFFECTIVE_CASES = 3.0
LABEL_WORDS = 5
CENTRAL = 5


@dataclass(frozen=True, slots=True)
class Discovery:
    """Candidates, strongest first, or why there are none."""

    themes: tuple[Theme, ...]
    reason: str
    segments: int
    """Uncovered segments that were looked at."""
    set_aside: int = 0
    """Clusters that too few people stood behind, or that held together no better than chance."""


def discover(
    segments: Sequence[Segment],
    vectors: NDArray[np.float32],
    *,
    programmes: Mapping[str, str],
    prototypes: Mapping[str, NDArray[np.float32]],
    seed: int,
    most: int = 10,
) -> Discovery:
    """Look for themes.

    Args:
        segments: uncovered segments, in any order.
        vectors: shape (len(segments), d), unit rows.
        programmes: programme of each segment, by id.
        prototypes: unit vector of each code, so that a candidate near one is named as its missed instances.
        seed: for k-means.
        most: at most so many candidates.
    """
    long_enough = [i for i, segment in enumerate(segments) if len(segment.text.split()) >= LEAST_WORDS]
    kept = [segments[i] for i in long_enough]
    if len(kept) < LEAST_SEGMENTS:
        return Discovery(
            (),
            f"only {len(kept)} uncovered segments of {LEAST_WORDS} words or more (needs {LEAST_SEGMENTS})",
            len(kept),
        )
    own = vectors[long_enough]
    clusters = min(40, max(4, round(math.sqrt(len(kept)))))
    topics, words = _topics([segment.text for segment in kept], own, clusters, seed)
    least = max(4, min(10, len(kept) // 40))
    ambient = float((own @ _unit(own.mean(axis=0))).mean())
    members: dict[int, list[int]] = defaultdict(list)
    for index, topic in enumerate(topics):
        members[topic].append(index)
    found: list[tuple[float, Theme]] = []
    for topic, indices in members.items():
        centre = _unit(own[indices].mean(axis=0))
        closeness = own[indices] @ centre
        who = Counter(kept[i].case or kept[i].transcript for i in indices)
        top, effective = who.most_common(1)[0][1] / len(indices), _effective(who)
        if (
            len(indices) < least
            or len(who) < LEAST_CASES
            or top > MOST_OF_ONE_CASE
            or effective < LEAST_EFFECTIVE_CASES
            or float(closeness.mean()) <= ambient
            or not words.get(topic)
        ):
            continue
        order = [indices[i] for i in np.argsort(-closeness, kind="stable")]
        nearest, similarity = _nearest(centre, prototypes)
        theme = Theme(
            id="",
            label=tuple(words[topic]),
            segments=tuple(kept[i].id for i in order),
            central=_spread(order, kept),
            cases=len(who),
            programmes=dict(Counter(programmes.get(kept[i].id) or "not stated" for i in indices)),
            top_case_share=top,
            nearest_code=nearest,
            similarity=similarity,
        )
        found.append((float(closeness.mean()) * math.log(1 + len(who)), theme))
    found.sort(key=lambda item: (-item[0], item[1].segments))
    set_aside = len(members) - len(found)
    if not found:
        return Discovery((), f"{len(members)} clusters, none of which enough people stand behind", len(kept), set_aside)
    return Discovery(tuple(theme for _, theme in found[:most]), "", len(kept), set_aside)


def _topics(
    texts: list[str], vectors: NDArray[np.float32], clusters: int, seed: int
) -> tuple[list[int], dict[int, list[str]]]:
    from bertopic import BERTopic
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.feature_extraction.text import CountVectorizer

    logging.getLogger("BERTopic").setLevel(logging.ERROR)
    model = BERTopic(
        embedding_model=None,
        umap_model=PCA(n_components=min(50, len(texts) - 1, vectors.shape[1]), random_state=seed),
        hdbscan_model=KMeans(n_clusters=clusters, n_init=10, random_state=seed),
        vectorizer_model=CountVectorizer(
            stop_words=sorted(nlp.function_words()), token_pattern=r"(?u)\b[^\W\d_]{3,}\b", min_df=1
        ),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        top_n_words=LABEL_WORDS,
        calculate_probabilities=False,
        verbose=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        topics, _ = model.fit_transform(texts, vectors)
    words = {int(topic): [word for word, _ in pairs if word] for topic, pairs in model.get_topics().items() if pairs}
    return [int(topic) for topic in topics], words


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _effective(who: Counter[str]) -> float:
    """Effective number of participants: inverse Simpson index (Hill, 1973)."""
    total = sum(who.values())
    return 1 / sum((count / total) ** 2 for count in who.values())


def _nearest(centre: NDArray[np.float32], prototypes: Mapping[str, NDArray[np.float32]]) -> tuple[str, float]:
    if not prototypes:
        return "", 0.0
    similarity, code = max((float(centre @ prototype), code) for code, prototype in prototypes.items())
    return code, similarity


def _spread(order: Sequence[int], kept: Sequence[Segment]) -> tuple[str, ...]:
    """The most central segments, one a person before anybody's second."""
    taken: list[str] = []
    seen: Counter[str] = Counter()
    for most_of_one in (1, 2, CENTRAL):
        for index in order:
            person = kept[index].case or kept[index].transcript
            if len(taken) < CENTRAL and kept[index].id not in taken and seen[person] < most_of_one:
                taken.append(kept[index].id)
                seen[person] += 1
    return tuple(taken)
