"""A policy that asks for more than the law allows is shown where, and by which paragraph."""

from dataclasses import replace
from datetime import date

import pytest

from data.law.fees import Fees
from data.municipalities.policy import PlanException
from data.values.recipients import Recipient
from outreach.rules.layers import Conflict, conflicts, open_points
from tests.outreach.rules import make_case as make

TODAY = date(2026, 11, 24)
LAW = make.law()
GEBYRLOVEN = LAW.fees.udpantning.on(TODAY).source
RENTELOVEN = LAW.fees.civil.on(TODAY).source
CIVIL = "vand, spildevand, fjernvarme, bibliotek"


def reminder(**given):
    return {
        "step": "reminder",
        "after_days": 10,
        "pay_within_days": 10,
        "source": "made up",
    } | given


def hand_over(**given):
    usual = {
        "step": "hand_over",
        "after_days": 3,
        "grounds": ["unpaid_reminder"],
        "to": "state",
        "quiet_bank_days": 5,
        "source": "made up",
    }
    return usual | given


def ladders(*steps, **others):
    """A default ladder of these steps, and others by their claim types."""
    named = [
        {"key": key, "claim_types": [key], "steps": [reminder(**step) for step in steps]}
        for key, steps in others.items()
    ]
    return [*named, {"key": "ordinary", "steps": list(steps)}]


def found(**given):
    return conflicts(make.policy(**given), LAW, TODAY)


@pytest.mark.parametrize("key", ["albertslund", "faxe"])
def test_the_two_policies_ask_for_nothing_the_law_does_not_give(key):
    assert conflicts(make.policy(key), LAW, TODAY) == []


# Fees.


def test_A21_a_fee_of_250_is_too_much_for_civil_claims():
    assert found(ladders=ladders(reminder(), reminder(fee=250))) == [
        Conflict(
            ("ladders", 0, "steps", 1, "fee"),
            f"250.00 kr. is above the 100.00 kr. allowed for {CIVIL}",
            RENTELOVEN,
        )
    ]


def test_A21_a_fee_above_250_is_too_much_for_every_claim():
    said = found(ladders=ladders(reminder(fee=251)))
    assert {conflict.paragraph for conflict in said} == {GEBYRLOVEN, RENTELOVEN}


@pytest.mark.parametrize("fee", [100, "law_max", "none"])
def test_A21_a_fee_every_claim_on_the_ladder_allows_is_fine(fee):
    assert found(ladders=ladders(reminder(), reminder(fee=fee))) == []


def test_a_fee_by_the_size_of_the_debt_is_held_against_its_dearest_row():
    tiers = [{"debt_up_to": 100, "fee": 100}, {"fee": 250}]
    [said] = found(ladders=ladders(reminder(fee=tiers)))
    assert said.says.startswith("250.00 kr. is above")


def test_a_ladder_for_claims_with_udpantningsret_may_cost_250_and_not_a_krone_more():
    assert found(ladders=ladders(reminder(), dagtilbud=[{"fee": 250}])) == []
    [said] = found(ladders=ladders(reminder(), dagtilbud=[{"fee": "250.01"}]))
    assert said.place == ("ladders", 0, "steps", 0, "fee")
    assert said.says == "250.01 kr. is above the 250.00 kr. allowed for dagtilbud"
    assert said.paragraph == GEBYRLOVEN


def test_a_ladder_that_names_a_type_without_a_basis_for_fees_may_not_ask_for_one():
    [said] = found(ladders=ladders(reminder(), kontanthjaelp=[{"fee": 100}]))
    assert said.says == "100.00 kr. is above the 0.00 kr. allowed for kontanthjaelp"
    assert found(ladders=ladders(reminder(), kontanthjaelp=[{"fee": "law_max"}])) == []


def test_a_fourth_fee_on_a_civil_claim_is_refused():
    three = [reminder(fee=100)] * 3
    assert found(ladders=ladders(*three)) == []
    assert found(ladders=ladders(reminder(), *three)) == []  # the free one does not count
    assert found(ladders=ladders(*three, reminder(fee=100))) == [
        Conflict(
            ("ladders", 0, "steps", 3, "fee"),
            f"more than 3 fees are not allowed for {CIVIL}",
            RENTELOVEN,
        )
    ]


