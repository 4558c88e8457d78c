"""Money finds what the payer named; what nobody can tell waits for a person, and is never lost."""

from datetime import date

import pytest

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.citizens import Channel
from data.models.claims import ClaimState
from data.models.payments import PaymentKind
from data.values.money import Money
from data.values.time import add_bank_days
from tests import make

TODAY = date(2026, 11, 24)
PLAN, RATE = "710000000000011", "710000000000029"
RESTS = ("payment_waiting", add_bank_days(TODAY, 5))


@pytest.fixture
async def other(runtime, mette):
    return await make.claim(runtime, mette, claim_ref="A-1002", due_date=date(2026, 10, 1))


@pytest.fixture
async def plan(runtime, mette, claim, other):
    """Both claims in one plan that says: A-1001 first."""
    now = runtime.clock.now()
    async with runtime.transaction() as session:
        agreed = Agreement(
            municipality="albertslund", citizen_id=mette.id, kind=AgreementKind.PLAN,
            state=AgreementState.ACCEPTED, total=Money(240000), offered_at=now, expires_at=now,
            accepted_at=now, shown_text="12 x 200 kr.", channel=Channel.SMS, identity_level=2,
            payment_id=PLAN, creditor_no="81234567",
        )  # fmt: skip
        session.add(agreed)
        await session.flush()
        session.add(
            Instalment(
                municipality="albertslund", agreement_id=agreed.id, number=1,
                amount=Money(240000), due_on=date(2026, 12, 1), payment_id=RATE,
            )
        )  # fmt: skip
        for position, owed in enumerate((claim, other), start=1):
            session.add(
                AgreementClaim(
                    municipality="albertslund", agreement_id=agreed.id, claim_id=owed.id,
                    amount=Money(120000), position=position,
                )
            )  # fmt: skip
    return agreed


async def rests(cashier, ref="A-1001"):
    claim = await cashier.claim(ref)
    return (claim.paused_because, claim.paused_until)


@pytest.mark.parametrize("number", [PLAN, RATE])
async def test_an_agreements_money_goes_to_its_claims_in_their_stated_order(cashier, plan, number):
    assert await cashier.file(f"P-1;;{number};1500;23-11-2026;;81234567;;;") == []
    first, second = await cashier.claim(), await cashier.claim("A-1002")
    assert (first.paid, second.paid) == (Money(120000), Money(30000))
    assert (await cashier.payment()).agreement_id == plan.id
    await cashier.books_fit()


async def test_an_agreements_money_goes_on_where_its_first_claim_is_paid_by_itself(cashier, plan):
    await cashier.file(f"P-1;;{RATE};1500;23-11-2026;;81234567;;;")
    await cashier.file("P-2;A-1001;;500;23-11-2026;;;;;")
    assert (await cashier.claim()).paid == Money(120000)
    assert (await cashier.claim("A-1002")).paid == Money(80000)
    assert await cashier.tasks("overpaid") == []
    await cashier.books_fit()


async def test_an_agreements_money_leaves_out_what_is_disputed(cashier, plan):
    await cashier.set_claim(in_dispute=Money(50000))
    await cashier.file(f"P-1;;{PLAN};1500;23-11-2026;;;;;")
    assert (await cashier.claim()).paid == Money(70000)
    assert (await cashier.claim("A-1002")).paid == Money(80000)


@pytest.mark.parametrize("number", ["18", "00018", "000000000000018"])
async def test_a_payment_id_without_its_zeros_is_the_same(cashier, claim, number):
    assert await cashier.file(f"P-1;;{number};500;23-11-2026;;;;;") == []
    assert (await cashier.claim()).paid == Money(50000)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P-1;;000000000000019;500;23-11-2026;;;;;", "payment_id_wrong"),
        ("P-1;A-1001;;500;23-11-2026;;89999999;;;", "unknown_creditor"),
        ("P-1;;;1200;23-11-2026;;;Hansen Mette;;", "names_nobody"),
        ("P-1;;;500;23-11-2026;;;;Sag A1001 tak;", "names_nobody"),
    ],
)
async def test_what_is_not_sure_waits_and_the_citizen_who_may_have_paid_rests(
    cashier, claim, row, code
):
    assert await cashier.file(row) == [code]
    waits = await cashier.payment()
    assert (waits.allocated, waits.claim_id) == (Money(0), None)
    assert (await cashier.claim()).paid == Money(0)
    assert await rests(cashier) == RESTS
    [task] = await cashier.tasks("payment_unmatched")
    assert (task.payment_id, task.claim_id) == (waits.id, None)


async def test_a_stranger_s_money_waits_and_lets_nobody_rest(cashier, claim):
    assert await cashier.file("P-1;;;77,50;23-11-2026;;;Udbetaling Danmark;;") == ["names_nobody"]
    assert await rests(cashier) == (None, None)
    assert len(await cashier.tasks("payment_unmatched")) == 1


async def test_a_number_of_two_citizens_is_never_guessed(cashier, runtime, claim):
    twin = await make.citizen(runtime, debtor_id="0202801234", name="Ole Lund", phone=None)
    await make.claim(runtime, twin, claim_ref="B-1", payment_id="000000000000018")
    assert await cashier.file("P-1;;18;500;23-11-2026;;;;;") == ["payment_id_of_others"]
    assert await rests(cashier) == await rests(cashier, "B-1") == RESTS


async def test_money_for_a_claim_that_comes_later_is_placed_by_the_same_file(
    cashier, runtime, mette
):
    row = "P-1;A-1001;;500;23-11-2026;;;;;"
    assert await cashier.file(row) == ["claim_to_come"]
    await make.claim(runtime, mette)
    assert await cashier.file(row) == []
    assert (await cashier.claim()).paid == Money(50000)
    assert await cashier.tasks("payment_unmatched") == []
    await cashier.books_fit()


