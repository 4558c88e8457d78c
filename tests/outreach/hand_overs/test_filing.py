"""After the quiet period a claim leaves once, whole, and only if nothing has changed."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from data.models.agreements import Agreement, AgreementClaim, AgreementKind, AgreementState
from data.models.audit import AuditEntry
from data.models.cases import Liability, Task, TaskState
from data.models.citizens import Channel, Citizen
from data.models.claims import Claim, ClaimState, Outcome
from data.models.hand_overs import HandOver, HandOverFile, HandOverState
from data.models.postings import Posting, PostingKind
from data.values.ids import DebtorKind, new_id
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from outreach import hand_overs, tasks
from outreach.rules.decision import Reason
from tests import make
from tests.outreach.hand_overs.conftest import TODAY, TOLD_AT


async def posted(town, owed, kroner, *, key="fee:reminder:1", kind=PostingKind.FEE, **given):
    posting = await town.save(
        Posting(
            municipality="faxe",
            claim_id=owed.id,
            kind=kind,
            amount=Money.kroner(kroner),
            day=date(2026, 10, 14),
            key=key,
            basis="gebyrloven § 2",
            made_by="rule",
            created_at=TOLD_AT,
            **given,
        )
    )
    claim = await town.claim(owed.claim_ref)
    await town.set_claim(owed.claim_ref, charged=claim.charged + Money.kroner(kroner))
    return posting


async def agreed(town, owed, state, *others):
    talk = await make.conversation(town.runtime, None, municipality="faxe")
    values = {"accepted_at": TOLD_AT, "shown_text": "Vil du det?"}
    return await town.save(
        Agreement(
            id=new_id(),
            municipality="faxe",
            citizen_id=owed.citizen_id,
            conversation_id=talk.id,
            kind=AgreementKind.PLAN,
            state=state,
            total=Money(120000),
            offered_at=TOLD_AT,
            expires_at=TOLD_AT + timedelta(days=7),
            channel=Channel.SMS,
            identity_level=2,
            claims=[
                AgreementClaim(municipality="faxe", claim_id=one.id, amount=Money(1))
                for one in (owed, *others)
            ],
            **(values if state is AgreementState.ACCEPTED else {}),
        )
    )


# ------------------------------------------------------------------------------ a claim leaves
async def test_F21_a_claim_whose_reminder_was_not_paid_leaves_for_the_state(town):
    await town.ready()
    filing = await town.file()
    [line] = await town.lines()
    assert (filing.number, filing.rows, filing.total) == (1, 1, Money(120000))
    assert (await town.claim()).state is ClaimState.HANDED_OVER
    gone = await town.hand_over("filed")
    assert gone.sums == {"principal": 120000, "fees": 0, "interest": 0}
    assert line == {
        "hand_over_ref": "S1-1",
        "kind": "principal",
        "claim_ref": "F-1",
        "main_claim_ref": "",
        "code": "KFDAINS",
        "principal": "1200.00",
        "outstanding": "1200.00",
        "period_start": "2026-09-01",
        "period_end": "2026-09-30",
        "due_date": "2026-10-01",
        "last_day_to_pay": "2026-10-01",
        "limitation_date": "2029-10-01",
        "description": "Børnepasning 01.09.2026-30.09.2026",
        "debtor_ids": "0101801234",
        "notice_dates": "2026-10-14",
        "judgment_date": "",
        "ground": "unpaid_reminder",
        "creditor": "Faxe Kommune",
        "creditor_no": "81234567",
    }


async def test_F21_nothing_leaves_before_the_quiet_period_is_over(town, clock):
    await town.ready(ready_on=TODAY + timedelta(days=1))
    assert (await town.file()).number is None
    assert (await town.claim()).state is ClaimState.OPEN
    clock.travel(timedelta(days=1))
    await make.coverage(town.runtime, "faxe", TODAY)
    assert (await town.file()).number == 1


async def test_a_second_time_files_nothing(town):
    await town.ready()
    assert [(await town.file()).number, (await town.file()).number] == [1, None]
    assert len(await town.all(HandOverFile)) == 1


async def test_two_at_once_take_turns_and_file_each_claim_once(town, runtime):
    await town.ready()
    first, second = await asyncio.gather(
        hand_overs.file_hand_overs(runtime, municipality="faxe"),
        hand_overs.file_hand_overs(runtime, municipality="faxe"),
    )
    numbers = {(one.recipient, one.number) for filing in (first, second) for one in filing}
    assert {number for _, number in numbers} == {1, None}
    assert [file.rows for file in await town.all(HandOverFile)] == [1]


async def _dies_before_the_commit(runtime):
    async with runtime.transaction() as session:
        await hand_overs.file_due(session, runtime, "faxe", Recipient.STATE)
        raise RuntimeError("the machine stops here")


async def test_files_are_numbered_without_gaps_also_when_one_was_undone(town, runtime):
    person = await town.debtor()
    await town.ready(person, ref="F-1")
    await town.file()
    await town.ready(person, ref="F-2")
    with pytest.raises(RuntimeError):
        await _dies_before_the_commit(runtime)
    assert (await town.claim("F-2")).state is ClaimState.OPEN
    assert (await town.file()).number == 2
    assert sorted(file.number for file in await town.all(HandOverFile)) == [1, 2]


async def test_F24_a_preferential_claim_leaves_for_the_municipalitys_own_bailiff(town):
    await town.ready(claim_type="rottegebyr", to="bailiff")
    assert (await town.file(Recipient.STATE)).number is None
    filing = await town.file(Recipient.BAILIFF)
    [line] = await town.lines()
    assert (filing.rows, line["hand_over_ref"], line["code"]) == (1, "B1-1", "KFROTFO")


async def test_fees_are_claims_of_their_own_that_refer_to_the_main_one(town):
    owed = await town.ready(paid=Money.kroner(200))
    await posted(town, owed, 250)
    await town.file()
    main, fee = await town.lines()
    assert (main["principal"], main["outstanding"]) == ("1200.00", "1000.00")
    assert (fee["kind"], fee["claim_ref"], fee["main_claim_ref"]) == ("fee", "F-1/F1", "F-1")
    assert (fee["code"], fee["outstanding"], fee["due_date"]) == ("GEDAINS", "250.00", "2026-10-28")
    gone = await town.hand_over()
    assert gone.sums == {"principal": 100000, "fees": 25000, "interest": 0}


async def test_a_waived_fee_does_not_leave(town):
    owed = await town.ready()
    fee = await posted(town, owed, 250)
    await posted(town, owed, -250, key="waived", kind=PostingKind.FEE_WAIVED, waives=fee.id)
    await town.file()
    assert [line["kind"] for line in await town.lines()] == ["principal"]


async def test_everybody_who_owes_it_stands_in_the_file_with_the_day_they_were_told(town):
    mette = await town.debtor()
    jens = await town.debtor("0202801239", name="Jens Hansen")
    owed = await town.ready(mette, told=[jens])
    await town.save(
        Liability(municipality="faxe", claim_id=owed.id, citizen_id=jens.id, created_at=TOLD_AT)
    )
    await town.file()
    [line] = await town.lines()
    assert line["debtor_ids"] == "0101801234,0202801239"
    assert line["notice_dates"] == "2026-10-14,2026-10-14"


async def test_a_business_leaves_by_its_cvr_number(town):
    shop = await town.debtor("13585628", debtor_kind=DebtorKind.BUSINESS, name="Solen ApS")
    await town.ready(shop)
    await town.file()
    assert (await town.lines())[0]["debtor_ids"] == "13585628"


async def test_the_description_never_says_what_a_sensitive_type_reveals(town):
    await town.ready(claim_type="tandpleje")
    await town.file()
    [line] = await town.lines()
    assert line["description"] == "Kommunalt krav 01.09.2026-30.09.2026"


async def test_a_respite_moves_the_last_day_to_pay(town):
    owed = await town.ready()
    ended = await agreed(town, owed, AgreementState.ACCEPTED)
    await town.set(
        Agreement,
        Agreement.id == ended.id,
        kind=AgreementKind.RESPITE,
        respite_until=date(2026, 10, 9),
        state=AgreementState.ENDED,
    )
    await town.file()
    [line] = await town.lines()
    assert (line["due_date"], line["last_day_to_pay"]) == ("2026-10-01", "2026-10-09")


async def test_A1_offers_are_withdrawn_since_the_municipality_negotiates_no_longer(town):
    owed = await town.ready()
    await agreed(town, owed, AgreementState.OFFERED)
    await town.file()
    [offer] = await town.all(Agreement)
    assert offer.state is AgreementState.SUPERSEDED


async def test_an_agreement_ends_unless_another_claim_is_still_paid_by_it(town):
    person = await town.debtor()
    owed = await town.ready(person)
    other = await make.claim(
        town.runtime, person, claim_ref="F-9", state=ClaimState.IN_PLAN, due_date=date(2026, 10, 1)
    )
    kept = await agreed(town, owed, AgreementState.ACCEPTED, other)
    await town.file()
    assert (await town.all(Agreement))[0].state is AgreementState.ACCEPTED
    await town.set(Agreement, Agreement.id == kept.id, state=AgreementState.ACCEPTED)
    await town.set_claim("F-9", state=ClaimState.PAID)
    await town.ready(person, ref="F-2")
    async with town.runtime.transaction() as session:
        second = await town.claim("F-2")
        session.add(
            AgreementClaim(
                municipality="faxe", agreement_id=kept.id, claim_id=second.id, amount=Money(1)
            )
        )
    await town.file()
    assert (await town.all(Agreement))[0].state is AgreementState.ENDED


async def test_A36_each_file_and_each_claim_in_it_is_on_record(town):
    await town.ready()
    await town.file()
    acts = [entry.act for entry in await town.all(AuditEntry)]
    assert {"hand_over_file_written", "hand_over_filed"} <= set(acts)


# --------------------------------------------------------------------------- a claim is stopped
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"paid": Money(120000), "state": ClaimState.PAID}, Reason.PAID),
        ({"paid": Money(112000)}, Reason.BELOW_FLOOR),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"state": ClaimState.SHELVED}, Reason.SHELVED),
        ({"paused_until": TODAY, "paused_because": "said_paid"}, Reason.PAUSED),
    ],
)
async def test_A11_what_has_changed_in_the_quiet_period_stops_it(town, changed, reason):
    await town.ready()
    await town.set_claim(**changed)
    filing = await town.file()
    stopped = await town.hand_over("stopped")
    assert (filing.number, filing.stopped) == (None, [("F-1", reason)])
    assert stopped.stopped_because == reason.value
    assert (await town.claim()).state is changed.get("state", ClaimState.OPEN)


async def test_a_hard_case_stops_it(town):
    owed = await town.ready()
    await town.set(
        Citizen, Citizen.id == owed.citizen_id, frozen_at=TOLD_AT, frozen_because="suicide"
    )
    assert (await town.file()).stopped == [("F-1", Reason.FROZEN)]


async def test_what_was_stopped_by_rule_may_be_proposed_again(town):
    await town.ready()
    await town.set_claim(state=ClaimState.DISPUTED)
    await town.file()
    taken_back = await town.decision()
    assert (taken_back.outcome, taken_back.reason) == (Outcome.REFUSED, "disputed")


# ------------------------------------------------------------------------- a claim is not whole
async def test_a_missing_field_becomes_a_task_that_names_field_reason_and_mend(town):
    await town.ready(period_start=None)
    filing = await town.file()
    [task] = await town.all(Task)
    assert (filing.number, [fault.code for _, fault in filing.invalid]) == (None, ["required"])
    assert (await town.hand_over()).state is HandOverState.INVALID
    assert (task.kind, task.facts["field"]) == ("hand_over_invalid", "period_start")
    assert "er tomt" in task.facts["reason"]
    assert "Udfyld feltet" in task.facts["mend"]


async def test_the_good_ones_leave_although_one_is_not_whole(town):
    person = await town.debtor()
    await town.ready(person, ref="F-1")
    await town.ready(person, ref="F-2", claim_type="fjernvarme")
    filing = await town.file()
    [(ref, fault)] = filing.invalid
    assert (filing.rows, ref, fault.code) == (1, "F-2", "code_unknown")


async def test_once_mended_it_leaves_with_the_next_file_and_is_asked_about_once(town):
    await town.ready(period_start=None)
    for _ in range(2):
        await town.file()
    assert await town.tasks() == ["hand_over_invalid"]
    await town.set_claim(period_start=date(2026, 9, 1))
    assert (await town.file()).number == 1
    [task] = await town.all(Task)
    assert (await town.hand_over()).state is HandOverState.FILED
    assert (task.state, task.note) == (TaskState.DONE, "S1-1")


async def test_a_field_that_no_longer_matters_is_asked_about_no_longer(town):
    await town.ready(period_start=None)
    await town.file()
    await town.set_claim(state=ClaimState.PAID, paid=Money(120000))
    await town.file()
    [task] = await town.all(Task)
    assert (task.state, task.note) == (TaskState.DONE, "paid")


async def test_a_claim_that_is_soon_time_barred_leaves_and_is_looked_after(town):
    due = date(2024, 1, 15)
    await town.ready(due_date=due, period_start=due, period_end=due)
    filing = await town.file()
    assert (filing.rows, await town.tasks()) == (1, ["limitation_near"])


async def test_a_co_debtor_who_was_not_told_holds_the_claim_back(town):
    mette = await town.debtor()
    jens = await town.debtor("0202801239", name="Jens Hansen")
    owed = await town.ready(mette)
    await town.save(
        Liability(municipality="faxe", claim_id=owed.id, citizen_id=jens.id, created_at=TOLD_AT)
    )
    filing = await town.file()
    assert [fault.code for _, fault in filing.invalid] == ["notice_missing"]


async def test_sums_that_differ_from_the_ledgers_are_not_sent(town):
    await town.ready(charged=Money(25000))
    assert [fault.code for _, fault in (await town.file()).invalid] == ["sums_differ"]


async def test_a_claim_waits_while_a_person_looks_at_why_it_came_back(town, runtime):
    owed = await town.ready()
    async with runtime.transaction() as session:
        claim = await session.get_one(Claim, owed.id)
        await tasks.open_task(session, runtime, claim=claim, kind="hand_over_rejected")
    filing = await town.file()
    assert (filing.number, filing.held) == (None, ["F-1"])
    await town.set(Task, Task.kind == "hand_over_rejected", state="done", closed_at=TOLD_AT)
    assert (await town.file()).number == 1


# ------------------------------------------------------------------------ what the table keeps
async def test_one_claim_has_one_living_hand_over(town):
    owed = await town.ready()
    with pytest.raises(IntegrityError):
        await town.wait(owed)


async def test_the_total_of_a_file_is_the_sum_of_its_lines(town):
    person = await town.debtor()
    for number in (1, 2, 3):
        await town.ready(person, ref=f"F-{number}", principal=Money(10001 * number))
    filing = await town.file()
    lines = [Money.parse(line["outstanding"]) for line in await town.lines()]
    assert filing.total == sum(lines, NOTHING) == Money(60006)
    assert [one.row for one in sorted(await town.all(HandOver), key=lambda one: one.row)] == [
        1,
        2,
        3,
    ]
