"""`mindelig staff …`: who may sign in at the desk, what they are, and how they get in again."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data.models.staff import Role
from mindelig.installation import open_runtime
from outreach import staff as people
from outreach.signing_in import passwords
from outreach.signing_in.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from outreach.runtime import Runtime

USAGE = 2

app = typer.Typer(
    help="People of the desk: who may sign in, and what they are.", no_args_is_help=True
)

Username = Annotated[str, typer.Argument(help="What they sign in with, such as anbe.")]
Name = Annotated[str, typer.Option("--name", help="The name colleagues see.")]
Municipality = Annotated[
    str, typer.Option("--municipality", "-m", help="Where they work, such as albertslund.")
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Roles = Annotated[
    list[Role] | None,
    typer.Option("--role", help="What they are; may be given several times. Otherwise caseworker."),
]
NewRoles = Annotated[
    list[Role],
    typer.Option("--role", help="What they are from now on; several times for several."),
]
Unit = Annotated[
    str | None, typer.Option("--unit", help="The unit they answer for, as the ledger names it.")
]
AtProvider = Annotated[
    bool,
    typer.Option("--provider", help="They sign in at the municipality's provider: no password."),
]
OnlyFactor = Annotated[
    bool, typer.Option("--second-factor", help="Forget the telephone, and leave the password.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

_REFUSED = {
    PasswordFault.TOO_SHORT: f"the password has fewer than {SHORTEST_PASSWORD} characters",
    PasswordFault.TOO_LONG: f"the password has more than {LONGEST_PASSWORD} characters",
    PasswordFault.IS_USERNAME: "the password is the username",
}


@app.command("add")
def add(  # noqa: PLR0917 - options of a command
    username: Username,
    name: Name,
    municipality: Municipality,
    role: Roles = None,
    unit: Unit = None,
    provider: AtProvider = False,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Add somebody (medarbejder); the password is asked for twice, without showing it."""
    hashed = None if provider else _hashed(username, from_stdin=password_stdin)

    async def work(session: AsyncSession, runtime: Runtime) -> Staff:
        return await people.add(
            session,
            runtime,
            username=username,
            name=name,
            municipality=municipality,
            password_hash=hashed,
            roles=role or [Role.CASEWORKER],
            unit=unit,
        )

    added = _run(work)
    _say([added], as_json=as_json, text=f"Added {added.username} ({added.municipality}).")


@app.command("list")
def everyone(as_json: AsJson = False) -> None:
    """List everybody, by municipality."""

    async def work(session: AsyncSession, _runtime: Runtime) -> list[Staff]:
        return await people.everyone(session)

    found = _run(work)
    lines = [
        f"{person.municipality}  {person.username}  {person.name}  {_roles(person)}"
        f"{'' if person.is_active else '  (disabled)'}"
        for person in found
    ]
    _say(found, as_json=as_json, text="\n".join(lines) or "Nobody yet: mindelig staff add")


@app.command("roles")
def roles(username: Username, role: NewRoles, unit: Unit = None, as_json: AsJson = False) -> None:
    """Let somebody be what is named here, and nothing else; it counts at once."""

    async def work(session: AsyncSession, runtime: Runtime) -> Staff:
        person = await people.named(session, username)
        await people.give_roles(session, runtime, person, role, unit or person.unit)
        return person

    person = _run(work)
    _say([person], as_json=as_json, text=f"{person.username} is now: {_roles(person)}.")


@app.command("reset")
def reset(
    username: Username,
    second_factor: OnlyFactor = False,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Give somebody a new password, which they change at the first sign-in; sessions end."""
    hashed = None if second_factor else _hashed(username, from_stdin=password_stdin)

    async def work(session: AsyncSession, runtime: Runtime) -> Staff:
        person = await people.named(session, username)
        if hashed is None:
            await people.reset_second_factor(session, runtime, person)
        else:
            await people.reset_password(session, runtime, person, hashed)
        return person

    person = _run(work)
    what = "telephone is forgotten" if second_factor else "password is reset"
    _say([person], as_json=as_json, text=f"{person.username}: the {what}; sessions have ended.")


@app.command("disable")
def disable(username: Username, as_json: AsJson = False) -> None:
    """Let somebody in no more; their sessions end at once."""

    async def work(session: AsyncSession, runtime: Runtime) -> Staff:
        return await people.disable(session, runtime, username)

    person = _run(work)
    _say([person], as_json=as_json, text=f"Disabled {person.username}; open sessions have ended.")


@app.command("enable")
def enable(username: Username, as_json: AsJson = False) -> None:
    """Let somebody in again."""

    async def work(session: AsyncSession, runtime: Runtime) -> Staff:
        return await people.enable(session, runtime, username)

    person = _run(work)
    _say([person], as_json=as_json, text=f"Enabled {person.username}.")


def _run[Found](work: Callable[[AsyncSession, Runtime], Awaitable[Found]]) -> Found:
    async def in_one_transaction() -> Found:
        async with open_runtime() as runtime, runtime.transaction() as session:
            return await work(session, runtime)

    return asyncio.run(in_one_transaction())


def _hashed(username: str, *, from_stdin: bool) -> str:
    password = _password(from_stdin=from_stdin)
    fault = passwords.password_fault(username, password)
    if fault is not None:
        _refuse(_REFUSED[fault])
    return passwords.hash_password(password)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        _refuse("no terminal to ask for a password on; use --password-stdin")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        _refuse("the two passwords differ")
    return first


def _refuse(why: str) -> None:
    typer.echo(f"{why}. Nothing was changed.", err=True)
    raise typer.Exit(USAGE)


def _roles(person: Staff) -> str:
    return ", ".join(person.roles) + (f" ({person.unit})" if person.unit else "")


def _say(shown: list[Staff], *, as_json: bool, text: str) -> None:
    """Print for people, or the same for machines: never anything of a password."""
    rows: list[dict[str, Any]] = [
        {
            "username": person.username,
            "name": person.name,
            "municipality": person.municipality,
            "roles": person.roles,
            "unit": person.unit,
            "is_active": person.is_active,
        }
        for person in shown
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False) if as_json else text)
