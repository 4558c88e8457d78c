"""May payment wait (henstand), and may the assistant say so: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from data.values.time import next_bank_day

if TYPE_CHECKING:
    from data.municipalities.policy import Respite


class RespiteRefusal(StrEnum):
    """Why the assistant cannot offer this respite itself."""

    IN_THE_PAST = "in_the_past"
    BEYOND_MANDATE = "beyond_mandate"  # a person may grant it


@dataclass(frozen=True, slots=True)
class RespiteOffer:
    """Payment may wait until and including this bank day."""

    until: date


def may_wait(until: date, policy: Respite, today: date) -> RespiteOffer | RespiteRefusal:
    """Decide whether the assistant may let payment wait until a day the citizen named.

    A day when banks are closed becomes the next bank day, to the citizen's good.
    """
    if until <= today:
        return RespiteRefusal.IN_THE_PAST
    if until > today + timedelta(days=policy.assistant_may_grant_days):
        return RespiteRefusal.BEYOND_MANDATE
    return RespiteOffer(next_bank_day(until))
