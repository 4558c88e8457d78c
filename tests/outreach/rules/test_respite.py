"""Payment may wait as long as the municipality lets the assistant say; longer goes to a person."""

from datetime import date, timedelta

import pytest

from data.municipalities.policy import Policies
from data.values.time import is_bank_day
from outreach.rules.respite import RespiteOffer, RespiteRefusal, may_wait

POLICIES = Policies.load()
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("municipality", "days"), [("albertslund", 60), ("faxe", 30)])
def test_the_mandate_is_kept_to_the_day(municipality, days):
    respite = POLICIES[municipality].respite
    last = TODAY + timedelta(days=days)
    assert isinstance(may_wait(last, respite, TODAY), RespiteOffer)
    beyond = may_wait(last + timedelta(days=1), respite, TODAY)
    assert beyond is RespiteRefusal.BEYOND_MANDATE


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), date(2020, 1, 1)])
def test_a_day_that_has_come_is_no_respite(until):
    assert may_wait(until, POLICIES["faxe"].respite, TODAY) is RespiteRefusal.IN_THE_PAST


@pytest.mark.parametrize(
    ("until", "granted"),
    [
        (date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 28), date(2026, 11, 30)),  # a Saturday
        (date(2026, 12, 24), date(2026, 12, 28)),  # Christmas Eve
        (date(2026, 12, 31), date(2027, 1, 4)),
    ],
)
def test_a_day_banks_are_closed_moves_to_the_citizens_good(until, granted):
    offer = may_wait(until, POLICIES["albertslund"].respite, TODAY)
    assert offer == RespiteOffer(granted)
    assert is_bank_day(granted)


def test_where_the_assistant_has_no_mandate_a_person_decides():
    none = POLICIES["faxe"].respite.model_copy(update={"assistant_may_grant_days": 0})
    tomorrow = TODAY + timedelta(days=1)
    assert may_wait(tomorrow, none, TODAY) is RespiteRefusal.BEYOND_MANDATE