def test_gebyrloven_sets_no_number():
    five = [{"fee": 250}] * 5
    assert found(ladders=ladders(reminder(), dagtilbud=five)) == []


@pytest.mark.parametrize(
    ("pay_within", "after", "gap"), [(5, 4, 9), (1, 1, 2), (5, 5, None), (9, 1, None)]
)
def test_fees_on_a_civil_claim_stand_ten_days_apart(pay_within, after, gap):
    first = reminder(pay_within_days=pay_within)
    said = found(ladders=ladders(first, reminder(after_days=after, fee=100)))
    if gap is None:
        assert said == []
    else:
        assert said == [
            Conflict(
                ("ladders", 0, "steps", 1, "after_days"),
                f"{gap} days after the last reminder, 10 needed for {CIVIL}",
                RENTELOVEN,
            )
        ]


def test_what_lies_between_two_reminders_counts_as_days():
    notice = {"step": "notice", "after_days": 4, "pay_within_days": 1, "source": "made up"}
    first, second = reminder(pay_within_days=2), reminder(after_days=3, fee=100)
    assert found(ladders=ladders(first, notice, second)) == []  # 2 + 4 + 1 + 3
    [said] = found(ladders=ladders(first, notice, second | {"after_days": 2}, notice))
    assert said.says.startswith("9 days after")
    assert said.place == ("ladders", 0, "steps", 2, "after_days")


def test_a_free_reminder_may_come_as_soon_as_the_policy_likes():
    quick = reminder(after_days=1, pay_within_days=1)
    assert found(ladders=ladders(quick, quick)) == []


def test_a_change_of_law_makes_an_old_policy_ask_for_too_much():
    given = LAW.fees.model_dump(mode="json")
    for versions in given.values():
        for version in versions:
            version["max_fee"] = version["max_fee"]["oere"] // 100
            if version["enforcement_notice_max"] is not None:
                version["enforcement_notice_max"] = 450
    new = given["civil"][0] | {"valid_from": "2027-01-01", "max_fee": 75, "source": "made up"}
    given["civil"].append(new)
    law = replace(LAW, fees=Fees.model_validate(given))
    policy = make.policy(ladders=ladders(reminder(), reminder(fee=100)))
    assert conflicts(policy, law, date(2026, 12, 31)) == []
    [said] = conflicts(policy, law, date(2027, 1, 1))
    assert said.says == f"100.00 kr. is above the 75.00 kr. allowed for {CIVIL}"
    assert said.paragraph == "made up"


# Hand-over.


def test_F24_the_bailiff_takes_no_ordinary_claims():
    [said] = found(ladders=ladders(reminder(carries_notice=True), hand_over(to="bailiff")))
    assert said.place == ("ladders", 0, "steps", 1, "to")
    assert said.says.startswith("the bailiff takes preferential claims only, not dagtilbud, ")
    assert said.paragraph == LAW.hand_over.on(TODAY).recipients[Recipient.BAILIFF].source
    assert "ejendomsskat" not in said.says


def test_F24_the_bailiff_takes_preferential_claims():
    preferential = {
        "key": "preferential",
        "preferential": True,
        "steps": [reminder(carries_notice=True), hand_over(to="bailiff")],
    }
    assert found(ladders=[preferential, *ladders(reminder())]) == []
    named = {
        "key": "taxes",
        "claim_types": ["ejendomsskat"],
        "steps": [reminder(carries_notice=True), hand_over(to="bailiff")],
    }
    assert found(ladders=[named, *ladders(reminder())]) == []


