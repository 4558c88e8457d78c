"""A claim leaves part by part, and the parts add up to the øre."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.models.postings import PostingKind
from data.values.money import NOTHING, Money
from outreach.rules.hand_over_parts import Charge, PartKind, parts_of
from tests.outreach.rules.make_row import CHILDCARE, DUE, LAW, TODAY, bill, fee, interest, row


def test_fees_and_interest_are_parts_of_their_own_that_refer_to_the_main_claim():
    main, one, two, rest = parts_of(
        bill(), [fee(), fee(day=date(2026, 11, 3)), interest(), interest(13)], CHILDCARE, LAW
    )
    assert [part.ref for part in (main, one, two, rest)] == ["F-1", "F-1/F1", "F-1/F2", "F-1/I1"]
    assert [part.code for part in (main, one, two)] == ["KFDAINS", "GEDAINS", "GEDAINS"]
    assert (rest.principal, rest.outstanding) == (Money.kroner(25), Money.kroner(25))


def test_what_was_paid_goes_to_the_principal_first_as_interest_is_counted():
    main, late_fee = parts_of(bill(paid=Money.kroner(1100)), [fee()], CHILDCARE, LAW)
    assert (main.principal, main.outstanding) == (Money(120000), Money.kroner(100))
    assert late_fee.outstanding == Money.kroner(250)


def test_the_main_claim_stands_even_when_only_a_fee_is_left_of_it():
    main, late_fee = parts_of(bill(paid=Money(120000)), [fee()], CHILDCARE, LAW)
    assert (main.outstanding, late_fee.outstanding) == (NOTHING, Money.kroner(250))


def test_a_fee_that_was_waived_or_paid_does_not_leave():
    waived = Charge(PostingKind.FEE, NOTHING, date(2026, 10, 20))
    assert [p.kind for p in parts_of(bill(), [waived], CHILDCARE, LAW)] == [PartKind.PRINCIPAL]
    paid = parts_of(bill(paid=Money.kroner(1450)), [fee(), interest()], CHILDCARE, LAW)
    assert [(p.kind, p.outstanding.oere) for p in paid[1:]] == [(PartKind.INTEREST, 1200)]


def test_a_fee_falls_due_on_its_letters_own_day():
    [_, late_fee] = parts_of(bill(), [fee(pay_by=date(2026, 11, 9))], CHILDCARE, LAW)
    assert late_fee.due_date == late_fee.last_day_to_pay == date(2026, 11, 9)


def test_a_fee_lives_from_its_own_day_and_never_falls_due_before_it_was_charged():
    [main, early] = parts_of(bill(), [fee(pay_by=date(2026, 10, 1))], CHILDCARE, LAW)
    assert early.due_date == early.last_day_to_pay == date(2026, 10, 20)
    assert (main.limitation_date, early.limitation_date) == (date(2029, 10, 1), date(2029, 10, 22))
    assert (early.period_start, early.period_end) == (None, None)


def test_interest_has_a_period_and_the_limitation_of_its_oldest_part():
    charges = [interest(day=date(2026, 11, 2)), interest(day=date(2026, 10, 2))]
    [_, rest] = parts_of(bill(), charges, CHILDCARE, LAW)
    assert (rest.period_start, rest.period_end) == (date(2026, 10, 2), date(2026, 11, 2))
    assert rest.due_date == rest.last_day_to_pay == date(2026, 11, 2)
    assert rest.limitation_date == date(2029, 10, 2)


def test_each_part_stands_with_what_it_was_and_what_is_left_of_it():
    parts = parts_of(bill(paid=Money(120100)), [fee(), interest()], CHILDCARE, LAW)
    assert [(part.principal.oere, part.outstanding.oere) for part in parts] == [
        (120000, 0),
        (25000, 24900),
        (1200, 1200),
    ]


def test_a_code_for_interest_goes_with_the_interest_where_there_is_one():
    coded = CHILDCARE.model_copy(update={"interest_codes": ("REDAINS",)})
    main, rest = parts_of(bill(), [interest()], coded, LAW)
    assert (main.code, rest.code) == ("KFDAINS", "REDAINS")


def test_only_the_main_claims_life_may_count_from_the_end_of_its_period():
    lapsing = LAW.claim_types["dagtilbud_tilbage"].on(TODAY)
    ended = bill(period_end=date(2025, 6, 30))
    main, rest = parts_of(ended, [interest(day=date(2026, 11, 2))], lapsing, LAW)
    assert main.limitation_date == date(2030, 7, 1)  # a Sunday, rolled
    assert rest.limitation_date == date(2031, 11, 3)


def test_interest_is_not_asked_for_before_a_respite_has_ended():
    granted = bill(last_day_to_pay=date(2026, 11, 13))
    [_, rest] = parts_of(granted, [interest(day=date(2026, 10, 2))], CHILDCARE, LAW)
    assert (rest.due_date, rest.last_day_to_pay) == (date(2026, 10, 2), date(2026, 11, 13))


def test_an_acknowledgement_carries_fees_and_interest_along():
    known = bill(acknowledged_on=date(2027, 3, 1))
    parts = parts_of(known, [fee(), interest()], CHILDCARE, LAW)
    assert {part.limitation_date for part in parts} == {date(2030, 3, 1)}


def test_what_one_kind_of_part_owes_is_told():
    given = row(fee(), fee(day=date(2026, 10, 30)), interest(), claim_type="dagtilbud")
    owed = {kind.value: given.sum_of(kind).oere for kind in PartKind}
    assert owed == {"principal": 120000, "fee": 50000, "interest": 1200}
    assert given.total == Money(171200)


sums = st.integers(1, 10**9).map(Money)
days = st.dates(DUE + timedelta(days=1), TODAY - timedelta(days=1))
charges = st.lists(
    st.builds(
        Charge,
        st.sampled_from([PostingKind.FEE, PostingKind.INTEREST]),
        st.integers(0, 10**6).map(Money),
        days,
    ),
    max_size=12,
)


@given(sums, charges, st.integers(0, 2 * 10**9).map(Money))
def test_the_parts_add_up_to_what_is_owed_whatever_was_charged_and_paid(principal, given, paid):
    parts = parts_of(bill(principal=principal, paid=paid), given, CHILDCARE, LAW)
    owed = principal + sum((one.amount for one in given), NOTHING) - paid
    assert sum((part.outstanding for part in parts), NOTHING) == max(owed, NOTHING)
    assert all(NOTHING <= part.outstanding <= part.principal for part in parts)
    assert len({part.ref for part in parts}) == len(parts)


@given(sums, charges, st.integers(0, 10**9).map(Money), st.integers(1, 10**6).map(Money))
def test_paying_more_makes_no_part_larger(principal, given, paid, more):
    before, after = (
        {part.ref: part.outstanding for part in parts_of(one, given, CHILDCARE, LAW)}
        for one in (
            bill(principal=principal, paid=paid),
            bill(principal=principal, paid=paid + more),
        )
    )
    assert all(after[ref] <= before[ref] for ref in after)
