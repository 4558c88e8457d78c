"""What may happen to a claim besides its steps (hændelser): what each makes of the case: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from data.models.claims import ENDED_BY_PAYMENT, ClaimState
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, next_bank_day

if TYPE_CHECKING:
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case, Debtor, Word
    from outreach.rules.keeping import Due

#: A claim in one of these is no longer the municipality's to agree on, or to hold.
_OVER = frozenset({ClaimState.PAID, ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF})


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens on a day (hændelse); `name` is what the catalogue calls it."""

    name: ClassVar[str] = ""
    on: date

    @property
    def known_on(self) -> date:
        """The first day on which the rules know of it."""
        return self.on

    def after(self, case: Case) -> Case:
        """Return the case as it stands then."""
        return case

    def ends_a_rest(self, case: Case) -> bool:
        """Tell whether it ends what held the claim still; then the citizen has quiet days."""
        return False


@dataclass(frozen=True, slots=True)
class Paid(Happening):
    """Money comes in (indbetaling), or is taken back where the sum is below zero."""

    name: ClassVar[str] = "paid"
    amount: Money

    @property
    def known_on(self) -> date:
        """The day after the bank day it is settled on: then the payment file tells of it."""
        return next_bank_day(self.on) + ONE_DAY

    def after(self, case: Case) -> Case:
        """Count it; a claim that is paid in full is over, one that no longer is opens again."""
        after = replace(case, paid=max(case.paid + self.amount, NOTHING))
        if not after.outstanding and after.state in ENDED_BY_PAYMENT:
            return replace(after, state=ClaimState.PAID, respite_until=None)
        if after.outstanding and after.state is ClaimState.PAID:
            return replace(after, state=ClaimState.OPEN)
        return after


@dataclass(frozen=True, slots=True)
class PaidInFull(Happening):
    """All that is owed that day comes in (fuld indbetaling)."""

    name: ClassVar[str] = "paid"

    @property
    def known_on(self) -> date:
        """As for any payment."""
        return next_bank_day(self.on) + ONE_DAY

    def after(self, case: Case) -> Case:
        """End the matter, unless the claim has left."""
        if case.state in _OVER:
            return case
        return Paid(self.on, case.outstanding).after(case)


@dataclass(frozen=True, slots=True)
class Instalment(Happening):
    """An instalment of a plan comes in (afdrag), as long as the claim is in one."""

    name: ClassVar[str] = "paid"
    #: None: all that is still owed, for the last one.
    amount: Money | None

    @property
    def known_on(self) -> date:
        """As for any payment."""
        return next_bank_day(self.on) + ONE_DAY

    def after(self, case: Case) -> Case:
        """Count it, and no more than is owed."""
        if case.state is not ClaimState.IN_PLAN:
            return case
        owed = case.outstanding
        return Paid(self.on, min(self.amount or owed, owed)).after(case)


@dataclass(frozen=True, slots=True)
class PlanWanted(Happening):
    """The citizen asks for a plan that only a person may agree (medarbejder tager stilling)."""

    name: ClassVar[str] = "plan_wanted"


@dataclass(frozen=True, slots=True)
class PlanAgreed(Happening):
    """The citizen says yes to a plan (afdragsordning), and so acknowledges the debt.

    With `dues` the walk weighs by itself whether it is kept; without, a happening must say so.
    `rhythm` is as agreements keep it.
    """

    name: ClassVar[str] = "plan_agreed"
    dues: tuple[Due, ...] = ()
    rhythm: str | None = None

    def after(self, case: Case) -> Case:
        """Let the claim rest while the plan is kept."""
        return _moved(_acknowledged(case, self.on), ClaimState.IN_PLAN)


@dataclass(frozen=True, slots=True)
class PlanMissed(Happening):
    """An instalment has not come, and the citizen is told how to make it good (udeblevet rate)."""

    name: ClassVar[str] = "plan_missed"


@dataclass(frozen=True, slots=True)
class PlanBroken(Happening):
    """A plan is found not to be kept (misligholdt)."""

    name: ClassVar[str] = "plan_broken"

    def after(self, case: Case) -> Case:
        """Count the breach; the ladder goes on from here."""
        if case.state is not ClaimState.IN_PLAN:
            return case
        agreements = replace(case.agreements, breaches=case.agreements.breaches + 1)
        return _rested(replace(case, agreements=agreements, state=ClaimState.OPEN), self.on)


@dataclass(frozen=True, slots=True)
class PlanKept(Happening):
    """A plan is found to be paid to its end (overholdt)."""

    name: ClassVar[str] = "plan_kept"

    def after(self, case: Case) -> Case:
        """End the matter; interest that ran meanwhile and is still owed is chased on."""
        if case.state is not ClaimState.IN_PLAN:
            return case
        return replace(case, state=ClaimState.OPEN if case.outstanding else ClaimState.PAID)

    def ends_a_rest(self, case: Case) -> bool:
        """Interest that is left is not chased the very next day."""
        return case.state is ClaimState.IN_PLAN


