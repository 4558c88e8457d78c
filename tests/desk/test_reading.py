"""Who opens a citizen who is not on their own list says why; and all of it is on record."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Override, Task, TaskState
from data.models.citizens import Citizen
from data.models.handoffs import Handoff, HandoffState
from data.models.readings import Reading
from data.models.staff import Staff
from data.values.ids import new_id
from data.values.time import day_of
from outreach.readings import STAY
from tests import make, make_desk

ASKS = "Hvorfor åbner du borgerens sag?"
GIVEN = {"reading_ground": "contact", "reading_reason": "Mette har ringet."}


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def hidden(runtime, mette):
    """Mette's name and address are protected."""
    async with runtime.transaction() as session:
        one = await session.get_one(Citizen, mette.id)
        one.address_protected = True
    return one


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


@pytest.fixture
def page(mette):
    return f"/desk/citizens/{mette.id}"


@pytest.fixture
def entries(runtime):
    async def found(*acts):
        async with runtime.transaction() as session:
            query = select(AuditEntry).where(AuditEntry.act.in_(acts)).order_by(AuditEntry.id)
            return list(await session.scalars(query))

    return found


@pytest.fixture
def every(runtime):
    async def found(table):
        async with runtime.transaction() as session:
            return list(await session.scalars(select(table)))

    return found


async def me(runtime, username="anna"):
    async with runtime.transaction() as session:
        return await session.scalar(select(Staff).where(Staff.username == username))


async def task(runtime, mette, **given):
    now = runtime.clock.now()
    values = {
        "id": new_id(), "municipality": "albertslund", "kind": "dispute", "citizen_id": mette.id,
        "facts": {}, "state": TaskState.OPEN, "opened_at": now, "due_on": day_of(now),
    } | given  # fmt: skip
    async with runtime.transaction() as session:
        session.add(Task(**values))


async def an_hour_passes(clock, browser):
    """Let an hour go by for somebody who is at work all the while."""
    for _ in range(6):
        clock.travel(STAY / 6)
        await browser.get("/desk")


async def give(browser, mette, there, **fields):
    values = {"citizen": str(mette.id), "there": there, **GIVEN, **fields}
    return await browser.send("/desk/readings", **values)


# -------------------------------------------------------------------------- the reason is asked for
async def test_a_citizen_out_of_the_blue_is_opened_for_a_reason(anna, mette, page, entries, every):
    asked = await anna.get(page)
    assert ASKS in asked.text
    assert "1.200" not in asked.text
    assert await entries("citizen_opened") == []
    led = await give(anna, mette, page)
    assert led.status_code == 303
    opened = await anna.get(led.headers["location"])
    assert ASKS not in opened.text
    assert "Åbnet fordi: Borgeren henvender sig. Mette har ringet." in opened.text
    [stay] = await every(Reading)
    assert (stay.reason, stay.until - stay.opened_at) == ("Mette har ringet.", STAY)
    [entry] = await entries("citizen_opened")
    assert entry.subject_id == str(mette.id)
    assert entry.facts == {
        "reading": str(stay.id), "ground": "contact", "why": "Mette har ringet.",
    }  # fmt: skip


async def test_a_reason_opens_all_pages_of_the_citizen_for_an_hour(
    anna, runtime, mette, claim, page, clock
):
    assert ASKS in (await anna.get(f"/desk/claims/{claim.id}")).text
    await make_desk.reader(runtime, mette)
    for there in (page, f"/desk/claims/{claim.id}", f"{page}/agree", f"{page}/journal"):
        assert ASKS not in (await anna.get(there)).text
    await an_hour_passes(clock, anna)
    assert ASKS in (await anna.get(page)).text


async def test_a_reason_ends_with_the_session(anna, runtime, mette, page):
    await make_desk.reader(runtime, mette)
    await anna.send("/desk/sign-out")
    await anna.sign_in()
    assert ASKS in (await anna.get(page)).text


