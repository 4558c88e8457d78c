"""One claim (krav): find it, what is on record of it, why it stands there, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.models.hand_overs import HandOverState
from data.municipalities.ladders import DecidedBy, Fact, Ground
from data.queries import claim_files
from data.queries import handoffs as handoff_queries
from data.values.ids import ClaimId, LetterId
from data.values.time import day_of
from desk import inbox, pages
from desk.auth import SignedIn, Visitor, Watching
from desk.forms import LONGEST_REASON, Entered
from desk.pages import Notice
from desk.reading import note_search
from outreach import cases, circumstances, telling
from outreach.errors import NotFoundError
from outreach.explain import explain
from outreach.overrides import look_again_on
from outreach.rules.case import ALL_STEPS, Word
from outreach.rules.closure import NAME as CLOSURE_NOTICE
from outreach.rules.decision import Refused
from outreach.rules.ladder import ladder_of
from outreach.rules.overrides import may_say

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.queries.claim_files import ClaimFile
    from data.queries.handoffs import QueueCounts
    from desk.pages import Part
    from outreach.explain import Explanation
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

router = APIRouter(route_class=pages.DeskRoute)

_LONGEST_SEARCH: Final = 80
#: What a page may say after an act, by the word in its address.
_DONE: Final = {
    "said": "claim.said",
    "revoked": "claim.revoked_now",
    "waived": "claim.waived_now",
    "recorded": "claim.recorded",
    "unfrozen": "claim.unfrozen_now",
    "recalled": "claim.recalled_now",
}
#: What is over has no step left that a word could be about.
_ENDED: Final = {ClaimState.PAID, ClaimState.WRITTEN_OFF, ClaimState.HANDED_OVER}
_RECALLABLE: Final = {HandOverState.FILED, HandOverState.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Choices:
    """Which words a caseworker may say here: the steps by effect, grounds and facts by policy."""

    steps: dict[str, list[str]]
    grounds: dict[str, list[Ground]]
    facts: list[Fact]
    look_again: date | None
    benefits: list[str]

    def may(self, effect: str) -> bool:
        """Tell whether there is anything to say of that kind."""
        return bool(self.steps.get(effect))


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """All that the page of one claim shows."""

    file: ClaimFile
    explanation: Explanation
    choices: Choices
    counts: QueueCounts

    @property
    def recallable(self) -> bool:
        """Whether a recipient has the claim, so that it can be called back (tilbagekald)."""
        return any(each.state in _RECALLABLE for each in self.file.hand_overs)


@router.get("/desk/claims")
async def search(request: Request, visitor: SignedIn) -> Response:
    """Find a claim by its reference; the only one found is shown at once."""
    asked = request.query_params.get("ref", "").replace("\x00", "")[:_LONGEST_SEARCH].strip()
    async with pages.runtime_of(request).transaction() as session:
        found = await claim_files.search(session, visitor.municipality, asked)
        await note_search(session, request, visitor, "claims", asked, len(found))
        counts = await _counts(session, visitor)
    if len(found) == 1:
        return RedirectResponse(f"/desk/claims/{found[0].id}", status_code=303)
    parts = {"alert": inbox.alert(request, visitor, counts)}
    most = claim_files.SHOWN_AT_ONCE
    return pages.page(
        request, "claims.html", visitor=visitor, asked=asked, found=found, most=most, parts=parts
    )


@router.get("/desk/claims/{claim_id}")
async def claim(request: Request, claim_id: UUID, visitor: SignedIn) -> Response:
    """Show one claim."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    # A link from the citizen's page may open one of the forms.
    asked = Entered(request.query_params.get("act", ""))
    return await show(request, claim_id, visitor, notice, asked)


@router.get("/desk/claims/{claim_id}/live")
async def live(request: Request, claim_id: UUID, visitor: Watching) -> Response:
    """Tell whether the claim is not any more as the page shows it; what is written stays."""
    async with pages.runtime_of(request).transaction() as session:
        file = await claim_files.open_file(session, await found(session, claim_id, visitor))
        counts = await _counts(session, visitor)
    is_news = request.query_params.get("shown", "") != file.mark
    return pages.changed(request, _parts(request, visitor, file, counts, is_news=is_news).values())


