"""What answers from a citizen's own facts have in common (egne forhold)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from bot.actions.claims import is_for_people, overdue, ways
from bot.actions.elsewhere import is_for_elsewhere
from bot.actions.handoffs import hand_over
from bot.actions.turn import Reply, Turn, keeping
from data.models.claims import ClaimState
from data.models.conversations import Awaiting
from outreach import identity
from outreach.rules.phrases.asides import asks_for_law

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.actions.turn import Handler
    from data.models.claims import Claim

__all__ = ["WITH_US", "answered", "basis", "generally", "of_own_claims", "wants_law", "ways"]

#: Answers from the citizen's overdue claims, of which there is one at least.
type OfClaims = Callable[[Turn, list[Claim]], Awaitable[Reply]]
#: What begins a line of a list.
_ITEM = "- "
#: What may be talked about here: neither closed nor with somebody else.
WITH_US = frozenset(
    {
        ClaimState.OPEN,
        ClaimState.IN_PLAN,
        ClaimState.IN_RESPITE,
        ClaimState.DISPUTED,
        ClaimState.SHELVED,
    }
)


def of_own_claims(general: Callable[[Turn], str]) -> Callable[[OfClaims], Handler]:
    """Answer in general who has not proven who they are, and of their own claims who has."""

    def guard(answer: OfClaims) -> Handler:
        wanted = answer.__name__

        @wraps(answer)
        async def guarded(turn: Turn) -> Reply:
            if not turn.is_proven:
                return generally(turn, general(turn), wanted)
            claims = await overdue(turn)
            if is_for_people(turn, claims):
                return await hand_over(turn, "sensitive_claim")
            if not claims:
                return keeping(turn, f"{turn.say('nothing_owed')} {general(turn)}")
            return await answer(turn, claims)

        return guarded

    return guard


def generally(turn: Turn, text: str, wanted: str) -> Reply:
    """Answer in general, and say how the citizen hears of their own case.

    In the middle of something else nothing new is offered: they are reminded of where we were.
    """
    place = turn.conversation
    is_locked = identity.tries_left(place, turn.runtime) == 0
    if place.awaiting is not Awaiting.NOTHING or is_locked or is_for_elsewhere(turn):
        return keeping(turn, text)
    place.wanted_message_id = turn.message.id
    return Reply(f"{text}\n\n{turn.say('offer_own')}", awaiting=Awaiting.IDENTITY, wanted=wanted)


def answered(turn: Turn, *parts: str, choices: Sequence[str] = ()) -> Reply:
    """Put the parts of an answer together; short answers are shown where nothing is awaited."""
    reply = keeping(turn, _listed(turn, [part for part in parts if part]))
    if reply.awaiting is Awaiting.NOTHING:
        reply.choices = tuple(choices)
    return reply


def _listed(turn: Turn, parts: Sequence[str]) -> str:
    """Put parts under each other: one thing alone is no list, and a list has words before it."""
    text = "\n".join(parts)
    if not text.startswith(_ITEM):
        return text
    if text.count(f"\n{_ITEM}"):
        return f"{turn.say('list_head')}\n{text}"
    return text.removeprefix(_ITEM)


def wants_law(turn: Turn) -> bool:
    """Tell whether the citizen asks where it stands."""
    return asks_for_law(turn.text)


def basis(turn: Turn, *paragraphs: str | None) -> str:
    """Say where it stands: the law, and the municipality's own policy."""
    named = list(dict.fromkeys(one for one in paragraphs if one))
    policy = turn.policy.policy.title
    if not named:
        return turn.say("basis_policy", policy=policy)
    return turn.say("basis_law", law=", ".join(named), policy=policy)
