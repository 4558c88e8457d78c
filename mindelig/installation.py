"""Opens an installation for a command: settings, database, law, policies, gateways."""

from __future__ import annotations

import logging
import sys
import traceback
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, override

import structlog
from sqlalchemy.exc import OperationalError

from bot.rasa import RasaDialogue
from data import database
from data.migrations.run import revisions, upgrade
from data.models.citizens import Channel
from data.settings import load
from data.values.time import StandingClock, parse_instant
from outreach.carriers import Telephone
from outreach.errors import NotConfiguredError
from outreach.gateways.pickup import Pickup
from outreach.gateways.post_folder import PostFolder
from outreach.gateways.smtp import SmtpMail
from outreach.gateways.twilio import TwilioSms
from outreach.gateways.twilio_calls import TwilioCalls
from outreach.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from structlog.typing import EventDict

    from data.settings import Settings
    from outreach.runtime import Carrier


def log_to_stderr(*, as_json: bool = True) -> None:
    """Write events with ids to standard error: never a text, a name or a number of a person."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_only,
            structlog.processors.JSONRenderer()
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    others = logging.StreamHandler()
    others.setFormatter(_WhereOnly("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[others], level=logging.WARNING, force=True)


def _where(fault: BaseException) -> str:
    """Tell what kind of fault it was and where: its text may hold a number or a name."""
    return "".join(traceback.format_tb(fault.__traceback__)) + type(fault).__name__


def _where_only(_logger: object, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    fault = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if fault is not None:
        event["exception"] = _where(fault)
    return event


class _WhereOnly(logging.Formatter):
    """Formats what libraries log, without the texts of faults."""

    @override
    def formatException(self, ei: Any) -> str:
        return _where(ei[1]) if ei[1] is not None else ""


def equip(runtime: Runtime) -> Runtime:
    """Open the doors the settings know of: Twilio where its account is set, Rasa, the letters'."""
    settings = runtime.settings
    sms = TwilioSms(settings) if settings.has_twilio else None
    return runtime.equip(
        sms=sms,
        carriers={
            Channel.WEB: Pickup(),
            Channel.VOICE: _telephone(runtime),
            **_telegram(settings),
            **_mail(runtime),
        },
        post=PostFolder(settings.home),
        dialogue=RasaDialogue(settings),
    )


def _telephone(runtime: Runtime) -> Carrier:
    """Place calls where there is an account; what is said in a call is always picked up."""
    gateway = TwilioCalls(runtime.settings) if runtime.settings.has_twilio else None
    return Telephone(gateway, runtime.policies)


def _mail(runtime: Runtime) -> dict[Channel, Carrier]:
    """Open the mail server where there is one."""
    if runtime.settings.smtp_url is None:
        return {}
    return {Channel.EMAIL: SmtpMail(runtime.settings, runtime.policies, runtime.clock)}


def _telegram(settings: Settings) -> dict[Channel, Carrier]:
    """Open Telegram where it has a token; what it needs takes seconds to import."""
    if settings.telegram_bot_token is None:
        return {}
    from outreach.gateways.telegram_bot import TelegramBot  # noqa: PLC0415

    return {Channel.TELEGRAM: TelegramBot(settings)}


@asynccontextmanager
async def open_runtime(
    *, as_of: str | None = None, settings: Settings | None = None
) -> AsyncIterator[Runtime]:
    """Open the installation the environment describes, and close it at the end.

    Args:
        as_of: a time such as `2026-12-02T09:00` at which the clock is to stand.
        settings: settings already read; the environment otherwise.

    Raises:
        SettingsError: a setting is missing or wrong.
        DataFileError: a file of law or policy is wrong.
        NotConfiguredError: `as_of` is no time, or the database does not answer.
    """
    standing = _standing_clock(as_of)
    read = settings or load()
    url = database.address(read)
    if read.database_url is None:
        upgrade(url)  # an embedded database belongs to this program alone
    else:
        _need_current_schema(url)
    runtime = equip(Runtime.build(read, url))
    if standing is not None:
        runtime = runtime.at(standing)
    try:
        yield runtime
    finally:
        await runtime.close()


def need_municipality(runtime: Runtime, key: str) -> None:
    """Refuse a municipality that this installation does not serve.

    Raises:
        NotConfiguredError: there is none of that key; the text names those there are.
    """
    if key not in runtime.policies:
        known = ", ".join(runtime.policies.keys)
        raise NotConfiguredError(f"--municipality {key}: there are {known}")


def _standing_clock(as_of: str | None) -> StandingClock | None:
    try:
        return StandingClock(parse_instant(as_of)) if as_of is not None else None
    except ValueError as fault:
        raise NotConfiguredError(f"--as-of: {fault}") from None


def _need_current_schema(url: str) -> None:
    """Refuse to work on a database whose schema is not this version's."""
    try:
        found, wanted = revisions(url)
    except OperationalError as fault:
        reason = str(fault.orig).strip().splitlines()[0]
        raise NotConfiguredError(
            f"MINDELIG_DATABASE_URL: the database does not answer ({reason})"
        ) from None
    if found != wanted:
        raise NotConfiguredError("the database's schema is not this version's: mindelig db upgrade")
