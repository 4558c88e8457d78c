"""What a caseworker decides of a claim (skøn): each act with its reason, and a refusal with its."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from data.models.cases import Effect, Override
from data.models.postings import Posting
from data.municipalities.ladders import Fact, Ground
from data.values.ids import OverrideId
from data.values.money import Money
from desk import pages
from desk.auth import Acting, SignedIn, Visitor
from desk.claims import LONGEST_REASON, Entered, found, show
from desk.pages import Notice
from outreach import circumstances, citizens, overrides, postings
from outreach.errors import ConflictError, NotFoundError
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
_DANISH_DAY: Final = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_YES_NO: Final = {"": None, "yes": True, "no": False}


class FieldsError(Exception):
    """Fields of a form cannot be read; each with the text that says why."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """Take the faults by field."""
        super().__init__("fields")
        self.faults = faults


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
        days = _days(
            {
                "social_authorities_told_on": self.social_authorities_told_on,
                "deceased_on": self.deceased_on,
            }
        )
        return {
            "benefit": self.benefit or None,
            "yearly_net_income": _money(self.yearly_net_income),
            "supports_others": _YES_NO.get(self.supports_others),
            "children_at_home": _YES_NO.get(self.children_at_home),
            "social_authorities_told_on": days["social_authorities_told_on"],
            "deceased_on": days["deceased_on"],
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: whose, on which claim, under which name, with what in it."""

    request: Request
    claim_id: UUID
    visitor: Visitor
    form: str
    values: Mapping[str, Any]

    async def again(self, faults: Mapping[str, str]) -> Response:
        """Show the page with what was written still in its field, and what is wrong with it."""
        t = pages.words(self.request)
        notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
        return await self._show(notice, faults)

    async def refused(self, refusal: overrides.NotAllowedError) -> Response:
        """Show the page with the rule's reason and the paragraph or policy line it rests on."""
        t = pages.words(self.request)
        text = t.why(refusal.refused.reason.value)
        if refusal.refused.basis:
            text = f"{text} {t('claim.basis', basis=refusal.refused.basis)}"
        return await self._show(Notice("warning", text, t("claim.refused_title"), 422))

    async def late(self) -> Response:
        """Show the page as it now is: somebody else was first."""
        t = pages.words(self.request)
        return await self._show(Notice("warning", t("claim.late"), t("conflict.title"), 409))

    async def _show(self, notice: Notice, faults: Mapping[str, str] | None = None) -> Response:
        entered = Entered(self.form, self.values, faults or {})
        return await show(self.request, self.claim_id, self.visitor, notice, entered)

    async def act(self, work: Work, done: str) -> Response:
        """Do the act in one transaction and lead back to the claim, or show what stands against it.

        `work` gets the session and the claim; what it reads of the form it reads before it acts.
        """
        try:
            async with pages.runtime_of(self.request).transaction() as session:
                claim = await found(session, self.claim_id, self.visitor)
                await work(session, claim)
        except FieldsError as fault:
            return await self.again(fault.faults)
        except overrides.NotAllowedError as refusal:
            return await self.refused(refusal)
        except circumstances.CircumstanceError as fault:
            return await self.again({fault.field: "claim.fault.untrue"})
        except ConflictError:
            return await self.late()
        return RedirectResponse(f"/desk/claims/{self.claim_id}?done={done}", status_code=303)


@router.post("/desk/claims/{claim_id}/say")
async def say(
    request: Request, claim_id: UUID, visitor: Acting, form: Annotated[SayForm, Form()]
) -> Response:
    """Hold a step, leave out its fee, skip it, approve it, or shelve the case."""
    if form.effect not in set(Effect):
        raise NotFoundError("no such effect")

    async def work(session: AsyncSession, claim: Claim) -> None:
        until = _read(form.reason, {"until": form.until})["until"]
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

    return await Sent(request, claim_id, visitor, form.effect, form.model_dump()).act(work, "said")


