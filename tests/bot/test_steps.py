"""What happens next, day by day, and who has the claim now."""

from datetime import date

import pytest

from data.models.claims import Claim, ClaimState
from data.values.money import Money
from data.values.recipients import Recipient
from tests import make_cases
from tests.bot.own_case import owes, owes_too, told

#: A26: inability alone is no ground, and that is said.
WEIGHED = (
    "- Tidligst torsdag 28. januar: En medarbejder vurderer, om kravet går videre til"
    " Gældsstyrelsen. Det sker ikke, fordi man ikke har råd."
)
ASKED = "hva sker der hvis jeg ikke betaler"


# In general.


async def test_A30_A33_in_general_albertslunds_steps_and_that_it_is_general(write, runtime):
    await owes(runtime)
    said = await write(ASKED, "consequences")
    assert "sender vi op til 2 rykkere. Den første rykker koster ikke gebyr." in said
    assert "en medarbejder vurderer den" in said
    assert "Det er generel information." in said


async def test_in_general_faxes_steps_are_faxes(write, runtime):
    await owes(runtime, "faxe")
    said = await write(ASKED, "consequences", to="faxe")
    assert "sender vi en rykker. Vores rykkere koster ikke gebyr." in said
    assert "kan sagen gå videre. Det står i rykkeren." in said
    assert "vurderer" not in said


# The citizen's own steps, computed by the ladder.


async def test_A20_A24_A26_albertslunds_steps_are_listed_with_their_days(write, runtime):
    await owes(runtime)
    _, said = await told(write, ASKED, "consequences")
    assert [line for line in said.splitlines() if line.startswith("- ")] == [
        "- tirsdag 1. december: 1. rykker, uden gebyr.",
        "- mandag 14. december: 2. rykker, gebyr 250 kr.",
        "- mandag 4. januar: et brev om, at kravet kan gå videre.",
        WEIGHED,
    ]
    assert "Betaler du, eller laver vi en aftale, sker det ikke." in said


async def test_F21_faxes_steps_are_listed_with_their_days(write, runtime):
    await owes(runtime, "faxe")
    _, said = await told(write, ASKED, "consequences", to="faxe")
    assert [line for line in said.splitlines() if line.startswith("- ")] == [
        "- fredag 27. november: 1. rykker, uden gebyr. Den siger også, at kravet kan gå videre.",
        "- mandag 21. december: Kravet kan gå videre til Gældsstyrelsen.",
    ]


async def test_F20_repaid_benefits_go_on_only_after_a_broken_agreement(write, runtime):
    await owes(runtime, "faxe", claim_type="kontanthjaelp")
    _, said = await told(write, ASKED, "consequences", to="faxe")
    assert "Kravet går kun videre, hvis en aftale er lavet og ikke holdt." in said


async def test_F22_F23_F24_preferential_claims_have_two_reminders_and_a_person(write, runtime):
    await owes(runtime, "faxe", claim_type="rottegebyr")
    _, said = await told(write, ASKED, "consequences", to="faxe")
    assert "1. rykker" in said
    assert "2. rykker" in said
    assert "En medarbejder vurderer, om der kommer et varsel om tvangsauktion." in said


async def test_in_english_too(write, runtime):
    await owes(runtime)
    _, said = await told(write, "What happens if I don't pay this?", "consequences")
    assert "- Tuesday 1 December: reminder no. 1, no fee." in said
    assert "- Monday 14 December: reminder no. 2, fee 250 kr." in said
    assert "This is general information" in said


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("hvad sker der, og hvor står det?", "(gebyrloven § 2, Opkrævningspolitik)"),
        ("hvilken lov bruger i hvis jeg ikke betaler", "(gældsinddrivelsesloven § 2, stk. 4"),
    ],
)
async def test_each_step_tells_its_law_when_asked(write, runtime, text, law):
    await owes(runtime)
    _, plain = await told(write, ASKED, "consequences")
    assert law not in plain
    assert "Skriv hvilken lov" in plain
    said = await write(text, "consequences")
    assert law in said
    assert "Skriv hvilken lov" not in said


@pytest.mark.parametrize("words", ["hvor står det?", "hvilken lov?", "kilde"])
async def test_the_law_alone_is_asked_of_what_was_answered_last(write, runtime, words):
    await owes(runtime)
    await told(write, ASKED, "consequences")
    said = await write(words, "not_understood")
    assert "mandag 14. december: 2. rykker, gebyr 250 kr. (gebyrloven § 2" in said


async def test_the_law_alone_is_told_before_any_proof_too(write, runtime):
    await owes(runtime)
    await write(ASKED, "consequences")
    said = await write("hvor står det?", "access_data")
    assert "gældsinddrivelsesloven § 2" in said
    assert "Opkrævningspolitik" in said


