"""Where a citizen can be reached: what each address is worth, and what is said of it."""

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint, OptOut
from data.models.conversations import Author, Conversation, Message, MessageStatus
from outreach import citizens, confirming, conversations, identity
from outreach.identity import Check
from tests import make, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")


@pytest.fixture
async def phone(runtime, mette):
    async with runtime.transaction() as session:
        return (await session.scalars(select(ContactPoint))).one()


async def now_is(runtime, kind, number):
    async with runtime.transaction() as session:
        return await session.get_one(kind, number)


async def test_each_address_tells_where_it_is_from_and_when_it_last_worked(
    anna, runtime, talk, page
):
    await make_desk.said(runtime, talk, "Hej Mette", author=Author.ASSISTANT)
    text = (await anna.get(page)).text
    section = text.partition('id="contacts"')[2].partition("</section>")[0]
    for words in ("20 30 40 50", "fra fagsystemet", "sidst leveret i dag kl. 10.00", "Bruges"):
        assert words in section


async def test_a_wrong_number_is_cut_from_the_citizen_at_once(
    anna, runtime, mette, talk, phone, page, send
):
    waits = await make.outgoing(runtime, talk)
    refused = await send("wrong-number", contact=str(phone.id), reason=" ")
    assert refused.status_code == 422
    done = await send("wrong-number", contact=str(phone.id), reason="En anden tog telefonen.")
    text = (await anna.get(done.headers["location"])).text
    assert "Nummeret bruges ikke mere" in text
    assert "ikke borgerens" in text
    assert (await now_is(runtime, ContactPoint, phone.id)).distrusted_because == "wrong_person"
    gone = await now_is(runtime, Message, waits.id)
    assert (gone.status, gone.stood_down_because) == (
        MessageStatus.STOOD_DOWN,
        "number_distrusted",
    )
    cut = await now_is(runtime, Conversation, talk.id)
    assert (cut.citizen_id, cut.identity_level) == (None, 0)
    assert cut.owner_number == talk.owner_number + 1
    again = await send("wrong-number", contact=str(phone.id), reason="Igen.")
    assert again.status_code == 409


async def test_it_is_the_citizens_after_all_and_proves_itself_anew(runtime, talk, phone, send):
    await send("wrong-number", contact=str(phone.id), reason="En anden tog telefonen.")
    await send("trust", contact=str(phone.id), reason="Det var hendes søn.")
    assert (await now_is(runtime, ContactPoint, phone.id)).distrusted_at is None
    assert (await now_is(runtime, Conversation, talk.id)).citizen_id is None


async def test_messages_are_stopped_and_allowed_only_as_the_citizen_wants(
    anna, runtime, talk, phone, page, send
):
    waits = await make.outgoing(runtime, talk)
    await send("stop", contact=str(phone.id), reason="Hun ringede og bad om det.")
    assert (await now_is(runtime, Message, waits.id)).stood_down_because == "opted_out"
    assert "en medarbejder noterede det" in (await anna.get(page)).text
    assert (await send("stop", contact=str(phone.id), reason="Igen.")).status_code == 409
    refused = await send("allow", contact=str(phone.id), reason="")
    assert refused.status_code == 422
    done = await send("allow", contact=str(phone.id), reason="Hun bad om det ved skranken i dag.")
    assert "igen" in (await anna.get(done.headers["location"])).text
    async with runtime.transaction() as session:
        assert await session.scalar(select(OptOut)) is None


async def test_a_no_by_sms_is_told_as_the_citizens_own(anna, runtime, phone, page):
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session, runtime, municipality="albertslund", channel=Channel.SMS,
            address=phone.address, source="citizen",
        )  # fmt: skip
    assert "borgeren sagde STOP" in (await anna.get(page)).text


async def test_the_other_who_shares_the_number_keeps_it(runtime, talk, phone, send):
    bo = await make.citizen(runtime, name="Bo Juul", debtor_id="0202801234")
    his = await make.outgoing(runtime, talk, citizen_id=bo.id)
    await send("wrong-number", contact=str(phone.id), reason="Det er Bos.")
    assert (await now_is(runtime, Message, his.id)).status is MessageStatus.QUEUED
    async with runtime.transaction() as session:
        query = select(ContactPoint).where(ContactPoint.citizen_id == bo.id)
        assert (await session.scalars(query)).one().distrusted_at is None


async def test_another_citizens_address_is_not_touched_from_here(runtime, mette, send):
    bo = await make.citizen(runtime, name="Bo Juul", debtor_id="0202801234", phone="+4520304060")
    async with runtime.transaction() as session:
        query = select(ContactPoint.id).where(ContactPoint.citizen_id == bo.id)
        number = (await session.scalars(query)).one()
    assert (await send("stop", contact=str(number), reason="Hej")).status_code == 404
    assert (await send("stop", contact="tolv", reason="Hej")).status_code == 404


async def test_each_address_tells_when_it_was_last_confirmed(anna, runtime, mette, page):
    assert "aldrig bekræftet" in (await anna.get(page)).text
    async with runtime.transaction() as session:
        way = {"by": confirming.REPLY, "address": make.METTE_PHONE}
        await confirming.confirm(session, runtime, mette.id, Channel.SMS, **way)
    text = (await anna.get(page)).text
    assert "sidst bekræftet i dag kl. 10.00, borgeren skrev herfra og viste, hvem det er" in text


async def test_all_messages_are_stopped_at_once(anna, runtime, page, send):
    assert (await send("stop-all", reason=" ")).status_code == 422
    done = await send("stop-all", reason="Mette ringede i dag.")
    text = (await anna.get(done.headers["location"])).text
    assert "Der sendes ikke flere beskeder" in text
    assert "en medarbejder noterede det" in text
    assert (await send("stop-all", reason="Igen.")).status_code == 409


async def test_who_guessed_too_often_is_let_in_again_by_a_person(
    anna, runtime, mette, claim, talk, page, send
):
    assert "open-identity" not in (await anna.get(page)).text
    for _ in range(3):
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            await identity.check(session, runtime, place, f"02-02-1980 {claim.claim_ref}")
    assert "3 forkerte svar på, hvem det er" in (await anna.get(page)).text
    assert (await send("open-identity", reason=" ")).status_code == 422
    done = await send("open-identity", reason="Hun kom med pas.")
    text = (await anna.get(done.headers["location"])).text
    assert "Borgeren kan vise igen, hvem det er." in text
    assert "forkerte svar" not in text
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        proof = f"01-01-1980 {claim.claim_ref}"
        assert await identity.check(session, runtime, place, proof) is Check.PROVEN
    assert (await send("open-identity", reason="Igen.")).status_code == 409
