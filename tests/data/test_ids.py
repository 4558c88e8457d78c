"""CPR and CVR numbers: read, checked as far as the law lets us, and hidden."""

from datetime import date

import pytest

from data.values.ids import DebtorKind, DebtorNumber, new_id


@pytest.mark.parametrize("written", ["0101801234", "010180-1234", " 010180 1234 "])
def test_a_cpr_number_is_read_with_and_without_its_dash(written):
    number = DebtorNumber.parse(written)
    assert number.digits == "0101801234"
    assert number.kind is DebtorKind.PERSON
    assert number.birth_date == date(1980, 1, 1)


def test_mod_11_only_warns_since_numbers_of_2007_may_fail_it():
    assert "mod 11" in str(DebtorNumber.parse("0101801234").warning)
    assert DebtorNumber.parse("211062-5629").warning is None  # the example of CPR-kontoret


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("0101800000", date(1980, 1, 1)),
        ("0101054000", date(2005, 1, 1)),
        ("0101374000", date(1937, 1, 1)),
        ("0101575000", date(2057, 1, 1)),
        ("0101585000", date(1858, 1, 1)),
        ("2902004001", date(2000, 2, 29)),
    ],
)
def test_the_seventh_digit_tells_the_century(written, born):
    assert DebtorNumber.parse(written).birth_date == born


@pytest.mark.parametrize("written", ["3102801234", "0013801234", "2902014001"])
def test_a_cpr_number_without_a_possible_birth_date_is_refused(written):
    with pytest.raises(ValueError, match="no possible birth date"):
        DebtorNumber.parse(written)


def test_a_replacement_number_has_sixty_added_to_the_day():
    assert DebtorNumber.parse("610180-1234").birth_date == date(1980, 1, 1)


def test_a_cvr_number_must_have_the_right_check_digit():
    business = DebtorNumber.parse("66 13 71 12")  # Albertslund Kommune
    assert business.kind is DebtorKind.BUSINESS
    assert business.digits == "66137112"
    assert business.birth_date is None
    with pytest.raises(ValueError, match="check digit"):
        DebtorNumber.parse("66137113")


@pytest.mark.parametrize("written", ["", "123456789", "12345678901", "01018A1234", "٠١٠١٨٠١٢٣٤"])
def test_neither_kind_of_number_is_refused_without_showing_it(written):
    with pytest.raises(ValueError, match="number") as refused:
        DebtorNumber.parse(written)
    assert not written or written not in str(refused.value)


def test_a_debtor_number_hides():
    number = DebtorNumber.parse("0101801234")
    assert "0180" not in f"{number} {number!r} {[number]}"


def test_ids_are_never_the_same():
    assert len({new_id() for _ in range(1000)}) == 1000
