"""Puts agreements into words (oplæsning): the one on the table in full, the others in short."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.actions.claims import label
from data.models.agreements import Agreement, AgreementKind
from data.models.claims import Claim
from data.values.money import NOTHING
from outreach.agreements.owing import owed_of
from outreach.rules.instalments import Rate
from outreach.rules.plan_interest import expected_interest
from outreach.rules.plan_limits import Limits
from outreach.rules.proposal import Why
from outreach.rules.wish import Rhythm
from outreach.texts import Catalogue, catalogue, day_and_month, day_of_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.actions.turn import Turn
    from outreach.agreements import Terms
    from outreach.rules.owed import Owed

#: So many dates are written out one by one; more that come back by first, last and rhythm.
WRITTEN_OUT = 3
#: Ways that are named in short by what is different about them.
_BY_WHY = {
    "why_to_the_next": "short_to_the_next",
    "why_to_the_end": "short_to_the_end",
    Why.LATER_START.value: "short_later_start",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay, as it lies on the table, with its claims in the order money goes to them."""

    agreement: Agreement
    claims: tuple[Claim, ...]

    @classmethod
    def of(cls, agreement: Agreement, claims: Sequence[Claim]) -> Way:
        """Take an agreement and put its claims in their order."""
        known = {claim.id: claim for claim in claims}
        return cls(agreement, tuple(known[part.claim_id] for part in agreement.claims))

    @property
    def rates(self) -> tuple[Rate, ...]:
        """What falls due when; of a respite all of it on its last day."""
        made = self.agreement
        if made.respite_until is not None:
            return (Rate(1, made.total, made.respite_until),)
        return tuple(Rate(rate.number, rate.amount, rate.due_on) for rate in made.instalments)

    @property
    def is_respite(self) -> bool:
        """Whether payment waits, all of it."""
        return self.agreement.kind is AgreementKind.RESPITE

    @property
    def owed(self) -> list[Owed]:
        """What is agreed on, claim by claim."""
        amounts = {part.claim_id: part.amount for part in self.agreement.claims}
        return [owed_of(claim, amounts[claim.id]) for claim in self.claims]


def in_full(turn: Turn, way: Way, *others: Way, out: Sequence[Claim] = ()) -> str:
    """Read one way back, with all it means, and the others in a line each (F13).

    `out` are claims the citizen disagrees with: they are not part of it, which is said.
    """
    made = way.agreement
    parts = [
        f"{_why(turn, way)} {_what(turn, way)}".strip(),
        _order(turn, way),
        _left_out(turn, out),
        _interest(turn, way, "plan"),
        _terms(turn, way),
    ]
    if others:
        is_free = not any(_costs(turn, each) for each in (way, *others))
        parts.append(turn.say("ways_head_free" if is_free else "ways_head"))
        parts += [in_short(turn, other, is_free=is_free) for other in others]
        parts.append(turn.count("answer_ways", len(others)))
    elif made.option == 1 and not made.replaces:
        parts += [turn.say("ways_exist"), turn.say("answer_alone")]
    else:
        parts.append(turn.say("answer_alone"))
    return "\n".join(part for part in parts if part)


def in_short(turn: Turn, way: Way, *, is_free: bool = False) -> str:
    """Name a way in one line: what, until when, and what it costs unless the line above says."""
    rates, language = way.rates, turn.conversation.language
    said = turn.say(
        _short_key(way),
        count=len(rates),
        amount=rates[0].amount,
        first=_first_day(rates, language),
        last_amount=rates[-1].amount,
        last=day_of_year(rates[-1].due_on, language),
    )
    cost = "" if is_free else _interest(turn, way, "short")
    return f"{way.agreement.option}: {said} {cost}".strip()


def _first_day(rates: Sequence[Rate], language: str) -> str:
    """Write the first day; its year is left out where that of the last says it."""
    first, last = rates[0].due_on, rates[-1].due_on
    is_same = len(rates) > 1 and first.year == last.year
    return day_and_month(first, language) if is_same else day_of_year(first, language)


def _short_key(way: Way) -> str:
    """Choose how a way is named in short: a series of like sums by its rhythm."""
    made = way.agreement
    if made.why == Why.LATER_START.value and len(way.rates) == 1:
        return "short_respite"
    if made.why in _BY_WHY:
        return _BY_WHY[made.why]
    if way.is_respite:
        return "short_respite"
    rhythm = _rhythm(made)
    is_even = len({rate.amount for rate in way.rates[:-1]}) == 1
    return f"short_series_{rhythm.every.value}" if rhythm and is_even else "short_parts"


