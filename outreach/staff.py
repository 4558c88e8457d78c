"""People of the desk (medarbejdere): added, given roles, disabled, helped to get in again.

Every act is on record with what was before and after. No municipality loses its last
administrator: somebody must be able to let the others in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.staff import Role, Staff
from data.values.ids import new_id
from outreach.errors import ConflictError, NotFoundError, UnknownMunicipalityError
from outreach.signing_in import attempts, second_factor, sessions
from outreach.signing_in.passwords import folded
from outreach.signing_in.recording import OPERATOR, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId
    from outreach.runtime import Runtime

LONGEST_NAME: Final = 200
LONGEST_UNIT: Final = 120

_USERNAME: Final = re.compile(r"[\w.@-]{2,80}")


class LastAdministratorError(ConflictError):
    """The municipality would be left without an administrator; name another one first."""

    code = "last_administrator"


class UsernameTakenError(ConflictError):
    """Somebody has that username, here or in another municipality."""

    code = "username_taken"


class UnitMissingError(ConflictError):
    """Who answers for a unit must belong to one; say which."""

    code = "unit_missing"


class NoPasswordError(ConflictError):
    """They sign in at the municipality's provider, and have no password and no code here."""

    code = "no_password"


async def add(
    session: AsyncSession,
    runtime: Runtime,
    *,
    username: str,
    name: str,
    municipality: str,
    password_hash: str | None,
    roles: Iterable[str] = (Role.CASEWORKER,),
    unit: str | None = None,
    must_change_password: bool = False,
    actor: str = OPERATOR,
) -> Staff:
    """Add somebody with a password from `hash_password`; none: they sign in at the provider.

    Raises:
        UsernameTakenError: the username is taken.
        UnitMissingError: the role `unit` without a unit.
        UnknownMunicipalityError: this installation does not serve the municipality.
        ValueError: the username, the name or a role cannot be one; the text says why.
    """
    if not _USERNAME.fullmatch(folded(username)):
        raise ValueError("a username has 2 to 80 letters, digits or . _ @ -")
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise ValueError(f"a name has 1 to {LONGEST_NAME} letters")
    if municipality not in runtime.policies:
        known = ", ".join(runtime.policies.keys)
        raise UnknownMunicipalityError(f"no municipality {municipality!r}; there are: {known}")
    if await _by_username(session, username) is not None:
        raise UsernameTakenError(f"the username {folded(username)!r} is taken")
    chosen, their_unit = _checked(roles, unit)
    person = Staff(
        id=new_id(),
        municipality=municipality,
        username=folded(username),
        name=name.strip(),
        password_hash=password_hash,
        must_change_password=must_change_password,
        roles=chosen,
        unit=their_unit,
        is_active=True,
        failed_sign_ins=0,
        created_at=runtime.clock.now(),
    )
    session.add(person)
    await session.flush()
    await record(
        session, runtime, person, "staff_added", actor=actor, before=None, after=_shown(person)
    )
    return person


async def everyone(session: AsyncSession, municipality: str | None = None) -> list[Staff]:
    """List all people, or those of one municipality, by municipality and username."""
    query = select(Staff).order_by(Staff.municipality, Staff.username)
    if municipality is not None:
        query = query.where(Staff.municipality == municipality)
    return list(await session.scalars(query))


async def find(session: AsyncSession, municipality: str, staff_id: StaffId) -> Staff:
    """Return somebody of one municipality.

    Raises:
        NotFoundError: nobody there has that id.
    """
    person = await session.get(Staff, staff_id)
    if person is None or person.municipality != municipality:
        raise NotFoundError("no such person")
    return person


async def named(session: AsyncSession, username: str) -> Staff:
    """Return who has a username.

    Raises:
        NotFoundError: nobody has it.
    """
    person = await _by_username(session, username)
    if person is None:
        raise NotFoundError(f"nobody has the username {folded(username)!r}")
    return person


