"""One turn of a conversation: what an action knows, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.models.conversations import Awaiting
from data.values.time import day_of
from outreach import identity
from outreach.texts import Catalogue, catalogue_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.conversations import Conversation, Message
    from data.municipalities.policy import Policy
    from data.values.ids import MessageId
    from outreach.runtime import Runtime

type Handler = Callable[[Turn], Awaitable[Reply]]


@dataclass(frozen=True)
class Heard:
    """What Rasa made of a message: the intent, how sure it is, and what else may be meant."""

    intent: str
    confidence: float = 1.0
    #: The next likely intents, the likeliest first; what Rasa fell back from comes here too.
    others: tuple[tuple[str, float], ...] = ()
    #: The intents of the message's other parts, in their order.
    also: tuple[str, ...] = ()


@dataclass
class Turn:
    """What an action needs: the locked conversation, the citizen's message, and the runtime."""

    session: AsyncSession
    runtime: Runtime
    conversation: Conversation
    citizen: Citizen | None
    message: Message
    #: What the citizen wrote; of an earlier message when that is answered now.
    text: str
    #: The message that `text` is of.
    said_in: MessageId
    heard: Heard

    @property
    def policy(self) -> Policy:
        """The municipality's policy."""
        return self.runtime.policies[self.conversation.municipality]

    @property
    def today(self) -> date:
        """The day it is in Copenhagen."""
        return day_of(self.runtime.clock.now())

    @property
    def is_proven(self) -> bool:
        """Whether the citizen's own facts may be said."""
        return identity.level(self.conversation, self.runtime) >= identity.PROVEN

    @property
    def texts(self) -> Catalogue:
        """The catalogue in the conversation's language, as its channel says it."""
        return catalogue_on(self.conversation.channel, self.conversation.language)

    def say(self, key: str, **values: object) -> str:
        """Fill in a text; the municipality's name and telephone are always at hand."""
        return self.texts.render(key, **self._always(), **values)

    def count(self, key: str, count: int, **values: object) -> str:
        """Fill in a text whose form depends on a number."""
        return self.texts.plural(key, count, **self._always(), **values)

    def _always(self) -> dict[str, object]:
        language = self.conversation.language
        return {
            "municipality": self.policy.name.of(language),
            "telephone": self.policy.telephone.number,
            "hours": self.policy.telephone.hours.of(language),
        }


@dataclass
class Reply:
    """What an action says, and what the assistant waits for after it."""

    text: str
    awaiting: Awaiting = Awaiting.NOTHING
    #: The intent to come back to once the identity is proven.
    wanted: str | None = None
    #: False when the citizen was not understood; three in a row go to a person.
    understood: bool = True
    #: It confirms a STOP, or may save a life, and may leave although there is a STOP.
    is_notice: bool = False
    #: It leaves without an introduction before it: what it begins with must be read first.
    goes_alone: bool = False
    #: Called with the whole text as sent, when it must be kept word for word.
    shown: Callable[[str], None] | None = field(default=None)
    #: Short answers a chat shows as buttons; the text names them too, for SMS.
    choices: tuple[str, ...] = ()
    #: The intents the citizen may choose between, while `awaiting` is a choice.
    intents: tuple[str, ...] = ()
    #: Where we were when a question came in between; said once, after all that is answered.
    reminder: str = ""

    @property
    def asks(self) -> bool:
        """Whether it asks for something itself, and does not only keep what was asked before."""
        return self.awaiting is not Awaiting.NOTHING and not self.reminder


def keeping(turn: Turn, text: str) -> Reply:
    """Answer a question in the middle of something, and remind the citizen where we were."""
    place = turn.conversation
    if place.awaiting in {Awaiting.NOTHING, Awaiting.CHOICE}:
        return Reply(text)
    reminder = turn.say(f"still_awaiting_{place.awaiting.value}")
    return Reply(text, awaiting=place.awaiting, wanted=place.wanted, reminder=reminder)
