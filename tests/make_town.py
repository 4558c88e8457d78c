"""A town at work: every page of the desk has something to show, kind and like real life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from data.models.agreements import AgreementClaim
from data.models.citizens import Citizen, Language
from data.models.claims import Claim, ClaimState
from data.models.conversations import Author, Conversation, Hearer, Owner
from data.models.handoffs import Handoff, HandoffState
from data.models.payments import Payment
from data.models.relations import RelationKind
from data.models.staff import Role
from data.values.ids import new_id
from data.values.money import Money
from data.values.time import day_of
from outreach import corrections, notes, relations, saved_texts, tasks
from outreach.audit_seals import seal_record
from outreach.relations import Person
from outreach.signing_in import second_factor
from tests import make, make_cases, make_desk

if TYPE_CHECKING:
    from data.models.staff import Staff
    from outreach.runtime import Runtime

UNIT = "Dagtilbud"


@dataclass(frozen=True, slots=True)
class Town:
    """Who and what a page may be asked for."""

    anna: Staff
    bo: Staff
    ulla: Staff
    #: By name: citizen, claim, agreement, letter, talks, tasks and what else an address names.
    ids: dict[str, UUID | int]


async def town(runtime: Runtime) -> Town:
    """Make Albertslund on a Tuesday morning, with Anna, Bo and Ulla of the unit at work."""
    anna = await make_desk.staff(runtime, "anna", name="Anna Berg", roles=list(Role), unit=UNIT)
    bo = await make_desk.staff(runtime, "bo", name="Bo Dam")
    ulla = await make_desk.staff(runtime, "ulla", name="Ulla Ek", roles=[Role.UNIT], unit=UNIT)
    await _cilla(runtime)
    built = Town(anna, bo, ulla, {"anna": anna.id, "bo": bo.id})
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    await _mette(runtime, built)
    await _those_who_wait(runtime, built)
    await _dispute(runtime, built)
    await _money_and_hand_overs(runtime, built)
    await _texts_and_views(runtime, built)
    await seal_record(runtime, municipality="albertslund")
    return built


async def _cilla(runtime: Runtime) -> None:
    """Cilla has a second factor on her telephone."""
    cilla = await make_desk.staff(runtime, "cilla", name="Cilla Ravn")
    async with runtime.transaction() as session:
        await second_factor.offer(session, runtime, cilla)
    code = await make_desk.code_now(runtime, "cilla")
    async with runtime.transaction() as session:
        await second_factor.confirm(session, runtime, cilla, code)


async def _mette(runtime: Runtime, built: Town) -> None:
    """Mette wants to talk about her plan, and Anna is on it."""
    now, anna = runtime.clock.now(), built.anna
    mette = await make.citizen(runtime)
    talk = await make.conversation(runtime, mette, identity_level=2, identity_at=now)
    claim = await make.claim(
        runtime,
        mette,
        due_date=date(2026, 10, 1),
        payment_id="000000000000018",
        creditor_no="12345678",
        first_contact_at=now - timedelta(days=30),
    )
    daycare = await make.claim(runtime, mette, claim_ref="A-1002", principal=Money(84000))
    letter = await make_cases.letter(runtime, claim, pay_by=date(2026, 11, 2))
    await make_cases.fee(runtime, claim)
    covered = AgreementClaim(
        municipality="albertslund", claim_id=claim.id, amount=Money(120000), position=1
    )
    plan = await make_desk.plan(runtime, talk, claims=[covered])
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).state = ClaimState.IN_PLAN
    await make.payment(runtime, claim, Money(20000), date(2026, 11, 16))
    opener = await _talked(runtime, talk)
    handoff = await make_desk.handoff(
        runtime, talk, opened_by=opener, summary="vil gerne flytte sin næste rate"
    )
    await _take(runtime, talk, handoff, anna)
    await make_desk.reading(runtime, anna, mette)
    async with runtime.transaction() as session:
        task = await tasks.open_task(session, runtime, claim=daycare, kind="assess_hand_over")
        person = Person(
            RelationKind.REPRESENTATIVE, "Lise Hansen", organisation="Gældsrådgivningen"
        )
        await relations.add(
            session, runtime, mette, anna, person, evidence="Fuldmagt, 3. november."
        )
        await notes.write(session, runtime, mette, anna, "Mette får løn den sidste bankdag.")
    assert task is not None
    built.ids.update(
        citizen=mette.id, claim=claim.id, agreement=plan.id, letter=letter.id, mine=talk.id,
        task=task.id, mine_handoff=handoff.id,
    )  # fmt: skip


async def _talked(runtime: Runtime, talk: Conversation) -> UUID:
    """Let Mette and the assistant have written to each other since half past nine."""
    now = runtime.clock.now()
    lines = (
        (34, Author.ASSISTANT, "Din aftale er på 3 rater à 400 kr. Den næste er 24. december."),
        (12, Author.CITIZEN, "Hej. Jeg får først løn den 31. Kan raten vente til da?"),
        (11, Author.ASSISTANT, "Det spørger vi en kollega om. Du får svar i dag."),
        (4, Author.CITIZEN, "Tusind tak. Det betyder meget for mig."),
    )
    said = [
        await make_desk.said(
            runtime, talk, body, author=author, created_at=now - timedelta(minutes=ago)
        )
        for ago, author, body in lines
    ]
    return said[1].id


async def _take(runtime: Runtime, talk: Conversation, handoff: Handoff, staff: Staff) -> None:
    async with runtime.transaction() as session:
        held = await session.get_one(Handoff, handoff.id)
        held.state, held.taken_by, held.taken_at = (
            HandoffState.TAKEN, staff.id, runtime.clock.now()
        )  # fmt: skip
        mine = await session.get_one(Conversation, talk.id)
        mine.owner, mine.owner_staff_id = Owner.STAFF, staff.id


#: Name, number, telephone, language, how grave, reason, in a few words, minutes waited, hours left.
_WAITING: tuple[tuple[Any, ...], ...] = (
    ("Karen Holm", "0203501112", "+4520000001", "da", 1, "hard_bereavement",
     "har lige mistet sin mand", 25, 3),
    ("Amir Rahimi", "0405851113", "+4520000002", "en", 2, "hard_illness",
     "has been ill since October", 190, -1),
    ("Sofie Bech", "0607901114", "+4520000003", "da", 3, "asked_human",
     "vil tale med et menneske", 60, 1),
    ("Jonas Lind", "0809751115", "+4520000004", "da", 3, "asked_human",
     "spørger, hvem der kan se hans sag", 8, 22),
)  # fmt: skip


async def _those_who_wait(runtime: Runtime, built: Town) -> None:
    now = runtime.clock.now()
    for name, number, phone, language, severity, reason, summary, waited, left in _WAITING:
        one = await make.citizen(
            runtime, name=name, debtor_id=number, phone=phone, language=Language(language)
        )
        talk = await make.conversation(runtime, one, address=phone, language=Language(language))
        await make_desk.said(runtime, talk, summary.capitalize() + ".")
        handoff = await make_desk.handoff(
            runtime, talk, severity=severity, reason=reason, summary=summary,
            opened_at=now - timedelta(minutes=waited), due_at=now + timedelta(hours=left),
        )  # fmt: skip
        built.ids.update({"waiting": talk.id, "handoff": handoff.id})
        protected = one.id
    ib = await make.citizen(
        runtime, name="Ib Nørgaard", debtor_id="1010601116", phone="+4520000005"
    )
    talk = await make.conversation(runtime, ib, address="+4520000005")
    await _take(runtime, talk, await make_desk.handoff(runtime, talk), built.bo)
    eva = await make.citizen(runtime, name="Eva Friis", debtor_id="1110601117", phone="+4520000006")
    still = await make.conversation(runtime, eva, address="+4520000006")
    await make_desk.said(runtime, still, "Hvad skylder jeg?")
    built.ids.update({"protected": protected, "others": talk.id, "assistants": still.id})
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, protected)).address_protected = True


async def _dispute(runtime: Runtime, built: Town) -> None:
    """Nour's daycare place has ended; the unit is asked."""
    nour = await make.citizen(
        runtime, name="Nour Saleh", debtor_id="1212881118", phone="+4520000007"
    )
    talk = await make.conversation(runtime, nour, address="+4520000007")
    body = "Min søn stoppede i børnehaven i maj. Hvorfor får jeg en regning?"
    heard = {"understood_as": "how_much", "understood_by": Hearer.RASA, "confidence": 0.41}
    said = await make_desk.said(runtime, talk, body, **heard)
    other = await make_desk.said(runtime, talk, "Jeg vil klage over jeres regning", **heard)
    claim = await make.claim(runtime, nour, claim_ref="A-2001", owning_unit=UNIT)
    async with runtime.transaction() as session:
        task = await tasks.open_task(
            session,
            runtime,
            claim=claim,
            kind="dispute",
            facts={"message": str(said.id)},
            unit=UNIT,
        )
        await corrections.propose(
            session, runtime, other.id, built.bo, should_be="complaint",
            text="jeg vil klage over regningen", language=Language.DANISH,
        )  # fmt: skip
    assert task is not None
    built.ids.update({"unit_task": task.id, "message": said.id, "corrected": other.id})


