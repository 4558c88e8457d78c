"""One citizen (borger): found by what is at hand, and shown with all they owe, agreed and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.models.agreements import AGREED, AgreementChannel, AgreementKind, AgreementState
from data.queries import citizen_files, citizens
from data.queries import handoffs as handoff_queries
from data.values.ids import CitizenId
from data.values.time import day_of
from desk import inbox, instalments, pages, timeline, whys
from desk.auth import SignedIn, Visitor, Watching
from desk.forms import LONGEST_REASON, Entered, Sent
from desk.instalments import Look
from desk.pages import Notice
from desk.reading import note_search
from outreach import assignments, identity_locks, standings
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.citizens import Citizen
    from data.models.claims import Claim
    from data.models.relations import Relation
    from data.queries.citizen_files import CitizenFile
    from data.queries.handoffs import QueueCounts
    from data.queries.relations import Related
    from data.values.ids import ClaimId
    from data.values.money import Money
    from desk.instalments import Row
    from desk.pages import Part
    from desk.timeline import Timeline
    from desk.whys import Why
    from outreach.rules.keeping import Due, Standing

router = APIRouter(route_class=pages.DeskRoute)

_LONGEST_SEARCH: Final = 80
#: How an assignment can be signed.
SIGNED_BY: Final = (AgreementChannel.COUNTER, AgreementChannel.LETTER, AgreementChannel.WEB)
#: What a page may say after an act, by the word in its address.
_DONE: Final = {
    "waived": "claim.waived_now",
    "agreed": "agree.agreed",
    "sent": "agree.sent",
    "ended": "agree.ended",
    "disputed": "agree.disputed",
    "written-off": "agree.written_off",
    "assigned": "agree.assigned",
    "signed": "agree.agreed",
    "wrong-person": "person.done.wrong_person",
    "frozen": "person.done.freeze",
    "unfreeze": "person.done.unfreeze",
    "deceased": "person.done.deceased",
    "alive": "person.done.alive",
    "protect": "person.done.protect",
    "unprotect": "person.done.unprotect",
    "language": "person.done.language",
    "open-identity": "person.done.open_identity",
    "stop-all": "person.done.stop_all",
    "wrong-number": "contact.done.wrong_number",
    "trust": "contact.done.trust",
    "stop": "contact.done.stop",
    "allow": "contact.done.allow",
    "noted": "note.done",
    "related": "relation.done.added",
    "unrelated": "relation.done.ended",
}
#: How many days of respite are a click away.
RESPITES: Final = (14, 30, 60)
#: Agreements that were never more than words; they stand below the others, folded.
_NEVER: Final = (
    AgreementState.DECLINED, AgreementState.SUPERSEDED, AgreementState.EXPIRED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One agreement as the page shows it."""

    agreement: Agreement
    parts: list[tuple[Claim | None, Money]]
    rows: list[Row]
    standing: Standing | None
    timeline: Timeline | None

    @property
    def runs(self) -> bool:
        """Whether it is agreed and not over."""
        return self.agreement.state is AgreementState.ACCEPTED

    def count(self, look: str) -> int:
        """Return how many instalments stand so."""
        return sum(row.look == look for row in self.rows)

    @property
    def coming(self) -> Row | None:
        """The first instalment that is neither over nor paid."""
        return next((row for row in self.rows if row.look is Look.COMING), None)


@dataclass(frozen=True, slots=True)
class CitizenPage:
    """All that the page of one citizen shows."""

    file: CitizenFile
    agreements: list[Shown]
    today: date
    counts: QueueCounts
    #: What money to come may be assigned here.
    benefits: list[str]
    #: Why each open claim stands where it stands.
    whys: dict[ClaimId, Why]
    #: How often it was answered wrongly, on all channels, that it is they who write.
    wrong_answers: int

    @property
    def beside(self) -> list[Relation]:
        """Who speaks for the citizen today: guardians and representatives."""
        return [
            each.relation
            for each in self.file.relations
            if each.other is None and each.is_active(self.today)
        ]

    @property
    def home(self) -> list[Related]:
        """Who lives with the citizen."""
        return [each for each in self.file.relations if each.other and each.is_active(self.today)]

    @property
    def over(self) -> list[Related]:
        """The relations that do not count any more."""
        return [each for each in self.file.relations if not each.is_active(self.today)]

    @property
    def next_due(self) -> Due | None:
        """The next instalment of all running plans."""
        coming = [one.standing.next for one in self.agreements if one.standing and one.runs]
        return min((due for due in coming if due), key=lambda due: due.on, default=None)

    @property
    def waiting(self) -> int:
        """How much waits for somebody here: open tasks, and proposals without an answer."""
        offered = (AgreementState.OFFERED, AgreementState.PROPOSED)
        proposals = sum(each.agreement.state in offered for each in self.agreements)
        return len(self.file.open_tasks) + proposals

    @property
    def respites(self) -> list[tuple[int, date]]:
        """The last days of respites that are a click away."""
        return [(days, self.today + timedelta(days=days)) for days in RESPITES]

    @property
    def current(self) -> list[Shown]:
        """The agreements that were agreed, or are on the table."""
        return [each for each in self.agreements if each.agreement.state not in _NEVER]

    @property
    def never(self) -> list[Shown]:
        """What was offered and came to nothing."""
        return [each for each in self.agreements if each.agreement.state in _NEVER]


