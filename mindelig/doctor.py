"""Looks at every part and says how to mend what is wrong (`mindelig doctor`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot.rasa import RasaDialogue
from bot.webhooks.telegram import PATH as TELEGRAM_PATH
from data import database
from data.law.helplines import Helplines
from data.law.law import Law
from data.law.review import review
from data.migrations.run import revisions
from data.municipalities.policy import Policies
from data.phrases.foreign import lines_read_on
from data.queries import audit_chain
from data.settings import SettingsError, TelegramUpdates, load
from data.values.time import day_of
from data.yaml_files import DataFileError
from mindelig import rasa
from outreach import audit_seals, health, layers
from outreach.gateways.smtp import SmtpMail
from outreach.rules.layers import open_points

if TYPE_CHECKING:
    from datetime import date

    from data.law.review import Review
    from data.settings import Settings

TIMEOUT = 5.0


@dataclass(frozen=True)
class Finding:
    """What was found of one part, and how to mend it if it is not well."""

    part: str
    is_well: bool
    says: str
    mend: str = ""
    #: What is counted in `says`, one by one; shown with `--json`.
    details: tuple[str, ...] = ()


async def examine() -> list[Finding]:
    """Look at settings, database, model, Rasa, Twilio, Telegram, policies and dated law."""
    try:
        settings = load()
    except SettingsError as fault:
        return [Finding("settings", is_well=False, says=str(fault), mend="set it and try again")]
    found = [Finding("settings", is_well=True, says=f"home is {settings.home.absolute()}")]
    found.append(_database(settings))
    if found[-1].is_well:
        found.append(await _record(settings))
    found.append(_model())
    found.append(await _rasa(settings))
    found.append(await _twilio(settings))
    found.append(await _telegram(settings))
    found.append(await _mail(settings))
    return found + law_and_policies(day_of(settings.clock.now()))


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


async def _record(settings: Settings) -> Finding:
    """Tell whether the record is being sealed (`mindelig audit verify` reads it through)."""
    kept = database.Database.connect(database.address(settings), pool_size=1)
    now = settings.clock.now()
    try:
        async with kept.transaction() as session:
            chains = {key: await audit_chain.status(session, key) for key in Policies.load().keys}
    finally:
        await kept.close()
    late = [key for key, chain in chains.items() if audit_seals.lags(chain, now)]
    waiting = sum(chain.waiting for chain in chains.values())
    seals = sum(chain.number for chain in chains.values())
    says = "; ".join([f"{seals} seals, {waiting} entries wait", *_named("not sealed", late)])
    mend = "run the worker and the scheduler: they seal each minute" if late else ""
    return Finding("record", is_well=not late, says=says, mend=mend)


def _model() -> Finding:
    path = rasa.model_path()
    if path.exists():
        return Finding("model", is_well=True, says=str(path))
    says = "not trained for these dialogues"
    return Finding("model", is_well=False, says=says, mend="mindelig train --if-changed")


async def _rasa(settings: Settings) -> Finding:
    dialogue = RasaDialogue(settings)
    is_ready = await health.dialogue_answers(dialogue)
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
    bot = await _telegram_says(settings, "getMe")
    if bot is None:
        says = f"does not take our token at {settings.telegram_api_url}"
        return Finding("telegram", is_well=False, says=says, mend="check TELEGRAM_BOT_TOKEN")
    name, wanted = f"@{bot.get('username')}", settings.telegram_bot_name
    if wanted is not None and name.casefold() != wanted.casefold():
        says = f"the token is of {name}, citizens are told {wanted}"
        return Finding("telegram", is_well=False, says=says, mend="correct TELEGRAM_BOT_NAME")
    if settings.telegram_updates is TelegramUpdates.POLLING:
        return Finding("telegram", is_well=True, says=f"takes our token as {name}; we ask it")
    calls = (await _telegram_says(settings, "getWebhookInfo") or {}).get("url")
    if calls == f"{settings.public_url}{TELEGRAM_PATH}":
        return Finding("telegram", is_well=True, says=f"takes our token as {name}; calls us")
    says = f"takes our token as {name}, and calls {calls or 'nobody'}"
    return Finding("telegram", is_well=False, says=says, mend="mindelig telegram webhook")


async def _telegram_says(settings: Settings, question: str) -> dict[str, Any] | None:
    """Ask the bot's server one thing; none: no answer, or a refusal."""
    token = settings.telegram_bot_token
    url = f"{settings.telegram_api_url}/bot{token.get_secret_value() if token else ''}/{question}"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = (await client.post(url)).json()
    except (httpx.HTTPError, ValueError):
        return None
    told = answer.get("result") if isinstance(answer, dict) and answer.get("ok") else None
    return told if isinstance(told, dict) else None