@router.get("/desk/claims/{claim_id}/letters/{letter_id}")
async def letter(request: Request, claim_id: UUID, letter_id: UUID, visitor: SignedIn) -> Response:
    """Hand out a letter as it left: a page of its own, to be opened outside the desk."""
    async with pages.runtime_of(request).transaction() as session:
        claim = await found(session, claim_id, visitor)
        written = await claim_files.letter(session, claim, LetterId(letter_id))
    if written is None or written.body is None:
        raise NotFoundError("no such letter")
    name = f"{letter_id}.html"
    return Response(
        written.body.encode(),
        media_type="text/html; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def found(session: AsyncSession, claim_id: UUID, visitor: Visitor) -> Claim:
    """Return a claim of the visitor's municipality with its citizen.

    Raises:
        NotFoundError: there is none.
    """
    one = await claim_files.one(session, visitor.municipality, ClaimId(claim_id))
    if one is None:
        raise NotFoundError("no such claim")
    return one


async def show(
    request: Request,
    claim_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    """Show the page of a claim, with what was written in a form that was not taken."""
    shown = await _page(request, claim_id, visitor)
    t = pages.words(request)
    told = telling.tell(shown.explanation, t.language)
    return pages.page(
        request,
        "claim.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        shown=shown,
        file=shown.file,
        claim=shown.file.claim,
        told=told,
        sections={section.key: section for section in told.sections},
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST_REASON,
        all_steps=ALL_STEPS,
        parts=_parts(request, visitor, shown.file, shown.counts, is_news=False),
    )


async def _page(request: Request, claim_id: UUID, visitor: Visitor) -> ClaimPage:
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        claim = await found(session, claim_id, visitor)
        case = (await cases.load(session, runtime, [claim.id]))[claim.id]
        return ClaimPage(
            file=await claim_files.open_file(session, claim),
            explanation=await explain(session, runtime, claim),
            choices=choices_of(runtime, case, claim),
            counts=await _counts(session, visitor),
        )


async def _counts(session: AsyncSession, visitor: Visitor) -> QueueCounts:
    return await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)


def choices_of(runtime: Runtime, case: Case, claim: Claim) -> Choices:
    """Ask the rules which words may be said of which steps of this very claim."""
    policy, today = runtime.policies[claim.municipality], day_of(runtime.clock.now())
    ladder = ladder_of(case, runtime.law, policy, today)
    named = {
        f"{step.step.value}:{number}": step
        for step, number in zip(ladder.steps, ladder.numbers(), strict=True)
    }
    left = [name for name in named if case.step_taken(name) is None]
    if policy.closure is not None and case.claim_type in policy.closure.claim_types:
        left.append(CLOSURE_NOTICE)
    if claim.state in _ENDED:
        left = []

    def allowed(effect: Effect, name: str, ground: Ground | None = None) -> bool:
        word = Word(name, effect, ground=ground)
        return not isinstance(may_say(word, case, runtime.law, policy, today), Refused)

    grounds = {
        name: [
            each for each in Ground if each in step.grounds and allowed(Effect.APPROVE, name, each)
        ]
        for name, step in named.items()
        if step.decided_by is DecidedBy.CASEWORKER and step.grounds
    }
    can_rest = policy.shelving is not None and claim.state in {ClaimState.OPEN, ClaimState.SHELVED}
    steps = {
        "hold": [ALL_STEPS, *left] if left else [],
        "without_fee": [name for name in left if name in named and named[name].has_fee],
        "skip": [name for name in left if allowed(Effect.SKIP, name)],
        "approve": [name for name in left if grounds.get(name) or allowed(Effect.APPROVE, name)],
        "shelve": [ALL_STEPS] if can_rest else [],
    }
    return Choices(
        steps=steps,
        grounds=grounds,
        facts=[each for each in Fact if policy.shelving and each in policy.shelving.needs],
        look_again=look_again_on(runtime, claim.municipality),
        benefits=circumstances.benefits(runtime),
    )


def _parts(
    request: Request, visitor: Visitor, file: ClaimFile, counts: QueueCounts, *, is_news: bool
) -> dict[str, Part]:
    return {
        "alert": inbox.alert(request, visitor, counts),
        "news": pages.part(request, "news", visitor, is_news=is_news, claim_id=file.claim.id),
    }
