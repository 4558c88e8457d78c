"""Stories of a chat: who it is, which municipality it is with, its buttons, and what is edited."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Channel, ContactPoint
from data.models.codes import Purpose
from data.models.conversations import MessageStatus
from data.models.handoffs import Handoff
from outreach import citizens, one_time_codes
from outreach.dispatch import run_batch
from outreach.gateways.telegram import vendor_ref
from tests import make
from tests.telegram import CHAT, keyboard, message, press, private, update

OURS = {"id": 666, "is_bot": True, "first_name": "Mindelig"}


@pytest.fixture
async def mette(house):
    return await make.citizen(house)


@pytest.fixture
async def code(house, mette):
    """The code that Mette was sent."""
    async with house.transaction() as session:
        return await one_time_codes.issue(
            session,
            house,
            municipality="albertslund",
            citizen_id=mette.id,
            purpose=Purpose.TELEGRAM_LINK,
            made_for=Channel.SMS,
        )


@pytest.fixture
async def talk(house, mette):
    """Mette's chat with Albertslund."""
    return await make.conversation(
        house,
        mette,
        channel=Channel.TELEGRAM,
        address=str(CHAT),
        last_inbound_at=house.clock.now(),
        identity_level=1,
    )


def under(number, *buttons, **given):
    """A message of ours, as Telegram shows it when a button under it is pressed."""
    whole = {"message_id": number, "date": 1764000000, "chat": private(), "from": OURS}
    return whole | {"text": "…", "reply_markup": keyboard(*buttons)} | given


async def points(runtime):
    async with runtime.transaction() as session:
        query = select(ContactPoint).where(ContactPoint.channel == Channel.TELEGRAM)
        return list(await session.scalars(query))


@pytest.mark.parametrize("spelt", ["/start {}", "{}", "/start  {}", "/START {}"])
async def test_a_code_ties_the_chat_to_its_citizen(house, mette, code, post, talks, answers, spelt):
    await post(update(message=message(7, spelt.format(code))))
    [point] = await points(house)
    assert (point.citizen_id, point.address, point.source) == (mette.id, str(CHAT), "code")
    talk = (await talks())["albertslund"]
    assert (talk.citizen_id, talk.identity_level) == (mette.id, 1)
    [line] = await answers()
    assert line.startswith("Tak. Nu kan vi skrive sammen her.")
    async with house.transaction() as session:
        acts = list(await session.scalars(select(AuditEntry.act)))
    assert {"code_used", "telegram_linked"} <= set(acts)
    assert code not in str(acts)


async def test_the_same_update_again_is_no_second_try(house, code, post, answers):
    given = update(message=message(7, f"/start {code}"))
    for _ in range(3):
        assert (await post(given)).status_code == 200
    assert len(await points(house)) == 1
    assert len(await answers()) == 1


async def test_a_code_is_also_a_yes_to_messages_there(house, code, talk, post):
    where = "albertslund", Channel.TELEGRAM, str(CHAT)
    names: dict[str, Any] = dict(zip(("municipality", "channel", "address"), where, strict=True))
    async with house.transaction() as session:
        await citizens.opt_out(session, house, source="citizen", **names)
    await post(update(message=message(7, f"/start {code}")))
    async with house.transaction() as session:
        assert not await citizens.is_opted_out(session, *where)


@pytest.mark.parametrize("wrong", ["k7mf-wp3x", "k7mf wp3x", "nonsens", "x" * 4000])
async def test_a_wrong_code_has_a_kind_answer_and_ties_nothing(
    house, talk, post, answers, inbound, wrong
):
    await post(update(message=message(7, f"/start {wrong}")))
    assert await points(house) == []
    [line] = await answers()
    assert line.startswith("Den kode virker ikke.")
    assert [written.body for written in await inbound()] == ["/start"]


async def test_an_old_or_a_used_code_is_no_good(house, clock, code, talk, post, answers):
    await post(update(message=message(7, f"/start {code}")))
    other = message(8, f"/start {code}", chat=private(99))
    await post(update(message=other))
    assert [point.address for point in await points(house)] == [str(CHAT)]


