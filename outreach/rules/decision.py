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
    NO_PAY_INSTRUCTION = "no_pay_instruction"
    STATE_COLLECTS = "state_collects"
    TIME_BARRED = "time_barred"

    # the plan
    PLAN_OVER = "plan_over"
    PLAN_RESTS = "plan_rests"

    # the ladder
    TOO_EARLY = "too_early"
    FIRST_CONTACT_FIRST = "first_contact_first"
    LETTER_NOT_SENT = "letter_not_sent"
    HELD_BY_CASEWORKER = "held_by_caseworker"
    NEEDS_CASEWORKER = "needs_caseworker"
    NOT_A_BANK_DAY = "not_a_bank_day"
    NOT_IN_POLICY = "not_in_policy"
    FORBIDDEN_BY_LAW = "forbidden_by_law"
    STATUTORY_RESPITE = "statutory_respite"
    NO_GROUND = "no_ground"
    BELOW_FLOOR = "below_floor"
    NO_BREACH = "no_breach"
    NO_PLAN_OFFERED = "no_plan_offered"
    CHILDREN_FIRST = "children_first"
    FACTS_MISSING = "facts_missing"
    LADDER_ENDED = "ladder_ended"

    # the citizen
    OPTED_OUT = "opted_out"
    FROZEN = "frozen"
    DECEASED = "deceased"
    ADDRESS_PROTECTED = "address_protected"
    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    NUMBER_SHARED = "number_shared"
    NUMBER_DISTRUSTED = "number_distrusted"
    HOUSEHOLD_TODAY = "household_today"  # one voice to a household: the second waits a day
    HOUSEHOLD_TOLD = "household_told"

    # the conversation
    HELD_BY_HUMAN = "held_by_human"
    OWNER_CHANGED = "owner_changed"
    SAID_ALREADY = "said_already"

    # the moment
    OUTSIDE_HOURS = "outside_hours"
    BUDGET_SPENT = "budget_spent"
    CALLED_TODAY = "called_today"
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
    """It may not be done; with `retry_at`, only not yet.

    `basis` names the paragraph or policy line, `step` what was asked for, where it has a name.
    """

    reason: Reason
    retry_at: datetime | None = None
    basis: str = ""
    step: str = ""


type Verdict = Allowed | Refused

ALLOWED = Allowed()
