"""A missed deadline becomes a first message only when every reason against it is gone."""

from dataclasses import fields, replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models.claims import ClaimState
from data.municipalities.policy import Policies
from data.values.time import add_bank_days, at_local, is_bank_day, next_bank_day
from outreach.rules.decision import ALLOWED, Reason, Refused
from outreach.rules.first_contact import Facts, may_write_first, useless_after

POLICY = Policies.load()["albertslund"]
TUESDAY = at_local(date(2026, 11, 24), 10)
#: A claim due last Friday, with everything in order.
DUE = Facts(
    state=ClaimState.OPEN,
    is_paid=False,
    due_date=date(2026, 11, 20),
    bill_sent_on=date(2026, 10, 30),
    claim_type="dagtilbud",
    type_is_automated=True,
    paused_until=None,
    covers_until=date(2026, 11, 23),
    citizen_is_frozen=False,
    has_address=True,
    address_is_distrusted=False,
    opted_out=False,
)


def verdict(now=TUESDAY, policy=POLICY, **given):
    return may_write_first(replace(DUE, **given), policy, now)


def test_a_claim_past_its_deadline_with_all_in_order_may_be_written_about():
    assert verdict() == ALLOWED


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"is_paid": True}, Reason.PAID),
        ({"state": ClaimState.PAID}, Reason.PAID),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        ({"state": ClaimState.IN_RESPITE}, Reason.IN_RESPITE),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"state": ClaimState.SHELVED}, Reason.SHELVED),
        ({"state": ClaimState.HANDED_OVER}, Reason.HANDED_OVER),
        ({"state": ClaimState.WRITTEN_OFF}, Reason.WRITTEN_OFF),
        ({"claim_type": "krisecenter"}, Reason.EXCLUDED_TYPE),
        ({"claim_type": "husvild"}, Reason.EXCLUDED_TYPE),
        ({"type_is_automated": False}, Reason.EXCLUDED_TYPE),
        ({"bill_sent_on": None}, Reason.NO_BILL),
        ({"citizen_is_frozen": True}, Reason.FROZEN),
        ({"has_address": False}, Reason.NO_ADDRESS),
        ({"has_address": False, "address_is_distrusted": True}, Reason.NUMBER_DISTRUSTED),
        ({"opted_out": True}, Reason.OPTED_OUT),
        ({"covers_until": None}, Reason.PAYMENTS_NOT_COVERED),
        ({"covers_until": date(2026, 11, 19)}, Reason.PAYMENTS_NOT_COVERED),
    ],
)
def test_it_is_not_written_about_when(given, reason):
    assert verdict(**given) == Refused(reason)


@pytest.mark.parametrize("state", [state for state in ClaimState if state is not ClaimState.OPEN])
def test_only_an_open_claim_is_ever_chased(state):
    assert isinstance(verdict(state=state), Refused)


@pytest.mark.parametrize(
    ("due", "first_day"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),  # Friday: contact on Monday
        (date(2026, 11, 21), date(2026, 11, 24)),  # Saturday: Monday still pays in time
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 12, 24), date(2026, 12, 29)),  # Christmas Eve: the 28th still pays in time
        (date(2026, 12, 31), date(2027, 1, 5)),
        (date(2026, 5, 14), date(2026, 5, 19)),  # Ascension Day
    ],
)
def test_A8_the_first_day_is_the_bank_day_after_the_last_day_to_pay(due, first_day):
    covered = {"due_date": due, "bill_sent_on": due, "covers_until": date(2027, 2, 1)}
    early = at_local(first_day - timedelta(days=1), 23, 59)
    assert verdict(now=early, **covered) == Refused(
        Reason.NOT_DUE_YET, retry_at=at_local(first_day, 0)
    )
    assert verdict(now=at_local(first_day, 0), **covered) == ALLOWED


def test_a_payment_file_must_cover_the_day_that_still_pays_in_time():
    saturday = {"due_date": date(2026, 11, 21)}
    assert verdict(**saturday, covers_until=date(2026, 11, 22)) == Refused(
        Reason.PAYMENTS_NOT_COVERED
    )
    assert verdict(**saturday, covers_until=date(2026, 11, 23)) == ALLOWED


def test_a_municipality_may_do_without_payment_files():
    lax = POLICY.first_contact.model_copy(update={"needs_payment_file": False})
    policy = POLICY.model_copy(update={"first_contact": lax})
    assert verdict(policy=policy, covers_until=None) == ALLOWED


def test_a_pause_lasts_to_the_end_of_its_last_day():
    paused = {"paused_until": date(2026, 11, 24)}
    late = at_local(date(2026, 11, 24), 23, 59)
    assert verdict(now=late, **paused) == Refused(Reason.PAUSED, retry_at=late)
    assert verdict(now=late + timedelta(minutes=1), **paused) == ALLOWED


def test_what_ends_the_matter_is_named_before_what_only_puts_it_off():
    both = {"is_paid": True, "citizen_is_frozen": True, "covers_until": None}
    assert verdict(**both) == Refused(Reason.PAID)
    assert verdict(citizen_is_frozen=True, covers_until=None) == Refused(Reason.FROZEN)


def test_the_hour_is_not_weighed_the_message_waits_for_the_window_by_itself():
    assert verdict(now=at_local(date(2026, 11, 24), 3)) == ALLOWED


def test_a_first_message_is_useless_after_five_bank_days():
    assert useless_after(POLICY, TUESDAY) == at_local(date(2026, 12, 1), 19)
    before_christmas = at_local(date(2026, 12, 22), 10)
    assert useless_after(POLICY, before_christmas) == at_local(date(2027, 1, 4), 19)
    contact = POLICY.contact.model_copy(update={"closes": time(18, 30)})
    early = POLICY.model_copy(update={"contact": contact})
    assert useless_after(early, TUESDAY) == at_local(date(2026, 12, 1), 18, 30)


def test_the_facts_on_record_hold_no_name_number_or_sum():
    kept = replace(DUE, paused_until=date(2026, 11, 25)).on_record()
    assert kept == {
        "state": "open",
        "is_paid": False,
        "due_date": "2026-11-20",
        "bill_sent_on": "2026-10-30",
        "claim_type": "dagtilbud",
        "paused_until": "2026-11-25",
        "covers_until": "2026-11-23",
        "citizen_is_frozen": False,
        "has_address": True,
        "address_is_distrusted": False,
        "opted_out": False,
    }
    unknown = replace(DUE, bill_sent_on=None, covers_until=None).on_record()
    days = ("bill_sent_on", "paused_until", "covers_until")
    assert [unknown[key] for key in days] == [None] * 3
    assert kept.keys() <= {field.name for field in fields(Facts)}
    assert not {"name", "phone", "address", "principal", "amount"} & kept.keys()


@given(st.dates(date(2024, 1, 1), date(2030, 12, 1)), st.integers(0, 20))
def test_nobody_is_ever_written_to_before_they_could_have_paid(due, days_later):
    now = at_local(due + timedelta(days=days_later), 12)
    given = {"due_date": due, "bill_sent_on": due, "covers_until": date(2031, 1, 1)}
    if verdict(now=now, **given) == ALLOWED:
        deadline = next_bank_day(due)
        assert due + timedelta(days=days_later) >= add_bank_days(deadline, 1)
        assert is_bank_day(deadline)
