"""What a walk counts as: each event once, sums to the øre, arrears month by month."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from data.law.law import Law
from data.municipalities.policy import Policies
from data.values.money import Money
from outreach.rules import happenings as had
from outreach.rules.case import Case
from outreach.rules.keeping import Due
from outreach.rules.outlook import Walk
from outreach.simulation.tally import SUMS, Tally

LAW = Law.load()
POLICIES = Policies.load()
CLAIM = Case(
    claim_type="dagtilbud",
    principal=Money.kroner(1000),
    due_date=date(2027, 1, 20),
    bill_sent_on=date(2026, 12, 31),
    has_pay_instruction=True,
)
START, UNTIL = date(2027, 1, 1), date(2027, 12, 31)


def walked(*happenings, policy="albertslund", **given):
    case = replace(CLAIM, **given)
    return case, Walk(case, LAW, POLICIES[policy], START, UNTIL, happenings).to_the_end()


def counted(*walks):
    tally = Tally()
    for case, walk in walks:
        tally.add(case, walk, START, UNTIL)
    return tally


def arrears(tally):
    return [counts["arrears"] // 100 for _, counts in tally.months(START, UNTIL)]


def test_arrears_grow_by_the_fee_and_end_with_the_payment():
    tally = counted(walked(had.Paid(date(2027, 6, 2), Money.kroner(1250))))
    assert arrears(tally) == [1000, 1250, 1250, 1250, 1250, 0, 0, 0, 0, 0, 0, 0]
    assert tally.total["paid"] == 125000
    assert tally.total["arrears"] == 0


def test_what_was_handed_over_is_no_longer_in_arrears_here():
    tally = counted(walked(policy="faxe"))
    assert arrears(tally) == [1000] + 11 * [0]
    assert (tally.total["hand_overs"], tally.total["handed_over"]) == (1, 100000)


def test_what_was_paid_in_time_was_never_in_arrears():
    tally = counted(walked(had.Paid(date(2027, 1, 15), Money.kroner(400))))
    assert arrears(tally)[0] == 600


def test_a_claim_not_yet_due_at_the_end_is_in_no_arrears():
    tally = counted(walked(due_date=UNTIL))
    assert arrears(tally) == 12 * [0]
    assert tally.total["claims"] == 1


def test_a_claim_that_was_late_before_is_in_arrears_from_the_first_day():
    tally = counted(walked(due_date=date(2026, 6, 1), bill_sent_on=date(2026, 5, 1)))
    assert arrears(tally)[0] == 1250  # the second reminder left in January


def test_a_claim_waits_once_however_often_it_is_asked_about():
    plans = [
        had.PlanAgreed(date(2027, 5, 3)),
        had.PlanBroken(date(2027, 6, 3)),
        had.PlanAgreed(date(2027, 7, 1)),
        had.PlanBroken(date(2027, 8, 2)),
    ]
    tally = counted(walked(*plans), walked())
    assert tally.total["hand_overs_waiting"] == 2
    assert tally.reasons == Counter(needs_caseworker=2, in_plan=1)


def test_plans_are_counted_as_they_end_and_as_they_stand_at_the_end():
    dues = (Due(date(2027, 5, 3), Money.kroner(500)), Due(date(2027, 6, 1), Money.kroner(500)))
    agreed = had.PlanAgreed(date(2027, 1, 22), dues)
    kept = walked(agreed, *(had.Instalment(due.on, due.amount) for due in dues))
    broken, wanted = walked(agreed), walked(*2 * [had.PlanWanted(date(2027, 1, 22))])
    runs = walked(had.PlanAgreed(date(2027, 1, 22), (Due(date(2028, 5, 1), Money.kroner(1000)),)))
    total = counted(kept, broken, wanted, runs).total
    assert {name: count for name, count in total.items() if name.startswith("plans_")} == {
        "plans_agreed": 3,
        "plans_kept": 1,
        "plans_broken": 1,
        "plans_running": 1,
        "plans_waiting": 1,
    }
    assert total["paid"] == 100000


def test_a_shelved_case_is_counted():
    tally = counted(walked(had.Shelved(date(2027, 3, 1))))
    assert tally.total["shelved"] == 1
    assert tally.total["reminders"] == 2


@given(
    st.lists(st.tuples(st.dates(START, UNTIL), st.integers(1, 200_000)), max_size=4),
    st.sampled_from(["albertslund", "faxe"]),
)
def test_the_sums_of_a_walk_add_up_to_what_is_owed(payments, policy):
    case, walk = walked(*(had.Paid(day, Money(oere)) for day, oere in payments), policy=policy)
    total = counted((case, walk)).total
    charged = total["fees"] + total["interest"]
    assert walk.case.charged.oere == charged
    overpaid = max(total["paid"] + total["handed_over"] - case.principal.oere - charged, 0)
    left = case.principal.oere + charged + overpaid - total["paid"] - total["handed_over"]
    assert total["arrears"] == left
    assert all(total[figure] >= 0 for figure in SUMS)
