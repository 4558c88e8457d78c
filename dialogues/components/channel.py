"""The one door into Rasa: our own app, with a token, over loopback."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

BODY_LIMIT = 64 * 1024
"""Bytes. A message is a few hundred; more than this is a fault or an attack."""

LONGEST_SENDER = 255
"""Characters that Rasa's own table of events has room for."""

OnMessage = Callable[[UserMessage], Awaitable[Any]]


class EmptyTokenError(RasaException):
    """The door has no lock, so Rasa must not start."""

    def __init__(self) -> None:
        """Name the setting."""
        super().__init__(
            "dialogues/credentials.yml: `token` is empty. Set MINDELIG_RASA_TOKEN to a "
            "secret, the same one in the app and in Rasa."
        )


class UnreadableBodyError(ValueError):
    """The request is not what our app sends; the text says what is wrong, and nothing else."""


def compile_action_checks() -> None:
    """Check an action's answer against a schema that is compiled once.

    Rasa compiles it, and checks the schema itself, at every call, which is half the time of a turn.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # noqa: SLF001


def without_commands(text: str) -> str:
    """Take away the slashes in front, and the blanks between them.

    To Rasa `/restart` and `/inform{"x":1}` are commands, and a citizen must not give any.
    """
    while (shorter := text.strip().lstrip("/")) != text:
        text = shorter
    return text


def read_message(body: bytes, channel: str, output: CollectingOutputChannel) -> UserMessage:
    """Read what our app sends: sender, message, and maybe trusted and metadata.

    Raises:
        UnreadableBodyError: it is not JSON, or a field is missing or of another type.
    """
    fields = _fields(body)
    sender = _text(fields, "sender")
    if not 0 < len(sender) <= LONGEST_SENDER:
        raise UnreadableBodyError(f"`sender` must have 1 to {LONGEST_SENDER} characters")
    text = _text(fields, "message")
    metadata = fields.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise UnreadableBodyError("`metadata` must be an object")
    trusted = fields.get("trusted") is True
    return UserMessage(
        text if trusted else without_commands(text),
        output,
        sender,
        input_channel=channel,
        metadata=metadata,
    )


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError("the body is not valid JSON") from error
    if not isinstance(fields, dict):
        raise UnreadableBodyError("the body must be a JSON object")
    return fields


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise UnreadableBodyError(f"`{name}` must be a text")
    return value


def understood(parsed: dict[str, Any]) -> dict[str, Any]:
    """Write what a text means as our app reads it: intent, confidence, ranking, other questions."""
    intent = parsed["intent"]
    return {
        "intent": intent["name"],
        "confidence": intent["confidence"],
        "ranking": parsed.get("intent_ranking") or [],
        "also": parsed.get("also") or [],
    }


def _refused(status: int, why: str) -> HTTPResponse:
    return response.json({"error": why}, status=status)


class InternalInput(InputChannel):
    """The private channel, below `/webhooks/internal`.

    `POST webhook` takes a message and answers with a JSON list of what the actions said;
    `POST understand` tells what a text means, without a conversation, and keeps nothing of it.
    """

    @classmethod
    def name(cls) -> str:
        """Name the channel as its path does."""
        return "internal"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "InternalInput":
        """Build it from `dialogues/credentials.yml`.

        Raises:
            EmptyTokenError: the token is missing or empty.
        """
        compile_action_checks()
        return cls(str((credentials or {}).get("token") or "").strip())

    def __init__(self, token: str) -> None:
        """Open for those who know the token."""
        if not token:
            raise EmptyTokenError
        self._expected = f"Bearer {token}".encode()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """Give Rasa's web server the channel's routes."""
        routes = Blueprint("internal_webhook")

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            refused = self._turn_away(request)
            if refused is not None:
                return refused
            output = CollectingOutputChannel()
            try:
                message = read_message(request.body, self.name(), output)
            except UnreadableBodyError as error:
                return _refused(400, str(error))
            await on_new_message(message)
            return response.json(output.messages)

        @routes.post("/understand")
        async def understand(request: Request) -> HTTPResponse:
            refused = self._turn_away(request)
            if refused is not None:
                return refused
            try:
                text = without_commands(_text(_fields(request.body), "message"))
            except UnreadableBodyError as error:
                return _refused(400, str(error))
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return _refused(503, "no model is loaded")
            return response.json(understood(await agent.parse_message(text)))

        return routes

    def _turn_away(self, request: Request) -> HTTPResponse | None:
        """Refuse who has no key, and what is too much; none: they may come in."""
        if not self._is_ours(request):
            return _refused(401, "the token is missing or wrong")
        if len(request.body) > BODY_LIMIT:
            return _refused(413, f"the body is over {BODY_LIMIT} bytes")
        return None

    def _is_ours(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._expected)
