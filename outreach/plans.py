"""Plans as they run: ended when paid, broken when not kept, at rest (afdragsordninger)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from data.models.agreements import AgreementState
from data.models.claims import ClaimState
from data.queries import plans as questions
from data.values.money import NOTHING
from data.values.time import day_of
from outreach import audit, claims, standings, suspensions, withdrawals
from outreach.rules.keeping import Keeping, weigh
from outreach.rules.suspension import Because

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.claims import Claim
    from data.values.ids import AgreementId, ClaimId
    from outreach.runtime import Runtime

PLANS_AT_A_TIME = 200
#: Why a plan ended on which nothing was paid: all of it has fallen away.
NOTHING_OWED = "nothing_owed"
_ENDS: Final = frozenset({Keeping.FULFILLED, Keeping.BROKEN})


async def weigh_plans(runtime: Runtime, *, municipality: str) -> dict[str, int]:
    """Weigh each running plan of a municipality, batch by batch; return how many stand how.

    A broken plan opens its claims again; what follows is the ladder's to say. One that misses an
    instalment and can still be made good runs on.
    """
    counts = Counter(dict.fromkeys((keeping.value for keeping in Keeping), 0))
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            ids = await questions.next_running(session, municipality, after, PLANS_AT_A_TIME)
            counts.update(await _weigh(session, runtime, municipality, ids))
        if not ids:
            return dict(counts)
        after = ids[-1]


async def _weigh(
    session: AsyncSession, runtime: Runtime, municipality: str, ids: list[AgreementId]
) -> list[str]:
    """Weigh some plans, and hold only those that seem to end, to look at them once more."""
    policy = runtime.policies[municipality]
    found = await standings.of_plans(session, policy, await questions.read(session, ids))
    ends = [plan_id for plan_id, standing in found.items() if standing.kind in _ENDS]
    held, covered = await questions.hold(session, ends) if ends else ([], {})
    plans = [plan for plan in held if plan.state is AgreementState.ACCEPTED]
    anew = await standings.of_plans(session, policy, plans) if plans else {}
    for plan in plans:
        match anew[plan.id].kind:
            case Keeping.FULFILLED:
                await _pay_off(session, runtime, plan, _of(plan, covered))
            case Keeping.BROKEN:
                await _break(session, runtime, plan, _of(plan, covered))
    runs_on = {plan_id: one for plan_id, one in found.items() if plan_id not in ends}
    return [standing.kind.value for standing in (runs_on | anew).values()]


async def weigh_of(session: AsyncSession, runtime: Runtime, claim_ids: Collection[ClaimId]) -> None:
    """Weigh the plans on claims that money was booked on just now, in its transaction.

    One that is paid to its end has ended. One that had ended so runs again where the money was
    taken back, if nothing else has happened to its claims. Nothing is found broken here: the
    payments of a day are known only when its file has been read to the end. A claim that a respite
    still stands on waits on.
    """
    if not claim_ids:
        return
    await session.flush()
    ids = await questions.on_claims(session, claim_ids)
    found, covered = await questions.hold(session, ids) if ids else ([], {})
    for municipality in sorted({plan.municipality for plan in found}):
        own = [plan for plan in found if plan.municipality == municipality]
        await _weigh_anew(session, runtime, own, covered)
    await claims.wait_on(session, runtime, claim_ids)


async def _weigh_anew(
    session: AsyncSession,
    runtime: Runtime,
    plans: list[Agreement],
    covered: Mapping[ClaimId, Claim],
) -> None:
    policy = runtime.policies[plans[0].municipality]
    standing = await standings.of_plans(session, policy, plans)
    sums = await questions.sums_of(session, [plan.id for plan in plans])
    for plan in plans:
        own = _of(plan, covered)
        if plan.state is AgreementState.ACCEPTED:
            if standing[plan.id].kind is Keeping.FULFILLED:
                await _pay_off(session, runtime, plan, own)
            continue
        owed = sum((claim.agreeable for claim in own), NOTHING)
        paid, dues = sums[plan.id].paid, standings.dues_of(plan)
        is_paid = weigh(dues, paid, None, policy.plans, owed=owed).kind is Keeping.FULFILLED
        if not is_paid and {claim.state for claim in own} <= {ClaimState.OPEN, ClaimState.PAID}:
            await _run_again(session, runtime, plan, own)


def _of(plan: Agreement, covered: Mapping[ClaimId, Claim]) -> list[Claim]:
    return [covered[part.claim_id] for part in plan.claims]


# ------------------------------------------------------------------------------- how it ends
async def _pay_off(
    session: AsyncSession, runtime: Runtime, plan: Agreement, own: list[Claim]
) -> None:
    is_paid = (await questions.sums_of(session, [plan.id]))[plan.id].paid > NOTHING
    _end(runtime, plan, questions.PAID if is_paid else NOTHING_OWED)
    await _let_go(session, runtime, own)
    await _record(session, runtime, plan, "agreement_ended", because=plan.ended_because)


async def _break(
    session: AsyncSession, runtime: Runtime, plan: Agreement, own: list[Claim]
) -> None:
    """Open the claims of a broken plan; the ladder counts from today."""
    now = runtime.clock.now()
    plan.state, plan.broken_at = AgreementState.BROKEN, now
    plan.suspended_on = plan.suspended_because = None
    for claim in own:
        if claim.state is ClaimState.IN_PLAN:
            claim.state, claim.updated_at = _after_the_plan(claim), now
    await _record(session, runtime, plan, "agreement_broken")


async def _run_again(
    session: AsyncSession, runtime: Runtime, plan: Agreement, own: list[Claim]
) -> None:
    """Let a plan run again whose money was taken back."""
    plan.state, plan.ended_at, plan.ended_because = AgreementState.ACCEPTED, None, None
    for claim in own:
        if claim.outstanding:
            claim.state, claim.updated_at = ClaimState.IN_PLAN, runtime.clock.now()
    ids = [claim.id for claim in own]
    await withdrawals.weigh_again(session, runtime, ids)
    await _record(session, runtime, plan, "agreement_runs_again")
    if await questions.respites_standing(session, ids, day_of(runtime.clock.now())):
        await suspensions.suspend_on(session, runtime, ids, Because.RESPITE)


def _end(runtime: Runtime, plan: Agreement, because: str) -> None:
    plan.state, plan.ended_at = AgreementState.ENDED, runtime.clock.now()
    plan.ended_because, plan.suspended_on, plan.suspended_because = because, None, None


async def _let_go(session: AsyncSession, runtime: Runtime, own: list[Claim]) -> None:
    """Take claims out of a plan; what is left of one is not chased the very next day."""
    for claim in own:
        if claim.state is not ClaimState.IN_PLAN:
            continue
        claim.state, claim.updated_at = _after_the_plan(claim), runtime.clock.now()
        if claim.state is ClaimState.OPEN:
            await claims.reopen(session, runtime, claim, because="plan_ended", actor="rule")


def _after_the_plan(claim: Claim) -> ClaimState:
    """Return where a claim stands without its plan; a part under dispute waits for its answer."""
    if not claim.outstanding:
        return ClaimState.PAID
    return ClaimState.DISPUTED if claim.in_dispute else ClaimState.OPEN


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    plan: Agreement,
    act: str,
    **facts: str | None,
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=plan.municipality,
        actor="rule",
        act=act,
        subject_kind="agreement",
        subject_id=plan.id,
        **facts,
    )
