"""What a demo begins with: ledger files with days around its own today, and people at the desk."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.staff import Role, Staff
from data.samples import claim_rows, payment_rows, sample
from outreach import staff
from outreach.signing_in import passwords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

#: One person shows all there is; what a unit sees, a second one.
_SHOWS_ALL = (Role.HEAD, Role.CAMPAIGN_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """The two files a municipality's ledger would send (prøvefiler)."""

    municipality: str
    claims: Path
    payments: Path


@dataclass(frozen=True, slots=True)
class Samples:
    """The files of all municipalities: import the claims first, then the payments."""

    files: tuple[SampleFiles, ...]

    def __iter__(self) -> Iterator[SampleFiles]:
        """Go through the municipalities."""
        return iter(self.files)


def write_samples(folder: Path, today: date) -> Samples:
    """Write each municipality's claims and payments as CSV files in `folder`.

    Most claims were due two bank days before `today`, with the bill sent 20 days earlier; the
    payments are complete for the last bank day before `today`, so a round may write first messages.
    The same `today` gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Samples(tuple(_write(folder, key, today) for key in sample().municipalities))


def _write(folder: Path, municipality: str, today: date) -> SampleFiles:
    files = SampleFiles(
        municipality,
        folder / f"claims_{municipality}.csv",
        folder / f"payments_{municipality}.csv",
    )
    separator = sample().municipalities[municipality].separator
    _save(files.claims, claim_rows(municipality, today), separator)
    _save(files.payments, payment_rows(municipality, today), separator)
    return files


def _save(path: Path, rows: list[list[str]], separator: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)


def username(municipality: str) -> str:
    """Return what the demo's one person of a municipality signs in with."""
    return f"demo-{municipality}"


async def add_people(
    session: AsyncSession, runtime: Runtime, municipality: str, password: str
) -> None:
    """Add the people of a municipality's desk, once: one who may do all, one of a unit."""
    name = runtime.policies[municipality].name.da
    unit = _unit(municipality)
    await _add(session, runtime, municipality, password, username(municipality), f"Demo {name}")
    who = (f"unit-{municipality}", unit)
    await _add(session, runtime, municipality, password, *who, roles=(Role.UNIT,), unit=unit)


async def _add(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    password: str,
    their_username: str,
    name: str,
    *,
    roles: tuple[Role, ...] = _SHOWS_ALL,
    unit: str | None = None,
) -> None:
    known = await session.scalar(select(Staff).where(Staff.username == their_username))
    if known is not None:  # perhaps of a demo that knew no roles
        wider = {*known.roles, *roles}
        await staff.give_roles(session, runtime, known, wider, known.unit or unit)
        return
    await staff.add(
        session,
        runtime,
        username=their_username,
        name=name,
        municipality=municipality,
        password_hash=passwords.hash_password(password),
        roles=roles,
        unit=unit,
    )


def _unit(municipality: str) -> str:
    """Return the first unit that owns a claim in the sample."""
    citizens = sample().municipalities[municipality].citizens
    return next(claim.unit for citizen in citizens for claim in citizen.claims if claim.unit)
