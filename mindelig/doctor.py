"""Looks at every part and says how to mend what is wrong (`mindelig doctor`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot.rasa import RasaDialogue
from data import database
from data.law.claim_types import ClaimTypes
from data.law.helplines import Helplines
from data.migrations.run import revisions
from data.municipalities.policy import Policies
from data.settings import SettingsError, load
from data.yaml_files import DataFileError
from mindelig import rasa

if TYPE_CHECKING:
    from data.settings import Settings

TIMEOUT = 5.0


@dataclass(frozen=True)
class Finding:
    """What was found of one part, and how to mend it if it is not well."""

    part: str
    is_well: bool
    says: str
    mend: str = ""


async def examine() -> list[Finding]:
    """Look at settings, database, model, Rasa, Twilio, Telegram, policies and dated law."""
    try:
        settings = load()
    except SettingsError as fault:
        return [Finding("settings", is_well=False, says=str(fault), mend="set it and try again")]
    found = [Finding("settings", is_well=True, says=f"home is {settings.home.absolute()}")]
    found.append(_database(settings))
    found.append(_model())
    found.append(await _rasa(settings))
    found.append(await _twilio(settings))
    found.append(await _telegram(settings))
    return found + _data_files()


def _database(settings: Settings) -> Finding:
    try:
        url = database.address(settings)
        at, newest = revisions(url)
    except (SQLAlchemyError, OSError) as fault:
        reason = str(getattr(fault, "orig", fault)).strip().splitlines()[:1]
        return Finding(
            "database", is_well=False, says=" ".join(reason), mend="check MINDELIG_DATABASE_URL"
        )
    if at != newest:
        says = f"schema {at or 'empty'}, this version needs {newest}"
        return Finding("database", is_well=False, says=says, mend="mindelig db upgrade")
    kind = "given by MINDELIG_DATABASE_URL" if settings.database_url else "embedded"
    return Finding("database", is_well=True, says=f"{kind}, schema {at}")


def _model() -> Finding:
    path = rasa.model_path()
    if path.exists():
        return Finding("model", is_well=True, says=str(path))
    says = "not trained for these dialogues"
    return Finding("model", is_well=False, says=says, mend="mindelig train --if-changed")


async def _rasa(settings: Settings) -> Finding:
    dialogue = RasaDialogue(settings)
    is_ready = await dialogue.ready()
    await dialogue.close()
    if is_ready:
        return Finding("rasa", is_well=True, says=f"answers at {settings.rasa_url}")
    says = f"does not answer at {settings.rasa_url}"
    return Finding("rasa", is_well=False, says=says, mend="mindelig rasa, or mindelig up")


async def _twilio(settings: Settings) -> Finding:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        says = "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set: no SMS can be sent"
        return Finding("twilio", is_well=False, says=says, mend="set both, from the Twilio console")
    path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json?PageSize=1"
    secret = (settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())
    status = await _ask(f"{settings.twilio_api_url}{path}", auth=secret)
    if status == httpx.codes.OK:
        return Finding(
            "twilio", is_well=True, says=f"takes our account at {settings.twilio_api_url}"
        )
    says = f"answers {status or 'nothing'} at {settings.twilio_api_url}"
    return Finding("twilio", is_well=False, says=says, mend="check the account and the token")


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_bot_token is None:
        return Finding("telegram", is_well=True, says="not used (TELEGRAM_BOT_TOKEN is not set)")
    token = settings.telegram_bot_token.get_secret_value()
    status = await _ask(f"{settings.telegram_api_url}/bot{token}/getMe")
    if status == httpx.codes.OK:
        return Finding("telegram", is_well=True, says="takes our token")
    says = f"answers {status or 'nothing'}"
    return Finding("telegram", is_well=False, says=says, mend="check TELEGRAM_BOT_TOKEN")


async def _ask(url: str, auth: tuple[str, str] | None = None) -> int | None:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            return (await client.get(url, auth=auth)).status_code
    except httpx.HTTPError:
        return None


def _data_files() -> list[Finding]:
    try:
        policies, types, lines = Policies.load(), ClaimTypes.load(), Helplines.load()
    except DataFileError as fault:
        return [Finding("policies", is_well=False, says=str(fault), mend="correct that line")]
    return [
        Finding("policies", is_well=True, says=", ".join(policies.keys)),
        Finding(
            "claim types", is_well=True, says=f"verified {types.verified_on}: {types.confidence}"
        ),
        Finding(
            "helplines", is_well=True, says=f"verified {lines.verified_on}: {lines.confidence}"
        ),
    ]
