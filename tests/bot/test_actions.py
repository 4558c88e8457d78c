"""What each action says and does, asked over HTTP as Rasa asks."""

import inspect
from datetime import date

import httpx
import pytest
import yaml
from sqlalchemy import func, select

from bot.actions.answers import WANTED
from bot.actions.responding import HANDLERS
from bot.actions.server import make_executor
from data.models.citizens import Citizen, ContactPoint, Language, OptOut
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting, Conversation, Message, MessageStatus, Owner
from data.models.handoffs import Handoff
from data.values.ids import DebtorKind
from data.values.money import Money
from outreach.dispatch import drain
from tests import make
from tests.bot.conftest import PROOF
from tests.bot.rasa_stand_in import action_call
from tests.house.sources import ROOT

# The door.


async def test_rasa_knows_exactly_the_actions_there_are():
    named = yaml.safe_load((ROOT / "dialogues/domain/actions.yml").read_text(encoding="utf-8"))
    assert set(named["actions"]) == {*HANDLERS, "action_session_start"}


async def test_every_intent_that_waits_for_a_proof_has_its_answer(runtime):
    asked_for = {
        inspect.getclosurevars(handler).nonlocals["wanted"]
        for handler in [*HANDLERS.values(), *WANTED.values()]
        if "wanted" in inspect.getclosurevars(handler).nonlocals
    }
    assert {"how_much", "propose_amount", "ask_respite", "accept"} <= asked_for <= WANTED.keys()
    assert make_executor(runtime) is not None


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic x", "Bearer ł"])
async def test_only_who_bears_the_token_may_ask(actions_url, token, the_one, runtime):
    headers = {} if token is None else {"Authorization": token.encode()}
    call = action_call("action_human", "x", None, "")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(actions_url, json=call, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"code": "bad_token"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "nothing"),
        (b"{", "half a message"),
        (b"[]", "a list"),
        (b"{}", "an empty one"),
        (b'{"next_action": "action_greeting"}', "no tracker"),
        (b'{"next_action": "action_x", "tracker": {"sender_id": "x"}, "domain": {}}', "no action"),
        (b'{"next_action": "action_human", "tracker": {"sender_id": "x"}, "domain": {}}', "no id"),
        (b'{"next_action": "action_session_start", "tracker": {}, "domain": {}}', "no sender"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
async def test_what_rasa_would_never_send_is_refused_without_a_traceback(
    actions_url, runtime, content, name
):
    token = runtime.settings.rasa_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(actions_url, content=content, headers=headers)
    assert answer.status_code in {400, 404}
    assert "Traceback" not in answer.text


async def test_rasa_gets_an_id_and_slots_and_nothing_else(write, rasa, claim):
    await write("Hvor meget skylder jeg?", "how_much")
    [answer] = rasa.from_actions
    assert [(event["event"], event["name"]) for event in answer["events"]] == [
        ("slot", "awaiting"),
        ("slot", "wanted"),
    ]
    assert [event["value"] for event in answer["events"]] == ["identity", "how_much"]
    [reply] = answer["responses"]
    assert set(reply["custom"]) == {"reply"}
    assert not reply.get("text")


async def test_at_the_start_of_a_session_the_slots_are_what_we_know(actions_url, runtime, mette):
    talk = await make.conversation(
        runtime, mette, language=Language.ENGLISH, awaiting=Awaiting.AMOUNT
    )
    token = runtime.settings.rasa_token.get_secret_value()
    call = action_call("action_session_start", str(talk.id), None, "")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            actions_url, json=call, headers={"Authorization": f"Bearer {token}"}
        )
    events = answer.json()["events"]
    assert events[0]["event"] == "session_started"
    assert {event["name"]: event["value"] for event in events if event["event"] == "slot"} == {
        "case_id": str(talk.id),
        "language": "en",
        "awaiting": "amount",
        "wanted": None,
    }
    assert events[-1]["name"] == "action_listen"


# Nothing of the case before the proof.

BEFORE_PROOF = ["greeting", "what_is_this", "how_much", "ask_plan", "propose_amount", "ask_respite"]
ALWAYS = ["is_this_scam", "consequences", "are_you_robot", "human", "thanks", "wrong_person"]


@pytest.mark.parametrize("action", [*BEFORE_PROOF, *ALWAYS, "accept", "decline", "already_paid"])
async def test_F16_below_level_two_no_sum_and_no_kind_of_claim_is_said(write, claim, action):
    said = await write("200 om måneden til den 1. december", action)
    assert not any(
        secret in said for secret in ("1.200", "1200", "Børnepasning", "A-1001", "Mette")
    )


