"""What recipients answer is taken once, in order, and what cannot be is refused row by row."""

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.claims import Claim, ClaimState, Outcome
from data.models.hand_overs import HandOverAnswer, HandOverState
from data.values.money import Money
from data.values.time import add_bank_days
from outreach import hand_overs
from outreach.errors import FileUnreadableError, NotFoundError, UnknownMunicipalityError
from outreach.hand_overs import ReasonMissingError
from outreach.hand_overs.acknowledgements import import_acknowledgements
from outreach.hand_overs.recalls import NotHandedOverError
from outreach.intake.importing import import_payments
from tests.outreach.hand_overs.conftest import TODAY

ACCEPTED = "F-1;S1-1;PSRM-77;accepted;;;;24-11-2026"
REJECTED = "F-1;S1-1;PSRM-77;rejected;R_4_2;Hovedstol for stor;;24-11-2026"


@pytest.fixture
async def filed(town):
    """A claim of 1,200 kr. that stands in file 1."""
    await town.ready()
    await town.file()
    return town


async def recall(town, staff, ref="F-1", reason="forkert skyldner"):
    async with town.runtime.transaction() as session:
        return await hand_overs.recall(session, town.runtime, ref, staff, reason)


async def pay(town, kroner, ref="P-1"):
    path = town.folder / "payments.csv"
    path.write_text(
        "payment_ref;claim_ref;amount;paid_on;covers_until\n"
        f"{ref};F-1;{kroner};24-11-2026;24-11-2026\n",
        encoding="utf-8",
    )
    with await import_payments(town.runtime, path, "faxe") as report:
        return report.counts()


async def owed_elsewhere(town):
    async with town.runtime.transaction() as session:
        return await hand_overs.to_write_down(session, "faxe")


# ------------------------------------------------------------------------------ what it becomes
async def test_an_acceptance_keeps_their_reference(filed):
    told = await filed.answer(ACCEPTED)
    now = await filed.hand_over()
    assert told.taken == (1, 0, 0)
    assert (now.state, now.their_ref) == (HandOverState.ACCEPTED, "PSRM-77")
    assert (await filed.claim()).state is ClaimState.HANDED_OVER


async def test_the_same_file_again_changes_nothing(filed):
    assert (await filed.answer(ACCEPTED)).taken == (1, 0, 0)
    assert (await filed.answer(ACCEPTED)).taken == (0, 1, 0)
    assert len(await filed.all(HandOverAnswer)) == 1


@pytest.mark.parametrize(
    ("row", "state", "task"),
    [
        (REJECTED, HandOverState.REJECTED, "hand_over_rejected"),
        (REJECTED.replace("rejected", "returned"), HandOverState.RETURNED, "hand_over_returned"),
        (REJECTED.replace("rejected", "recalled"), HandOverState.RECALLED, "hand_over_returned"),
    ],
)
async def test_a_claim_that_comes_back_is_open_rests_and_is_a_persons_task(filed, row, state, task):
    await filed.answer(row)
    claim = await filed.claim()
    [opened] = await filed.all(Task)
    quiet = filed.runtime.policies["faxe"].dialogue.bank_days_before_reminder
    assert (await filed.hand_over()).state is state
    assert (claim.state, claim.paused_until) == (ClaimState.OPEN, add_bank_days(TODAY, quiet))
    assert (opened.kind, opened.facts["reason_code"]) == (task, "R_4_2")
    assert opened.facts["reason"] == "R_4_2: Hovedstol for stor"
    assert (await filed.decision()).outcome is Outcome.REFUSED


async def test_a_claim_paid_while_it_was_away_comes_back_as_paid(filed):
    await pay(filed, "1200")
    await filed.answer(REJECTED)
    assert (await filed.claim()).state is ClaimState.PAID


async def test_an_old_answer_read_again_does_not_touch_the_next_hand_over(filed):
    await filed.answer(REJECTED)
    await filed.set(Task, Task.kind == "hand_over_rejected", state="done",
                    closed_at=filed.runtime.clock.now())  # fmt: skip
    await filed.set_claim(paused_until=None, paused_because=None)
    await filed.wait(await filed.claim())
    assert (await filed.file()).number == 2
    by_theirs = REJECTED.replace("S1-1", "")
    assert (await filed.answer(REJECTED)).taken == (0, 1, 0)
    assert (await filed.answer(by_theirs)).taken == (0, 1, 0)
    await filed.hand_over("filed")


