"""One line drawn between each intent and all others, and how sure that makes us."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

STEEPNESS = 3.0
"""How fast sureness grows with the distance from the lines (measured: docs/nlu.md)."""


class Separators:
    """A linear support vector machine for each intent against the rest.

    It learns faster than logistic regression, and understands more of what it has not seen.
    """

    def __init__(self, slack: float) -> None:
        """Let this much `slack` (C) be worth drawing a crooked line for."""
        self.slack = slack
        self.intents: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._offsets = np.zeros(0, dtype=np.float32)

    def fit(self, numbers: csr_matrix, intents: Sequence[str]) -> None:
        """Draw the lines between the training examples."""
        machine = LinearSVC(C=self.slack, random_state=1).fit(numbers, intents)
        self.intents = [str(name) for name in machine.classes_]
        weights, offsets = machine.coef_, machine.intercept_
        if len(weights) == 1:  # of two intents, one line tells both
            weights, offsets = np.vstack([-weights, weights]), np.append(-offsets, offsets)
        self._weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        self._offsets = offsets.astype(np.float32)

    def chances(self, numbers: csr_matrix) -> list[dict[str, float]]:
        """Give each message's chance of each intent, of one together."""
        heights = STEEPNESS * (numbers @ self._weights + self._offsets)
        heights -= heights.max(axis=1, keepdims=True)
        shares = np.exp(heights)
        shares /= shares.sum(axis=1, keepdims=True)
        return [dict(zip(self.intents, map(float, row), strict=True)) for row in shares]
