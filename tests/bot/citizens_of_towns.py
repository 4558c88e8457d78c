"""The same citizen in both municipalities and both languages, and what they must never hear."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.models.citizens import Language
from data.models.conversations import Awaiting, Conversation
from outreach.texts import catalogue, gsm7_segments
from tests import make
from tests.bot.conftest import PROOF

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from outreach.runtime import Runtime

TOWNS = ("albertslund", "faxe")
LANGUAGES = ("da", "en")
#: What only who has proven it may hear of Mette's claim: the sum, the kind, the number.
SECRETS = re.compile(r"1[.,]200|dagtilbud|childcare|A-1001", re.IGNORECASE)
THREATS = re.compile(
    r"\bdu skal\b|\bvil trække\b|\bpoliti(?:et)?\b|inkasso|\bRKI\b|arbejdsgiver|mister",
    re.IGNORECASE,
)


@dataclass
class Mette:
    """Mette Hansen of one town, who writes in one language."""

    runtime: Runtime
    send: Callable[..., Awaitable[str | None]]
    town: str
    language: str
    known: dict[str, Any] = field(default_factory=dict)

    async def moves_in(self, **claim: Any) -> Mette:
        """Have a claim in this town: 1,200 kr. for childcare unless the story says so."""
        spoken = Language(self.language)
        person = await make.citizen(self.runtime, municipality=self.town, language=spoken)
        self.known["claim"] = await make.claim(self.runtime, person, **claim)
        self.known["citizen"] = person
        return self

    async def writes(self, danish: str, english: str, intent: str) -> str:
        """Write in her language; Rasa understands `intent`."""
        body = danish if self.language == "da" else english
        said = await self.send(body, intent, to=self.town)
        assert said is not None
        assert not THREATS.search(said)
        return said

    async def proves(self) -> None:
        """Show who she is."""
        await self.writes("Hvad drejer det sig om?", "What is this about?", "what_is_this")
        await self.writes(PROOF, PROOF, "identify")

    async def has_nothing_asked(self) -> None:
        """Be where nothing is asked of her: what was talked about is over."""
        async with self.runtime.transaction() as session:
            talk = (await session.scalars(select(Conversation))).one()
            talk.awaiting, talk.wanted = Awaiting.NOTHING, None

    def text(self, key: str, **values: object) -> str:
        """Return a text of ours in her language, the municipality's own facts filled in."""
        policy = self.runtime.policies[self.town]
        always = {
            "municipality": policy.name.of(self.language),
            "telephone": policy.telephone.number,
            "hours": policy.telephone.hours.of(self.language),
        }
        return catalogue(self.language).render(key, **always, **values)

    def says(self, key: str) -> str:
        """Return the words of a text up to the first place to be filled in."""
        return catalogue(self.language).texts[key].split("{")[0]


def fits_two_messages(said: str) -> bool:
    """Tell whether an answer without the introduction goes out as two text messages at most."""
    parts = said.split("\n\n")
    own = [part for part in parts if "AI" not in part]
    return gsm7_segments("\n\n".join(own))[0] <= 2


async def rows(runtime: Runtime, kind: Any) -> list[Any]:
    """Return all rows of a kind."""
    async with runtime.transaction() as session:
        return list(await session.scalars(select(kind)))
