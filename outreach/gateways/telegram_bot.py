"""Sends messages on Telegram through its Bot API, within its limits, and asks it for updates."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)

from data.channels import carried_by
from data.models.citizens import Channel
from outreach.errors import NotConfiguredError
from outreach.gateways.pace import Pace
from outreach.gateways.telegram import CHOICE, UPDATES, vendor_ref
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings
    from outreach.runtime import Parcel

log = structlog.get_logger(__name__)

#: Telegram answers in a tenth of a second; the total is the longest a batch waits for one message.
TIMEOUT: Final = aiohttp.ClientTimeout(total=15, connect=5, sock_connect=5)
#: At most 30 messages a second in all, and about one a second to a chat.
#: Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
MOST_A_SECOND: Final = 30
SECONDS_APART_IN_A_CHAT: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 24 * 3600
#: How long Telegram holds a question for updates open while there are none, in seconds.
POLL_SECONDS: Final = 25
#: The outbox counts no attempt for what was not handed over at all.
_NOT_TRIED: Final = "not_tried"
#: The answer was lost at Telegram's own door: the message may have been taken.
_ANSWER_LOST: Final = ("bad gateway", "gateway timeout", "gateway time-out")


class _RawUpdates(GetUpdates):
    """Asks for updates as they come: one that aiogram cannot read does not keep back the rest."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"


