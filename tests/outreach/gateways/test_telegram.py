"""Stories of the door to Telegram: what it asks, and what it makes of every kind of answer."""

import asyncio
import socket
from datetime import timedelta
from itertools import pairwise

import pytest
from aiohttp import ClientTimeout

from data.models.conversations import MessageKind
from data.settings import load
from data.values.ids import ConversationId, MessageId, new_id
from outreach.errors import NotConfiguredError
from outreach.gateways.codes import code_of
from outreach.gateways.pace import Pace
from outreach.gateways.telegram import Telegram
from outreach.gateways.telegram_bot import TelegramBot
from outreach.gateways.twilio_codes import Teaches
from outreach.runtime import Parcel, SendResult
from tests.telegram import CHAT, TOKEN, refuses, says, telegram_stand_in


@pytest.fixture
async def there():
    async with telegram_stand_in() as stand_in:
        yield stand_in


def door_to(tmp_path, url, **options):
    given = {"telegram_bot_token": TOKEN, "telegram_api_url": url}
    return TelegramBot(load(home=tmp_path / "home", **given), **options)


@pytest.fixture
async def door(there, tmp_path):
    bot = door_to(tmp_path, there.url)
    yield bot
    await bot.close()


def parcel(body="Hej Mette 👋 æøå", *, to=str(CHAT), choices=()):
    ids = MessageId(new_id()), ConversationId(new_id())
    return Parcel(*ids, "albertslund", MessageKind.REPLY, to, body, choices)


async def test_a_message_is_handed_over_as_plain_text_with_a_button_a_line(there, door):
    outcome = await door.send(parcel("<b>Hej</b> & _farvel_", choices=("Mere tid", "MENNESKE")))
    assert (outcome.result, outcome.vendor_ref) == (SendResult.ACCEPTED, f"telegram:{CHAT}:901")
    [fields] = there.of("sendMessage")
    assert fields == {
        "chat_id": CHAT,
        "text": "<b>Hej</b> & _farvel_",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Mere tid", "callback_data": "choice:0"}],
                [{"text": "MENNESKE", "callback_data": "choice:1"}],
            ]
        },
    }


def test_it_is_the_carrier_of_telegram(door):
    assert isinstance(door, Telegram)


async def test_a_message_without_choices_has_no_buttons(there, door):
    await door.send(parcel())
    assert "reply_markup" not in there.of("sendMessage")[0]


@pytest.mark.parametrize(
    ("status", "description", "result", "code", "teaches"),
    [
        (400, "Bad Request: chat not found", "for_good", "no_such_chat", Teaches.DISTRUST),
        (400, "Bad Request: message text is empty", "for_good", "refused", Teaches.NOTHING),
        (401, "Unauthorized", "for_now", "our_account", Teaches.OUR_FAULT),
        (404, "Not Found", "for_now", "our_account", Teaches.OUR_FAULT),
        (
            403,
            "Forbidden: bot was blocked by the user",
            "for_good",
            "blocked_by_citizen",
            Teaches.OPTED_OUT,
        ),
        (403, "Forbidden: user is deactivated", "for_good", "no_such_chat", Teaches.DISTRUST),
        (500, "Internal Server Error", "for_now", "vendor_down", Teaches.NOTHING),
        (500, "Internal Server Error: restart", "for_now", "vendor_down", Teaches.NOTHING),
    ],
)
async def test_each_refusal_is_for_good_or_for_now_and_teaches_what_it_tells(
    there, door, status, description, result, code, teaches
):
    there.answers = [refuses(status, description)]
    outcome = await door.send(parcel())
    assert (outcome.result, outcome.error_code) == (SendResult(f"refused_{result}"), code)
    assert code_of(code).teaches is teaches


@pytest.mark.parametrize(
    "answer",
    [refuses(502, "Bad Gateway"), refuses(504, "Gateway Timeout"), says("<html>502</html>", 502)],
    ids=["502", "504", "html"],
)
async def test_an_answer_lost_at_telegrams_door_leaves_the_outcome_unknown(there, door, answer):
    there.answers = [answer]
    assert (await door.send(parcel())).result is SendResult.UNKNOWN


