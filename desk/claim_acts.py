"""What a caseworker decides of a claim (skøn): each act with its reason, and a refusal with its."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from data.models.cases import Effect, Override
from data.models.postings import Posting
from data.municipalities.ladders import Fact, Ground
from data.values.ids import OverrideId
from desk import pages
from desk.auth import Acting, SignedIn, Visitor
from desk.claims import found, show
from desk.forms import Entered, FieldsError, Sent, read, read_days, read_money
from desk.pages import Notice
from outreach import circumstances, citizens, overrides, postings
from outreach.errors import NotFoundError
from outreach.hand_overs import recall as recall_hand_over
from outreach.rules.case import ALL_STEPS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim

    type Work = Callable[[AsyncSession, Claim], Awaitable[None]]

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=20_000)]
_Field = Annotated[pages.Typed, Field(max_length=20_000)]
_YES_NO: Final = {"": None, "yes": True, "no": False}


class SayForm(BaseModel):
    """A caseworker's word as the form sends it."""

    effect: _Field = ""
    step: _Field = ""
    reason: _Field = ""
    until: _Field = ""
    ground: _Field = ""
    facts: list[_Field] = []


class LifeForm(BaseModel):
    """What is known of a citizen's life as the form sends it; empty is not known."""

    benefit: _Field = ""
    yearly_net_income: _Field = ""
    supports_others: _Field = ""
    children_at_home: _Field = ""
    social_authorities_told_on: _Field = ""
    deceased_on: _Field = ""

    def read(self) -> circumstances.Facts:
        """Read the fields as facts.

        Raises:
            FieldsError: a day or a sum cannot be read.
        """
        days = read_days(
            {
                "social_authorities_told_on": self.social_authorities_told_on,
                "deceased_on": self.deceased_on,
            }
        )
        return {
            "benefit": self.benefit or None,
            "yearly_net_income": read_money("yearly_net_income", self.yearly_net_income),
            "supports_others": _YES_NO.get(self.supports_others),
            "children_at_home": _YES_NO.get(self.children_at_home),
            "social_authorities_told_on": days["social_authorities_told_on"],
            "deceased_on": days["deceased_on"],
        }


@dataclass(frozen=True)
class ClaimSent(Sent):
    """A form that was sent from the page of a claim."""

    claim_id: UUID

    @classmethod
    def of(
        cls,
        request: Request,
        claim_id: UUID,
        visitor: Visitor,
        form: str,
        values: Mapping[str, Any],
    ) -> ClaimSent:
        """Take a form of one claim's page."""
        return cls(request, visitor, f"/desk/claims/{claim_id}", form, values, claim_id)

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the page of the claim."""
        return await show(self.request, self.claim_id, self.visitor, notice, entered)

    async def act(self, work: Work, done: str) -> Response:
        """Do the act on the claim; `work` gets the session and the claim."""

        async def on_claim(session: AsyncSession) -> None:
            await work(session, await found(session, self.claim_id, self.visitor))

        return await self.take(on_claim, done)


@router.post("/desk/claims/{claim_id}/say")
async def say(
    request: Request, claim_id: UUID, visitor: Acting, form: Annotated[SayForm, Form()]
) -> Response:
    """Hold a step, leave out its fee, skip it, approve it, or shelve the case."""
    if form.effect not in set(Effect):
        raise NotFoundError("no such effect")

    async def work(session: AsyncSession, claim: Claim) -> None:
        until = read(form.reason, {"until": form.until})["until"]
        await overrides.say(
            session,
            pages.runtime_of(request),
            claim=claim,
            staff=visitor.staff,
            effect=Effect(form.effect),
            step=form.step or ALL_STEPS,
            reason=form.reason,
            until=until,
            ground=Ground(form.ground) if form.ground in set(Ground) else None,
            facts=frozenset(Fact(each) for each in form.facts if each in set(Fact)),
        )

    return await ClaimSent.of(request, claim_id, visitor, form.effect, form.model_dump()).act(
        work, "said"
    )


@router.post("/desk/claims/{claim_id}/revoke")
async def revoke(
    request: Request, claim_id: UUID, visitor: Acting, override: _Text = "", reason: _Text = ""
) -> Response:
    """Take a caseworker's word back."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        read(reason)
        number = OverrideId(_of(await session.get(Override, _uuid(override)), claim).id)
        runtime = pages.runtime_of(request)
        await overrides.revoke(session, runtime, number, visitor.staff, reason)

    sent = ClaimSent.of(request, claim_id, visitor, f"revoke-{override}", {"reason": reason})
    return await sent.act(work, "revoked")


@router.post("/desk/claims/{claim_id}/waive")
async def waive(
    request: Request, claim_id: UUID, visitor: Acting, posting: _Text = "", reason: _Text = ""
) -> Response:
    """Take a fee or interest off again."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        read(reason)
        number = int(posting) if posting.isdecimal() and len(posting) < 19 else 0  # noqa: PLR2004
        charge = _of(await session.get(Posting, number), claim)
        runtime = pages.runtime_of(request)
        await postings.waive(session, runtime, charge.id, visitor.staff, reason)

    sent = ClaimSent.of(request, claim_id, visitor, f"waive-{posting}", {"reason": reason})
    return await sent.act(work, "waived")


@router.post("/desk/claims/{claim_id}/circumstances")
async def record(
    request: Request, claim_id: UUID, visitor: Acting, form: Annotated[LifeForm, Form()]
) -> Response:
    """Put on record what the law asks about the citizen's life."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        runtime, facts = pages.runtime_of(request), form.read()
        try:
            await circumstances.record_circumstances(
                session, runtime, claim.citizen, visitor.staff, **facts
            )
        except circumstances.DeathStandsError as fault:
            raise FieldsError({fault.field: "claim.fault.death_stands"}) from None
        except circumstances.CircumstanceError as fault:
            raise FieldsError({fault.field: "claim.fault.untrue"}) from None

    sent = ClaimSent.of(request, claim_id, visitor, "circumstances", form.model_dump())
    return await sent.act(work, "recorded")


@router.post("/desk/claims/{claim_id}/unfreeze")
async def unfreeze(
    request: Request, claim_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Let what is automatic begin again for the citizen."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        read(reason)
        runtime = pages.runtime_of(request)
        await citizens.unfreeze(session, runtime, claim.citizen, visitor.staff, reason)

    return await ClaimSent.of(request, claim_id, visitor, "unfreeze", {"reason": reason}).act(
        work, "unfrozen"
    )


@router.post("/desk/claims/{claim_id}/recall")
async def recall(request: Request, claim_id: UUID, visitor: Acting, reason: _Text = "") -> Response:
    """Call a claim back from its recipient."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        read(reason)
        runtime = pages.runtime_of(request)
        await recall_hand_over(session, runtime, claim.claim_ref, visitor.staff, reason)

    return await ClaimSent.of(request, claim_id, visitor, "recall", {"reason": reason}).act(
        work, "recalled"
    )


@router.get("/desk/claims/{claim_id}/{_act}")
async def after_an_act(claim_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the claim from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/claims/{claim_id}", status_code=303)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("no such id") from None


def _of[Row: (Override, Posting)](row: Row | None, claim: Claim) -> Row:
    """Let through only what belongs to the claim whose page sent the form."""
    if row is None or row.claim_id != claim.id:
        raise NotFoundError("not of this claim")
    return row
