"""A claim walked through time: what comes on which day; leaping over days loses nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.law.law import Law
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Ground, Interest
from data.municipalities.policy import Policies
from data.values.money import NOTHING, Money
from data.values.time import is_bank_day
from outreach.rules import happenings as had
from outreach.rules.case import Agreements, Case, Debtor, Word
from outreach.rules.decision import Reason
from outreach.rules.keeping import Due
from outreach.rules.outlook import Came, Walk, walk

LAW = Law.load()
POLICIES = Policies.load()
ALBERTSLUND, FAXE = POLICIES["albertslund"], POLICIES["faxe"]
CLAIM = Case(
    claim_type="dagtilbud",
    principal=Money.kroner(1840),
    due_date=date(2026, 11, 20),
    bill_sent_on=date(2026, 10, 31),
    has_pay_instruction=True,
)
START, UNTIL = date(2026, 11, 1), date(2027, 12, 31)
DUE = date(2026, 11, 20)  # a Friday
DECIDED = Interest(charged=True, source="the council's decision of 1 October 2026")
WITH_INTEREST = ALBERTSLUND.model_copy(update={"interest": DECIDED})


def case(**given):
    return replace(CLAIM, **given)


def told(events):
    return [
        (f"{event.day:%d.%m.%y}", event.step, event.reason.value if event.reason else event.came)
        for event in events
    ]


# ------------------------------------------------------------------------ when nobody pays
def test_in_albertslund_the_ladder_ends_before_a_person():
    events = walk(case(), LAW, ALBERTSLUND, START, UNTIL)
    assert told(events) == [
        ("23.11.26", "first_contact", "taken"),
        ("30.11.26", "reminder:1", "taken"),
        ("14.12.26", "reminder:2", "taken"),
        ("04.01.27", "notice:1", "taken"),
        ("28.01.27", "hand_over:1", "needs_caseworker"),
    ]
    assert [str(event.fee) for event in events if event.fee] == ["250.00"]
    assert events[1].pay_by == date(2026, 12, 10)
    assert "line 36" in events[-1].basis


def test_in_faxe_the_claim_leaves_when_its_quiet_days_are_over():
    events = walk(case(), LAW, FAXE, START, UNTIL)
    assert told(events) == [
        ("23.11.26", "first_contact", "taken"),
        ("27.11.26", "reminder:1", "taken"),
        ("14.12.26", "hand_over:1", "taken"),
        ("21.12.26", "hand_over:1", "left"),
    ]
    assert events[2].ready_on == events[3].day


def test_nothing_is_asked_before_the_last_day_to_pay_is_over():
    assert walk(case(bill_sent_on=None), LAW, FAXE, START, DUE) == []


def test_a_claim_without_a_bill_waits_until_one_is_found():
    found = had.BillProven(date(2027, 2, 1), date(2026, 10, 30))
    events = walk(case(bill_sent_on=None), LAW, FAXE, START, UNTIL, [found])
    assert told(events)[:4] == [
        ("21.11.26", "", "no_bill"),
        ("01.02.27", "bill_proven", "happened"),
        ("01.02.27", "first_contact", "taken"),
        ("04.02.27", "reminder:1", "taken"),
    ]


def test_a_walk_that_begins_later_takes_the_steps_it_finds_due():
    events = walk(case(), LAW, FAXE, date(2027, 3, 1), UNTIL)
    assert told(events)[:2] == [
        ("01.03.27", "first_contact", "taken"),
        ("04.03.27", "reminder:1", "taken"),
    ]


# --------------------------------------------------------------------------- what may happen
def test_a_payment_is_known_the_day_after_and_ends_it():
    paid = had.Paid(date(2026, 12, 1), Money.kroner(1840))
    events = walk(case(), LAW, ALBERTSLUND, START, UNTIL, [paid])
    assert told(events)[2:] == [("02.12.26", "paid", "happened"), ("02.12.26", "", "paid")]


def test_a_payment_in_the_quiet_days_takes_the_hand_over_back():
    paid = had.Paid(date(2026, 12, 16), Money.kroner(1840))
    walked = Walk(case(), LAW, FAXE, START, UNTIL, [paid]).to_the_end()
    assert walked.events[-1].came is Came.REFUSED
    assert (walked.events[-1].step, walked.events[-1].reason) == ("hand_over:1", Reason.PAID)
    assert walked.case.state is ClaimState.PAID
    assert walked.case.step_taken("hand_over:1") is None


def test_a_respite_holds_the_ladder_and_its_days_are_counted_from_its_end():
    waits = had.RespiteGiven(date(2026, 12, 1), until=date(2027, 1, 31))
    events = walk(case(), LAW, ALBERTSLUND, START, UNTIL, [waits])
    assert told(events)[2:5] == [
        ("01.12.26", "respite_given", "happened"),
        ("01.12.26", "", "in_respite"),
        ("03.02.27", "reminder:2", "taken"),
    ]


def test_after_an_answer_come_quiet_days_and_the_ladder_counts_from_the_last():
    answered = [had.Disputed(date(2026, 12, 1)), had.Reopened(date(2027, 2, 1))]
    events = walk(case(), LAW, ALBERTSLUND, START, UNTIL, answered)
    assert told(events)[2:7] == [
        ("01.12.26", "disputed", "happened"),
        ("01.12.26", "", "disputed"),
        ("01.02.27", "reopened", "happened"),
        ("01.02.27", "", "paused"),  # five bank days, to Monday the 8th
        ("11.02.27", "reminder:2", "taken"),
    ]


def test_after_a_benefit_come_quiet_days_too():
    claim = case(claim_type="kontanthjaelp")
    lives_on = had.Learned(date(2026, 11, 24), Debtor(benefit="kontanthjaelp"))
    events = walk(
        claim, LAW, FAXE, START, UNTIL, [lives_on, had.Learned(date(2027, 2, 1), Debtor())]
    )
    assert told(events)[2:6] == [
        ("24.11.26", "", "statutory_respite"),
        ("01.02.27", "learned", "happened"),
        ("01.02.27", "", "paused"),  # three bank days, to Thursday the 4th
        ("11.02.27", "reminder:1", "taken"),
    ]


class Answers:
    """Agrees each time, in one instalment, and pays one krone of it."""

    def answer(self, owed, law, policy, today):
        assert owed.state is ClaimState.OPEN
        due = Due(today + timedelta(days=10), owed.outstanding)
        return [had.PlanAgreed(today, (due,)), had.Paid(today + timedelta(days=3), Money(100))]


def test_who_is_written_to_answers_the_same_day_and_again_at_the_next_reminder():
    walked = Walk(case(), LAW, FAXE, START, UNTIL, citizen=Answers()).to_the_end()
    assert told(walked.events) == [
        ("23.11.26", "first_contact", "taken"),
        ("23.11.26", "plan_agreed", "happened"),
        ("23.11.26", "", "in_plan"),
        ("27.11.26", "paid", "happened"),
        ("11.12.26", "plan_missed", "happened"),
        ("21.12.26", "plan_broken", "happened"),  # five bank days later, and their payments known
        ("28.12.26", "reminder:1", "taken"),
        ("28.12.26", "plan_agreed", "happened"),
        ("28.12.26", "", "in_plan"),
        ("05.01.27", "paid", "happened"),
        ("15.01.27", "plan_missed", "happened"),
        ("25.01.27", "plan_broken", "happened"),
        ("28.01.27", "hand_over:1", "taken"),
        ("04.02.27", "hand_over:1", "left"),
    ]


def test_two_broken_plans_give_a_person_their_ground():
    walked = walk(
        case(),
        LAW,
        ALBERTSLUND,
        START,
        UNTIL,
        [
            had.PlanAgreed(date(2027, 1, 26)),
            had.PlanBroken(date(2027, 2, 26)),
            had.PlanAgreed(date(2027, 3, 1)),
            had.PlanBroken(date(2027, 4, 1)),
            had.Spoken(
                date(2027, 4, 12),
                Word("hand_over:1", Effect.APPROVE, ground=Ground.REPEATED_BREACH),
            ),
        ],
    )
    steps = [event for event in walked if event.step == "hand_over:1"]
    assert [event.came for event in steps] == [Came.WAITS, Came.TAKEN, Came.LEFT]
    assert steps[1].day == date(2027, 4, 12)


def test_the_kontanthjaelp_claim_leaves_faxe_on_a_broken_agreement_only():
    claim = case(claim_type="kontanthjaelp")
    assert told(walk(claim, LAW, FAXE, START, UNTIL))[-1][2] == "no_ground"
    broken = [had.PlanAgreed(date(2027, 2, 1)), had.PlanBroken(date(2027, 3, 8))]
    assert walk(claim, LAW, FAXE, START, UNTIL, broken)[-1].came is Came.LEFT


def test_a_closure_notice_waits_for_the_children_and_then_for_a_person():
    heat = case(claim_type="fjernvarme")
    twice = [
        had.PlanAgreed(date(2026, 12, 1)),
        had.PlanBroken(date(2027, 1, 4)),
        had.PlanAgreed(date(2027, 1, 5)),
        had.PlanBroken(date(2027, 2, 1)),
        had.Learned(date(2027, 2, 10), Debtor(children_at_home=False)),
        had.Spoken(date(2027, 2, 13), Word("closure_notice:1", Effect.APPROVE)),  # a Saturday
    ]
    events = walk(heat, LAW, ALBERTSLUND, START, UNTIL, twice)
    closing = [event for event in told(events) if event[1] == "closure_notice:1"]
    assert [(day, came) for day, _, came in closing] == [
        ("01.02.27", "children_first"),
        ("10.02.27", "needs_caseworker"),
        ("15.02.27", "taken"),
    ]


def test_a_new_policy_in_the_middle_decides_what_comes_after_it():
    change = had.PolicyChanged(date(2026, 12, 12), FAXE)
    events = walk(case(), LAW, ALBERTSLUND, START, UNTIL, [change])
    assert told(events)[1:] == [
        ("30.11.26", "reminder:1", "taken"),
        ("12.12.26", "policy_changed", "happened"),
        ("14.12.26", "hand_over:1", "forbidden_by_law"),  # no letter has given notice
    ]


def test_a_claim_that_loses_its_preference_goes_on_by_the_ordinary_ladder():
    old = case(claim_type="ejendomsskat", tax_year=2023, due_date=date(2024, 11, 20))
    events = walk(old, LAW, FAXE, START, date(2027, 6, 1))
    # Two years and three months: the last day is 20 February 2027.
    assert told(events)[-2:] == [
        ("03.12.26", "auction_warning:1", "needs_caseworker"),
        ("22.02.27", "hand_over:1", "forbidden_by_law"),  # its reminders gave no notice
    ]


def test_interest_is_posted_where_the_council_has_decided_it():
    walked = Walk(case(), LAW, WITH_INTEREST, START, date(2027, 2, 1)).to_the_end()
    posted = [
        (f"{event.day:%d.%m.%y}", event.interest) for event in walked.events if event.interest
    ]
    # One per cent of 1,840 kr. for each month begun, once the payments of its first day are known.
    months = ["24.11.26", "22.12.26", "22.01.27"]
    assert posted == [(day, Money(1840)) for day in months]
    assert walked.case.charged == Money.kroner(250) + Money(3 * 1840)


def test_a_claim_ends_with_time_while_a_person_is_waited_for():
    events = walk(case(), LAW, ALBERTSLUND, START, date(2030, 12, 31))
    assert told(events)[-1] == ("21.11.29", "", "time_barred")


# --------------------------------------------------------------------------------- properties
TOWNS = st.sampled_from([ALBERTSLUND, FAXE, WITH_INTEREST])
DAYS = st.dates(date(2026, 10, 1), date(2027, 10, 1))
STEPS = st.sampled_from(
    ["all", "reminder:1", "reminder:2", "notice:1", "auction_warning:1", "hand_over:1"]
)
WORDS = st.builds(
    Word,
    step=STEPS | st.just("closure_notice:1"),
    effect=st.sampled_from([Effect.HOLD, Effect.APPROVE, Effect.WITHOUT_FEE]),
    until=st.none() | DAYS,
    ground=st.none() | st.sampled_from(Ground),
)
DEBTORS = st.builds(
    Debtor,
    is_frozen=st.booleans(),
    is_deceased=st.just(value=False),
    benefit=st.none() | st.just("kontanthjaelp"),
    children_at_home=st.none() | st.booleans(),
)
AMOUNTS = st.integers(1, 300_000).map(Money)
DUES = st.lists(st.builds(Due, on=DAYS, amount=AMOUNTS), min_size=1, max_size=3).map(
    lambda dues: tuple(sorted(dues, key=lambda due: due.on))
)
HAPPENINGS = st.lists(
    st.one_of(
        st.builds(had.Paid, on=DAYS, amount=AMOUNTS),
        st.builds(had.PlanAgreed, on=DAYS),
        st.builds(had.PlanAgreed, on=DAYS, dues=DUES),
        st.builds(had.Instalment, on=DAYS, amount=st.none() | AMOUNTS),
        st.builds(had.PlanBroken, on=DAYS),
        st.builds(had.RespiteGiven, on=DAYS, until=DAYS),
        st.builds(had.Paused, on=DAYS, until=DAYS),
        st.builds(had.Disputed, on=DAYS),
        st.builds(had.Reopened, on=DAYS),
        st.builds(had.Spoken, on=DAYS, word=WORDS),
        st.builds(had.Learned, on=DAYS, debtor=DEBTORS),
        st.builds(had.BillProven, on=DAYS, sent_on=st.just(date(2026, 9, 1))),
        st.builds(had.PolicyChanged, on=DAYS, policy=TOWNS),
    ),
    max_size=6,
)
CASES = st.builds(
    Case,
    claim_type=st.sampled_from(sorted(LAW.claim_types.types)),
    principal=AMOUNTS,
    due_date=st.dates(date(2023, 9, 1), date(2027, 6, 1)),
    bill_sent_on=st.none() | st.just(date(2023, 8, 1)),
    has_pay_instruction=st.booleans(),
    contactable=st.booleans(),
    tax_year=st.none() | st.integers(2022, 2025),
    rested_until=st.none() | DAYS,
    words=st.lists(WORDS, max_size=2).map(tuple),
    debtor=st.just(Debtor()) | DEBTORS,
    agreements=st.builds(Agreements, breaches=st.integers(0, 2)),
)


@settings(deadline=None)
@given(CASES, TOWNS, HAPPENINGS, st.none() | st.just(Answers()))
def test_leaping_to_the_day_an_answer_can_change_is_asking_every_day(
    owed, policy, happenings, citizen
):
    span = (date(2026, 10, 15), date(2027, 8, 15))
    leaping = Walk(owed, LAW, policy, *span, happenings, citizen=citizen).to_the_end()
    daily = Walk(owed, LAW, policy, *span, happenings, citizen=citizen, every_day=True).to_the_end()
    assert leaping.events == daily.events
    last = leaping.case.covers_until
    assert leaping.case == replace(daily.case, covers_until=last)


@settings(deadline=None)
@given(CASES, TOWNS, HAPPENINGS)
def test_every_step_is_taken_on_a_bank_day_and_costs_no_more_than_the_law(owed, policy, happenings):
    events = walk(owed, LAW, policy, START, UNTIL, happenings)
    assert [event.day for event in events] == sorted(event.day for event in events)
    regime = LAW.claim_types[owed.claim_type].on(UNTIL).regime
    most = LAW.fees[regime].on(UNTIL).max_fee
    for event in events:
        if event.came is Came.TAKEN and event.step != "interest":
            assert is_bank_day(event.day)
            assert NOTHING <= event.fee <= most
            assert event.basis


@settings(deadline=None)
@given(CASES, TOWNS, HAPPENINGS)
def test_a_payment_in_full_ends_the_chase(owed, policy, happenings):
    day = date(2026, 12, 1)
    paid = had.Paid(day, owed.principal + Money.kroner(10_000))
    kept = [one for one in happenings if not isinstance(one, had.Paid)]
    events = walk(owed, LAW, policy, START, UNTIL, [*kept, paid])
    after = [event for event in events if event.day > day + timedelta(days=7)]
    assert not any(event.came in {Came.TAKEN, Came.LEFT} for event in after)


@pytest.mark.parametrize("policy", [ALBERTSLUND, FAXE], ids=lambda policy: policy.key)
def test_the_same_facts_give_the_same_walk(policy):
    assert walk(case(), LAW, policy, START, UNTIL) == walk(case(), LAW, policy, START, UNTIL)
