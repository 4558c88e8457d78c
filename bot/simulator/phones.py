"""What the page shows of each telephone: who holds it, the bills in their hand, the messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.simulator import network
from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.claims import Claim
from data.models.simulator import SimulatorMessage
from data.samples import sample
from data.values.ids import DebtorKind, DebtorNumber
from data.values.money import Money
from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from outreach.runtime import Runtime

#: A telephone shows its last messages only; the rest is on the desk.
SHOWN_MESSAGES: Final = 60
ROUND_TO: Final = Money(5000)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a telephone, with the bills in their hand (borgeren med regningen)."""

    citizen: Citizen
    claims: tuple[Claim, ...]

    @property
    def is_business(self) -> bool:
        """Whether it is a business, which has a CVR number and no birth date."""
        return self.citizen.debtor_kind is DebtorKind.BUSINESS

    @property
    def birth_date(self) -> date | None:
        """The birth date (fødselsdato), or none for a business."""
        return DebtorNumber(self.citizen.debtor_id, self.citizen.debtor_kind).birth_date

    @property
    def proof(self) -> str:
        """What proves who writes: the birth date as Danes write it, or the CVR number."""
        born = self.birth_date
        return f"{born:%d.%m.%Y}" if born else self.citizen.debtor_id


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone on the page (prøvetelefon)."""

    key: str
    number: PhoneNumber
    policy: Policy
    holders: tuple[Holder, ...]
    thread: tuple[SimulatorMessage, ...] = field(default=())

    @property
    def name(self) -> str:
        """Who holds it; two people may share one."""
        return " & ".join(holder.citizen.name for holder in self.holders)

    @property
    def language(self) -> str:
        """The language its holder reads."""
        return self.holders[0].citizen.language.value

    @property
    def rate(self) -> int:
        """A sum a month to try (ydelse), kroner: a tenth of what is owed, rounded up to 50."""
        owed = sum(claim.outstanding.oere for holder in self.holders for claim in holder.claims)
        return max(1, -(-owed // (10 * ROUND_TO.oere))) * ROUND_TO.oere // 100

    @property
    def seen(self) -> str:
        """A short word for all that is on its screen: another word, another screen."""
        marks = (f"{message.sid}{message.status}{message.trouble}" for message in self.thread)
        return blake2s("".join(marks).encode(), digest_size=4).hexdigest()


async def telephones(
    session: AsyncSession, runtime: Runtime, keys: Iterable[str] | None = None
) -> list[Phone]:
    """Return the sample telephones whose holders are in the database, in the sample's order.

    Args:
        session: the page's transaction.
        runtime: knows the municipalities.
        keys: those to return; none for all.
    """
    wanted = sample().phones if keys is None else set(keys)
    numbers = {phone.number.e164: key for key, phone in sample().phones.items() if key in wanted}
    holders = await _holders(session, set(numbers))
    return [
        Phone(
            key=key,
            number=PhoneNumber(number),
            policy=runtime.policies[holders[number][0].citizen.municipality],
            holders=tuple(holders[number]),
            thread=tuple(await network.thread(session, number, limit=SHOWN_MESSAGES)),
        )
        for number, key in numbers.items()
        if number in holders
    ]


async def _holders(session: AsyncSession, numbers: set[str]) -> dict[str, list[Holder]]:
    rows = await session.execute(
        select(ContactPoint.address, Citizen)
        .join(Citizen, Citizen.id == ContactPoint.citizen_id)
        .where(ContactPoint.channel == Channel.SMS, ContactPoint.address.in_(numbers))
        .order_by(Citizen.name)
    )
    people = [(number, citizen) for number, citizen in rows]
    claims = await _claims(session, [citizen for _, citizen in people])
    found: dict[str, list[Holder]] = {}
    for number, citizen in people:
        held = tuple(claim for claim in claims if claim.citizen_id == citizen.id)
        found.setdefault(number, []).append(Holder(citizen, held))
    return found


async def _claims(session: AsyncSession, citizens: list[Citizen]) -> list[Claim]:
    ids = [citizen.id for citizen in citizens]
    query = select(Claim).where(Claim.citizen_id.in_(ids)).order_by(Claim.claim_ref)
    return list((await session.scalars(query)).all())
