"""Stories at Telegram's door: who knows the word is let in, and each thing counts once."""

import asyncio

import pytest
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

from bot.webhooks.telegram import MOST_BYTES, PATH, WORD_HEADER
from data.models.citizens import Channel, OptOut
from data.models.conversations import Conversation, MessageStatus
from data.settings import load
from tests import make, make_desk
from tests.telegram import CHAT, membership, message, update


async def in_albertslund(house, **given):
    return await make.conversation(
        house,
        None,
        channel=Channel.TELEGRAM,
        address=str(CHAT),
        last_inbound_at=house.clock.now(),
        **given,
    )


async def jobs(runtime, name):
    async with runtime.transaction() as session:
        return await session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = :name"), {"name": name}
        )


@pytest.fixture
async def talk(house):
    """A chat that has chosen Albertslund."""
    return await in_albertslund(house)


async def test_a_message_is_stored_and_given_to_the_worker(house, talk, post, inbound):
    answer = await post(update(message=message(7, "Hvad drejer det sig om?")))
    assert (answer.status_code, answer.text) == (200, "")
    [written] = await inbound()
    assert (written.body, written.municipality, written.channel) == (
        "Hvad drejer det sig om?",
        "albertslund",
        Channel.TELEGRAM,
    )
    assert (written.address, written.vendor_ref) == (str(CHAT), f"telegram:{CHAT}:7")
    assert await jobs(house, "converse") == 1


async def test_the_same_message_ten_times_at_once_counts_once(house, talk, post, inbound):
    given = update(message=message(7))
    answers = await asyncio.gather(*(post(given) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await inbound()) == 1
    assert await jobs(house, "converse") == 1


@pytest.mark.parametrize("word", ["", "forkert", "æ", "x" * 5000])
async def test_without_the_word_nothing_is_believed(client, talk, inbound, word):
    headers = {WORD_HEADER: word.encode()}
    answer = await client.post(PATH, json=update(message=message(7)), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_secret")
    assert await inbound() == []


async def test_a_stranger_without_the_header_is_turned_away(client):
    assert (await client.post(PATH, json={})).status_code == 403


def test_the_word_is_our_own_unless_one_is_given(tmp_path):
    ours, again = (load(home=tmp_path / "home").telegram_secret_token for _ in range(2))
    other = load(home=tmp_path / "other").telegram_secret_token
    assert ours == again != other
    given = load(home=tmp_path / "home", telegram_webhook_secret="et-langt-nok-ord_1")
    assert given.telegram_secret_token == "et-langt-nok-ord_1"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"update_id": "x"}', b'{"update_id": 1, "message": {"text": 5}}'],
)
async def test_what_is_no_update_is_refused_and_not_shown(post, inbound, body):
    with capture_logs() as logs:
        answer = await post(body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert [entry["event"] for entry in logs] == ["refused"]
    assert await inbound() == []


async def test_what_is_larger_than_any_update_is_not_read(post):
    assert (await post(b" " * (MOST_BYTES + 1))).status_code == 413


@pytest.mark.parametrize(
    "given",
    [
        {"some_new_kind": {"Telegram": "adds these at will"}},
        {"channel_post": message(7)},
        {"message": message(7) | {"from": {"id": 1, "is_bot": True, "first_name": "R2"}}},
        {"message": message(7, None, pinned_message=message(6))},
        {"message": message(7, None, some_new_kind={"is": "a service message"})},
        {"edited_message": message(99, "ukendt", edit_date=1764000099)},
        {"message": {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}}},
    ],
    ids=["new", "channel", "bot", "pinned", "service", "unknown edit", "nobody"],
)
async def test_what_concerns_nobody_is_taken_and_left(there, talk, post, inbound, given):
    assert (await post(update(**given))).status_code == 200
    assert await inbound() == []
    assert there.asked == []


async def test_without_a_bot_nothing_is_taken_in(post_without_a_bot):
    answer = await post_without_a_bot(update(message=message(7)))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_configured")


async def test_what_postgresql_cannot_keep_is_left_out(talk, post, inbound):
    await post(update(message=message(7, "He\x00j")))
    assert [written.body for written in await inbound()] == ["Hej"]


async def test_a_cpr_number_is_hidden_before_it_is_stored(talk, post, inbound):
    await post(update(message=message(7, "mit cpr er 010180-1234")))
    [written] = await inbound()
    assert "010180-1234" not in written.body