async def test_whoever_tries_codes_is_not_looked_at_for_a_while(house, clock, code, talk, post):
    tries = house.policies["albertslund"].identity.tries
    for number in range(tries):
        await post(update(message=message(10 + number, f"/start k7mf-wp{number}x")))
    await post(update(message=message(90, f"/start {code}")))
    assert await points(house) == []
    clock.travel(timedelta(days=1))
    await post(update(message=message(91, f"/start {code}")))
    assert len(await points(house)) == 1


async def test_a_bot_of_several_municipalities_asks_once_which_one(
    there, post, talks, inbound, answers
):
    await post(update(message=message(7, "Hvad er det for et brev?")))
    assert await inbound() == []
    [asked] = there.of("sendMessage")
    assert "Hvilken kommune" in asked["text"]
    assert asked["reply_parameters"]["message_id"] == 7
    rows = asked["reply_markup"]["inline_keyboard"]
    assert [[button["text"], button["callback_data"]] for [button] in rows] == [
        ["Albertslund Kommune", "town:albertslund"],
        ["Faxe Kommune", "town:faxe"],
    ]
    was = under(901, ("Faxe Kommune", "town:faxe"))
    was["reply_to_message"] = message(7, "Hvad er det for et brev?")
    await post(press("town:faxe", was))
    [written] = await inbound()
    assert (written.body, written.municipality) == ("Hvad er det for et brev?", "faxe")
    assert written.vendor_ref == vendor_ref(str(CHAT), 7)
    assert there.of("answerCallbackQuery") == [{"callback_query_id": "press-1"}]
    [without] = there.of("editMessageReplyMarkup")
    assert (without["message_id"], without["reply_markup"]) == (901, {"inline_keyboard": []})
    await post(update(message=message(8, "Og hvad nu?")))
    assert list(await talks()) == ["faxe"]


async def test_start_says_who_it_is_once_the_municipality_is_chosen(there, post, answers):
    await post(update(message=message(7, "/start")))
    await post(press("town:faxe", under(901) | {"reply_to_message": message(7, "/start")}))
    [line] = await answers()
    assert line.startswith("Hej. Du skriver med Faxe Kommunes digitale assistent. Jeg er en comput")


async def test_a_citizen_can_choose_another_municipality(there, talk, clock, post, talks):
    clock.travel(timedelta(minutes=1))
    await post(update(message=message(7, "/kommune")))
    await post(press("town:faxe", under(901) | {"reply_to_message": message(7, "/kommune")}))
    await post(update(message=message(8, "Hej Faxe")))
    assert (await talks())["faxe"].last_inbound_at == clock.now()


@pytest.mark.parametrize("data", ["town:nowhere", "town:", "choice:0", "choice:x", "", "?"])
async def test_a_forged_button_does_nothing(there, post, inbound, data):
    assert (await post(press(data, under(901)))).status_code == 200
    assert await inbound() == []
    assert len(there.of("answerCallbackQuery")) == 1


@pytest.mark.parametrize("start", ["", "/start ", "/kommune ", "/start\n"])
async def test_danger_reaches_a_person_before_the_municipality_is_known(
    house, post, answers, inbound, start
):
    await post(update(message=message(7, f"{start}jeg vil ikke leve mere")))
    [line] = await answers()
    assert "112" in line
    async with house.transaction() as session:
        handoff = (await session.scalars(select(Handoff))).one()
    assert (handoff.reason, handoff.municipality) == ("hard_suicide", "albertslund")
    assert [written.body for written in await inbound()] == [
        f"{start}jeg vil ikke leve mere".removeprefix("/start").strip()
    ]


async def test_words_after_start_are_a_message_and_no_code(talk, post, inbound, answers):
    await post(update(message=message(7, "/start hvor meget skylder jeg")))
    [written] = await inbound()
    assert (written.body, written.status) == ("hvor meget skylder jeg", MessageStatus.RECEIVED)
    assert await answers() == []


