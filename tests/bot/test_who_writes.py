"""The citizen always knows whether a person or the assistant writes (AI Act, article 50)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.handoffs import Handoff
from outreach import handoffs
from outreach.texts import LANGUAGES, catalogue
from tests import make_desk


@pytest.fixture
def a_person_has_had_the_talk(runtime):
    """A caseworker takes the conversation over and gives it back."""

    async def talk():
        anna = await make_desk.staff(runtime)
        async with runtime.transaction() as session:
            handoff = (await session.scalars(select(Handoff))).one()
            await handoffs.take(session, runtime, handoff.id, anna)
        async with runtime.transaction() as session:
            await handoffs.hand_back(session, runtime, handoff.id, anna, "talt sammen")

    return talk


async def test_who_asks_for_a_person_later_is_not_told_that_the_assistant_is_back(write, clock):
    await write("Hej", "greeting")
    clock.travel(timedelta(minutes=1))
    assert "assistent igen" not in await write("jeg vil tale med et menneske", "human")


async def test_after_a_person_the_assistant_says_once_that_it_writes_again(
    write, prove, clock, a_person_has_had_the_talk
):
    assert "medarbejder skriver til dig" in await write("et menneske tak", "human")
    clock.travel(timedelta(hours=1))
    await a_person_has_had_the_talk()
    clock.travel(timedelta(hours=1))
    said = await write("hvad skylder jeg nu?", "how_much")
    assert said.startswith("Nu skriver den digitale assistent igen (AI).")
    assert "digitale assistent" not in await write("hvornår er fristen?", "due_date")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_waits_again_hears_that_a_person_comes(language):
    said = catalogue(language).render("conversation.waiting_again")
    assert {"da": "En medarbejder", "en": "A caseworker"}[language] in said
