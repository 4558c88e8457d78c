"""Asks Telegram for updates (long polling), where no public address is that it could call."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.telegram.after import carry_out
from bot.telegram.reading import parse
from bot.telegram.taking import take
from data.models.citizens import Channel
from data.settings import TelegramUpdates
from outreach.gateways.telegram import Telegram
from outreach.schedule import STAND_BY_SECONDS, leadership, rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

_LEADER_LOCK: Final = 770_003  # any number, the same on every machine
#: Telegram holds a question open while nothing is new; a stand-in may answer at once.
_BREATH_SECONDS: Final = 0.2
#: The database does not answer, and soon may.
_AWAY: Final = (OperationalError, InterfaceError, PoolTimeoutError, OSError)


async def run(runtime: Runtime, url: str, stop: asyncio.Event) -> None:
    """Ask again and again until `stop`, on one machine only; where Telegram calls us, only wait.

    Standing by costs a connection to the database; who leads and dies is followed within seconds.
    """
    bot = runtime.carriers.get(Channel.TELEGRAM)
    is_wanted = runtime.settings.telegram_updates is TelegramUpdates.POLLING
    if not is_wanted or not isinstance(bot, Telegram):
        await stop.wait()
        return
    while not stop.is_set():
        try:
            async with leadership(url, _LEADER_LOCK) as connection:
                if connection is not None:
                    await _lead(runtime, bot, stop, connection)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("telegram_not_asked", reason=type(fault).__name__)
        except Exception:
            log.exception("telegram_polling_broke")
        await rest(stop, STAND_BY_SECONDS)


async def _lead(
    runtime: Runtime, bot: Telegram, stop: asyncio.Event, connection: AsyncConnection
) -> None:
    """Ask for as long as the lock's own connection lives; what is taken is not asked for again."""
    await bot.call_us_at(None)  # Telegram answers no questions while it has an address to call
    log.info("telegram_polling_leads")
    last: int | None = None
    while not stop.is_set():
        await connection.execute(text("select 1"))
        await connection.commit()
        updates = await _asked(bot, last, stop)
        for update in updates:
            await _take(runtime, bot, update)
            last = int(update["update_id"])
        if not updates:
            await rest(stop, _BREATH_SECONDS)


async def _asked(bot: Telegram, last: int | None, stop: asyncio.Event) -> Sequence[dict[str, Any]]:
    """Return what Telegram answers, or nothing as soon as we are to stop."""
    asking = asyncio.create_task(bot.updates(last))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if asking.done():
        return asking.result()
    asking.cancel()
    with suppress(asyncio.CancelledError, OSError):
        await asking
    return ()


async def _take(runtime: Runtime, bot: Telegram, given: dict[str, Any]) -> None:
    """Take in one update; one that we trip over is left, so that those after it get in.

    Raises:
        SQLAlchemyError: the database is away; the update is asked for again.
    """
    try:
        after = await take(runtime, parse(given))
    except _AWAY:
        raise
    except Exception:
        log.exception("telegram_update_left", update_id=given.get("update_id"))
        return
    await carry_out(bot, after)
