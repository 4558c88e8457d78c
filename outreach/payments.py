"""What caseworkers do with money: place it, move it, note that it was sent back (betalinger)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import func, select

from data.models.cases import Task, TaskState
from data.models.payments import Allocation, Payment, PaymentKind, PaymentSource
from data.queries import payments as questions
from data.values.money import NOTHING, Money
from data.values.time import add_bank_days, day_of
from outreach import audit, booking, payment_effects
from outreach.booking import Books, Day
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.payment_effects import OVERPAID, FollowUp, follow_up, of_payment
from outreach.rules.allocation import Part
from outreach.suggesting import suggestions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.queries.payments import Waiting
    from data.values.ids import ClaimId
    from outreach.booking import Row
    from outreach.rules.suggestions import Suggestion
    from outreach.runtime import Runtime


class ReasonMissingError(MindeligError):
    """Whoever places, moves or sends back money says why."""

    code = "reason_missing"


class NotThereError(ConflictError):
    """So much of the payment does not wait, or does not stand on that claim (any more)."""

    code = "money_not_there"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Money that waits for a person, and what it may be for (uplaceret betaling)."""

    waiting: Waiting
    suggestions: list[Suggestion]


@dataclass
class _Act:
    """One act of a caseworker on a payment: claims and payment are locked, in that order."""

    session: AsyncSession
    runtime: Runtime
    staff: Staff
    because: str
    payment: Row
    books: Books

    async def put(self, *parts: Part, of: Row | None = None) -> None:
        """Let parts stand on claims, or take them off, and do what follows."""
        payment = of or self.payment
        self.books.put(payment, parts, f"staff:{self.staff.id}", self.because)
        await self.books.write(self.session)
        left = FollowUp(opened=self.books.opened)
        for part in parts:
            left.note(self.books.claims[cast("ClaimId", part.ref)], payment)
        await _close_settled(self, [cast("ClaimId", part.ref) for part in parts])
        if not await waits(self.session, self.payment["id"]):
            await payment_effects.clear(
                self.session, self.runtime, self.staff.municipality, [self.payment["id"]],
                self.books.day, closed_by=self.staff.id, note=self.because,
            )  # fmt: skip
        await follow_up(
            self.session, self.runtime, self.staff.municipality, left, set(self.books.moved),
            self.books.day,
        )  # fmt: skip

    async def record(self, act: str, amount: Money, **facts: str) -> None:
        """Put the act on record."""
        await audit.record(
            self.session,
            self.runtime,
            municipality=self.staff.municipality,
            actor=f"staff:{self.staff.id}",
            act=act,
            subject_kind="payment",
            subject_id=self.payment["id"],
            oere=amount.oere,
            why=self.because,
            **facts,
        )


async def waiting(session: AsyncSession, runtime: Runtime, municipality: str) -> list[Unplaced]:
    """Return the money that waits for a person, oldest first, with at most five suggestions each.

    A suggestion is never placed by itself.
    """
    found = await questions.waiting(session, municipality)
    unplaced = {one.payment.id: of_payment(one.payment) for one in found}
    if not unplaced:
        return []
    near = await suggestions(session, runtime, municipality, unplaced)
    return [Unplaced(one, near[one.payment.id]) for one in found]


async def near(session: AsyncSession, runtime: Runtime, payment: Payment) -> list[Suggestion]:
    """Return the claims that one waiting payment may be for."""
    asked = {payment.id: of_payment(payment)}
    return (await suggestions(session, runtime, payment.municipality, asked))[payment.id]


async def waits(session: AsyncSession, payment_id: int) -> Money:
    """Return what of a payment stands on no claim, less what went back of that, øre."""
    return (await booking.waiting(session, [payment_id]))[payment_id]


async def place(
    session: AsyncSession,
    runtime: Runtime,
    payment_id: int,
    claim_id: ClaimId,
    amount: Money,
    staff: Staff,
    because: str,
    *,
    seen: int | None = None,
) -> None:
    """Put money that waits to a claim, part or all (placering); below zero: take it off there.

    Raises:
        ReasonMissingError: no reason is given.
        NotFoundError: no such payment or claim in the caseworker's municipality.
        NotThereError: so much of it does not wait; perhaps somebody has placed it just now.
    """
    act = await _begin(session, runtime, payment_id, [claim_id], staff, because, seen)
    left = await waits(session, payment_id)
    claim = act.books.claims[claim_id]
    if not _is_part(amount, left) or claim["paid"] + amount < NOTHING:
        raise NotThereError("so much of it does not wait")
    if act.payment["claim_id"] is None:
        act.payment["claim_id"] = claim_id
    await act.put(Part(claim_id, amount))
    await act.record("payment_placed", amount, claim=str(claim_id))


async def move(
    session: AsyncSession,
    runtime: Runtime,
    payment_id: int,
    from_claim_id: ClaimId,
    to_claim_id: ClaimId,
    amount: Money,
    *,
    staff: Staff,
    because: str,
    seen: int | None = None,
) -> None:
    """Move what of a payment stands on one claim to another (flytning).

    Raises:
        ReasonMissingError: no reason is given.
        NotFoundError: no such payment or claim in the caseworker's municipality.
        NotThereError: so much of it does not stand on the first claim, or the two are one.
    """
    both = [from_claim_id, to_claim_id]
    act = await _begin(session, runtime, payment_id, both, staff, because, seen)
    stands = await _stands(act, from_claim_id)
    if not _is_part(amount, stands) or from_claim_id == to_claim_id:
        raise NotThereError("so much of it does not stand there")
    await act.put(Part(from_claim_id, -amount), Part(to_claim_id, amount))
    ways = {"from": str(from_claim_id), "to": str(to_claim_id)}
    await act.record("payment_moved", amount, **ways)


