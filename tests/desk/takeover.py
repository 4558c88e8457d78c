"""One conversation under all that can happen to it, for the property of the takeover."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, override

from sqlalchemy import select

from bot.converse import converse, rescue_unanswered
from data.models.citizens import Channel
from data.models.conversations import Author, Conversation, Message, MessageKind, MessageStatus
from data.models.handoffs import Handoff, HandoffState
from data.values.ids import new_id
from data.values.time import StandingClock
from outreach import conversations, dispatch, handoffs, messages, presences, second_thoughts
from outreach.errors import ConflictError
from outreach.runtime import Runtime, Understood
from outreach.takeovers import return_forgotten
from tests import make_desk
from tests.conftest import TUESDAY_MORNING
from tests.gateway import KeepingSms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from data.models.staff import Staff
    from data.settings import Settings
    from data.values.ids import MessageId

_PHONES = count(20_000_000)
_STEP = timedelta(seconds=1)


class CrashError(Exception):
    """The process dies here."""


@dataclass
class Rasa:
    """Writes a draft as our actions do; something may happen before the turn ends."""

    talk: Talk
    meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def converse(
        self, conversation_id: str, message_id: str, text: str, *, trusted: bool = False
    ) -> list[str]:
        """Write one draft, let the story go on, and return the draft."""
        async with self.talk.runtime.transaction() as session:
            asked = await session.get_one(Message, message_id)
            draft = await messages.queue(
                session,
                self.talk.runtime,
                conversation=await session.get_one(Conversation, conversation_id),
                body=f"svar {new_id()}",
                kind=MessageKind.REPLY,
                author=Author.ASSISTANT,
                dedupe_key=f"draft:{message_id}:{new_id()}",
                in_reply_to=asked.id,
                status=MessageStatus.DRAFT,
            )
        if self.meanwhile is not None:
            await self.meanwhile()
        return [str(draft.id)] if draft else []

    async def understand(self, text: str) -> Understood:
        """Understand nothing."""
        return Understood("nothing", 0.0)

    async def ready(self) -> bool:
        """Be there."""
        return True


@dataclass
class Talk:
    """A citizen's conversation, two caseworkers, the assistant, and a clock that goes on."""

    settings: Settings
    url: str
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    clock: StandingClock = field(default_factory=lambda: StandingClock(TUESDAY_MORNING))
    sms: KeepingSms = field(default_factory=KeepingSms)
    phone: str = ""

    def __post_init__(self) -> None:
        self.rasa = Rasa(self)
        built = Runtime.build(self.settings, self.url, pool_size=2).at(self.clock)
        self.runtime = built.equip(sms=self.sms, dialogue=self.rasa)
        self.phone = f"+45{next(_PHONES)}"
        self.staff: dict[str, Staff] = self.do(self._employ())

    def do[Outcome](self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Let something happen, a second after the last."""
        self.clock.travel(_STEP)
        return self.runner.run(work)

    def close(self) -> None:
        """Let go of the connections."""
        self.runner.run(self.runtime.close())
        self.runner.close()

    async def _employ(self) -> dict[str, Staff]:
        return {
            name: await make_desk.staff(self.runtime, f"{name}-{new_id()}", name=f"{name} Berg")
            for name in ("anna", "bo")
        }

    # ------------------------------------------------------------------------------ what is true
    async def now(self) -> tuple[Conversation | None, list[Handoff], list[Message]]:
        """Return the conversation, its handoffs and its messages, oldest first."""
        async with self.runtime.transaction() as session:
            talk = await session.scalar(
                select(Conversation).where(Conversation.address == self.phone)
            )
            if talk is None:
                return None, [], []
            given = select(Handoff).where(Handoff.conversation_id == talk.id)
            said = select(Message).where(Message.conversation_id == talk.id)
            return (
                talk,
                list(await session.scalars(given.order_by(Handoff.opened_at))),
                list(await session.scalars(said.order_by(Message.number))),
            )

    async def unanswered(self) -> MessageId | None:
        """Return the oldest message nobody has dealt with."""
        *_, said = await self.now()
        waits = (each.id for each in said if each.status is MessageStatus.RECEIVED)
        return next(waits, None)

    async def _newest(self) -> Handoff | None:
        _, given, _ = await self.now()
        return given[-1] if given else None

    # ---------------------------------------------------------------------------- what may happen
    async def write(self, body: str, *, crash: bool = False) -> None:
        """Let the citizen write."""
        async with self.runtime.transaction() as session:
            await conversations.receive(
                session,
                self.runtime,
                municipality="albertslund",
                channel=Channel.SMS,
                address=self.phone,
                body=body,
                vendor_ref=f"SM{new_id().hex}",
            )
            if crash:
                raise CrashError

    async def take(self, who: str, *, crash: bool = False) -> bool:
        """Let a caseworker take over; tell whether they got it."""
        talk, given, _ = await self.now()
        if talk is None:
            return False
        try:
            async with self.runtime.transaction() as session:
                waiting = next((h for h in given if h.state is not HandoffState.CLOSED), None)
                if waiting is None:
                    waiting = await handoffs.open_handoff(
                        session,
                        self.runtime,
                        conversation=await conversations.lock(session, talk.id),
                        reason="caseworker",
                        summary="",
                    )
                    await session.flush()
                await handoffs.take(session, self.runtime, waiting.id, self.staff[who])
                if crash:
                    raise CrashError
        except ConflictError:
            return False
        return True

    async def answer(self, who: str, *, crash: bool = False) -> bool:
        """Let a caseworker answer; tell whether it was taken."""
        return await self._act(who, handoffs.answer, f"Hej fra {who}", crash=crash)

    async def hand_back(self, who: str, *, crash: bool = False) -> bool:
        """Let a caseworker hand back; tell whether it was taken."""
        return await self._act(who, handoffs.hand_back, "talt sammen", crash=crash)

    async def take_back(self, who: str) -> bool:
        """Let a caseworker undo handing back; tell whether it was taken."""
        return await self._act(who, second_thoughts.take_back)

    async def _act(
        self, who: str, work: Callable[..., Awaitable[Any]], *given: str, crash: bool = False
    ) -> bool:
        newest = await self._newest()
        if newest is None:
            return False
        try:
            async with self.runtime.transaction() as session:
                await work(session, self.runtime, newest.id, self.staff[who], *given)
                if crash:
                    raise CrashError
        except ConflictError:
            return False
        return True

    async def look(self, who: str) -> None:
        """Let a caseworker have the page open."""
        talk, *_ = await self.now()
        if talk is not None:
            async with self.runtime.transaction() as session:
                person = self.staff[who]
                await presences.beat(session, self.runtime, talk, person, is_typing=False)

    async def forget(self) -> None:
        """Let the holder be away for so long that the conversation goes back to the queue."""
        self.clock.travel(timedelta(hours=3))
        await return_forgotten(self.runtime)

    async def assistant(self, meanwhile: Callable[[], Awaitable[Any]] | None = None) -> None:
        """Let the assistant answer the oldest message; something may happen in the turn."""
        wanted = await self.unanswered()
        if wanted is not None:
            self.rasa.meanwhile = meanwhile
            await converse(self.runtime, message_id=str(wanted))

    async def rescue(self) -> None:
        """Let what nobody has answered for minutes go to a person."""
        self.clock.travel(timedelta(minutes=6))
        await rescue_unanswered(self.runtime)

    async def dispatch(self) -> list[Message]:
        """Send what may leave; return what left."""
        *_, before = await self.now()
        while (await dispatch.run_batch(self.runtime, "albertslund")).moved:
            pass
        *_, after = await self.now()
        gone = {each.id for each in before if each.status is MessageStatus.ACCEPTED}
        return [e for e in after if e.status is MessageStatus.ACCEPTED and e.id not in gone]


class CrashingTurn:
    """Something that kills the process in the middle of a turn."""

    async def __call__(self) -> None:
        """Die."""
        raise CrashError

    @override
    def __repr__(self) -> str:
        return "crash"
