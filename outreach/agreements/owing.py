"""What may be agreed on, as the rules see it (skyldigt beløb), in the order money goes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money
from outreach.rules.allocation import Share, in_order
from outreach.rules.owed import Owed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from data.models.claims import Claim
    from data.municipalities.policy import Policy
    from outreach.runtime import Runtime


def owed_of(claim: Claim, amount: Money) -> Owed:
    """Return what is owed on a claim as far as an agreement on `amount` of it is concerned, øre.

    Money counts for the principal first, which alone bears interest.
    """
    principal = max(claim.principal - claim.paid, NOTHING)
    return Owed(claim.claim_ref, claim.claim_type, amount, claim.due_date, principal)


def in_policy_order(runtime: Runtime, policy: Policy, claims: Sequence[Claim]) -> list[Claim]:
    """Put claims in the order in which money goes to them under the municipality's policy."""
    known: dict[UUID, Claim] = {claim.id: claim for claim in claims}
    shares = [
        Share(
            claim.id,
            claim.outstanding,
            claim.due_date,
            is_preferential=bool(
                runtime.claim_types[claim.claim_type].on(claim.due_date).preferential
            ),
        )
        for claim in claims
    ]
    return [known[share.ref] for share in in_order(shares, policy.payments.order)]
