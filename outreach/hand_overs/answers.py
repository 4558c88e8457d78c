"""Takes in what recipients answer: which hand-over a row means, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.claims import Claim, ClaimState
from data.models.hand_overs import (
    AnswerStatus,
    HandOver,
    HandOverAnswer,
    HandOverFile,
    HandOverState,
)
from data.values.money import NOTHING, Money
from outreach import tasks
from outreach.hand_overs.recalls import take_back
from outreach.intake.report import Effect, Problem, problem, shown
from outreach.withdrawals import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import HandOverId
    from outreach.hand_overs.answer_rows import AnswerRow, OurRef
    from outreach.runtime import Runtime

ACTOR: Final = "import"
_WITH_THEM = frozenset({HandOverState.FILED, HandOverState.ACCEPTED})
#: From which states of a hand-over an answer can come.
_FROM: Final = {
    AnswerStatus.ACCEPTED: frozenset({HandOverState.FILED}),
    AnswerStatus.REJECTED: frozenset({HandOverState.FILED}),
    AnswerStatus.RETURNED: _WITH_THEM,
    AnswerStatus.RECALLED: _WITH_THEM | {HandOverState.RECALLED},
    AnswerStatus.WRITTEN_DOWN: _WITH_THEM,
}
#: What a hand-over becomes by it, and the task that a person gets.
_COMES_BACK: Final = {
    AnswerStatus.REJECTED: (HandOverState.REJECTED, "hand_over_rejected"),
    AnswerStatus.RETURNED: (HandOverState.RETURNED, "hand_over_returned"),
    AnswerStatus.RECALLED: (HandOverState.RECALLED, "hand_over_returned"),
}


@dataclass
class Sent:
    """A hand-over that has been in a file, with what was answered so far."""

    hand_over: HandOver
    claim: Claim
    number: int
    keys: set[str] = field(default_factory=set)
    written_down: Money = NOTHING

    @property
    def total(self) -> Money:
        """What was handed over in all, øre."""
        return Money(sum(self.hand_over.sums.values()))

    def is_meant_by(self, ref: OurRef) -> bool:
        """Tell whether our reference is this hand-over's."""
        ours = (self.hand_over.recipient, self.number, self.hand_over.row)
        return ours == (ref.recipient, ref.number, ref.row)


@dataclass
class Book:
    """The hand-overs a batch names, locked, the latest last."""

    sent: dict[str, list[Sent]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)