async def test_who_blocks_the_bot_has_said_no_there_and_unblocking_is_no_yes(house, talk, post):
    await make.conversation(
        house, None, municipality="faxe", channel=Channel.TELEGRAM, address=str(CHAT)
    )

    async def nos():
        async with house.transaction() as session:
            found = await session.scalars(select(OptOut).order_by(OptOut.municipality))
            return [(no.municipality, no.channel, no.address, no.source) for no in found]

    await post(membership("kicked"))
    after = [(town, Channel.TELEGRAM, str(CHAT), "telegram") for town in ("albertslund", "faxe")]
    assert await nos() == after
    await post(membership("member"))
    assert await nos() == after


async def test_in_a_group_it_says_once_that_it_talks_with_one_person_and_leaves(
    house, there, post, inbound
):
    group = {"id": -100123, "type": "supergroup", "title": "Familien"}
    await post(membership("member", group))
    await post(update(message=message(7, "Hvad skylder Mette?", chat=group)))
    [line] = there.of("sendMessage")
    assert line["chat_id"] == -100123
    assert "én person ad gangen" in line["text"]
    assert "one person at a time" in line["text"]
    assert len(there.of("leaveChat")) == 2
    assert await inbound() == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"photo": [{"file_id": "a"}]}, "billeder"),
        ({"voice": {"file_id": "a", "duration": 3}}, "lyd"),
        ({"video_note": {"file_id": "a"}}, "lyd"),
        ({"sticker": {"file_id": "a", "emoji": "👍"}}, "kun ord"),
        ({"document": {"file_id": "a"}}, "filer"),
        ({"location": {"latitude": 55.6, "longitude": 12.3}}, "Stedet er ikke gemt"),
        ({"contact": {"phone_number": "+4520304050", "first_name": "Ole"}}, "ikke gemt"),
        ({"poll": {"id": "1", "question": "Hvad?"}}, "ikke se eller læse"),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, "kun ord"),
    ],
    ids=str,
)
async def test_what_holds_no_words_has_a_sensible_answer(talk, post, inbound, answers, given, says):
    await post(update(message=message(7, None, **given)))
    [written] = await inbound()
    assert (written.body, written.media_count) == ("", 1)
    assert written.status is MessageStatus.HANDLED
    [answer] = await answers()
    assert says in answer


async def test_a_picture_with_words_is_answered_by_its_words(house, talk, post, inbound, answers):
    await post(update(message=message(7, None, photo=[{"file_id": "a"}], caption="Er det jer?")))
    [written] = await inbound()
    assert (written.body, written.media_count) == ("Er det jer?", 1)
    assert await answers() == []
    assert await jobs(house, "converse") == 1


async def test_a_voice_note_for_a_person_goes_to_the_person(house, post, inbound, answers):
    staff = await make_desk.staff(house)
    await in_albertslund(house, owner="staff", owner_staff_id=staff.id)
    await post(update(message=message(7, None, voice={"file_id": "a"})))
    [written] = await inbound()
    assert written.status is MessageStatus.HANDLED
    assert await answers() == []


async def test_no_is_a_no_and_start_is_a_yes_with_and_without_a_slash(
    house, talk, post, answers, inbound
):
    async def count():
        async with house.transaction() as session:
            return await session.scalar(select(func.count()).select_from(OptOut))

    for number, (words, left) in enumerate(
        [("/stop", 1), ("/start", 0), ("stop", 1), ("hvad nu?", 1), ("START", 0)]
    ):
        await post(update(message=message(number + 1, words)))
        assert await count() == left, words
    said = await answers()
    assert [line.split(".")[0] for line in said] == [
        "Du får ikke flere beskeder fra Albertslund Kommune på Telegram",
        "Du kan igen få beskeder fra Albertslund Kommune på Telegram",
        "Du får ikke flere beskeder fra Albertslund Kommune på Telegram",
        "Du har sagt stop til beskeder fra Albertslund Kommune på Telegram",
        "Du kan igen få beskeder fra Albertslund Kommune på Telegram",
    ]
    assert not any("sms" in line.casefold() for line in said)


async def test_help_is_given_by_rule(talk, post, answers):
    await post(update(message=message(7, "/help@MindeligTestBot")))
    [line] = await answers()
    assert "MENNESKE" in line


async def test_danger_is_heard_whatever_else_stands_there(house, talk, post, answers):
    await post(update(message=message(7, "/help jeg vil ikke leve mere")))
    [line] = await answers()
    assert "112" in line
    async with house.transaction() as session:
        held = await session.get_one(Conversation, talk.id)
        assert held.owner == "nobody"
