"""Two towns of a hundred people each, what they are billed, and how each of them means to pay."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.values.pay_lines import check_digit
from tests.years import bank_days
from tests.years.bookkeeper import Bill

FIRST, LAST = date(2026, 11, 2), date(2027, 11, 1)
PEOPLE = 100
CREDITORS = {"albertslund": "81234567", "faxe": "87654321"}
_LETTERS = {"albertslund": "A", "faxe": "F"}
_SPREAD = 270
_BILL_DAYS = timedelta(days=20)
_NAMES = ("Mette Hansen", "Søren Ærø", "Åse Østergaard", "Yusuf Yilmaz", "Anna Kowalska")
#: How people pay one bill, and how many in a hundred do it so.
HABITS = {
    "on_time": 14, "early": 7, "before_its_bill": 4, "late": 16, "in_parts": 12, "twice": 8,
    "reversed": 8, "reversed_unnamed": 4, "reversed_and_again": 5, "wrong_reference": 8,
    "never": 8, "too_late": 6,
}  # fmt: skip
#: How people who ask for a plan mean to keep it.
KEEPERS = ("keeps", "a_day_early", "a_day_late", "ahead", "changes", "breaks", "frozen", "respite")


@dataclass(frozen=True)
class Intent:
    """What somebody means to do about a bill on a day; how much follows from what is owed then."""

    on: date
    what: str
    ref: str
    share: int = 100
    by_number: bool = True


@dataclass
class Person:
    """Somebody who is billed."""

    council: str
    digits: str
    name: str
    phone: str
    bills: list[Bill] = field(default_factory=list)
    #: Asks for a plan on what is late, on that day, and keeps it so; none: pays bill by bill.
    plans_on: date | None = None
    keeper: str = ""
    wish: int = 0
    others: tuple[str, ...] = ()


@dataclass
class Town:
    """One municipality's people, their bills as the ledger writes them, and their intents."""

    council: str
    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    sent: dict[str, date] = field(default_factory=dict)
    intents: dict[date, list[Intent]] = field(default_factory=dict)

    def mean(self, on, what, ref, share=100, *, by_number=True):
        day = bank_days.open_from(max(on, FIRST))
        self.intents.setdefault(day, []).append(Intent(day, what, ref, share, by_number))


def pay_number(council, serial):
    base = f"{'12' if council == 'albertslund' else '34'}{serial:012d}"
    return base + check_digit(base)


def town_of(council, kinds, seed):
    """Make a town; the same seed makes the same town."""
    chance = random.Random(f"{council}:{seed}")  # noqa: S311 - a story, no secret
    town = Town(council)
    for at in range(PEOPLE):
        person = _person(council, at, chance)
        town.people[person.digits] = person
        shares_number = at % 10 == 3
        for number in range(chance.choice((1, 1, 2, 2, 3))):
            _bill(town, person, at, number, shares_number, kinds, chance)
        _intend(town, person, shares_number, chance)
    return town