async def open_book(session: AsyncSession, municipality: str, rows: Iterable[AnswerRow]) -> Book:
    """Lock the claims that the rows name, and load every hand-over of theirs that was in a file."""
    locked = await session.scalars(
        select(Claim)
        .where(
            Claim.municipality == municipality,
            Claim.claim_ref.in_({row.claim_ref for row in rows}),
        )
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    claims = {claim.id: claim for claim in locked}
    book = Book(known={claim.claim_ref for claim in claims.values()})
    found = await session.execute(
        select(HandOver, HandOverFile.number)
        .join(HandOverFile, HandOverFile.id == HandOver.file_id)
        .where(HandOver.claim_id.in_(claims))
        .order_by(HandOverFile.created_at, HandOverFile.number)
        .with_for_update(of=HandOver)
        .execution_options(populate_existing=True)
    )
    by_id: dict[HandOverId, Sent] = {}
    for hand_over, number in found:
        one = by_id[hand_over.id] = Sent(hand_over, claims[hand_over.claim_id], number)
        book.sent.setdefault(one.claim.claim_ref, []).append(one)
    for answer in await session.scalars(
        select(HandOverAnswer).where(HandOverAnswer.hand_over_id.in_(by_id))
    ):
        _remember(by_id[answer.hand_over_id], answer)
    return book


def _remember(sent: Sent, answer: HandOverAnswer) -> None:
    sent.keys.add(answer.key)
    if answer.status is AnswerStatus.WRITTEN_DOWN and answer.amount is not None:
        sent.written_down += answer.amount


async def take(
    session: AsyncSession, runtime: Runtime, book: Book, row: AnswerRow, occurrence: int
) -> Effect:
    """Take in one row; one taken before changes nothing, one that cannot be is refused."""
    sent = _meant(book, row)
    if isinstance(sent, Problem):
        return Effect(rejected=[[sent]])
    key = row.key(occurrence)
    if key in sent.keys:
        return Effect(unchanged=1)
    against = _against(sent, row)
    if against is not None:
        return Effect(rejected=[[against]])
    answer = HandOverAnswer(
        municipality=sent.claim.municipality,
        hand_over_id=sent.hand_over.id,
        status=row.status,
        their_ref=row.their_ref,
        reason_code=row.reason_code,
        reason=row.reason,
        amount=row.amount,
        day=row.day,
        key=key,
        taken_at=runtime.clock.now(),
    )
    session.add(answer)
    _remember(sent, answer)
    await _apply(session, runtime, sent, row)
    return Effect(new=1)


def _meant(book: Book, row: AnswerRow) -> Sent | Problem:
    """Find the hand-over by our reference, else by theirs, else the last one if it has none."""
    all_sent = book.sent.get(row.claim_ref, [])
    if not all_sent:
        code = "never_filed" if row.claim_ref in book.known else "unknown_claim"
        return problem(row.line, "claim_ref", row.claim_ref, code)
    by_theirs = [one for one in all_sent if row.their_ref and _ref(one) == row.their_ref]
    if row.our_ref is not None:
        return _by_our_ref(row, row.our_ref, all_sent, by_theirs)
    if by_theirs:
        return by_theirs[-1]
    if _ref(all_sent[-1]) is None:
        return all_sent[-1]  # their first word about it
    return problem(row.line, "their_ref", row.their_ref or "", "unknown_hand_over")


def _by_our_ref(
    row: AnswerRow, ref: OurRef, all_sent: list[Sent], by_theirs: list[Sent]
) -> Sent | Problem:
    ours = next((one for one in all_sent if one.is_meant_by(ref)), None)
    if ours is None:
        return problem(row.line, "hand_over_ref", str(ref), "unknown_hand_over")
    if by_theirs and ours not in by_theirs:
        return problem(row.line, "their_ref", row.their_ref or "", "references_disagree")
    return ours


def _ref(sent: Sent) -> str | None:
    return sent.hand_over.their_ref


def _against(sent: Sent, row: AnswerRow) -> Problem | None:
    """Return why the answer cannot follow what was answered before, or none."""
    hand_over = sent.hand_over
    if hand_over.state not in _FROM[row.status]:
        facts = {"status": row.status.value, "state": hand_over.state.value}
        return problem(row.line, "status", row.status.value, "impossible_answer", facts)
    amount = row.amount or NOTHING
    already = sent.written_down if row.status is AnswerStatus.WRITTEN_DOWN else NOTHING
    if already + amount > sent.total:
        facts = {"total": str(sent.total), "already": str(already)}
        return problem(row.line, "amount", str(amount), "amount_above_claim", facts)
    return None


async def _apply(session: AsyncSession, runtime: Runtime, sent: Sent, row: AnswerRow) -> None:
    hand_over = sent.hand_over
    hand_over.their_ref = row.their_ref or hand_over.their_ref
    hand_over.answer = _words(row)
    hand_over.updated_at = runtime.clock.now()
    if row.status is AnswerStatus.ACCEPTED:
        hand_over.state = HandOverState.ACCEPTED
        await record(session, runtime, hand_over, ACTOR, "hand_over_accepted")
    elif row.status is AnswerStatus.WRITTEN_DOWN:
        await _write_down(session, runtime, sent, row.amount or NOTHING)
    elif hand_over.state is not HandOverState.RECALLED:
        await _come_back(session, runtime, sent, row)


def _words(row: AnswerRow) -> str | None:
    """What the recipient said, with no whole number of a person in it."""
    said = ": ".join(part for part in (row.reason_code, row.reason) if part)
    return shown(None, said) if said else None


async def _come_back(session: AsyncSession, runtime: Runtime, sent: Sent, row: AnswerRow) -> None:
    """Open the claim again, let it rest, and let a person look at why."""
    state, kind = _COMES_BACK[row.status]
    await take_back(session, runtime, sent.hand_over, sent.claim, state, ACTOR)
    facts = {
        "status": row.status.value,
        "their_ref": row.their_ref,
        "reason_code": row.reason_code,
        "reason": sent.hand_over.answer,
    }
    await tasks.open_task(session, runtime, claim=sent.claim, kind=kind, facts=facts, actor=ACTOR)


async def _write_down(session: AsyncSession, runtime: Runtime, sent: Sent, amount: Money) -> None:
    """Keep by how much the recipient's claim is smaller; the last of it ends a paid claim."""
    await record(
        session, runtime, sent.hand_over, ACTOR, "hand_over_written_down", amount=amount.oere
    )
    is_over = sent.written_down >= sent.total and not sent.claim.outstanding
    if is_over and sent.claim.state is ClaimState.HANDED_OVER:
        sent.claim.state, sent.claim.updated_at = ClaimState.PAID, runtime.clock.now()
