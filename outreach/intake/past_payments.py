"""The payments a batch speaks of that are known already: sent again, or taken back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, and_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, TEXT
from sqlalchemy.orm import aliased

from data.models.cases import Task, TaskState
from data.models.claims import Claim
from data.models.payments import Payment, PaymentKind
from data.values.money import NOTHING, Money
from outreach import booking
from outreach.payment_effects import UNMATCHED
from outreach.rules.allocation import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.booking import Row
    from outreach.intake.payment_rows import PaymentRow

_PAYMENTS = cast("Table", Payment.__table__)
_COLUMNS = tuple(_PAYMENTS.c[name] for name in booking.OF_A_PAYMENT)
_BY_REF = select(*_COLUMNS).where(
    _PAYMENTS.c.municipality == bindparam("municipality"),
    _PAYMENTS.c.payment_ref == bindparam("refs", type_=ARRAY(TEXT)).any_(),
)
_BACK: Final = aliased(Payment)
#: Payments of such a sum on such a claim that nobody has taken back.
_BY_SUM = select(*_COLUMNS).where(
    _PAYMENTS.c.municipality == bindparam("municipality"),
    _PAYMENTS.c.kind == PaymentKind.RECEIVED,
    _PAYMENTS.c.amount == bindparam("sums", type_=ARRAY(BIGINT)).any_(),
    or_(
        _PAYMENTS.c.payment_id == bindparam("names", type_=ARRAY(TEXT)).any_(),
        _PAYMENTS.c.claim_id.in_(
            select(Claim.id).where(
                Claim.municipality == bindparam("municipality"),
                or_(
                    Claim.claim_ref == bindparam("names", type_=ARRAY(TEXT)).any_(),
                    Claim.payment_id == bindparam("names", type_=ARRAY(TEXT)).any_(),
                ),
            )
        ),
    ),
    ~select(_BACK.id).where(_BACK.reverses == _PAYMENTS.c.id).exists(),
)
#: Money to be taken back that still waits for the payment it takes back.
_DEBTS = select(*_COLUMNS).where(
    and_(
        _PAYMENTS.c.municipality == bindparam("municipality"),
        _PAYMENTS.c.amount != _PAYMENTS.c.allocated,
        _PAYMENTS.c.kind == PaymentKind.REVERSED,
        _PAYMENTS.c.reverses.is_(None),
        _PAYMENTS.c.claim_id.is_not(None),
    )
)


@dataclass
class Past:
    """What is known of payments before a batch, kept up as it is booked."""

    municipality: str
    booked: dict[str, Row]
    #: Payments of a sum that may be taken back by one of the batch.
    received: dict[Money, list[Row]] = field(default_factory=lambda: defaultdict(list))
    #: What of a payment stands on which claims, by the payment's id.
    stands: dict[int, list[Part]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[int, Money] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)
    debts: dict[ClaimId, list[Row]] = field(default_factory=lambda: defaultdict(list))
    #: Money to be taken back, by the reference of the payment that has not come yet.
    awaited: dict[str, Row] = field(default_factory=dict)

    @property
    def claim_ids(self) -> set[ClaimId]:
        """The claims these payments stand on."""
        return {cast("ClaimId", part.ref) for parts in self.stands.values() for part in parts}

    def stand(self, payment: Row, parts: Iterable[Part]) -> None:
        """Note that parts of a payment stand on claims now, or no longer."""
        sums: dict[Any, Money] = {part.ref: part.amount for part in self.stands[payment["id"]]}
        for part in parts:
            sums[part.ref] = sums.get(part.ref, NOTHING) + part.amount
        self.stands[payment["id"]] = [Part(ref, amount) for ref, amount in sums.items() if amount]

    def waits(self, payment: Row) -> Money:
        """What of a payment stands nowhere, less what went back of that, øre."""
        fresh: Money = payment["amount"] - payment["allocated"]
        return max(self.waiting.get(payment["id"], fresh), NOTHING)

    def take_waiting(self, payment: Row, amount: Money) -> Money:
        """Take back what of a payment still waits; return how much is left to be taken back."""
        waits = self.waits(payment)
        taken = min(waits, amount)
        self.waiting[payment["id"]] = waits - taken
        return amount - taken


async def load(session: AsyncSession, municipality: str, rows: Sequence[PaymentRow]) -> Past:
    """Find the payments that rows name: as themselves, or as what they take back."""
    refs = {row.payment_ref for row in rows} | {row.reverses for row in rows if row.reverses}
    found = await session.execute(_BY_REF, {"municipality": municipality, "refs": sorted(refs)})
    past = Past(municipality, {row["payment_ref"]: dict(row) for row in found.mappings()})
    await _load_awaited(session, past)
    back = [row for row in rows if row.amount < NOTHING and row.payment_ref not in past.booked]
    if back:
        await _load_received(session, past, back)
    known = (*past.booked.values(), *chain(*past.received.values()))
    received = [one for one in known if one["kind"] is PaymentKind.RECEIVED]
    if back:
        past.stands |= await booking.stands(session, [one["id"] for one in received])
    # Of money that waited some may have gone back: a line sent again must not book that.
    unclear = [one["id"] for one in received if back or not one["allocated"]]
    if unclear:
        past.waiting |= await booking.waiting(session, unclear)
    return past


async def _load_received(session: AsyncSession, past: Past, back: Sequence[PaymentRow]) -> None:
    asked = {
        "municipality": past.municipality,
        "sums": sorted({-row.amount.oere for row in back}),
        "names": sorted({name for row in back for name in row.names}),
    }
    for row in (await session.execute(_BY_SUM, asked)).mappings():
        known = past.booked.get(row["payment_ref"])
        past.received[row["amount"]].append(known if known is not None else dict(row))


async def _load_awaited(session: AsyncSession, past: Past) -> None:
    """Find the reversals whose payment has not come: their task says which it is."""
    named = Task.facts["reverses"].astext
    rows = await session.execute(
        select(*_COLUMNS, named.label("awaited"))
        .join(Task, Task.payment_id == _PAYMENTS.c.id)
        .where(
            Task.municipality == past.municipality,
            Task.kind == UNMATCHED,
            Task.state == TaskState.OPEN,
            named.is_not(None),
        )
    )
    for row in rows.mappings():
        payment = dict(row)
        ref = payment.pop("awaited")
        past.awaited[ref] = past.booked.get(payment["payment_ref"], payment)


async def load_debts(session: AsyncSession, past: Past, claim_ids: Sequence[ClaimId]) -> None:
    """Find the money that is to be taken back from these claims once it has come in."""
    ours = set(claim_ids)
    for row in (await session.execute(_DEBTS, {"municipality": past.municipality})).mappings():
        if row["claim_id"] in ours:
            known = {one["id"]: one for one in past.awaited.values()}
            same = known.get(row["id"]) or past.booked.get(row["payment_ref"])
            past.debts[row["claim_id"]].append(same or dict(row))