async def test_a_pause_for_an_unread_row_ends_when_that_payment_comes(cashier, claim):
    await cashier.file("P-1;A-1001;;5OO;23-11-2026;;;;;")
    assert (await rests(cashier))[0] == "payment_unreadable"
    await cashier.file("P-2;A-1001;;100;23-11-2026;;;;;")
    assert (await rests(cashier))[0] == "payment_unreadable"
    await cashier.file("P-1;A-1001;;500;23-11-2026;;;;;")
    assert await rests(cashier) == (None, None)


# ------------------------------------------------------------------------ too much, twice, back
async def test_too_much_stays_on_the_claim_that_was_named_and_becomes_a_task(cashier, claim, other):
    assert await cashier.file("P-1;A-1001;;1300;23-11-2026;;;;;") == ["overpaid"]
    assert (await cashier.claim()).paid == Money(130000)
    assert (await cashier.claim("A-1002")).paid == Money(0)
    [task] = await cashier.tasks("overpaid")
    assert task.facts == {"sum": 10000, "payment": (await cashier.payment()).id}


async def test_the_same_sum_again_within_days_is_told_as_perhaps_paid_twice(cashier, claim):
    await cashier.file("P-1;A-1001;;1200;20-11-2026;;;;;")
    await cashier.file("P-2;A-1001;;1200;23-11-2026;;;;;")
    [task] = await cashier.tasks("overpaid")
    assert (task.facts["sum"], task.facts["double"]) == (120000, "P-1")


async def test_a_reversal_that_names_its_payment_takes_the_same_parts_back(cashier, plan):
    await cashier.file(f"P-1;;{PLAN};1500;20-11-2026;;;;;")
    assert await cashier.file("P-2;;;-1500;23-11-2026;;;;;P-1") == []
    assert (await cashier.claim()).paid == (await cashier.claim("A-1002")).paid == Money(0)
    back = await cashier.payment("P-2")
    assert (back.kind, back.reverses) == (PaymentKind.REVERSED, (await cashier.payment()).id)
    assert (await rests(cashier))[0] == "owed_again"
    await cashier.books_fit()


async def test_part_of_a_payment_taken_back_comes_off_the_last_claim_first(cashier, plan):
    await cashier.file(f"P-1;;{PLAN};1500;20-11-2026;;;;;")
    await cashier.file("P-2;;;-400;23-11-2026;;;;;P-1")
    assert (await cashier.claim()).paid == Money(110000)
    assert (await cashier.claim("A-1002")).paid == Money(0)


async def test_money_that_waited_and_is_taken_back_waits_no_more(cashier, claim):
    await cashier.file("P-1;;;1200;20-11-2026;;;Mette Hansen;;")
    assert (await rests(cashier))[0] == "payment_waiting"
    assert await cashier.file("P-2;;;-1200;23-11-2026;;;;;P-1") == []
    assert await cashier.tasks("payment_unmatched") == []
    assert await rests(cashier) == (None, None)


async def test_a_reversal_before_its_payment_waits_for_it(cashier, claim):
    assert await cashier.file("P-2;A-1001;;-500;23-11-2026;;;;;") == ["below_zero"]
    assert await cashier.file("P-1;A-1001;;500;20-11-2026;;;;;") == []
    assert (await cashier.claim()).paid == Money(0)
    assert await cashier.tasks("payment_unmatched") == []
    await cashier.books_fit()


@pytest.mark.parametrize("state", [ClaimState.DISPUTED, ClaimState.SHELVED, ClaimState.WRITTEN_OFF])
async def test_money_on_a_claim_at_its_end_is_booked_and_a_person_looks(cashier, claim, state):
    await cashier.set_claim(state=state)
    await cashier.file("P-1;A-1001;;500;23-11-2026;;;;;")
    after = await cashier.claim()
    assert (after.state, after.paid) == (state, Money(50000))
    assert len(await cashier.tasks("payment_on_ended")) == 1


async def test_money_on_a_claim_handed_over_asks_for_a_write_down(cashier, claim):
    await cashier.set_claim(state=ClaimState.HANDED_OVER)
    await cashier.file("P-1;A-1001;;500;23-11-2026;;;;;")
    assert len(await cashier.tasks("write_down")) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P-1;A-1001;;0;23-11-2026;;;;;", "payment_zero"),
        ("P-1;A-1001;;5;23-11-1900;;;;;", "date_out_of_range"),
        ("P-1;A-1001;;5;23-11-2999;;;;;", "date_out_of_range"),
        ("P-1;A-1001;;5;23-11-2026;;1234;;;", "not_a_creditor_no"),
        ("P-1;A-1001;12345678901234567890;5;23-11-2026;;;;;", "not_a_payment_id"),
    ],
)
async def test_what_no_payment_can_be_is_refused_and_nothing_is_half_booked(
    cashier, claim, row, code
):
    assert await cashier.file(row) == [code]
    assert await cashier.payment() is None
    assert (await cashier.claim()).paid == Money(0)


@pytest.mark.parametrize("files", [[2], [1, 1]])
async def test_a_reversal_that_names_its_payment_waits_for_it_too(cashier, claim, files):
    rows = ["P-2;;;-500;23-11-2026;;;;;P-1", "P-1;A-1001;;500;20-11-2026;;;;;"]
    for number in files:
        await cashier.file(*rows[:number])
        rows = rows[number:]
    assert (await cashier.claim()).paid == Money(0)
    assert (await cashier.payment("P-2")).reverses == (await cashier.payment()).id
    assert await cashier.tasks("payment_unmatched") == []
    await cashier.books_fit()
