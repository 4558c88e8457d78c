"""Money that is on its way: it may be waited for, and some of it may be assigned."""

from datetime import date

import pytest

from data.models.agreements import AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting, Conversation
from data.models.handoffs import Handoff
from tests.bot.own_case import owes, told

# Waiting for money.


async def test_F5_payment_waits_until_the_money_comes(write, runtime, the_one, the_option):
    await owes(runtime)
    asked, said = await told(write, "får først løn fredag", "waiting_for_money")
    assert "fødselsdato" in asked
    assert "Du venter med at betale 1.200 kr. til fredag 27. november 2026." in said
    assert (await the_option()).kind is AgreementKind.RESPITE
    await write("ja", "accept")
    assert (await the_option()).state is AgreementState.ACCEPTED
    owed = await the_one(Claim)
    assert (owed.state, owed.respite_until) == (ClaimState.IN_RESPITE, date(2026, 11, 27))


async def test_without_a_day_it_is_asked_when_the_money_comes(write, runtime, the_one):
    await owes(runtime)
    _, said = await told(write, "boligstøtten er forsinket", "waiting_for_money")
    assert "Hvilken dag regner du med at få pengene?" in said
    assert "200 om måneden" in said
    assert (await the_one(Conversation)).awaiting is Awaiting.RESPITE_DATE
    assert "til tirsdag 15. december 2026" in await write("den 15.", "respite_date")


@pytest.mark.parametrize(("municipality", "is_ours"), [("albertslund", True), ("faxe", False)])
async def test_how_long_may_be_waited_without_a_person_differs(
    write, runtime, the_all, municipality, is_ours
):
    await owes(runtime, municipality)
    _, said = await told(write, "pengene kommer 10. januar", "waiting_for_money", to=municipality)
    assert ("Du venter med at betale" in said) == is_ours
    assert [one.reason for one in await the_all(Handoff)] == (
        [] if is_ours else ["respite_beyond_mandate"]
    )


# Set-off.


async def test_C01_the_child_benefit_is_only_for_childcare(write, runtime):
    await owes(runtime)
    general, said = await told(write, "tager i mine børnepenge", "offset_question")
    assert "kun bruges til gæld for dagtilbud, SFO og klub. Det er generel information." in general
    assert "Børnepasning (sag A-1001) er af den slags, men jeg kan ikke sige, om det sker." in said


async def test_C01_and_never_for_other_claims(write, runtime):
    await owes(runtime, claim_type="fjernvarme")
    _, said = await told(write, "will you take my child benefit?", "offset_question")
    assert "What you owe us is not of that kind." in said


async def test_its_law_is_told_when_asked(write, runtime):
    await owes(runtime)
    _, said = await told(write, "hvilken lov giver jer mine børnepenge", "offset_question")
    assert "børne- og ungeydelsesloven § 11" in said


# Assignment.


async def test_A16_albertslund_takes_some_money_to_come_and_a_person_signs(write, runtime, the_one):
    await owes(runtime)
    text = "kan i ikke bare tage det af min overskydende skat"
    general, said = await told(write, text, "assign_future_claim")
    assert "En medarbejder laver aftalen med dig, og du skriver under." in general
    assert "boligstøtte" in general
    assert "Tak for tilbuddet om overskydende skat." in said
    assert "25. november 2026 kl. 15.00" in said
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("assignment", 3)
    assert "overskydende skat" in handoff.summary


async def test_A16_without_a_kind_it_is_told_which_there_are(write, runtime, the_all):
    await owes(runtime)
    _, said = await told(write, "kan man lave transport", "assign_future_claim")
    assert "overskydende skat" in said
    assert await the_all(Handoff) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("træk det i min løn hos jer", "Penge, der kommer hver måned, kan ikke bruges"),
        (
            "tag det af mine børnepenge",
            "kan man ikke give videre (børne- og ungeydelseslov",
        ),
        ("tag det når jeg får feriepenge", "De penge kan vi ikke bruge på den måde."),
    ],
)
async def test_A16_what_may_not_be_assigned_is_said_with_another_way(
    write, runtime, the_all, text, words
):
    await owes(runtime)
    _, said = await told(write, text, "assign_future_claim")
    assert words in said
    assert "200 om måneden" in said
    assert "MENNESKE" in said
    assert await the_all(Handoff) == []


async def test_A16_faxe_takes_none_and_offers_two_other_ways(write, runtime, the_all):
    await owes(runtime, "faxe")
    text = "kan i ikke bare tage det af min overskydende skat"
    general, said = await told(write, text, "assign_future_claim", to="faxe")
    for one in (general, said):
        assert "Det kan vi desværre ikke bruge her." in one
        assert "200 om måneden" in one
        assert "den dag pengene kommer" in one
    assert await the_all(Handoff) == []
