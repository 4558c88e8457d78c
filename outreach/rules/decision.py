"""What a rule answers: allowed, or refused with a reason and, where it helps, when to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why something is not done (begrundelse); stored as it stands here, shown in words."""

    # the claim
    PAID = "paid"
    NO_CLAIM = "no_claim"  # nothing on record that the message is about
    NO_BILL = "no_bill"
    NOT_DUE_YET = "not_due_yet"
    PAYMENTS_NOT_COVERED = "payments_not_covered"
    IN_PLAN = "in_plan"
    IN_RESPITE = "in_respite"
    DISPUTED = "disputed"
    SHELVED = "shelved"
    HANDED_OVER = "handed_over"
    WRITTEN_OFF = "written_off"
    PAUSED = "paused"
    EXCLUDED_TYPE = "excluded_type"
    SENSITIVE_TYPE = "sensitive_type"
    ALREADY_DONE = "already_done"

    # the citizen
    OPTED_OUT = "opted_out"
    FROZEN = "frozen"
    DECEASED = "deceased"
    ADDRESS_PROTECTED = "address_protected"
    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    NUMBER_SHARED = "number_shared"
    NUMBER_DISTRUSTED = "number_distrusted"

    # the conversation
    HELD_BY_HUMAN = "held_by_human"
    OWNER_CHANGED = "owner_changed"

    # the moment
    OUTSIDE_HOURS = "outside_hours"
    BUDGET_SPENT = "budget_spent"
    USELESS_NOW = "useless_now"

    # what a citizen asks for
    ABOVE_MANDATE = "above_mandate"
    TOO_SMALL = "too_small"
    TOO_LONG = "too_long"
    IN_THE_PAST = "in_the_past"
    NOT_IDENTIFIED = "not_identified"
    NOTHING_OWED = "nothing_owed"


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done, now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be done; with `retry_at`, only not yet."""

    reason: Reason
    retry_at: datetime | None = None


type Verdict = Allowed | Refused

ALLOWED = Allowed()
