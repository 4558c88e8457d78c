"""The words about a plan (besked om en aftale): one part each, and nothing that tells."""

from datetime import date, timedelta

import pytest

from data.models.citizens import Language
from outreach.messages import unasked
from outreach.texts import day_and_month, gsm7_segments
from tests.outreach.test_first_text import NAMES, NEVER, POLICIES, person

EVERY_DAY = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]


def longest(language):
    return max((day_and_month(day, language) for day in EVERY_DAY), key=len)


@pytest.mark.parametrize("municipality", POLICIES.keys)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", ["plan_reminder", "plan_missed"])
@pytest.mark.parametrize("name", NAMES)
def test_words_about_a_plan_are_one_part_and_tell_nothing(municipality, language, key, name):
    day = longest(language)
    citizen = person(name=name, language=language)
    body = unasked(key, POLICIES[municipality], citizen, named=True, date=day, until=day)
    assert gsm7_segments(body) == (1, True), (len(body), body)
    assert not NEVER.search(body), NEVER.search(body)
    assert POLICIES[municipality].name.of(language) in body
    assert POLICIES[municipality].telephone.number.national() in body
    assert day in body
    assert "STOP" in body


def test_who_is_protected_is_not_named():
    citizen = person(address_protected=True)
    body = unasked("plan_reminder", POLICIES["faxe"], citizen, named=True, date="1. maj")
    assert body.startswith("Hej. Husk din aftale med Faxe Kommune.")


@pytest.mark.parametrize(("language", "said"), [("da", "1. december"), ("en", "1 December")])
def test_a_day_that_is_near_needs_no_year(language, said):
    assert day_and_month(date(2026, 12, 1), language) == said
