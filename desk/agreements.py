"""A caseworker's agreement with a citizen (aftale): weighed, proposed or written down, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from data.models.agreements import AgreementChannel, AgreementKind, AgreementState
from data.queries import handoffs as handoff_queries
from data.values.time import day_of
from desk import inbox, pages, ways
from desk.auth import Acting, SignedIn, Visitor
from desk.citizens import open_file
from desk.citizens import show as show_citizen
from desk.forms import LONGEST_REASON, Entered, FieldsError, Sent, read, read_days
from desk.pages import Notice
from outreach import agreements, identity
from outreach.agreements.by_staff import HeldByOtherError, NotProvenError, StandsAgainstError
from outreach.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.conversations import Conversation
    from data.queries.citizen_files import CitizenFile
    from data.queries.handoffs import QueueCounts
    from desk.ways import Choice, Way, Ways

router = APIRouter(route_class=pages.DeskRoute)

FORM: Final = "agree"
#: How a yes can reach a caseworker, other than in the conversation itself.
CHANNELS: Final = (
    AgreementChannel.VOICE, AgreementChannel.COUNTER, AgreementChannel.LETTER,
    AgreementChannel.EMAIL,
)  # fmt: skip
#: By what the caseworker made sure who it was: two things that only the citizen knows, or MitID.
LEVELS: Final = (identity.PROVEN, identity.PROVEN + 1)

_Field = Annotated[pages.Typed, Field(max_length=20_000)]


class AgreeForm(BaseModel):
    """What a caseworker asks for, and then chooses, as the form sends it."""

    claims: list[_Field] = []
    wish: _Field = ""
    until: _Field = ""
    replaces: _Field = ""
    mark: _Field = ""
    option: _Field = ""
    way: _Field = ""
    channel: _Field = ""
    level: _Field = ""
    read_aloud: _Field = ""
    reason: _Field = ""
    beyond: _Field = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What the page of a new agreement shows."""

    file: CitizenFile
    replaces: Agreement | None
    choices: list[Choice]
    ways: Ways | None
    talk: Conversation | None
    today: date
    counts: QueueCounts

    @property
    def checked(self) -> list[str]:
        """The claims that are ticked at first: those of the agreement before, else the late."""
        if self.replaces is not None:
            return [str(part.claim_id) for part in self.replaces.claims]
        late = [each.claim for each in self.choices if each.claim.due_date < self.today]
        return [str(claim.id) for claim in late or [each.claim for each in self.choices]]


