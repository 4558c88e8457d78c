"""What the classifier looks at: pieces of words, words, and (with e5) the sentence."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from dialogues.components.normalizer import Normalizer, fold
from dialogues.components.vectors import SentenceVectors

WHOLE_WORD = r"(?u)\b\w+\b"  # one letter is a word: Danish `i` and `å`
WORD_WEIGHT = 1.5
"""How much words and pairs of words count beside pieces of words (measured: docs/nlu.md)."""

LONGEST_MESSAGE = 2_000
"""Characters that are read; an SMS has at most 1600."""


class Features:
    """Turns spelled messages into numbers."""

    def __init__(self, normalizer: Normalizer, e5_weight: float | None) -> None:
        """Use this spelling, and sentence vectors unless their weight is `None`."""
        self.normalizer = normalizer
        self.pieces = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
        )
        self.words = TfidfVectorizer(
            token_pattern=WHOLE_WORD, ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32
        )
        self.vectors = None if e5_weight is None else SentenceVectors(e5_weight)

    def spell(self, text: str) -> str:
        """Repair the spelling of as much of a message as is read."""
        return self.normalizer.text(text[:LONGEST_MESSAGE])

    def known_words(self, spelled: str) -> int:
        """Count the different words of a message that the examples know."""
        return len(self.normalizer.counts.keys() & set(spelled.split()))

    def fit_transform(self, spelled: Sequence[str]) -> csr_matrix:
        """Learn from the training examples, and give their numbers."""
        folded = [fold(text) for text in spelled]
        parts = [
            self.pieces.fit_transform(folded),
            WORD_WEIGHT * self.words.fit_transform(folded),
        ]
        if self.vectors is not None:
            parts.append(csr_matrix(self.vectors.fit_transform(spelled)))
        return hstack(parts).tocsr()

    def transform(self, spelled: Sequence[str]) -> csr_matrix:
        """Give the numbers of new messages."""
        folded = [fold(text) for text in spelled]
        parts = [self.pieces.transform(folded), WORD_WEIGHT * self.words.transform(folded)]
        if self.vectors is not None:
            parts.append(csr_matrix(self.vectors.transform(spelled)))
        return hstack(parts).tocsr()