async def test_anothers_reason_and_a_reason_for_another_open_nothing(
    anna, bo, runtime, mette, page
):
    await make_desk.reader(runtime, mette, "bo")
    assert ASKS in (await anna.get(page)).text
    bent = await make.citizen(runtime, debtor_id="0202802345", name="Bent", phone=None)
    stay = await make_desk.reader(runtime, bent)
    assert ASKS in (await anna.get(f"{page}?reading={stay.id}")).text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reading_ground": ""}, "Vælg en grund."),
        ({"reading_ground": "nosy"}, "Vælg en grund."),
        ({"reading_reason": "  "}, "Skriv grunden, højst 400 tegn."),
        ({"reading_reason": "x" * 401}, "Skriv grunden, højst 400 tegn."),
    ],
)
async def test_a_reason_that_says_nothing_is_asked_for_again(
    anna, mette, page, every, fields, says
):
    again = await give(anna, mette, page, **fields)
    assert again.status_code == 422
    assert says in again.text
    assert f'name="there" value="{page}"' in again.text
    assert await every(Reading) == []


async def test_a_reason_keeps_no_cpr_number(anna, mette, page, every):
    await give(anna, mette, page, reading_reason="Ringede om 010180-1234")
    assert [each.reason for each in await every(Reading)] == ["Ringede om [cpr]"]


async def test_a_reason_leads_nowhere_else(anna, mette):
    led = await give(anna, mette, "https://evil.example/x")
    assert led.headers["location"].startswith("/desk?")
    nobody = await anna.send("/desk/readings", citizen=str(uuid4()), there="/desk", **GIVEN)
    assert nobody.status_code == 404


async def test_nobody_opens_another_municipalitys_citizen_for_any_reason(anna, runtime):
    away = await make.citizen(runtime, municipality="faxe", phone=None)
    assert (await anna.get(f"/desk/citizens/{away.id}")).status_code == 404
    assert (await give(anna, away, f"/desk/citizens/{away.id}")).status_code == 404


# ----------------------------------------------------------------------------------- one's own list
async def test_a_conversation_that_waits_opens_the_citizen(anna, runtime, talk, page, entries):
    await make_desk.handoff(runtime, talk)
    assert ASKS not in (await anna.get(page)).text
    assert [each.facts for each in await entries("citizen_opened")] == [{"listed": "handoff"}]


async def test_what_a_colleague_holds_is_not_on_my_list(anna, bo, runtime, talk, page):
    held = await make_desk.handoff(runtime, talk)
    async with runtime.transaction() as session:
        mine = await session.get_one(Handoff, held.id)
        mine.state, mine.taken_by = HandoffState.TAKEN, (await me(runtime, "bo")).id
    assert ASKS in (await anna.get(page)).text
    assert ASKS not in (await bo.get(page)).text


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ({}, False),
        ({"unit": "Center for Børn"}, True),
        ({"state": TaskState.DONE}, True),
    ],
)
async def test_an_open_task_of_the_office_opens_the_citizen(
    anna, runtime, mette, page, given, asks
):
    if given.get("state"):
        given = given | {"closed_at": runtime.clock.now() - STAY}
    await task(runtime, mette, **given)
    assert (ASKS in (await anna.get(page)).text) is asks


async def test_a_task_of_mine_opens_and_a_colleagues_does_not(anna, bo, runtime, mette, page):
    await task(runtime, mette, unit="Center for Børn", assigned_to=(await me(runtime)).id)
    assert ASKS not in (await anna.get(page)).text
    assert ASKS in (await bo.get(page)).text


async def test_what_i_just_ended_stays_open_for_an_hour(anna, runtime, mette, page, clock):
    mine = (await me(runtime)).id
    now = runtime.clock.now()
    await task(runtime, mette, state=TaskState.DONE, closed_at=now, closed_by=mine)
    assert ASKS not in (await anna.get(page)).text
    await an_hour_passes(clock, anna)
    assert ASKS in (await anna.get(page)).text