async def give_roles(
    session: AsyncSession,
    runtime: Runtime,
    person: Staff,
    roles: Iterable[str],
    unit: str | None,
    *,
    actor: str = OPERATOR,
) -> None:
    """Let somebody be what `roles` say from now on, and nothing else.

    Raises:
        LastAdministratorError: nobody else could let people in.
        UnitMissingError: the role `unit` without a unit.
        ValueError: no such role.
    """
    chosen, their_unit = _checked(roles, unit)
    if Role.ADMINISTRATOR not in chosen:
        await _keep_an_administrator(session, person)
    before = _shown(person)
    person.roles, person.unit = chosen, their_unit
    if _shown(person) != before:
        await record(
            session,
            runtime,
            person,
            "staff_roles_given",
            actor=actor,
            before=before,
            after=_shown(person),
        )


async def disable(
    session: AsyncSession, runtime: Runtime, username: str, *, actor: str = OPERATOR
) -> Staff:
    """Let somebody in no more, and end their sessions at once.

    Raises:
        NotFoundError: nobody has that username.
        LastAdministratorError: nobody else could let people in.
    """
    person = await named(session, username)
    await _keep_an_administrator(session, person)
    before, person.is_active = person.is_active, False
    await sessions.end_all(session, person.id)
    await record(
        session, runtime, person, "staff_disabled", actor=actor, before=before, after=False
    )
    return person


async def enable(
    session: AsyncSession, runtime: Runtime, username: str, *, actor: str = OPERATOR
) -> Staff:
    """Let somebody in again.

    Raises:
        NotFoundError: nobody has that username.
    """
    person = await named(session, username)
    before, person.is_active = person.is_active, True
    attempts.forget(person)
    await record(session, runtime, person, "staff_enabled", actor=actor, before=before, after=True)
    return person


async def reset_password(
    session: AsyncSession,
    runtime: Runtime,
    person: Staff,
    password_hash: str,
    *,
    actor: str = OPERATOR,
) -> None:
    """Give somebody a one-time password, open a locked door, and end their sessions.

    Raises:
        NoPasswordError: they sign in at the provider.
    """
    if person.password_hash is None:
        raise NoPasswordError("they sign in at the provider")
    person.password_hash, person.must_change_password = password_hash, True
    attempts.forget(person)
    await sessions.end_all(session, person.id)
    await record(session, runtime, person, "password_reset", actor=actor)


async def reset_second_factor(
    session: AsyncSession, runtime: Runtime, person: Staff, *, actor: str = OPERATOR
) -> None:
    """Forget somebody's telephone and recovery codes, and end their sessions."""
    before = person.totp_since is not None
    second_factor.clear(person)
    attempts.forget(person)
    await sessions.end_all(session, person.id)
    await record(
        session, runtime, person, "second_factor_reset", actor=actor, before=before, after=False
    )


async def change_password(
    session: AsyncSession, runtime: Runtime, person: Staff, password_hash: str, *, but: bytes
) -> None:
    """Take somebody's own new password, and end their other sessions."""
    theirs = await session.get_one(Staff, person.id, with_for_update=True)
    theirs.password_hash, theirs.must_change_password = password_hash, False
    attempts.forget(theirs)
    await sessions.end_all(session, theirs.id, but=but)
    await record(session, runtime, theirs, "password_changed")


async def _keep_an_administrator(session: AsyncSession, person: Staff) -> None:
    """Refuse to go on when `person` is the only administrator left.

    The rows are held, so that two who take each other's role at once do not both succeed.
    """
    query = select(Staff).where(
        Staff.municipality == person.municipality,
        Staff.is_active,
        Staff.roles.contains([Role.ADMINISTRATOR.value]),
    )
    held = query.order_by(Staff.id).with_for_update()
    found = await session.scalars(held.execution_options(populate_existing=True))
    if [each.id for each in found] == [person.id]:
        raise LastAdministratorError("the municipality's last administrator")


def _checked(roles: Iterable[str], unit: str | None) -> tuple[list[str], str | None]:
    chosen = sorted({Role(role).value for role in roles})
    their_unit = (unit or "").strip()[:LONGEST_UNIT] or None
    if Role.UNIT in chosen and their_unit is None:
        raise UnitMissingError("the role unit needs a unit")
    return chosen, their_unit


def _shown(person: Staff) -> str:
    """Write what somebody is, as the record keeps it: `caseworker, unit (Dagtilbud)`."""
    return ", ".join(person.roles) + (f" ({person.unit})" if person.unit else "")


async def _by_username(session: AsyncSession, username: str) -> Staff | None:
    return await session.scalar(select(Staff).where(Staff.username == folded(username)))
