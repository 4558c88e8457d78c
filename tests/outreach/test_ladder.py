"""The ladder's round on a real database: letters, hand-overs and tasks come of it, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from data.models.audit import AuditEntry
from data.models.cases import Circumstances, Effect, Liability, Override, Task
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.hand_overs import HandOver, HandOverState
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting
from data.municipalities.ladders import Ground
from data.values.ids import new_id
from data.values.money import Money
from data.values.time import at_local, day_of
from outreach import cases, staff
from outreach.errors import UnknownMunicipalityError
from outreach.gateways.post_folder import PostFolder
from outreach.ladder import ladder_round
from outreach.mailing.sending import send_letters
from outreach.rounds import outreach_round
from tests import make

PAYABLE = {"payment_id": "123456789012347", "creditor_no": "81234567"}


@pytest.fixture
def runtime(runtime, settings):
    """With a folder that letters leave to."""
    return runtime.equip(post=PostFolder(settings.home))


@pytest.fixture(autouse=True)
async def known_payments(runtime):
    for key in runtime.policies.keys:
        await make.coverage(runtime, key, date(2035, 1, 1))


async def owed(runtime, person, **given):
    """A claim due on 2 November 2026, first contact the day after."""
    values = PAYABLE | {
        "due_date": date(2026, 11, 2),
        "first_contact_at": datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
    }
    return await make.claim(runtime, person, **values | given)


async def round_(runtime, municipality="albertslund"):
    report = await ladder_round(runtime, municipality=municipality)
    await send_letters(runtime, municipality=municipality)
    return report


def go_to(clock, day):
    clock.instant = at_local(day, 10)


async def rows(runtime, *what, **filters):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(*what).filter_by(**filters)))


async def reload(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get(Claim, claim.id)


async def worker_of(runtime, municipality="albertslund"):
    async with runtime.transaction() as session:
        return await staff.add(
            session,
            runtime,
            municipality=municipality,
            username="inge",
            name="Inge Dahl",
            password_hash="argon2",
        )


async def say(runtime, claim, effect, step="all", *, ground=None, until=None):
    """A caseworker's word, as the desk writes it."""
    worker = await worker_of(runtime, claim.municipality)
    async with runtime.transaction() as session:
        session.add(
            Override(
                municipality=claim.municipality,
                claim_id=claim.id,
                step=step,
                effect=effect,
                reason="talt med borgeren",
                facts={"ground": ground.value} if ground else {},
                until=until,
                staff_id=worker.id,
                at=runtime.clock.now(),
            )
        )


async def test_A3_a_claim_unpaid_past_its_deadline_is_reminded_once(runtime):
    claim = await owed(runtime, await make.citizen(runtime))
    report = await round_(runtime)
    assert report.steps == {"reminder:1": 1}
    (letter,) = await rows(runtime, Letter)
    assert letter.status is LetterStatus.SENT
    assert letter.pay_by == date(2026, 12, 4)
    (decision,) = await rows(runtime, Decision, claim_id=claim.id)
    assert decision.pay_by == date(2026, 12, 4)
    assert decision.policy_version == "Opkrævningspolitik, udateret hjemmeside, læst november 2026"
    assert "A20" in decision.basis
    again = await round_(runtime)
    assert again.steps == {}
    assert again.refused == {"too_early": 1}
    assert len(await rows(runtime, Letter)) == 1


async def test_A20_the_second_reminder_costs_250_and_the_claim_grows_by_it(runtime, clock):
    claim = await owed(runtime, await make.citizen(runtime))
    await round_(runtime)
    go_to(clock, date(2026, 12, 7))
    assert (await round_(runtime)).steps == {"reminder:2": 1}
    (posting,) = await rows(runtime, Posting)
    assert posting.amount == Money(25000)
    assert (await reload(runtime, claim)).outstanding == Money(145000)


async def test_nothing_comes_of_a_round_that_is_run_twice_at_once_or_again(runtime):
    person = await make.citizen(runtime)
    for number in range(5):
        await owed(runtime, person, claim_ref=f"A-{number}")
    await ladder_round(runtime, municipality="albertslund")
    before = await rows(runtime, Decision)
    await ladder_round(runtime, municipality="albertslund")
    after = await rows(runtime, Decision)
    assert {(d.claim_id, d.step, d.decided_at) for d in before} <= {
        (d.claim_id, d.step, d.decided_at) for d in after
    }
    assert len(await rows(runtime, Letter)) == 5


async def test_every_co_liable_debtor_gets_the_notice(runtime):
    claim = await owed(runtime, await make.citizen(runtime, municipality="faxe"))
    other = await make.citizen(
        runtime, municipality="faxe", debtor_id="0202811234", name="Ole Hansen", phone=None
    )
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality="faxe",
                claim_id=claim.id,
                citizen_id=other.id,
                created_at=runtime.clock.now(),
            )
        )
    await round_(runtime, "faxe")
    letters = await rows(runtime, Letter)
    assert {letter.citizen_id for letter in letters} == {claim.citizen_id, other.id}
    assert all(letter.status is LetterStatus.SENT for letter in letters)


