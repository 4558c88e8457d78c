"""The demo's sample citizens, and the ledger files that they would stand in on a given day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator

from data.values.money import Money
from data.values.pay_lines import check_digit
from data.values.phone import PhoneNumber
from data.values.time import ONE_DAY, add_bank_days, previous_bank_day
from data.yaml_files import Block, read

PATH: Final = Path(__file__).with_name("citizens.yml")
BILL_DAYS: Final = timedelta(days=20)

CLAIM_COLUMNS: Final = (
    "claim_ref", "debtor_id", "debtor_kind", "name", "phone", "language", "claim_type",
    "principal", "due_date", "bill_sent_on", "payment_id", "creditor_no", "owning_unit",
    "tax_year", "betalingsservice", "address_protected",
)  # fmt: skip
PAYMENT_COLUMNS: Final = ("payment_ref", "claim_ref", "amount", "paid_on", "covers_until")

Sum = Annotated[Money, BeforeValidator(Money.parse)]
Number = Annotated[PhoneNumber, BeforeValidator(PhoneNumber.parse)]


class SamplePhone(Block):
    """A telephone of the simulator (prøvetelefon)."""

    number: Number
    shown: bool = False


class SampleClaim(Block):
    """A claim (krav) of a sample citizen; `due` is in bank days from the demo's today."""

    ref: str
    type: str
    sum: Sum
    due: int
    unit: str = ""
    tax_year: int | None = None
    betalingsservice: bool = False
    paid: Sum | None = None


class SampleCitizen(Block):
    """A citizen or business that does not exist (prøveborger)."""

    debtor_id: str
    name: str
    phone: str | None = None
    language: str = "da"
    address_protected: bool = False
    claims: list[SampleClaim]

    @property
    def kind(self) -> str:
        """Whether it is a person or a business, as the files write it."""
        return "business" if len(self.debtor_id) == 8 else "person"  # noqa: PLR2004 - a CVR number


class SampleLedger(Block):
    """What one municipality's ledger holds, and how it writes dates and sums."""

    separator: str
    dates: str
    decimal: str
    creditor_no: str
    citizens: list[SampleCitizen]

    def write(self, value: object) -> str:
        """Write a value as this ledger does."""
        match value:
            case None:
                return ""
            case bool():
                return "ja" if value else "nej"
            case date():
                return value.strftime(self.dates)
            case Money():
                return str(value).replace(".", self.decimal)
            case _:
                return str(value)


class Sample(Block):
    """All sample citizens, and the telephones of the simulator (prøvedata)."""

    source: str
    municipalities: dict[str, SampleLedger]
    phones: dict[str, SamplePhone]

    @cached_property
    def people_by_phone(self) -> dict[str, list[str]]:
        """Who holds each telephone, by name."""
        people: dict[str, list[str]] = {}
        for ledger in self.municipalities.values():
            for citizen in ledger.citizens:
                if citizen.phone is not None:
                    people.setdefault(citizen.phone, []).append(citizen.name)
        return people


@cache
def sample() -> Sample:
    """Read the sample once.

    Raises:
        DataFileError: the file is wrong; with line, key and reason.
    """
    return read(PATH, Sample)


def bank_days_from(today: date, count: int) -> date:
    """Return the `count`th bank day (bankdag) after `today`, or before it when below zero."""
    if count >= 0:
        return add_bank_days(today, count)
    day = today
    for _ in range(-count):
        day = previous_bank_day(day - ONE_DAY)
    return day


def claim_rows(municipality: str, today: date) -> list[list[str]]:
    """Return the municipality's claims file for `today`, the header first."""
    ledger = sample().municipalities[municipality]
    return [
        list(CLAIM_COLUMNS),
        *(
            [ledger.write(value) for value in _claim_values(ledger, citizen, claim, today)]
            for citizen in ledger.citizens
            for claim in citizen.claims
        ),
    ]


def payment_rows(municipality: str, today: date) -> list[list[str]]:
    """Return the municipality's payments file, complete for the last bank day before `today`."""
    ledger = sample().municipalities[municipality]
    covers = bank_days_from(today, -1)
    return [
        list(PAYMENT_COLUMNS),
        *(
            [
                f"B-{claim.ref}",
                claim.ref,
                ledger.write(claim.paid),
                ledger.write(bank_days_from(today, claim.due - 1)),
                ledger.write(covers),
            ]
            for citizen in ledger.citizens
            for claim in citizen.claims
            if claim.paid is not None
        ),
    ]


def _claim_values(
    ledger: SampleLedger, citizen: SampleCitizen, claim: SampleClaim, today: date
) -> tuple[object, ...]:
    due = bank_days_from(today, claim.due)
    phone = sample().phones[citizen.phone].number.e164 if citizen.phone else None
    return (
        claim.ref, citizen.debtor_id, citizen.kind, citizen.name, phone, citizen.language,
        claim.type, claim.sum, due, due - BILL_DAYS, payment_id(claim.ref), ledger.creditor_no,
        claim.unit, claim.tax_year, claim.betalingsservice, citizen.address_protected,
    )  # fmt: skip


def payment_id(ref: str) -> str:
    """Make the payment line's 15 digits (betalings-id, +71) from a case number."""
    digits = "".join(letter for letter in ref if letter.isdigit()).rjust(14, "0")
    return digits + check_digit(digits)