async def _mail(settings: Settings) -> Finding:
    """Say hello to the mail server with our account, and leave without a mail."""
    if settings.smtp_url is None:
        return Finding("mail", is_well=True, says="not used (MINDELIG_SMTP_URL is not set)")
    policies = Policies.load()
    unnamed = [key for key in policies.keys if policies[key].senders.email is None]
    try:
        says = await SmtpMail(settings, policies, settings.clock).check()
    except OSError as fault:
        mend = "check MINDELIG_SMTP_URL, and the server's certificate"
        return Finding("mail", is_well=False, says=str(fault), mend=mend)
    says = "; ".join([f"takes our account at {says}", *_named("without a sender", unnamed)])
    mend = "write senders.email in the municipality's file" if unnamed else ""
    return Finding("mail", is_well=True, says=says, mend=mend)


async def _ask(url: str, auth: tuple[str, str] | None = None) -> int | None:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            return (await client.get(url, auth=auth)).status_code
    except httpx.HTTPError:
        return None


def law_and_policies(today: date) -> list[Finding]:
    """Read law and policies, hold them against each other, and count what nobody verified."""
    try:
        law, lines = Law.load(), Helplines.load()
    except DataFileError as fault:
        return [Finding("law", is_well=False, says=str(fault), mend="correct that line")]
    policies = _policies(law, today)
    return [
        policies,
        *(_figures(part, today) for part in review(law, today)),
        Finding(
            "helplines", is_well=True, says=f"verified {lines.verified_on}: {lines.confidence}"
        ),
        _languages(),
        *([_on_call(), _guidance()] if policies.is_well else []),
    ]


def _languages() -> Finding:
    """Name the languages whose lines nobody at home in them has read yet."""
    read_on = lines_read_on()
    unread = [code for code, day in read_on.items() if day is None]
    return Finding(
        "languages",
        is_well=True,
        says="; ".join(
            [f"lines in {len(read_on)}", *_named("not read by a native speaker", unread)]
        ),
        mend="have them read, and write the day in data/phrases/foreign.yml" if unread else "",
    )


def _on_call() -> Finding:
    """Name the municipalities where nobody is called when the office is closed."""
    policies = Policies.load()
    unmanned = [key for key in policies.keys if health.ON_CALL in health.gaps(policies[key])]
    return Finding(
        "on call",
        is_well=True,
        says="; ".join(
            [
                f"called outside office hours in {len(policies.keys) - len(unmanned)}",
                *_named("where danger to life waits until the office opens", unmanned),
            ]
        ),
        mend="write desk.on_call, a telephone, in the municipality's file" if unmanned else "",
    )


def _guidance() -> Finding:
    """Name the municipalities where nobody has confirmed whom citizens can call."""
    policies = Policies.load()
    unread = [key for key in policies.keys if health.GUIDANCE in health.gaps(policies[key])]
    return Finding(
        "guidance",
        is_well=True,
        says="; ".join(
            [
                f"confirmed in {len(policies.keys) - len(unread)}",
                *_named("where nobody has confirmed whom citizens can call", unread),
            ]
        ),
        mend="hold the numbers against the town hall's own, and write guidance.verified_on"
        if unread
        else "",
    )


def _policies(law: Law, today: date) -> Finding:
    try:
        policies = Policies.load()
        layers.check(policies, law, today)
    except DataFileError as fault:
        return Finding("policies", is_well=False, says=str(fault), mend="correct that line")
    waiting = {
        f"{key}: {point.says}": point.paragraph
        for key in policies.keys
        for point in open_points(policies[key], law, today)
    }
    says = "; ".join([", ".join(policies.keys), *_named("open", list(waiting))])
    details = tuple(f"{point} ({paragraph})" for point, paragraph in waiting.items())
    return Finding("policies", is_well=True, says=says, details=details)


def _figures(part: Review, today: date) -> Finding:
    """Count a law file's figures, and name those a person should look at."""
    unverified, old = part.unverified(), part.old(today)
    said = [
        f"figures: {len(part.figures)}",
        *_named("not verified", [figure.name for figure in unverified]),
        *_named("verified more than a year ago", [figure.name for figure in old]),
        *_named("out of date", list(part.late)),
    ]
    return Finding(
        f"law {part.file}",
        is_well=not part.late,
        says="; ".join(said),
        mend=f"hold them against their source and correct data/law/{part.file}"
        if unverified or old or part.late
        else "",
        details=tuple(str(figure) for figure in (*unverified, *old)),
    )


def _named(what: str, names: list[str]) -> list[str]:
    """Say how many there are and which, each name once."""
    return [f"{len(names)} {what}: {', '.join(dict.fromkeys(names))}"] if names else []
