"""Stories of the last look: what still leaves, what waits, what stands down."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.municipalities.policy import Policies
from outreach.rules.decision import ALLOWED, Reason, Refused
from outreach.rules.last_look import ClaimNow, Leaving, last_look

CONTACT = Policies.load()["albertslund"].contact
TUESDAY_TEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TUESDAY_EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
UNPAID = ClaimNow("open", is_paid=False)
PAID = ClaimNow("paid", is_paid=True)


def first(**facts):
    return Leaving(is_first_contact=True, **{"claims": (UNPAID,), **facts})


def reply(**facts):
    return Leaving(is_assistants_reply=True, **facts)


def reason(message, now=TUESDAY_TEN):
    verdict = last_look(message, CONTACT, now)
    return verdict.reason if isinstance(verdict, Refused) else None


def test_an_unpaid_claim_on_a_tuesday_morning_is_written_about():
    assert last_look(first(), CONTACT, TUESDAY_TEN) == ALLOWED


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"claims": (PAID,)}, Reason.PAID),
        ({"claims": ()}, Reason.NO_CLAIM),
        ({"claims": (ClaimNow("in_plan", is_paid=False),)}, Reason.IN_PLAN),
        ({"claims": (ClaimNow("disputed", is_paid=False),)}, Reason.DISPUTED),
        (
            {"claims": (ClaimNow("open", is_paid=False, paused_until=date(2026, 11, 24)),)},
            Reason.PAUSED,
        ),
        ({"citizen_frozen": True}, Reason.FROZEN),
        ({"number_distrusted": True}, Reason.NUMBER_DISTRUSTED),
        ({"opted_out": True}, Reason.OPTED_OUT),
        ({"useless_after": TUESDAY_TEN - timedelta(minutes=1)}, Reason.USELESS_NOW),
        ({"citizen_has_written": True}, Reason.ALREADY_DONE),
    ],
)
def test_a_first_message_stands_down_for_good(facts, why):
    assert last_look(first(**facts), CONTACT, TUESDAY_TEN) == Refused(why)


def test_one_claim_still_to_be_paid_is_enough():
    assert reason(first(claims=(PAID, UNPAID))) is None


def test_a_pause_ends_with_its_last_day():
    ended = ClaimNow("open", is_paid=False, paused_until=date(2026, 11, 23))
    assert reason(first(claims=(ended,))) is None


def test_in_the_evening_a_first_message_waits_for_the_morning_and_an_answer_does_not():
    evening = last_look(first(), CONTACT, TUESDAY_EVENING)
    assert evening == Refused(Reason.OUTSIDE_HOURS, retry_at=WEDNESDAY_NINE)
    assert reason(reply(), TUESDAY_EVENING) is None


def test_a_second_first_message_waits_until_the_budget_is_free_and_the_window_open():
    earlier = TUESDAY_TEN - timedelta(hours=2)
    verdict = last_look(first(contacts=(earlier,)), CONTACT, TUESDAY_TEN)
    assert verdict == Refused(Reason.BUDGET_SPENT, retry_at=WEDNESDAY_NINE)


def test_what_would_be_useless_by_then_does_not_wait():
    message = first(useless_after=TUESDAY_EVENING + timedelta(hours=1))
    assert last_look(message, CONTACT, TUESDAY_EVENING) == Refused(Reason.OUTSIDE_HOURS)


def test_the_last_instant_of_use_and_the_first_of_a_new_budget_count():
    assert reason(first(useless_after=TUESDAY_TEN)) is None
    at_nine = first(useless_after=WEDNESDAY_NINE)
    waits = Refused(Reason.OUTSIDE_HOURS, retry_at=WEDNESDAY_NINE)
    assert last_look(at_nine, CONTACT, TUESDAY_EVENING) == waits
    assert reason(first(contacts=(TUESDAY_TEN - timedelta(hours=24),))) is None


def test_the_assistant_never_speaks_over_a_person():
    assert reason(reply(held_by_person=True, owner_unchanged=False)) is Reason.HELD_BY_HUMAN
    assert reason(reply(owner_unchanged=False)) is Reason.OWNER_CHANGED
    assert reason(Leaving(held_by_person=True, owner_unchanged=False)) is None


def test_after_a_stop_only_the_notice_that_confirms_it_leaves():
    assert reason(Leaving(opted_out=True, is_notice=True)) is None
    assert reason(reply(opted_out=True)) is Reason.OPTED_OUT
    assert reason(Leaving(opted_out=True)) is Reason.OPTED_OUT


def test_a_freeze_does_not_stop_the_words_of_a_person():
    assert reason(Leaving(citizen_frozen=True)) is None


@settings(deadline=None)  # the calendar of each year is read once
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001
def test_a_first_message_leaves_only_while_the_window_is_open(naive):
    now = naive.replace(tzinfo=UTC)
    verdict = last_look(first(), CONTACT, now)
    if isinstance(verdict, Refused):
        assert verdict.retry_at is not None
        assert verdict.retry_at > now
        assert CONTACT.is_open(verdict.retry_at)
    else:
        assert CONTACT.is_open(now)
