"""Money that came before its claim (betaling før krav) is put to it as soon as the claim comes.

Until then it names nobody and waits. Nobody who has paid by the right reference is written to
because the ledger's claims come a day after the bank's payments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from data.models.payments import Payment, PaymentKind
from data.values.money import NOTHING
from outreach.intake import matching, payments
from outreach.intake.payment_rows import told_again
from outreach.payment_effects import follow_up
from outreach.rules.suggestions import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.booking import Day
    from outreach.intake.claim_rows import ClaimRow
    from outreach.runtime import Runtime


async def place(
    session: AsyncSession, runtime: Runtime, municipality: str, rows: Sequence[ClaimRow], day: Day
) -> None:
    """Put money that waits whole to the claims of these rows that it names, as its file would."""
    waiting = await _named(session, municipality, rows)
    if not waiting:
        return
    policy = runtime.policies[municipality]
    known = await matching.known_of(session, policy, runtime.claim_types)
    lines = [told_again(payment) for payment in waiting]
    effect = await payments.write(session, known, list(lines), payments.Coverage(), day)
    await follow_up(session, runtime, municipality, effect.follow_up, effect.touched, day)


async def _named(
    session: AsyncSession, municipality: str, rows: Sequence[ClaimRow]
) -> Sequence[Payment]:
    """Find the payments that stand nowhere at all and name one of these claims."""
    numbers = {bare(number) for row in rows if (number := row.claim.get("payment_id"))}
    found = await session.scalars(
        select(Payment)
        .where(
            Payment.municipality == municipality,
            Payment.amount != Payment.allocated,
            Payment.kind == PaymentKind.RECEIVED,
            Payment.allocated == NOTHING,
            or_(
                Payment.claim_ref.in_({row.claim_ref for row in rows}),
                func.ltrim(Payment.payment_id, "0").in_(numbers),
            ),
        )
        .order_by(Payment.id)
    )
    return found.all()