def noted(terms: Terms) -> str:
    """Write down for a caseworker, in Danish, what a citizen proposes."""
    is_respite = terms.kind is AgreementKind.RESPITE
    rates = (Rate(1, terms.total, terms.first_day),) if is_respite else terms.rates
    return sums_and_days(catalogue("da"), rates, terms.rhythm, is_respite=is_respite)


def _why(turn: Turn, way: Way) -> str:
    """Say why it is not the citizen's own, and what rule of the municipality that rests on."""
    why = way.agreement.why or Why.OWN.value
    plans = turn.policy.plans
    types = frozenset(claim.claim_type for claim in way.claims)
    limits = Limits(plans, types, way.agreement.total, turn.today)
    return turn.say(
        why,
        least=plans.least_monthly or way.rates[0].amount,
        months=plans.longest_for(types) or len(way.rates),
        last=limits.last_day or way.rates[-1].due_on,
        policy=turn.policy.policy.title,
    )


def sums_and_days(
    texts: Catalogue, rates: Sequence[Rate], rhythm: Rhythm | None, *, is_respite: bool
) -> str:
    """Say how much falls due when; what comes back with the same sum by its first and last."""
    total = sum((rate.amount for rate in rates), NOTHING)
    if is_respite:
        return texts.render("respite_head", total=total, until=rates[-1].due_on)
    first, series = _parted(rates) if rhythm and len(rates) > WRITTEN_OUT else (rates, ())
    lines = [texts.render("plan_rate", amount=rate.amount, date=rate.due_on) for rate in first]
    if lines or not rhythm:
        lines = [texts.plural("plan_head", len(rates), total=total), *lines]
    if rhythm and series:
        is_even = series[0].amount == series[-1].amount
        key = "plan_then" if first else "plan_even" if is_even else "plan_series"
        lines.append(
            texts.render(
                f"{key}_{rhythm.every.value}",
                total=total,
                count=len(series),
                amount=series[0].amount,
                first=series[0].due_on,
                last_amount=series[-1].amount,
                last=day_of_year(series[-1].due_on, texts.language),
            )
        )
    return "\n".join(lines)


def _parted(rates: Sequence[Rate]) -> tuple[Sequence[Rate], Sequence[Rate]]:
    """Part what comes first from what comes back with the same sum; the last one may be less."""
    same = rates[-2].amount
    back = sum(1 for _ in takewhile(lambda rate: rate.amount == same, reversed(rates[:-1]))) + 1
    return rates[:-back], rates[-back:]


def _what(turn: Turn, way: Way) -> str:
    rhythm = _rhythm(way.agreement)
    return sums_and_days(turn.texts, way.rates, rhythm, is_respite=way.is_respite)


def _order(turn: Turn, way: Way) -> str:
    if len(way.claims) == 1:
        return ""
    return turn.say("plan_order", refs=", ".join(claim.claim_ref for claim in way.claims))


def _costs(turn: Turn, way: Way) -> bool:
    law = turn.runtime.law
    return bool(expected_interest(way.owed, way.rates, law, turn.policy, turn.today))


def _interest(turn: Turn, way: Way, key: str) -> str:
    return interest_said(turn, way.owed, way.rates, key)


def interest_said(
    turn: Turn, owed: Sequence[Owed], rates: Sequence[Rate], key: str = "plan"
) -> str:
    """Say what interest comes to if all is paid on its day, or that there is none."""
    interest = expected_interest(owed, rates, turn.runtime.law, turn.policy, turn.today)
    if not interest:
        return turn.say(f"{key}_no_interest")
    return turn.say(f"{key}_interest", amount=interest)


def _terms(turn: Turn, way: Way) -> str:
    """Say what if it cannot be kept, and what a yes means; how it is paid is said after the yes."""
    breach = if_not_kept(turn, way)
    change = turn.say("plan_replaces") if way.agreement.replaces else ""
    return " ".join(part for part in (change, breach, turn.say("plan_terms")) if part)


def if_not_kept(turn: Turn, way: Way) -> str:
    """Say what happens when what is agreed is not kept (misligholdelse)."""
    if way.is_respite:
        return turn.say("breach_respite")
    plans = turn.policy.plans
    missed = min(plans.missed_before_breach, len(way.rates))
    return turn.count("breach_plan", missed, days=plans.way_back_bank_days)


def _left_out(turn: Turn, claims: Sequence[Claim]) -> str:
    disputed = [label(turn, claim) for claim in claims]
    return turn.say("plan_left_out", labels=", ".join(disputed)) if disputed else ""


def _rhythm(agreement: Agreement) -> Rhythm | None:
    return Rhythm.of(agreement.rhythm) if agreement.rhythm else None
