"""Codes that work once: for one purpose, for a while, and never where they were sent."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from data.models.audit import AuditEntry
from data.models.citizens import Channel
from data.models.codes import OneTimeCode, Purpose, SentOn
from outreach import one_time_codes
from outreach.rules.one_time_codes import codes_in, folded, new_code
from tests import make


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
def issue(runtime, mette):
    async def make_one(purpose=Purpose.IDENTITY, made_for=Channel.SMS, **given):
        values = {"municipality": "albertslund", "citizen_id": mette.id} | given
        async with runtime.transaction() as session:
            return await one_time_codes.issue(
                session, runtime, purpose=purpose, made_for=made_for, **values
            )

    return make_one


@pytest.fixture
def redeem(runtime):
    async def use(code, purpose=Purpose.IDENTITY, channel=Channel.WEB, **given):
        async with runtime.transaction() as session:
            return await one_time_codes.redeem(
                session,
                runtime,
                code=code,
                purpose=purpose,
                channel=channel,
                **{"municipality": "albertslund"} | given,
            )

    return use


@pytest.mark.parametrize("again", range(20))
def test_every_code_is_found_again_in_what_is_typed(again):
    code = new_code()
    one, two = code.split("-")
    for typed in (code, code.upper(), one + two, f"{one} {two}", f"koden er {code}.", f"*{code}*"):
        assert codes_in(typed) == [folded(code)], again


@pytest.mark.parametrize(
    "typed",
    ["", "regnskab", "hvad har jeg", "A-1001", "010180-1234", "20304050", "ja tak", "sag A-2345"],
)
def test_no_word_and_no_number_is_taken_for_a_code(typed):
    assert codes_in(typed) == []


async def test_a_code_leads_to_its_citizen_once(issue, redeem, mette):
    code = await issue()
    found = await redeem(f" {code.upper()} ")
    assert (found.citizen_id, found.sent_on) == (mette.id, SentOn.SMS)
    assert await redeem(code) is None


async def test_of_two_who_use_a_code_at_once_one_has_it(issue, redeem):
    code = await issue()
    found = await asyncio.gather(*(redeem(code) for _ in range(5)))
    assert len([each for each in found if each is not None]) == 1


async def test_a_code_does_not_prove_the_channel_it_was_sent_on(issue, redeem):
    code = await issue(made_for=Channel.SMS)
    assert await redeem(code, channel=Channel.SMS) is None
    assert await redeem(code, channel=Channel.WEB) is not None


async def test_a_code_works_for_its_purpose_and_in_its_municipality_only(issue, redeem):
    code = await issue(Purpose.TELEGRAM_LINK, None)
    assert await redeem(code, Purpose.IDENTITY) is None
    assert await redeem(code, Purpose.TELEGRAM_LINK, municipality="faxe") is None
    found = await redeem(code, Purpose.TELEGRAM_LINK, Channel.TELEGRAM)
    assert found.sent_on is SentOn.LETTER


@pytest.mark.parametrize(
    ("made_for", "life"), [(Channel.SMS, timedelta(minutes=15)), (None, timedelta(days=30))]
)
async def test_a_code_works_as_long_as_the_policy_says(issue, redeem, clock, made_for, life):
    early, late = await issue(made_for=made_for), None
    clock.travel(life - timedelta(seconds=1))
    assert await redeem(early) is not None
    late = await issue(made_for=made_for)
    clock.travel(life)
    assert await redeem(late) is None


async def test_a_new_code_ends_the_one_before_that_went_the_same_way(issue, redeem):
    first, letter, second = await issue(), await issue(made_for=None), await issue()
    assert await redeem(first) is None
    assert await redeem(second) is not None
    assert await redeem(letter) is not None


async def test_a_chat_of_nobody_we_know_is_taken_up_again_by_code(runtime, issue, redeem):
    chat = await make.conversation(runtime, None, channel=Channel.WEB, address="chat-1")
    code = await issue(Purpose.CHAT_RESUME, Channel.WEB, citizen_id=None, conversation_id=chat.id)
    found = await redeem(code, Purpose.CHAT_RESUME, Channel.WEB)
    assert (found.citizen_id, found.conversation_id) == (None, chat.id)


async def test_who_tries_wrong_codes_is_not_listened_to_for_a_while(issue, redeem, clock):
    code = await issue(Purpose.TELEGRAM_LINK, None)
    link = {"purpose": Purpose.TELEGRAM_LINK, "channel": Channel.TELEGRAM}
    for _ in range(3):
        assert await redeem("22aa-33bb", asked_by="chat 7", **link) is None
    assert await redeem(code, asked_by="chat 7", **link) is None
    clock.travel(timedelta(minutes=16))
    assert await redeem(code, asked_by="chat 7", **link) is not None


async def test_wrong_codes_of_last_week_do_not_add_up_with_a_slip_today(issue, redeem, clock):
    code = await issue(Purpose.TELEGRAM_LINK, None)
    link = {"purpose": Purpose.TELEGRAM_LINK, "channel": Channel.TELEGRAM, "asked_by": "chat 7"}
    for _ in range(2):
        await redeem("22aa-33bb", **link)
    clock.travel(timedelta(days=7))
    await redeem("22aa-33bb", **link)
    assert await redeem(code, **link) is not None


async def test_another_who_asks_is_not_stopped_by_it(issue, redeem):
    code = await issue(Purpose.TELEGRAM_LINK, None)
    link = {"purpose": Purpose.TELEGRAM_LINK, "channel": Channel.TELEGRAM}
    for _ in range(3):
        await redeem("22aa-33bb", asked_by="chat 7", **link)
    assert await redeem(code, asked_by="chat 8", **link) is not None


async def test_nobody_is_sent_codes_without_end(runtime, issue, mette, clock):
    async def exhausted():
        async with runtime.transaction() as session:
            return await one_time_codes.is_exhausted(session, runtime, mette.id, Purpose.IDENTITY)

    for _ in range(one_time_codes.AT_MOST_A_DAY):
        assert not await exhausted()
        await issue()
    assert await exhausted()
    clock.travel(timedelta(hours=24))
    assert not await exhausted()


async def test_the_code_is_kept_nowhere_and_each_act_is_on_record(runtime, issue, redeem):
    code = await issue()
    await redeem(code)
    async with runtime.transaction() as session:
        row = (await session.scalars(select(OneTimeCode))).one()
        acts = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        dump = (
            await session.scalars(text("select one_time_codes::text from one_time_codes"))
        ).one()
    assert len(row.code_hash) == 32
    assert folded(code) not in folded(dump)
    assert [entry.act for entry in acts] == ["code_made", "code_used"]
    assert folded(code) not in folded(str([entry.facts for entry in acts]))
