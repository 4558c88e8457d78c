"""The list of claims that will leave (venteliste), and stopping one in its quiet period."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data.models.cases import Effect
from data.models.claims import Claim
from data.models.hand_overs import HandOver, HandOverState
from data.municipalities.ladders import DecidedBy
from data.notifications import notify
from data.queries.bulk import as_rows, insert_rows
from data.values.ids import new_id
from outreach import overrides, tasks
from outreach.errors import ConflictError, NotFoundError
from outreach.overrides import NotAllowedError, ReasonMissingError
from outreach.rules.decision import Reason
from outreach.rules.hand_over_rows import NAME
from outreach.withdrawals import INVALID, STOPPABLE, record, step_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import HandOverId
    from outreach.rules.ladder import Move
    from outreach.runtime import Runtime

_RULE = DecidedBy.RULE.value
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
    session: AsyncSession, runtime: Runtime, moves: Sequence[tuple[Claim | Row[Any], Move]]
) -> list[HandOver]:
    """Put claims on the list by rule; return what is new, since one alive already stays as it is.

    Raises:
        ValueError: a move is no hand-over.
    """
    if not moves:
        return []
    rows = [_row(runtime, claim, move) for claim, move in moves]
    new = await session.scalars(
        insert_rows(HandOver, rows[0])
        .on_conflict_do_nothing(index_elements=["claim_id"], index_where=text(_ALIVE))
        .returning(HandOver.id),
        as_rows(rows),
    )
    found = select(HandOver).where(HandOver.id.in_(new.all())).order_by(HandOver.id)
    proposed = list(await session.scalars(found))
    for hand_over in proposed:
        await record(session, runtime, hand_over, _RULE, "hand_over_proposed")
    for municipality in sorted({hand_over.municipality for hand_over in proposed}):
        await notify(session, municipality)
    return proposed


def _row(runtime: Runtime, claim: Claim | Row[Any], move: Move) -> dict[str, Any]:
    if move.to is None or move.ground is None or move.ready_on is None:
        raise ValueError(f"{move.name} hands nothing over")
    now = runtime.clock.now()
    return {
        "id": new_id(),
        "municipality": claim.municipality,
        "claim_id": claim.id,
        "recipient": move.to,
        "state": HandOverState.WAITING,
        "ground": move.ground.value,
        "basis": move.basis,
        "ready_on": move.ready_on,
        "decided_by": _RULE,
        "sums": {},
        "created_at": now,
        "updated_at": now,
    }


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
