"""The clock, the sessions, the law and the doors to the outside, as one argument."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from data.database import Database
from data.hard_cases.lexicon import Lexicon, load_lexicon
from data.law.handoffs import HandoffReasons
from data.law.helplines import Helplines
from data.law.law import Law
from data.law.tasks import TaskKinds
from data.models.citizens import Channel, Language
from data.municipalities.policy import Policies
from data.providers import Providers
from data.values.time import day_of
from outreach import layers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import date, datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.claim_types import ClaimTypes
    from data.models.conversations import MessageKind
    from data.settings import Settings
    from data.values.ids import ConversationId, DebtorKind, LetterId, MessageId
    from data.values.phone import PhoneNumber
    from data.values.time import Clock


class SendResult(StrEnum):
    """What became of one message handed to a gateway."""

    ACCEPTED = "accepted"
    REFUSED_FOR_GOOD = "refused_for_good"
    REFUSED_FOR_NOW = "refused_for_now"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """A gateway's answer to one message.

    `UNKNOWN` means that the gateway may or may not have it: it is never sent again blindly.
    """

    result: SendResult
    vendor_ref: str | None = None
    error_code: str | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class SentRecord:
    """One message as the gateway's own list shows it."""

    vendor_ref: str
    to: str
    body: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedRecord:
    """One message from a citizen as the gateway's own list shows it; hides what it says."""

    vendor_ref: str
    sender: str = field(repr=False)
    body: str = field(repr=False)
    media_count: int
    created_at: datetime


class Erased(StrEnum):
    """What proves that a vendor no longer has what a message says (slettet)."""

    EMPTY = "empty"  # it shows the message without its text
    GONE = "gone"  # it knows of no such message


class SmsGateway(Protocol):
    """Sends text messages (sms), and knows what it has sent."""

    async def send(
        self, sender: PhoneNumber, to: PhoneNumber, body: str, *, message_id: str | None = None
    ) -> SendOutcome:
        """Hand over one SMS. It never raises for what the vendor or the network does.

        `message_id` comes back with each receipt, also with one that overtakes this answer.
        """

    async def sent_to(
        self, sender: PhoneNumber, to: PhoneNumber, since: datetime
    ) -> list[SentRecord]:
        """List what was sent from `sender` to `to` since an instant, oldest first.

        Raises:
            OSError: the vendor cannot be asked now.
        """

    async def received(self, ours: PhoneNumber, since: datetime) -> list[ReceivedRecord]:
        """List what came in to our number `ours` since an instant, oldest first.

        Raises:
            OSError: the vendor cannot be asked now.
        """

    async def erase(self, vendor_ref: str) -> Erased | None:
        """Let the vendor forget what one message says; none: it may not be erased yet.

        Raises:
            OSError: the vendor cannot be asked now.
        """

    async def close(self) -> None:
        """Let go of the connections."""


class CallGateway(Protocol):
    """Places telephone calls (opkald)."""

    async def place(self, sender: PhoneNumber, to: PhoneNumber, *, message_id: str) -> SendOutcome:
        """Let it ring. It never raises for what the vendor or the network does.

        `message_id` comes back when the call is answered, and with what became of it.
        """

    async def close(self) -> None:
        """Let go of the connections."""


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """A letter that is ready to leave (brev); hides what it says and to whom."""

    id: LetterId
    municipality: str
    sender: str
    written_on: date
    #: The step it is about: `reminder`, `notice`, `auction_warning`, `closure_notice`.
    kind: str
    language: str
    pay_by: date
    claim_ref: str = field(repr=False)
    #: CPR or CVR number.
    debtor_id: str = field(repr=False)
    debtor_kind: DebtorKind
    name: str = field(repr=False)
    subject: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as a channel's carrier gets it (forsendelse); hides what it says and to whom."""

    message_id: MessageId
    conversation_id: ConversationId
    municipality: str
    kind: MessageKind
    to: str = field(repr=False)
    body: str = field(repr=False)
    #: Short answers to choose between, where the channel has buttons.
    choices: tuple[str, ...] = field(default=(), repr=False)
    #: Of what a carrier says around it.
    language: Language = Language.DANISH


