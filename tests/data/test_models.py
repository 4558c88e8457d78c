"""What the tables refuse, because the domain does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from data.models import Record
from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.citizens import Channel, Citizen, OptOut
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.conversations import Author, Conversation, MessageStatus, Owner
from data.models.handoffs import Handoff, HandoffState
from data.models.payments import Payment
from data.models.staff import Staff
from data.values.ids import DebtorKind, new_id
from data.values.money import Money
from tests import make


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


async def refused(runtime, *rows) -> str:
    with pytest.raises((IntegrityError, StatementError)) as fault:
        async with runtime.transaction() as session:
            session.add_all(rows)
    return str(fault.value)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"principal": Money(0)}, "principal_positive"),
        ({"principal": Money(-1)}, "principal_positive"),
        ({"paid": Money(-1)}, "paid_not_negative"),
        ({"bill_sent_on": date(2026, 12, 1), "due_date": date(2026, 11, 1)}, "bill_sent_before"),
        ({"period_start": date(2026, 2, 1), "period_end": date(2026, 1, 1)}, "period_runs_forward"),
        ({"state": ClaimState.IN_RESPITE}, "respite_ends"),
        ({"respite_until": date(2026, 12, 1)}, "respite_ends"),
    ],
)
async def test_a_claim_that_cannot_be_is_refused(runtime, mette, wrong, rule):
    with pytest.raises(IntegrityError, match=rule):
        await make.claim(runtime, mette, **wrong)


async def test_a_word_no_state_knows_is_refused(runtime, mette):
    claim = await make.claim(runtime, mette)
    with pytest.raises(IntegrityError, match="claim_state"):
        async with runtime.transaction() as session:
            await session.execute(
                text("update claims set state = 'lost' where id = :id"), {"id": claim.id}
            )


async def test_a_reference_stands_once_in_a_municipality_and_may_stand_in_another(runtime, mette):
    await make.claim(runtime, mette)
    with pytest.raises(IntegrityError, match="claim_ref"):
        await make.claim(runtime, mette)
    other = await make.citizen(runtime, municipality="faxe")
    await make.claim(runtime, other)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"debtor_id": "12345678"}, "debtor_id_fits_kind"),
        ({"debtor_kind": DebtorKind.BUSINESS}, "debtor_id_fits_kind"),
        ({"debtor_id": "01018O1234"}, "debtor_id_fits_kind"),
        ({"frozen_because": "hard_illness"}, "freeze_has_reason"),
        ({"language": "pl"}, "language"),
    ],
)
async def test_a_citizen_that_cannot_be_is_refused(runtime, wrong, rule):
    with pytest.raises((IntegrityError, StatementError), match=rule):
        await make.citizen(runtime, **wrong)


async def test_nobody_is_frozen_without_a_reason(runtime, clock):
    with pytest.raises(IntegrityError, match="freeze_has_reason"):
        await make.citizen(runtime, frozen_at=clock.now())


async def test_a_citizen_is_known_once_in_a_municipality(runtime, mette):
    with pytest.raises(IntegrityError, match="debtor_id"):
        await make.citizen(runtime)


async def test_one_address_says_no_once(runtime, clock):
    no = {"municipality": "faxe", "channel": Channel.SMS, "address": make.METTE_PHONE}
    rows = [OptOut(**no, at=clock.now(), source="citizen") for _ in range(2)]
    assert "opt_outs" in await refused(runtime, *rows)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"owner": Owner.STAFF}, "staff_owner_named"),
        ({"identity_level": 4}, "identity_level_known"),
        ({"identity_tries": -1}, "identity_tries_not_negative"),
    ],
)
async def test_a_conversation_that_cannot_be_is_refused(runtime, mette, wrong, rule):
    with pytest.raises(IntegrityError, match=rule):
        await make.conversation(runtime, mette, **wrong)


async def test_nobody_proves_to_be_nobody(runtime):
    with pytest.raises(IntegrityError, match="identity_belongs_to_somebody"):
        await make.conversation(runtime, None, identity_level=2)


async def test_an_address_and_a_municipality_have_one_conversation(runtime, mette, talk):
    with pytest.raises(IntegrityError, match="address"):
        await make.conversation(runtime, mette)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"author": Author.STAFF}, "staff_named"),
        ({"status": MessageStatus.STOOD_DOWN}, "why"),
        ({"stood_down_because": "paid"}, "why"),
        ({"attempts": -1}, "attempts_not_negative"),
    ],
)
async def test_a_message_that_cannot_be_is_refused(runtime, talk, wrong, rule):
    with pytest.raises(IntegrityError, match=rule):
        await make.outgoing(runtime, talk, **wrong)


async def test_the_vendors_reference_and_the_own_key_stand_once(runtime, talk):
    await make.outgoing(runtime, talk, vendor_ref="SM1", dedupe_key="re:1")
    with pytest.raises(IntegrityError, match="vendor_ref"):
        await make.outgoing(runtime, talk, vendor_ref="SM1")
    with pytest.raises(IntegrityError, match="dedupe_key"):
        await make.outgoing(runtime, talk, dedupe_key="re:1")


def agreement(talk, now, **given) -> Agreement:
    values = {
        "id": new_id(),
        "municipality": talk.municipality,
        "citizen_id": talk.citizen_id,
        "conversation_id": talk.id,
        "kind": AgreementKind.PLAN,
        "state": AgreementState.OFFERED,
        "total": Money(120000),
        "offered_at": now,
        "expires_at": now + timedelta(days=7),
        "channel": talk.channel,
        "identity_level": 2,
    }
    return Agreement(**values | given)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"total": Money(0)}, "total_positive"),
        ({"kind": AgreementKind.RESPITE}, "respite_ends"),
        ({"respite_until": date(2026, 12, 1)}, "respite_ends"),
        ({"state": AgreementState.ACCEPTED, "shown_text": "3 rater"}, "acceptance_is_proven"),
    ],
)
async def test_an_agreement_that_cannot_be_is_refused(runtime, clock, talk, wrong, rule):
    assert rule in await refused(runtime, agreement(talk, clock.now(), **wrong))


@pytest.mark.parametrize("lacking", ["identity", "text"])
async def test_nothing_is_accepted_without_proof_and_the_text_shown(runtime, clock, talk, lacking):
    accepted = agreement(
        talk,
        clock.now(),
        state=AgreementState.ACCEPTED,
        accepted_at=clock.now(),
        identity_level=1 if lacking == "identity" else 2,
        shown_text=None if lacking == "text" else "3 rater",
    )
    assert "acceptance_is_proven" in await refused(runtime, accepted)


async def test_one_offer_lies_on_the_table_at_a_time(runtime, clock, talk):
    both = [agreement(talk, clock.now()) for _ in range(2)]
    assert "open_offer" in await refused(runtime, *both)


async def test_two_instalments_do_not_fall_due_on_one_day(runtime, clock, talk):
    plan = agreement(talk, clock.now())
    rates = [
        Instalment(
            municipality="albertslund",
            agreement_id=plan.id,
            number=number,
            amount=Money(100),
            due_on=date(2026, 12, 1),
        )
        for number in (1, 2)
    ]
    async with runtime.transaction() as session:
        session.add(plan)
    assert "due_on" in await refused(runtime, *rates)
    for wrong in ({"amount": Money(0)}, {"number": 0}):
        values = {"number": 1, "amount": Money(100), "due_on": date(2026, 12, 1)} | wrong
        rate = Instalment(municipality="albertslund", agreement_id=plan.id, **values)
        assert "positive" in await refused(runtime, rate)


async def test_an_agreement_covers_some_of_a_claim(runtime, clock, mette, talk):
    claim = await make.claim(runtime, mette)
    plan = agreement(talk, clock.now())
    async with runtime.transaction() as session:
        session.add(plan)
    nothing = AgreementClaim(
        municipality="albertslund", agreement_id=plan.id, claim_id=claim.id, amount=Money(0)
    )
    assert "amount_positive" in await refused(runtime, nothing)


def handoff(talk, now, **given) -> Handoff:
    values = {
        "municipality": talk.municipality,
        "conversation_id": talk.id,
        "reason": "asked_human",
        "severity": 3,
        "summary": "vil tale med et menneske",
        "opened_at": now,
        "due_at": now,
    }
    return Handoff(**values | given)


async def test_one_handoff_is_open_in_a_conversation(runtime, clock, talk):
    now = clock.now()
    async with runtime.transaction() as session:
        session.add(handoff(talk, now, state=HandoffState.CLOSED))
        session.add(handoff(talk, now))
    assert "handoffs_open" in await refused(runtime, handoff(talk, now))


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [({"state": HandoffState.TAKEN}, "taker_named"), ({"severity": 4}, "severity_known")],
)
async def test_a_handoff_that_cannot_be_is_refused(runtime, clock, talk, wrong, rule):
    assert rule in await refused(runtime, handoff(talk, clock.now(), **wrong))


@pytest.mark.parametrize(
    ("outcome", "reason"), [(Outcome.REFUSED, None), (Outcome.ALLOWED, "paid")]
)
async def test_a_refusal_has_a_reason_and_nothing_else_has(runtime, clock, mette, outcome, reason):
    claim = await make.claim(runtime, mette)
    decision = Decision(
        municipality="albertslund",
        claim_id=claim.id,
        step="first_contact",
        outcome=outcome,
        reason=reason,
        facts={},
        decided_at=clock.now(),
    )
    assert "refusal_has_reason" in await refused(runtime, decision)


async def test_a_payment_is_not_nothing_and_is_known_once(runtime, clock, mette):
    claim = await make.claim(runtime, mette)
    values = {
        "municipality": "albertslund",
        "payment_ref": "P1",
        "claim_id": claim.id,
        "paid_on": date(2026, 11, 20),
        "created_at": clock.now(),
    }
    assert "sign_fits" in await refused(runtime, Payment(**values, amount=Money(0)))
    twice = [Payment(**values, amount=Money(100)) for _ in range(2)]
    assert "payment_ref" in await refused(runtime, *twice)


async def test_two_caseworkers_do_not_share_a_name_to_sign_in_with(runtime, clock):
    both = [
        Staff(
            municipality=key,
            username="anna",
            name="Anna Berg",
            password_hash="-",
            created_at=clock.now(),
        )
        for key in ("albertslund", "faxe")
    ]
    assert "username" in await refused(runtime, *both)


async def test_an_instant_without_a_time_zone_is_a_fault(runtime, clock):
    naive = clock.now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="must know its time zone"):
        await make.citizen(runtime, created_at=naive)


async def test_what_was_stored_comes_back_as_values(runtime, mette):
    await make.claim(runtime, mette, principal=Money(10**12))
    async with runtime.transaction() as session:
        claim = await session.scalar(select(Claim))
        citizen = await session.get(Citizen, mette.id)
        talks = await session.scalars(select(Conversation))
    assert claim.principal == Money(10**12)
    assert claim.outstanding == Money(10**12)
    assert citizen.created_at.tzinfo is not None
    assert list(talks) == []


async def test_too_much_paid_leaves_nothing_owed(runtime, mette):
    claim = await make.claim(runtime, mette, principal=Money(100), paid=Money(150))
    assert claim.outstanding == Money(0)


async def test_every_row_names_its_municipality(runtime):
    assert all("municipality" in table.columns for table in Record.metadata.sorted_tables)
