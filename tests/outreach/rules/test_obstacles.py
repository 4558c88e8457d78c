"""What stands against any step, in its order, and the paragraph or policy line it rests on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.values.money import Money
from data.values.time import at_local
from outreach.rules.case import Agreements, Debtor, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.obstacles import against_any_step, against_any_word, day_after
from tests.outreach.rules.make_case import MONDAY, case, law, policy

DAY = date(2026, 3, 12)
ALBERTSLUND, FAXE = policy("albertslund"), policy("faxe")
assert ALBERTSLUND.shelving is not None
RESPITE = min(law().statutory.on(DAY).respite_benefits)


def midnight(day):
    return at_local(day, 0)


def paragraph(claim_type):
    return law().claim_types[claim_type].on(DAY).source


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"paid": Money(120000)}, Refused(Reason.PAID)),
        ({"state": ClaimState.DISPUTED}, Refused(Reason.DISPUTED)),
        (
            {"state": ClaimState.IN_RESPITE, "respite_until": DAY},
            Refused(Reason.IN_RESPITE, midnight(date(2026, 3, 13))),
        ),
        (
            {"state": ClaimState.SHELVED},
            Refused(Reason.SHELVED, basis=ALBERTSLUND.shelving.source),
        ),
        (
            {"debtor": Debtor(is_deceased=True)},
            Refused(Reason.DECEASED, basis="dødsboskifteloven §§ 81 and 83"),
        ),
        ({"debtor": Debtor(is_frozen=True)}, Refused(Reason.FROZEN)),
        (
            {"claim_type": "krisecenter"},
            Refused(Reason.EXCLUDED_TYPE, basis=paragraph("krisecenter")),
        ),
        (
            {"claim_type": "ejendomsskat", "tax_year": 2024},
            Refused(Reason.STATE_COLLECTS, basis=paragraph("ejendomsskat")),
        ),
        (
            {"due_date": date(2023, 3, 1)},
            Refused(Reason.TIME_BARRED, basis="forældelsesloven; see data/law/limitation.yml"),
        ),
        (
            {"claim_type": "kontanthjaelp", "debtor": Debtor(benefit=RESPITE)},
            Refused(Reason.STATUTORY_RESPITE, basis=law().statutory.on(DAY).source),
        ),
        ({"paused_until": DAY}, Refused(Reason.PAUSED, midnight(date(2026, 3, 13)))),
        (
            {"words": (Word("all", Effect.HOLD, DAY),)},
            Refused(Reason.HELD_BY_CASEWORKER, midnight(date(2026, 3, 13))),
        ),
    ],
)
def test_what_stands_against_a_word_stands_against_a_step_and_says_on_what_it_rests(given, refused):
    one = case(**given)
    assert against_any_word(one, law(), ALBERTSLUND, DAY) == refused
    assert against_any_step(one, law(), ALBERTSLUND, DAY) == refused


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"bill_sent_on": None}, Refused(Reason.NO_BILL, basis="F3; ombudsmanden, overblik 7")),
        (
            {"has_pay_instruction": False},
            Refused(Reason.NO_PAY_INSTRUCTION, basis="ombudsmanden, overblik 7"),
        ),
    ],
)
def test_F3_without_proof_a_citizen_may_be_written_to_and_not_chased(given, refused):
    one = case(**given)
    assert against_any_word(one, law(), ALBERTSLUND, DAY) is None
    assert against_any_step(one, law(), ALBERTSLUND, DAY) == refused


def test_nothing_stands_against_an_ordinary_claim():
    assert against_any_step(case(), law(), ALBERTSLUND, DAY) is None


def test_where_the_policy_knows_no_shelving_a_shelved_claim_rests_on_none_of_its_lines():
    shelved = case(state=ClaimState.SHELVED)
    assert against_any_step(shelved, law(), FAXE, DAY) == Refused(Reason.SHELVED)


def test_what_the_municipality_still_collects_of_the_property_tax_is_chased():
    for tax_year in (2023, None):
        one = case(claim_type="ejendomsskat", tax_year=tax_year)
        assert against_any_step(one, law(), ALBERTSLUND, DAY) is None


def test_every_acknowledgement_counts_before_a_claim_is_called_time_barred():
    old = case(due_date=date(2021, 10, 1))
    chain = Agreements(acknowledged_on=date(2025, 9, 1), acknowledged_before=(date(2024, 9, 1),))
    last_only = replace(chain, acknowledged_before=())
    assert against_any_step(replace(old, agreements=chain), law(), FAXE, DAY) is None
    refused = against_any_step(replace(old, agreements=last_only), law(), FAXE, DAY)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TIME_BARRED


def test_a_pause_and_a_hold_are_over_the_day_after_their_last():
    after = DAY + timedelta(days=1)
    rested = case(paused_until=DAY, words=(Word("all", Effect.HOLD, DAY),))
    assert against_any_step(rested, law(), ALBERTSLUND, after) is None


def test_a_hold_without_an_end_names_no_day_to_ask_again():
    held = case(words=(Word("all", Effect.HOLD),))
    refused = against_any_step(held, law(), ALBERTSLUND, DAY)
    assert refused == Refused(Reason.HELD_BY_CASEWORKER)


def test_a_word_on_one_step_does_not_hold_them_all():
    held = case(words=(Word("reminder:1", Effect.HOLD),))
    assert against_any_step(held, law(), ALBERTSLUND, DAY) is None


def test_what_ends_the_matter_is_named_before_what_only_puts_it_off():
    both = case(paid=Money(120000), debtor=Debtor(is_deceased=True, is_frozen=True))
    assert against_any_step(both, law(), ALBERTSLUND, DAY) == Refused(Reason.PAID)


def test_it_is_worth_asking_again_the_day_after_a_last_day_that_lies_ahead():
    assert day_after(DAY, DAY) == midnight(date(2026, 3, 13))
    assert day_after(MONDAY, DAY) is None
    assert day_after(None, DAY) is None
