"""`mindelig telegram webhook`: tells Telegram where to call us, or not to call any more."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from bot.webhooks.telegram import PATH
from data.settings import TelegramUpdates, load
from outreach.errors import NotConfiguredError

FAULT = 1

app = typer.Typer(help="Telegram: where it hands over what citizens write.", no_args_is_help=True)


@app.callback()
def telegram() -> None:
    """Telegram: where it hands over what citizens write."""


@app.command("webhook")
def webhook(
    remove: Annotated[
        bool, typer.Option("--remove", help="Telegram shall not call us any more.")
    ] = False,
) -> None:
    """Let Telegram call MINDELIG_PUBLIC_URL with each update; doing it again does no harm."""
    settings = load()
    if settings.telegram_updates is TelegramUpdates.POLLING and not remove:
        raise NotConfiguredError("MINDELIG_TELEGRAM_UPDATES is polling: unset it first")
    from outreach.gateways.telegram_bot import TelegramBot  # noqa: PLC0415 - takes seconds

    bot = TelegramBot(settings)
    address = None if remove else f"{settings.public_url}{PATH}"

    async def tell() -> None:
        try:
            await bot.call_us_at(address, settings.telegram_secret_token)
        finally:
            await bot.close()

    try:
        asyncio.run(tell())
    except OSError as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(FAULT) from None
    print(f"Telegram calls {address}." if address else "Telegram calls nobody.")
