"""Hand-overs at the desk: stopped in their quiet period, fetched as files, seen when back."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Override
from data.models.hand_overs import HandOver, HandOverState
from tests import make, make_cases, make_desk


@pytest.fixture
async def frode(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frode Lund", phone=None)


@pytest.fixture
async def claim(runtime, frode):
    return await make.claim(runtime, frode, claim_ref="F-1")


@pytest.fixture
async def frida(runtime, browsers):
    browser = browsers()
    staff = await make_desk.staff(runtime, "frida", municipality="faxe", name="Frida Holm")
    browser.hold(await make_desk.session_of(runtime, staff))
    return browser


async def now_of(runtime, hand_over):
    async with runtime.transaction() as session:
        return await session.get_one(HandOver, hand_over.id)


async def test_F21_a_caseworker_sees_what_will_leave_and_stops_it_with_a_reason(
    frida, runtime, claim
):
    leaving = await make_cases.hand_over(runtime, claim)
    text = (await frida.get("/desk/hand-overs")).text
    for words in (
        "F-1",
        "Frode Lund",
        "Gældsstyrelsen",
        "Rykkeren er ikke betalt",
        "F21 (line 37)",
        "Sendes tidligst 29. nov. 2026.",
        f'href="/desk/claims/{claim.id}"',
    ):
        assert words in text
    sent = await frida.send(f"/desk/hand-overs/{leaving.id}/stop", reason="Borgeren er syg.")
    text = (await frida.get(sent.headers["location"])).text
    assert "Overdragelsen er stoppet" in text
    assert "Ingen krav er på vej til inddrivelse" in text
    assert "Borgeren er syg." in (await frida.get("/desk/hand-overs?view=stopped")).text
    assert (await now_of(runtime, leaving)).state is HandOverState.STOPPED
    async with runtime.transaction() as session:
        word = (await session.scalars(select(Override))).one()
    assert (word.step, word.reason) == ("hand_over:1", "Borgeren er syg.")


@pytest.mark.parametrize(
    ("reason", "why"), [(" ", "Skriv en begrundelse."), ("y" * 4001, "Begrundelsen er for lang")]
)
async def test_a_reason_that_is_not_taken_stays_in_its_field(frida, runtime, claim, reason, why):
    leaving = await make_cases.hand_over(runtime, claim)
    refused = await frida.send(f"/desk/hand-overs/{leaving.id}/stop", reason=reason)
    assert refused.status_code == 422
    assert why in refused.text
    assert reason in refused.text
    assert (await now_of(runtime, leaving)).state is HandOverState.WAITING


async def test_what_has_left_is_not_stopped_any_more(frida, runtime, claim):
    file = await make_cases.hand_over_file(runtime, "faxe")
    gone = await make_cases.hand_over(
        runtime, claim, state=HandOverState.FILED, file_id=file.id, row=1
    )
    late = await frida.send(f"/desk/hand-overs/{gone.id}/stop", reason="Vent!")
    assert late.status_code == 409
    assert "Kravet er allerede sendt eller stoppet" in late.text
    text = (await frida.get("/desk/hand-overs?view=sent")).text
    assert "S1-1" in text
    assert "I en fil" in text


async def test_of_two_who_stop_it_one_does(frida, runtime, browsers, claim):
    leaving = await make_cases.hand_over(runtime, claim)
    second = browsers()
    other = await make_desk.staff(runtime, "finn", municipality="faxe", name="Finn Juul")
    second.hold(await make_desk.session_of(runtime, other))
    address = f"/desk/hand-overs/{leaving.id}/stop"
    secrets = [await frida.secret(), await second.secret()]
    answers = await asyncio.gather(
        frida.post(address, {"csrf_token": secrets[0], "reason": "Syg."}),
        second.post(address, {"csrf_token": secrets[1], "reason": "Syg."}),
    )
    assert sorted(each.status_code for each in answers) == [303, 409]


async def test_a_file_is_fetched_as_it_was_written_and_the_record_says_by_whom(
    frida, anna, runtime
):
    content = "hand_over_ref;kind\r\nS1-1;principal\r\n"
    file = await make_cases.hand_over_file(runtime, "faxe", content=content)
    page = (await frida.get("/desk/hand-overs?view=files")).text
    assert f"/desk/hand-overs/files/{file.id}" in page
    assert "Det bliver noteret, hvem der henter dem" in page
    fetched = await frida.get(f"/desk/hand-overs/files/{file.id}")
    assert fetched.content == content.encode()
    disposition = fetched.headers["content-disposition"]
    assert disposition == 'attachment; filename="faxe-state-000001.csv"'
    assert fetched.headers["cache-control"] == "no-store"
    async with runtime.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.act == "hand_over_file_fetched")
        [entry] = await session.scalars(query)
    assert entry.subject_id == str(file.id)
    for number in (file.id, uuid4()):
        assert (await anna.get(f"/desk/hand-overs/files/{number}")).status_code == 404


async def test_what_came_back_is_shown_with_its_state(frida, runtime, frode, claim):
    file = await make_cases.hand_over_file(runtime, "faxe")
    second = await make.claim(runtime, frode, claim_ref="F-2")
    where = {"file_id": file.id}
    await make_cases.hand_over(runtime, claim, state=HandOverState.REJECTED, row=1, **where)
    await make_cases.hand_over(runtime, second, state=HandOverState.RETURNED, row=2, **where)
    text = (await frida.get("/desk/hand-overs?view=back")).text
    assert "Afvist" in text
    assert "Sendt retur" in text
    assert "S1-2" in text


@pytest.mark.parametrize("view", ["waiting", "sent", "back", "stopped", "files", "noget"])
async def test_an_empty_list_says_what_will_come(frida, view):
    text = (await frida.get(f"/desk/hand-overs?view={view}")).text
    assert 'class="empty"' in text


async def test_another_municipalitys_hand_over_does_not_exist(anna, runtime, claim):
    leaving = await make_cases.hand_over(runtime, claim)
    for number in (leaving.id, uuid4()):
        answer = await anna.send(f"/desk/hand-overs/{number}/stop", reason="Stop.")
        assert answer.status_code == 404
    assert "F-1" not in (await anna.get("/desk/hand-overs")).text
    assert (await now_of(runtime, leaving)).state is HandOverState.WAITING


async def test_what_is_written_in_the_list_is_not_swept_away(frida, runtime, claim, clock):
    await make_cases.hand_over(runtime, claim)
    text = (await frida.get("/desk/hand-overs")).text
    mark = text.partition('name="seen_alert" value="')[2].partition('"')[0]
    clock.travel(timedelta(minutes=1))
    answer = await frida.get("/desk/hand-overs/live", params={"seen_alert": mark})
    assert answer.status_code == 204


async def test_the_hand_overs_are_in_english_too(frida, runtime, claim):
    await make_cases.hand_over(runtime, claim)
    text = (await frida.get("/desk/hand-overs?lang=en")).text
    assert "Stop the hand-over" in text
    assert "Sent 29 Nov 2026 at the earliest." in text


async def test_the_address_of_an_act_leads_back_to_the_list(frida):
    led = await frida.get(f"/desk/hand-overs/{uuid4()}/stop")
    assert (led.status_code, led.headers["location"]) == (303, "/desk/hand-overs")
