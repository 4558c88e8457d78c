"""The short answers that a chat shows as buttons; by SMS they stand in the text."""

import pytest
from sqlalchemy import select

from data.models.conversations import Message
from tests.bot.conftest import PROOF


@pytest.fixture
def buttons(runtime):
    """The short answers of the message sent last."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message).where(Message.in_reply_to.is_not(None)).order_by(Message.number)
            )
            return list(found)[-1].choices

    return look


async def test_an_offer_is_answered_with_yes_another_way_no_or_a_person(write, prove, buttons):
    said = await write("200 om måneden", "propose_amount")
    assert await buttons() == ["JA", "2", "3", "NEJ", "MENNESKE"]
    assert all(one in said for one in await buttons())


async def test_the_way_that_was_chosen_is_the_one_to_say_yes_to(write, prove, buttons):
    await write("200 om måneden", "propose_amount")
    await write("2", "propose_amount")
    assert await buttons() == ["JA", "1", "3", "NEJ", "MENNESKE"]


async def test_in_english_the_words_are_english(write, prove, buttons):
    await write("I can pay 200 every month, is that okay with you", "propose_amount")
    assert await buttons() == ["YES", "2", "3", "NO", "HUMAN"]


async def test_a_question_back_is_answered_with_its_numbers(write, prove, buttons):
    await write("hva", "not_understood", unsure={"how_much": 0.4, "due_date": 0.33})
    assert await buttons() == ["1", "2", "MENNESKE"]


async def test_while_a_proof_is_awaited_there_is_always_a_person(write, claim, buttons):
    await write("hvor meget", "how_much")
    assert await buttons() == ["MENNESKE"]


async def test_there_is_nothing_to_tap_once_a_person_has_it(write, prove, buttons):
    await write("menneske", "human")
    assert await buttons() == []


async def test_after_an_agreement_nothing_is_to_be_chosen(write, prove, buttons):
    await write("200 om måneden", "propose_amount")
    await write("ja", "accept")
    assert await buttons() == []


async def test_the_introduction_does_not_hide_the_buttons(write, claim, buttons):
    await write(PROOF, "not_understood")
    assert "MENNESKE" in await buttons()
