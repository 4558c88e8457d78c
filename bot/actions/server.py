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

from bot.actions import (
    agreements,
    changes,
    claims,
    general,
    identity,
    misunderstandings,
    payments,
    plans,
    respites,
)
from bot.actions.handoffs import hand_over
from bot.actions.turn import Handler, Reply, Turn
from bot.errors import RefusedAtDoorError
from data.models.citizens import Citizen
from data.models.conversations import (
    Author,
    Conversation,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.values.ids import ConversationId, MessageId, new_id
from outreach import messages
from outreach.conversations import lock
from outreach.identity import read_evidence

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from rasa_sdk import Action
    from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
    from rasa_sdk.executor import ActionExecutor

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher
    from rasa_sdk.types import DomainDict
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

HANDLERS: dict[str, Handler] = {
    "action_greeting": general.greeting,
    "action_human": general.human,
    "action_in_crisis": general.in_crisis,
    "action_stop": general.stop,
    "action_is_this_scam": general.is_this_scam,
    "action_wrong_person": general.wrong_person,
    "action_what_is_this": claims.what_is_this,
    "action_how_much": claims.how_much,
    "action_consequences": general.consequences,
    "action_ask_plan": agreements.ask_plan,
    "action_propose_amount": agreements.propose_amount,
    "action_accept": agreements.accept,
    "action_decline": agreements.decline,
    "action_ask_respite": respites.ask_respite,
    "action_respite_date": respites.respite_date,
    "action_pay_now": payments.pay_now,
    "action_partial_payment": payments.partial_payment,
    "action_plan_status": plans.plan_status,
    "action_change_plan": changes.change_plan,
    "action_missed_instalment": plans.missed_instalment,
    "action_dispute_claim": claims.dispute_claim,
    "action_already_paid": claims.already_paid,
    "action_are_you_robot": general.are_you_robot,
    "action_thanks": general.thanks,
    "action_not_understood": misunderstandings.not_understood,
}
#: What may be answered once the identity is proven.
WANTED: dict[str, Handler] = {
    "what_is_this": claims.what_is_this,
    "how_much": claims.how_much,
    "ask_plan": agreements.ask_plan,
    "propose_amount": agreements.propose_amount,
    "ask_respite": respites.ask_respite,
    "pay_now": payments.pay_now,
    "partial_payment": payments.partial_payment,
    "plan_status": plans.plan_status,
    "change_plan": changes.change_plan,
    "missed_instalment": plans.missed_instalment,
}


async def identify(turn: Turn) -> Reply:
    """Weigh the proof; when it holds, answer at once what the citizen wanted."""
    missing = await identity.check(turn)
    if missing is not None:
        if not missing.understood:
            return await _confused(turn, missing)
        return missing
    place = turn.conversation
    turn.citizen = await turn.session.get(Citizen, place.citizen_id)
    if turn.citizen is not None and turn.citizen.frozen_at is not None:
        return await hand_over(turn, "frozen", "person_will_answer")
    if place.wanted_message_id is not None:
        asked = await turn.session.get(Message, place.wanted_message_id)
        if asked is not None:
            turn.text, turn.said_in = asked.body, asked.id
    wanted = WANTED.get(place.wanted or "", claims.what_is_this)
    place.wanted = place.wanted_message_id = None
    reply = await wanted(turn)
    reply.text = f"{turn.say('identity_proven')} {reply.text}"
    return reply


async def _confused(turn: Turn, reply: Reply) -> Reply:
    """Let a person take over when the citizen cannot give what is asked for."""
    if turn.conversation.misunderstood + 1 >= misunderstandings.MISUNDERSTOOD_AT_MOST:
        return await hand_over(turn, "identity_failed", "identity_locked")
    return reply


HANDLERS["action_identify"] = identify
#: What people write who send the proof along without being asked: all of it, or a half alone.
OPENINGS = {"action_greeting", "action_not_understood", *(f"action_{wanted}" for wanted in WANTED)}


def brings_proof(turn: Turn, action: str) -> bool:
    """Tell whether the citizen says who they are before, or while, we ask for something else."""
    if turn.is_proven or action not in OPENINGS:
        return False
    evidence = read_evidence(turn.text, turn.today)
    is_bare = action == "action_not_understood" and bool(evidence.births or evidence.refs)
    return evidence.is_whole or is_bare


async def identify_unasked(turn: Turn, action: str) -> Reply:
    """Weigh a proof that nobody asked for, and answer what came with it."""
    wanted = action.removeprefix("action_")
    place = turn.conversation
    if wanted in WANTED:
        place.wanted, place.wanted_message_id = wanted, turn.message.id
    elif place.wanted is None:
        place.wanted = "what_is_this"
    return await identify(turn)


class TurnAction(Action):
    """One of our actions, as rasa-sdk wants it."""

    def __init__(self, name: str, handler: Handler, runtime: Runtime) -> None:
        """Bind a handler to the runtime."""
        self._name, self._handler, self._runtime = name, handler, runtime

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
            turn = await _open_turn(session, self._runtime, message_id)
            if turn is None:
                return []
            if brings_proof(turn, self._name):
                reply = await identify_unasked(turn, self._name)
            else:
                reply = await self._handler(turn)
            draft = await _write_draft(turn, reply)
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


async def _open_turn(session: AsyncSession, runtime: Runtime, message_id: MessageId) -> Turn | None:
    """Load the turn; none when the conversation is no longer the assistant's."""
    message = await session.get(Message, message_id)
    if message is None:
        raise RefusedAtDoorError(404, "not_found", "There is no such message.")
    conversation = await lock(session, message.conversation_id)
    if conversation.owner is not Owner.ASSISTANT or message.status is not MessageStatus.RECEIVED:
        return None
    citizen = (
        await session.get(Citizen, conversation.citizen_id) if conversation.citizen_id else None
    )
    return Turn(session, runtime, conversation, citizen, message, message.body, said_in=message.id)


async def _write_draft(turn: Turn, reply: Reply) -> UUID:
    """Keep the words as a draft, and what is awaited now."""
    place = turn.conversation
    body = reply.text
    if place.introduced_at is None and not reply.goes_alone:
        body = f"{turn.say('introduction')}\n\n{body}"
        place.introduced_at = turn.runtime.clock.now()
    place.awaiting, place.wanted = reply.awaiting, reply.wanted
    if reply.wanted is None:
        place.wanted_message_id = None
    place.misunderstood = 0 if reply.understood else place.misunderstood + 1
    if reply.shown is not None:
        reply.shown(body)
    draft = await messages.queue(
        turn.session,
        turn.runtime,
        conversation=place,
        body=body,
        kind=MessageKind.NOTICE if reply.is_notice else MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"draft:{turn.message.id}:{new_id()}",
        in_reply_to=turn.message.id,
        status=MessageStatus.DRAFT,
    )
    if draft is None:  # pragma: no cover - the key is fresh
        raise RuntimeError("a fresh draft was refused")
    return draft.id


def make_executor(runtime: Runtime) -> ActionExecutor:
    """Register every action of the domain."""
    executor = ActionExecutor()
    executor.register_action(SessionStart(runtime))
    for name, handler in HANDLERS.items():
        executor.register_action(TurnAction(name, handler, runtime))
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
