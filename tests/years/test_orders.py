"""The same payments in every order, in any files, give the same balances; a file again, nothing."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.years import checks
from tests.years.bookkeeper import Books
from tests.years.files import Paid
from tests.years.room import START, bill, own_number

pytestmark = pytest.mark.slow

MESSAGES = ("csv", "camt.053.001.02", "camt.053.001.08", "camt.054.001.02", "camt.054.001.08")
IN_A_TOWN = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMED = ("K-0", "K-1", "K-2", "K-3", "number 0", "number 1", "number 2")
SUMS = st.sampled_from([1, 999, 10_000, 25_000, 40_001])


def bills():
    """Two of Mette's with a number each, and two of Jens's that share one."""
    return [
        bill(0, 40_001), bill(1, 25_000),
        bill(2, 30_000, citizen=1), bill(3, 20_003, citizen=1, number=own_number(2)),
    ]  # fmt: skip


@st.composite
def payments(draw, *, taken_back=True):
    """Payments by reference, by number and by nothing; some of them taken back."""
    rows = []
    for at in range(draw(st.integers(1, 6))):
        oere, ref = draw(SUMS), f"P{at}"
        to = draw(st.sampled_from([*NAMED, "nobody"]))
        named = {"claim_ref": to}
        if to.startswith("number"):
            named = {"number": own_number(int(to[-1]))}
        elif to == "nobody":
            named = {"text": "tak for hjælpen"}
        rows.append(Paid(ref, oere, START, **named))
        if taken_back and draw(st.integers(0, 3)) == 0:
            rows.append(Paid(f"{ref}/R", -oere, START, reverses=ref))
    return rows


@st.composite
def orders(draw, rows):
    """Any order in which nothing is taken back before it came, cut into files of any kind."""
    mixed = draw(st.permutations(rows))
    place = {one.ref: at for at, one in enumerate(mixed)}
    last = {one.reverses: one for one in rows if one.reverses}
    ordered = []
    for one in mixed:
        back = last.get(one.ref)
        if one.reverses and place[one.reverses] > place[one.ref]:
            continue
        ordered.append(one)
        if back is not None and place[back.ref] < place[one.ref]:
            ordered.append(back)
    cut = draw(st.integers(0, len(ordered)))
    parts = [part for part in (ordered[:cut], ordered[cut:]) if part]
    return [(draw(st.sampled_from(MESSAGES)), part) for part in parts]


@IN_A_TOWN
@given(data=st.data())
def test_every_order_of_the_same_payments_gives_the_same_balances(room, data):
    rows = data.draw(payments())
    first, second = room.town(), room.town()
    for town in (first, second):
        town.bills(*bills())
        for message, part in data.draw(orders(rows)):
            town.file(part, message)
    kept = in_the_first_order(rows)
    for town in (first, second):
        found = room.run(checks.balances(town.runtime, town.key))
        assert single(found) == single(kept.paid_by_claim)
        assert by_citizen(found) == by_citizen(kept.paid_by_claim)
        assert room.run(checks.waiting(town.runtime, town.key)) == kept.totals["waiting"]


@IN_A_TOWN
@given(data=st.data())
def test_while_nothing_is_taken_back_each_claim_lacks_the_same_in_every_order(room, data):
    rows = data.draw(payments(taken_back=False))
    kept = in_the_first_order(rows)
    for _ in range(2):
        town = room.town()
        town.bills(*bills())
        for message, part in data.draw(orders(rows)):
            town.file(part, message)
        found = room.run(checks.balances(town.runtime, town.key))
        assert lacks(found) == lacks(kept.paid_by_claim)
        assert single(found) == single(kept.paid_by_claim)
        assert by_citizen(found) == by_citizen(kept.paid_by_claim)


@IN_A_TOWN
@given(data=st.data())
def test_a_file_sent_again_changes_nothing_in_any_order(room, data):
    rows = data.draw(payments())
    town = room.town()
    town.bills(*bills())
    town.file(rows)
    for one in rows:
        town.books.take(one)
    town.books.file_is_over()
    town.next_day()
    room.run(checks.same(town.runtime, town.key, town.books))
    for message, part in data.draw(orders(rows)):
        assert town.file(part, message) == 0
    room.run(checks.same(town.runtime, town.key, town.books))


@IN_A_TOWN
@given(data=st.data())
def test_claims_that_come_after_their_payments_are_paid_as_they_come(room, data):
    rows = data.draw(payments())
    town = room.town()
    cut = data.draw(st.integers(0, len(rows)))
    town.file(rows[:cut])
    town.bills(*bills())
    town.file(rows[cut:])
    assert town.file(rows) == 0
    expected = in_the_first_order(rows)
    found = room.run(checks.balances(town.runtime, town.key))
    assert found == expected.paid_by_claim


def in_the_first_order(rows):
    books = Books()
    for one in bills():
        books.bill(replace(one))
    for one in rows:
        books.take(one)
    books.file_is_over()
    return books


def lacks(paid):
    """What is left to pay of each claim, øre: it decides who is written to."""
    return {one.ref: max(one.principal - paid[one.ref], 0) for one in bills()}


def single(paid):
    """Claims that have a number of their own."""
    return {ref: paid[ref] for ref in ("K-0", "K-1")}


def by_citizen(paid):
    """Each citizen's money.

    Of claims that share a number, which of them holds what is too much follows from the order; so
    does which of them lacks what was taken back.
    """
    sums: Counter[str] = Counter()
    for ref, oere in paid.items():
        sums["Mette" if ref in {"K-0", "K-1"} else "Jens"] += oere
    return sums