async def test_the_law_of_nothing_is_not_told(write, runtime):
    await owes(runtime)
    assert "gældsinddrivelsesloven" not in await write("hvor står det?", "not_understood")


async def test_A31_of_the_state_it_says_the_same_to_all_and_nothing_of_this_person(write, runtime):
    await owes(runtime)
    _, said = await told(write, ASKED, "consequences")
    assert "Det er generel information, ens for alle." in said
    assert "din løn" not in said


async def test_two_bills_on_the_same_steps_are_told_once(write, runtime):
    owed = await owes(runtime)
    await owes_too(runtime, owed, claim_ref="A-2")
    _, said = await told(write, ASKED, "consequences")
    assert "Børnepasning (sag A-1001), Børnepasning (sag A-2):" in said
    assert said.count("2. rykker") == 1


# As the claim stands now.


async def test_A11_a_plan_that_is_kept_keeps_all_steps_away(write, runtime):
    await owes(runtime)
    await told(write, "hvor meget", "how_much")
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    said = await write(ASKED, "consequences")
    assert "Holder du den, kommer der ingen af de her skridt." in said
    assert "stopper aftalen." in said
    assert said.index("stopper aftalen") < said.index("1. rykker")


async def test_a_respite_comes_first_and_the_days_count_from_its_end(write, runtime):
    await owes(runtime, "faxe", state=ClaimState.IN_RESPITE, respite_until=date(2026, 12, 15))
    _, said = await told(write, ASKED, "consequences", to="faxe")
    assert "- Du har tid til tirsdag 15. december. Vi rykker ikke før." in said
    assert "- tirsdag 22. december: 1. rykker" in said


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ClaimState.DISPUTED, "Din indsigelse bliver behandlet"),
        (ClaimState.SHELVED, "Sagen er sat i bero"),
        (ClaimState.HANDED_OVER, "Kravet er hos Gældsstyrelsen"),
    ],
)
async def test_A18_what_stands_still_has_no_next_step(write, runtime, state, words):
    await owes(runtime, state=state)
    _, said = await told(write, ASKED, "consequences")
    assert words in said
    assert "1. rykker" not in said


async def test_F3_without_proof_of_the_bill_nothing_comes(write, runtime):
    await owes(runtime, bill_sent_on=None)
    _, said = await told(write, ASKED, "consequences")
    assert "Vi rykker ikke, før regningen er sendt" in said
    assert "gebyr" not in said


async def test_steps_that_are_taken_are_not_told_again(write, runtime):
    owed = await owes(runtime)
    await make_cases.letter(runtime, owed, "reminder:1", pay_by=date(2026, 12, 8))
    _, said = await told(write, ASKED, "consequences")
    assert "1. rykker" not in said
    assert "- fredag 11. december: 2. rykker, gebyr 250 kr." in said


# Who has it.


async def test_in_general_whom_to_call_about_debt_with_the_state(write, runtime):
    await owes(runtime)
    general, said = await told(write, "er det sendt til skat", "state_collection")
    assert "70 15 73 04" in general
    assert "Vi skriver altid, før et krav kan gå dertil." in general
    assert "er her hos kommunen. Den er ikke sendt videre." in said
    assert "200 om måneden" in said


async def test_what_the_state_has_is_no_longer_ours_to_agree_on(write, runtime):
    await owes(runtime, state=ClaimState.HANDED_OVER)
    _, said = await told(write, "er det røget til inkasso", "state_collection")
    assert "Vi kan ikke lave en aftale om den her. Ring til dem på 70 15 73 04." in said
    assert "200 om måneden" not in said


async def test_F24_what_the_bailiff_has_is_asked_about_with_us(write, runtime):
    owed = await owes(runtime, "faxe", claim_type="rottegebyr")
    await make_cases.hand_over(runtime, owed, recipient=Recipient.BAILIFF)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, owed.id)).state = ClaimState.HANDED_OVER
    _, said = await told(write, "hvem har min sag", "state_collection", to="faxe")
    assert "er hos kommunens pantefoged" in said
    assert "Ring til os på 56 20 30 00." in said
    assert "kommunens pantefoged" in await write("hvor meget skylder jeg", "how_much", to="faxe")


async def test_what_is_on_the_list_can_still_be_stopped(write, runtime):
    owed = await owes(runtime, "faxe")
    await make_cases.hand_over(runtime, owed, ready_on=date(2026, 12, 1))
    _, said = await told(write, "has it gone to collection?", "state_collection", to="faxe")
    assert "It can go on to Gældsstyrelsen Tuesday 1 December at the earliest." in said
    assert "We can talk about what is here." in said


async def test_who_has_had_the_notice_is_told_so(write, runtime):
    owed = await owes(runtime, principal=Money(50000))
    await make_cases.letter(runtime, owed, "notice:1")
    _, said = await told(write, "er det sendt videre", "state_collection")
    assert "Du har fået brev om, at den kan gå videre" in said