async def test_a_cpr_number_in_a_reason_is_hidden(filed):
    await filed.answer("F-1;S1-1;;rejected;E1;CPR 010180-1234 findes ikke;;24-11-2026")
    [task] = await filed.all(Task)
    assert "1234" not in str(task.facts)


# ---------------------------------------------------------------------------------- written down
async def test_a_payment_to_us_on_a_claim_that_has_left_becomes_a_task(filed):
    await pay(filed, "300")
    [one] = await owed_elsewhere(filed)
    assert await filed.tasks() == ["write_down"]
    assert (one.claim_ref, one.reference, one.to_report) == ("F-1", "S1-1", Money.kroner(300))
    assert (await filed.claim()).state is ClaimState.HANDED_OVER


async def test_a_second_payment_asks_no_second_time_and_adds_to_the_list(filed):
    await pay(filed, "300")
    await pay(filed, "200", ref="P-2")
    [one] = await owed_elsewhere(filed)
    assert (await filed.tasks(), one.to_report) == (["write_down"], Money.kroner(500))


async def test_what_was_paid_before_it_left_is_not_written_down(town):
    await town.ready()
    await pay(town, "300")
    town.runtime.clock.travel(add_bank_days(TODAY, 1) - TODAY)
    await town.file()
    assert (await town.tasks(), await owed_elsewhere(town)) == ([], [])


async def test_a_write_down_is_kept_and_leaves_the_list(filed):
    await pay(filed, "300")
    await filed.answer(ACCEPTED, "F-1;S1-1;PSRM-77;written_down;;;300,00;24-11-2026")
    kept = [one.amount for one in await filed.all(HandOverAnswer) if one.amount]
    assert kept == [Money.kroner(300)]
    assert await owed_elsewhere(filed) == []


async def test_the_last_write_down_of_a_paid_claim_ends_it(filed):
    await pay(filed, "1200")
    await filed.answer("F-1;S1-1;PSRM-77;written_down;;;1.200,00;24-11-2026")
    assert (await filed.claim()).state is ClaimState.PAID


async def test_two_equal_write_downs_in_a_file_are_two_and_stay_two_when_read_again(filed):
    row = "F-1;S1-1;PSRM-77;written_down;;;100,00;24-11-2026"
    assert (await filed.answer(row, row)).taken == (2, 0, 0)
    assert (await filed.answer(row, row)).taken == (0, 2, 0)


async def test_no_more_is_written_down_than_was_handed_over(filed):
    row = "F-1;S1-1;PSRM-77;written_down;;;{};24-11-2026"
    told = await filed.answer(row.format("1.000,00"), row.format("200,01"), row.format("200,00"))
    assert told.codes == [(3, "amount", "amount_above_claim")]
    assert told.taken == (2, 0, 1)


# ---------------------------------------------------------------------------------- refused rows
@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (ACCEPTED.replace("F-1;", "F-404;"), "claim_ref", "unknown_claim"),
        (ACCEPTED.replace("F-1;", ";"), "claim_ref", "required"),
        (ACCEPTED.replace("S1-1", "S9-1"), "hand_over_ref", "unknown_hand_over"),
        (ACCEPTED.replace("S1-1", "B1-1"), "hand_over_ref", "unknown_hand_over"),
        (ACCEPTED.replace("S1-1", "1-1"), "hand_over_ref", "not_our_reference"),
        (ACCEPTED.replace("accepted", "ok"), "status", "unknown_status"),
        (ACCEPTED.replace("PSRM-77", ""), "their_ref", "required"),
        (ACCEPTED.replace("24-11-2026", "25-11-2026"), "day", "future_date"),
        (ACCEPTED.replace("24-11-2026", "31-11-2026"), "day", "not_a_date"),
        ("F-1;;;returned;X;;;24-11-2026", "hand_over_ref", "reference_needed"),
        ("F-1;S1-1;;rejected;;;;24-11-2026", "reason_code", "reason_needed"),
        ("F-1;S1-1;;written_down;;;;24-11-2026", "amount", "required"),
        ("F-1;S1-1;;written_down;;;0;24-11-2026", "amount", "write_down_zero"),
        ("F-1;S1-1;;written_down;;;-5;24-11-2026", "amount", "amount_below_zero"),
        ("F-1;S1-1;;written_down;;;fem;24-11-2026", "amount", "not_an_amount"),
        ("F-1;S1-1;;returned;X;;1.200,01;24-11-2026", "amount", "amount_above_claim"),
        ("F-1;S1-1", None, "cell_count"),
    ],
)
async def test_a_wrong_row_is_told_and_the_good_ones_are_taken(filed, row, column, code):
    told = await filed.answer(row, ACCEPTED)
    assert told.codes == [(2, column, code)]
    assert told.problems[0].mend
    assert (await filed.hand_over()).state is HandOverState.ACCEPTED


