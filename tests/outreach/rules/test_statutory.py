"""Plans the law fixes (lovbestemte afdrag): by the table, and a respite where it demands one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.law import Law
from data.values.money import NOTHING, Money
from outreach.rules.statutory import StatutoryRefusal, monthly_instalment, must_wait

LAW = Law.load()
TODAY = date(2026, 11, 24)
TABLE = LAW.statutory.on(TODAY)
FIXED = LAW.claim_types["kontanthjaelp"].on(TODAY)
FREE = LAW.claim_types["dagtilbud"].on(TODAY)
LAST = TABLE.bands[-1].upto

incomes = st.integers(0, LAST.oere).map(Money)


def instalment(income, supports):
    monthly = monthly_instalment(income, TABLE, supports_others=supports)
    assert isinstance(monthly, Money)
    return monthly


@pytest.mark.parametrize(
    ("income", "without", "with_dependants"),
    [
        (129_069, 4, 3),
        (129_070, 5, 3),
        (160_949, 5, 3),
        (160_950, 6, 4),
        (165_510, 7, 4),
        (170_060, 8, 4),
        (174_620, 9, 4),
        (179_170, 10, 4),
        (183_729, 10, 4),
    ],
)
def test_the_table_gives_a_percentage_of_the_net_income(income, without, with_dependants):
    yearly = Money.kroner(income)
    alone = monthly_instalment(yearly, TABLE, supports_others=False)
    family = monthly_instalment(yearly, TABLE, supports_others=True)
    assert alone == Money(yearly.oere * without // 1200)
    assert family == Money(yearly.oere * with_dependants // 1200)


def test_ten_thousand_a_month_costs_four_percent():
    assert monthly_instalment(Money.kroner(120_000), TABLE, supports_others=False) == Money.kroner(
        400
    )


def test_an_income_nobody_knows_costs_the_fixed_sum():
    assert monthly_instalment(None, TABLE, supports_others=False) == Money.kroner(468)
    assert monthly_instalment(None, TABLE, supports_others=None) == Money.kroner(468)


def test_beyond_the_last_known_row_a_person_computes():
    assert (
        monthly_instalment(LAST + Money(1), TABLE, supports_others=False)
        is StatutoryRefusal.BEYOND_TABLE
    )
    assert isinstance(monthly_instalment(LAST, TABLE, supports_others=False), Money)


def test_a_person_finds_out_whether_the_citizen_provides_for_others():
    answer = monthly_instalment(Money.kroner(120_000), TABLE, supports_others=None)
    assert answer is StatutoryRefusal.SUPPORT_UNKNOWN


@pytest.mark.parametrize(
    "benefit",
    [
        "kontanthjaelp",
        "uddannelseshjaelp",
        "integrationsydelse",
        "sho_ydelse",
        "ressourceforloebsydelse",
        "kontantydelse",
        "kun_foertidspension",
    ],
)
def test_F11_these_benefits_force_a_respite(benefit):
    assert must_wait(benefit, None, FIXED, TABLE)
    assert must_wait(benefit, LAST, FIXED, TABLE)


@pytest.mark.parametrize("benefit", [None, "dagpenge", "folkepension"])
def test_others_do_not(benefit):
    assert must_wait(benefit, None, FIXED, TABLE) is False
    assert must_wait(benefit, Money(1), FIXED, TABLE) is False  # the least income was not found


def test_the_respite_is_for_claims_whose_plan_the_law_fixes():
    assert must_wait("kontanthjaelp", None, FREE, TABLE) is False


def test_below_the_least_income_payment_waits_once_it_is_known():
    table = TABLE.model_copy(update={"least_income": Money.kroner(100_000)})
    assert must_wait(None, Money.kroner(100_000) - Money(1), FIXED, table)
    assert not must_wait(None, Money.kroner(100_000), FIXED, table)
    assert not must_wait(None, None, FIXED, table)


@given(incomes, st.booleans())
def test_an_instalment_never_exceeds_a_tenth_of_the_month(income, supports):
    assert NOTHING <= instalment(income, supports) <= Money(income.oere // 120)


@given(incomes)
def test_who_provides_for_others_never_pays_more(income):
    supports, alone = True, False
    assert instalment(income, supports) <= instalment(income, alone)


@given(incomes, incomes, st.booleans())
def test_who_earns_more_never_pays_less(one, other, supports):
    assert instalment(min(one, other), supports) <= instalment(max(one, other), supports)


def test_an_income_below_zero_costs_nothing():
    assert monthly_instalment(Money(-100_000), TABLE, supports_others=False) == NOTHING
