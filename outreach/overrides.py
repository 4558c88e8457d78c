"""What a caseworker says of a claim's steps: held, left out, approved, shelved (skøn; A39)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.cases import Effect, Override
from data.models.claims import Claim, ClaimState
from data.municipalities.ladders import StepKind
from data.notifications import notify
from data.values.ids import new_id
from data.values.time import day_of, months_after
from outreach import audit, cases, claims, tasks, withdrawals
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.rules.case import ALL_STEPS, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.obstacles import STATES
from outreach.rules.overrides import may_say

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.municipalities.ladders import Fact, Ground
    from data.values.ids import ClaimId, OverrideId
    from outreach.runtime import Runtime

#: What is over: there is no step left to say anything of.
_ENDED: Final = {ClaimState.PAID, ClaimState.WRITTEN_OFF, ClaimState.HANDED_OVER}
_CAN_REST: Final = {ClaimState.OPEN, ClaimState.SHELVED}
#: The task that asks for an assessment of a step, by the step's kind.
_ASKED_BY: Final = {
    StepKind.REMINDER: "assess_reminder",
    StepKind.NOTICE: "assess_notice",
    StepKind.AUCTION_WARNING: "assess_auction_warning",
    StepKind.HAND_OVER: "assess_hand_over",
    StepKind.CLOSURE_NOTICE: "assess_closure",
}
_STEP: Final = re.compile(rf"{ALL_STEPS}|({'|'.join(StepKind)}):[1-9][0-9]?")
_SHELVING_ENDED: Final = "shelving_ended"


class NotAllowedError(MindeligError):
    """Law, policy or the claim's own state stands against it; `refused` says which and why."""

    code = "not_allowed"

    def __init__(self, refused: Refused) -> None:
        """Take the rule's refusal."""
        super().__init__(refused.reason.value)
        self.refused = refused


class ReasonMissingError(MindeligError):
    """A caseworker's word stands with its reason, or not at all."""

    code = "reason_missing"


class RevokedError(ConflictError):
    """The word has been taken back already."""

    code = "already_revoked"


async def say(
    session: AsyncSession,
    runtime: Runtime,
    *,
    claim: Claim,
    staff: Staff,
    effect: Effect,
    step: str,
    reason: str,
    until: date | None = None,
    ground: Ground | None = None,
    facts: frozenset[Fact] = frozenset(),
) -> Override:
    """Put a caseworker's word on a step on record; the same word said twice stands once.

    Shelving lets the claim rest (henlagt) until a day to look again, and takes the place of an
    earlier shelving. What a task asked to be assessed is answered by it.

    Args:
        session: the caller's transaction.
        runtime: clock, law and policies.
        claim: what it is about; locked here.
        staff: who says it.
        effect: what it does to the step.
        step: the step's name and number, such as `hand_over:1`, or `all`.
        reason: why, in the caseworker's words.
        until: the last day it holds; none: until it is taken back. For a shelving the day to look
            again, by policy when none is given.
        ground: why a claim may be handed over, as the caseworker assesses it.
        facts: what is on record for a shelving (A19).

    Raises:
        NotFoundError: the claim is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotAllowedError: law, policy or the claim's state is against it.
    """
    claim = await _locked(session, claim.id, staff)
    if not reason.strip():
        raise ReasonMissingError("say why")
    step = ALL_STEPS if effect is Effect.SHELVE else step
    if effect is Effect.SHELVE and until is None:
        until = look_again_on(runtime, claim.municipality)
    word = Word(step, effect, until, ground, facts)
    await _weigh(session, runtime, claim, word)
    same = await _standing(session, claim, word, reason.strip())
    if same is not None:
        return same
    if effect is Effect.SHELVE:
        await _let_rest(session, runtime, claim, staff, reason.strip())
    override = _row(runtime, claim, staff, word, reason.strip())
    session.add(override)
    await session.flush()
    await _answer_tasks(session, runtime, claim, staff, word, reason)
    await withdrawals.weigh_again(session, runtime, [claim.id])
    await _record(session, runtime, override, claim, staff, "override_said")
    return override


def look_again_on(runtime: Runtime, municipality: str) -> date | None:
    """Return the day by which a case shelved today is looked at again, or none: not in policy."""
    shelving = runtime.policies[municipality].shelving
    if shelving is None:
        return None
    return months_after(day_of(runtime.clock.now()), shelving.look_again_months)


async def revoke(
    session: AsyncSession, runtime: Runtime, override_id: OverrideId, staff: Staff, reason: str
) -> Override:
    """Take a word back. A claim that rested is open again, with some bank days of quiet.

    Raises:
        NotFoundError: no such word in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        RevokedError: it has been taken back already.
    """
    found = await session.get(Override, override_id)
    if found is None:
        raise NotFoundError("no such override")
    claim = await _locked(session, found.claim_id, staff)
    override = await session.get_one(
        Override, override_id, with_for_update=True, populate_existing=True
    )
    if override.revoked_at is not None:
        raise RevokedError("revoked")
    if not reason.strip():
        raise ReasonMissingError("say why")
    _take_back(runtime, override, staff, reason.strip())
    await _record(session, runtime, override, claim, staff, "override_revoked")
    if override.effect is Effect.SHELVE and claim.state is ClaimState.SHELVED:
        actor = f"staff:{staff.id}"
        await claims.reopen(session, runtime, claim, because=_SHELVING_ENDED, actor=actor)
        await tasks.settle(session, runtime, claim.id, tasks.LOOK_AGAIN, staff, reason)
    return override


