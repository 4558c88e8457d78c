"""A protection that a caseworker noted: the ledger cannot lift it, and no message names them."""

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Message, MessageStatus
from outreach import protections
from outreach.errors import NotFoundError
from outreach.intake.importing import import_claims
from outreach.overrides import ReasonMissingError
from tests import make, make_desk

LEDGER = """claim_ref;debtor_id;name;phone;claim_type;principal;due_date;address_protected
A-1001;0101801234;Mette Hansen;20304050;dagtilbud;1.200,00;20-11-2026;nej
"""


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def protect(runtime, mette, anna):
    async def protected(reason="Hun har ringet: hemmelig adresse siden i går.", staff=anna):
        async with runtime.transaction() as session:
            await protections.protect(session, runtime, mette, staff, reason)

    return protected


async def now_of(runtime, mette):
    async with runtime.transaction() as session:
        return await session.get_one(Citizen, mette.id)


async def test_the_ledger_cannot_lift_what_a_caseworker_noted(runtime, tmp_path, mette, protect):
    await protect()
    file = tmp_path / "krav.csv"
    file.write_text(LEDGER, encoding="utf-8")
    report = await import_claims(runtime, file, "albertslund")
    report.problems.close()
    assert report.counts()["new"] == 1
    found = await now_of(runtime, mette)
    assert found.address_protected
    assert found.protection_noted_at is not None


async def test_a_first_message_that_waits_is_written_anew_without_the_name(runtime, mette, protect):
    talk = await make.conversation(runtime, mette)
    claim = await make.claim(runtime, mette)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).first_contact_at = runtime.clock.now()
    first = await make.first_contact(runtime, talk, claim, body="Hej Mette.")
    await protect()
    async with runtime.transaction() as session:
        gone = await session.get_one(Message, first.id)
        assert (gone.status, gone.stood_down_because) == (
            MessageStatus.STOOD_DOWN,
            "address_protected",
        )
        assert (await session.get_one(Claim, claim.id)).first_contact_at is None


async def test_it_is_noted_once_and_lifted_with_a_reason(runtime, mette, anna, protect):
    with pytest.raises(ReasonMissingError):
        await protect(" ")
    await protect()
    with pytest.raises(protections.ProtectionError):
        await protect()
    async with runtime.transaction() as session:
        await protections.lift(session, runtime, mette, anna, "Beskyttelsen er udløbet.")
        with pytest.raises(protections.ProtectionError):
            await protections.lift(session, runtime, mette, anna, "Igen.")
    assert not (await now_of(runtime, mette)).address_protected
    async with runtime.transaction() as session:
        acts = ["protection_noted", "protection_lifted"]
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.act.in_(acts)).order_by(AuditEntry.id)
        )
        changed = [(each.facts["before"], each.facts["after"]) for each in entries]
    hidden, shown = {"address_protected": True}, {"address_protected": False}
    assert changed == [(shown, hidden), (hidden, shown)]


async def test_who_the_ledger_protects_stays_protected_when_the_note_is_taken_back(
    runtime, mette, anna, protect
):
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, mette.id)).address_protected = True
    await protect()
    async with runtime.transaction() as session:
        await protections.lift(session, runtime, mette, anna, "Noteret på den forkerte.")
    found = await now_of(runtime, mette)
    assert (found.address_protected, found.protection_noted_at) == (True, None)


async def test_another_municipalitys_caseworker_notes_nothing(runtime, mette, protect):
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    with pytest.raises(NotFoundError):
        await protect(staff=frida)
