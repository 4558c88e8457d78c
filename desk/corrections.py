"""What was understood (forståelser): caseworkers mark what was wrong, and a second one approves."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from data.models.citizens import Language
from data.queries import corrections as queries
from data.queries import handoffs as handoff_queries
from data.queries.corrections import Chosen, Entry, View
from data.values.ids import MessageId
from data.values.time import ONE_DAY, at_local, day_of
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.forms import Entered, FieldsError, Sent, read_days
from desk.pages import Notice
from desk.texts import LANGUAGES, Words
from outreach import corrections
from outreach.corrections import ExampleFaultError, OwnProposalError, UnknownIntentError
from outreach.errors import NotFoundError
from outreach.rules.examples import LONGEST, nlu_files, tidy
from outreach.rules.phrases import detect_language, mask

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.handoffs import QueueCounts

router = APIRouter(route_class=pages.DeskRoute)

_DONE: Final = {
    "right": "understandings.right_now",
    "proposed": "understandings.proposed_now",
    "approved": "understandings.approved_now",
    "rejected": "understandings.rejected_now",
}
#: Why an example may not be learnt from, as `rules.examples` names it.
_FAULTS: Final = {
    "empty": "understandings.fault_empty",
    "long": "understandings.fault_long",
    "number": "understandings.fault_number",
    "mail": "understandings.fault_mail",
    "name": "understandings.fault_name",
}
#: How far back the list goes, unless a day is asked for.
RECENT: Final = timedelta(days=30)

_Text = Annotated[pages.Typed, Field(max_length=20_000)]


class CorrectionForm(BaseModel):
    """What the forms of one message carry."""

    should_be: _Text = ""
    text: _Text = ""
    language: _Text = ""
    decision: _Text = ""


_Form = Annotated[CorrectionForm, Form()]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages the list is asked for, as its fields hold it."""

    view: View
    intent: str
    since: date
    until: date

    @property
    def chosen(self) -> Chosen:
        """The question for the database."""
        begins, ends = at_local(self.since, 0), at_local(self.until + ONE_DAY, 0)
        return Chosen(self.view, begins, ends, self.intent)

    def of(self, view: View) -> str:
        """Return the address of another view with the same filter."""
        fields = {"view": view.value, "intent": self.intent}
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return f"/desk/understandings?{urlencode(fields | days)}"


@dataclass(frozen=True)
class _SentForm(Sent):
    """A form of one message's page."""

    message_id: UUID

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the message with the form as it was filled in."""
        return await _show(self.request, self.visitor, self.message_id, notice, entered)


@router.get("/desk/understandings")
async def understandings(request: Request, visitor: SignedIn) -> Response:
    """Show what citizens wrote lately and what was understood, the doubtful first."""
    asked = _asked(request)
    async with pages.runtime_of(request).transaction() as session:
        entries = await queries.listed(session, visitor.municipality, asked.chosen)
        waiting = await queries.waiting(session, visitor.municipality)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "understandings.html",
        visitor=visitor,
        asked=asked,
        views=list(View),
        entries=entries,
        waiting=waiting,
        intents=_labels(request),
        masked=_masked,
        most=queries.SHOWN_AT_ONCE,
        parts=_alert(request, visitor, counts),
    )


@router.get("/desk/understandings/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return what every page says on top."""
    async with pages.runtime_of(request).transaction() as session:
        me = visitor.staff.id
        counts = await handoff_queries.counts(session, visitor.municipality, me)
    return pages.changed(request, [inbox.alert(request, visitor, counts)])


@router.get("/desk/understandings/export")
async def export(request: Request, visitor: SignedIn) -> Response:
    """Give what the municipality has approved, as files of training data in one archive."""
    async with pages.runtime_of(request).transaction() as session:
        approved = await queries.approved(session, [visitor.municipality])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as whole:
        for path, text in nlu_files(corrections.safe_examples(approved)).items():
            whole.writestr(path, text)
    named = f'attachment; filename="corrections-{visitor.municipality}.zip"'
    return Response(
        archive.getvalue(),
        media_type="application/zip",
        headers={"Content-Disposition": named},
    )


