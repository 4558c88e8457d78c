"""The young, those under guardianship and the dead conclude nothing, wherever a yes is said."""

import pytest

from data.models.agreements import AgreementState
from data.models.citizens import Channel, Citizen, ContactPoint
from tests import make

OTHER_PHONE = "+4520304099"
CASES = {
    "hard_minor": "jeg er 15 år",
    "hard_guardianship": "jeg er under værgemål",
    "hard_deceased_debtor": "Mette er død",
}
HINTED = "det er nok ikke mig der bestemmer sådan noget"


@pytest.fixture
async def offered(write, prove):
    """Mette has an offer on the table, and may say yes."""
    assert "JA" in await write("200 om måneden", "propose_amount")


@pytest.fixture
def nothing_is_concluded(agreements_in, the_one):
    async def look(case):
        assert await agreements_in(AgreementState.ACCEPTED) == []
        assert (await the_one(Citizen)).frozen_because == case

    return look


@pytest.mark.parametrize(("case", "words"), CASES.items())
async def test_a_yes_after_it_concludes_nothing(offered, write, nothing_is_concluded, case, words):
    await write(words)
    await write("JA")
    await nothing_is_concluded(case)


@pytest.mark.parametrize(("case", "words"), CASES.items())
async def test_a_yes_in_the_same_message_concludes_nothing(
    offered, write, nothing_is_concluded, case, words
):
    said = await write(f"ja tak, men {words}", "accept")
    assert "Aftalen er lavet" not in said
    await nothing_is_concluded(case)


@pytest.mark.parametrize("case", CASES)
async def test_heard_by_rasa_it_is_the_same(offered, write, nothing_is_concluded, case):
    said = await write(HINTED, case)
    assert said
    await write("JA")
    await nothing_is_concluded(case)


async def second_phone(runtime, person):
    async with runtime.transaction() as session:
        session.add(
            ContactPoint(
                municipality=person.municipality,
                citizen_id=person.id,
                channel=Channel.SMS,
                address=OTHER_PHONE,
                created_at=runtime.clock.now(),
            )
        )


@pytest.mark.parametrize(("case", "words"), CASES.items())
async def test_said_on_one_telephone_it_holds_on_the_other(
    offered, write, runtime, mette, nothing_is_concluded, case, words
):
    await second_phone(runtime, mette)
    await write(words, sender=OTHER_PHONE)
    said = await write("JA", "accept")
    assert "Aftalen er lavet" not in said
    await nothing_is_concluded(case)


async def test_who_is_seventeen_by_their_number_is_told_no_sum(
    runtime, write, nothing_is_concluded
):
    young = await make.citizen(runtime, debtor_id="2511084000")  # eighteen tomorrow
    await make.claim(runtime, young)
    said = await write("25-11-2008 A-1001", "not_understood")
    assert "under 18" in said
    assert "kr." not in said
    await nothing_is_concluded("hard_minor")


async def test_who_is_eighteen_today_is_told(runtime, write):
    await make.claim(runtime, await make.citizen(runtime, debtor_id="2411084000"))
    assert "1.200 kr." in await write("24-11-2008 A-1001", "not_understood")