@router.post("/desk/claims/{claim_id}/revoke")
async def revoke(
    request: Request, claim_id: UUID, visitor: Acting, override: _Text = "", reason: _Text = ""
) -> Response:
    """Take a caseworker's word back."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        _read(reason)
        number = OverrideId(_of(await session.get(Override, _uuid(override)), claim).id)
        runtime = pages.runtime_of(request)
        await overrides.revoke(session, runtime, number, visitor.staff, reason)

    sent = Sent(request, claim_id, visitor, f"revoke-{override}", {"reason": reason})
    return await sent.act(work, "revoked")


@router.post("/desk/claims/{claim_id}/waive")
async def waive(
    request: Request, claim_id: UUID, visitor: Acting, posting: _Text = "", reason: _Text = ""
) -> Response:
    """Take a fee or interest off again."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        _read(reason)
        number = int(posting) if posting.isdecimal() and len(posting) < 19 else 0  # noqa: PLR2004
        charge = _of(await session.get(Posting, number), claim)
        runtime = pages.runtime_of(request)
        await postings.waive(session, runtime, charge.id, visitor.staff, reason)

    sent = Sent(request, claim_id, visitor, f"waive-{posting}", {"reason": reason})
    return await sent.act(work, "waived")


@router.post("/desk/claims/{claim_id}/circumstances")
async def record(
    request: Request, claim_id: UUID, visitor: Acting, form: Annotated[LifeForm, Form()]
) -> Response:
    """Put on record what the law asks about the citizen's life."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        runtime, facts = pages.runtime_of(request), form.read()
        await circumstances.record_circumstances(
            session, runtime, claim.citizen, visitor.staff, **facts
        )

    sent = Sent(request, claim_id, visitor, "circumstances", form.model_dump())
    return await sent.act(work, "recorded")


@router.post("/desk/claims/{claim_id}/unfreeze")
async def unfreeze(
    request: Request, claim_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Let what is automatic begin again for the citizen."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        _read(reason)
        runtime = pages.runtime_of(request)
        await citizens.unfreeze(session, runtime, claim.citizen, visitor.staff, reason)

    return await Sent(request, claim_id, visitor, "unfreeze", {"reason": reason}).act(
        work, "unfrozen"
    )


@router.post("/desk/claims/{claim_id}/recall")
async def recall(request: Request, claim_id: UUID, visitor: Acting, reason: _Text = "") -> Response:
    """Call a claim back from its recipient."""

    async def work(session: AsyncSession, claim: Claim) -> None:
        _read(reason)
        runtime = pages.runtime_of(request)
        await recall_hand_over(session, runtime, claim.claim_ref, visitor.staff, reason)

    return await Sent(request, claim_id, visitor, "recall", {"reason": reason}).act(
        work, "recalled"
    )


@router.get("/desk/claims/{claim_id}/{_act}")
async def after_an_act(claim_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the claim from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/claims/{claim_id}", status_code=303)


def _read(reason: str, days: Mapping[str, str] | None = None) -> dict[str, date | None]:
    """Check the reason and read the days; all that is wrong is told at once."""
    faults = {}
    if not reason.strip():
        faults["reason"] = "claim.fault.reason"
    elif len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = "claim.fault.too_long"
    try:
        read = _days(days or {})
    except FieldsError as fault:
        raise FieldsError(faults | dict(fault.faults)) from None
    if faults:
        raise FieldsError(faults)
    return read


def _days(given: Mapping[str, str]) -> dict[str, date | None]:
    faults: dict[str, str] = {}
    read: dict[str, date | None] = {}
    for name, text in given.items():
        try:
            read[name] = _day(text.strip())
        except ValueError:
            faults[name] = "claim.fault.day"
    if faults:
        raise FieldsError(faults)
    return read


def _day(text: str) -> date | None:
    """Read a day as browsers send it (2026-12-24) or as people write it (24.12.2026)."""
    if not text:
        return None
    written = _DANISH_DAY.fullmatch(text)
    if written is None:
        return date.fromisoformat(text)
    day, month, year = written.groups()
    return date(int(year), int(month), int(day))


def _money(text: str) -> Money | None:
    if not text.strip():
        return None
    try:
        return Money.parse(text)
    except ValueError:
        raise FieldsError({"yearly_net_income": "claim.fault.money"}) from None


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
