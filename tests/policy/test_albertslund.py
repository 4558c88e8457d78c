"""Albertslund's ladder: prevention first, a fee once, and a person before anything hard happens."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import DecidedBy, Fact, Ground, StepKind
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, at_local
from outreach.rules.assignments import may_assign
from outreach.rules.case import Taken
from outreach.rules.decision import Allowed, Reason, Refused
from outreach.rules.ladder import Move
from outreach.rules.overrides import may_say
from outreach.rules.reminders import fee_of
from outreach.rules.shelving import may_shelve
from tests.policy.ladder import (
    A_YEAR_ON,
    ALBERTSLUND,
    DUE,
    LAW,
    Walk,
    a_case,
    breached,
    reason,
    says,
    walk,
)

LADDER = ["reminder:1", "reminder:2", "notice:1"]
HAND_OVER = "hand_over:1"
A_DAY_IN_FEBRUARY = date(2027, 2, 2)
CHASED = [
    key for key, kind in LAW.claim_types.types.items() if kind.automated and key != "ejendomsskat"
]


def noticed(claim_type="dagtilbud", **given):
    """A claim whose reminders and notice nobody has answered, early in February."""
    story = walk(ALBERTSLUND, claim_type, **given)
    assert story.until(A_DAY_IN_FEBRUARY - ONE_DAY) == LADDER
    return story


# Reminders.


def test_A3_a_bill_not_paid_by_the_deadline_is_reminded_of():
    story = walk(ALBERTSLUND)
    assert story.until(date(2026, 11, 30)) == ["reminder:1"]
    assert reason(walk(ALBERTSLUND).on(DUE)) == "too_early"


def test_A3_what_was_paid_is_not_reminded_of():
    assert walk(ALBERTSLUND, paid=Money.kroner(1200)).until(A_YEAR_ON) == []


def test_A5_contact_comes_before_any_step():
    never_contacted = walk(ALBERTSLUND, contacted_on=None)
    assert never_contacted.until(A_YEAR_ON) == []
    assert reason(never_contacted.on(A_DAY_IN_FEBRUARY)) == "first_contact_first"


@given(st.integers(1, 200))
def test_A5_no_fee_before_the_citizen_was_contacted(days):
    never = a_case(contacted_on=None)
    step = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[1]
    assert fee_of(step, "reminder:2", never, LAW, DUE + timedelta(days=days)) == NOTHING


def test_A5_the_citizen_has_time_to_answer_the_first_message():
    story = walk(ALBERTSLUND, contacted_on=date(2026, 12, 7))
    story.until(A_YEAR_ON)
    assert story.day_of("reminder:1") == date(2026, 12, 14)


@pytest.mark.parametrize("claim_type", CHASED)
def test_A20_the_first_reminder_is_free_and_the_second_is_the_only_one_that_costs(claim_type):
    story = walk(ALBERTSLUND, claim_type)
    story.until(A_YEAR_ON)
    assert [move.name for _, move in story.steps if move.fee] in ([], ["reminder:2"])
    assert story.move("reminder:1").fee == NOTHING


@pytest.mark.parametrize(
    ("claim_type", "kroner"),
    [("dagtilbud", 250), ("parkering", 250), ("fjernvarme", 100), ("vand", 100), ("andet", 0)],
)
def test_A21_the_fee_is_the_most_the_law_allows_for_the_kind_of_claim(claim_type, kroner):
    story = walk(ALBERTSLUND, claim_type)
    story.until(A_YEAR_ON)
    assert story.fees == Money.kroner(kroner)


@pytest.mark.parametrize(
    ("changes_on", "kroner"), [(date(2026, 12, 14), 275), (date(2026, 12, 15), 250)]
)
def test_A21_the_fee_is_that_of_the_law_on_the_day_of_the_reminder(changes_on, kroner):
    [now] = LAW.fees.udpantning.root
    later = now.model_copy(update={"valid_from": changes_on, "max_fee": Money.kroner(275)})
    versions = type(LAW.fees.udpantning)([now, later])
    law = replace(LAW, fees=LAW.fees.model_copy(update={"udpantning": versions}))
    story = Walk(ALBERTSLUND, a_case(), law)
    story.until(A_YEAR_ON)
    assert story.day_of("reminder:2") == date(2026, 12, 14)
    assert story.fees == Money.kroner(kroner)


@pytest.mark.parametrize("missing", [{"bill_sent_on": None}, {"has_pay_instruction": False}])
def test_A22_without_proof_of_the_bill_and_how_to_pay_there_is_no_fee_and_no_step(missing):
    assert walk(ALBERTSLUND, **missing).until(A_YEAR_ON) == []
    step = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[1]
    assert fee_of(step, "reminder:2", a_case(**missing), LAW, A_YEAR_ON) == NOTHING


def test_A22_there_is_no_fee_before_the_deadline_is_exceeded():
    step = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[1]
    before = DUE - timedelta(days=5)
    case = a_case(contacted_on=before, taken=(Taken("reminder:1", before),))
    assert fee_of(step, "reminder:2", case, LAW, DUE) == NOTHING
    assert fee_of(step, "reminder:2", case, LAW, DUE + ONE_DAY) == Money.kroner(250)


# Arrangements.


def test_A10_a_plan_is_offered_before_hand_over_is_possible():
    story = noticed()
    assert all(story.move(name).offers_plan for name in ("reminder:1", "reminder:2"))
    story.case = replace(
        story.case,
        words=(says(Effect.APPROVE, HAND_OVER, ground=Ground.ABLE_BUT_UNWILLING),),
    )
    assert isinstance(story.on(A_DAY_IN_FEBRUARY), Move)


@pytest.mark.parametrize("steps", range(4))
def test_A11_nothing_happens_to_a_claim_whose_arrangement_is_kept(steps):
    story = noticed()
    story.case = replace(
        story.case,
        state=ClaimState.IN_PLAN,
        taken=story.case.taken[:steps],
        words=(says(Effect.APPROVE, HAND_OVER, ground=Ground.ABLE_BUT_UNWILLING),),
        agreements=breached(5),
    )
    assert reason(story.on(A_DAY_IN_FEBRUARY)) == "in_plan"
    assert story.until(A_YEAR_ON, A_DAY_IN_FEBRUARY) == LADDER


def test_A16_some_future_claims_can_be_assigned_with_a_caseworker():
    allowed = ALBERTSLUND.assignments.benefits
    forbidden = LAW.assignments.on(DUE).forbidden
    for benefit in allowed:
        assert isinstance(
            may_assign(benefit, forbidden, allowed, signed_by_caseworker=True), Allowed
        )
        alone = may_assign(benefit, forbidden, allowed, signed_by_caseworker=False)
        assert reason(alone) == "needs_caseworker"


def test_A16_child_benefit_never_whatever_the_policy_says():
    allowed = ALBERTSLUND.assignments.benefits | {"boerne_og_ungeydelse"}
    forbidden = LAW.assignments.on(DUE).forbidden
    said = may_assign("boerne_og_ungeydelse", forbidden, allowed, signed_by_caseworker=True)
    assert reason(said) == "forbidden_by_law"
    assert reason(may_assign("loen", forbidden, allowed, signed_by_caseworker=True)) == (
        "not_in_policy"
    )


def test_A17_a_respite_stops_the_ladder_to_its_last_day_and_no_longer():
    last = date(2026, 12, 15)
    story = walk(ALBERTSLUND, state=ClaimState.IN_RESPITE, respite_until=last)
    answer = story.on(date(2026, 12, 1))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.retry_at) == (Reason.IN_RESPITE, at_local(last + ONE_DAY, 0))
    story.case = replace(story.case, state=ClaimState.OPEN, respite_until=None, rested_until=last)
    story.until(A_YEAR_ON)
    assert story.day_of("reminder:1") == date(2026, 12, 28)


@pytest.mark.parametrize("steps", range(4))
def test_A18_a_shelved_case_stands_still_and_costs_nothing(steps):
    story = noticed()
    story.case = replace(
        story.case, state=ClaimState.SHELVED, taken=story.case.taken[:steps], agreements=breached(9)
    )
    story.steps.clear()
    assert story.until(A_YEAR_ON + timedelta(days=300)) == []
    assert story.fees == NOTHING
    assert reason(story.on(A_DAY_IN_FEBRUARY)) == "shelved"


@pytest.mark.parametrize(
    "facts", [set(some) for count in range(3) for some in combinations(Fact, count)]
)
def test_A19_shelving_needs_all_three_facts(facts):
    refused = may_shelve(frozenset(facts), ALBERTSLUND)
    assert isinstance(refused, Refused)
    assert refused.reason == "facts_missing"
    assert "A19" in refused.basis
    assert isinstance(may_shelve(frozenset(Fact), ALBERTSLUND), Allowed)


# Hand-over.


def test_A23_hand_over_waits_for_the_notice_and_a_reasonable_deadline():
    word = says(Effect.APPROVE, HAND_OVER, ground=Ground.ABLE_BUT_UNWILLING)
    story = walk(ALBERTSLUND, words=(word,))
    story.until(A_YEAR_ON)
    notice = story.move("notice:1")
    assert notice.gives_notice
    assert notice.pay_by - story.day_of("notice:1") >= timedelta(days=21)
    assert story.day_of(HAND_OVER) > notice.pay_by
    assert story.day_of(HAND_OVER) - DUE > timedelta(days=60)


def test_A24_unwillingness_is_assessed_by_a_person():
    story = noticed()
    assert reason(story.on(A_DAY_IN_FEBRUARY)) == "needs_caseworker"
    word = says(Effect.APPROVE, HAND_OVER, ground=Ground.ABLE_BUT_UNWILLING)
    story.case = replace(story.case, words=(word,))
    assert story.on(A_DAY_IN_FEBRUARY).ground is Ground.ABLE_BUT_UNWILLING


def test_A24_no_rule_hands_over_in_albertslund():
    steps = [step for ladder in ALBERTSLUND.ladders.ladders for step in ladder.steps]
    leaving = [step for step in steps if step.step is StepKind.HAND_OVER]
    assert {step.decided_by for step in leaving} == {DecidedBy.CASEWORKER}


@pytest.mark.parametrize(("times", "answer"), [(0, "no_ground"), (1, "no_ground"), (2, None)])
def test_A25_an_agreement_must_have_been_breached_several_times(times, answer):
    word = says(Effect.APPROVE, HAND_OVER, ground=Ground.REPEATED_BREACH)
    story = noticed()
    story.case = replace(story.case, words=(word,), agreements=breached(times))
    said = story.on(A_DAY_IN_FEBRUARY)
    if answer:
        assert reason(said) == answer
    else:
        assert said.ground is Ground.REPEATED_BREACH


@given(st.integers(0, 20), st.sampled_from(CHASED))
def test_A26_by_itself_no_claim_ever_leaves_for_inability(breaches, claim_type):
    story = walk(ALBERTSLUND, claim_type, agreements=breached(breaches))
    story.until(DUE + timedelta(days=200))
    assert not story.is_handed_over


@pytest.mark.parametrize("ground", [None, Ground.UNPAID_REMINDER, Ground.BROKEN_AGREEMENT], ids=str)
def test_A26_not_even_a_caseworker_hands_over_without_one_of_the_two_grounds(ground):
    word = says(Effect.APPROVE, HAND_OVER, ground=ground)
    story = noticed()
    story.case = replace(story.case, words=(word,), agreements=breached(9))
    answer = story.on(A_DAY_IN_FEBRUARY)
    assert reason(answer) == "no_ground"
    assert "A26" in answer.basis
    assert reason(may_say(word, story.case, LAW, ALBERTSLUND, A_DAY_IN_FEBRUARY)) == "no_ground"


# Work descriptions and discretion.


def test_A38_each_trigger_has_a_work_description_with_its_source_and_version():
    assert ALBERTSLUND.policy.version
    described = [
        ALBERTSLUND.first_contact,  # the deadline is exceeded
        *(step for ladder in ALBERTSLUND.ladders.ladders for step in ladder.steps),
        ALBERTSLUND.shelving,  # follow-up is shelved
        ALBERTSLUND.closure,
        ALBERTSLUND.respite,
        ALBERTSLUND.plans,
    ]
    assert all(part.source.strip() for part in described)


@pytest.mark.parametrize("name", LADDER)
def test_A39_a_caseworker_can_hold_any_automatic_step(name):
    word = says(Effect.HOLD, name, until=date(2027, 6, 1))
    story = walk(ALBERTSLUND, words=(word,))
    assert isinstance(may_say(word, story.case, LAW, ALBERTSLUND, DUE), Allowed)
    assert story.until(date(2027, 6, 1)) == LADDER[: LADDER.index(name)]
    assert reason(story.on(date(2027, 6, 1))) == "held_by_caseworker"
    assert name in story.until(date(2027, 6, 2))


def test_A39_a_caseworker_can_leave_a_fee_out_and_skip_a_reminder():
    without = says(Effect.WITHOUT_FEE, "reminder:2")
    story = walk(ALBERTSLUND, words=(without,))
    assert story.until(A_YEAR_ON) == LADDER
    assert story.fees == NOTHING
    skip = says(Effect.SKIP, "reminder:2")
    story = walk(ALBERTSLUND, words=(skip,))
    assert isinstance(may_say(skip, story.case, LAW, ALBERTSLUND, DUE), Allowed)
    assert story.until(A_YEAR_ON) == ["reminder:1", "notice:1"]


def test_A39_discretion_softens_but_never_takes_a_notice_away():
    for name in ("notice:1", HAND_OVER):
        word = says(Effect.SKIP, name)
        assert reason(may_say(word, a_case(), LAW, ALBERTSLUND, DUE)) == "forbidden_by_law"
