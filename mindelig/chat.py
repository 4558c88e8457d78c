"""Talk to the assistant in the terminal, as a sample citizen (`mindelig chat`)."""

from __future__ import annotations

import asyncio
import secrets
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from sqlalchemy import select

import bot.worker
from data import database
from data.migrations.run import upgrade
from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.claims import Claim
from data.models.conversations import Conversation, Direction, Message, MessageStatus
from data.values.ids import DebtorKind, DebtorNumber
from data.values.time import day_of
from mindelig import demo, rasa, up, web
from mindelig.explained_turn import Place, explain
from mindelig.installation import equip, need_municipality
from outreach import conversations
from outreach.errors import NotConfiguredError
from outreach.intake.importing import import_claims, import_payments
from outreach.runtime import Erased, Runtime, SendOutcome, SendResult

if TYPE_CHECKING:
    from datetime import datetime

    from data.values.phone import PhoneNumber
    from outreach.runtime import ReceivedRecord, SentRecord

console = Console(highlight=False)


class TerminalSms:
    """A gateway that prints: the terminal stands where the telephone would be."""

    async def send(
        self, sender: PhoneNumber, to: PhoneNumber, body: str, *, message_id: str | None = None
    ) -> SendOutcome:
        """Print one message."""
        console.print(f"\n{body}\n", style="cyan", markup=False)
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=f"SM{secrets.token_hex(16)}")

    async def sent_to(
        self, sender: PhoneNumber, to: PhoneNumber, since: datetime
    ) -> list[SentRecord]:
        """Nothing is ever unknown here."""
        return []

    async def received(self, ours: PhoneNumber, since: datetime) -> list[ReceivedRecord]:
        """Nothing comes in but by the terminal."""
        return []

    async def erase(self, vendor_ref: str) -> Erased | None:
        """Nothing is kept here."""
        return Erased.GONE

    async def close(self) -> None:
        """Nothing is held open."""


async def chat(
    municipality: str, language: str, *, explained: bool = False, once: str | None = None
) -> None:
    """Run a conversation in this terminal until Ctrl-D.

    It has a database of its own in `MINDELIG_HOME/chat`, so that no real citizen is touched.

    Args:
        municipality: whose assistant answers.
        language: of the sample citizen.
        explained: tell after each answer how it came about.
        once: write this one message, and end.

    Raises:
        NotConfiguredError: no such municipality, or no sample citizen speaks that language.
    """
    port = up.free_port()
    plan = up.plan(is_demo=True, port=port)
    settings = plan.settings.model_copy(update={"home": plan.settings.home / "chat"})
    url = await asyncio.to_thread(database.start_embedded, database.embedded_folder(settings))
    await asyncio.to_thread(upgrade, url)
    model, _ = await asyncio.to_thread(rasa.train, only_if_changed=True)
    runtime = equip(Runtime.build(settings, url)).equip(sms=TerminalSms())
    need_municipality(runtime, municipality)
    stop = asyncio.Event()
    app = web.create_app(runtime)
    try:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(up.keep_rasa(settings, url, model, stop))
            parts.create_task(web.serve(app, host=up.HOST, port=port, stop=stop))
            parts.create_task(bot.worker.run(runtime, url, stop))
            try:
                await _talk(runtime, municipality, language, explained=explained, once=once)
            finally:
                stop.set()
    finally:
        await runtime.close()


async def _talk(
    runtime: Runtime, municipality: str, language: str, *, explained: bool, once: str | None
) -> None:
    citizen, address = await _sample_citizen(runtime, municipality, language)
    await _introduce(runtime, citizen)
    while runtime.dialogue is not None and not await runtime.dialogue.ready():  # noqa: ASYNC110
        await asyncio.sleep(0.2)  # another process: there is no event to wait for
    if once is not None:
        await _say(runtime, municipality, address, once, explained=explained)
        return
    console.print("Write as the citizen would. Ctrl-D ends it.\n")
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip():
            await _say(runtime, municipality, address, line.strip(), explained=explained)


async def _say(
    runtime: Runtime, municipality: str, address: str, text: str, *, explained: bool
) -> None:
    """Hand in one line, wait until it is answered, and tell how if that is asked for."""
    before = await _place(runtime, municipality, address)
    async with runtime.transaction() as session:
        message = await conversations.receive(
            session,
            runtime,
            municipality=municipality,
            channel=Channel.SMS,
            address=address,
            body=text,
            vendor_ref=f"SM{secrets.token_hex(16)}",
        )
    while message is not None and await _is_open(runtime, message):  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # the answer comes through the database
    if explained and message is not None:
        for line in await explain(runtime, message.id, text, before):
            console.print(f"  {line}", style="dim", markup=False)


async def _place(runtime: Runtime, municipality: str, address: str) -> Place:
    """Return where the conversation stands; as at its beginning when there is none yet."""
    async with runtime.transaction() as session:
        found = await session.scalar(
            select(Conversation.id).where(
                Conversation.municipality == municipality,
                Conversation.channel == Channel.SMS,
                Conversation.address == address,
            )
        )
        return Place() if found is None else await Place.of(session, runtime, found)


async def _is_open(runtime: Runtime, message: Message) -> bool:
    """Tell whether the message waits for an answer, or its answer waits to be sent."""
    async with runtime.transaction() as session:
        asked = await session.get_one(Message, message.id)
        if asked.status is MessageStatus.RECEIVED:
            return True
        waiting = [MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.DRAFT]
        left = await session.scalar(
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(
                Conversation.id == asked.conversation_id,
                Message.direction == Direction.OUT,
                Message.status.in_(waiting),
            )
        )
    return left is not None


async def _sample_citizen(
    runtime: Runtime, municipality: str, language: str
) -> tuple[Citizen, str]:
    """Return a sample person who speaks the language; the samples are imported if need be."""
    found = await _person(runtime, municipality, language)
    if found is None:
        folder = runtime.settings.home / "samples"
        for files in demo.write_samples(folder, day_of(runtime.clock.now())):
            await import_claims(runtime, files.claims, files.municipality)
            await import_payments(runtime, files.payments, files.municipality)
        found = await _person(runtime, municipality, language)
    if found is None:
        raise NotConfiguredError(f"no sample citizen of {municipality} speaks {language!r}")
    return found


async def _person(runtime: Runtime, municipality: str, language: str) -> tuple[Citizen, str] | None:
    async with runtime.transaction() as session:
        row = (
            await session.execute(
                select(Citizen, ContactPoint.address)
                .join(ContactPoint, ContactPoint.citizen_id == Citizen.id)
                .join(Claim, Claim.citizen_id == Citizen.id)
                .where(
                    Citizen.municipality == municipality,
                    Citizen.language == language,
                    Citizen.debtor_kind == DebtorKind.PERSON,
                    ContactPoint.channel == Channel.SMS,
                    ~Claim.is_settled,
                )
                .order_by(Claim.claim_ref)
                .limit(1)
            )
        ).first()
    return (row[0], row[1]) if row else None


async def _introduce(runtime: Runtime, citizen: Citizen) -> None:
    """Show what the citizen knows from the letter in their hand."""
    async with runtime.transaction() as session:
        refs = await session.scalars(select(Claim.claim_ref).where(Claim.citizen_id == citizen.id))
        numbers = ", ".join(refs)
    born = DebtorNumber(citizen.debtor_id, citizen.debtor_kind).birth_date
    console.print(f"You are {citizen.name}, born {born:%d-%m-%Y}. Case number: {numbers}.")
