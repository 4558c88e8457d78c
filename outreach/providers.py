"""Signing in at the municipality's own provider (OpenID Connect): the way there and back.

The way is written down before anybody leaves and used once, whatever comes back. Who comes back is
known by the provider's own name for them (issuer and subject), never by a username that may pass
to somebody else; only the first time does the username find the person an administrator added.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from data.models.staff import Role, SignInFlow, SignInMethod, Staff
from outreach import staff as people
from outreach.signing_in import sessions
from outreach.signing_in.passwords import folded
from outreach.signing_in.recording import record

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.providers import Provider
    from outreach.gateways.openid import Arrival, Departure
    from outreach.runtime import Runtime
    from outreach.signing_in.sessions import NewSession

#: How long somebody may take at the provider.
BACK_WITHIN: Final = timedelta(minutes=10)
#: Who acts when the provider says what somebody is.
PROVIDER: Final = "provider"


class Stranger(StrEnum):
    """Why somebody whom the provider knows is not let in (afvist)."""

    UNKNOWN = "unknown"
    NO_ROLE = "no_role"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Way:
    """What was written down of a way to the provider."""

    there: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a municipality's provider tells of somebody."""

    municipality: str
    provider: Provider
    arrival: Arrival

    @property
    def username(self) -> str:
        """Their username there; empty when the provider does not say."""
        return self._text(self.provider.username_claim)

    @property
    def name(self) -> str:
        """The name colleagues see."""
        return (self._text(self.provider.name_claim) or self.username)[: people.LONGEST_NAME]

    @property
    def roles(self) -> list[str] | None:
        """What they are at the desk; none when the provider does not decide that.

        Who answers for a unit and comes without one does not answer for any.
        """
        by_claim = self.provider.roles
        if by_claim is None:
            return None
        found = by_claim.of(self.arrival.claims.get(by_claim.claim))
        return [role for role in found if role != Role.UNIT or self.unit]

    @property
    def unit(self) -> str | None:
        """The unit they answer for."""
        claim = self.provider.unit_claim
        return self._text(claim)[: people.LONGEST_UNIT] or None if claim else None

    @property
    def own_username(self) -> str:
        """A username nobody else has, for who has none here that is free."""
        told = f"{self.provider.issuer} {self.arrival.subject}".encode()
        return f"{self.municipality[:60]}.{hashlib.sha256(told).hexdigest()[:12]}"

    def _text(self, claim: str) -> str:
        value = self.arrival.claims.get(claim)
        return value.strip() if isinstance(value, str) else ""


async def leave(
    session: AsyncSession, runtime: Runtime, municipality: str, departure: Departure, there: str
) -> None:
    """Write down that somebody has left for the provider, and forget who never came back."""
    now = runtime.clock.now()
    await session.execute(delete(SignInFlow).where(SignInFlow.created_at <= now - BACK_WITHIN))
    session.add(
        SignInFlow(
            municipality=municipality,
            state_hash=_hashed(departure.state),
            nonce=departure.nonce,
            code_verifier=departure.code_verifier,
            there=there,
            created_at=now,
        )
    )


async def come_back(
    session: AsyncSession, runtime: Runtime, municipality: str, state: str
) -> Way | None:
    """Return the way that a state belongs to, once; none when there is no such way any more."""
    this = (SignInFlow.state_hash == _hashed(state)) & (SignInFlow.municipality == municipality)
    way = await session.scalar(delete(SignInFlow).where(this).returning(SignInFlow))
    if way is None or runtime.clock.now() - way.created_at >= BACK_WITHIN:
        return None
    return Way(way.there, way.nonce, way.code_verifier)


async def let_in(session: AsyncSession, runtime: Runtime, told: Told) -> NewSession | Stranger:
    """Begin a session for whom the provider vouches for, or say why not."""
    person = await _known(session, told)
    if person is not None and not person.is_active:
        return Stranger.DISABLED
    if person is None and not told.provider.adds_people:
        return Stranger.UNKNOWN
    if told.roles == [] or (person is None and told.roles is None):
        return Stranger.NO_ROLE
    if person is None:
        person = await _add(session, runtime, told)
    elif told.roles is not None:
        await _follow(session, runtime, person, told)
    method = SignInMethod.PROVIDER
    await record(session, runtime, person, "signed_in", method=method.value)
    return await sessions.begin(
        session, runtime, person, method=method, id_token=told.arrival.id_token
    )


async def _known(session: AsyncSession, told: Told) -> Staff | None:
    """Find them by the provider's name for them, or whom an administrator added for them."""
    here = select(Staff).where(Staff.municipality == told.municipality).with_for_update()
    issuer, subject = told.provider.issuer, told.arrival.subject
    person = await session.scalar(here.where(Staff.issuer == issuer, Staff.subject == subject))
    if person is not None:
        return person
    awaited = Staff.password_hash.is_(None) & Staff.issuer.is_(None)
    person = await session.scalar(here.where(Staff.username == folded(told.username), awaited))
    if person is not None:
        person.issuer, person.subject = issuer, subject
    return person


async def _add(session: AsyncSession, runtime: Runtime, told: Told) -> Staff:
    try:
        person = await _added(session, runtime, told, told.username)
    except (ValueError, people.UsernameTakenError):
        person = await _added(session, runtime, told, told.own_username)
    person.issuer, person.subject = told.provider.issuer, told.arrival.subject
    return person


async def _added(session: AsyncSession, runtime: Runtime, told: Told, username: str) -> Staff:
    return await people.add(
        session,
        runtime,
        username=username,
        name=told.name or username,
        municipality=told.municipality,
        password_hash=None,
        roles=told.roles or [],
        unit=told.unit,
        actor=PROVIDER,
    )


async def _follow(session: AsyncSession, runtime: Runtime, person: Staff, told: Told) -> None:
    """Let somebody be what the provider says; the last administrator stays one besides."""
    roles, unit = told.roles or [], told.unit
    try:
        await people.give_roles(session, runtime, person, roles, unit, actor=PROVIDER)
    except people.LastAdministratorError:
        roles = [*roles, Role.ADMINISTRATOR]
        await people.give_roles(session, runtime, person, roles, unit, actor=PROVIDER)


def _hashed(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
