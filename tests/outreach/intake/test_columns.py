"""A cell becomes a value at the door, in every way ledgers write it, or is refused."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from data.values.ids import DebtorKind
from data.values.money import Money
from data.values.phone import PhoneNumber
from outreach.intake import columns
from outreach.intake.columns import CellError

DAYS = st.dates(columns.FIRST_DAY, columns.LAST_DAY)


def code(parse, cell):
    with pytest.raises(CellError) as caught:
        parse(cell)
    return caught.value.code


@given(DAYS, st.sampled_from(["%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"]))
def test_a_day_is_read_as_it_was_written(day, shape):
    assert columns.day(day.strftime(shape)) == day


@given(DAYS)
def test_a_day_without_leading_zeros_is_read_too(day):
    assert columns.day(f"{day.day}/{day.month}/{day.year}") == day


@given(st.integers(-(10**9), 10**9))
def test_a_sum_is_read_as_danes_and_machines_write_it(oere):
    danish = format_decimal(Decimal(oere) / 100, "#,##0.00", locale="da")
    assert columns.amount(danish) == columns.amount(str(Money(oere))) == Money(oere)


@pytest.mark.parametrize(
    ("cell", "oere"),
    [("1.234,50", 123450), ("1234.50", 123450), ("1234,5", 123450), ("1.234", 123400),
     ("12", 1200), ("1 234,50 kr.", 123450), ("-3,00", -300)],
)  # fmt: skip
def test_sums_as_ledgers_write_them(cell, oere):
    assert columns.amount(cell) == Money(oere)


@pytest.mark.parametrize(
    "cell", ["1.23.4", "1,234.50", "kr", "1e5", "=1+1", "NaN", "1,234", "99999999999999", "1,2,3"]
)
def test_what_is_no_sum_is_refused(cell):
    assert code(columns.amount, cell) == "not_an_amount"


@pytest.mark.parametrize(
    "cell",
    ["31-11-2026", "29-02-2026", "2026-13-01", "24-12-26", "i går", "46350", "2026/12/24",
     "24-12-2026 09:00", "٢٤-١٢-٢٠٢٦", "0-0-2026"],
)  # fmt: skip
def test_what_is_no_day_is_refused(cell):
    assert code(columns.day, cell) == "not_a_date"


@pytest.mark.parametrize("cell", ["31-12-1989", "01-01-2101", "0001-01-01"])
def test_a_day_of_another_age_is_a_slip(cell):
    assert code(columns.day, cell) == "date_out_of_range"


def test_a_day_to_come_is_refused_where_only_the_past_is_known():
    until_today = columns.day_until(date(2026, 11, 24))
    assert until_today("24-11-2026") == date(2026, 11, 24)
    assert code(until_today, "25-11-2026") == "future_date"


@given(st.integers(10_000_000, 99_999_999))
def test_eight_digits_are_the_number_that_any_other_way_of_writing_gives(number):
    assert columns.phone(str(number)) == PhoneNumber.parse(f"+45 {number}")
    assert columns.phone(str(number)) == PhoneNumber.parse(str(number))


@pytest.mark.parametrize("cell", ["ja", "J", "Yes", "TRUE", "1", "x"])
def test_yes(cell):
    assert columns.yes(cell) is True


@pytest.mark.parametrize("cell", ["nej", "N", "no", "false", "0"])
def test_no(cell):
    assert columns.yes(cell) is False


def test_neither_yes_nor_no():
    assert code(columns.yes, "måske") == "not_yes_or_no"


def test_a_cvr_number_is_a_business_and_its_check_digit_must_hold():
    assert columns.debtor("25 31 37 63").kind is DebtorKind.BUSINESS
    assert code(columns.debtor, "25313764") == "not_a_debtor_number"


@pytest.mark.parametrize("cell", ["3102801234", "101801234", "010180123x", "1,01801E+09"])
def test_what_is_no_debtor_number_is_refused(cell):
    assert code(columns.debtor, cell) == "not_a_debtor_number"


def test_a_payment_id_with_a_slip_in_it_shows_by_its_check_digit():
    assert columns.check_digit_holds("000000000000018")
    assert not columns.check_digit_holds("000000000000017")
    assert columns.check_digit_holds("1234567890123456")  # another card type


@pytest.mark.parametrize(
    ("parse", "cell", "why"),
    [
        (columns.payment_id, "7,1E+14", "not_a_payment_id"),
        (columns.payment_id, "1" * 20, "not_a_payment_id"),
        (columns.creditor_no, "1234567", "not_a_creditor_no"),
        (columns.phone, "12", "not_a_phone"),
        (columns.email, "mette(at)example.dk", "not_an_email"),
        (columns.email, "mette@localhost", "not_an_email"),
        (columns.whole(1, 99), "100", "not_a_number"),
        (columns.whole(1, 99), "1.5", "not_a_number"),
        (columns.principal, "0,00", "principal_not_positive"),
        (columns.payment, "0", "payment_zero"),
        (columns.text(5), "for lang", "too_long"),
        (columns.text(50), "skjult\x07", "control_character"),
        (columns.text(50), "vendt \u202eom", "control_character"),
        (columns.debtor_kind, "firma?", "not_a_debtor_kind"),
        (columns.language, "tlh", "unknown_language"),
    ],
)  # fmt: skip
def test_a_cell_that_will_not_do_says_why(parse, cell, why):
    assert code(parse, cell) == why


def test_a_name_over_two_lines_becomes_one_and_its_letters_stay():
    assert columns.text(60)("Å Östergård\nc/o  Bo 🌻") == "Å Östergård c/o Bo 🌻"


def test_a_formula_is_only_a_text():
    assert columns.text(60)("=HYPERLINK(1)") == "=HYPERLINK(1)"
