"""What a unit may answer, and what each answer asks for."""

import pytest

from data.values.money import Money
from outreach.rules.unit_answers import Given, UnitAnswer, choices, faults

OWED = Money(120000)


def given(answer=UnitAnswer.REJECTED, reasons="Regningen er rigtig.", **more):
    return Given(answer, reasons, **more)


def test_F18_a_dispute_is_upheld_in_whole_in_part_or_not_and_a_bill_is_seen_to():
    assert choices("dispute") == (
        UnitAnswer.UPHELD, UnitAnswer.UPHELD_IN_PART, UnitAnswer.REJECTED, UnitAnswer.NOT_OURS,
        UnitAnswer.QUESTION,
    )  # fmt: skip
    assert choices("resend_bill") == (UnitAnswer.DONE, UnitAnswer.NOT_OURS, UnitAnswer.QUESTION)


@pytest.mark.parametrize("answer", UnitAnswer)
def test_every_answer_needs_reasons(answer):
    kind = "resend_bill" if answer is UnitAnswer.DONE else "dispute"
    whole = given(answer, "  ", right_sum=Money(100), to_correct="Perioden")
    assert faults(whole, kind, OWED) == {"reasons": "missing"}


def test_an_answer_that_does_not_fit_is_not_taken():
    assert faults(given(UnitAnswer.DONE), "dispute", OWED) == {"answer": "missing"}
    assert faults(given(UnitAnswer.UPHELD), "resend_bill", OWED) == {"answer": "missing"}


def test_upheld_in_part_says_the_right_sum_and_what_to_correct():
    part = UnitAnswer.UPHELD_IN_PART
    assert faults(given(part), "dispute", OWED) == {"right_sum": "missing", "to_correct": "missing"}
    right = given(part, right_sum=Money(119999), to_correct="Maj skal ud")
    assert faults(right, "dispute", OWED) == {}


@pytest.mark.parametrize("oere", [0, -1, 120000, 120001])
def test_the_right_sum_is_more_than_nothing_and_less_than_the_claim(oere):
    wrong = given(UnitAnswer.UPHELD_IN_PART, right_sum=Money(oere), to_correct="Maj")
    assert faults(wrong, "dispute", OWED) == {"right_sum": "part"}
