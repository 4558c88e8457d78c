"""The queue: the most urgent first, late ones in red, and no other municipality's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.conversations import Owner
from data.models.handoffs import HandoffState
from tests import make, make_desk
from tests.make_desk import marks_of


@pytest.fixture
async def wait(runtime):
    """Let a citizen wait for a person."""

    async def waits(name, number, **given):
        person = await make.citizen(
            runtime, name=name, debtor_id=f"01018012{number:02d}", phone=f"+45203040{number:02d}"
        )
        talk = await make.conversation(runtime, person, address=f"+45203040{number:02d}")
        return await make_desk.handoff(runtime, talk, **given)

    return waits


def order(page, *names):
    places = [page.index(name) for name in names]
    return places == sorted(places)


async def test_an_empty_queue_says_what_will_come(anna):
    page = (await anna.get("/desk")).text
    assert "Ingen venter lige nu" in page


async def test_the_most_urgent_come_first_then_the_soonest_due(anna, wait, clock):
    now = clock.now()
    await wait("Carl", 1, severity=3, due_at=now + timedelta(hours=1))
    await wait("Bente", 2, severity=1, due_at=now + timedelta(hours=5))
    await wait("Asta", 3, severity=0, reason="hard_suicide", due_at=now + timedelta(minutes=5))
    await wait("Dorte", 4, severity=1, due_at=now + timedelta(hours=4))
    page = (await anna.get("/desk")).text
    assert order(page, "Asta", "Dorte", "Bente", "Carl")
    assert "Tanker om selvmord" in page
    assert "3 henvendelser venter på svar i dag" in page
    assert "4 henvendelser venter på en sagsbehandler" in page


async def test_severity_is_said_in_words(anna, wait, clock):
    now = clock.now()
    await wait("Carl", 1, severity=3, due_at=now + timedelta(days=2))
    await wait("Bente", 2, severity=1)
    await wait("Asta", 3, severity=0)
    await wait("Dorte", 4, severity=2)
    page = (await anna.get("/desk")).text
    assert all(f">{word}<" in page for word in ("Akut", "I dag", "1 bankdag", "2 bankdage"))


async def test_a_late_one_says_so(anna, wait, clock):
    await wait("Carl", 1, due_at=clock.now() + timedelta(hours=2))
    assert "Over fristen" not in (await anna.get("/desk")).text
    clock.travel(timedelta(hours=2, minutes=20))
    await anna.sign_in()  # the session has ended meanwhile
    page = (await anna.get("/desk")).text
    assert "Over fristen i 20 min." in page
    assert "row-late" in page
    assert "2 t. 20 min." in page


async def test_what_i_have_and_what_my_colleagues_have_are_apart(anna, bo, wait):
    mine, his = await wait("Asta", 1), await wait("Bente", 2)
    await anna.send(f"/desk/conversations/{mine.conversation_id}/take")
    await bo.send(f"/desk/conversations/{his.conversation_id}/take")
    assert "Ingen venter lige nu" in (await anna.get("/desk")).text
    page = (await anna.get("/desk?view=mine")).text
    assert "Asta" in page
    assert "Bente" not in page
    page = (await anna.get("/desk?view=others")).text
    assert "Bente" in page
    assert "Bo Dam" in page


async def test_a_closed_one_is_found_among_the_closed(anna, wait):
    handoff = await wait("Asta", 1)
    address = f"/desk/conversations/{handoff.conversation_id}"
    await anna.send(f"{address}/take")
    await anna.send(f"{address}/hand-back", note="Ringet op, aftalt henstand.")
    assert "Asta" not in (await anna.get("/desk")).text
    assert "Asta" in (await anna.get("/desk?view=closed")).text


async def test_an_unknown_view_is_the_queue(anna, wait):
    await wait("Asta", 1)
    assert "Asta" in (await anna.get("/desk?view=alt%00")).text


async def test_another_municipality_is_not_seen(anna, runtime):
    person = await make.citizen(runtime, municipality="faxe", name="Frode")
    talk = await make.conversation(runtime, person)
    await make_desk.handoff(runtime, talk)
    for address in ("/desk", "/desk/conversations", "/desk?view=others", "/desk/live"):
        assert "Frode" not in (await anna.get(address)).text
    assert "(0)" in (await anna.get("/desk")).text


async def test_somebody_unknown_has_no_name(anna, runtime):
    talk = await make.conversation(runtime, None)
    await make_desk.handoff(runtime, talk, reason="unknown_number")
    page = (await anna.get("/desk")).text
    assert "Ukendt afsender" in page
    assert make.METTE_PHONE not in page


async def test_the_clock_says_how_long_and_until_when_and_is_amber_in_the_last_quarter(
    anna, wait, clock
):
    now = clock.now()
    opened = now - timedelta(hours=2, minutes=10)
    await wait("Asta", 1, opened_at=opened, due_at=now + timedelta(minutes=40))
    page = (await anna.get("/desk")).text
    assert "venter 2 t. 10 min." in page
    assert "svar inden i dag kl. 10.40" in page
    assert "40 min. tilbage" in page
    assert "row-soon" in page
    assert "row-late" not in page


async def test_a_filter_is_in_the_address_and_in_the_form(anna, wait):
    await wait("Asta", 1, severity=0, reason="hard_suicide")
    await wait("Bente", 2, severity=3)
    page = (await anna.get("/desk?view=waiting&severity=3&channel=sms")).text
    assert "Bente" in page
    assert "Asta" not in page
    assert '<option value="3" selected>Almindelig</option>' in page
    assert '<option value="sms" selected>' in page
    assert "/desk/live?view=waiting&amp;severity=3&amp;channel=sms" in page
    assert "/desk?view=mine&amp;severity=3&amp;channel=sms" in page
    assert "1 henvendelse passer til dit valg." in page
    assert "Asta" not in (await anna.get("/desk/live?view=waiting&severity=3")).text


async def test_a_filter_that_finds_nobody_says_how_to_see_all(anna, wait):
    await wait("Asta", 1)
    page = (await anna.get("/desk?view=waiting&q=findes+ikke")).text
    assert "Ingen henvendelser passer til dit valg" in page
    assert "Ryd alle valg" in page


@pytest.mark.parametrize(
    "asked", ["severity=9", "severity=%00", "reason=%27", "channel=fax", "page=-1", "page=9e9"]
)
async def test_what_an_address_cannot_mean_is_not_asked_for(anna, wait, asked):
    await wait("Asta", 1)
    assert "Asta" in (await anna.get(f"/desk?view=waiting&{asked}")).text


@pytest.mark.parametrize("path", ["/desk", "/desk/conversations"])
async def test_a_cpr_number_is_not_searched_for_and_leaves_the_address(anna, wait, path):
    await wait("Asta", 1)
    answer = await anna.get(f"{path}?q=010180-1201")
    assert answer.status_code == 303
    assert "0101" not in answer.headers["location"]
    page = (await anna.get(answer.headers["location"])).text
    assert "Vi søger ikke på CPR-numre" in page


async def test_all_conversations_are_filtered_and_searched(anna, runtime, wait):
    await wait("Asta", 1)
    person = await make.citizen(runtime, name="Bente", debtor_id="0202801234", phone=None)
    await make.conversation(runtime, person, address="+4520304099")
    page = (await anna.get("/desk/conversations?answering=assistant")).text
    assert "Bente" in page
    assert "Asta" not in page
    page = (await anna.get("/desk/conversations?q=asta")).text
    assert "Asta" in page
    assert "Bente" not in page
    page = (await anna.get("/desk/conversations?q=findes+ikke")).text
    assert "Ingen samtaler passer til dit valg" in page


async def test_who_came_back_to_the_queue_says_so(anna, wait):
    await wait("Asta", 1, times_returned=2)
    assert "Kom tilbage i køen 2 gange" in (await anna.get("/desk")).text


async def test_all_conversations_say_who_answers(anna, runtime):
    person = await make.citizen(runtime)
    await make.conversation(runtime, person, owner=Owner.ASSISTANT)
    page = (await anna.get("/desk/conversations")).text
    assert "Mette Hansen" in page
    assert "Assistenten" in page


async def test_a_part_that_says_the_same_is_not_sent_again(anna, wait):
    await wait("Asta", 1)
    all_of_it = await anna.get("/desk/live")
    marks = marks_of(all_of_it)
    assert set(marks) == {"seen_alert", "seen_status", "seen_queue"}
    assert (await anna.get("/desk/live", params=marks)).status_code == 204
    await wait("Bente", 2)
    news = (await anna.get("/desk/live", params=marks)).text
    assert "Bente" in news
    assert "part-alert" not in news


async def test_english_is_chosen_once_and_kept(anna):
    assert '<html lang="da" ' in (await anna.get("/desk")).text
    page = (await anna.get("/desk?view=mine&lang=en")).text
    assert '<html lang="en" ' in page
    assert "/desk?view=mine" in page
    assert "You have no conversations" in (await anna.get("/desk?view=mine")).text
    assert '<html lang="da" ' in (await anna.get("/desk?lang=tlh")).text


async def test_a_long_queue_shows_the_most_urgent(anna, runtime, wait, clock):
    await wait("Asta", 1, severity=0, state=HandoffState.WAITING)
    await wait("Bente", 2, due_at=clock.now() - timedelta(days=400))
    page = (await anna.get("/desk")).text
    assert order(page, "Asta", "Bente")
    assert "400 dage" in page


async def test_a_search_is_on_record_without_its_words(anna, runtime, wait):
    await wait("Asta", 1)
    for there in ("/desk?q=Asta", "/desk/tasks?q=Asta", "/desk"):
        await anna.get(there)
    async with runtime.transaction() as session:
        found = select(AuditEntry).where(AuditEntry.act == "searched").order_by(AuditEntry.id)
        entries = list(await session.scalars(found))
    assert [(each.subject_id, each.facts) for each in entries] == [
        ("handoffs", {"by": "name", "hits": 1}),
        ("tasks", {"by": "name", "hits": 0}),
    ]
