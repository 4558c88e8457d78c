"""One claim of every type through both municipalities, against timelines written by hand."""

from __future__ import annotations

import re
from difflib import unified_diff
from functools import cache

import pytest

from data.law.law import Law
from data.municipalities.ladders import StepKind
from data.municipalities.policy import Policies, Policy
from data.values.money import Money
from data.values.time import is_bank_day
from tests.timelines.stories import FOLDER, Story, all_stories
from tests.timelines.world import World, walk

STORIES = all_stories()
MUNICIPALITIES = ("albertslund", "faxe")
PAIRS = [(name, municipality) for name in STORIES for municipality in MUNICIPALITIES]
EACH = [
    pytest.param(name, municipality, id=name.replace("-", f"-{municipality}-", 1))
    for name, municipality in PAIRS
]


@cache
def law() -> Law:
    return Law.load()


@cache
def policies() -> Policies:
    return Policies.load()


def policy_of(story: Story, municipality: str) -> Policy:
    policy = policies()[municipality]
    if not story.closing_confirmed or policy.closure is None:
        return policy
    closure = policy.closure.model_copy(update={"legal_gate_confirmed": "a test's lawyer"})
    return policy.model_copy(update={"closure": closure})


@cache
def walked(name: str, municipality: str) -> World:
    story = STORIES[name]
    return walk(story, municipality, law(), policy_of(story, municipality))


def lines(name: str, municipality: str) -> list[str]:
    return walked(name, municipality).lines


def agrees(name: str, municipality: str) -> bool:
    return lines(name, municipality) == STORIES[name].at(municipality).expected


@pytest.mark.parametrize(("name", "municipality"), EACH)
def test_each_day_is_as_the_timeline_says(name, municipality):
    expected, happened = STORIES[name].at(municipality).expected, lines(name, municipality)
    assert happened == expected, "\n" + "\n".join(
        unified_diff(expected, happened, "the timeline", "the rules", lineterm="", n=2)
    )


@pytest.mark.parametrize(("name", "municipality"), EACH)
def test_what_must_never_happen_does_not(name, municipality):
    found = [
        line
        for line in lines(name, municipality)
        for never in STORIES[name].at(municipality).never
        if line.partition(": ")[2].startswith(never)
    ]
    assert found == []


def moves():
    return [
        (f"{name} {municipality} {day}", day, move, walked(name, municipality))
        for name, municipality in PAIRS
        for day, move in walked(name, municipality).moves
    ]


# ------------------------------------------------------------------- what the files must cover
def test_every_claim_type_of_the_law_has_a_timeline():
    told = {story.claim.type for story in STORIES.values()}
    assert set(law().claim_types.types) - told == set()


def test_every_kind_of_the_domain_has_a_file():
    numbers = {path.stem.partition("_")[0] for path in FOLDER.glob("C*.yml")}
    assert numbers == {f"C{number:02}" for number in range(1, 19)}


# ------------------------------------------------------ requirements that these stories prove
def test_A5_every_fee_comes_after_a_contact_or_a_letter():
    for place, day, move, world in moves():
        if move.fee:
            first = world.case.contacted_on or world.moves[0][0]
            assert first < day, place


def test_A11_a_claim_under_a_kept_plan_is_never_handed_over():
    assert agrees("C01-plan_broken_twice", "albertslund")
    assert agrees("C15-agreed_on_the_list", "faxe")


def test_A8_the_first_contact_waits_for_the_payment_file_and_no_longer():
    for municipality in MUNICIPALITIES:
        assert agrees("proof-payment_files_late", municipality)
    assert lines("C01-unpaid", "albertslund")[0] == "2026-03-23: first contact"


def test_A10_every_reminder_offers_a_plan_before_any_hand_over():
    for place, _, move, world in moves():
        if move.kind is StepKind.REMINDER:
            assert move.offers_plan, place
        if move.kind is StepKind.HAND_OVER:
            assert any(one.offers_plan for _, one in world.moves), place


def test_A17_F5_a_respite_is_kept_to_its_last_day():
    for municipality in MUNICIPALITIES:
        assert agrees("C11-respite", municipality)


def test_A18_A19_a_shelved_claim_stands_still_and_needs_three_facts():
    assert agrees("C16-shelved", "albertslund")
    assert "2026-04-01: word refused (shelve all, not_in_policy)" in lines("C16-shelved", "faxe")


def test_A20_no_first_letter_ever_has_a_fee():
    for place, day, move, world in moves():
        letters = [one for one, each in world.moves if each.kind is StepKind.REMINDER]
        if move.fee:
            assert day != letters[0], place
    assert agrees("C10-skipped_reminder", "albertslund")


