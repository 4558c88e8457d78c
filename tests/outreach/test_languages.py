"""Who writes in another language is answered in it, and a person with an interpreter writes."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.law.helplines import Helplines
from data.models.citizens import Citizen, Language
from data.models.conversations import Awaiting, Conversation, Hearer, MessageStatus, Owner
from data.models.handoffs import Handoff
from data.values.phone import PhoneNumber
from data.values.time import at_local
from outreach.texts import LANGUAGES_OF_LINES, catalogue, gsm7_segments, show
from tests import make

#: "I don't understand this message", one a language.
SENTENCES = {
    "ar": "لا أفهم هذه الرسالة",
    "de": "Ich verstehe diese Nachricht nicht",
    "fa": "من این پیام را نمی‌فهمم",
    "lt": "Nesuprantu šios žinutės",
    "pl": "Nie rozumiem tej wiadomości",
    "ro": "Nu înțeleg acest mesaj",
    "so": "Ma fahmin fariintan",
    "tr": "Bu mesajı anlamıyorum",
    "uk": "Я не розумію цього повідомлення",
}
LINES = Helplines.load().for_texts()
A_YEAR = [at_local(date(2026, 1, 1) + timedelta(days=day), 16) for day in range(365)]


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.mark.parametrize("language", LANGUAGES_OF_LINES)
async def test_H14_another_language_gets_one_line_in_it_and_a_person_with_an_interpreter(
    mette, receive, answers, the_one, language
):
    message = await receive(SENTENCES[language])
    [line] = await answers()
    handoff = await the_one(Handoff)
    assert line == catalogue(language).render(
        "another_language",
        municipality="Albertslund Kommune",
        telephone=PhoneNumber("+4543686868"),
        due=date(2026, 11, 26),  # it is Tuesday: two bank days
    )
    assert (handoff.reason, handoff.severity, handoff.opened_by) == ("language", 3, message.id)
    assert handoff.due_at.date() == date(2026, 11, 26)
    assert (message.status, message.understood_as, message.understood_by) == (
        *(MessageStatus.HANDLED, "language"),
        Hearer.RULE,
    )


async def test_H14_the_desk_is_told_which_interpreter_is_wanted(mette, receive, the_one, runtime):
    await receive(SENTENCES["pl"])
    assert (await the_one(Handoff)).summary == f"{runtime.reason_words('language')}: polsk"


async def test_a_language_without_lines_is_answered_in_english_and_danish(
    mette, receive, answers, the_one
):
    await receive("Je ne comprends pas ce message, pouvez-vous m'aider")
    [line] = await answers()
    english, danish = line.split("\n\n")
    assert (english[:9], danish[:7]) == ("Thank you", "Tak for")
    assert (await the_one(Handoff)).summary.endswith(": fransk")


async def test_rasa_is_not_asked_and_the_conversation_keeps_its_language(
    mette, receive, the_one, waiting_for_rasa
):
    await receive("No tengo dinero este mes")
    talk = await the_one(Conversation)
    assert (talk.language, talk.owner) == (Language.DANISH, Owner.NOBODY)
    assert await waiting_for_rasa() == []


async def test_one_foreign_word_changes_nothing(mette, receive, answers, waiting_for_rasa):
    for word in ("merci", "inshallah", "danke"):
        await receive(word)
    assert await answers() == []
    assert len(await waiting_for_rasa()) == 3


async def test_who_writes_on_is_told_once_by_when_in_their_language(
    mette, receive, answers, the_one
):
    for text in (SENTENCES["uk"], "Коли ви відповісте?", "Дайте мені більше часу"):
        await receive(text)
    _, waiting = await answers()
    due = (await the_one(Handoff)).due_at
    assert waiting == catalogue("uk").render("still_waiting", due=due)


async def test_a_cry_for_help_in_another_language_comes_before_the_language(
    mette, receive, answers, the_one, runtime
):
    await receive("nie chcę już żyć, nie mam siły")
    [words] = await answers()
    assert words == catalogue("pl").render("hard_suicide", **LINES)
    assert (await the_one(Handoff)).reason == "hard_suicide"
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Citizen))).one().frozen_because == "hard_suicide"


@pytest.mark.parametrize(
    ("word", "language"), [("стоп", "uk"), ("توقف", "ar"), ("ABMELDEN", "da"), ("Halt!", "da")]
)
async def test_a_stop_word_of_another_language_is_a_stop(mette, receive, answers, word, language):
    await receive(word)
    assert await answers() == [
        catalogue(language).render("stop", municipality="Albertslund Kommune")
    ]


async def test_stop_in_a_sentence_of_another_language_is_for_a_person(mette, receive, the_one):
    await receive("Чому ви пишете мені, стоп чи ні?")
    assert (await the_one(Handoff)).reason == "language"


async def test_a_proof_of_identity_full_of_names_is_no_other_language(
    mette, receive, the_one, runtime, waiting_for_rasa
):
    await receive("hej")
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        talk.awaiting = Awaiting.IDENTITY
    await receive("agnieszka katarzyna kowalska urodzona 01-01-1980 A-1001")
    assert len(await waiting_for_rasa()) == 2


async def test_a_caseworker_who_holds_the_conversation_is_not_spoken_over(
    mette, receive, answers, runtime
):
    await receive(SENTENCES["tr"])
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        talk.owner = Owner.NOBODY
    await receive("Bu ay param yok")
    await receive("Bana yardım edin lütfen")
    assert len(await answers()) == 2  # the line, and once by when


@pytest.mark.parametrize("language", LANGUAGES_OF_LINES)
def test_no_line_is_longer_than_three_parts_on_any_day(language):
    texts = catalogue(language)
    for key in texts.texts:
        longest = max(A_YEAR, key=lambda day: len(show(day, language)))
        text = texts.render(
            key,
            municipality="Albertslund Kommune",
            telephone=PhoneNumber("+4543686868"),
            due=longest.date() if key == "another_language" else longest,
            **LINES,
        )
        assert gsm7_segments(text)[0] <= 3, text


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_number_is_one_word_where_people_read_from_the_right(language):
    texts = catalogue(language)
    assert "43686868" in texts.render(
        "another_language",
        municipality="Albertslund Kommune",
        telephone=PhoneNumber("+4543686868"),
        due=date(2026, 11, 26),
    )
    assert "70201201" in texts.render("hard_suicide", **LINES)
    assert not re.search(r"\d \d", texts.render("hard_suicide", **LINES))


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("ar", "الخميس 26 نوفمبر"),
        ("de", "Donnerstag, 26. November"),
        ("fa", "پنجشنبه 26 نوامبر"),
        ("lt", "lapkričio 26 d., ketvirtadienis"),
        ("pl", "czwartek, 26 listopada"),
        ("ro", "joi, 26 noiembrie"),
        ("so", "Khamiis, 26 Noofeembar"),
        ("tr", "26 Kasım Perşembe"),
        ("uk", "четвер, 26 листопада"),
    ],
)
def test_a_day_is_written_as_people_there_write_it(language, day):
    assert show(date(2026, 11, 26), language).rstrip(",") == day
