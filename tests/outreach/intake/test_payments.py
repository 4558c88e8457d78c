"""Payments are booked once each, and nobody who may have paid is written to because of a slip."""

from datetime import date

import pytest
from sqlalchemy import text

from data.models.claims import Claim, ClaimState, PaymentCoverage
from data.models.payments import Payment
from data.values.money import Money
from data.values.time import add_bank_days
from tests import make

TODAY = date(2026, 11, 24)
PID = "000000000000018"


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, payment_id=PID)


async def coverage(desk):
    rows = await desk.all(PaymentCoverage.covers_until)
    return rows[0][0] if rows else None


async def paused(desk, ref="A-1001"):
    claim = await desk.claim(ref)
    return (claim.paused_because, claim.paused_until)


IN_DOUBT = ("payment_unreadable", add_bank_days(TODAY, 5))
MAY_BE_PAID = ("payment_waiting", add_bank_days(TODAY, 5))


async def test_a_payment_is_booked_and_the_day_moves(desk, claim):
    told = await desk.payments("P-1;A-1001;;500,00;23-11-2026;23-11-2026")
    after = await desk.claim()
    assert (told.counts["new"], told.all_taken) == (1, True)
    assert (after.paid, after.state) == (Money(50000), ClaimState.OPEN)
    assert await coverage(desk) == date(2026, 11, 23)


async def test_the_same_file_again_books_nothing(desk, claim):
    for expected in ((1, 0), (0, 1)):
        told = await desk.payments("P-1;A-1001;;500,00;23-11-2026;23-11-2026")
        assert (told.counts["new"], told.counts["unchanged"]) == expected
    assert (await desk.claim()).paid == Money(50000)
    assert len(await desk.all(Payment.id)) == 1


async def test_a_full_payment_ends_the_claim_and_its_reversal_opens_it(desk, claim):
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    assert (await desk.claim()).state == ClaimState.PAID
    await desk.payments("P-2;A-1001;;-200,00;24-11-2026;")
    after = await desk.claim()
    assert (after.state, after.paid) == (ClaimState.OPEN, Money(100000))


async def test_several_payments_in_one_file_add_up_in_their_order(desk, claim):
    told = await desk.payments(
        "P-1;A-1001;;700;23-11-2026;",
        "P-2;A-1001;;-700;23-11-2026;",
        "P-3;A-1001;;1200;23-11-2026;",
    )
    after = await desk.claim()
    assert (told.counts["new"], after.paid, after.state) == (3, Money(120000), ClaimState.PAID)


async def test_a_claim_in_respite_that_is_paid_waits_no_longer(desk, claim):
    await desk.set_claim(state=ClaimState.IN_RESPITE, respite_until=date(2027, 1, 4))
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    after = await desk.claim()
    assert (after.state, after.respite_until) == (ClaimState.PAID, None)


async def test_a_disputed_claim_stays_disputed_when_paid(desk, claim):
    await desk.set_claim(state=ClaimState.DISPUTED)
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    after = await desk.claim()
    assert (after.state, after.paid) == (ClaimState.DISPUTED, Money(120000))


async def test_a_citizen_who_said_it_was_paid_was_right(desk, claim):
    await desk.set_claim(paused_until=date(2026, 12, 1), paused_because="said_paid")
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    assert await paused(desk) == (None, None)


async def test_too_much_paid_is_taken_with_a_warning(desk, claim):
    told = await desk.payments("P-1;A-1001;;1300;23-11-2026;")
    assert told.codes == [(2, "amount", "overpaid")]
    assert told.all_taken


async def test_a_payment_finds_its_claim_by_the_payment_id(desk, claim):
    told = await desk.payments(f"P-1;;{PID};500;23-11-2026;", f"P-2;A-nn;{PID};1;23-11-2026;")
    assert told.codes == [(3, "claim_ref", "claim_by_payment_id")]
    assert (await desk.claim()).paid == Money(50100)


