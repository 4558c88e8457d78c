"""Three wrong answers over all channels together, and the way back through a person."""

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Channel
from data.models.conversations import Conversation
from data.providers import CitizenProvider
from outreach import citizen_sign_in, contacts, conversations, identity, identity_locks
from outreach.errors import NotFoundError
from outreach.gateways.openid import Arrival
from outreach.identity import Check
from outreach.overrides import ReasonMissingError
from tests import make, make_desk

RIGHT, WRONG = "01-01-1980 A-1001", "02-01-1980 A-1001"


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
def write(runtime):
    """Let somebody write a proof in a new chat, or in one that is named."""
    count = 0

    async def weigh(text, *, to=None, channel=Channel.WEB):
        nonlocal count
        count += 1
        async with runtime.transaction() as session:
            talk = await conversations.open_for(
                session,
                runtime,
                municipality="albertslund",
                channel=channel,
                address=to or f"chat-{count}",
                citizen=None,
            )
            return await identity.check(session, runtime, talk, text)

    return weigh


async def test_a_new_chat_gives_no_new_tries(write, mette):
    assert [await write(WRONG) for _ in range(3)] == [Check.WRONG, Check.WRONG, Check.LOCKED]
    assert await write(RIGHT) is Check.LOCKED


async def test_wrong_answers_count_over_the_channels_together(write, runtime, mette):
    talk = await make.conversation(runtime, mette)
    await write(WRONG, to=talk.address, channel=Channel.SMS)
    await write(WRONG, channel=Channel.VOICE)
    assert await write(WRONG, channel=Channel.WEB) is Check.LOCKED
    assert await write(RIGHT, to=talk.address, channel=Channel.SMS) is Check.LOCKED


async def test_another_case_number_of_the_same_citizen_gives_no_new_tries(write, runtime, mette):
    await make.claim(runtime, mette, claim_ref="A-2002")
    for _ in range(3):
        await write(WRONG)
    assert await write("01-01-1980 A-2002") is Check.LOCKED


async def test_a_number_that_does_not_exist_locks_like_one_that_does(write, mette):
    there = [await write("02-01-1980 A-1001") for _ in range(4)]
    nowhere = [await write("02-01-1980 A-9999") for _ in range(4)]
    assert there == nowhere


async def test_who_guesses_in_many_chats_at_once_has_three_tries_too(write, mette):
    found = await asyncio.gather(*(write(f"{day:02}-01-1980 A-1001") for day in range(2, 10)))
    assert found.count(Check.WRONG) == 2
    assert found.count(Check.LOCKED) == 6


async def test_another_citizen_is_not_locked_by_it(write, runtime, mette):
    other = await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051")
    await make.claim(runtime, other, claim_ref="A-3003")
    for _ in range(3):
        await write(WRONG)
    assert await write("02-02-1990 A-3003") is Check.PROVEN


async def test_another_municipalitys_citizen_is_not_locked_by_it(runtime, write, mette):
    in_faxe = await make.citizen(runtime, municipality="faxe", phone="+4520304051")
    await make.claim(runtime, in_faxe)
    for _ in range(3):
        await write(WRONG)
    talk = await make.conversation(runtime, in_faxe, address="+4520304051")
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        assert await identity.check(session, runtime, place, RIGHT) is Check.PROVEN


async def test_a_right_answer_resets_what_was_counted_everywhere(write, runtime, mette):
    for _ in range(2):
        await write(WRONG)
    assert await write(RIGHT) is Check.PROVEN
    assert [await write(WRONG) for _ in range(2)] == [Check.WRONG, Check.WRONG]
    async with runtime.transaction() as session:
        assert await identity_locks.wrong_for(session, runtime, "albertslund", mette.id) == 2


async def test_who_signs_in_has_their_own_case_numbers_back(write, runtime, mette):
    for _ in range(3):
        await write(WRONG)
    broker = CitizenProvider(
        issuer="https://broker.example",
        client_id="mindelig",
        client_secret=SecretStr("-"),
        levels=["high"],
    )
    arrival = Arrival("mette", {"cpr": mette.debtor_id, "acr": "high"}, "")
    talk = await make.conversation(runtime, None, channel=Channel.WEB, address="chat-mitid")
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        assert await citizen_sign_in.let_in(session, runtime, place, broker, arrival)
    assert await write(RIGHT) is Check.PROVEN


async def test_a_list_of_case_numbers_locks_nobody(write, runtime, mette):
    for number in range(2, 10):
        other = await make.citizen(runtime, debtor_id=f"0{number}02901234", phone=None)
        await make.claim(runtime, other, claim_ref=f"A-100{number}")
    refs = " ".join(f"A-{number}" for number in range(1001, 1010))
    for _ in range(3):
        await write(f"02-01-1980 {refs}")
    assert await write(RIGHT) is Check.PROVEN


# The way back.


@pytest.fixture
async def staff(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def open_again(runtime, mette):
    async def act(staff, reason="Jeg har talt med Mette i telefonen."):
        async with runtime.transaction() as session:
            await contacts.open_identity(session, runtime, mette, staff, reason)

    return act


async def test_a_person_opens_it_again_with_a_reason_on_record(
    write, open_again, runtime, mette, staff
):
    talk = await make.conversation(runtime, mette)
    for _ in range(3):
        await write(WRONG, to=talk.address, channel=Channel.SMS)
    await open_again(staff)
    assert await write(RIGHT, to=talk.address, channel=Channel.SMS) is Check.PROVEN
    assert await write(RIGHT) is Check.PROVEN
    async with runtime.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.act == "identity_opened")
        [entry] = list(await session.scalars(query))
    assert entry.actor == f"staff:{staff.id}"
    assert entry.facts["why"] == "Jeg har talt med Mette i telefonen."


async def test_nothing_is_opened_without_a_reason_or_where_nothing_is_locked(
    write, open_again, runtime, mette, staff
):
    with pytest.raises(contacts.NotLockedError):
        await open_again(staff)
    await write(WRONG)
    with pytest.raises(ReasonMissingError):
        await open_again(staff, " ")


async def test_a_person_of_another_municipality_opens_nothing(write, open_again, runtime, mette):
    elsewhere = await make_desk.staff(runtime, municipality="faxe", username="fie")
    await write(WRONG)
    with pytest.raises(NotFoundError):
        await open_again(elsewhere)


async def test_handing_back_lets_who_it_is_with_try_again(write, runtime, mette):
    talk = await make.conversation(runtime, mette)
    for _ in range(3):
        await write(WRONG, to=talk.address, channel=Channel.SMS)
    async with runtime.transaction() as session:
        place = await session.get_one(Conversation, talk.id, with_for_update=True)
        await identity_locks.look_again(session, runtime, place)
    assert await write(RIGHT, to=talk.address, channel=Channel.SMS) is Check.PROVEN