class TelegramBot:
    """The carrier of Telegram, at `MINDELIG_TELEGRAM_API_URL`: one bot for all municipalities."""

    def __init__(self, settings: Settings, *, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        """Take the token; nothing is connected before the first message.

        Raises:
            NotConfiguredError: TELEGRAM_BOT_TOKEN is not set.
        """
        if settings.telegram_bot_token is None:
            raise NotConfiguredError("TELEGRAM_BOT_TOKEN is not set")
        # aiogram hands the time-out on to aiohttp as it is, so connecting can have one of its own.
        session = AiohttpSession(
            api=TelegramAPIServer.from_base(settings.telegram_api_url),
            timeout=cast("float", timeout),
        )
        self._bot = Bot(settings.telegram_bot_token.get_secret_value(), session=session)
        self._pace = Pace(most=MOST_A_SECOND, apart_each=SECONDS_APART_IN_A_CHAT)

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Hand over one message. It never raises for what Telegram or the network does."""
        if len(parcel.body) > carried_by(Channel.TELEGRAM).longest:
            log.error("message_too_long", message_id=str(parcel.message_id))
            return SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code="refused")
        rests = self._pace.rests()
        if rests:
            wait = timedelta(seconds=rests)
            return SendOutcome(SendResult.REFUSED_FOR_NOW, None, _NOT_TRIED, wait)
        await self._pace.turn(parcel.to)
        buttons = [(text, f"{CHOICE}{number}") for number, text in enumerate(parcel.choices)]
        try:
            number = await self._send(parcel.to, parcel.body, buttons)
        except (AiogramError, OSError, ValueError) as fault:
            if isinstance(fault, TelegramRetryAfter):
                self._pace.rest(min(fault.retry_after, LONGEST_WAIT_SECONDS))
            return outcome_of(fault)
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=vendor_ref(parcel.to, number))

    async def say(
        self,
        chat: str,
        text: str,
        buttons: Sequence[tuple[str, str]] = (),
        *,
        replies_to: int | None = None,
    ) -> None:
        """Say what belongs to no conversation yet: once, and if it is lost they ask again."""
        await self._pace.turn(chat)
        try:
            await self._send(chat, text, buttons, replies_to=replies_to)
        except (AiogramError, OSError, ValueError) as fault:
            log.warning("telegram_not_said", fault=type(fault).__name__)

    async def answer_press(self, press: str) -> None:
        """Tell Telegram that the press of a button has come, so that the button rests."""
        try:
            await self._bot.answer_callback_query(press)
        except (AiogramError, OSError, ValueError) as fault:
            log.info("telegram_press_not_answered", fault=type(fault).__name__)

    async def take_buttons_away(self, chat: str, message_id: int) -> None:
        """Take the buttons off a message of ours."""
        try:
            await self._bot.edit_message_reply_markup(
                chat_id=chat,
                message_id=message_id,
                reply_markup=InlineKeyboardMarkup(inline_keyboard=[]),
            )
        except (AiogramError, OSError, ValueError) as fault:
            log.info("telegram_buttons_not_taken", fault=type(fault).__name__)

    async def leave(self, chat: str) -> None:
        """Leave a group."""
        try:
            await self._bot.leave_chat(chat)
        except (AiogramError, OSError, ValueError) as fault:
            log.info("telegram_group_not_left", fault=type(fault).__name__)

    async def updates(self, after: int | None) -> list[dict[str, Any]]:
        """Ask for what has come in since update `after`; Telegram waits a while for the first.

        Raises:
            OSError: Telegram cannot be asked now.
        """
        try:
            question = _RawUpdates(
                offset=None if after is None else after + 1,
                timeout=POLL_SECONDS,
                allowed_updates=UPDATES,
            )
            found = await self._bot(question, request_timeout=POLL_SECONDS + 10)
        except (AiogramError, ValueError) as fault:
            raise ConnectionError(f"Telegram cannot be asked: {type(fault).__name__}") from None
        return cast("list[dict[str, Any]]", found)

    async def call_us_at(self, address: str | None, secret: str = "") -> None:
        """Let Telegram call this address with each update; none: we ask ourselves.

        Raises:
            OSError: Telegram cannot be asked, or refuses the address.
        """
        try:
            if address is None:
                await self._bot.delete_webhook()
            else:
                await self._bot.set_webhook(address, secret_token=secret, allowed_updates=UPDATES)
        except (AiogramError, ValueError) as fault:
            reason = (
                fault.message if isinstance(fault, TelegramBadRequest) else type(fault).__name__
            )
            raise ConnectionError(f"Telegram does not take it: {reason}") from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._bot.session.close()

    async def _send(
        self,
        chat: str,
        text: str,
        buttons: Sequence[tuple[str, str]],
        *,
        replies_to: int | None = None,
    ) -> int:
        """Send as plain text, without a picture of what a link leads to; return its number."""
        rows = [[InlineKeyboardButton(text=label, callback_data=data)] for label, data in buttons]
        sent = await self._bot.send_message(
            chat,
            text,
            parse_mode=None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_parameters=None
            if replies_to is None
            else ReplyParameters(message_id=replies_to, allow_sending_without_reply=True),
            reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None,
        )
        return sent.message_id


def outcome_of(fault: Exception) -> SendOutcome:
    """Say what became of a message whose hand-over failed."""
    match fault:
        case TelegramRetryAfter() | TelegramUnauthorizedError() | TelegramNotFound():
            return _for_now(fault)
        case TelegramNetworkError():
            return _unanswered(fault.__cause__)
        case TelegramServerError():
            is_lost = any(words in fault.message.casefold() for words in _ANSWER_LOST)
            if is_lost:
                return SendOutcome(SendResult.UNKNOWN, error_code="answer_lost")
            return SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="vendor_down")
        case TelegramAPIError():
            return SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code=_refusal(fault))
        case _:
            # Not Telegram's JSON: somebody took it, and we cannot tell who.
            return SendOutcome(SendResult.UNKNOWN, error_code="strange_answer")


def _for_now(fault: TelegramAPIError) -> SendOutcome:
    """Wait as long as Telegram asks for; an unknown token gets 401 or 404, whatever is asked."""
    if isinstance(fault, TelegramRetryAfter):
        wait = timedelta(seconds=min(fault.retry_after, LONGEST_WAIT_SECONDS))
        return SendOutcome(SendResult.REFUSED_FOR_NOW, None, "too_many", wait)
    return SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="our_account")


def _refusal(fault: TelegramAPIError) -> str:
    """Say why this message to this chat is refused for good."""
    said = fault.message.casefold()
    if isinstance(fault, TelegramForbiddenError):
        # Blocked by the citizen; else they are gone, or have never written to the bot.
        return "blocked_by_citizen" if "blocked" in said else "no_such_chat"
    return "no_such_chat" if "chat not found" in said else "refused"


def _unanswered(cause: BaseException | None) -> SendOutcome:
    match cause:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            # No connection, so not a byte of the message has left.
            return SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="no_connection")
        case asyncio.TimeoutError():
            return SendOutcome(SendResult.UNKNOWN, error_code="no_answer")
        case _:
            return SendOutcome(SendResult.UNKNOWN, error_code="connection_lost")
