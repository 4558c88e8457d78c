"""Suggestions for waiting money: each says why, the best stands first, and none decides."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.money import Money
from data.values.pay_lines import check_digit, check_digit_holds
from outreach.rules.suggestions import (
    AT_MOST,
    Candidate,
    Unplaced,
    Why,
    are_alike,
    one_off,
    suggest,
)

PID = "000000000000018"


def claim(number=1, **values):
    usual: dict[str, Any] = {
        "claim_id": UUID(int=number),
        "citizen_id": UUID(int=number),
        "claim_ref": f"A-100{number}",
        "payment_ids": frozenset({PID}),
        "outstanding": Money(120000),
        "due_date": date(2026, 11, 20),
        "name": "Mette Hansen",
    }
    return Candidate(**usual | values)


def money(**values):
    usual: dict[str, Any] = {"amount": Money(5), "paid_on": date(2026, 3, 1)}
    return Unplaced(**usual | values)


@pytest.mark.parametrize(
    ("given_as", "why", "is_strong"),
    [
        ({"payment_id": "000000000000019"}, Why.ID_ONE_OFF, True),
        ({"payment_id": "18"}, Why.NAMED, True),
        ({"claim_ref": "A-1001"}, Why.NAMED, True),
        ({"text": "regning A 1001, tak"}, Why.REF_IN_TEXT, True),
        ({"amount": Money(120000)}, Why.SAME_SUM, False),
        ({"amount": Money(30000)}, Why.NEXT_INSTALMENT, False),
        ({"payer": "HANSEN, METTE"}, Why.NAME, False),
    ],
)
def test_each_likeness_is_a_reason_of_its_own(given_as, why, is_strong):
    [found] = suggest(money(**given_as), [claim(next_instalments=frozenset({Money(30000)}))])
    assert found.why == (why,)
    assert found.is_strong is is_strong


def test_sum_and_name_together_are_strong_enough_to_leave_the_citizen_in_peace():
    [found] = suggest(money(amount=Money(120000), payer="Mette Hansen"), [claim()])
    assert found.is_strong


def test_a_day_alone_suggests_nobody():
    assert suggest(money(paid_on=date(2026, 11, 21)), [claim()]) == []


def test_five_are_shown_at_most_and_the_best_first():
    near = [claim(number, name=f"Borger {number}") for number in range(1, 9)]
    best = claim(9, payment_ids=frozenset({"26"}))
    found = suggest(money(amount=Money(120000), payer="Mette Hansen"), [*near, best])
    assert len(found) == AT_MOST
    assert found[0].candidate == best


@pytest.mark.parametrize(
    ("payer", "same"),
    [("Mette Hansen", True), ("HANSEN METTE", True), ("Mete Hansen", True), ("Ole Lund", False),
     ("Hansen", False)],
)  # fmt: skip
def test_names_are_compared_as_people_write_them(payer, same):
    assert are_alike(payer, "Mette Hansen") is same


@given(st.integers(1, 10**14 - 1), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_leads_back_to_the_number(number, at, by):
    base = f"{number:014d}"
    right = base + check_digit(base)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert not check_digit_holds(wrong)
    assert right.lstrip("0") in one_off(wrong)
