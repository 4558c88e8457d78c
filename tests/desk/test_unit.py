"""A unit's own page: its tasks, what it may see of them, and its answers."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim, ClaimState
from data.models.staff import Staff
from outreach import claims as claim_acts
from outreach import tasks
from tests import make, make_desk
from tests.make_desk import marks_of

CHILDREN = "Center for Børn"


async def signed_in(runtime, browsers, username, **given):
    browser = browsers()
    person = await make_desk.staff(runtime, username, municipality="faxe", **given)
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
async def ulla(runtime, browsers):
    """Ulla of the centre for children in Faxe, signed in."""
    return await signed_in(runtime, browsers, "ulla", name="Ulla Ek", roles=["unit"], unit=CHILDREN)


@pytest.fixture
async def frida(runtime, browsers):
    """Frida, a caseworker of Faxe, signed in."""
    return await signed_in(runtime, browsers, "frida", name="Frida Bo")


@pytest.fixture
async def frode(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frode Lund")


@pytest.fixture
async def claim(runtime, frode):
    return await make.claim(runtime, frode, owning_unit=CHILDREN)


@pytest.fixture
async def task(runtime, frode, claim):
    """Frode disputes the bill, in his own words."""
    talk = await make.conversation(runtime, frode)
    await make_desk.said(runtime, talk, "Jeg har også husleje, men det er noget andet.")
    said = await make_desk.said(runtime, talk, "Barnet stoppede i maj! <b>010180-1234</b>")
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        await claim_acts.dispute(session, runtime, [owed], said.id)
        return await session.scalar(select(Task).where(Task.claim_id == claim.id))


def secret_of(page):
    return re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]


async def sent(browser, page, act, **fields):
    opened = await browser.get(page)
    return await browser.post(f"{page}/{act}", {"csrf_token": secret_of(opened), **fields})


async def test_F2_F18_a_daycare_bill_in_faxe_goes_to_its_centre_and_comes_back(
    ulla, frida, runtime, claim, task
):
    text = (await ulla.get("/desk/unit")).text
    assert "Borgeren er uenig i kravet" in text
    assert "A-1001" in text
    answered = await sent(
        ulla, f"/desk/unit/{task.id}", "answer", answer="upheld", reasons="Udmeldt 30. april."
    )
    assert answered.headers["location"] == "/desk/unit?done=answered"
    assert "Svaret er sendt" in (await ulla.get(answered.headers["location"])).text
    tabs = (await frida.get("/desk/tasks?whose=answered")).text
    assert "Enheden: medhold" in tabs
    page = (await frida.get(f"/desk/tasks/{task.id}")).text
    assert "Udmeldt 30. april." in page
    assert 'value="written_off" checked' in page
    decided = await sent(
        frida, f"/desk/tasks/{task.id}", "answer", answer="written_off", note="Som enheden siger."
    )
    assert decided.status_code == 303
    async with runtime.transaction() as session:
        assert (await session.get_one(Claim, claim.id)).state is ClaimState.WRITTEN_OFF
    assert (await ulla.get(f"/desk/unit/{task.id}")).status_code == 404


async def test_F32_the_unit_sees_the_objection_and_nothing_else_of_the_citizen(
    ulla, runtime, frode, task
):
    await make.claim(runtime, frode, claim_ref="B-77", claim_type="husleje")
    text = (await ulla.get(f"/desk/unit/{task.id}")).text
    assert "Barnet stoppede i maj! &lt;b&gt;[cpr]&lt;/b&gt;" in text
    assert "Frode Lund" in text
    for hidden in ("husleje", "B-77", "0101801234", "010180-1234", "20304050", "/desk/citizens"):
        assert hidden not in text
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(AuditEntry).where(AuditEntry.act == "task_opened_by_unit")
        )
        assert [entry.subject_id for entry in found] == [str(task.id)]


async def test_a_note_of_a_colleague_is_what_the_unit_reads(ulla, runtime, claim):
    frede = await make_desk.staff(runtime, "frede", municipality="faxe")
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        made = await claim_acts.dispute_by_staff(
            session, runtime, owed, frede, "Han siger, at pladsen var opsagt.", not_theirs=True
        )
    text = (await ulla.get(f"/desk/unit/{made.id}")).text
    assert "Han siger, at pladsen var opsagt." in text
    assert "at det er en anden, der skylder" in text


async def test_what_is_missing_in_an_answer_is_told_at_its_field_and_kept(ulla, task):
    page = f"/desk/unit/{task.id}"
    refused = await sent(ulla, page, "answer", answer="upheld_in_part", to_correct="Maj <ud>")
    assert refused.status_code == 422
    assert "Skriv det rigtige beløb." in refused.text
    assert "Skriv en begrundelse." in refused.text
    assert "Maj &lt;ud&gt;" in refused.text
    wrong = await sent(ulla, page, "answer", right_sum="mange", reasons="Fordi.")
    assert "Vælg et svar." in wrong.text
    assert "Skriv et beløb i kroner" in wrong.text
    right = await sent(
        ulla, page, "answer", answer="upheld_in_part", right_sum="800,50", to_correct="Maj",
        reasons="Maj er med.",
    )  # fmt: skip
    assert right.status_code == 303


async def test_a_right_sum_stands_on_the_offices_page(ulla, frida, task):
    await sent(
        ulla, f"/desk/unit/{task.id}", "answer", answer="upheld_in_part", right_sum="800,50",
        to_correct="Periode til 30. april", reasons="Maj er med.",
    )  # fmt: skip
    text = (await frida.get(f"/desk/tasks/{task.id}")).text
    assert "800,50 kr." in text
    assert "Periode til 30. april" in text
    assert 'value="corrected" checked' in text


async def test_a_question_is_answered_and_comes_back_to_the_unit(ulla, frida, task):
    page = f"/desk/unit/{task.id}"
    await sent(ulla, page, "answer", answer="question", reasons="Hvilken måned?")
    assert "Opkrævningen ser på svaret" in (await ulla.get(page)).text
    office = f"/desk/tasks/{task.id}"
    assert "Svar på enhedens spørgsmål" in (await frida.get(office)).text
    back = await sent(
        frida, office, "route", unit=CHILDREN, due_on="2026-12-01", reason="Det er maj."
    )
    assert back.status_code == 303
    text = (await ulla.get(page)).text
    assert "Det er maj." in text
    assert "Send svaret" in text


async def test_an_answer_that_comes_too_late_is_not_lost(ulla, frida, runtime, task):
    secret = secret_of(await ulla.get(f"/desk/unit/{task.id}"))
    await sent(frida, f"/desk/tasks/{task.id}", "answer", answer="rejected", note="Afgjort.")
    late = await ulla.post(
        f"/desk/unit/{task.id}/answer",
        {"csrf_token": secret, "answer": "upheld", "reasons": "Min <lange> tekst."},
    )
    assert late.status_code == 409
    assert "Min &lt;lange&gt; tekst." in late.text
    async with runtime.transaction() as session:
        assert (await session.get_one(Task, task.id)).state is TaskState.DONE


async def test_the_bill_was_sent_again_is_an_answer_too(ulla, frida, runtime, claim):
    async with runtime.transaction() as session:
        bill = await tasks.open_task(session, runtime, claim=claim, kind="resend_bill")
        assert bill is not None
    text = (await ulla.get(f"/desk/unit/{bill.id}")).text
    assert "Det er gjort" in text
    assert "Delvist medhold" not in text
    await sent(ulla, f"/desk/unit/{bill.id}", "answer", answer="done", reasons="Sendt i dag.")
    assert "Sendt i dag." in (await frida.get(f"/desk/tasks/{bill.id}")).text


@pytest.mark.parametrize("act", ["", "/answer"])
async def test_another_units_task_does_not_exist(runtime, browsers, task, act):
    sven = await signed_in(runtime, browsers, "sven", roles=["unit"], unit="Center for Skoler")
    secret = secret_of(await sven.get("/desk/unit"))
    for number in (task.id, uuid4()):
        address = f"/desk/unit/{number}{act}"
        data = {"csrf_token": secret, "answer": "upheld", "reasons": "Hej"}
        answer = await (sven.post(address, data) if act else sven.get(address))
        assert answer.status_code == 404
        assert "Frode" not in answer.text
    assert "Der er ingen opgaver til jer" in (await sven.get("/desk/unit")).text


async def test_the_unit_opens_nothing_but_its_own_page(ulla, frida, claim, frode, task):
    for page in (
        "/desk/tasks", f"/desk/tasks/{task.id}", f"/desk/claims/{claim.id}", "/desk/duty",
        f"/desk/citizens/{frode.id}", "/desk/conversations", "/desk/payments",
    ):  # fmt: skip
        assert (await ulla.get(page)).status_code == 404
    assert (await frida.get("/desk/unit")).status_code == 404
    assert 'href="/desk/tasks"' not in (await ulla.get("/desk/unit")).text


async def test_without_a_unit_the_page_says_whom_to_ask(runtime, browsers, task):
    nobody = await signed_in(runtime, browsers, "nora", roles=["caseworker"])
    async with runtime.transaction() as session:
        person = await session.scalar(select(Staff).where(Staff.username == "nora"))
        person.roles = ["unit"]
    text = (await nobody.get("/desk/unit")).text
    assert "Din bruger har ingen enhed endnu" in text
    assert "A-1001" not in text
    assert (await nobody.get(f"/desk/unit/{task.id}")).status_code == 404


async def test_a_late_task_is_reminded_by_the_office(ulla, frida, runtime, task):
    async with runtime.transaction() as session:
        (await session.get_one(Task, task.id)).due_on -= timedelta(days=10)
    assert "Over fristen" in (await ulla.get("/desk/unit")).text
    done = await sent(frida, f"/desk/tasks/{task.id}", "remind")
    assert "Enheden er mindet om opgaven" in (await frida.get(done.headers["location"])).text
    assert "Opkrævningen minder om opgaven" in (await ulla.get(f"/desk/unit/{task.id}")).text


async def test_a_new_task_comes_by_itself(ulla, runtime, frode, task):
    marks = marks_of(await ulla.get("/desk/unit"))
    assert (await ulla.get("/desk/unit/live", params=marks)).status_code == 204
    other = await make.claim(runtime, frode, claim_ref="A-2002", owning_unit=CHILDREN)
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=other, kind="bill_missing")
    assert "A-2002" in (await ulla.get("/desk/unit/live", params=marks)).text


async def test_the_page_is_in_english_too(ulla, task):
    assert "The unit's tasks" in unescape((await ulla.get("/desk/unit?lang=en")).text)
    text = (await ulla.get(f"/desk/unit/{task.id}?lang=en")).text
    assert "Not upheld: the claim is right" in text
    led = await ulla.get(f"/desk/unit/{task.id}/answer")
    assert led.headers["location"] == f"/desk/unit/{task.id}"
