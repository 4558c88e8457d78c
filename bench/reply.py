"""SMS in to reply at the gateway, one citizen at a time; and how much of it is Rasa's."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from twilio.request_validator import RequestValidator

import bot.worker
from bot.rasa import RasaDialogue
from data.database import start_embedded
from data.migrations.run import upgrade
from data.models.citizens import Citizen, ContactPoint
from data.models.claims import Claim, PaymentCoverage
from data.settings import load
from data.values.ids import DebtorKind, new_id
from data.values.money import Money
from data.values.time import StandingClock
from mindelig import rasa, up, web
from outreach.runtime import Erased, Runtime, SendOutcome, SendResult, Understood

if TYPE_CHECKING:
    from data.settings import Settings
    from data.values.phone import PhoneNumber
    from outreach.runtime import ReceivedRecord, SentRecord

_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_PHONE, _OURS = "+4520304050", "+4570990101"
#: One conversation, again and again: the words of the journey tests.
WALK = ("JA", "1. januar 1980 og A-1001", "400 om måneden", "nej", "er det svindel?")
ROUNDS, WARM_UP = 12, 2


@dataclass
class _Gateway:
    """Accepts at once, and tells when."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(
        self, sender: PhoneNumber, to: PhoneNumber, body: str, *, message_id: str | None = None
    ) -> SendOutcome:
        self.arrived.set()
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=f"SM{secrets.token_hex(16)}")

    async def sent_to(
        self, sender: PhoneNumber, to: PhoneNumber, since: datetime
    ) -> list[SentRecord]:
        return []

    async def received(self, ours: PhoneNumber, since: datetime) -> list[ReceivedRecord]:
        return []

    async def erase(self, vendor_ref: str) -> Erased | None:
        return Erased.GONE

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass
class _Timed:
    """The dialogue, with the seconds each turn took in it."""

    inner: RasaDialogue
    seconds: list[float] = field(default_factory=list)

    async def converse(
        self, conversation_id: str, message_id: str, text: str, *, trusted: bool = False
    ) -> list[str]:
        began = time.monotonic()
        drafts = await self.inner.converse(conversation_id, message_id, text, trusted=trusted)
        self.seconds.append(time.monotonic() - began)
        return drafts

    async def understand(self, text: str) -> Understood:
        return await self.inner.understand(text)

    async def ready(self) -> bool:
        return await self.inner.ready()


def measure() -> list[tuple[str, str]]:
    """Run the walk over real web, worker, PostgreSQL and Rasa on this machine."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(home: Path) -> list[tuple[str, str]]:
    url = start_embedded(home / "postgres", "bench_reply")
    upgrade(url)
    port, rasa_port = up.free_port(), up.free_port()
    settings = load(
        home=home,
        database_url=url,
        public_url=f"http://127.0.0.1:{port}",
        actions_url=f"http://127.0.0.1:{port}/internal/actions",
        rasa_url=f"http://127.0.0.1:{rasa_port}",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token=secrets.token_hex(16),
    )
    dialogue, gateway = _Timed(RasaDialogue(settings)), _Gateway()
    runtime = Runtime.build(settings, url).at(StandingClock(_NOW))
    runtime = runtime.equip(sms=gateway, dialogue=dialogue)
    model, _ = rasa.train(only_if_changed=True)
    process = await rasa.start(settings, url, model)
    stop, app = asyncio.Event(), web.create_app(runtime)
    try:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(web.serve(app, host="127.0.0.1", port=port, stop=stop))
            parts.create_task(bot.worker.run(runtime, url, stop))
            await _fill(runtime)
            while not await dialogue.ready():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
            totals = await _walk(settings, gateway, dialogue)
            stop.set()
    finally:
        process.terminate()
        await process.wait()
        await runtime.close()
    return _figures(totals, dialogue.seconds)


async def _walk(settings: Settings, gateway: _Gateway, dialogue: _Timed) -> list[float]:
    totals: list[float] = []
    async with httpx.AsyncClient(base_url=settings.public_url) as client:
        for number in range(ROUNDS + WARM_UP):
            if number == WARM_UP:
                totals.clear()
                dialogue.seconds.clear()
            for words in WALK:
                gateway.arrived.clear()
                began = time.monotonic()
                await _post(client, settings, words)
                await asyncio.wait_for(gateway.arrived.wait(), 30)
                totals.append(time.monotonic() - began)
    return totals


async def _post(client: httpx.AsyncClient, settings: Settings, words: str) -> None:
    form = {
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "AccountSid": str(settings.twilio_account_sid),
        "From": _PHONE,
        "To": _OURS,
        "Body": words,
        "NumMedia": "0",
    }
    token = settings.twilio_auth_token
    validator = RequestValidator(token.get_secret_value() if token else "")
    path = "/webhooks/twilio/sms"
    signature = validator.compute_signature(f"{settings.public_url}{path}", form)
    answer = await client.post(path, data=form, headers={"X-Twilio-Signature": signature})
    answer.raise_for_status()


async def _fill(runtime: Runtime) -> None:
    person = new_id()
    common = {"municipality": "albertslund", "created_at": _NOW}
    async with runtime.transaction() as session:
        session.add(
            Citizen(
                **common,
                id=person,
                debtor_id="0101801234",
                debtor_kind=DebtorKind.PERSON,
                name="Mette Hansen",
                updated_at=_NOW,
            )
        )
        await session.flush()
        session.add(ContactPoint(**common, citizen_id=person, channel="sms", address=_PHONE))
        session.add(
            Claim(
                **common,
                citizen_id=person,
                claim_ref="A-1001",
                claim_type="dagtilbud",
                principal=Money(120000),
                due_date=date(2026, 11, 19),
                bill_sent_on=date(2026, 11, 1),
                updated_at=_NOW,
            )
        )
        session.add(
            PaymentCoverage(
                municipality="albertslund", covers_until=date(2026, 11, 23), updated_at=_NOW
            )
        )


def _figures(totals: list[float], in_rasa: list[float]) -> list[tuple[str, str]]:
    def told(values: list[float]) -> str:
        worst = sorted(values)[int(len(values) * 0.95)]
        return f"median {statistics.median(values) * 1000:.0f} ms, 95 % {worst * 1000:.0f} ms"

    return [
        (f"SMS in to reply at the gateway ({len(totals)} turns)", told(totals)),
        ("of it in Rasa, our actions included", told(in_rasa)),
    ]
