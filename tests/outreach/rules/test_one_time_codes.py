"""One-time codes: the published examples, the window, and that no code is good twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rules import one_time_codes as codes

#: RFC 6238, Appendix B: SHA-1 with this secret; the last six of the eight digits shown there.
SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds, code):
    now = datetime.fromtimestamp(seconds, UTC)
    assert codes.code_of(SECRET, codes.step_of(now)) == code


@pytest.mark.parametrize(
    ("seconds_off", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_telephone_may_be_half_a_minute_off_and_no_more(seconds_off, is_right):
    step = codes.step_of(NOW + timedelta(seconds=seconds_off))
    found = codes.fitting_step(SECRET, codes.code_of(SECRET, step), NOW, None)
    assert found == (step if is_right else None)


@given(st.integers(-1, 1), st.integers(-3, 3))
def test_a_code_is_good_once_and_none_before_it_is_good_afterwards(offset, last):
    here = codes.step_of(NOW)
    code = codes.code_of(SECRET, here + offset)
    found = codes.fitting_step(SECRET, code, NOW, here + last)
    assert found == (here + offset if offset > last else None)


@pytest.mark.parametrize("code", ["", "28708", "2870820", "æøå", "000000 ", "x" * 1000])
def test_what_is_no_code_opens_nothing(code):
    assert codes.fitting_step(SECRET, code, NOW, None) is None


def test_a_code_may_be_typed_with_a_space():
    code = codes.code_of(SECRET, codes.step_of(NOW))
    assert codes.fitting_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, None) is not None


def test_the_secret_is_written_for_apps_and_for_people():
    assert codes.written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert codes.address(SECRET, "anna@kommune.dk", "Mindelig") == (
        "otpauth://totp/Mindelig%3Aanna%40kommune.dk"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Mindelig&digits=6&period=30"
    )


def test_secrets_and_recovery_codes_are_never_the_same():
    assert len(codes.new_secret()) == 20
    assert codes.new_secret() != codes.new_secret()
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    assert all(len(code) == 11 and code[5] == "-" for code in made)


def test_a_recovery_code_is_the_same_however_it_is_typed():
    assert codes.folded(" K7MFW - p3x9d ") == "k7mfwp3x9d"
