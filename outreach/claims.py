"""What happens to claims by what a citizen says, or by time: a pause, a dispute (krav)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.queries import plans
from data.values.time import add_bank_days, day_of
from outreach import audit, notes, tasks, withdrawals
from outreach.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.cases import Task
    from data.models.staff import Staff
    from data.values.ids import CitizenId, ClaimId, MessageId
    from outreach.runtime import Runtime

#: Nothing is left of these to disagree on.
_OVER = (ClaimState.PAID, ClaimState.WRITTEN_OFF)


class DisputedError(ConflictError):
    """It is disputed already, or nothing is left of it to disagree on."""

    code = "disputed"


async def pause(
    session: AsyncSession,
    runtime: Runtime,
    claims: list[Claim],
    *,
    until: date,
    because: str,
    actor: str = audit.CITIZEN,
) -> None:
    """Write to nobody about these claims before the day after `until`; a longer pause stays."""
    for claim in claims:
        if claim.paused_until is not None and claim.paused_until >= until:
            continue
        claim.paused_until, claim.paused_because = until, because
        claim.updated_at = runtime.clock.now()
        await _record(session, runtime, claim, "claim_paused", actor, because=because)
    await withdrawals.weigh_again(session, runtime, [claim.id for claim in claims])


async def dispute(
    session: AsyncSession,
    runtime: Runtime,
    claims: list[Claim],
    said_in: MessageId | None = None,
) -> None:
    """Mark open claims as disputed (indsigelse): no step is taken until a person has answered.

    Each becomes a task of the unit that owns the claim, where policy says so (F2, F18);
    `said_in` is the message in which the citizen said so, and all the unit sees of the
    conversation. A claim in a plan, at rest or handed over stays where it is; its dispute is
    answered all the same.
    """
    facts = {"message": str(said_in)} if said_in is not None else None
    await _hold(session, claims)
    for claim in claims:
        if claim.state in _OVER:
            continue
        if claim.state is ClaimState.OPEN:
            claim.state, claim.updated_at = ClaimState.DISPUTED, runtime.clock.now()
            await _record(session, runtime, claim, "claim_disputed", audit.CITIZEN)
        await tasks.open_task(
            session, runtime, claim=claim, kind=tasks.DISPUTE, facts=facts, actor=audit.CITIZEN
        )
    await withdrawals.weigh_again(session, runtime, [claim.id for claim in claims])


async def dispute_by_staff(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    staff: Staff,
    reason: str,
    *,
    not_theirs: bool = False,
) -> Task:
    """Mark all of a claim as disputed because a caseworker heard so, and ask its unit (F2, F18).

    What the citizen says stands in a note at the task, where the unit reads it.

    Args:
        session: the caller's transaction.
        runtime: clock and policies.
        claim: what is disputed; locked here.
        staff: who heard it.
        reason: what is said against it.
        not_theirs: it is not this person who owes it (forkert skyldner).

    Raises:
        NotFoundError: the claim is not of the caseworker's municipality.
        EmptyNoteError: nothing is said against it.
        DisputedError: it is disputed already, or over.
    """
    if claim.municipality != staff.municipality:
        raise NotFoundError("no such claim")
    await _hold(session, [claim])
    was, actor = claim.state, audit.actor(staff)
    facts = {"ground": "not_theirs"} if not_theirs else None
    task = None
    if was not in _OVER:
        task = await tasks.open_task(
            session, runtime, claim=claim, kind=tasks.DISPUTE, facts=facts, actor=actor
        )
    if task is None:
        raise DisputedError(was.value)
    if was is ClaimState.OPEN:
        claim.state, claim.updated_at = ClaimState.DISPUTED, runtime.clock.now()
    citizen = await session.get_one(Citizen, claim.citizen_id)
    about = notes.About(claim_id=claim.id, task_id=task.id)
    await notes.write(session, runtime, citizen, staff, reason, about=about)
    changed = {"before": {"state": was.value}, "after": {"state": claim.state.value}}
    await _record(session, runtime, claim, "claim_disputed", actor, why=reason, **changed)
    await withdrawals.weigh_again(session, runtime, [claim.id])
    return task


async def _hold(session: AsyncSession, claims: list[Claim]) -> None:
    """Lock claims that were only read, and see them as they stand: one may have left just now."""
    await session.flush()
    await session.execute(
        select(Claim)
        .where(Claim.id.in_([claim.id for claim in claims]))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def reopen(
    session: AsyncSession, runtime: Runtime, claim: Claim, *, because: str, actor: str
) -> None:
    """Open a claim that was held still, or close it if it is paid by now.

    For as many bank days as policy gives the dialogue before a reminder nobody is written to. Where
    it is agreed that the claim waits until a later day, it does.
    """
    now = runtime.clock.now()
    claim.state = claim.state_when_free
    claim.respite_until, claim.updated_at = None, now
    await _record(session, runtime, claim, "claim_reopened", actor, because=because)
    if claim.state is ClaimState.OPEN and not await wait_on(session, runtime, [claim.id]):
        await _give_quiet_days(session, runtime, [claim], because, actor)


async def wait_on(session: AsyncSession, runtime: Runtime, claim_ids: Collection[ClaimId]) -> bool:
    """Let open claims wait on where a respite still stands on them; tell whether one does.

    The plan below it may have ended, or the payment that had closed the claim was taken back. The
    caller holds the claims.
    """
    await session.flush()
    until = await plans.respites_standing(session, claim_ids, day_of(runtime.clock.now()))
    if not until:
        return False
    found = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(until), Claim.state == ClaimState.OPEN)
        .execution_options(populate_existing=True)
    )
    waiting = list(found)
    for claim in waiting:
        claim.state, claim.respite_until = ClaimState.IN_RESPITE, until[claim.id]
        claim.updated_at = runtime.clock.now()
    return bool(waiting)


async def begin_again(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, *, because: str, actor: str
) -> None:
    """Give a citizen's open claims quiet days when what held them still is over.

    After a freeze or a benefit nothing happens the very next morning: the steps count from the
    end of the rest. Claims that the citizen owes together with others are among them.
    """
    shared = select(Liability.claim_id).where(Liability.citizen_id == citizen_id)
    found = await session.scalars(
        select(Claim)
        .where(
            or_(Claim.citizen_id == citizen_id, Claim.id.in_(shared)),
            Claim.state == ClaimState.OPEN,
        )
        .order_by(Claim.id)
        .with_for_update()
    )
    await _give_quiet_days(session, runtime, list(found), because, actor)


async def _give_quiet_days(
    session: AsyncSession, runtime: Runtime, claims: list[Claim], because: str, actor: str
) -> None:
    for claim in claims:
        quiet = runtime.policies[claim.municipality].dialogue.bank_days_before_reminder
        until = add_bank_days(day_of(runtime.clock.now()), quiet)
        await pause(session, runtime, [claim], until=until, because=because, actor=actor)


async def end_respites(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """Open the claims whose time to wait is over, and end those agreements; return how many.

    The claims are locked in the order of their ids, as by whoever books payments.
    """
    today, now = day_of(runtime.clock.now()), runtime.clock.now()
    over = await session.scalars(
        select(Claim.id)
        .where(
            Claim.municipality == municipality,
            Claim.state == ClaimState.IN_RESPITE,
            Claim.respite_until < today,
        )
        .order_by(Claim.id)
        .with_for_update()
    )
    ended = await session.scalars(
        update(Claim)
        .where(Claim.id.in_(list(over)))
        .values(state=ClaimState.OPEN, respite_until=None, updated_at=now)
        .returning(Claim.id)
    )
    await session.execute(
        update(Agreement)
        .where(
            Agreement.municipality == municipality,
            Agreement.state == AgreementState.ACCEPTED,
            Agreement.kind == AgreementKind.RESPITE,
            Agreement.respite_until < today,
        )
        .values(state=AgreementState.ENDED, ended_at=now, ended_because="over")
    )
    return len(ended.all())


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    act: str,
    actor: str,
    **facts: Any,  # noqa: ANN401 - as the record takes them
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=claim.municipality,
        actor=actor,
        act=act,
        subject_kind="claim",
        subject_id=claim.id,
        **facts,
    )
