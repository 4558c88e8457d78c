"""Books a batch of payments, each once, and never quietly passes one over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from data.models.claims import ClaimState, PaymentCoverage
from data.models.payments import PaymentKind
from data.values.money import NOTHING, Money
from outreach import booking
from outreach.booking import Books, Day
from outreach.intake import matching, passing_on, past_payments, unreadable
from outreach.intake.matching import Target, Unclear
from outreach.intake.payment_rows import CoverageRow, DoubtRow, PaymentRow, RefusedRow
from outreach.intake.report import Effect, Problem, problem
from outreach.rules.allocation import Part, allocate, take_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.booking import Row
    from outreach.intake.matching import Index, Known
    from outreach.intake.past_payments import Past
    from outreach.intake.payment_rows import AnyRow

#: Why a claim rests for what an import says; claims.py and the desk know them by these names.
OWED_AGAIN: Final = booking.OWED_AGAIN
UNREADABLE: Final = booking.UNREADABLE


@dataclass
class Coverage:
    """How far a file's rows say that all payments are known, and which rows speak against it."""

    until: date | None = None
    held_by: list[int] = field(default_factory=list)

    def reach(self, day: date | None) -> None:
        """Take in one row's word."""
        if day is not None and (self.until is None or day > self.until):
            self.until = day


