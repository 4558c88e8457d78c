"""What holds for every claim, history, policy and day, whatever the council decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.values.money import NOTHING, Money
from data.values.time import day_of
from outreach.rules.case import Case, Debtor, Taken
from outreach.rules.decision import Refused
from outreach.rules.ladder import Move, next_step
from outreach.rules.limitation import expires_on
from tests.outreach.rules.make_case import (
    PLAIN_LADDER,
    any_policy,
    case,
    cases,
    days,
    law,
    moves,
    policy,
    sums,
)


def asked(one: Case, rules: Any, day: date) -> Move | Refused:
    return next_step(one, law(), rules, day)


@given(cases(), any_policy, days)
def test_F28_the_same_facts_give_the_same_answer(one, rules, day):
    again = replace(one, words=tuple(one.words), taken=tuple(one.taken))
    assert asked(one, rules, day) == asked(again, rules, day)


@given(moves())
def test_a_step_that_was_taken_is_not_taken_again(moment):
    one, rules, day, move = moment
    taken = Taken(move.name, day, move.pay_by, gave_notice=move.gives_notice)
    after = replace(one, taken=(*one.taken, taken))
    again = asked(after, rules, day)
    assert isinstance(again, Refused) or again.name != move.name


@given(moves())
def test_A21_no_fee_is_above_the_laws_maximum_on_that_day(moment):
    one, _, day, move = moment
    regime = law().claim_types[one.claim_type].on(day).regime
    assert NOTHING <= move.fee <= law().fees[regime].on(day).max_fee


@given(moves())
def test_A22_a_fee_asks_for_proof_a_deadline_exceeded_and_the_laws_gap(moment):
    one, _, day, move = moment
    if not move.fee:
        return
    fee_law = law().fees[law().claim_types[one.claim_type].on(day).regime].on(day)
    assert one.bill_sent_on is not None
    assert one.has_pay_instruction
    assert day > one.due_date
    assert all(day - before >= timedelta(days=fee_law.min_gap_days) for before in one.series)
    assert fee_law.max_count is None or len(one.series) < fee_law.max_count


STILL = [state for state in ClaimState if state is not ClaimState.OPEN]


@given(cases(), any_policy, days, st.sampled_from(STILL))
def test_A11_nothing_moves_while_paid_in_plan_in_respite_shelved_or_disputed(
    one, rules, day, state
):
    assert isinstance(asked(replace(one, state=state), rules, day), Refused)


@given(cases(), any_policy, days)
def test_nothing_moves_for_a_citizen_who_is_frozen_or_dead(one, rules, day):
    for debtor in (Debtor(is_frozen=True), Debtor(is_deceased=True)):
        assert isinstance(asked(replace(one, debtor=debtor), rules, day), Refused)


@given(cases(), any_policy, days)
def test_nothing_moves_when_nothing_is_owed(one, rules, day):
    paid = replace(one, paid=one.principal + one.charged)
    assert isinstance(asked(paid, rules, day), Refused)


@given(cases(), any_policy, days)
def test_nothing_moves_when_time_barred(one, rules, day):
    type_law = law().claim_types[one.claim_type].on(day)
    agreed = one.agreements.acknowledged_on
    last = expires_on(one.due_date, one.period_end, agreed, type_law, law())
    after = last + timedelta(days=1 + (day - one.due_date).days % 500)
    assert isinstance(asked(one, rules, after), Refused)


@given(cases(), any_policy, days, sums)
@example(
    case(principal=Money(9000), covers_until=date(2026, 6, 1)),
    policy(ladders=PLAIN_LADDER),
    date(2026, 3, 17),
    Money(100),
)
def test_a_payment_never_makes_a_citizen_worse_off(one, rules, day, more):
    before = asked(one, rules, day)
    paying = replace(one, paid=one.paid + more)
    after = asked(paying, rules, day)
    assert paying.outstanding <= one.outstanding
    if isinstance(after, Move):
        assert isinstance(before, Move)
        assert after.name == before.name
        assert after.fee <= before.fee


@given(cases(), days, st.lists(days, max_size=5))
def test_F25_each_preferential_instalment_is_its_own_series(one, day, fees_of_other_rates):
    rate = replace(one, claim_type="ejendomsskat", tax_year=2023, series=())
    other = replace(rate, series=tuple(sorted(fees_of_other_rates)))
    regime = law().claim_types["ejendomsskat"].on(day).regime
    assume(not law().fees[regime].on(day).min_gap_days)
    assert asked(rate, policy("faxe"), day) == asked(other, policy("faxe"), day)


@given(moves())
def test_every_step_is_taken_in_the_ladders_order(moment):
    one, rules, day, move = moment
    type_law = law().claim_types[one.claim_type].on(day)
    ladder = rules.ladders.of(one.claim_type, preferential=type_law.preferential)
    names = [f"{s.step.value}:{n}" for s, n in zip(ladder.steps, ladder.numbers(), strict=True)]
    assert {before.step for before in one.taken} >= set(names[: names.index(move.name)])


@given(moves())
def test_A23_a_hand_over_comes_after_a_notice_whose_deadline_has_passed(moment):
    one, _, day, move = moment
    if move.kind is not StepKind.HAND_OVER:
        return
    assert any(t.gave_notice and t.pay_by is not None and t.pay_by < day for t in one.taken)
    assert one.outstanding >= law().hand_over.on(day).least_total
    assert move.ready_on is not None
    assert move.ready_on >= day


@given(moves())
def test_a_letters_deadline_lies_ahead_on_a_bank_day(moment):
    _, _, day, move = moment
    if move.kind is StepKind.HAND_OVER:
        return
    assert move.pay_by is not None
    assert move.pay_by > day
    assert move.pay_by.weekday() < 5


@given(cases(), any_policy, days)
def test_a_refusal_names_a_time_that_lies_ahead(one, rules, day):
    answer = asked(one, rules, day)
    if isinstance(answer, Refused) and answer.retry_at is not None:
        assert day_of(answer.retry_at) > day


@given(cases(), any_policy, days, st.integers(0, 60))
def test_asking_before_the_time_named_gives_no_step(one, rules, day, early):
    answer = asked(one, rules, day)
    if isinstance(answer, Refused) and answer.retry_at is not None:
        between = min(day + timedelta(days=early), day_of(answer.retry_at) - timedelta(days=1))
        assert isinstance(asked(one, rules, between), Refused)
