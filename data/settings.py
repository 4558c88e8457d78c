"""The environment, read once at the start and frozen (indstillinger).

A missing or malformed value stops the start with its name and an example.
"""

from __future__ import annotations

import hmac
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from data.values.mail import SmtpServer
from data.values.time import Clock, SystemClock, parse_instant

EXAMPLES: Final = {
    "MINDELIG_HOME": "var",
    "MINDELIG_DATABASE_URL": "postgresql://mindelig:secret@db.example.dk/mindelig",
    "MINDELIG_PUBLIC_URL": "https://mindelig.example.dk",
    "MINDELIG_SECRET_KEY": "64 random letters and digits, e.g. from `openssl rand -hex 32`",
    "MINDELIG_RASA_URL": "http://127.0.0.1:5005",
    "MINDELIG_RASA_TOKEN": "64 random letters and digits, e.g. from `openssl rand -hex 32`",
    "MINDELIG_ACTIONS_URL": "http://127.0.0.1:8000/internal/actions",
    "MINDELIG_TWILIO_API_URL": "https://api.twilio.com",
    "MINDELIG_TELEGRAM_API_URL": "https://api.telegram.org",
    "MINDELIG_SMTP_URL": "smtps://user:password@mail.example.dk:465 (or smtp://…:587)",
    "MINDELIG_NOW": "2026-11-24T10:00",
    "MINDELIG_SECOND_FACTOR": "required (or: optional)",
    "MINDELIG_PROVIDERS": "/etc/mindelig/providers.yml",
    "TWILIO_ACCOUNT_SID": "AC and 32 hexadecimal digits, from the Twilio console",
    "TWILIO_AUTH_TOKEN": "32 hexadecimal digits, from the Twilio console",
    "TELEGRAM_BOT_TOKEN": "123456:letters, from BotFather",
    "TELEGRAM_BOT_NAME": "@ExampleBot, as BotFather knows it",
    "TELEGRAM_WEBHOOK_SECRET": "64 random letters and digits, e.g. from `openssl rand -hex 32`",
    "MINDELIG_TELEGRAM_UPDATES": "webhook (or: polling)",
}

TWILIO = "https://api.twilio.com"
TELEGRAM = "https://api.telegram.org"


class SettingsError(Exception):
    """A setting (indstilling) is missing or wrong; the message names it and shows an example."""

    code = "settings"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _has_real_port(parts):
        raise ValueError("is not a web address")
    return value.rstrip("/")


def _has_real_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _database_address(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("is not a PostgreSQL address")
    address = f"postgresql+psycopg://{rest}"
    try:
        make_url(address)
    except (ValueError, ArgumentError):  # never shown: it may hold the password
        raise ValueError("is not a PostgreSQL address (is its port a number?)") from None
    return address


def _instant(value: object) -> object:
    return parse_instant(value) if isinstance(value, str) else value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:  # noqa: PLR2004
        raise ValueError("is shorter than 16 characters")
    return value


def _mail_server(value: SecretStr) -> SecretStr:
    SmtpServer.parse(value.get_secret_value())
    return value


def _bot_token(value: SecretStr) -> SecretStr:
    if re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()) is None:
        raise ValueError("is not a bot's token")
    return value


def _header_word(value: SecretStr) -> SecretStr:
    if re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()) is None:
        raise ValueError("is not 16 to 256 letters, digits, _ or -")
    return value


class TelegramUpdates(StrEnum):
    """How what citizens write on Telegram comes to us (modtagelse)."""

    WEBHOOK = "webhook"  # Telegram calls our public address
    POLLING = "polling"  # we ask Telegram, where no public address is


class SecondFactor(StrEnum):
    """Whether a password needs a one-time code beside it (to-faktor)."""

    REQUIRED = "required"
    OPTIONAL = "optional"


WebAddress = Annotated[str, AfterValidator(_web_address)]
Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
MailServer = Annotated[SecretStr, AfterValidator(_mail_server)]


