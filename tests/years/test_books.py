"""Whatever is done in whatever order: claims + postings - payments - write-offs, at every step."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.years import checks
from tests.years.acts import Acts
from tests.years.files import Paid
from tests.years.room import CREDITOR, Room, bill, own_number

pytestmark = pytest.mark.slow

SUMS = st.sampled_from([1, 99, 10_000, 25_050, 40_001, 90_000])
AT = st.integers(0, 5)
MESSAGES = st.sampled_from(["csv", "csv", "camt.053.001.08", "camt.054.001.02"])


class BooksOfATown(RuleBasedStateMachine):
    """A town's books: after each act they are even, and the same as the bookkeeper's."""

    room: Room

    def __init__(self):
        super().__init__()
        self.town = self.room.town()
        self.books = self.town.books
        self.acts = Acts(self.town)
        self.files = []
        self.count = 0
        self.town.bills(bill(0, 40_001), bill(1, 25_050), bill(2, 90_000, citizen=1))

    def _ref(self, at):
        refs = sorted(self.books.bills)
        return refs[at % len(refs)]

    def _sum(self, at, *, of=bool):
        found = [one for one in self.books.sums.values() if one.amount > 0 and of(one)]
        return found[at % len(found)] if found else None

    def _file(self, paid, message="csv"):
        self.town.next_day()
        fresh = sum(self.books.take(one) for one in paid)
        self.books.file_is_over()
        assert self.town.file(paid, message) == fresh
        self.files.append((message, paid))

    # ------------------------------------------------------------------------------- files
    @rule(at=AT, oere=SUMS)
    def a_bill_comes(self, at, oere):
        new = bill(len(self.books.bills), oere, citizen=at % 2)
        self.town.bills(new)

    @rule(at=AT, oere=SUMS)
    def the_ledger_corrects_a_bill(self, at, oere):
        known = self.books.bills[self._ref(at)]
        self.town.bills(replace(known, principal=oere))

    @rule(at=AT, oere=SUMS, by=st.sampled_from(["ref", "number", "nobody"]), message=MESSAGES)
    def money_comes_in(self, at, oere, by, message):
        self.count += 1
        known = self.books.bills[self._ref(at)]
        named = {
            "ref": {"claim_ref": known.ref},
            "number": {"number": known.number, "creditor": CREDITOR},
            "nobody": {"text": "tak for hjælpen"},
        }[by]
        self._file([Paid(f"P{self.count}", oere, self.town.today, **named)], message)

    @rule(oere=SUMS)
    def money_comes_before_its_bill(self, oere):
        self.count += 1
        number = own_number(len(self.books.bills))
        self._file([Paid(f"P{self.count}", oere, self.town.today, number=number)])

    @precondition(lambda self: self._sum(0, of=lambda one: not one.taken_back))
    @rule(at=AT, message=MESSAGES)
    def the_bank_takes_money_back(self, at, message):
        one = self._sum(at, of=lambda one: not one.taken_back)
        back = Paid(f"{one.ref}/R", -one.amount, self.town.today, reverses=one.ref)
        self._file([back], message)

    @precondition(lambda self: self.files)
    @rule(at=AT)
    def a_file_comes_again(self, at):
        message, paid = self.files[at % len(self.files)]
        fresh = sum(self.books.take(one) for one in paid)
        self.books.file_is_over()
        assert self.town.file(paid, message) == fresh

    # -------------------------------------------------------------------------------- desk
    @precondition(lambda self: self._sum(0, of=lambda one: one.waits > 0))
    @rule(at=AT, to=AT, part=st.integers(1, 3))
    def waiting_money_is_placed(self, at, to, part):
        one = self._sum(at, of=lambda one: one.waits > 0)
        self.acts.place(one.ref, self._ref(to), max(one.waits // part, 1))

    @precondition(lambda self: self._sum(0, of=lambda one: one.standing()))
    @rule(at=AT, to=AT, part=st.integers(1, 3))
    def money_is_moved(self, at, to, part):
        one = self._sum(at, of=lambda one: one.standing())
        source, stands = one.standing()[at % len(one.standing())]
        target = self._ref(to)
        if target != source:
            self.acts.move(one.ref, source, target, max(stands // part, 1))

    @precondition(lambda self: self._sum(0, of=lambda one: one.standing() or one.waits > 0))
    @rule(at=AT, part=st.integers(1, 3))
    def money_is_sent_back(self, at, part):
        one = self._sum(at, of=lambda one: one.standing() or one.waits > 0)
        source, stands = one.standing()[0] if one.standing() else (None, one.waits)
        self.acts.refund(one.ref, source, max(stands // part, 1))

    @rule(at=AT)
    def a_reminder_costs(self, at):
        self.acts.fee(self._ref(at))

    @precondition(lambda self: self.acts.fees)
    @rule(at=AT)
    def a_fee_is_waived(self, at):
        self.acts.waive(at)

    @rule(at=AT, part=st.integers(2, 5))
    def a_part_is_disputed(self, at, part):
        self.acts.dispute(self._ref(at), part)

    @precondition(lambda self: self.acts.disputed)
    @rule(at=AT, answer=st.integers(0, 2))
    def a_dispute_is_answered(self, at, answer):
        self.acts.answer(at, answer)

    @rule(at=AT)
    def a_claim_is_written_off(self, at):
        self.acts.write_off(self._ref(at))

    # ------------------------------------------------------------------------------- plans
    @rule(at=AT, wish=st.integers(0, 9))
    def a_plan_is_agreed(self, at, wish):
        self.acts.agree(self.books.bills[self._ref(at)].citizen, wish)

    @precondition(lambda self: self.acts.numbers)
    @rule(at=AT, oere=SUMS, message=MESSAGES)
    def an_instalment_is_paid(self, at, oere, message):
        self.count += 1
        number = self.acts.numbers[at % len(self.acts.numbers)]
        paid = Paid(
            f"P{self.count}", oere, self.town.today, number=number, creditor=CREDITOR
        )  # fmt: skip
        self.acts.see_states()
        self._file([paid], message)

    @rule()
    def a_night_and_a_round(self):
        self.town.next_day()
        self.acts.morning()

    # ---------------------------------------------------------------------- what must hold
    @invariant()
    def the_books_are_even(self):
        self.town.next_day()
        self.town.run(checks.same(self.town.runtime, self.town.key, self.books))
        self.town.run(checks.plans(self.town.runtime, self.town.key))


def test_the_books_are_even_at_every_step_of_any_story(room):
    class Here(BooksOfATown):
        pass

    Here.room = room
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