@pytest.mark.parametrize("of", ["frozen", "dead"])
async def test_one_co_debtor_who_is_frozen_or_dead_holds_the_claim_still(runtime, of):
    claim = await owed(runtime, await make.citizen(runtime))
    now = runtime.clock.now()
    frozen = {"frozen_at": now, "frozen_because": "hard_illness"} if of == "frozen" else {}
    other = await make.citizen(runtime, debtor_id="0202811234", phone=None, **frozen)
    about = {"municipality": "albertslund", "citizen_id": other.id}
    async with runtime.transaction() as session:
        session.add(Liability(claim_id=claim.id, created_at=now, **about))
        if of == "dead":
            session.add(Circumstances(deceased_on=date(2026, 11, 1), recorded_at=now, **about))
    reason = "frozen" if of == "frozen" else "deceased"
    assert (await round_(runtime)).refused == {reason: 1}


async def test_F21_in_faxe_the_first_reminder_unpaid_puts_the_claim_on_the_list(runtime, clock):
    claim = await owed(runtime, await make.citizen(runtime, municipality="faxe"))
    await round_(runtime, "faxe")
    go_to(clock, date(2026, 12, 11))
    report = await round_(runtime, "faxe")
    assert report.steps == {"hand_over:1": 1}
    (leaving,) = await rows(runtime, HandOver)
    assert (leaving.state, leaving.ground) == (HandOverState.WAITING, "unpaid_reminder")
    assert leaving.ready_on == date(2026, 12, 18)
    assert (await reload(runtime, claim)).state is ClaimState.OPEN
    assert (await round_(runtime, "faxe")).steps == {}
    assert len(await rows(runtime, HandOver)) == 1
    (entry,) = await rows(runtime, AuditEntry, act="hand_over_proposed")
    assert (entry.actor, entry.subject_id) == ("rule", str(leaving.id))


async def test_A24_in_albertslund_a_task_asks_a_person_and_their_word_lets_it_go(runtime, clock):
    claim = await owed(runtime, await make.citizen(runtime))
    for day in (date(2026, 11, 24), date(2026, 12, 7), date(2026, 12, 22)):
        go_to(clock, day)
        await round_(runtime)
    go_to(clock, date(2027, 2, 1))
    report = await round_(runtime)
    assert (report.steps, report.tasks) == ({}, 1)
    (task,) = await rows(runtime, Task)
    assert task.kind == "assess_hand_over"
    assert (await round_(runtime)).tasks == 0
    await say(runtime, claim, Effect.APPROVE, "hand_over:1", ground=Ground.ABLE_BUT_UNWILLING)
    assert (await round_(runtime)).steps == {"hand_over:1": 1}


async def test_A39_a_hold_keeps_the_claim_where_it_is_until_its_day(runtime, clock):
    claim = await owed(runtime, await make.citizen(runtime))
    await say(runtime, claim, Effect.HOLD, until=date(2026, 11, 30))
    assert (await round_(runtime)).refused == {"held_by_caseworker": 1}
    go_to(clock, date(2026, 12, 1))
    assert (await round_(runtime)).steps == {"reminder:1": 1}


async def test_a_word_taken_back_counts_no_more(runtime):
    claim = await owed(runtime, await make.citizen(runtime))
    await say(runtime, claim, Effect.HOLD)
    async with runtime.transaction() as session:
        word = await session.scalar(select(Override))
        word.revoked_at, word.revoked_by = runtime.clock.now(), word.staff_id
        word.revoked_because = "talt med borgeren igen"
    assert (await round_(runtime)).steps == {"reminder:1": 1}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"bill_sent_on": None}, "no_bill"),
        ({"payment_id": None, "creditor_no": None}, "no_pay_instruction"),
        ({"claim_type": "krisecenter"}, "excluded_type"),
        ({"paused_until": date(2026, 12, 24)}, "paused"),
        ({"due_date": date(2023, 11, 1), "bill_sent_on": date(2023, 10, 1)}, "time_barred"),
    ],
)
async def test_what_holds_a_claim_is_kept_as_the_reason(runtime, given, reason):
    claim = await owed(runtime, await make.citizen(runtime), **given)
    assert (await round_(runtime)).refused == {reason: 1}
    (decision,) = await rows(runtime, Decision, claim_id=claim.id)
    assert (decision.step, decision.outcome, decision.reason) == (
        "ladder",
        Outcome.REFUSED,
        reason,
    )


