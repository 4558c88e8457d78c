"""A protected person has no name on a list of work, nor on anybody else's page."""

import pytest

from data.models.cases import Liability
from outreach import tasks
from tests import make, make_desk

HIDDEN = "En beskyttet person"


@pytest.fixture
async def ida(runtime):
    return await make.citizen(
        runtime, name="Ida Skjult", debtor_id="0404801234", phone=None, address_protected=True
    )


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


async def opened(runtime, person, **given):
    """Open a task on a claim of somebody."""
    claim = await make.claim(runtime, person, **given)
    async with runtime.transaction() as session:
        task = await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    return claim, task


async def test_the_list_of_tasks_and_a_task_name_no_protected_person(anna, runtime, ida, mette):
    _, task = await opened(runtime, ida)
    await opened(runtime, mette, claim_ref="A-1002")
    for page in ("/desk/tasks", f"/desk/tasks/{task.id}"):
        text = (await anna.get(page)).text
        assert HIDDEN in text
        assert "Ida Skjult" not in text
    assert "Mette Hansen" in (await anna.get("/desk/tasks")).text


async def test_a_task_about_a_protected_person_asks_why_each_time(anna, runtime, ida, mette):
    _, task = await opened(runtime, ida)
    _, plain = await opened(runtime, mette, claim_ref="A-1002")
    asked = (await anna.get(f"/desk/tasks/{task.id}")).text
    assert "Notat" not in asked
    assert "reading_reason" in asked
    assert "reading_reason" not in (await anna.get(f"/desk/tasks/{plain.id}")).text
    led = await anna.send(
        "/desk/readings",
        f"/desk/tasks/{task.id}",
        citizen=str(ida.id),
        there=f"/desk/tasks/{task.id}",
        reading_ground="post",
        reading_reason="Brevet kom retur",
    )
    assert "Notat" in (await anna.get(led.headers["location"])).text
    assert "reading_reason" in (await anna.get(f"/desk/tasks/{task.id}")).text


async def test_a_claim_searched_for_names_no_protected_person(anna, runtime, ida, mette):
    await opened(runtime, ida, claim_ref="A-1001")
    await opened(runtime, mette, claim_ref="B-1001")
    text = (await anna.get("/desk/claims?ref=1001")).text
    assert HIDDEN in text
    assert "Ida Skjult" not in text
    assert "Mette Hansen" in text


async def test_who_owes_together_with_a_protected_person_is_not_told_their_name(
    anna, runtime, clock, ida, mette
):
    claim, _ = await opened(runtime, mette)
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality="albertslund",
                claim_id=claim.id,
                citizen_id=ida.id,
                created_at=clock.now(),
            )
        )
    await make_desk.reader(runtime, mette)
    text = (await anna.get(f"/desk/claims/{claim.id}")).text
    assert f'<a href="/desk/citizens/{ida.id}">en beskyttet person</a>' in text
    assert "Ida Skjult" not in text