@dataclass(frozen=True)
class AgreeSent(Sent):
    """A form that was sent from the page of a new agreement."""

    citizen_id: UUID
    given: AgreeForm

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the ways again, as they now are."""
        return await _show(self.request, self.citizen_id, self.visitor, self.given, notice, entered)


@router.get("/desk/citizens/{citizen_id}/agree")
async def ask(request: Request, citizen_id: UUID, visitor: SignedIn) -> Response:
    """Ask what the citizen can pay; `replaces` names the agreement that is changed."""
    asked = request.query_params
    form = AgreeForm(
        replaces=asked.get("replaces", ""),
        until=asked.get("until", ""),
        claims=asked.getlist("claims"),
    )
    entered = Entered(FORM, form.model_dump(include={"until", "claims"}, exclude_defaults=True))
    return await _show(request, citizen_id, visitor, form, entered=entered, weighed=False)


@router.post("/desk/citizens/{citizen_id}/agree")
async def propose(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[AgreeForm, Form()]
) -> Response:
    """Show up to three ways to pay; nothing is kept or sent yet."""
    sent = _sent(request, citizen_id, visitor, form)
    faults = _asking_faults(form)
    return await sent.again(faults) if faults else await _show(
        request, citizen_id, visitor, form, entered=sent.entered()
    )  # fmt: skip


@router.post("/desk/citizens/{citizen_id}/conclude")
async def conclude(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[AgreeForm, Form()]
) -> Response:
    """Send the chosen way to the citizen, or write down the yes they gave."""

    async def work(session: AsyncSession) -> None:
        table = await _table(session, request, citizen_id, visitor, form, weighed=True)
        way = _chosen(form, table)
        try:
            if form.way == "send":
                await _send(session, request, visitor, form, table, way)
            else:
                await _write_down(session, request, visitor, form, table, way)
        except NotProvenError:
            raise FieldsError({"way": "agree.fault.not_proven"}) from None
        except HeldByOtherError:
            raise FieldsError({"way": "agree.fault.held"}) from None
        except StandsAgainstError as against:
            raise FieldsError({"option": f"agree.refusal.{against.refusal.value}"}) from None

    faults = _asking_faults(form) | _choosing_faults(form)
    sent = _sent(request, citizen_id, visitor, form)
    return await sent.again(faults) if faults else await sent.take(
        work, "sent" if form.way == "send" else "agreed"
    )  # fmt: skip


def _sent(request: Request, citizen_id: UUID, visitor: Visitor, form: AgreeForm) -> AgreeSent:
    page = f"/desk/citizens/{citizen_id}"
    return AgreeSent(request, visitor, page, FORM, form.model_dump(), citizen_id, form)


def agreement_of(file: CitizenFile, number: str) -> Agreement:
    """Return an agreement of the citizen whose page sent the form.

    Raises:
        NotFoundError: it is another's, or none.
    """
    found = next((each for each in file.agreements if str(each.id) == number), None)
    if found is None:
        raise NotFoundError("not of this citizen")
    return found


# ------------------------------------------------------------------------------ what was written
def _asking_faults(form: AgreeForm) -> dict[str, str]:
    faults = {}
    if not any(form.claims):
        faults["claims"] = "agree.fault.claims"
    if not form.wish.strip() and not form.until.strip():
        faults["wish"] = "agree.fault.wish"
    try:
        read_days({"until": form.until})
    except FieldsError as fault:
        faults |= fault.faults
    return faults


def _choosing_faults(form: AgreeForm) -> dict[str, str]:
    faults = {}
    if not form.option:
        faults["option"] = "agree.fault.option"
    if form.way not in {"send", "yes"}:
        faults["way"] = "agree.fault.way"
    if form.way == "yes":
        if form.channel not in set(CHANNELS):
            faults["channel"] = "agree.fault.channel"
        if form.level not in {str(level) for level in LEVELS}:
            faults["level"] = "agree.fault.level"
        if not form.read_aloud:
            faults["read_aloud"] = "agree.fault.read_aloud"
    try:
        read(form.reason)
    except FieldsError as fault:
        faults |= fault.faults
    return faults


def _chosen(form: AgreeForm, table: Table) -> Way:
    """Return the way that was chosen, if the page still shows what holds.

    Raises:
        ConflictError: what is owed, or the rules, changed since the page was shown.
        FieldsError: it names no way, or one without a day, or one that asks for a reason more.
    """
    if table.ways is None or table.ways.mark != form.mark:
        raise ConflictError("changed")
    way = table.ways.way(form.option)
    if way is None or way.terms is None:
        raise FieldsError({"option": "agree.fault.option"})
    if way.proposal.beyond_policy and not form.beyond.strip():
        raise FieldsError({"beyond": "agree.fault.beyond"})
    return way


async def _send(
    session: AsyncSession,
    request: Request,
    visitor: Visitor,
    form: AgreeForm,
    table: Table,
    way: Way,
) -> None:
    if table.talk is None or way.terms is None:
        raise NotProvenError("no conversation")
    await agreements.propose_by_staff(
        session,
        pages.runtime_of(request),
        visitor.staff,
        table.talk,
        way.terms,
        text=way.text,
        reason=form.reason,
        replaces=table.replaces.id if table.replaces else None,
        beyond_policy=form.beyond.strip() or None,
    )


async def _write_down(
    session: AsyncSession,
    request: Request,
    visitor: Visitor,
    form: AgreeForm,
    table: Table,
    way: Way,
) -> None:
    if way.terms is None:
        raise NotFoundError("no terms")
    await agreements.conclude_by_staff(
        session,
        pages.runtime_of(request),
        visitor.staff,
        table.file.citizen.id,
        way.terms,
        channel=AgreementChannel(form.channel),
        identity_level=int(form.level),
        shown_text=way.text,
        reason=form.reason,
        replaces=table.replaces.id if table.replaces else None,
        beyond_policy=form.beyond.strip() or None,
    )


# -------------------------------------------------------------------------------------- the page
async def _table(
    session: AsyncSession,
    request: Request,
    citizen_id: UUID,
    visitor: Visitor,
    form: AgreeForm,
    *,
    weighed: bool,
) -> Table:
    runtime = pages.runtime_of(request)
    today = day_of(runtime.clock.now())
    file = await open_file(session, citizen_id, visitor)
    replaces = agreement_of(file, form.replaces) if form.replaces else None
    if replaces is not None and replaces.state is not AgreementState.ACCEPTED:
        raise ConflictError("over")
    let_go = await agreements.let_go_by(session, replaces.id if replaces else None)
    until = _until(form)
    kind = AgreementKind.RESPITE if until else AgreementKind.PLAN
    able = ways.choices(file.claims, let_go, kind)
    chosen = [each for each in able if str(each.claim.id) in form.claims]
    found = None
    if weighed and chosen:
        wish = ways.wish_of(form.wish, until, today)
        language = file.citizen.language.value
        found = await ways.weigh(session, runtime, chosen, wish, until, language)
    return Table(
        file=file,
        replaces=replaces,
        choices=able,
        ways=found,
        talk=next((t for t in file.conversations if _is_proven(request, t)), None),
        today=today,
        counts=await handoff_queries.counts(session, visitor.municipality, visitor.staff.id),
    )


def _until(form: AgreeForm) -> date | None:
    try:
        return read_days({"until": form.until})["until"]
    except FieldsError:
        return None


def _is_proven(request: Request, talk: Conversation) -> bool:
    return identity.level(talk, pages.runtime_of(request)) >= identity.PROVEN


async def _show(
    request: Request,
    citizen_id: UUID,
    visitor: Visitor,
    form: AgreeForm,
    notice: Notice | None = None,
    entered: Entered | None = None,
    *,
    weighed: bool = True,
) -> Response:
    try:
        async with pages.runtime_of(request).transaction() as session:
            table = await _table(session, request, citizen_id, visitor, form, weighed=weighed)
    except ConflictError:
        t = pages.words(request)
        late = Notice("warning", t("claim.late"), t("conflict.title"), 409)
        return await show_citizen(request, citizen_id, visitor, late)
    if weighed and table.ways is None and notice is None:
        # What was ticked is not owed any more, or in another agreement by now.
        faults = {"claims": "agree.fault.claims"}
        return await _sent(request, citizen_id, visitor, form).again(faults)
    values: dict[str, Any] = {
        "table": table,
        "citizen": table.file.citizen,
        "form": FORM,
        "channels": CHANNELS,
        "levels": LEVELS,
        "notice": notice,
        "entered": entered or Entered(),
        "most": LONGEST_REASON,
        "parts": {"alert": inbox.alert(request, visitor, table.counts)},
    }
    status = notice.status if notice else 200
    return pages.page(request, "agree.html", status=status, visitor=visitor, **values)