async def test_a_form_that_is_not_taken_shows_the_page_and_is_on_record(
    anna, runtime, talk, page, entries
):
    await make_desk.handoff(runtime, talk)
    assert "Intet er gemt" in (await anna.send(f"{page}/note", body=" ", kind="call")).text
    assert [each.facts for each in await entries("citizen_opened")] == [{"listed": "handoff"}]


# --------------------------------------------------------------------------------- protected people
async def test_a_protected_person_is_opened_for_a_reason_each_time(
    anna, runtime, hidden, talk, page, entries
):
    await make_desk.handoff(runtime, talk)
    asked = await anna.get(page)
    assert "navne- og adressebeskyttelse" in asked.text
    there = (await give(anna, hidden, page)).headers["location"]
    assert re.fullmatch(rf"{page}\?reading=[\w-]+", there)
    assert "Åbnet fordi" in (await anna.get(there)).text
    assert ASKS in (await anna.get(page)).text  # the address typed anew
    again = (await give(anna, hidden, page)).headers["location"]
    assert again != there
    assert len(await entries("citizen_opened")) == 1


async def test_who_is_noted_as_protected_at_the_desk_is_protected_too(anna, runtime, mette, page):
    async with runtime.transaction() as session:
        one = await session.get_one(Citizen, mette.id)
        one.protection_noted_at = runtime.clock.now()
    await make_desk.reader(runtime, mette)
    assert ASKS in (await anna.get(page)).text


async def test_links_and_forms_of_a_protected_page_carry_its_stay(
    anna, runtime, hidden, claim, page
):
    stay = await make_desk.reader(runtime, hidden)
    before = {"Referer": f"http://127.0.0.1:8000{page}?reading={stay.id}"}
    led = await anna.get(f"/desk/claims/{claim.id}?lang=da", headers=before)
    assert led.status_code == 307
    assert led.headers["location"] == f"/desk/claims/{claim.id}?lang=da&reading={stay.id}"
    assert ASKS not in (await anna.get(led.headers["location"])).text
    data = {"csrf_token": await anna.secret(), "claim": str(claim.id), "reason": "Forældet."}
    sent = await anna.client.post(f"{page}/write-off", data=data, headers=before)
    assert sent.status_code == 307
    done = await anna.client.post(sent.headers["location"], data=data)
    assert done.headers["location"] == f"{page}?done=written-off&reading={stay.id}"
    elsewhere = {"Referer": f"https://evil.example{page}?reading={stay.id}"}
    assert ASKS in (await anna.get(page, headers=elsewhere)).text


async def test_a_conversation_with_a_protected_person_opens_from_the_queue_only(
    anna, runtime, hidden, talk
):
    there = f"/desk/conversations/{talk.id}"
    assert ASKS in (await anna.get(there)).text
    assert ASKS not in (await anna.get((await give(anna, hidden, there)).headers["location"])).text
    await make_desk.handoff(runtime, talk)
    assert ASKS not in (await anna.get(there)).text


async def test_a_stay_that_is_over_shows_nothing_new(anna, runtime, hidden, talk, clock):
    stay = await make_desk.reader(runtime, hidden)
    there = f"http://127.0.0.1:8000/desk/conversations/{talk.id}?reading={stay.id}"
    live = f"/desk/conversations/{talk.id}/live"
    headers = {"HX-Request": "true", "HX-Current-URL": there}
    await anna.get(there)
    assert (await anna.get(live, headers=headers)).status_code == 200
    await an_hour_passes(clock, anna)
    over = await anna.get(live, headers=headers)
    assert (over.status_code, over.text) == (204, "")