async def _money_and_hand_overs(runtime: Runtime, built: Town) -> None:
    now = runtime.clock.now()
    leif = await make.citizen(runtime, name="Leif Toft", debtor_id="1301701119", phone=None)
    claim = await make.claim(
        runtime, leif, claim_ref="A-3001", claim_type="rottebekaempelse",
        payment_id="000000000000026", creditor_no="12345678",
    )  # fmt: skip
    leaving = await make_cases.hand_over(runtime, claim)
    file = await make_cases.hand_over_file(runtime, "albertslund")
    async with runtime.transaction() as session:
        money = Payment(
            municipality="albertslund",
            payment_ref="P-7001",
            payment_id="000000000000027",
            amount=Money(120000),
            paid_on=day_of(now) - timedelta(days=1),
            payer="Leif Toft",
            text="Regning fra kommunen",
            created_at=now,
        )
        session.add(money)
        await session.flush()
        built.ids["file"] = file.id
        built.ids["hand_over"] = leaving.id
        number = money.id
        letter_failed = await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    assert letter_failed is not None
    built.ids.update({"payment": number, "leif": leif.id, "new": new_id()})


async def _texts_and_views(runtime: Runtime, built: Town) -> None:
    async with runtime.transaction() as session:
        [first, *_] = await saved_texts.search(session, runtime, "albertslund", Language.DANISH)
        built.ids["text"] = first.id