@dataclass
class Batch:
    """A batch of rows while it is booked: the claims it names, and the payments known before."""

    index: Index
    books: Books
    past: Past
    ids: list[int]
    coverage: Coverage
    effect: Effect = field(default_factory=Effect)
    #: Fresh payments by their sum, for money taken back that names none.
    by_sum: dict[Money, list[Row]] = field(default_factory=lambda: defaultdict(list))
    #: What is to be said of claims on which too much stands, if it still does in the end.
    too_much: list[tuple[ClaimId, Problem]] = field(default_factory=list)

    def take(self, row: AnyRow) -> None:
        """Take one row."""
        match row:
            case CoverageRow():
                self.coverage.reach(row.covers_until)
                self.effect.unchanged += 1
            case DoubtRow():
                self.effect.warnings.append(row.problem)
                self.coverage.held_by.append(row.line)
            case RefusedRow():
                self._refuse(row)
            case PaymentRow():
                self._book(row)

    def _book(self, row: PaymentRow) -> None:
        before = self.past.booked.get(row.payment_ref)
        target = self.index.target(row)
        differs = _differs(before, row, target) if before is not None else None
        if differs is not None:
            self._refuse(RefusedRow(row.line, [differs], row.names, may_hide_a_payment=False))
            return
        self.coverage.reach(row.covers_until)
        if before is not None and not (self._can_be_placed(before) and isinstance(target, Target)):
            self.effect.unchanged += 1
            self.effect.warnings += row.warnings
            return
        self.effect.new += 1
        self.effect.warnings += row.warnings
        payment = before or self._enter(row)
        if row.amount < NOTHING:
            self._reverse(row, payment, target)
            return
        self._receive(row, payment, target)
        back = self.past.awaited.pop(row.payment_ref, None)
        if back is not None and not back["allocated"]:
            self._forget(back)
            self._reverse_payment(row, back, payment)

    def _can_be_placed(self, before: Row) -> bool:
        """Tell whether a payment that is known still waits, and has not gone back meanwhile."""
        return _waits_whole(before) and self.past.waits(before) > NOTHING

    def _enter(self, row: PaymentRow) -> Row:
        payment: Row = {
            "id": self.ids.pop(), "municipality": self.index.known.policy.key,
            "payment_ref": row.payment_ref,
            "kind": PaymentKind.RECEIVED if row.amount > NOTHING else PaymentKind.REVERSED,
            "source": row.source, "amount": row.amount, "paid_on": row.paid_on,
            "payment_id": row.payment_id, "creditor_no": row.creditor_no,
            "claim_ref": row.claim_ref, "payer": row.payer, "text": row.text,
            "claim_id": None, "agreement_id": None, "reverses": None,
        }  # fmt: skip
        self.books.enter(payment)
        self.past.booked[row.payment_ref] = payment
        if row.amount > NOTHING:
            self.by_sum[row.amount].append(payment)
        return payment

    # ----------------------------------------------------------------------- money that comes in
    def _receive(self, row: PaymentRow, payment: Row, target: Target | Unclear) -> None:
        if isinstance(target, Unclear):
            self._let_wait(row, payment, target)
            return
        shares = [self.index.share(claim) for claim in target.claims]
        shares.sort(key=lambda share: share.room > NOTHING)  # the rest goes where money is owed
        parts = allocate(self.past.waits(payment), shares)
        _name(payment, target)
        self._put(payment, parts)
        self._remark(row, payment, target)
        for part in parts:
            self._settle_debts(cast("ClaimId", part.ref))

    def _put(self, payment: Row, parts: Iterable[Part]) -> None:
        parts = list(parts)
        left = self.past.waits(payment) - sum((part.amount for part in parts), NOTHING)
        self.books.put(payment, parts, booking.IMPORT)
        self.past.stand(payment, parts)
        self.past.waiting[payment["id"]] = left
        if payment["id"] not in self.books.fresh:
            self.effect.follow_up.cleared.add(payment["id"])

    def _remark(self, row: PaymentRow, payment: Row, target: Target) -> None:
        if row.claim_ref is not None and row.claim_ref not in self.index.by_ref:
            self._warn(row, "claim_ref", row.claim_ref, "claim_by_payment_id")
        for claim in target.claims:
            self.effect.follow_up.note(claim, payment)
            if claim["paid"] > booking.owed(claim) and claim["state"] is not ClaimState.WRITTEN_OFF:
                facts: dict[str, object] = {"owed": str(booking.owed(claim))}
                found = problem(
                    row.line, "amount", str(row.amount), "overpaid", facts, is_warning=True
                )
                self.too_much.append((claim["id"], found))

    def _let_wait(self, row: PaymentRow, payment: Row, unclear: Unclear) -> None:
        """Keep money that nobody can place: it is known, and a person looks at it."""
        self.effect.warnings.append(unclear.problem)
        near = {claim["id"] for claim in unclear.near}
        self.effect.follow_up.waiting[payment["id"]] = near

    # ---------------------------------------------------------------- money that is taken back
    def _reverse(self, row: PaymentRow, payment: Row, target: Target | Unclear) -> None:
        original = self._original(row, target)
        if original is None and row.reverses:
            self.past.awaited[row.reverses] = payment
            self.effect.follow_up.awaited[payment["id"]] = row.reverses
        if original is not None:
            self._reverse_payment(row, payment, original)
        elif isinstance(target, Unclear):
            self._let_wait(row, payment, target)
        else:
            self._reverse_on_claims(row, payment, target)

    def _original(self, row: PaymentRow, target: Target | Unclear) -> Row | None:
        """Find the payment that is taken back: by its reference, else by its sum and claim."""
        named = self.past.booked.get(row.reverses or "")
        if named is not None:
            return named if named["kind"] is PaymentKind.RECEIVED else None
        if isinstance(target, Unclear):
            return None
        ids = {claim["id"] for claim in target.claims}
        found = [
            one
            for one in (*self.past.received[-row.amount], *self.by_sum[-row.amount])
            if (one["claim_id"] in ids or _same_number(one, row))
            and one["id"] not in self.past.taken_back
        ]
        return max(found, key=lambda one: (one["paid_on"], one["id"]), default=None)

    def _reverse_payment(self, row: PaymentRow, payment: Row, original: Row) -> None:
        """Take the same parts back in reverse, what waits for a person first."""
        payment["reverses"] = original["id"]
        payment |= {name: original[name] for name in ("agreement_id", "claim_id")}
        self.past.taken_back.add(original["id"])
        left = self.past.take_waiting(original, -payment["amount"])
        stands = [
            Part(part.ref, min(part.amount, self.books.claims[cast("ClaimId", part.ref)]["paid"]))
            for part in self.past.stands[original["id"]]
        ]
        parts = take_back(left, stands)
        self._put_back(payment, parts)
        left += sum((part.amount for part in parts), NOTHING)
        self.past.stand(original, parts)
        if left:
            self._warn(row, "amount", str(row.amount), "takes_back_more", {"left": str(left)})
            self.effect.follow_up.waiting[payment["id"]] = set()
        elif _waits_whole(original):
            self.effect.follow_up.cleared.add(original["id"])

    def _reverse_on_claims(self, row: PaymentRow, payment: Row, target: Target) -> None:
        _name(payment, target)
        parts = take_back(-row.amount, [Part(one["id"], one["paid"]) for one in target.claims])
        if sum((part.amount for part in parts), NOTHING) == row.amount:
            self._put_back(payment, parts)
            return
        paid = sum((claim["paid"] for claim in target.claims), NOTHING)
        facts: dict[str, object] = {"paid": str(paid)}
        found = problem(row.line, "amount", str(row.amount), "below_zero", facts, is_warning=True)
        self._let_wait(row, payment, Unclear(found, target.claims))
        if len(target.claims) == 1:
            self.past.debts[target.claims[0]["id"]].append(payment)

    def _put_back(self, payment: Row, parts: list[Part]) -> None:
        self.books.put(payment, parts, booking.IMPORT)
        for part in parts:
            claim = self.books.claims[cast("ClaimId", part.ref)]
            self.effect.follow_up.note(claim, payment)

    def _settle_debts(self, claim_id: ClaimId) -> None:
        """Take back what was to be taken back before its payment came: the order does not count."""
        waiting = self.past.debts.pop(claim_id, [])
        for payment in waiting:
            claim = self.books.claims[claim_id]
            if claim["paid"] < -payment["amount"]:
                self.past.debts[claim_id].append(payment)
                continue
            self._put_back(payment, [Part(claim_id, payment["amount"])])
            self._forget(payment)

    def _forget(self, payment: Row) -> None:
        """Let a payment that waited wait no longer."""
        for waiting in self.past.debts.values():
            waiting[:] = [one for one in waiting if one["id"] != payment["id"]]
        self.effect.follow_up.waiting.pop(payment["id"], None)
        self.effect.follow_up.cleared.add(payment["id"])
        self.books.placed[payment["id"]] = payment

    # ------------------------------------------------------------------------------ rows refused
    def _refuse(self, row: RefusedRow) -> None:
        """Reject a row; nobody is written to who may have paid by it."""
        self.effect.rejected.append(row.problems)
        claims = self.index.named(row.names)
        self.books.rest(claims, booking.UNREADABLE)
        self.effect.follow_up.unreadable |= {
            (claim["id"], row.payment_ref or "")
            for claim in claims
            if claim["paused_because"] == booking.UNREADABLE
        }
        if row.may_hide_a_payment and not claims:
            self.coverage.held_by.append(row.line)

    def _warn(
        self,
        row: PaymentRow,
        column: str,
        value: str,
        code: str,
        facts: dict[str, object] | None = None,
    ) -> None:
        found = problem(row.line, column, value, code, facts, is_warning=True)
        self.effect.warnings.append(found)


