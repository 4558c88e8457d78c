"""Why each claim stands where it stands (kort forklaring): a line a claim, all asked at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.models.cases import Effect
from data.values.time import day_of
from desk.claims import choices_of
from outreach import cases, telling
from outreach.rules.ladder import next_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.values.ids import ClaimId
    from outreach.runtime import Runtime
    from outreach.telling import Line

#: What a caseworker may say of a claim's steps, in the order its page has them (A39).
_EFFECTS: Final = (Effect.HOLD, Effect.WITHOUT_FEE, Effect.SKIP, Effect.APPROVE, Effect.SHELVE)


@dataclass(frozen=True, slots=True)
class Why:
    """Where one claim stands, and the words that may be said of it on its page."""

    line: Line
    acts: list[str]


async def of_claims(
    session: AsyncSession, runtime: Runtime, claims: Sequence[Claim], language: str
) -> dict[ClaimId, Why]:
    """Ask the ladder about these claims; the page of each tells the rest."""
    if not claims:
        return {}
    today = day_of(runtime.clock.now())
    found = await cases.load(session, runtime, [claim.id for claim in claims])
    whys = {}
    for claim in claims:
        case, policy = found[claim.id], runtime.policies[claim.municipality]
        answer = next_step(case, runtime.law, policy, today)
        choices = choices_of(runtime, case, claim)
        whys[claim.id] = Why(
            telling.tell_answer(answer, claim.municipality, today, language),
            [effect.value for effect in _EFFECTS if choices.may(effect.value)],
        )
    return whys
