"""Who has no telephone hears of their plan by e-mail, where the municipality sends it."""

from datetime import date

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint, Language, OptOut
from data.values.time import ONE_DAY, at_local, previous_bank_day
from outreach.dispatch import drain
from outreach.rounds import morning_round
from tests import make, make_calls

METTES = "mette@example.dk"
FRIDAY_BEFORE = date(2026, 11, 27)  # 1 December is the Tuesday after
REMINDER = (
    "Hej Mette. Husk din aftale med Albertslund Kommune. Næste dag er 1. december. Driller det,"
    " så ring inden: 43 68 68 68 (hverdage 10-14)."
)


@pytest.fixture
def house(runtime):
    """The same house, with a sender of e-mail and a way out for it."""
    return make_calls.with_mail(runtime)


@pytest.fixture
def mailed(runtime):
    """Make a citizen with an e-mail address."""

    async def build(**given):
        person = await make.citizen(runtime, **({"phone": None} | given))
        async with runtime.transaction() as session:
            session.add(
                ContactPoint(
                    municipality=person.municipality,
                    citizen_id=person.id,
                    channel=Channel.EMAIL,
                    address=METTES,
                    created_at=runtime.clock.now(),
                )
            )
        return person

    return build


@pytest.fixture
def morning_of(house, clock):
    """Live through the morning of a day in the house that sends e-mail."""

    async def live(day):
        clock.instant = at_local(day, 7)
        await make.coverage(house, "albertslund", previous_bank_day(day - ONE_DAY))
        await morning_round(house, municipality="albertslund")
        clock.instant = at_local(day, 10)
        await drain(house, ["albertslund"])
        return house.carriers[Channel.EMAIL].parcels

    return live


async def test_who_has_no_telephone_is_reminded_by_mail_once(
    mailed, owed, in_plan, morning_of, sms, see
):
    await in_plan(await owed(await mailed()))
    [parcel] = await morning_of(FRIDAY_BEFORE)
    assert (parcel.to, parcel.body) == (METTES, REMINDER)
    assert len(await morning_of(date(2026, 12, 1))) == 1
    assert sms.sent == []
    assert await see.written() == [("plan_reminder", "accepted", None)]


async def test_who_has_a_telephone_is_reminded_there_and_not_twice(
    mailed, owed, in_plan, morning_of, sms
):
    await in_plan(await owed(await mailed(phone=make.METTE_PHONE)))
    assert await morning_of(FRIDAY_BEFORE) == []
    assert len(sms.sent) == 1


async def test_an_english_reader_gets_english_mail(mailed, owed, in_plan, morning_of):
    await in_plan(await owed(await mailed(language=Language.ENGLISH)))
    [parcel] = await morning_of(FRIDAY_BEFORE)
    assert parcel.language == "en"
    assert parcel.body.startswith("Hi Mette. Remember your agreement with Albertslund")


async def test_a_missed_instalment_is_told_by_mail_and_the_way_back_begins(
    mailed, owed, in_plan, morning_of, see
):
    plan = await in_plan(await owed(await mailed()))
    for day in (date(2026, 12, 9), date(2026, 12, 10)):
        parcels = await morning_of(day)
    assert [parcel.kind for parcel in parcels] == ["plan_missed"]
    assert "En dag i din aftale med Albertslund Kommune er gået." in parcels[0].body
    assert (await see.plan(plan)).instalments[0].missed_at is not None
    assert await see.tasks() == []


@pytest.mark.parametrize("why", ["opted out", "distrusted"])
async def test_who_said_stop_to_mail_or_has_none_that_works_is_told_by_a_person(
    runtime, mailed, owed, in_plan, morning_of, see, why
):
    await in_plan(await owed(await mailed()))
    async with runtime.transaction() as session:
        if why == "opted out":
            session.add(
                OptOut(
                    municipality="albertslund",
                    channel=Channel.EMAIL,
                    address=METTES,
                    at=runtime.clock.now(),
                    source="mail_link",
                )
            )
        else:
            point = (await session.scalars(select(ContactPoint))).one()
            point.distrusted_at = runtime.clock.now()
            point.distrusted_because = "no_such_mailbox"
    for day in (date(2026, 12, 9), date(2026, 12, 10)):
        assert await morning_of(day) == []
    [(kind, facts)] = await see.tasks()
    wanted = {"opted out": "opted_out", "distrusted": "no_address"}[why]
    assert (kind, facts["because"]) == ("plan_missed", wanted)


async def test_two_who_share_a_mailbox_are_not_named(runtime, mailed, owed, in_plan, morning_of):
    await in_plan(await owed(await mailed()))
    await mailed(debtor_id="0202801234", name="Jens Hansen")
    [parcel] = await morning_of(FRIDAY_BEFORE)
    assert parcel.body.startswith("Hej. Husk din aftale")
