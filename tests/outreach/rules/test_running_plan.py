"""A plan on its way: paid to its end, broken, or left, each found out on its day."""

from dataclasses import replace
from datetime import date

from data.models.claims import ClaimState
from data.values.money import NOTHING, Money
from outreach.rules import happenings as had
from outreach.rules.keeping import Due
from outreach.rules.outlook import Walk, walk
from outreach.rules.running_plan import RunningPlan
from outreach.rules.suspension import Because, Rest
from tests.outreach.rules.test_outlook import ALBERTSLUND, LAW, START, UNTIL, case, told


def test_a_plan_whose_instalments_come_is_kept_and_the_claim_is_paid():
    dues = (Due(date(2027, 1, 4), Money.kroner(1000)), Due(date(2027, 2, 1), Money.kroner(840)))
    plan = [
        had.PlanAgreed(date(2026, 12, 1), dues),
        *(had.Instalment(due.on, due.amount) for due in dues),
    ]
    walked = Walk(case(), LAW, ALBERTSLUND, START, UNTIL, plan).to_the_end()
    assert told(walked.events)[2:] == [
        ("01.12.26", "plan_agreed", "happened"),
        ("01.12.26", "", "in_plan"),
        ("05.01.27", "paid", "happened"),
        ("02.02.27", "paid", "happened"),
        ("02.02.27", "plan_kept", "happened"),
        ("02.02.27", "", "paid"),
    ]
    assert walked.case.state is ClaimState.PAID


def test_a_plan_is_broken_when_the_days_of_grace_are_over_and_their_payments_known():
    dues = tuple(Due(date(2027, month, 1), Money.kroner(460)) for month in (2, 3, 4, 5))
    plan = [had.PlanAgreed(date(2026, 12, 1), dues), had.Instalment(dues[0].on, dues[0].amount)]
    walked = Walk(case(), LAW, ALBERTSLUND, START, UNTIL, plan).to_the_end()
    assert told(walked.events)[4:9] == [
        ("02.02.27", "paid", "happened"),
        ("09.03.27", "plan_missed", "happened"),  # five bank days after the first of March
        ("09.04.27", "plan_missed", "happened"),
        ("19.04.27", "plan_broken", "happened"),  # the second one's five days of the way back
        ("22.04.27", "reminder:2", "taken"),  # three days after the breach
    ]
    assert walked.case.agreements.breaches == 1


def test_other_money_counts_for_a_plan_as_well():
    dues = (Due(date(2027, 2, 1), Money.kroner(1840)),)
    paid = had.Paid(date(2026, 12, 10), Money.kroner(1840))
    events = walk(
        case(), LAW, ALBERTSLUND, START, UNTIL, [had.PlanAgreed(date(2026, 12, 1), dues), paid]
    )
    assert told(events)[4:6] == [
        ("11.12.26", "paid", "happened"),
        ("11.12.26", "plan_kept", "happened"),
    ]


def test_a_claim_that_leaves_a_plan_in_another_way_has_neither_kept_nor_broken_it():
    dues = (Due(date(2027, 2, 1), Money.kroner(1840)),)
    left = [had.PlanAgreed(date(2026, 12, 1), dues), had.WrittenOff(date(2026, 12, 8))]
    names = {event.step for event in walk(case(), LAW, ALBERTSLUND, START, UNTIL, left)}
    assert names & {"plan_kept", "plan_broken"} == set()


def test_a_plan_is_weighed_the_day_after_each_last_day_of_grace_and_of_the_way_back():
    plan = RunningPlan(
        (
            Due(date(2027, 2, 1), Money(1), told_on=date(2027, 2, 9)),
            Due(date(2027, 3, 1), Money(1)),
        ),
        NOTHING,
    )
    days = [date(2027, 2, 2), date(2027, 2, 9), date(2027, 2, 17), date(2027, 3, 9)]
    assert [plan.weighed_again(ALBERTSLUND.plans, day) for day in days] == [*days[1:], None]


def test_while_a_hard_case_is_with_a_person_the_plan_stands_still_and_goes_on_after_it():
    dues = tuple(Due(date(2027, month, 1), Money.kroner(460)) for month in (2, 3, 4, 5))
    owed = case()
    frozen = had.Learned(date(2027, 2, 3), replace(owed.debtor, is_frozen=True))
    thawed = had.Learned(date(2027, 3, 15), owed.debtor)
    plan = [had.PlanAgreed(date(2026, 12, 1), dues, "month"), frozen, thawed]
    events = told(Walk(owed, LAW, ALBERTSLUND, START, UNTIL, plan).to_the_end().events)
    missed = [day for day, name, _ in events if name == "plan_missed"]
    # February's days of grace and all of March fell into it: both come after May
    assert missed == ["09.04.27", "13.05.27"]
    assert ("24.05.27", "plan_broken", "happened") in events


def test_a_respite_on_top_of_a_plan_moves_what_falls_due_in_it_to_the_end():
    dues = tuple(Due(date(2027, month, 1), Money.kroner(460)) for month in (2, 3, 4, 5))
    rest = Rest(date(2027, 1, 25), date(2027, 2, 26), Because.RESPITE)
    plan = RunningPlan(dues, NOTHING, "month", rest)
    owed = replace(case(), state=ClaimState.IN_PLAN)
    still, came = plan.lives_through(owed, ALBERTSLUND.plans, date(2027, 2, 26))
    assert (still, came) == (plan, [])
    after, came = plan.lives_through(owed, ALBERTSLUND.plans, date(2027, 2, 27))
    assert came == []
    assert after is not None
    assert after.suspended is None
    assert [due.on for due in after.dues] == [
        date(2027, 6, 1),
        date(2027, 3, 1),
        date(2027, 4, 1),
        date(2027, 5, 1),
    ]
