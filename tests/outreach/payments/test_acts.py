"""A caseworker places, moves and sends back money; the books fit at every step."""

import asyncio
from datetime import date

import pytest

from data.models.audit import AuditEntry
from data.models.claims import ClaimState
from data.models.payments import PaymentKind
from data.values.money import Money
from outreach import disputes, payments, postings
from outreach.disputes import DisputeAnswer
from outreach.errors import NotFoundError
from outreach.payments import NotThereError
from tests import make, make_desk

WAITS = "P-1;;000000000000019;1200;23-11-2026;;;Mette Hansen;Til Mette;"


async def test_money_that_waits_is_shown_with_what_it_may_be_for(cashier, claim):
    await cashier.file(WAITS)
    async with cashier.runtime.transaction() as session:
        [waits] = await payments.waiting(session, cashier.runtime, "albertslund")
    [best] = waits.suggestions
    assert best.candidate.claim_ref == "A-1001"
    assert {why.value for why in best.why} == {"id_one_off", "same_sum", "name", "recent"}


async def test_placing_pays_the_claim_closes_the_task_and_wakes_who_rested(cashier, claim):
    await cashier.file(WAITS)
    await cashier.place(700)
    assert (await cashier.claim()).paid == Money(70000)
    assert len(await cashier.tasks("payment_unmatched")) == 1
    await cashier.place(500)
    after = await cashier.claim()
    assert (after.state, after.paused_until) == (ClaimState.PAID, None)
    [done] = await cashier.tasks("payment_unmatched", "done")
    assert (done.closed_by, done.note) == (cashier.anna.id, "Det står i bankens brev.")
    acts = await cashier.all(AuditEntry, AuditEntry.act == "payment_placed")
    assert [entry.facts["oere"] for entry in acts] == [70000, 50000]
    await cashier.books_fit()


async def test_a_claim_rests_on_while_other_money_may_be_for_it(cashier, runtime, mette, claim):
    await make.claim(runtime, mette, claim_ref="A-1002", principal=Money(500000))
    await cashier.file(WAITS, "P-2;;000000000000019;300;23-11-2026;;;;;")
    await cashier.place(1200, claim="A-1002")
    assert (await cashier.claim()).paused_because == "payment_waiting"
    await cashier.place(300, ref="P-2", claim="A-1002")
    assert (await cashier.claim()).paused_because is None


async def test_no_more_is_placed_than_waits(cashier, claim):
    await cashier.file(WAITS)
    for kroner in (1201, -1, 0):
        with pytest.raises(NotThereError):
            await cashier.place(kroner)
    with pytest.raises(payments.ReasonMissingError):
        await cashier.place(1200, because="  ")
    assert (await cashier.claim()).paid == Money(0)


async def test_two_caseworkers_at_once_place_the_money_once(cashier, claim):
    await cashier.file(WAITS)
    outcomes = await asyncio.gather(
        cashier.place(1200), cashier.place(1200), return_exceptions=True
    )
    assert [type(each) for each in outcomes if each] == [NotThereError]
    assert (await cashier.claim()).paid == Money(120000)
    await cashier.books_fit()


async def test_another_municipalitys_money_and_claims_are_not_there(cashier, runtime, claim):
    await cashier.file(WAITS)
    stranger = await make_desk.staff(runtime, "frida", municipality="faxe", name="Frida Holm")
    paid, owed = await cashier.payment(), await cashier.claim()
    with pytest.raises(NotFoundError):
        async with runtime.transaction() as session:
            await payments.place(
                session, runtime, paid.id, owed.id, Money(100), stranger, "Forkert kommune"
            )
    frode = await make.citizen(runtime, municipality="faxe", name="Frode Lund", phone=None)
    await make.claim(runtime, frode, claim_ref="F-1")
    with pytest.raises(NotFoundError):
        await cashier.place(100, claim="F-1")


async def test_money_is_moved_to_the_claim_it_was_for(cashier, runtime, mette, claim):
    await make.claim(runtime, mette, claim_ref="A-1002")
    await cashier.file("P-1;A-1001;;1300;23-11-2026;;;;;")
    await cashier.move(100, "A-1002")
    assert (await cashier.claim()).paid == Money(120000)
    assert (await cashier.claim("A-1002")).paid == Money(10000)
    assert await cashier.tasks("overpaid") == []
    await cashier.move(1200, "A-1002")
    again = await cashier.claim()
    assert (again.state, again.paused_because) == (ClaimState.OPEN, "owed_again")
    with pytest.raises(NotThereError):
        await cashier.move(1, "A-1002")
    await cashier.books_fit()


async def test_what_was_paid_too_much_is_sent_back_and_the_task_closes(cashier, claim):
    await cashier.file("P-1;A-1001;;1300;23-11-2026;;;;;")
    back = await cashier.refund(100, claim="A-1001")
    assert (back.kind, back.amount) == (PaymentKind.REFUNDED, Money(-10000))
    after = await cashier.claim()
    assert (after.paid, after.state) == (Money(120000), ClaimState.PAID)
    assert await cashier.tasks("overpaid") == []
    await cashier.books_fit()


async def test_a_strangers_money_is_sent_back_once(cashier, claim):
    await cashier.file(WAITS)
    await cashier.refund(1200)
    assert await cashier.tasks("payment_unmatched") == []
    assert (await cashier.claim()).paused_because is None
    with pytest.raises(NotThereError):
        await cashier.refund(1200)
    async with cashier.runtime.transaction() as session:
        assert await payments.waiting(session, cashier.runtime, "albertslund") == []


async def test_the_bank_takes_back_what_was_placed_by_hand(cashier, claim):
    await cashier.file(WAITS)
    await cashier.place(1200)
    await cashier.file("P-2;;;-1200;24-11-2026;;;;;P-1")
    assert (await cashier.claim()).paid == Money(0)
    await cashier.books_fit()


# ------------------------------------------------------------------------------- writing off
async def write_off(cashier, reason="Borgeren fik medhold."):
    owed = await cashier.claim()
    async with cashier.runtime.transaction() as session:
        return await postings.write_off(session, cashier.runtime, owed, cashier.anna, reason)


async def test_what_is_outstanding_is_written_off_and_the_books_fit(cashier, claim):
    await cashier.file("P-1;A-1001;;500;23-11-2026;;;;;")
    posted = await write_off(cashier)
    assert (posted.kind.value, posted.amount) == ("write_off", Money(-70000))
    after = await cashier.claim()
    assert (after.state, after.outstanding, after.charged) == (
        ClaimState.WRITTEN_OFF, Money(0), Money(-70000),
    )  # fmt: skip
    assert await write_off(cashier) is None
    with pytest.raises(postings.ReasonMissingError):
        await write_off(cashier, " ")


async def test_a_dispute_that_is_upheld_writes_the_claim_off(cashier, claim):
    await cashier.set_claim(state=ClaimState.DISPUTED)
    owed = await cashier.claim()
    async with cashier.runtime.transaction() as session:
        await disputes.answer(
            session, cashier.runtime, owed.id, cashier.anna, DisputeAnswer.WRITTEN_OFF, "Medhold."
        )
    after = await cashier.claim()
    assert (after.state, after.outstanding) == (ClaimState.WRITTEN_OFF, Money(0))


async def test_the_day_a_refund_is_noted_is_its_day(cashier, claim):
    await cashier.file(WAITS)
    back = await cashier.refund(200)
    assert back.paid_on == date(2026, 11, 24)
