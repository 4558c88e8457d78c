"""Reads a claim as the rules see it (sag): facts from the database, no rule of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from data.law.claim_types import Regime
from data.models.cases import Effect
from data.municipalities.ladders import Fact, Ground
from data.queries import cases
from data.values.money import Money
from data.values.time import day_of
from outreach.rules.case import Agreements, Case, Debtor, Taken, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.runtime import Runtime


async def load(
    session: AsyncSession, runtime: Runtime, claim_ids: Sequence[ClaimId]
) -> dict[ClaimId, Case]:
    """Return the cases of some claims by their ids, as they stand now."""
    today = day_of(runtime.clock.now())
    rows = await cases.by_id(session, claim_ids)
    return {row.id: read(runtime, row, today) for row in rows}


def read(runtime: Runtime, row: Row[Any], today: date) -> Case:
    """Turn a row of `data.queries.cases` into a case."""
    policy = runtime.policies[row.municipality]
    regime = runtime.law.claim_types[row.claim_type].on(today).regime
    excluded = row.claim_type in policy.first_contact.exclude_claim_types
    breaches, accepted, broken, rested = row.agreements
    return Case(
        claim_type=row.claim_type,
        principal=row.principal,
        charged=row.charged,
        paid=row.paid,
        due_date=row.due_date,
        bill_sent_on=row.bill_sent_on,
        has_pay_instruction=row.can_be_paid or row.betalingsservice,
        state=row.state,
        respite_until=row.respite_until,
        paused_until=row.paused_until,
        tax_year=row.tax_year,
        period_end=row.period_end,
        covers_until=row.covers_until,
        rested_until=_latest(_day(broken), _date(rested), _over(row.paused_until, today)),
        contacted_on=day_of(row.first_contact_at) if row.first_contact_at else None,
        contactable=row.has_phone and not excluded,
        taken=tuple(_taken(*one) for one in row.taken or ()),
        series=_series(row.series or (), is_civil=regime is Regime.CIVIL),
        words=tuple(_word(*one) for one in row.words or ()),
        debtor=_debtor(row),
        agreements=_agreements(breaches, accepted or ()),
    )


def _agreements(breaches: int, accepted: Sequence[str]) -> Agreements:
    days = sorted(day_of(datetime.fromisoformat(at)) for at in accepted)
    return Agreements(breaches, days[-1] if days else None, tuple(days[:-1]))


def _debtor(row: Row[Any]) -> Debtor:
    return Debtor(
        is_frozen=row.is_frozen,
        is_deceased=row.is_deceased,
        benefit=row.benefit,
        yearly_net_income=row.yearly_net_income,
        children_at_home=row.children_at_home,
        social_authorities_told_on=row.social_authorities_told_on,
    )


def _taken(step: str, at: str, pay_by: str | None, facts: dict[str, Any]) -> Taken:
    left_on = facts.get("left_on")
    return Taken(
        step=step,
        on=date.fromisoformat(left_on) if left_on else day_of(datetime.fromisoformat(at)),
        pay_by=_date(pay_by),
        fee=Money(facts.get("fee", 0)),
        offered_plan=facts.get("offers_plan", False),
        gave_notice=facts.get("gives_notice", False),
    )


def _word(step: str, effect: str, until: str | None, facts: dict[str, Any], at: str) -> Word:
    ground = facts.get("ground")
    return Word(
        step=step,
        effect=Effect(effect),
        until=_date(until),
        ground=Ground(ground) if ground else None,
        facts=frozenset(Fact(fact) for fact in facts.get("facts", ())),
        said_on=day_of(datetime.fromisoformat(at)),
    )


def _series(fees: Sequence[tuple[str, bool]], *, is_civil: bool) -> tuple[date, ...]:
    """Return the days of the fees that count: civil arrears of one kind are one series."""
    return tuple(date.fromisoformat(day) for day, is_own in fees if is_civil or is_own)


def _over(day: date | None, today: date) -> date | None:
    return day if day is not None and day < today else None


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _day(instant: str | None) -> date | None:
    return day_of(datetime.fromisoformat(instant)) if instant else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
