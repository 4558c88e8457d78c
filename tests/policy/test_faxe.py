"""Faxe's ladders: dialogue first, then by rule; each instalment of property tax by itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models.cases import Effect
from data.municipalities.ladders import Ground
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.values.time import ONE_DAY
from outreach.rules.case import Debtor
from outreach.rules.decision import Refused
from outreach.rules.reminders import fee_of
from tests.policy.ladder import (
    A_YEAR_ON,
    CONTACTED,
    DUE,
    FAXE,
    LAW,
    Walk,
    a_case,
    breached,
    reason,
    says,
    walk,
)

WARNING, HAND_OVER = "auction_warning:1", "hand_over:1"
ORDINARY = [
    key
    for key, kind in LAW.claim_types.types.items()
    if kind.automated and key != "kontanthjaelp" and not kind.on(DUE).preferential
]


def test_F10_no_step_before_an_attempt_at_dialogue():
    assert walk(FAXE, contacted_on=None).until(A_YEAR_ON) == []
    story = walk(FAXE)
    story.until(A_YEAR_ON)
    assert all(day > CONTACTED for day, _ in story.steps)


def test_F10_who_cannot_be_reached_at_all_still_has_the_letter():
    story = walk(FAXE, contacted_on=None, contactable=False)
    assert story.until(A_YEAR_ON)[0] == "reminder:1"


@pytest.mark.parametrize("benefit", sorted(LAW.statutory.on(DUE).respite_benefits))
@pytest.mark.parametrize("claim_type", ["kontanthjaelp", "dagtilbud_tilbage", "sygedagpenge"])
def test_F11_who_lives_on_such_a_benefit_is_given_the_respite_the_law_demands(claim_type, benefit):
    story = walk(FAXE, claim_type, debtor=Debtor(benefit=benefit), agreements=breached(1))
    assert story.until(A_YEAR_ON) == []
    assert reason(story.on(date(2027, 2, 2))) == "statutory_respite"


def test_F11_the_benefit_does_not_stop_claims_that_have_no_such_law():
    story = walk(FAXE, "parkering", debtor=Debtor(benefit="kontanthjaelp"))
    assert story.until(A_YEAR_ON)[0] == "reminder:1"


@given(st.integers(0, 900))
def test_F20_social_assistance_never_leaves_without_a_broken_agreement(days):
    story = walk(FAXE, "kontanthjaelp")
    story.until(DUE + timedelta(days=40))
    today = DUE + timedelta(days=40 + days)
    assert isinstance(story.on(today), Refused)
    assert not story.is_handed_over


def test_F20_a_broken_agreement_hands_social_assistance_over_to_the_state():
    story = walk(FAXE, "kontanthjaelp", agreements=breached(1))
    assert story.until(A_YEAR_ON) == ["reminder:1", HAND_OVER]
    leaving = story.move(HAND_OVER)
    assert (leaving.ground, leaving.to) == (Ground.BROKEN_AGREEMENT, Recipient.STATE)


@pytest.mark.parametrize("claim_type", ORDINARY)
def test_F21_other_claims_leave_when_the_first_reminder_is_not_paid(claim_type):
    story = walk(FAXE, claim_type)
    assert story.until(A_YEAR_ON) == ["reminder:1", HAND_OVER]
    leaving = story.move(HAND_OVER)
    assert (leaving.ground, leaving.to) == (Ground.UNPAID_REMINDER, Recipient.STATE)


def test_F21_the_reminder_gives_notice_and_its_deadline_is_waited_for():
    story = walk(FAXE)
    story.until(A_YEAR_ON)
    reminder = story.move("reminder:1")
    assert reminder.gives_notice
    assert story.day_of(HAND_OVER) > reminder.pay_by
    assert story.move(HAND_OVER).ready_on > story.day_of(HAND_OVER)  # the list can be stopped
    unsent = walk(FAXE)
    unsent.until(story.day_of("reminder:1"))
    unsent.case = replace(unsent.case, taken=(replace(unsent.case.taken[0], pay_by=None),))
    assert reason(unsent.on(A_YEAR_ON)) == "letter_not_sent"


def test_F21_who_pays_the_reminder_is_not_handed_over():
    story = walk(FAXE)
    story.until(date(2026, 12, 11))
    story.case = replace(story.case, paid=Money.kroner(1200))
    assert story.until(A_YEAR_ON) == ["reminder:1"]


def test_F22_property_tax_is_reminded_of_twice_and_no_more():
    story = walk(FAXE, "ejendomsskat", tax_year=2023)
    assert story.until(A_YEAR_ON) == ["reminder:1", "reminder:2"]


def test_F23_then_a_warning_of_auction_by_a_persons_word():
    story = walk(FAXE, "ejendomsskat", tax_year=2023)
    story.until(date(2027, 1, 31))
    assert reason(story.on(date(2027, 2, 2))) == "needs_caseworker"
    story.case = replace(story.case, words=(says(Effect.APPROVE, WARNING),))
    assert story.until(A_YEAR_ON) == ["reminder:1", "reminder:2", WARNING]
    assert story.move(WARNING).gives_notice


def test_F24_the_municipalitys_own_bailiff_enforces_it_and_never_the_state():
    words = (
        says(Effect.APPROVE, WARNING),
        says(Effect.APPROVE, HAND_OVER, ground=Ground.UNPAID_REMINDER),
    )
    story = walk(FAXE, "ejendomsskat", tax_year=2023, words=words)
    assert story.until(A_YEAR_ON)[-1] == HAND_OVER
    assert story.move(HAND_OVER).to is Recipient.BAILIFF


@pytest.mark.parametrize(
    "claim_type", [key for key, kind in LAW.claim_types.types.items() if kind.on(DUE).preferential]
)
def test_F24_the_rule_for_other_claims_does_not_fire_for_preferential_ones(claim_type):
    story = walk(FAXE, claim_type, tax_year=2023)
    story.until(A_YEAR_ON)
    assert not story.is_handed_over


def test_F25_each_instalment_has_a_chase_of_its_own():
    first = walk(
        FAXE,
        "ejendomsskat",
        tax_year=2023,
        due_date=date(2026, 6, 1),
        contacted_on=date(2026, 6, 2),
    )
    second = walk(
        FAXE,
        "ejendomsskat",
        tax_year=2023,
        due_date=date(2026, 9, 1),
        contacted_on=date(2026, 9, 2),
    )
    alone = second.until(A_YEAR_ON, date(2026, 9, 1))
    assert first.until(A_YEAR_ON, date(2026, 6, 1)) == alone == ["reminder:1", "reminder:2"]
    assert first.day_of("reminder:2") < second.day_of("reminder:1")


@given(
    claim_type=st.sampled_from(sorted(LAW.claim_types.types)),
    day=st.dates(DUE, date(2028, 12, 31)),
    steps=st.integers(0, 3),
)
def test_F28_the_same_facts_give_the_same_step(claim_type, day, steps):
    story = walk(FAXE, claim_type, tax_year=2023)
    story.until(DUE + timedelta(days=steps * 20))
    again = Walk(FAXE, replace(story.case))
    assert story.on(day) == again.on(day)


# The law above the strategy.


def test_F34_the_strategy_says_which_version_it_is():
    assert FAXE.policy.version == "9. november 2017, revideret marts 2020"


@pytest.mark.parametrize("tax_year", [2024, 2025, 2026])
def test_F34_property_tax_of_years_the_state_owns_is_not_chased_whatever_the_strategy_says(
    tax_year,
):
    story = walk(FAXE, "ejendomsskat", tax_year=tax_year)
    assert story.until(A_YEAR_ON) == []
    assert reason(story.on(date(2027, 2, 2))) == "state_collects"


@given(st.integers(1, 100_000))
def test_F34_no_policy_can_set_a_fee_above_the_laws(kroner):
    step = FAXE.ladders.of("dagtilbud", preferential=False).steps[0]
    dear = step.model_validate(
        step.model_dump(exclude_unset=True) | {"fee": kroner, "source": "made up"}
    )
    for claim_type, most in (("dagtilbud", 250), ("fjernvarme", 100), ("kontanthjaelp", 0)):
        fee = fee_of(dear, "reminder:1", a_case(claim_type), LAW, DUE + 9 * ONE_DAY)
        assert NOTHING <= fee <= Money.kroner(most)
