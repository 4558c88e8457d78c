"""Towns of their own, each with empty books, for properties that ask one after the other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from itertools import count

from data.municipalities.policy import PayLines, Policies
from data.values.pay_lines import check_digit
from data.values.time import StandingClock, at_local
from outreach.intake.importing import import_claims, import_payments
from outreach.runtime import Runtime
from tests import make_desk
from tests.years import bank_days, files
from tests.years.bookkeeper import Bill, Books

START = date(2027, 2, 1)
CREDITOR = "81234567"
_NUMBERS = count(1)


class Room:
    """A room in which a loop of its own runs, so that properties need not be async."""

    def __init__(self, settings, url, folder):
        self.loop = asyncio.new_event_loop()
        self.clock = StandingClock(at_local(START, 10))
        self.runtime = Runtime.build(settings, url).at(self.clock)
        self.folder = folder

    def run(self, work):
        return self.loop.run_until_complete(work)

    def town(self):
        """A new municipality under Albertslund's policy, with a series of numbers of its own."""
        given = self.runtime.policies["albertslund"]
        series = PayLines(creditor_no=CREDITOR, series="71", source="the bank, made up")
        key = f"by-{next(_NUMBERS)}"
        policy = given.model_copy(update={"key": key, "pay_lines": series})
        runtime = replace(self.runtime, policies=Policies([policy]))
        return Desk(self, runtime, key)

    def close(self):
        self.run(self.runtime.close())
        self.loop.close()


class Desk:
    """One such town: files come in, and a bookkeeper reads along."""

    def __init__(self, room, runtime, key):
        self.room, self.runtime, self.key = room, runtime, key
        self.books = Books()
        self.today = START
        self.room.clock.instant = at_local(START, 10)
        self._staff = None

    def run(self, work):
        return self.room.run(work)

    @property
    def staff(self):
        if self._staff is None:
            made = make_desk.staff(self.runtime, f"anna-{self.key}", municipality=self.key)
            self._staff = self.run(made)
        return self._staff

    def next_day(self):
        self.today = bank_days.after(self.today)
        self.room.clock.instant = at_local(self.today, 10)

    def bills(self, *bills, kind="dagtilbud"):
        """The ledger's file of claims: new ones, and sums that have changed."""
        rows = [
            {
                "claim_ref": bill.ref,
                "debtor_id": bill.citizen,
                "name": "Mette Hansen",
                "phone": f"2030{bill.citizen[:4]}",
                "claim_type": kind,
                "principal": files.kroner(bill.principal),
                "due_date": f"{bill.due:%d-%m-%Y}",
                "bill_sent_on": "10-12-2026",
                "payment_id": bill.number,
                "creditor_no": CREDITOR,
            }
            for bill in bills
        ]
        path = files.claims_csv(self.room.folder / "claims.csv", rows)
        with self.run(import_claims(self.runtime, path, self.key)) as report:
            assert report.counts()["rejected"] == 0, list(report.problems)
        for bill in bills:
            self.books.bill(bill)
        self.books.place_early()

    def covered(self):
        """The ledger says that all payments until yesterday are known."""
        path = self.room.folder / "covers"
        files.payments_csv(path, [], covers=bank_days.before(self.today))
        with self.run(import_payments(self.runtime, path, self.key)) as report:
            assert report.counts()["rejected"] == 0

    def file(self, paid, message="csv"):
        """A file of payments, the ledger's or the bank's; return how many lines were new."""
        path = self.room.folder / f"payments-{message}"
        if message == "csv":
            files.payments_csv(path, paid)
        else:
            files.camt(path, paid, message, self.today)
        with self.run(import_payments(self.runtime, path, self.key)) as report:
            counts = report.counts()
            assert counts["rejected"] == 0, [str(one) for one in report.problems]
        return counts["new"]


def bill(at, oere, citizen=0, number=None):
    """A bill of one of the town's people, all of them due in January."""
    return Bill(
        f"K-{at}", f"0{citizen + 1}0180123{citizen}", "dagtilbud", oere,
        date(2027, 1, 4 + at), number or own_number(at),
    )  # fmt: skip


def own_number(at):
    base = f"{at + 1:014d}"
    return base + check_digit(base)
