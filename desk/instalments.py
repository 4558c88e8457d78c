"""How each instalment (rate) of an agreement stands, as a caseworker reads it.

What is missing, and what is still asked for, says the rule that weighs the plan.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from data.models.agreements import Agreement, Instalment
    from data.models.payments import Payment
    from data.queries.citizen_files import CitizenFile
    from outreach.rules.keeping import Standing


class Look(StrEnum):
    """How an instalment stands (ratens status)."""

    PAID = "paid"
    AHEAD = "ahead"  # paid before its day
    MISSED = "missed"
    WAITING = "waiting"  # its day is over, the days of grace or their payments are not
    COMING = "coming"
    LOWERED = "lowered"  # less is owed than was agreed, so it is not asked for
    UNPAID = "unpaid"  # the agreement is over, and this was not paid in it


@dataclass(frozen=True, slots=True)
class Piece:
    """What a payment put to an instalment, øre."""

    amount: Money
    paid_on: date
    payment_ref: str


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment with what covers it."""

    instalment: Instalment
    pieces: tuple[Piece, ...]
    look: Look

    @property
    def covered(self) -> Money:
        """What of it has been paid, øre."""
        return sum((piece.amount for piece in self.pieces), NOTHING)

    @property
    def missing(self) -> Money:
        """What of it has not been paid, øre."""
        return self.instalment.amount - self.covered


def pieces_of(agreement: Agreement, file: CitizenFile) -> list[Piece]:
    """Return the money put to the agreement's claims while it ran, oldest payment first.

    What was taken back or moved away is gone from its payment.
    """
    claims = {part.claim_id for part in agreement.claims}
    sums: dict[int, Money] = {}
    known: dict[int, Payment] = {}
    for each in file.placed:
        if each.allocation.claim_id in claims and _ran_at(agreement, each.allocation.created_at):
            number = each.payment.reverses or each.payment.id
            known.setdefault(number, each.payment)
            sums[number] = sums.get(number, NOTHING) + each.allocation.amount
    oldest = sorted(known.items(), key=lambda item: (item[1].paid_on, item[0]))
    return [
        Piece(sums[number], payment.paid_on, payment.payment_ref)
        for number, payment in oldest
        if sums[number] > NOTHING
    ]


def _ran_at(agreement: Agreement, instant: datetime) -> bool:
    begins, ends = agreement.accepted_at, agreement.ended_at or agreement.broken_at
    return begins is not None and begins < instant and (ends is None or instant <= ends)


def rows(
    agreement: Agreement, pieces: Sequence[Piece], standing: Standing | None, today: date
) -> list[Row]:
    """Put the money to the instalments in their order; how the plan stands, the rule has said."""
    left = deque(pieces)
    found = []
    for each in sorted(agreement.instalments, key=lambda rate: rate.due_on):
        covering = _take(left, each.amount)
        covered = sum((piece.amount for piece in covering), NOTHING)
        found.append(Row(each, tuple(covering), _look(agreement, each, covered, standing, today)))
    return found


def _take(left: deque[Piece], amount: Money) -> list[Piece]:
    """Take so much from the oldest money."""
    taken = []
    while left and amount:
        piece = left.popleft()
        part = min(piece.amount, amount)
        taken.append(Piece(part, piece.paid_on, piece.payment_ref))
        amount -= part
        if piece.amount > part:
            left.appendleft(Piece(piece.amount - part, piece.paid_on, piece.payment_ref))
    return taken


def _look(
    agreement: Agreement, each: Instalment, covered: Money, standing: Standing | None, today: date
) -> Look:
    if covered >= each.amount:
        return Look.AHEAD if each.due_on > today else Look.PAID
    if standing is None:
        return Look.COMING if agreement.accepted_at is None else Look.UNPAID
    if each.number in {one.due.number for one in standing.missed}:
        return Look.MISSED
    if each.number not in {due.number for due in standing.uncovered}:
        return Look.LOWERED
    return Look.WAITING if each.due_on < today else Look.COMING
