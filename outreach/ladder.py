"""The ladder's round: each claim that is late takes the step the rules allow (rykkerrunde)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data.models.claims import Claim, ClaimState, Outcome
from data.municipalities.ladders import DecidedBy, StepKind
from data.queries import cases as questions
from data.queries import decisions
from data.values.time import day_of
from outreach import cases, hand_overs, letters, tasks
from outreach.errors import UnknownMunicipalityError
from outreach.rules.closure import may_close
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move, next_step

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.rules.case import Case
    from outreach.rules.ladder import Answer
    from outreach.runtime import Runtime

CLAIMS_AT_A_TIME = 1000
REFUSAL = questions.REFUSAL
_LOCK = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"

#: Which refusals a person must look at, and as what task.
_TASKS = {
    (Reason.NEEDS_CASEWORKER, StepKind.HAND_OVER): "assess_hand_over",
    (Reason.NEEDS_CASEWORKER, StepKind.AUCTION_WARNING): "assess_auction_warning",
    (Reason.NEEDS_CASEWORKER, StepKind.CLOSURE_NOTICE): "assess_closure",
    (Reason.CHILDREN_FIRST, StepKind.CLOSURE_NOTICE): "tell_social_authorities",
    (Reason.NO_GROUND, StepKind.HAND_OVER): "plan_needed",
    # no letter of its ladder gave notice: its preference has ended, or the policy has changed
    (Reason.FORBIDDEN_BY_LAW, StepKind.HAND_OVER): "assess_notice",
}
_TASKS_OF_ANY_STEP = {
    Reason.TIME_BARRED: "time_barred",
    Reason.EXCLUDED_TYPE: "by_hand",
    Reason.NO_BILL: "bill_missing",
    Reason.NO_PAY_INSTRUCTION: "bill_missing",
}


@dataclass
class LadderReport:
    """What one round did: steps taken by name, refusals by reason, tasks opened."""

    municipality: str
    steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    tasks: int = 0


@dataclass(frozen=True)
class _Weighed:
    row: Row[Any]
    case: Case
    answer: Answer


async def ladder_round(runtime: Runtime, *, municipality: str) -> LadderReport:
    """Take each late claim one step further where that is allowed, batch by batch."""
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(municipality)
    report = LadderReport(municipality)
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            after = await _batch(session, runtime, municipality, after, report)
        if after is None:
            return report


async def _batch(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    after: UUID | None,
    report: LadderReport,
) -> UUID | None:
    """Weigh the next claims; return the last one's id, or none when there are no more.

    The lock makes two rounds at once take turns, and the second finds what the first decided.
    """
    await session.execute(text(_LOCK), {"key": f"ladder:{municipality}"})
    today = day_of(runtime.clock.now())
    rows = await questions.next_open(session, municipality, today, after, CLAIMS_AT_A_TIME)
    if not rows:
        return None
    weighed = [each for row in rows for each in _weigh(runtime, row)]
    weighed = await _without_changing(session, weighed)
    changed = [_decision(runtime, each) for each in weighed if not _is_known(each)]
    new = await decisions.keep(session, changed)
    fresh = [each for each in weighed if (each.row.id, _kept_under(each.answer)) in new]
    await _act(session, runtime, fresh, report)
    for each in weighed:
        if isinstance(each.answer, Refused):
            report.refused[each.answer.reason.value] += 1
    last: UUID = rows[-1].id
    return last


async def _without_changing(session: AsyncSession, weighed: list[_Weighed]) -> list[_Weighed]:
    """Hold the claims that are to leave; one that is paid or agreed on just now waits a round.

    A letter is looked at again before it leaves. A hand-over stands on the list from now on, so
    whoever changes the claim next must find it there.
    """
    leaving = {each.row.id for each in weighed if _leaves(each)}
    if not leaving:
        return weighed
    held = await session.scalars(
        select(Claim.id)
        .where(Claim.id.in_(leaving), Claim.state == ClaimState.OPEN, ~Claim.is_settled)
        .order_by(Claim.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    gone = leaving - set(held)
    return [each for each in weighed if each.row.id not in gone]


def _leaves(each: _Weighed) -> bool:
    return isinstance(each.answer, Move) and each.answer.kind is StepKind.HAND_OVER


def _weigh(runtime: Runtime, row: Row[Any]) -> list[_Weighed]:
    """Ask for the next step, and beside it whether a supply may be closed (it seldom may)."""
    today = day_of(runtime.clock.now())
    case, policy = cases.read(runtime, row, today), runtime.policies[row.municipality]
    found = [_Weighed(row, case, next_step(case, runtime.law, policy, today))]
    if policy.closure is not None and row.claim_type in policy.closure.claim_types:
        closing = may_close(case, runtime.law, policy, today)
        if isinstance(closing, Move) or closing.reason in _WORTH_KEEPING:
            found.append(_Weighed(row, case, closing))
    return found


_WORTH_KEEPING = frozenset({Reason.NEEDS_CASEWORKER, Reason.CHILDREN_FIRST})


def _is_known(each: _Weighed) -> bool:
    """Tell whether the very same refusal is on record, so that nothing need be written."""
    if isinstance(each.answer, Move) or each.row.refusal is None:
        return False
    reason, retry_at, facts = each.row.refusal
    at = datetime.fromisoformat(retry_at) if retry_at else None
    same = (reason, at) == (each.answer.reason.value, each.answer.retry_at)
    return same and facts == on_record(each.case, each.answer)


def _decision(runtime: Runtime, each: _Weighed) -> dict[str, Any]:
    refused = each.answer if isinstance(each.answer, Refused) else None
    policy = runtime.policies[each.row.municipality]
    return {
        "municipality": each.row.municipality,
        "claim_id": each.row.id,
        "step": _kept_under(each.answer),
        "outcome": Outcome.REFUSED if refused else Outcome.ALLOWED,
        "reason": refused.reason.value if refused else None,
        "retry_at": refused.retry_at if refused else None,
        "facts": on_record(each.case, each.answer),
        "message_id": None,
        "decided_at": runtime.clock.now(),
        "basis": each.answer.basis or None,
        "policy_version": policy.version,
        "decided_by": DecidedBy.RULE.value,
    }


def _kept_under(answer: Answer) -> str:
    if isinstance(answer, Move):
        return answer.name
    closing = answer.step.startswith(StepKind.CLOSURE_NOTICE.value)
    return answer.step if closing else REFUSAL


def on_record(case: Case, answer: Answer) -> dict[str, Any]:
    """Write the facts a decision rested on as they are stored: no name and no number."""
    facts: dict[str, Any] = {
        "claim_type": case.claim_type,
        "outstanding": case.outstanding.oere,
        "due_date": case.due_date.isoformat(),
        "bill_sent_on": case.bill_sent_on.isoformat() if case.bill_sent_on else None,
        "has_pay_instruction": case.has_pay_instruction,
        "state": case.state.value,
        "taken": [one.step for one in case.taken],
        "breaches": case.agreements.breaches,
        "is_frozen": case.debtor.is_frozen,
    }
    if isinstance(answer, Refused):
        return facts | {"step": answer.step}
    facts |= {"offers_plan": answer.offers_plan, "gives_notice": answer.gives_notice}
    return facts | ({"ground": answer.ground.value} if answer.ground else {})


async def _act(
    session: AsyncSession, runtime: Runtime, new: list[_Weighed], report: LadderReport
) -> None:
    """Make the new moves real: letters, hand-overs, and tasks for what a person must weigh."""
    moves = [(each.row, each.answer) for each in new if isinstance(each.answer, Move)]
    report.steps.update(move.name for _, move in moves)
    leaving = [(row, move) for row, move in moves if move.kind is StepKind.HAND_OVER]
    written = [(row, move) for row, move in moves if move.kind is not StepKind.HAND_OVER]
    await letters.queue(session, runtime, written)
    await hand_overs.propose(session, runtime, leaving)
    await _open_tasks(session, runtime, new, report)


async def _open_tasks(
    session: AsyncSession, runtime: Runtime, new: list[_Weighed], report: LadderReport
) -> None:
    kinds = [(each.row.id, kind) for each in new if (kind := _task_of(each.answer))]
    if not kinds:
        return
    chosen = select(Claim).where(Claim.id.in_([claim_id for claim_id, _ in kinds]))
    claims = {claim.id: claim for claim in await session.scalars(chosen)}
    for claim_id, kind in kinds:
        if await tasks.open_task(session, runtime, claim=claims[claim_id], kind=kind):
            report.tasks += 1


def _task_of(answer: Answer) -> str | None:
    if isinstance(answer, Move):
        return None
    step = StepKind(answer.step.partition(":")[0]) if answer.step else None
    if step is not None and (answer.reason, step) in _TASKS:
        return _TASKS[answer.reason, step]
    return _TASKS_OF_ANY_STEP.get(answer.reason)