# ---------------------------------------------------------------------------- what is being written
async def test_what_was_written_is_asked_a_reason_for_and_then_done(
    anna, mette, claim, page, every, entries
):
    written = {"step": "all", "effect": "hold", "reason": "Hun er <indlagt>.\nI to uger."}
    act = f"/desk/claims/{claim.id}/say"
    waits = await anna.send(act, **written)
    assert waits.status_code == 422
    assert ASKS in waits.text
    assert "Hun er &lt;indlagt&gt;.\nI to uger." in waits.text
    assert await every(Override) == []
    empty = await anna.send(act, **written, reading_ground="contact", reading_reason="")
    assert "Skriv grunden" in empty.text
    assert "Hun er &lt;indlagt&gt;." in empty.text
    done = await anna.send(act, **written, **GIVEN)
    assert done.status_code == 303
    assert [each.reason for each in await every(Override)] == [written["reason"]]


async def test_of_a_protected_person_too(anna, hidden, claim, every):
    written = {"step": "all", "effect": "hold", "reason": "Hun er indlagt."}
    sent = await anna.send(f"/desk/claims/{claim.id}/say", **written, **GIVEN)
    assert sent.status_code == 307
    data = {"csrf_token": await anna.secret(), **written, **GIVEN}
    done = await anna.client.post(sent.headers["location"], data=data)
    assert "&reading=" in done.headers["location"]
    assert len(await every(Override)) == 1


# --------------------------------------------------------------------------------------- the record
async def test_each_page_about_a_citizen_is_on_record_and_says_whose(
    anna, runtime, mette, claim, talk, entries
):
    await make_desk.handoff(runtime, talk)
    await anna.get(f"/desk/claims/{claim.id}")
    await anna.get(f"/desk/conversations/{talk.id}")
    opened = await entries("claim_opened", "conversation_opened")
    assert [(each.act, each.subject_id, each.facts) for each in opened] == [
        ("claim_opened", str(claim.id), {"listed": "handoff", "citizen": str(mette.id)}),
        ("conversation_opened", str(talk.id), {"listed": "talk", "citizen": str(mette.id)}),
    ]


async def test_a_page_that_looks_whether_it_is_fresh_is_not_read_anew(anna, talk, runtime, entries):
    await make_desk.handoff(runtime, talk)
    page = f"/desk/conversations/{talk.id}"
    await anna.get(page)
    assert (await anna.get(f"{page}/live")).status_code == 200
    assert len(await entries("conversation_opened")) == 1


@pytest.mark.parametrize(
    "part",
    ["conversations/{talk}", "conversations/{talk}/earlier", "claims/{claim}", "citizens/{mette}"],
)
async def test_nobody_reads_in_parts_what_they_have_not_opened(
    anna, bo, runtime, mette, claim, talk, part
):
    await make_desk.handoff(runtime, talk)
    page = "/desk/" + part.format(talk=talk.id, claim=claim.id, mette=mette.id)
    unread = await anna.get(f"{page}/live")
    assert unread.status_code == 404
    assert "Mette" not in unread.text
    await bo.get(page.removesuffix("/earlier"))
    assert (await anna.get(f"{page}/live")).status_code == 404
    await anna.get(page.removesuffix("/earlier"))
    assert (await anna.get(f"{page}/live")).status_code == 200


async def test_a_page_that_is_not_there_is_not_read(anna, runtime, claim, mette, entries):
    await make_desk.reader(runtime, mette)
    assert (await anna.get(f"/desk/claims/{claim.id}/letters/{uuid4()}")).status_code == 404
    assert await entries("letter_opened") == []


@pytest.mark.parametrize(
    ("address", "among", "by", "hits"),
    [
        ("/desk/citizens?q=Hansen", "citizens", "name", 1),
        ("/desk/citizens?q=20304050", "citizens", "number", 1),
        ("/desk/citizens?q=Ingen", "citizens", "name", 0),
        ("/desk/claims?ref=A-1001", "claims", "number", 1),
    ],
)
async def test_a_search_is_on_record_without_its_words(
    anna, claim, entries, address, among, by, hits
):
    await anna.get(address)
    [entry] = await entries("searched")
    assert (entry.subject_id, entry.facts) == (among, {"by": by, "hits": hits})


async def test_an_empty_search_is_none(anna, entries):
    await anna.get("/desk/citizens")
    await anna.get("/desk/claims?ref=+")
    assert await entries("searched") == []