async def test_a_claim_that_was_never_filed_cannot_be_accepted(town):
    await town.ready()
    told = await town.answer(ACCEPTED)
    assert told.codes == [(2, "claim_ref", "never_filed")]
    assert (await town.hand_over()).state is HandOverState.WAITING


@pytest.mark.parametrize("after", ["accepted", "rejected", "returned", "written_down"])
async def test_after_a_rejection_nothing_more_can_come(filed, after):
    row = f"F-1;S1-1;PSRM-78;{after};X;;10,00;24-11-2026"
    told = await filed.answer(REJECTED, row)
    assert told.codes == [(3, "status", "impossible_answer")]


async def test_an_accepted_claim_is_returned_not_rejected(filed):
    told = await filed.answer(ACCEPTED, REJECTED)
    assert told.codes == [(3, "status", "impossible_answer")]


async def test_references_to_two_hand_overs_are_refused(filed):
    await filed.answer(REJECTED)
    await filed.set(Task, Task.kind == "hand_over_rejected", state="done",
                    closed_at=filed.runtime.clock.now())  # fmt: skip
    await filed.set_claim(paused_until=None, paused_because=None)
    await filed.wait(await filed.claim())
    await filed.file()
    told = await filed.answer(ACCEPTED.replace("S1-1", "S2-1"))
    assert told.codes == [(2, "their_ref", "references_disagree")]


async def test_a_reference_of_theirs_that_nobody_knows_is_refused(filed):
    await filed.answer(ACCEPTED)
    told = await filed.answer("F-1;;PSRM-99;returned;X;;;24-11-2026")
    assert told.codes == [(2, "their_ref", "unknown_hand_over")]


async def test_a_file_that_is_none_of_answers_is_not_taken_at_all(filed):
    with pytest.raises(FileUnreadableError, match="claim_ref"):
        await filed.answer("x;y", header="a;b")
    with pytest.raises(UnknownMunicipalityError):
        await import_acknowledgements(filed.runtime, filed.folder / "x.csv", "roskilde")


# -------------------------------------------------------------------------------------- recalled
async def test_a_recalled_claim_is_ours_and_held_until_the_caseworker_says_otherwise(filed):
    staff = await filed.staff()
    taken_back = await recall(filed, staff)
    assert (taken_back.state, taken_back.stopped_by) == (HandOverState.RECALLED, staff.id)
    assert (await filed.claim()).state is ClaimState.OPEN
    assert (await filed.decision()).reason == "held_by_caseworker"
    async with filed.runtime.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.act == "hand_over_recalled")
        [entry] = await session.scalars(query)
    assert (entry.actor, entry.facts["why"]) == (f"staff:{staff.id}", "forkert skyldner")


async def test_the_recipients_receipt_for_our_recall_changes_nothing_more(filed):
    await recall(filed, await filed.staff())
    told = await filed.answer("F-1;S1-1;PSRM-77;recalled;;;;24-11-2026")
    assert (told.taken, await filed.tasks()) == ((1, 0, 0), [])


async def test_what_still_waits_is_stopped_not_recalled(town):
    await town.ready()
    with pytest.raises(NotHandedOverError):
        await recall(town, await town.staff())


async def test_a_recall_needs_a_claim_and_a_reason(filed):
    staff = await filed.staff()
    with pytest.raises(NotFoundError):
        await recall(filed, staff, ref="F-404")
    with pytest.raises(ReasonMissingError):
        await recall(filed, staff, reason=" ")
    assert (await filed.all(Claim))[0].state is ClaimState.HANDED_OVER
