"""The ways to pay that are shown to a caseworker (forslag), weighed anew each time they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.models.agreements import AgreementKind
from data.values.money import NOTHING, Money
from data.values.time import day_of
from outreach import cases
from outreach.agreements import Terms, agreeable
from outreach.agreements.owing import in_policy_order, owed_of
from outreach.agreements.wording import text_of
from outreach.rules.negotiation import Negotiated, Party, negotiate
from outreach.rules.phrases.wishes import parse_wish
from outreach.rules.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.values.ids import ClaimId
    from outreach.rules.proposal import Proposal
    from outreach.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Choice:
    """A claim that an agreement can cover, and how much of it, øre."""

    claim: Claim
    amount: Money


@dataclass(frozen=True, slots=True)
class Way:
    """One proposal, what it would conclude, and the words in which it is read to the citizen.

    No terms: the law lets the citizen wait, and nobody has said until when.
    """

    number: int
    proposal: Proposal
    terms: Terms | None
    text: str


@dataclass(frozen=True, slots=True)
class Ways:
    """What came of a negotiation; the mark changes with anything in it."""

    negotiated: Negotiated
    ways: tuple[Way, ...]

    @property
    def mark(self) -> str:
        """A mark by which a later form tells whether it still shows what holds."""
        seen = repr([(way.proposal, way.text) for way in self.ways])
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def way(self, number: str) -> Way | None:
        """Return the way a form names, or none."""
        return next((way for way in self.ways if str(way.number) == number), None)


def choices(
    claims: Sequence[Claim], let_go: Collection[ClaimId], kind: AgreementKind
) -> list[Choice]:
    """Return the claims that something can be agreed on, and how much, oldest first."""
    found = [Choice(claim, agreeable(claim, kind, let_go)) for claim in claims]
    return [each for each in reversed(found) if each.amount > NOTHING]


def wish_of(said: str, until: date | None, today: date) -> Wish:
    """Read what the citizen said they can pay; a day to wait until is all of it on that day."""
    return Wish(whole=True, first_on=until) if until else parse_wish(said, today)


async def weigh(
    session: AsyncSession,
    runtime: Runtime,
    chosen: Sequence[Choice],
    wish: Wish,
    until: date | None,
    language: str,
) -> Ways:
    """Negotiate on these claims for a caseworker, and write each way as it is read aloud."""
    policy = runtime.policies[chosen[0].claim.municipality]
    today = day_of(runtime.clock.now())
    ids = [each.claim.id for each in chosen]
    found = await cases.load(session, runtime, ids)
    amounts = {each.claim.id: each.amount for each in chosen}
    claims = in_policy_order(runtime, policy, [each.claim for each in chosen])
    negotiated = negotiate(
        [owed_of(claim, amounts[claim.id]) for claim in claims],
        wish,
        policy,
        runtime.law,
        today,
        by=Party.CASEWORKER,
        debtor=next(iter(found.values())).debtor,
        order=list,
    )
    ways = []
    for number, proposal in enumerate(negotiated.proposals, start=1):
        terms = _terms(proposal, claims, until)
        text = text_of(terms, policy, language) if terms else ""
        ways.append(Way(number, proposal, terms, text))
    return Ways(negotiated, tuple(ways))


def _terms(proposal: Proposal, claims: Sequence[Claim], until: date | None) -> Terms | None:
    if proposal.rates:
        return Terms.of(proposal, claims)
    known = {claim.claim_ref: claim for claim in claims}
    named = [known[ref] for ref in proposal.claims]
    why = proposal.why.value
    return Terms(named, respite_until=until, why=why) if until else None
