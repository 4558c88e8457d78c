"""Updates from Telegram: the secret word at the door, stored once, let go."""

from __future__ import annotations

import hmac
from typing import Annotated, Final

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response

from bot.errors import RefusedAtDoorError
from bot.runtime import RuntimeOf
from bot.telegram.after import carry_out
from bot.telegram.reading import parse
from bot.telegram.taking import take
from data.models.citizens import Channel
from outreach.gateways.telegram import Telegram

PATH: Final = "/webhooks/telegram"
#: An update is some hundred bytes to a few kB; a long message with a long one it replies to, 40.
MOST_BYTES: Final = 256 * 1024
WORD_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"

router = APIRouter(tags=["telegram"])


async def telegram_update(request: Request, runtime: RuntimeOf) -> bytes:
    """Read an update that Telegram sends us with the word we gave it.

    Raises:
        RefusedAtDoorError: the word is missing or wrong, or it is too large.
    """
    given = request.headers.get(WORD_HEADER, "").encode()
    if not hmac.compare_digest(given, runtime.settings.telegram_secret_token.encode()):
        raise RefusedAtDoorError(
            403, "bad_secret", f"{WORD_HEADER} is missing or wrong; run mindelig telegram webhook"
        )
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise RefusedAtDoorError(413, "too_large", f"At most {MOST_BYTES} bytes are taken.")
    return bytes(body)


@router.post(PATH)
async def receive_update(
    body: Annotated[bytes, Depends(telegram_update)],
    runtime: RuntimeOf,
    afterwards: BackgroundTasks,
) -> Response:
    """Take in an update and let Telegram go; answers follow as messages of their own.

    Telegram calls again until it gets a 2xx, so what we do not know is taken and left.
    """
    bot = runtime.carriers.get(Channel.TELEGRAM)
    if not isinstance(bot, Telegram):
        raise RefusedAtDoorError(503, "not_configured", "TELEGRAM_BOT_TOKEN is not set.")
    try:
        update = parse(body)
    except ValueError:
        raise RefusedAtDoorError(422, "malformed", "This is no update of Telegram's.") from None
    after = await take(runtime, update)
    if after is not None:
        afterwards.add_task(carry_out, bot, after)
    return Response(status_code=200)
