"""Claim types: which law each is under, and that its names stay what they were."""

from datetime import date

import pytest

from data.law.claim_types import Closure, LimitationKind, PlanKind, Regime

TODAY = date(2026, 11, 24)


def of(law, kind):
    return {key for key, each in law.claim_types.types.items() if kind(each.on(TODAY))}


@pytest.mark.parametrize(
    ("key", "regime"),
    [
        ("dagtilbud", Regime.UDPANTNING),
        ("ejendomsskat", Regime.UDPANTNING),
        ("parkering", Regime.UDPANTNING),
        ("musikskole", Regime.UDPANTNING),
        ("fjernvarme", Regime.CIVIL),  # an energy company cannot use gebyrloven
        ("husleje", Regime.CIVIL),
        ("bibliotek", Regime.CIVIL),
        ("vand", Regime.CIVIL),  # the lower of two, until the owner is verified
        ("kontanthjaelp", Regime.NONE),
    ],
)
def test_A21_each_type_stands_under_a_fee_regime(law, key, regime):
    assert law.claim_types[key].on(TODAY).regime is regime


def test_a_type_whose_basis_for_a_fee_was_not_found_costs_nothing(law):
    unsure = of(law, lambda each: "no basis for a fee found" in each.source)
    assert unsure
    assert {law.claim_types[key].on(TODAY).regime for key in unsure} == {Regime.NONE}


def test_F11_the_law_fixes_plans_where_it_says_so(law):
    assert of(law, lambda each: each.plan is PlanKind.STATUTORY) == {
        "dagtilbud_tilbage",
        "kontanthjaelp",
        "sygedagpenge",
        "krisecenter",
        "husvild",
    }


def test_A27_only_water_and_heat_may_ever_be_closed_and_water_waits_for_a_lawyer(law):
    assert of(law, lambda each: each.closure is Closure.ALLOWED) == {"fjernvarme"}
    assert of(law, lambda each: each.closure is Closure.LEGAL_GATE) == {"vand"}


def test_a_reminder_for_heating_offers_a_plan(law):
    assert of(law, lambda each: each.reminder_offers_plan) == {"fjernvarme"}


def test_F22_preferential_claims_are_those_a_source_names(law):
    assert of(law, lambda each: each.preferential) == {"ejendomsskat", "rottegebyr"}


def test_only_childcare_may_be_set_off_in_the_child_benefit(law):
    assert of(law, lambda each: "boerne_og_ungeydelse" in each.set_off) == {"dagtilbud"}


def test_F34_the_state_collects_property_tax_from_2024(law):
    tax = law.claim_types["ejendomsskat"]
    assert tax.on(date(2023, 12, 31)).last_tax_year is None
    assert tax.on(date(2024, 1, 1)).last_tax_year == 2023
    assert tax.on(TODAY).last_tax_year == 2023


def test_two_types_lapse_after_five_years(law):
    lapsing = of(law, lambda each: each.limitation is LimitationKind.FIVE_YEAR_LAPSE)
    assert lapsing == {"dagtilbud_tilbage", "sygedagpenge"}


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("dagtilbud", ("KFDAINS", "KFSKFRI", "KLFRUNG")),
        ("dagtilbud_tilbage", ("KFTILDA", "KFTØFIN")),
        ("kontanthjaelp", ("KTTIBAK",)),
        ("tandpleje", ("KFETAND",)),
        ("krisecenter", ("KFBOTMO",)),
        ("husvild", ("KFEBHUV",)),
        ("andet", ()),
    ],
)
def test_the_states_codes_are_those_that_were_found(law, key, codes):
    assert law.claim_types[key].on(TODAY).codes == codes


def test_a_type_that_left_the_file_is_for_people(law):
    gone = law.claim_types["fodpleje"]
    assert not gone.automated
    assert gone.sensitive
    assert gone.on(TODAY).plan is PlanKind.STATUTORY
    assert gone.on(TODAY).regime is Regime.NONE
    assert gone.on(TODAY).closure is Closure.NEVER


def test_what_reveals_violence_or_homelessness_is_never_automated(law):
    types = law.claim_types.types
    people_only = {key for key, kind in types.items() if not kind.automated}
    assert people_only == {"krisecenter", "husvild", "husleje", "mellemkommunal"}
