"""A post that keeps letters and fails as a story says, and what stories about letters do."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from data.models.cases import Liability
from data.models.claims import Decision, Outcome
from outreach.errors import LetterNotTakenError
from outreach.ladder import ladder_round
from outreach.mailing.sending import send_letters
from outreach.runtime import LetterGateway
from tests import make

#: The runtime's day, and a deadline three weeks before it.
TODAY, DUE = date(2026, 11, 24), date(2026, 11, 2)
IN_TWO_WEEKS, IN_TEN_DAYS = date(2026, 12, 8), date(2026, 12, 4)
CAN_BE_PAID = {"payment_id": "000000000010017", "creditor_no": "80123456"}


class PowerCutError(BaseException):
    """The machine dies: nothing that runs catches this."""


@dataclass
class Post(LetterGateway):
    """Keeps letters by their id, as the folder does, and fails as a story says."""

    taken: dict[object, object] = field(default_factory=dict)
    handed: list[object] = field(default_factory=list)
    is_full: bool = False
    refuses: set[object] = field(default_factory=set)
    dies_before: bool = False
    dies_after: bool = False

    async def hand_over(self, letter):
        await asyncio.sleep(0)
        if self.dies_before:
            raise PowerCutError
        if self.is_full or letter.debtor_id in self.refuses:
            raise LetterNotTakenError("No space left on device")
        self.handed.append(letter.id)
        self.taken[letter.id] = letter
        if self.dies_after:
            raise PowerCutError


async def late_claim(runtime, person, **given):
    """A claim that is late, and whose citizen was contacted."""
    values = CAN_BE_PAID | {
        "due_date": DUE,
        "bill_sent_on": date(2026, 10, 15),
        "first_contact_at": datetime(2026, 11, 4, 9, tzinfo=UTC),
    }
    return await make.claim(runtime, person, **values | given)


async def several_late_claims(runtime, count):
    """So many citizens of Faxe, each with a late claim."""
    await make.coverage(runtime, "faxe", date(2026, 11, 23))
    for number in range(count):
        person = await make.citizen(
            runtime, municipality="faxe", debtor_id=f"01018012{number:02d}", phone=None
        )
        await late_claim(runtime, person, claim_ref=f"F-{number}")


async def was_reminded(runtime, owed):
    """The claim's first reminder has left, and its deadline is over."""
    async with runtime.transaction() as session:
        session.add(
            Decision(
                municipality=owed.municipality,
                claim_id=owed.id,
                step="reminder:1",
                outcome=Outcome.ALLOWED,
                facts={"offers_plan": True},
                decided_at=datetime(2026, 11, 9, 8, tzinfo=UTC),
                pay_by=date(2026, 11, 19),
            )
        )


async def owes_too(runtime, owed, number, **given):
    """One more who owes the claim."""
    person = await make.citizen(runtime, debtor_id=number, phone=None, **given)
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality=owed.municipality,
                claim_id=owed.id,
                citizen_id=person.id,
                created_at=runtime.clock.now(),
            )
        )
    return person


async def decide(runtime, municipality):
    """Run the round that decides, and leaves the letters waiting."""
    return await ladder_round(runtime, municipality=municipality)


async def send(runtime, municipality):
    return await send_letters(runtime, municipality=municipality)


async def one(runtime, kind, *conditions):
    async with runtime.transaction() as session:
        return (await session.scalars(select(kind).where(*conditions))).one()


async def count(runtime, kind):
    async with runtime.transaction() as session:
        return await session.scalar(select(func.count()).select_from(kind))


async def change(runtime, statement):
    async with runtime.transaction() as session:
        await session.execute(statement)
