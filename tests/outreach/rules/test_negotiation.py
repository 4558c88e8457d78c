"""What is agreed when people talk: the citizen's own way first, else the nearest, and others."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from data.models.agreements import AgreementKind
from data.values.money import LARGEST_OERE, NOTHING, Money
from outreach.rules.case import Debtor
from outreach.rules.negotiation import Missing, Party, Slip, Why
from outreach.rules.plan_limits import Bar
from outreach.rules.proposal import BreachText
from tests.outreach.rules.make_talk import (
    ALBERTSLUND,
    FAXE,
    LAST_BANK_DAY,
    LAW,
    MONTHLY,
    TODAY,
    WEEKLY,
    days,
    first,
    kr,
    owes,
    sums,
    talk,
    whys,
    with_interest,
)

FEBRUARY = date(2027, 2, 1)
STATUTE = LAW.statutory.on(TODAY)


# ----------------------------------------------------------------------- the citizen's own
def test_the_citizens_own_way_comes_first_and_two_others_stand_beside_it():
    found = talk(amount=kr(200))
    assert whys(found) == [Why.OWN, Why.GENTLER, Why.LATER_START]
    own, gentler, later = found.proposals
    assert (own.total, own.kind, own.rhythm.key) == (kr(1200), AgreementKind.PLAN, "month:1")
    assert sums(own) == ["200.00"] * 6
    assert own.last_on == date(2027, 5, 3)
    assert sums(gentler) == ["100.00"] * 12
    assert days(gentler)[0] == days(own)[0]
    assert (sums(later), days(later)) == (sums(own), [*days(own)[1:], date(2027, 6, 1)])
    assert not found.refused


def test_a_proposal_says_what_happens_when_it_is_not_kept():
    breach = first(amount=kr(200)).on_breach
    plans = ALBERTSLUND.plans
    assert breach.text is BreachText.PLAN
    assert breach.grace_bank_days == plans.grace_bank_days
    assert breach.way_back_bank_days == plans.way_back_bank_days
    assert breach.missed_before_breach == plans.missed_before_breach
    assert first(whole=True, first_on=date(2026, 12, 4)).on_breach.text is BreachText.RESPITE


def test_the_claims_stand_in_the_order_money_goes_to_them():
    owed = [owes(300, ref="B"), owes(400, ref="A", due_date=date(2026, 10, 1))]
    assert first(owed=owed, amount=kr(200)).claims == ("A", "B")
    assert first(owed=owed, amount=kr(200), order=list).claims == ("B", "A")


def test_days_of_the_citizens_own_can_also_begin_a_month_later():
    parts = ((date(2026, 12, 1), kr(500)), (date(2027, 1, 15), kr(700)))
    found = talk(parts=parts)
    assert whys(found) == [Why.OWN, Why.LATER_START]
    own, later = found.proposals
    assert own.rhythm is None
    assert sums(own) == sums(later) == ["500.00", "700.00"]
    assert days(later) == [date(2027, 1, 4), date(2027, 2, 15)]


def test_a_larger_first_payment_is_halved_in_the_gentler_way():
    found = talk(amount=kr(200), first_amount=kr(500), first_on=TODAY, rhythm=WEEKLY)
    own, gentler, later = found.proposals
    assert sums(own)[:2] == ["500.00", "200.00"]
    assert sums(gentler)[:2] == ["250.00", "100.00"]
    assert days(gentler)[:4] == days(own)[:4]
    assert days(later)[:2] == [date(2026, 12, 28), date(2026, 12, 30)]


def test_on_the_last_bank_day_a_month_later_is_the_next_last_bank_day():
    later = talk(amount=kr(600), rhythm=LAST_BANK_DAY, today=date(2027, 1, 30)).proposals[-1]
    assert (later.why, days(later)) == (Why.LATER_START, [date(2027, 3, 31), date(2027, 4, 30)])


def test_an_oere_has_no_gentler_way():
    assert whys(talk(owed=[owes("0.01")], amount=kr(200))) == [Why.OWN, Why.LATER_START]


# ------------------------------------------------------------------------- all of it later
def test_all_of_it_on_a_day_within_the_mandate_is_a_respite():
    found = talk(whole=True, first_on=date(2026, 12, 20))
    own, gentler, last = found.proposals
    assert (own.kind, own.why, own.rhythm) == (AgreementKind.RESPITE, Why.OWN, None)
    assert days(own) == [date(2026, 12, 21)]  # the 20th is a Sunday
    assert not own.needs_person
    assert (gentler.kind, gentler.why) == (AgreementKind.PLAN, Why.GENTLER)
    assert (sums(gentler), days(gentler)[1]) == (["600.00"] * 2, date(2027, 1, 20))
    assert (last.kind, last.why) == (AgreementKind.RESPITE, Why.RESPITE_THEN_ALL)
    assert days(last) == [date(2027, 1, 25)]  # day 60 is a Saturday


def test_a_respite_to_the_last_day_of_the_mandate_is_as_long_as_it_gets():
    latest = TODAY + timedelta(ALBERTSLUND.respite.assistant_may_grant_days)
    found = talk(whole=True, first_on=latest)
    assert whys(found) == [Why.OWN, Why.GENTLER]
    assert not found.proposals[0].needs_person
    beyond = first(whole=True, first_on=latest + timedelta(1))
    assert beyond.needs_person.code is Bar.RESPITE_BEYOND_MANDATE
    assert beyond.needs_person.basis == ALBERTSLUND.respite.source


def test_more_than_is_owed_each_month_is_a_plan_of_one_instalment():
    own = first(amount=kr(5000))
    assert (own.kind, sums(own)) == (AgreementKind.PLAN, ["1200.00"])


def test_half_now_is_a_plan_and_half_of_an_oere_is_all_of_it():
    own = first(first_share=Fraction(1, 2), first_on=TODAY, days=(FEBRUARY,))
    assert (own.kind, sums(own)) == (AgreementKind.PLAN, ["600.00", "600.00"])
    small = first(owed=[owes("0.01")], first_share=Fraction(1, 2), days=(FEBRUARY,))
    assert small.kind is AgreementKind.RESPITE


# ------------------------------------------------------------------------ the mandate
@pytest.mark.parametrize(("policy", "months"), [(ALBERTSLUND, 24), (FAXE, 12)])
def test_a_plan_as_long_as_the_mandate_is_the_assistants_and_a_longer_one_a_persons(policy, months):
    assert not first(policy, [owes(100 * months)], amount=kr(100)).needs_person
    longer = first(policy, [owes(100 * months + 1)], amount=kr(100))
    assert longer.why is Why.OWN
    assert longer.needs_person.code is Bar.PLAN_BEYOND_MANDATE
    assert longer.needs_person.basis == policy.plans.source


def test_a_gentler_way_beside_a_plan_of_the_mandate_stays_within_it():
    found = talk(FAXE, [owes(1200)], amount=kr(150))
    own, gentler = found.proposals[:2]
    assert (len(own.rates), gentler.why, sums(gentler)) == (8, Why.GENTLER, ["100.00"] * 12)
    assert not any(one.needs_person for one in found.proposals)
    assert whys(talk(FAXE, [owes(1200)], amount=kr(100))) == [Why.OWN]


def test_a_plan_that_begins_later_than_payment_may_wait_is_a_persons():
    soon = date(2027, 2, 22)  # a month and sixty days
    assert not first(amount=kr(200), first_on=soon).needs_person
    late = first(amount=kr(200), first_on=soon + timedelta(1))
    assert late.needs_person.code is Bar.RESPITE_BEYOND_MANDATE


def test_A13_one_krone_a_month_is_not_refused_but_seen_by_a_person():
    found = talk(amount=kr(1))
    assert len(found.proposals[0].rates) == 1200
    assert found.proposals[0].needs_person.code is Bar.PLAN_BEYOND_MANDATE
    assert not found.refused


def test_a_caseworker_has_no_mandate_to_keep_to():
    assert not first(amount=kr(1), by=Party.CASEWORKER).needs_person
    assert not first(whole=True, first_on=date(2028, 1, 3), by=Party.CASEWORKER).needs_person


# --------------------------------------------------------------------- what the law fixes
HELP = owes(5000, "kontanthjaelp", "K")
LIVES_ON_HELP = Debtor(benefit="kontanthjaelp")
EARNS = Debtor(yearly_net_income=kr(150_000), children_at_home=False)


def test_who_must_be_let_wait_is_let_wait_by_a_caseworker():
    found = talk(owed=[HELP], amount=kr(200), debtor=LIVES_ON_HELP)
    [respite] = found.proposals
    assert (respite.kind, respite.why) == (AgreementKind.RESPITE, Why.STATUTORY)
    assert (respite.rates, respite.last_on, respite.largest) == ((), None, NOTHING)
    assert respite.needs_person.code is Bar.STATUTORY_RESPITE
    assert respite.needs_person.basis == STATUTE.source
    assert found.refused == found.left[0].because == respite.needs_person
    by_person = first(owed=[HELP], debtor=LIVES_ON_HELP, by=Party.CASEWORKER)
    assert not by_person.needs_person


def test_who_is_let_wait_by_law_pays_no_interest_meanwhile():
    respite = first(with_interest(ALBERTSLUND), [HELP], debtor=LIVES_ON_HELP)
    assert (respite.kind, respite.interest) == (AgreementKind.RESPITE, NOTHING)


def test_a_recorded_income_gives_the_tables_sum_whatever_was_wished_for():
    found = talk(owed=[HELP], amount=kr(50), debtor=EARNS)
    [plan] = found.proposals
    assert (plan.kind, plan.why) == (AgreementKind.PLAN, Why.STATUTORY)
    assert sums(plan) == ["625.00"] * 8  # 5 % of 150,000 a year
    assert plan.needs_person.code is Bar.STATUTORY_PLAN
    assert not first(owed=[HELP], debtor=EARNS, by=Party.CASEWORKER).needs_person


def test_no_income_at_all_is_a_respite_and_not_a_plan_of_nothing():
    poor = Debtor(yearly_net_income=NOTHING, children_at_home=True)
    assert first(owed=[HELP], debtor=poor).kind is AgreementKind.RESPITE


@pytest.mark.parametrize(
    ("debtor", "bar"),
    [
        (None, Bar.INCOME_UNKNOWN),
        (Debtor(yearly_net_income=kr(150_000)), Bar.SUPPORT_UNKNOWN),
        (Debtor(yearly_net_income=kr(900_000), children_at_home=False), Bar.BEYOND_TABLE),
    ],
)
def test_where_nothing_follows_from_what_is_known_a_person_goes_on(debtor, bar):
    found = talk(owed=[HELP], amount=kr(200), debtor=debtor)
    assert (found.proposals, found.refused.code) == ((), bar)
    assert [left.ref for left in found.left] == ["K"]


def test_a_caseworker_may_use_the_laws_sum_for_an_income_nobody_knows():
    plan = first(owed=[HELP], by=Party.CASEWORKER)
    assert plan.rates[0].amount == STATUTE.unknown_income_monthly


def test_a_sum_of_the_table_that_would_take_too_long_to_write_down_is_a_persons():
    large = replace(HELP, amount=Money(LARGEST_OERE))
    found = talk(owed=[large], debtor=EARNS)
    assert (found.proposals, found.left[0].because.code) == ((), Bar.STATUTORY_PLAN)


def test_what_the_law_does_not_fix_is_negotiated_and_the_rest_left_to_a_person():
    found = talk(owed=[HELP, owes()], amount=kr(200), debtor=LIVES_ON_HELP)
    assert found.proposals[0].claims == ("A-1",)
    assert {one.total for one in found.proposals} == {kr(1200)}
    assert [(left.ref, left.because.code) for left in found.left] == [("K", Bar.STATUTORY_RESPITE)]
    assert not found.refused


# ---------------------------------------------------------------- what is missing, or wrong
@pytest.mark.parametrize(
    ("said", "missing"),
    [({}, Missing.AMOUNT), ({"rhythm": MONTHLY}, Missing.AMOUNT), ({"whole": True}, Missing.DATE)],
)
def test_what_was_not_said_is_asked_for(said, missing):
    found = talk(**said)
    assert (found.missing, found.proposals, found.refused) == (missing, (), None)


def test_a_slip_of_the_finger_is_named():
    assert talk(amount=kr(0)).refused.code is Slip.NO_AMOUNT
    assert talk(count=10_000).refused.code is Slip.TOO_MANY
    assert talk(whole=True, first_on=date(2999, 1, 1)).refused.code is Slip.TOO_FAR_AHEAD


@pytest.mark.parametrize("owed", [[owes(0)], [owes(-5)], [owes(0), owes(-5, ref="B")]])
def test_nothing_owed_is_nothing_to_agree_on(owed):
    assert talk(owed=owed, amount=kr(100)).refused.code is Bar.NOTHING_OWED


def test_a_debt_larger_than_any_is_not_negotiated():
    large = [owes(ref=str(number), kroner=LARGEST_OERE // 100) for number in range(2)]
    assert talk(owed=large, amount=kr(10**9)).refused.code is Bar.TOO_LARGE


# ---------------------------------------------------------------------- what it costs
def test_a_kept_plan_costs_nothing_where_no_interest_is_taken_in_agreements():
    for policy in (ALBERTSLUND, FAXE, with_interest(ALBERTSLUND, in_agreements=False)):
        for one in talk(policy, amount=kr(200)).proposals:
            assert (one.interest, one.fees) == (NOTHING, NOTHING)


def test_where_interest_runs_the_cheaper_way_is_shown_before_the_gentler_one():
    found = talk(with_interest(ALBERTSLUND), amount=kr(200))
    # A month later is six months of interest and one; half as large is twice as long.
    assert whys(found) == [Why.OWN, Why.LATER_START, Why.GENTLER]
    own, later, gentler = (one.interest for one in found.proposals)
    assert NOTHING < own < later < gentler


def test_no_interest_runs_in_a_respite():
    found = talk(with_interest(ALBERTSLUND), whole=True, first_on=date(2027, 1, 4))
    costs = {one.why: one.interest for one in found.proposals}
    assert costs[Why.OWN] == costs[Why.RESPITE_THEN_ALL] == NOTHING < costs[Why.GENTLER]
    assert whys(found) == [Why.OWN, Why.RESPITE_THEN_ALL, Why.GENTLER]
