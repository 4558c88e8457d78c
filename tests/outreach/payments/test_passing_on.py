"""A payment for several claims goes on from one that is paid by itself to those that lack it."""

from datetime import date

import pytest

from data.models.claims import ClaimState
from data.models.payments import Allocation
from data.values.money import Money
from tests import make
from tests.outreach.payments.conftest import PID

BY_NUMBER = f"P-1;;{PID};100;23-11-2026;;;;;"
BY_REFERENCE = "P-2;A-1001;;100;23-11-2026;;;;;"


@pytest.fixture
async def three(runtime, mette):
    """Three of Mette's claims of 100 kr. that share a number, the oldest first."""
    return [
        await make.claim(
            runtime, mette, claim_ref=f"A-100{at}", payment_id=PID, creditor_no="81234567",
            principal=Money.kroner(100), due_date=date(2026, 11, at),
        )
        for at in (1, 2, 3)
    ]  # fmt: skip


async def paid(cashier):
    return [(await cashier.claim(f"A-100{at}")).paid.oere // 100 for at in (1, 2, 3)]


@pytest.mark.parametrize("in_one_file", [True, False])
@pytest.mark.parametrize("lines", [(BY_NUMBER, BY_REFERENCE), (BY_REFERENCE, BY_NUMBER)])
async def test_both_are_paid_whichever_payment_comes_first(cashier, three, lines, in_one_file):
    for file in [lines] if in_one_file else [[line] for line in lines]:
        assert await cashier.file(*file) == []
    assert await paid(cashier) == [100, 100, 0]
    assert (await cashier.claim("A-1002")).state is ClaimState.PAID
    assert await cashier.tasks("overpaid") == []
    await cashier.books_fit()


async def test_what_was_passed_on_says_so_and_nothing_is_rewritten(cashier, three):
    await cashier.file(BY_NUMBER)
    await cashier.file(BY_REFERENCE)
    parts = await cashier.all(Allocation)
    assert [(part.amount.oere, part.made_by, part.because) for part in parts] == [
        (10_000, "import", None),
        (10_000, "import", None),
        (-10_000, "rule", "passed_on"),
        (10_000, "rule", "passed_on"),
    ]
    assert await cashier.file(BY_NUMBER, BY_REFERENCE) == []
    assert len(await cashier.all(Allocation)) == 4


async def test_only_what_is_too_much_goes_on_and_the_rest_is_a_persons(cashier, three):
    await cashier.file(f"P-1;;{PID};250;23-11-2026;;;;;")
    await cashier.file("P-2;A-1001;;130;23-11-2026;;;;;")
    assert await paid(cashier) == [180, 100, 100]
    [task] = await cashier.tasks("overpaid")
    assert task.facts["sum"] == 8_000


async def test_what_is_paid_twice_by_the_claims_own_reference_stays_there(cashier, three):
    await cashier.file(BY_REFERENCE, "P-3;A-1001;;100;23-11-2026;;;;;")
    assert await paid(cashier) == [200, 0, 0]
    assert len(await cashier.tasks("overpaid")) == 1


async def test_what_a_caseworker_has_placed_is_never_moved(cashier, three):
    await cashier.file(BY_NUMBER)
    await cashier.move(100, "A-1002")
    await cashier.file("P-2;A-1002;;100;23-11-2026;;;;;")
    assert await paid(cashier) == [0, 200, 0]
    assert len(await cashier.tasks("overpaid")) == 1


async def test_taken_back_it_comes_off_where_it_went(cashier, three):
    await cashier.file(BY_NUMBER)
    await cashier.file(BY_REFERENCE)
    await cashier.file("R-1;;;-100;24-11-2026;;;;;P-1")
    assert await paid(cashier) == [100, 0, 0]
    await cashier.books_fit()
