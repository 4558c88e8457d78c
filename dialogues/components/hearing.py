"""What is heard in a message: in doubt about a hard case, the hard case (hård sag)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.exceptions import RasaException

HARD = "hard_"
BEHIND = 0.99
"""So near to the first that the citizen is asked rather than guessed at."""

Chances = dict[str, float]


class CautionError(RasaException):
    """`cautious` in config.yml names what has no examples, or a chance that is none."""

    def __init__(self, intent: str, least: object) -> None:
        """Say which intent, and what was asked of it."""
        super().__init__(
            f"config.yml has `cautious: {{{intent}: {least}}}` for HybridIntentClassifier. It must "
            "name an intent of dialogues/nlu or the beginning of some, and a confidence above 0 "
            "and at most 1."
        )


def check_caution(cautious: Mapping[str, float], intents: Collection[str]) -> None:
    """Raise when `cautious` names what no intent begins with, or a chance that is none."""
    for beginning, least in cautious.items():
        if not any(name.startswith(beginning) for name in intents) or not 0 < least <= 1:
            raise CautionError(beginning, least)


def prefer(chances: Mapping[str, float], cautious: Mapping[str, float]) -> Chances:
    """Put a cautious intent first, past every doubt, when enough speaks for it.

    `cautious` has the least chance of each, or by their beginning (`hard_`) of several together.
    The first then takes two thirds of what all others have, so that `FallbackClassifier` lets it
    pass; the others keep their order. When too little speaks for any, none of them is first.
    """
    reached = {
        name
        for beginning, least in cautious.items()
        if sum(_chance for name, _chance in chances.items() if name.startswith(beginning)) >= least
        for name in chances
        if name.startswith(beginning)
    }
    if not reached:
        return doubt(chances, tuple(cautious))
    first = max(reached, key=lambda name: chances[name])
    return {name: (2 * (name == first) + chance) / 3 for name, chance in chances.items()}


def doubt(chances: Mapping[str, float], beginnings: tuple[str, ...]) -> Chances:
    """Put the intents with these beginnings behind the likeliest of the others."""
    doubted = [name for name in chances if name.startswith(beginnings)]
    others = [chance for name, chance in chances.items() if name not in doubted]
    likeliest = max((chances[name] for name in doubted), default=0.0)
    if not others or likeliest < max(others):
        return dict(chances)
    scale = BEHIND * max(others) / likeliest
    return {name: chance * (scale if name in doubted else 1.0) for name, chance in chances.items()}


def best(chances: Mapping[str, float]) -> str:
    """Give the likeliest intent."""
    return max(chances, key=lambda name: chances[name])


@dataclass(frozen=True)
class Ear:
    """Weighs a whole message with its parts.

    `cautious` is as in `prefer`, for the whole; `sure` is the confidence from which a part is heard
    by itself, `sure_hard` the one from which a hard case in a part is. `asides` are intents that
    are never another question. Below `clear`, or nearer than `gap`, the whole is not clear.
    """

    cautious: Mapping[str, float]
    sure: float
    sure_hard: float
    asides: Collection[str]
    clear: float
    gap: float

    def weigh(self, whole: Chances, parts: Sequence[Chances]) -> tuple[Chances, Chances]:
        """Give the message's chances, and the other intents said in its parts, in their order."""
        chances = prefer(whole, self.cautious)
        heard = self._heard(parts)
        hard = [name for name in heard if name.startswith(HARD)]
        if hard and not best(chances).startswith(HARD):
            chances = prefer(chances, {max(hard, key=lambda name: heard[name]): 1e-9})
        elif len(heard) > 1 and not self._is_clear(chances):
            chances = prefer(chances, {max(heard, key=lambda name: chances[name]): 1e-9})
        main = best(chances)
        return chances, {name: chance for name, chance in heard.items() if name != main}

    def _heard(self, parts: Sequence[Chances]) -> Chances:
        heard: Chances = {}
        for chances in parts:
            name = best(chances)
            least = self.sure_hard if name.startswith(HARD) else self.sure
            if chances[name] >= least and name not in self.asides:
                heard[name] = max(chances[name], heard.get(name, 0.0))
        return heard

    def _is_clear(self, chances: Chances) -> bool:
        first, second, *_ = sorted((*chances.values(), 0.0), reverse=True)
        return first >= self.clear and first - second >= self.gap


def rank(chances: Mapping[str, float]) -> list[dict[str, Any]]:
    """Write chances as Rasa does, the likeliest first."""
    ranked = sorted(chances.items(), key=lambda found: -found[1])
    return [{"name": name, "confidence": chance} for name, chance in ranked]
