"""Plays a transcript on the real parts: SMS in at the webhook, Rasa, jobs, PostgreSQL, SMS out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, text

from data.models import Record
from data.models.citizens import Citizen
from data.models.claims import ClaimState
from data.models.conversations import Author, Direction, Message, MessageStatus
from data.models.hand_overs import HandOverState
from data.models.handoffs import Handoff, HandoffState
from data.samples import PAYMENT_COLUMNS, bank_days_from
from data.values.ids import ClaimId, DebtorKind
from data.values.pay_lines import in_series
from data.values.time import day_of, parse_instant
from outreach import handoffs, identity, rounds
from outreach.intake.importing import import_payments
from tests import make, make_cases, make_desk
from tests.conftest import TUESDAY_MORNING
from tests.journeys.town import ALBERTSLUND, FAXE, Town
from tests.transcripts.script import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from procrastinate import App

    from data.models.claims import Claim
    from data.models.staff import Staff
    from data.values.time import StandingClock
    from tests.transcripts.script import Given, Owed, Payment, Step, Transcript

OURS = {"albertslund": ALBERTSLUND, "faxe": FAXE}
LETTERS = {"albertslund": "A", "faxe": "F"}
BILL_DAYS = timedelta(days=20)
CVR_DIGITS = 8
FEE_DAYS = -6
SERIES, CREDITOR = "71", "80123456"
STRANGER = "+4520999999"


@dataclass
class Stage(Town):
    """The town with one worker that is kept open, emptied between two transcripts."""

    clock: StandingClock = field(kw_only=True)
    jobs: App = field(kw_only=True)
    folder: Path = field(kw_only=True)

    async def work(self) -> None:
        """Let the worker do all that waits."""
        await self.jobs.run_worker_async(wait=False, install_signal_handlers=False)

    async def empty(self) -> None:
        """Forget all that was, and set the clock back."""
        tables = ", ".join(table.name for table in Record.metadata.sorted_tables)
        async with self.runtime.transaction() as session:
            # The record refuses to be emptied, as it should; as a replica no trigger is asked.
            await session.execute(text("set local session_replication_role = replica"))
            await session.execute(
                text(f"truncate {tables}, procrastinate_jobs restart identity cascade")
            )
        self.sms.sent.clear()
        self.clock.instant = TUESDAY_MORNING


@dataclass
class Play:
    """One transcript under way."""

    stage: Stage
    municipality: str
    transcript: Transcript
    refs: list[str] = field(default_factory=list)
    #: The number of the last message that has been told, and the handoffs told.
    told: int = 0
    told_handoffs: set[tuple[object, str]] = field(default_factory=set)
    payments: int = 0
    anna: Staff | None = None

    @property
    def phone(self) -> str:
        """The telephone the citizen writes from."""
        is_known = self.transcript.given.identity != "stranger"
        return make.METTE_PHONE if is_known else STRANGER

    async def begin(self) -> None:
        """Set the clock, make the citizen and what they owe, and say what was said before."""
        if self.transcript.begins is not None:
            self.stage.clock.instant = parse_instant(self.transcript.begins)
        given = self.transcript.given
        citizen = await self._citizen(given)
        await self._claims(citizen, given)
        if given.identity == "proven":
            await self._prove(citizen)
        for body in given.said_before:
            await self._write(body)
        await self.heard()

    async def take(self, step: Step) -> Heard:
        """Let one thing happen, and return all that came of it."""
        if step.citizen is not None:
            await self._write(step.citizen)
        elif step.picture:
            await self._write("", NumMedia="1")
        elif step.days_pass is not None:
            self.stage.clock.travel(timedelta(days=step.days_pass))
        elif step.payment is not None:
            await self._pay(step.payment)
        elif step.staff is not None:
            await self._answer(step.staff)
        elif step.hand_back is not None:
            await self._hand_back(step.hand_back)
        else:
            await self._morning()
        await self.stage.work()
        return await self.heard()

    async def heard(self) -> Heard:
        """Return what the assistant has said, and to whom it gave the conversation, since asked."""
        async with self.stage.runtime.transaction() as session:
            said = list(
                await session.scalars(
                    select(Message)
                    .where(
                        Message.number > self.told,
                        Message.direction == Direction.OUT,
                        Message.author == Author.ASSISTANT,
                        Message.status == MessageStatus.ACCEPTED,
                    )
                    .order_by(Message.number)
                )
            )
            waiting = list(await session.scalars(select(Handoff).order_by(Handoff.opened_at)))
        self.told = max([self.told, *(message.number for message in said)])
        return Heard(
            assistant=tuple(message.body for message in said),
            buttons=tuple(button for message in said for button in message.choices),
            handoff=next(self._new(waiting), None),
        )

    def _new(self, waiting: list[Handoff]) -> Iterator[str]:
        """Give the reasons that have not been told yet."""
        for handoff in waiting:
            if (handoff.id, handoff.reason) not in self.told_handoffs:
                self.told_handoffs.add((handoff.id, handoff.reason))
                yield handoff.reason

    async def _citizen(self, given: Given) -> Citizen:
        is_business = len(given.debtor_id) == CVR_DIGITS
        return await make.citizen(
            self.stage.runtime,
            municipality=self.municipality,
            name=given.name,
            debtor_id=given.debtor_id,
            debtor_kind=DebtorKind.BUSINESS if is_business else DebtorKind.PERSON,
            language=self.transcript.language,
            address_protected=given.address_protected,
        )

    async def _claims(self, citizen: Citizen, given: Given) -> None:
        for number, owed in enumerate(given.claims, start=1001):
            claim = await self._claim(citizen, owed, number)
            if owed.fee is not None:
                fee_day = bank_days_from(self._today, FEE_DAYS)
                await make_cases.fee(self.stage.runtime, claim, amount=owed.fee, day=fee_day)
            if owed.handed_over:
                await self._hand_over(claim)

    async def _claim(self, citizen: Citizen, owed: Owed, number: int) -> Claim:
        due = bank_days_from(self._today, owed.due)
        self.refs.append(owed.ref or f"{LETTERS[self.municipality]}-{number}")
        return await make.claim(
            self.stage.runtime,
            citizen,
            id=ClaimId(UUID(int=number)),  # what is due on the same day goes by its id
            claim_ref=self.refs[-1],
            claim_type=owed.type,
            principal=owed.sum,
            due_date=due,
            bill_sent_on=due - BILL_DAYS if owed.bill_sent else None,
            tax_year=owed.tax_year,
            owning_unit=owed.unit,
            betalingsservice=owed.enrolled,
            payment_id=in_series(SERIES, number) if owed.pay_line else None,
            creditor_no=CREDITOR if owed.pay_line else None,
            state=ClaimState.HANDED_OVER if owed.handed_over else ClaimState.OPEN,
        )

    async def _hand_over(self, claim: Claim) -> None:
        file = await make_cases.hand_over_file(
            self.stage.runtime, self.municipality, total=claim.owed
        )
        await make_cases.hand_over(
            self.stage.runtime, claim, state=HandOverState.ACCEPTED, file_id=file.id, row=1
        )

    @property
    def _today(self) -> date:
        return day_of(self.stage.clock.now())

    async def _prove(self, citizen: Citizen) -> None:
        now = self.stage.clock.now()
        await make.conversation(
            self.stage.runtime,
            citizen,
            language=self.transcript.language,
            identity_level=identity.PROVEN,
            identity_at=now,
            introduced_at=now,
        )

    async def _write(self, body: str, **fields: str) -> None:
        await self.stage.text(self.phone, body, to=OURS[self.municipality], **fields)

    async def _morning(self) -> None:
        yesterday = bank_days_from(self._today, -1)
        await make.coverage(self.stage.runtime, self.municipality, yesterday)
        await rounds.outreach_round(self.stage.runtime, municipality=self.municipality)

    async def _pay(self, payment: Payment) -> None:
        today = self._today
        self.payments += 1
        path = self.stage.folder / "payments.csv"
        row = [
            f"B-{self.payments}", payment.claim or self.refs[0], payment.sum, today,
            bank_days_from(today, -1),
        ]  # fmt: skip
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([PAYMENT_COLUMNS, row])
        with await import_payments(self.stage.runtime, path, self.municipality) as report:
            assert report.all_taken, "the payment was not taken"

    async def _answer(self, body: str) -> None:
        if self.anna is None:
            self.anna = await make_desk.staff(self.stage.runtime, municipality=self.municipality)
        async with self.stage.runtime.transaction() as session:
            handoff = await handoffs.take(
                session, self.stage.runtime, (await self._open_handoff()).id, self.anna
            )
            await handoffs.answer(session, self.stage.runtime, handoff.id, self.anna, body)

    async def _hand_back(self, note: str) -> None:
        assert self.anna is not None, "nobody has taken the conversation over"
        async with self.stage.runtime.transaction() as session:
            await handoffs.hand_back(
                session, self.stage.runtime, (await self._open_handoff()).id, self.anna, note
            )

    async def _open_handoff(self) -> Handoff:
        async with self.stage.runtime.transaction() as session:
            found = await session.scalars(
                select(Handoff).where(Handoff.state != HandoffState.CLOSED)
            )
            return found.one()


async def play(stage: Stage, municipality: str, transcript: Transcript) -> list[Heard]:
    """Play a transcript from the beginning; return what came of each step."""
    await stage.empty()
    under_way = Play(stage, municipality, transcript)
    await under_way.begin()
    return [await under_way.take(step) for step in transcript.turns]
