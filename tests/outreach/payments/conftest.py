"""A cashier's day: payments come in by file, and a caseworker looks at what was left."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from data.models.cases import Task
from data.models.claims import Claim
from data.models.payments import Allocation, Payment
from data.values.money import Money
from outreach import payments
from outreach.intake.importing import import_payments
from tests import make, make_desk

HEADER = (
    "payment_ref;claim_ref;payment_id;amount;paid_on;covers_until;creditor_no;payer;text;reverses"
)
PID = "000000000000018"


@dataclass
class Cashier:
    """Takes files of payments for Albertslund, and asks what came of them."""

    runtime: Any
    folder: Any
    anna: Any

    async def file(self, *rows):
        path = self.folder / "payments.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        with await import_payments(self.runtime, path, "albertslund") as report:
            return [problem.code for problem in report.problems]

    async def one(self, what, *where):
        async with self.runtime.transaction() as session:
            return await session.scalar(select(what).where(*where))

    async def all(self, what, *where):
        async with self.runtime.transaction() as session:
            return list(await session.scalars(select(what).where(*where).order_by(what.id)))

    async def claim(self, ref="A-1001"):
        return await self.one(Claim, Claim.claim_ref == ref)

    async def payment(self, ref="P-1"):
        return await self.one(Payment, Payment.payment_ref == ref)

    async def tasks(self, kind, state="open"):
        return await self.all(Task, Task.kind == kind, Task.state == state)

    async def set_claim(self, ref="A-1001", **values):
        async with self.runtime.transaction() as session:
            claim = await session.scalar(select(Claim).where(Claim.claim_ref == ref))
            for name, value in values.items():
                setattr(claim, name, value)

    async def place(self, kroner, ref="P-1", claim="A-1001", because="Det står i bankens brev."):
        paid, owed = await self.payment(ref), await self.claim(claim)
        async with self.runtime.transaction() as session:
            await payments.place(
                session, self.runtime, paid.id, owed.id, Money.kroner(kroner), self.anna, because
            )

    async def move(self, kroner, to, ref="P-1", claim="A-1001"):
        paid, owed, other = await self.payment(ref), await self.claim(claim), await self.claim(to)
        async with self.runtime.transaction() as session:
            await payments.move(
                session, self.runtime, paid.id, owed.id, other.id, Money.kroner(kroner),
                staff=self.anna, because="Det var til det andet krav.",
            )  # fmt: skip

    async def refund(self, kroner, ref="P-1", claim=None):
        paid = await self.payment(ref)
        owed = await self.claim(claim) if claim else None
        async with self.runtime.transaction() as session:
            return await payments.refund(
                session, self.runtime, paid.id, owed.id if owed else None, Money.kroner(kroner),
                self.anna, "Sendt tilbage til NemKonto.",
            )  # fmt: skip

    async def books_fit(self):
        """Check that each sum is that of its allocations."""
        for owed in await self.all(Claim):
            parts = await self.all(Allocation, Allocation.claim_id == owed.id)
            assert owed.paid == sum((part.amount for part in parts), Money(0)), owed.claim_ref
        for paid in await self.all(Payment):
            parts = await self.all(Allocation, Allocation.payment_id == paid.id)
            assert paid.allocated == sum((part.amount for part in parts), Money(0))


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def cashier(runtime, tmp_path, anna):
    return Cashier(runtime, tmp_path, anna)


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, payment_id=PID, creditor_no="81234567")