@pytest.mark.parametrize("action", BEFORE_PROOF[1:])
async def test_what_needs_a_proof_asks_for_it_and_is_answered_after_it(
    write, claim, the_one, action
):
    asked = await write("200 om måneden", action)
    assert "fødselsdato" in asked
    place = await the_one(Conversation)
    assert (place.awaiting, place.wanted) == (Awaiting.IDENTITY, action)
    answered = await write(PROOF, "identify")
    assert answered.startswith("Tak, nu ved jeg, hvem du er.")
    if action in {"propose_amount", "ask_plan"}:  # the sum was said before the proof
        assert "i 6 rater" in answered
    assert (await the_one(Conversation)).identity_level == 2


async def test_a_greeting_asks_who_it_is_and_then_shows_the_bills(write, claim):
    assert "fødselsdato" in await write("ja", "greeting")
    said = await write(PROOF, "identify")
    assert "Børnepasning (sag A-1001): 1.200 kr." in said
    assert "fredag 20. november 2026" in said


async def test_after_three_wrong_answers_a_person_takes_over(write, claim, the_one):
    await write("Hej", "greeting")
    said = [await write("02-02-1980 A-1001", "identify") for _ in range(3)]
    assert "2 forsøg" in said[0]
    assert "1 forsøg" in said[1]
    assert "medarbejder" in said[2]
    assert (await the_one(Handoff)).reason == "identity_failed"
    assert (await the_one(Conversation)).owner is Owner.NOBODY


async def test_who_cannot_give_what_is_asked_for_gets_a_person(write, claim, the_one):
    await write("Hej", "greeting")
    for _ in range(3):
        await write("det ved jeg ikke", "identify")
    assert (await the_one(Handoff)).reason == "identity_failed"


async def test_a_proof_of_a_frozen_citizen_leads_to_a_person_and_tells_nothing(
    write, claim, runtime, the_one, clock
):
    await write("Hej", "greeting", sender="+4520888888")
    async with runtime.transaction() as session:
        mette = (await session.scalars(select(Citizen))).one()
        mette.frozen_at, mette.frozen_because = clock.now(), "hard_illness"
    said = await write(PROOF, "identify", sender="+4520888888")
    assert "1.200" not in said
    assert (await the_one(Handoff)).reason == "frozen"


# What is owed.


async def test_F13_F19_all_bills_are_shown_together_with_two_ways_forward(
    write, runtime, mette, claim
):
    await make.claim(runtime, mette, claim_ref="A-2", claim_type="vand", principal=Money(30050))
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert "2 regninger" in said
    assert "Vand (sag A-2): 300,50 kr." in said
    assert "I alt: 1.500,50 kr." in said
    assert "200 om måneden" in said
    assert "mere tid" in said


async def test_in_english_too(write, claim, the_one):
    await write("How much do I owe you?", "how_much")
    said = await write(f"{PROOF}", "identify")
    assert "Childcare" in said
    assert "1,200" in said


async def test_a_sensitive_kind_is_named_by_its_number_only(write, runtime, mette):
    await make.claim(runtime, mette, claim_type="tandpleje")
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert "Tandpleje" not in said
    assert "Sag A-1001" in said


@pytest.mark.parametrize("claim_type", ["krisecenter", "husvild", "husleje"])
async def test_of_some_claims_only_a_person_talks(write, runtime, mette, claim_type, the_one):
    await make.claim(runtime, mette, claim_type=claim_type)
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert "1.200" not in said
    assert (await the_one(Handoff)).reason == "sensitive_claim"


@pytest.mark.parametrize(
    "given",
    [{"paid": Money(120000)}, {"state": ClaimState.PAID}, {"due_date": date(2026, 12, 1)}],
)
async def test_where_nothing_is_owed_that_is_said(write, runtime, mette, given):
    await make.claim(runtime, mette, **given)
    await write("Hvor meget skylder jeg?", "how_much")
    assert "mangler at betale noget" in await write(PROOF, "identify")


# Objections, payments, wrong numbers, people.


async def test_a_dispute_stops_the_chase_and_reaches_a_person(write, claim, the_one):
    said = await write("Det passer ikke, barnet er stoppet", "dispute_claim")
    assert "gør ikke mere i sagen" in said
    assert "rykker" not in said  # nobody has proven who they are yet
    assert "25. november 2026 kl. 15.00" in said
    assert (await the_one(Claim)).state is ClaimState.DISPUTED
    assert (await the_one(Handoff)).reason == "dispute"


