"""Lives through a year, bank day by bank day: files in the morning, a round, people, the desk."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from data.models.claims import Claim, ClaimState
from data.models.postings import Posting, PostingKind
from data.values.time import at_local
from outreach.dispatch import drain
from outreach.hand_overs.filing import file_hand_overs
from outreach.intake.importing import import_claims, import_payments
from outreach.mailing.sending import send_letters
from outreach.rounds import morning_round
from tests.years import bank_days, files
from tests.years.desk_acts import Desk
from tests.years.files import Paid
from tests.years.people import CREDITORS, FIRST
from tests.years.plans import Agreeing, wish_of

#: Which file tells of a day's payments, by the day of the week; an advice comes beside the ledger.
_BY_DAY = ("csv", "camt.053.001.02", "camt.054.001.08", "camt.053.001.08", "camt.054.001.02")
#: Letters leave, and claims that have waited long enough, on Mondays and Thursdays.
_POST_DAYS = {0, 3}


class Council:
    """One municipality's year."""

    def __init__(self, runtime, town, books, staff, folder):
        self.runtime, self.town, self.books, self.folder = runtime, town, books, folder
        self.agreeing = Agreeing(runtime, town, books)
        self.desk = Desk(runtime, town, books, self.agreeing, staff)
        #: Every file of payments so far: where it lies, and the lines in it.
        self.sent = []
        self.lines = []
        self.tally: Counter[str] = Counter()
        self._next = []
        self._known = set()
        self._last_posting = 0
        self._bills = {bill.ref: bill for one in town.people.values() for bill in one.bills}
        self._of = {}

    @property
    def key(self):
        return self.town.council

    # ------------------------------------------------------------------------- the morning
    async def morning(self, today, clock):
        yesterday = bank_days.before(today)
        clock.instant = at_local(today, 7)
        await self.bills(today, whole=first_of(today))
        await self._see_disputes()
        await self._payments(yesterday)
        clock.instant = at_local(today, 9)
        await morning_round(self.runtime, municipality=self.key)
        await self.read_postings(today)
        await drain(self.runtime, [self.key])
        if today.weekday() in _POST_DAYS:
            await send_letters(self.runtime, municipality=self.key)
            await self.read_postings(today)
            await file_hand_overs(self.runtime, municipality=self.key)

    async def bills(self, today, *, whole=False):
        """The ledger sends the new bills, and on the first day of a month all it has."""
        fresh = [
            ref for ref, sent in self.town.sent.items() if sent <= today and ref not in self._known
        ]
        self._known.update(fresh)
        told = sorted(self._known) if whole else fresh
        if not told:
            return
        known = self._bills
        if whole:
            self._correct(today)
        rows = []
        for ref in told:
            self.books.bill(known[ref])
            principal = files.kroner(known[ref].principal)
            rows.append(self.town.rows[ref] | {"principal": principal})
        self.books.place_early()
        path = files.claims_csv(self.folder / "claims.csv", rows)
        with await import_claims(self.runtime, path, self.key) as report:
            counts = report.counts()
            assert counts["rejected"] == 0, list(report.problems)
            assert counts["new"] == len(fresh)

    def _correct(self, today):
        """Then the ledger also corrects a sum: one bill falls, another rises."""
        told = [self._bills[ref] for ref in sorted(self._known)]
        for at, share in ((today.month * 7, 90), (today.month * 11, 104)):
            bill = told[at % len(told)] if told else None
            if bill is not None:
                bill.principal = bill.principal * share // 100
                self.tally["corrected"] += 1

    async def _payments(self, day):
        paid, self._next = self._next, []
        kind = _BY_DAY[day.weekday()]
        path = self.folder / f"{self.key}-{day}-{kind}"
        if kind == "csv":
            await self.file(files.payments_csv(path, paid, covers=day), paid)
            return
        if not kind.startswith("camt.053") and not paid:  # an advice of nothing is not sent
            kind = "csv"
        await self.file(files.camt(path, paid, kind, day) if kind != "csv" else path, paid)
        if not kind.startswith("camt.053"):
            end = self.folder / f"{self.key}-{day}-covers"
            await self.file(files.payments_csv(end, paid, covers=day), paid)

    async def file(self, path, paid):
        """Import a file, and let the bookkeeper read the same lines."""
        if not path.exists():
            return
        if path not in self.sent:
            self.sent.append(path)
            self._of[path] = paid
            self.lines += [one for one in paid if one not in self.lines[-300:]]
        with await import_payments(self.runtime, path, self.key) as report:
            counts = report.counts()
            assert counts["rejected"] == 0, [str(one) for one in report.problems]
        fresh = sum(self.books.take(one) for one in paid)
        self.books.file_is_over()
        assert counts["new"] == fresh, (path.name, counts, fresh)
        self.tally["lines booked"] += fresh
        self.tally["lines sent again"] += len(paid) - fresh

    async def again(self, chance, since):
        """All files of a month come once more, in any order."""
        paths = self.sent[since:]
        for path in chance.sample(paths, len(paths)):
            await self.file(path, self._of[path])
        return len(self.sent)

    async def _see_disputes(self):
        """Money that names no claim goes past what is disputed: a fact of the claim's state."""
        async with self.runtime.transaction() as session:
            found = await session.scalars(
                select(Claim.claim_ref).where(
                    Claim.municipality == self.key, Claim.state == ClaimState.DISPUTED
                )
            )
            disputed = set(found)
        for bill in self.books.bills.values():
            bill.is_disputed = bill.ref in disputed

    async def read_postings(self, today):
        """Take fees and interest from the postings, once each is found to be right."""
        async with self.runtime.transaction() as session:
            rows = await session.execute(
                select(Posting, Claim.claim_ref)
                .join(Claim, Claim.id == Posting.claim_id)
                .where(
                    Posting.municipality == self.key,
                    Posting.id > self._last_posting,
                    Posting.kind.in_([PostingKind.FEE, PostingKind.INTEREST]),
                )
                .order_by(Posting.id)
            )
            for posting, ref in rows:
                self.check_posting(posting, self.books.bills[ref], today)
                self.books.charge(ref, posting.amount.oere)
                self._last_posting = posting.id
                self.tally[posting.kind.value] += 1

    def check_posting(self, posting, bill, today):
        raise NotImplementedError

    # -------------------------------------------------------------------------- the people
    async def noon(self, today, clock):
        """People pay, ask for plans and keep them; what they pay is in tomorrow's file."""
        clock.instant = at_local(today, 12)
        for intent in self.town.intents.get(today, []):
            self._next += self._pays(intent, today)
        for person in self.town.people.values():
            if person.plans_on == today:
                await self.agreeing.agree(person, wish_of(person.wish, today))
        self._next += await self.agreeing.pay(today)

    async def afternoon(self, today, clock):
        clock.instant = at_local(today, 14)
        if await self.desk.work(today):
            clock.instant = at_local(today, 15)
            await drain(self.runtime, [self.key])

    def _pays(self, intent, today):
        bill = self._bills[intent.ref]
        person = self.town.people[bill.citizen]
        ref = f"{today:%y%m%d}{bill.ref}"
        known = self.books.bills.get(bill.ref)
        owed = known.outstanding if known else bill.principal
        named = {"number": bill.number, "creditor": CREDITORS[self.key]}
        if not intent.by_number:
            named = {"claim_ref": bill.ref}
        given = {"payer": person.name} | named
        match intent.what:
            case "rest" | "lot":
                lot = person.bills if intent.what == "lot" else [bill]
                known = [self.books.bills[one.ref] for one in lot if one.ref in self.books.bills]
                oere = sum(one.outstanding for one in known)
                return [Paid(ref, oere, today, **given)] if oere else []
            case "share":
                oere = bill.principal * intent.share // 100
                return [Paid(f"{ref}s", oere, today, **given)] if owed else []
            case "whole":
                self.desk.meant[f"{ref}w"] = bill.ref
                return [Paid(f"{ref}w", bill.principal, today, **given)]
            case "again":
                return [Paid(f"{ref}d", bill.principal, today, **given)]
            case "wrong":
                return [self._wrong(ref, bill, person, owed, today)]
            case "back" | "back_unnamed":
                return self._back(ref, bill, today, is_named=intent.what == "back")
        raise AssertionError(intent.what)

    def _wrong(self, ref, bill, person, owed, today):
        self.desk.meant[f"{ref}x"] = bill.ref
        kinds = (
            {"claim_ref": bill.ref.replace("-", "") + "0"},
            {"number": bill.number[:-2] + "00"},
            {"text": "tak for hjælpen"},
        )
        return Paid(f"{ref}x", owed, today, payer=person.name, **kinds[bill.principal % len(kinds)])

    def _back(self, ref, bill, today, *, is_named):
        """The bank takes the last payment on a bill back."""
        own = [
            one for one in self.books.sums.values()
            if bill.ref in one.parts and one.amount > 0 and not one.taken_back
            and set(filter(None, one.names)) & {bill.ref, bill.number}
        ]  # fmt: skip
        if not own:
            return []
        last = max(own, key=lambda one: one.paid_on)
        self.tally["taken back"] += 1
        if is_named:
            return [Paid(f"{last.ref}/R", -last.amount, today, reverses=last.ref)]
        if today.weekday() != 0:  # only the ledger's own file says which bill, and no payment
            self.town.mean(bank_days.after(today), "back_unnamed", bill.ref)
            self.tally["taken back"] -= 1
            return []
        return [Paid(f"{ref}b", -last.amount, today, claim_ref=bill.ref)]


def first_of(today):
    """Whether a new month begins on this bank day."""
    return today.month != bank_days.before(today).month and today > FIRST + timedelta(days=9)
