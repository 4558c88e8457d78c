"""Tasks at the desk: by due day, filtered, closed with a note, disputes answered."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.cases import Task, TaskState
from data.models.claims import Claim, ClaimState
from outreach import claims as claim_acts
from outreach import tasks
from tests import make
from tests.make_desk import marks_of


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, owning_unit="Børnehuset Søen")


async def opened(runtime, claim, kind="letter_failed", **given):
    async with runtime.transaction() as session:
        return await tasks.open_task(session, runtime, claim=claim, kind=kind, **given)


async def disputed(runtime, claim):
    async with runtime.transaction() as session:
        await claim_acts.dispute(session, runtime, [await session.get_one(Claim, claim.id)])
        return await session.scalar(select(Task).where(Task.claim_id == claim.id))


async def now_of(runtime, task):
    async with runtime.transaction() as session:
        return await session.get_one(Task, task.id)


async def test_F4_the_list_shows_the_soonest_due_first_and_says_which_are_late(
    anna, runtime, clock, claim
):
    clock.travel(timedelta(days=-4))
    await opened(runtime, claim, "assess_hand_over")
    await opened(runtime, claim, "letter_failed")
    clock.travel(timedelta(days=4))
    text = (await anna.get("/desk/tasks")).text
    rows = table_of(text)
    assert rows.index("Et brev kunne ikke sendes") < rows.index("Vurder om kravet skal")
    assert "1 opgave er over fristen." in text
    assert "A-1001" in text
    assert "Mette Hansen" in text


async def test_an_empty_list_says_what_will_come(anna):
    assert "Der er ingen åbne opgaver" in (await anna.get("/desk/tasks")).text
    assert "Ingen opgaver er lukket endnu" in (await anna.get("/desk/tasks?view=done")).text


async def test_the_list_is_filtered_by_kind_and_unit(anna, runtime, claim):
    await opened(runtime, claim, "letter_failed")
    await opened(runtime, claim, "bill_missing", unit="Børnehuset Søen")
    kinds = (await anna.get("/desk/tasks?kind=letter_failed")).text
    assert table_of(kinds).count("queue-row") == 1
    units = (await anna.get("/desk/tasks", params={"unit": "Børnehuset Søen"})).text
    assert "Regning eller betalingsvejledning mangler" in table_of(units)
    assert "Et brev kunne ikke sendes" not in table_of(units)
    own = (await anna.get("/desk/tasks?unit=-")).text
    assert "Et brev kunne ikke sendes" in table_of(own)
    assert "Ingen opgaver passer" in (await anna.get("/desk/tasks?kind=x%00y")).text


def table_of(text):
    return text.partition("<table")[2].partition("</table>")[0]


async def test_a_task_is_closed_with_a_note_that_stays(anna, runtime, claim):
    task = await opened(runtime, claim, facts={"step": "reminder:1"})
    page = f"/desk/tasks/{task.id}"
    text = (await anna.get(page)).text
    assert "1. rykker" in text
    assert f'href="/desk/claims/{claim.id}"' in text
    sent = await anna.send(f"{page}/close", page, note="Sendt <igen>.")
    assert sent.status_code == 303
    assert "Opgaven er lukket" in (await anna.get(sent.headers["location"])).text
    closed = (await anna.get(page)).text
    assert "Sendt &lt;igen&gt;." in closed
    assert "Luk opgaven" not in closed
    assert "Anna Berg" in (await anna.get("/desk/tasks?view=done")).text


@pytest.mark.parametrize(
    ("note", "why"), [("  ", "Skriv et kort notat"), ("x" * 4001, "Notatet er for langt")]
)
async def test_a_note_that_is_not_taken_stays_in_its_field(anna, runtime, claim, note, why):
    task = await opened(runtime, claim)
    page = f"/desk/tasks/{task.id}"
    refused = await anna.send(f"{page}/close", page, note=note)
    assert refused.status_code == 422
    assert why in refused.text
    assert note in refused.text
    assert (await now_of(runtime, task)).state is TaskState.OPEN


async def test_of_two_who_close_it_one_is_told_and_keeps_the_note(anna, bo, runtime, claim):
    task = await opened(runtime, claim)
    page = f"/desk/tasks/{task.id}"
    secrets = [await anna.secret(), await bo.secret()]
    answers = await asyncio.gather(
        anna.post(f"{page}/close", {"csrf_token": secrets[0], "note": "Annas"}),
        bo.post(f"{page}/close", {"csrf_token": secrets[1], "note": "Bos"}),
    )
    assert sorted(each.status_code for each in answers) == [303, 409]
    loser = next(each for each in answers if each.status_code == 409)
    assert "En anden har lukket opgaven" in loser.text
    assert "Annas" in loser.text
    assert "Bos" in loser.text


async def test_F18_a_dispute_is_answered_at_the_desk_and_the_claim_goes_on(
    anna, runtime, claim, clock
):
    task = await disputed(runtime, claim)
    page = f"/desk/tasks/{task.id}"
    assert "Svar på indsigelsen" in (await anna.get(page)).text
    refused = await anna.send(f"{page}/answer", page, note="Regningen er rigtig.")
    assert refused.status_code == 422
    assert "Vælg et svar" in refused.text
    assert "Regningen er rigtig." in refused.text
    sent = await anna.send(f"{page}/answer", page, answer="rejected", note="Regningen er rigtig.")
    assert "Indsigelsen er besvaret" in (await anna.get(sent.headers["location"])).text
    async with runtime.transaction() as session:
        found = await session.get_one(Claim, claim.id)
    assert found.state is ClaimState.OPEN
    assert found.paused_until > clock.now().date()
    late = await anna.send(f"{page}/answer", "/desk/tasks", answer="written_off", note="Dog.")
    assert late.status_code == 409
    assert "Dog." in late.text


async def test_a_dispute_needs_an_answer_and_not_a_note_alone(anna, runtime, claim):
    task = await disputed(runtime, claim)
    page = f"/desk/tasks/{task.id}"
    refused = await anna.send(f"{page}/close", page, note="Bare luk den.")
    assert refused.status_code == 422
    assert "Opgaven lukkes ved at svare" in refused.text
    assert "Bare luk den." in refused.text


async def test_what_is_handed_over_must_be_recalled_before_it_falls(anna, runtime, mette):
    gone = await make.claim(runtime, mette, state=ClaimState.HANDED_OVER)
    task = await disputed(runtime, gone)
    page = f"/desk/tasks/{task.id}"
    refused = await anna.send(f"{page}/answer", page, answer="written_off", note="Medhold.")
    assert refused.status_code == 422
    assert "Kald det tilbage" in refused.text


@pytest.mark.parametrize("act", ["", "/close", "/answer"])
async def test_another_municipalitys_task_does_not_exist(anna, runtime, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    task = await opened(runtime, await make.claim(runtime, frode))
    for number in (task.id, uuid4()):
        address = f"/desk/tasks/{number}{act}"
        if act:
            answer = await anna.send(address, note="Hej", answer="rejected")
        else:
            answer = await anna.get(address)
        assert answer.status_code == 404
        assert "Frode" not in answer.text
    assert "Frode" not in (await anna.get("/desk/tasks")).text
    assert (await now_of(runtime, task)).state is TaskState.OPEN


async def test_new_tasks_come_by_themselves(anna, runtime, claim):
    marks = marks_of(await anna.get("/desk/tasks"))
    assert (await anna.get("/desk/tasks/live", params=marks)).status_code == 204
    await opened(runtime, claim)
    assert "Et brev kunne ikke sendes" in (await anna.get("/desk/tasks/live", params=marks)).text


async def test_the_tasks_are_in_english_too(anna, runtime, claim):
    task = await opened(runtime, claim, "dispute")
    assert "The citizen disputes the claim" in (await anna.get("/desk/tasks?lang=en")).text
    assert "Answer the dispute" in (await anna.get(f"/desk/tasks/{task.id}?lang=en")).text


async def test_the_address_of_an_act_leads_back_to_the_task(anna, runtime, claim):
    task = await opened(runtime, claim)
    led = await anna.get(f"/desk/tasks/{task.id}/close")
    assert (led.status_code, led.headers["location"]) == (303, f"/desk/tasks/{task.id}")


async def test_A18_to_look_again_leads_to_the_claim_and_is_not_closed_by_a_note(
    anna, runtime, claim
):
    task = await opened(runtime, claim, "look_again")
    page = f"/desk/tasks/{task.id}"
    text = (await anna.get(page)).text
    assert f'href="/desk/claims/{claim.id}#words"' in text
    assert "Luk opgaven" not in text
    assert (await anna.send(f"{page}/close", page, note="Set.")).status_code == 422
