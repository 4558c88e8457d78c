"""The same payments in any order give the same balances; a file again changes nothing."""

import random
from datetime import date

import pytest
from sqlalchemy import func, select

from data.models.claims import Claim
from data.models.payments import Allocation, Payment
from data.queries import ledger
from data.values.money import Money
from data.values.pay_lines import check_digit
from data.values.time import day_of
from outreach.intake.importing import import_payments
from tests import make

HEADER = "payment_ref;claim_ref;payment_id;amount;paid_on;reverses"


def number(town, claim):
    base = f"{town:07d}{claim:07d}"
    return base + check_digit(base)


def payments(chance):
    """Make payments of three claims: whole, part, too much, twice, taken back with and without.

    Money taken back that names no payment is of a sum of its own, so that it can mean one only.
    """
    rows: list[tuple[str, int | None, int, bool, str | None]] = []
    for at in range(14):
        claim, kroner = chance.randrange(3), chance.choice([100, 250, 400, 1200])
        back = chance.choice(["by reference", "by sum", "", "", ""])
        if back == "by sum":
            kroner = 500 + at
            rows.append((f"R{at}", claim, -kroner, False, None))
        elif back:
            rows.append((f"R{at}", None, -kroner, False, f"P{at}"))
        rows.append((f"P{at}", claim, kroner, chance.random() < 0.5, None))
    return rows


def line(town, row):
    ref, claim, kroner, by_number, reverses = row
    named = "" if by_number or claim is None else f"T{town}-{claim}"
    paid_by = number(town, claim) if by_number else ""
    back = f"T{town}{reverses}" if reverses else ""
    return f"T{town}{ref};{named};{paid_by};{kroner};23-11-2026;{back}"


@pytest.fixture
def take(runtime, tmp_path):
    async def file(rows):
        path = tmp_path / "payments.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        with await import_payments(runtime, path, "albertslund") as report:
            return report.counts()

    return file


async def balances(runtime, town):
    async with runtime.transaction() as session:
        rows = await session.execute(
            select(Claim.paid, Claim.state)
            .where(Claim.claim_ref.like(f"T{town}-%"))
            .order_by(Claim.claim_ref)
        )
        waiting = await session.scalar(
            select(func.coalesce(func.sum(Payment.amount - Payment.allocated), 0)).where(
                Payment.payment_ref.like(f"T{town}P%") | Payment.payment_ref.like(f"T{town}R%")
            )
        )
    return [(paid.oere, state) for paid, state in rows], int(getattr(waiting, "oere", waiting))


@pytest.mark.parametrize("seed", range(4))
async def test_every_order_gives_the_same_balances_and_a_file_again_changes_nothing(
    runtime, take, seed
):
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    rows = payments(chance)
    mette = await make.citizen(runtime)
    found = []
    for town in range(1, 5):
        for claim in range(3):
            await make.claim(
                runtime, mette, claim_ref=f"T{town}-{claim}", payment_id=number(town, claim)
            )
        mixed = rows if town == 1 else chance.sample(rows, len(rows))
        cut = chance.randrange(1, len(mixed))
        for part in (mixed[:cut], mixed[cut:]):
            await take([line(town, row) for row in part])
            assert await books_fit(runtime)
        again = await take([line(town, row) for row in chance.sample(mixed, len(mixed))])
        assert (again["new"], again["unchanged"]) == (0, len(rows))
        found.append(await balances(runtime, town))
    assert found == [found[0]] * 4
    assert found[0][1] == 0


async def books_fit(runtime):
    """Tell whether claims, postings, payments and write-offs come to what is owed, to the øre."""
    async with runtime.transaction() as session:
        today = day_of(runtime.clock.now())
        sums = await ledger.balances(session, "albertslund", today, today)
        put = await session.scalar(select(func.sum(Allocation.amount)))
        waits = await ledger.waiting(session, "albertslund", today)
        came = await session.scalar(select(func.sum(Payment.amount)))
        return (
            not any(balance.difference for balance in sums)
            and not await ledger.uneven(session, "albertslund", 5)
            and not await ledger.uneven_payments(session, "albertslund", 5)
            and Money(int(came.oere)) == Money(int(put.oere)) + waits
        )


@pytest.mark.parametrize("seed", range(3))
async def test_claims_that_share_a_number_lack_the_same_in_every_order(runtime, take, seed):
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    rows = [
        (f"P{at}", chance.randrange(3), chance.choice([100, 250, 400]), chance.random() < 0.5, None)
        for at in range(9)
    ]
    mette = await make.citizen(runtime)
    found = []
    for town in range(1, 5):
        for claim in range(3):
            await make.claim(
                runtime, mette, claim_ref=f"T{town}-{claim}", payment_id=number(town, 0),
                due_date=date(2026, 11, 1 + claim),
            )  # fmt: skip
        shared = [(ref, 0 if by else claim, kr, by, back) for ref, claim, kr, by, back in rows]
        mixed = shared if town == 1 else chance.sample(shared, len(shared))
        cut = chance.randrange(1, len(mixed))
        for part in (mixed[:cut], mixed[cut:]):
            await take([line(town, row) for row in part])
            assert await books_fit(runtime)
        found.append(await lacks(runtime, town))
    assert found == [found[0]] * 4


async def lacks(runtime, town):
    async with runtime.transaction() as session:
        rows = await session.scalars(
            select(Claim).where(Claim.claim_ref.like(f"T{town}-%")).order_by(Claim.claim_ref)
        )
        return [(claim.outstanding.oere, claim.state) for claim in rows]