async def test_a_payment_id_that_two_claims_share_pays_the_oldest_first(
    desk, runtime, mette, claim
):
    await make.claim(runtime, mette, claim_ref="A-1002", payment_id=PID, due_date=date(2026, 10, 1))
    told = await desk.payments(f"P-1;;{PID};1500;23-11-2026;23-11-2026")
    assert told.codes == []
    older, newer = await desk.claim("A-1002"), await desk.claim()
    assert (older.paid, older.state) == (Money(120000), ClaimState.PAID)
    assert (newer.paid, newer.state) == (Money(30000), ClaimState.OPEN)


async def test_two_references_to_two_claims_wait_for_a_person_and_both_rest(
    desk, runtime, mette, claim
):
    await make.claim(runtime, mette, claim_ref="A-1002")
    told = await desk.payments(f"P-1;A-1002;{PID};500;23-11-2026;")
    assert told.codes == [(2, "payment_id", "claims_disagree")]
    assert await paused(desk) == await paused(desk, "A-1002") == MAY_BE_PAID
    assert (await desk.claim()).paid == (await desk.claim("A-1002")).paid == Money(0)


@pytest.mark.parametrize(
    ("row", "differs"),
    [("P-1;A-1001;;501;23-11-2026;", "amount"), ("P-1;A-1001;;500;22-11-2026;", "paid_on"),
     ("P-1;A-1002;;500;23-11-2026;", "claim")],
)  # fmt: skip
async def test_a_payment_is_a_fact_and_never_rewritten(desk, runtime, mette, claim, row, differs):
    await make.claim(runtime, mette, claim_ref="A-1002")
    await desk.payments("P-1;A-1001;;500;23-11-2026;")
    told = await desk.payments(row)
    assert told.codes == [(2, "payment_ref", "payment_differs")]
    assert f"another {differs}" in told.problems[0].reason
    assert (await desk.claim()).paid == Money(50000)


async def test_a_reversal_takes_back_no_more_than_was_paid(desk, claim):
    told = await desk.payments("P-1;A-1001;;-1;23-11-2026;")
    assert told.codes == [(2, "amount", "below_zero")]
    assert (await desk.claim()).paid == Money(0)
    assert await paused(desk) == MAY_BE_PAID


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (";A-1001;;500;23-11-2026;", "payment_ref", "required"),
        ("P-1;A-1001;;;23-11-2026;", "amount", "required"),
        ("P-1;A-1001;;0;23-11-2026;", "amount", "payment_zero"),
        ("P-1;A-1001;;5OO;23-11-2026;", "amount", "not_an_amount"),
        ("P-1;A-1001;;500;;", "paid_on", "required"),
        ("P-1;A-1001;;500;25-11-2026;", "paid_on", "future_date"),
        ("P-1;A-1001;;500;23-11-2026;25-11-2026", "covers_until", "future_date"),
        ("P-1;A-1001;x7;500;23-11-2026;", "payment_id", "not_a_payment_id"),
    ],
)
async def test_a_slip_in_a_payment_lets_the_claim_rest_and_the_other_rows_through(
    desk, claim, row, column, code
):
    told = await desk.payments(row, ";;;;;23-11-2026")
    assert told.codes == [(2, column, code)]
    assert await paused(desk) == IN_DOUBT
    assert await coverage(desk) == date(2026, 11, 23)


async def test_a_longer_pause_is_not_shortened_and_a_paid_claim_not_paused(desk, claim):
    long_pause = ("said_paid", date(2026, 12, 24))
    await desk.set_claim(paused_because=long_pause[0], paused_until=long_pause[1])
    await desk.payments("P-1;A-1001;;x;23-11-2026;")
    assert await paused(desk) == long_pause
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    await desk.payments("P-2;A-1001;;x;23-11-2026;")
    assert await paused(desk) == (None, None)


