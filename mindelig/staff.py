"""`mindelig staff add`, `staff list`, `staff disable`: who may sign in at the desk."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mindelig.installation import open_runtime
from outreach import staff as staff_cases
from outreach.staff import LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordFault

if TYPE_CHECKING:
    from data.models.staff import Staff

USAGE = 2

app = typer.Typer(help="Caseworkers: who may sign in at the desk.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="What they sign in with, such as anbe.")]
Name = Annotated[str, typer.Option("--name", help="The name colleagues see.")]
Municipality = Annotated[
    str, typer.Option("--municipality", "-m", help="Where they work, such as albertslund.")
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

_REFUSED = {
    PasswordFault.TOO_SHORT: f"the password has fewer than {SHORTEST_PASSWORD} characters",
    PasswordFault.TOO_LONG: f"the password has more than {LONGEST_PASSWORD} characters",
    PasswordFault.IS_USERNAME: "the password is the username",
}


@app.command("add")
def add(
    username: Username,
    name: Name,
    municipality: Municipality,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Add a caseworker (sagsbehandler); the password is asked for twice, without showing it."""
    password = _password(from_stdin=password_stdin)
    fault = staff_cases.password_fault(username, password)
    if fault is not None:
        _refuse(_REFUSED[fault])

    async def work() -> Staff:
        hashed = staff_cases.hash_password(password)
        async with open_runtime() as runtime, runtime.transaction() as session:
            return await staff_cases.add(
                session,
                runtime,
                username=username,
                name=name,
                municipality=municipality,
                password_hash=hashed,
            )

    added = asyncio.run(work())
    _say([added], as_json=as_json, text=f"Added {added.username} ({added.municipality}).")


@app.command("list")
def everyone(as_json: AsJson = False) -> None:
    """List all caseworkers, by municipality."""

    async def work() -> list[Staff]:
        async with open_runtime() as runtime, runtime.transaction() as session:
            return await staff_cases.everyone(session)

    found = asyncio.run(work())
    lines = [
        f"{person.municipality}  {person.username}  {person.name}"
        f"{'' if person.is_active else '  (disabled)'}"
        for person in found
    ]
    _say(found, as_json=as_json, text="\n".join(lines) or "Nobody yet: mindelig staff add")


@app.command("disable")
def disable(username: Username, as_json: AsJson = False) -> None:
    """Let somebody in no more; their sessions end at once."""

    async def work() -> Staff:
        async with open_runtime() as runtime, runtime.transaction() as session:
            return await staff_cases.disable(session, runtime, username)

    person = asyncio.run(work())
    _say([person], as_json=as_json, text=f"Disabled {person.username}; open sessions have ended.")


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
    typer.echo(f"{why}. Nobody was added.", err=True)
    raise typer.Exit(USAGE)


def _say(people: list[Staff], *, as_json: bool, text: str) -> None:
    """Print for people, or the same for machines: never anything of a password."""
    shown: list[dict[str, Any]] = [
        {
            "username": person.username,
            "name": person.name,
            "municipality": person.municipality,
            "is_active": person.is_active,
        }
        for person in people
    ]
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else text)
