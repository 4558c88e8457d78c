"""Where a policy asks for more than the law allows (retskilder): pure.

Statute stands over executive order, both over the policy, and the policy over a caseworker. A
policy that breaks this is refused at the start; what only one claim on its day can show (a fee
beyond the count of a series, a missing notice) the rules refuse then.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from data.law.claim_types import Closure, PlanKind, Regime
from data.municipalities.ladders import StepKind
from data.values.money import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from data.law.claim_types import ClaimType
    from data.law.fees import FeeLaw
    from data.law.law import Law
    from data.municipalities.ladders import Ladder, LadderStep
    from data.municipalities.policy import Policy

type Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place in a policy file that asks for more than the law gives (strid mod loven)."""

    place: Place
    says: str
    paragraph: str


def conflicts(policy: Policy, law: Law, today: date) -> list[Conflict]:
    """Return everything in a policy that the law of `today` does not allow."""
    return [
        *_unknown_types(policy, law),
        *chain.from_iterable(
            _of_ladder(("ladders", at), ladder, policy, law, today)
            for at, ladder in enumerate(policy.ladders.ladders)
        ),
        *_plans(policy, law, today),
        *_closure(policy, law, today),
        *_assignments(policy, law, today),
    ]


def open_points(policy: Policy, law: Law, today: date) -> list[Conflict]:
    """Return what a policy allows itself and the rules refuse until a lawyer has confirmed it."""
    closure = policy.closure
    if closure is None or closure.legal_gate_confirmed is not None:
        return []
    gated = _of_closure(closure.claim_types, law, today, Closure.LEGAL_GATE)
    return [
        Conflict(("closure",), f"{key} waits for legal_gate_confirmed", source)
        for key, source in gated
    ]


# ------------------------------------------------------------------------------ claim types


def _unknown_types(policy: Policy, law: Law) -> Iterator[Conflict]:
    known = law.claim_types.types
    for place, keys in _named_types(policy):
        for key in sorted(keys - known.keys()):
            says = f"{key!r} is no claim type; there are: {', '.join(known)}"
            yield Conflict(place, says, "data/law/claim_types.yml")
    for at, ladder in enumerate(policy.ladders.ladders):
        for key in sorted(ladder.claim_types & known.keys()):
            if not known[key].automated:
                says = f"{key} is for people only: no ladder may chase it"
                yield Conflict(("ladders", at, "claim_types"), says, _source(known[key]))


def _named_types(policy: Policy) -> Iterator[tuple[Place, frozenset[str]]]:
    yield ("first_contact", "exclude_claim_types"), policy.first_contact.exclude_claim_types
    for at, exception in enumerate(policy.plans.exceptions):
        yield ("plans", "exceptions", at, "claim_types"), exception.claim_types
    for at, ladder in enumerate(policy.ladders.ladders):
        yield ("ladders", at, "claim_types"), ladder.claim_types
    if policy.closure is not None:
        yield ("closure", "claim_types"), policy.closure.claim_types


def _source(kind: ClaimType) -> str:
    return kind.law.root[-1].source


# ---------------------------------------------------------------------------------- ladders


def _of_ladder(
    place: Place, ladder: Ladder, policy: Policy, law: Law, today: date
) -> Iterator[Conflict]:
    by_regime: dict[Regime, list[str]] = defaultdict(list)
    not_preferential: list[str] = []
    for key, kind in law.claim_types.types.items():
        now = kind.on(today)
        is_on_it = policy.ladders.of(key, preferential=now.preferential) is ladder
        if not kind.automated or not is_on_it:
            continue
        by_regime[now.regime].append(key)
        if not now.preferential:
            not_preferential.append(key)
    for regime, keys in by_regime.items():
        # Where no law allows a fee the rules charge none; only a ladder that names the type asks.
        if regime is not Regime.NONE or ladder.claim_types:
            yield from _fees(place, ladder, law.fees[regime].on(today), ", ".join(keys))
    yield from _recipient(place, ladder, law, today, not_preferential)