async def refund(
    session: AsyncSession,
    runtime: Runtime,
    payment_id: int,
    claim_id: ClaimId | None,
    amount: Money,
    staff: Staff,
    because: str,
    *,
    seen: int | None = None,
) -> Payment:
    """Note that money was sent back (tilbagebetaling): what waits, or what stands on a claim.

    The money itself is sent by the municipality's own system; here it is only booked. A claim that
    is owed again by it gets quiet days.

    Raises:
        ReasonMissingError: no reason is given.
        NotFoundError: no such payment or claim in the caseworker's municipality.
        NotThereError: so much of it does not wait, or does not stand on the claim.
    """
    claims = [claim_id] if claim_id else []
    act = await _begin(session, runtime, payment_id, claims, staff, because, seen)
    there = await (_stands(act, claim_id) if claim_id else waits(session, payment_id))
    if amount <= NOTHING or not _is_part(amount, there):
        raise NotThereError("so much of it is not there")
    back = await _sent_back(act, amount, claim_id)
    await act.put(*([Part(claim_id, -amount)] if claim_id else []), of=back)
    await act.record("payment_refunded", amount, claim=str(claim_id or ""))
    return await session.get_one(Payment, back["id"])


async def _begin(
    session: AsyncSession,
    runtime: Runtime,
    payment_id: int,
    claim_ids: Collection[ClaimId],
    staff: Staff,
    because: str,
    seen: int | None,
) -> _Act:
    """Lock the claims, then the payment, as imports do; refuse what is another municipality's.

    `seen` is how often the money had moved when the caseworker looked at it (`movements`).
    """
    why = because.strip()
    if not why:
        raise ReasonMissingError("say why")
    claims = await booking.locked(session, claim_ids)
    ours = {claim["municipality"] for claim in claims.values()} <= {staff.municipality}
    found = await session.scalar(
        select(Payment)
        .where(Payment.id == payment_id, Payment.municipality == staff.municipality)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or not ours or set(claim_ids) - set(claims):
        raise NotFoundError("no such payment or claim")
    if found.reverses is not None:
        raise NotThereError("it takes back another payment: look at that one")
    if seen is not None and seen != await movements(session, payment_id):
        raise NotThereError("somebody has moved it since")
    now = runtime.clock.now()
    rest = runtime.policies[staff.municipality].already_paid.pause_bank_days
    books = Books(Day(now, add_bank_days(day_of(now), rest)), claims)
    payment = {name: getattr(found, name) for name in booking.OF_A_PAYMENT}
    return _Act(session, runtime, staff, why, payment, books)


async def movements(session: AsyncSession, payment_id: int) -> int:
    """Count what has been done with a payment: it changes with every act on it."""
    moved = select(func.count()).select_from(Allocation)
    back = select(func.count()).select_from(Payment).where(Payment.reverses == payment_id)
    own = await session.scalar(moved.where(Allocation.payment_id == payment_id))
    return (own or 0) + (await session.scalar(back) or 0)


async def _stands(act: _Act, claim_id: ClaimId) -> Money:
    number = act.payment["id"]
    parts = (await booking.stands(act.session, [number])).get(number, [])
    stands = sum((part.amount for part in parts if part.ref == claim_id), NOTHING)
    paid: Money = act.books.claims[claim_id]["paid"]
    return min(stands, paid)


async def _sent_back(act: _Act, amount: Money, claim_id: ClaimId | None) -> Row:
    """Book the payment that went back; it names the one it gives back."""
    number = act.payment["id"]
    before = await act.session.scalar(
        select(func.count()).select_from(Payment).where(Payment.reverses == number)
    )
    [new_id] = await booking.next_ids(act.session, 1)
    back = act.payment | {
        "id": new_id, "payment_ref": f"refund:{number}:{(before or 0) + 1}",
        "kind": PaymentKind.REFUNDED, "source": PaymentSource.DESK, "amount": -amount,
        "allocated": NOTHING, "paid_on": day_of(act.books.day.now), "text": None,
        "claim_id": claim_id, "reverses": number,
    }  # fmt: skip
    act.books.enter(back)
    return back


async def _close_settled(act: _Act, claim_ids: Collection[ClaimId]) -> None:
    """Close what was asked about too much paid on claims that this has put right."""
    settled = [
        claim_id
        for claim_id in claim_ids
        if act.books.claims[claim_id]["paid"] <= booking.owed(act.books.claims[claim_id])
    ]
    open_tasks = await act.session.scalars(
        select(Task)
        .where(Task.claim_id.in_(settled), Task.kind == OVERPAID, Task.state == TaskState.OPEN)
        .with_for_update()
    )
    for task in open_tasks:
        task.state, task.closed_at = TaskState.DONE, act.books.day.now
        task.closed_by, task.note = act.staff.id, act.because
    await act.session.flush()


def _is_part(amount: Money, whole: Money) -> bool:
    """Tell whether a sum is some or all of another, on the same side of zero."""
    if not amount:
        return False
    return NOTHING < amount <= whole if amount > NOTHING else whole <= amount
