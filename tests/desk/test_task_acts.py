"""What the office does with tasks besides closing them: sent on, given, written, opened again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim
from outreach import claims as claim_acts
from outreach import tasks
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, owning_unit="Børnehuset Søen")


@pytest.fixture
async def task(runtime, claim):
    async with runtime.transaction() as session:
        return await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")


@pytest.fixture
async def dora(runtime, browsers):
    """Dora, who leads the shift, signed in."""
    browser = browsers()
    person = await make_desk.staff(runtime, "dora", name="Dora Vagt", roles=["duty_manager"])
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


async def now_of(runtime, task):
    async with runtime.transaction() as session:
        return await session.get_one(Task, task.id)


async def sent(browser, page, act, **fields):
    secret = await browser.secret(page)
    return await browser.post(f"{page}/{act}", {"csrf_token": secret, **fields})


def rows_of(page):
    return page.text.partition("<table")[2].partition("</table>")[0].count("queue-row")


async def test_who_reads_a_task_is_on_record(anna, runtime, task):
    assert "Mette Hansen" in (await anna.get(f"/desk/tasks/{task.id}")).text
    async with runtime.transaction() as session:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.act == "task_read"))
        assert [each.subject_id for each in found] == [str(task.id)]


async def test_albertslund_may_ask_a_unit_all_the_same(anna, runtime, claim):
    async with runtime.transaction() as session:
        await claim_acts.dispute(session, runtime, [await session.get_one(Claim, claim.id)])
        dispute = await session.scalar(select(Task).where(Task.kind == "dispute"))
    assert dispute.unit is None
    page = f"/desk/tasks/{dispute.id}"
    refused = await sent(anna, page, "route", unit="", reason="", due_on="2026-12-01")
    assert refused.status_code == 422
    assert "Vælg en anden enhed" in refused.text
    done = await sent(
        anna, page, "route", unit="Børnehuset Søen", reason="Stoppede barnet?", due_on="2026-12-01"
    )
    text = (await anna.get(done.headers["location"])).text
    assert "Opgaven er sendt videre" in text
    assert "Stoppede barnet?" in text
    assert (await now_of(runtime, dispute)).unit == "Børnehuset Søen"


@pytest.mark.parametrize("due", ["2026-11-23", "i morgen", ""])
async def test_a_deadline_that_cannot_be_held_is_refused_and_the_text_stays(
    anna, runtime, task, due
):
    page = f"/desk/tasks/{task.id}"
    refused = await sent(anna, page, "route", unit="Børnehuset Søen", reason="Se <her>", due_on=due)
    assert refused.status_code == 422
    assert "Se &lt;her&gt;" in refused.text
    assert (await now_of(runtime, task)).unit is None


async def test_a_task_is_taken_and_found_among_mine(anna, bo, runtime, task):
    page = f"/desk/tasks/{task.id}"
    me = re.findall(r'name="to" value="([^"]+)"', (await anna.get(page)).text)[0]
    done = await sent(anna, page, "assign", to=me)
    assert "Du har opgaven." in (await anna.get(done.headers["location"])).text
    assert rows_of(await anna.get("/desk/tasks?whose=mine")) == 1
    assert "Du har ingen opgaver" in (await bo.get("/desk/tasks?whose=mine")).text
    assert "Alle opgaver er taget" in (await bo.get("/desk/tasks?whose=nobodys")).text
    other = re.findall(r'data-staff="([^"]+)"', (await bo.get(page)).text)[0]
    refused = await sent(bo, page, "assign", to=other)
    assert refused.status_code == 422
    assert "En kollega har opgaven" in refused.text
    assert "Anna Berg har opgaven" in refused.text


async def test_who_leads_gives_a_task_to_a_colleague(anna, dora, runtime, task):
    page = f"/desk/tasks/{task.id}"
    annas = re.findall(r'data-staff="([^"]+)"', (await anna.get("/desk")).text)[0]
    assert (await sent(dora, page, "assign", to=annas)).status_code == 303
    assert str((await now_of(runtime, task)).assigned_to) == annas
    assert (await sent(dora, page, "assign", to="hvem")).status_code == 422
    assert (await sent(dora, page, "assign", to="")).status_code == 303
    assert (await now_of(runtime, task)).assigned_to is None


async def test_late_tasks_and_words_find_the_row(anna, runtime, task):
    assert "Ingen opgaver passer" in (await anna.get("/desk/tasks?late=1")).text
    async with runtime.transaction() as session:
        (await session.get_one(Task, task.id)).due_on -= timedelta(days=5)
    assert rows_of(await anna.get("/desk/tasks?late=1")) == 1
    for words in ("mette", "A-1001", "1001", "hansen mette"):
        assert rows_of(await anna.get("/desk/tasks", params={"q": words})) == 1
    assert "Ingen opgaver passer" in (await anna.get("/desk/tasks?q=bent")).text
    cpr = await anna.get("/desk/tasks?q=010180-1234")
    assert (cpr.status_code, cpr.headers["location"]) == (303, "/desk/tasks?no-cpr=1")


async def test_a_view_is_saved_and_opened_again(anna, task):
    query = "whose=nobodys&kind=letter_failed"
    fields = {"csrf_token": await anna.secret(), "of": "tasks", "name": "Breve", "query": query}
    saved = await anna.post("/desk/views", fields)
    assert saved.headers["location"].startswith("/desk/tasks?")
    text = (await anna.get("/desk/tasks")).text
    assert "Breve" in text
    assert "whose=nobodys&amp;kind=letter_failed" in text


async def test_a_task_is_written_about_a_citizen(anna, runtime, mette, claim, task):
    led = await anna.get(f"/desk/tasks/new?citizen={mette.id}")
    page = led.headers["location"]
    assert page == f"/desk/citizens/{mette.id}/tasks/new"
    text = (await anna.get(page)).text
    assert "A-1001" in text
    secret = await anna.secret(page)
    fields = {"csrf_token": secret, "what": "Ring <igen>", "due_on": "2026-11-27"}
    written = await anna.post(page, fields | {"claim": str(claim.id)})
    assert written.headers["location"].startswith("/desk/tasks?done=written")
    assert "Ring &lt;igen&gt;" in (await anna.get("/desk/tasks?q=ring")).text
    for about in ({"claim": str(claim.id)}, {}):
        again = await anna.post(page, fields | about)
        assert again.headers["location"].startswith("/desk/tasks?done=written")
    assert (await anna.get("/desk/tasks?q=ring")).text.count("Ring &lt;igen&gt;") == 3


async def test_a_task_about_nobody_needs_words_and_a_day(anna, runtime):
    page = "/desk/tasks/new"
    empty = await anna.send(page, page, what=" ", due_on="2026-12-01")
    assert empty.status_code == 422
    assert "Skriv kort, hvad der skal gøres" in empty.text
    past = await anna.send(page, page, what="Ryd op", due_on="2026-11-23")
    assert "Vælg i dag eller en dag, der kommer" in past.text
    unknown = await anna.send(page, page, what="Ryd op", due_on="2026-12-01", claim="X-9")
    assert "Vi kan ikke finde præcis ét krav" in unknown.text
    assert (await anna.send(page, page, what="Ryd op", due_on="2026-12-01")).status_code == 303
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Task.kind))).all() == ["manual"]


async def test_a_citizen_of_another_municipality_gets_no_task(anna, runtime):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    page = f"/desk/citizens/{frode.id}/tasks/new"
    assert (await anna.get(page)).status_code == 404
    sent_there = await anna.send(page, what="Ring", due_on="2026-12-01")
    assert sent_there.status_code == 404


async def test_a_closing_is_undone_from_the_tasks_page(anna, runtime, clock, task):
    page = f"/desk/tasks/{task.id}"
    clock.travel(timedelta(hours=-25))
    await sent(anna, page, "close", note="Sendt.")
    assert "Åbn opgaven igen" in (await anna.get(page)).text
    empty = await sent(anna, page, "reopen", reason="")
    assert empty.status_code == 422
    assert (await sent(anna, page, "reopen", reason="For hurtigt.")).status_code == 303
    assert (await now_of(runtime, task)).state is TaskState.OPEN
    await sent(anna, page, "close", note="Sendt nu.")
    clock.travel(timedelta(hours=25, seconds=1))
    secret = await anna.secret("/desk/tasks/new")
    assert "Åbn opgaven igen" not in (await anna.get(page)).text
    late = await anna.post(f"{page}/reopen", {"csrf_token": secret, "reason": "Dog."})
    assert "mere end et døgn" in late.text
    assert "Dog." in late.text


@pytest.mark.parametrize("act", ["route", "assign", "remind", "reopen"])
async def test_another_municipalitys_task_cannot_be_moved(anna, runtime, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    there = await make.claim(runtime, frode)
    async with runtime.transaction() as session:
        task = await tasks.open_task(session, runtime, claim=there, kind="letter_failed")
        assert task is not None
    fields = {"unit": "-", "reason": "Hej", "due_on": "2026-12-01"}
    answer = await anna.send(f"/desk/tasks/{task.id}/{act}", **fields)
    assert answer.status_code == 404
    assert "Frode" not in answer.text
