"""A call under way as its turns see it (linjen): the locked rows, and how to say things in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.voice.twiml import Answer, Place, Said, Then
from data.models.calls import CallStep
from data.models.citizens import Channel
from outreach import conversations, identity
from outreach.texts import catalogue_on

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.calls import Call
    from data.models.conversations import Conversation
    from data.municipalities.policy import Policy
    from data.municipalities.voice import Voice
    from outreach.runtime import Runtime

#: The language caseworkers speak.
_STAFF: Final = "da"


@dataclass
class Line:
    """One turn of a call; call and conversation are locked."""

    session: AsyncSession
    runtime: Runtime
    call: Call
    talk: Conversation
    policy: Policy
    voice: Voice

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return self.call.language.value

    @property
    def is_proven(self) -> bool:
        """Whether the citizen's own facts may be said."""
        return identity.level(self.talk, self.runtime) >= identity.PROVEN

    def text(self, key: str, **values: object) -> str:
        """Return a text of the catalogue, as it is said."""
        return catalogue_on(Channel.VOICE, self.language).render(
            key,
            municipality=self.policy.name.of(self.language),
            telephone=self.policy.telephone.number,
            hours=self.policy.telephone.hours.of(self.language),
            **self.runtime.helplines,
            **values,
        )

    def say(self, key: str, **values: object) -> Said:
        """Say a text of the catalogue."""
        return self.speak(self.text(key, **values))

    def speak(self, text: str) -> Said:
        """Say these words in the call's language."""
        return Said(text, self.language)

    def place(self) -> Place:
        """Return where this is said."""
        settings = self.runtime.settings
        return Place(
            settings.public_url, str(self.call.id), self.call.turn, self.language, self.voice
        )

    def for_staff(self, summary: str) -> tuple[str, Place]:
        """Return what a caseworker hears before the call is theirs, in their language."""
        said = catalogue_on(Channel.VOICE, _STAFF).render("call.whisper", summary=summary)
        return said, replace(self.place(), language=_STAFF)

    def goodbye(self, *says: Said) -> Answer:
        """Say something last, and end the call."""
        self.call.step = CallStep.OVER
        return Answer((*says, self.say("call.goodbye")), Then.HANG_UP)

    def keys_for(self, choices: list[str], labels: list[str]) -> list[Said]:
        """Let the keys 1, 2, 3 … stand for choices, and say which is for what."""
        self.call.choices = choices
        return [
            self.say("call.press_for", digit=digit, choice=label)
            for digit, label in enumerate(labels, start=1)
        ]


async def open_line(session: AsyncSession, runtime: Runtime, call: Call) -> Line | None:
    """Open a turn of a call that is held; none where the municipality takes no calls any more."""
    policy = runtime.policies[call.municipality]
    if policy.voice is None:
        return None
    talk = await conversations.lock(session, call.conversation_id)
    return Line(session, runtime, call, talk, policy, policy.voice)