async def test_whoever_is_asked_to_wait_waits_and_asks_nothing_meanwhile(there, door):
    there.answers = [refuses(429, "Too Many Requests: retry after 35", retry_after=35)]
    first = await door.send(parcel())
    assert (first.result, first.error_code) == (SendResult.REFUSED_FOR_NOW, "too_many")
    assert first.retry_after == timedelta(seconds=35)
    second = await door.send(parcel(to="99"))
    assert (second.result, second.error_code) == (SendResult.REFUSED_FOR_NOW, "not_tried")
    assert timedelta(seconds=30) < second.retry_after <= timedelta(seconds=35)
    assert len(there.asked) == 1


async def test_a_wait_of_days_is_not_believed(there, door):
    there.answers = [refuses(429, "Too Many Requests", retry_after=10**9)]
    assert (await door.send(parcel())).retry_after == timedelta(hours=24)


async def test_without_a_connection_nothing_has_left(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    bot = door_to(tmp_path, f"http://127.0.0.1:{port}")
    outcome = await bot.send(parcel())
    await bot.close()
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_NOW, "no_connection")


async def test_without_an_answer_nobody_knows(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        bot = door_to(tmp_path, url, timeout=ClientTimeout(total=0.3))
        outcome = await bot.send(parcel())
        await bot.close()
    assert (outcome.result, outcome.error_code) == (SendResult.UNKNOWN, "no_answer")


async def test_a_message_longer_than_telegram_takes_is_never_cut(there, door):
    outcome = await door.send(parcel("å" * 4097))
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_GOOD, "refused")
    assert (await door.send(parcel("å" * 4096))).result is SendResult.ACCEPTED
    assert len(there.asked) == 1


def test_without_a_token_there_is_no_door(tmp_path):
    with pytest.raises(NotConfiguredError, match="TELEGRAM_BOT_TOKEN"):
        TelegramBot(load(home=tmp_path / "home"))


async def test_what_is_done_beside_messages_never_fails_a_story(there, door):
    there.answers = [refuses(400, "Bad Request: query is too old")] * 4
    await door.answer_press("press-1")
    await door.take_buttons_away(str(CHAT), 7)
    await door.leave("-100")
    await door.say(str(CHAT), "Hej")
    asked = [name for name, _ in there.asked]
    assert asked == ["answerCallbackQuery", "editMessageReplyMarkup", "leaveChat", "sendMessage"]


async def test_updates_are_asked_for_after_the_last_one_and_of_our_kinds_only(there, door):
    assert await door.updates(None) == []
    assert await door.updates(7) == []
    first, second = there.of("getUpdates")
    assert "offset" not in first
    assert (second["offset"], second["timeout"]) == (8, 25)
    assert second["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_telegram_is_told_where_to_call_and_with_which_word(there, door):
    await door.call_us_at("https://mindelig.example.dk/webhooks/telegram", "et-langt-nok-ord")
    await door.call_us_at(None)
    [(_, told), (name, _)] = there.asked
    assert told["url"] == "https://mindelig.example.dk/webhooks/telegram"
    assert told["secret_token"] == "et-langt-nok-ord"
    assert name == "deleteWebhook"


async def test_what_telegram_refuses_to_call_is_said(there, door):
    there.answers = [refuses(400, "Bad Request: bad webhook: An HTTPS URL must be provided")]
    with pytest.raises(OSError, match="HTTPS URL must be provided"):
        await door.call_us_at("http://127.0.0.1")


async def test_messages_leave_evenly_and_one_chat_holds_up_nobody_else():
    clock = asyncio.get_running_loop().time
    pace, left = Pace(most=40, apart_each=0.5), []

    async def leave(address):
        await pace.turn(address)
        left.append((address, clock()))

    began = clock()
    await asyncio.gather(*(leave(address) for address in ["a", "a", "b", "c", "d"]))
    assert [address for address, _ in left] == ["a", "b", "c", "d", "a"]
    times = [at for _, at in left]
    assert all(later - earlier >= 0.019 for earlier, later in pairwise(times))
    assert times[-1] - began >= 0.49
