"""Keeps what became of letters (brevenes udfald): sent, put back, or stood down."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.letters import Letter, LetterStatus
from data.values.money import NOTHING
from outreach import audit, postings, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId, LetterId
    from outreach.rules.decision import Refused
    from outreach.runtime import OutgoingLetter, Runtime

#: After so many tries a person is told; the letter is still tried again.
MOST_ATTEMPTS = 10


type _Step = tuple[ClaimId, str]


class Result(StrEnum):
    """What became of handing one letter over."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter that is on its way out: as it leaves, and which attempt this is.

    Whether it offers a plan and gives notice is none where it was written by one that died: then
    the decision knows it.
    """

    letter: OutgoingLetter
    claim_id: ClaimId
    step: str
    attempt: int
    offers_plan: bool | None = None
    gives_notice: bool | None = None
    #: It was handed over before, and nobody saw the end of it.
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter and what became of handing it over."""

    leaving: Leaving
    result: Result
    #: Why it was not taken, in words that name nobody.
    why: str = ""


async def settle(
    session: AsyncSession, runtime: Runtime, handed: Sequence[Handed]
) -> Counter[Result]:
    """Store the outcomes of a batch; fees are posted and deadlines set where letters have left."""
    claims = await _lock_claims(session, {one.leaving.claim_id for one in handed})
    letters = await _lock_letters(session, {one.leaving.letter.id for one in handed})
    tally: Counter[Result] = Counter()
    left: dict[_Step, Leaving] = {}
    for one in handed:
        leaving, letter = one.leaving, letters[one.leaving.letter.id]
        if letter.status is not LetterStatus.SENDING or letter.attempts != leaving.attempt:
            continue  # another sender has settled it
        tally[one.result] += 1
        if one.result is Result.TAKEN:
            await _mark_sent(session, runtime, letter)
            left[letter.claim_id, letter.step] = leaving
            continue
        if one.result is Result.NOT_TAKEN:
            _put_back(letter)
        await call_a_person(session, runtime, letter, claims[letter.claim_id])
    await session.flush()
    await _take_the_steps(session, runtime, claims, left)
    return tally


async def _lock_letters(session: AsyncSession, ids: set[LetterId]) -> dict[LetterId, Letter]:
    rows = await session.scalars(
        select(Letter)
        .where(Letter.id.in_(ids))
        .order_by(Letter.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {letter.id: letter for letter in rows}


async def _lock_claims(session: AsyncSession, ids: set[ClaimId]) -> dict[ClaimId, Claim]:
    rows = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {claim.id: claim for claim in rows}


async def _mark_sent(session: AsyncSession, runtime: Runtime, letter: Letter) -> None:
    letter.status, letter.sent_at = LetterStatus.SENT, runtime.clock.now()
    letter.sending_since = None
    await _record(
        session,
        runtime,
        letter,
        "letter_sent",
        fee=letter.fee.oere,
        pay_by=letter.pay_by.isoformat() if letter.pay_by else None,
    )


def _put_back(letter: Letter) -> None:
    """Queue a letter again that was not taken; it is looked at and written anew."""
    letter.status, letter.sending_since = LetterStatus.QUEUED, None
    letter.body = letter.pay_by = letter.written_on = None
    letter.fee = NOTHING


async def call_a_person(
    session: AsyncSession, runtime: Runtime, letter: Letter, claim: Claim
) -> None:
    """Open a task about a letter that could not be sent (letter_failed), after some tries."""
    if letter.attempts >= MOST_ATTEMPTS:
        facts = {"letter": str(letter.id), "step": letter.step}
        await tasks.open_task(session, runtime, claim=claim, kind="letter_failed", facts=facts)


async def _take_the_steps(
    session: AsyncSession,
    runtime: Runtime,
    claims: dict[ClaimId, Claim],
    left: dict[_Step, Leaving],
) -> None:
    """Post the fees of steps, and set their deadlines once every debtor's letter has left."""
    if not left:
        return
    whose = {claim_id for claim_id, _ in left}
    found = await session.scalars(select(Decision).where(Decision.claim_id.in_(whose)))
    decisions = {(decision.claim_id, decision.step): decision for decision in found}
    letters: dict[_Step, list[Letter]] = defaultdict(list)
    for letter in await session.scalars(select(Letter).where(Letter.claim_id.in_(whose))):
        letters[letter.claim_id, letter.step].append(letter)
    for step, leaving in left.items():
        decision = decisions.get(step)
        await _charge(session, runtime, claims[leaving.claim_id], letters[step], decision)
        if decision is not None:
            _take_the_step(decision, letters[step], leaving)


async def _charge(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    letters: Sequence[Letter],
    decision: Decision | None,
) -> None:
    """Post a step's fee once, unless what was agreed in between keeps its sum."""
    [step, *_] = [letter.step for letter in letters]
    fee = max(letter.fee for letter in letters)
    if fee and claim.state is ClaimState.OPEN:
        basis = _basis(runtime, claim, decision, max(_days(letters)))
        await postings.charge_fee(session, runtime, claim, step=step, fee=fee, basis=basis)


def _take_the_step(decision: Decision, letters: Sequence[Letter], leaving: Leaving) -> None:
    deadlines = [letter.pay_by for letter in letters if letter.status is LetterStatus.SENT]
    is_whole = len(deadlines) == len(letters)
    decision.pay_by = max(day for day in deadlines if day) if is_whole else None
    facts: dict[str, Any] = {
        "fee": max(letter.fee for letter in letters).oere,
        "left_on": max(_days(letters)).isoformat(),
    }
    if leaving.offers_plan is not None:
        facts |= {"offers_plan": leaving.offers_plan, "gives_notice": leaving.gives_notice}
    decision.facts = decision.facts | facts


def _days(letters: Sequence[Letter]) -> list[date]:
    return [letter.written_on for letter in letters if letter.written_on is not None]


def _basis(runtime: Runtime, claim: Claim, decision: Decision | None, day: date) -> str:
    """Name the paragraph and the policy line that a fee rests on."""
    law = runtime.law
    fee_law = law.fees[law.claim_types[claim.claim_type].on(day).regime].on(day)
    parts = (fee_law.source, decision.basis if decision is not None else None)
    return "; ".join(part for part in parts if part)


async def stand_down(
    session: AsyncSession, runtime: Runtime, letters: Sequence[Letter], refused: Refused
) -> None:
    """Let a step's letters not leave after all; its decision becomes a refusal with the reason.

    So a later round may decide it anew, and then they are queued again.
    """
    for letter in letters:
        letter.status, letter.stood_down_because = LetterStatus.STOOD_DOWN, refused.reason.value
        await _record(session, runtime, letter, "letter_stood_down", reason=refused.reason.value)
    first = letters[0]
    await session.execute(
        update(Decision)
        .where(
            Decision.claim_id == first.claim_id,
            Decision.step == first.step,
            Decision.outcome == Outcome.ALLOWED,
        )
        .values(
            outcome=Outcome.REFUSED,
            reason=refused.reason.value,
            retry_at=refused.retry_at,
            basis=func.coalesce(refused.basis or None, Decision.basis),
            decided_at=runtime.clock.now(),
            pay_by=None,
        )
        .execution_options(synchronize_session=False)
    )


async def _record(
    session: AsyncSession, runtime: Runtime, letter: Letter, act: str, **facts: str | float | None
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=letter.municipality,
        actor=audit.ASSISTANT,
        act=act,
        subject_kind="letter",
        subject_id=letter.id,
        claim=str(letter.claim_id),
        step=letter.step,
        why=None,  # the rules have theirs among the facts
        **facts,
    )
