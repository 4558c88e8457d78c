"""One voice to a household: who waits, who is not told twice, and that nothing is told across."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementClaim
from data.models.audit import AuditEntry
from data.models.cases import Liability
from data.models.claims import Decision
from data.models.conversations import Message, MessageKind, MessageStatus
from data.models.relations import Relation
from data.values.money import Money
from data.values.time import day_of
from outreach import relations
from outreach.dispatch import run_batch
from outreach.errors import NotFoundError
from tests import make, make_desk

BO = {"name": "Bo Juul", "debtor_id": "0202801234", "phone": "+4520304060"}


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def bo(runtime):
    return await make.citizen(runtime, **BO)


@pytest.fixture
def live_together(runtime, anna):
    async def together(one, other, staff=anna):
        async with runtime.transaction() as session:
            return await relations.add_home(
                session, runtime, one, staff, other.id, evidence="Samme adresse i CPR."
            )

    return together


@pytest.fixture
def write_to(runtime):
    """Make a first message about a claim of one's own."""

    async def written(person, ref, address=make.METTE_PHONE, **given):
        talk = await make.conversation(runtime, person, address=address)
        return await make.first_contact(
            runtime, talk, await make.claim(runtime, person, claim_ref=ref), **given
        )

    return written


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def test_the_second_of_a_household_is_written_to_the_day_after(
    runtime, sms, clock, mette, bo, live_together, write_to
):
    await live_together(mette, bo)
    await write_to(mette, "A-1")
    second = await write_to(bo, "B-1", BO["phone"])
    report = await run_batch(runtime, "albertslund")
    assert (report.sent, report.postponed) == (1, 1)
    waits = await now_is(runtime, second)
    assert (waits.status, waits.error_code) == (MessageStatus.QUEUED, "household_today")
    assert day_of(waits.not_before) == day_of(clock.now()) + timedelta(days=1)
    clock.travel(timedelta(days=1))
    assert (await run_batch(runtime, "albertslund")).sent == 1
    assert [each.to.e164 for each in sms.sent] == [make.METTE_PHONE, BO["phone"]]


async def test_it_waits_too_when_the_first_left_in_an_earlier_batch(
    runtime, mette, bo, live_together, write_to
):
    await live_together(bo, mette)
    await write_to(mette, "A-1")
    await run_batch(runtime, "albertslund")
    await write_to(bo, "B-1", BO["phone"])
    assert (await run_batch(runtime, "albertslund")).postponed == 1


async def test_strangers_are_written_to_on_the_same_day(runtime, mette, bo, write_to):
    await write_to(mette, "A-1")
    await write_to(bo, "B-1", BO["phone"])
    assert (await run_batch(runtime, "albertslund")).sent == 2


async def test_who_has_moved_apart_is_nobodys_household(
    runtime, anna, mette, bo, live_together, write_to
):
    home = await live_together(mette, bo)
    async with runtime.transaction() as session:
        await relations.end(session, runtime, bo, anna, home.id, "Flyttet fra hinanden.")
    await write_to(mette, "A-1")
    await write_to(bo, "B-1", BO["phone"])
    assert (await run_batch(runtime, "albertslund")).sent == 2


async def test_a_household_of_three_is_one_however_it_was_written_down(
    runtime, mette, bo, live_together, write_to
):
    eva = await make.citizen(runtime, name="Eva Juul", debtor_id="0303801234", phone="+4520304070")
    await live_together(mette, bo)
    await live_together(bo, eva)
    await write_to(mette, "A-1")
    await write_to(eva, "E-1", "+4520304070")
    assert (await run_batch(runtime, "albertslund")).sent == 1


async def test_the_other_is_not_written_to_about_the_same_claim(
    runtime, sms, clock, mette, bo, live_together, write_to
):
    await live_together(mette, bo)
    first = await write_to(mette, "A-1")
    async with runtime.transaction() as session:
        about = select(Decision.claim_id).where(Decision.message_id == first.id)
        claim_id = (await session.scalars(about)).one()
        owed = Liability(
            municipality="albertslund",
            claim_id=claim_id,
            citizen_id=bo.id,
            created_at=clock.now(),
        )
        session.add(owed)
    talk = await make.conversation(runtime, bo, address=BO["phone"])
    plan = await make_desk.plan(
        runtime, talk, claims=[AgreementClaim(
            municipality="albertslund", claim_id=claim_id, amount=Money(120000), position=1
        )],
    )  # fmt: skip
    told = {"kind": MessageKind.PLAN_REMINDER, "agreement_id": plan.id}
    await make.outgoing(
        runtime, talk, **told, status=MessageStatus.DELIVERED,
        sending_since=clock.now() - timedelta(days=9),
    )  # fmt: skip
    report = await run_batch(runtime, "albertslund")
    assert (report.stood_down, sms.sent) == (1, [])
    assert (await now_is(runtime, first)).stood_down_because == "household_told"


async def test_a_home_is_written_down_once_with_how_it_is_known(
    runtime, anna, mette, bo, live_together
):
    await live_together(mette, bo)
    with pytest.raises(relations.KnownError):
        await live_together(bo, mette)
    with pytest.raises(relations.RelationError):
        await live_together(mette, mette)
    async with runtime.transaction() as session:
        acts = select(AuditEntry).where(AuditEntry.act == "relation_added")
        entries = list(await session.scalars(acts))
    assert {each.subject_id for each in entries} == {str(mette.id), str(bo.id)}
    assert {each.facts["why"] for each in entries} == {"Samme adresse i CPR."}


async def test_a_home_never_reaches_into_another_municipality(runtime, mette, live_together):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    with pytest.raises(NotFoundError):
        await live_together(mette, frode)
    async with runtime.transaction() as session:
        assert await session.get(Relation, frode.id) is None


@pytest.mark.parametrize("until", [date(2026, 11, 24), date(2026, 11, 23)])
async def test_a_home_counts_to_its_last_day(runtime, mette, bo, live_together, write_to, until):
    home = await live_together(mette, bo)
    async with runtime.transaction() as session:
        (await session.get_one(Relation, home.id)).until = until
    await write_to(mette, "A-1")
    await write_to(bo, "B-1", BO["phone"])
    assert (await run_batch(runtime, "albertslund")).sent == (1 if until.day == 24 else 2)
