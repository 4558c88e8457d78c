"""What follows when money has moved: plans, tasks, quiet days, all in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import Text, cast, select, text, update
from sqlalchemy.dialects.postgresql import insert

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim, ClaimState
from data.models.payments import Allocation, Payment, PaymentKind
from data.notifications import notify
from data.values.ids import ClaimId, new_id
from data.values.money import NOTHING
from data.values.time import add_bank_days, day_of
from outreach import booking, plans, tasks, withdrawals
from outreach.rules.suggestions import Unplaced
from outreach.suggesting import suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.booking import Day, Row
    from outreach.runtime import Runtime

WRITE_DOWN: Final = "write_down"
UNMATCHED: Final = "payment_unmatched"
OVERPAID: Final = "overpaid"
ON_ENDED: Final = "payment_on_ended"
_UNREADABLE: Final = "payment_unreadable"
_NEEDS_A_LOOK: Final = frozenset({ClaimState.WRITTEN_OFF, ClaimState.SHELVED, ClaimState.DISPUTED})


@dataclass
class FollowUp:
    """What a booking leaves to be looked at, by a rule or by a person."""

    #: Payments that stand nowhere, and claims that may be meant all the same.
    waiting: dict[int, set[ClaimId]] = field(default_factory=dict)
    #: Money taken back whose payment has not come, and that payment's reference.
    awaited: dict[int, str] = field(default_factory=dict)
    #: Payments that waited and do not any more.
    cleared: set[int] = field(default_factory=set)
    #: Claims on which too much was paid, and by which payment.
    overpaid: dict[ClaimId, int] = field(default_factory=dict)
    #: Claims that had come to an end here or are disputed, and what came in on them.
    on_ended: dict[ClaimId, int] = field(default_factory=dict)
    with_recipient: set[ClaimId] = field(default_factory=set)
    #: Claims that were paid and are owed again.
    opened: set[ClaimId] = field(default_factory=set)
    #: Claims named by rows that could not be read, and the payments those rows tell of.
    unreadable: set[tuple[ClaimId, str]] = field(default_factory=set)

    def note(self, claim: Row, payment: Row) -> None:
        """Note what a payment that was put to a claim, or taken off it, leaves to be looked at."""
        if claim["state"] is ClaimState.HANDED_OVER:
            self.with_recipient.add(claim["id"])
        if claim["state"] in _NEEDS_A_LOOK:
            self.on_ended[claim["id"]] = payment["id"]
        elif claim["paid"] > booking.owed(claim) and payment["amount"] > NOTHING:
            self.overpaid[claim["id"]] = payment["id"]

    def add(self, other: FollowUp) -> None:
        """Add what another part of a batch leaves."""
        self.waiting |= other.waiting
        self.cleared |= other.cleared
        self.awaited |= other.awaited
        self.overpaid |= other.overpaid
        self.on_ended |= other.on_ended
        self.with_recipient |= other.with_recipient
        self.opened |= other.opened
        self.unreadable |= other.unreadable


@dataclass(frozen=True, slots=True)
class _Question:
    """A task to be opened: about a claim, a payment, or both."""

    kind: str
    facts: Mapping[str, object]
    claim: Claim | None = None
    payment_id: int | None = None


async def follow_up(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    left: FollowUp,
    touched: Collection[ClaimId],
    day: Day,
) -> None:
    """Do what follows for claims that money was put to or taken from."""
    await session.flush()
    await _note_unreadable(session, runtime, municipality, left)
    resting = await _let_wait(session, runtime, municipality, left, day)
    await clear(session, runtime, municipality, left.cleared - set(left.waiting), day)
    await _ask(session, runtime, municipality, await _questions(session, runtime, left))
    changed = {*touched, *resting}
    await plans.weigh_of(session, runtime, changed)
    await withdrawals.weigh_again(session, runtime, changed)


# ------------------------------------------------------------------------ money that waits
async def _let_wait(
    session: AsyncSession, runtime: Runtime, municipality: str, left: FollowUp, day: Day
) -> set[ClaimId]:
    """Ask a person where money belongs; the claims it may well be for rest meanwhile."""
    if not left.waiting:
        return set()
    rows = await session.scalars(select(Payment).where(Payment.id.in_(left.waiting)))
    payments = {payment.id: payment for payment in rows}
    unplaced = {number: of_payment(one) for number, one in payments.items()}
    found = await suggestions(session, runtime, municipality, unplaced, by_name=False)
    meant = {
        number: near | {one.candidate.claim_id for one in found[number] if one.is_strong}
        for number, near in left.waiting.items()
        if payments[number].kind is PaymentKind.RECEIVED or near
    }
    resting = await _rest(session, meant, day)
    questions = [
        _Question(
            UNMATCHED,
            {
                "sum": payments[number].amount.oere,
                "resting": sorted(str(each) for each in meant.get(number, set())),
                **({"reverses": left.awaited[number]} if number in left.awaited else {}),
            },
            payment_id=number,
        )
        for number in left.waiting
    ]
    await _ask(session, runtime, municipality, questions)
    return resting


async def _rest(session: AsyncSession, meant: Mapping[int, set[ClaimId]], day: Day) -> set[ClaimId]:
    ids = {claim_id for claims in meant.values() for claim_id in claims}
    books = booking.Books(day, await booking.locked(session, ids))
    owed = [claim for claim in books.claims.values() if booking.owed(claim) > claim["paid"]]
    resting = books.rest(owed, booking.WAITING)
    await books.write(session)
    return resting


def of_payment(payment: Payment) -> Unplaced:
    """Return a payment as the suggestions ask for it."""
    return Unplaced(
        payment.amount, payment.paid_on, payment.payment_id, payment.claim_ref, payment.payer,
        payment.text,
    )  # fmt: skip


async def clear(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    payment_ids: Collection[int],
    day: Day,
    closed_by: Any = None,  # noqa: ANN401 - a caseworker's id, or none
    note: str = "placed",
) -> None:
    """Close the tasks about payments that wait no more, and wake the claims that rested for them.

    A claim that another waiting payment may be for rests on.
    """
    if not payment_ids:
        return
    closed = await session.scalars(
        update(Task)
        .where(
            Task.payment_id.in_(payment_ids), Task.kind == UNMATCHED, Task.state == TaskState.OPEN
        )
        .values(state=TaskState.DONE, closed_at=runtime.clock.now(), closed_by=closed_by, note=note)
        .returning(Task.facts)
    )
    rested = {each for facts in closed for each in facts.get("resting", [])}
    if rested:
        await _wake(session, municipality, rested, day)
    await notify(session, municipality)


async def _wake(session: AsyncSession, municipality: str, rested: set[str], day: Day) -> None:
    others = await session.scalars(
        select(Task.facts).where(
            Task.municipality == municipality,
            Task.kind == UNMATCHED,
            Task.state == TaskState.OPEN,
            cast(Task.facts["resting"], Text) != "[]",
        )
    )
    still = {each for facts in others for each in facts.get("resting", [])}
    ids = [ClaimId(UUID(each)) for each in rested - still]
    books = booking.Books(day, await booking.locked(session, ids))
    for claim in books.claims.values():
        books.wake(claim, booking.WAITING)
    await books.write(session)


# ------------------------------------------------------------------------------ other tasks
async def _questions(session: AsyncSession, runtime: Runtime, left: FollowUp) -> list[_Question]:
    ids = {*left.overpaid, *left.on_ended, *left.with_recipient}
    if not ids:
        return []
    rows = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
        .execution_options(populate_existing=True)
    )
    claims = {claim.id: claim for claim in rows}
    doubles = await _doubles(session, runtime, claims, left.overpaid)
    asked = [
        _Question(
            OVERPAID,
            {
                "sum": (claims[claim_id].paid - claims[claim_id].owed).oere,
                "payment": payment_id,
                **({"double": doubles[claim_id]} if claim_id in doubles else {}),
            },
            claims[claim_id],
        )
        for claim_id, payment_id in left.overpaid.items()
        if claims[claim_id].paid > claims[claim_id].owed
    ]
    asked += [
        _Question(ON_ENDED, {"payment": payment_id}, claims[claim_id])
        for claim_id, payment_id in left.on_ended.items()
    ]
    return [*asked, *(_Question(WRITE_DOWN, {}, claims[each]) for each in left.with_recipient)]


async def _doubles(
    session: AsyncSession,
    runtime: Runtime,
    claims: Mapping[ClaimId, Claim],
    overpaid: Mapping[ClaimId, int],
) -> dict[ClaimId, str]:
    """Return the earlier payment that an overpayment looks like: the same sum within days."""
    rows = await session.execute(
        select(
            Allocation.claim_id, Payment.id, Payment.payment_ref, Payment.amount, Payment.paid_on
        )
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.claim_id.in_(overpaid), Payment.kind == PaymentKind.RECEIVED)
        .order_by(Payment.id)
    )
    of_claim: dict[ClaimId, list[Any]] = defaultdict(list)
    for row in rows:
        of_claim[row.claim_id].append(row)
    found: dict[ClaimId, str] = {}
    for claim_id, payments in of_claim.items():
        last = next((one for one in payments if one.id == overpaid[claim_id]), None)
        days = runtime.policies[claims[claim_id].municipality].already_paid.pause_bank_days
        twin = last and next((one for one in payments if _is_twin(one, last, days)), None)
        if twin:
            found[claim_id] = twin.payment_ref
    return found


def _is_twin(one: Any, last: Any, bank_days: int) -> bool:  # noqa: ANN401 - rows of payments
    first, then = sorted((one.paid_on, last.paid_on))
    return bool(
        one.id != last.id and one.amount == last.amount and then <= add_bank_days(first, bank_days)
    )


async def _ask(
    session: AsyncSession, runtime: Runtime, municipality: str, questions: Iterable[_Question]
) -> None:
    """Open tasks, many at a time; one that is open already says what holds now."""
    now = runtime.clock.now()
    rows = [_task(runtime, municipality, each, now) for each in questions]
    for index, condition, chosen in (
        (["claim_id", "kind"], tasks.ONE_OPEN, [row for row in rows if row["claim_id"]]),
        (
            ["payment_id", "kind"],
            "state = 'open' and payment_id is not null",
            [row for row in rows if not row["claim_id"]],
        ),
    ):
        if not chosen:
            continue
        fresh = insert(Task)
        opened = await session.scalars(
            fresh.on_conflict_do_update(
                index_elements=index,
                index_where=text(condition),
                set_={"facts": fresh.excluded.facts},
            ).returning(Task),
            chosen,
        )
        session.add_all(_on_record(task, now) for task in opened if task.opened_at == now)
    if rows:
        await notify(session, municipality)


def _task(runtime: Runtime, municipality: str, asked: _Question, now: datetime) -> dict[str, Any]:
    law = runtime.tasks.kinds[asked.kind]
    return {
        "id": new_id(),
        "municipality": municipality,
        "kind": asked.kind,
        "claim_id": asked.claim.id if asked.claim else None,
        "citizen_id": asked.claim.citizen_id if asked.claim else None,
        "payment_id": asked.payment_id,
        "facts": dict(asked.facts),
        "state": TaskState.OPEN,
        "opened_at": now,
        "due_on": add_bank_days(day_of(now), law.due_bank_days),
    }


def _on_record(task: Task, now: datetime) -> AuditEntry:
    return AuditEntry(
        municipality=task.municipality, at=now, actor=booking.IMPORT, act="task_opened",
        subject_kind="task", subject_id=str(task.id), facts={"kind": task.kind},
    )  # fmt: skip


async def _note_unreadable(
    session: AsyncSession, runtime: Runtime, municipality: str, left: FollowUp
) -> None:
    """Put on record which payments could not be read, so that they are known when they come."""
    now = runtime.clock.now()
    session.add_all(
        AuditEntry(
            municipality=municipality, at=now, actor=booking.IMPORT, act=_UNREADABLE,
            subject_kind="claim", subject_id=str(claim_id), facts={"payment_ref": ref},
        )
        for claim_id, ref in sorted(left.unreadable)
    )  # fmt: skip
    await session.flush()