async def end_shelvings(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """Open a task for each shelving whose day to look again has passed; return how many.

    The claim goes on resting: only a person ends it or lets it rest longer (A18).
    """
    today = day_of(runtime.clock.now())
    over = await session.scalars(
        select(Claim)
        .join(Override, Override.claim_id == Claim.id)
        .where(
            Override.municipality == municipality,
            Override.effect == Effect.SHELVE,
            Override.revoked_at.is_(None),
            Override.until < today,
            Claim.state == ClaimState.SHELVED,
        )
        .order_by(Claim.id)
    )
    opened = [
        await tasks.open_task(session, runtime, claim=claim, kind=tasks.LOOK_AGAIN)
        for claim in over.unique()
    ]
    return sum(task is not None for task in opened)


async def _weigh(session: AsyncSession, runtime: Runtime, claim: Claim, word: Word) -> None:
    """Ask whether the word may stand: by the claim's state, its day, and the pure rule."""
    today = day_of(runtime.clock.now())
    if claim.state in _ENDED or (word.effect is Effect.SHELVE and claim.state not in _CAN_REST):
        raise NotAllowedError(Refused(STATES[claim.state], step=word.step))
    if word.effect is Effect.APPROVE and claim.state is not ClaimState.OPEN:
        # What stands still is not assessed: what becomes of it is not known yet.
        raise NotAllowedError(Refused(STATES[claim.state], step=word.step))
    if not _STEP.fullmatch(word.step):
        raise NotAllowedError(Refused(Reason.NOT_IN_POLICY, step=word.step))
    if word.until is not None and word.until < today:
        raise NotAllowedError(Refused(Reason.IN_THE_PAST, step=word.step))
    case = (await cases.load(session, runtime, [claim.id]))[claim.id]
    verdict = may_say(word, case, runtime.law, runtime.policies[claim.municipality], today)
    if isinstance(verdict, Refused):
        raise NotAllowedError(verdict)


async def _standing(
    session: AsyncSession, claim: Claim, word: Word, reason: str
) -> Override | None:
    """Return the word that stands already and says the very same, or none."""
    found = await session.scalars(
        select(Override).where(
            Override.claim_id == claim.id,
            Override.revoked_at.is_(None),
            Override.step == word.step,
            Override.effect == word.effect,
            Override.reason == reason,
        )
    )
    same = (each for each in found if (each.until, each.facts) == (word.until, _facts(word)))
    return next(same, None)


async def _let_rest(
    session: AsyncSession, runtime: Runtime, claim: Claim, staff: Staff, reason: str
) -> None:
    """Shelve the claim; an earlier shelving is taken back, since the new one stands for it."""
    earlier = await session.scalars(
        select(Override).where(
            Override.claim_id == claim.id,
            Override.effect == Effect.SHELVE,
            Override.revoked_at.is_(None),
        )
    )
    for each in earlier:
        _take_back(runtime, each, staff, reason)
        await _record(session, runtime, each, claim, staff, "override_replaced")
    claim.state, claim.updated_at = ClaimState.SHELVED, runtime.clock.now()


async def _answer_tasks(
    session: AsyncSession, runtime: Runtime, claim: Claim, staff: Staff, word: Word, note: str
) -> None:
    """Close the tasks whose question the word answers."""
    if word.effect is Effect.WITHOUT_FEE:
        return
    kinds = list(_ASKED_BY.values())
    if word.step != ALL_STEPS:
        kinds = [_ASKED_BY[StepKind(word.step.partition(":")[0])]]
    if word.effect is Effect.SHELVE:
        kinds.append(tasks.LOOK_AGAIN)
    for kind in kinds:
        await tasks.settle(session, runtime, claim.id, kind, staff, note)


def _row(runtime: Runtime, claim: Claim, staff: Staff, word: Word, reason: str) -> Override:
    return Override(
        id=new_id(),
        municipality=claim.municipality,
        claim_id=claim.id,
        step=word.step,
        effect=word.effect,
        reason=reason,
        facts=_facts(word),
        until=word.until,
        staff_id=staff.id,
        at=runtime.clock.now(),
    )


def _facts(word: Word) -> dict[str, str | list[str]]:
    """Write what the word rests on as `outreach.cases` reads it."""
    facts: dict[str, str | list[str]] = {}
    if word.ground is not None:
        facts["ground"] = word.ground.value
    if word.facts:
        facts["facts"] = sorted(fact.value for fact in word.facts)
    return facts


def _take_back(runtime: Runtime, override: Override, staff: Staff, reason: str) -> None:
    override.revoked_at, override.revoked_by = runtime.clock.now(), staff.id
    override.revoked_because = reason


async def _locked(session: AsyncSession, claim_id: ClaimId, staff: Staff) -> Claim:
    claim = await session.get(Claim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None or claim.municipality != staff.municipality:
        raise NotFoundError("no such claim")
    return claim


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    override: Override,
    claim: Claim,
    staff: Staff,
    act: str,
) -> None:
    is_back = override.revoked_at is not None
    await audit.record(
        session,
        runtime,
        municipality=claim.municipality,
        actor=f"staff:{staff.id}",
        act=act,
        subject_kind="claim",
        subject_id=claim.id,
        override_id=str(override.id),
        effect=override.effect.value,
        step=override.step,
        until=override.until.isoformat() if override.until else None,
        ground=override.facts.get("ground"),
        before={"stands": is_back},
        after={"stands": not is_back},
        why=override.revoked_because if is_back else override.reason,
    )
    await notify(session, claim.municipality)