@dataclass(frozen=True)
class CitizenSent(Sent):
    """A form that was sent from the page of a citizen."""

    citizen_id: UUID

    @classmethod
    def of(
        cls, request: Request, citizen_id: UUID, visitor: Visitor, form: str, given: dict[str, Any]
    ) -> CitizenSent:
        """Take a form of one citizen's page."""
        return cls(request, visitor, f"/desk/citizens/{citizen_id}", form, given, citizen_id)

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the page of the citizen."""
        return await show(self.request, self.citizen_id, self.visitor, notice, entered)


@router.get("/desk/citizens")
async def search(request: Request, visitor: SignedIn) -> Response:
    """Find citizens; the only one found is shown at once."""
    asked = request.query_params.get("q", "").replace("\x00", "")[:_LONGEST_SEARCH].strip()
    async with pages.runtime_of(request).transaction() as session:
        hits = await citizens.search(session, visitor.municipality, asked)
        await note_search(session, request, visitor, "citizens", asked, len(hits))
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    if len(hits) == 1:
        return RedirectResponse(f"/desk/citizens/{hits[0].citizen.id}", status_code=303)
    return pages.page(
        request,
        "citizens.html",
        visitor=visitor,
        asked=asked,
        hits=hits,
        most=citizens.SHOWN_AT_ONCE,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


@router.get("/desk/citizens/{citizen_id}")
async def citizen(request: Request, citizen_id: UUID, visitor: SignedIn) -> Response:
    """Show one citizen."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    # A link from elsewhere may open one of the forms.
    asked = Entered(request.query_params.get("act", ""))
    return await show(request, citizen_id, visitor, notice, asked)


@router.get("/desk/citizens/{citizen_id}/live")
async def live(request: Request, citizen_id: UUID, visitor: Watching) -> Response:
    """Tell whether the citizen's case is not any more as the page shows it."""
    async with pages.runtime_of(request).transaction() as session:
        file = await open_file(session, citizen_id, visitor)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    is_news = request.query_params.get("shown", "") != file.mark
    return pages.changed(request, _parts(request, visitor, file, counts, is_news=is_news).values())


@router.get("/desk/citizens/{citizen_id}/{_act}")
async def after_an_act(citizen_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the citizen from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/citizens/{citizen_id}", status_code=303)


async def found(session: AsyncSession, citizen_id: UUID, visitor: Visitor) -> Citizen:
    """Return a citizen of the visitor's municipality.

    Raises:
        NotFoundError: there is none.
    """
    one = await citizen_files.one(session, visitor.municipality, CitizenId(citizen_id))
    if one is None:
        raise NotFoundError("no such citizen")
    return one


async def open_file(session: AsyncSession, citizen_id: UUID, visitor: Visitor) -> CitizenFile:
    """Gather everything on record of a citizen of the visitor's municipality.

    Raises:
        NotFoundError: there is none.
    """
    return await citizen_files.open_file(session, await found(session, citizen_id, visitor))


async def show(
    request: Request,
    citizen_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    """Show the page of a citizen, with what was written in a form that was not taken."""
    shown = await _page(request, citizen_id, visitor)
    return pages.page(
        request,
        "citizen.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        shown=shown,
        file=shown.file,
        citizen=shown.file.citizen,
        sums=shown.file.sums(shown.today.year),
        claim_of=_claim_of(shown.file),
        hard_cases=list(pages.runtime_of(request).lexicon.kinds),
        line=timeline.LINE,
        signed_by=SIGNED_BY,
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST_REASON,
        last_acts=citizen_files.LAST_ACTS,
        parts=_parts(request, visitor, shown.file, shown.counts, is_news=False),
    )


async def _page(request: Request, citizen_id: UUID, visitor: Visitor) -> CitizenPage:
    runtime = pages.runtime_of(request)
    today = day_of(runtime.clock.now())
    async with runtime.transaction() as session:
        file = await open_file(session, citizen_id, visitor)
        running = [each for each in file.agreements if _is_running_plan(each)]
        policy = runtime.policies[visitor.municipality]
        stand = await standings.of_plans(session, policy, running)
        return CitizenPage(
            file=file,
            agreements=[_shown(file, each, stand.get(each.id), today) for each in file.agreements],
            today=today,
            counts=await handoff_queries.counts(session, visitor.municipality, visitor.staff.id),
            benefits=assignments.benefits(runtime, visitor.municipality),
            whys=await whys.of_claims(
                session, runtime, file.open_claims, pages.language_of(request)
            ),
            wrong_answers=await identity_locks.wrong_for(
                session, runtime, visitor.municipality, file.citizen.id
            ),
        )


def _is_running_plan(agreement: Agreement) -> bool:
    is_plan = agreement.kind is AgreementKind.PLAN
    return is_plan and agreement.state is AgreementState.ACCEPTED


def _shown(
    file: CitizenFile, agreement: Agreement, standing: Standing | None, today: date
) -> Shown:
    parts = [(file.claim(part.claim_id), part.amount) for part in agreement.claims]
    pieces = instalments.pieces_of(agreement, file)
    rows = instalments.rows(agreement, pieces, standing, today)
    picture = None
    if agreement.state in AGREED and agreement.accepted_at is not None and rows:
        begins = day_of(agreement.accepted_at)
        picture = timeline.draw(rows, begins, today if standing else None)
    return Shown(agreement, parts, rows, standing, picture)


def _claim_of(file: CitizenFile) -> dict[CitizenId, list[Claim]]:
    """Return which claims each co-debtor owes with the citizen."""
    found: dict[CitizenId, list[Claim]] = {}
    for each in file.co_debtors:
        found.setdefault(each.citizen.id, []).append(each.claim)
    return found


def _parts(
    request: Request, visitor: Visitor, file: CitizenFile, counts: QueueCounts, *, is_news: bool
) -> dict[str, Part]:
    page = f"/desk/citizens/{file.citizen.id}"
    return {
        "alert": inbox.alert(request, visitor, counts),
        "news": pages.part(request, "citizen_news", visitor, is_news=is_news, page=page),
    }
