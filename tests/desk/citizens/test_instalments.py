"""What the page says of each instalment is what the rule says of the plan, and what is drawn."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from data.models.agreements import Agreement, AgreementState, Instalment
from data.values.money import NOTHING, Money
from data.values.time import COPENHAGEN
from desk import timeline
from desk.instalments import Look, Piece, rows
from outreach.rules.keeping import Due, weigh
from tests.policy.ladder import ALBERTSLUND

FIRST = date(2026, 12, 1)
TODAY = date(2027, 2, 1)
sums = st.integers(1, 50_000)


def plan_of(amounts):
    return Agreement(
        state=AgreementState.ACCEPTED,
        accepted_at=datetime(2026, 11, 24, 10, tzinfo=COPENHAGEN),
        instalments=[
            Instalment(number=number, amount=Money(oere), due_on=FIRST + timedelta(weeks=number))
            for number, oere in enumerate(amounts)
        ],
    )


def shown(amounts, paid, covers_until=TODAY):
    plan = plan_of(amounts)
    total = Money(sum(amounts))
    came_in = Money(sum(paid))
    dues = [Due(each.due_on, each.amount, each.number) for each in plan.instalments]
    owed = max(total - came_in, NOTHING)
    standing = weigh(dues, came_in, covers_until, ALBERTSLUND.plans, owed=owed)
    pieces = [Piece(Money(oere), FIRST + timedelta(days=day), f"P-{day}")
              for day, oere in enumerate(paid)]  # fmt: skip
    return standing, rows(plan, pieces, standing, TODAY)


@settings(deadline=None)
@given(st.lists(sums, min_size=1, max_size=40), st.lists(sums, max_size=20))
def test_an_instalment_is_covered_on_the_page_just_when_the_rule_asks_for_nothing_more(
    amounts, paid
):
    standing, found = shown(amounts, paid)
    uncovered = {due.number for due in standing.uncovered}
    missed = {one.due.number: one.missing for one in standing.missed}
    for row in found:
        assert bool(row.missing) == (row.instalment.number in uncovered)
        assert (row.look is Look.MISSED) == (row.instalment.number in missed)
        if row.look is Look.MISSED:
            assert row.missing == missed[row.instalment.number]


@settings(deadline=None)
@given(st.lists(sums, min_size=1, max_size=40), st.lists(sums, max_size=20))
def test_every_oere_that_came_in_stands_once_up_to_what_was_agreed(amounts, paid):
    _, found = shown(amounts, paid)
    covered = sum(row.covered.oere for row in found)
    assert covered == min(sum(paid), sum(amounts))
    assert all(row.covered <= row.instalment.amount for row in found)


@settings(deadline=None)
@given(st.lists(sums, min_size=1, max_size=300), st.lists(sums, max_size=20))
def test_the_picture_stays_in_its_frame_and_shows_what_is_paid(amounts, paid):
    _, found = shown(amounts, paid)
    picture = timeline.draw(found, date(2026, 11, 24), TODAY)
    assert picture.first <= picture.last
    places = [bar.at for bar in picture.bars] + picture.payments
    assert picture.today is not None
    assert all(0 <= place <= 100 for place in [*places, picture.today])
    assert [bar.at for bar in picture.bars] == sorted(bar.at for bar in picture.bars)
    for bar, row in zip(picture.bars, found, strict=True):
        assert 0 <= bar.paid <= bar.height <= timeline.TALLEST
        assert (bar.paid == bar.height) == (not row.missing)


def test_one_instalment_on_the_very_day_can_be_drawn_and_today_is_written_inside():
    _, found = shown([100], [])
    day = found[0].instalment.due_on
    assert timeline.draw(found, day, day).today_anchor == "start"
    assert timeline.draw(found, date(2020, 1, 1), day).today_anchor == "end"
    assert timeline.draw(found, date(2026, 11, 24), date(2026, 11, 27)).today_anchor == "middle"
