"""The list of claims that will leave (venteliste), and stopping one in its quiet period."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from data.models.cases import Effect
from data.models.claims import Claim
from data.models.hand_overs import HandOver, HandOverState
from data.notifications import notify
from data.values.ids import new_id
from outreach import overrides, tasks
from outreach.errors import ConflictError, NotFoundError
from outreach.overrides import NotAllowedError, ReasonMissingError
from outreach.rules.decision import Reason
from outreach.rules.hand_over_rows import NAME
from outreach.withdrawals import INVALID, STOPPABLE, record, step_back

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import HandOverId
    from outreach.rules.ladder import Move
    from outreach.runtime import Runtime

_ALIVE = "state in ('waiting', 'filed', 'accepted')"


class AlreadyFiledError(ConflictError):
    """The claim has left (or was stopped before): it can only be recalled."""

    code = "hand_over_already_filed"


async def take_turns(session: AsyncSession, municipality: str) -> None:
    """Wait until nobody else files, stops or takes in answers for the municipality."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"hand_overs:{municipality}"},
    )


async def propose(
    session: AsyncSession, runtime: Runtime, *, claim: Claim, move: Move, decided_by: str
) -> HandOver:
    """Put a claim on the list; one that is alive already is returned as it stands.

    Raises:
        ValueError: the move is no hand-over.
    """
    if move.to is None or move.ground is None or move.ready_on is None:
        raise ValueError(f"{move.name} hands nothing over")
    now = runtime.clock.now()
    row = insert(HandOver).values(
        id=new_id(),
        municipality=claim.municipality,
        claim_id=claim.id,
        recipient=move.to,
        state=HandOverState.WAITING,
        ground=move.ground.value,
        basis=move.basis,
        ready_on=move.ready_on,
        decided_by=decided_by,
        sums={},
        created_at=now,
        updated_at=now,
    )
    once = row.on_conflict_do_nothing(index_elements=["claim_id"], index_where=text(_ALIVE))
    proposed: HandOver | None = await session.scalar(once.returning(HandOver))
    if proposed is not None:
        await record(session, runtime, proposed, decided_by, "hand_over_proposed")
        await notify(session, claim.municipality)
        return proposed
    standing = select(HandOver).where(HandOver.claim_id == claim.id, text(_ALIVE))
    return (await session.scalars(standing)).one()


async def stop(
    session: AsyncSession, runtime: Runtime, hand_over_id: HandOverId, staff: Staff, reason: str
) -> HandOver:
    """Stop a hand-over in its quiet period, and hold the step so that no round proposes it again.

    Raises:
        NotFoundError: no such hand-over in the caseworker's municipality.
        AlreadyFiledError: it has left, or was stopped before.
        ReasonMissingError: the reason says nothing.
    """
    if not reason.strip():
        raise ReasonMissingError("say why the claim is not to be handed over")
    await take_turns(session, staff.municipality)
    hand_over = await session.get(
        HandOver, hand_over_id, with_for_update=True, populate_existing=True
    )
    if hand_over is None or hand_over.municipality != staff.municipality:
        raise NotFoundError("no such hand-over")
    if hand_over.state not in STOPPABLE:
        raise AlreadyFiledError(hand_over.state.value)
    await tasks.settle(session, runtime, hand_over.claim_id, INVALID, staff, reason)
    hand_over.state, hand_over.updated_at = HandOverState.STOPPED, runtime.clock.now()
    hand_over.stopped_by, hand_over.stopped_because = staff.id, reason.strip()
    await hold(session, runtime, hand_over, staff, reason)
    await record(session, runtime, hand_over, f"staff:{staff.id}", "hand_over_stopped")
    await notify(session, hand_over.municipality)
    return hand_over


async def hold(
    session: AsyncSession, runtime: Runtime, hand_over: HandOver, staff: Staff, reason: str
) -> None:
    """Keep the caseworker's word (skøn) that the claim is not handed over, until it is revoked."""
    await step_back(session, runtime, hand_over.claim_id, Reason.HELD_BY_CASEWORKER)
    claim = await session.get_one(Claim, hand_over.claim_id)
    with suppress(NotAllowedError):  # a claim that has ended meanwhile needs no holding
        await overrides.say(
            session,
            runtime,
            claim=claim,
            staff=staff,
            effect=Effect.HOLD,
            step=NAME,
            reason=reason,
        )
