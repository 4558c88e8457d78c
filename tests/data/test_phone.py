"""Telephone numbers come in many shapes, are kept in one, and hide in logs."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.phone import PhoneNumber


@pytest.mark.parametrize(
    "written",
    [
        "20304050",
        "20 30 40 50",
        "2030-4050",
        " 20304050 ",
        "+45 20 30 40 50",
        "+4520304050",
        "0045 20304050",
        "(+45) 20304050",
    ],
)
def test_a_danish_number_is_read_however_it_is_written(written):
    assert PhoneNumber.parse(written).e164 == "+4520304050"


@pytest.mark.parametrize(
    ("written", "e164"),
    [("+46 70 123 45 67", "+46701234567"), ("0049 151 23456789", "+4915123456789")],
)
def test_a_foreign_number_keeps_its_country(written, e164):
    assert PhoneNumber.parse(written).e164 == e164


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "ukendt", "112", "1234", "+45", "203040501234567890", "+4520304050" * 5),
        *("20304050;1", "20304050/22334455", "20304050,22334455", "20304050 og 22334455"),
        "2O3O4O5O",  # the letter O: a keypad would make it 26 36 46 56, somebody else's
        "20304050 lokal 12",
    ],
)
def test_what_cannot_be_a_number_is_refused_without_showing_it(written):
    with pytest.raises(ValueError, match="telephone number") as refused:
        PhoneNumber.parse(written)
    assert not any(letter.isdigit() for letter in str(refused.value))


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        number = PhoneNumber.parse(text)
    except ValueError:
        return
    assert number.e164.startswith("+")
    assert len(number.e164) <= 16
    assert PhoneNumber.parse(number.e164) == number


def test_a_number_hides_where_a_log_could_show_it(caplog):
    number = PhoneNumber.parse("20304050")
    with caplog.at_level(logging.INFO):
        logging.getLogger("sms").info("sent to %s %r %s", number, number, [number])
    assert "203040" not in caplog.text
    assert "203040" not in f"{number} {number!r} {[number]}"


def test_people_read_a_number_as_their_country_writes_it():
    assert PhoneNumber.parse("43686868").national() == "43 68 68 68"
    assert PhoneNumber.parse("+46701234567").national() == "+46 70 123 45 67"
