"""How fast the outbox empties to Telegram within its limit, and whether it is ever told to wait.

Run alone: `python -m bench telegram`. The stand-in, a process of its own, answers after a tenth of
a second as Telegram does, and refuses with 429 whatever comes as the 31st within any one second.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import deque
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from sqlalchemy import insert

from bench.delivery import MUNICIPALITY, OPEN_HOURS, stand_in
from data.database import start_embedded
from data.migrations.run import upgrade
from data.models.citizens import Channel, Language
from data.models.conversations import (
    Author,
    Awaiting,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.settings import load
from data.values.ids import new_id
from data.values.time import StandingClock
from outreach.dispatch import drain
from outreach.gateways.telegram_bot import TelegramBot
from outreach.runtime import Runtime

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MESSAGES = 600
#: Telegram's own limit: so many in one second.
LIMIT = 30
BOT = "1:bench"
BODY = "Tak for din besked. En medarbejder svarer dig senest i morgen."
_ANSWERS_AFTER_SECONDS = 0.1


def measure() -> list[tuple[str, str]]:
    """Send 600 answers to 600 chats through the outbox; then as many in a bare loop."""
    with (
        tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder,
        stand_in("bench.telegram") as url,
    ):
        database = start_embedded(Path(folder) / "postgres", "bench_telegram")
        upgrade(database)
        return asyncio.run(_measure(Path(folder), database, url))


async def _measure(home: Path, database: str, url: str) -> list[tuple[str, str]]:
    settings = load(home=home, telegram_bot_token=BOT, telegram_api_url=url)
    runtime = Runtime.build(settings, database).at(StandingClock(OPEN_HOURS))
    runtime = runtime.equip(carriers={Channel.TELEGRAM: TelegramBot(settings)})
    async with runtime.transaction() as session:
        await _queue(session)
    began = time.perf_counter()
    report = await drain(runtime, [MUNICIPALITY])
    seconds = time.perf_counter() - began
    await runtime.close()
    seen = await _seen(url)
    assert report.sent + report.put_back == MESSAGES, report  # noqa: S101 - else no figure
    hurried = await _hurried(url)
    ours, theirs = report.sent / seconds, hurried["sent"] / hurried["seconds"]
    return [
        (
            f"{MESSAGES} queued → accepted by Telegram",
            f"{ours:.1f} a second, 429: {seen['refused']}, at most {seen['most']} in a second",
        ),
        (
            f"{MESSAGES} by a bare loop, ten at a time",
            f"{theirs:.1f} a second taken, 429: {hurried['refused']}",
        ),
    ]


async def _queue(session: AsyncSession) -> None:
    """Queue one answer in each of 600 chats."""
    now = OPEN_HOURS - timedelta(minutes=1)
    base = {"municipality": MUNICIPALITY, "channel": Channel.TELEGRAM}
    talks: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for number in range(MESSAGES):
        talk, message, chat = new_id(), new_id(), str(10_000 + number)
        talks.append(
            base
            | {"id": talk, "address": chat, "owner_since": now, "created_at": now}
            | {"owner": Owner.ASSISTANT, "awaiting": Awaiting.NOTHING, "language": Language.DANISH}
        )
        messages.append(
            base
            | {"id": message, "conversation_id": talk, "address": chat, "body": BODY}
            | {"direction": Direction.OUT, "author": Author.ASSISTANT, "kind": MessageKind.REPLY}
            | {"status": MessageStatus.QUEUED, "dedupe_key": str(message)}
            | {"not_before": now, "created_at": now, "status_at": now}
        )
    await session.execute(insert(Conversation), talks)
    await session.execute(insert(Message), messages)


async def _seen(url: str) -> dict[str, Any]:
    """Ask what the stand-in has seen, and let it begin anew."""
    async with aiohttp.ClientSession() as client, client.get(f"{url}/seen") as answer:
        return dict(await answer.json())


async def _hurried(url: str) -> dict[str, Any]:
    """Send as many with nothing that keeps the pace."""
    numbers, began = iter(range(MESSAGES)), time.perf_counter()
    async with aiohttp.ClientSession() as client:

        async def line() -> None:
            for number in numbers:
                form = {"chat_id": str(number), "text": BODY}
                async with client.post(f"{url}/bot{BOT}/sendMessage", data=form) as answer:
                    await answer.read()

        await asyncio.gather(*(line() for _ in range(10)))
    seconds = time.perf_counter() - began
    seen = await _seen(url)
    return seen | {"seconds": seconds, "sent": MESSAGES - seen["refused"]}


class _Limited:
    """Telegram with its limit: refuses the 31st within any one second."""

    def __init__(self) -> None:
        self._numbers, self._times = count(1), deque[float]()
        self._begin()

    def _begin(self) -> None:
        self._refused = self._most = 0

    async def take(self, request: web.Request) -> web.Response:
        """Take one message, or refuse it."""
        form, now = await request.post(), time.monotonic()
        while self._times and now - self._times[0] >= 1.0:
            self._times.popleft()
        if len(self._times) >= LIMIT:
            self._refused += 1
            told = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
            return web.json_response(told | {"parameters": {"retry_after": 1}}, status=429)
        self._times.append(now)
        self._most = max(self._most, len(self._times))
        await asyncio.sleep(_ANSWERS_AFTER_SECONDS)
        chat = {"id": int(str(form["chat_id"])), "type": "private"}
        told = {"message_id": next(self._numbers), "date": 1764000000, "chat": chat}
        return web.json_response({"ok": True, "result": told})

    async def seen(self, _request: web.Request) -> web.Response:
        """Tell what came, and begin anew."""
        told = {"refused": self._refused, "most": self._most}
        self._begin()
        return web.json_response(told)


async def serve() -> None:
    """Serve on a free port until the one who started it is done."""
    app, limited = web.Application(), _Limited()
    app.router.add_post("/{anything:.*}", limited.take)
    app.router.add_get("/seen", limited.seen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
