"""Fees and interest on a claim, and what is waived of them again (posteringer), each once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert

from data.models.claims import ENDED_BY_PAYMENT, Claim, ClaimState
from data.models.postings import Posting, PostingKind
from data.queries import postings as questions
from data.queries.bulk import as_rows, given
from data.values.money import NOTHING, Money
from data.values.time import day_of
from outreach import audit, cases, plans, tasks, withdrawals
from outreach.errors import ConflictError, MindeligError, NotFoundError, UnknownMunicipalityError
from outreach.rules.decision import Refused
from outreach.rules.postings import PaidIn, interest_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import ClaimId
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

RULE = "rule"
CLAIMS_AT_A_TIME = 1000
#: Nothing is added to a claim that has come to its end here.
_ENDED = (ClaimState.PAID, ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF)
_WAIVERS = {
    PostingKind.FEE: PostingKind.FEE_WAIVED,
    PostingKind.INTEREST: PostingKind.INTEREST_WAIVED,
}

_CLAIMS = cast("Table", Claim.__table__)
_ADDED = given(_CLAIMS, "id", "charged", "updated_at")
_ADD = (
    update(_CLAIMS)
    .where(_CLAIMS.c.id == _ADDED.c.id)
    .values(charged=_CLAIMS.c.charged + _ADDED.c.charged, updated_at=_ADDED.c.updated_at)
)


class NotAChargeError(ConflictError):
    """Only a fee or interest can be waived, not what took one off already."""

    code = "not_a_charge"


class AlreadyWaivedError(ConflictError):
    """Somebody has waived it already."""

    code = "already_waived"


class ReasonMissingError(MindeligError):
    """A waiver says why."""

    code = "reason_missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting to be made: what `Posting` holds besides ids and the moment."""

    claim_id: ClaimId
    kind: PostingKind
    amount: Money
    key: str
    basis: str
    made_by: str = RULE
    waives: int | None = None


@dataclass
class InterestReport:
    """What one run posted: how many periods, their sum in øre, refusals by reason."""

    municipality: str
    postings: int = 0
    total: Money = NOTHING
    refused: Counter[str] = field(default_factory=Counter)


async def charge_fee(
    session: AsyncSession, runtime: Runtime, claim: Claim, *, step: str, fee: Money, basis: str
) -> Posting | None:
    """Charge a reminder's fee (rykkergebyr) once; none if it stands already or nothing is to be.

    A claim that is paid, handed over or written off is charged nothing. The claim is locked, and
    its `charged` moves with the posting.

    Args:
        session: the caller's transaction.
        runtime: the clock.
        claim: what the reminder is about; it shows the new sum afterwards.
        step: the step the fee is for, such as `reminder:2`.
        fee: what the rules allow on this very day, øre (`outreach.rules.reminders.fee_of`).
        basis: the paragraph and the policy line it rests on.
    """
    locked = await _locked(session, claim.id)
    if fee <= NOTHING or locked.state in _ENDED or locked.is_settled:
        return None
    entry = Entry(locked.id, PostingKind.FEE, fee, f"fee:{step}", basis)
    posted = await _post(session, runtime, locked.municipality, [entry])
    await session.refresh(locked, ["charged", "updated_at"])
    return posted[0] if posted else None


async def waive(
    session: AsyncSession, runtime: Runtime, posting_id: int, staff: Staff, reason: str
) -> Posting:
    """Take a fee or interest off again (eftergivelse) because a caseworker says so, once.

    A claim of which nothing is owed any more is thereby paid; one that was handed over gets a
    task, since the recipient's books must follow (nedskrivning).

    Raises:
        ReasonMissingError: no reason is given.
        NotFoundError: no such posting in the caseworker's municipality.
        NotAChargeError: it is a waiver itself.
        AlreadyWaivedError: it was waived before.
    """
    why = reason.strip()
    if not why:
        raise ReasonMissingError("say why it is waived")
    charge = await session.get(Posting, posting_id)
    if charge is None or charge.municipality != staff.municipality:
        raise NotFoundError("no such posting")
    if charge.kind not in _WAIVERS:
        raise NotAChargeError("only a fee or interest can be waived")
    claim = await _locked(session, charge.claim_id)
    entry = Entry(
        claim_id=charge.claim_id,
        kind=_WAIVERS[charge.kind],
        amount=-charge.amount,
        key=f"waived:{charge.id}",
        basis=why,
        made_by=f"staff:{staff.id}",
        waives=charge.id,
    )
    posted = await _post(session, runtime, claim.municipality, [entry])
    if not posted:
        raise AlreadyWaivedError("already waived")
    await session.refresh(claim, ["charged", "updated_at"])
    await _follow_up(session, runtime, claim, posted[0])
    return posted[0]


async def write_off(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    staff: Staff,
    reason: str,
    *,
    part: Money | None = None,
) -> Posting | None:
    """Write off what is outstanding of a claim (afskrivning): nothing is asked for it any more.

    None is posted where nothing is outstanding; the claim ends all the same. A claim that its
    recipient has is recalled first: that is the caller's to look after. With a `part`, øre, only
    that falls, and the claim goes on with what is left.

    Raises:
        ReasonMissingError: no reason is given.
        NotFoundError: the claim is another municipality's.
    """
    why = reason.strip()
    if not why:
        raise ReasonMissingError("say why it is written off")
    if claim.municipality != staff.municipality:
        raise NotFoundError("no such claim")
    locked = await _locked(session, claim.id)
    posted: list[Posting] = []
    falls = locked.outstanding if part is None else min(part, locked.outstanding)
    if falls:
        entry = Entry(
            claim_id=locked.id,
            kind=PostingKind.WRITE_OFF,
            amount=-falls,
            key=f"write_off:{await _write_offs(session, locked.id) + 1}",
            basis=why,
            made_by=f"staff:{staff.id}",
        )
        posted = await _post(session, runtime, locked.municipality, [entry])
        await session.refresh(locked, ["charged", "updated_at"])
    if part is None or not locked.outstanding:
        locked.state, locked.respite_until = ClaimState.WRITTEN_OFF, None
    locked.updated_at = runtime.clock.now()
    await session.flush()
    await plans.weigh_of(session, runtime, [locked.id])
    await withdrawals.weigh_again(session, runtime, [locked.id])
    return posted[0] if posted else None


