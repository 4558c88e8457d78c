"""Money that waits (uplacerede betalinger): placed, moved or sent back by a caseworker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from data.queries import claim_files
from data.queries import handoffs as handoff_queries
from data.queries import payments as queries
from data.values.ids import ClaimId
from data.values.money import NOTHING, Money
from desk import forms, inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.forms import LONGEST_REASON, Entered, FieldsError, Sent
from desk.pages import Notice
from outreach import payments
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.models.payments import Allocation, Payment
    from outreach.rules.suggestions import Suggestion

router = APIRouter(route_class=pages.DeskRoute)

_DONE: Final = {
    "placed": "payments.placed_now",
    "moved": "payments.moved_now",
    "refunded": "payments.refunded_now",
}
_LARGEST: Final = 2**63 - 1

_Text = Annotated[pages.Typed, Field(max_length=20_000)]
_Number = Annotated[int, Path(ge=1, le=_LARGEST)]


class MoneyForm(BaseModel):
    """What the forms about a payment carry; `seen` tells how often it had moved."""

    claim_ref: _Text = ""
    suggested: _Text = ""
    from_claim: _Text = ""
    amount: _Text = ""
    reason: _Text = ""
    seen: _Text = ""

    @property
    def last_seen(self) -> int | None:
        """How often the money had moved when the page was opened."""
        return int(self.seen) if self.seen.isascii() and self.seen.isdigit() else None


_Form = Annotated[MoneyForm, Form()]


@dataclass(frozen=True, slots=True)
class MoneyFile:
    """One payment as a caseworker reads it: where it was put, what waits, what it may be for."""

    payment: Payment
    waiting: Money
    moves: list[tuple[Allocation, Claim]]
    stands: list[tuple[Claim, Money]]
    suggestions: list[Suggestion]
    seen: int


@dataclass(frozen=True)
class _SentForm(Sent):
    """A form of one payment's page."""

    number: int

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the payment with the form as it was filled in."""
        return await _show(self.request, self.visitor, self.number, notice, entered)

    def amount(self) -> Money:
        """Read the reason and the sum.

        Raises:
            FieldsError: one of them is missing or cannot be read.
        """
        forms.read(self.values["reason"])
        amount = forms.read_money("amount", self.values["amount"])
        if not amount:
            raise FieldsError({"amount": "claim.fault.money"})
        return amount

    async def claim(self, session: AsyncSession) -> Claim:
        """Find the claim that was chosen among the suggestions, or typed.

        Raises:
            FieldsError: no such claim, or several, in the caseworker's municipality.
        """
        given = self.values["claim_ref"].strip() or self.values["suggested"]
        found = await claim_files.search(session, self.visitor.municipality, given)
        exact = [claim for claim in found if claim.claim_ref == given] or found
        if len(exact) != 1:
            raise FieldsError({"claim_ref": "payments.no_claim"})
        return exact[0]


@router.get("/desk/payments")
async def waiting(request: Request, visitor: SignedIn) -> Response:
    """Show the money that waits, the oldest first, with what it may be for."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        found = await payments.waiting(session, runtime, visitor.municipality)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "payments.html",
        visitor=visitor,
        found=found,
        most_rows=queries.SHOWN_AT_ONCE,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


@router.get("/desk/payments/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return what every page says on top."""
    async with pages.runtime_of(request).transaction() as session:
        me = visitor.staff.id
        counts = await handoff_queries.counts(session, visitor.municipality, me)
    return pages.changed(request, [inbox.alert(request, visitor, counts)])


@router.get("/desk/payments/{number}")
async def payment(request: Request, number: _Number, visitor: SignedIn) -> Response:
    """Show one payment, and what can be done with it."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    return await _show(request, visitor, number, notice)


@router.post("/desk/payments/{number}/place")
async def place(request: Request, number: _Number, visitor: Acting, form: _Form) -> Response:
    """Put money that waits to a claim."""
    sent = _SentForm(request, visitor, _page(number), "place", form.model_dump(), number)

    async def work(session: AsyncSession) -> None:
        part = sent.amount()
        claim = await sent.claim(session)
        await payments.place(
            session, pages.runtime_of(request), number, claim.id, part, visitor.staff, form.reason,
            seen=form.last_seen,
        )  # fmt: skip

    return await sent.take(work, "placed")


@router.post("/desk/payments/{number}/move")
async def move(request: Request, number: _Number, visitor: Acting, form: _Form) -> Response:
    """Move what of it stands on one claim to another."""
    name = f"move-{form.from_claim}"
    sent = _SentForm(request, visitor, _page(number), name, form.model_dump(), number)

    async def work(session: AsyncSession) -> None:
        part = sent.amount()
        from_claim = _claim_id(form.from_claim)
        claim = await sent.claim(session)
        if from_claim is None:
            raise NotFoundError("no such claim")
        if claim.id == from_claim:
            raise FieldsError({"claim_ref": "payments.same_claim"})
        await payments.move(
            session, pages.runtime_of(request), number, from_claim, claim.id, part,
            staff=visitor.staff, because=form.reason, seen=form.last_seen,
        )  # fmt: skip

    return await sent.take(work, "moved")


@router.post("/desk/payments/{number}/refund")
async def refund(request: Request, number: _Number, visitor: Acting, form: _Form) -> Response:
    """Note that money was sent back to who paid it."""
    name = f"refund-{form.from_claim}" if form.from_claim else "refund"
    sent = _SentForm(request, visitor, _page(number), name, form.model_dump(), number)

    async def work(session: AsyncSession) -> None:
        part = sent.amount()
        claim_id = _claim_id(form.from_claim)
        await payments.refund(
            session, pages.runtime_of(request), number, claim_id, part, visitor.staff, form.reason,
            seen=form.last_seen,
        )  # fmt: skip

    return await sent.take(work, "refunded")


@router.get("/desk/payments/{number}/{_act}")
async def after_an_act(number: _Number, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the payment from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/payments/{number}", status_code=303)


def _page(number: int) -> str:
    return f"/desk/payments/{number}"


def _claim_id(given: str) -> ClaimId | None:
    """Read the claim that money is sent back from; none: from what waits."""
    if not given:
        return None
    try:
        return ClaimId(UUID(given))
    except ValueError:
        raise NotFoundError("no such claim") from None


async def _show(
    request: Request,
    visitor: Visitor,
    number: int,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        file = await _file(request, session, visitor, number)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "payment.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        file=file,
        nothing=NOTHING,
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST_REASON,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


async def _file(
    request: Request, session: AsyncSession, visitor: Visitor, number: int
) -> MoneyFile:
    found = await queries.one(session, visitor.municipality, number)
    if found is not None and found.reverses is not None:
        found = await queries.one(session, visitor.municipality, found.reverses)
    if found is None:
        raise NotFoundError("no such payment")
    waits = await payments.waits(session, found.id)
    near = await payments.near(session, pages.runtime_of(request), found) if waits else []
    moves = await queries.of_payment(session, found.id)
    seen = await payments.movements(session, found.id)
    return MoneyFile(found, waits, moves, _standing(moves), near, seen)


def _standing(moves: list[tuple[Allocation, Claim]]) -> list[tuple[Claim, Money]]:
    """Return what of it stands on which claims now."""
    claims = {claim.id: claim for _, claim in moves}
    sums = dict.fromkeys(claims, NOTHING)
    for allocation, claim in moves:
        sums[claim.id] += allocation.amount
    return [(claims[claim_id], amount) for claim_id, amount in sums.items() if amount]
