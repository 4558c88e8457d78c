"""How we reach each other: language, paper, the channel, a company, the tone, and how it went."""

import itertools

import pytest

from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.citizens import ContactPoint, Language
from data.models.conversations import Awaiting, Conversation, Message, Owner
from data.models.handoffs import Handoff
from data.values.ids import DebtorKind
from data.values.time import ONE_DAY
from tests import make
from tests.bot.citizens_of_towns import LANGUAGES, SECRETS, TOWNS, Mette, fits_two_messages, rows
from tests.bot.conftest import PROOF

ASKED = {
    "language": ("hvilke sprog kan du", "which languages do you know"),
    "cannot_digital": ("jeg har ikke mitid", "I have no MitID"),
    "channel_preference": ("skriv på mail i stedet", "please email me instead"),
    "business": ("det er firmaet ik mig", "it is for my company"),
    "abuse": ("I er nogle idioter", "you are idiots"),
    "feedback": ("god service", "good service"),
    "is_this_scam": ("er det her svindel", "is this a scam"),
    "are_you_robot": ("er du en robot", "are you a robot"),
    "not_our_errand": ("hvornår åbner genbrugspladsen", "when does the recycling site open"),
    "human": ("menneske tak", "a person please"),
    "stop": ("må i ikke skrive så meget", "can you write less"),
    "thanks": ("tusind tak", "thank you so much"),
}


@pytest.fixture(params=itertools.product(TOWNS, LANGUAGES), ids="-".join)
def mette(request, runtime, write):
    return Mette(runtime, write, *request.param)


@pytest.fixture
def in_faxe(runtime, write):
    """Mette of Faxe, who writes Danish."""
    return Mette(runtime, write, "faxe", "da")


async def talk_of(mette):
    [talk] = await rows(mette.runtime, Conversation)
    return talk


async def acts_of(mette, act):
    return [entry for entry in await rows(mette.runtime, AuditEntry) if entry.act == act]


@pytest.mark.parametrize("intent", ASKED)
async def test_all_of_it_is_answered_without_a_word_of_the_case(mette, intent):
    await mette.moves_in()
    said = await mette.writes(*ASKED[intent], intent)
    assert not SECRETS.search(said)
    assert fits_two_messages(said)


@pytest.mark.parametrize("town", TOWNS)
async def test_english_is_spoken_from_the_moment_it_is_asked_for(runtime, write, town):
    mette = await Mette(runtime, write, town, "da").moves_in()
    await mette.writes("hej", "", "greeting")
    said = await mette.writes("kan vi skrive på engelsk", "", "language")
    assert "Then I write in English" in said
    assert (await talk_of(mette)).language is Language.ENGLISH
    assert "digital assistant" in await mette.writes("robot?", "", "are_you_robot")


async def test_a_short_danish_word_does_not_take_the_english_back(runtime, write):
    mette = await Mette(runtime, write, "albertslund", "da").moves_in()
    await mette.writes("hej", "", "greeting")
    await mette.writes("kan vi skrive på engelsk", "", "language")
    assert "You are welcome" in await mette.writes("ja tak", "", "thanks")
    said = await mette.writes("hvad er det for en regning jeg har fået", "", "is_this_scam")
    assert "Godt, du spørger" in said


async def test_danish_comes_back_when_it_is_asked_for(runtime, write):
    mette = await Mette(runtime, write, "albertslund", "en").moves_in()
    said = await mette.writes("", "back to danish please", "language")
    assert "Så skriver jeg på dansk" in said


@pytest.mark.parametrize("town", TOWNS)
async def test_who_needs_an_interpreter_is_written_to_by_a_person(runtime, write, town):
    mette = await Mette(runtime, write, town, "da").moves_in()
    said = await mette.writes("jeg har brug for en tolk", "", "language")
    assert "tolk" in said
    [handoff] = await rows(runtime, Handoff)
    assert (handoff.reason, handoff.severity) == ("language", 3)
    assert handoff.due_at.date().isoformat() == "2026-11-26"


@pytest.mark.parametrize(
    ("intent", "kind"), [("cannot_digital", "paper_wish"), ("channel_preference", "contact_wish")]
)
async def test_a_wish_is_passed_on_to_people_and_the_talk_goes_on(mette, intent, kind):
    await mette.moves_in()
    said = await mette.writes(*ASKED[intent], intent)
    assert "26. november" in said or "26 November" in said
    [task] = await rows(mette.runtime, Task)
    assert (task.kind, task.citizen_id) == (kind, mette.known["citizen"].id)
    assert task.facts["conversation"] == str((await talk_of(mette)).id)
    assert ASKED[intent][0] not in str(task.facts)
    assert (await talk_of(mette)).owner is Owner.ASSISTANT


async def test_a_wish_from_an_unknown_number_is_a_persons(in_faxe):
    mette = await in_faxe.moves_in()
    said = await mette.send("skriv på mail", "channel_preference", sender="+4520999999", to="faxe")
    assert "ser på dit ønske" in said
    assert await rows(mette.runtime, Task) == []
    [handoff] = await rows(mette.runtime, Handoff)
    assert handoff.reason == "unknown_number"


