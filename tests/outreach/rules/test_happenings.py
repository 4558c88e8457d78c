"""What each happening makes of a case, and on which days an answer can turn by itself."""

from dataclasses import replace
from datetime import date

import pytest

from data.law.law import Law
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Interest
from data.municipalities.policy import Policies
from data.values.money import NOTHING, Money
from outreach.rules import happenings as had
from outreach.rules.case import Agreements, Case, Debtor, Word
from outreach.rules.outlook import Came, Walk, walk
from outreach.rules.rests import awake, given_quiet_days
from outreach.rules.turning_days import next_interest_day, turning_days

LAW = Law.load()
FAXE = Policies.load()["faxe"]
DAY = date(2027, 2, 3)
OVER = [ClaimState.PAID, ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF]
CASE = Case("dagtilbud", Money.kroner(1000), date(2027, 1, 20), date(2026, 12, 31), True)  # noqa: FBT003


def in_state(state):
    return replace(CASE, state=state)


# ------------------------------------------------------------------------------- payments
def test_a_payment_is_known_the_day_after_the_bank_day_it_is_settled_on():
    friday, saturday = date(2027, 2, 5), date(2027, 2, 6)
    assert had.Paid(friday, Money(1)).known_on == saturday
    assert had.Paid(saturday, Money(1)).known_on == date(2027, 2, 9)
    assert had.PaidInFull(saturday).known_on == date(2027, 2, 9)


@pytest.mark.parametrize(
    "state", [ClaimState.OPEN, ClaimState.IN_PLAN, ClaimState.IN_RESPITE], ids=str
)
def test_a_payment_in_full_ends_the_matter(state):
    after = had.Paid(DAY, Money.kroner(1000)).after(in_state(state))
    assert (after.state, after.paid, after.respite_until) == (
        ClaimState.PAID,
        Money.kroner(1000),
        None,
    )


def test_a_payment_in_part_leaves_it_open():
    after = had.Paid(DAY, Money.kroner(400)).after(CASE)
    assert (after.state, after.outstanding) == (ClaimState.OPEN, Money.kroner(600))


def test_a_disputed_claim_that_is_paid_still_waits_for_its_answer():
    after = had.Paid(DAY, Money.kroner(1000)).after(in_state(ClaimState.DISPUTED))
    assert after.state is ClaimState.DISPUTED


def test_a_payment_taken_back_opens_the_claim_again_and_never_goes_below_nothing():
    paid = replace(in_state(ClaimState.PAID), paid=Money.kroner(1000))
    after = had.Paid(DAY, Money.kroner(-1500)).after(paid)
    assert (after.state, after.paid) == (ClaimState.OPEN, NOTHING)


def test_paying_in_full_pays_the_fee_too():
    after = had.PaidInFull(DAY).after(replace(CASE, charged=Money.kroner(250)))
    assert (after.paid, after.state) == (Money.kroner(1250), ClaimState.PAID)


def test_nobody_pays_here_for_what_has_left():
    left = in_state(ClaimState.HANDED_OVER)
    assert had.PaidInFull(DAY).after(left) == left


# ---------------------------------------------------------------------- plans and respites
def test_a_plan_acknowledges_the_debt_and_a_later_one_keeps_the_earlier_day():
    once = had.PlanAgreed(DAY).after(CASE)
    assert (once.state, once.agreements) == (ClaimState.IN_PLAN, Agreements(0, DAY, ()))
    later = date(2027, 3, 1)
    assert had.PlanAgreed(later).after(once).agreements == Agreements(0, later, (DAY,))


def test_a_broken_plan_counts_and_days_are_counted_from_it():
    after = had.PlanBroken(DAY).after(in_state(ClaimState.IN_PLAN))
    assert (after.state, after.agreements.breaches, after.rested_until) == (
        ClaimState.OPEN,
        1,
        DAY,
    )
    later = replace(in_state(ClaimState.IN_PLAN), rested_until=date(2027, 5, 1))
    assert had.PlanBroken(DAY).after(later).rested_until == date(2027, 5, 1)


def test_a_plan_that_is_none_cannot_be_broken():
    assert had.PlanBroken(DAY).after(CASE) == CASE


