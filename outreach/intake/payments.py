"""Books a batch of payments on their claims, each once, and never quietly passes one over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert

from data.models.claims import ENDED_BY_PAYMENT, Claim, ClaimState, Payment, PaymentCoverage
from data.queries.bulk import as_rows, given
from data.values.money import NOTHING, Money
from outreach.intake.payment_rows import CoverageRow, PaymentRow, RefusedRow
from outreach.intake.report import Effect, Problem, problem

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.intake.payment_rows import AnyRow

#: Why a claim is paused: a payment on it may be in a row that could not be read.
UNREADABLE: Final = "payment_unreadable"
SAID_PAID: Final = "said_paid"
#: Why a claim is paused: it was paid, and is owed again. Nothing happens the very next morning.
OWED_AGAIN: Final = "owed_again"

_CLAIMS = cast("Table", Claim.__table__)
_PAYMENTS = cast("Table", Payment.__table__)
_KNOWN_BY = ("id", "claim_ref", "payment_id")
_MOVES = ("paid", "state", "respite_until", "paused_until", "paused_because", "updated_at")
_NAMED = (
    select(*(_CLAIMS.c[name] for name in (*_KNOWN_BY, "principal", "charged", *_MOVES)))
    .where(
        _CLAIMS.c.municipality == bindparam("municipality"),
        or_(
            _CLAIMS.c.claim_ref == bindparam("names", type_=ARRAY(TEXT)).any_(),
            _CLAIMS.c.payment_id == bindparam("names", type_=ARRAY(TEXT)).any_(),
        ),
    )
    .order_by(_CLAIMS.c.id)
    .with_for_update()
)
_BOOKED = select(
    _PAYMENTS.c.payment_ref, _PAYMENTS.c.claim_id, _PAYMENTS.c.amount, _PAYMENTS.c.paid_on
).where(
    _PAYMENTS.c.municipality == bindparam("municipality"),
    _PAYMENTS.c.payment_ref == bindparam("refs", type_=ARRAY(TEXT)).any_(),
)
_PAYMENT_COLUMNS = ("municipality", "payment_ref", "claim_id", "amount", "paid_on", "created_at")
_BOOK = insert(_PAYMENTS).from_select(_PAYMENT_COLUMNS, select(given(_PAYMENTS, *_PAYMENT_COLUMNS)))
_GIVEN_CLAIMS = given(_CLAIMS, "id", *_MOVES)
_MOVE = (
    update(_CLAIMS)
    .where(_CLAIMS.c.id == _GIVEN_CLAIMS.c.id)
    .values({name: _GIVEN_CLAIMS.c[name] for name in _MOVES})
)


@dataclass
class Coverage:
    """How far a file's rows say that all payments are known, and which rows speak against it."""

    until: date | None = None
    held_by: list[int] = field(default_factory=list)

    def reach(self, day: date | None) -> None:
        """Take in one row's word."""
        if day is not None and (self.until is None or day > self.until):
            self.until = day


@dataclass(frozen=True)
class Day:
    """When a batch is booked, and until which day a claim rests whose payment is in doubt."""

    now: datetime
    paused_until: date