async def test_a_company_shows_who_it_is_by_its_cvr_number(mette):
    company = await make.citizen(
        mette.runtime,
        municipality=mette.town,
        language=Language(mette.language),
        debtor_id="12345678",
        debtor_kind=DebtorKind.BUSINESS,
        name="Hansens Bageri ApS",
    )
    await make.claim(mette.runtime, company, claim_type="renovation")
    assert "CVR" in await mette.writes(*ASKED["business"], "business")
    said = await mette.writes("cvr 12345678 sag A-1001", "cvr 12345678 case A-1001", "identify")
    assert "1.200" in said or "1,200" in said


async def test_a_cvr_number_alone_is_half_of_the_proof(in_faxe):
    await in_faxe.moves_in(claim_type="renovation")
    assert "sagsnummeret" in await in_faxe.writes("cvr 12345678", "", "business")


@pytest.mark.parametrize("danish", ["selskabet er lukket", "send det til min revisor"])
async def test_a_company_that_is_closed_or_spoken_for_is_a_persons(in_faxe, danish):
    mette = await in_faxe.moves_in()
    await mette.proves()
    said = await mette.writes(danish, "", "business")
    assert not SECRETS.search(said)
    [handoff] = await rows(mette.runtime, Handoff)
    assert handoff.reason == "business"


async def test_a_person_who_says_it_is_the_companys_is_looked_at_by_people(in_faxe):
    mette = await in_faxe.moves_in()
    await mette.proves()
    await mette.writes("den er til mit firma", "", "business")
    [handoff] = await rows(mette.runtime, Handoff)
    assert handoff.reason == "business"


async def test_rough_words_are_met_calmly_and_more_briefly_the_second_time(mette):
    await mette.moves_in()
    first = await mette.writes(*ASKED["abuse"], "abuse")
    assert mette.text("abuse") in first
    assert await mette.writes("røvhuller", "assholes", "abuse") == mette.text("abuse_again")
    assert await rows(mette.runtime, Handoff) == []


async def test_the_next_day_they_are_met_as_the_first_time(mette, clock):
    await mette.moves_in()
    await mette.writes(*ASKED["abuse"], "abuse")
    clock.travel(ONE_DAY)
    assert await mette.writes("røvhuller", "assholes", "abuse") == mette.text("abuse")


async def test_rough_words_do_not_lose_the_place_in_a_bargain(in_faxe):
    mette = await in_faxe.moves_in()
    await mette.proves()
    await mette.writes("I er idioter", "", "abuse")
    assert (await talk_of(mette)).awaiting is Awaiting.AMOUNT


@pytest.mark.parametrize(
    ("text", "score", "words"),
    [
        ("god service", None, "feedback_thanks"),
        ("5 ud af 5", 5, "feedback_thanks"),
        ("to stjerner", 2, "feedback_sorry"),
    ],
)
async def test_F33_what_they_think_is_kept_as_a_score(in_faxe, text, score, words):
    mette = await in_faxe.moves_in()
    assert mette.text(words) in await mette.writes(text, "", "feedback")
    [entry] = await acts_of(mette, "feedback")
    assert entry.facts["score"] == score
    assert text not in str(entry.facts)


async def test_F33_after_a_thank_you_faxe_asks_how_it_went_and_keeps_the_answer(in_faxe):
    mette = await in_faxe.moves_in(claim_type="bibliotek")
    await mette.proves()
    await mette.has_nothing_asked()
    said = await mette.writes("mange tak", "", "thanks")
    assert mette.text("thanks_and_ask") == said
    [asked] = [one for one in await rows(mette.runtime, Message) if one.body == said]
    assert asked.choices[:5] == ["1", "2", "3", "4", "5"]
    await mette.writes("2", "", "propose_amount")  # Rasa sees no figures
    [entry] = await acts_of(mette, "feedback")
    assert entry.facts["score"] == 2
    assert await mette.writes("tak", "", "thanks") == mette.text("thanks")


async def test_albertslund_does_not_ask(runtime, write):
    mette = await Mette(runtime, write, "albertslund", "da").moves_in()
    await mette.proves()
    await mette.has_nothing_asked()
    assert await mette.writes("mange tak", "", "thanks") == mette.text("thanks")
    assert await acts_of(mette, "satisfaction_asked") == []


async def test_what_is_not_ours_is_sent_to_the_citizen_service(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["not_our_errand"], "not_our_errand")
    office = mette.runtime.policies[mette.town].guidance.citizen_service
    assert office.number.national() in said


async def test_who_wants_a_call_is_called(mette):
    await mette.moves_in()
    said = await mette.writes("ring til mig", "please call me", "human")
    assert mette.says("call_back") in said
    [handoff] = await rows(mette.runtime, Handoff)
    assert handoff.reason == "call_back"


async def test_a_wrong_number_is_put_on_record_as_a_possible_breach(mette):
    await mette.moves_in()
    said = await mette.writes("forkert nummer", "wrong number", "wrong_person")
    assert not SECRETS.search(said)
    [entry] = await acts_of(mette, "wrong_person")
    assert entry.subject_id == str((await talk_of(mette)).id)
    [point] = await rows(mette.runtime, ContactPoint)
    assert point.distrusted_because == "wrong_person"


async def test_who_fears_a_fraud_is_told_how_to_be_sure(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["is_this_scam"], "is_this_scam")
    sender = mette.runtime.policies[mette.town].senders.sms
    for words in ("Digital Post", "MitID", sender.national()):
        assert words in said
    assert PROOF not in said
