"""What the two councils promise a citizen in conversation, as Rasa asks for it."""

import re

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation
from data.models.handoffs import Handoff
from data.values.ids import DebtorKind
from data.values.money import Money
from outreach.texts import LANGUAGES, catalogue
from tests import make
from tests.bot.conftest import PROOF

BOTH_WAYS = ("200 om måneden", "den 1.")  # in parts, or later

OF_MONEY = re.compile(r"betal|skyld|gæld|krav|rykk|\bkr\b|pay|owe|debt|claim|remind", re.IGNORECASE)


async def test_A1_what_the_state_collects_is_redirected_and_never_negotiated(
    write, runtime, mette, the_one
):
    await make.claim(runtime, mette, state=ClaimState.HANDED_OVER)
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert "Kravet er hos Gældsstyrelsen. Ring til dem på 70 15 73 04." in said
    assert "200 om måneden" not in said
    for wish, action in (("200 om måneden", "propose_amount"), ("vent til jul", "ask_respite")):
        assert "ikke noget at lave en aftale om" in await write(wish, action)
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Agreement))).all() == []
    assert (await the_one(Claim)).state is ClaimState.HANDED_OVER


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("Jeg har ikke råd", "ask_plan"),
        ("Kan jeg få mere tid?", "ask_respite"),
        ("Jeg kan ikke betale det hele", "how_much"),
    ],
)
async def test_A4_F5_parts_and_respite_are_both_offered_at_the_first_word_of_trouble(
    write, prove, words, action
):
    said = await write(words, action)
    assert all(re.search(way, said) for way in BOTH_WAYS), said


async def test_A4_who_was_asked_for_a_day_may_answer_with_a_sum(write, prove, the_option):
    await write("Kan jeg få mere tid?", "ask_respite")
    assert "6 rater" in await write("200 om måneden", "respite_date")
    assert (await the_option()).kind is AgreementKind.PLAN


async def test_A14_the_citizen_is_asked_what_they_can_pay_and_the_answer_is_kept(
    write, prove, the_option
):
    assert "Hvad kan du betale" in await write("Det ser sort ud", "ask_plan")
    await write("jeg kan undvære 150 hver 14. dag", "propose_amount")
    kept = await the_option()
    assert "Hver 14. dag 150 kr." in kept.shown_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_A14_the_first_words_are_no_demand(language):
    known = catalogue(language).texts
    for key in ("first_contact", "first_contact_named", "introduction", "greeting"):
        assert not re.search(
            r"betal|skyld|gæld|krav|rykk|\bkr\b|pay|owe|debt|claim|remind",
            known[key],
            re.IGNORECASE,
        )


async def test_A15_nothing_is_agreed_without_a_yes(write, prove, the_one, the_option):
    await write("200 om måneden", "propose_amount")
    assert (await the_option()).state is AgreementState.OFFERED
    await write("hmm", "not_understood")
    assert (await the_one(Claim)).state is ClaimState.OPEN
    await write("nej", "decline")
    assert (await the_option()).state is AgreementState.DECLINED
    assert (await the_one(Claim)).state is ClaimState.OPEN


async def test_A17_F5_more_time_than_the_assistant_may_give_is_asked_of_a_person(
    write, prove, the_one
):
    await write("Jeg er syg, kan det vente til sommer?", "ask_respite")
    await write("1. juli 2027", "respite_date")
    assert (await the_one(Handoff)).reason == "respite_beyond_mandate"
    assert (await the_one(Claim)).state is ClaimState.OPEN


async def test_F2_an_objection_goes_to_who_owns_the_claim(write, runtime, mette, the_one):
    await make.claim(runtime, mette, owning_unit="Børnehuset Troldhøj")
    await write("Hej", "greeting")
    assert "Børnehuset Troldhøj" in await write(PROOF, "identify")
    said = await write("Det passer ikke, hun stoppede i maj", "dispute_claim")
    assert "Jeg giver det videre til Børnehuset Troldhøj" in said
    assert (await the_one(Claim)).state is ClaimState.DISPUTED


async def test_F2_without_an_owner_in_the_ledger_the_collections_office_answers(write, prove):
    assert "videre til Opkrævningen" in await write("Det er forkert", "dispute_claim")


async def test_F13_each_way_forward_is_shown_with_what_follows_from_it(write, prove):
    plan = await write("200 om måneden", "propose_amount")
    for consequence in ("rykker vi ikke", "renter", "stopper aftalen", "anerkender du"):
        assert consequence in plan
    respite = await write("må jeg vente til den 15. december?", "ask_respite")
    for consequence in ("rykker ikke før", "renter", "anerkender du", "2 rater"):
        assert consequence in respite


async def test_F14_from_the_first_word_a_person_can_be_reached_and_the_claim_disputed(write, claim):
    assert "Skriv MENNESKE" in await write("Hej", "greeting")
    assert "Er du uenig, så skriv det" in await write(PROOF, "identify")


async def test_F16_the_citizen_hears_what_the_claim_is_once_they_have_proven_who_they_are(
    write, claim, the_one
):
    assert "1.200" not in await write("Hvad er det for en regning?", "what_is_this")
    said = await write(PROOF, "identify")
    assert "Børnepasning (sag A-1001): 1.200 kr. Fristen var fredag 20. november 2026." in said
    assert (await the_one(Conversation)).identity_level == 2


async def test_A2_F1_a_business_agrees_as_a_citizen_does(write, runtime, the_one):
    bakery = await make.citizen(
        runtime,
        debtor_id="66137112",
        debtor_kind=DebtorKind.BUSINESS,
        name="Bageriet ApS",
        phone="+4543000000",
    )
    await make.claim(
        runtime, bakery, claim_ref="E-5005", claim_type="erhvervsaffald", principal=Money(300000)
    )
    await write("Kan vi dele den op?", "ask_plan", sender="+4543000000")
    await write("CVR 66137112 sag E-5005", "identify", sender="+4543000000")
    await write("1000 om måneden", "propose_amount", sender="+4543000000")
    assert "3 rater" in await write("ja", "accept", sender="+4543000000")
    assert (await the_one(Claim)).state is ClaimState.IN_PLAN


@pytest.mark.parametrize("language", LANGUAGES)
def test_A30_the_consequences_name_the_state_and_what_it_may_do(language):
    said = catalogue(language).texts["consequences"]
    means = {"da": ("trække i løn", "modregne", "udlæg"), "en": ("wages", "offset", "seize")}
    assert "Gældsstyrelsen" in said
    assert all(one in said for one in means[language])
