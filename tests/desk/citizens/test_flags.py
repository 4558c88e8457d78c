"""What holds for a citizen as a whole is said from their page, with a reason, and taken back."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Circumstances, Task, TaskState
from data.models.citizens import Citizen, Language
from data.models.claims import Claim, ClaimState
from data.models.conversations import (
    Author,
    Conversation,
    Message,
    MessageKind,
    MessageStatus,
)
from data.models.notes import Note
from outreach.dispatch import run_batch
from tests import make, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")


@pytest.fixture
def now_of(runtime, mette):
    async def now(kind=Citizen, number=None):
        async with runtime.transaction() as session:
            return await session.get_one(kind, number or mette.id)

    return now


async def entry_of(runtime, act):
    async with runtime.transaction() as session:
        return (await session.scalars(select(AuditEntry).where(AuditEntry.act == act))).one()


async def test_a_citizen_is_frozen_for_a_hard_case_and_thawed_with_what_was_done(
    anna, runtime, page, send, now_of
):
    refused = await send("freeze", because="", reason="Indlagt.")
    assert refused.status_code == 422
    assert "Vælg, hvad der er sket." in refused.text
    assert "Indlagt." in refused.text
    done = await send("freeze", because="hard_illness", reason="Indlagt siden søndag.")
    text = (await anna.get(done.headers["location"])).text
    assert "Borgeren er fredet. Alt automatisk står stille." in text
    assert (await now_of()).frozen_because == "hard_illness"
    assert (await entry_of(runtime, "frozen")).facts["why"] == "Indlagt siden søndag."
    assert (await send("freeze", because="hard_illness", reason="Igen.")).status_code == 409
    assert (await send("unfreeze", reason=" ")).status_code == 422
    await send("unfreeze", reason="Talt med hende. Hun er hjemme igen.")
    assert (await now_of()).frozen_at is None
    assert "Talt med hende. Hun er hjemme igen." in (await anna.get(page)).text
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Note.kind))).one() == "assessment"


@pytest.fixture
async def on_their_way(runtime, talk, claim):
    """A first message, an answer and a word about a plan, not sent yet."""
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).first_contact_at = runtime.clock.now()
    return [
        await make.first_contact(runtime, talk, claim),
        await make.outgoing(runtime, talk),
        await make.outgoing(runtime, talk, kind=MessageKind.PLAN_REMINDER),
    ]


async def test_a_death_stops_all_at_once_and_opens_the_estate(
    anna, runtime, talk, claim, on_their_way, send, now_of
):
    done = await send("deceased", deceased_on="2026-11-20", reason="Besked fra CPR.")
    text = (await anna.get(done.headers["location"])).text
    assert "Død 20. nov. 2026." in text
    for message in on_their_way:
        gone = await now_of(Message, message.id)
        assert (gone.status, gone.stood_down_because) == (MessageStatus.STOOD_DOWN, "deceased")
    assert (await now_of()).frozen_because == "hard_deceased_debtor"
    assert (await now_of(Conversation, talk.id)).identity_level == 0
    assert (await now_of(Claim, claim.id)).first_contact_at is None
    async with runtime.transaction() as session:
        task = (await session.scalars(select(Task).where(Task.kind == "estate"))).one()
    assert task.citizen_id == talk.citizen_id
    facts = (await entry_of(runtime, "death_recorded")).facts
    assert facts["after"] == {"deceased_on": "2026-11-20"}
    assert facts["why"] == "Besked fra CPR."


async def test_to_the_dead_nothing_is_sent_any_more_not_even_by_a_person(
    runtime, sms, talk, claim, send
):
    await send("deceased", deceased_on="2026-11-20", reason="Besked fra CPR.")
    staff = await make_desk.staff(runtime, "carl", name="Carl Ek")
    by_staff = {"author": Author.STAFF, "kind": MessageKind.STAFF_ANSWER, "staff_id": staff.id}
    await make.outgoing(runtime, talk, **by_staff)
    await make.outgoing(runtime, talk)
    await make.first_contact(runtime, talk, claim)
    report = await run_batch(runtime, "albertslund")
    assert (report.stood_down, sms.sent) == (3, [])


async def test_whoever_writes_from_that_telephone_is_told_that_a_person_answers(
    runtime, sms, talk, claim, send
):
    await send("deceased", deceased_on="2026-11-20", reason="Besked fra CPR.")
    await make.outgoing(runtime, talk, kind=MessageKind.NOTICE)
    await run_batch(runtime, "albertslund")
    assert len(sms.sent) == 1


async def test_a_death_is_taken_back_with_a_reason_and_only_so(
    anna, runtime, claim, page, send, now_of
):
    await send("deceased", deceased_on="2026-11-20", reason="Besked fra CPR.")
    assert (await send("unfreeze", reason="Talt med hende.")).status_code == 422
    assert (await send("alive", reason="")).status_code == 422
    cleared = await anna.send(f"/desk/claims/{claim.id}/circumstances", page, deceased_on="")
    assert cleared.status_code == 422
    assert "kun tilbage på borgerens side" in cleared.text
    done = await send("alive", reason="Det var hendes mor.")
    assert "Dødsfaldet er taget tilbage." in (await anna.get(done.headers["location"])).text
    assert (await now_of(Circumstances)).deceased_on is None
    assert (await now_of()).frozen_at is None
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Task.state))).all() == [TaskState.DONE]
    assert (await send("alive", reason="En gang til.")).status_code == 409


@pytest.mark.parametrize("day", ["", "i går", "2026-11-25"])
async def test_a_death_has_a_day_that_has_come(send, runtime, day):
    refused = await send("deceased", deceased_on=day, reason="Besked fra CPR.")
    assert refused.status_code == 422
    assert f'value="{day}"' in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Circumstances)) is None


async def test_a_protection_is_noted_and_the_page_asks_for_a_reason_from_then_on(
    anna, runtime, mette, page, send, now_of
):
    text = (await anna.get("/desk/citizens?q=Me")).text
    await send("protect", reason="Hemmelig adresse siden i går.")
    assert (await now_of()).protection_noted_at is not None
    assert "Hvor kravene står" not in (await anna.get(page)).text
    await make.citizen(runtime, name="Mette Bro", debtor_id="0303801234", phone=None)
    text = (await anna.get("/desk/citizens?q=Mette")).text
    assert "Vises på borgerens side" in text
    assert "20 30 40 50" not in text


async def test_the_preferred_language_reaches_the_conversation(
    anna, talk, claim, page, send, now_of
):
    assert (await send("language", language="xx", reason="Hun bad om det.")).status_code == 422
    await send("language", language="en", reason="Hun bad om det.")
    assert (await now_of()).language is Language.ENGLISH
    assert (await now_of(Conversation, talk.id)).language is Language.ENGLISH
    assert "Sprog: Engelsk" in (await anna.get(page)).text.partition("overview")[0]


async def test_a_whole_claim_is_disputed_and_its_unit_asked(anna, runtime, claim, send, now_of):
    assert (await send("dispute-all", claim=str(claim.id), reason=" ")).status_code == 422
    done = await send("dispute-all", claim=str(claim.id), reason="Barnet var stoppet i maj.")
    assert "Indsigelsen er skrevet ned" in (await anna.get(done.headers["location"])).text
    assert (await now_of(Claim, claim.id)).state is ClaimState.DISPUTED
    async with runtime.transaction() as session:
        task = (await session.scalars(select(Task))).one()
        note = (await session.scalars(select(Note))).one()
    assert (task.kind, note.task_id, note.body) == ("dispute", task.id, "Barnet var stoppet i maj.")
    again = await send("dispute-all", claim=str(claim.id), reason="Igen.")
    assert again.status_code == 409


async def test_when_somebody_else_owes_it_everything_stands_still(runtime, claim, send, now_of):
    await send("wrong-person", claim=str(claim.id), reason="Samme navn, anden fødselsdag.")
    assert (await now_of(Claim, claim.id)).state is ClaimState.DISPUTED
    assert (await now_of()).frozen_because == "hard_identity_theft"
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Task.facts))).one() == {"ground": "not_theirs"}


ACTS = [
    "freeze", "unfreeze", "deceased", "alive", "protect", "unprotect", "language", "dispute-all",
    "wrong-person", "note", "relation", "household", "end-relation", "wrong-number", "trust",
    "stop", "allow", "stop-all", "open-identity",
]  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
async def test_nothing_is_done_to_another_municipalitys_citizen(anna, runtime, page, claim, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    for number in (frode.id, uuid4()):
        answer = await anna.send(
            f"/desk/citizens/{number}/{act}", page, reason="Hej", body="Hej", kind="call",
            because="hard_illness", deceased_on="2026-11-20", language="en", name="Bo", other="Bo",
            contact="1", claim=str(claim.id), relation=str(uuid4()),
        )  # fmt: skip
        assert answer.status_code == 404
        assert "Frode" not in answer.text
    async with runtime.transaction() as session:
        acts = await session.scalars(
            select(AuditEntry.act).where(AuditEntry.municipality == "faxe")
        )
        assert acts.all() == []
