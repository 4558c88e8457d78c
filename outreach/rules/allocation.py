"""Which claims a sum of money goes to, and in which order it is taken back (dækningsrækkefølge)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.models.claims import ENDED_BY_PAYMENT, ClaimState
from data.municipalities.policy import Order
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Share:
    """A claim that money may go to; `room` is what may be put to it, øre: owed, not disputed."""

    ref: UUID
    room: Money
    due_date: date
    is_preferential: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What of a sum goes to one claim (fordeling), øre; below zero when it is taken back."""

    ref: UUID
    amount: Money


type _Key = Callable[[Share], int]

_KEYS: dict[Order, _Key] = {
    Order.PREFERENTIAL: lambda share: not share.is_preferential,
    Order.OLDEST_DUE: lambda share: share.due_date.toordinal(),
    Order.SMALLEST: lambda share: share.room.oere,
    Order.LARGEST: lambda share: -share.room.oere,
}


def in_order(shares: Iterable[Share], order: Sequence[Order]) -> list[Share]:
    """Put claims in the order a municipality's policy says (`payments.order`).

    It is asked only where the payer has not said which claim is paid. Claims that policy sees
    alike come the oldest first, so that the same payments always go the same way.
    """
    keys = [_KEYS[each] for each in order]
    return sorted(
        shares,
        key=lambda share: (*(key(share) for key in keys), share.due_date, share.ref.int),
    )


def allocate(amount: Money, shares: Sequence[Share]) -> list[Part]:
    """Split a sum above zero over claims in their order; the parts add up to the øre.

    No claim gets more than its room but the last, which carries what is too much.

    Raises:
        ValueError: no claim is given, or the sum is not above zero.
    """
    if not shares or amount <= NOTHING:
        raise ValueError(f"{amount} on {len(shares)} claims")
    parts, left = [], amount
    for share in shares[:-1]:
        part = min(left, max(share.room, NOTHING))
        parts.append(Part(share.ref, part))
        left -= part
    parts.append(Part(shares[-1].ref, left))
    return [part for part in parts if part.amount]


def pass_on(source: UUID, amount: Money, others: Iterable[Share]) -> list[Part]:
    """Move what is too much on one claim to others that lack money, in their order (videreførsel).

    `amount`, øre, is what of a payment for all of them is too much on the source. No other gets
    more than its room; what none has room for stays. The parts add up to nothing.
    """
    parts, left = [], max(amount, NOTHING)
    for share in others:
        part = min(left, max(share.room, NOTHING))
        left -= part
        if part:
            parts.append(Part(share.ref, part))
    moved = sum((part.amount for part in parts), NOTHING)
    return [Part(source, -moved), *parts] if parts else []


def take_back(amount: Money, stands: Sequence[Part]) -> list[Part]:
    """Take a sum above zero back from where it stands, the last part first.

    What stands nowhere any more is left out: the parts may add up to less than the sum.
    """
    taken, left = [], amount
    for part in reversed(stands):
        back = min(left, max(part.amount, NOTHING))
        left -= back
        if back:
            taken.append(Part(part.ref, -back))
    return taken


def state_after(state: ClaimState, owed: Money, paid: Money) -> ClaimState:
    """Return where a claim stands once so much is paid on it.

    A disputed claim waits for its answer, one handed over for the state's books, and what is
    shelved or written off for a person. One that was paid and is owed again is open.
    """
    is_covered = paid >= owed
    if is_covered and state in ENDED_BY_PAYMENT:
        return ClaimState.PAID
    return ClaimState.OPEN if state is ClaimState.PAID and not is_covered else state
