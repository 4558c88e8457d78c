"""Finds what a payment is for: by the payer's own reference, and never by a guess (matchning)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from sqlalchemy import Table, bindparam, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from data.models.agreements import Agreement, AgreementClaim, Instalment
from data.models.claims import Claim
from data.values.pay_lines import CARD_71_DIGITS
from outreach import booking
from outreach.intake import columns
from outreach.intake.report import Problem, problem
from outreach.rules.allocation import Share, in_order
from outreach.rules.suggestions import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.claim_types import ClaimTypes
    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId, ClaimId
    from outreach.booking import Row
    from outreach.intake.payment_rows import PaymentRow

_CLAIMS = cast("Table", Claim.__table__)
_NUMBERS = bindparam("numbers", type_=ARRAY(TEXT)).any_()
_AGREED = union_all(
    select(Agreement.payment_id, Agreement.id).where(
        Agreement.municipality == bindparam("municipality"), Agreement.payment_id == _NUMBERS
    ),
    select(Instalment.payment_id, Instalment.agreement_id).where(
        Instalment.municipality == bindparam("municipality"), Instalment.payment_id == _NUMBERS
    ),
)
_NAMED = select(_CLAIMS.c.id).where(
    _CLAIMS.c.municipality == bindparam("municipality"),
    (_CLAIMS.c.claim_ref == bindparam("names", type_=ARRAY(TEXT)).any_())
    | (_CLAIMS.c.payment_id == _NUMBERS),
)
_CREDITORS = (
    select(_CLAIMS.c.creditor_no)
    .where(_CLAIMS.c.municipality == bindparam("municipality"), _CLAIMS.c.creditor_no.is_not(None))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Known:
    """What of a municipality a payment is held against: its numbers, its order, the law."""

    policy: Policy
    claim_types: ClaimTypes
    creditors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """The claims a payment is for, in the order they are paid, and by which agreement."""

    claims: list[Row]
    agreement_id: AgreementId | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why nobody can tell what a payment is for, and the claims it may be for all the same."""

    problem: Problem
    near: list[Row] = field(default_factory=list)


@dataclass
class Index:
    """The claims and agreements that a batch of payments names."""

    known: Known
    by_ref: dict[str, Row] = field(default_factory=dict)
    by_number: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    agreed: dict[str, tuple[AgreementId, list[Row]]] = field(default_factory=dict)

    def named(self, names: Iterable[str]) -> list[Row]:
        """Return every claim that one of the names may mean."""
        found: dict[ClaimId, Row] = {}
        for name in names:
            claims = [*self.by_number.get(bare(name), []), *self.agreed.get(bare(name), (0, []))[1]]
            claims += [self.by_ref[name]] if name in self.by_ref else []
            found |= {claim["id"]: claim for claim in claims}
        return list(found.values())

    def target(self, row: PaymentRow) -> Target | Unclear:
        """Tell what a payment is for; the payer's own reference comes first."""
        if row.creditor_no and row.creditor_no not in self.known.creditors:
            return self._unclear(row, "creditor_no", row.creditor_no, "unknown_creditor")
        claim = self.by_ref.get(row.claim_ref or "")
        by_number = self._of_number(row)
        if isinstance(by_number, Unclear):
            return by_number
        if claim is not None and by_number is not None and claim not in by_number.claims:
            return self._unclear(row, "payment_id", row.payment_id or "", "claims_disagree")
        if claim is not None:
            return Target([claim], by_number.agreement_id if by_number else None)
        if by_number is not None:
            return by_number
        return self._nobody(row)

    def _of_number(self, row: PaymentRow) -> Target | Unclear | None:
        number = bare(row.payment_id or "")
        if number in self.agreed:
            agreement_id, claims = self.agreed[number]
            return Target(claims, agreement_id)
        claims = self.by_number.get(number, [])
        if not claims:
            return None
        if row.creditor_no and all(
            claim["creditor_no"] not in {None, row.creditor_no} for claim in claims
        ):
            return self._unclear(row, "creditor_no", row.creditor_no, "other_creditor")
        if len({claim["citizen_id"] for claim in claims}) > 1 and row.claim_ref not in self.by_ref:
            return self._unclear(row, "payment_id", row.payment_id or "", "payment_id_of_others")
        return Target(self._ordered(claims))

    def _ordered(self, claims: Sequence[Row]) -> list[Row]:
        """Put claims that share a number in the law's and the policy's order."""
        of = {claim["id"]: claim for claim in claims}
        order = in_order(map(self.share, claims), self.known.policy.payments.order)
        return [of[cast("ClaimId", share.ref)] for share in order]

    def share(self, claim: Row) -> Share:
        """Return a claim as the rules ask for it."""
        law = self.known.claim_types[claim["claim_type"]].on(claim["due_date"])
        return Share(claim["id"], booking.room(claim), claim["due_date"], law.preferential)

    def _nobody(self, row: PaymentRow) -> Unclear:
        if row.payment_id and not _fits(row.payment_id):
            return self._unclear(row, "payment_id", row.payment_id, "payment_id_wrong")
        if not row.names:
            return self._unclear(row, None, "", "names_nobody")
        column = "claim_ref" if row.claim_ref else "payment_id"
        return self._unclear(row, column, row.claim_ref or row.payment_id or "", "claim_to_come")

    def _unclear(self, row: PaymentRow, column: str | None, value: str, code: str) -> Unclear:
        found = problem(row.line, column, value, code, is_warning=True)
        return Unclear(found, self.named(row.names))


