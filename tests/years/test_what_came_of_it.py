"""Small stories that the year, and every order of its payments, must not get wrong."""

import pytest
from sqlalchemy import select

from data.models.claims import Claim
from data.models.payments import Payment
from data.values.money import Money
from outreach import payments
from outreach.rounds import morning_round
from tests.years import checks
from tests.years.files import Paid
from tests.years.room import START, bill, own_number


@pytest.fixture
def town(room):
    return room.town()


def early(oere=40_001):
    """A payment that comes before its bill."""
    return Paid("P1", oere, START, claim_ref="K-0")


async def send_back(runtime, staff, ref, oere):
    async with runtime.transaction() as session:
        paid = await session.scalar(
            select(Payment).where(
                Payment.municipality == staff.municipality, Payment.payment_ref == ref
            )
        )
        await payments.refund(session, runtime, paid.id, None, Money(oere), staff, "Fejl.")


async def paid_on(runtime, council, ref):
    async with runtime.transaction() as session:
        claim = await session.scalar(
            select(Claim).where(Claim.municipality == council, Claim.claim_ref == ref)
        )
        return claim.paid.oere


def test_money_that_was_sent_back_is_not_booked_when_its_file_comes_again(room, town):
    town.file([early()])
    room.run(send_back(town.runtime, town.staff, "P1", 40_001))
    town.bills(bill(0, 40_001))
    assert town.file([early()]) == 0
    assert room.run(paid_on(town.runtime, town.key, "K-0")) == 0


def test_money_that_was_taken_back_is_not_booked_when_its_file_comes_again(room, town):
    back = Paid("P1/R", -40_001, START, reverses="P1")
    town.file([early(), back])
    town.bills(bill(0, 40_001))
    assert town.file([early(), back]) == 0
    assert room.run(paid_on(town.runtime, town.key, "K-0")) == 0


def test_only_what_was_not_sent_back_is_booked_when_its_file_comes_again(room, town):
    town.file([early()])
    room.run(send_back(town.runtime, town.staff, "P1", 10_001))
    town.bills(bill(0, 40_001))
    town.file([early()])
    assert room.run(paid_on(town.runtime, town.key, "K-0")) == 30_000
    assert room.run(checks.waiting(town.runtime, town.key)) == 0


def test_a_line_whose_claim_has_come_and_what_takes_it_back_fit_in_one_file(room, town):
    back = Paid("P1/R", -40_001, START, reverses="P1")
    town.file([early()])
    town.bills(bill(0, 40_001))
    town.file([early(), back])
    assert room.run(paid_on(town.runtime, town.key, "K-0")) == 0
    assert room.run(checks.waiting(town.runtime, town.key)) == 0


@pytest.mark.parametrize("named", [{"claim_ref": "K-0"}, {"number": own_number(0)}])
def test_nobody_is_written_to_whose_money_came_before_the_bill(room, town, named):
    town.file([Paid("P1", 40_001, START, **named)])
    town.next_day()
    town.bills(bill(0, 40_001))
    town.next_day()
    town.covered()
    room.run(morning_round(town.runtime, municipality=town.key))
    assert room.run(checks.written(town.runtime, town.key)) == []
    assert room.run(checks.states(town.runtime, town.key)) == {"paid": 1}


def test_of_money_sent_back_in_part_only_the_rest_is_taken_off_its_claim(room, town):
    back = Paid("P1/R", -30_000, START, reverses="P1")
    town.file([early()])
    room.run(send_back(town.runtime, town.staff, "P1", 10_001))
    town.bills(bill(0, 40_001))
    town.file([early(), back])
    assert room.run(paid_on(town.runtime, town.key, "K-0")) == 0
    assert room.run(checks.waiting(town.runtime, town.key)) == 0
