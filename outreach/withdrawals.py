"""Takes back at once what was decided and no longer fits (tilbagetagne skridt).

A claim that is paid, agreed on, disputed, held or frozen stands still by itself; what already
waits for it, a hand-over on the list or a question to a person, must not wait on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from data.models.cases import Liability, Task, TaskState
from data.models.claims import Claim, Decision, Outcome
from data.models.hand_overs import HandOver, HandOverState
from data.notifications import notify
from data.queries.cases import REFUSAL
from data.values.time import day_of
from outreach import audit, cases
from outreach.rules.closure import NAME as CLOSURE
from outreach.rules.decision import Reason, Refused
from outreach.rules.hand_over_rows import NAME, still_fits
from outreach.rules.obstacles import STATES

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ClaimId
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

#: What is still on its way out of the house; a caseworker can stop these.
STOPPABLE: Final = frozenset({HandOverState.WAITING, HandOverState.INVALID})
#: The task about a field that is missing or wrong.
INVALID: Final = "hand_over_invalid"
#: Questions about a step that nobody needs to answer while the claim stands still.
_OF_A_STEP: Final = (
    "assess_reminder",
    "assess_notice",
    "assess_auction_warning",
    "assess_hand_over",
    "assess_closure",
    "plan_needed",
    "tell_social_authorities",
)
#: Questions that end with the claim itself.
_OF_THE_CLAIM: Final = ("bill_missing", "limitation_near", "time_barred")
_OVER: Final = frozenset({Reason.PAID, Reason.WRITTEN_OFF})


async def weigh_again(
    session: AsyncSession, runtime: Runtime, claim_ids: Collection[ClaimId]
) -> None:
    """Weigh again what waits for these claims, because something has happened to them just now.

    A hand-over that no longer fits is stopped with the reason, and the questions that have lost
    their point are closed. The caller holds the claims; a hand-over that somebody files or stops
    at this moment is left to them: they look at the claim once it is free.
    """
    if not claim_ids:
        return
    await session.flush()
    waiting = await _waiting(session, claim_ids)
    asked = await _asked(session, claim_ids)
    found = await cases.load(session, runtime, sorted({*waiting, *asked}))
    for claim_id, case in found.items():
        if claim_id in waiting:
            await _stop_if_unfit(session, runtime, waiting[claim_id], case)
        if claim_id in asked:
            await _close_questions(session, runtime, claim_id, case)


async def weigh_again_of(session: AsyncSession, runtime: Runtime, citizen_id: CitizenId) -> None:
    """Do so for all that a citizen owes, alone or together with others."""
    shared = select(Liability.claim_id).where(Liability.citizen_id == citizen_id)
    own = select(Claim.id).where(Claim.citizen_id == citizen_id)
    await weigh_again(session, runtime, [*await session.scalars(own.union(shared))])


async def _waiting(
    session: AsyncSession, claim_ids: Collection[ClaimId]
) -> dict[ClaimId, HandOver]:
    found = await session.scalars(
        select(HandOver)
        .where(HandOver.claim_id.in_(claim_ids), HandOver.state.in_(STOPPABLE))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return {hand_over.claim_id: hand_over for hand_over in found}


async def _asked(session: AsyncSession, claim_ids: Collection[ClaimId]) -> set[ClaimId]:
    found = await session.scalars(
        select(Task.claim_id).where(
            Task.claim_id.in_(claim_ids),
            Task.kind.in_((*_OF_A_STEP, *_OF_THE_CLAIM)),
            Task.state == TaskState.OPEN,
        )
    )
    return {claim_id for claim_id in found if claim_id is not None}


async def _stop_if_unfit(
    session: AsyncSession, runtime: Runtime, hand_over: HandOver, case: Case
) -> None:
    fits = still_fits(
        case,
        runtime.law,
        runtime.policies[hand_over.municipality],
        day_of(runtime.clock.now()),
        hand_over.recipient,
        proposed_on=day_of(hand_over.created_at),
    )
    if isinstance(fits, Refused):
        await answer_task(session, runtime, hand_over, fits.reason.value)
        await stop_by_rule(session, runtime, hand_over, fits)
        await notify(session, hand_over.municipality)


async def _close_questions(
    session: AsyncSession, runtime: Runtime, claim_id: ClaimId, case: Case
) -> None:
    """Close the questions about a claim that stands still, so that a later round may ask anew."""
    reason = STATES.get(case.state) if case.outstanding else Reason.PAID
    if reason is None:
        return
    kinds = (*_OF_A_STEP, *_OF_THE_CLAIM) if reason in _OVER else _OF_A_STEP
    closed = await session.scalars(
        update(Task)
        .where(Task.claim_id == claim_id, Task.kind.in_(kinds), Task.state == TaskState.OPEN)
        .values(state=TaskState.DONE, closed_at=runtime.clock.now(), note=reason.value)
        .returning(Task.municipality)
    )
    refused = Decision.step.in_((REFUSAL, CLOSURE))
    await session.execute(
        update(Decision)
        .where(Decision.claim_id == claim_id, refused, Decision.outcome == Outcome.REFUSED)
        .values(reason=reason.value, retry_at=None, decided_at=runtime.clock.now())
    )
    for municipality in set(closed):
        await notify(session, municipality)


async def stop_by_rule(
    session: AsyncSession, runtime: Runtime, hand_over: HandOver, refused: Refused
) -> None:
    """Stop a hand-over that no longer fits; a round may propose it again when it does."""
    hand_over.state, hand_over.updated_at = HandOverState.STOPPED, runtime.clock.now()
    hand_over.stopped_because = refused.reason.value
    await step_back(session, runtime, hand_over.claim_id, refused.reason)
    await record(
        session, runtime, hand_over, "rule", "hand_over_stopped", reason=refused.reason.value
    )


async def answer_task(
    session: AsyncSession, runtime: Runtime, hand_over: HandOver, note: str
) -> None:
    """Close the task about a field of this hand-over: it was mended, or no longer matters."""
    if hand_over.state is not HandOverState.INVALID:
        return
    await session.execute(
        update(Task)
        .where(
            Task.claim_id == hand_over.claim_id,
            Task.kind == INVALID,
            Task.state == TaskState.OPEN,
        )
        .values(state=TaskState.DONE, closed_at=runtime.clock.now(), note=note)
    )


async def step_back(
    session: AsyncSession, runtime: Runtime, claim_id: ClaimId, reason: Reason
) -> None:
    """Take back the ladder's yes to the step: it was not taken after all."""
    await session.execute(
        update(Decision)
        .where(Decision.claim_id == claim_id, Decision.step == NAME)
        .values(
            outcome=Outcome.REFUSED,
            reason=reason.value,
            retry_at=None,
            decided_at=runtime.clock.now(),
        )
    )


async def record(
    session: AsyncSession,
    runtime: Runtime,
    hand_over: HandOver,
    actor: str,
    act: str,
    *,
    why: str | None = None,
    **facts: str | float | bool | None,
) -> None:
    """Write down what happened to a hand-over; whoever ends the act tells open desks, once."""
    await audit.record(
        session,
        runtime,
        municipality=hand_over.municipality,
        actor=actor,
        act=act,
        subject_kind="hand_over",
        subject_id=hand_over.id,
        claim_id=str(hand_over.claim_id),
        why=why,
        **facts,
    )