async def test_a_bill_without_proof_becomes_a_task(runtime):
    await owed(runtime, await make.citizen(runtime), bill_sent_on=None)
    assert (await round_(runtime)).tasks == 1
    (task,) = await rows(runtime, Task)
    assert task.kind == "bill_missing"


@pytest.mark.parametrize("state", [ClaimState.PAID, ClaimState.IN_PLAN, ClaimState.DISPUTED])
async def test_what_stands_still_by_itself_is_walked_past(runtime, state):
    await owed(runtime, await make.citizen(runtime), state=state)
    report = await round_(runtime)
    assert (report.steps, report.refused) == ({}, {})


async def test_F11_a_benefit_a_caseworker_recorded_makes_payment_wait(runtime):
    person = await make.citizen(runtime)
    await owed(runtime, person, claim_type="kontanthjaelp")
    benefit = min(runtime.law.statutory.on(day_of(runtime.clock.now())).respite_benefits)
    async with runtime.transaction() as session:
        session.add(
            Circumstances(
                municipality="albertslund",
                citizen_id=person.id,
                benefit=benefit,
                recorded_at=runtime.clock.now(),
            )
        )
    assert (await round_(runtime)).refused == {"statutory_respite": 1}


async def test_who_has_no_telephone_is_reminded_without_first_contact(runtime):
    silent = await make.citizen(runtime, phone=None)
    await owed(runtime, silent, first_contact_at=None)
    assert (await round_(runtime)).steps == {"reminder:1": 1}


async def test_civil_arrears_of_one_kind_share_their_count_of_fees(runtime, clock):
    person = await make.citizen(runtime)
    heat = {"claim_type": "fjernvarme"}
    one = await owed(runtime, person, **heat)
    other = await owed(runtime, person, claim_ref="A-2", **heat)
    await round_(runtime)
    go_to(clock, date(2026, 12, 7))
    await round_(runtime)
    posted = await rows(runtime, Posting)
    assert [posting.amount for posting in posted] == [Money(10000)]  # ten days between the two
    async with runtime.transaction() as session:
        found = await cases.load(session, runtime, [one.id, other.id])
    assert [len(case.series) for case in found.values()] == [1, 1]


# ----------------------------------------------------------------------------- the whole round
async def test_the_mornings_round_does_all_of_it(runtime):
    new = await make.citizen(runtime)
    await make.claim(runtime, new, **PAYABLE)
    old = await make.citizen(runtime, debtor_id="0202811234", phone="+4520304051")
    await owed(runtime, old, claim_ref="A-2")
    report = await outreach_round(runtime, municipality="albertslund")
    assert report.messages == 1
    assert report.ladder is not None
    assert report.ladder.steps == {"reminder:1": 1}


async def test_a_round_needs_a_municipality_it_knows(runtime):
    with pytest.raises(UnknownMunicipalityError):
        await ladder_round(runtime, municipality="atlantis")


async def test_many_claims_are_walked_batch_by_batch(runtime):
    person = await make.citizen(runtime)
    rows_of_claims = [
        {
            "id": new_id(), "municipality": "albertslund", "citizen_id": person.id,
            "claim_ref": f"B-{n}", "claim_type": "dagtilbud", "principal": Money(50000),
            "due_date": date(2026, 11, 2), "bill_sent_on": date(2026, 10, 1), **PAYABLE,
            "first_contact_at": datetime(2026, 11, 3, tzinfo=UTC),
            "created_at": runtime.clock.now(), "updated_at": runtime.clock.now(),
        }
        for n in range(2100)
    ]  # fmt: skip
    async with runtime.transaction() as session:
        session.add_all([Claim(**row) for row in rows_of_claims])
    report = await ladder_round(runtime, municipality="albertslund")
    assert report.steps == {"reminder:1": 2100}
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Letter)) == 2100


async def test_a_change_of_law_between_two_steps_is_seen_by_the_second(runtime, clock):
    """250 kr. until New Year, 300 kr. from then on (made up)."""
    law = runtime.law
    newest = law.fees.udpantning.root[-1]
    dearer = newest.model_copy(
        update={"valid_from": date(2027, 1, 1), "max_fee": Money(30000), "source": "made up"}
    )
    versions = type(law.fees.udpantning)([*law.fees.udpantning.root, dearer])
    changed = replace(law, fees=law.fees.model_copy(update={"udpantning": versions}))
    later = replace(runtime, law=changed)
    person = await make.citizen(runtime)
    await owed(runtime, person)
    await owed(runtime, person, claim_ref="A-2", due_date=date(2026, 12, 1),
               first_contact_at=datetime(2026, 12, 2, tzinfo=UTC))  # fmt: skip
    for day in (date(2026, 11, 24), date(2026, 12, 14), date(2027, 1, 11)):
        go_to(clock, day)
        await round_(later)
    fees = [posting.amount for posting in await rows(runtime, Posting)]
    assert fees == [Money(25000), Money(30000)]
