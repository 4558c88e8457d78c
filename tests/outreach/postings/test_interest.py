"""Interest is posted once a period, where the council has decided it and nothing is at rest."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.cases import Effect, Override, Task, TaskState
from data.models.claims import Claim, ClaimState
from data.municipalities.policy import Policies
from data.queries import postings as questions
from data.values.money import Money
from data.values.time import COPENHAGEN
from outreach import postings
from outreach.errors import UnknownMunicipalityError
from outreach.plans import weigh_plans
from tests import make

YESTERDAY = date(2026, 11, 23)


@pytest.fixture
async def council(runtime):
    """The same installation where Albertslund's council has decided interest."""
    await make.coverage(runtime, "albertslund", YESTERDAY)

    def decide(**decided):
        policy = runtime.policies["albertslund"]
        interest = policy.interest.model_copy(update={"charged": True} | decided)
        changed = policy.model_copy(update={"interest": interest})
        return replace(runtime, policies=Policies([changed, runtime.policies["faxe"]]))

    return decide


async def change(runtime, claim, **values):
    async with runtime.transaction() as session:
        await session.execute(update(Claim).where(Claim.id == claim.id).values(**values))


async def pay(runtime, claim, oere, on):
    await make.payment(runtime, claim, Money(oere), on)


async def test_interest_is_posted_once_a_period(council, claim, now, posted):
    report = await postings.post_interest(council(), municipality="albertslund")
    assert (report.postings, report.total) == (3, Money(3_600))
    assert [(one.key, one.amount.oere) for one in await posted()] == [
        ("interest:month:1", 1_200),
        ("interest:month:2", 1_200),
        ("interest:month:3", 1_200),
    ]
    assert (await now(claim)).charged == Money(3_600)
    again = await postings.post_interest(council(), municipality="albertslund")
    assert (again.postings, len(await posted())) == (0, 3)


async def test_the_next_month_is_posted_when_it_has_begun(runtime, council, clock, claim, posted):
    await postings.post_interest(council(), municipality="albertslund")
    clock.travel(timedelta(days=30))
    await make.coverage(runtime, "albertslund", date(2026, 12, 23))
    report = await postings.post_interest(council(), municipality="albertslund")
    assert (report.postings, (await posted())[-1].key) == (1, "interest:month:4")


async def test_where_the_council_decided_none_nothing_is_posted(runtime, claim, posted):
    await make.coverage(runtime, "albertslund", YESTERDAY)
    report = await postings.post_interest(runtime, municipality="albertslund")
    assert (report.postings, await posted()) == (0, [])


async def test_a_payment_in_the_middle_lowers_what_follows(runtime, council, claim, posted):
    await pay(runtime, claim, 60_000, date(2026, 10, 1))
    await postings.post_interest(council(), municipality="albertslund")
    assert [one.amount.oere for one in await posted()] == [1_200, 600, 600]


async def test_interest_that_was_waived_is_not_posted_again(council, claim, anna, waive, posted):
    await postings.post_interest(council(), municipality="albertslund")
    [first, *_] = await posted()
    await waive(first.id, anna)
    report = await postings.post_interest(council(), municipality="albertslund")
    assert report.postings == 0


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"bill_sent_on": None}, "no_bill"),
        ({"payment_id": None}, "no_pay_instruction"),
        ({"paused_until": date(2026, 12, 1), "paused_because": "said_paid"}, "paused"),
        ({"state": ClaimState.IN_PLAN}, "in_plan"),
    ],
)
async def test_what_stands_against_interest_is_counted(
    runtime, council, claim, posted, given, reason
):
    await change(runtime, claim, **given)
    report = await postings.post_interest(council(), municipality="albertslund")
    assert (dict(report.refused), await posted()) == ({reason: 1}, [])


@pytest.mark.parametrize(
    "given",
    [
        {"state": ClaimState.DISPUTED},
        {"state": ClaimState.SHELVED},
        {"state": ClaimState.HANDED_OVER},
        {"state": ClaimState.WRITTEN_OFF},
        {"state": ClaimState.IN_RESPITE, "respite_until": date(2026, 12, 1)},
        {"state": ClaimState.PAID, "paid": Money(120_000)},
        {"paid": Money(120_000)},
    ],
)
async def test_a_claim_at_rest_or_ended_bears_no_interest(runtime, council, claim, posted, given):
    await change(runtime, claim, **given)
    await postings.post_interest(council(), municipality="albertslund")
    assert await posted() == []


