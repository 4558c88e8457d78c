"""A wish as it was said becomes sums on days, or what is still to be asked, or a slip."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from data.values.money import Money
from outreach.rules.instalments import lay_out
from outreach.rules.terms import FARTHEST_YEARS, Missing, Slip, terms_of
from outreach.rules.wish import Every, Rhythm, Wish
from tests.outreach.rules.make_talk import (
    FORTNIGHTLY,
    LAST_BANK_DAY,
    MONTHLY,
    TODAY,
    WEEKLY,
    kr,
)

HALF = Fraction(1, 2)
FEBRUARY = date(2027, 2, 1)


def plan(total=1200, today=TODAY, **said):
    """Lay a wish out: sums in kroner, and days as "1/12"."""
    rates = lay_out(terms_of(Wish(**said), kr(total), today), kr(total), today)
    return [
        f"{rate.amount.oere / 100:g} on {rate.due_on.day}/{rate.due_on.month}" for rate in rates
    ]


def asked(total=1200, **said):
    return terms_of(Wish(**said), kr(total), TODAY)


# ------------------------------------------------------------------------- coming back
def test_two_hundred_a_month_begins_on_the_first_bank_day_of_next_month():
    every_first = [
        "200 on 1/12",
        "200 on 4/1",  # New Year's Day, a Saturday and a Sunday before it
        "200 on 1/2",
        "200 on 1/3",
        "200 on 1/4",
        "200 on 3/5",
    ]
    assert plan(amount=kr(200)) == plan(amount=kr(200), rhythm=MONTHLY) == every_first


@pytest.mark.parametrize(
    ("rhythm", "found"),
    [
        (WEEKLY, ["600 on 1/12", "600 on 8/12"]),
        (FORTNIGHTLY, ["600 on 8/12", "600 on 22/12"]),
        (LAST_BANK_DAY, ["600 on 30/11", "600 on 30/12"]),
        (Rhythm(Every.MONTH, 27), ["600 on 27/11", "600 on 28/12"]),
        (Rhythm(Every.MONTH, 24), ["600 on 28/12", "600 on 25/1"]),  # today has gone
    ],
)
def test_each_rhythm_begins_on_its_own_first_day(rhythm, found):
    assert plan(amount=kr(600), rhythm=rhythm) == found


def test_a_weekly_day_in_christmas_waits_for_the_banks():
    thursdays = plan(400, amount=kr(100), rhythm=WEEKLY, first_on=date(2026, 12, 17))
    assert thursdays == ["100 on 17/12", "100 on 28/12", "100 on 4/1", "100 on 7/1"]


def test_when_i_get_paid_is_the_last_bank_day_of_the_month_unless_a_day_is_named():
    payday = ["500 on 30/11", "500 on 30/12", "200 on 29/1"]
    assert plan(amount=kr(500), payday=True) == payday
    assert plan(amount=kr(500), payday=True, rhythm=MONTHLY) == payday
    on_15 = plan(amount=kr(500), payday=True, rhythm=Rhythm(Every.MONTH, 15))
    assert on_15 == ["500 on 15/12", "500 on 15/1", "200 on 15/2"]
    assert plan(whole=True, payday=True) == ["1200 on 30/11"]
    assert plan(whole=True, payday=True, today=date(2026, 11, 30)) == ["1200 on 30/12"]


def test_the_named_day_is_the_first_and_the_months_follow_it():
    assert plan(amount=kr(600), first_on=date(2026, 12, 15)) == ["600 on 15/12", "600 on 15/1"]
    assert plan(amount=kr(600), days=(date(2026, 12, 15),)) == ["600 on 15/12", "600 on 15/1"]


def test_now_is_the_next_bank_day():
    assert plan(amount=kr(600), first_on=TODAY) == ["600 on 25/11", "600 on 28/12"]
    friday = date(2026, 11, 27)
    assert plan(whole=True, first_on=friday, today=friday) == ["1200 on 30/11"]


def test_from_february_on_a_day_of_its_own():
    on_15 = plan(amount=kr(600), rhythm=Rhythm(Every.MONTH, 15), first_on=FEBRUARY)
    assert on_15 == ["600 on 15/2", "600 on 15/3"]
    last = plan(amount=kr(600), rhythm=LAST_BANK_DAY, first_on=date(2027, 2, 28))
    assert last == ["600 on 26/2", "600 on 31/3"]


def test_six_instalments_are_like_and_the_last_is_what_is_left():
    assert plan(1000, count=6)[0] == "166.67 on 1/12"
    assert plan(1000, count=6)[-1] == "166.65 on 3/5"
    assert len(plan(1000, count=6)) == 6


def test_a_debt_of_a_few_oere_can_still_be_parted():
    assert len(plan("0.07", count=6)) == 6
    assert len(plan("0.03", count=6)) == 3


def test_a_sum_wins_over_a_count_that_does_not_fit():
    assert len(plan(amount=kr(100), count=6)) == 12


def test_more_than_is_owed_is_one_instalment():
    assert plan(amount=kr(5000)) == ["1200 on 1/12"]
    assert plan(amount=Money(10**30)) == ["1200 on 1/12"]


# ------------------------------------------------------------------- something else first
def test_half_now_and_the_rest_in_february():
    assert plan(first_share=HALF, first_on=TODAY, days=(FEBRUARY,)) == [
        "600 on 25/11",
        "600 on 1/2",
    ]


def test_of_a_share_parts_of_an_oere_are_dropped():
    assert plan("0.03", first_share=HALF, days=(FEBRUARY,)) == ["0.01 on 1/12", "0.02 on 1/2"]
    assert plan("0.01", first_share=HALF, days=(FEBRUARY,)) == ["0.01 on 1/12"]


def test_a_larger_first_payment_now_and_then_two_hundred_a_month():
    found = plan(amount=kr(200), first_amount=kr(500), first_on=TODAY)
    assert found == [
        "500 on 25/11", "200 on 28/12", "200 on 25/1", "200 on 25/2", "100 on 30/3",
    ]  # fmt: skip


def test_a_rhythm_goes_on_from_the_one_day_that_is_named_after_a_first_payment():
    january = {"first_amount": kr(500), "first_on": TODAY, "days": (date(2027, 1, 1),)}
    monthly = plan(900, amount=kr(200), rhythm=MONTHLY, **january)
    assert monthly == ["500 on 25/11", "200 on 4/1", "200 on 1/2"]
    on_15 = plan(900, amount=kr(200), rhythm=Rhythm(Every.MONTH, 15), **january)
    assert on_15 == ["500 on 25/11", "200 on 15/1", "200 on 15/2"]
    counted = plan(900, count=2, **january)
    assert counted == ["500 on 25/11", "200 on 4/1", "200 on 1/2"]
    assert plan(900, count=1, **january) == ["500 on 25/11", "400 on 4/1"]


def test_two_hundred_a_month_but_five_hundred_in_january():
    but = {"amount": kr(200), "parts": ((date(2027, 1, 1), kr(500)),)}
    assert plan(rhythm=MONTHLY, **but) == [
        "200 on 1/12", "500 on 4/1", "200 on 1/2", "200 on 1/3", "100 on 1/4",
    ]  # fmt: skip
    on_15 = plan(1100, rhythm=Rhythm(Every.MONTH, 15), **but)
    assert on_15 == ["200 on 15/12", "500 on 4/1", "200 on 15/2", "200 on 15/3"]
    weekly = plan(1700, rhythm=WEEKLY, **but)
    assert weekly[4:] == ["200 on 29/12", "500 on 4/1", "200 on 12/1"]
    assert plan(200, rhythm=MONTHLY, **but) == ["200 on 1/12"]


def test_after_a_first_payment_a_rhythm_goes_by_its_own_day():
    on_1 = plan(1000, amount=kr(250), first_amount=kr(500), first_on=TODAY, rhythm=LAST_BANK_DAY)
    assert on_1 == ["500 on 25/11", "250 on 30/11", "250 on 30/12"]
    weekly = plan(700, amount=kr(100), first_amount=kr(500), first_on=TODAY, rhythm=WEEKLY)
    assert weekly == ["500 on 25/11", "100 on 2/12", "100 on 9/12"]


def test_a_count_does_not_count_the_first_payment_in():
    found = plan(first_amount=kr(300), first_on=date(2026, 12, 1), count=3)
    assert found == ["300 on 1/12", "300 on 4/1", "300 on 1/2", "300 on 1/3"]


def test_a_first_payment_of_all_of_it_is_all_of_it():
    assert plan(first_amount=kr(2000), first_on=TODAY, amount=kr(100)) == ["1200 on 25/11"]


def test_five_hundred_now_and_the_rest_when_i_get_paid():
    assert plan(first_amount=kr(500), first_on=TODAY, payday=True)[-1] == "700 on 30/11"
    parts = ((date(2026, 12, 1), kr(300)), (date(2027, 1, 4), kr(400)))
    assert plan(parts=parts, payday=True) == ["300 on 1/12", "400 on 4/1", "500 on 29/1"]


def test_different_sums_on_named_days():
    parts = ((date(2027, 1, 15), kr(300)), (date(2026, 12, 1), kr(500)))
    assert plan(parts=parts, days=(FEBRUARY,)) == ["500 on 1/12", "300 on 15/1", "400 on 1/2"]
    assert plan(800, parts=parts) == ["500 on 1/12", "300 on 15/1"]
    after = plan(parts=parts, amount=kr(200), first_on=FEBRUARY)
    assert after == ["500 on 1/12", "300 on 15/1", "200 on 1/2", "200 on 1/3"]
    at_once = plan(parts=parts, whole=True, first_on=FEBRUARY)
    assert at_once == ["500 on 1/12", "300 on 15/1", "400 on 1/2"]


# ---------------------------------------------------------------------------- named days
IRREGULAR = (date(2026, 12, 1), date(2026, 12, 15), FEBRUARY)


def test_named_days_without_a_sum_have_like_sums():
    assert plan(days=IRREGULAR) == ["400 on 1/12", "400 on 15/12", "400 on 1/2"]
    assert plan(days=(*IRREGULAR, FEBRUARY)) == plan(days=IRREGULAR)  # a day said twice


def test_named_days_with_a_sum_end_when_all_is_paid():
    assert plan(amount=kr(700), days=IRREGULAR) == ["700 on 1/12", "500 on 15/12"]


def test_named_days_that_do_not_cover_it_go_on_in_a_rhythm_where_one_was_said():
    assert asked(amount=kr(200), days=IRREGULAR) is Missing.DATE
    found = plan(amount=kr(200), days=IRREGULAR, rhythm=MONTHLY)
    assert found[2:] == ["200 on 1/2", "200 on 1/3", "200 on 1/4", "200 on 3/5"]


def test_days_that_roll_onto_the_same_bank_day_do_not_double():
    eves = tuple(date(2026, 12, day) for day in (24, 25, 26))
    assert plan(days=eves) == ["400 on 28/12", "400 on 29/12", "400 on 30/12"]


def test_today_and_tomorrow_are_two_days_also_when_today_is_too_late():
    assert plan(days=(TODAY, TODAY + timedelta(1))) == ["600 on 25/11", "600 on 26/11"]


# ------------------------------------------------------------------------ still to be asked
@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, Missing.AMOUNT),
        ({"rhythm": WEEKLY}, Missing.AMOUNT),
        ({"first_on": FEBRUARY}, Missing.AMOUNT),
        ({"days": (FEBRUARY,)}, Missing.AMOUNT),
        ({"payday": True}, Missing.AMOUNT),
        ({"first_share": HALF, "rhythm": MONTHLY}, Missing.AMOUNT),
        ({"whole": True}, Missing.DATE),
        ({"first_share": HALF}, Missing.DATE),
        ({"first_amount": kr(500), "first_on": TODAY}, Missing.DATE),
        ({"parts": ((FEBRUARY, kr(100)), (TODAY, kr(100)))}, Missing.DATE),
        ({"first_amount": kr(500), "first_on": TODAY, "whole": True}, Missing.DATE),
    ],
)
def test_what_was_not_said_is_asked_for(said, missing):
    assert asked(**said) is missing


# -------------------------------------------------------------------------------- slips
@pytest.mark.parametrize(
    ("said", "slip"),
    [
        ({"amount": kr(0)}, Slip.NO_AMOUNT),
        ({"amount": kr(-200)}, Slip.NO_AMOUNT),
        ({"amount": kr(200), "first_amount": kr(0)}, Slip.NO_AMOUNT),
        ({"parts": ((FEBRUARY, kr(-1)),)}, Slip.NO_AMOUNT),
        ({"count": 0}, Slip.NO_COUNT),
        ({"count": -3}, Slip.NO_COUNT),
        ({"count": 10_000}, Slip.TOO_MANY),
        ({"days": tuple(TODAY + timedelta(number) for number in range(2601))}, Slip.TOO_MANY),
        ({"first_share": Fraction(1)}, Slip.NO_SHARE),
        ({"first_share": Fraction(3, 2)}, Slip.NO_SHARE),
        ({"first_share": Fraction(0)}, Slip.NO_SHARE),
        ({"first_share": Fraction(-1, 2)}, Slip.NO_SHARE),
        ({"amount": kr(200), "rhythm": Rhythm(Every.MONTH, 32)}, Slip.NO_SUCH_DAY),
        ({"amount": kr(200), "rhythm": Rhythm(Every.MONTH, 0)}, Slip.NO_SUCH_DAY),
        ({"amount": kr(200), "first_on": date(1900, 1, 1)}, Slip.IN_THE_PAST),
        ({"days": (FEBRUARY, TODAY - timedelta(1))}, Slip.IN_THE_PAST),
        ({"parts": ((date(1900, 1, 1), kr(1)),)}, Slip.IN_THE_PAST),
        ({"whole": True, "first_on": date(2999, 1, 1)}, Slip.TOO_FAR_AHEAD),
        ({"days": (FEBRUARY, date(9999, 12, 31))}, Slip.TOO_FAR_AHEAD),
    ],
)
def test_a_slip_of_the_finger_is_named(said, slip):
    assert asked(**said) is slip


def test_as_many_instalments_as_can_be_and_as_far_ahead():
    assert len(plan(26_000, count=2_600)) == 2_600
    latest = date(TODAY.year + FARTHEST_YEARS, 12, 31)
    assert len(plan(whole=True, first_on=latest)) == 1