@router.get("/desk/understandings/{message_id}")
async def understanding(request: Request, message_id: UUID, visitor: SignedIn) -> Response:
    """Show one message, what was understood, and how it is set right."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    return await _show(request, visitor, message_id, notice)


@router.post("/desk/understandings/{message_id}/right")
async def right(request: Request, message_id: UUID, visitor: Acting) -> Response:
    """Say that it was understood right."""
    sent = _SentForm(request, visitor, _page(message_id), "right", {}, message_id)

    async def work(session: AsyncSession) -> None:
        runtime = pages.runtime_of(request)
        await corrections.confirm(session, runtime, MessageId(message_id), visitor.staff)

    return await sent.take(work, "right")


@router.post("/desk/understandings/{message_id}/correct")
async def correct(request: Request, message_id: UUID, visitor: Acting, form: _Form) -> Response:
    """Say what it should have been understood as."""
    sent = _SentForm(request, visitor, _page(message_id), "correct", form.model_dump(), message_id)

    async def work(session: AsyncSession) -> None:
        try:
            await corrections.propose(
                session, pages.runtime_of(request), MessageId(message_id), visitor.staff,
                should_be=_intent_of(request, form.should_be), text=form.text,
                language=_language_of(form.language),
            )  # fmt: skip
        except UnknownIntentError:
            raise FieldsError({"should_be": "understandings.no_intent"}) from None
        except ExampleFaultError as fault:
            raise FieldsError({"text": _FAULTS[str(fault)]}) from None

    return await sent.take(work, "proposed")


@router.post("/desk/understandings/{message_id}/review")
async def review(request: Request, message_id: UUID, visitor: Acting, form: _Form) -> Response:
    """Approve what a colleague has proposed, or turn it down."""
    approve = form.decision == "approve"
    sent = _SentForm(request, visitor, _page(message_id), "review", form.model_dump(), message_id)

    async def work(session: AsyncSession) -> None:
        if form.decision not in {"approve", "reject"}:
            raise FieldsError({"decision": "understandings.no_decision"})
        try:
            await corrections.review(
                session, pages.runtime_of(request), MessageId(message_id), visitor.staff,
                approve=approve,
            )  # fmt: skip
        except OwnProposalError:
            raise FieldsError({"decision": "understandings.own_proposal"}) from None
        except ExampleFaultError as fault:
            raise FieldsError({"decision": _FAULTS[str(fault)]}) from None

    return await sent.take(work, "approved" if approve else "rejected")


@router.get("/desk/understandings/{message_id}/{_act}")
async def after_an_act(message_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the message from the address of an act, when it is loaded again."""
    return RedirectResponse(_page(message_id), status_code=303)


def _page(message_id: UUID) -> str:
    return f"/desk/understandings/{message_id}"


def _asked(request: Request) -> Asked:
    """Read what the list is asked for; what cannot be read is as if not asked for."""
    given = request.query_params
    today = day_of(pages.runtime_of(request).clock.now())
    view, intent = given.get("view", ""), given.get("intent", "")
    return Asked(
        View(view) if view in set(View) else View.UNSURE,
        intent if intent in {*corrections.intents(), queries.NOT_UNDERSTOOD} else "",
        _day(given.get("since", "")) or today - RECENT,
        _day(given.get("until", "")) or today,
    )


def _day(text: str) -> date | None:
    try:
        day = read_days({"day": text})["day"]
    except FieldsError:
        return None
    # The first and last days there are have no day before or after them.
    return day if day is not None and 1900 < day.year < 9000 else None  # noqa: PLR2004


def _alert(request: Request, visitor: Visitor, counts: QueueCounts) -> dict[str, pages.Part]:
    return {"alert": inbox.alert(request, visitor, counts)}


def _masked(entry: Entry) -> str:
    """Return the message without figures, addresses and the citizen's name."""
    return tidy(mask(entry.message.body, entry.names))


def _spoken(entry: Entry) -> Language:
    """Return the language a message is in, as far as it can be told."""
    heard = detect_language(entry.message.body)
    return Language(heard) if heard in set(Language) else Language.DANISH


def _labels(request: Request) -> dict[str, str]:
    """Return every intent with its name in the reader's language, by the alphabet."""
    t = pages.words(request)
    named = {intent: t.intent(intent) for intent in corrections.intents()}
    return dict(sorted(named.items(), key=lambda each: each[1].casefold()))


def _intent_of(request: Request, given: str) -> str:
    """Find the intent that was chosen by its name, in any of the desk's languages, or its key."""
    wanted, here = given.strip().casefold(), pages.words(request)
    for language in LANGUAGES:
        t = Words(language, here.now, here.runtime)
        for intent in corrections.intents():
            if wanted in {intent, t.intent(intent).casefold()}:
                return intent
    raise UnknownIntentError(given)


def _language_of(given: str) -> Language:
    if given not in set(Language):
        raise FieldsError({"language": "understandings.no_language"})
    return Language(given)


async def _show(
    request: Request,
    visitor: Visitor,
    message_id: UUID,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        entry = await queries.one(session, visitor.municipality, MessageId(message_id))
        if entry is None:
            raise NotFoundError("no such message")
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "understanding.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        entry=entry,
        masked=_masked(entry),
        intents=_labels(request),
        languages_known=list(Language),
        language=_spoken(entry).value,
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST,
        parts=_alert(request, visitor, counts),
    )