# Claim types.


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"ladders": ladders(reminder(), husly=[{}])}, ("ladders", 0, "claim_types")),
        (
            {"first_contact": {"exclude_claim_types": {"husly"}}},
            ("first_contact", "exclude_claim_types"),
        ),
        ({"closure": {"claim_types": {"husly", "fjernvarme"}}}, ("closure", "claim_types")),
    ],
)
def test_a_claim_type_nobody_knows_is_refused(given, place):
    policy = make.policy()
    blocks = {
        name: getattr(policy, name).model_copy(update=block) if isinstance(block, dict) else block
        for name, block in given.items()
    }
    [said] = found(**blocks)
    assert said.place == place
    assert said.says.startswith("'husly' is no claim type; there are: dagtilbud, ")
    assert said.paragraph == "data/law/claim_types.yml"


def limits(*keys):
    exception = PlanException(claim_types=frozenset(keys), most_months=3, source="made up")
    return make.policy().plans.model_copy(update={"exceptions": (exception,)})


def test_an_unknown_type_among_the_limits_of_plans_is_refused():
    [said] = found(plans=limits("husly"))
    assert said.place == ("plans", "exceptions", 0, "claim_types")


def test_F34_plans_the_law_fixes_cannot_be_limited_by_a_policy():
    assert found(plans=limits("ejendomsskat")) == []
    [said] = found(plans=limits("ejendomsskat", "kontanthjaelp"))
    assert said == Conflict(
        ("plans", "exceptions", 0, "claim_types"),
        "the law fixes plans for kontanthjaelp: a policy cannot limit them",
        LAW.claim_types["kontanthjaelp"].on(TODAY).source,
    )


def test_F34_a_policy_cannot_deny_the_plan_that_a_reminder_for_heat_must_offer():
    def denied(*keys):
        exception = PlanException(claim_types=frozenset(keys), allowed=False, source="made up")
        return make.policy().plans.model_copy(update={"exceptions": (exception,)})

    assert found(plans=denied("dagtilbud", "vand")) == []
    assert found(plans=limits("fjernvarme")) == []
    [said] = found(plans=denied("fjernvarme", "vand"))
    assert said == Conflict(
        ("plans", "exceptions", 0, "allowed"),
        "the law has every reminder for fjernvarme offer a plan: a policy cannot deny it",
        LAW.claim_types["fjernvarme"].on(TODAY).source,
    )


def test_a_ladder_cannot_chase_what_is_for_people_only():
    [said] = found(ladders=ladders(reminder(), krisecenter=[{}]))
    assert said.place == ("ladders", 0, "claim_types")
    assert said.says == "krisecenter is for people only: no ladder may chase it"
    assert "§§ 109-110" in said.paragraph


# Closure and assignments.


def closing(*keys, confirmed=None):
    update = {"claim_types": frozenset(keys), "legal_gate_confirmed": confirmed}
    closure = make.policy().closure
    assert closure is not None
    return closure.model_copy(update=update)


def test_A27_only_water_and_heat_can_be_closed():
    assert found(closure=closing("vand", "fjernvarme")) == []
    [said] = found(closure=closing("fjernvarme", "renovation"))
    assert said == Conflict(
        ("closure", "claim_types"),
        "the law gives no right to close for renovation",
        LAW.claim_types["renovation"].on(TODAY).source,
    )


def test_A27_water_waits_until_a_lawyer_has_confirmed_it():
    water = LAW.claim_types["vand"].on(TODAY).source
    assert open_points(make.policy(closure=closing("vand", "fjernvarme")), LAW, TODAY) == [
        Conflict(("closure",), "vand waits for legal_gate_confirmed", water)
    ]
    confirmed = closing("vand", confirmed="the municipality's lawyer, 2026-11-20")
    assert open_points(make.policy(closure=confirmed), LAW, TODAY) == []
    assert open_points(make.policy("faxe"), LAW, TODAY) == []


def test_A16_child_benefit_on_the_whitelist_is_refused():
    assignments = make.policy().assignments
    assert assignments is not None
    greedy = assignments.model_copy(
        update={"benefits": assignments.benefits | {"boerne_og_ungeydelse"}}
    )
    assert found(assignments=greedy) == [
        Conflict(
            ("assignments", "benefits"),
            "boerne_og_ungeydelse cannot be assigned",
            "børne- og ungeydelsesloven § 11 (S21)",
        )
    ]
