"""Acts on one town's books, each told to the bookkeeper in the same breath."""

from __future__ import annotations

from sqlalchemy import select

from data.models.agreements import AgreementChannel
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.payments import Payment
from data.values.money import Money
from data.values.time import day_of
from outreach import agreements, disputes, payments, postings
from outreach.agreements import Terms
from outreach.agreements.owing import owed_of
from outreach.disputes import DisputeAnswer
from outreach.rounds import morning_round
from outreach.rules.negotiation import negotiate
from tests.make_agreements import SHOWN
from tests.years.plans import wish_of

WHY = "Aftalt i telefonen."
_FEE = 25_000
_CAN_BE_DISPUTED = {ClaimState.OPEN, ClaimState.IN_PLAN}
_CAN_FALL = {ClaimState.OPEN, ClaimState.PAID, ClaimState.IN_PLAN}


class Acts:
    """What a caseworker, a citizen or a round does in one town."""

    def __init__(self, town):
        self.town, self.books, self.runtime = town, town.books, town.runtime
        #: Fees that may still be waived, and what each is on.
        self.fees = []
        self.disputed = []
        self.numbers = []
        self._fees = 0

    async def _claim(self, session, ref):
        return await session.scalar(
            select(Claim).where(Claim.municipality == self.town.key, Claim.claim_ref == ref)
        )

    async def _payment(self, session, ref):
        return await session.scalar(
            select(Payment).where(Payment.municipality == self.town.key, Payment.payment_ref == ref)
        )

    def _do(self, work):
        """Do one act in a transaction of its own; return what it gave."""

        async def once():
            async with self.runtime.transaction() as session:
                return await work(session)

        return self.town.run(once())

    def see_states(self):
        """Which claims are wholly disputed is a fact of their states."""

        async def look(session):
            found = await session.execute(
                select(Claim.claim_ref, Claim.state).where(Claim.municipality == self.town.key)
            )
            return dict(found.all())

        for ref, state in self._do(look).items():
            self.books.bills[ref].is_disputed = state is ClaimState.DISPUTED

    # -------------------------------------------------------------------------------- money
    def place(self, ref, to, oere):
        staff = self.town.staff

        async def act(session):
            paid, claim = await self._payment(session, ref), await self._claim(session, to)
            await payments.place(session, self.runtime, paid.id, claim.id, Money(oere), staff, WHY)

        self._do(act)
        self.books.place(ref, to, oere)

    def move(self, ref, source, target, oere):
        staff = self.town.staff

        async def act(session):
            paid = await self._payment(session, ref)
            first, then = await self._claim(session, source), await self._claim(session, target)
            await payments.move(
                session, self.runtime, paid.id, first.id, then.id, Money(oere), staff=staff,
                because=WHY,
            )  # fmt: skip

        self._do(act)
        self.books.move(ref, source, target, oere)

    def refund(self, ref, source, oere):
        staff = self.town.staff

        async def act(session):
            paid = await self._payment(session, ref)
            claim = await self._claim(session, source) if source else None
            back = await payments.refund(
                session, self.runtime, paid.id, claim.id if claim else None, Money(oere), staff,
                WHY,
            )  # fmt: skip
            return back.payment_ref

        self.books.refund(ref, source, oere, self._do(act), self.town.today)

    # ------------------------------------------------------------------------ fees, disputes
    def fee(self, ref):
        """Charge a reminder's fee; nothing where nothing is owed, or the claim is over."""
        self._fees += 1

        async def act(session):
            claim = await self._claim(session, ref)
            posted = await postings.charge_fee(
                session, self.runtime, claim, step=f"reminder:{self._fees}", fee=Money(_FEE),
                basis="gebyrloven § 2",
            )  # fmt: skip
            return posted and posted.id

        posted = self._do(act)
        if posted:
            self.books.charge(ref, _FEE)
            self.fees.append((posted, ref))

    def waive(self, at):
        posted, ref = self.fees.pop(at % len(self.fees))
        staff = self.town.staff

        async def act(session):
            await postings.waive(session, self.runtime, posted, staff, WHY)

        self._do(act)
        self.books.waive(ref, _FEE)

    def dispute(self, ref, part):
        bill, staff = self.books.bills[ref], self.town.staff
        oere = bill.outstanding // part

        async def act(session):
            claim = await self._claim(session, ref)
            if claim.state not in _CAN_BE_DISPUTED or not oere:
                return False
            await disputes.dispute_part(session, self.runtime, claim, staff, Money(oere), WHY)
            return True

        if self._do(act):
            bill.disputed = oere
            self.disputed.append(ref)

    def answer(self, at, which):
        ref = self.disputed.pop(at % len(self.disputed))
        bill, staff, verdict = self.books.bills[ref], self.town.staff, list(DisputeAnswer)[which]
        falls = min(bill.disputed, bill.outstanding)

        async def act(session):
            claim = await self._claim(session, ref)
            await disputes.answer(session, self.runtime, claim.id, staff, verdict, WHY)

        self._do(act)
        bill.disputed = 0
        self.disputed = [one for one in self.disputed if one != ref]
        if verdict is DisputeAnswer.WRITTEN_OFF:
            self.books.write_off(ref, falls)

    def write_off(self, ref):
        bill, staff = self.books.bills[ref], self.town.staff
        falls = bill.outstanding

        async def act(session):
            claim = await self._claim(session, ref)
            if claim.state not in _CAN_FALL:
                return False
            await postings.write_off(session, self.runtime, claim, staff, WHY)
            return True

        if self._do(act):
            self.books.write_off(ref, falls)

    # -------------------------------------------------------------------------------- plans
    def agree(self, digits, number):
        """Agree on what a citizen owes, if anything may be agreed on, at the counter."""
        staff = self.town.staff

        async def act(session):
            citizen = await session.scalar(
                select(Citizen).where(
                    Citizen.municipality == self.town.key, Citizen.debtor_id == digits
                )
            )
            owed = await session.scalars(
                select(Claim).where(Claim.citizen_id == citizen.id).order_by(Claim.due_date)
            )
            chosen = [claim for claim in owed if agreements.agreeable(claim)]
            today, policy = day_of(self.runtime.clock.now()), self.runtime.policies[self.town.key]
            parts = [owed_of(claim, agreements.agreeable(claim)) for claim in chosen]
            found = negotiate(
                parts, wish_of(number, today), policy, self.runtime.law, today, order=list
            )
            if not found.proposals or found.proposals[0].needs_person:
                return None
            terms = Terms.of(found.proposals[0], chosen)
            made = await agreements.conclude_by_staff(
                session, self.runtime, staff, citizen.id, terms,
                channel=AgreementChannel.COUNTER, identity_level=2, shown_text=SHOWN, reason=WHY,
            )  # fmt: skip
            refs = {claim.id: claim.claim_ref for claim in chosen}
            numbers = [made.payment_id, *(rate.payment_id for rate in made.instalments)]
            return [one for one in numbers if one], [refs[part.claim_id] for part in made.claims]

        made = self._do(act)
        if made is not None:
            self.books.agree(*made)
            self.numbers += made[0]

    def morning(self):
        """A round; what it posts is read as the ledger would."""
        self.town.run(morning_round(self.runtime, municipality=self.town.key))
