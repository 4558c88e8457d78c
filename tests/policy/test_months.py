"""Months in both municipalities, morning by morning, on a real database."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.conversations import Message, MessageKind
from data.models.hand_overs import HandOver, HandOverState
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting, PostingKind
from data.values.money import Money
from data.values.recipients import Recipient
from data.values.time import ONE_DAY, at_local, day_of, next_bank_day
from outreach.mailing.sending import send_letters
from outreach.rounds import morning_round
from tests import make

pytestmark = pytest.mark.slow

PAYABLE = {"payment_id": "123456789012347", "creditor_no": "81234567"}
#: First contact is on the Monday.
DUE = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)


class KeepingPost:
    """Takes every letter and keeps it."""

    def __init__(self):
        self.taken = []

    async def hand_over(self, letter):
        self.taken.append(letter)


@pytest.fixture
def post():
    return KeepingPost()


@pytest.fixture
def live(runtime, clock, post):
    """Let mornings pass: payments are known, the round is run, letters leave."""
    posting = runtime.equip(post=post)

    async def until(last, municipality):
        today = day_of(clock.now())
        while today <= last:
            clock.instant = at_local(today, 9)
            await make.coverage(runtime, municipality, today - ONE_DAY)
            await morning_round(posting, municipality=municipality)
            await send_letters(posting, municipality=municipality)
            today = next_bank_day(today + ONE_DAY)

    clock.instant = at_local(MONDAY, 9)
    return until


async def every(runtime, kind):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(kind)))


async def owed(runtime, municipality, **given):
    person = await make.citizen(runtime, municipality=municipality)
    return await make.claim(runtime, person, **PAYABLE | {"due_date": DUE} | given)


async def days_of_letters(runtime):
    letters = await every(runtime, Letter)
    assert {letter.status for letter in letters} <= {LetterStatus.SENT}
    return {letter.step: day_of(letter.sent_at) for letter in letters}


async def test_A3_A5_A8_A20_albertslund_contacts_first_reminds_twice_and_charges_once(
    runtime, live
):
    claim = await owed(runtime, "albertslund")
    await live(date(2027, 1, 5), "albertslund")
    [first] = [
        one for one in await every(runtime, Message) if one.kind is MessageKind.FIRST_CONTACT
    ]
    assert day_of(first.created_at) == MONDAY
    assert await days_of_letters(runtime) == {
        "reminder:1": date(2026, 11, 30),
        "reminder:2": date(2026, 12, 14),
        "notice:1": date(2027, 1, 4),
    }
    [fee] = await every(runtime, Posting)
    assert (fee.kind, fee.amount, fee.day) == (
        PostingKind.FEE,
        Money.kroner(250),
        date(2026, 12, 14),
    )
    async with runtime.transaction() as session:
        assert (await session.get_one(Claim, claim.id)).outstanding == Money.kroner(1450)


async def test_A24_A26_in_albertslund_a_person_is_asked_and_nothing_leaves_by_itself(runtime, live):
    await owed(runtime, "albertslund")
    await live(date(2027, 2, 2), "albertslund")
    assert await every(runtime, HandOver) == []
    [standing] = [d for d in await every(runtime, Decision) if d.outcome is Outcome.REFUSED]
    assert standing.reason == "needs_caseworker"
    assert "A24" in standing.basis


async def test_F21_F28_in_faxe_an_unpaid_reminder_leads_to_the_list_of_those_that_leave(
    runtime, live
):
    await owed(runtime, "faxe")
    await live(date(2026, 12, 14), "faxe")
    assert await days_of_letters(runtime) == {"reminder:1": date(2026, 11, 27)}
    [leaving] = await every(runtime, HandOver)
    assert (leaving.state, leaving.recipient) == (HandOverState.WAITING, Recipient.STATE)
    assert leaving.ground == "unpaid_reminder"
    assert leaving.ready_on > date(2026, 12, 14)


async def test_F28_two_claims_with_the_same_facts_go_the_same_way_on_the_same_days(runtime, live):
    for number in range(2):
        person = await make.citizen(
            runtime,
            municipality="faxe",
            debtor_id=f"010180123{number}",
            phone=f"+452030405{number}",
        )
        await make.claim(runtime, person, claim_ref=f"F-{number}", due_date=DUE, **PAYABLE)
    await live(date(2026, 12, 15), "faxe")
    ways: dict[object, set[tuple[str, object]]] = {}
    for decision in await every(runtime, Decision):
        if decision.outcome is Outcome.ALLOWED:
            ways.setdefault(decision.claim_id, set()).add((decision.step, decision.decided_at))
    one, other = ways.values()
    assert one == other
    assert {step for step, _ in one} == {"first_contact", "reminder:1", "hand_over:1"}


async def test_A38_F34_every_step_on_record_names_its_source_and_the_version_of_the_policy(
    runtime, live
):
    await owed(runtime, "faxe")
    await live(date(2026, 12, 14), "faxe")
    steps = [d for d in await every(runtime, Decision) if d.step.partition(":")[1]]
    assert {step.step for step in steps} == {"reminder:1", "hand_over:1"}
    assert all("F21 (line 37)" in step.basis for step in steps)
    versions = {step.policy_version for step in steps}
    assert len(versions) == 1
    assert "9. november 2017" in versions.pop()


async def test_F25_two_instalments_of_a_tax_are_chased_each_by_itself(runtime, live):
    first = await owed(
        runtime,
        "faxe",
        claim_type="ejendomsskat",
        tax_year=2023,
        claim_ref="E-1",
        instalment_no=1,
    )
    async with runtime.transaction() as session:
        person = (await session.get_one(Claim, first.id)).citizen_id
        session.add(
            Claim(
                municipality="faxe",
                citizen_id=person,
                claim_ref="E-2",
                claim_type="ejendomsskat",
                tax_year=2023,
                instalment_no=2,
                principal=Money.kroner(1200),
                due_date=DUE + timedelta(days=28),
                bill_sent_on=date(2026, 11, 1),
                created_at=runtime.clock.now(),
                updated_at=runtime.clock.now(),
                **PAYABLE,
            )
        )
    await live(date(2027, 1, 15), "faxe")
    async with runtime.transaction() as session:
        rows = await session.execute(
            select(Claim.claim_ref, Letter.step, Letter.sent_at).join(
                Claim, Claim.id == Letter.claim_id
            )
        )
        sent = {(ref, step): day_of(at) for ref, step, at in rows}
    assert set(sent) == {(ref, f"reminder:{n}") for ref in ("E-1", "E-2") for n in (1, 2)}
    assert sent["E-1", "reminder:2"] < sent["E-2", "reminder:1"]


async def test_A11_A18_what_rests_or_is_agreed_hears_nothing_more(runtime, live):
    for state, number in ((ClaimState.SHELVED, 1), (ClaimState.IN_PLAN, 2)):
        person = await make.citizen(
            runtime, debtor_id=f"010180123{number}", phone=f"+452030405{number}"
        )
        await make.claim(
            runtime, person, claim_ref=f"A-{number}", due_date=DUE, state=state, **PAYABLE
        )
    await live(date(2026, 12, 31), "albertslund")
    for kind in (Letter, Posting, HandOver):
        assert await every(runtime, kind) == []
    assert await every(runtime, Message) == []
