"""What holds of every negotiation, whatever is said, owed and decided."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data.models.agreements import AgreementKind
from data.values.money import NOTHING, Money
from data.values.time import is_bank_day, months_after, next_bank_day
from outreach.rules.instalments import MOST_INSTALMENTS, least_each
from outreach.rules.negotiation import Owed, Party, Why, negotiate
from outreach.rules.plan_limits import Limits
from outreach.rules.wish import Every, Rhythm, Wish
from tests.outreach.rules.make_talk import (
    AABENRAA,
    ALBERTSLUND,
    COPENHAGEN,
    FAXE,
    LAW,
    with_interest,
)

#: Plans of hundreds of instalments take their time on a busy machine; bench/ measures the speed.
patient = settings(deadline=None)
TODAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))
SUMS = st.one_of(st.integers(1_000, 400_000), st.integers(1, 10**9)).map(Money)
AHEAD = st.integers(0, 900)
RHYTHMS = st.one_of(
    st.sampled_from(Every).map(Rhythm),
    st.just(Rhythm(Every.MONTH, last_bank_day=True)),
    st.integers(1, 31).map(lambda day: Rhythm(Every.MONTH, day)),
)
POLICIES = st.sampled_from([ALBERTSLUND, FAXE, COPENHAGEN, AABENRAA, with_interest(COPENHAGEN)])
TYPES = st.sampled_from(["dagtilbud", "bibliotek", "fjernvarme", "ejendomsskat", "beboerindskud"])
PARTIES = st.sampled_from(Party)


@st.composite
def talks(draw, policies=POLICIES):
    """Somebody owes something, and says anything at all."""
    today = draw(TODAYS)
    day = AHEAD.map(lambda ahead: today + timedelta(ahead))
    owed = [
        Owed(f"R{number}", kind, amount, today - timedelta(overdue))
        for number, (kind, amount, overdue) in enumerate(
            draw(st.lists(st.tuples(TYPES, SUMS, st.integers(1, 400)), min_size=1, max_size=3))
        )
    ]
    wish = Wish(
        amount=draw(st.none() | SUMS),
        rhythm=draw(st.none() | RHYTHMS),
        first_on=draw(st.none() | day),
        first_amount=draw(st.none() | SUMS),
        first_share=draw(st.none() | st.fractions(Fraction(1, 100), Fraction(99, 100))),
        count=draw(st.none() | st.integers(1, 120)),
        days=tuple(draw(st.lists(day, max_size=4))),
        parts=tuple(draw(st.lists(st.tuples(day, SUMS), max_size=3))),
        whole=draw(st.booleans()),
        payday=draw(st.booleans()),
    )
    return owed, wish, draw(policies), today


def asked_for(proposal, days):
    """How much has been asked for by each of these days, øre."""
    by_day = {rate.due_on: rate.amount.oere for rate in proposal.rates}
    return list(accumulate(by_day.get(day, 0) for day in days))


@patient
@given(talks(), PARTIES)
def test_every_proposal_adds_up_to_the_oere_on_bank_days_ahead(said, by):
    owed, wish, policy, today = said
    for one in negotiate(owed, wish, policy, LAW, today, by=by).proposals:
        dates = [rate.due_on for rate in one.rates]
        assert sum((rate.amount for rate in one.rates), NOTHING) == one.total
        assert all(rate.amount > NOTHING for rate in one.rates)
        assert all(is_bank_day(day) for day in dates)
        assert all(first < second for first, second in pairwise([today, *dates]))
        assert len(dates) <= MOST_INSTALMENTS
        assert (one.kind is AgreementKind.RESPITE) <= (len(dates) == 1)


@patient
@given(talks(), PARTIES)
def test_the_proposals_of_an_answer_cover_the_same_and_are_all_different(said, by):
    owed, wish, policy, today = said
    found = negotiate(owed, wish, policy, LAW, today, by=by)
    assert len(found.proposals) <= 3
    assert len({one.total for one in found.proposals}) <= 1
    assert len({one.rates for one in found.proposals}) == len(found.proposals)
    taken = {ref for one in found.proposals for ref in one.claims}
    left = {one.ref for one in found.left}
    assert not taken & left
    if found.proposals:
        assert taken | left == {one.ref for one in owed}
        total = sum((one.amount for one in owed if one.ref in taken), NOTHING)
        assert found.proposals[0].total == total


@patient
@given(talks(), PARTIES)
def test_there_is_always_an_answer_and_never_two(said, by):
    owed, wish, policy, today = said
    found = negotiate(owed, wish, policy, LAW, today, by=by)
    has_own = bool(found.proposals) and found.proposals[0].why is Why.OWN
    assert [has_own, found.refused is not None, found.missing is not None].count(True) == 1
    assert negotiate(owed, wish, policy, LAW, today, by=by) == found


@patient
@given(talks(), PARTIES)
def test_other_ways_never_ask_for_more_at_a_time_or_for_anything_sooner(said, by):
    owed, wish, policy, today = said
    found = negotiate(owed, wish, policy, LAW, today, by=by)
    for other in found.proposals[1:]:
        first = found.proposals[0]
        assert other.largest <= first.largest
        assert bool(other.needs_person) <= bool(first.needs_person)
        days = sorted({rate.due_on for one in (first, other) for rate in one.rates})
        both = zip(asked_for(other, days), asked_for(first, days), strict=True)
        assert all(less <= more for less, more in both)
    costs = [(one.interest, one.largest) for one in found.proposals[1:]]
    assert costs == sorted(costs)


@patient
@given(talks())
def test_nothing_beyond_the_policys_limits_is_ever_proposed_by_the_assistant(said):
    owed, wish, policy, today = said
    for one in negotiate(owed, wish, policy, LAW, today).proposals:
        taken = [each for each in owed if each.ref in one.claims]
        types = frozenset(each.claim_type for each in taken)
        assert policy.plans.allowed_for(types)
        assert not one.beyond_policy
        months = policy.plans.longest_for(types)
        if months is not None:
            assert one.rates[-1].due_on <= next_bank_day(months_after(today, months))
        least = policy.plans.least_monthly
        if least is None or len(one.rates) == 1:
            continue
        ends = Limits(policy.plans, types, one.total, today).least_ends
        if ends is None or one.rates[-1].due_on <= ends:
            continue
        assert one.rhythm is not None
        each = least_each(least, one.rhythm.every)
        below = [rate for rate in one.rates[:-1] if rate.amount < each]
        # Only what the citizen wants to pay before the instalments that come back.
        assert len(below) <= len(wish.parts) + len(wish.days) + 1


@patient
@given(talks())
def test_what_is_not_left_to_a_person_is_within_the_mandate(said):
    owed, wish, policy, today = said
    for one in negotiate(owed, wish, policy, LAW, today).proposals:
        if one.needs_person:
            continue
        if one.kind is AgreementKind.RESPITE:
            latest = today + timedelta(policy.respite.assistant_may_grant_days)
        else:
            latest = months_after(today, policy.plans.assistant_may_agree_months)
        assert one.rates[-1].due_on <= next_bank_day(latest)


@patient
@given(talks(), PARTIES)
def test_a_person_is_asked_with_the_proposal_itself(said, by):
    owed, wish, policy, today = said
    found = negotiate(owed, wish, policy, LAW, today, by=by)
    assert all(one.rates for one in found.proposals)
    if by is Party.CASEWORKER:
        assert not any(one.needs_person for one in found.proposals)


# ------------------------------------------------------------------ the citizen's own, exactly
ANYTHING_GOES = ALBERTSLUND


@patient
@given(SUMS, st.integers(1, 200), st.sampled_from(Every), TODAYS, st.integers(1, 60))
def test_A12_a_sum_in_a_rhythm_from_a_day_is_proposed_exactly(total, parts, every, today, ahead):
    amount = Money(-(-total.oere // parts))
    start = today + timedelta(ahead)
    wish = Wish(amount=amount, rhythm=Rhythm(every), first_on=start)
    own = negotiate([Owed("A", "dagtilbud", total, today)], wish, ANYTHING_GOES, LAW, today)
    [first, *_] = own.proposals
    assert first.why is Why.OWN
    step = {Every.WEEK: 7, Every.FORTNIGHT: 14}.get(every)
    left, previous = total, today
    for number, rate in enumerate(first.rates):
        asked = (
            start + timedelta(step * number) if step else months_after(start, every.months * number)
        )
        assert rate.amount == min(amount, left)
        assert rate.due_on == next_bank_day(max(asked, previous + timedelta(1)))
        left, previous = left - rate.amount, rate.due_on
    assert left == NOTHING


@patient
@given(
    st.dictionaries(st.integers(1, 4000), st.integers(1, 10**6), min_size=1, max_size=12), TODAYS
)
def test_A12_any_sums_on_any_days_are_proposed_exactly(sums_by_day, today):
    parts = tuple((today + timedelta(day), Money(oere)) for day, oere in sums_by_day.items())
    total = sum((amount for _, amount in parts), NOTHING)
    owed = [Owed("A", "dagtilbud", total, today)]
    first = negotiate(owed, Wish(parts=parts), ANYTHING_GOES, LAW, today).proposals[0]
    assert first.why is Why.OWN
    assert [rate.amount for rate in first.rates] == [amount for _, amount in sorted(parts)]
    wanted = [next_bank_day(day) for day, _ in sorted(parts)]
    dates = [rate.due_on for rate in first.rates]
    assert all(day >= asked for day, asked in zip(dates, wanted, strict=True))
    if len(set(wanted)) == len(wanted):
        assert dates == wanted


@patient
@given(SUMS, st.integers(1, 600), TODAYS)
def test_a_count_is_kept_and_the_instalments_are_like(total, count, today):
    assume(total.oere >= count)
    owed = [Owed("A", "dagtilbud", total, today)]
    first = negotiate(owed, Wish(count=count), ANYTHING_GOES, LAW, today).proposals[0]
    assert (first.why, len(first.rates)) == (Why.OWN, count)
    amounts = [rate.amount for rate in first.rates]
    assert amounts[-1] == min(amounts)
    assert max(amounts).oere <= total.oere // count + 1


@patient
@given(SUMS, st.fractions(Fraction(1, 1000), Fraction(999, 1000)), TODAYS)
def test_a_share_now_and_the_rest_later_is_proposed_exactly(total, share, today):
    assume(int(total.oere * share) >= 1)
    later = today + timedelta(40)
    wish = Wish(first_share=share, first_on=today, days=(later,))
    owed = [Owed("A", "dagtilbud", total, today)]
    first = negotiate(owed, wish, ANYTHING_GOES, LAW, today).proposals[0]
    assert first.rates[0].amount == Money(int(total.oere * share))
    assert [rate.due_on for rate in first.rates] == [
        next_bank_day(today + timedelta(1)),
        next_bank_day(later),
    ]


@patient
@given(st.integers(1, 2000).map(Money.kroner), TODAYS)
def test_A13_one_krone_at_a_time_is_accepted_by_the_rules(total, today):
    wish = Wish(amount=Money.kroner(1))
    owed = [Owed("A", "dagtilbud", total, today)]
    first = negotiate(owed, wish, ANYTHING_GOES, LAW, today).proposals[0]
    assert first.why is Why.OWN
    assert {rate.amount for rate in first.rates} == {Money.kroner(1)}


# ------------------------------------------------------------------------ anything at all
NUMBERS = st.integers(-(10**30), 10**30)
ANY_DAY = st.dates()
ANY_WISH = st.builds(
    Wish,
    amount=st.none() | NUMBERS.map(Money),
    rhythm=st.none()
    | st.builds(Rhythm, st.sampled_from(Every), st.none() | st.integers(-40, 40), st.booleans()),
    first_on=st.none() | ANY_DAY,
    first_amount=st.none() | NUMBERS.map(Money),
    first_share=st.none() | st.fractions(),
    count=st.none() | NUMBERS,
    days=st.lists(ANY_DAY, max_size=3).map(tuple),
    parts=st.lists(st.tuples(ANY_DAY, NUMBERS.map(Money)), max_size=3).map(tuple),
    whole=st.booleans(),
    payday=st.booleans(),
)


@pytest.mark.parametrize("policy", [ALBERTSLUND, COPENHAGEN], ids=["albertslund", "copenhagen"])
@patient
@given(wish=ANY_WISH, oere=NUMBERS, today=TODAYS)
def test_nothing_that_can_be_said_is_a_fault(policy, wish, oere, today):
    found = negotiate([Owed("A", "dagtilbud", Money(oere), today)], wish, policy, LAW, today)
    answers = [found.proposals, found.refused, found.missing]
    assert any(answers)
    assert not (found.missing and found.proposals)
