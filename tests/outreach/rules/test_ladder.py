"""Which reminder comes on which day, what it costs, and what holds it: worked examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.municipalities.policy import PlanException
from data.values.money import NOTHING, Money
from data.values.time import COPENHAGEN
from outreach.rules.case import Agreements, Debtor, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move, next_step
from tests.outreach.rules.make_case import (
    MONDAY,
    PLAIN_LADDER,
    case,
    law,
    policy,
    reminded,
)

FIRST_REMINDER = date(2026, 3, 12)
ALBERTSLUND, FAXE = policy("albertslund"), policy("faxe")


def ask(one, rules=ALBERTSLUND, day=FIRST_REMINDER):
    return next_step(one, law(), rules, day)


def why(answer):
    assert isinstance(answer, Refused), answer
    return answer.reason


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)


def test_the_first_reminder_comes_ten_days_after_the_deadline_and_gives_ten_more():
    move = ask(case())
    assert move == Move(
        StepKind.REMINDER,
        "reminder:1",
        ALBERTSLUND.ladders.ladders[0].steps[0].source,
        fee=NOTHING,
        pay_by=date(2026, 3, 23),  # Sunday the 22nd, rolled
        offers_plan=True,
    )


def test_no_plan_is_offered_where_the_policy_allows_none_for_the_claim_type():
    exception = PlanException(claim_types=frozenset({"vand"}), allowed=False, source="made up")
    plans = ALBERTSLUND.plans.model_copy(update={"exceptions": (exception,)})
    strict = ALBERTSLUND.model_copy(update={"plans": plans})
    for claim_type, offered in (("vand", False), ("dagtilbud", True)):
        move = ask(case(claim_type=claim_type), strict)
        assert isinstance(move, Move)
        assert move.offers_plan is offered


def test_a_day_earlier_it_is_too_early_and_the_day_is_named():
    answer = ask(case(), day=FIRST_REMINDER - timedelta(days=1))
    assert why(answer) is Reason.TOO_EARLY
    assert answer.retry_at == midnight(FIRST_REMINDER)
    assert answer.step == "reminder:1"
    assert "A20" in answer.basis


def test_a_deadline_on_a_saturday_counts_from_monday():
    due = date(2026, 2, 28)
    one = case(due_date=due, contacted_on=date(2026, 3, 3))
    assert why(ask(one, day=date(2026, 3, 11))) is Reason.TOO_EARLY
    assert ask(one, day=FIRST_REMINDER).name == "reminder:1"


def test_A5_contact_comes_first_and_five_bank_days_go_by_before_a_reminder():
    late = case(contacted_on=date(2026, 3, 10))
    answer = ask(late)
    assert why(answer) is Reason.TOO_EARLY
    assert answer.retry_at == midnight(date(2026, 3, 17))
    assert ask(late, day=date(2026, 3, 17)).name == "reminder:1"


def test_F10_without_a_contact_there_is_no_reminder():
    answer = ask(case(contacted_on=None), day=MONDAY)
    assert why(answer) is Reason.FIRST_CONTACT_FIRST
    assert answer.retry_at == midnight(date(2026, 3, 3))
    assert answer.basis == ALBERTSLUND.dialogue.source
    assert ask(case(contacted_on=None)).retry_at is None  # it should have been made before now


def test_who_cannot_be_contacted_is_reminded_by_letter_without_waiting():
    assert ask(case(contacted_on=None, contactable=False)).name == "reminder:1"


def test_a_contact_counts_only_before_the_first_step():
    one = case(contacted_on=None, taken=(reminded(),))
    assert ask(one, day=date(2026, 3, 26)).name == "reminder:2"


def test_no_letter_is_dated_on_a_day_banks_are_closed():
    one = case(contacted_on=None, contactable=False)
    for day in (date(2026, 3, 14), date(2026, 4, 3)):
        answer = ask(one, day=day)
        assert why(answer) is Reason.NOT_A_BANK_DAY
    assert answer.retry_at == midnight(date(2026, 4, 7))


@pytest.mark.parametrize("known", [None, date(2026, 3, 1)])
def test_A8_nothing_moves_before_the_payments_up_to_the_deadline_are_known(known):
    assert why(ask(case(covers_until=known))) is Reason.PAYMENTS_NOT_COVERED
    assert isinstance(ask(case(covers_until=MONDAY)), Move)


def test_A20_the_fee_stands_on_the_second_reminder_and_not_on_the_first():
    assert ask(case()).fee == NOTHING
    assert ask(case(taken=(reminded(),)), day=date(2026, 3, 26)).fee == Money(25000)


def test_A21_heat_is_civil_and_costs_at_most_100():
    one = case(claim_type="fjernvarme", taken=(reminded(),))
    assert ask(one, day=date(2026, 3, 26)).fee == Money(10000)


def test_the_second_counts_from_the_deadline_the_first_letter_gave():
    one = case(taken=(reminded(pay_by=date(2026, 3, 23)),))
    assert why(ask(one, day=date(2026, 3, 25))) is Reason.TOO_EARLY
    assert ask(one, day=date(2026, 3, 26)).name == "reminder:2"


def test_a_letter_that_has_not_left_holds_the_next_step():
    answer = ask(case(taken=(reminded(pay_by=None),)), day=date(2026, 6, 1))
    assert why(answer) is Reason.LETTER_NOT_SENT
    assert answer.step == "reminder:1"


@pytest.mark.parametrize(
    "given",
    [
        {"words": (Word("reminder:2", Effect.WITHOUT_FEE),)},
        {"words": (Word("all", Effect.WITHOUT_FEE),)},
        {"contacted_on": None, "contactable": False, "taken": ()},
    ],
)
def test_no_fee_where_a_caseworker_said_so_or_nobody_was_contacted(given):
    rules = policy(
        ladders=[
            PLAIN_LADDER[0]
            | {"steps": [PLAIN_LADDER[0]["steps"][1], *PLAIN_LADDER[0]["steps"][1:]]}
        ]
    )
    one = case(**{"taken": (reminded(),)} | given)
    move = ask(one, rules, date(2026, 4, 20))
    assert move.fee == NOTHING
    assert ask(replace(one, words=(), contacted_on=MONDAY), rules, date(2026, 4, 20)).fee


def test_a_word_that_has_run_out_leaves_the_fee():
    word = Word("reminder:2", Effect.WITHOUT_FEE, until=date(2026, 3, 25))
    one = case(taken=(reminded(),), words=(word,))
    assert ask(one, day=date(2026, 3, 26)).fee == Money(25000)
    one = replace(one, words=(replace(word, until=date(2026, 3, 26)),))
    assert ask(one, day=date(2026, 3, 26)).fee == NOTHING


@pytest.mark.parametrize(
    ("series", "fee"),
    [
        ((), 10000),
        ((date(2026, 1, 2), date(2026, 1, 12)), 10000),
        ((date(2026, 1, 2), date(2026, 1, 12), date(2026, 1, 22)), 0),  # three are enough
        ((date(2026, 3, 17),), 0),  # nine days ago
        ((date(2026, 3, 16),), 10000),
    ],
)
def test_civil_fees_are_three_at_most_and_ten_days_apart(series, fee):
    one = case(claim_type="fjernvarme", taken=(reminded(),), series=series)
    assert ask(one, day=date(2026, 3, 26)).fee == Money(fee)


def test_a_civil_fee_waits_ten_days_from_the_last_reminder_of_the_claim_itself():
    late = reminded(on=date(2026, 3, 17), pay_by=date(2026, 3, 20))
    assert ask(case(claim_type="fjernvarme", taken=(late,)), day=date(2026, 3, 26)).fee == NOTHING
    early = replace(late, on=date(2026, 3, 16))
    assert ask(case(claim_type="fjernvarme", taken=(early,)), day=date(2026, 3, 26)).fee


def test_a_fee_by_size_of_debt_looks_at_what_is_left_of_the_principal():
    steps = PLAIN_LADDER[0]["steps"]
    tiers = [
        {"debt_up_to": 100, "fee": 100},
        {"debt_up_to": 500, "fee": "none"},
        {"fee": "law_max"},
    ]
    rules = policy(ladders=[PLAIN_LADDER[0] | {"steps": [steps[0], steps[1] | {"fee": tiers}]}])
    for paid, fee in ((110000, 100), (109999, 0), (70000, 0), (69999, 250), (0, 250)):
        one = case(taken=(reminded(),), paid=Money(paid), charged=Money(25000))
        assert ask(one, rules, date(2026, 3, 26)).fee == Money(fee * 100), paid


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"paid": Money(120000)}, Reason.PAID),
        ({"state": ClaimState.PAID}, Reason.PAID),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"state": ClaimState.SHELVED}, Reason.SHELVED),
        ({"state": ClaimState.HANDED_OVER}, Reason.HANDED_OVER),
        ({"state": ClaimState.WRITTEN_OFF}, Reason.WRITTEN_OFF),
        ({"debtor": Debtor(is_frozen=True)}, Reason.FROZEN),
        ({"debtor": Debtor(is_deceased=True, is_frozen=True)}, Reason.DECEASED),
        ({"claim_type": "krisecenter"}, Reason.EXCLUDED_TYPE),
        ({"claim_type": "mellemkommunal"}, Reason.EXCLUDED_TYPE),
        ({"claim_type": "ejendomsskat", "tax_year": 2024}, Reason.STATE_COLLECTS),
        ({"bill_sent_on": None}, Reason.NO_BILL),
        ({"has_pay_instruction": False}, Reason.NO_PAY_INSTRUCTION),
        ({"due_date": date(2023, 3, 1)}, Reason.TIME_BARRED),
    ],
)
def test_what_ends_or_stops_the_matter(given, reason):
    answer = ask(case(**given))
    assert why(answer) is reason
    assert answer.retry_at is None


def test_F11_the_law_makes_payment_wait_for_those_on_benefits():
    poor = Debtor(benefit=min(law().statutory.on(MONDAY).respite_benefits))
    answer = ask(case(claim_type="kontanthjaelp", debtor=poor))
    assert why(answer) is Reason.STATUTORY_RESPITE
    assert answer.basis
    assert isinstance(ask(case(claim_type="dagtilbud", debtor=poor)), Move)


def test_an_agreement_begins_the_limitation_anew():
    old = case(due_date=date(2022, 3, 1), contactable=False, contacted_on=None)
    assert why(ask(old)) is Reason.TIME_BARRED
    agreed = Agreements(acknowledged_on=date(2024, 9, 1))
    assert isinstance(ask(replace(old, agreements=agreed)), Move)
    chain = Agreements(acknowledged_on=date(2025, 9, 1), acknowledged_before=(date(2024, 9, 1),))
    older = replace(old, due_date=date(2021, 10, 1))
    assert isinstance(ask(replace(older, agreements=chain)), Move)
    assert why(ask(replace(older, agreements=replace(chain, acknowledged_before=())))) is (
        Reason.TIME_BARRED
    )


def test_a_respite_ends_on_its_last_day_and_the_ladder_counts_from_there():
    waiting = case(state=ClaimState.IN_RESPITE, respite_until=date(2026, 4, 15))
    answer = ask(waiting)
    assert why(answer) is Reason.IN_RESPITE
    assert answer.retry_at == midnight(date(2026, 4, 16))
    over = case(rested_until=date(2026, 4, 15))
    assert why(ask(over, day=date(2026, 4, 24))) is Reason.TOO_EARLY
    assert ask(over, day=date(2026, 4, 27)).name == "reminder:1"  # the 25th is a Saturday


def test_a_pause_holds_through_its_last_day():
    one = case(paused_until=FIRST_REMINDER)
    answer = ask(one)
    assert why(answer) is Reason.PAUSED
    assert answer.retry_at == midnight(FIRST_REMINDER + timedelta(days=1))
    assert isinstance(ask(one, day=FIRST_REMINDER + timedelta(days=1)), Move)


@pytest.mark.parametrize("step", ["all", "reminder:1"])
@pytest.mark.parametrize("until", [None, date(2026, 3, 20)])
def test_A39_a_caseworker_holds_a_step_or_all_of_them(step, until):
    answer = ask(case(words=(Word(step, Effect.HOLD, until),)))
    assert why(answer) is Reason.HELD_BY_CASEWORKER
    assert answer.retry_at == (midnight(date(2026, 3, 21)) if until else None)


def test_a_hold_on_another_step_or_one_that_is_over_holds_nothing():
    other = Word("reminder:2", Effect.HOLD)
    over = Word("all", Effect.HOLD, FIRST_REMINDER - timedelta(days=1))
    assert isinstance(ask(case(words=(other, over))), Move)


def test_A39_a_skipped_reminder_is_passed_by_and_gains_no_time():
    one = case(words=(Word("reminder:1", Effect.SKIP),))
    # as if it had left on 12 March and given until the 23rd
    assert why(ask(one, day=date(2026, 3, 25))) is Reason.TOO_EARLY
    move = ask(one, day=date(2026, 3, 26))
    assert move.name == "reminder:2"


FIRST, SECOND = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[:2]


@pytest.mark.parametrize(
    ("given", "day", "refused"),
    [
        (
            {"contacted_on": None},
            MONDAY,
            Refused(
                Reason.FIRST_CONTACT_FIRST,
                midnight(date(2026, 3, 3)),
                ALBERTSLUND.dialogue.source,
                "reminder:1",
            ),
        ),
        (
            {},
            date(2026, 3, 11),
            Refused(Reason.TOO_EARLY, midnight(FIRST_REMINDER), FIRST.source, "reminder:1"),
        ),
        (
            {},
            date(2026, 3, 14),
            Refused(Reason.NOT_A_BANK_DAY, midnight(date(2026, 3, 16)), "", "reminder:1"),
        ),
        (
            {"covers_until": None},
            FIRST_REMINDER,
            Refused(Reason.PAYMENTS_NOT_COVERED, None, "A8", "reminder:1"),
        ),
        (
            {"words": (Word("reminder:1", Effect.HOLD, date(2026, 3, 20)),)},
            FIRST_REMINDER,
            Refused(
                Reason.HELD_BY_CASEWORKER, midnight(date(2026, 3, 21)), FIRST.source, "reminder:1"
            ),
        ),
        (
            {"taken": (reminded(pay_by=None),)},
            date(2026, 6, 1),
            Refused(Reason.LETTER_NOT_SENT, step="reminder:1"),
        ),
    ],
)
def test_why_a_step_is_not_taken_says_when_to_ask_again_and_on_what_it_rests(given, day, refused):
    assert ask(case(**given), day=day) == refused


def test_the_warning_a_person_has_not_decided_names_the_policys_line():
    rate = case(claim_type="ejendomsskat", tax_year=2023, taken=(reminded(), reminded(2)))
    line = FAXE.ladders.of("ejendomsskat", preferential=True).steps[2].source
    assert ask(rate, FAXE, date(2026, 4, 27)) == Refused(
        Reason.NEEDS_CASEWORKER, None, line, "auction_warning:1"
    )


def test_the_whole_move_of_a_reminder_with_a_fee():
    assert ask(case(taken=(reminded(),)), day=date(2026, 3, 26)) == Move(
        StepKind.REMINDER,
        "reminder:2",
        SECOND.source,
        fee=Money(25000),
        pay_by=date(2026, 4, 7),  # Easter Sunday the 5th, rolled
        offers_plan=True,
        gives_notice=SECOND.carries_notice,
    )
