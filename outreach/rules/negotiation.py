"""What may be agreed (forhandling): from what a citizen said to proposals, or why not: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from data.models.agreements import AgreementKind
from data.values.money import LARGEST_OERE, NOTHING, Money
from data.values.time import months_after, next_bank_day
from outreach.rules.case import Debtor
from outreach.rules.instalments import MOST_INSTALMENTS, Rate, Terms, lay_out
from outreach.rules.other_ways import gentler, later
from outreach.rules.owed import Owed, oldest_first, total_of
from outreach.rules.plan_interest import expected_interest
from outreach.rules.plan_limits import Bar, Because, Limits
from outreach.rules.proposal import (
    AT_MOST,
    BreachText,
    Left,
    Negotiated,
    OnBreach,
    Party,
    Proposal,
    Why,
)
from outreach.rules.respite import RespiteOffer, may_wait
from outreach.rules.statutory_plans import FixedByLaw, fixed_by_law, is_fixed
from outreach.rules.terms import Missing, Slip, terms_of

if TYPE_CHECKING:
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.wish import Wish

__all__ = [
    "Because",
    "Left",
    "Missing",
    "Negotiated",
    "OnBreach",
    "Owed",
    "Party",
    "Proposal",
    "Slip",
    "Why",
    "negotiate",
]


def negotiate(
    owed: Iterable[Owed],
    wish: Wish,
    policy: Policy,
    law: Law,
    today: date,
    *,
    by: Party = Party.ASSISTANT,
    debtor: Debtor | None = None,
    order: Callable[[Iterable[Owed]], Sequence[Owed]] = oldest_first,
) -> Negotiated:
    """Return up to three ways to pay what is owed, from what the citizen said.

    The citizen's own comes first wherever law and policy allow it, else what is nearest to it. The
    others never ask for more at a time, nor for anything sooner. What is longer than the
    assistant may agree is not refused: it needs a person. Claims whose plans the law fixes are a
    caseworker's, and so are types the policy makes no plans for; the rest is negotiated.

    Args:
        owed: the claims, without what is disputed.
        wish: what the citizen said.
        policy: the municipality's limits, and the assistant's mandate.
        law: the law.
        today: the day it is in Copenhagen.
        by: who negotiates; a caseworker has no mandate to keep to.
        debtor: the circumstances a caseworker has recorded.
        order: in which order money goes to the claims.

    Sources: A12-A15 (line 24), F13 (line 23); the limits and mandates of `plans` and `respite`.
    """
    claims = [one for one in order(owed) if one.amount > NOTHING]
    if not claims:
        return Negotiated(refused=Because(Bar.NOTHING_OWED))
    if total_of(claims).oere > LARGEST_OERE:
        return Negotiated(refused=Because(Bar.TOO_LARGE))
    talk = _Talk(tuple(claims), policy, law, today, by)
    by_law, talk = talk.parted(lambda one: is_fixed(one.claim_type, law, today))
    excepted, talk = talk.parted(talk.leaves)
    fixed = by_law.fixed(debtor or Debtor()) if by_law.owed else Negotiated()
    left = fixed.left + excepted.left()
    if talk.owed:
        return replace(talk.about(wish), left=left)
    return Negotiated(fixed.proposals, left[0].because, left=left)


@dataclass(frozen=True)
class _Talk:
    """Claims that are talked about together."""

    owed: tuple[Owed, ...]
    policy: Policy
    law: Law
    today: date
    by: Party

    @cached_property
    def total(self) -> Money:
        return total_of(self.owed)

    @cached_property
    def limits(self) -> Limits:
        types = frozenset(one.claim_type for one in self.owed)
        return Limits(self.policy.plans, types, self.total, self.today)

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(one.ref for one in self.owed)

    # ------------------------------------------------------------------------ what a person has
    def parted(self, leaves: Callable[[Owed], bool]) -> tuple[_Talk, _Talk]:
        """Part the claims into those that leave, and the others."""
        gone = tuple(one for one in self.owed if leaves(one))
        rest = tuple(one for one in self.owed if not leaves(one))
        return replace(self, owed=gone), replace(self, owed=rest)

    def leaves(self, one: Owed) -> bool:
        """Tell whether the policy makes no plans for a type, which only a person may soften."""
        excepted = replace(self, owed=(one,)).excepted
        return self.by is Party.ASSISTANT and excepted is not None

    def left(self) -> tuple[Left, ...]:
        """Return claims the policy makes no plans for, each with the line that says so."""
        alone = (replace(self, owed=(one,)) for one in self.owed)
        return tuple(Left(talk.refs[0], talk.excepted) for talk in alone if talk.excepted)

    @property
    def excepted(self) -> Because | None:
        """Why the policy makes no plans for one of these types, or none."""
        for part in self.policy.plans.exceptions:
            if not part.allowed and part.claim_types & self.limits.types:
                return Because(Bar.NO_PLAN_FOR_TYPE, part.source)
        return None

    def fixed(self, debtor: Debtor) -> Negotiated:
        """Return what the law fixes for these claims; only a caseworker agrees it."""
        type_law = self.law.claim_types[self.owed[0].claim_type].on(self.today)
        found = fixed_by_law(type_law, debtor, self.law, self.today)
        left = tuple(Left(ref, found.because) for ref in self.refs)
        terms = self._fixed_terms(found)
        if terms is None:
            return Negotiated(left=left)
        rates = lay_out(terms, self.total, self.today) if terms.series else ()
        person = found.because if self.by is Party.ASSISTANT else None
        proposal = replace(self._made(terms, rates, Why.STATUTORY), needs_person=person)
        return Negotiated((proposal,), left=left)

    def _fixed_terms(self, found: FixedByLaw) -> Terms | None:
        """Return the terms the law fixes; without any instalment payment must wait."""
        if found.because.code is Bar.STATUTORY_RESPITE:
            return Terms()
        is_asked_first = found.because.code is Bar.INCOME_UNKNOWN and self.by is Party.ASSISTANT
        terms = found.terms(self.today)
        if terms is None or is_asked_first or terms.count(self.total) > MOST_INSTALMENTS:
            return None
        return terms

    # ---------------------------------------------------------------------- what was wished for
    def about(self, wish: Wish) -> Negotiated:
        """Return the wish as a proposal, or what is nearest to it, and other ways."""
        terms = terms_of(wish, self.total, self.today)
        if isinstance(terms, Missing):
            return Negotiated(missing=terms)
        if isinstance(terms, Slip):
            return Negotiated(refused=Because(terms))
        bar = self.limits.against(terms)
        own = bar is None or self.by is Party.CASEWORKER
        shown = terms if own or bar is Slip.TOO_MANY else self.limits.nearest(terms)
        if shown.count(self.total) > MOST_INSTALMENTS:
            return Negotiated(refused=Because(Slip.TOO_MANY))
        if bar is None:
            return Negotiated(self._with_others(self._proposed(shown, Why.OWN), shown))
        because = self.limits.because(bar)
        if own:
            first = replace(self._proposed(shown, Why.OWN), beyond_policy=because)
            return Negotiated(self._with_others(first, shown))
        first = self._proposed(shown, _why_nearest(terms, shown, bar))
        return Negotiated(self._with_others(first, shown), because)

    def _with_others(self, first: Proposal, terms: Terms) -> tuple[Proposal, ...]:
        """Put other ways after the first, the cheapest and then the gentlest of them first."""
        others: list[Proposal] = []
        for why, other in self._other_terms(terms, first):
            if self.limits.against(other) is not None:
                continue
            found = self._proposed(other, why)
            is_new = all(found.rates != one.rates for one in (first, *others))
            if is_new and (first.needs_person or not found.needs_person):
                others.append(found)
        others.sort(key=lambda one: (one.interest, one.fees, one.largest))
        return (first, *others)[:AT_MOST]

    def _other_terms(self, terms: Terms, first: Proposal) -> Iterator[tuple[Why, Terms]]:
        is_respite = first.kind is AgreementKind.RESPITE
        person = first.needs_person
        is_long = person is not None and person.code is Bar.PLAN_BEYOND_MANDATE
        # One that is longer than the mandate already is a person's to make gentler still.
        less = None if is_long else gentler(terms, self.limits, self._longest)
        if less is not None:
            yield Why.GENTLER, less
        after = later(terms, self.policy.respite, self.today)
        if after is not None:
            yield Why.RESPITE_THEN_ALL if is_respite else Why.LATER_START, after

    # ------------------------------------------------------------------------ what a way means
    def _proposed(self, terms: Terms, why: Why) -> Proposal:
        rates = lay_out(terms, self.total, self.today)
        made = self._made(terms, rates, why)
        person = self._beyond_mandate(terms, rates) if self.by is Party.ASSISTANT else None
        return replace(made, needs_person=person, beyond_policy=self.excepted)

    def _made(self, terms: Terms, rates: tuple[Rate, ...], why: Why) -> Proposal:
        """Make a proposal of terms laid out; without any rates it is a respite without an end."""
        plans = self.policy.plans
        is_plan = _is_plan(terms, rates)
        return Proposal(
            kind=AgreementKind.PLAN if is_plan else AgreementKind.RESPITE,
            why=why,
            total=self.total,
            rates=rates,
            claims=self.refs,
            on_breach=OnBreach(
                BreachText.PLAN if is_plan else BreachText.RESPITE,
                plans.grace_bank_days,
                plans.way_back_bank_days,
                plans.missed_before_breach,
            ),
            rhythm=terms.series.rhythm if terms.series else None,
            interest=self._interest(rates) if is_plan else NOTHING,
        )

    def _interest(self, rates: tuple[Rate, ...]) -> Money:
        """Return what a plan costs; a respite costs nothing, since nothing is chased in it."""
        return expected_interest(self.owed, rates, self.law, self.policy, self.today)

    @property
    def _longest(self) -> date | None:
        """Until when another way may run, or none: as long as it likes."""
        mandate = self._mandate_ends if self.by is Party.ASSISTANT else None
        ends = (self.limits.last_day, mandate)
        return min((day for day in ends if day is not None), default=None)

    @property
    def _mandate_ends(self) -> date:
        months = self.policy.plans.assistant_may_agree_months
        return next_bank_day(months_after(self.today, months))

    def _beyond_mandate(self, terms: Terms, rates: tuple[Rate, ...]) -> Because | None:
        """Return why only a person may agree it: it is too long, or begins too late."""
        plans, respite = self.policy.plans, self.policy.respite
        if not _is_plan(terms, rates):
            granted = may_wait(terms.head[0][0], respite, self.today)
            is_granted = isinstance(granted, RespiteOffer)
            return None if is_granted else Because(Bar.RESPITE_BEYOND_MANDATE, respite.source)
        if rates[-1].due_on > self._mandate_ends:
            return Because(Bar.PLAN_BEYOND_MANDATE, plans.source)
        # Longer than the month a plan begins in anyway is a respite before it.
        waits = timedelta(days=respite.assistant_may_grant_days)
        begins_by = next_bank_day(months_after(self.today, 1) + waits)
        is_late = rates[0].due_on > begins_by
        return Because(Bar.RESPITE_BEYOND_MANDATE, respite.source) if is_late else None


def _is_plan(terms: Terms, rates: tuple[Rate, ...]) -> bool:
    """Tell whether it is paid in parts, or once on no day in particular."""
    return terms.series is not None or len(rates) > 1


def _why_nearest(wished: Terms, nearest: Terms, bar: Bar | Slip) -> Why:
    if next(nearest.days()) < next(wished.days()):
        return Why.SOONER
    return Why.NEAREST_LEAST if bar is Bar.BELOW_LEAST else Why.NEAREST_LONGEST
