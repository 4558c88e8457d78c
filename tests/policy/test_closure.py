"""Albertslund may close water and heat: last, by a person, and never instead of collection."""

from dataclasses import replace
from datetime import date

import pytest

from data.models.cases import Effect
from data.municipalities.ladders import StepKind
from outreach.rules.case import Debtor
from outreach.rules.closure import NAME, may_close
from outreach.rules.ladder import Move
from tests.policy.ladder import ALBERTSLUND, FAXE, LAW, breached, reason, says, walk

TODAY = date(2027, 2, 2)
NO_CHILDREN = Debtor(children_at_home=False)
#: As if the municipality's lawyers had confirmed that its water works may close.
CONFIRMED = ALBERTSLUND.model_copy(
    update={
        "closure": ALBERTSLUND.closure.model_copy(
            update={"legal_gate_confirmed": "made-up opinion for this test"}
        )
    }
)


def unpaid(claim_type="fjernvarme", *, breaches=2, debtor=NO_CHILDREN, approved=True):
    """A claim after both reminders, with so many broken plans and a caseworker's word."""
    words = (says(Effect.APPROVE, NAME),) if approved else ()
    story = walk(ALBERTSLUND, claim_type, agreements=breached(breaches), debtor=debtor, words=words)
    story.until(date(2027, 2, 1))
    return story.case


@pytest.mark.parametrize("claim_type", LAW.claim_types.types)
def test_A27_only_water_and_heat_can_be_closed(claim_type):
    if not LAW.claim_types[claim_type].automated:
        return
    answer = may_close(unpaid(claim_type), LAW, CONFIRMED, TODAY)
    if claim_type in {"vand", "fjernvarme"}:
        assert isinstance(answer, Move)
        assert answer.kind is StepKind.CLOSURE_NOTICE
    else:
        assert reason(answer) == "not_in_policy"


def test_A27_water_waits_until_a_lawyer_has_confirmed_the_right():
    answer = may_close(unpaid("vand"), LAW, ALBERTSLUND, TODAY)
    assert reason(answer) == "forbidden_by_law"
    assert "837/1998" in answer.basis


def test_A27_faxe_closes_nothing():
    assert reason(may_close(unpaid(), LAW, FAXE, TODAY)) == "not_in_policy"


@pytest.mark.parametrize("breaches", [0, 1])
def test_A28_closing_waits_until_reasonable_plans_were_breached(breaches):
    answer = may_close(unpaid(breaches=breaches), LAW, ALBERTSLUND, TODAY)
    assert reason(answer) == "no_breach"


def test_A28_closing_waits_until_a_plan_was_offered():
    never_offered = replace(unpaid(), taken=())
    assert reason(may_close(never_offered, LAW, ALBERTSLUND, TODAY)) == "no_plan_offered"


def test_A28_closing_is_a_persons_decision_and_children_come_first():
    alone = unpaid(approved=False)
    assert reason(may_close(alone, LAW, ALBERTSLUND, TODAY)) == "needs_caseworker"
    for debtor in (Debtor(), Debtor(children_at_home=True)):
        assert reason(may_close(unpaid(debtor=debtor), LAW, ALBERTSLUND, TODAY)) == "children_first"
    told = Debtor(children_at_home=True, social_authorities_told_on=date(2027, 1, 15))
    assert isinstance(may_close(unpaid(debtor=told), LAW, ALBERTSLUND, TODAY), Move)


def test_A29_the_claim_goes_on_by_its_ladder_after_a_closure_notice():
    story = walk(
        ALBERTSLUND,
        "fjernvarme",
        agreements=breached(2),
        debtor=NO_CHILDREN,
        words=(says(Effect.APPROVE, NAME),),
    )
    story.until(date(2026, 12, 20))
    move = may_close(story.case, LAW, ALBERTSLUND, date(2026, 12, 21))
    assert isinstance(move, Move)
    story.take(move, date(2026, 12, 21))
    assert reason(may_close(story.case, LAW, ALBERTSLUND, TODAY)) == "already_done"
    assert story.until(TODAY) == ["reminder:1", "reminder:2", NAME, "notice:1"]
