"""What caseworkers do in a year: money is placed, moved and sent back; fees waived; claims fall."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from data.models.agreements import AgreementChannel, AgreementKind, AgreementState
from data.models.cases import Effect, Task, TaskState
from data.models.claims import Claim, ClaimState
from data.models.payments import Payment
from data.models.postings import Posting, PostingKind
from data.municipalities.ladders import Ground
from data.values.money import Money
from outreach import agreements, citizens, claims, disputes, overrides, payments, postings
from outreach.agreements import Terms
from outreach.disputes import DisputeAnswer
from tests.make_agreements import SHOWN
from tests.years import bank_days

WHY = "Aftalt i telefonen."
_FREE = (ClaimState.OPEN, ClaimState.PAID)


class Desk:
    """The caseworker of one town, who tells the bookkeeper of each act."""

    def __init__(self, runtime, town, books, agreeing, staff):
        self.runtime, self.town, self.books = runtime, town, books
        self.agreeing, self.staff = agreeing, staff
        #: What somebody meant to pay with money that names nobody.
        self.meant = {}
        self.tally: Counter[str] = Counter()
        self._answers = {}

    async def work(self, today):
        """Tuesdays, Thursdays, and acts that have a day of their own; tell if there were any."""
        before = self.tally.copy()
        await self._answer(today)
        await self._lives(today)
        if today.weekday() == 3:
            await self._place(today)
            await self._put_right(today)
            await self._approve()
        if today.day <= 7 and today.weekday() == 1:
            await self._waive()
            await self._dispute(today)
        return self.tally != before

    async def claim(self, session, ref):
        return await session.scalar(
            select(Claim).where(Claim.municipality == self.town.council, Claim.claim_ref == ref)
        )

    async def payment(self, session, ref):
        return await session.scalar(
            select(Payment).where(
                Payment.municipality == self.town.council, Payment.payment_ref == ref
            )
        )

    # -------------------------------------------------------------------------- money
    async def _place(self, today):
        """Place what waits where its payer meant it, or send it back."""
        async with self.runtime.transaction() as session:
            waiting = await payments.waiting(session, self.runtime, self.town.council)
        for number, one in enumerate(waiting):
            ref = one.waiting.payment.payment_ref
            meant, waits = self.meant.get(ref), self.books.sums[ref].waits
            if meant not in self.books.bills or waits <= 0:
                continue
            if number % 4 == 3:
                await self._refund(ref, None, waits, today)
                continue
            async with self.runtime.transaction() as session:
                claim = await self.claim(session, meant)
                await payments.place(
                    session, self.runtime, one.waiting.payment.id, claim.id, Money(waits),
                    self.staff, WHY,
                )  # fmt: skip
            self.books.place(ref, meant, waits)
            self.tally["placed"] += 1

    async def _put_right(self, today):
        """Move what is too much to another bill of the same person, or send it back."""
        for bill in [one for one in self.books.bills.values() if one.balance < 0]:
            over = -bill.balance
            family = [one for one in self.books.sums.values() if one.parts.get(bill.ref, 0) > 0]
            if not family:
                continue
            oere = min(over, family[-1].parts[bill.ref])
            others = [
                one
                for one in self.books.bills.values()
                if one.citizen == bill.citizen and one.outstanding
            ]
            if not others:
                await self._refund(family[-1].ref, bill.ref, oere, today)
                continue
            oere = min(oere, others[0].outstanding)
            async with self.runtime.transaction() as session:
                paid = await self.payment(session, family[-1].ref)
                source = await self.claim(session, bill.ref)
                target = await self.claim(session, others[0].ref)
                await payments.move(
                    session, self.runtime, paid.id, source.id, target.id, Money(oere),
                    staff=self.staff, because=WHY,
                )  # fmt: skip
            self.books.move(family[-1].ref, bill.ref, others[0].ref, oere)
            self.tally["moved"] += 1

    async def _refund(self, ref, claim_ref, oere, today):
        async with self.runtime.transaction() as session:
            paid = await self.payment(session, ref)
            claim = await self.claim(session, claim_ref) if claim_ref else None
            back = await payments.refund(
                session, self.runtime, paid.id, claim.id if claim else None, Money(oere),
                self.staff, WHY,
            )  # fmt: skip
        self.books.refund(ref, claim_ref, oere, back.payment_ref, today)
        self.tally["refunded"] += 1

    # ------------------------------------------------------------------- fees and disputes
    async def _waive(self):
        async with self.runtime.transaction() as session:
            posted = await session.scalars(
                select(Posting)
                .where(
                    Posting.municipality == self.town.council,
                    Posting.kind.in_([PostingKind.FEE, PostingKind.INTEREST]),
                    ~Posting.id.in_(select(Posting.waives).where(Posting.waives.is_not(None))),
                )
                .order_by(Posting.id.desc())
                .limit(3)
            )
            for posting in posted.all():
                await postings.waive(session, self.runtime, posting.id, self.staff, WHY)
                claim = await session.get_one(Claim, posting.claim_id)
                self.books.waive(claim.claim_ref, posting.amount.oere)
                self.tally["waived"] += 1

    async def _dispute(self, today):
        """A few disagree, with all of a bill or a part of it; the answer comes a month later."""
        free = [
            bill
            for bill in self.books.bills.values()
            if bill.outstanding > 1_000 and bill.due < today and bill.ref not in self._answers
        ]
        for at, bill in enumerate(free[:4]):
            async with self.runtime.transaction() as session:
                claim = await self.claim(session, bill.ref)
                can = {ClaimState.OPEN, *([ClaimState.IN_PLAN] if at % 2 else [])}
                if claim.state not in can:
                    continue
                if at % 2:
                    part = bill.outstanding // 5
                    await disputes.dispute_part(
                        session, self.runtime, claim, self.staff, Money(part), WHY
                    )
                    bill.disputed = part
                else:
                    await claims.dispute(session, self.runtime, [claim])
            verdicts = list(DisputeAnswer)
            verdict = verdicts[(at + today.month) % len(verdicts)]
            self._answers[bill.ref] = (today + timedelta(days=30), verdict)
            self.tally["disputed in part" if at % 2 else "disputed"] += 1

    async def _answer(self, today):
        for ref, answer in list(self._answers.items()):
            if answer is None or answer[0] > today:
                continue
            bill, verdict = self.books.bills[ref], answer[1]
            falls = min(bill.disputed or bill.outstanding, bill.outstanding)
            async with self.runtime.transaction() as session:
                claim = await self.claim(session, ref)
                if claim.state is ClaimState.HANDED_OVER:
                    continue
                await disputes.answer(session, self.runtime, claim.id, self.staff, verdict, WHY)
            self._answers[ref] = None
            bill.disputed = 0
            if verdict is DisputeAnswer.WRITTEN_OFF:
                self.books.write_off(ref, falls)
                self.tally["written off"] += 1

    async def _approve(self):
        """Let the state have what a person has assessed (Albertslund never does it by rule)."""
        async with self.runtime.transaction() as session:
            asked = await session.scalars(
                select(Task).where(
                    Task.municipality == self.town.council,
                    Task.kind == "assess_hand_over",
                    Task.state == TaskState.OPEN,
                )
            )
            for task in asked.all()[:3]:
                claim = await session.get_one(Claim, task.claim_id)
                if claim.state is not ClaimState.OPEN:
                    continue
                try:
                    await overrides.say(
                        session, self.runtime, claim=claim, staff=self.staff,
                        effect=Effect.APPROVE, step="hand_over:1", reason=WHY,
                        ground=Ground.ABLE_BUT_UNWILLING,
                    )  # fmt: skip
                except overrides.NotAllowedError:  # of some bills the law forbids to ask that
                    continue
                self.tally["approved"] += 1

    # ----------------------------------------------------------------------- people's lives
    async def _lives(self, today):
        """Some are frozen in the middle of their plan, and some given a respite on top of it."""
        for person in self.town.people.values():
            if person.plans_on is None:
                continue
            since = (today - person.plans_on).days
            last = (bank_days.before(today) - person.plans_on).days
            if person.keeper == "frozen" and last < 40 <= since:
                await self._freeze(person)
            elif person.keeper == "frozen" and last < 80 <= since:
                await self._unfreeze(person)
            elif person.keeper == "respite" and last < 45 <= since:
                await self._respite(person, today)
            elif person.keeper == "breaks" and person.wish % 2 and last < 150 <= since:
                await self._end(person)

    async def _freeze(self, person):
        async with self.runtime.transaction() as session:
            citizen = await self.agreeing.citizen(session, person)
            await citizens.freeze(session, self.runtime, citizen.id, because="hard_illness")
        self.tally["frozen"] += 1

    async def _unfreeze(self, person):
        async with self.runtime.transaction() as session:
            citizen = await self.agreeing.citizen(session, person)
            await citizens.unfreeze(session, self.runtime, citizen, self.staff, WHY)

    async def _respite(self, person, today):
        async with self.runtime.transaction() as session:
            plans = await self._plans(session, person)
            if not plans or plans[0].kind is not AgreementKind.PLAN:
                return
            own = [await session.get_one(Claim, part.claim_id) for part in plans[0].claims]
            own = [claim for claim in own if claim.state is ClaimState.IN_PLAN and claim.agreeable]
            if not own:
                return
            until = bank_days.open_from(today + timedelta(days=28))
            made = await agreements.conclude_by_staff(
                session, self.runtime, self.staff, plans[0].citizen_id,
                Terms(own, respite_until=until), channel=AgreementChannel.COUNTER,
                identity_level=2, shown_text=SHOWN, reason=WHY,
            )  # fmt: skip
        await self.agreeing.know(person, made)
        self.tally["respite on a plan"] += 1

    async def _end(self, person):
        async with self.runtime.transaction() as session:
            for plan in await self._plans(session, person):
                await agreements.end_by_staff(
                    session, self.runtime, self.staff, plan.id, reason=WHY
                )
                self.tally["ended"] += 1

    async def _plans(self, session, person):
        citizen = await self.agreeing.citizen(session, person)
        found = await self.agreeing.running(session)
        return [
            plan
            for plan in found
            if plan.citizen_id == citizen.id and plan.state is AgreementState.ACCEPTED
        ]