class Ledger:
    """The claims that a batch names, as they stand while it is booked; locked by the database."""

    def __init__(self, claims: list[dict[str, Any]], booked: dict[str, dict[str, Any]]) -> None:
        self.by_ref = {claim["claim_ref"]: claim for claim in claims}
        self.by_payment_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for claim in claims:
            if claim["payment_id"] is not None:
                self.by_payment_id[claim["payment_id"]].append(claim)
        self.booked = booked
        self.moved: dict[Any, dict[str, Any]] = {}
        self.fresh: list[dict[str, Any]] = []

    def named(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """Return every claim that one of the names may mean."""
        found = {claim["id"]: claim for name in names for claim in self.by_payment_id.get(name, [])}
        found |= {
            self.by_ref[name]["id"]: self.by_ref[name] for name in names if name in self.by_ref
        }
        return list(found.values())

    def move(self, claim: dict[str, Any], **changes: object) -> None:
        """Change a claim, here and in the database once the batch is through."""
        claim.update(changes)
        self.moved[claim["id"]] = claim


async def write(
    session: AsyncSession, municipality: str, rows: list[AnyRow], coverage: Coverage, day: Day
) -> Effect:
    """Book a batch.

    Raises:
        IntegrityError: a row breaks a rule of the database; nothing of the batch stands.
    """
    ledger = await _open(session, municipality, rows)
    effect = Effect()
    for row in rows:
        match row:
            case CoverageRow():
                coverage.reach(row.covers_until)
                effect.unchanged += 1
            case PaymentRow():
                _book(ledger, row, effect, coverage, day)
            case RefusedRow():
                _refuse(ledger, row, effect, coverage, day)
    for claim in ledger.moved.values():
        claim["updated_at"] = day.now
    effect.touched |= set(ledger.moved)
    fixed = {"municipality": municipality, "created_at": day.now}
    if ledger.fresh:
        await session.execute(_BOOK, as_rows(payment | fixed for payment in ledger.fresh))
    if ledger.moved:
        moves = [{name: claim[name] for name in ("id", *_MOVES)} for claim in ledger.moved.values()]
        await session.execute(_MOVE, as_rows(moves))
    return effect


async def _open(session: AsyncSession, municipality: str, rows: list[AnyRow]) -> Ledger:
    names = {name for row in rows if not isinstance(row, CoverageRow) for name in row.names}
    refs = [row.payment_ref for row in rows if isinstance(row, PaymentRow)]
    claims = await session.execute(_NAMED, {"municipality": municipality, "names": sorted(names)})
    claims_found = [dict(claim) for claim in claims.mappings()]
    booked = await session.execute(_BOOKED, {"municipality": municipality, "refs": refs})
    return Ledger(claims_found, {row["payment_ref"]: dict(row) for row in booked.mappings()})


def _book(ledger: Ledger, row: PaymentRow, effect: Effect, coverage: Coverage, day: Day) -> None:
    """Book one payment, or refuse it and let the claims it may mean rest."""
    found = _claim_of(ledger, row)
    refusal = found if isinstance(found, Problem) else _contradiction(ledger, row, found)
    if refusal is not None or isinstance(found, Problem):
        problems = [refusal] if refusal else []
        refused = RefusedRow(row.line, problems, row.names, may_hide_a_payment=False)
        _refuse(ledger, refused, effect, coverage, day)
        return
    coverage.reach(row.covers_until)
    effect.warnings += row.warnings
    if row.payment_ref in ledger.booked:
        effect.unchanged += 1
        return
    payment = {"payment_ref": row.payment_ref, "claim_id": found["id"], "amount": row.amount,
               "paid_on": row.paid_on}  # fmt: skip
    ledger.booked[row.payment_ref] = payment
    ledger.fresh.append(payment)
    ledger.move(found, **_after(found, found["paid"] + row.amount, day))
    effect.new += 1
    effect.warnings += _remarks(row, found)
    if found["state"] == ClaimState.HANDED_OVER:
        effect.with_recipient.add(found["id"])


def _claim_of(ledger: Ledger, row: PaymentRow) -> dict[str, Any] | Problem:
    """Find the claim by its reference, else by the payment id if only one has it."""
    claim = ledger.by_ref.get(row.claim_ref or "")
    others = ledger.by_payment_id.get(row.payment_id or "", [])
    if claim is not None:
        if others and claim not in others:
            return problem(row.line, "payment_id", row.payment_id or "", "claims_disagree")
        return claim
    if len(others) == 1:
        return others[0]
    if others:
        facts = {"count": len(others)}
        return problem(row.line, "payment_id", row.payment_id or "", "payment_id_ambiguous", facts)
    column = "claim_ref" if row.claim_ref else "payment_id"
    return problem(row.line, column, row.claim_ref or row.payment_id or "", "unknown_claim")


def _contradiction(ledger: Ledger, row: PaymentRow, claim: dict[str, Any]) -> Problem | None:
    """A payment is a fact: it is never rewritten, and takes back no more than there is."""
    before = ledger.booked.get(row.payment_ref)
    if before is not None:
        said = {
            "claim": (before["claim_id"], claim["id"]),
            "amount": (before["amount"], row.amount),
            "paid_on": (before["paid_on"], row.paid_on),
        }
        differs = ", ".join(name for name, (was, is_now) in said.items() if was != is_now)
        if not differs:
            return None
        facts = {"differs": differs}
        return problem(row.line, "payment_ref", row.payment_ref, "payment_differs", facts)
    if claim["paid"] + row.amount < NOTHING:
        facts = {"paid": str(claim["paid"])}
        return problem(row.line, "amount", str(row.amount), "below_zero", facts)
    return None


def _after(claim: dict[str, Any], paid: object, day: Day) -> dict[str, Any]:
    """Return what a payment makes of a claim."""
    changes: dict[str, Any] = {"paid": paid}
    is_covered = changes["paid"] >= _owed(claim)
    if is_covered and claim["state"] in ENDED_BY_PAYMENT:
        changes |= {"state": ClaimState.PAID, "respite_until": None}
        if claim["paused_because"] in {SAID_PAID, UNREADABLE, OWED_AGAIN}:
            changes |= {"paused_until": None, "paused_because": None}
    elif not is_covered and claim["state"] == ClaimState.PAID:
        changes |= {"state": ClaimState.OPEN}
        changes |= {"paused_until": day.paused_until, "paused_because": OWED_AGAIN}
    return changes


def _owed(claim: dict[str, Any]) -> Money:
    """Return what is to be paid in all: as `Claim.owed`, of a row."""
    owed: Money = claim["principal"] + claim["charged"]
    return owed


def _remarks(row: PaymentRow, claim: dict[str, Any]) -> list[Problem]:
    remarks = []
    if row.claim_ref is not None and row.claim_ref != claim["claim_ref"]:
        remarks.append(
            problem(row.line, "claim_ref", row.claim_ref, "claim_by_payment_id", is_warning=True)
        )
    if claim["paid"] > _owed(claim):
        facts = {"owed": str(_owed(claim))}
        remarks.append(
            problem(row.line, "amount", str(row.amount), "overpaid", facts, is_warning=True)
        )
    return remarks


def _refuse(ledger: Ledger, row: RefusedRow, effect: Effect, coverage: Coverage, day: Day) -> None:
    """Reject a row; nobody is written to who may have paid by it."""
    effect.rejected.append(row.problems)
    claims = ledger.named(row.names)
    for claim in claims:
        until = claim["paused_until"]
        if claim["state"] != ClaimState.PAID and (until is None or until < day.paused_until):
            ledger.move(claim, paused_until=day.paused_until, paused_because=UNREADABLE)
    if row.may_hide_a_payment and not claims:
        coverage.held_by.append(row.line)


async def move_coverage(
    session: AsyncSession, municipality: str, until: date | None, now: datetime
) -> date | None:
    """Move the day until which all payments are known, never back; return where it stands."""
    if until is not None:
        fresh = insert(PaymentCoverage).values(
            municipality=municipality, covers_until=until, updated_at=now
        )
        await session.execute(
            fresh.on_conflict_do_update(
                index_elements=["municipality"],
                set_={"covers_until": fresh.excluded.covers_until, "updated_at": now},
                where=PaymentCoverage.covers_until < fresh.excluded.covers_until,
            )
        )
    return await session.scalar(
        select(func.max(PaymentCoverage.covers_until)).where(
            PaymentCoverage.municipality == municipality
        )
    )
