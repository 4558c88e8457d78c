"""The year's payments once more, in a town that knows only the bills: in any order, the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from data.municipalities.policy import Policies
from outreach.intake.importing import import_claims, import_payments
from tests.years import checks, files
from tests.years.bookkeeper import Books


async def take(council, lines, key):
    """Let a twin of a town take its bills and these lines; return who paid how much, and waits."""
    given = council.runtime.policies[council.key]
    policy = given.model_copy(update={"key": key, "pay_lines": None})
    runtime = replace(council.runtime, policies=Policies([policy]))
    bills = council.books.bills
    rows = [
        council.town.rows[bill.ref] | {"principal": files.kroner(bill.principal)}
        for bill in bills.values()
    ]
    path = files.claims_csv(council.folder / "twin-claims.csv", rows)
    with await import_claims(runtime, path, key) as report:
        assert report.counts()["new"] == len(bills)
    for _ in range(2):  # the second time it changes nothing
        path = files.payments_csv(council.folder / "twin-payments.csv", lines)
        with await import_payments(runtime, path, key) as report:
            counts = report.counts()
        assert counts["rejected"] == 0
    assert counts["new"] == 0, counts
    return await checks.balances(runtime, key), await checks.waiting(runtime, key)


def books_of(council):
    """The same by the bookkeeper: bills and payments, no charges and nobody's acts."""
    books = Books()
    for bill in council.books.bills.values():
        books.bill(replace(bill, charged=0, paid=0, disputed=0, is_disputed=False))
    for line in council.lines:
        books.take(line)
    books.file_is_over()
    return books


def fits(council, found, expected):
    """Claims with a number of their own to the øre each; those that share one, by citizen."""
    numbers = Counter(bill.number for bill in council.books.bills.values())
    alone = {bill.ref for bill in council.books.bills.values() if numbers[bill.number] == 1}
    assert {ref: found[ref] for ref in alone} == {ref: expected[ref] for ref in alone}
    sums: list[Counter[str]] = [Counter(), Counter()]
    for total, paid in zip(sums, (found, expected), strict=True):
        for ref, oere in paid.items():
            total[council.books.bills[ref].citizen] += oere
    assert sums[0] == sums[1]
