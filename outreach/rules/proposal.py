"""A way to pay, with what it means (forslag til ordning): the values of a negotiation: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.models.agreements import AgreementKind
from data.values.money import NOTHING, Money
from outreach.rules.instalments import Rate
from outreach.rules.plan_limits import Because
from outreach.rules.terms import Missing
from outreach.rules.wish import Rhythm

#: So many ways are shown at a time; more are hard to choose between.
AT_MOST = 3


class Party(StrEnum):
    """Who negotiates for the municipality."""

    ASSISTANT = "assistant"  # has a mandate: so many months, so many days
    CASEWORKER = "caseworker"  # may soften what the municipality's limits say, with a reason


class Why(StrEnum):
    """Why this proposal: a key of the text catalogue."""

    OWN = "why_own"
    NEAREST_LEAST = "why_nearest_least"
    NEAREST_LONGEST = "why_nearest_longest"
    SOONER = "why_sooner"  # what was wished for begins later than a plan may end
    GENTLER = "why_gentler"
    LATER_START = "why_later_start"
    RESPITE_THEN_ALL = "why_respite_then_all"
    STATUTORY = "why_statutory"


class BreachText(StrEnum):
    """What happens when it is not kept (misligholdelse): a key of the text catalogue."""

    PLAN = "breach_plan"
    RESPITE = "breach_respite"


@dataclass(frozen=True, slots=True)
class OnBreach:
    """What happens when it is not kept, and the way back: bank days, and instalments."""

    text: BreachText
    grace_bank_days: int
    way_back_bank_days: int
    missed_before_breach: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One way to pay, with what it means (forslag); sums in øre."""

    kind: AgreementKind
    why: Why
    total: Money
    #: They add up to the total; none only in a respite the law demands, which has no last day yet.
    rates: tuple[Rate, ...]
    #: The claims in it, in the order money goes to them.
    claims: tuple[str, ...]
    on_breach: OnBreach
    #: How the instalments come back; none where each has a day of its own. A first payment and
    #: sums with days of their own stand before it.
    rhythm: Rhythm | None = None
    #: What interest comes to if it is kept.
    interest: Money = NOTHING
    #: What fees come to if it is kept: none, since nobody is reminded of a plan that is kept.
    fees: Money = NOTHING
    #: Only a person may agree it, and why.
    needs_person: Because | None = None
    #: It goes beyond the municipality's own limits: the caseworker gives a reason.
    beyond_policy: Because | None = None

    @property
    def last_on(self) -> date | None:
        """The day of the last instalment."""
        return self.rates[-1].due_on if self.rates else None

    @property
    def largest(self) -> Money:
        """The most it asks for on one day."""
        return max((rate.amount for rate in self.rates), default=NOTHING)


@dataclass(frozen=True, slots=True)
class Left:
    """A claim that is left to a person, and why."""

    ref: str
    because: Because


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What came of it: proposals, or what to ask for, or why there is none."""

    #: At most three, the citizen's own or what is nearest to it first.
    proposals: tuple[Proposal, ...] = ()
    #: Why the citizen's own is not among them.
    refused: Because | None = None
    missing: Missing | None = None
    left: tuple[Left, ...] = ()