@dataclass(frozen=True, slots=True)
class RespiteGiven(Happening):
    """Payment may wait until a day (henstand); the citizen asked for it and so acknowledged."""

    name: ClassVar[str] = "respite_given"
    until: date

    def after(self, case: Case) -> Case:
        """Let the claim rest until then."""
        if case.state in _OVER:
            return case
        given = _acknowledged(case, self.on)
        return replace(given, state=ClaimState.IN_RESPITE, respite_until=self.until)


@dataclass(frozen=True, slots=True)
class Paused(Happening):
    """The chase pauses (pause): the citizen says that it is paid."""

    name: ClassVar[str] = "paused"
    until: date

    def after(self, case: Case) -> Case:
        """Hold every step until then."""
        return replace(case, paused_until=self.until)


@dataclass(frozen=True, slots=True)
class Disputed(Happening):
    """The citizen disputes the claim (indsigelse)."""

    name: ClassVar[str] = "disputed"

    def after(self, case: Case) -> Case:
        """Hold every step until a person has answered."""
        return _moved(case, ClaimState.DISPUTED)


@dataclass(frozen=True, slots=True)
class Reopened(Happening):
    """A dispute is answered, or a shelved case taken up again: the claim is chased anew."""

    name: ClassVar[str] = "reopened"

    def after(self, case: Case) -> Case:
        """Go on, or end the matter if it is paid by now."""
        return _moved(case, ClaimState.OPEN if case.outstanding else ClaimState.PAID)

    def ends_a_rest(self, case: Case) -> bool:
        """Whatever held it."""
        return case.state not in _OVER


@dataclass(frozen=True, slots=True)
class Shelved(Happening):
    """A caseworker lets the case rest (henlæggelse)."""

    name: ClassVar[str] = "shelved"

    def after(self, case: Case) -> Case:
        """Hold every step."""
        return _moved(case, ClaimState.SHELVED)


@dataclass(frozen=True, slots=True)
class WrittenOff(Happening):
    """The municipality gives the claim up (afskrivning)."""

    name: ClassVar[str] = "written_off"

    def after(self, case: Case) -> Case:
        """End it."""
        return _moved(case, ClaimState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class Spoken(Happening):
    """A caseworker says something of a step (skøn)."""

    name: ClassVar[str] = "spoken"
    word: Word

    def after(self, case: Case) -> Case:
        """Keep the word; the newest stands first."""
        return replace(case, words=(self.word, *case.words))


@dataclass(frozen=True, slots=True)
class Learned(Happening):
    """What counts of the debtor becomes known or changes: a freeze, a benefit, a death."""

    name: ClassVar[str] = "learned"
    debtor: Debtor

    def after(self, case: Case) -> Case:
        """Put it in the place of what was known."""
        return replace(case, debtor=self.debtor)

    def ends_a_rest(self, case: Case) -> bool:
        """A freeze is lifted, or what the citizen lives on has changed: the law may have waited."""
        before, now = case.debtor, self.debtor
        is_thawed = before.is_frozen and not now.is_frozen
        lived_on = (before.benefit, before.yearly_net_income)
        return is_thawed or lived_on != (now.benefit, now.yearly_net_income)


@dataclass(frozen=True, slots=True)
class BillProven(Happening):
    """Proof of the bill is found, and of how to pay it (dokumentation for opkrævningen)."""

    name: ClassVar[str] = "bill_proven"
    sent_on: date

    def after(self, case: Case) -> Case:
        """Let the chase begin."""
        return replace(case, bill_sent_on=self.sent_on, has_pay_instruction=True)


@dataclass(frozen=True, slots=True)
class PolicyChanged(Happening):
    """The council's new policy takes effect (ny politik)."""

    name: ClassVar[str] = "policy_changed"
    policy: Policy


def _moved(case: Case, state: ClaimState) -> Case:
    if case.state in _OVER:
        return case
    return replace(case, state=state, respite_until=None)


def _rested(case: Case, day: date) -> Case:
    return replace(case, rested_until=max(day, case.rested_until or day))


def _acknowledged(case: Case, day: date) -> Case:
    if case.state in _OVER:
        return case
    before = case.agreements
    earlier = (before.acknowledged_on,) if before.acknowledged_on is not None else ()
    agreements = replace(
        before,
        acknowledged_on=day,
        acknowledged_before=(*before.acknowledged_before, *earlier),
    )
    return replace(case, agreements=agreements)