def test_A21_the_fee_is_the_law_s_own_for_the_regime():
    fees = {
        world.case.claim_type: move.fee
        for _, _, move, world in moves()
        if move.fee and world.policy.key == "albertslund"
    }
    civil = {"vand", "spildevand", "fjernvarme", "bibliotek"}
    assert {fees[kind] for kind in civil} == {Money.kroner(100)}
    assert {fee for kind, fee in fees.items() if kind not in civil} == {Money.kroner(250)}


def test_A22_F3_without_proof_of_bill_and_payment_nothing_is_done():
    for story in ("proof-no_bill", "proof-no_pay_instruction"):
        for municipality in MUNICIPALITIES:
            assert agrees(story, municipality)
            assert walked(story, municipality).moves == []


def test_A23_F21_no_hand_over_before_a_notice_has_run_out():
    for place, day, move, world in moves():
        if move.kind is StepKind.HAND_OVER:
            notices = [one.pay_by for one in world.case.taken if one.gave_notice]
            assert notices, place
            assert any(until is not None and until < day for until in notices), place


def test_A24_able_but_unwilling_is_a_person_s_assessment():
    assert agrees("C01-able_but_unwilling", "albertslund")


def test_A25_one_breach_is_not_several():
    assert agrees("C07-agreement_broken", "albertslund")
    assert agrees("C01-plan_broken_twice", "albertslund")


def test_A26_without_a_ground_nothing_leaves_albertslund():
    assert agrees("C01-unpaid", "albertslund")


def test_A27_A28_only_water_and_heat_are_closed_and_after_broken_plans():
    closed = {
        world.case.claim_type
        for _, _, move, world in moves()
        if move.kind is StepKind.CLOSURE_NOTICE
    }
    assert closed == {"vand", "fjernvarme"}
    assert agrees("C04-civil_100", "albertslund")
    assert agrees("C03-closing_not_confirmed", "albertslund")


def test_A29_the_claim_goes_on_beside_a_closing():
    assert agrees("C04-closure", "albertslund")
    assert agrees("C03-closing_confirmed", "albertslund")


def test_A39_a_caseworker_may_leave_out_a_fee_and_stop_a_hand_over():
    assert agrees("C09-without_fee", "albertslund")
    assert agrees("C15-stopped_on_the_list", "faxe")
    for municipality in MUNICIPALITIES:
        assert agrees("C11-held_by_a_caseworker", municipality)
        assert agrees("C11-held_before_the_first_contact", municipality)


def test_F11_the_law_s_respite_is_over_both_policies():
    for story in ("C02-lives_on_kontanthjaelp", "C07-respite_by_law", "C14-respite_by_law"):
        for municipality in MUNICIPALITIES:
            assert agrees(story, municipality)


def test_F20_kontanthjaelp_leaves_only_on_a_broken_agreement():
    assert agrees("C07-no_agreement", "faxe")
    assert agrees("C07-agreement_broken", "faxe")
    assert agrees("limitation-three_years", "faxe")


def test_F21_any_other_claim_leaves_when_the_first_reminder_is_not_paid():
    assert agrees("C01-unpaid", "faxe")
    assert agrees("C14-unpaid", "faxe")


def test_F22_F25_each_rate_has_two_reminders_of_its_own():
    for rate in ("C06-rate_1", "C06-rate_2"):
        names = [move.name for _, move in walked(rate, "faxe").moves]
        assert names[:2] == ["reminder:1", "reminder:2"]
        assert agrees(rate, "faxe")


def test_F23_F24_the_bailiff_and_never_the_state_takes_preferential_claims():
    for story in ("C05-rottegebyr_auction", "C06-rate_1"):
        assert agrees(story, "faxe")


def test_F34_what_the_law_has_overtaken_is_not_done():
    for municipality in MUNICIPALITIES:
        assert agrees("C06-tax_year_2024", municipality)
    assert agrees("C07-respite_after_the_breach", "faxe")


# ------------------------------------------------------------------------ true of every timeline
def test_every_letter_leaves_and_every_time_to_pay_ends_on_a_bank_day():
    for place, day, move, _ in moves():
        assert is_bank_day(day), place
        assert move.pay_by is None or is_bank_day(move.pay_by), place


def test_nothing_happens_before_the_day_that_a_refusal_named():
    assert [broken for name, town in PAIRS for broken in walked(name, town).broken_promises] == []


def test_every_day_a_timeline_names_can_be_found_in_a_calendar():
    for name, municipality in PAIRS:
        for line in STORIES[name].at(municipality).expected:
            assert re.match(r"^20\d\d-\d\d-\d\d: ", line)
