"""Money to come pays what is owed (transport, A16): on the list, signed, and looked at again."""

from datetime import date, timedelta

import pytest

from data.models.agreements import AgreementChannel, AgreementKind, AgreementState
from data.models.cases import Task
from data.models.claims import ClaimState
from data.values.money import Money
from data.values.time import at_local
from outreach import agreements, assignments
from outreach import claims as claim_acts
from outreach.errors import NotFoundError
from outreach.rules.decision import Reason
from tests import make

APRIL = date(2027, 4, 15)


@pytest.fixture
def propose(runtime, anna, mette, claims):
    async def put(benefit="overskydende_skat", *, staff=anna, reason="Skat i april.", **given):
        async with runtime.transaction() as session:
            return await assignments.propose(
                session,
                runtime,
                staff,
                mette.id,
                claims,
                benefit=benefit,
                expected_by=APRIL,
                reason=reason,
                **given,
            )

    return put


@pytest.fixture
def sign(runtime, anna):
    async def put_under(made, *, staff=anna, channel=AgreementChannel.WEB, level=3, text=None):
        async with runtime.transaction() as session:
            return await assignments.sign(
                session,
                runtime,
                staff,
                made.id,
                channel=channel,
                identity_level=level,
                shown_text=text,
            )

    return put_under


@pytest.fixture
def review(runtime):
    async def look():
        async with runtime.transaction() as session:
            await claim_acts.end_respites(session, runtime, "albertslund")
            return await assignments.review(session, runtime, "albertslund")

    return look


async def test_A16_a_caseworker_signs_and_the_claims_are_not_chased(propose, sign, kept):
    made = await propose()
    assert (made.kind, made.state) == (AgreementKind.ASSIGNMENT, AgreementState.OFFERED)
    assert "overskydende skat" in made.shown_text
    assert "Når du siger ja, anerkender du gælden." in made.shown_text
    await sign(made)
    [agreement], owed = await kept()
    assert (agreement.state, agreement.benefit) == (AgreementState.ACCEPTED, "overskydende_skat")
    assert (agreement.total, agreement.identity_level) == (Money(120000), 3)
    assert {(claim.state, claim.respite_until) for claim in owed} == {
        (ClaimState.IN_RESPITE, APRIL)
    }


@pytest.mark.parametrize(
    ("benefit", "why"),
    [
        ("boerne_og_ungeydelse", Reason.FORBIDDEN_BY_LAW),
        ("feriepenge", Reason.NOT_IN_POLICY),
    ],
)
async def test_A16_only_what_policy_names_and_law_allows(propose, kept, benefit, why):
    with pytest.raises(agreements.NotAllowedError) as refused:
        await propose(benefit)
    assert refused.value.refused.reason is why
    assert (await kept())[0] == []


async def test_A16_it_takes_mitid_or_identification_in_person(propose, sign, kept):
    made = await propose()
    with pytest.raises(agreements.NotProvenError):
        await sign(made, channel=AgreementChannel.VOICE, level=2)
    await sign(made, channel=AgreementChannel.COUNTER, level=2)
    assert (await kept())[0][0].channel is AgreementChannel.COUNTER


async def test_only_a_caseworker_of_the_municipality_and_only_once(propose, sign, frida):
    with pytest.raises(NotFoundError):
        await propose(staff=frida)
    made = await propose()
    with pytest.raises(NotFoundError):
        await sign(made, staff=frida)
    with pytest.raises(agreements.AcknowledgementMissingError):
        await sign(made, text="Overskydende skat går til kommunen.")
    await sign(made)
    with pytest.raises(agreements.NotRunningError):
        await sign(made)


async def test_what_can_be_assigned_here_is_listed(runtime):
    assert assignments.benefits(runtime, "albertslund") == [
        "boligstoette_efterregulering",
        "overskydende_skat",
    ]
    assert assignments.benefits(runtime, "faxe") == []


async def test_a_claim_that_was_paid_before_the_signing_stops_it(propose, sign, change, claims):
    made = await propose()
    await change(claims[0], paid=Money(80000), state=ClaimState.PAID)
    with pytest.raises(agreements.StandsAgainstError):
        await sign(made)


async def test_it_ends_when_its_claims_are_paid(propose, sign, change, claims, review, kept):
    await sign(await propose())
    for claim in claims:
        await change(claim, paid=Money(80000), state=ClaimState.PAID, respite_until=None)
    assert await review() == 1
    assert await review() == 0
    [agreement], _ = await kept()
    assert (agreement.state, agreement.ended_because) == (AgreementState.ENDED, "paid")


async def test_where_the_money_has_not_come_a_person_is_asked_once(
    propose, sign, review, kept, the_one, clock
):
    await sign(await propose())
    clock.instant = at_local(APRIL, 10)
    assert await review() == 0  # the day itself is in time
    clock.travel(timedelta(days=1))
    assert await review() == 1
    [agreement], owed = await kept()
    assert (agreement.state, agreement.ended_because) == (AgreementState.ENDED, "over")
    assert {claim.state for claim in owed} == {ClaimState.OPEN}
    assert (await the_one(Task)).kind == "assignment_look_again"
    assert await review() == 0


async def test_a_caseworker_ends_it_and_the_claims_are_open_again(
    propose, sign, runtime, anna, kept
):
    made = await sign(await propose())
    async with runtime.transaction() as session:
        await agreements.end_by_staff(session, runtime, anna, made.id, reason="Hun trak det.")
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.ENDED
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_somebody_elses_bill_is_not_paid_with_it(propose, runtime, anna, mette, kept):
    other = await make.citizen(runtime, debtor_id="0202801234", phone=None, name="Ib Lund")
    bill = await make.claim(runtime, other, claim_ref="A-9")
    async with runtime.transaction() as session:
        with pytest.raises(NotFoundError):
            await assignments.propose(
                session,
                runtime,
                anna,
                mette.id,
                [bill],
                benefit="overskydende_skat",
                expected_by=APRIL,
                reason="Skat.",
            )