async def _write_offs(session: AsyncSession, claim_id: ClaimId) -> int:
    """Count what was written off before: a claim that was opened again may be so once more."""
    counted = select(func.count()).select_from(Posting)
    own = counted.where(Posting.claim_id == claim_id, Posting.kind == PostingKind.WRITE_OFF)
    return await session.scalar(own) or 0


async def _follow_up(
    session: AsyncSession, runtime: Runtime, claim: Claim, waiver: Posting
) -> None:
    if claim.is_settled and claim.state in ENDED_BY_PAYMENT:
        claim.state, claim.respite_until = ClaimState.PAID, None
    elif claim.state is ClaimState.HANDED_OVER:
        await tasks.open_task(
            session, runtime, claim=claim, kind="write_down", facts={"posting": waiver.id}
        )
    await withdrawals.weigh_again(session, runtime, [claim.id])


async def post_interest(runtime: Runtime, *, municipality: str) -> InterestReport:
    """Post the interest (renter) that is due on a municipality's late claims, batch by batch.

    Nothing is done where the council has not decided interest. A second run posts nothing.
    """
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(municipality)
    report = InterestReport(municipality)
    if not runtime.policies[municipality].interest.charged:
        return report
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            after = await _post_batch(session, runtime, municipality, after, report)
        if after is None:
            return report


async def _post_batch(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    after: UUID | None,
    report: InterestReport,
) -> UUID | None:
    """Post the next claims' interest; return the last one's id, or none when there are no more."""
    today = day_of(runtime.clock.now())
    ids = await questions.next_late(session, municipality, today, after, CLAIMS_AT_A_TIME)
    if not ids:
        return None
    policy = runtime.policies[municipality]
    found = await _with_rests(session, runtime, await cases.load(session, runtime, ids))
    payments = await questions.payments_of(session, ids)
    keys = await questions.interest_keys_of(session, ids)
    entries: list[Entry] = []
    for claim_id, case in found.items():
        paid = [PaidIn(day, amount) for day, amount in payments.get(claim_id, [])]
        posted = keys.get(claim_id, set())
        due = interest_due(case, paid, posted, runtime.law, policy, today)
        if isinstance(due, Refused):
            report.refused[due.reason.value] += 1
            continue
        entries += [
            Entry(claim_id, PostingKind.INTEREST, one.amount, one.period.key, one.basis)
            for one in due
        ]
    fresh = await _post(session, runtime, municipality, entries)
    report.postings += len(fresh)
    report.total += sum((posting.amount for posting in fresh), NOTHING)
    return ids[-1]


async def _with_rests(
    session: AsyncSession, runtime: Runtime, found: dict[ClaimId, Case]
) -> dict[ClaimId, Case]:
    """Tell the cases of the disputes and a caseworker's words that are over too."""
    rests = await questions.rests_of(session, list(found), runtime.clock.now())
    for claim_id, last in rests.items():
        case = found[claim_id]
        found[claim_id] = replace(case, rested_until=max(last, case.rested_until or last))
    return found


async def _post(
    session: AsyncSession, runtime: Runtime, municipality: str, entries: Sequence[Entry]
) -> list[Posting]:
    """Write the postings that are not there yet, add them to their claims, and put it on record.

    The caller holds the locks on the claims.
    """
    if not entries:
        return []
    now = runtime.clock.now()
    fixed = {"municipality": municipality, "day": day_of(now), "created_at": now}
    found = await session.scalars(
        insert(Posting)
        .on_conflict_do_nothing(index_elements=["claim_id", "key"])
        .returning(Posting),
        [_values(entry) | fixed for entry in entries],
    )
    fresh = list(found)
    if not fresh:
        return []
    added: Counter[ClaimId] = Counter()
    for posting in fresh:
        added[posting.claim_id] += posting.amount.oere
    rows = [
        {"id": claim_id, "charged": oere, "updated_at": now} for claim_id, oere in added.items()
    ]
    await session.execute(_ADD, as_rows(rows))
    for posting in fresh:
        await _record(session, runtime, posting)
    return fresh


def _values(entry: Entry) -> dict[str, object]:
    return {
        "claim_id": entry.claim_id,
        "kind": entry.kind,
        "amount": entry.amount,
        "key": entry.key,
        "basis": entry.basis,
        "made_by": entry.made_by,
        "waives": entry.waives,
    }


async def _record(session: AsyncSession, runtime: Runtime, posting: Posting) -> None:
    await audit.record(
        session,
        runtime,
        municipality=posting.municipality,
        actor=audit.ASSISTANT if posting.made_by == RULE else posting.made_by,
        act=f"{posting.kind.value}_posted",
        subject_kind="claim",
        subject_id=posting.claim_id,
        posting=posting.id,
        key=posting.key,
        oere=posting.amount.oere,
        why=None if posting.made_by == RULE else posting.basis,
    )


async def _locked(session: AsyncSession, claim_id: ClaimId) -> Claim:
    found = await session.scalars(
        select(Claim)
        .where(Claim.id == claim_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()
