"""Several questions in one message: answered in one reply, and what needs a proof after it."""

from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting, Conversation, Owner
from data.models.handoffs import Handoff
from tests.bot.conftest import PROOF

BOTH = "Hvor meget skylder jeg, og hvad sker der, hvis jeg ikke betaler?"


async def test_before_the_proof_the_general_part_is_answered_and_who_it_is_asked(write, claim):
    said = await write(BOTH, "how_much", also=["consequences"])
    assert "Gældsstyrelsen" in said
    assert said.count("fødselsdato") == 1
    assert said.index("Gældsstyrelsen") < said.index("fødselsdato")
    assert "1.200" not in said


async def test_after_the_proof_both_are_answered_with_the_citizens_own_days(write, claim):
    first = await write(BOTH, "how_much", also=["consequences"])
    said = await write(PROOF, "identify")
    assert "Børnepasning (sag A-1001): 1.200 kr." in said
    own = [part for part in said.split("\n\n") if part not in first]
    assert any("decem" in part or "2026" in part for part in own)


async def test_a_general_answer_is_not_given_twice(write, claim):
    await write("Hvor meget er det, og er du en robot?", "how_much", also=["are_you_robot"])
    said = await write(PROOF, "identify")
    assert "1.200" in said
    assert "digital assistent (AI)" not in said


async def test_who_is_known_gets_both_at_once_and_is_reminded_once(write, prove):
    await write("200 om måneden", "propose_amount")
    said = await write("løber der renter, og er det svindel?", "interest_question",
                       also=["is_this_scam"])  # fmt: skip
    assert "rente" in said
    assert "links" in said
    assert said.count("JA eller NEJ") == 1
    assert said.rstrip().endswith("når du er klar.")


async def test_the_same_answer_to_two_questions_is_said_once(write, prove):
    said = await write("hvad er det og hvor meget?", "what_is_this", also=["how_much"])
    assert said.count("sag A-1001") == 1


async def test_what_is_to_be_done_comes_after_what_was_asked(write, prove, the_one):
    said = await write("er du en robot? jeg kan betale 200 om måneden", "are_you_robot",
                       also=["propose_amount"])  # fmt: skip
    assert said.index("(AI)") < said.index("i 6 rater")
    assert (await the_one(Conversation)).awaiting is Awaiting.OFFER
    assert "Aftalen er lavet" in await write("ja", "accept")


async def test_a_proposal_with_a_question_in_it_answers_the_question_too(write, prove, the_one):
    said = await write("200 om måneden, er I et menneske?", "propose_amount",
                       also=["are_you_robot"])  # fmt: skip
    assert said.index("(AI)") < said.index("i 6 rater")
    assert (await the_one(Conversation)).awaiting is Awaiting.OFFER


async def test_of_two_things_to_do_only_one_is_done(write, prove, the_one):
    await write("det er forkert, men jeg kan betale 200 om måneden", "dispute_claim",
                also=["propose_amount"])  # fmt: skip
    assert (await the_one(Claim)).state is ClaimState.DISPUTED
    assert (await the_one(Conversation)).awaiting is Awaiting.NOTHING


async def test_who_asks_and_objects_is_answered_and_reaches_a_person(write, claim, the_one):
    said = await write("hvor meget er det? det passer ikke, er I robotter", "dispute_claim",
                       also=["how_much", "are_you_robot"])  # fmt: skip
    assert said.index("(AI)") < said.index("En medarbejder")
    assert "fødselsdato" not in said  # nobody waits for it: a person answers
    assert (await the_one(Conversation)).owner is Owner.NOBODY


async def test_beside_a_wish_for_a_person_nothing_else_is_said(write, prove, the_one):
    said = await write("hvad er renten? menneske tak", "interest_question", also=["human"])
    assert "rente" not in said
    assert (await the_one(Handoff)).reason == "asked_human"


async def test_the_wrong_person_hears_nothing_of_what_else_they_ask(write, claim):
    said = await write("hvad er det for noget, jeg er ikke Mette", "what_is_this",
                       also=["wrong_person"])  # fmt: skip
    assert "Undskyld" in said
    assert "fødselsdato" not in said


async def test_a_greeting_around_a_question_is_not_answered_apart(write, prove):
    said = await write("hej. er I robotter", "greeting", also=["are_you_robot"])
    assert "(AI)" in said
    assert "A-1001" not in said


async def test_at_most_three_questions_are_answered_at_once(write, prove):
    asked = ["is_this_scam", "are_you_robot", "autopay", "debt_relief"]
    said = await write("alt muligt", asked[0], also=asked[1:])
    assert "(AI)" in said
    assert "Betalingsservice" in said
    assert "eftergive" not in said
    assert "gældssanering" not in said


async def test_a_hard_case_beside_a_question_is_a_hard_case_alone(write, prove, the_one):
    said = await write("hvad er renten, jeg er træt", "hard_illness", also=["interest_question"])
    assert "rente" not in said
    assert (await the_one(Handoff)).reason == "hard_illness"


async def test_a_proof_that_comes_with_a_question_answers_both(write, claim):
    await write("Hvor meget er det?", "how_much")
    said = await write(f"{PROOF} og er du en robot?", "are_you_robot")
    assert "1.200" in said
    assert "(AI)" in said


async def test_a_proof_that_comes_with_a_proposal_leads_on_to_it(write, claim, the_one):
    await write("Hvor meget er det?", "how_much")
    said = await write(f"{PROOF}, jeg kan betale 200 om måneden", "propose_amount")
    assert "1.200" in said
    assert "i 6 rater" in said
    assert (await the_one(Conversation)).awaiting is Awaiting.OFFER
