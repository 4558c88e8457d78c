"""Puts money to claims and takes it off again, many at a time: the one way sums move (bogføring).

Imports and caseworkers both come through here, so that `claims.paid` is always the sum of a claim's
allocations, and `payments.allocated` that of a payment's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, bindparam, func, or_, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from data.models.base import MoneyColumn
from data.models.claims import Claim, ClaimState
from data.models.payments import Allocation, Payment
from data.queries.bulk import as_rows, given
from data.values.money import NOTHING, Money
from outreach.rules.allocation import Part, state_after

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId

    #: A claim or a payment as a row: what it says by the name of its column.
    type Row = dict[str, Any]

IMPORT: Final = "import"
#: Why a claim is paused: a payment on it may be in a row that could not be read.
UNREADABLE: Final = "payment_unreadable"
#: Why a claim is paused: money came in that may well be for it, and waits for a person.
WAITING: Final = "payment_waiting"
SAID_PAID: Final = "said_paid"
#: Why a claim is paused: it was paid, and is owed again. Nothing happens the very next morning.
OWED_AGAIN: Final = "owed_again"
#: What no longer holds once the claim is paid.
_PAUSES_FOR_PAYMENT: Final = frozenset({SAID_PAID, UNREADABLE, WAITING, OWED_AGAIN})

_CLAIMS = cast("Table", Claim.__table__)
_PAYMENTS = cast("Table", Payment.__table__)
_ALLOCATIONS = cast("Table", Allocation.__table__)
_MOVES: Final = ("paid", "state", "respite_until", "paused_until", "paused_because", "updated_at")
OF_A_CLAIM: Final = (
    "id", "municipality", "citizen_id", "claim_ref", "claim_type", "payment_id", "creditor_no",
    "due_date", "principal", "charged", "in_dispute", *_MOVES,
)  # fmt: skip
OF_A_PAYMENT: Final = (
    "id", "municipality", "payment_ref", "kind", "source", "amount", "allocated", "paid_on",
    "payment_id", "creditor_no", "claim_ref", "payer", "text", "claim_id", "agreement_id",
    "reverses", "created_at",
)  # fmt: skip
_OF_AN_ALLOCATION: Final = (
    "municipality", "payment_id", "claim_id", "amount", "made_by", "because", "created_at",
)  # fmt: skip

_NEXT_IDS = text(
    "select nextval(pg_get_serial_sequence('payments', 'id')) from generate_series(1, :count)"
)
_BOOK = insert(_PAYMENTS).from_select(OF_A_PAYMENT, select(given(_PAYMENTS, *OF_A_PAYMENT)))
_ALLOCATE = insert(_ALLOCATIONS).from_select(
    _OF_AN_ALLOCATION, select(given(_ALLOCATIONS, *_OF_AN_ALLOCATION))
)
_GIVEN_CLAIMS = given(_CLAIMS, "id", *_MOVES)
_MOVE = (
    update(_CLAIMS)
    .where(_CLAIMS.c.id == _GIVEN_CLAIMS.c.id)
    .values({name: _GIVEN_CLAIMS.c[name] for name in _MOVES})
)
_PLACED: Final = ("allocated", "claim_id", "agreement_id", "reverses")
_GIVEN_PAYMENTS = given(_PAYMENTS, "id", *_PLACED)
_PLACE = (
    update(_PAYMENTS)
    .where(_PAYMENTS.c.id == _GIVEN_PAYMENTS.c.id)
    .values({name: _GIVEN_PAYMENTS.c[name] for name in _PLACED})
)
_LOCKED = (
    select(*(_CLAIMS.c[name] for name in OF_A_CLAIM))
    .where(_CLAIMS.c.id == bindparam("ids", type_=ARRAY(_CLAIMS.c.id.type)).any_())
    .order_by(_CLAIMS.c.id)
    .with_for_update()
)


@dataclass(frozen=True)
class Day:
    """When money is booked, and until which day a claim rests that is in doubt or owed again."""

    now: datetime
    paused_until: date


@dataclass
class Books:
    """Claims as they stand while money is put to them; the database holds the locks."""

    day: Day
    claims: dict[ClaimId, Row]
    moved: dict[ClaimId, Row] = field(default_factory=dict)
    fresh: dict[int, Row] = field(default_factory=dict)
    placed: dict[int, Row] = field(default_factory=dict)
    allocations: list[Row] = field(default_factory=list)
    #: Claims that were paid and are owed again.
    opened: set[ClaimId] = field(default_factory=set)

    def move(self, claim: Row, **changes: object) -> None:
        """Change a claim, here and in the database once the books are written."""
        claim.update(changes, updated_at=self.day.now)
        self.moved[claim["id"]] = claim

    def enter(self, payment: Row) -> None:
        """Take in a payment that is new; nothing of it stands on a claim yet."""
        payment.setdefault("allocated", NOTHING)
        payment["created_at"] = self.day.now
        self.fresh[payment["id"]] = payment

    def put(
        self, payment: Row, parts: Iterable[Part], made_by: str, because: str | None = None
    ) -> None:
        """Let parts of a payment stand on claims, or take them off: the sums and states follow."""
        for part in parts:
            claim = self.claims[cast("ClaimId", part.ref)]
            self.allocations.append({
                "municipality": payment["municipality"], "payment_id": payment["id"],
                "claim_id": claim["id"], "amount": part.amount, "made_by": made_by,
                "because": because, "created_at": self.day.now,
            })  # fmt: skip
            payment["allocated"] += part.amount
            self._stand(claim, claim["paid"] + part.amount)
        if payment["id"] not in self.fresh:
            self.placed[payment["id"]] = payment

    def _stand(self, claim: Row, paid: Money) -> None:
        state = state_after(claim["state"], owed(claim), paid)
        changes: Row = {"paid": paid, "state": state}
        if state is ClaimState.PAID:
            changes["respite_until"] = None
            if claim["paused_because"] in _PAUSES_FOR_PAYMENT:
                changes |= {"paused_until": None, "paused_because": None}
        elif claim["state"] is ClaimState.PAID:
            self.opened.add(claim["id"])
            changes |= {"paused_until": self.day.paused_until, "paused_because": OWED_AGAIN}
        self.move(claim, **changes)

    def rest(self, claims: Iterable[Row], because: str) -> set[ClaimId]:
        """Write to nobody about these claims for some days; return those that rest by it."""
        until, resting = self.day.paused_until, set()
        for claim in claims:
            paused = claim["paused_until"]
            if claim["state"] is ClaimState.PAID or (paused is not None and paused >= until):
                continue
            self.move(claim, paused_until=until, paused_because=because)
            resting.add(claim["id"])
        return resting

    def wake(self, claim: Row, because: str) -> None:
        """Lift a pause that had this cause, because it has been cleared up."""
        if claim["paused_because"] == because:
            self.move(claim, paused_until=None, paused_because=None)

    async def write(self, session: AsyncSession) -> None:
        """Write what was changed, a statement a table."""
        if self.fresh:
            await session.execute(_BOOK, as_rows(self.fresh.values()))
        if self.placed:
            old = [one for one in self.placed.values() if one["id"] not in self.fresh]
            await session.execute(_PLACE, as_rows(_only(one, ("id", *_PLACED)) for one in old))
        if self.allocations:
            await session.execute(_ALLOCATE, as_rows(self.allocations))
        if self.moved:
            rows = [_only(one, ("id", *_MOVES)) for one in self.moved.values()]
            await session.execute(_MOVE, as_rows(rows))


def owed(claim: Row) -> Money:
    """Return what is to be paid in all: as `Claim.owed`, of a row."""
    whole: Money = claim["principal"] + claim["charged"]
    return whole


def room(claim: Row) -> Money:
    """Return what may be put to a claim that the payer has not named: owed, and not disputed."""
    if claim["state"] is ClaimState.DISPUTED:
        return NOTHING
    left: Money = owed(claim) - claim["paid"] - claim["in_dispute"]
    return max(left, NOTHING)


async def locked(session: AsyncSession, claim_ids: Collection[ClaimId]) -> dict[ClaimId, Row]:
    """Lock claims in the order of their ids, and return them as rows."""
    if not claim_ids:
        return {}
    rows = await session.execute(_LOCKED, {"ids": list(claim_ids)})
    return {row["id"]: dict(row) for row in rows.mappings()}


async def next_ids(session: AsyncSession, count: int) -> list[int]:
    """Reserve ids for so many payments."""
    return list(await session.scalars(_NEXT_IDS, {"count": count})) if count else []


async def stands(session: AsyncSession, payment_ids: Collection[int]) -> dict[int, list[Part]]:
    """Return what of each payment stands on which claims, less what was taken back or refunded.

    They come in the order the money was put there.
    """
    family = func.coalesce(Payment.reverses, Payment.id)
    rows = await session.execute(
        select(family, Allocation.claim_id, func.sum(Allocation.amount))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(or_(Payment.id.in_(payment_ids), Payment.reverses.in_(payment_ids)))
        .group_by(family, Allocation.claim_id)
        .order_by(func.max(Allocation.id))
    )
    found: dict[int, list[Part]] = defaultdict(list)
    for payment_id, claim_id, amount in rows:
        found[payment_id].append(Part(claim_id, _money(amount)))
    return found


async def waiting(session: AsyncSession, payment_ids: Collection[int]) -> dict[int, Money]:
    """Return what of each payment stands nowhere, less what of that was taken back or refunded."""
    family = func.coalesce(Payment.reverses, Payment.id)
    rows = await session.execute(
        select(family, type_coerce(func.sum(Payment.amount - Payment.allocated), MoneyColumn()))
        .where(or_(Payment.id.in_(payment_ids), Payment.reverses.in_(payment_ids)))
        .group_by(family)
    )
    return {payment_id: _money(amount) for payment_id, amount in rows}


def _money(amount: Money) -> Money:
    """Turn a sum, which PostgreSQL answers as numeric, into whole øre again."""
    return Money(int(amount.oere))


def _only(row: Row, names: tuple[str, ...]) -> Row:
    return {name: row[name] for name in names}
