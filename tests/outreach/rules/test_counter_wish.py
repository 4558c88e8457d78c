"""What is meant by two messages together: the later rules, the earlier fills in."""

from datetime import date
from fractions import Fraction

import pytest

from data.values.money import Money
from outreach.rules.counter_wish import carried_on, wish_of
from outreach.rules.instalments import Rate
from outreach.rules.wish import Every, Rhythm, Wish

TODAY = date(2026, 11, 24)
FIRST, FIFTEENTH, FEBRUARY = date(2026, 12, 1), date(2026, 12, 15), date(2027, 2, 1)
MONTHLY = Rhythm(Every.MONTH)
ON_THE_FIRST = Rhythm(Every.MONTH, 1)
HUNDRED_AND_FIFTY, TWO_HUNDRED, THREE_HUNDRED = Money(15000), Money(20000), Money(30000)
#: 200 kr. on the first of each month, as it lies on the table.
TABLE = Wish(amount=TWO_HUNDRED, rhythm=ON_THE_FIRST, first_on=FIRST)


@pytest.mark.parametrize(
    ("before", "now", "together"),
    [
        (Wish(), TABLE, TABLE),
        (TABLE, Wish(), TABLE),
        (  # "hver 14. dag", then "200"
            Wish(rhythm=Rhythm(Every.FORTNIGHT)),
            Wish(amount=TWO_HUNDRED),
            Wish(amount=TWO_HUNDRED, rhythm=Rhythm(Every.FORTNIGHT)),
        ),
        (  # "hellere 150"
            TABLE,
            Wish(amount=HUNDRED_AND_FIFTY),
            Wish(amount=HUNDRED_AND_FIFTY, rhythm=ON_THE_FIRST, first_on=FIRST),
        ),
        (  # "hellere den 15."
            TABLE,
            Wish(first_on=FIFTEENTH),
            Wish(amount=TWO_HUNDRED, rhythm=MONTHLY, first_on=FIFTEENTH),
        ),
        (  # "hver uge i stedet"
            TABLE,
            Wish(rhythm=Rhythm(Every.WEEK)),
            Wish(amount=TWO_HUNDRED, rhythm=Rhythm(Every.WEEK)),
        ),
        (  # "når jeg får løn"
            TABLE,
            Wish(payday=True),
            Wish(amount=TWO_HUNDRED, rhythm=Rhythm(Every.MONTH, last_bank_day=True), payday=True),
        ),
        (  # "12 rater": the count takes the place of the sum
            TABLE,
            Wish(count=12),
            Wish(count=12, rhythm=ON_THE_FIRST, first_on=FIRST),
        ),
        (  # "det hele på én gang", on the day already named
            TABLE,
            Wish(whole=True),
            Wish(whole=True, first_on=FIRST),
        ),
        (  # "det hele til februar"
            TABLE,
            Wish(whole=True, first_on=FEBRUARY),
            Wish(whole=True, first_on=FEBRUARY),
        ),
        (  # "300 nu", then "200 om måneden"
            Wish(amount=THREE_HUNDRED, first_on=TODAY),
            Wish(amount=TWO_HUNDRED, rhythm=MONTHLY),
            Wish(first_amount=THREE_HUNDRED, first_on=TODAY, amount=TWO_HUNDRED, rhythm=MONTHLY),
        ),
        (  # "halvdelen nu", then "til februar"
            Wish(first_share=Fraction(1, 2), first_on=TODAY),
            Wish(first_on=FEBRUARY),
            Wish(first_share=Fraction(1, 2), first_on=TODAY, days=(FEBRUARY,)),
        ),
        (  # "halvdelen nu", then "resten når jeg får løn"
            Wish(first_share=Fraction(1, 2), first_on=TODAY),
            Wish(payday=True),
            Wish(first_share=Fraction(1, 2), first_on=TODAY, whole=True, payday=True),
        ),
        (  # "500 først" to a plan on the table: the rest stays as it was
            TABLE,
            Wish(first_amount=Money(50000), first_on=TODAY),
            Wish(
                first_amount=Money(50000), first_on=TODAY, amount=TWO_HUNDRED, rhythm=ON_THE_FIRST
            ),
        ),
        (  # sums with days of their own take the place of all
            TABLE,
            Wish(parts=((FIRST, TWO_HUNDRED), (FEBRUARY, THREE_HUNDRED))),
            Wish(parts=((FIRST, TWO_HUNDRED), (FEBRUARY, THREE_HUNDRED))),
        ),
    ],
)
def test_two_messages_make_one_wish(before, now, together):
    assert carried_on(before, now) == together


def _rates(*pairs):
    return tuple(Rate(number, Money(oere), day) for number, (oere, day) in enumerate(pairs, 1))


@pytest.mark.parametrize(
    ("rates", "rhythm", "wish"),
    [
        (_rates((120000, FEBRUARY)), None, Wish(whole=True, first_on=FEBRUARY)),
        (  # the first of January was rolled to the fourth: the plan still begins with the first
            _rates((20000, date(2027, 1, 4)), (20000, FEBRUARY), (10000, date(2027, 3, 1))),
            ON_THE_FIRST,
            Wish(amount=TWO_HUNDRED, rhythm=ON_THE_FIRST, first_on=date(2027, 1, 1)),
        ),
        (
            _rates((50000, FIRST), (20000, FIFTEENTH), (20000, date(2026, 12, 29))),
            Rhythm(Every.FORTNIGHT),
            Wish(
                first_amount=Money(50000),
                first_on=FIRST,
                amount=TWO_HUNDRED,
                rhythm=Rhythm(Every.FORTNIGHT),
            ),
        ),
        (
            _rates((60000, FIRST), (60000, FEBRUARY)),
            None,
            Wish(parts=((FIRST, Money(60000)), (FEBRUARY, Money(60000)))),
        ),
    ],
)
def test_a_plan_is_what_one_would_have_had_to_say(rates, rhythm, wish):
    assert wish_of(rates, rhythm) == wish
