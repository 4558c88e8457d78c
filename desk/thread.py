"""The page of one conversation (samtale): what it shows, gathered and put into parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from data.models.citizens import Channel
from data.models.conversations import Hearer, MessageStatus, Owner
from data.models.handoffs import HandoffState
from data.queries import conversations as queries
from data.queries import handoffs as handoff_queries
from data.queries.conversations import Place
from data.values.ids import ConversationId, MessageId, SavedTextId
from data.values.phone import PhoneNumber
from data.values.time import day_of
from desk import inbox, pages
from desk.pages import Notice
from outreach import calls, identity, presences, saved_texts, second_thoughts, signatures
from outreach import handoffs as handoff_cases
from outreach.errors import NotFoundError
from outreach.rules import places
from outreach.rules.hard_cases import recognise

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request, Response
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from data.models.handoffs import Handoff
    from data.queries.conversations import CitizenCard
    from data.queries.handoffs import QueueCounts
    from desk.auth import Visitor
    from desk.pages import Part
    from outreach.errors import ConflictError
    from outreach.presences import Here
    from outreach.runtime import Runtime
    from outreach.signatures import Signature

#: Messages shown at once, the newest; a step further back shows as many again.
SHOWN_AT_ONCE: Final = 60
#: A page that stays open for long shows no more than this of what came since.
MOST_SINCE: Final = 600
#: With its signature ten SMS; what is longer belongs in a letter.
LONGEST_ANSWER: Final = 1400
LONGEST_NOTE: Final = 4000
#: Refusals that have words of their own.
_OWN_WORDS: Final = {
    handoff_cases.OTHER_WORDS, handoff_cases.ON_THE_TELEPHONE, second_thoughts.LEFT,
}  # fmt: skip
_BLANK: Final = {
    "body": "", "note": "", "may_tell": "", "answer_fault": "", "note_fault": "", "cares": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thread:
    """All that the page of one conversation shows."""

    conversation: Conversation
    messages: list[Message]
    has_earlier: bool
    #: The page shows what came before this, and not the newest.
    before: Place | None
    #: The citizen has more than one conversation here.
    has_several: bool
    handoffs: list[Handoff]
    card: CitizenCard
    counts: QueueCounts
    #: The message that opened the open handoff.
    opener: Message | None
    here: list[Here]
    #: How the visitor's next answer is signed; none while they do not have the conversation.
    signature: Signature | None
    #: The identity level that holds now.
    level: int
    #: When the proof of identity ends, or ended; none: nothing is proven.
    falls_at: datetime | None
    #: The words of the opener that a rule knew, folded as the rule reads them.
    pattern: str
    places: dict[str, str]
    can_take_back: bool

    @property
    def open_handoff(self) -> Handoff | None:
        """The handoff that is not closed, if there is one."""
        return next((each for each in self.handoffs if each.state is not HandoffState.CLOSED), None)

    @property
    def oldest(self) -> Place | None:
        """Where the oldest message that is shown stands."""
        return Place.of(self.messages[0]) if self.messages else None

    @property
    def same_piece(self) -> str:
        """The query that asks for this piece of the thread again, with what has come since."""
        if self.before is not None:
            return f"?before={self.before}"
        return f"?since={self.oldest}" if self.oldest else ""

    @property
    def has_fallen(self) -> bool:
        """Tell whether the identity was proven, and is not any more."""
        return self.level < self.conversation.identity_level

    def shows(self, message: Message) -> bool:
        """Tell whether a message is among those that are shown."""
        return any(each.id == message.id for each in self.messages)

    def holder(self, visitor: Visitor) -> str:
        """Tell who answers, as the visitor sees it: assistant, nobody, you or other."""
        if self.conversation.owner is not Owner.STAFF:
            return self.conversation.owner.value
        return "you" if self.conversation.owner_staff_id == visitor.staff.id else "other"


async def found(session: AsyncSession, conversation_id: UUID, visitor: Visitor) -> Conversation:
    """Return a conversation of the visitor's municipality.

    Raises:
        NotFoundError: there is none.
    """
    talk = await queries.one(session, visitor.municipality, ConversationId(conversation_id))
    if talk is None:
        raise NotFoundError("no such conversation")
    return talk


async def load(request: Request, conversation_id: UUID, visitor: Visitor) -> Thread:
    """Gather what the page shows; its address may ask for another piece of the thread.

    Raises:
        NotFoundError: no such conversation in the visitor's municipality.
    """
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        talk = await found(session, conversation_id, visitor)
        together = await queries.beside(session, talk)
        messages, has_earlier, before = await _piece(session, request, talk, together)
        municipality, me = visitor.municipality, visitor.staff.id
        handoffs = await handoff_queries.of_conversation(session, municipality, talk.id)
        card = await queries.card(session, talk, day_of(runtime.clock.now()))
        level = saved_texts.level(talk, runtime)
        newest = handoffs[0] if handoffs else None
        is_open = newest is not None and newest.state is not HandoffState.CLOSED
        signature = None
        if newest is not None and is_open and talk.owner_staff_id == me:
            signature = await signatures.of(session, runtime, talk, newest, visitor.staff)
        opener = None
        if newest is not None and is_open and newest.opened_by is not None:
            opener = await queries.message(session, together, newest.opened_by)
        return Thread(
            conversation=talk,
            messages=messages,
            has_earlier=has_earlier,
            before=before,
            has_several=len(together) > 1,
            handoffs=handoffs,
            card=card,
            counts=await handoff_queries.counts(session, municipality, me),
            opener=opener,
            here=await presences.others(session, runtime, talk.id, me),
            signature=signature,
            level=level,
            falls_at=identity.ends_at(talk, runtime),
            pattern=_pattern(runtime, opener),
            places=saved_texts.places(runtime, talk, card.claims, visitor.staff),
            can_take_back=newest is not None
            and second_thoughts.can_take_back(newest, talk, visitor.staff, runtime.clock.now()),
        )


async def _piece(
    session: AsyncSession, request: Request, talk: Conversation, together: list[ConversationId]
) -> tuple[list[Message], bool, Place | None]:
    """Return the messages asked for, whether there are earlier ones, and before what they came."""
    asked = request.query_params
    before, since = Place.parse(asked.get("before", "")), Place.parse(asked.get("since", ""))
    if asked.get("at") and before is None:
        before = await _just_after(session, together, asked["at"])
    most = MOST_SINCE if since else SHOWN_AT_ONCE
    messages = await queries.thread(
        session, together, of=talk.citizen_id, last=most + 1, before=before, since=since
    )
    return messages[-most:], len(messages) > most, before


def _pattern(runtime: Runtime, opener: Message | None) -> str:
    """Return the words by which a rule knew the hard case, read again from what is stored."""
    if opener is None or opener.understood_by is not Hearer.RULE:
        return ""
    known = recognise(opener.body, runtime.lexicon)
    return next((case.matched for case in known if case.key == opener.understood_as), "")


async def _just_after(
    session: AsyncSession, together: list[ConversationId], number: str
) -> Place | None:
    """Return the place after a message, so that a piece that ends with it can be shown."""
    try:
        message = await queries.message(session, together, MessageId(UUID(number)))
    except ValueError:
        return None
    return Place(message.created_at, message.number + 1) if message else None


async def show(
    request: Request,
    conversation_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    *,
    unsent: str = "",
    **entered: str,
) -> Response:
    """Show the page; `entered` is what its forms hold, `unsent` what could not be sent."""
    thread = await load(request, conversation_id, visitor)
    chosen = await _brought_back(request, visitor, thread) if not entered else ""
    entered = {"body": chosen, **entered} if chosen else entered
    return pages.page(
        request,
        "conversation.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        thread=thread,
        notice=notice,
        unsent=unsent,
        parts=parts(request, visitor, thread, **entered),
    )


async def _brought_back(request: Request, visitor: Visitor, thread: Thread) -> str:
    """Return the reusable text, or the stopped answer, that the address asks for."""
    asked, runtime = request.query_params, pages.runtime_of(request)
    if thread.signature is None:
        return ""
    try:
        async with runtime.transaction() as session:
            if asked.get("text"):
                text_id = SavedTextId(UUID(asked["text"]))
                text = await saved_texts.one(session, visitor.municipality, text_id)
                return places.fill(text.body, thread.places, thread.level)
            if asked.get("again"):
                stopped = await queries.message(
                    session, [thread.conversation.id], MessageId(UUID(asked["again"]))
                )
                is_mine = stopped is not None and stopped.staff_id == visitor.staff.id
                if stopped and is_mine and stopped.status is MessageStatus.STOOD_DOWN:
                    return thread.signature.off(stopped.body)
    except (ValueError, NotFoundError):
        return ""
    return ""


async def again(
    request: Request, conversation_id: UUID, visitor: Visitor, **entered: str
) -> Response:
    """Show the page with what was written still in its field, and what is wrong with it."""
    t = pages.words(request)
    notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
    return await show(request, conversation_id, visitor, notice, **entered)


async def refused(
    request: Request,
    conversation_id: UUID,
    visitor: Visitor,
    fault: ConflictError,
    *,
    unsent: str = "",
) -> Response:
    """Show the page as it now is, who was first, and what was written but not sent."""
    thread = await load(request, conversation_id, visitor)
    t, holder = pages.words(request), thread.holder(visitor)
    colleague, title = thread.conversation.owner_staff, t("conflict.title")
    if str(fault) in _OWN_WORDS:
        text, title = t(f"talk_conflict.{fault}"), t(f"talk_conflict.{fault}_title")
    elif holder == "other" and colleague is not None:
        text = t("conflict.held", name=colleague.name)
    else:
        text = t("conflict.closed" if str(fault) == "closed" else "conflict.not_yours")
    notice = Notice("warning", text, title, 409)
    return await show(request, conversation_id, visitor, notice, unsent=unsent)


def parts(request: Request, visitor: Visitor, thread: Thread, **entered: str) -> dict[str, Part]:
    """Write the parts of the page that stay fresh."""
    shown: dict[str, Any] = {"thread": thread, "holder": thread.holder(visitor)}
    fields = {**_BLANK, "key": str(uuid4()), **entered}
    most = {"answer": LONGEST_ANSWER, "note": LONGEST_NOTE}
    return {
        "alert": inbox.alert(request, visitor, thread.counts),
        "presence": presence(request, visitor, thread.here),
        "messages": pages.part(request, "messages", visitor, thread=thread),
        "handoff": pages.part(request, "handoff", visitor, **shown),
        "answer": pages.part(request, "answer", visitor, entered=fields, most=most, **shown),
        "card": pages.part(
            request, "card", visitor, thread=thread, number=_number(request, thread.conversation)
        ),
    }


def presence(request: Request, visitor: Visitor, here: list[Here]) -> Part:
    """Write who else looks at the conversation, and who writes."""
    return pages.part(request, "presence", visitor, here=here)


def _number(request: Request, conversation: Conversation) -> str:
    """Write the address as people read it: a telephone number in pairs, another as it is."""
    if conversation.channel is Channel.VOICE and not calls.is_number(conversation):
        return pages.words(request)("calls.hidden")
    if conversation.channel in {Channel.SMS, Channel.VOICE}:
        return PhoneNumber(conversation.address).national()
    return conversation.address
