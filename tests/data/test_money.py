"""An amount is whole øre: it reads what ledgers write, and nothing is lost when it is split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.money import LARGEST_OERE, NOTHING, Money

OERE = st.integers(0, LARGEST_OERE)


@given(OERE, st.integers(1, 600))
def test_instalments_add_up_and_differ_by_one_oere_at_most(oere, parts):
    rates = Money(oere).split(parts)
    assert len(rates) == parts
    assert sum(rate.oere for rate in rates) == oere
    assert max(rates).oere - min(rates).oere <= 1
    assert rates == sorted(rates, reverse=True)  # the last is never the largest


@pytest.mark.parametrize("parts", [0, -1])
def test_nothing_is_split_into_no_parts(parts):
    with pytest.raises(ValueError, match=str(parts)):
        Money(100).split(parts)


@pytest.mark.parametrize(
    ("written", "oere"),
    [
        ("1.234,50", 123450),
        ("1234,50", 123450),
        ("1234,5", 123450),
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("1.234", 123400),
        ("1.234.567,89", 123456789),
        ("0,05", 5),
        ("-1.234,50", -123450),
        ("\N{MINUS SIGN}12", -1200),
        ("+12", 1200),
        (" 1 234,50 ", 123450),
        ("1\xa0234,50", 123450),
        ("1.200 kr.", 120000),
        ("1.200,00 kr", 120000),
        ("10.000.000.000", LARGEST_OERE),
    ],
)
def test_an_amount_is_read_as_danes_and_machines_write_it(written, oere):
    assert Money.parse(written) == Money(oere)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "kr.",
        "tusind",
        "1,234.50",  # English: neither Danish nor ISO
        "1.23.456",
        "12.34,5",
        "1234,567",
        "1234.567,8,9",
        "1e5",
        "0x10",
        "nan",
        "12,",
        ",50",
        "--5",
        "1 234 kr. 50",
    ],
)
def test_what_is_no_amount_is_refused_and_shown(written):
    with pytest.raises(ValueError, match="is not an amount"):
        Money.parse(written)


@pytest.mark.parametrize("written", ["10.000.000.000,01", "-10000000000.01", "9" * 40])
def test_a_sum_no_claim_can_have_is_refused(written):
    with pytest.raises(ValueError, match="larger than any claim"):
        Money.parse(written)


@given(OERE)
def test_what_is_written_for_machines_is_read_back(oere):
    assert Money.parse(str(Money(oere))) == Money(oere)
    assert Money.parse(str(Money(-oere))) == Money(-oere)


def test_parts_of_an_oere_are_refused():
    with pytest.raises(ValueError, match="parts of an øre"):
        Money.kroner("12.345")
    assert Money.kroner("12.34") == Money(1234)


@given(st.integers(-LARGEST_OERE, LARGEST_OERE), st.integers(-LARGEST_OERE, LARGEST_OERE))
def test_amounts_add_and_subtract_to_the_oere(one, other):
    assert Money(one) + Money(other) - Money(other) == Money(one)
    assert -Money(one) + Money(one) == NOTHING
    assert bool(Money(one)) is (one != 0)


def test_an_instalment_repeated_is_whole():
    assert Money(20050) * 12 == Money(240600)


def test_a_small_debt_is_written_with_two_decimals():
    assert [str(Money(oere)) for oere in (5, 50, 100, -5)] == ["0.05", "0.50", "1.00", "-0.05"]