async def write(
    session: AsyncSession, known: Known, rows: list[AnyRow], coverage: Coverage, day: Day
) -> Effect:
    """Book a batch.

    Raises:
        IntegrityError: a row breaks a rule of the database; nothing of the batch stands.
    """
    batch = await _open(session, known, rows, coverage, day)
    for row in rows:
        batch.take(row)
    await unreadable.wake(session, batch.books, batch.past.booked, batch.effect.follow_up)
    await batch.books.write(session)
    effect = batch.effect
    passed = await passing_on.pass_on(session, known, batch.books, effect.follow_up)
    effect.warnings += [found for ref, found in batch.too_much if _is_over(passed, ref)]
    effect.touched |= {*batch.books.moved, *passed}
    effect.follow_up.opened |= batch.books.opened
    return effect


async def _open(
    session: AsyncSession, known: Known, rows: list[AnyRow], coverage: Coverage, day: Day
) -> Batch:
    payments = [row for row in rows if isinstance(row, PaymentRow)]
    named = [row for row in rows if isinstance(row, PaymentRow | RefusedRow)]
    names = {name for row in named for name in row.names}
    past = await past_payments.load(session, known.policy.key, payments)
    index, claims = await matching.index(session, known, names, past.claim_ids)
    await past_payments.load_debts(session, past, list(claims))
    fresh = len({row.payment_ref for row in payments} - set(past.booked))
    ids = await booking.next_ids(session, fresh)
    return Batch(index, Books(day, claims), past, ids[::-1], coverage)


def _is_over(passed: Mapping[ClaimId, Row], claim_id: ClaimId) -> bool:
    """Tell whether too much still stands on a claim that had too much."""
    claim = passed.get(claim_id)
    return claim is None or claim["paid"] > booking.owed(claim)


def _name(payment: Row, target: Target) -> None:
    """Say on the payment what it named: one claim, or an agreement."""
    payment["agreement_id"] = target.agreement_id
    payment["claim_id"] = target.claims[0]["id"] if len(target.claims) == 1 else None


def _same_number(payment: Row, row: PaymentRow) -> bool:
    return row.payment_id is not None and payment["payment_id"] == row.payment_id


def _waits_whole(payment: Row) -> bool:
    return payment["kind"] is PaymentKind.RECEIVED and not payment["allocated"]


def _differs(before: Row, row: PaymentRow, target: Target | Unclear) -> Problem | None:
    """A payment is a fact: it is never rewritten."""
    said: dict[str, tuple[Any, Any]] = {
        "amount": (before["amount"], row.amount),
        "paid_on": (before["paid_on"], row.paid_on),
    }
    is_same_row = (before["claim_ref"], before["payment_id"]) == (row.claim_ref, row.payment_id)
    if isinstance(target, Target) and before["claim_id"] is not None and not is_same_row:
        ids = {claim["id"] for claim in target.claims}
        said["claim"] = (True, before["claim_id"] in ids)
    differs = ", ".join(name for name, (was, is_now) in said.items() if was != is_now)
    if not differs:
        return None
    facts = {"differs": differs}
    return problem(row.line, "payment_ref", row.payment_ref, "payment_differs", facts)


async def move_coverage(
    session: AsyncSession, municipality: str, until: date | None, now: datetime
) -> date | None:
    """Move the day until which all payments are known, never back; return where it stands."""
    if until is not None:
        fresh = insert(PaymentCoverage).values(
            municipality=municipality, covers_until=until, updated_at=now
        )
        await session.execute(
            fresh.on_conflict_do_update(
                index_elements=["municipality"],
                set_={"covers_until": fresh.excluded.covers_until, "updated_at": now},
                where=PaymentCoverage.covers_until < fresh.excluded.covers_until,
            )
        )
    return await session.scalar(
        select(func.max(PaymentCoverage.covers_until)).where(
            PaymentCoverage.municipality == municipality
        )
    )