def test_an_instalment_counts_while_the_plan_runs_and_never_more_than_is_owed():
    in_plan = in_state(ClaimState.IN_PLAN)
    assert had.Instalment(DAY, Money.kroner(400)).after(in_plan).paid == Money.kroner(400)
    for amount in (Money.kroner(5000), None):
        after = had.Instalment(DAY, amount).after(in_plan)
        assert (after.paid, after.state) == (Money.kroner(1000), ClaimState.PAID)
    assert had.Instalment(DAY, Money.kroner(400)).after(CASE) == CASE
    saturday = date(2027, 2, 6)
    assert had.Instalment(saturday, None).known_on == date(2027, 2, 9)


def test_a_plan_kept_to_its_end_ends_the_matter_unless_interest_is_left():
    kept = had.PlanKept(DAY)
    paid = replace(in_state(ClaimState.IN_PLAN), paid=Money.kroner(1000))
    assert kept.after(paid).state is ClaimState.PAID
    assert kept.after(replace(paid, charged=Money(7))).state is ClaimState.OPEN
    assert kept.after(in_state(ClaimState.DISPUTED)) == in_state(ClaimState.DISPUTED)
    assert had.PlanWanted(DAY).after(CASE) == CASE


def test_a_respite_rests_until_its_day():
    after = had.RespiteGiven(DAY, until=date(2027, 3, 1)).after(CASE)
    assert (after.state, after.respite_until) == (ClaimState.IN_RESPITE, date(2027, 3, 1))
    assert after.agreements.acknowledged_on == DAY


@pytest.mark.parametrize("state", OVER, ids=str)
@pytest.mark.parametrize(
    "happening",
    [
        had.PlanAgreed(DAY),
        had.RespiteGiven(DAY, until=date(2027, 3, 1)),
        had.Disputed(DAY),
        had.Reopened(DAY),
        had.Shelved(DAY),
        had.WrittenOff(DAY),
    ],
    ids=lambda one: one.name,
)
def test_what_is_over_stays_over(happening, state):
    assert happening.after(in_state(state)) == in_state(state)


@pytest.mark.parametrize(
    ("happening", "state"),
    [
        (had.Disputed(DAY), ClaimState.DISPUTED),
        (had.Shelved(DAY), ClaimState.SHELVED),
        (had.WrittenOff(DAY), ClaimState.WRITTEN_OFF),
    ],
)
def test_a_state_takes_the_place_of_another_and_of_its_respite(happening, state):
    rests = replace(in_state(ClaimState.IN_RESPITE), respite_until=DAY)
    after = happening.after(rests)
    assert (after.state, after.respite_until) == (state, None)
    assert had.Reopened(DAY).after(in_state(state)).state is (
        state if state in OVER else ClaimState.OPEN
    )


# ------------------------------------------------------------------------------ quiet days
@pytest.mark.parametrize(
    ("before", "now", "ends"),
    [
        (Debtor(), Debtor(children_at_home=True), False),
        (Debtor(), Debtor(is_frozen=True), False),
        (Debtor(is_frozen=True), Debtor(), True),
        (Debtor(benefit="kontanthjaelp"), Debtor(), True),
        (Debtor(), Debtor(benefit="kontanthjaelp"), True),
        (Debtor(yearly_net_income=Money(1)), Debtor(), True),
    ],
)
def test_what_the_citizen_lives_on_and_a_freeze_lifted_end_a_rest(before, now, ends):
    assert had.Learned(DAY, now).ends_a_rest(replace(CASE, debtor=before)) is ends


def test_a_case_taken_up_again_ends_a_rest_and_what_is_over_rests_for_good():
    assert had.Reopened(DAY).ends_a_rest(in_state(ClaimState.DISPUTED))
    assert not any(had.Reopened(DAY).ends_a_rest(in_state(state)) for state in OVER)
    assert not had.Disputed(DAY).ends_a_rest(CASE)


def test_a_dispute_answered_about_a_claim_that_is_paid_by_now_ends_it():
    paid = replace(in_state(ClaimState.DISPUTED), paid=Money.kroner(1000))
    assert had.Reopened(DAY).after(paid).state is ClaimState.PAID


def test_quiet_days_are_the_dialogue_s_bank_days_and_a_longer_pause_stays():
    friday, wednesday = date(2027, 2, 5), date(2027, 2, 10)
    assert given_quiet_days(CASE, FAXE, friday).paused_until == wednesday
    longer, shorter = date(2027, 3, 1), date(2027, 2, 8)
    known = replace(CASE, paused_until=longer)
    assert given_quiet_days(known, FAXE, friday).paused_until == longer
    known = replace(CASE, paused_until=shorter)
    assert given_quiet_days(known, FAXE, friday).paused_until == wednesday
    in_plan = in_state(ClaimState.IN_PLAN)
    assert given_quiet_days(in_plan, FAXE, friday) == in_plan


