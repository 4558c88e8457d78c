"""How an agreement is paid: by its own numbers where there is a series, shown to who is proven."""

import asyncio
from dataclasses import replace

import pytest

from data.models.agreements import Agreement, PaymentSeries
from data.models.conversations import Conversation
from data.municipalities.policy import PayLines, Policies
from data.values.ids import MessageId, new_id
from data.values.money import Money
from data.values.pay_lines import PayLine, check_digit_holds
from outreach import agreements, conversations, pay_lines
from outreach.agreements import Refusal
from outreach.pay_lines import Enrolment
from outreach.rules.decision import Reason, Refused
from tests import make, make_agreements
from tests.make_agreements import SHOWN


@pytest.fixture
def with_series(runtime):
    """Albertslund with a series of payment ids of its own."""
    ours = runtime.policies["albertslund"]
    series = PayLines(creditor_no="81234567", series="71", source="the bank, made up")
    given = ours.model_copy(update={"pay_lines": series})
    return replace(runtime, policies=Policies([given, runtime.policies["faxe"]]))


@pytest.fixture
def agree(claims, talk):
    """Offer a plan and say yes to it, in a municipality with a series or without one."""

    async def conclude(runtime, place=talk, owed=claims):
        async with runtime.transaction() as session:
            held = await conversations.lock(session, place.id)
            terms = make_agreements.plan(owed)
            offered = await agreements.offer(session, runtime, held, terms)
            agreements.read_back(offered, SHOWN)
            return await agreements.accept(session, runtime, held, MessageId(new_id()))

    return conclude


@pytest.fixture
def lines(talk):
    async def look(runtime, what):
        async with runtime.transaction() as session:
            held = await session.get(Conversation, talk.id)
            return await pay_lines.pay_lines_of(session, runtime, held, what)

    return look


async def test_an_agreement_gets_a_number_and_each_instalment_its_own(with_series, agree, kept):
    await agree(with_series)
    [agreement], _ = await kept()
    numbers = [agreement.payment_id, *(rate.payment_id for rate in agreement.instalments)]
    assert [number[:14] for number in numbers[:2]] == ["71000000010000", "71000000010001"]
    assert len(set(numbers)) == 7
    assert all(check_digit_holds(number) for number in numbers)
    assert agreement.creditor_no == "81234567"


async def test_the_lines_are_shown_to_who_is_proven(with_series, agree, lines):
    done = await agree(with_series)
    whole, *each = await lines(with_series, done)
    assert (whole.amount, str(whole.line)) == (Money(120000), "+71<710000000100009 +81234567<")
    assert [one.instalment for one in each] == [1, 2, 3, 4, 5, 6]
    assert {one.amount for one in each} == {Money(20000)}


async def test_below_level_two_no_line_is_told(with_series, agree, lines, change, talk, claims):
    done = await agree(with_series)
    await change(talk, identity_level=1)
    for what in (done, claims[0]):
        assert await lines(with_series, what) == Refused(Reason.NOT_IDENTIFIED)


async def test_nobody_is_told_how_somebody_else_pays(runtime, lines):
    other = await make.citizen(runtime, debtor_id="0202801234", phone=None)
    bill = await make.claim(runtime, other, claim_ref="A-9")
    assert await lines(runtime, bill) == Refused(Reason.NOT_IDENTIFIED)


async def test_without_a_series_the_claims_own_lines_pay_it_in_their_order(
    runtime, agree, lines, change, claims
):
    await change(claims[1], payment_id="18", creditor_no="81234567")
    done = await agree(runtime)
    assert done.payment_id is None
    first, second = await lines(runtime, done)
    assert (first.claim_ref, first.line) == ("A-1", None)  # the bill has no number: see the bill
    assert (second.claim_ref, second.amount) == ("A-2", Money(40000))
    assert second.line == PayLine("000000000000018", "81234567")


async def test_a_line_with_a_slip_in_it_is_shown_to_nobody(runtime, lines, change, claims):
    await change(claims[0], payment_id="000000000000017", creditor_no="81234567")
    async with runtime.transaction() as session:
        bill = await session.get(type(claims[0]), claims[0].id)
    [payable] = await lines(runtime, bill)
    assert payable.line is None


async def test_two_that_agree_at_once_never_get_the_same_number(with_series, runtime, agree):
    places, bills = [], []
    for number in range(6):
        person = await make.citizen(runtime, debtor_id=f"020280123{number}", phone=None)
        now = runtime.clock.now()
        places.append(
            await make.conversation(
                runtime,
                person,
                address=f"+452200000{number}",
                identity_level=2,
                identity_at=now,
            )
        )
        bills.append([await make.claim(runtime, person, claim_ref=f"B-{number}")])
    done = await asyncio.gather(
        *(agree(with_series, place, owed) for place, owed in zip(places, bills, strict=True))
    )
    assert not any(isinstance(one, Refusal) for one in done)
    assert len({one.payment_id for one in done}) == 6


async def test_a_series_that_is_used_up_stops_nobody_from_agreeing(with_series, agree, runtime):
    async with runtime.transaction() as session:
        session.add(PaymentSeries(municipality="albertslund", last=10**8 - 1))
    done = await agree(with_series)
    assert isinstance(done, Agreement)
    assert done.payment_id is None


async def test_what_enrols_in_betalingsservice(runtime, claims, change):
    ours = runtime.policies["albertslund"]
    assert pay_lines.enrolment(ours, claims[0]) is None
    numbers = ours.betalingsservice.model_copy(
        update={"pbs_no": "01234567", "debtor_group": "00123"}
    )
    given = ours.model_copy(update={"betalingsservice": numbers})
    assert pay_lines.enrolment(given, claims[0]) == Enrolment("01234567", "00123")
    claims[0].betalingsservice = True
    assert pay_lines.enrolment(given, claims[0]) is None
