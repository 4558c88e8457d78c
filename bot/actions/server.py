"""Rasa's door to us: runs the action it chose, behind a token (handlingsserver).

An action writes its words as a draft in our database and gives Rasa only the draft's id, so
that Rasa never holds a name, a sum or a text. Nothing is sent before the turn is over.
"""

from __future__ import annotations

import hmac
import warnings
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.actions.closing import write_draft
from bot.actions.opening import open_turn, read_heard
from bot.actions.responding import HANDLERS, respond
from bot.errors import RefusedAtDoorError
from data.models.conversations import Conversation
from data.values.ids import ConversationId, MessageId

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from rasa_sdk import Action
    from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
    from rasa_sdk.executor import ActionExecutor

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher
    from rasa_sdk.types import DomainDict

    from outreach.runtime import Runtime


class TurnAction(Action):
    """One of our actions, as rasa-sdk wants it."""

    def __init__(self, name: str, runtime: Runtime) -> None:
        """Bind to the runtime."""
        self._name, self._runtime = name, runtime

    def name(self) -> str:
        """The name the domain knows it by."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Take the turn in one transaction; return the slots and, to Rasa, only the draft's id."""
        metadata = (tracker.latest_message or {}).get("metadata") or {}
        message_id = MessageId(_id_in(metadata.get("message_id")))
        async with self._runtime.transaction() as session:
            heard = read_heard(tracker.latest_message or {})
            turn = await open_turn(session, self._runtime, message_id, heard)
            if turn is None:
                return []
            reply = await respond(turn, self._name)
            draft = await write_draft(turn, reply)
        dispatcher.utter_message(json_message={"reply": str(draft)})
        return [SlotSet("awaiting", reply.awaiting.value), SlotSet("wanted", reply.wanted)]


class SessionStart(Action):
    """Gives Rasa what it may know of a conversation: its id, language and where we were."""

    NAME = "action_session_start"

    def __init__(self, runtime: Runtime) -> None:
        """Bind to the runtime."""
        self._runtime = runtime

    def name(self) -> str:
        """The name Rasa looks for at the start of a session."""
        return self.NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Set all slots from our database; Rasa's own memory is only a copy."""
        async with self._runtime.transaction() as session:
            place = await session.get(Conversation, ConversationId(UUID(tracker.sender_id)))
        slots: dict[str, str | None] = {"case_id": tracker.sender_id}
        if place is not None:
            slots |= {
                "language": place.language.value,
                "awaiting": place.awaiting.value,
                "wanted": place.wanted,
            }
        return [
            SessionStarted(),
            *(SlotSet(name, value) for name, value in slots.items()),
            ActionExecuted("action_listen"),
        ]


def make_executor(runtime: Runtime) -> ActionExecutor:
    """Register every action of the domain."""
    executor = ActionExecutor()
    executor.register_action(SessionStart(runtime))
    for name in HANDLERS:
        executor.register_action(TurnAction(name, runtime))
    return executor


async def _read_call(request: Request) -> dict[str, Any]:
    """Read what Rasa asks for.

    Raises:
        RefusedAtDoorError: it is no call of an action of ours.
    """
    try:
        call: dict[str, Any] = await request.json()
        action, sender = call["next_action"], call["tracker"]["sender_id"]
        call["domain"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        missing = "A JSON object with next_action, tracker (with sender_id) and domain is needed."
        raise RefusedAtDoorError(400, "malformed", missing) from None
    if action not in {*HANDLERS, SessionStart.NAME}:
        raise RefusedAtDoorError(404, "unknown_action", "There is no such action.")
    _id_in(sender)
    return call


def _id_in(text: object) -> UUID:
    """Read an id of ours that Rasa gives back.

    Raises:
        RefusedAtDoorError: it is none.
    """
    try:
        return UUID(str(text))
    except ValueError:
        raise RefusedAtDoorError(400, "malformed", "The tracker holds no id of ours.") from None


def make_router(runtime: Runtime) -> APIRouter:
    """Make the one route Rasa may call."""
    router = APIRouter()
    executor = make_executor(runtime)
    expected = f"Bearer {runtime.settings.rasa_token.get_secret_value()}"

    @router.post("/internal/actions")
    async def run_action(request: Request) -> JSONResponse:
        """Run one action for Rasa; only a bearer of the shared token may ask."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return JSONResponse({"code": "bad_token"}, status_code=401)
        result = await executor.run(await _read_call(request))
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return router
