"""What a caseworker does from a citizen's page besides agreeing: each act with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from data.models.agreements import AGREED, Agreement, AgreementChannel
from data.models.claims import Claim
from data.models.postings import Posting
from data.values.ids import AgreementId
from data.values.money import NOTHING
from desk import pages
from desk.agreements import agreement_of
from desk.auth import Acting, SignedIn, Visitor
from desk.citizens import SIGNED_BY, CitizenSent, open_file
from desk.forms import FieldsError, read, read_money
from desk.texts import DANISH, LANGUAGES
from outreach import (
    agreements,
    assignments,
    audit,
    citizens,
    claims,
    confirmations,
    disputes,
    postings,
)
from outreach.agreements.by_staff import NotProvenError, StandsAgainstError
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.citizen_files import CitizenFile

router = APIRouter(route_class=pages.DeskRoute)

#: The hard case that stops everything when somebody else may owe it.
NOT_THEM: Final = "hard_identity_theft"

_Text = Annotated[pages.Typed, Form(max_length=20_000)]
_Field = Annotated[pages.Typed, Field(max_length=20_000)]


class AssignForm(BaseModel):
    """An assignment as the form sends it."""

    claims: list[_Field] = []
    benefit: _Field = ""
    expected_by: _Field = ""
    reason: _Field = ""


class SignForm(BaseModel):
    """How an assignment was signed, as the form sends it."""

    agreement: _Field = ""
    channel: _Field = ""
    level: _Field = ""


@router.post("/desk/citizens/{citizen_id}/waive")
async def waive(
    request: Request, citizen_id: UUID, visitor: Acting, posting: _Text = "", reason: _Text = ""
) -> Response:
    """Take a fee or interest off again."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        read(reason)
        charge = _one([each for each in file.postings if str(each.id) == posting])
        await postings.waive(session, pages.runtime_of(request), charge.id, visitor.staff, reason)

    sent = CitizenSent.of(request, citizen_id, visitor, f"waive-{posting}", {"reason": reason})
    return await sent.take(work, "waived")


@router.post("/desk/citizens/{citizen_id}/end")
async def end(
    request: Request, citizen_id: UUID, visitor: Acting, agreement: _Text = "", reason: _Text = ""
) -> Response:
    """End an agreement, or take a proposal off the table."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        read(reason)
        made = agreement_of(file, agreement)
        runtime = pages.runtime_of(request)
        await agreements.end_by_staff(session, runtime, visitor.staff, made.id, reason=reason)

    sent = CitizenSent.of(request, citizen_id, visitor, f"end-{agreement}", {"reason": reason})
    return await sent.take(work, "ended")


@router.post("/desk/citizens/{citizen_id}/dispute")
async def dispute(
    request: Request,
    citizen_id: UUID,
    visitor: Acting,
    claim: _Text = "",
    amount: _Text = "",
    reason: _Text = "",
) -> Response:
    """Say which part of a claim is disputed, so that the rest can be agreed on."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        read(reason)
        part = read_money("amount", amount) or NOTHING
        owed = _one(_claims(file, [claim]))
        runtime = pages.runtime_of(request)
        try:
            await disputes.dispute_part(session, runtime, owed, visitor.staff, part, reason)
        except disputes.PartError:
            raise FieldsError({"amount": "agree.fault.part"}) from None

    values = {"claim": claim, "amount": amount, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "dispute", values)
    return await sent.take(work, "disputed")


@router.post("/desk/citizens/{citizen_id}/dispute-all")
async def dispute_all(
    request: Request, citizen_id: UUID, visitor: Acting, claim: _Text = "", reason: _Text = ""
) -> Response:
    """Say that all of a claim is disputed, and ask the unit that owns it."""

    async def work(session: AsyncSession) -> None:
        owed = await _disputed(session, citizen_id, visitor, claim, reason)
        runtime = pages.runtime_of(request)
        await claims.dispute_by_staff(session, runtime, owed, visitor.staff, reason)

    values = {"claim": claim, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "dispute-all", values)
    return await sent.take(work, "disputed")


@router.post("/desk/citizens/{citizen_id}/wrong-person")
async def wrong_person(
    request: Request, citizen_id: UUID, visitor: Acting, claim: _Text = "", reason: _Text = ""
) -> Response:
    """Say that it is not this person who owes a claim: all stands still until that is clear."""

    async def work(session: AsyncSession) -> None:
        owed = await _disputed(session, citizen_id, visitor, claim, reason)
        runtime, staff = pages.runtime_of(request), visitor.staff
        # Who owes is held before what is owed, as everywhere.
        await citizens.freeze(
            session,
            runtime,
            owed.citizen_id,
            because=NOT_THEM,
            actor=audit.actor(staff),
            why=reason,
        )
        await claims.dispute_by_staff(session, runtime, owed, staff, reason, not_theirs=True)

    values = {"claim": claim, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "wrong-person", values)
    return await sent.take(work, "wrong-person")


