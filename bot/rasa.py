"""The dialogue over Rasa's private channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from outreach.errors import RasaUnavailableError

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
            RasaUnavailableError: no answer, or one that our actions did not write.
        """
        payload = {
            "sender": conversation_id,
            "message": text,
            "trusted": trusted,
            "metadata": {"message_id": message_id},
        }
        try:
            answer = await self._client.post("/webhooks/internal/webhook", json=payload)
            answer.raise_for_status()
            said = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise RasaUnavailableError(f"Rasa did not answer: {type(fault).__name__}") from fault
        return _drafts(said)

    async def ready(self) -> bool:
        """Tell whether Rasa answers with a model loaded."""
        try:
            answer = await self._client.get("/")
        except httpx.HTTPError:
            return False
        return answer.is_success

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