def _fees(place: Place, ladder: Ladder, fee_law: FeeLaw, types: str) -> Iterator[Conflict]:
    """Hold the reminders of a ladder against maximum, count and gap (rykkergebyrer)."""
    reminders = [
        (at, step) for at, step in enumerate(ladder.steps) if step.step is StepKind.REMINDER
    ]
    costly = [at for at, step in reminders if step.has_fee]
    for at, step in reminders:
        dearest = max((tier.fee or NOTHING for tier in step.fee), default=NOTHING)
        if dearest > fee_law.max_fee:
            says = f"{dearest} kr. is above the {fee_law.max_fee} kr. allowed for {types}"
            yield Conflict((*place, "steps", at, "fee"), says, fee_law.source)
    most = fee_law.max_count
    if most and len(costly) > most:
        says = f"more than {most} fees are not allowed for {types}"
        yield Conflict((*place, "steps", costly[most], "fee"), says, fee_law.source)
    for (before, _), (at, step) in pairwise(reminders):
        gap = _days_between(ladder.steps, before, at)
        if step.has_fee and gap < fee_law.min_gap_days:
            says = f"{gap} days after the last reminder, {fee_law.min_gap_days} needed for {types}"
            yield Conflict((*place, "steps", at, "after_days"), says, fee_law.source)


def _days_between(steps: tuple[LadderStep, ...], before: int, at: int) -> int:
    """Return the fewest days from one letter to another: each deadline, and the wait after it."""
    given = sum(step.pay_within_days or 0 for step in steps[before:at])
    return given + sum(step.after_days for step in steps[before + 1 : at + 1])


def _recipient(
    place: Place, ladder: Ladder, law: Law, today: date, not_preferential: list[str]
) -> Iterator[Conflict]:
    recipients = law.hand_over.on(today).recipients
    for at, step in enumerate(ladder.steps):
        if step.to is not None and recipients[step.to].only_preferential and not_preferential:
            others = ", ".join(not_preferential)
            says = f"the {step.to} takes preferential claims only, not {others}"
            yield Conflict((*place, "steps", at, "to"), says, recipients[step.to].source)


# ------------------------------------------------------------- plans, closure and assignments


def _plans(policy: Policy, law: Law, today: date) -> Iterator[Conflict]:
    """The law's own plans leave the policy no limits to set (lovbestemte afdrag)."""
    for at, exception in enumerate(policy.plans.exceptions):
        for key in sorted(exception.claim_types & law.claim_types.types.keys()):
            now = law.claim_types[key].on(today)
            if now.plan is PlanKind.STATUTORY:
                says = f"the law fixes plans for {key}: a policy cannot limit them"
                yield Conflict(("plans", "exceptions", at, "claim_types"), says, now.source)
            elif now.reminder_offers_plan and not exception.allowed:
                says = f"the law has every reminder for {key} offer a plan: a policy cannot deny it"
                yield Conflict(("plans", "exceptions", at, "allowed"), says, now.source)


def _closure(policy: Policy, law: Law, today: date) -> Iterator[Conflict]:
    if policy.closure is None:
        return
    for key, source in _of_closure(policy.closure.claim_types, law, today, Closure.NEVER):
        says = f"the law gives no right to close for {key}"
        yield Conflict(("closure", "claim_types"), says, source)


def _of_closure(
    keys: frozenset[str], law: Law, today: date, right: Closure
) -> Iterator[tuple[str, str]]:
    for key in sorted(keys & law.claim_types.types.keys()):
        now = law.claim_types[key].on(today)
        if now.closure is right:
            yield key, now.source


def _assignments(policy: Policy, law: Law, today: date) -> Iterator[Conflict]:
    if policy.assignments is None:
        return
    now = law.assignments.on(today)
    for benefit in sorted(policy.assignments.benefits & now.forbidden):
        says = f"{benefit} cannot be assigned"
        yield Conflict(("assignments", "benefits"), says, now.source)