async def test_english_is_written_to_whoever_has_it_set(there, post):
    sender = {"id": CHAT, "is_bot": False, "first_name": "M", "language_code": "en-GB"}
    await post(update(message=message(7, "hi", **{"from": sender})))
    assert "Which one" in there.of("sendMessage")[0]["text"]


@pytest.fixture
async def sent(house, talk):
    """A message of ours with buttons, as it reached the chat; its number there."""

    async def send(*choices):
        written = await make.outgoing(house, talk, body="Hvad passer?", choices=list(choices))
        await run_batch(house, "albertslund")
        async with house.transaction() as session:
            reference = (await session.get_one(type(written), written.id)).vendor_ref
        return int(reference.rpartition(":")[2])

    return send


async def test_a_pressed_button_is_the_citizens_message_once(there, sent, post, inbound):
    number = await sent("Mere tid", "MENNESKE")
    for name in ("press-1", "press-1", "press-2"):
        await post(press("choice:0", under(number, ("Mere tid", "choice:0")), name))
    await post(press("choice:1", under(number), "press-3"))
    [written] = await inbound()
    assert (written.body, written.status) == ("Mere tid", MessageStatus.RECEIVED)
    assert len(there.of("answerCallbackQuery")) == 4
    assert {call["message_id"] for call in there.of("editMessageReplyMarkup")} == {number}


async def test_a_button_says_what_we_wrote_on_it_whatever_is_claimed(sent, post, inbound):
    number = await sent("Mere tid")
    await post(press("choice:0", under(number, ("Slet min gæld", "choice:0"))))
    assert [written.body for written in await inbound()] == ["Mere tid"]


async def test_an_old_button_with_words_still_counts_and_one_with_a_number_does_not(
    sent, post, inbound, answers
):
    first, second = await sent("Mere tid"), await sent("1", "2")
    await sent("MENNESKE")
    await post(press("choice:0", under(first)))
    await post(press("choice:1", under(second)))
    words, number = await inbound()
    assert (words.body, words.status) == ("Mere tid", MessageStatus.RECEIVED)
    assert (number.body, number.status) == ("2", MessageStatus.HANDLED)
    assert (await answers())[-1].startswith("Den knap hørte til en tidligere besked.")


async def test_a_button_whose_message_we_lost_sight_of_counts_by_its_words(talk, post, inbound):
    await post(press("choice:0", under(555, ("Mere tid", "choice:0"))))
    assert [written.body for written in await inbound()] == ["Mere tid"]


async def test_a_message_edited_before_it_is_answered_counts_as_it_is_now(
    talk, post, inbound, answers
):
    await post(update(message=message(7, "kan jeg få mre tid")))
    edited = update(edited_message=message(7, "kan jeg få mere tid", edit_date=1764000009))
    for _ in range(2):
        await post(edited)
    first, second = await inbound()
    assert (first.status, second.status) == (MessageStatus.HANDLED, MessageStatus.RECEIVED)
    assert second.body == "kan jeg få mere tid"
    assert second.vendor_ref == f"telegram:{CHAT}:7:1764000009"
    assert await answers() == []


async def test_a_message_edited_after_its_answer_is_kindly_asked_for_again(
    talk, post, inbound, answers
):
    await post(update(message=message(7, None, voice={"file_id": "a"})))
    await post(update(message=message(8, "/help")))
    await post(update(edited_message=message(8, "/help tak", edit_date=1764000009)))
    assert len(await inbound()) == 3
    assert (await answers())[-1].startswith("Jeg havde svaret, før du rettede")


async def test_a_stop_edited_in_is_still_a_stop(house, talk, post):
    await post(update(message=message(7, "/help")))
    await post(update(edited_message=message(7, "stop", edit_date=1764000009)))
    async with house.transaction() as session:
        assert await citizens.is_opted_out(session, "albertslund", Channel.TELEGRAM, str(CHAT))


async def test_a_message_that_only_got_a_preview_is_not_edited(talk, post, inbound):
    await post(update(message=message(7, "hej")))
    await post(update(edited_message=message(7, "hej", edit_date=1764000009)))
    assert len(await inbound()) == 1