class Settings(BaseSettings):
    """Everything the environment decides; municipal choices are in `data/municipalities/`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_ignore_empty=True)

    home: Annotated[Path, Field(validation_alias="MINDELIG_HOME")] = Path("var")
    database_url: Annotated[str | None, Field(validation_alias="MINDELIG_DATABASE_URL")] = None
    public_url: Annotated[WebAddress, Field(validation_alias="MINDELIG_PUBLIC_URL")] = (
        "http://127.0.0.1:8000"
    )
    secret_key: Annotated[Secret, Field(validation_alias="MINDELIG_SECRET_KEY")]
    rasa_url: Annotated[WebAddress, Field(validation_alias="MINDELIG_RASA_URL")] = (
        "http://127.0.0.1:5005"
    )
    rasa_token: Annotated[Secret, Field(validation_alias="MINDELIG_RASA_TOKEN")]
    actions_url: Annotated[WebAddress, Field(validation_alias="MINDELIG_ACTIONS_URL")] = (
        "http://127.0.0.1:8000/internal/actions"
    )
    twilio_account_sid: Annotated[
        str | None, Field(validation_alias="TWILIO_ACCOUNT_SID", pattern=r"^AC[0-9a-fA-F]{32}$")
    ] = None
    twilio_auth_token: Annotated[Secret | None, Field(validation_alias="TWILIO_AUTH_TOKEN")] = None
    twilio_api_url: Annotated[WebAddress, Field(validation_alias="MINDELIG_TWILIO_API_URL")] = (
        TWILIO
    )
    telegram_bot_token: Annotated[
        Annotated[SecretStr, AfterValidator(_bot_token)] | None,
        Field(validation_alias="TELEGRAM_BOT_TOKEN"),
    ] = None
    telegram_api_url: Annotated[WebAddress, Field(validation_alias="MINDELIG_TELEGRAM_API_URL")] = (
        TELEGRAM
    )
    #: Where citizens find the bot (`@ExampleBot`); without it they are not told of Telegram.
    telegram_bot_name: Annotated[
        str | None, Field(validation_alias="TELEGRAM_BOT_NAME", pattern=r"^@\w{5,32}$")
    ] = None
    telegram_webhook_secret: Annotated[
        Annotated[SecretStr, AfterValidator(_header_word)] | None,
        Field(validation_alias="TELEGRAM_WEBHOOK_SECRET"),
    ] = None
    telegram_updates: Annotated[
        TelegramUpdates, Field(validation_alias="MINDELIG_TELEGRAM_UPDATES")
    ] = TelegramUpdates.WEBHOOK
    #: The mail server that takes our e-mail; none: no e-mail is sent.
    smtp_url: Annotated[MailServer | None, Field(validation_alias="MINDELIG_SMTP_URL")] = None
    second_factor: Annotated[SecondFactor, Field(validation_alias="MINDELIG_SECOND_FACTOR")] = (
        SecondFactor.REQUIRED
    )
    #: The file that says where each municipality's people sign in (OpenID Connect).
    providers: Annotated[Path | None, Field(validation_alias="MINDELIG_PROVIDERS")] = None
    now: Annotated[
        datetime | None, NoDecode, BeforeValidator(_instant), Field(validation_alias="MINDELIG_NOW")
    ] = None

    @property
    def clock(self) -> Clock:
        """A clock that starts where `MINDELIG_NOW` says and runs on, or the machine's own."""
        return SystemClock.starting_at(self.now) if self.now else SystemClock()

    @property
    def telegram_secret_token(self) -> str:
        """The word Telegram repeats with each update: the one given, or this installation's own."""
        if self.telegram_webhook_secret is not None:
            return self.telegram_webhook_secret.get_secret_value()
        key = self.secret_key.get_secret_value().encode()
        return hmac.digest(key, b"telegram webhook", "sha256").hex()

    @property
    def has_twilio(self) -> bool:
        """Tell whether Twilio's account and token are both set."""
        return self.twilio_account_sid is not None and self.twilio_auth_token is not None


