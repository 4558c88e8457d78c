"""How things are paid (betalingslinjer): a claim, an instalment, or all of an agreement.

A claim has the number on its bill. Agreements and instalments get numbers of their own where the
municipality has a series for them; without one the claims' own lines are used, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.models.agreements import AgreementKind, PaymentSeries
from data.models.claims import Claim
from data.values.money import Money
from data.values.pay_lines import PayLine, in_series
from outreach import identity
from outreach.rules.decision import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.conversations import Conversation
    from data.municipalities.policy import Policy
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Payable:
    """One thing to pay, and by which line; none: with what stands on the bill.

    `instalment` is an instalment's number, `claim_ref` a claim's; neither: all of the agreement.
    """

    amount: Money
    line: PayLine | None
    claim_ref: str | None = None
    instalment: int | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a citizen types in the bank to pay bills by direct debit (Betalingsservice).

    The third number, the customer number, stands on the bill; no ledger tells us it.
    """

    pbs_no: str
    debtor_group: str


async def give(session: AsyncSession, runtime: Runtime, agreement: Agreement) -> None:
    """Give an agreement and its instalments their own numbers, where there is a series.

    The series' row is locked until the transaction ends, so no number is given twice.
    """
    series = runtime.policies[agreement.municipality].pay_lines
    if series is None or agreement.kind is AgreementKind.ASSIGNMENT:
        return
    serial = await _next_serial(session, agreement.municipality)
    try:
        whole = in_series(series.series, serial)
        own = [in_series(series.series, serial, rate.number) for rate in agreement.instalments]
    except ValueError:  # the claims' own lines still pay it; a yes never fails for this
        log.warning("payment_series_used_up", municipality=agreement.municipality, serial=serial)
        return
    agreement.payment_id, agreement.creditor_no = whole, series.creditor_no
    for rate, payment_id in zip(agreement.instalments, own, strict=True):
        rate.payment_id = payment_id


async def _next_serial(session: AsyncSession, municipality: str) -> int:
    row = insert(PaymentSeries).values(municipality=municipality, last=0)
    await session.execute(row.on_conflict_do_nothing())
    series = await session.get_one(
        PaymentSeries, municipality, with_for_update=True, populate_existing=True
    )
    series.last += 1
    await session.flush()
    return series.last


def of_claim(claim: Claim) -> Payable:
    """Return how a claim is paid: by the number on its bill."""
    line = PayLine.of(claim.payment_id, claim.creditor_no)
    return Payable(claim.outstanding, line, claim_ref=claim.claim_ref)


def of_agreement(agreement: Agreement) -> Payable | None:
    """Return how all of an agreement is paid at once; none: it has no number of its own."""
    line = PayLine.of(agreement.payment_id, agreement.creditor_no)
    return Payable(agreement.total, line) if line else None


def of_instalments(agreement: Agreement) -> list[Payable]:
    """Return how each instalment is paid; nothing where they have no numbers of their own."""
    lines = [
        (rate, PayLine.of(rate.payment_id, agreement.creditor_no)) for rate in agreement.instalments
    ]
    return [
        Payable(rate.amount, line, instalment=rate.number)
        for rate, line in lines
        if line is not None
    ]


async def of_claims(session: AsyncSession, agreement: Agreement) -> list[Payable]:
    """Return how the claims of an agreement are paid, in the order money goes to them."""
    found = await session.scalars(
        select(Claim).where(Claim.id.in_([part.claim_id for part in agreement.claims]))
    )
    known = {claim.id: claim for claim in found}
    ordered = [known[part.claim_id] for part in agreement.claims]
    return [of_claim(claim) for claim in ordered if claim.outstanding]


async def pay_lines_of(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, what: Claim | Agreement
) -> list[Payable] | Refused:
    """Return how something of the citizen's own is paid, or refuse: they must prove who they are.

    Of an agreement its own number and those of its instalments, or the claims' in their order.
    """
    is_theirs = conversation.citizen_id == what.citizen_id
    if not is_theirs or identity.level(conversation, runtime) < identity.PROVEN:
        return Refused(Reason.NOT_IDENTIFIED)
    if isinstance(what, Claim):
        return [of_claim(what)]
    whole = of_agreement(what)
    if whole is None:
        return await of_claims(session, what)
    return [whole, *of_instalments(what)]


def enrolment(policy: Policy, claim: Claim) -> Enrolment | None:
    """Return what enrols in direct debit; none: they are enrolled, or the policy has no numbers."""
    found = policy.betalingsservice
    if claim.betalingsservice or found.pbs_no is None or found.debtor_group is None:
        return None
    return Enrolment(found.pbs_no, found.debtor_group)
