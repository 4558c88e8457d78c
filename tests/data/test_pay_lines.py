"""Payment lines (FI-kort, kortart 71): the published check digits, and numbers of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.pay_lines import PayLine, check_digit, check_digit_holds, in_series

#: domain research § 6; the first two are published pairs.
VECTORS = [
    ("00000000000001", "8"),
    ("00000000000002", "6"),
    ("12345678901234", "7"),
    ("00000020261121", "6"),
    ("50000000000001", "3"),
    ("99999999999999", "4"),
]
SERIES = st.from_regex(r"[0-9]{2,4}", fullmatch=True).filter(str.isascii)


@pytest.mark.parametrize(("base", "digit"), VECTORS)
def test_the_check_digit_is_that_of_the_standard(base, digit):
    assert check_digit(base) == digit
    assert check_digit_holds(base + digit)
    assert not check_digit_holds(base + str((int(digit) + 1) % 10))


@pytest.mark.parametrize("base", ["", "1", "1234567890123", "123456789012345", "1234567890123x"])
def test_only_fourteen_digits_have_one(base):
    with pytest.raises(ValueError, match="14 digits"):
        check_digit(base)
    assert not check_digit_holds(base)


def test_a_line_is_written_as_bills_do_and_found_again():
    line = PayLine("123456789012347", "81234567")
    assert str(line) == "+71<123456789012347 +81234567<"
    assert PayLine.read(f"Betal med {line} i netbanken") == line
    assert PayLine.read("+71<123456789012347+81234567<") == line
    assert PayLine.read("ring 43 68 68 68") is None


@pytest.mark.parametrize(
    ("payment_id", "creditor_no"),
    [("123456789012346", "81234567"), ("123456789012347", "12345678"), ("1", "81234567")],
)
def test_a_wrong_number_is_never_a_line(payment_id, creditor_no):
    with pytest.raises(ValueError, match="is no"):
        PayLine(payment_id, creditor_no)
    assert PayLine.of(payment_id, creditor_no) is None


def test_a_bill_without_numbers_has_no_line_and_leading_noughts_may_be_missing():
    assert PayLine.of(None, "81234567") is None
    assert PayLine.of("18", "81234567") == PayLine("000000000000018", "81234567")


@given(SERIES, st.integers(1, 10**6 - 1), st.integers(0, 9999))
def test_any_number_of_a_series_is_valid_and_read_again(series, serial, instalment):
    number = in_series(series, serial, instalment)
    assert (len(number), number.startswith(series)) == (15, True)
    line = PayLine(number, "81234567")
    assert PayLine.read(str(line)) == line


@given(SERIES, st.sets(st.tuples(st.integers(1, 10**6 - 1), st.integers(0, 9999)), max_size=50))
def test_no_two_of_a_series_are_the_same(series, places):
    assert len({in_series(series, *place) for place in places}) == len(places)


@pytest.mark.parametrize(("serial", "instalment"), [(0, 1), (10**6, 1), (1, 10**4), (1, -1)])
def test_what_a_series_has_no_room_for_is_refused(serial, instalment):
    with pytest.raises(ValueError, match="no room"):
        in_series("9999", serial, instalment)
