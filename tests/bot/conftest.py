"""Our door to Rasa on a real port, and a stand-in for Rasa that knocks on it."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

import bot.errors
from bot.actions.server import make_router
from bot.converse import converse
from bot.rasa import RasaDialogue
from data.models.agreements import Agreement
from data.models.citizens import Channel
from data.models.conversations import Message, MessageStatus
from mindelig.web import serve
from outreach import conversations
from tests import make
from tests.bot.rasa_stand_in import RasaStandIn, rasa_stand_in

#: What shows that it is Mette who writes.
PROOF = "01-01-1980 A-1001"

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from outreach.runtime import Runtime


@pytest.fixture
async def actions_url(runtime: Runtime) -> AsyncIterator[str]:
    """The address at which our actions answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app, stop = FastAPI(), asyncio.Event()
    app.state.runtime = runtime
    bot.errors.install(app)
    app.include_router(make_router(runtime))
    serving = asyncio.create_task(serve(app, host="127.0.0.1", port=port, stop=stop))
    while not (serving.done() or _answers(port)):  # noqa: ASYNC110 - a port tells nobody
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}/internal/actions"
    stop.set()
    await serving


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
async def rasa(runtime: Runtime, actions_url: str) -> AsyncIterator[RasaStandIn]:
    """A stand-in for Rasa that knows our token."""
    token = runtime.settings.rasa_token.get_secret_value()
    async with rasa_stand_in(actions_url, token) as stand_in:
        yield stand_in


@pytest.fixture
async def talking(runtime: Runtime, rasa: RasaStandIn) -> AsyncIterator[Runtime]:
    """The runtime with the stand-in for its dialogue."""
    dialogue = RasaDialogue(runtime.settings.model_copy(update={"rasa_url": rasa.url}))
    yield runtime.equip(dialogue=dialogue)
    await dialogue.close()


@pytest.fixture
def write(talking: Runtime, rasa: RasaStandIn):
    """Let the citizen write, let Rasa choose these actions, and return what is answered."""
    count = 0

    async def turn(
        body: str,
        *actions: str,
        sender: str = make.METTE_PHONE,
        to: str = "albertslund",
        also: Sequence[str] = (),
        unsure: Mapping[str, float] | None = None,
        guess: Mapping[str, float] | None = None,
    ) -> str | None:
        nonlocal count
        count += 1
        async with talking.transaction() as session:
            asked = await conversations.receive(
                session,
                talking,
                municipality=to,
                channel=Channel.SMS,
                address=sender,
                body=body,
                vendor_ref=f"SM{count}",
            )
        if actions:
            rasa.turns.append([f"action_{name}" for name in actions])
        rasa.understood = guessed(guess) if guess else understood(also, unsure)
        assert asked is not None
        await converse(talking, message_id=str(asked.id))
        return await answer_to(talking, asked.id)

    return turn


def understood(also: Sequence[str], unsure: Mapping[str, float] | None) -> dict[str, Any]:
    """Write what else Rasa understood: other parts, and the ranking where it was not sure."""
    parts: dict[str, Any] = {"also": [{"name": name, "confidence": 0.8} for name in also]}
    if unsure is not None:
        ranking = [{"name": name, "confidence": share} for name, share in unsure.items()]
        fallback = {"name": "nlu_fallback", "confidence": 0.6}
        parts |= {"intent": fallback, "intent_ranking": [fallback, *ranking]}
    return parts


def guessed(ranking: Mapping[str, float]) -> dict[str, Any]:
    """Write what Rasa understood where it was not sure of it, the likeliest first."""
    known = [{"name": name, "confidence": share} for name, share in ranking.items()]
    return {"intent": known[0], "intent_ranking": known}


@pytest.fixture
def receive(talking: Runtime):
    """Take in a message of Mette's, and leave it to the jobs."""
    count = 0

    async def take_in(body: str) -> Message | None:
        nonlocal count
        count += 1
        async with talking.transaction() as session:
            return await conversations.receive(
                session,
                talking,
                municipality="albertslund",
                channel=Channel.SMS,
                address=make.METTE_PHONE,
                body=body,
                vendor_ref=f"SM-in-{count:02}",
            )

    return take_in


async def answer_to(runtime: Runtime, message_id: object) -> str | None:
    """Return the text written in answer to a message, if any; a long one came in several."""
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message.body)
            .where(Message.in_reply_to == message_id, Message.status != MessageStatus.DRAFT)
            .order_by(Message.number)
        )
        return "\n\n".join(found) or None


@pytest.fixture
async def mette(runtime):
    """Mette Hansen, who owes 1,200 kr. for childcare, case A-1001."""
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
def the_one(runtime):
    """The only row of a kind."""

    async def look(kind):
        async with runtime.transaction() as session:
            return (await session.scalars(select(kind))).one()

    return look


@pytest.fixture
def the_option(runtime):
    """The agreement shown last under this number, with its instalments and claims."""

    async def look(number: int = 1) -> Agreement:
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Agreement)
                .where(Agreement.option == number)
                .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
                .order_by(Agreement.offered_at.desc(), Agreement.id.desc())
            )
            agreement: Agreement | None = found.first()
        assert agreement is not None
        return agreement

    return look


@pytest.fixture
async def prove(write, claim):
    """Mette proves who she is, and asks nothing yet."""
    await write("Hej", "greeting")
    assert "1.200" in await write(PROOF, "identify")


@pytest.fixture
def agreements_in(runtime: Runtime):
    """The agreements in a state."""

    async def look(state):
        async with runtime.transaction() as session:
            found = await session.scalars(select(Agreement).where(Agreement.state == state))
            return list(found)

    return look


@pytest.fixture
def the_all(runtime: Runtime):
    """All rows of a kind."""

    async def look(kind):
        async with runtime.transaction() as session:
            return list(await session.scalars(select(kind)))

    return look
