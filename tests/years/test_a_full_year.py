"""A full year of two municipalities and two hundred people: nothing drifts by an øre."""

import random
from dataclasses import replace

import pytest

from data.municipalities.policy import PayLines, Policies
from data.values.time import at_local
from tests import make_desk
from tests.outreach.mailing.post import Post
from tests.years import bank_days, charges, checks, twins
from tests.years.bookkeeper import Books
from tests.years.people import FIRST, LAST, town_of
from tests.years.year import Council, first_of

pytestmark = pytest.mark.slow
SEED = 2026


#: What must have happened in a year, at least so often, or it proves nothing.
IN_EACH = {
    "lines booked": 200, "taken back": 8, "corrected": 15, "placed": 5, "refunded": 3, "moved": 1,
    "disputed": 5, "disputed in part": 5, "written off": 4, "frozen": 2, "respite on a plan": 1,
    "plan": 15, "respite": 1, "changed": 2, "paid ahead": 1, "week": 2, "fortnight": 2, "days": 3,
    "month:15": 2, "month:last": 1, "month:31": 1, "an agreement ended": 10,
    "an agreement broken": 1, "a claim paid": 80,
    "a task overpaid": 1, "a task payment_unmatched": 5, "a task payment_on_ended": 2,
    "a message first_contact": 20, "a message plan_reminder": 20, "a message plan_missed": 2,
}  # fmt: skip
IN_ALBERTSLUND = {
    "fee": 10, "interest": 50, "waived": 10, "approved": 5, "by instalment": 30,
    "by the plan's number": 8,
}  # fmt: skip
IN_FAXE = {"a claim handed_over": 3, "a task write_down": 1}


class Lived(Council):
    """A council whose postings are held against the law as they come."""

    def check_posting(self, posting, bill, today):
        moves = self.books.moves.get(bill.ref, [])
        assert self.key == "albertslund", "Faxe takes no fee, and its council decided no interest"
        assert charges.is_right(posting, bill, moves, today), (
            posting.key, posting.amount, bill, moves,
        )  # fmt: skip


class Listener:
    """Hears every message and letter the moment it leaves, and knows who owes nothing."""

    def __init__(self, sms, post, councils):
        self.sms, self.post, self.heard, self.read = sms, post, 0, 0
        self.people = {
            f"+45{person.phone}": (council, person.digits)
            for council in councils
            for person in council.town.people.values()
        }
        self.bills = {
            bill.ref: council
            for council in councils
            for person in council.town.people.values()
            for bill in person.bills
        }

    def listen(self):
        for sent in self.sms.sent[self.heard :]:
            council, digits = self.people[sent.to.e164]
            assert council.books.owes(digits) > 0, f"{digits} has paid all, and gets: {sent.body}"
        for number in self.post.handed[self.read :]:
            letter = self.post.taken[number]
            bill = self.bills[letter.claim_ref].books.bills[letter.claim_ref]
            assert bill.outstanding > 0, f"{bill} is paid, and gets: {letter.subject}"
        self.heard, self.read = len(self.sms.sent), len(self.post.handed)


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def towns(runtime, post):
    """Albertslund, whose council has decided interest and has a series of numbers; and Faxe."""
    ours, theirs = runtime.policies["albertslund"], runtime.policies["faxe"]
    series = PayLines(creditor_no="81234567", series="71", source="the bank, made up")
    interest = ours.interest.model_copy(update={"charged": True, "source": "byrådet, made up"})
    given = ours.model_copy(update={"pay_lines": series, "interest": interest})
    return replace(runtime, policies=Policies([given, theirs])).equip(post=post)


@pytest.fixture
async def councils(towns, tmp_path):
    kinds = [key for key, kind in towns.claim_types.types.items() if kind.automated]
    made = []
    for key, name in (("albertslund", "anna"), ("faxe", "frida")):
        staff = await make_desk.staff(towns, name, municipality=key)
        made.append(Lived(towns, town_of(key, kinds, SEED), Books(), staff, tmp_path))
    return made


async def test_a_full_year_drifts_by_no_oere(towns, councils, clock, sms, post):
    chance = random.Random(SEED)  # noqa: S311 - a story, no secret
    listener = Listener(sms, post, councils)
    since = [0, 0]
    for today in bank_days.walk(FIRST, LAST):
        for council in councils:
            await council.morning(today, clock)
            listener.listen()
            await council.noon(today, clock)
            await council.afternoon(today, clock)
            listener.listen()
        if first_of(today):
            for at, council in enumerate(councils):
                await checks.same(towns, council.key, council.books)
                since[at] = await council.again(chance, since[at])
                await checks.same(towns, council.key, council.books)
                await checks.plans(towns, council.key)
    clock.instant = at_local(bank_days.after(LAST), 7)
    for council in councils:
        await checks.same(towns, council.key, council.books)
        await checks.totals(towns, council.key, council.books)
        await is_rich(council)
        expected = twins.books_of(council)
        for order in ("as they came", "mixed"):
            lines = list(council.lines)
            if order == "mixed":
                chance.shuffle(lines)
            found, waits = await twins.take(council, lines, f"{council.key} {order}")
            twins.fits(council, found, expected.paid_by_claim)
            assert waits == expected.totals["waiting"]


async def is_rich(council):
    """The year held all that it is about."""
    found = council.tally + council.desk.tally + council.agreeing.tally
    for what, looked in (
        ("an agreement", await checks.plans(council.runtime, council.key)),
        ("a claim", await checks.states(council.runtime, council.key)),
        ("a task", await checks.tasks(council.runtime, council.key)),
        ("a message", await checks.messages(council.runtime, council.key)),
    ):
        found.update({f"{what} {name}": times for name, times in looked.items()})
    wanted = IN_EACH | (IN_ALBERTSLUND if council.key == "albertslund" else IN_FAXE)
    assert {what: found[what] for what, least in wanted.items() if found[what] < least} == {}
