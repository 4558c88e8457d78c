"""The dialogue over Rasa's private channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from outreach.errors import RasaSilentError, RasaUnavailableError
from outreach.runtime import Understood

if TYPE_CHECKING:
    from data.settings import Settings

#: Rasa answers in tens of milliseconds; after this it is as good as down.
PATIENCE = httpx.Timeout(10.0, connect=2.0)


class RasaDialogue:
    """Asks Rasa what was said and what comes next; it sees masked text and an opaque id only."""

    def __init__(self, settings: Settings) -> None:
        """Open a connection that is kept alive; nothing is sent yet."""
        token = settings.rasa_token.get_secret_value()
        self._client = httpx.AsyncClient(
            base_url=settings.rasa_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
            trust_env=False,  # Rasa is on loopback: no proxy may see a conversation
            transport=httpx.AsyncHTTPTransport(retries=1),
        )

    async def converse(
        self, conversation_id: str, message_id: str, text: str, *, trusted: bool = False
    ) -> list[str]:
        """Return the ids of the drafts our actions wrote in this turn, in order.

        Rasa's failures look like success (an empty list, a fallback text, status 200): whatever
        is not a draft of ours is taken as a failure.

        Raises:
            RasaSilentError: no answer at all.
            RasaUnavailableError: an answer that our actions did not write.
        """
        payload = {
            "sender": conversation_id,
            "message": text,
            "trusted": trusted,
            "metadata": {"message_id": message_id},
        }
        return _drafts(await self._ask("webhook", payload))

    async def understand(self, text: str) -> Understood:
        """Return what a text means; Rasa keeps nothing of it.

        Raises:
            RasaSilentError: no answer at all.
            RasaUnavailableError: an answer that cannot be read.
        """
        said = await self._ask("understand", {"message": text})
        try:
            return _understood(said)
        except (KeyError, TypeError, ValueError) as fault:
            raise RasaUnavailableError("Rasa understood nothing that can be read") from fault

    async def _ask(self, route: str, payload: dict[str, object]) -> object:
        try:
            answer = await self._client.post(f"/webhooks/internal/{route}", json=payload)
            answer.raise_for_status()
        except httpx.HTTPError as fault:
            raise RasaSilentError(f"Rasa did not answer: {type(fault).__name__}") from fault
        try:
            said: object = answer.json()
        except ValueError as fault:
            raise RasaUnavailableError("Rasa answered with no JSON") from fault
        return said

    async def ready(self) -> bool:
        """Tell whether Rasa understands a word: it answers its first page without a model too."""
        try:
            await self.understand("hej")
        except RasaUnavailableError:
            return False
        return True

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()


def _drafts(said: object) -> list[str]:
    if not isinstance(said, list) or not said:
        raise RasaUnavailableError("Rasa answered nothing")
    drafts = []
    for part in said:
        custom = part.get("custom") if isinstance(part, dict) else None
        reply = custom.get("reply") if isinstance(custom, dict) else None
        if not isinstance(reply, str):
            raise RasaUnavailableError("Rasa answered with words that are not ours")
        drafts.append(reply)
    return drafts


def _understood(said: object) -> Understood:
    if not isinstance(said, dict):
        raise TypeError
    return Understood(
        str(said["intent"]),
        float(said["confidence"]),
        tuple((str(one["name"]), float(one["confidence"])) for one in said["ranking"]),
        tuple(str(one["name"]) for one in said["also"]),
    )
