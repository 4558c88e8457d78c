"""A citizen's case leaves for the case file: all of it, of nobody else, and provably whole."""

import json

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Effect
from data.models.citizens import Citizen, ContactPoint
from data.models.conversations import Author, Conversation
from data.models.notes import Note
from outreach import audit, contacts, journal, overrides, readings
from outreach.audit_seals import seal_record
from tests import make, make_cases, make_desk, pdf

WHY = "Aktindsigt fra borgeren."


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
async def case(runtime, anna, mette, claim):
    """Mette's case with something of everything."""
    talk = await make.conversation(runtime, mette, identity_level=2)
    await make_desk.said(runtime, talk, "Jeg kan ikke betale <b>nu</b>")
    await make_desk.said(runtime, talk, "Vi finder ud af det.", author=Author.ASSISTANT)
    await make_desk.handoff(runtime, talk)
    await make_desk.plan(runtime, talk)
    await make_cases.letter(runtime, claim)
    await make_cases.fee(runtime, claim)
    await make_desk.reading(runtime, anna, mette)
    async with runtime.transaction() as session:
        session.add(
            Note(
                municipality="albertslund", citizen_id=mette.id, body="Talt i telefon.",
                staff_id=anna.id, at=runtime.clock.now(),
            )
        )  # fmt: skip
        held = await session.merge(claim)
        await overrides.say(
            session, runtime, claim=held, staff=anna, effect=Effect.HOLD, step="all",
            reason="Borgeren er indlagt.", until=None,
        )  # fmt: skip
        opened = await readings.page(session, anna, "citizen", mette.id)
        why = readings.Access(listed="handoff")
        await readings.note_opened(session, runtime, anna, opened, why, "citizen_opened")
    await seal_record(runtime, municipality="albertslund")
    return mette


@pytest.fixture
def export(runtime, anna):
    async def exported(citizen, why=WHY):
        async with runtime.transaction() as session:
            one = await session.get_one(Citizen, citizen.id)
            return await journal.export(session, runtime, one, by=audit.actor(anna), why=why)

    return exported


async def test_all_that_is_on_the_case_is_in_the_file(case, export, anna):
    found = json.loads(journal.as_json(await export(case)))
    assert (found["schema"], found["version"]) == ("mindelig.journal", 1)
    assert found["citizen"]["debtor_id"] == case.debtor_id
    assert [each["principal_oere"] for each in found["claims"]] == [120_000]
    assert [(each["author"], each["status"]) for each in found["messages"]] == [
        ("citizen", "handled"), ("assistant", "delivered"),
    ]  # fmt: skip
    assert found["messages"][0]["body"] == "Jeg kan ikke betale <b>nu</b>"
    assert [each["body"] for each in found["notes"]] == ["Talt i telefon."]
    assert [each["reason"] for each in found["overrides"]] == ["Borgeren er indlagt."]
    assert len(found["instalments"]) == 3
    assert [each["reason"] for each in found["handoffs"]] == ["asked_human"]
    assert [each["reason"] for each in found["stays"]] == ["Borgeren har ringet."]
    assert "override_said" in [each["act"] for each in found["acts"]]
    assert [each["facts"]["listed"] for each in found["readings"]] == ["handoff"]
    assert found["staff"] == {str(anna.id): "Anna Berg"}
    assert found["chain"]["seal"] == 1


async def test_nothing_of_another_citizen_is_in_it(case, export, runtime):
    bent = await make.citizen(
        runtime, debtor_id="0202802345", name="Bent Holm", phone="+4520304051"
    )
    await make.claim(runtime, bent, claim_ref="A-2002")
    written = journal.as_json(await export(case))
    assert "Bent" not in written
    assert "A-2002" not in written
    other = json.loads(journal.as_json(await export(bent)))
    assert [each["claim_ref"] for each in other["claims"]] == ["A-2002"]
    assert (other["messages"], other["acts"], other["notes"]) == ([], [], [])


async def test_a_telephone_that_was_anothers_brings_nothing_of_theirs(case, export, runtime, anna):
    async with runtime.transaction() as session:
        point = await session.scalar(select(ContactPoint).where(ContactPoint.citizen_id == case.id))
        await contacts.wrong_number(session, runtime, anna, point.id, "Nummeret er ikke hendes.")
    bent = await make.citizen(runtime, debtor_id="0202802345", name="Bent Holm")
    async with runtime.transaction() as session:
        talk = await session.scalar(select(Conversation))
        talk.citizen_id = bent.id
    assert "betale" not in journal.as_json(await export(bent))
    still_hers = json.loads(journal.as_json(await export(case)))
    assert [each["author"] for each in still_hers["messages"]] == ["citizen", "assistant"]


async def test_a_file_that_was_changed_does_not_fit_its_checksum(case, export):
    found = json.loads(journal.as_json(await export(case)))
    assert journal.checksum(found) == found["checksum"]["value"]
    found["messages"][0]["body"] = "Jeg vil ikke betale"
    assert journal.checksum(found) != found["checksum"]["value"]


async def test_who_fetched_it_and_why_is_on_record(case, export, runtime, anna):
    found = await export(case)
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "journal_exported"))
    assert (entry.actor, entry.subject_id) == (f"staff:{anna.id}", str(case.id))
    assert entry.facts == {"checksum": found["checksum"]["value"], "why": WHY}


@pytest.mark.parametrize(
    ("language", "title"), [("da", "Sagen om Mette Hansen"), ("en", "The case of Mette Hansen")]
)
async def test_the_document_can_be_read_aloud(case, export, runtime, language, title):
    found = await export(case)
    document = pdf.read(await journal.printed(runtime, found, language))
    assert (document.title, document.language) == (title, language)
    assert document.claims_to_be == "PDF/UA-1"
    assert {"H1", "Table", "TH"} <= set(document.tags)
    for said in (
        "Jeg kan ikke betale <b>nu",
        "Borgeren er indlagt.",
        "Talt i telefon.",
        "A-1001",
    ):
        assert said in document.text
    assert found["checksum"]["value"][:16] in document.text.replace(" ", "")


async def test_an_empty_case_is_a_document_too(mette, export, runtime):
    found = await export(mette)
    assert found["chain"] == {"seal": 0, "head": None, "sealed_at": None}
    assert pdf.read(await journal.printed(runtime, found, "da")).pages == 1


async def test_a_protected_citizen_is_named_as_one(runtime, export):
    hidden = await make.citizen(runtime, address_protected=True)
    document = pdf.read(await journal.printed(runtime, await export(hidden), "da"))
    assert "navne- og adressebeskyttelse" in document.text
