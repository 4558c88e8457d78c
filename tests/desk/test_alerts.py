"""What calls a caseworker: the bar on every page, and what the browser needs to sound it."""

import re
from datetime import timedelta

import pytest

from tests import make, make_desk
from tests.make_desk import marks_of


@pytest.fixture
async def urgent(runtime, clock):
    """Let a citizen be in danger."""

    async def waits(number=1, severity=0, **given):
        talk = await make.conversation(runtime, None, address=f"+45203040{number:02d}")
        reason = "hard_suicide" if severity == 0 else "hard_eviction"
        return await make_desk.handoff(runtime, talk, severity=severity, reason=reason, **given)

    return waits


PAGES = [
    "/desk",
    "/desk/conversations",
    "/desk/tasks",
    "/desk/claims",
    "/desk/hand-overs",
    "/desk/payments",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_can_call(anna, urgent, path):
    await urgent()
    page = (await anna.get(path)).text
    assert '/alerts.js"' in page
    assert 'id="part-alert"' in page
    assert 'id="alert-sound"' in page


async def test_the_bar_says_how_many_and_that_it_may_be_a_life(anna, urgent):
    await urgent(1)
    await urgent(2, severity=1)
    page = (await anna.get("/desk/alert")).text
    assert "2 henvendelser venter på svar i dag" in page
    assert "Det kan gælde liv" in page
    assert 'role="alert"' in page
    assert 'data-urgent="2"' in page
    assert 'data-acute="1"' in page


async def test_a_life_calls_more_often_than_a_deadline(anna, urgent):
    await urgent(1, severity=1)
    rare = re.findall(r'data-again="(\d+)"', (await anna.get("/desk/alert")).text)
    await urgent(2)
    often = re.findall(r'data-again="(\d+)"', (await anna.get("/desk/alert")).text)
    assert (rare, often) == (["120"], ["20"])


async def test_a_new_one_is_news_though_the_number_is_the_same(anna, urgent, clock):
    first = await urgent(1)
    marks = marks_of(await anna.get("/desk/alert"))
    assert (await anna.get("/desk/alert", params=marks)).status_code == 204
    await anna.send(f"/desk/conversations/{first.conversation_id}/take")
    clock.travel(timedelta(minutes=1))
    await urgent(2)
    news = await anna.get("/desk/alert", params=marks)
    assert news.status_code == 200
    assert 'data-urgent="1"' in news.text


async def test_taken_by_anybody_it_is_silent(anna, bo, urgent):
    first = await urgent()
    await bo.send(f"/desk/conversations/{first.conversation_id}/take")
    assert "data-urgent" not in (await anna.get("/desk/alert")).text


async def test_what_can_wait_does_not_call(anna, urgent):
    await urgent(severity=2)
    assert "data-urgent" not in (await anna.get("/desk/alert")).text


async def test_what_a_locked_screen_may_show_names_nobody(anna, runtime):
    person = await make.citizen(runtime, name="Mette Hansen")
    talk = await make.conversation(runtime, person)
    await make_desk.handoff(runtime, talk, severity=0, reason="hard_suicide")
    page = (await anna.get("/desk/alert")).text
    controls = re.findall(r'data-(?:title|notice|notice-body)="([^"]*)"', page)
    assert "Mette" not in page + " ".join(controls)


async def test_another_municipalitys_danger_does_not_call_here(anna, runtime):
    talk = await make.conversation(runtime, None, municipality="faxe")
    await make_desk.handoff(runtime, talk, severity=0, reason="hard_suicide")
    assert "data-urgent" not in (await anna.get("/desk/alert")).text


async def test_who_does_not_talk_with_citizens_is_not_called(runtime, browsers, urgent):
    await urgent()
    browser = browsers()
    person = await make_desk.staff(runtime, "rita", name="Rita", roles=["administrator"])
    browser.hold(await make_desk.session_of(runtime, person))
    assert (await browser.get("/desk/alert")).status_code == 404


async def test_who_signs_out_with_conversations_is_told_first(anna, urgent):
    first = await urgent()
    await anna.send(f"/desk/conversations/{first.conversation_id}/take")
    answer = await anna.send("/desk/sign-out")
    assert answer.status_code == 409
    assert "Du har 1 samtale, som venter på dig" in answer.text
    assert "45 min." in answer.text
    assert (await anna.get("/desk")).status_code == 200
    assert (await anna.send("/desk/sign-out", anyway="1")).status_code == 303
    assert (await anna.get("/desk")).status_code == 303


async def test_who_holds_nothing_signs_out_at_once(anna):
    assert (await anna.send("/desk/sign-out")).status_code == 303
