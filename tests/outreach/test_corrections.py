"""What was understood wrong is set right by two people, and the database holds it so."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.models.audit import AuditEntry
from data.models.citizens import Citizen, Language
from data.models.conversations import Author, Hearer, Message
from data.models.corrections import Correction, CorrectionState
from data.queries import corrections as queries
from outreach import corrections
from outreach.errors import ConflictError, NotFoundError
from tests import make, make_desk


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


@pytest.fixture
async def message(runtime, talk):
    heard = {"understood_as": "ask_plan", "understood_by": Hearer.RASA, "confidence": 0.4}
    return await make_desk.said(runtime, talk, "må jeg vente", **heard)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def bo(runtime):
    return await make_desk.staff(runtime, "bo", name="Bo Dam")


@pytest.fixture
def propose(runtime, message):
    async def act(staff, **given):
        values = {"should_be": "ask_respite", "text": "må jeg vente", "language": Language.DANISH}
        async with runtime.transaction() as session:
            return await corrections.propose(
                session, runtime, given.pop("of", message.id), staff, **values | given
            )

    return act


@pytest.fixture
def review(runtime, message):
    async def act(staff, *, approve=True):
        async with runtime.transaction() as session:
            return await corrections.review(session, runtime, message.id, staff, approve=approve)

    return act


async def test_nobody_approves_their_own_not_even_past_the_rules(runtime, anna, propose, review):
    await propose(anna)
    with pytest.raises(corrections.OwnProposalError):
        await review(anna)
    with pytest.raises(IntegrityError, match="reviewed_by_another"):
        await _approve_past_the_rules(runtime, anna)


async def _approve_past_the_rules(runtime, staff):
    async with runtime.transaction() as session:
        own = (await session.scalars(select(Correction))).one()
        own.state, own.reviewed_by = CorrectionState.APPROVED, staff.id


async def test_what_is_settled_is_not_settled_again(anna, bo, propose, review):
    await propose(anna)
    await review(bo)
    with pytest.raises(ConflictError):
        await review(bo, approve=False)
    with pytest.raises(ConflictError):
        await propose(bo)


async def test_a_colleague_in_another_municipality_sees_nothing(runtime, anna, propose, review):
    finn = await make_desk.staff(runtime, "finn", municipality="faxe")
    with pytest.raises(NotFoundError):
        await propose(finn)
    await propose(anna)
    with pytest.raises(NotFoundError):
        await review(finn)


async def test_only_what_a_citizen_wrote_can_be_set_right(runtime, talk, anna, propose):
    ours = await make_desk.said(runtime, talk, "Vi har fundet din sag.", author=Author.ASSISTANT)
    with pytest.raises(NotFoundError):
        await propose(anna, of=ours.id)


async def test_what_is_proposed_is_not_called_right(runtime, anna, bo, message, propose):
    await propose(anna)
    with pytest.raises(ConflictError):
        async with runtime.transaction() as session:
            await corrections.confirm(session, runtime, message.id, bo)


async def test_a_name_the_citizen_has_got_since_stops_the_approval_and_the_export(
    runtime, anna, bo, message, propose, review
):
    await propose(anna, text="må jeg vente, hilsen Liva")
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, message.citizen_id)).name = "Liva Hansen"
    with pytest.raises(corrections.ExampleFaultError, match="name"):
        await review(bo)
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, message.citizen_id)).name = "Mette Hansen"
    await review(bo)
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, message.citizen_id)).name = "Liva Hansen"
    async with runtime.transaction() as session:
        approved = await queries.approved(session, ["albertslund"])
    assert len(approved) == 1
    assert corrections.safe_examples(approved) == []


async def test_the_record_tells_who_did_what_and_no_words_of_the_citizen(
    runtime, anna, bo, message, propose, review
):
    await propose(anna)
    await review(bo, approve=False)
    async with runtime.transaction() as session:
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    told = [(each.actor, each.act) for each in entries if each.subject_id == str(message.id)]
    assert told == [
        (f"staff:{anna.id}", "correction_proposed"),
        (f"staff:{bo.id}", "correction_rejected"),
    ]
    assert "vente" not in str([each.facts for each in entries])


async def test_a_correction_turned_down_leaves_the_message_as_it_was_understood(
    runtime, anna, bo, message, propose, review
):
    await propose(anna)
    await review(bo, approve=False)
    async with runtime.transaction() as session:
        now = await session.get_one(Message, message.id)
    assert (now.understood_as, now.understood_by) == ("ask_plan", Hearer.RASA)


async def test_exported_is_noted_once(runtime, clock, anna, bo, propose, review):
    await propose(anna)
    await review(bo)
    for _ in range(2):
        async with runtime.transaction() as session:
            approved = await queries.approved(session, ["albertslund"])
            await corrections.mark_exported(session, runtime, approved)
    async with runtime.transaction() as session:
        acts = list(await session.scalars(select(AuditEntry.act)))
        exported = (await session.scalars(select(Correction.exported_at))).one()
    assert acts.count("correction_exported") == 1
    assert exported == clock.now()
