"""A plan on its way: paid to its end, broken, or left, each found out on its day."""

from datetime import date

from data.models.claims import ClaimState
from data.values.money import NOTHING, Money
from outreach.rules import happenings as had
from outreach.rules.breach import Due
from outreach.rules.outlook import Walk, walk
from outreach.rules.running_plan import RunningPlan
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
    assert told(walked.events)[4:7] == [
        ("02.02.27", "paid", "happened"),
        ("09.03.27", "plan_broken", "happened"),  # five bank days after the first of March
        ("12.03.27", "reminder:2", "taken"),  # three days after the breach
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


def test_a_plan_is_weighed_the_day_after_each_instalment_s_last_day_of_grace():
    plan = RunningPlan((Due(date(2027, 2, 1), Money(1)), Due(date(2027, 3, 1), Money(1))), NOTHING)
    days = [date(2027, 2, 2), date(2027, 2, 9), date(2027, 3, 9)]
    assert [plan.weighed_again(5, day) for day in days] == [*days[1:], None]