async def _disputed(
    session: AsyncSession, citizen_id: UUID, visitor: Visitor, claim: str, reason: str
) -> Claim:
    file = await open_file(session, citizen_id, visitor)
    read(reason)
    return _one(_claims(file, [claim]))


@router.post("/desk/citizens/{citizen_id}/write-off")
async def write_off(
    request: Request, citizen_id: UUID, visitor: Acting, claim: _Text = "", reason: _Text = ""
) -> Response:
    """Write off what is outstanding of a claim (afskriv)."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        read(reason)
        owed = _one([each for each in file.open_claims if str(each.id) == claim])
        await postings.write_off(session, pages.runtime_of(request), owed, visitor.staff, reason)

    values = {"claim": claim, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "write-off", values)
    return await sent.take(work, "written-off")


@router.post("/desk/citizens/{citizen_id}/assign")
async def assign(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[AssignForm, Form()]
) -> Response:
    """Write down an assignment that the citizen is to sign (transport)."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        expected_by = read(form.reason, {"expected_by": form.expected_by})["expected_by"]
        chosen = _claims(file, form.claims)
        if not chosen:
            raise FieldsError({"claims": "agree.fault.claims"})
        if expected_by is None:
            raise FieldsError({"expected_by": "claim.fault.day"})
        await assignments.propose(
            session,
            pages.runtime_of(request),
            visitor.staff,
            file.citizen.id,
            chosen,
            benefit=form.benefit,
            expected_by=expected_by,
            reason=form.reason,
        )

    sent = CitizenSent.of(request, citizen_id, visitor, "assign", form.model_dump())
    return await sent.take(work, "assigned")


@router.post("/desk/citizens/{citizen_id}/sign")
async def sign(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[SignForm, Form()]
) -> Response:
    """Conclude an assignment that the citizen has signed."""

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        made = agreement_of(file, form.agreement)
        if form.channel not in set(SIGNED_BY):
            raise FieldsError({"channel": "agree.fault.channel"})
        try:
            await assignments.sign(
                session,
                pages.runtime_of(request),
                visitor.staff,
                made.id,
                channel=AgreementChannel(form.channel),
                identity_level=int(form.level) if form.level.isdecimal() else 0,
            )
        except NotProvenError:
            raise FieldsError({"level": "agree.fault.signed"}) from None
        except StandsAgainstError as against:
            raise FieldsError({"channel": f"agree.refusal.{against.refusal.value}"}) from None

    name = f"sign-{form.agreement}"
    sent = CitizenSent.of(request, citizen_id, visitor, name, form.model_dump())
    return await sent.take(work, "signed")


@router.get("/desk/agreements/{agreement_id}/confirmation.pdf")
async def confirmation(request: Request, agreement_id: UUID, visitor: SignedIn) -> Response:
    """Hand out the confirmation of an agreement, in the citizen's language unless one is named."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        found = await session.get(Agreement, AgreementId(agreement_id))
        if found is None or found.municipality != visitor.municipality or found.state not in AGREED:
            raise NotFoundError("no such agreement")
        language = request.query_params.get("lang", DANISH)
        language = language if language in LANGUAGES else DANISH
        gathered = await confirmations.gather(session, runtime, found.id, language)
        await _note_read(session, request, visitor, found.id, language)
    content = await confirmations.printed(gathered)
    name = f"{agreement_id}-{language}.pdf"
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _note_read(
    session: AsyncSession,
    request: Request,
    visitor: Visitor,
    agreement_id: AgreementId,
    language: str,
) -> None:
    await audit.record(
        session,
        pages.runtime_of(request),
        municipality=visitor.municipality,
        actor=f"staff:{visitor.staff.id}",
        act="confirmation_fetched",
        subject_kind="agreement",
        subject_id=agreement_id,
        language=language,
    )


def _claims(file: CitizenFile, numbers: list[str]) -> list[Claim]:
    """Return the citizen's own claims that a form names, the oldest first."""
    return [claim for claim in reversed(file.claims) if str(claim.id) in numbers]


def _one[Row: (Posting, Claim)](found: list[Row]) -> Row:
    if not found:
        raise NotFoundError("not of this citizen")
    return found[0]
