"""A stand-in for the Rasa server: it calls our actions over HTTP as Rasa does, or fails as told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from aiohttp import web

from bot.actions.answers import answer_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

#: Seconds. Rasa itself waits 300 for an action; five were too few on a busy machine.
PATIENCE = 60.0

#: What the story lets Rasa do with one message.
type Behaviour = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


def action_call(
    named: str,
    sender: str,
    message_id: str | None,
    text: str,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write what Rasa 3.6 sends to an action server.

    `named` is `action_` and what was understood: an intent that has an answer of its own, a hard
    case, or else what the rules of the dialogue do. `more` is what else was understood: the
    ranking, and what other parts of the message say.
    """
    metadata = {} if message_id is None else {"message_id": message_id}
    intent = named.removeprefix("action_")
    name = f"action_{action_for(intent)}"
    understood = {"name": intent, "confidence": 0.9}
    return {
        "next_action": name,
        "sender_id": sender,
        "tracker": {
            "sender_id": sender,
            "slots": {"case_id": sender, "language": "da", "awaiting": "nothing", "wanted": None},
            "latest_message": {
                "text": text,
                "intent": understood,
                "metadata": metadata,
                **(more or {}),
            },
            "latest_event_time": 1764000000.0,
            "followup_action": None,
            "paused": False,
            "events": [],
            "latest_input_channel": "internal",
            "active_loop": {},
            "latest_action": {"action_name": "action_listen"},
            "latest_action_name": "action_listen",
        },
        "domain": {"intents": [], "slots": {}, "responses": {}, "actions": [name]},
        "version": "3.6.21",
    }


def action_for(intent: str) -> str:
    """Return what the rules do with an intent."""
    if intent.startswith("hard_"):
        return "hard_case"
    return "answer" if answer_to(intent) else intent


@dataclass
class RasaStandIn:
    """Runs the actions a story names for each message, and keeps what it was asked and answered."""

    actions_url: str
    token: str
    url: str = ""
    #: The actions Rasa would choose for the next messages, one list a message.
    turns: list[list[str]] = field(default_factory=list)
    #: What else Rasa understood of the next message: `also`, `intent_ranking`, or an `intent`.
    understood: dict[str, Any] = field(default_factory=dict)
    #: Comes before `turns`: what Rasa does instead.
    behaviours: list[Behaviour] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    #: What Rasa makes of the next texts it is only to understand; none: it is away.
    meanings: list[str | None] = field(default_factory=list)
    #: The texts it was only to understand.
    heard: list[str] = field(default_factory=list)
    from_actions: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one message, as the private channel does."""
        payload = await request.json()
        self.asked.append(payload | {"authorization": request.headers.get("Authorization")})
        if self.behaviours:
            return await self.behaviours.pop(0)(payload)
        return web.json_response(await self.run_actions(payload))

    async def understand(self, request: web.Request) -> web.StreamResponse:
        """Say what a text means, as the private channel does; `hard_x+stop`: in two parts."""
        self.heard.append((await request.json())["message"])
        meaning = self.meanings.pop(0) if self.meanings else "greeting"
        if meaning is None:
            return web.json_response({"error": "no model is loaded yet"}, status=503)
        intent, *also = meaning.split("+")
        ranking = [{"name": intent, "confidence": 0.8}]
        named = [{"name": name, "confidence": 0.7} for name in also]
        return web.json_response(
            {"intent": intent, "confidence": 0.8, "ranking": ranking, "also": named}
        )

    async def run_actions(self, payload: dict[str, Any]) -> list[dict[str, Any]]:
        """Call our actions in order, and hand on what they answer as Rasa's channel does."""
        said: list[dict[str, Any]] = []
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            for name in self.turns.pop(0) if self.turns else []:
                call = action_call(
                    name,
                    payload["sender"],
                    payload["metadata"]["message_id"],
                    payload["message"],
                    self.understood,
                )
                headers = {"Authorization": f"Bearer {self.token}"}
                answer = await client.post(self.actions_url, json=call, headers=headers)
                answer.raise_for_status()
                self.from_actions.append(answer.json())
                said += [
                    {"recipient_id": payload["sender"], "custom": part["custom"]}
                    for part in answer.json()["responses"]
                ]
        return said

    async def after_actions(self, behaviour: Behaviour, payload: dict[str, Any]) -> Any:
        """Run the turn's actions, and then fail."""
        await self.run_actions(payload)
        return await behaviour(payload)


def says(*parts: Any, status: int = 200) -> Behaviour:
    """Answer with these parts whatever was asked."""

    async def answer(_payload: dict[str, Any]) -> web.StreamResponse:
        return web.json_response(list(parts), status=status)

    return answer


async def never(_payload: dict[str, Any]) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def page(_payload: dict[str, Any]) -> web.StreamResponse:
    """Answer with a web page."""
    return web.Response(text="<html>proxy</html>", content_type="text/html")


async def greet(_request: web.Request) -> web.StreamResponse:
    """Answer as Rasa's first page does."""
    return web.Response(text="Hello from Rasa: 3.6.21")


@asynccontextmanager
async def rasa_stand_in(actions_url: str, token: str) -> AsyncIterator[RasaStandIn]:
    """Open a stand-in on a free port of this machine."""
    stand_in = RasaStandIn(actions_url, token)
    app = web.Application()
    app.router.add_post("/webhooks/internal/webhook", stand_in.handle)
    app.router.add_post("/webhooks/internal/understand", stand_in.understand)
    app.router.add_get("/", greet)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield stand_in
    await runner.cleanup()