def _person(council, at, chance):
    born = date(1950, 1, 1) + timedelta(days=at * 97 + (31 if council == "faxe" else 0))
    phone = f"{20_000_000 + at * 7 + (5_000_000 if council == 'faxe' else 0)}"
    digits = f"{born:%d%m%y}{1000 + at}"
    person = Person(council, digits, _NAMES[at % len(_NAMES)], phone)
    if at % 4 == 0:
        person.plans_on = bank_days.open_from(
            date(2026, 12, 1) + timedelta(days=chance.randrange(150))
        )
        person.keeper, person.wish = KEEPERS[at // 4 % len(KEEPERS)], at // 4
    if at % 17 == 5:
        person.others = (f"{born:%d%m%y}{3000 + at}",)
    return person


def _bill(town, person, at, number, shares_number, kinds, chance):
    kind = kinds[(at * 3 + number) % len(kinds)]
    due = bank_days.open_from(FIRST + timedelta(days=18 + chance.randrange(_SPREAD)))
    if person.plans_on is not None:  # what a plan is asked for is late by then
        due = bank_days.before(person.plans_on - timedelta(days=5 + 3 * number))
    ref = f"{_LETTERS[town.council]}-{at:03d}-{number}"
    digits = pay_number(town.council, at * 10 + (0 if shares_number else number))
    oere = chance.randrange(15_000, 600_000)
    bill = Bill(ref, person.digits, kind, oere, due, digits)
    person.bills.append(bill)
    sent = due - _BILL_DAYS
    town.sent[ref] = sent
    town.rows[ref] = {
        "claim_ref": ref,
        "debtor_id": person.digits,
        "name": person.name,
        "phone": person.phone,
        "claim_type": kind,
        "principal": "",
        "due_date": f"{due:%d-%m-%Y}",
        "bill_sent_on": f"{sent:%d-%m-%Y}",
        "payment_id": digits,
        "creditor_no": CREDITORS[town.council],
        "tax_year": "2023" if kind == "ejendomsskat" else "",
        "co_debtors": " ".join(person.others),
        "period_start": f"{due - timedelta(days=50):%d-%m-%Y}",
        "period_end": f"{sent:%d-%m-%Y}",
    }


def _intend(town, person, shares_number, chance):
    if person.plans_on is not None:
        return
    if shares_number:  # one payment for the lot, by the number they share
        last = max(bill.due for bill in person.bills)
        town.mean(last, "lot", person.bills[0].ref)
        town.mean(last + timedelta(days=40), "lot", person.bills[0].ref)
        return
    for bill in person.bills:
        [habit] = chance.choices(list(HABITS), weights=HABITS.values())
        _HABITS[habit](town, bill, chance)


def _on_time(town, bill, chance):
    town.mean(bill.due - timedelta(days=chance.randrange(3)), "rest", bill.ref)


def _early(town, bill, chance):
    town.mean(bill.due - timedelta(days=12), "rest", bill.ref, by_number=chance.random() < 0.5)


def _before_its_bill(town, bill, chance):
    town.mean(town.sent[bill.ref] - timedelta(days=6), "whole", bill.ref)


def _late(town, bill, chance):
    late = chance.choice((2, 6, 15, 30, 55))
    town.mean(bill.due + timedelta(days=late), "rest", bill.ref, by_number=chance.random() < 0.5)


def _in_parts(town, bill, chance):
    for part in range(chance.choice((2, 3, 4))):
        day = bill.due + timedelta(days=-4 + 13 * part)
        town.mean(day, "share", bill.ref, chance.choice((17, 33, 50)))
    if chance.random() < 0.7:
        town.mean(bill.due + timedelta(days=70), "rest", bill.ref)


def _twice(town, bill, chance):
    _on_time(town, bill, chance)
    town.mean(bill.due + timedelta(days=chance.choice((1, 3, 20))), "again", bill.ref)


def _reversed(town, bill, chance):
    day = bill.due - timedelta(days=2)
    town.mean(day, "rest", bill.ref)
    town.mean(day + timedelta(days=chance.choice((1, 4, 12, 35))), "back", bill.ref)
    town.mean(bill.due + timedelta(days=90), "rest", bill.ref)


def _reversed_unnamed(town, bill, chance):
    day = bill.due - timedelta(days=1)
    town.mean(day, "rest", bill.ref, by_number=False)
    town.mean(day + timedelta(days=chance.choice((2, 9))), "back_unnamed", bill.ref)


def _reversed_and_again(town, bill, chance):
    _reversed(town, bill, chance)
    town.mean(bill.due + timedelta(days=41), "rest", bill.ref)


def _wrong_reference(town, bill, chance):
    town.mean(bill.due - timedelta(days=1), "wrong", bill.ref)


def _never(town, bill, chance):
    return


def _too_late(town, bill, chance):
    """Pays when the claim has long left the house, or fallen."""
    for days in (130, 160):
        town.mean(bill.due + timedelta(days=days), "whole", bill.ref, by_number=days == 130)


_HABITS = {
    "on_time": _on_time, "early": _early, "before_its_bill": _before_its_bill, "late": _late,
    "in_parts": _in_parts, "twice": _twice, "reversed": _reversed,
    "reversed_unnamed": _reversed_unnamed, "reversed_and_again": _reversed_and_again,
    "wrong_reference": _wrong_reference, "never": _never, "too_late": _too_late,
}  # fmt: skip