def load(**given: object) -> Settings:
    """Read the environment once; `given` values (by field) come before it.

    Secrets that only this installation's own processes share are made once and kept in
    `MINDELIG_HOME` when they are not given, so that one machine starts without any setting.

    Raises:
        SettingsError: a value is missing or wrong; the text names it and shows an example.
    """
    try:
        home = Path(str(given.get("home") or _environment("MINDELIG_HOME") or "var"))
        aliased = {
            Settings.model_fields[name].validation_alias: value for name, value in given.items()
        }
        for name in ("secret_key", "rasa_token"):
            alias = Settings.model_fields[name].validation_alias
            if alias not in aliased and not _environment(str(alias)):
                aliased[alias] = _own_secret(home, name)
        settings = _read({str(alias): value for alias, value in aliased.items()})
        url = settings.database_url
        if url is not None:
            settings = settings.model_copy(update={"database_url": _checked_database(url)})
    except ValidationError as fault:
        raise SettingsError(_explain(fault)) from None
    _refuse_half_an_account(settings)
    _refuse_travel_with_real_messages(settings)
    return settings


def _read(given: dict[str, Any]) -> Settings:
    return Settings(**given)


def _environment(name: str) -> str | None:
    import os  # noqa: PLC0415 - the one place that looks before the settings exist

    return os.environ.get(name)


def _checked_database(url: str) -> str:
    try:
        return _database_address(url)
    except ValueError as fault:
        raise SettingsError(_sentence("MINDELIG_DATABASE_URL", str(fault))) from None


def _own_secret(home: Path, name: str) -> str:
    """Read, or make once, a secret of this installation (mode 600)."""
    path = home / "secrets" / name
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            with suppress(FileExistsError):
                path.hardlink_to(fresh)  # of processes that start together, the first decides
            fresh.unlink()
        return path.read_text().strip()
    except OSError as fault:
        reason = fault.strerror or "cannot be used"
        raise SettingsError(
            _sentence("MINDELIG_HOME", f"{home} cannot be written ({reason})")
        ) from None


def _explain(fault: ValidationError) -> str:
    return "\n".join(
        _sentence(str(error["loc"][0]), error["msg"].removeprefix("Value error, "))
        for error in fault.errors()
    )


def _sentence(name: str, reason: str) -> str:
    example = EXAMPLES.get(name)
    shown = f" Example: {name}={example}" if example else ""
    return f"{name}: {reason}.{shown}"


def _refuse_half_an_account(settings: Settings) -> None:
    account, token = settings.twilio_account_sid, settings.twilio_auth_token
    if (account is None) != (token is None):
        given, missing = "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"
        if account is None:
            given, missing = missing, given
        raise SettingsError(_sentence(missing, f"is missing, although {given} is set"))


def _refuse_travel_with_real_messages(settings: Settings) -> None:
    if settings.now is not None and settings.has_twilio and settings.twilio_api_url == TWILIO:
        raise SettingsError(
            "MINDELIG_NOW: the clock may not be moved while real messages can be sent. "
            "Unset it, or set MINDELIG_TWILIO_API_URL to a stand-in."
        )
    if settings.now is not None and settings.smtp_url is not None:
        server = SmtpServer.parse(settings.smtp_url.get_secret_value())
        if not server.is_here:
            raise SettingsError(
                "MINDELIG_NOW: the clock may not be moved while real e-mail can be sent. "
                "Unset it, or set MINDELIG_SMTP_URL to a server on this machine."
            )
    has_telegram = settings.telegram_bot_token is not None
    if settings.now is not None and has_telegram and settings.telegram_api_url == TELEGRAM:
        raise SettingsError(
            "MINDELIG_NOW: the clock may not be moved while real messages can be sent. "
            "Unset it, or set MINDELIG_TELEGRAM_API_URL to a stand-in."
        )


def moment(settings: Settings) -> datetime:
    """Return the instant it is by these settings' clock, in UTC."""
    return settings.clock.now().astimezone(UTC)