async def test_paid_already_pauses_the_chase_for_five_bank_days(write, claim, the_one):
    said = await write("Jeg har betalt", "already_paid")
    paused = await the_one(Claim)
    assert (paused.paused_until, paused.paused_because) == (date(2026, 12, 1), "said_paid")
    assert "1. december 2026" in said


async def test_a_longer_pause_is_not_made_shorter(write, runtime, mette, the_one):
    later = date(2026, 12, 24)
    await make.claim(runtime, mette, paused_until=later, paused_because="payment_unreadable")
    await write("Jeg har betalt", "already_paid")
    assert (await the_one(Claim)).paused_until == later


async def test_paid_already_from_an_unknown_number_reaches_a_person(write, claim, the_one):
    await write("Jeg har betalt", "already_paid", sender="+4520888888")
    assert (await the_one(Handoff)).reason == "unknown_number"
    assert (await the_one(Claim)).paused_until is None


async def test_a_wrong_person_is_never_written_to_again_and_told_nothing(
    write, claim, the_one, runtime
):
    said = await write("Jeg kender ikke nogen Mette", "wrong_person")
    assert said.count("Undskyld") == 1
    assert (await the_one(ContactPoint)).distrusted_because == "wrong_person"
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("wrong_person", 2)
    assert (await the_one(Conversation)).identity_level == 0


async def test_the_apology_to_a_wrong_person_leaves(write, claim, talking, sms):
    await write("Jeg kender ikke nogen Mette", "wrong_person")
    await drain(talking, ["albertslund"])
    assert len(sms.bodies) == 1


async def test_what_may_mean_stop_is_asked_about_and_silences_nobody(write, claim, runtime):
    said = await write("send mig hellere en mail", "stop")
    assert "STOP" in said
    assert "MENNESKE" in said
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(OptOut)) == 0


async def test_whoever_asks_gets_a_person_and_is_told_by_when(write, claim, the_one):
    said = await write("Jeg vil tale med et menneske", "human")
    assert "25. november 2026 kl. 15.00" in said
    assert "43 68 68 68" in said
    assert (await the_one(Handoff)).reason == "asked_human"


async def test_the_third_misunderstanding_in_a_row_reaches_a_person(write, claim, the_one, runtime):
    for _ in range(2):
        await write("blub", "not_understood")
    await write("tak", "thanks")  # understood: counted anew
    for _ in range(2):
        await write("blub", "not_understood")
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Handoff)) == 0
    await write("blub", "not_understood")
    assert (await the_one(Handoff)).reason == "not_understood"


async def test_it_says_honestly_that_it_is_no_human(write, claim):
    said = await write("Er du en robot?", "are_you_robot")
    assert "ikke et menneske" in said


async def test_A31_consequences_are_the_same_for_all(write, claim, runtime):
    first = await write("Hvad sker der, hvis jeg ikke betaler?", "consequences")
    await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051", name="Jens Dahl")
    other = await write("Hvad sker der?", "consequences", sender="+4520304051")
    assert first == other


@pytest.mark.parametrize("action", ["is_this_scam", "consequences", "are_you_robot", "thanks"])
async def test_a_question_in_between_does_not_lose_the_thread(write, claim, the_one, action):
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write("Hvad nu?", action)
    assert "fødselsdato" in said
    place = await the_one(Conversation)
    assert (place.awaiting, place.wanted) == (Awaiting.IDENTITY, "how_much")
    assert "1.200" in await write(PROOF, "identify")


async def test_a_question_in_between_leaves_the_offer_on_the_table(write, prove):
    await write("500 om måneden", "propose_amount")
    assert "JA eller NEJ" in await write("Er det svindel?", "is_this_scam")
    assert "Aftalen er lavet" in await write("ja", "accept")


async def test_A2_F1_a_business_is_asked_about_itself(write, runtime):
    bakery = await make.citizen(
        runtime,
        debtor_id="66137112",
        debtor_kind=DebtorKind.BUSINESS,
        name="Bageriet ApS",
        phone="+4543000000",
    )
    await make.claim(runtime, bakery, claim_ref="E-5005", claim_type="erhvervsaffald")
    await write("Hvad er det her?", "what_is_this", sender="+4543000000")
    said = await write("CVR 66137112 sag E-5005", "identify", sender="+4543000000")
    assert "Erhvervsaffald (sag E-5005): 1.200 kr." in said


async def test_no_draft_is_left_behind(write, prove, runtime):
    await write("500 om måneden", "propose_amount")
    async with runtime.transaction() as session:
        left = await session.scalars(select(Message).where(Message.status == MessageStatus.DRAFT))
        assert list(left) == []
