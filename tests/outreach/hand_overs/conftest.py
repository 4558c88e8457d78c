"""A town whose claims have been reminded, told of the hand-over, and wait out the quiet period."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data.models.cases import Override, Task
from data.models.citizens import Language
from data.models.claims import Claim, Decision, Outcome
from data.models.hand_overs import HandOver, HandOverFile, HandOverState
from data.models.letters import Letter, LetterStatus
from data.values.ids import new_id
from data.values.money import Money
from data.values.recipients import Recipient
from outreach import hand_overs
from outreach.hand_overs.acknowledgements import import_acknowledgements
from tests import make, make_desk

TODAY = date(2026, 11, 24)
TOLD_AT = datetime(2026, 10, 14, 8, 0, tzinfo=UTC)
PAY_BY = date(2026, 10, 28)
HEADER = "claim_ref;hand_over_ref;their_ref;status;reason_code;reason;amount;day"


class Town:
    """Faxe: makes claims that are ready to leave, files them and takes in the answers."""

    def __init__(self, runtime, folder):
        self.runtime = runtime
        self.folder = folder
        self.key = "faxe"

    async def debtor(self, number="0101801234", **given):
        return await make.citizen(
            self.runtime, municipality=self.key, debtor_id=number, phone=None, **given
        )

    async def ready(self, person=None, *, ref="F-1", told=(), ready_on=TODAY, to="state", **given):
        """A claim whose reminder, with the notice on it, was not paid, on the waiting list."""
        person = person or await self.debtor()
        values = {
            "claim_ref": ref,
            "due_date": date(2026, 10, 1),
            "period_start": date(2026, 9, 1),
            "period_end": date(2026, 9, 30),
            "payment_id": "000000000000018",
            "creditor_no": "81234567",
        }
        owed = await make.claim(self.runtime, person, **values | given)
        await make.coverage(self.runtime, self.key, date(2026, 11, 23))
        step = "auction_warning:1" if to == "bailiff" else "reminder:1"
        for one in (person, *told):
            await self.tell(owed, one, step)
        await self._decide(owed, step, {"gives_notice": True, "offers_plan": True}, PAY_BY)
        for before in ("reminder:1", "reminder:2") if to == "bailiff" else ():
            await self._decide(owed, before, {"offers_plan": True}, PAY_BY)
        await self._decide(owed, "hand_over:1", {})
        if to == "bailiff":
            await self._approve(owed)
        await self.wait(owed, ready_on=ready_on, recipient=Recipient(to))
        return owed

    async def tell(self, owed, person, step="reminder:1"):
        letter = Letter(
            municipality=self.key,
            claim_id=owed.id,
            citizen_id=person.id,
            step=step,
            template=step.partition(":")[0],
            language=Language.DANISH,
            status=LetterStatus.SENT,
            body="Du har ikke betalt.",
            pay_by=PAY_BY,
            written_on=TOLD_AT.date(),
            created_at=TOLD_AT,
            sent_at=TOLD_AT,
        )
        await self.save(letter)

    async def _decide(self, owed, step, facts, pay_by=None):
        await self.save(
            Decision(
                municipality=self.key,
                claim_id=owed.id,
                step=step,
                outcome=Outcome.ALLOWED,
                facts=facts,
                decided_at=TOLD_AT,
                pay_by=pay_by,
            )
        )

    async def _approve(self, owed):
        staff = await make_desk.staff(self.runtime, "bente", municipality=self.key)
        await self.save(
            Override(
                municipality=self.key,
                claim_id=owed.id,
                step="hand_over:1",
                effect="approve",
                reason="betaler ikke",
                facts={"ground": "unpaid_reminder"},
                staff_id=staff.id,
                at=TOLD_AT,
            )
        )

    async def wait(self, owed, **given):
        now = self.runtime.clock.now()
        values = {
            "municipality": self.key,
            "claim_id": owed.id,
            "recipient": Recipient.STATE,
            "ground": "unpaid_reminder",
            "basis": "F21 (line 37)",
            "ready_on": TODAY,
            "decided_by": "rule",
            "created_at": now,
            "updated_at": now,
        }
        return await self.save(HandOver(id=new_id(), **values | given))

    async def save(self, row):
        async with self.runtime.transaction() as session:
            session.add(row)
        return row

    async def set(self, table, condition, **values):
        async with self.runtime.transaction() as session:
            for row in await session.scalars(select(table).where(condition)):
                for name, value in values.items():
                    setattr(row, name, value)

    async def set_claim(self, ref="F-1", **values):
        await self.set(Claim, Claim.claim_ref == ref, **values)

    # ------------------------------------------------------------------------------ acts
    async def file(self, recipient=Recipient.STATE):
        async with self.runtime.transaction() as session:
            return await hand_overs.file_due(session, self.runtime, self.key, recipient)

    async def answer(self, *lines, header=HEADER):
        path = self.folder / "kvitteringer.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        with await import_acknowledgements(self.runtime, path, self.key) as report:
            return Told(report.counts(), list(report.problems))

    async def staff(self, username="anna", municipality="faxe"):
        return await make_desk.staff(self.runtime, username, municipality=municipality)

    # ------------------------------------------------------------------------- what came out
    async def all(self, kind):
        async with self.runtime.transaction() as session:
            return list(await session.scalars(select(kind)))

    async def claim(self, ref="F-1"):
        async with self.runtime.transaction() as session:
            return await session.scalar(select(Claim).where(Claim.claim_ref == ref))

    async def hand_over(self, state=None):
        found = await self.all(HandOver)
        [one] = [each for each in found if state is None or each.state is HandOverState(state)]
        return one

    async def decision(self):
        found = await self.all(Decision)
        [one] = [each for each in found if each.step == "hand_over:1"]
        return one

    async def tasks(self):
        return sorted(task.kind for task in await self.all(Task))

    async def lines(self, number=1):
        """The lines of a file, as the recipient reads them."""
        [file] = [one for one in await self.all(HandOverFile) if one.number == number]
        return list(csv.DictReader(io.StringIO(file.content), delimiter=";"))


class Told:
    """What an import came to."""

    def __init__(self, counts, problems):
        self.counts = counts
        self.problems = problems

    @property
    def codes(self):
        return [(one.line, one.column, one.code) for one in self.problems]

    @property
    def taken(self):
        return (self.counts["new"], self.counts["unchanged"], self.counts["rejected"])


@pytest.fixture
def town(runtime, tmp_path):
    return Town(runtime, tmp_path)


def kroner(text):
    return Money.parse(text)