class Carrier(Protocol):
    """Brings messages to the citizens of one channel (transportør)."""

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Hand over one message. It never raises for what the vendor or the network does."""

    async def close(self) -> None:
        """Let go of the connections."""


class LetterGateway(Protocol):
    """Takes letters to Digital Post, or to print for who is exempt (fritaget)."""

    async def hand_over(self, letter: OutgoingLetter) -> None:
        """Hand over one letter; the same id again replaces it, and never makes a second one.

        Raises:
            LetterNotTakenError: nothing was taken; try again later.
        """


@dataclass(frozen=True, slots=True)
class Understood:
    """What the dialogue makes of a text: the intent, how sure it is (0 to 1), and what else."""

    intent: str
    confidence: float
    #: The likely intents, the likeliest first.
    ranking: tuple[tuple[str, float], ...] = ()
    #: The intents of the text's other parts, in their order.
    also: tuple[str, ...] = ()


class Understanding(Protocol):
    """Takes a citizen's words through the dialogue (Rasa), and returns which replies it chose."""

    async def converse(
        self, conversation_id: str, message_id: str, text: str, *, trusted: bool = False
    ) -> list[str]:
        """Return the ids of the drafts its actions wrote, in order.

        Raises:
            RasaUnavailableError: no answer, or one that our actions did not write.
        """

    async def understand(self, text: str) -> Understood:
        """Return what a text means, without answering it and without remembering it.

        Raises:
            RasaUnavailableError: no answer, or none that can be read.
        """

    async def ready(self) -> bool:
        """Tell whether it answers."""


@dataclass(frozen=True)
class Runtime:
    """All a use case may lean on besides its session."""

    settings: Settings
    clock: Clock
    database: Database
    policies: Policies
    law: Law
    lexicon: Lexicon
    reasons: HandoffReasons
    helplines: dict[str, str]
    tasks: TaskKinds
    providers: Providers = field(default_factory=Providers)
    sms: SmsGateway | None = field(default=None)
    #: The other channels that messages leave on; what is on none of them waits.
    carriers: Mapping[Channel, Carrier] = field(default_factory=dict)
    post: LetterGateway | None = field(default=None)
    dialogue: Understanding | None = field(default=None)

    @property
    def outgoing_channels(self) -> frozenset[Channel]:
        """The channels that messages can leave on."""
        texts = frozenset({Channel.SMS} if self.sms is not None else ())
        return texts | frozenset(self.carriers)

    @property
    def claim_types(self) -> ClaimTypes:
        """The claim types (kravtyper), with the law of each."""
        return self.law.claim_types

    @classmethod
    def build(cls, settings: Settings, database_url: str, *, pool_size: int = 10) -> Runtime:
        """Read law and policies and make the pool; the gateways are added with `equip`.

        Raises:
            DataFileError: a file of law or policy is wrong, or a policy asks for more than the law.
        """
        law, policies = Law.load(), Policies.load()
        layers.check(policies, law, day_of(settings.clock.now()))
        return cls(
            settings=settings,
            clock=settings.clock,
            database=Database.connect(database_url, pool_size=pool_size),
            policies=policies,
            law=law,
            lexicon=load_lexicon(),
            reasons=HandoffReasons.load(),
            helplines=Helplines.load().for_texts(),
            tasks=TaskKinds.load(),
            providers=Providers.load(settings.providers),
        )

    def equip(
        self,
        *,
        sms: SmsGateway | None = None,
        carriers: Mapping[Channel, Carrier] | None = None,
        post: LetterGateway | None = None,
        dialogue: Understanding | None = None,
    ) -> Runtime:
        """Return the same runtime with doors to the outside."""
        return replace(
            self,
            sms=sms or self.sms,
            carriers={**self.carriers, **(carriers or {})},
            post=post or self.post,
            dialogue=dialogue or self.dialogue,
        )

    def at(self, clock: Clock) -> Runtime:
        """Return the same runtime under another clock."""
        return replace(self, clock=clock)

    def urgency(self, reason: str) -> tuple[int, str]:
        """Return how severe a reason for a handoff is (0 to 3), and by when it is due, in words."""
        case = self.lexicon.kinds.get(reason)
        found = case or self.reasons.reasons[reason]
        return found.severity, found.due

    def reason_words(self, reason: str, language: str = "da") -> str:
        """Return a reason for a handoff in words."""
        found = self.lexicon.kinds.get(reason) or self.reasons.reasons[reason]
        return found.en if language == "en" else found.da

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session: committed at the end, undone on any fault. Only edges call this."""
        async with self.database.transaction() as session:
            yield session

    async def close(self) -> None:
        """Let go of the gateways and the pool."""
        if self.sms is not None:
            await self.sms.close()
        for carrier in self.carriers.values():
            await carrier.close()
        await self.database.close()
