"""What people agree in a conversation, and how each of them keeps it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.citizens import Channel, Citizen
from data.models.claims import Claim
from data.models.conversations import Conversation
from data.values.ids import ClaimId, MessageId, new_id
from data.values.money import Money
from data.values.time import day_of
from outreach import agreements, conversations
from outreach.agreements import Terms
from outreach.agreements.owing import in_policy_order, owed_of
from outreach.rules.negotiation import negotiate
from outreach.rules.wish import Every, Rhythm, Wish
from tests import make
from tests.make_agreements import SHOWN
from tests.years import bank_days
from tests.years.files import Paid
from tests.years.people import CREDITORS


def wish_of(number, today):
    """One of the ways people ask for, each rhythm among them."""
    first = bank_days.after(today, 6)
    later = first + timedelta(days=55)
    wishes = (
        Wish(count=8, rhythm=Rhythm(Every.WEEK), first_on=first),
        Wish(count=6, rhythm=Rhythm(Every.FORTNIGHT), first_on=first),
        Wish(count=5, rhythm=Rhythm(Every.MONTH), first_on=first),
        Wish(count=5, rhythm=Rhythm(Every.MONTH, 15)),
        Wish(count=4, rhythm=Rhythm(Every.MONTH, last_bank_day=True)),
        Wish(days=(first, first + timedelta(days=17), later)),
        Wish(first_amount=Money(5_000), first_on=first, count=4, rhythm=Rhythm(Every.MONTH)),
        Wish(whole=True, first_on=first + timedelta(days=25)),
        Wish(first_share=Fraction(1, 2), first_on=first, days=(later,)),
        Wish(amount=Money(40_000), rhythm=Rhythm(Every.MONTH, 31), first_on=first),
    )
    return wishes[number % len(wishes)]


class Agreeing:
    """Talks with the people of one town, and pays what they agreed on as each of them does."""

    def __init__(self, runtime, town, books):
        self.runtime, self.town, self.books = runtime, town, books
        self.tally: Counter[str] = Counter()
        #: Whose each agreement is, and its claims in their order.
        self.made = {}
        #: Instalments somebody has paid, or means not to.
        self.done = set()

    async def agree(self, person, wish, replaces=None):
        """Ask, hear what may be agreed, and say yes to the first of it."""
        async with self.runtime.transaction() as session:
            talk = await self._talk(session, person)
            found = await self._negotiated(session, person, wish, replaces)
            if not found or found[0].needs_person:
                self.tally["for a person"] += 1
                return None
            claims = await self._claims(session, person)
            first, *beside = [Terms.of(one, claims) for one in found if not one.needs_person]
            offered = await agreements.offer(
                session, self.runtime, talk, first, beside=beside, replaces=replaces
            )
            agreements.read_back(offered, SHOWN)
        async with self.runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            made = await agreements.accept(session, self.runtime, place, MessageId(new_id()))
        assert isinstance(made, Agreement), f"{person.digits}: {made}"
        await self.know(person, made)
        return made

    async def know(self, person, made):
        """Tell the bookkeeper which numbers pay it, and its claims in their order."""
        async with self.runtime.transaction() as session:
            refs = dict((await session.execute(select(Claim.id, Claim.claim_ref))).all())
        numbers = [made.payment_id, *(rate.payment_id for rate in made.instalments)]
        ordered = sorted(made.claims, key=lambda part: part.position)
        own = [refs[part.claim_id] for part in ordered]
        self.made[made.id] = (person, own)
        self.books.agree(filter(None, numbers), own)
        self.tally[made.kind.value] += 1
        self.tally[made.rhythm or "days"] += 1
        self.tally["changed"] += made.replaces is not None

    async def _talk(self, session, person):
        found = await session.scalar(
            select(Conversation).where(
                Conversation.municipality == self.town.council,
                Conversation.channel == Channel.SMS,
                Conversation.address == f"+45{person.phone}",
            )
        )
        citizen = await self.citizen(session, person)
        if found is None:
            found = await make.conversation(self.runtime, citizen, address=f"+45{person.phone}")
        talk = await conversations.lock(session, found.id)
        talk.citizen_id, talk.identity_level = citizen.id, 2
        talk.identity_at = self.runtime.clock.now()
        return talk

    async def citizen(self, session, person):
        return await session.scalar(
            select(Citizen).where(
                Citizen.municipality == self.town.council, Citizen.debtor_id == person.digits
            )
        )

    async def _claims(self, session, person):
        refs = [bill.ref for bill in person.bills]
        found = await session.scalars(
            select(Claim)
            .where(Claim.municipality == self.town.council, Claim.claim_ref.in_(refs))
            .order_by(Claim.id)
        )
        return list(found)

    async def _negotiated(self, session, person, wish, replaces):
        today = day_of(self.runtime.clock.now())
        policy = self.runtime.policies[self.town.council]
        claims = [one for one in await self._claims(session, person) if one.due_date < today]
        let_go: frozenset[ClaimId] = frozenset()
        if replaces is not None:
            old = await session.get(Agreement, replaces, options=[selectinload(Agreement.claims)])
            let_go = frozenset(part.claim_id for part in old.claims)
        parts = {
            claim.id: agreements.agreeable(claim, AgreementKind.PLAN, let_go) for claim in claims
        }
        chosen = [claim for claim in claims if parts[claim.id]]
        owed = [
            owed_of(claim, parts[claim.id])
            for claim in in_policy_order(self.runtime, policy, chosen)
        ]
        found = negotiate(owed, wish, policy, self.runtime.law, today, order=list)
        return list(found.proposals)

    # ------------------------------------------------------------------------ how it is kept
    async def running(self, session):
        found = await session.scalars(
            select(Agreement)
            .where(
                Agreement.municipality == self.town.council,
                Agreement.state == AgreementState.ACCEPTED,
            )
            .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
            .order_by(Agreement.accepted_at, Agreement.id)
        )
        return list(found)

    async def pay(self, today):
        """Return what people pay of their plans today; some change theirs instead."""
        async with self.runtime.transaction() as session:
            plans = await self.running(session)
        paid, changes = [], []
        for plan in plans:
            person, own = self.made[plan.id]
            if plan.kind is AgreementKind.RESPITE:
                if plan.respite_until == today and person.keeper != "breaks":
                    paid += self._all_of(today, own)
                continue
            for rate in plan.instalments:
                key = (plan.id, rate.number)
                if key in self.done or not self._pays_today(person, plan, rate, today):
                    continue
                self.done.add(key)
                if person.keeper == "changes" and rate.number == 3 and not plan.replaces:
                    changes.append((person, plan))
                    break
                paid += self._pays(person, plan, rate, own, today)
        for person, plan in changes:
            await self.agree(person, wish_of(person.wish + 1, today), replaces=plan.id)
        return paid

    def _pays_today(self, person, plan, rate, today):
        if plan.suspended_on is not None:
            return False
        if person.keeper == "breaks" and rate.number > 1:
            return False
        if person.keeper == "a_day_early":
            return rate.due_on <= bank_days.after(today)
        if person.keeper == "a_day_late":
            return bank_days.after(rate.due_on) <= today
        if person.keeper == "changes" and rate.number == 3:
            return rate.due_on <= bank_days.after(today, 3)
        return rate.due_on <= today

    def _pays(self, person, plan, rate, own, today):
        if person.keeper == "ahead" and rate.number == 2:
            self.done |= {(plan.id, other.number) for other in plan.instalments}
            self.tally["paid ahead"] += 1
            return self._all_of(today, own)
        oere = rate.amount.oere
        ref = f"{today:%y%m%d}{self.town.council[0]}R{len(self.done)}"
        if plan.payment_id is not None:
            number = plan.payment_id if rate.number % 3 == 0 else rate.payment_id
            self.tally["by the plan's number" if rate.number % 3 == 0 else "by instalment"] += 1
            creditor = CREDITORS[self.town.council]
            return [Paid(ref, oere, today, number=number, payer=person.name, creditor=creditor)]
        owing = [one for one in own if self.books.bills[one].outstanding]
        return self._through(ref, oere, today, owing or own[-1:])

    def _through(self, ref, oere, today, refs):
        """Without numbers of its own the claims are paid in their order, one after the other."""
        paid = []
        for at, one in enumerate(refs):
            is_last = one == refs[-1]
            part = oere if is_last else min(oere, self.books.bills[one].outstanding)
            if part:
                paid.append(Paid(f"{ref}-{at}", part, today, claim_ref=one))
            oere -= part
        return paid

    def _all_of(self, today, refs):
        owed = [(one, self.books.bills[one].outstanding) for one in refs]
        return [
            Paid(f"{today:%y%m%d}W{one}", oere, today, claim_ref=one) for one, oere in owed if oere
        ]