def test_what_rested_wakes_the_day_after_and_days_are_counted_from_the_last_of_it():
    rests = replace(
        in_state(ClaimState.IN_RESPITE), respite_until=DAY, paused_until=date(2027, 2, 5)
    )
    assert awake(rests, DAY) == rests
    woken = awake(rests, date(2027, 2, 4))
    assert (woken.state, woken.respite_until, woken.rested_until) == (ClaimState.OPEN, None, DAY)
    assert woken.paused_until == date(2027, 2, 5)
    woken = awake(rests, date(2027, 2, 6))
    assert (woken.paused_until, woken.rested_until) == (None, date(2027, 2, 5))
    longer = replace(rests, rested_until=date(2027, 6, 1))
    assert awake(longer, date(2027, 2, 6)).rested_until == date(2027, 6, 1)


# ------------------------------------------------------------------------------- the rest
def test_facts_and_words_take_their_place():
    word, older = Word("all", Effect.HOLD), Word("notice:1", Effect.HOLD)
    spoken = had.Spoken(DAY, word).after(replace(CASE, words=(older,)))
    assert spoken.words == (word, older)
    debtor = Debtor(is_frozen=True)
    assert had.Learned(DAY, debtor).after(CASE).debtor == debtor
    assert had.Paused(DAY, until=DAY).after(CASE).paused_until == DAY
    unproven = replace(CASE, bill_sent_on=None, has_pay_instruction=False)
    proven = had.BillProven(DAY, sent_on=date(2026, 12, 31)).after(unproven)
    assert proven == CASE
    assert had.PolicyChanged(DAY, FAXE).after(CASE) == CASE


def test_turning_days_are_the_ends_of_words_rests_and_of_the_claim_itself():
    before = set(turning_days(CASE, LAW))
    word = Word("all", Effect.HOLD, until=date(2027, 3, 31))
    rests = replace(
        CASE, words=(word,), respite_until=date(2027, 4, 30), paused_until=date(2027, 5, 31)
    )
    days = turning_days(rests, LAW)
    assert days == sorted(days)
    assert set(days) - before == {date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1)}
    # Three years after the last day to pay, rolled from a Sunday: then it is time-barred.
    assert date(2030, 1, 22) in before


def test_interest_is_due_once_the_payments_of_its_days_are_known():
    # The second month of lateness begins on Sunday 21 February.
    assert next_interest_day(CASE, LAW, date(2027, 2, 1)) == date(2027, 2, 23)
    civil = replace(CASE, claim_type="fjernvarme")
    assert next_interest_day(civil, LAW, date(2027, 2, 1)) == date(2027, 3, 2)
    assert next_interest_day(civil, LAW, date(2026, 12, 1)) == date(2027, 2, 2)
    nothing = replace(CASE, claim_type="kontanthjaelp")
    assert next_interest_day(nothing, LAW, date(2027, 2, 1)) is None


def test_a_hand_over_already_decided_leaves_on_its_day():
    start = date(2027, 2, 16)  # inside the quiet period
    until = date(2027, 3, 31)
    taken = Walk(CASE, LAW, FAXE, date(2027, 1, 21), start).to_the_end().case
    assert taken.step_taken("hand_over:1")
    on = date(2027, 3, 6)  # a Saturday
    events = Walk(taken, LAW, FAXE, start, until, leaves_on=on).to_the_end().events
    assert [(event.day, event.came) for event in events] == [(date(2027, 3, 8), Came.LEFT)]
    assert events[0].amount == Money.kroner(1000)


def test_payments_and_interest_that_stand_already_are_not_counted_again():
    decided = FAXE.model_copy(update={"interest": Interest(charged=True, source="the council")})
    span = (date(2027, 1, 22), date(2027, 2, 1))
    once = Walk(CASE, LAW, decided, *span).to_the_end()
    assert [event.interest for event in once.events if event.interest] == [Money.kroner(10)]
    again = Walk(CASE, LAW, decided, *span, posted=["interest:month:1"]).to_the_end()
    assert not any(event.interest for event in again.events)


def test_a_happening_before_the_first_day_is_told_on_it():
    broken = had.Disputed(date(2026, 12, 1))
    events = walk(CASE, LAW, FAXE, date(2027, 2, 1), date(2027, 3, 1), [broken])
    assert [(event.day, event.step) for event in events] == [
        (date(2027, 2, 1), "disputed"),
        (date(2027, 2, 1), ""),
    ]
