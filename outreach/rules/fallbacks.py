"""Which way is tried when a first message did not come through (kontaktveje): pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.municipalities.first_contact import Way
from outreach.rules.decision import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from data.municipalities.first_contact import FirstContact

#: How every step of this kind begins on record: `reach_voice:2`, `reach_letter_list`.
PREFIX: Final = "reach_"
#: What stood against a step at the last look, and is asked about before each next one: when it is
#: over, the way is tried after all. For any other reason the way is given up.
MAY_BE_OVER: Final = frozenset(
    {
        Reason.PAID,
        Reason.IN_PLAN,
        Reason.IN_RESPITE,
        Reason.DISPUTED,
        Reason.SHELVED,
        Reason.HANDED_OVER,
        Reason.WRITTEN_OFF,
        Reason.PAUSED,
        Reason.FROZEN,
        Reason.DECEASED,
    }
)
#: What became of a call after which another one, on another day, may reach the citizen.
WORTH_ANOTHER_CALL: Final = frozenset(
    {"busy", "no_answer", "hung_up", "nobody_spoke", "canceled", "outcome_unknown"}
)
#: A text message cannot get there, but a voice can: a landline (fastnettelefon).
ONLY_NO_TEXTS: Final = frozenset({"not_a_mobile", "landline_or_unreachable"})


@dataclass(frozen=True, slots=True)
class Step:
    """One try on one way (forsøg)."""

    way: Way
    #: Which call it is; one for the other ways.
    number: int = 1

    @property
    def name(self) -> str:
        """The step as decisions keep it."""
        counted = f":{self.number}" if self.way is Way.VOICE else ""
        return f"{PREFIX}{self.way.value}{counted}"

    @classmethod
    def parse(cls, name: str) -> Step:
        """Read a step as decisions keep it.

        Raises:
            ValueError: it is none.
        """
        way, _, number = name.removeprefix(PREFIX).partition(":")
        return cls(Way(way), int(number or 1))


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that was tried, or could not be."""

    step: Step
    #: Why nobody was reached: a code of the carrier, or the reason of a refusal.
    because: str

    @property
    def is_worth_another(self) -> bool:
        """Tell whether the same way may succeed on another day."""
        return self.step.way is Way.VOICE and self.because in WORTH_ANOTHER_CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """What a citizen can be reached on, as far as it is on record."""

    has_address: bool
    distrusted: bool = False
    opted_out: bool = False
    protected: bool = False

    def obstacle(self, way: Way) -> Reason | None:
        """Say why this way is not tried, if it is not.

        Who lives at a protected address is not called: others may hear a voicemail.
        Source: domain research §4.3, H2 and H17.
        """
        if way is Way.LETTER_LIST:
            return None
        if way is Way.VOICE and self.protected:
            return Reason.ADDRESS_PROTECTED
        if self.opted_out:
            return Reason.OPTED_OUT
        if not self.has_address:
            return Reason.NUMBER_DISTRUSTED if self.distrusted else Reason.NO_ADDRESS
        return None


def next_step(
    policy: FirstContact, stand_open: Collection[Way], tried: Sequence[Tried]
) -> Step | None:
    """Return what is tried next, in the policy's order; none when there is nothing left.

    The first message is on the list of what was tried, whether it was sent or there was no number.
    """
    for way in policy.channels:
        before = [each for each in tried if each.step.way is way]
        if not before and (way in stand_open or way is Way.LETTER_LIST):
            return Step(way)
        calls = len(before)
        if before and before[-1].is_worth_another and calls < policy.most_calls:
            return Step(way, calls + 1)
    return None
