"""What the municipality's ledger is told: each posting once, and books that add up (bogføring)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from data.models.postings import PostingKind
from data.queries import ledger
from data.queries.ledger import Balance
from data.values.money import NOTHING, Money
from data.values.time import day_of
from outreach.errors import MindeligError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.postings import Posting
    from data.queries.ledger import Uneven, UnevenPayment
    from outreach.runtime import Runtime

#: The columns of the file, as `docs/operating.md` explains them. Nothing in it names a debtor.
HEADER: Final = (
    "record", "posting", "claim_ref", "day", "kind", "amount", "basis", "made_by", "key", "waives",
)  # fmt: skip
POSTING: Final = "posting"
CONTROL: Final = "control"
#: Claims that do not add up, named at the most.
NAMED_AT_MOST: Final = 20
TOTAL: Final = "total"
_CHARGES = frozenset({PostingKind.FEE, PostingKind.INTEREST})


class PeriodOpenError(MindeligError):
    """Only days that are over can be exported: the same days must give the same file again."""

    code = "period_open"


@dataclass(frozen=True)
class Reconciliation:
    """The books of some days (afstemning): a balance a claim type, and claims that do not fit."""

    first: date
    last: date
    balances: tuple[Balance, ...]
    uneven: tuple[Uneven, ...]
    uneven_payments: tuple[UnevenPayment, ...] = ()
    #: Money that stood on no claim when the last day ended (uplaceret), øre.
    waiting: Money = NOTHING

    @property
    def is_even(self) -> bool:
        """Whether the books are right: claims and payments fit what was written of them.

        Principal + charges - waivers - write-offs - payments = outstanding - overpaid, everywhere.
        """
        fits = not self.uneven and not self.uneven_payments
        return fits and not any(balance.difference for balance in self.balances)

    @property
    def total(self) -> Balance:
        """All claim types together."""
        sums = {
            part.name: sum((getattr(one, part.name) for one in self.balances), NOTHING)
            for part in fields(Balance)
            if part.name != "claim_type"
        }
        return Balance(claim_type=TOTAL, **sums)


async def reconcile(
    session: AsyncSession, runtime: Runtime, municipality: str, first: date, last: date
) -> Reconciliation:
    """Add up the books of `first` to `last`, both counted.

    Raises:
        PeriodOpenError: the days are not all over, or the last comes before the first.
    """
    if not first <= last < day_of(runtime.clock.now()):
        raise PeriodOpenError(f"{first} to {last}: give days that are over, the first one first")
    return Reconciliation(
        first,
        last,
        tuple(await ledger.balances(session, municipality, first, last)),
        tuple(await ledger.uneven(session, municipality, NAMED_AT_MOST)),
        tuple(await ledger.uneven_payments(session, municipality, NAMED_AT_MOST)),
        await ledger.waiting(session, municipality, last),
    )


async def lines(
    session: AsyncSession, municipality: str, first: date, last: date
) -> AsyncIterator[list[str]]:
    """Yield the file line by line: the header, a line a posting, and a control line.

    The control line holds the number of postings and their sum. A caseworker's reason for a
    waiver may speak of a person, so it stays here; the line names the posting waived.
    """
    yield list(HEADER)
    count, total = 0, NOTHING
    async for posting, claim_ref in ledger.stream(session, municipality, first, last):
        count, total = count + 1, total + posting.amount
        yield _line(posting, claim_ref)
    yield [CONTROL, str(count), "", danish_day(last), "", danish_sum(total), "", "", "", ""]


def _line(posting: Posting, claim_ref: str) -> list[str]:
    return [
        POSTING,
        str(posting.id),
        claim_ref,
        danish_day(posting.day),
        posting.kind.value,
        danish_sum(posting.amount),
        posting.basis if posting.kind in _CHARGES else "",
        posting.made_by,
        posting.key,
        str(posting.waives or ""),
    ]


def danish_day(day: date) -> str:
    """Write a day as Danish ledgers do: `24-11-2026`."""
    return f"{day:%d-%m-%Y}"


def danish_sum(amount: Money) -> str:
    """Write a sum as Danish ledgers do: `-1234,50`."""
    return str(amount).replace(".", ",")
