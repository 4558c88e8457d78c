"""By when a person must have answered: minutes for a life, bank days for a question."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from data.hard_cases.lexicon import load_lexicon
from data.law.handoffs import HandoffReasons
from data.municipalities.policy import Policies
from data.values.time import at_local
from outreach.rules.due import due_at, is_due

OFFICE = Policies.load()["albertslund"].office  # bank days 9-15
TUESDAY = at_local(date(2026, 11, 24), 10)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("now", TUESDAY + timedelta(minutes=5)),
        ("1 hour", TUESDAY + timedelta(hours=1)),
        ("4 hours", TUESDAY + timedelta(hours=4)),
        ("same day", at_local(date(2026, 11, 24), 15)),
        ("1 bank day", at_local(date(2026, 11, 25), 15)),
        ("2 bank days", at_local(date(2026, 11, 26), 15)),
    ],
)
def test_on_a_tuesday_morning(words, due):
    assert due_at(words, OFFICE, TUESDAY) == due


@pytest.mark.parametrize(
    ("now", "words", "due"),
    [
        # A life does not wait for the office: hours run day and night.
        (at_local(date(2026, 12, 24), 23, 30), "now", at_local(date(2026, 12, 24), 23, 35)),
        (at_local(date(2026, 12, 24), 23, 30), "1 hour", at_local(date(2026, 12, 25), 0, 30)),
        (at_local(date(2026, 10, 25), 1, 30), "1 hour", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # The same day is over when the office has closed.
        (at_local(date(2026, 11, 24), 14, 59), "same day", at_local(date(2026, 11, 24), 15)),
        (at_local(date(2026, 11, 24), 15), "same day", at_local(date(2026, 11, 25), 15)),
        (at_local(date(2026, 11, 27), 16), "same day", at_local(date(2026, 11, 30), 15)),
        (at_local(date(2026, 11, 28), 9), "same day", at_local(date(2026, 11, 30), 15)),
        (at_local(date(2026, 11, 24), 0, 30), "same day", at_local(date(2026, 11, 24), 15)),
        # Bank days skip weekends, Christmas, and the Friday after Ascension Day.
        (at_local(date(2026, 11, 27), 10), "1 bank day", at_local(date(2026, 11, 30), 15)),
        (at_local(date(2026, 12, 23), 10), "1 bank day", at_local(date(2026, 12, 28), 15)),
        (at_local(date(2026, 5, 13), 10), "1 bank day", at_local(date(2026, 5, 18), 15)),
        (at_local(date(2026, 3, 27), 10), "1 bank day", at_local(date(2026, 3, 30), 15)),
    ],
)
def test_over_nights_weekends_and_holidays(now, words, due):
    assert due_at(words, OFFICE, now) == due


@pytest.mark.parametrize(
    ("now", "words", "due"),
    [
        (at_local(date(2026, 11, 24), 15), "same day", at_local(date(2026, 11, 24), 15, 30)),
        (at_local(date(2026, 11, 24), 15, 30), "same day", at_local(date(2026, 11, 25), 15, 30)),
        (TUESDAY, "1 bank day", at_local(date(2026, 11, 25), 15, 30)),
    ],
)
def test_an_office_that_closes_at_half_past_is_waited_for_until_then(now, words, due):
    office = OFFICE.model_copy(update={"closes": time(15, 30)})
    assert due_at(words, office, now) == due


@pytest.mark.parametrize("words", ["", "soon", "1 day", "-1 hour", "one hour", "1.5 hours", "now!"])
def test_what_is_no_due_time_is_refused(words):
    assert not is_due(words)
    with pytest.raises(ValueError, match="is no due time"):
        due_at(words, OFFICE, TUESDAY)


def test_every_reason_on_file_has_a_due_time_that_is_understood():
    words = {str(kind.due) for kind in load_lexicon().kinds.values()}
    words |= {reason.due for reason in HandoffReasons.load().reasons.values()}
    assert all(is_due(one) for one in words)
    assert all(due_at(one, OFFICE, TUESDAY) > TUESDAY for one in words)
