"""The sample citizens are fictional, and stand in files as a ledger would write them."""

import csv
from datetime import date

import pytest

from data.law.claim_types import ClaimTypes
from data.municipalities.policy import Policies
from data.samples import PATH, bank_days_from, payment_id, sample
from data.values.ids import DebtorKind, DebtorNumber
from data.values.time import is_bank_day
from mindelig.demo import write_samples

TUESDAY = date(2026, 11, 24)
SUNDAY = date(2026, 11, 22)
AFTER_EASTER = date(2027, 3, 30)
CITIZENS = [
    pytest.param(citizen, id=citizen.name)
    for ledger in sample().municipalities.values()
    for citizen in ledger.citizens
]


def rows(path, separator):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


@pytest.mark.parametrize("citizen", CITIZENS)
def test_nobody_in_the_sample_exists(citizen):
    number = DebtorNumber.parse(citizen.debtor_id)
    assert number.warning is None
    if number.kind is DebtorKind.PERSON:
        assert citizen.debtor_id[6:9] == "000"
    assert citizen.phone is None or sample().phones[citizen.phone].number.e164.startswith("+457099")


@pytest.mark.parametrize("citizen", CITIZENS)
def test_the_law_knows_what_they_owe(citizen):
    known = ClaimTypes.load()
    assert all(claim.type in known.types for claim in citizen.claims)


def test_every_municipality_has_its_citizens_and_every_telephone_somebody():
    assert sorted(sample().municipalities) == Policies.load().keys
    held = {
        citizen.phone
        for ledger in sample().municipalities.values()
        for citizen in ledger.citizens
        if citizen.phone
    }
    assert held == set(sample().phones)
    assert 2 <= sum(phone.shown for phone in sample().phones.values()) <= 6


def test_a_case_number_stands_once():
    refs = [
        claim.ref
        for ledger in sample().municipalities.values()
        for citizen in ledger.citizens
        for claim in citizen.claims
    ]
    assert len(refs) == len(set(refs))


@pytest.mark.parametrize("today", [TUESDAY, SUNDAY, AFTER_EASTER])
def test_the_days_fit_a_first_message_on_any_day(tmp_path, today):
    for files in write_samples(tmp_path, today):
        ledger = sample().municipalities[files.municipality]
        claims = rows(files.claims, ledger.separator)
        covers = {row["covers_until"] for row in rows(files.payments, ledger.separator)}
        due = {row["due_date"] for row in claims}
        assert covers == {ledger.write(bank_days_from(today, -1))}
        assert ledger.write(bank_days_from(today, -2)) in due


def test_bank_days_are_counted_back_over_weekends_and_easter():
    assert bank_days_from(TUESDAY, -1) == date(2026, 11, 23)
    assert bank_days_from(TUESDAY, -2) == date(2026, 11, 20)
    assert bank_days_from(SUNDAY, -1) == date(2026, 11, 20)
    assert bank_days_from(AFTER_EASTER, -1) == date(2027, 3, 24)
    assert is_bank_day(bank_days_from(SUNDAY, 0))


def test_the_same_day_gives_the_same_bytes(tmp_path):
    def contents(folder):
        write_samples(folder, TUESDAY)
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_examples_in_the_tree_are_those_of_24_november_2026(tmp_path):
    write_samples(tmp_path, TUESDAY)
    written = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    kept = {file.name: file.read_text(encoding="utf-8") for file in PATH.parent.glob("*.csv")}
    assert kept == written


def test_a_payment_line_ends_in_its_check_digit():
    assert payment_id("A-1001") == "000000000010017"
