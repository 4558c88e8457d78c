"""Telegram in stories: updates as it documents them, and a stand-in that answers as it documents.

Source: https://core.telegram.org/bots/api#update and #making-requests
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TOKEN = "123456:an-ordinary-token_of-a-test"
CHAT = 20304050

type Answer = Callable[[], web.StreamResponse]


def refuses(status: int, description: str, **parameters: int) -> Answer:
    """Say no as Telegram does."""

    def answer() -> web.StreamResponse:
        told = {"ok": False, "error_code": status, "description": description}
        given = {"parameters": parameters} if parameters else {}
        return web.json_response(told | given, status=status)

    return answer


def tells(result: Any) -> Answer:
    """Answer with this."""
    return lambda: web.json_response({"ok": True, "result": result})


def says(text: str, status: int = 200) -> Answer:
    """Answer with this text, whatever it is."""
    return lambda: web.Response(text=text, status=status)


@dataclass
class TelegramStandIn:
    """Takes what a bot asks, and answers as the story says, else as Telegram would."""

    url: str = ""
    #: What was asked: the method, and its fields.
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    #: Given first, in this order.
    answers: list[Answer] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(901))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one call."""
        assert request.match_info["token"] == TOKEN
        given = dict(parse_qsl(await request.text(), keep_blank_values=True))
        fields = {name: _read(value) for name, value in given.items()}
        method = request.match_info["method"]
        self.asked.append((method, fields))
        if self.answers:
            return self.answers.pop(0)()
        result: Any = True
        if method == "sendMessage":
            chat = {"id": int(fields["chat_id"]), "type": "private"}
            result = {"message_id": next(self._numbers), "date": 1764000000, "chat": chat}
        elif method == "getUpdates":
            result = []
        return web.json_response({"ok": True, "result": result})

    def of(self, method: str) -> list[dict[str, Any]]:
        """Return the fields of each call of a method."""
        return [fields for name, fields in self.asked if name == method]


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


@asynccontextmanager
async def telegram_stand_in() -> AsyncIterator[TelegramStandIn]:
    """Serve the stand-in on a free port."""
    there = TelegramStandIn()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", there.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield there
    await runner.cleanup()


def private(chat: int = CHAT) -> dict[str, Any]:
    """Return a chat of one person's own."""
    return {"id": chat, "type": "private", "first_name": "Mette"}


def message(number: int, text: str | None = "hej", **given: Any) -> dict[str, Any]:
    """Return a message of Mette's."""
    sender = {"id": CHAT, "is_bot": False, "first_name": "Mette", "language_code": "da"}
    whole = {"message_id": number, "date": 1764000000, "chat": private(), "from": sender}
    return whole | ({"text": text} if text is not None else {}) | given


def update(**given: Any) -> dict[str, Any]:
    """Return an update that holds one of the kinds."""
    return {"update_id": next(_NUMBERS), **given}


def keyboard(*buttons: tuple[str, str]) -> dict[str, Any]:
    """Return buttons as they stand under a message."""
    rows = [[{"text": text, "callback_data": data}] for text, data in buttons]
    return {"inline_keyboard": rows}


def press(data: str, under: dict[str, Any], name: str = "press-1") -> dict[str, Any]:
    """Return the press of a button under a message of ours."""
    sender = {"id": CHAT, "is_bot": False, "first_name": "Mette"}
    query = {"id": name, "from": sender, "message": under, "data": data, "chat_instance": "1"}
    return update(callback_query=query)


def membership(status: str, chat: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what became of the bot in a chat."""
    bot = {"id": 666, "is_bot": True, "first_name": "Mindelig"}
    was, now = {"status": "member", "user": bot}, {"status": status, "user": bot}
    whole = {"chat": chat or private(), "date": 1764000000, "from": {"id": CHAT, "is_bot": False}}
    return update(my_chat_member=whole | {"old_chat_member": was, "new_chat_member": now})


_NUMBERS = count(10_001)
