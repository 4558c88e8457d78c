"""What each event of a walk tells: the sum, the day, the recipient, and what it rests on."""

from dataclasses import replace
from datetime import date

from data.law.law import Law
from data.models.claims import ClaimState
from data.municipalities.ladders import Interest
from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.recipients import Recipient
from outreach.rules import happenings as had
from outreach.rules.case import Case, Taken
from outreach.rules.outlook import Came, Event, Walk, walk

LAW = Law.load()
POLICIES = Policies.load()
ALBERTSLUND, FAXE = POLICIES["albertslund"], POLICIES["faxe"]
REMINDER, HAND_OVER = FAXE.ladders.of("dagtilbud", preferential=False).steps
CLAIM = Case(
    claim_type="dagtilbud",
    principal=Money.kroner(1840),
    due_date=date(2026, 11, 20),
    bill_sent_on=date(2026, 10, 31),
    has_pay_instruction=True,
)
START, UNTIL = date(2026, 11, 1), date(2027, 12, 31)


def test_each_event_on_the_way_to_the_state_is_told_in_full():
    contact, reminder, decided, left = walk(CLAIM, LAW, FAXE, START, UNTIL)
    assert contact == Event(
        date(2026, 11, 23), "first_contact", Came.TAKEN, FAXE.first_contact.source
    )
    assert reminder == Event(
        date(2026, 11, 27),
        "reminder:1",
        Came.TAKEN,
        REMINDER.source,
        pay_by=date(2026, 12, 11),
        offers_plan=True,
    )
    assert decided == Event(
        date(2026, 12, 14),
        "hand_over:1",
        Came.TAKEN,
        HAND_OVER.source,
        ready_on=date(2026, 12, 21),
        to=Recipient.STATE,
    )
    assert left == Event(
        date(2026, 12, 21),
        "hand_over:1",
        Came.LEFT,
        HAND_OVER.source,
        amount=Money.kroner(1840),
        to=Recipient.STATE,
    )


def test_what_was_sent_stands_on_the_case_with_its_day_deadline_and_fee():
    walked = Walk(CLAIM, LAW, ALBERTSLUND, START, date(2026, 12, 20)).to_the_end()
    first, second = walked.case.taken
    assert first == Taken("reminder:1", date(2026, 11, 30), date(2026, 12, 10), offered_plan=True)
    assert (second.on, second.fee) == (date(2026, 12, 14), Money.kroner(250))
    assert walked.case.series == (date(2026, 12, 14),)
    assert walked.case.charged == Money.kroner(250)


def test_a_payment_is_told_with_its_sum_and_lowers_the_interest_after_it():
    decided = Interest(charged=True, source="the council's decision of 1 October 2026")
    rules = ALBERTSLUND.model_copy(update={"interest": decided})
    until = date(2027, 1, 15)
    paid = had.Paid(date(2026, 12, 1), Money.kroner(840))
    events = walk(CLAIM, LAW, rules, START, until, [paid])
    [payment] = [event for event in events if event.step == "paid"]
    assert payment == Event(date(2026, 12, 2), "paid", Came.HAPPENED, amount=Money.kroner(840))
    first, second = [event for event in events if event.step == "interest"]
    assert (first.came, first.interest, second.interest) == (
        Came.TAKEN,
        Money(1840),
        Money.kroner(10),
    )
    assert first.basis.endswith("the council's decision of 1 October 2026")


def test_who_was_written_to_by_letter_is_not_written_to_first():
    reminded = Taken("reminder:1", date(2026, 12, 1), date(2026, 12, 11), offered_plan=True)
    events = walk(replace(CLAIM, taken=(reminded,)), LAW, ALBERTSLUND, date(2026, 12, 7), UNTIL)
    assert "first_contact" not in {event.step for event in events}


def test_what_stands_against_a_step_is_refused_and_what_a_person_decides_waits():
    disputed = replace(CLAIM, state=ClaimState.DISPUTED)
    [refused] = walk(disputed, LAW, FAXE, START, date(2026, 12, 1))
    assert refused.came is Came.REFUSED
    last = walk(CLAIM, LAW, ALBERTSLUND, START, UNTIL)[-1]
    assert (last.step, last.came) == ("hand_over:1", Came.WAITS)
