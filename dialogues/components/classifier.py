"""What a message means: words, pieces of words and a sentence vector, weighed together."""

import re
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from dialogues.components.features import Features
from dialogues.components.hearing import HARD, Chances, Ear, check_caution, doubt, rank
from dialogues.components.normalizer import Normalizer
from dialogues.components.parts import split_parts
from dialogues.components.separators import Separators
from dialogues.components.vectors import require_vectors

STATE_FILE = "hybrid.joblib"
RANKING_LENGTH = 10
ENOUGH_WORDS = 2
"""Words the examples know: below that a hard case is guesswork ("er", a thousand times "a").

Single words that are plain enough are heard by the app's own rules, before Rasa is asked.
"""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(IntentClassifier, GraphComponent):
    """Names a message's intent by `Separators` between `Features`, and what else it asks.

    Rasa wires its graph by the annotations and argument names of the methods below, so
    `training_data: TrainingData` and `messages: list[Message]` must stay as written.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Sentence vectors on, and nothing special: see docs/nlu.md for what each means."""
        return {
            "e5": True,
            "e5_weight": 1.5,
            "C": 1.0,
            "never": {},
            "cautious": {},
            "sure": 1.0,
            "sure_hard": 1.0,
            "asides": [],
            "clear": 0.0,
            "gap": 0.0,
        }

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
            classifier.features, classifier.separators = joblib.load(directory / STATE_FILE)
        return classifier

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Refuse to start when the config asks for what is not installed."""
        self.config = {**self.get_default_config(), **config}
        if self.config["e5"]:
            require_vectors()
        self._never = {name: re.compile(words) for name, words in self.config["never"].items()}
        ear = ("cautious", "sure", "sure_hard", "asides", "clear", "gap")
        self._ear = Ear(**{name: self.config[name] for name in ear})
        self._model_storage = model_storage
        self._resource = resource
        self.features: Features | None = None
        self.separators: Separators | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples in `dialogues/nlu`, and keep it in the model."""
        examples = training_data.intent_examples
        intents = [example.get(INTENT) for example in examples]
        check_caution(self.config["cautious"], set(intents))
        self.learn([example.get(TEXT) for example in examples], intents)
        self.persist()
        return self._resource

    def learn(self, texts: list[str], intents: list[str]) -> None:
        """Learn what each of some texts means."""
        self.features = Features(
            Normalizer.learn(texts), self.config["e5_weight"] if self.config["e5"] else None
        )
        self.separators = Separators(self.config["C"])
        spelled = [self.features.spell(text) for text in texts]
        self.separators.fit(self.features.fit_transform(spelled), intents)

    def persist(self) -> None:
        """Write what was learnt into the model."""
        with self._model_storage.write_to(self._resource) as directory:
            joblib.dump((self.features, self.separators), directory / STATE_FILE)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent, the ranking and `also`, the other questions, of each message."""
        for message in messages:
            chances, also = self.hear(message.get(TEXT) or "")
            ranking = rank(chances)
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", best, add_to_output=True)
            message.set("intent_ranking", ranking[:RANKING_LENGTH], add_to_output=True)
            others = [{"name": name, "confidence": chance} for name, chance in also.items()]
            message.set("also", others, add_to_output=True)
        return messages

    def hear(self, text: str) -> tuple[Chances, Chances]:
        """Give the chances of what a message means, and what else is asked in its parts."""
        if self.features is None or self.separators is None or not text.strip():
            return {}, {}
        spelled = [self.features.spell(part) for part in (text, *split_parts(text))]
        numbers = self.features.transform(spelled)
        whole, *parts = map(self._vetoed, spelled, self.separators.chances(numbers))
        if self.features.known_words(spelled[0]) < ENOUGH_WORDS:
            return doubt(whole, (HARD,)), {}
        return self._ear.weigh(whole, parts)

    def _vetoed(self, spelled: str, chances: Chances) -> Chances:
        """Take away intents that never go with a word of the message (`never` in config.yml)."""
        vetoed = {name for name, words in self._never.items() if words.search(spelled)}
        return {name: 0.0 if name in vetoed else chance for name, chance in chances.items()}
