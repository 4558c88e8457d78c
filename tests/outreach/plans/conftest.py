"""A citizen in a plan, and mornings that come one after the other."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.cases import Task
from data.models.citizens import Channel
from data.models.claims import Claim, ClaimState
from data.models.conversations import Direction, Message
from data.models.hand_overs import HandOver
from data.values.ids import new_id
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, at_local, is_bank_day, previous_bank_day
from outreach import cases, plans
from outreach.dispatch import drain
from outreach.rounds import morning_round
from tests import make

DECEMBER, JANUARY, FEBRUARY = date(2026, 12, 1), date(2027, 1, 4), date(2027, 2, 1)
THIRDS = (DECEMBER, JANUARY, FEBRUARY)


@pytest.fixture
def owed(runtime):
    """Make a claim of 1,200 kr. that Mette was written to about on 3 November 2026."""

    async def build(person, **given):
        return await make.claim(
            runtime,
            person,
            **{
                "payment_id": "123456789012347",
                "creditor_no": "81234567",
                "due_date": date(2026, 11, 2),
                "first_contact_at": datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
            }
            | given,
        )

    return build


@pytest.fixture
def in_plan(runtime):
    """Agree a plan on some claims: by default three thirds, in December, January and February."""

    async def agree(
        *claims, days=(DECEMBER, JANUARY, FEBRUARY), agreed=date(2026, 11, 20), **given
    ):
        total = sum((claim.agreeable for claim in claims), NOTHING)
        values = {
            "id": new_id(),
            "municipality": claims[0].municipality,
            "citizen_id": claims[0].citizen_id,
            "kind": AgreementKind.PLAN,
            "state": AgreementState.ACCEPTED,
            "total": total,
            "shown_text": "aftalen",
            "offered_at": at_local(agreed, 12),
            "expires_at": at_local(agreed, 12),
            "accepted_at": at_local(agreed, 12),
            "channel": Channel.SMS,
            "identity_level": 2,
            "rhythm": "month",
        } | given
        async with runtime.transaction() as session:
            plan = Agreement(
                **values,
                instalments=[
                    Instalment(
                        municipality=values["municipality"], number=number, amount=part, due_on=day
                    )
                    for number, (part, day) in enumerate(
                        zip(total.split(len(days)), days, strict=True), start=1
                    )
                ],
                claims=[
                    AgreementClaim(
                        municipality=claim.municipality,
                        claim_id=claim.id,
                        amount=claim.agreeable,
                        position=position,
                    )
                    for position, claim in enumerate(claims, start=1)
                ],
            )
            session.add(plan)
            for claim in claims:
                (await session.get_one(Claim, claim.id)).state = ClaimState.IN_PLAN
        return plan

    return agree


@pytest.fixture
def pay(runtime):
    """Money comes in on a claim, as the bank's file tells of it, and the plan hears of it."""

    async def once(claim, oere, on=None):
        paid_on = on or at_local(date(2026, 11, 24), 10).date()
        kind = {"kind": "reversed"} if oere < 0 else {}
        await make.payment(runtime, claim, Money(oere), paid_on, **kind)
        async with runtime.transaction() as session:
            known = await session.get_one(Claim, claim.id, with_for_update=True)
            if known.is_settled and known.state is ClaimState.IN_PLAN:
                known.state = ClaimState.PAID
            elif known.state is ClaimState.PAID and not known.is_settled:
                known.state = ClaimState.OPEN
            await plans.weigh_of(session, runtime, [claim.id])

    return once


@pytest.fixture
def morning(runtime, clock):
    """Live through the morning of a day: payments are known up to the bank day before."""

    async def live(day, *, council="albertslund", hour=10):
        clock.instant = at_local(day, 7)
        await make.coverage(runtime, council, previous_bank_day(day - ONE_DAY))
        await morning_round(runtime, municipality=council)
        clock.instant = at_local(day, hour)
        await drain(runtime, [council])

    return live


@pytest.fixture
def mornings(morning):
    """Live through all the bank days from one to another, both counted."""

    async def live(first, last, **given):
        day = first
        while day <= last:
            if is_bank_day(day):
                await morning(day, **given)
            day += ONE_DAY

    return live


class Sight:
    """Looks at what stands in the database."""

    def __init__(self, runtime):
        self.runtime = runtime

    async def plan(self, plan):
        """A plan as it stands, with its instalments."""
        async with self.runtime.transaction() as session:
            return await session.scalar(
                select(Agreement)
                .where(Agreement.id == plan.id)
                .options(selectinload(Agreement.instalments))
            )

    async def claim(self, claim):
        """A claim as it stands."""
        async with self.runtime.transaction() as session:
            return await session.get_one(Claim, claim.id)

    async def case(self, claim):
        """A claim as the rules see it."""
        async with self.runtime.transaction() as session:
            return (await cases.load(session, self.runtime, [claim.id]))[claim.id]

    async def written(self):
        """What was written to citizens: kind, state, and why it stood down, in order."""
        async with self.runtime.transaction() as session:
            found = await session.scalars(
                select(Message).where(Message.direction == Direction.OUT).order_by(Message.number)
            )
            return [(one.kind.value, one.status.value, one.stood_down_because) for one in found]

    async def hand_overs(self):
        """On which ground claims are on the list of what leaves."""
        async with self.runtime.transaction() as session:
            return [one.ground for one in await session.scalars(select(HandOver))]

    async def tasks(self):
        """What people were asked to look at: kind and facts."""
        async with self.runtime.transaction() as session:
            found = await session.scalars(select(Task).order_by(Task.opened_at))
            return [(task.kind, task.facts) for task in found]


@pytest.fixture
def see(runtime):
    return Sight(runtime)
