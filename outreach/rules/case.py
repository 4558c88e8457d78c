"""A case (sag): everything a rule may know of one claim, its debtors and what was done so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Fact, Ground
from data.values.money import NOTHING, Money

ALL_STEPS: Final = "all"


@dataclass(frozen=True, slots=True)
class Word:
    """A caseworker's word on a step (skøn); `step` as in `Taken`, or `all`."""

    step: str
    effect: Effect
    until: date | None = None
    ground: Ground | None = None
    facts: frozenset[Fact] = frozenset()
    said_on: date | None = None

    def holds_on(self, step: str, today: date) -> bool:
        """Tell whether it speaks of this step on this day."""
        in_time = self.until is None or today <= self.until
        return in_time and self.step in {step, ALL_STEPS}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: `reminder:2`, `notice:1`, `hand_over:1`.

    `pay_by` is none until every debtor's letter about it has left.
    """

    step: str
    on: date
    pay_by: date | None = None
    fee: Money = NOTHING
    offered_plan: bool = False
    gave_notice: bool = False


@dataclass(frozen=True, slots=True)
class Debtor:
    """What counts of the debtor (skyldner), and of those who owe with them."""

    is_frozen: bool = False
    is_deceased: bool = False
    #: A key of `data/law/statutory.yml` when a caseworker has recorded one (eneste indtægt).
    benefit: str | None = None
    yearly_net_income: Money | None = None
    children_at_home: bool | None = None
    social_authorities_told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Agreements:
    """What was agreed about the claim: is a plan kept now, how many were broken, and when last."""

    breaches: int = 0
    #: The last day on which the citizen acknowledged the debt by agreeing.
    acknowledged_on: date | None = None
    #: The days of those before it.
    acknowledged_before: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One claim on its ladder; sums in øre, days in Copenhagen."""

    claim_type: str
    principal: Money
    due_date: date
    #: Proof of the bill and of how to pay it: without both there is no chase and no fee.
    bill_sent_on: date | None
    has_pay_instruction: bool
    paid: Money = NOTHING
    charged: Money = NOTHING
    state: ClaimState = ClaimState.OPEN
    respite_until: date | None = None
    paused_until: date | None = None
    tax_year: int | None = None
    period_end: date | None = None
    #: The last bank day up to which all payments are known.
    covers_until: date | None = None
    #: The last day of what held the claim still and is over: a respite, a plan, a pause.
    rested_until: date | None = None
    #: When the citizen was first contacted; none with `contactable` false: there is no way to.
    contacted_on: date | None = None
    contactable: bool = True
    taken: tuple[Taken, ...] = ()
    #: Days of the fees in the same series (renteloven § 9 b): this claim's, and for civil claims
    #: those of the citizen's other claims of the type.
    series: tuple[date, ...] = ()
    words: tuple[Word, ...] = ()
    debtor: Debtor = field(default_factory=Debtor)
    agreements: Agreements = field(default_factory=Agreements)

    @property
    def outstanding(self) -> Money:
        """What is still owed with fees and interest (restgæld), øre; never below zero."""
        return max(self.principal + self.charged - self.paid, NOTHING)

    def step_taken(self, step: str) -> Taken | None:
        """Return a step that was taken, or none."""
        return next((one for one in self.taken if one.step == step), None)

    def word(self, effect: Effect, step: str, today: date) -> Word | None:
        """Return the caseworker's word of that effect on a step, if one holds today."""
        for word in self.words:
            if word.effect is effect and word.holds_on(step, today) and not self._outdates(word):
                return word
        return None

    def _outdates(self, word: Word) -> bool:
        """An approval is of the case as it stood: a plan agreed since asks for a new one.

        One agreed on the very same day counts as later, to the citizen's good.
        """
        agreed, said = self.agreements.acknowledged_on, word.said_on
        if word.effect is not Effect.APPROVE or agreed is None or said is None:
            return False
        return said <= agreed