async def test_a_broken_line_that_names_a_claim_lets_that_claim_rest(desk, claim):
    told = await desk.payments(
        "P-1;A-1001;;500;23-11-2026;;;x", "P-2;A-1001;;1;23-11-2026;23-11-2026"
    )
    assert told.codes == [(2, None, "cell_count")]
    assert await paused(desk) == IN_DOUBT
    assert await coverage(desk) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "row", ["P-1;A-10", "P-1;;;500;23-11-2026;", 'P-1;"A-1001;;500;2026-11-23;']
)
async def test_a_row_that_may_be_anyones_holds_the_day_and_says_so(desk, claim, row):
    await desk.payments(";;;;;20-11-2026")
    told = await desk.payments(row, "P-2;A-1001;;1;23-11-2026;23-11-2026")
    named = "A-1001" in row
    assert told.counts["new"] == 1
    assert await coverage(desk) == (date(2026, 11, 23) if named else date(2026, 11, 20))
    assert told.extra["coverage_held_by_lines"] == ([] if named else [2])


async def test_a_payment_on_a_claim_we_do_not_have_is_reported_and_holds_nothing(desk, claim):
    told = await desk.payments("P-1;B-7;;500;23-11-2026;", ";;;;;23-11-2026")
    assert told.codes == [(2, "claim_ref", "claim_to_come")]
    assert await coverage(desk) == date(2026, 11, 23)


async def test_a_day_without_payments_is_complete_too(desk):
    told = await desk.payments(";;;;;24-11-2026")
    assert told.all_taken
    assert await coverage(desk) == TODAY


async def test_the_day_never_moves_back_nor_into_the_future(desk):
    await desk.payments(";;;;;23-11-2026")
    await desk.payments(";;;;;20-11-2026")
    told = await desk.payments(";;;;;25-11-2026")
    assert told.codes == [(2, "covers_until", "future_date")]
    assert await coverage(desk) == date(2026, 11, 23)
    assert told.extra["covers_until"] == "2026-11-23"


async def test_a_file_without_the_day_says_that_it_did_not_move(desk, claim):
    told = await desk.payments(
        "P-1;A-1001;5;2026-11-23", header="payment_ref;claim_ref;amount;paid_on"
    )
    assert (told.counts["new"], told.extra["covers_until"]) == (1, None)


async def test_a_cut_short_file_is_completed_by_the_same_command(desk, claim):
    rows = [f"P-{number};A-1001;;0,10;23-11-2026;23-11-2026" for number in range(2500)]

    def power_cut(_done, _size, taken):
        raise ConnectionError(f"after {taken} rows")

    with pytest.raises(ConnectionError):
        await desk.payments(*rows, progress=power_cut)
    assert await coverage(desk) is None
    told = await desk.payments(*rows)
    assert (told.counts["new"], told.counts["unchanged"]) == (500, 2000)
    assert (await desk.claim()).paid == Money(25000)
    assert await coverage(desk) == date(2026, 11, 23)


async def test_a_payment_the_database_refuses_lets_its_claim_rest_and_the_others_through(
    desk, claim
):
    async with desk.runtime.transaction() as session:
        await session.execute(
            text("alter table payments add constraint unlucky check (payment_ref <> 'P-13')")
        )
    try:
        told = await desk.payments("P-13;A-1001;;1;23-11-2026;", "P-14;A-1001;;2;23-11-2026;")
    finally:
        async with desk.runtime.transaction() as session:
            await session.execute(text("alter table payments drop constraint unlucky"))
    assert told.codes == [(2, None, "database_refused")]
    assert (await desk.claim()).paid == Money(200)
    assert await paused(desk) == IN_DOUBT
    assert len(await desk.all(Claim.id)) == 1


async def test_a_payment_taken_back_gives_the_citizen_quiet_days(desk, claim):
    """It may be a bank's or a clerk's mistake: no reminder and no fee the very next morning."""
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    await desk.payments("P-2;A-1001;;-1200;24-11-2026;")
    again = await desk.claim()
    assert (again.state, again.paused_because) == (ClaimState.OPEN, "owed_again")
    assert again.paused_until == IN_DOUBT[1]
    await desk.payments("P-3;A-1001;;1200;24-11-2026;")
    assert (await desk.claim()).paused_until is None
