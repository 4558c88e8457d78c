"""The duty list: what is stuck, since when, what to do, and where the rows are."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.citizens import Channel, ContactPoint, OptOut
from data.models.claims import Claim
from data.models.conversations import MessageStatus
from data.models.handoffs import HandoffState
from data.models.payments import Payment
from data.values.money import Money
from data.values.time import day_of
from outreach import health, tasks
from outreach.errors import RasaUnavailableError
from tests import make, make_desk
from tests.make_desk import marks_of


@pytest.fixture
async def dora(runtime, browsers):
    """Dora, who leads the shift in Faxe, signed in."""
    browser = browsers()
    person = await make_desk.staff(
        runtime, "dora", name="Dora Vagt", municipality="faxe", roles=["duty_manager"]
    )
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
async def frode(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frode Lund")


@pytest.fixture
async def claim(runtime, frode):
    return await make.claim(runtime, frode, owning_unit="Center for Børn")


class Rasa:
    """A dialogue that answers, is away, or hangs."""

    def __init__(self, *, is_up):
        self.is_up = is_up

    async def ready(self):
        return self.is_up

    async def understand(self, _text):
        raise RasaUnavailableError("not asked here")

    async def converse(self, *_given, **_more):
        raise RasaUnavailableError("not asked here")


async def late_task(runtime, claim, kind, days=3):
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        task = await tasks.open_task(session, runtime, claim=owed, kind=kind)
        assert task is not None
        task.due_on = day_of(runtime.clock.now()) - timedelta(days=days)
    return task


def row_of(page, pile):
    return page.text.partition(f'id="pile-{pile}"')[2].partition("</tr>")[0]


async def test_a_quiet_day_says_so_and_what_is_still_to_be_confirmed(dora):
    page = await dora.get("/desk/duty")
    assert "Intet er gået i stå" in page.text
    assert "Der er ingen vagttelefon" in page.text
    assert "Ingen har bekræftet, hvem borgerne kan ringe til" in page.text
    assert 'href="/desk/duty/figures"' in page.text
    assert "fees.yml" in (await dora.get("/desk/duty/figures")).text


async def test_F15_a_unit_that_is_late_is_counted_with_its_age_and_reminded(dora, runtime, claim):
    task = await late_task(runtime, claim, "dispute")
    row = row_of(await dora.get("/desk/duty"), "units_late")
    assert "3 dage" in row
    assert 'href="/desk/tasks?whose=at_unit&amp;late=1"' in row
    done = await dora.send("/desk/duty/remind", "/desk/duty")
    assert done.headers["location"] == "/desk/duty?reminded=1"
    assert "1 opgave er mindet om." in (await dora.get(done.headers["location"])).text
    async with runtime.transaction() as session:
        assert "reminded_on" in (await session.get_one(Task, task.id)).facts


async def test_only_who_leads_reminds_from_the_list_but_caseworkers_read_it(anna, runtime):
    assert (await anna.get("/desk/duty")).status_code == 200
    assert (await anna.send("/desk/duty/remind")).status_code == 404


async def test_tasks_that_are_stuck_stand_in_their_piles(dora, runtime, claim):
    for kind in ("hand_over_rejected", "hand_over_returned", "hand_over_invalid", "letter_failed"):
        await late_task(runtime, claim, kind)
    page = await dora.get("/desk/duty")
    for pile in ("hand_overs_rejected", "hand_overs_returned", "hand_overs_invalid"):
        assert "1</td>" in row_of(page, pile)
    assert "Digital Post" in row_of(page, "letters_failed")
    assert "4</td>" in row_of(page, "tasks_nobodys")


async def test_enquiries_that_are_late_or_were_forgotten_are_told(dora, runtime, clock, frode):
    talk = await make.conversation(runtime, frode)
    late = {"due_at": clock.now() - timedelta(days=2)}
    await make_desk.handoff(runtime, talk, times_returned=1, **late)
    page = await dora.get("/desk/duty")
    assert "2 dage" in row_of(page, "handoffs_late")
    assert "1</td>" in row_of(page, "handoffs_returned")
    other = await make.conversation(runtime, frode, address="+4520304051")
    person = await make_desk.staff(runtime, "frida", municipality="faxe")
    await make_desk.handoff(
        runtime, other, state=HandoffState.TAKEN, taken_by=person.id, taken_at=clock.now(), **late
    )
    assert "1</td>" in row_of(await dora.get("/desk/duty"), "handoffs_held_late")


async def test_who_can_be_reached_by_nobody_stands_with_what_they_owe(
    dora, runtime, clock, frode, claim
):
    assert row_of(await dora.get("/desk/duty"), "unreachable") == ""
    async with runtime.transaction() as session:
        session.add(
            OptOut(
                municipality="faxe", channel=Channel.SMS, address=make.METTE_PHONE,
                at=clock.now(), source="sms",
            )
        )  # fmt: skip
    assert row_of(await dora.get("/desk/duty"), "unreachable") == ""  # counted twice a minute
    clock.travel(timedelta(seconds=30))
    assert "1</td>" in row_of(await dora.get("/desk/duty"), "unreachable")
    rows = (await dora.get("/desk/duty/unreachable")).text
    assert f'href="/desk/citizens/{frode.id}"' in rows
    async with runtime.transaction() as session:
        session.add(
            ContactPoint(
                municipality="faxe", citizen_id=frode.id, channel=Channel.SMS,
                address="+4520304099", created_at=clock.now(),
            )
        )  # fmt: skip
    clock.travel(timedelta(seconds=30))
    assert row_of(await dora.get("/desk/duty"), "unreachable") == ""


async def test_a_number_that_is_not_trusted_reaches_nobody(dora, runtime, clock, frode, claim):
    async with runtime.transaction() as session:
        point = await session.get_one(ContactPoint, 1)
        point.distrusted_at, point.distrusted_because = clock.now(), "wrong_number"
    assert "1</td>" in row_of(await dora.get("/desk/duty"), "unreachable")


async def test_messages_that_did_not_arrive_lead_to_their_conversation(dora, runtime, clock, frode):
    talk = await make.conversation(runtime, frode)
    await make.outgoing(runtime, talk, status=MessageStatus.FAILED)
    await make.outgoing(
        runtime, talk, status=MessageStatus.UNDELIVERED, status_at=clock.now() - timedelta(days=15)
    )
    assert "1</td>" in row_of(await dora.get("/desk/duty"), "given_up")
    rows = (await dora.get("/desk/duty/given_up")).text
    assert f'href="/desk/conversations/{talk.id}"' in rows
    assert "Frode Lund" in rows


async def test_a_message_that_nobody_answers_tells_that_something_stands_still(
    dora, runtime, clock, frode
):
    talk = await make.conversation(runtime, frode)
    then = clock.now() - timedelta(minutes=11)
    await make_desk.said(runtime, talk, "Hej?", status=MessageStatus.RECEIVED, created_at=then)
    assert "1</td>" in row_of(await dora.get("/desk/duty"), "unanswered")


async def test_money_without_a_claim_is_counted(dora, runtime, clock):
    async with runtime.transaction() as session:
        session.add(
            Payment(
                municipality="faxe", payment_ref="P-1", amount=Money(5000),
                paid_on=day_of(clock.now()), created_at=clock.now() - timedelta(days=4),
            )
        )  # fmt: skip
    row = row_of(await dora.get("/desk/duty"), "payments")
    assert "4 dage" in row
    assert 'href="/desk/payments"' in row


async def test_jobs_that_failed_for_good_are_named_and_not_anothers(dora, runtime):
    async with runtime.transaction() as session:
        for town in ('{"municipality": "faxe"}', '{"municipality": "albertslund"}', "{}"):
            await session.execute(
                text(
                    "insert into procrastinate_jobs (queue_name, task_name, args, status)"
                    " values ('default', 'send_letters', cast(:args as jsonb), 'failed')"
                ),
                {"args": town},
            )
    assert "2</td>" in row_of(await dora.get("/desk/duty"), "jobs")
    assert "send_letters" in (await dora.get("/desk/duty/jobs")).text


async def test_a_record_that_waits_for_its_seal_is_told(dora, runtime, clock):
    async with runtime.transaction() as session:
        session.add(
            AuditEntry(
                municipality="faxe", at=clock.now() - timedelta(hours=2), actor="rule",
                act="claim_paused", subject_kind="claim", subject_id="1", facts={},
            )
        )  # fmt: skip
    assert "Loggens segl er bagud" in (await dora.get("/desk/duty")).text


@pytest.mark.parametrize(("is_up", "said"), [(False, True), (True, False)])
async def test_it_is_told_when_rasa_does_not_answer(app, dora, runtime, is_up, said):
    app.state.runtime = runtime.equip(dialogue=Rasa(is_up=is_up))
    text = (await dora.get("/desk/duty")).text
    assert ("Rasa svarer ikke" in text) is said
    assert ("Intet er gået i stå" in text) is not said


async def test_a_dialogue_that_hangs_counts_as_away(runtime):
    class Hanging(Rasa):
        async def ready(self):
            raise TimeoutError

    assert await health.dialogue_answers(Hanging(is_up=True)) is False


async def test_nothing_of_another_municipality_is_counted(anna, runtime, claim):
    await late_task(runtime, claim, "letter_failed")
    text = (await anna.get("/desk/duty")).text
    assert "Intet er gået i stå" in text
    assert "Frode" not in (await anna.get("/desk/duty/unreachable")).text


async def test_the_list_stays_fresh_and_is_in_english_too(dora, runtime, claim):
    marks = marks_of(await dora.get("/desk/duty"))
    assert (await dora.get("/desk/duty/live", params=marks)).status_code == 204
    await late_task(runtime, claim, "letter_failed")
    assert "Breve, der ikke" in (await dora.get("/desk/duty/live", params=marks)).text
    assert "Letters that could not be sent" in (await dora.get("/desk/duty?lang=en")).text


async def test_a_pile_that_is_none_does_not_exist(dora):
    assert (await dora.get("/desk/duty/everything")).status_code == 404
    led = await dora.get("/desk/duty/remind")
    assert led.headers["location"] == "/desk/duty"
