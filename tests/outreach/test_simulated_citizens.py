"""Who is taken to pay and to agree plans in a simulation, and what each policy makes of it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.law import Law
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Ground
from data.municipalities.policy import FOLDER, Policies, Policy
from data.values.money import NOTHING, Money
from data.yaml_files import read
from outreach.rules.case import Agreements, Case, Word
from outreach.rules.happenings import Instalment, PlanAgreed, PlanWanted
from outreach.rules.outlook import Came, Walk
from outreach.simulation.citizens import Agreeing, Assumed, agrees, pays
from outreach.simulation.tally import Tally
from tests.house.sources import ROOT

LAW = Law.load()
POLICIES = Policies.load(FOLDER)
ALBERTSLUND, FAXE = POLICIES["albertslund"], POLICIES["faxe"]
CLAIM = Case(
    claim_type="dagtilbud",
    principal=Money.kroner(1200),
    due_date=date(2027, 1, 20),
    bill_sent_on=date(2026, 12, 31),
    has_pay_instruction=True,
)
START, UNTIL = date(2027, 1, 1), date(2027, 12, 31)
TODAY = date(2027, 1, 21)


def made_up(name):
    return read(ROOT / "tests" / "municipalities" / f"{name}.yml", Policy)


def answer(policy=ALBERTSLUND, claim_ref="S-1", *, owed=CLAIM, **assumed):
    return Agreeing(claim_ref, Assumed(**assumed)).answer(owed, LAW, policy, TODAY)


def amounts(said):
    return [due.amount.oere // 100 for due in said[0].dues]


def walked(policy, claim_ref="S-1", *, owed=CLAIM, **assumed):
    citizen = Agreeing(claim_ref, Assumed(**assumed))
    return Walk(owed, LAW, policy, START, UNTIL, citizen=citizen).to_the_end()


def steps(walk):
    return [
        event.step for event in walk.events if event.came in {Came.TAKEN, Came.LEFT, Came.HAPPENED}
    ]


# ------------------------------------------------------------------------------- the shares
@pytest.mark.parametrize("among", [pays, agrees])
@given(claim_ref=st.text(max_size=60), one=st.floats(0, 1), other=st.floats(0, 1))
def test_who_is_among_a_share_is_among_every_larger_one(among, claim_ref, one, other):
    lower, higher = sorted((one, other))
    assert among(claim_ref, higher) or not among(claim_ref, lower)


@pytest.mark.parametrize("among", [pays, agrees])
@pytest.mark.parametrize(("rate", "answer"), [(0.0, False), (1.0, True)])
def test_nobody_is_among_nothing_and_everybody_among_all(among, rate, answer):
    assert {among(f"A-{number}", rate) for number in range(500)} == {answer}


def test_those_who_pay_and_those_who_agree_are_drawn_apart():
    both = sum(pays(f"A-{number}", 0.5) and agrees(f"A-{number}", 0.5) for number in range(2000))
    assert 400 < both < 600


def test_a_share_of_the_plans_is_kept_and_the_rest_miss_an_instalment():
    plans = [answer(claim_ref=f"A-{number}", keep_rate=0.7) for number in range(2000)]
    paid = [len(said) - 1 for said in plans]
    assert 1300 < paid.count(6) < 1500
    # Which one is missed is drawn as well: as often the first as the last.
    assert all(60 < paid.count(before) < 140 for before in range(6))


def test_each_plan_of_a_claim_has_a_lot_of_its_own():
    def kept(claim_ref, breaches):
        owed = replace(CLAIM, agreements=Agreements(breaches))
        return len(answer(claim_ref=claim_ref, owed=owed, keep_rate=0.5)) == 7

    refs = [f"A-{number}" for number in range(1000)]
    both = sum(kept(ref, 0) and kept(ref, 1) for ref in refs)
    assert 200 < both < 300


# ------------------------------------------------------------------------------ what is agreed
def test_a_plan_is_what_the_citizen_wishes_where_the_policy_has_no_limits():
    assert amounts(answer()) == 6 * [200]
    assert amounts(answer(monthly=Money.kroner(500))) == [500, 500, 200]
    assert amounts(answer(instalments=7))[-1] == 171  # the last is never the largest
    agreed, *paid = answer()
    assert isinstance(agreed, PlanAgreed)
    assert [type(one) for one in paid] == 6 * [Instalment]
    assert agreed.dues[0].on == date(2027, 2, 1)


def test_a_policy_s_least_instalment_and_longest_plan_raise_the_wish():
    copenhagen = made_up("koebenhavn")  # at least 250 kr. a month
    assert amounts(answer(copenhagen)) == [250, 250, 250, 250, 200]
    tax = replace(CLAIM, claim_type="ejendomsskat", tax_year=2023)  # at most three months
    assert amounts(answer(copenhagen, owed=tax)) == [400, 400, 400]


@pytest.mark.parametrize(
    ("policy", "owed", "assumed"),
    [
        (made_up("aabenraa"), CLAIM, {}),  # no plan on daycare
        (ALBERTSLUND, replace(CLAIM, claim_type="kontanthjaelp"), {}),  # the law's table
        (FAXE, CLAIM, {"instalments": 18}),  # the assistant's mandate is twelve months
    ],
    ids=["exception", "statutory", "mandate"],
)
def test_a_plan_that_only_a_person_may_agree_waits_and_the_claim_goes_on(policy, owed, assumed):
    said = answer(policy, owed=owed, **assumed)
    assert said == [PlanWanted(TODAY)]
    walk = walked(policy, owed=owed, **assumed)
    assert "plan_agreed" not in steps(walk)
    assert "reminder:1" in steps(walk)
    tally = Tally()
    tally.add(owed, walk, START, UNTIL)
    assert tally.total["plans_waiting"] == 1  # also where every letter is answered so
    assert sum(tally.reasons.values()) <= 1


def test_both_policies_meet_the_same_people_each_under_its_own_mandate():
    for number in range(50):
        ref = f"A-{number}"
        at_home, elsewhere = (answer(policy, ref, keep_rate=0.5) for policy in (ALBERTSLUND, FAXE))
        assert at_home == elsewhere


# -------------------------------------------------------------------------- what comes of it
def test_a_kept_plan_ends_as_paid_and_no_reminder_is_sent():
    for policy in (ALBERTSLUND, FAXE):
        walk = walked(policy)
        assert steps(walk) == ["first_contact", "plan_agreed", *6 * ["paid"], "plan_kept"]
        assert walk.case.state is ClaimState.PAID
        assert walk.case.outstanding == NOTHING


def test_a_kept_plan_ends_as_paid_where_interest_runs_meanwhile():
    charged = ALBERTSLUND.interest.model_copy(update={"charged": True, "in_agreements": True})
    walk = walked(ALBERTSLUND.model_copy(update={"interest": charged}))
    assert walk.case.charged > NOTHING
    assert walk.case.state is ClaimState.PAID
    assert steps(walk)[-1] == "plan_kept"


def test_without_a_telephone_the_first_reminder_is_answered():
    walk = walked(ALBERTSLUND, owed=replace(CLAIM, contactable=False))
    assert steps(walk)[:2] == ["reminder:1", "plan_agreed"]


def test_repeated_breaches_climb_the_ladder_and_give_albertslund_its_second_ground():
    approved = Word("hand_over:1", Effect.APPROVE, ground=Ground.REPEATED_BREACH)
    citizen = Agreeing("S-1", Assumed(keep_rate=0, monthly=Money.kroner(600)))
    walk = Walk(
        replace(CLAIM, words=(approved,)), LAW, ALBERTSLUND, START, UNTIL, citizen=citizen
    ).to_the_end()
    broken = ["plan_agreed", "plan_broken"]
    assert [name for name in steps(walk) if name not in {"paid", "plan_missed"}] == [
        "first_contact",
        *broken,
        "reminder:1",
        *broken,
        "reminder:2",
        *broken,
        "notice:1",
        "hand_over:1",
        "hand_over:1",
    ]
    assert walk.case.agreements.breaches == 3


def test_a_breach_is_not_what_faxe_waits_for_with_other_claims():
    walk = walked(FAXE, keep_rate=0, monthly=Money.kroner(600))
    names = [name for name in steps(walk) if name != "paid"]
    broken = ["plan_agreed", "plan_missed", "plan_broken"]  # one missed is a breach there
    assert names == ["first_contact", *broken, "reminder:1", *broken, "hand_over:1", "hand_over:1"]


def test_two_broken_plans_bring_the_closing_of_heat_before_a_person():
    heat = replace(CLAIM, claim_type="fjernvarme")
    walk = walked(ALBERTSLUND, owed=heat, keep_rate=0, monthly=Money.kroner(600))
    tally = Tally()
    tally.add(heat, walk, START, UNTIL)
    assert tally.total["plans_broken"] == 3
    assert tally.total["closures_waiting"] == 1