def _fits(payment_id: str) -> bool:
    """Tell whether a number can be a payment id; shorter ones have lost their leading zeros."""
    return columns.check_digit_holds(payment_id.zfill(CARD_71_DIGITS))


async def known_of(session: AsyncSession, policy: Policy, claim_types: ClaimTypes) -> Known:
    """Gather a municipality's own numbers: those of its claims, and of its policy."""
    found = await session.scalars(_CREDITORS, {"municipality": policy.key})
    own = {policy.pay_lines.creditor_no} if policy.pay_lines else set()
    return Known(policy, claim_types, frozenset({*found, *own}))


async def index(
    session: AsyncSession, known: Known, names: Iterable[str], also: Iterable[ClaimId]
) -> tuple[Index, dict[ClaimId, Row]]:
    """Find and lock every claim that the names may mean, and `also` these."""
    names = set(names)
    numbers = sorted({spelling for name in names for spelling in _spellings(name)})
    asked = {"municipality": known.policy.key, "names": sorted(names), "numbers": numbers}
    agreed: dict[str, AgreementId] = {}
    if numbers:
        agreed = {row[0]: row[1] for row in await session.execute(_AGREED, asked) if row[0]}
    parts = await _parts(session, set(agreed.values()))
    ids = {*await session.scalars(_NAMED, asked), *also}
    ids |= {claim_id for claims in parts.values() for claim_id in claims}
    claims = await booking.locked(session, ids)
    found = Index(known)
    for claim in claims.values():
        found.by_ref[claim["claim_ref"]] = claim
        if claim["payment_id"] is not None:
            found.by_number[bare(claim["payment_id"])].append(claim)
    for number, agreement_id in agreed.items():
        own = [claims[claim_id] for claim_id in parts.get(agreement_id, []) if claim_id in claims]
        if own:
            found.agreed[bare(number)] = (agreement_id, own)
    return found, claims


async def _parts(
    session: AsyncSession, agreement_ids: set[AgreementId]
) -> dict[AgreementId, list[ClaimId]]:
    """Return the claims of agreements in the order the agreement states."""
    parts: dict[AgreementId, list[ClaimId]] = defaultdict(list)
    if agreement_ids:
        rows = await session.execute(
            select(AgreementClaim.agreement_id, AgreementClaim.claim_id)
            .where(AgreementClaim.agreement_id.in_(agreement_ids))
            .order_by(AgreementClaim.position, AgreementClaim.claim_id)
        )
        for agreement_id, claim_id in rows:
            parts[agreement_id].append(claim_id)
    return parts


def _spellings(name: str) -> tuple[str, ...]:
    """Return how a payment id may stand with us: as given, at full length, without its zeros."""
    if not name.isascii() or not name.isdigit():
        return ()
    return (name, name.zfill(CARD_71_DIGITS), bare(name))