async def test_the_days_of_a_dispute_cost_nothing_when_it_is_answered(
    runtime, council, claim, anna, posted
):
    async with runtime.transaction() as session:
        session.add(
            Task(
                municipality="albertslund",
                kind="dispute",
                claim_id=claim.id,
                state=TaskState.DONE,
                opened_at=datetime(2026, 9, 20, 9, tzinfo=COPENHAGEN),
                due_on=date(2026, 9, 27),
                closed_at=datetime(2026, 11, 2, 9, tzinfo=COPENHAGEN),
                closed_by=anna.id,
            )
        )
    await postings.post_interest(council(), municipality="albertslund")
    assert [one.key for one in await posted()] == ["interest:month:3"]


async def test_an_open_dispute_stops_interest_in_a_plan_too(runtime, council, claim, posted):
    await change(runtime, claim, state=ClaimState.IN_PLAN)
    async with runtime.transaction() as session:
        session.add(
            Task(
                municipality="albertslund",
                kind="dispute",
                claim_id=claim.id,
                opened_at=runtime.clock.now(),
                due_on=date(2026, 12, 1),
            )
        )
    await postings.post_interest(council(in_agreements=True), municipality="albertslund")
    assert await posted() == []


async def test_a_caseworkers_hold_costs_nothing_afterwards(runtime, council, claim, anna, posted):
    async with runtime.transaction() as session:
        session.add(
            Override(
                municipality="albertslund",
                claim_id=claim.id,
                step="all",
                effect=Effect.HOLD,
                reason="Venter på svar",
                facts={},
                until=date(2026, 10, 20),
                staff_id=anna.id,
                at=datetime(2026, 9, 20, 9, tzinfo=COPENHAGEN),
            )
        )
    await postings.post_interest(council(), municipality="albertslund")
    assert [one.key for one in await posted()] == ["interest:month:3"]


async def test_late_claims_are_walked_in_batches_each_once(runtime, mette):
    made = {(await make.claim(runtime, mette, claim_ref=f"A-{number}")).id for number in range(5)}
    walked, after = [], None
    async with runtime.transaction() as session:
        while batch := await questions.next_late(
            session, "albertslund", date(2026, 11, 24), after, at_a_time=2
        ):
            walked.append(batch)
            after = batch[-1]
    assert [len(batch) for batch in walked] == [2, 2, 1]
    assert {claim for batch in walked for claim in batch} == made


async def test_interest_that_runs_on_in_a_plan_does_not_break_it(
    runtime, council, clock, claim, mette
):
    talk = await make.conversation(runtime, mette)
    then = clock.now()
    async with runtime.transaction() as session:
        plan = Agreement(
            municipality="albertslund",
            citizen_id=mette.id,
            conversation_id=talk.id,
            kind=AgreementKind.PLAN,
            state=AgreementState.ACCEPTED,
            total=claim.outstanding,
            shown_text="aftalen",
            offered_at=then,
            expires_at=then,
            accepted_at=then,
            channel=talk.channel,
            identity_level=2,
            instalments=[
                Instalment(
                    municipality="albertslund",
                    number=number,
                    amount=Money(60_000),
                    due_on=day,
                )
                for number, day in enumerate((date(2026, 12, 1), date(2027, 1, 4)), start=1)
            ],
            claims=[
                AgreementClaim(
                    municipality="albertslund", claim_id=claim.id, amount=claim.outstanding
                )
            ],
        )
        session.add(plan)
    await change(runtime, claim, state=ClaimState.IN_PLAN)
    clock.travel(timedelta(days=7))
    await pay(runtime, claim, 60_000, date(2026, 12, 1))
    clock.travel(timedelta(days=14))
    await make.coverage(runtime, "albertslund", date(2026, 12, 14))
    report = await postings.post_interest(council(in_agreements=True), municipality="albertslund")
    assert report.postings == 3
    kept = {"kept": 1, "missed": 0, "fulfilled": 0, "broken": 0}
    assert await weigh_plans(runtime, municipality="albertslund") == kept


async def test_a_municipality_nobody_knows_is_a_fault(runtime):
    with pytest.raises(UnknownMunicipalityError):
        await postings.post_interest(runtime, municipality="odense")
